"""Answers from the outside: the fields of a form, and the words that other programs use instead of our keys."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.assessment.rules.content import (
    Choice,
    Cloze,
    Content,
    Description,
    FileUpload,
    Hotspot,
    Matching,
    Multiple,
    Option,
    Ordering,
    TrueFalse,
)
from app.assessment.rules.reading import fold

FORM_FIELD = "answer"


def answer_from_form(content: Content, form_values: Mapping[str, list[str]]) -> Any:
    """The JSON answer that a form gives; None where it gives none.

    Fields: `answer`, repeated for multiple and, from first to last, for ordering; `answer-<key>` for the rows of
    matching and the gaps of a cloze; `true` or `false` for true-false.
    """
    match content:
        case Description():
            return None
        case Matching():
            return _by_key((pair.key, _first(form_values, f"{FORM_FIELD}-{pair.key}")) for pair in content.pairs)
        case Cloze():
            return _by_key((gap.key, _field(gap.part, form_values, f"{FORM_FIELD}-{gap.key}")) for gap in content.gaps)
        case FileUpload():
            return None  # files come by themselves, not with the form's words
        case _:
            return _field(content, form_values, FORM_FIELD)


def _field(content: Content, form_values: Mapping[str, list[str]], name: str) -> Any:
    if isinstance(content, Multiple | Ordering) or (isinstance(content, Hotspot) and content.several):
        return [value for value in form_values.get(name, ()) if value] or None
    value = _first(form_values, name)
    if isinstance(content, TrueFalse):
        return {"true": True, "false": False}.get(value or "")
    return value


def _first(form_values: Mapping[str, list[str]], name: str) -> str | None:
    values = form_values.get(name) or [""]
    return values[0] if values[0].strip() else None


def _by_key(given: Iterable[tuple[str, Any]]) -> dict[str, Any] | None:
    return {key: value for key, value in given if value is not None} or None


def answer_from_words(content: Content, answer: Any) -> Any:
    """The JSON answer for `answer` given in words: the texts of options, rows and choices, or their keys.

    Texts win over keys. True-false also takes T and F. Matching takes an object from row to choice, a list of
    [row, choice], or the choices in the order of the rows. What fits nothing is left as it is, and marks as such.
    """
    match content:
        case TrueFalse():
            return {"t": True, "true": True, "f": False, "false": False}.get(
                answer.strip().lower() if isinstance(answer, str) else "", answer
            )
        case Multiple():
            listed = answer if isinstance(answer, list) else [answer]
            return [_key(content.options, each) for each in listed if each is not None]
        case Hotspot():
            areas = [Choice(key=area.key, text=area.text or area.key) for area in content.areas]
            listed = answer if isinstance(answer, list) else [answer]
            return [_key(areas, each) for each in listed if each is not None]
        case Ordering():
            return [_key(content.items, each) for each in answer] if isinstance(answer, list) else answer
        case Matching():
            return _matching_from_words(content, answer)
        case Cloze():
            if isinstance(answer, list):
                answer = {gap.key: each for gap, each in zip(content.gaps, answer, strict=False)}
            if not isinstance(answer, Mapping):
                return answer
            parts = {gap.key: gap.part for gap in content.gaps}
            return {key: answer_from_words(parts[key], each) for key, each in answer.items() if key in parts}
        case _:
            options: tuple[Option, ...] = getattr(content, "options", ())
            return _key(options, answer)


def _matching_from_words(content: Matching, answer: Any) -> Any:
    if isinstance(answer, Mapping):
        rows = list(answer.items())
    elif isinstance(answer, list) and all(isinstance(each, list) and len(each) == 2 for each in answer):
        rows = [(row, choice) for row, choice in answer]
    elif isinstance(answer, list):
        rows = [(pair.key, choice) for pair, choice in zip(content.pairs, answer, strict=False)]
    else:
        return answer
    pairs = [Choice(key=pair.key, text=pair.text) for pair in content.pairs]
    keyed = [(_key(pairs, row), _key(content.choices, choice)) for row, choice in rows]
    return {row: choice for row, choice in keyed if isinstance(row, str)}


def _key(options: Iterable[Option | Choice], words: Any) -> Any:
    """The key of the option whose text `words` is: letter for letter, else folded, else by its key."""
    if not isinstance(words, str):
        return words
    options = list(options)
    for option in options:
        if option.text == words:
            return option.key
    folded = fold(words)
    for option in options:
        if fold(option.text) == folded:
            return option.key
    return next((option.key for option in options if option.key == words.strip().lower()), words)
