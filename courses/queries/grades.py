"""The gradebook's columns, cells and history, and what attempts and hand-ins say of lessons that are not done."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.assessment.models import Allowance, Answer, Attempt, Quiz, QuizItem
from app.assessment.rules.marking import MarkReason
from app.db import db
from courses.models import (
    QUIZ_OF_LESSON,
    Assignment,
    Cohort,
    ColumnGrade,
    Enrolment,
    Grade,
    GradeChange,
    GradeColumn,
    LessonRevision,
    VersionLesson,
)


@dataclass(frozen=True)
class Column:
    """A column of a gradebook: a lesson with a quiz or an assignment, or one that a teacher added."""

    key: str
    title_zh: str
    title_en: str
    category: str
    most: Decimal
    lesson_id: int | None = None
    column_id: int | None = None
    position: int | None = None
    quiz_id: int | None = None
    assignment_id: int | None = None
    is_required: bool = False
    # From which share of the points the quiz or assignment is passed.
    pass_share: Decimal | None = None


def lesson_columns(version_id: int | None, points: "PointsOfQuizzes") -> list[Column]:
    """The columns that a version's quizzes and assignments make, in the order of the lessons.

    `points` are those of `points_of_quizzes`; of a pool as many questions count as are drawn.
    """
    query = (
        sa.select(
            VersionLesson.lesson_id,
            VersionLesson.position,
            LessonRevision.title_zh,
            LessonRevision.title_en,
            LessonRevision.category,
            LessonRevision.quiz_id,
            LessonRevision.assignment_id,
            LessonRevision.is_required,
            Assignment.points_max,
            Quiz.pools,
            sa.case((LessonRevision.assignment_id.is_not(None), Assignment.pass_share), else_=Quiz.pass_share).label(
                "pass_share"
            ),
        )
        .join(LessonRevision, LessonRevision.id == VersionLesson.revision_id)
        .outerjoin(Assignment, Assignment.id == LessonRevision.assignment_id)
        .outerjoin(Quiz, Quiz.id == LessonRevision.quiz_id)
        .where(VersionLesson.version_id == version_id)
        .where(sa.or_(LessonRevision.quiz_id.is_not(None), LessonRevision.assignment_id.is_not(None)))
        .order_by(VersionLesson.position)
    )
    found = []
    for row in db.session.execute(query):
        most = row.points_max
        if most is None:
            most = sum(
                (
                    all_points if pool is None else all_points * row.pools[str(pool)]["take"] / count
                    for pool, (all_points, count) in points.get(row.quiz_id, {}).items()
                ),
                Decimal(0),
            )
        found.append(
            Column(
                f"l{row.lesson_id}",
                row.title_zh,
                row.title_en,
                row.category,
                most,
                lesson_id=row.lesson_id,
                position=row.position,
                quiz_id=row.quiz_id,
                assignment_id=row.assignment_id,
                is_required=row.is_required,
                pass_share=row.pass_share,
            )
        )
    return found


PointsOfQuizzes = Mapping[int, Mapping[int | None, tuple[Decimal, int]]]
"""By quiz and number of its pool (none: what everybody gets): the points of all its questions, and their number."""


def points_of_quizzes(version_id: int | None) -> PointsOfQuizzes:
    """What the questions of a version's quizzes are worth."""
    query = (
        sa.select(QuizItem.quiz_id, QuizItem.pool, sa.func.sum(QuizItem.points), sa.func.count())
        .join(LessonRevision, LessonRevision.quiz_id == QuizItem.quiz_id)
        .join(VersionLesson, VersionLesson.revision_id == LessonRevision.id)
        .where(VersionLesson.version_id == version_id)
        .group_by(QuizItem.quiz_id, QuizItem.pool)
    )
    found: defaultdict[int, dict[int | None, tuple[Decimal, int]]] = defaultdict(dict)
    for quiz_id, pool, points, count in db.session.execute(query):
        found[quiz_id][pool] = (points, count)
    return found


def own_columns(cohort_id: int) -> list[Column]:
    """The columns that a cohort's teachers added, oldest first."""
    query = (
        sa.select(GradeColumn)
        .where(GradeColumn.cohort_id == cohort_id, GradeColumn.deleted_at.is_(None))
        .order_by(GradeColumn.id)
    )
    return [
        Column(f"c{one.id}", one.title_zh, one.title_en, one.category, one.points_max, column_id=one.id)
        for one in db.session.scalars(query)
    ]


def column_in(cohort_id: int, column_id: int) -> GradeColumn | None:
    """A column that a cohort's teacher added and nobody has taken away."""
    query = sa.select(GradeColumn).where(
        GradeColumn.cohort_id == cohort_id, GradeColumn.id == column_id, GradeColumn.deleted_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()


# Cells


def cells_of_lessons(enrolment_ids: Sequence[int]) -> list[tuple[int, int, Decimal | None, Decimal, bool]]:
    """Of some learners: (enrolment id, lesson id, points that count, of how many, whether they are an override)."""
    query = sa.select(
        Grade.enrolment_id,
        Grade.lesson_id,
        sa.func.coalesce(Grade.override_points, Grade.points),
        sa.func.coalesce(Grade.override_max, Grade.points_max),
        Grade.override_points.is_not(None),
    ).where(Grade.enrolment_id.in_(enrolment_ids))
    return [(one, lesson, points, most, by_hand) for one, lesson, points, most, by_hand in db.session.execute(query)]


def cells_of_columns(enrolment_ids: Sequence[int]) -> list[tuple[int, int, Decimal | None, Decimal]]:
    """Of some learners: (enrolment id, column id, points, of how many) in columns that teachers added."""
    query = sa.select(
        ColumnGrade.enrolment_id, ColumnGrade.column_id, ColumnGrade.override_points, ColumnGrade.override_max
    ).where(ColumnGrade.enrolment_id.in_(enrolment_ids), ColumnGrade.override_points.is_not(None))
    return [(one, column, points, most or Decimal(0)) for one, column, points, most in db.session.execute(query)]


def grades_of(enrolment_ids: Sequence[int]) -> list[Grade]:
    """The rows of some learners' lessons."""
    query = sa.select(Grade).where(Grade.enrolment_id.in_(enrolment_ids))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def column_grades_of(enrolment_ids: Sequence[int]) -> list[ColumnGrade]:
    """The rows of some learners in columns that teachers added."""
    query = sa.select(ColumnGrade).where(ColumnGrade.enrolment_id.in_(enrolment_ids))
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def history_of(enrolment_id: int, column: Column) -> list[GradeChange]:
    """What changed in a cell, the latest first, with who did it."""
    query = (
        sa.select(GradeChange)
        .where(GradeChange.enrolment_id == enrolment_id)
        .where(
            GradeChange.lesson_id == column.lesson_id
            if column.lesson_id is not None
            else GradeChange.column_id == column.column_id
        )
        .options(joinedload(GradeChange.by))
        .order_by(GradeChange.id.desc())
        .limit(100)
    )
    return list(db.session.scalars(query))


# Learners


def learners_listed(cohort_id: int, words: str, sort: str) -> sa.Select[Any]:
    """(enrolment id, name, total so far, final total) of who learns in a cohort now, by name or by total."""
    query: Any = (
        sa.select(Enrolment.id, Person.name, Enrolment.share_so_far, Enrolment.share_final)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
    )
    if words:
        query = query.where(
            sa.or_(Person.name.icontains(words, autoescape=True), Person.email.icontains(words, autoescape=True))
        )
    orders: dict[str, tuple[Any, ...]] = {
        "total": (Enrolment.share_final.asc().nulls_first(),),
        "-total": (Enrolment.share_final.desc().nulls_last(),),
        "-name": (Person.name.desc(),),
    }
    return cast("sa.Select[Any]", query.order_by(*orders.get(sort, (Person.name,)), Enrolment.id))


def learners_with_addresses(cohort_id: int) -> list[tuple[int, str, str, Decimal | None, Decimal | None]]:
    """(enrolment id, name, e-mail, total so far, final total) of who learns in a cohort now, by name."""
    query = learners_listed(cohort_id, "", "name").with_only_columns(
        Enrolment.id, Person.name, Person.email, Enrolment.share_so_far, Enrolment.share_final
    )
    return [(one, name, email, so_far, final) for one, name, email, so_far, final in db.session.execute(query)]


def enrolment_in_cohort(cohort_id: int, enrolment_id: int) -> Enrolment | None:
    """Somebody who learns or learnt in a cohort, with the person."""
    query = (
        sa.select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.cohort_id == cohort_id)
        .options(joinedload(Enrolment.person, innerjoin=True))
    )
    return db.session.scalars(query).one_or_none()


def enrolment_ids_in(cohort_id: int) -> list[int]:
    """Everybody who learns or learnt in a cohort, by id."""
    return list(
        db.session.scalars(sa.select(Enrolment.id).where(Enrolment.cohort_id == cohort_id).order_by(Enrolment.id))
    )


def learners_with_total(enrolment_ids: Sequence[int], least: Decimal | None) -> list[Enrolment]:
    """Those of some learners who have not completed the course, with a final total of at least so much, read anew."""
    query = (
        sa.select(Enrolment)
        .where(Enrolment.id.in_(enrolment_ids), Enrolment.completed_at.is_(None), Enrolment.left_at.is_(None))
        .order_by(Enrolment.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query if least is None else query.where(Enrolment.share_final >= least)))


# Attempts and hand-ins


@dataclass(frozen=True)
class Tried:
    """Somebody's attempts at a lesson's quizzes: handed in, begun at the present quiz, whether answers wait; the best
    of those that are marked.
    """

    tries: int
    is_waiting: bool
    best: Decimal | None
    most: Decimal | None
    handed_in_at: datetime | None


def has_waiting() -> sa.Exists:
    """Whether an answer of an attempt waits for a person's mark."""
    return sa.exists().where(
        Answer.attempt_id == Attempt.id, Answer.share.is_(None), Answer.reason == MarkReason.NEEDS_PERSON.value
    )


def tried_at(person_id: int, lesson_ids: Collection[int]) -> dict[int, Tried]:
    """Somebody's attempts at the quizzes that lessons have or had, by lesson.

    An attempt of which answers wait counts as marked only where what is marked already passes.
    """
    query = (
        sa.select(
            Quiz.context_id,
            Attempt.points,
            Attempt.points_max,
            Attempt.submitted_at,
            Quiz.pass_share,
            has_waiting().label("waits"),
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Quiz.context_id.in_(lesson_ids))
        .where(Attempt.person_id == person_id, Attempt.submitted_at.is_not(None))
        .order_by(Attempt.id)
    )
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        rows[row.context_id].append(row)
    return {lesson_id: tried_of(those) for lesson_id, those in rows.items()}


def tried_of(rows: list[Any]) -> Tried:
    """What attempts come to, given their points, most points, pass share, moment, and whether answers wait."""
    marked = [
        row
        for row in rows
        if row.points is not None
        and row.points_max > 0
        and (not row.waits or row.points >= row.points_max * row.pass_share)
    ]
    # The first of equals, so that the moment of a mark does not move without need.
    best = max(marked, key=lambda row: row.points / row.points_max, default=None)
    return Tried(
        len(rows),
        any(row.waits for row in rows),
        None if best is None else best.points,
        None if best is None else best.points_max,
        None if best is None else best.submitted_at,
    )


@dataclass(frozen=True)
class Allowed:
    """What a quiz asks of somebody: the share that passes, and how many attempts they may still begin."""

    pass_share: Decimal
    left: int


def allowed_in(person_id: int, quiz_ids: Collection[int]) -> dict[int, Allowed]:
    """What quizzes ask of somebody, by quiz, with the attempts that were allowed them beyond the rules."""
    begun = (
        sa.select(sa.func.count())
        .where(Attempt.quiz_id == Quiz.id, Attempt.person_id == person_id)
        .correlate(Quiz)
        .scalar_subquery()
    )
    more = (
        sa.select(sa.func.coalesce(sa.func.sum(Allowance.attempts), 0))
        .where(Allowance.quiz_id == Quiz.id, Allowance.person_id == person_id)
        .correlate(Quiz)
        .scalar_subquery()
    )
    query = sa.select(Quiz.id, Quiz.pass_share, Quiz.attempts_allowed, begun, more).where(Quiz.id.in_(quiz_ids))
    return {
        quiz_id: Allowed(share, allowed + extra - taken)
        for quiz_id, share, allowed, taken, extra in db.session.execute(query)
    }


def pass_shares_of(assignment_ids: Collection[int]) -> dict[int, Decimal]:
    """The share of the points from which assignments are passed."""
    query = sa.select(Assignment.id, Assignment.pass_share).where(Assignment.id.in_(assignment_ids))
    return {row.id: row.pass_share for row in db.session.execute(query)}


def best_attempts_in(cohort_id: int) -> sa.Select[Any]:
    """Of everybody in a cohort the best attempt at each lesson's quizzes, where the gradebook holds nothing yet."""
    ranked = (
        sa.select(
            Enrolment.id.label("enrolment_id"),
            Quiz.context_id.label("lesson_id"),
            Attempt.points.label("points"),
            Attempt.points_max.label("points_max"),
            Attempt.submitted_at.label("marked_at"),
            sa.func.row_number()
            .over(
                partition_by=(Enrolment.id, Quiz.context_id),
                order_by=((sa.type_coerce(Attempt.points, sa.Numeric) * 1.0 / Attempt.points_max).desc(), Attempt.id),
            )
            .label("place"),
        )
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(VersionLesson, VersionLesson.version_id == Cohort.version_id)
        .join(Quiz, sa.and_(Quiz.context_kind == QUIZ_OF_LESSON, Quiz.context_id == VersionLesson.lesson_id))
        .join(Attempt, sa.and_(Attempt.quiz_id == Quiz.id, Attempt.person_id == Enrolment.person_id))
        .where(Enrolment.cohort_id == cohort_id)
        .where(Attempt.submitted_at.is_not(None), Attempt.points.is_not(None), Attempt.points_max > 0, ~has_waiting())
        .where(~sa.exists().where(Grade.enrolment_id == Enrolment.id, Grade.lesson_id == Quiz.context_id))
        .subquery()
    )
    return sa.select(
        ranked.c.enrolment_id,
        ranked.c.lesson_id,
        ranked.c.points,
        ranked.c.points_max,
        ranked.c.marked_at,
        ranked.c.marked_at,
        sa.literal(1),
    ).where(ranked.c.place == 1)
