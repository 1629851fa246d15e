"""Reading the demo's course folders (docs/course-files.md), and the answers that wait in one of them."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.assessment.rules.content import Content, Essay
from app.assessment.services.work import Criterion
from courses.folders import FolderRefused, Lesson, Question, open_directory, read_folder

FOLDER = Path(__file__).parent
WRITTEN = FOLDER / "written"
LANGUAGES = ("zh", "en")


class FolderBroken(ValueError):
    """A course folder that does not hold what it should."""


@dataclass(frozen=True)
class DemoQuestion:
    """A question in both languages, and what it tests."""

    name: str
    skill: str
    level: int
    contents: dict[str, Content]


@dataclass(frozen=True)
class DemoLesson:
    """A lesson's page and the questions that follow it; `name` is that of its files."""

    name: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    minutes: int
    questions: tuple[DemoQuestion, ...]


@dataclass(frozen=True)
class DemoCourse:
    """A course and its lessons in order."""

    code: str
    order: int
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    lessons: tuple[DemoLesson, ...]


@dataclass(frozen=True)
class DemoMark:
    """What one of those who mark gave: who (0 the coordinator), by row of the rubric, and whether they finished."""

    by: int
    rows: tuple[Decimal, ...]
    comment: str
    is_finished: bool


@dataclass(frozen=True)
class DemoAnswer:
    """What a student wrote, and the marks that it has so far."""

    text: str
    marks: tuple[DemoMark, ...]


@dataclass(frozen=True)
class DemoWriting:
    """A course with an answer to be written and marked by people.

    In the question `slip` the option at the place `slipped` was taken for the right one when the key was typed in.
    """

    course: DemoCourse
    question: str
    criteria: tuple[Criterion, ...]
    answers: tuple[DemoAnswer, ...]
    slip: str
    slipped: int


def courses(skills: Collection[str], folder: Path = FOLDER) -> list[DemoCourse]:
    """All courses in `folder`, in their order; `skills` are the codes that questions may name. Raises FolderBroken."""
    found = [_course(path.parent, skills) for path in folder.glob("*/course.toml")]
    return sorted(found, key=lambda course: course.order)


def writing(skills: Collection[str], folder: Path = WRITTEN) -> DemoWriting:
    """The course in `folder` whose last question people mark. Raises FolderBroken."""
    told = tomllib.loads((folder / "written.toml").read_text(encoding="utf-8"))
    [course] = courses(skills, folder)
    return DemoWriting(
        course=replace(course, lessons=tuple(_guided(lesson, told) for lesson in course.lessons)),
        question=told["question"],
        criteria=tuple(
            Criterion(
                title_zh=row["title_zh"],
                title_en=row["title_en"],
                weight=Decimal(row["weight"]),
                marks_max=Decimal(10),
                skill_code=row["skill"],
                level=row["level"],
                descriptor_zh=row["descriptor_zh"],
                descriptor_en=row["descriptor_en"],
            )
            for row in told["criteria"]
        ),
        answers=tuple(
            DemoAnswer(answer["text"].strip(), tuple(_mark(mark) for mark in answer.get("marks", ())))
            for answer in told["answers"]
        ),
        slip=told["slip"]["question"],
        slipped=told["slip"]["key"],
    )


def _guided(lesson: DemoLesson, told: dict[str, Any]) -> DemoLesson:
    """A lesson whose essay questions carry the guide for those who mark."""

    def guided(content: Content, language: str) -> Content:
        return replace(content, guide=told[f"guide_{language}"]) if isinstance(content, Essay) else content

    questions = (
        replace(question, contents={language: guided(each, language) for language, each in question.contents.items()})
        for question in lesson.questions
    )
    return replace(lesson, questions=tuple(questions))


def _mark(told: dict[str, Any]) -> DemoMark:
    rows = tuple(Decimal(mark) for mark in told["rows"])
    return DemoMark(told["by"], rows, told["comment"], told.get("finished", True))


def _course(folder: Path, skills: Collection[str]) -> DemoCourse:
    order = tomllib.loads((folder / "course.toml").read_text(encoding="utf-8"))["order"]
    try:
        read = read_folder(open_directory(folder), skills, slug=folder.name, beside={"order"})
    except FolderRefused as refused:
        raise FolderBroken(f"{folder.name}: {refused}") from refused
    if read.remarks:
        raise FolderBroken(f"{folder.name}: {read.remarks[0]}")
    course = read.course
    return DemoCourse(
        code=course.slug,
        order=order,
        title_zh=course.title_zh,
        title_en=course.title_en,
        summary_zh=course.summary_zh,
        summary_en=course.summary_en,
        lessons=tuple(_lesson(course.lessons[name]) for name in course.order),
    )


def _lesson(lesson: Lesson) -> DemoLesson:
    return DemoLesson(
        name=lesson.stem,
        title_zh=lesson.title_zh,
        title_en=lesson.title_en,
        body_zh=lesson.body_zh,
        body_en=lesson.body_en,
        minutes=lesson.about.minutes,
        questions=tuple(_question(question) for question in lesson.questions),
    )


def _question(question: Question) -> DemoQuestion:
    if question.skill is None or question.level is None or len(question.contents) < len(LANGUAGES):
        raise FolderBroken(f"{question.name}: skill, level or a language is missing")
    return DemoQuestion(question.name, question.skill, question.level, dict(question.contents))
