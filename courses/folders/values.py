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
from app.assessment.rules.peer_review import MOST_PEERS
from app.ui.form_parts import FIRST_YEAR, LAST_YEAR
from courses.models import CompletesOn, LessonKind, Takes
from courses.rules import bounds


class Whole(NamedTuple):
    """The numbers that an entry may have."""

    least: Decimal | int
    most: Decimal | int


class Length(NamedTuple):
    """How long a text or a list may be."""

    most: int
    least: int = 0


class Places(NamedTuple):
    """How many decimals a number may have."""

    most: int


class Years(NamedTuple):
    """In which years a moment may lie."""

    least: int
    most: int


Line = Annotated[str, Length(300)]
Name = Annotated[str, Length(80)]
Summary = Annotated[str, Length(bounds.MOST_SUMMARY)]
Descriptor = Annotated[str, Length(bounds.MOST_DESCRIPTOR)]
Points = Annotated[Decimal, Whole(*bounds.ITEM_POINTS), Places(4)]
WorkPoints = Annotated[Decimal, Whole(*bounds.WORK_POINTS), Places(4)]
RowMarks = Annotated[Decimal, Whole(*bounds.ROW_MARKS), Places(4)]
RowWeight = Annotated[Decimal, Whole(*bounds.ROW_WEIGHT), Places(4)]
Seconds = Annotated[Decimal, Whole(0, 999_999)]
PassPercent = Annotated[Decimal, Whole(*bounds.PASS_PERCENT), Places(2)]
LatePercent = Annotated[Decimal, Whole(*bounds.LATE_PERCENT), Places(2)]
Minutes = Annotated[int, Whole(*bounds.LESSON_MINUTES)]
Moment = Annotated[datetime, Years(FIRST_YEAR, LAST_YEAR)]
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
    descriptor_zh: Descriptor = ""
    descriptor_en: Descriptor = ""
    weight: RowWeight = Decimal(1)
    marks_max: RowMarks = Decimal(100)
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

    take: Annotated[int, Whole(*bounds.TAKE)]
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

    minutes: Annotated[int, Whole(*bounds.QUIZ_MINUTES)] | None = None
    attempts: Annotated[int, Whole(*bounds.ATTEMPTS)] = 3
    pass_percent: PassPercent = Decimal(60)
    shuffle: bool = True
    paging: Paging = Paging.ONE
    markers: Annotated[int, Whole(1, 2)] = 1
    peers: Annotated[int, Whole(0, MOST_PEERS)] = 0
    opens: Moment | None = None
    closes: Moment | None = None
    points: Mapping[str, Points] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What is handed in and how it is marked."""

    takes: Annotated[tuple[Takes, ...], Length(len(Takes), 1)]
    files_max: Annotated[int, Whole(*bounds.FILES)] = 5
    points_max: WorkPoints = Decimal(100)
    completes_on: CompletesOn = CompletesOn.PASSED
    pass_percent: PassPercent = Decimal(60)
    late_percent_per_day: LatePercent = Decimal(0)
    late_days_max: Annotated[int, Whole(*bounds.LATE_DAYS)] | None = None
    group_size: Annotated[int, Whole(*bounds.GROUP_SIZE)] = 1
    rubric_title_zh: Line = ""
    rubric_title_en: Line = ""
    rubric: tuple[Row, ...] = ()


@dataclass(frozen=True, kw_only=True)
class About:
    """What course.toml says of a lesson. Its titles stand here only where no heading can hold them."""

    title_zh: Line = ""
    title_en: Line = ""
    kind: LessonKind = LessonKind.PAGE
    minutes: Minutes = 20
    required: bool = True
    category: Name = ""
    video: str = ""
    captions: Mapping[str, str] = field(default_factory=dict)
    cues: Mapping[str, Seconds] = field(default_factory=dict)
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
