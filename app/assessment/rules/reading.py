"""Reading what a person typed: numbers in any usual notation, words whatever their width and case."""

import re
import unicodedata
from decimal import Context, Decimal

MAX_DIGITS = 100
MAX_EXPONENT = 400
# Wide enough for the exact sum of any two numbers that `read_number` returns, so that a tolerance has sharp edges.
EXACT = Context(prec=2 * (MAX_EXPONENT + MAX_DIGITS))

# Full-width ASCII and the ideographic space, the signs for minus, the spaces that group digits. Not NFKC, which would
# read 10² as 102.
_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {
    ord("−"): "-", ord("–"): "-", ord("﹣"): "-",
    ord("\u3000"): " ", ord("\u00a0"): " ", ord("\u2009"): " ", ord("\u202f"): " ", ord("’"): "'",
}  # fmt: skip
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([,. '])[0-9]{3})(?:\1[0-9]{3})*(?:([.,])([0-9]*))?")
_EXPONENT = re.compile(r"(.*?)(?:[eE]([+-]?[0-9]{1,4}))?")


def read_number(text: str) -> Decimal | None:
    """The number that `text` writes, or None where it writes none.

    Reads `1,234.5`, `1.234,5`, `1 234,5`, `0,5`, `.5`, `-3e5` and full-width digits. A lone comma before exactly three
    digits groups thousands (`1,234` is 1234; `0,234` is not grouped and is 0.234); a lone point is always decimal. NaN,
    infinities, units and more than 100 digits or exponents beyond ±400 are no numbers.
    """
    if len(text) > 4 * MAX_DIGITS:
        return None
    written = text.translate(_WIDTH).strip()
    sign = written[:1] if written[:1] in ("+", "-") else ""
    split = _EXPONENT.fullmatch(written[len(sign) :].strip())
    if split is None:
        return None
    digits, exponent = _digits(split[1]), int(split[2] or 0)
    if digits is None or len(digits) > MAX_DIGITS or abs(exponent) > MAX_EXPONENT:
        return None
    number = Decimal(f"{sign}{digits}e{exponent}")
    return number if abs(number.adjusted()) <= MAX_EXPONENT else None


def _digits(written: str) -> str | None:
    """`written` as ASCII digits with at most one decimal point."""
    grouped = _GROUPED.fullmatch(written)
    # "1.234" alone is a decimal; "1.234.567" and "1,234" are grouped.
    if grouped and grouped[1] != grouped[2] and not (grouped[1] == "." and written.count(".") == 1 and not grouped[2]):
        whole = written if grouped[2] is None else written[: written.rindex(grouped[2])]
        return re.sub(r"[,. ']", "", whole) + (f".{grouped[3]}" if grouped[2] else "")
    return written.replace(",", ".") if _PLAIN.fullmatch(written) else None


def fold(text: str, match_case: bool = False) -> str:
    """`text` with width folded (NFKC), white space collapsed and, unless `match_case`, case folded."""
    folded = unicodedata.normalize("NFKC", text)
    if not match_case:
        folded = unicodedata.normalize("NFKC", folded.casefold())
    return " ".join(folded.split())


def matches(pattern: str, text: str, match_case: bool = False) -> bool:
    """Whether `text` has the form of `pattern`, in which `*` stands for any characters and `\\*` for itself.

    Both are folded. The pieces between stars are searched from left to right, without going back, which is enough
    since each star takes anything; time is linear in the text for each piece.
    """
    pieces = [fold(piece.replace("\0", "*"), match_case) for piece in pattern.replace("\\*", "\0").split("*")]
    given = fold(text, match_case)
    if len(pieces) == 1:
        return given == pieces[0]
    first, *middle, last = pieces
    if len(given) < len(first) + len(last) or not given.startswith(first) or not given.endswith(last):
        return False
    place, end = len(first), len(given) - len(last)
    for piece in middle:
        found = given.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True
