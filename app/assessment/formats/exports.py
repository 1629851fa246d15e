"""What the writers of question files are given, and what they hand back beside the file: all that it does not hold."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from app.assessment.formats.items import ItemRefused, Note, Remark, remark
from app.assessment.rules.content import Content, content_problems

_NO_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ExportItem:
    """A question to be written."""

    name: str
    content: Content
    skill: str | None = None
    level: int | None = None
    tags: tuple[str, ...] = ()
    category: str = ""

    @property
    def words(self) -> list[str]:
        """Skill, level and tags, each as the tag that `items.taken` reads."""
        level = [f"level-{self.level}"] if self.level is not None else []
        return [*([self.skill] if self.skill else []), *level, *self.tags]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the file does not hold of the question called `name`: the `whole` of it, or a detail."""

    name: str
    reason: Remark
    whole: bool


class Losses:
    """Collects the details that one question loses on its way out."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def note(self, code: Note, **values: object) -> None:
        """Remark on a loss, once."""
        said = remark(code, **values)
        if said not in self.remarks:
            self.remarks.append(said)

    def count(self, code: Note, lost: Iterable[object]) -> None:
        """Remark on how many of `lost` there were, where there were any."""
        number = sum(1 for each in lost if each)
        if number:
            self.note(code, count=number)

    def xml(self, text: str) -> str:
        """`text` as XML can hold it, with the line ends that a parser gives back."""
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        held = _NO_XML.sub("", plain)
        if held != plain:
            self.note(Note.SIGNS)
        return held


def by_category(items: Iterable[ExportItem]) -> list[ExportItem]:
    """`items` in their order, those of no category first: once there is one, no format can go back to none."""
    return sorted(items, key=lambda item: bool(item.category))


def pieces(
    items: Iterable[ExportItem], left_out: list[LeftOut], write: Callable[[ExportItem, Losses], T]
) -> Iterator[tuple[ExportItem, T]]:
    """What `write` makes of each item; what it does not, and what is lost, goes to `left_out`.

    A question that could not be asked is not written either.
    """
    for item in items:
        losses = Losses()
        try:
            problems = content_problems(item.content)
            if problems and not problems[0].is_advice:
                raise ItemRefused(problems[0])
            piece = write(item, losses)
        except ItemRefused as refused:
            left_out.append(LeftOut(item.name, refused.remark, whole=True))
            continue
        left_out.extend(LeftOut(item.name, each, whole=False) for each in losses.remarks)
        yield item, piece


def percent(fraction: float) -> str:
    """A share of the mark in per cent, exact enough that readers find thirds and sevenths again."""
    return f"{fraction * 100 + 0.0:.10f}".rstrip("0").rstrip(".")


def combined(content: Content) -> tuple[str, str, str]:
    """What is said to a right, a partly right and a wrong answer."""
    return content.right_feedback, content.partly_feedback, content.wrong_feedback
