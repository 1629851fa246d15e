"""The part of a text around what was found in it."""

from dataclasses import dataclass

from app.search.rules.cutting import Sought, fold_character, is_run

BEFORE, LENGTH = 40, 160  # characters


@dataclass(frozen=True)
class Piece:
    """A part of a snippet; `is_hit`: it is what was looked for."""

    text: str
    is_hit: bool = False


def hits_in(text: str, looked_for: Sought) -> list[tuple[int, int]]:
    """Where a text holds what was looked for, as (first, after the last) character; ordered, without overlaps."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for part in (*looked_for.runs, *looked_for.words):
        start = folded.find(part)
        while start >= 0:
            if is_run(part) or _begins_a_word(folded, start):
                found.append((places[start], places[start + len(part) - 1] + 1))
            start = folded.find(part, start + len(part))
    merged: list[tuple[int, int]] = []
    for first, after in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(after, merged[-1][1]))
        else:
            merged.append((first, after))
    return merged


def _begins_a_word(folded: str, start: int) -> bool:
    return start == 0 or folded[start - 1] == " " or is_run(folded[start - 1])


def _folded(text: str) -> tuple[str, list[int]]:
    """A text folded, and for each of its characters the place in the text that it came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in fold_character(character):
            folded.append(part)
            places.append(place)
    return "".join(folded), places


def marked(text: str, looked_for: Sought) -> list[Piece]:
    """The whole text in pieces, of which some are hits."""
    return _cut(text, hits_in(text, looked_for), 0, len(text))


def snippet(text: str, looked_for: Sought) -> list[Piece]:
    """About 160 characters of a text from a little before its first hit, in pieces; its begin where there is none."""
    hits = hits_in(text, looked_for)
    first = max(0, hits[0][0] - BEFORE) if hits else 0
    first = 0 if first < BEFORE // 2 else first
    after = min(len(text), first + LENGTH)
    cut = _cut(text, hits, first, after)
    return [*([Piece("…")] if first else []), *cut, *([Piece("…")] if after < len(text) else [])]


def _cut(text: str, hits: list[tuple[int, int]], first: int, after: int) -> list[Piece]:
    found: list[Piece] = []
    at = first
    for start, end in hits:
        if start >= after or end <= first:
            continue
        start, end = max(start, at), min(end, after)
        found += [Piece(text[at:start]), Piece(text[start:end], is_hit=True)]
        at = end
    found.append(Piece(text[at:after]))
    return [piece for piece in found if piece.text]
