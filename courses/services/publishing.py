"""Publishing a course as versions, and moving cohorts from one to the next."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.db import db
from app.errors import Refused
from app.ui.filters import words
from courses import queries
from courses.models import (
    Cohort,
    Course,
    CourseStatus,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonKind,
    LessonRevision,
    LessonSkill,
    VersionLesson,
)
from courses.rules.grading import readable_rules
from courses.services.completion import check_completion
from courses.services.grades import refresh_totals
from courses.services.refusals import CourseWithoutLessons, NothingNew, VersionUnknown
from courses.services.searching import index_course
from courses.services.writing import digest_of, keep_revisions


class LessonUnfinished(Refused):
    message = _l("Lesson %(number)s, “%(title)s”, still lacks what makes its kind.")


LACKS = {
    LessonKind.QUIZ: _l("Lesson %(number)s, “%(title)s”, is a quiz that has no questions yet."),
    LessonKind.ASSIGNMENT: _l("Lesson %(number)s, “%(title)s”, is an assignment: say what is to be handed in."),
    LessonKind.VIDEO: _l("Lesson %(number)s, “%(title)s”, is a video: choose its MP4 file."),
    LessonKind.FILE: _l("Lesson %(number)s, “%(title)s”, is a file: choose what can be downloaded."),
}


class RulesUnreadable(Refused):
    message = _l("The rules of marks and completion cannot be read. Set them on the page “Marks and completion” first.")


def publish(
    course: Course, now: datetime, actor_id: int | None, *, note_zh: str = "", note_en: str = ""
) -> CourseVersion:
    """Make what the course says now its next version, and let students find it.

    Cohorts keep the version that they have; those without one and those in which nobody has enrolled yet get this one.
    A withdrawn course comes back with its newest version where nothing has changed. Raises CourseWithoutLessons,
    RulesUnreadable, LessonUnfinished, and NothingNew where the newest version says all this already.
    """
    db.session.execute(sa.select(Course.id).where(Course.id == course.id).with_for_update())
    db.session.refresh(course, ["version_number", "status"])
    if not readable_rules(course.rules)[1]:
        raise RulesUnreadable
    lessons = queries.lessons_of(course.id, with_texts=True)
    if not lessons:
        raise CourseWithoutLessons
    for lesson in lessons:
        if _lacks_its_kind(lesson):
            raise LessonUnfinished(LACKS[lesson.kind], number=lesson.position, title=words(lesson, "title"))
    revisions = keep_revisions(lessons, now, actor_id)
    newest = queries.newest_version(course)
    if newest is not None and _says(newest) == _would_say(course, _lines(lessons)):
        if course.is_published:
            raise NothingNew
        version = newest
    else:
        version = _version(course, lessons, revisions, now, actor_id, (note_zh, note_en))
        _keep_skills(course, version)
        _give_to_empty_cohorts(course, version)
    course.status, course.published_at = CourseStatus.PUBLISHED, course.published_at or now
    audit.record(
        "course.publish",
        course,
        actor_id=actor_id,
        organisation_id=course.organisation_id,
        version=version.number,
    )
    db.session.flush()
    index_course(course)
    return version


def draft_lines(course_id: int) -> list[queries.VersionLine]:
    """The lessons of the working copy in order, as those of a version."""
    return _lines(queries.lessons_of(course_id, with_texts=True))


def _lines(lessons: Sequence[Lesson]) -> list[queries.VersionLine]:
    return [
        queries.VersionLine(
            lesson_id=lesson.id,
            position=position,
            module_id=lesson.module_id,
            revision_id=None,
            number=lesson.revision_number,
            says=digest_of(lesson),
            title_zh=lesson.title_zh,
            title_en=lesson.title_en,
        )
        for position, lesson in enumerate(lessons, start=1)
    ]


def has_changes(course: Course) -> bool:
    """Whether publishing would make a new version."""
    newest = queries.newest_version(course)
    return newest is None or _says(newest) != _would_say(course, draft_lines(course.id))


def _lacks_its_kind(lesson: Lesson) -> bool:
    needed = {
        LessonKind.QUIZ: lesson.quiz_id,
        LessonKind.ASSIGNMENT: lesson.assignment_id if lesson.quiz_id is None else None,
        LessonKind.VIDEO: lesson.settings.get("video"),
        LessonKind.FILE: lesson.settings.get("files"),
    }
    return lesson.kind in needed and not needed[lesson.kind]


Said = tuple[tuple[object, ...], list[tuple[int, str, int | None, int]]]


def _says(version: CourseVersion) -> Said:
    told = (version.title_zh, version.title_en, version.summary_zh, version.summary_en, version.rules, version.modules)
    return told, _read_off(queries.lines_of_version(version.id))


def _would_say(course: Course, lines: Sequence[queries.VersionLine]) -> Said:
    told = (course.title_zh, course.title_en, course.summary_zh, course.summary_en, course.rules, _modules(course.id))
    return told, _read_off(lines)


def _read_off(lines: Sequence[queries.VersionLine]) -> list[tuple[int, str, int | None, int]]:
    return [(line.lesson_id, line.says, line.module_id, line.position) for line in lines]


def _modules(course_id: int) -> list[dict[str, object]]:
    return [
        {"id": module.id, "title_zh": module.title_zh, "title_en": module.title_en}
        for module in queries.modules_of(course_id)
    ]


def _version(
    course: Course,
    lessons: Sequence[Lesson],
    revisions: dict[int, LessonRevision],
    now: datetime,
    actor_id: int | None,
    note: tuple[str, str],
) -> CourseVersion:
    version = CourseVersion(
        course_id=course.id,
        number=course.version_number + 1,
        title_zh=course.title_zh,
        title_en=course.title_en,
        summary_zh=course.summary_zh,
        summary_en=course.summary_en,
        rules=course.rules,
        modules=_modules(course.id),
        lessons=len(lessons),
        required=sum(lesson.is_required for lesson in lessons),
        minutes=sum(lesson.minutes for lesson in lessons),
        note_zh=note[0],
        note_en=note[1],
        published_at=now,
        published_by_id=actor_id,
    )
    db.session.add(version)
    db.session.flush()
    rows = [
        {
            "version_id": version.id,
            "position": position,
            "lesson_id": lesson.id,
            "revision_id": revisions[lesson.id].id,
            "module_id": lesson.module_id,
        }
        for position, lesson in enumerate(lessons, start=1)
    ]
    db.session.execute(sa.insert(VersionLesson), rows)
    course.version_number = version.number
    return version


def _keep_skills(course: Course, version: CourseVersion) -> None:
    """What a lesson supplies is what its quiz or rubric tests: each skill up to its highest level, for search."""
    of_course = sa.select(Lesson.id).where(Lesson.course_id == course.id)
    db.session.execute(sa.delete(LessonSkill).where(LessonSkill.lesson_id.in_(of_course)))
    rows = [
        {"lesson_id": lesson_id, "skill_code": code, "level": level}
        for lesson_id, code, level in queries.skills_tested_in(version.id)
    ]
    if rows:
        db.session.execute(sa.insert(LessonSkill), rows)


def _give_to_empty_cohorts(course: Course, version: CourseVersion) -> None:
    enrolled = sa.exists().where(Enrolment.cohort_id == Cohort.id)
    db.session.execute(
        sa.update(Cohort)
        .where(Cohort.course_id == course.id, sa.or_(Cohort.version_id.is_(None), ~enrolled))
        .values(version_id=version.id)
        .execution_options(synchronize_session="fetch")
    )


def withdraw(course: Course, actor_id: int | None) -> None:
    """Take a course out of the catalogue; who is enrolled goes on learning."""
    course.status = CourseStatus.ARCHIVED
    audit.record("course.withdraw", course, actor_id=actor_id, organisation_id=course.organisation_id)
    index_course(course)


def move_cohort(cohort: Cohort, version: CourseVersion, now: datetime, actor_id: int) -> None:
    """Let a cohort go on with another version. What is done in lessons that both hold stays done.

    Who has completed the course stays so; who lacks nothing in the other version completes it now. Raises
    VersionUnknown.
    """
    if version.course_id != cohort.course_id:
        raise VersionUnknown
    db.session.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    cohort.version_id = version.id
    db.session.flush()
    db.session.refresh(cohort)
    refresh_totals(cohort, now)
    for enrolment, done, lacking in queries.progress_by_version(cohort.id, version.id):
        enrolment.lessons_done = done
        if enrolment.completed_at is None and enrolment.left_at is None and not lacking:
            check_completion(enrolment, cohort.course, now)
    audit.record(
        "cohort.move", cohort, actor_id=actor_id, organisation_id=cohort.organisation_id, version=version.number
    )
    db.session.flush()
    index_course(cohort.course)
