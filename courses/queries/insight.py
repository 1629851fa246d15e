"""How a cohort stands: where each learner is, what they tried there, what is overdue, how long marks take."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from app.accounts.models import Person
from app.assessment.models import Answer, Attempt, HandMark, Quiz
from app.assessment.rules.marking import MarkReason
from app.db import db
from courses.models import (
    QUIZ_OF_LESSON,
    CohortDate,
    Enrolment,
    GroupMember,
    LessonDone,
    LessonRevision,
    Post,
    Submission,
    SubmissionDraft,
    SubmissionVersion,
    VersionLesson,
    WorkState,
)
from courses.queries.grades import has_waiting

UNRELEASED = (WorkState.WAITING, WorkState.BEGUN, WorkState.MARKED)


@dataclass(frozen=True)
class Learner:
    """Somebody in a cohort: the lesson at which they stand (none: all required ones are done), what they did last."""

    enrolment_id: int
    person_id: int
    name: str
    enrolled_at: datetime
    completed_at: datetime | None
    lessons_done: int
    share_so_far: Decimal | None
    position: int | None
    done_at: datetime | None
    tried_at: datetime | None
    acted_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """Since when they stand where they stand: the last lesson done, else enrolment."""
        return self.done_at or self.enrolled_at

    @property
    def active_at(self) -> datetime:
        """The last thing that is known of them: a lesson done, an attempt, work or a draft of it, a post, enrolment."""
        return max(self.since, self.tried_at or self.since, self.acted_at or self.since)


def standings(cohort_id: int, version_id: int | None) -> list[Learner]:
    """Everybody who learns in a cohort now, by name."""
    done_here = (
        sa.exists()
        .where(LessonDone.enrolment_id == Enrolment.id, LessonDone.lesson_id == VersionLesson.lesson_id)
        .correlate(Enrolment, VersionLesson)
    )
    position = (
        sa.select(sa.func.min(VersionLesson.position))
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .where(VersionLesson.version_id == version_id, LessonRevision.is_required, ~done_here)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    done_at = (
        sa.select(sa.func.max(LessonDone.done_at))
        .where(LessonDone.enrolment_id == Enrolment.id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    tried_at = (
        sa.select(sa.func.max(sa.func.coalesce(Attempt.submitted_at, Attempt.started_at)))
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(VersionLesson, VersionLesson.lesson_id == Quiz.context_id)
        .where(Attempt.person_id == Enrolment.person_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, VersionLesson.version_id == version_id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Enrolment.id,
            Enrolment.person_id,
            Person.name,
            Enrolment.enrolled_at,
            Enrolment.completed_at,
            Enrolment.lessons_done,
            Enrolment.share_so_far,
            position,
            done_at,
            tried_at,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
        .order_by(Person.name, Enrolment.id)
    )
    return [Learner(*row) for row in db.session.execute(query)]


def acts_in(cohort_id: int) -> dict[int, datetime]:
    """When people last handed in, kept a draft of work, or posted in a cohort, by person who ever did."""
    handed_in = (
        sa.select(SubmissionVersion.handed_in_by_id.label("person_id"), SubmissionVersion.handed_in_at.label("at"))
        .join(Submission, Submission.id == SubmissionVersion.submission_id)
        .where(Submission.cohort_id == cohort_id)
    )
    kept = (
        sa.select(SubmissionDraft.person_id, SubmissionDraft.saved_at)
        .join(Submission, Submission.id == SubmissionDraft.submission_id)
        .where(Submission.cohort_id == cohort_id)
    )
    posted = sa.select(Post.author_id, Post.created_at).where(Post.cohort_id == cohort_id)
    acts = sa.union_all(handed_in, kept, posted).subquery()
    query = sa.select(acts.c.person_id, sa.func.max(acts.c.at)).group_by(acts.c.person_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def done_by_position(cohort_id: int, version_id: int | None) -> dict[int, int]:
    """How many who learn in a cohort now have done each lesson of a version, by its place."""
    query = (
        sa.select(VersionLesson.position, sa.func.count())
        .join(LessonDone, LessonDone.lesson_id == VersionLesson.lesson_id)
        .join(Enrolment, Enrolment.id == LessonDone.enrolment_id)
        .where(VersionLesson.version_id == version_id, Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
        .group_by(VersionLesson.position)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True)
class Tries:
    """Attempts that were handed in at a lesson which is not done, those that are marked, their best share of points.

    `waiting_since`: since when the first of those waits of which a person still has to mark something.
    """

    count: int = 0
    failed: int = 0
    best: Decimal | None = None
    waiting_since: datetime | None = None


def tries_at_open_lessons(cohort_id: int, version_id: int | None) -> dict[tuple[int, int], Tries]:
    """Of all learners of a cohort the attempts at lessons that they have not done, by (enrolment id, position)."""
    query = (
        sa.select(
            Enrolment.id,
            VersionLesson.position,
            Attempt.points,
            Attempt.points_max,
            has_waiting(),
            Attempt.submitted_at,
        )
        .select_from(VersionLesson)
        .join(Quiz, sa.and_(Quiz.context_kind == QUIZ_OF_LESSON, Quiz.context_id == VersionLesson.lesson_id))
        .join(Attempt, Attempt.quiz_id == Quiz.id)
        .join(Enrolment, Enrolment.person_id == Attempt.person_id)
        .outerjoin(
            LessonDone,
            sa.and_(LessonDone.enrolment_id == Enrolment.id, LessonDone.lesson_id == VersionLesson.lesson_id),
        )
        .where(VersionLesson.version_id == version_id, Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
        .where(Attempt.submitted_at.is_not(None), LessonDone.lesson_id.is_(None))
    )
    found: dict[tuple[int, int], Tries] = {}
    for enrolment_id, position, points, most, waits, submitted_at in db.session.execute(query):
        before = found.get((enrolment_id, position), Tries())
        if waits and submitted_at is not None:
            first = min(submitted_at, before.waiting_since or submitted_at)
            found[enrolment_id, position] = replace(before, count=before.count + 1, waiting_since=first)
        elif points is None or not most:
            found[enrolment_id, position] = replace(before, count=before.count + 1)
        else:
            best = max(points / most, before.best or Decimal(0))
            found[enrolment_id, position] = replace(before, count=before.count + 1, failed=before.failed + 1, best=best)
    return found


def overdue_in(cohort_id: int, version_id: int | None, now: datetime) -> dict[int, int]:
    """How many required lessons were due before `now` and are not done, by enrolment that has any."""
    query = (
        sa.select(Enrolment.id, sa.func.count())
        .select_from(CohortDate)
        .join(
            VersionLesson,
            sa.and_(VersionLesson.lesson_id == CohortDate.lesson_id, VersionLesson.version_id == version_id),
        )
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .join(Enrolment, Enrolment.cohort_id == CohortDate.cohort_id)
        .outerjoin(
            LessonDone,
            sa.and_(LessonDone.enrolment_id == Enrolment.id, LessonDone.lesson_id == CohortDate.lesson_id),
        )
        .where(CohortDate.cohort_id == cohort_id, CohortDate.due_at < now, LessonRevision.is_required)
        .where(Enrolment.left_at.is_(None), LessonDone.lesson_id.is_(None))
        .group_by(Enrolment.id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def due_positions(cohort_id: int, version_id: int | None, now: datetime) -> set[int]:
    """The places of the required lessons that were due in a cohort before `now`."""
    query = (
        sa.select(VersionLesson.position)
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .join(CohortDate, CohortDate.lesson_id == VersionLesson.lesson_id)
        .where(VersionLesson.version_id == version_id, LessonRevision.is_required)
        .where(CohortDate.cohort_id == cohort_id, CohortDate.due_at < now)
    )
    return set(db.session.scalars(query))


def works_at_open_lessons(cohort_id: int, version_id: int | None) -> dict[tuple[int, int], datetime]:
    """Work that waits for released marks and whose lesson is not done: when it came, by (enrolment id, position)."""
    query = (
        sa.select(Enrolment.id, VersionLesson.position, Submission.handed_in_at)
        .select_from(Submission)
        .outerjoin(GroupMember, GroupMember.group_id == Submission.group_id)
        .join(Enrolment, Enrolment.id == sa.func.coalesce(Submission.enrolment_id, GroupMember.enrolment_id))
        .join(
            VersionLesson,
            sa.and_(VersionLesson.lesson_id == Submission.lesson_id, VersionLesson.version_id == version_id),
        )
        .outerjoin(
            LessonDone,
            sa.and_(LessonDone.enrolment_id == Enrolment.id, LessonDone.lesson_id == Submission.lesson_id),
        )
        .where(Submission.cohort_id == cohort_id, Submission.state.in_(UNRELEASED))
        .where(Enrolment.left_at.is_(None), LessonDone.lesson_id.is_(None))
    )
    return {(enrolment_id, position): at for enrolment_id, position, at in db.session.execute(query) if at is not None}


def opening_times(cohort_id: int) -> dict[int, datetime]:
    """When lessons of a cohort open that do not open at once, by lesson."""
    query = sa.select(CohortDate.lesson_id, CohortDate.opens_at).where(
        CohortDate.cohort_id == cohort_id, CohortDate.opens_at.is_not(None)
    )
    return {lesson_id: opens_at for lesson_id, opens_at in db.session.execute(query) if opens_at is not None}


def marked_by_hand(cohort_id: int, version_id: int | None) -> list[tuple[datetime, datetime]]:
    """Of each answer of a cohort's learners that people have marked: when it was handed in, when it had its mark."""
    marked_at = sa.func.max(HandMark.saved_at)
    query = (
        sa.select(Attempt.submitted_at, marked_at)
        .select_from(Answer)
        .join(HandMark, HandMark.answer_id == Answer.id)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(VersionLesson, VersionLesson.lesson_id == Quiz.context_id)
        .join(Enrolment, Enrolment.person_id == Attempt.person_id)
        .where(Enrolment.cohort_id == cohort_id, VersionLesson.version_id == version_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Answer.share.is_not(None), HandMark.is_final)
        .where(Attempt.submitted_at.is_not(None))
        .group_by(Answer.id, Attempt.submitted_at)
    )
    return [(handed_in, marked) for handed_in, marked in db.session.execute(query) if handed_in is not None]


def waiting_for_marks(cohort_id: int, version_id: int | None) -> tuple[int, datetime | None]:
    """How many answers of a cohort's learners wait for a person's mark, and since when the oldest does."""
    query = (
        sa.select(sa.func.count(), sa.func.min(Attempt.submitted_at))
        .select_from(Answer)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(VersionLesson, VersionLesson.lesson_id == Quiz.context_id)
        .join(Enrolment, Enrolment.person_id == Attempt.person_id)
        .where(Enrolment.cohort_id == cohort_id, VersionLesson.version_id == version_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Attempt.submitted_at.is_not(None))
        .where(Answer.share.is_(None), Answer.reason == MarkReason.NEEDS_PERSON.value)
    )
    count, oldest = db.session.execute(query).one()
    return count, oldest


def works_released(cohort_id: int) -> list[tuple[datetime, datetime]]:
    """Of each work of a cohort with released marks: when that version was received, when its marks were released first.

    A version handed in again after its release waits anew; only what was released since is counted for it.
    """
    query = sa.select(Submission.handed_in_at, Submission.released_at).where(
        Submission.cohort_id == cohort_id, Submission.released_at >= Submission.handed_in_at
    )
    return [(received, released) for received, released in db.session.execute(query) if received and released]


def works_waiting(cohort_id: int) -> tuple[int, datetime | None]:
    """How many works of a cohort wait for released marks, and since when the oldest does."""
    query = sa.select(sa.func.count(), sa.func.min(Submission.handed_in_at)).where(
        Submission.cohort_id == cohort_id,
        Submission.state.in_(UNRELEASED),
    )
    count, oldest = db.session.execute(query).one()
    return count, oldest


def people_of(cohort_id: int) -> sa.Select[int]:
    """The ids of everybody who learns or learnt in a cohort."""
    return sa.select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id)
