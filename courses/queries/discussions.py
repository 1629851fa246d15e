"""Questions of a cohort with their answers, who may be named, what waits for whom."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer, joinedload

from app.accounts.models import Person
from app.db import db
from courses.models import Cohort, CohortTeacher, Course, Enrolment, Lesson, Mention, Post, PostReport, PostText
from courses.queries.cohorts import is_listed


class Show(StrEnum):
    """Which questions of a cohort; the last two are for its teachers."""

    ALL = ""
    UNANSWERED = "unanswered"
    MINE = "mine"
    HIDDEN = "hidden"
    REPORTED = "reported"


FOR_TEACHERS = (Show.HIDDEN, Show.REPORTED)


@dataclass(frozen=True)
class Answered:
    """How many answers a question has, and whether somebody who teaches gave one."""

    count: int = 0
    is_taught: bool = False


@dataclass(frozen=True)
class Waiting:
    """A question that nobody has answered, or a post that names the reader: what stands on their first page."""

    post_id: int
    question_id: int
    title: str
    author: str
    course_zh: str
    course_en: str
    at: datetime


Answer = aliased(Post)


def members_of(cohort_id: int) -> dict[int, str]:
    """Who learns in a cohort now or teaches it: names by id, in the order of the names."""
    learning = sa.select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
    teaching = sa.select(CohortTeacher.person_id).where(CohortTeacher.cohort_id == cohort_id)
    query = (
        sa.select(Person.id, Person.name)
        .where(Person.id.in_(sa.union(learning, teaching)), Person.is_active)
        .order_by(Person.name, Person.id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def enrolment_in_cohort(person_id: int, cohort_id: int) -> Enrolment | None:
    """The enrolment of somebody who learns in a cohort now."""
    query = (
        sa.select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
        .options(joinedload(Enrolment.cohort))
    )
    return db.session.scalars(query).one_or_none()


def post_by_id(post_id: int) -> Post | None:
    """A post with its author, its lesson without the text, its cohort and course."""
    query = (
        sa.select(Post)
        .where(Post.id == post_id)
        .options(
            joinedload(Post.author, innerjoin=True),
            joinedload(Post.lesson, innerjoin=True).options(defer(Lesson.body_zh), defer(Lesson.body_en)),
            joinedload(Post.cohort, innerjoin=True).joinedload(Cohort.course, innerjoin=True),
        )
    )
    return db.session.scalars(query).one_or_none()


def post_sent_as(unique_key: str) -> Post | None:
    """The post that was made of the same sending."""
    return db.session.scalars(sa.select(Post).where(Post.unique_key == unique_key)).one_or_none()


def _answers(question_id: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    return sa.and_(Answer.parent_id == question_id, Answer.hidden_at.is_(None), Answer.deleted_at.is_(None))


def _is_unanswered() -> sa.ColumnElement[bool]:
    """Open, shown, and nobody but the asker has written below it."""
    others = sa.exists().where(_answers(Post.id), Answer.author_id != Post.author_id)
    return sa.and_(
        Post.parent_id.is_(None),
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
        Post.closed_at.is_(None),
        Post.accepted_id.is_(None),
        ~others,
    )


def questions_in(
    cohort_id: int, reader_id: int, moderates: bool, *, lesson_id: int | None = None, show: Show = Show.ALL
) -> sa.Select[Post]:
    """Questions of a cohort, newest first; unanswered ones oldest first, as they are worked off.

    What its author deleted is listed for author and teachers, and where others have answered it.
    """
    query = (
        sa.select(Post)
        .where(Post.cohort_id == cohort_id, Post.parent_id.is_(None))
        .options(joinedload(Post.author, innerjoin=True))
        .order_by(Post.created_at.desc(), Post.id.desc())
    )
    if lesson_id is not None:
        query = query.where(Post.lesson_id == lesson_id)
    if not moderates:
        is_answered = sa.exists().where(_answers(Post.id))
        query = query.where(sa.or_(Post.deleted_at.is_(None), Post.author_id == reader_id, is_answered))
    own_answer = sa.exists().where(Answer.parent_id == Post.id, Answer.author_id == reader_id)
    part = sa.or_(Answer.id == Post.id, Answer.parent_id == Post.id)
    if show is Show.UNANSWERED:
        query = query.where(_is_unanswered()).order_by(None).order_by(Post.created_at, Post.id)
    elif show is Show.MINE:
        query = query.where(sa.or_(Post.author_id == reader_id, own_answer))
    elif show is Show.HIDDEN:
        gone = sa.or_(Answer.hidden_at.is_not(None), Answer.deleted_at.is_not(None))
        query = query.where(sa.exists().where(part, gone))
    elif show is Show.REPORTED:
        is_open = sa.and_(PostReport.post_id == Answer.id, PostReport.settled_at.is_(None))
        query = query.where(sa.exists().where(part, is_open))
    return query


def answers_per_question(question_ids: Sequence[int]) -> dict[int, Answered]:
    """The answers that everybody may read, by question."""
    taught = sa.func.max(sa.case((Post.is_taught, 1), else_=0))
    query = (
        sa.select(Post.parent_id, sa.func.count(), taught)
        .where(Post.parent_id.in_(question_ids), Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .group_by(Post.parent_id)
    )
    return {question_id: Answered(count, bool(some)) for question_id, count, some in db.session.execute(query)}


def answers_to(question: Post) -> list[Post]:
    """All answers to a question, the accepted one first, then the earliest."""
    query = (
        sa.select(Post)
        .where(Post.parent_id == question.id)
        .options(joinedload(Post.author, innerjoin=True))
        .order_by(sa.case((Post.id == question.accepted_id, 0), else_=1), Post.created_at, Post.id)
    )
    return list(db.session.scalars(query))


_QUESTIONS = sa.select(sa.func.count()).where(
    Post.cohort_id == sa.bindparam("cohort_id"),
    Post.lesson_id == sa.bindparam("lesson_id"),
    Post.parent_id.is_(None),
    Post.hidden_at.is_(None),
    Post.deleted_at.is_(None),
)


def count_questions(cohort_id: int, lesson_id: int) -> int:
    """How many questions about a lesson everybody in a cohort may read."""
    return db.session.scalar(_QUESTIONS, {"cohort_id": cohort_id, "lesson_id": lesson_id}) or 0


def has_posted(person_id: int, cohort_id: int, lesson_id: int) -> bool:
    """Whether somebody has a post about a lesson that everybody in the cohort may read."""
    mine = sa.exists().where(
        Post.author_id == person_id,
        Post.cohort_id == cohort_id,
        Post.lesson_id == lesson_id,
        Post.hidden_at.is_(None),
        Post.deleted_at.is_(None),
    )
    return bool(db.session.scalar(sa.select(mine)))


def earlier_texts(post_ids: Sequence[int]) -> dict[int, list[PostText]]:
    """What posts said before they were edited, the latest first."""
    query = sa.select(PostText).where(PostText.post_id.in_(post_ids)).order_by(PostText.id.desc())
    found: dict[int, list[PostText]] = {}
    for text in db.session.scalars(query):
        found.setdefault(text.post_id, []).append(text)
    return found


def open_reports(post_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Who objects to posts and why, as long as that is not settled: (name, reason) by post."""
    query = (
        sa.select(PostReport.post_id, Person.name, PostReport.because)
        .join(Person, Person.id == PostReport.person_id)
        .where(PostReport.post_id.in_(post_ids), PostReport.settled_at.is_(None))
        .order_by(PostReport.reported_at, PostReport.person_id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for post_id, name, because in db.session.execute(query):
        found.setdefault(post_id, []).append((name, because))
    return found


def reported_by(person_id: int, post_ids: Sequence[int]) -> set[int]:
    """The posts to which somebody has objected."""
    query = sa.select(PostReport.post_id).where(PostReport.person_id == person_id, PostReport.post_id.in_(post_ids))
    return set(db.session.scalars(query))


def named_in_posts(post_ids: Sequence[int]) -> dict[int, str]:
    """The people whom posts name: names by id."""
    query = (
        sa.select(Person.id, Person.name)
        .join(Mention, Mention.person_id == Person.id)
        .where(Mention.post_id.in_(post_ids))
        .distinct()
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def mentions_of(post_id: int) -> dict[int, Mention]:
    """The mentions of a post by person."""
    return {
        found.person_id: found for found in db.session.scalars(sa.select(Mention).where(Mention.post_id == post_id))
    }


def unread_in(person_id: int, post_ids: Collection[int]) -> bool:
    """Whether posts name somebody who has not come to read it."""
    query = sa.exists().where(Mention.person_id == person_id, Mention.read_at.is_(None), Mention.post_id.in_(post_ids))
    return bool(db.session.scalar(sa.select(query)))


def unread_mentions(person: Person, limit: int = 5) -> list[Waiting]:
    """Posts that name a person who has not read them, the latest first."""
    question = aliased(Post)
    is_here = sa.or_(
        sa.exists().where(
            Enrolment.cohort_id == Post.cohort_id, Enrolment.person_id == person.id, Enrolment.left_at.is_(None)
        ),
        sa.exists().where(CohortTeacher.cohort_id == Post.cohort_id, CohortTeacher.person_id == person.id),
    )
    query = (
        sa.select(Post.id, question.id, question.title, Person.name, Course.title_zh, Course.title_en, Post.created_at)
        .select_from(Mention)
        .join(Post, Post.id == Mention.post_id)
        .join(question, question.id == sa.func.coalesce(Post.parent_id, Post.id))
        .join(Person, Person.id == Post.author_id)
        .join(Cohort, Cohort.id == Post.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .where(Mention.person_id == person.id, Mention.read_at.is_(None), is_here)
        .where(Post.hidden_at.is_(None), Post.deleted_at.is_(None))
        .where(question.hidden_at.is_(None), question.deleted_at.is_(None))
        .order_by(Post.created_at.desc(), Post.id.desc())
        .limit(limit)
    )
    return [Waiting(*row) for row in db.session.execute(query)]


def unanswered_for(person: Person, limit: int = 5) -> tuple[list[Waiting], int]:
    """Unanswered questions of the cohorts that a person teaches, the oldest first, and how many there are."""
    query = (
        sa.select(
            Post.id,
            Post.id.label("question_id"),
            Post.title,
            Person.name,
            Course.title_zh,
            Course.title_en,
            Post.created_at,
            sa.func.count().over(),
        )
        .join(Person, Person.id == Post.author_id)
        .join(Cohort, Cohort.id == Post.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .join(CohortTeacher, CohortTeacher.cohort_id == Post.cohort_id)
        .where(CohortTeacher.person_id == person.id, _is_unanswered(), Post.author_id != person.id, is_listed())
        .order_by(Post.created_at, Post.id)
        .limit(limit)
    )
    rows = db.session.execute(query).all()
    return [Waiting(*row[:7]) for row in rows], (rows[0][7] if rows else 0)


def first_taught_answers(cohort_id: int) -> list[tuple[Post, datetime | None]]:
    """Questions of a cohort, each with when somebody who teaches first answered: how long learners wait."""
    first = (
        sa.select(sa.func.min(Answer.created_at))
        .where(Answer.parent_id == Post.id, Answer.is_taught)
        .correlate(Post)
        .scalar_subquery()
    )
    query = sa.select(Post, first).where(Post.cohort_id == cohort_id, Post.parent_id.is_(None)).order_by(Post.id)
    return [(post, at) for post, at in db.session.execute(query)]
