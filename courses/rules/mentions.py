"""Whom a text names by @. No space ends a Chinese name, so the names of those who may be meant decide where it ends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

AT = re.compile(r"(?<![A-Za-z0-9._%+\-])[@＠]")
NUMBER = re.compile(r"#(\d{1,9})(?!\d)")
LATIN = re.compile(r"[A-Za-z0-9]")
TAG = re.compile(r"(<[^<>]*>)")
TAG_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
UNMARKED = frozenset({"a", "code", "pre"})


@dataclass(frozen=True)
class Named:
    """People who are named, by id; and names that several people of the cohort have, with their ids."""

    people: frozenset[int]
    ambiguous: Mapping[str, tuple[int, ...]]


def named_in(text: str, names: Mapping[int, str]) -> Named:
    """Whom `text` names of `names` (id → name): `@name`, or `@name#id` where several have the same name.

    Of names of which one begins with the other the longer is meant. What names nobody is only text.
    """
    by_name = _by_name(names)
    people: set[int] = set()
    ambiguous: dict[str, tuple[int, ...]] = {}
    for at in AT.finditer(text):
        name = _name_at(text, at.end(), by_name)
        if name is None:
            continue
        ids, number = by_name[name], NUMBER.match(text, at.end() + len(name))
        if number is not None and int(number[1]) in ids:
            people.add(int(number[1]))
        elif len(ids) == 1:
            people.add(ids[0])
        else:
            ambiguous[text[at.end() : at.end() + len(name)]] = ids
    return Named(frozenset(people), ambiguous)


def without_numbers(text: str, names: Mapping[int, str]) -> str:
    """The text as it is read: `@name#id` of those who are named is `@name`."""
    for person_id, name in names.items():
        text = re.sub(f"([@＠]{re.escape(name)})#{person_id}(?!\\d)", r"\1", text, flags=re.IGNORECASE)
    return text


def marked(html: str, names: Mapping[int, str]) -> str:
    """HTML in which `@name` of those who are named is marked; in code and in links it stays as it is.

    `html` is well-formed, as the Markdown of the site gives it.
    """
    by_name = _by_name({person_id: escape(name, quote=False) for person_id, name in names.items()})
    if not by_name:
        return html
    found, skipping = [], 0
    for part in TAG.split(html):
        tag = TAG_NAME.match(part)
        if tag is not None:
            if tag[2].lower() in UNMARKED:
                skipping += -1 if tag[1] else 1
            found.append(part)
        else:
            found.append(part if skipping else _marked_text(part, by_name))
    return "".join(found)


def _marked_text(text: str, by_name: Mapping[str, tuple[int, ...]]) -> str:
    found, done = [], 0
    for at in AT.finditer(text):
        name = _name_at(text, at.end(), by_name)
        if name is None or at.start() < done:
            continue
        end = at.end() + len(name)
        found += [text[done : at.start()], "<mark>", text[at.start() : end], "</mark>"]
        done = end
    return "".join([*found, text[done:]])


def _by_name(names: Mapping[int, str]) -> dict[str, tuple[int, ...]]:
    """Ids by name in small letters, longer names first."""
    found: dict[str, list[int]] = {}
    for person_id, name in sorted(names.items()):
        if name.strip():
            found.setdefault(name.lower(), []).append(person_id)
    return {name: tuple(found[name]) for name in sorted(found, key=len, reverse=True)}


def _name_at(text: str, place: int, by_name: Mapping[str, tuple[int, ...]]) -> str | None:
    for name in by_name:
        after = place + len(name)
        if text[place:after].lower() != name:
            continue
        cuts_a_word = LATIN.match(name[-1]) and after < len(text) and LATIN.match(text[after])
        if not cuts_a_word:
            return name
    return None
