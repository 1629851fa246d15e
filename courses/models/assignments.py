"""What an assignment asks for. Once it is published it stays as it is: a change makes a new one for the lesson."""

import enum
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.assessment.models import Rubric
from app.db import Exact, Model, choice, exact_mark, key, moment_now, plain_id


class Takes(enum.StrEnum):
    """What can be handed in."""

    TEXT = "text"
    FILES = "files"
    LINK = "link"
    RECORDING = "recording"


class CompletesOn(enum.StrEnum):
    """What completes the lesson: that something was handed in, or that its released mark is enough."""

    HANDED_IN = "handed-in"
    PASSED = "passed"


class Assignment(Model):
    """What is to be handed in, how it is marked, what lateness costs; its task is the text of its lesson.

    The due moment belongs to a cohort (`CohortDate`). Each day begun after it takes `late_share_per_day` of the most
    points off; after `late_days_max` days nothing is taken any more (none: always).
    """

    __tablename__ = "assignment"

    id: Mapped[key]
    # A plain number, as with quizzes: the lesson's row points here, and two tables cannot point at each other.
    lesson_id: Mapped[plain_id]
    takes: Mapped[list[str]]
    files_max: Mapped[int] = mapped_column(default=5)
    points_max: Mapped[exact_mark] = mapped_column(default=Decimal(100))
    rubric_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rubric.id"))
    completes_on: Mapped[CompletesOn] = mapped_column(choice(CompletesOn), default=CompletesOn.PASSED)
    pass_share: Mapped[Decimal] = mapped_column(Exact(5, 4), default=Decimal("0.6"))
    late_share_per_day: Mapped[Decimal] = mapped_column(Exact(5, 4), default=Decimal(0))
    late_days_max: Mapped[int | None]
    # How many people hand in together; 1: each alone.
    group_size: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[moment_now]

    rubric: Mapped[Rubric | None] = relationship(lazy="raise")
