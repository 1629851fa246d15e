"""The certificate of a completed course: what its version asked, in its own words, and the levels that were shown."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.clock import day_of
from app.credentials import services as credentials
from app.skills import queries as skills
from courses import queries
from courses.models import Course, CourseVersion, Enrolment, LessonKind
from courses.queries.learning import LessonLine
from courses.rules import criteria
from courses.rules.criteria import Asked
from courses.rules.grading import Rules, readable_rules

CERTIFIED = "course"
MONTHS = 12


def certify(enrolment: Enrolment, course: Course, version: CourseVersion, now: datetime) -> None:
    """Issue the certificate of a course, once. A version that asks for no answer gives none."""
    _certify(enrolment, course, _terms_of(version), now)


def certify_completed() -> None:
    """Issue the certificates of all who have completed courses, as of then, where they have none yet.

    For what comes from elsewhere: first all evidence and the levels that follow, then this.
    """
    terms: dict[int, Terms] = {}
    for enrolment, course, version in queries.completed_enrolments():
        if version.id not in terms:
            terms[version.id] = _terms_of(version)
        if enrolment.completed_at is not None:
            _certify(enrolment, course, terms[version.id], enrolment.completed_at)


@dataclass(frozen=True)
class Terms:
    """What a version asks and tests."""

    version: CourseVersion
    rules: Rules
    asked: Asked
    tested: dict[str, int]


def _terms_of(version: CourseVersion) -> Terms:
    tested: dict[str, int] = {}
    for _lesson_id, code, level in queries.skills_tested_in(version.id):
        tested[code] = max(level, tested.get(code, 0))
    return Terms(version, readable_rules(version.rules)[0], queries.asked_in(version.id), tested)


def _certify(enrolment: Enrolment, course: Course, terms: Terms, now: datetime) -> None:
    version, rules = terms.version, terms.rules
    if not criteria.asks_answers(terms.asked, rules.pass_share):
        return
    asked = replace(terms.asked, decided=queries.count_decided(enrolment.id, version.id))
    words_zh, words_en = criteria.sentences(version.number, asked, rules.pass_share)
    credentials.issue(
        enrolment.person,
        enrolment.cohort.organisation_id,
        version.title_zh,
        version.title_en,
        source_kind=CERTIFIED,
        source_id=course.id,
        now=now,
        actor_id=None,
        criteria_zh=words_zh,
        criteria_en=words_en,
        skills=_shown(enrolment.person_id, terms.tested),
        valid_until=_months_after(day_of(now), rules.valid_months),
    )


def gives_certificate(lines: Iterable[LessonLine], rules: Rules) -> bool:
    """Whether a course of these lessons asks for any answer, without which it gives no certificate."""
    return bool(rules.pass_share) or any(line.is_required and _is_answered(line) for line in lines)


def _is_answered(line: LessonLine) -> bool:
    return line.quiz_id is not None or line.kind in (LessonKind.ASSIGNMENT, LessonKind.DISCUSSION)


def _shown(person_id: int, tested: Mapping[str, int]) -> list[dict[str, object]]:
    """What somebody has shown of what a version tests: each skill up to the level that the version can show."""
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
