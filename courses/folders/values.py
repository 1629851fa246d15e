"""What a folder holds, as values. Entries of course.toml have the names and defaults of the fields here."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from app.assessment.models import Paging
from app.assessment.rules import rubrics
from app.assessment.rules.content import Content
from courses.models import CompletesOn, LessonKind, Takes


class Whole(NamedTuple):
    """The numbers that an entry may have."""

    least: Decimal | int
    most: Decimal | int


class Length(NamedTuple):
    """How long a text may be."""

    most: int


Line = Annotated[str, Length(300)]
Name = Annotated[str, Length(80)]
Points = Annotated[Decimal, Whole(0, 999_999)]
Percent = Annotated[Decimal, Whole(0, 100)]
Level = Annotated[int, Whole(1, 4)]


@dataclass(frozen=True)
class Held:
    """A file by its content, which is read when it is asked for."""

    sha256: str
    read: Callable[[], bytes] = field(compare=False, repr=False)

    @classmethod
    def of(cls, content: bytes) -> "Held":
        """These bytes."""
        return cls(hashlib.sha256(content).hexdigest(), lambda: content)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a row: how many marks, and what work looks like that earns them."""

    points: Points
    text_zh: str
    text_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a rubric."""

    title_zh: Line
    title_en: Line = ""
    descriptor_zh: str = ""
    descriptor_en: str = ""
    weight: Points = Decimal(1)
    marks_max: Points = Decimal(100)
    skill: Name | None = None
    level: Level | None = None
    steps: tuple[Step, ...] = ()


def has_unfit_steps(row: Row) -> bool:
    """Whether the steps of a row cannot stand."""
    steps = [rubrics.Step(step.points, step.text_zh, step.text_en) for step in row.steps]
    return rubrics.problem_with(steps, row.marks_max) is not None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question in the languages that it has; `file` and `line` say where it was read."""

    name: str
    contents: Mapping[str, Content]
    skill: str | None = None
    level: int | None = None
    tags: tuple[str, ...] = ()
    rubric: tuple[Row, ...] = ()
    file: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A draw: how many of the named questions an attempt gets, and by which skill and level they were found."""

    take: Annotated[int, Whole(1, 10_000)]
    questions: tuple[str, ...]
    skill: Name | None = None
    level: Level | None = None
    # Only where the numbers of the draws do not simply count from 1.
    number: Annotated[int, Whole(0, 1_000_000)] | None = None


@dataclass(frozen=True, kw_only=True)
class Quiz:
    """How a lesson's quiz is taken. `points` names the questions that are not worth one point.

    `order` stands in files only, where the questions are not asked in the order of their files.
    """

    minutes: Annotated[int, Whole(1, 100_000)] | None = None
    attempts: Annotated[int, Whole(1, 1_000)] = 3
    pass_percent: Percent = Decimal(60)
    shuffle: bool = True
    paging: Paging = Paging.ONE
    markers: Annotated[int, Whole(1, 2)] = 1
    peers: Annotated[int, Whole(0, 100)] = 0
    opens: datetime | None = None
    closes: datetime | None = None
    points: Mapping[str, Points] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What is handed in and how it is marked."""

    takes: tuple[Takes, ...]
    files_max: Annotated[int, Whole(0, 1_000)] = 5
    points_max: Points = Decimal(100)
    completes_on: CompletesOn = CompletesOn.PASSED
    pass_percent: Percent = Decimal(60)
    late_percent_per_day: Percent = Decimal(0)
    late_days_max: Annotated[int, Whole(0, 10_000)] | None = None
    group_size: Annotated[int, Whole(1, 1_000)] = 1
    rubric_title_zh: Line = ""
    rubric_title_en: Line = ""
    rubric: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class About:
    """What course.toml says of a lesson. Its titles stand here only where no heading can hold them."""

    title_zh: Line = ""
    title_en: Line = ""
    kind: LessonKind = LessonKind.PAGE
    minutes: Annotated[int, Whole(0, 100_000)] = 20
    required: bool = True
    category: Name = ""
    video: str = ""
    captions: Mapping[str, str] = field(default_factory=dict)
    cues: Mapping[str, Points] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    quiz: Quiz = Quiz()
    assignment: Assignment | None = None


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson and the questions of its quiz, in order; `stem` is how its files begin where they were read."""

    name: str
    title_zh: str
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    about: About = About()
    questions: tuple[Question, ...] = ()
    stem: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Module:
    """A part of a course, and the names of its lessons in order."""

    title_zh: Line
    title_en: Line = ""
    lessons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course. `loose` are the names of the lessons that belong to no module; they come first."""

    slug: str
    title_zh: str
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    rules: dict[str, Any] = field(default_factory=dict)
    loose: tuple[str, ...] = ()
    modules: tuple[Module, ...] = ()
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    files: Mapping[str, Held] = field(default_factory=dict)

    @property
    def order(self) -> tuple[str, ...]:
        """The names of all lessons in order."""
        return (*self.loose, *(name for module in self.modules for name in module.lessons))
