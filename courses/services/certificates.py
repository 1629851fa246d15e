"""The certificate of a completed course: in the words of the version learnt, with the levels that were shown."""

from calendar import monthrange
from datetime import date, datetime

from app.clock import day_of
from app.credentials import services as credentials
from app.skills import queries as skills
from courses import queries
from courses.models import Course, CourseVersion, Enrolment
from courses.rules.grading import readable_rules

CERTIFIED = "course"
MONTHS = 12


def certify(enrolment: Enrolment, course: Course, version: CourseVersion | None, now: datetime) -> None:
    """Issue the certificate of a course, once; `version` is None for what comes from elsewhere, without its skills."""
    told = version or course
    credentials.issue(
        enrolment.person,
        enrolment.cohort.organisation_id,
        told.title_zh,
        told.title_en,
        source_kind=CERTIFIED,
        source_id=course.id,
        now=now,
        actor_id=None,
        criteria_zh=f"完成课程第 {version.number} 版的全部必修课：测验通过、作业达标。" if version else "",
        criteria_en=f"All required lessons of version {version.number} of the course: quizzes passed, work accepted."
        if version
        else "",
        skills=shown_in(enrolment.person_id, version) if version else (),
        valid_until=_months_after(day_of(now), readable_rules(told.rules)[0].valid_months),
    )


def shown_in(person_id: int, version: CourseVersion) -> list[dict[str, object]]:
    """What somebody has shown of what a version tests: each skill up to the level that the version can show."""
    tested: dict[str, int] = {}
    for _lesson_id, code, level in queries.skills_tested_in(version.id):
        tested[code] = max(level, tested.get(code, 0))
    return [
        {
            "code": skill.code,
            "name_zh": skill.name_zh,
            "name_en": skill.name_en,
            "level": min(estimate.shown, tested[skill.code]),
        }
        for estimate, skill in skills.passport_with_skills(person_id)
        if estimate.shown and skill.code in tested
    ]


def _months_after(day: date, months: int | None) -> date | None:
    """The same day so many months later, or the last of that month; None for ever."""
    if not months:
        return None
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
