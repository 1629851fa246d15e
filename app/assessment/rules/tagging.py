"""The words by which authors find a question again."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST, MOST = 40, 20
SEPARATORS = re.compile(r"[,，、;；\n]")


def tags_of(words: Iterable[str]) -> list[str]:
    """Tags as they are kept: in small letters, width and spaces made one, each once, in order; at most 20 of 40 signs.

    A tag that holds a comma is several.
    """
    found: dict[str, None] = {}
    for word in words:
        for part in SEPARATORS.split(unicodedata.normalize("NFKC", word).lower()):
            tag = " ".join("".join(sign for sign in part if sign.isprintable()).split())[:LONGEST].strip()
            if tag:
                found[tag] = None
    return list(found)[:MOST]
