"""Reading the demo's course folders.

A folder is `<code>/course.toml`, `lessons/01-name.zh.md` and `.en.md`, `questions/01-name.zh.gift` and `.en.gift`. The
first heading of a lesson is its title. Questions of the two languages belong together by name, and hold the same
options in the same order.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.assessment.formats import gift
from app.assessment.formats.items import Item, Refusal
from app.assessment.rules.content import Content, Essay, Matching
from app.assessment.services.work import Criterion

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
    told = tomllib.loads((folder / "course.toml").read_text(encoding="utf-8"))
    names = sorted(path.name.removesuffix(".zh.md") for path in (folder / "lessons").glob("*.zh.md"))
    if len(names) != len(told["minutes"]):
        raise FolderBroken(f"{folder.name}: {len(names)} lessons, minutes for {len(told['minutes'])}")
    return DemoCourse(
        code=folder.name,
        order=told["order"],
        title_zh=told["title_zh"],
        title_en=told["title_en"],
        summary_zh=told["summary_zh"].strip(),
        summary_en=told["summary_en"].strip(),
        lessons=tuple(
            _lesson(folder, name, minutes, skills) for name, minutes in zip(names, told["minutes"], strict=True)
        ),
    )


def _lesson(folder: Path, name: str, minutes: int, skills: Collection[str]) -> DemoLesson:
    pages = {}
    for language in LANGUAGES:
        heading, _, body = (folder / "lessons" / f"{name}.{language}.md").read_text(encoding="utf-8").partition("\n")
        if not heading.startswith("# "):
            raise FolderBroken(f"{folder.name}/{name}.{language}: the first line is no heading")
        pages[language] = heading.removeprefix("# ").strip(), body.strip()
    return DemoLesson(
        name=name,
        title_zh=pages["zh"][0],
        title_en=pages["en"][0],
        body_zh=pages["zh"][1],
        body_en=pages["en"][1],
        minutes=minutes,
        questions=_questions(folder, name, skills),
    )


def _questions(folder: Path, name: str, skills: Collection[str]) -> tuple[DemoQuestion, ...]:
    files = {language: folder / "questions" / f"{name}.{language}.gift" for language in LANGUAGES}
    chinese, english = (_items(files[language], skills) for language in LANGUAGES)
    if list(chinese) != list(english):
        raise FolderBroken(f"{folder.name}/{name}: the two languages hold different questions")
    questions = []
    for title, item in chinese.items():
        other = english[title]
        if item.skill is None or item.level is None or (item.skill, item.level) != (other.skill, other.level):
            raise FolderBroken(f"{title}: skill and level are missing, or differ between the languages")
        contents = {"zh": item.content, "en": _with_keys_of(item.content, other.content)}
        questions.append(DemoQuestion(title, item.skill, item.level, contents))
    return tuple(questions)


def _items(path: Path, skills: Collection[str]) -> dict[str, Item]:
    items = {}
    for found in gift.read(path.read_text(encoding="utf-8"), skills):
        if isinstance(found, Refusal):
            raise FolderBroken(f"{path.name}, line {found.line}: {found.remark.sentence}")
        if found.remarks:
            raise FolderBroken(f"{path.name}, line {found.line}: {found.remarks[0].sentence}")
        items[found.name] = found
    return items


def _with_keys_of(first: Content, other: Content) -> Content:
    """`other` with the keys of `first`.

    Options have theirs by place, but choices to match have them by their words, which differ between languages.
    """
    if not isinstance(first, Matching) or not isinstance(other, Matching):
        return other
    keys = {theirs.choice: ours.choice for ours, theirs in zip(first.pairs, other.pairs, strict=True)}
    left = [choice.key for choice in first.choices if choice.key not in keys.values()]
    keys |= zip((choice.key for choice in other.choices if choice.key not in keys), left, strict=True)
    return replace(
        other,
        pairs=tuple(replace(pair, choice=keys[pair.choice]) for pair in other.pairs),
        choices=tuple(
            sorted((replace(choice, key=keys[choice.key]) for choice in other.choices), key=lambda choice: choice.key)
        ),
    )
