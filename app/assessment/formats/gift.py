"""GIFT, Moodle's plain text for questions. Written from its documentation, in one pass over the lines.

A question ends at a blank line outside its braces. Where a brace is never closed, what stands up to the next blank line
is refused and reading goes on after it, so that one slip costs one item.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice

from app.assessment.formats.items import (
    MAX_OPTIONS,
    MAX_TEXT,
    Item,
    ItemRefused,
    Note,
    Reason,
    Refusal,
    Remark,
    name_from_text,
    remark,
    taken,
)
from app.assessment.rules.content import (
    Content,
    Description,
    Essay,
    Format,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Problem,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    letter,
    matched,
    tidy_fraction,
)
from app.assessment.rules.reading import EXACT, read_number

CATEGORY = "$CATEGORY:"
BLANK = "_____"

# Each of these takes an escaped character as a whole first, so that it can only meet bare signs after it.
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_NAME_END = re.compile(r"\\.|::|\{", re.DOTALL)
_ANSWER = re.compile(r"\\.|[=~]", re.DOTALL)
_FEEDBACK = re.compile(r"\\.|#", re.DOTALL)
_GENERAL = re.compile(r"\\.|####", re.DOTALL)
_ESCAPED = re.compile(r"\\([~=#{}:n\\])")
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,6}(?:\.[0-9]{0,10})?)%")
_TAG = re.compile(r"\[tag:([^\[\]]*)\]")
_TRUTH = {"t": True, "true": True, "f": False, "false": False}


@dataclass(slots=True)
class Piece:
    """The lines of one item, without comments, with what was found out while cutting it off."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    category: str = ""
    refused: Reason | None = None
    is_unseparated: bool = False


def read(text: str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a GIFT text, in its order. `skills` are the codes that tags may name. Never raises."""
    for number, piece in enumerate(pieces(text), 1):
        try:
            yield _item(number, piece, skills)
        except ItemRefused as refused:
            yield Refusal(number, piece.line, _guess_name(piece), refused.remark)


# Cutting the text into items


def pieces(text: str) -> Iterator[Piece]:
    """The items of `text`. Every line that is neither blank, comment nor category is in exactly one of them."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    category = ""
    cutter = _Cutter()
    place = 0
    while place <= len(rows):
        row = rows[place].strip() if place < len(rows) else None
        if not row and cutter.is_empty:
            pass
        elif not row:
            if cutter.is_inside and row is not None:
                cutter.see_blank(place)
            else:
                # At the end of the file inside braces: go back to the first blank line after the brace, if any.
                place = cutter.give_up(place) if cutter.is_inside else place
                yield from cutter.finish(category)
        elif row.startswith("//"):
            cutter.add_comment(row)
        elif cutter.is_inside and cutter.looks_unclosed(row):
            place = cutter.give_up(place) - 1
            yield from cutter.finish(category)
        elif row.startswith(CATEGORY):
            yield from cutter.finish(category, keep_comments=True)
            category = row.removeprefix(CATEGORY).strip()
        else:
            yield from cutter.add(place + 1, rows[place], category)
        place += 1


class _Cutter:
    """The item being read, line by line: before its braces, inside, or after them."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._piece = Piece()
        self._numbers: list[int] = []
        self._new_comments: list[str] = []
        self._depth = 0
        self._closed_at: int | None = None  # how many lines there were when the braces closed
        self._tail_is_text = False
        self._blank_at: int | None = None  # row of the first blank line inside the braces
        self._lines_at_blank = 0

    @property
    def is_inside(self) -> bool:
        return self._depth > 0 and self._piece.refused is None

    @property
    def is_empty(self) -> bool:
        return not (self._piece.lines or self._piece.comments)

    def see_blank(self, place: int) -> None:
        if self._blank_at is None:
            self._blank_at, self._lines_at_blank = place, len(self._piece.lines)

    def add_comment(self, row: str) -> None:
        # After the braces it may belong to the next question, if no blank line comes between.
        (self._piece.comments if self._closed_at is None else self._new_comments).append(row)

    def looks_unclosed(self, row: str) -> bool:
        """Whether `row` begins another item although the braces are open."""
        if row.startswith(("::", CATEGORY)):
            return True
        if self._blank_at is None:
            return False
        return bool(first := _braces(row)) and first[0][0] == "{"

    def give_up(self, place: int) -> int:
        """Refuse what was read up to the first blank line; the row from which to read again."""
        self._piece.refused = Reason.UNCLOSED
        if self._blank_at is None:
            return place
        place = self._blank_at
        del self._piece.lines[self._lines_at_blank :], self._numbers[self._lines_at_blank :]
        return place

    def add(self, number: int, line: str, category: str) -> Iterator[Piece]:
        """Take in `line`; yields the item before it where `line` turns out to begin another."""
        if (self._closed_at is not None or self._piece.refused) and line.lstrip().startswith("::"):
            yield from self._split(len(self._piece.lines), category)
        braces = _braces(line)
        is_second = self._closed_at is not None and bool(braces) and braces[0][0] == "{"
        if is_second and not self._tail_is_text and not self._piece.refused:
            yield from self._split(self._closed_at or 0, category)
        self._piece.lines.append(line)
        self._numbers.append(number)
        self._follow(braces, line)

    def _split(self, at: int, category: str) -> Iterator[Piece]:
        """End the item after its first `at` lines; the rest begins the next, which has no blank line before it."""
        lines, numbers, comments = self._piece.lines[at:], self._numbers[at:], self._new_comments
        del self._piece.lines[at:], self._numbers[at:]
        self._new_comments = []
        yield from self.finish(category)
        self._piece.lines, self._numbers, self._piece.comments = lines, numbers, comments
        self._piece.is_unseparated = True

    def _follow(self, braces: list[tuple[str, int]], line: str) -> None:
        for brace, place in braces:
            if self._piece.refused:
                return
            if brace == "{":
                if self._depth:
                    self._piece.refused = Reason.NESTED
                elif self._closed_at is not None:
                    self._piece.refused = Reason.SECOND_BRACES
                self._depth = 1
            elif self._depth:
                self._depth = 0
                self._closed_at = len(self._piece.lines)
                self._tail_is_text = any(sign.isalnum() for sign in line[place:])
            else:
                self._piece.refused = Reason.STRAY

    def finish(self, category: str, keep_comments: bool = False) -> Iterator[Piece]:
        """Yield the item, if there is one, and begin anew."""
        piece, numbers, comments = self._piece, self._numbers, self._piece.comments + self._new_comments
        self._start()
        if piece.lines:
            piece.line, piece.category, piece.comments = numbers[0], category, comments
            yield piece
        elif keep_comments:
            self._piece.comments = comments


def _braces(text: str) -> list[tuple[str, int]]:
    """The first bare braces in `text` and where they stand; a third on one line is wrong already."""
    bare = ((found[0], found.start()) for found in _BRACE.finditer(text) if len(found[0]) == 1)
    return list(islice(bare, 3))


# Reading one item


def _guess_name(piece: Piece) -> str:
    text = "\n".join(piece.lines[:20])[:2000].strip()
    name, rest = _split_name(text)
    return name or name_from_text(_unescape(rest), Format.PLAIN)


def _item(number: int, piece: Piece, skills: Collection[str]) -> Item:
    if piece.refused:
        raise ItemRefused(piece.refused)
    if sum(map(len, piece.lines)) > MAX_TEXT:
        raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
    name, body = _split_name("\n".join(piece.lines).strip())
    remarks = [remark(Note.UNSEPARATED)] if piece.is_unseparated else []
    braces = [place for _, place in _braces(body)]
    if not braces:
        # Who writes the format is a program, and means the sign.
        if "｛" in body and "｝" in body and not _FORMAT.match(body):
            raise ItemRefused(Reason.FULL_WIDTH)
        format, text = _split_format(body)
        content: Content = Description(text=text, format=format)
    else:
        format, text = _question_text(body[: braces[0]], body[braces[1] + 1 :], remarks)
        content = _content(body[braces[0] + 1 : braces[1]].strip(), text, format)
    return taken(
        number,
        piece.line,
        content,
        name=name,
        tags=[tag for comment in piece.comments for tag in _TAG.findall(comment)],
        category=piece.category,
        remarks=remarks,
        skills=skills,
    )


def _split_name(text: str) -> tuple[str, str]:
    """The name in `::name::text` and the rest; no name where it is not closed before the braces."""
    if text.startswith("::"):
        for found in _NAME_END.finditer(text, 2):
            if found[0] == "::":
                return _unescape(text[2 : found.start()]).strip(), text[found.end() :].strip()
            if found[0] == "{":
                break
    return "", text


def _split_format(text: str, default: Format = Format.MOODLE) -> tuple[Format, str]:
    """The format in `[html]text` and the text without escapes."""
    text = text.strip()
    found = _FORMAT.match(text)
    return (Format(found[1]), _unescape(text[found.end() :]).strip()) if found else (default, _unescape(text))


def _split_own_format(text: str, format: Format) -> tuple[Format | None, str]:
    """Like `_split_format`, for parts of a question in `format`: None stands for the question's own."""
    if "\n" in text:
        text = "\n".join(line.strip() for line in text.strip().split("\n"))
    own, text = _split_format(text, format)
    return None if own is format else own, text


def _unescape(text: str) -> str:
    return text if "\\" not in text else _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _question_text(before: str, after: str, remarks: list[Remark]) -> tuple[Format, str]:
    """The question's format and text, with a blank for the braces where the sentence goes on after them."""
    found = _FORMAT.match(before)
    format = Format(found[1]) if found else Format.MOODLE
    text = _unescape(before[found.end() :] if found else before).lstrip()
    rest = _unescape(after).rstrip()
    if rest.strip(" \t\n\"';"):
        return format, f"{text}{BLANK}{rest}"
    if rest.strip():
        remarks.append(remark(Note.TAIL, text=rest))
    return format, text.rstrip()


def _content(answers: str, text: str, format: Format) -> Content:
    """The content whose braces hold `answers`."""
    general = next((found for found in _GENERAL.finditer(answers) if found[0] == "####"), None)
    if general is None:
        return _asking(answers, text, format)
    content = _asking(answers[: general.start()].strip(), text, format)
    said_format, said = _split_own_format(answers[general.end() :], format)
    return replace(content, general_feedback=said, general_feedback_format=said_format)


def _asking(answers: str, text: str, format: Format) -> Content:
    """The content whose braces hold `answers`, without general feedback."""
    if not answers:
        return Essay(text=text, format=format)
    if answers.startswith("#"):
        return Numeric(text=text, format=format, answers=_numeric_answers(answers[1:], format))
    if answers[0] not in "=~":
        words = [_split_own_format(each, format) for each in _split_feedback(answers)]
        if words[0][1].lower() in _TRUTH:
            return _true_false(words, text, format)
    head, parts = _answers(answers)
    if head.strip():
        raise ItemRefused(Reason.UNMARKED, text=head)
    if any(sign == "~" for sign, _ in parts):
        options = tuple(_option(letter(place), sign, part, format) for place, (sign, part) in enumerate(parts))
        if any(sign == "=" for sign, _ in parts):
            return Single(text=text, format=format, options=options)
        return Multiple(text=text, format=format, options=options)
    if any("->" in part for _, part in parts):
        pairs, choices = matched(*_rows([part for _, part in parts], format))
        return Matching(text=text, format=format, pairs=pairs, choices=choices)
    return ShortText(text=text, format=format, answers=tuple(_text_answer(part, format) for _, part in parts))


def _answers(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first bare = or ~, and each sign with what follows it."""
    signs = []
    for found in _ANSWER.finditer(text):
        if len(found[0]) == 1:
            signs.append(found)
            if len(signs) > MAX_OPTIONS:
                raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
    if not signs:
        return text, []
    ends = [found.start() for found in signs[1:]] + [len(text)]
    return text[: signs[0].start()], [
        (found[0], text[found.end() : end]) for found, end in zip(signs, ends, strict=True)
    ]


def _split_feedback(text: str) -> list[str]:
    """`text` cut at each bare #."""
    cuts = [found.start() for found in _FEEDBACK.finditer(text) if found[0] == "#"]
    return [text[start:end] for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(text)], strict=True)]


def _weight(text: str, default: float) -> tuple[float, str]:
    """The fraction in `%50%text` and the rest."""
    text = text.strip()
    found = _WEIGHT.match(text)
    if not found:
        return default, text
    percent = float(found[1])
    if abs(percent) > 100:
        raise ItemRefused(Reason.BAD_WEIGHT, text=found[0])
    return tidy_fraction(percent / 100), text[found.end() :]


def _with_feedback(text: str, format: Format) -> tuple[str, Format | None, str]:
    """The raw text before the first bare #, and the format and text of the feedback after it."""
    cut = next((found.start() for found in _FEEDBACK.finditer(text) if found[0] == "#"), None)
    if cut is None:
        return text, None, ""
    return text[:cut], *_split_own_format(text[cut + 1 :], format)


def _true_false(words: list[tuple[Format | None, str]], text: str, format: Format) -> TrueFalse:
    """`TRUE#said when wrong#said when right`."""
    right = _TRUTH[words[0][1].lower()]
    wrong_format, wrong_said = words[1] if len(words) > 1 else (None, "")
    right_format = words[2][0] if len(words) > 2 else None
    right_said = "#".join(said for _, said in words[2:])
    return TrueFalse(
        text=text,
        format=format,
        right=right,
        feedback_true=right_said if right else wrong_said,
        feedback_true_format=right_format if right else wrong_format,
        feedback_false=wrong_said if right else right_said,
        feedback_false_format=wrong_format if right else right_format,
    )


def _option(key: str, sign: str, part: str, format: Format) -> Option:
    fraction, rest = _weight(part, 1.0 if sign == "=" else 0.0)
    raw, said_format, said = _with_feedback(rest, format)
    own, text = _split_own_format(raw, format)
    return Option(key=key, text=text, fraction=fraction, format=own, feedback=said, feedback_format=said_format)


def _text_answer(part: str, format: Format) -> TextAnswer:
    fraction, rest = _weight(part, 1.0)
    raw, said_format, said = _with_feedback(rest, format)
    _, text = _split_own_format(raw, format)
    return TextAnswer(text=text, fraction=fraction, feedback=said, feedback_format=said_format)


def _rows(parts: list[str], format: Format) -> tuple[list[tuple[str, Format | None, str]], list[str]]:
    """Rows with their choices from `row -> choice`, and the choices without a row."""
    rows, distractors = [], []
    for part in parts:
        left, arrow, right = part.partition("->")
        if not arrow:
            raise ItemRefused(Reason.NO_ARROW, text=part)
        own, row = _split_own_format(left, format)
        _, choice = _split_own_format(right, format)
        if not choice:
            raise ItemRefused(Reason.NO_CHOICE, text=part)
        if row:
            rows.append((row, own, choice))
        else:
            distractors.append(choice)
    return rows, distractors


def _numeric_answers(text: str, format: Format) -> tuple[NumericAnswer, ...]:
    """Answers after `{#`: one bare, or several each after a =; ~ with feedback alone is any other number."""
    head, parts = _answers(text)
    if head.strip():
        parts.insert(0, ("=", head))
    if not parts:
        raise ItemRefused(Problem.NO_ANSWER)
    return tuple(numeric_answer(sign, part, format) for sign, part in parts)


def numeric_answer(sign: str, part: str, format: Format) -> NumericAnswer:
    """The answer in `3.14:0.005`, `3.1..3.2` or `*`, with weight before and feedback after. Raises ItemRefused."""
    fraction, rest = _weight(part, 1.0 if sign == "=" else 0.0)
    raw, said_format, said = _with_feedback(rest, format)
    raw = raw.strip()
    if raw == "*" or (not raw and sign == "~"):
        value, tolerance = None, Decimal(0)
    elif ".." in raw:
        low, _, high = raw.partition("..")
        value, tolerance = _middle(_read(low, raw), _read(high, raw), raw)
    else:
        middle, colon, width = raw.partition(":")
        value, tolerance = _read(middle, raw), _read(width, raw) if colon else Decimal(0)
    return NumericAnswer(
        value=value, tolerance=tolerance, fraction=fraction, feedback=said, feedback_format=said_format
    )


def _middle(low: Decimal, high: Decimal, raw: str) -> tuple[Decimal, Decimal]:
    if high < low:
        raise ItemRefused(Reason.BACKWARDS, text=raw)
    half = Decimal("0.5")
    return EXACT.multiply(EXACT.add(low, high), half), EXACT.multiply(EXACT.subtract(high, low), half)


def _read(number: str, whole: str) -> Decimal:
    read = read_number(_unescape(number))
    if read is None:
        raise ItemRefused(Reason.NO_NUMBER, text=whole or "…")
    return read
