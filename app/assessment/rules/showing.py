"""A question as a candidate meets it: what to fill in, in an order drawn from the attempt's seed, and the way back.

Options are sent under signs (a, b, c … from top to bottom), not under their keys: keys follow the order in which the
author wrote, and authors like to write the right one first. The same seed and place always give the same order.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.assessment.rules.answers import FORM_FIELD, answer_from_form
from app.assessment.rules.content import (
    PLUGIN_FILE,
    Area,
    Attachment,
    Choice,
    Cloze,
    Content,
    Description,
    Essay,
    FileUpload,
    Format,
    Hotspot,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    QuestionKind,
    ShortText,
    Single,
    TrueFalse,
    letter,
)


class Control(StrEnum):
    """What a candidate handles."""

    ONE = "one"
    MANY = "many"
    TRUTH = "truth"
    LIST = "list"
    NUMBER = "number"
    LINE = "line"
    TEXT = "text"
    FILES = "files"
    PLACE = "place"
    PLACES = "places"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to choose: the sign under which it is sent, its words, and whether it is chosen."""

    sign: str
    text: str
    format: Format
    is_chosen: bool = False
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a question about places in it: an attachment's name, and the size in which coordinates count."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. `label` is a row, or the number of a gap or place; empty where the question itself is."""

    name: str
    control: Control
    label: str = ""
    label_format: Format = Format.PLAIN
    entries: tuple[Entry, ...] = ()
    value: str = ""
    units: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    most: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A question without any key to what is right."""

    kind: QuestionKind
    text: str
    format: Format
    fields: tuple[Field, ...]
    attachments: tuple[Attachment, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """A right answer in words; `label` is its row, gap or place. `truth` is set for true-false alone."""

    text: str
    format: Format = Format.PLAIN
    label: str = ""
    truth: bool | None = None


def drawn_order(seed: int, place: str, keys: Iterable[str]) -> list[str]:
    """`keys` in an order that depends on seed and place alone: by the SHA-256 of `seed:place:key`."""
    start = f"{seed}:{place}:"
    return sorted(keys, key=lambda key: hashlib.sha256((start + key).encode("utf-8", "surrogatepass")).digest())


def show(content: Content, given: Any, *, seed: int | None, place: str) -> Shown:
    """`content` with what was `given` so far. Without a `seed` options stand as their author wrote them."""
    fields = tuple(_fields(content, given, seed, place))
    texts = [content.text, *(entry.text for field in fields for entry in field.entries), *(f.label for f in fields)]
    picture = Picture(content.picture, content.width, content.height) if isinstance(content, Hotspot) else None
    files = tuple(
        file
        for file in content.attachments
        if any(PLUGIN_FILE + file.name in text for text in texts) or (picture and file.name == picture.name)
    )
    return Shown(content.kind, content.text, content.format, fields, files, picture)


def _fields(content: Content, given: Any, seed: int | None, place: str) -> Iterable[Field]:
    match content:
        case Single() | Multiple() | TrueFalse() | Numeric() | ShortText() | Essay() | FileUpload() | Hotspot():
            yield _field(content, given, seed, place, FORM_FIELD, content.format)
        case Matching():
            chosen = given if isinstance(given, Mapping) else {}
            order = _order(content.choices, seed if content.shuffle else None, place)
            for pair in content.pairs:
                entries = tuple(_entry(c, c.key, content.format, chosen.get(pair.key) == c.key) for c in order)
                label_format = pair.format or content.format
                yield Field(f"{FORM_FIELD}-{pair.key}", Control.LIST, pair.text, label_format, entries)
        case Ordering():
            placed = list(given) if isinstance(given, list) else []
            # The source's order is the answer: without a seed, the order of the keys, which hides it.
            order = _order(sorted(content.items, key=lambda item: (len(item.key), item.key)), seed, place)
            for number in range(len(content.items)):
                at = placed[number] if number < len(placed) else None
                entries = tuple(_entry(item, item.key, content.format, item.key == at) for item in order)
                yield Field(FORM_FIELD, Control.LIST, str(number + 1), Format.PLAIN, entries)
        case Cloze():
            filled = given if isinstance(given, Mapping) else {}
            for gap in content.gaps:
                name = f"{FORM_FIELD}-{gap.key}"
                yield _field(gap.part, filled.get(gap.key), seed, f"{place}:{gap.key}", name, content.format, gap.key)
        case Description():
            return
        case _:
            raise TypeError(f"no form for {content.kind}")


def _field(
    content: Content, given: Any, seed: int | None, place: str, name: str, format: Format, label: str = ""
) -> Field:
    match content:
        case Single() | Multiple():
            one = isinstance(content, Single)
            chosen = {given} if isinstance(given, str) else set(given) if isinstance(given, list) else set()
            signs = _signs(content, seed, place)
            keyed = {option.key: option for option in content.options}
            entries = tuple(_entry(keyed[key], sign, format, key in chosen) for sign, key in signs.items())
            control = Control.MANY if not one else Control.LIST if label else Control.ONE
            return Field(name, control, label, Format.PLAIN, entries)
        case TrueFalse():
            entries = tuple(Entry(sign, sign, Format.PLAIN, given is (sign == "true")) for sign in ("true", "false"))
            return Field(name, Control.TRUTH, label, Format.PLAIN, entries)
        case Numeric():
            units = tuple(unit.name for unit in content.units)
            return Field(name, Control.NUMBER, label, value=_typed(given), units=units)
        case ShortText():
            return Field(name, Control.LINE, label, value=_typed(given))
        case Essay():
            return Field(name, Control.TEXT, label, value=_typed(given) or content.template)
        case FileUpload():
            return Field(name, Control.FILES, label, suffixes=content.suffixes, most=content.most)
        case Hotspot():
            chosen = {given} if isinstance(given, str) else set(given) if isinstance(given, list) else set()
            # By key, which says nothing: areas stand in the picture where they are.
            entries = tuple(
                Entry(area.key, area.text, Format.PLAIN, area.key in chosen, replace(area, fraction=0.0, feedback=""))
                for area in sorted(content.areas, key=lambda area: (len(area.key), area.key))
            )
            return Field(name, Control.PLACES if content.several else Control.PLACE, label, entries=entries)
        case _:
            raise TypeError(f"no field for {content.kind}")


def _typed(given: Any) -> str:
    return "" if given is None or isinstance(given, list | dict | bool) else str(given)


def _entry(option: Option | Choice, sign: str, format: Format, is_chosen: bool) -> Entry:
    return Entry(sign, option.text, option.format or format, is_chosen)


def _order(choices: Iterable[Choice], seed: int | None, place: str) -> list[Choice]:
    keyed = {choice.key: choice for choice in choices}
    keys = list(keyed) if seed is None else drawn_order(seed, place, keyed)
    return [keyed[key] for key in keys]


def _signs(content: Single | Multiple, seed: int | None, place: str) -> dict[str, str]:
    """The key of each option by its sign, from top to bottom."""
    keys = [option.key for option in content.options]
    if seed is not None and content.shuffle:
        keys = drawn_order(seed, place, keys)
    return {letter(number): key for number, key in enumerate(keys)}


def answer_of(content: Content, form_values: Mapping[str, list[str]], *, seed: int | None, place: str) -> Any:
    """The answer that the form of `show`, with the same seed and place, gives; signs it never showed are left out."""
    values = dict(form_values)
    match content:
        case Single() | Multiple():
            _to_keys(values, FORM_FIELD, content, seed, place)
        case Cloze():
            for gap in content.gaps:
                if isinstance(gap.part, Single | Multiple):
                    _to_keys(values, f"{FORM_FIELD}-{gap.key}", gap.part, seed, f"{place}:{gap.key}")
    return answer_from_form(content, values)


def _to_keys(values: dict[str, list[str]], name: str, content: Single | Multiple, seed: int | None, place: str) -> None:
    signs = _signs(content, seed, place)
    values[name] = [signs[sign] for sign in values.get(name, ()) if sign in signs]


def right_answers(content: Content) -> list[RightAnswer]:
    """What would have earned full marks, for use after an attempt is over."""
    match content:
        case Single():
            best = max(option.fraction for option in content.options)
            return [_right(option, content.format) for option in content.options if option.fraction == best]
        case Multiple():
            return [_right(option, content.format) for option in content.options if option.fraction > 0]
        case TrueFalse():
            return [RightAnswer("", truth=content.right)]
        case Numeric():
            unit = f" {content.units[0].name}" if content.units else ""
            full = [answer for answer in content.answers if answer.fraction > 0 and answer.value is not None]
            best = max((answer.fraction for answer in full), default=0)
            return [RightAnswer(_number_words(answer) + unit) for answer in full if answer.fraction == best]
        case Hotspot():
            best = max(area.fraction for area in content.areas)
            return [
                RightAnswer(area.text, label=area.key)
                for area in content.areas
                if (area.fraction > 0 if content.several else area.fraction == best)
            ]
        case ShortText():
            best = max(answer.fraction for answer in content.answers)
            return [RightAnswer(answer.text) for answer in content.answers if answer.fraction == best]
        case Matching():
            texts = {choice.key: choice for choice in content.choices}
            return [
                RightAnswer(texts[pair.choice].text, texts[pair.choice].format or content.format, pair.text)
                for pair in content.pairs
            ]
        case Ordering():
            return [
                RightAnswer(item.text, item.format or content.format, str(number))
                for number, item in enumerate(content.items, 1)
            ]
        case Cloze():
            return [
                RightAnswer(right.text, right.format, gap.key)
                for gap in content.gaps
                for right in right_answers(gap.part)
            ]
        case _:
            return []


def _number_words(answer: NumericAnswer) -> str:
    if answer.shown is not None:
        return f"{answer.shown:f}"
    return f"{answer.value} ± {answer.tolerance}" if answer.tolerance else str(answer.value)


def _right(option: Option, format: Format) -> RightAnswer:
    return RightAnswer(option.text, option.format or format)
