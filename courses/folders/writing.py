"""Writing a course as files. The same course gives the same bytes, wherever it is kept."""

from dataclasses import replace
from typing import Any

from courses.folders.locks import lock_of
from courses.folders.pages import pages
from courses.folders.questions import write_questions
from courses.folders.tables import free_table, to_table, toml
from courses.folders.values import Course, Held, Lesson

FORMAT = 1
COURSE, LOCK = "course.toml", "course.lock"


def write_folder(course: Course, *, with_lock: bool = True) -> dict[str, Held]:
    """The files of a course by their path, in order."""
    texts: dict[str, str] = {}
    tables: dict[str, Any] = {}
    width = max(2, len(str(len(course.order))))
    for number, name in enumerate(course.order, 1):
        lesson, stem = course.lessons[name], f"{number:0{width}}-{name}"
        for language, page in pages(lesson).items():
            texts[f"lessons/{stem}.{language}.md"] = page
        written = write_questions(lesson.questions)
        for language, text in written.gift.items():
            texts[f"questions/{stem}.{language}.gift"] = text
        if written.json:
            texts[f"questions/{stem}.json"] = written.json
        table = _table(lesson, written.order)
        if table:
            tables[name] = table
    texts[COURSE] = toml(_course(course) | ({"lesson": tables} if tables else {}))
    if with_lock:
        texts[LOCK] = lock_of(course).text()
    held = {path: Held.of(text.encode()) for path, text in texts.items()}
    held |= {f"files/{name}": file for name, file in course.files.items()}
    return dict(sorted(held.items()))


def _course(course: Course) -> dict[str, Any]:
    table: dict[str, Any] = {"format": FORMAT, "slug": course.slug, "title_zh": course.title_zh}
    for name in ("title_en", "summary_zh", "summary_en"):
        if text := getattr(course, name):
            table[name] = text
    if course.loose or not course.modules:
        table["lessons"] = list(course.loose)
    if course.rules:
        table["rules"] = free_table(course.rules)
    if course.modules:
        table["modules"] = [to_table(module) for module in course.modules]
    return table


def _table(lesson: Lesson, order: tuple[str, ...]) -> dict[str, Any]:
    about = lesson.about
    names = tuple(question.name for question in lesson.questions)
    if names != order:
        about = replace(about, quiz=replace(about.quiz, order=names))
    return to_table(about)
