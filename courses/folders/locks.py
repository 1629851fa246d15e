"""What a folder held when it was exported: a digest of each entry, which tells an import who has changed what since."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.folders.faults import Fault, FolderRefused, Said
from courses.folders.pages import pages
from courses.folders.questions import about, content_text
from courses.folders.tables import to_table
from courses.folders.values import Course, Lesson

FORMAT = 1


@dataclass(frozen=True)
class Lock:
    """The digests of a course's entries, its contents (a line for each module and lesson), its questions by lesson."""

    digests: Mapping[str, str]
    contents: Sequence[str] = ()
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self) -> str:
        """The lock as its file has it."""
        told = {
            "format": FORMAT,
            "contents": list(self.contents),
            "questions": {lesson: list(names) for lesson, names in self.questions.items()},
            "sha256": dict(sorted(self.digests.items())),
        }
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_lock(file: str, text: str) -> Lock:
    """The lock that a file holds. Raises FolderRefused."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FolderRefused([Fault(file, Said.BROKEN_LOCK, line=getattr(error, "lineno", None))]) from error
    if not isinstance(told, dict) or not isinstance(told.get("format"), int):
        raise FolderRefused([Fault(file, Said.BROKEN_LOCK)])
    if told["format"] > FORMAT:
        raise FolderRefused([Fault(file, Said.FORMAT, {"format": told["format"], "known": FORMAT})])
    contents, questions, digests = (told.get(name) for name in ("contents", "questions", "sha256"))
    if not (
        _is_list(contents)
        and isinstance(questions, dict)
        and all(map(_is_list, questions.values()))
        and isinstance(digests, dict)
        and all(isinstance(each, str) for each in digests.values())
    ):
        raise FolderRefused([Fault(file, Said.BROKEN_LOCK)])
    return Lock(digests, contents or (), questions)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def lock_of(course: Course) -> Lock:
    """The lock of a course as it is."""
    return Lock(
        digests={key: digest(value) for key, value in entries(course).items()},
        contents=contents_of(course),
        questions={
            name: [question.name for question in lesson.questions]
            for name, lesson in course.lessons.items()
            if lesson.questions
        },
    )


def lock_after(lock: Lock, here: Course, now: Course) -> Lock:
    """The lock of a folder that has been brought in: what the course says as the folder does is common to both.

    Where the course says more, what was common before stays so.
    """
    held, said = entries(here), entries(now)
    digests = {key: digest(value) for key, value in held.items() if said.get(key) == value}
    differing = {key for key in (*held, *said) if held.get(key) != said.get(key)}
    common, present = lock_of(here), lock_of(now)
    return Lock(
        digests=digests | {key: sha for key, sha in lock.digests.items() if key in differing},
        contents=common.contents if common.contents == present.contents else lock.contents,
        questions={
            name: names if present.questions.get(name) == names else lock.questions.get(name, ())
            for name, names in common.questions.items()
        },
    )


def digest(value: Any) -> str:
    """SHA-256 of an entry: of a text its own, as of its file; of anything else that of its JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def contents_of(course: Course) -> list[str]:
    """A line for each module and lesson in order: lessons by name, modules as JSON of their two titles.

    Of modules that are called alike the second has a 2 behind its titles, so that each line is another one.
    """
    lines, called = list(course.loose), Counter[tuple[str, str]]()
    for module in course.modules:
        titles = (module.title_zh, module.title_en)
        called[titles] += 1
        told = [*titles, *([called[titles]] if called[titles] > 1 else [])]
        lines += [json.dumps(told, ensure_ascii=False), *module.lessons]
    return lines


def entries(course: Course) -> dict[str, Any]:
    """All that a course says, one entry for each thing that somebody may change by itself.

    Keys are `course/…`, `lessons/<lesson>/…` (`zh` and `en` are its pages), `questions/<lesson>/<question>/…`, and
    `files/<name>`. Order is no entry: see `contents_of`.
    """
    found: dict[str, Any] = {"course/title_zh": course.title_zh}
    for name in ("title_en", "summary_zh", "summary_en"):
        if text := getattr(course, name):
            found[f"course/{name}"] = text
    found |= {f"course/rules.{key}": value for key, value in course.rules.items()}
    for lesson in course.lessons.values():
        found |= lesson_entries(lesson)
    return found | {f"files/{name}": file.sha256 for name, file in course.files.items()}


def lesson_entries(lesson: Lesson) -> dict[str, Any]:
    """All that a lesson says."""
    here = f"lessons/{lesson.name}"
    found: dict[str, Any] = {f"{here}/{language}": page for language, page in pages(lesson).items()}
    for key, value in to_table(lesson.about).items():
        if key in ("quiz", "assignment"):
            found |= {f"{here}/{key}.{inner}": each for inner, each in value.items()}
        else:
            found[f"{here}/{key}"] = value
    for question in lesson.questions:
        there = f"questions/{lesson.name}/{question.name}"
        found |= {f"{there}/{language}": content_text(content) for language, content in question.contents.items()}
        found[f"{there}/about"] = about(question)
    return found
