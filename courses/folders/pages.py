"""A lesson's text as a page of Markdown: the title as its heading, a blank line, the text, a line end."""

from collections.abc import Mapping
from dataclasses import replace

from courses.folders.faults import Said
from courses.folders.tables import Unfit
from courses.folders.values import About, Lesson

LANGUAGES = ("zh", "en")


def tidy(text: str) -> str:
    """A text with the line ends that files have."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def pages(lesson: Lesson) -> Mapping[str, str]:
    """The pages of a lesson by language; English may be absent."""
    found = {"zh": _page(lesson.title_zh, lesson.body_zh)}
    if lesson.title_en or lesson.body_en:
        found["en"] = _page(lesson.title_en, lesson.body_en)
    return found


def _page(title: str, body: str) -> str:
    heading = f"# {' '.join(title.splitlines()).strip()}".rstrip()
    return f"{heading}\n\n{body}\n" if body else f"{heading}\n"


def read_page(text: str) -> tuple[str, str]:
    """The title and the text of a page. Raises Unfit."""
    heading, _, body = tidy(text).partition("\n")
    if not (heading == "#" or heading.startswith("# ")):
        raise Unfit((), Said.NO_HEADING)
    return heading[1:].strip(), body.removeprefix("\n").removesuffix("\n")


def titled(about: About, title_zh: str, title_en: str) -> About:
    """What course.toml says of a lesson, with those titles that no heading can hold."""
    return replace(
        about,
        title_zh="" if _fits_heading(title_zh) else title_zh,
        title_en="" if _fits_heading(title_en) else title_en,
    )


def _fits_heading(title: str) -> bool:
    return title == title.strip() and len(title.splitlines()) <= 1
