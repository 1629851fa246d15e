"""Cutting text into terms. Chinese has no spaces, so a run of its characters is looked up by pairs and by single ones.

Folding makes alike what readers take for the same: case, accents, full-width letters. It goes character by character,
so that a part of a text folds to a part of the folded text: whatever somebody copies out of a text finds it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# Han with its extensions, kana, hangul: scripts that are written without spaces, or whose words are short.
UNSPACED = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u3131-\u318e\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
PIECES = re.compile(f"(?:{UNSPACED.pattern})+|[^ ]+?(?={UNSPACED.pattern}| |$)")
MOST_TERMS = 24  # of what somebody looks for; more words than that narrow nothing any further
LONGEST_TERM = 60  # characters


@dataclass(frozen=True)
class Sought:
    """What is looked for: `runs` of unspaced script, each found as it stands, and `words`, found by their begin."""

    runs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs or self.words)

    @property
    def parts(self) -> tuple[str, ...]:
        """What a folded text holds if it is a hit: a word stands after a space."""
        return (*self.runs, *(f" {word}" for word in self.words))


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """A character as it is looked up: nothing for a mark above a letter, a space for a sign."""
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", character.casefold()) if not unicodedata.combining(part)
    )
    composed = unicodedata.normalize("NFC", bare).casefold()
    return "".join(part if part.isalnum() or UNSPACED.match(part) else " " for part in composed)


def fold(text: str) -> str:
    """A text as it is looked up: its pieces, each after one space."""
    return "".join(f" {piece}" for piece in pieces(text))


def pieces(text: str) -> list[str]:
    """Runs of unspaced script, and words of any other, folded, in order."""
    return PIECES.findall("".join(map(fold_character, text)))


def is_run(piece: str) -> bool:
    """Whether a piece is of unspaced script."""
    return UNSPACED.match(piece) is not None


def terms_of(text: str) -> list[str]:
    """All terms under which a text is found, with repetitions: words, single characters, pairs of characters."""
    found: list[str] = []
    for piece in pieces(text):
        if is_run(piece):
            found.extend(piece)
            found.extend(_pairs(piece))
        else:
            found.append(piece[:LONGEST_TERM])
    return found


def _pairs(run: str) -> Iterable[str]:
    return (run[place : place + 2] for place in range(len(run) - 1))


def sought(words: str) -> Sought:
    """What the words that somebody typed ask for."""
    found = list(dict.fromkeys(pieces(words)))[:MOST_TERMS]
    runs = tuple(piece[:LONGEST_TERM] for piece in found if is_run(piece))
    return Sought(runs, tuple(piece[:LONGEST_TERM] for piece in found if not is_run(piece)))


def terms_sought(looked_for: Sought) -> list[str]:
    """The whole terms under which the runs are looked up; words are looked up by their begin."""
    found: list[str] = []
    for run in looked_for.runs:
        found.extend(_pairs(run) if len(run) > 1 else run)
    return list(dict.fromkeys(found))
