"""Assignments, groups and what was handed in, with its feedback. Each is one statement, and one for what it loads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organisation, Person
from app.assessment.models import Rubric, RubricRow
from app.db import db
from courses.models import (
    Assignment,
    Cohort,
    CohortDate,
    CohortTeacher,
    Course,
    Enrolment,
    GroupMember,
    Lesson,
    LessonRevision,
    MarginNote,
    Marking,
    Release,
    Submission,
    SubmissionDraft,
    SubmissionFile,
    SubmissionVersion,
    VersionLesson,
    WorkGroup,
    WorkState,
)
from courses.queries.cohorts import is_listed

# Versions of these wait for a teacher.
TO_MARK = (WorkState.WAITING, WorkState.BEGUN)


# What is asked


def assignment_with_rubric(assignment_id: int) -> Assignment:
    """An assignment with its rubric, the rows in order, and their skills."""
    query = (
        sa.select(Assignment)
        .where(Assignment.id == assignment_id)
        .options(joinedload(Assignment.rubric).selectinload(Rubric.rows).joinedload(RubricRow.skill))
    )
    return db.session.scalars(query).one()


def is_assignment_kept(assignment_id: int) -> bool:
    """Whether a revision of a lesson or a piece of work refers to an assignment."""
    in_revision = sa.exists().where(LessonRevision.assignment_id == assignment_id)
    in_work = sa.exists().where(Submission.assignment_id == assignment_id)
    return bool(db.session.scalar(sa.select(sa.or_(in_revision, in_work))))


def date_of(cohort_id: int, lesson_id: int) -> CohortDate | None:
    """When a lesson opens and is due in a cohort, where that is set."""
    query = sa.select(CohortDate).where(CohortDate.cohort_id == cohort_id, CohortDate.lesson_id == lesson_id)
    return db.session.scalars(query).one_or_none()


# Groups


def group_of(enrolment_id: int, lesson_id: int) -> WorkGroup | None:
    """The group of a learner in a lesson, with its members and their names."""
    query = (
        sa.select(WorkGroup)
        .join(GroupMember, GroupMember.group_id == WorkGroup.id)
        .where(GroupMember.lesson_id == lesson_id, GroupMember.enrolment_id == enrolment_id)
        .options(_members())
    )
    return db.session.scalars(query).one_or_none()


def _members() -> Any:
    return selectinload(WorkGroup.members).joinedload(GroupMember.enrolment).joinedload(Enrolment.person)


def group_by_code(cohort_id: int, lesson_id: int, code: str) -> WorkGroup | None:
    """The group of a cohort that a code leads to."""
    query = sa.select(WorkGroup).where(
        WorkGroup.code == code, WorkGroup.cohort_id == cohort_id, WorkGroup.lesson_id == lesson_id
    )
    return db.session.scalars(query).one_or_none()


def groups_in(cohort_id: int, lesson_id: int) -> list[WorkGroup]:
    """The groups of a cohort in a lesson with their members, by number; those that everybody has left too."""
    query = (
        sa.select(WorkGroup)
        .where(WorkGroup.cohort_id == cohort_id, WorkGroup.lesson_id == lesson_id)
        .options(_members())
        .order_by(WorkGroup.number)
    )
    return list(db.session.scalars(query))


def learners_without_group(cohort_id: int, lesson_id: int) -> list[Enrolment]:
    """Who learns in a cohort and belongs to no group in a lesson, by name."""
    belongs = sa.exists().where(GroupMember.lesson_id == lesson_id, GroupMember.enrolment_id == Enrolment.id)
    query = (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None), ~belongs)
        .options(joinedload(Enrolment.person))
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


def learners_in(cohort_id: int, enrolment_ids: Sequence[int]) -> list[Enrolment]:
    """Some of those who learn in a cohort now, with cohort and course."""
    query = (
        sa.select(Enrolment)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None), Enrolment.id.in_(enrolment_ids))
        .options(joinedload(Enrolment.cohort).joinedload(Cohort.course))
        .order_by(Enrolment.id)
    )
    return list(db.session.scalars(query))


# Pieces of work


def _of(enrolment_id: Any, lesson_id: Any) -> sa.ColumnElement[bool]:
    """That a piece of work belongs to a learner: by themselves, or through their group."""
    mine = (
        sa.select(GroupMember.group_id)
        .where(GroupMember.lesson_id == lesson_id, GroupMember.enrolment_id == enrolment_id)
        # However deep it stands in a statement, the enrolment is that of the statement around.
        .correlate_except(GroupMember)
    )
    return sa.and_(
        Submission.lesson_id == lesson_id,
        sa.or_(Submission.enrolment_id == enrolment_id, Submission.group_id.in_(mine)),
    )


def work_of(enrolment_id: int, lesson_id: int) -> Submission | None:
    """The work of a learner in a lesson: what they began alone before all else."""
    query = sa.select(Submission).where(_of(enrolment_id, lesson_id)).order_by(Submission.id).limit(1)
    return db.session.scalars(query).one_or_none()


def handed_in_by(enrolment_id: int, lesson_ids: Collection[int]) -> set[int]:
    """The lessons in which somebody, alone or with a group, has handed something in."""
    query = sa.select(Submission.lesson_id).where(
        Submission.lesson_id.in_(lesson_ids),
        Submission.version_number > 0,
        _of(enrolment_id, Submission.lesson_id),
    )
    return set(db.session.scalars(query))


def work_of_group(group_id: int) -> Submission | None:
    """The work of a group."""
    return db.session.scalars(sa.select(Submission).where(Submission.group_id == group_id)).one_or_none()


def work_by_id(submission_id: int) -> Submission | None:
    """A piece of work with its cohort, course, lesson, assignment, rubric and people."""
    query = (
        sa.select(Submission)
        .where(Submission.id == submission_id)
        .options(
            joinedload(Submission.cohort).joinedload(Cohort.course),
            joinedload(Submission.cohort).joinedload(Cohort.organisation),
            joinedload(Submission.lesson),
            joinedload(Submission.assignment)
            .joinedload(Assignment.rubric)
            .selectinload(Rubric.rows)
            .joinedload(RubricRow.skill),
            *_owners(),
        )
    )
    return db.session.scalars(query).one_or_none()


def _owners() -> tuple[Any, Any]:
    return (
        joinedload(Submission.enrolment).joinedload(Enrolment.person),
        joinedload(Submission.group)
        .selectinload(WorkGroup.members)
        .joinedload(GroupMember.enrolment)
        .joinedload(Enrolment.person),
    )


def members_of(work: Submission) -> list[Enrolment]:
    """Those whose work it is, with cohort and person, in the order of enrolment."""
    query = (
        sa.select(Enrolment)
        .options(joinedload(Enrolment.person), joinedload(Enrolment.cohort).joinedload(Cohort.course))
        .order_by(Enrolment.id)
    )
    if work.group_id is None:
        query = query.where(Enrolment.id == work.enrolment_id)
    else:
        query = query.join(GroupMember, GroupMember.enrolment_id == Enrolment.id).where(
            GroupMember.group_id == work.group_id
        )
    return list(db.session.scalars(query))


def drafts_of(submission_id: int) -> list[SubmissionDraft]:
    """What those whose work it is have written and not handed in, the newest first."""
    query = (
        sa.select(SubmissionDraft)
        .where(SubmissionDraft.submission_id == submission_id)
        .options(joinedload(SubmissionDraft.person))
        .order_by(SubmissionDraft.saved_at.desc())
    )
    return list(db.session.scalars(query))


def files_of_draft(submission_id: int) -> list[SubmissionFile]:
    """Files and recordings of a draft, in the order in which they came."""
    query = (
        sa.select(SubmissionFile)
        .where(SubmissionFile.submission_id == submission_id, SubmissionFile.version_id.is_(None))
        .where(SubmissionFile.deleted_at.is_(None))
        .order_by(SubmissionFile.id)
    )
    return list(db.session.scalars(query))


def file_in(submission_id: int, submission_file_id: int) -> SubmissionFile | None:
    """A file of a piece of work, of its draft or of a version."""
    query = sa.select(SubmissionFile).where(
        SubmissionFile.id == submission_file_id, SubmissionFile.submission_id == submission_id
    )
    return db.session.scalars(query).one_or_none()


def versions_of(submission_id: int) -> list[SubmissionVersion]:
    """All versions of a piece of work with their files, the newest first."""
    query = (
        sa.select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission_id)
        .options(joinedload(SubmissionVersion.handed_in_by), selectinload(SubmissionVersion.files))
        .order_by(SubmissionVersion.number.desc())
    )
    return list(db.session.scalars(query))


def version_numbered(submission_id: int, number: int) -> SubmissionVersion | None:
    """A version of a piece of work by its number, with its files."""
    query = (
        sa.select(SubmissionVersion)
        .where(SubmissionVersion.submission_id == submission_id, SubmissionVersion.number == number)
        .options(selectinload(SubmissionVersion.files))
    )
    return db.session.scalars(query).one_or_none()


# Feedback


def marking_of(submission_id: int) -> Marking | None:
    """The marks that are being given, and who saved them last."""
    query = sa.select(Marking).where(Marking.submission_id == submission_id).options(joinedload(Marking.saved_by))
    return db.session.scalars(query).one_or_none()


def notes_on(version_id: int) -> list[MarginNote]:
    """Notes in the margin of a version, by line."""
    query = (
        sa.select(MarginNote)
        .where(MarginNote.version_id == version_id, MarginNote.deleted_at.is_(None))
        .options(joinedload(MarginNote.written_by))
        .order_by(MarginNote.line, MarginNote.id)
    )
    return list(db.session.scalars(query))


def releases_of(submission_id: int) -> list[Release]:
    """Released marks of a piece of work, the newest first."""
    query = (
        sa.select(Release)
        .where(Release.submission_id == submission_id)
        .options(joinedload(Release.released_by))
        .order_by(Release.number.desc())
    )
    return list(db.session.scalars(query))


# Lists of those who teach


@dataclass(frozen=True)
class AssignmentLine:
    """An assignment of a cohort: how many pieces of work are in which state."""

    lesson_id: int
    position: int
    title_zh: str
    title_en: str
    group_size: int
    due_at: datetime | None
    waiting: int
    marked: int
    released: int


def assignments_in(cohort: Cohort) -> list[AssignmentLine]:
    """The assignments of a cohort's version, in order, with what waits."""

    def count(*states: WorkState) -> Any:
        return (
            sa.select(sa.func.count())
            .where(Submission.cohort_id == cohort.id, Submission.lesson_id == VersionLesson.lesson_id)
            .where(Submission.state.in_(states))
            .correlate(VersionLesson)
            .scalar_subquery()
        )

    query: Any = (
        sa.select(
            VersionLesson.lesson_id,
            VersionLesson.position,
            LessonRevision.title_zh,
            LessonRevision.title_en,
            Assignment.group_size,
            CohortDate.due_at,
            count(*TO_MARK),
            count(WorkState.MARKED),
            count(WorkState.RELEASED),
        )
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .join(Assignment, Assignment.id == LessonRevision.assignment_id)
        .outerjoin(
            CohortDate, sa.and_(CohortDate.lesson_id == VersionLesson.lesson_id, CohortDate.cohort_id == cohort.id)
        )
        .where(VersionLesson.version_id == cohort.version_id)
        .order_by(VersionLesson.position)
    )
    return [AssignmentLine(*row) for row in db.session.execute(query)]


def works_in(
    cohort_id: int, lesson_id: int, *, states: Collection[WorkState] = (), late_since: datetime | None = None
) -> sa.Select[Submission]:
    """What was handed in in a cohort and lesson with its people, the oldest first; in some states, or late only."""
    query = (
        sa.select(Submission)
        .where(Submission.cohort_id == cohort_id, Submission.lesson_id == lesson_id, Submission.version_number > 0)
        .options(*_owners())
        .order_by(Submission.handed_in_at, Submission.id)
    )
    if states:
        query = query.where(Submission.state.in_(states))
    if late_since is not None:
        query = query.join(SubmissionVersion, _is_newest_version).where(
            Submission.handed_in_at >= sa.func.coalesce(SubmissionVersion.due_at, Submission.own_due_at, late_since),
            sa.or_(SubmissionVersion.due_at.is_(None), Submission.handed_in_at >= late_since),
        )
    return query


_is_newest_version = sa.and_(
    SubmissionVersion.submission_id == Submission.id, SubmissionVersion.number == Submission.version_number
)


def due_moments_of(submission_ids: Sequence[int]) -> dict[int, datetime | None]:
    """When the newest versions of pieces of work were due as they were handed in."""
    query = (
        sa.select(Submission.id, SubmissionVersion.due_at)
        .join(SubmissionVersion, _is_newest_version)
        .where(Submission.id.in_(submission_ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def count_by_state(cohort_id: int, lesson_id: int) -> dict[WorkState, int]:
    """How many pieces of work are in each state."""
    query = (
        sa.select(Submission.state, sa.func.count())
        .where(Submission.cohort_id == cohort_id, Submission.lesson_id == lesson_id)
        .group_by(Submission.state)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def releases_among(submission_ids: Sequence[int]) -> dict[int, Release]:
    """The newest released marks by piece of work."""
    query = sa.select(Release).where(Release.submission_id.in_(submission_ids)).order_by(Release.number)
    return {release.submission_id: release for release in db.session.scalars(query)}


def without_work(cohort_id: int, lesson_id: int) -> sa.Select[Enrolment]:
    """Who learns in a cohort and has handed in nothing in a lesson, by name."""
    handed_in = sa.exists().where(_of(Enrolment.id, lesson_id), Submission.version_number > 0)
    return (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None), ~handed_in)
        .options(joinedload(Enrolment.person))
        .order_by(Person.name, Person.id)
    )


def next_waiting(cohort_id: int, lesson_id: int, besides: int) -> int | None:
    """The piece of work that has waited longest for marks in a cohort and lesson, besides one."""
    query = (
        sa.select(Submission.id)
        .where(Submission.cohort_id == cohort_id, Submission.lesson_id == lesson_id)
        .where(Submission.state.in_(TO_MARK), Submission.id != besides)
        .order_by(Submission.handed_in_at, Submission.id)
        .limit(1)
    )
    return db.session.scalar(query)


def ids_to_release(cohort_id: int, lesson_id: int) -> list[int]:
    """Pieces of work whose marks are finished and not released."""
    query = (
        sa.select(Submission.id)
        .where(Submission.cohort_id == cohort_id, Submission.lesson_id == lesson_id)
        .where(Submission.state == WorkState.MARKED)
        .order_by(Submission.id)
    )
    return list(db.session.scalars(query))


# First pages


@dataclass(frozen=True)
class Due:
    """An assignment that a learner has not handed in, where it stands, and when it is due (none: by the end)."""

    course_id: int
    position: int
    title_zh: str
    title_en: str
    due_at: datetime | None
    ends_on: date


def due_for(person: Person, now: datetime, until: datetime, today: date, last_day: date) -> list[Due]:
    """What somebody has yet to hand in between two moments, the first due first."""
    due_at = sa.func.coalesce(Submission.own_due_at, CohortDate.due_at, type_=CohortDate.due_at.type)
    query: Any = (
        sa.select(
            Cohort.course_id,
            VersionLesson.position,
            LessonRevision.title_zh,
            LessonRevision.title_en,
            due_at,
            Cohort.ends_on,
        )
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(VersionLesson, VersionLesson.version_id == Cohort.version_id)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .outerjoin(Submission, _of(Enrolment.id, VersionLesson.lesson_id))
        .outerjoin(
            CohortDate,
            sa.and_(CohortDate.cohort_id == Cohort.id, CohortDate.lesson_id == VersionLesson.lesson_id),
        )
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None))
        .where(LessonRevision.assignment_id.is_not(None))
        .where(sa.func.coalesce(Submission.state, WorkState.DRAFT).in_((WorkState.DRAFT, WorkState.RETURNED)))
        .where(sa.or_(CohortDate.opens_at.is_(None), CohortDate.opens_at <= now))
        .where(
            sa.or_(
                sa.and_(due_at >= now, due_at < until),
                sa.and_(due_at.is_(None), Cohort.ends_on >= today, Cohort.ends_on <= last_day),
            )
        )
        .order_by(sa.case((due_at.is_(None), 1), else_=0), due_at, Cohort.ends_on, VersionLesson.position)
        .limit(5)
    )
    return [Due(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class Released:
    """A piece of work of a learner with new marks, and the title of its lesson."""

    submission_id: int
    title_zh: str
    title_en: str
    released_at: datetime
    number: int


def released_lately(person: Person, since: datetime) -> list[Released]:
    """Marks that somebody has got since a moment, the newest first."""
    newest = (
        sa.select(sa.func.max(Release.number))
        .where(Release.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        sa.select(Submission.id, Lesson.title_zh, Lesson.title_en, Release.released_at, Release.number)
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Lesson, Lesson.course_id == Cohort.course_id)
        .join(Submission, _of(Enrolment.id, Lesson.id))
        .join(Release, Release.submission_id == Submission.id)
        .where(Enrolment.person_id == person.id, Release.released_at >= since, Release.number == newest)
        .order_by(Release.released_at.desc())
        .limit(5)
    )
    return [Released(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class Waiting:
    """An assignment of a cohort in which work waits for marks, since when, and the piece that has waited longest."""

    slug: str
    course_id: int
    cohort_id: int
    lesson_id: int
    title_zh: str
    title_en: str
    cohort_zh: str
    cohort_en: str
    count: int
    since: datetime


def waiting_for(person: Person) -> list[Waiting]:
    """Work that waits for marks in the cohorts that somebody teaches, the oldest first."""
    since = sa.func.min(Submission.handed_in_at, type_=Submission.handed_in_at.type)
    query: Any = (
        sa.select(
            Organisation.slug,
            Cohort.course_id,
            Cohort.id,
            Lesson.id,
            Lesson.title_zh,
            Lesson.title_en,
            Cohort.name_zh,
            Cohort.name_en,
            sa.func.count(),
            since,
        )
        .select_from(Submission)
        .join(Cohort, Cohort.id == Submission.cohort_id)
        .join(CohortTeacher, CohortTeacher.cohort_id == Cohort.id)
        .join(Organisation, Organisation.id == Cohort.organisation_id)
        .join(Lesson, Lesson.id == Submission.lesson_id)
        .where(CohortTeacher.person_id == person.id, Submission.state.in_(TO_MARK), is_listed())
        .group_by(
            Organisation.slug,
            Cohort.course_id,
            Cohort.id,
            Lesson.id,
            Lesson.title_zh,
            Lesson.title_en,
            Cohort.name_zh,
            Cohort.name_en,
        )
        .order_by(since, Cohort.id)
        .limit(5)
    )
    return [Waiting(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class WorkTitle:
    """What a piece of work is called, for whom, and where it was done."""

    submission_id: int
    title_zh: str
    title_en: str
    course_zh: str
    course_en: str
    cohort: Cohort


def titles_of_works(submission_ids: Sequence[int]) -> list[WorkTitle]:
    """Lesson and course of pieces of work, by id."""
    query: Any = (
        sa.select(Submission.id, Lesson.title_zh, Lesson.title_en, Course.title_zh, Course.title_en, Cohort)
        .join(Lesson, Lesson.id == Submission.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .join(Cohort, Cohort.id == Submission.cohort_id)
        .where(Submission.id.in_(submission_ids))
    )
    return [WorkTitle(*row) for row in db.session.execute(query)]


def works_of_person(person_id: int, submission_ids: Sequence[int]) -> set[int]:
    """Which pieces of work are a person's, alone or in a group."""
    query = (
        sa.select(Submission.id)
        .join(Enrolment, Enrolment.cohort_id == Submission.cohort_id)
        .where(Submission.id.in_(submission_ids), Enrolment.person_id == person_id)
        .where(_of(Enrolment.id, Submission.lesson_id))
    )
    return set(db.session.scalars(query))


def cohorts_taught(person_id: int, cohort_ids: Collection[int]) -> set[int]:
    """Which cohorts a person teaches."""
    query = sa.select(CohortTeacher.cohort_id).where(
        CohortTeacher.person_id == person_id, CohortTeacher.cohort_id.in_(cohort_ids)
    )
    return set(db.session.scalars(query))
