"""What courses and contests share: question bank, quizzes, timed attempts, hand-ins, rubrics and marks.

A quiz or a hand-in belongs to something in a feature above, named by `context_kind` and `context_id` without a foreign
key, because features lie above this package.
"""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.assessment.rules.content import Content, QuestionKind, content_from_json
from app.assessment.rules.drawing import drawn_from_pools
from app.assessment.rules.marking import guess_floor
from app.assessment.rules.rubrics import Step, step_reached, steps_from_json
from app.db import (
    Exact,
    Model,
    Moment,
    choice,
    exact_mark,
    hex_digest,
    key,
    line,
    long_text,
    moment,
    moment_now,
    short_name,
)
from app.files import StoredFile
from app.reference.models import Skill


class Question(Model):
    """A question in an organisation's bank; what it says stands in its versions."""

    __tablename__ = "question"
    __table_args__ = (sa.Index("ix_question_organisation_id_skill_code", "organisation_id", "skill_code"),)

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    name: Mapped[line]
    kind: Mapped[QuestionKind] = mapped_column(choice(QuestionKind))
    # Skill and level of the newest version, repeated here for search in the bank.
    skill_code: Mapped[str | None] = mapped_column(sa.ForeignKey("skill.code"))
    level: Mapped[int | None]
    # Words of its authors for finding it again, each once, in small letters.
    tags: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    # By which a person marks it; only essays and files have one.
    rubric_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rubric.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[moment_now]

    skill: Mapped[Skill | None] = relationship()


class QuestionVersion(Model):
    """What a question said at a time. Answers refer to a version, so that an edit never re-marks the past.

    `content` is {"zh": {...}, "en": {...}} with at least one language; see `app.assessment.rules.content`.
    """

    __tablename__ = "question_version"
    __table_args__ = (sa.UniqueConstraint("question_id", "number"),)

    id: Mapped[key]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    skill_code: Mapped[str | None] = mapped_column(sa.ForeignKey("skill.code"), index=True)
    level: Mapped[int | None]
    # Where on the ability scale it stands: from its level at first, from answers later (Elo).
    difficulty: Mapped[Decimal] = mapped_column(Exact(8, 4), default=Decimal(0))
    answers_count: Mapped[int] = mapped_column(default=0)
    score_sum: Mapped[Decimal] = mapped_column(Exact(14, 4), default=Decimal(0))
    created_at: Mapped[moment_now]

    question: Mapped[Question] = relationship(lazy="joined", innerjoin=True)

    @property
    def gives_evidence(self) -> bool:
        """Whether answers to it say something about a skill: it names skill and level."""
        return self.skill_code is not None and self.level is not None

    @cached_property
    def contents(self) -> dict[str, Content]:
        """What it says, read once, by language; a version never changes."""
        return {language: content_from_json(stored) for language, stored in self.content.items()}

    @cached_property
    def guess_floor(self) -> Decimal:
        """The share that guessing earns, by the question's first language."""
        return Decimal(str(round(guess_floor(next(iter(self.contents.values()))), 6)))

    def content_in(self, language: str) -> Content:
        """What it says in a language, else in the other one."""
        return self.contents.get(language) or next(iter(self.contents.values()))


NO_TIME = timedelta(0)


class Paging(enum.StrEnum):
    """How a quiz shows its questions: one a page, all on one page, or one a page that answers at once, with hints."""

    ONE = "one"
    ALL = "all"
    CHECKED = "checked"


class Quiz(Model):
    """A set of questions taken together, with its rules.

    Items with a `pool` are candidates of a draw: `pools` says of each by number how many an attempt gets, and by what
    it was filled: {"1": {"take": 3, "skill": "CC02", "level": 2}}.
    """

    __tablename__ = "quiz"
    __table_args__ = (sa.Index("ix_quiz_context_kind_context_id", "context_kind", "context_id"),)

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    context_kind: Mapped[short_name]
    context_id: Mapped[int]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    minutes: Mapped[int | None]
    attempts_allowed: Mapped[int] = mapped_column(default=3)
    # Share of the points at which the quiz counts as passed.
    pass_share: Mapped[Decimal] = mapped_column(Exact(5, 4), default=Decimal("0.6"))
    shuffles: Mapped[bool] = mapped_column(default=True)
    paging: Mapped[Paging] = mapped_column(choice(Paging), default=Paging.ONE, server_default=Paging.ONE.value)
    pools: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # How many people mark each answer that no machine can mark: one, or two who do not see each other's marks.
    markers: Mapped[int] = mapped_column(default=1, server_default="1")
    # How many of those who handed in review each such answer; none: people who teach mark them all.
    peers: Mapped[int] = mapped_column(default=0, server_default="0")
    opens_at: Mapped[datetime | None] = mapped_column(Moment())
    closes_at: Mapped[datetime | None] = mapped_column(Moment())
    created_at: Mapped[moment_now]

    items: Mapped[list["QuizItem"]] = relationship(
        back_populates="quiz", order_by="QuizItem.position", cascade="all, delete-orphan"
    )

    def is_open(self, now: datetime, extra: timedelta = NO_TIME) -> bool:
        """Whether an attempt may begin: within [opens, closes), and for who has `extra` time until that much later."""
        return (self.opens_at is None or self.opens_at <= now) and (
            self.closes_at is None or now < self.closes_at + extra
        )

    @property
    def takes(self) -> dict[str, int]:
        """How many items an attempt gets of each pool."""
        return {name: int(pool["take"]) for name, pool in self.pools.items()}


class QuizItem(Model):
    """A version of a question at a place in a quiz, worth so many points."""

    __tablename__ = "quiz_item"
    __table_args__ = (sa.UniqueConstraint("quiz_id", "position"),)

    id: Mapped[key]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id"))
    question_version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_version.id"), index=True)
    position: Mapped[int]
    points: Mapped[exact_mark] = mapped_column(default=Decimal(1))
    pool: Mapped[int | None]

    quiz: Mapped[Quiz] = relationship(back_populates="items")
    version: Mapped[QuestionVersion] = relationship()


class Allowance(Model):
    """What one person has beyond the rules of a quiz: minutes, also after its end, and attempts; with the reason."""

    __tablename__ = "allowance"
    __table_args__ = (sa.UniqueConstraint("quiz_id", "person_id"),)

    id: Mapped[key]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    minutes: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[line]
    granted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    granted_at: Mapped[moment]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])

    @property
    def extra(self) -> timedelta:
        """The additional time."""
        return timedelta(minutes=self.minutes)


class Attempt(Model):
    """One taking of a quiz by one person. `closes_at` is fixed at the start, by the server's clock."""

    __tablename__ = "attempt"
    __table_args__ = (
        sa.UniqueConstraint("quiz_id", "person_id", "number"),
        sa.Index("ix_attempt_person_id_quiz_id", "person_id", "quiz_id"),
    )

    id: Mapped[key]
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    number: Mapped[int]
    seed: Mapped[int]
    started_at: Mapped[moment]
    closes_at: Mapped[datetime | None] = mapped_column(Moment())
    submitted_at: Mapped[datetime | None] = mapped_column(Moment(), index=True)
    points: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    points_max: Mapped[exact_mark]

    quiz: Mapped[Quiz] = relationship()
    person: Mapped[Person] = relationship()

    def draws(self, items: Sequence[QuizItem]) -> list[QuizItem]:
        """Those of the quiz's items that this attempt gets, in their order."""
        pools: dict[str, list[int]] = {}
        for item in items:
            if item.pool is not None:
                pools.setdefault(str(item.pool), []).append(item.id)
        if not pools:
            return list(items)
        drawn = drawn_from_pools(pools, self.quiz.takes, self.seed)
        return [item for item in items if item.pool is None or item.id in drawn]

    def is_open(self, now: datetime) -> bool:
        """Whether answers are taken: not handed in, and within [start, closes)."""
        return self.submitted_at is None and (self.closes_at is None or now < self.closes_at)

    @property
    def share(self) -> Decimal | None:
        """Points reached as a share of those possible; None until marked."""
        return None if self.points is None or not self.points_max else self.points / self.points_max

    @property
    def is_passed(self) -> bool:
        """Whether the share reaches the quiz's pass share."""
        return self.share is not None and self.share >= self.quiz.pass_share


class Answer(Model):
    """What a person last gave as the answer to one item of an attempt, and its mark once marked."""

    __tablename__ = "answer"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "item_id"),)

    id: Mapped[key]
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt.id"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_item.id"), index=True)
    given: Mapped[dict[str, Any]]  # {"answer": ...}
    # Rises with each saving, so that a delayed older answer never overwrites a newer one.
    revision: Mapped[int] = mapped_column(sa.BigInteger, default=1)
    saved_at: Mapped[moment]
    is_flagged: Mapped[bool] = mapped_column(default=False)
    share: Mapped[Decimal | None] = mapped_column(Exact(7, 6))  # mark as a share of the item's points
    reason: Mapped[short_name] = mapped_column(default="")
    # What was noticed while it was given ("pasted", "two-pages"): hints for people, which never change a mark.
    notices: Mapped[list[str]] = mapped_column(default=list, server_default="[]")

    attempt: Mapped[Attempt] = relationship()
    item: Mapped[QuizItem] = relationship()


class HandMark(Model):
    """The mark that one person gives one answer that no machine can mark; empty while not given.

    With a rubric its rows stand in `rows` ({row id: mark}) and `share` follows from them. `is_settling` marks the one
    that a second look gave where two markers disagreed: it alone counts then.
    """

    __tablename__ = "hand_mark"
    __table_args__ = (sa.UniqueConstraint("answer_id", "marker_id", "is_settling"),)

    id: Mapped[key]
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"))
    marker_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    is_settling: Mapped[bool] = mapped_column(default=False)
    share: Mapped[Decimal | None] = mapped_column(Exact(7, 6))
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[long_text] = mapped_column(default="")
    saved_at: Mapped[moment]
    is_final: Mapped[bool] = mapped_column(default=False)

    answer: Mapped[Answer] = relationship()
    marker: Mapped[Person] = relationship()


class PeerReview(Model):
    """An answer that one of those who handed in reviews; empty until they begin.

    With `is_calibration` a teacher has marked it already, and how far the two marks lie apart tells what the reviewer's
    other marks weigh. Closed ones (`is_open` false) take no more. Rows as in `HandMark`.
    """

    __tablename__ = "peer_review"
    __table_args__ = (sa.UniqueConstraint("answer_id", "reviewer_id"),)

    id: Mapped[key]
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"))
    reviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    is_calibration: Mapped[bool] = mapped_column(default=False)
    share: Mapped[Decimal | None] = mapped_column(Exact(7, 6))
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[long_text] = mapped_column(default="")
    allocated_at: Mapped[moment]
    saved_at: Mapped[datetime | None] = mapped_column(Moment())
    is_final: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True, index=True)

    answer: Mapped[Answer] = relationship()
    reviewer: Mapped[Person] = relationship()


class Regrade(Model):
    """Answers given to one version of a question, marked anew as another version would mark them; never undone."""

    __tablename__ = "regrade"

    id: Mapped[key]
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_version.id"))
    to_version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_version.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[line]
    made_at: Mapped[moment]

    question: Mapped[Question] = relationship()
    by: Mapped[Person] = relationship()
    from_version: Mapped[QuestionVersion] = relationship(foreign_keys=[from_version_id])
    to_version: Mapped[QuestionVersion] = relationship(foreign_keys=[to_version_id])


class RegradedAnswer(Model):
    """One answer that a regrade changed: its share before and after."""

    __tablename__ = "regraded_answer"
    __table_args__ = (sa.UniqueConstraint("regrade_id", "answer_id"),)

    id: Mapped[key]
    regrade_id: Mapped[int] = mapped_column(sa.ForeignKey("regrade.id"))
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), index=True)
    share_before: Mapped[Decimal | None] = mapped_column(Exact(7, 6))
    share_after: Mapped[Decimal | None] = mapped_column(Exact(7, 6))

    regrade: Mapped[Regrade] = relationship()
    answer: Mapped[Answer] = relationship()


class Rubric(Model):
    """How hand-ins are marked: rows with weights, each tied to a skill and a level."""

    __tablename__ = "rubric"

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    created_at: Mapped[moment_now]

    rows: Mapped[list["RubricRow"]] = relationship(
        back_populates="rubric", order_by="RubricRow.position", cascade="all, delete-orphan"
    )


class RubricRow(Model):
    """One criterion: its weight, the most marks it can bring, the skill and level that full marks show."""

    __tablename__ = "rubric_row"
    __table_args__ = (sa.UniqueConstraint("rubric_id", "position"),)

    id: Mapped[key]
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric.id"))
    position: Mapped[int]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    descriptor_zh: Mapped[long_text] = mapped_column(default="")
    descriptor_en: Mapped[long_text] = mapped_column(default="")
    weight: Mapped[exact_mark]
    marks_max: Mapped[exact_mark] = mapped_column(default=Decimal(100))
    skill_code: Mapped[str | None] = mapped_column(sa.ForeignKey("skill.code"))
    level: Mapped[int | None]
    # None, or what work looks like that earns so many marks; see `Step`.
    steps: Mapped[list[Any]] = mapped_column(default=list)

    rubric: Mapped[Rubric] = relationship(back_populates="rows")
    skill: Mapped[Skill | None] = relationship()

    @property
    def scale(self) -> tuple[Step, ...]:
        """The steps of the row in order."""
        return steps_from_json(self.steps)

    def step_at(self, mark: Decimal | None) -> Step | None:
        """The best step that a mark reaches."""
        return step_reached(self.scale, mark)


class HandIn(Model):
    """A file handed in for a task or contest, by a person for themselves or their team. A new version is a new row."""

    __tablename__ = "hand_in"
    __table_args__ = (sa.UniqueConstraint("context_kind", "context_id", "number"),)

    id: Mapped[key]
    context_kind: Mapped[short_name]
    context_id: Mapped[int]
    number: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    note: Mapped[long_text] = mapped_column(default="")
    received_at: Mapped[moment]
    receipt: Mapped[hex_digest]

    file: Mapped[StoredFile] = relationship()
    person: Mapped[Person] = relationship()


class RubricMark(Model):
    """The mark that one marker gives one piece of work in one row of its rubric; empty while not given."""

    __tablename__ = "rubric_mark"
    __table_args__ = (sa.UniqueConstraint("context_kind", "context_id", "row_id", "marker_id"),)

    id: Mapped[key]
    context_kind: Mapped[short_name]
    context_id: Mapped[int]
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric_row.id"), index=True)
    marker_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    mark: Mapped[Decimal | None] = mapped_column(Exact(10, 4))
    comment: Mapped[long_text] = mapped_column(default="")
    saved_at: Mapped[moment]
    is_final: Mapped[bool] = mapped_column(default=False)

    row: Mapped[RubricRow] = relationship()
    marker: Mapped[Person] = relationship()
