"""What authors read: the work list, lessons as they are being written, their history, what was deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from app.assessment.models import QuestionVersion, QuizItem, RubricRow
from app.db import db
from app.reference.models import Skill
from courses.models import (
    Assignment,
    Cohort,
    Course,
    Enrolment,
    Lesson,
    LessonDraft,
    LessonRevision,
    Module,
)
from courses.queries.catalogue import SkillName, Supplied
from courses.queries.cohorts import is_listed


@dataclass(frozen=True)
class WorkRow:
    """A course in its authors' list: lessons, own cohorts that have not ended, learners there now."""

    course: Course
    lessons: int
    cohorts: int
    learners: int


def courses_in(organisation_id: int, today: date) -> list[WorkRow]:
    """All courses of an organisation with what goes on in them, newest first."""
    lessons = (
        sa.select(sa.func.count())
        .where(Lesson.course_id == Course.id, Lesson.deleted_at.is_(None))
        .correlate(Course)
        .scalar_subquery()
    )
    cohorts = (
        sa.select(sa.func.count())
        .where(Cohort.course_id == Course.id, Cohort.organisation_id == organisation_id)
        .where(Cohort.ends_on >= today, is_listed())
        .correlate(Course)
        .scalar_subquery()
    )
    learners = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.course_id == Course.id, Cohort.organisation_id == organisation_id)
        .where(Cohort.ends_on >= today, is_listed(), Enrolment.left_at.is_(None))
        .correlate(Course)
        .scalar_subquery()
    )
    query = (
        sa.select(Course, lessons, cohorts, learners)
        .where(Course.organisation_id == organisation_id, Course.deleted_at.is_(None))
        .order_by(Course.id.desc())
        .options(defer(Course.summary_zh), defer(Course.summary_en))
    )
    return [WorkRow(*row) for row in db.session.execute(query)]


def course_in(organisation_id: int, course_id: int) -> Course | None:
    """A course of an organisation."""
    query = (
        sa.select(Course)
        .where(Course.id == course_id, Course.organisation_id == organisation_id, Course.deleted_at.is_(None))
        .options(joinedload(Course.organisation))
    )
    return db.session.scalars(query).one_or_none()


def lesson_in(course_id: int, lesson_id: int) -> Lesson | None:
    """A lesson of a course as its authors have it, with its quiz and assignment."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.id == lesson_id, Lesson.deleted_at.is_(None))
        .options(joinedload(Lesson.quiz), joinedload(Lesson.assignment))
    )
    return db.session.scalars(query).one_or_none()


def lessons_of(course_id: int, *, with_texts: bool = False) -> list[Lesson]:
    """The lessons of a course as its authors have them, in order; their texts only where they are needed."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.deleted_at.is_(None))
        .order_by(Lesson.position, Lesson.id)
    )
    if not with_texts:
        query = query.options(defer(Lesson.body_zh), defer(Lesson.body_en))
    return list(db.session.scalars(query))


def lesson_at_place(course_id: int, position: int) -> Lesson | None:
    """A lesson by its place in the working copy, with its quiz and assignment."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.position == position, Lesson.deleted_at.is_(None))
        .options(joinedload(Lesson.quiz), joinedload(Lesson.assignment))
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def last_position(course_id: int) -> int:
    """The last place that a lesson of the working copy has; 0 where there is none."""
    query = sa.select(sa.func.max(Lesson.position)).where(Lesson.course_id == course_id, Lesson.deleted_at.is_(None))
    return db.session.scalar(query) or 0


def lesson_names(course_id: int) -> set[str]:
    """The names of all lessons that a course has or had."""
    return set(db.session.scalars(sa.select(Lesson.name).where(Lesson.course_id == course_id)))


def modules_of(course_id: int) -> list[Module]:
    """The parts of a course in order."""
    query = (
        sa.select(Module)
        .where(Module.course_id == course_id, Module.deleted_at.is_(None))
        .order_by(Module.position, Module.id)
    )
    return list(db.session.scalars(query))


def module_in(course_id: int, module_id: int) -> Module | None:
    """A part of a course."""
    query = sa.select(Module).where(Module.course_id == course_id, Module.id == module_id, Module.deleted_at.is_(None))
    return db.session.scalars(query).one_or_none()


def deleted_modules_of(course_id: int, since: datetime) -> list[Module]:
    """The parts of a course that were dissolved after `since`, the latest first."""
    query = (
        sa.select(Module)
        .where(Module.course_id == course_id, Module.deleted_at > since)
        .order_by(Module.deleted_at.desc())
    )
    return list(db.session.scalars(query))


def deleted_module_in(course_id: int, module_id: int, since: datetime) -> Module | None:
    """A part of a course that was dissolved after `since`."""
    query = sa.select(Module).where(Module.course_id == course_id, Module.id == module_id, Module.deleted_at > since)
    return db.session.scalars(query).one_or_none()


def lesson_ids_in(module_id: int) -> list[int]:
    """The lessons of a part of a course in order, deleted ones too."""
    return list(db.session.scalars(sa.select(Lesson.id).where(Lesson.module_id == module_id).order_by(Lesson.position)))


def deleted_in(organisation_id: int, since: datetime) -> list[Course]:
    """The courses of an organisation that were deleted after `since`, the latest first."""
    query = (
        sa.select(Course)
        .where(Course.organisation_id == organisation_id, Course.deleted_at > since)
        .order_by(Course.deleted_at.desc())
    )
    return list(db.session.scalars(query))


def deleted_course_in(organisation_id: int, course_id: int, since: datetime) -> Course | None:
    """A course that was deleted after `since`."""
    query = sa.select(Course).where(
        Course.organisation_id == organisation_id, Course.id == course_id, Course.deleted_at > since
    )
    return db.session.scalars(query).one_or_none()


def deleted_lessons_of(course_id: int, since: datetime) -> list[Lesson]:
    """The lessons of a course that were deleted after `since`, the latest first."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.deleted_at > since)
        .order_by(Lesson.deleted_at.desc())
        .options(defer(Lesson.body_zh), defer(Lesson.body_en))
    )
    return list(db.session.scalars(query))


def deleted_lesson_in(course_id: int, lesson_id: int, since: datetime) -> Lesson | None:
    """A lesson that was deleted after `since`."""
    query = sa.select(Lesson).where(Lesson.course_id == course_id, Lesson.id == lesson_id, Lesson.deleted_at > since)
    return db.session.scalars(query).one_or_none()


# History


def revisions_of(lesson_id: int) -> sa.Select[LessonRevision]:
    """Everything that a lesson said once, newest first, without the texts."""
    return (
        sa.select(LessonRevision)
        .where(LessonRevision.lesson_id == lesson_id)
        .options(defer(LessonRevision.body_zh), defer(LessonRevision.body_en), joinedload(LessonRevision.saved_by))
        .order_by(LessonRevision.number.desc())
    )


def revision_numbered(lesson_id: int, number: int) -> LessonRevision | None:
    """What a lesson said in the revision of this number."""
    query = (
        sa.select(LessonRevision)
        .where(LessonRevision.lesson_id == lesson_id, LessonRevision.number == number)
        .options(joinedload(LessonRevision.saved_by))
    )
    return db.session.scalars(query).one_or_none()


def last_revision_number(lesson_id: int) -> int:
    """The number of a lesson's last revision, one kept aside included; 0 where there is none."""
    query = sa.select(sa.func.max(LessonRevision.number)).where(LessonRevision.lesson_id == lesson_id)
    return db.session.scalar(query) or 0


def revision_numbers(lesson_id: int) -> list[int]:
    """The numbers of all revisions of a lesson, newest first."""
    query = (
        sa.select(LessonRevision.number)
        .where(LessonRevision.lesson_id == lesson_id)
        .order_by(LessonRevision.number.desc())
        .limit(500)
    )
    return list(db.session.scalars(query))


def last_saved_by(lesson_id: int, person_id: int) -> datetime | None:
    """When somebody last saved a lesson."""
    query = sa.select(sa.func.max(LessonRevision.saved_at)).where(
        LessonRevision.lesson_id == lesson_id, LessonRevision.saved_by_id == person_id
    )
    return db.session.scalar(query)


def present_revisions(lesson_ids: Sequence[int]) -> dict[int, LessonRevision]:
    """The revision that each lesson equals, or equalled before it was changed otherwise."""
    query = (
        sa.select(LessonRevision)
        .join(
            Lesson,
            sa.and_(Lesson.id == LessonRevision.lesson_id, Lesson.revision_number == LessonRevision.number),
        )
        .where(Lesson.id.in_(lesson_ids))
    )
    return {revision.lesson_id: revision for revision in db.session.scalars(query)}


def draft_of(lesson_id: int, person_id: int) -> LessonDraft | None:
    """What somebody is writing of a lesson and has not saved."""
    return db.session.get(LessonDraft, (lesson_id, person_id))


def draft_saved_at(lesson_id: int, person_id: int) -> datetime | None:
    """Since when it is kept what somebody is writing of a lesson."""
    kept = sa.select(LessonDraft.saved_at)
    return db.session.scalar(kept.where(LessonDraft.lesson_id == lesson_id, LessonDraft.person_id == person_id))


def is_quiz_kept(quiz_id: int) -> bool:
    """Whether a revision of a lesson refers to a quiz."""
    return bool(db.session.scalar(sa.select(sa.exists().where(LessonRevision.quiz_id == quiz_id))))


def skills_in_draft(course_id: int) -> list[Supplied]:
    """The skills that the working copy of a course tests, each up to its highest level, highest first."""
    in_quiz = (
        sa.select(QuestionVersion.skill_code.label("code"), QuestionVersion.level.label("level"))
        .join(QuizItem, QuizItem.question_version_id == QuestionVersion.id)
        .join(Lesson, Lesson.quiz_id == QuizItem.quiz_id)
        .where(Lesson.course_id == course_id, Lesson.deleted_at.is_(None))
        .where(QuestionVersion.skill_code.is_not(None), QuestionVersion.level.is_not(None))
    )
    in_rubric = (
        sa.select(RubricRow.skill_code, RubricRow.level)
        .join(Assignment, Assignment.rubric_id == RubricRow.rubric_id)
        .join(Lesson, Lesson.assignment_id == Assignment.id)
        .where(Lesson.course_id == course_id, Lesson.deleted_at.is_(None))
        .where(RubricRow.skill_code.is_not(None), RubricRow.level.is_not(None))
    )
    tested = sa.union_all(in_quiz, in_rubric).subquery()
    level = sa.func.max(tested.c.level).label("level")
    query = (
        sa.select(Skill.code, Skill.name_zh, Skill.name_en, level)
        .join(tested, tested.c.code == Skill.code)
        .group_by(Skill.code)
        .order_by(sa.desc("level"), Skill.code)
    )
    return [Supplied(SkillName(code, zh, en), level) for code, zh, en, level in db.session.execute(query)]
