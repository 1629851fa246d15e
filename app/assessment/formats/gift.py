"""GIFT, Moodle's plain text for questions. Written from its documentation, in one pass over the lines.

A question ends at a blank line outside its braces. Where a brace is never closed, what stands up to the next blank line
is refused and reading goes on after it, so that one slip costs one item.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

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
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Problem,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    Matching,
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
    """The items of `text` as lines. Every line that is neither blank, comment nor category is in exactly one of them."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    category = ""
    cutter = _Cutter()
    place = 0
    while place <= len(rows):
        row = rows[place].strip() if place < len(rows) else None
        if row is None or not row:
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
        first = next((found[0] for found in _BRACE.finditer(row) if len(found[0]) == 1), "")
        return first == "{"

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
        if self._closed_at is not None and line.lstrip().startswith("::"):
            yield from self._split(len(self._piece.lines), category)
        braces = [found[0] for found in _BRACE.finditer(line) if len(found[0]) == 1]
        if braces and braces[0] == "{" and self._closed_at is not None and self._closed_at <= len(self._piece.lines):
            if self._tail_is_text or self._piece.refused:
                self._piece.refused = self._piece.refused or Reason.SECOND_BRACES
            else:
                yield from self._split(self._closed_at, category)
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

    def _follow(self, braces: list[str], line: str) -> None:
        for brace in braces:
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
                self._tail_is_text = any(sign.isalnum() for sign in line[line.rindex("}") :])
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
    braces = [found.start() for found in _BRACE.finditer(body) if len(found[0]) == 1]
    if not braces:
        if "｛" in body and "｝" in body:
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


def _split_own_format(text: str) -> tuple[Format | None, str]:
    """Like `_split_format`, for parts of a question: None is the question's format."""
    text = "\n".join(line.strip() for line in text.strip().split("\n"))
    found = _FORMAT.match(text)
    return (Format(found[1]), _unescape(text[found.end() :]).strip()) if found else (None, _unescape(text))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _question_text(before: str, after: str, remarks: list[Remark]) -> tuple[Format, str]:
    """The question's format and text, with a blank for the braces where the sentence goes on after them."""
    before, after = before.rstrip(), after.rstrip()
    format, text = _split_format(before)
    rest = _unescape(after)
    if not rest.strip():
        return format, text
    if rest.strip().strip("\"';"):
        return format, f"{text} {BLANK}{rest}"
    remarks.append(remark(Note.TAIL, text=rest.strip()))
    return format, text


def _content(answers: str, text: str, format: Format) -> Content:
    """The content whose braces hold `answers`."""
    general = next((found for found in _GENERAL.finditer(answers) if found[0] == "####"), None)
    said_format, said = _split_own_format(answers[general.end() :]) if general else (None, "")
    if general:
        answers = answers[: general.start()].strip()
    common = {
        "text": text,
        "format": format,
        "general_feedback": said,
        "general_feedback_format": None if said_format is format else said_format,
    }
    if not answers:
        return Essay(**common)  # type: ignore[arg-type]
    if answers.startswith("#"):
        return Numeric(answers=_numeric_answers(answers[1:], format), **common)  # type: ignore[arg-type]
    head, parts = _answers(answers)
    words = [_split_own_format(each) for each in _split_feedback(head)]
    if words and not parts and words[0][1].lower() in _TRUTH:
        return _true_false(words, common)
    if head.strip():
        raise ItemRefused(Reason.UNMARKED, text=head)
    if any(sign == "~" for sign, _ in parts):
        options = tuple(_option(letter(place), *part, format) for place, part in enumerate(parts))
        kind = Single if any(sign == "=" for sign, _ in parts) else Multiple
        return kind(options=options, **common)  # type: ignore[arg-type]
    if any("->" in part for _, part in parts):
        pairs, choices = _matching([part for _, part in parts], format)
        return Matching(pairs=pairs, choices=choices, **common)  # type: ignore[arg-type]
    return ShortText(answers=tuple(_text_answer(part, format) for _, part in parts), **common)  # type: ignore[arg-type]


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
    said_format, said = _split_own_format(text[cut + 1 :])
    return text[:cut], None if said_format is format else said_format, said


def _true_false(words: list[tuple[Format | None, str]], common: dict[str, object]) -> TrueFalse:
    """`TRUE#said when wrong#said when right`."""
    right = _TRUTH[words[0][1].lower()]
    wrong_format, wrong = words[1] if len(words) > 1 else (None, "")
    right_format, said = words[2] if len(words) > 2 else (None, "")
    if len(words) > 3:
        said = "#".join([said, *(more for _, more in words[3:])])
    by_truth = {right: (right_format, said), not right: (wrong_format, wrong)}
    own = {truth: None if by_truth[truth][0] is common["format"] else by_truth[truth][0] for truth in by_truth}
    return TrueFalse(
        right=right,
        feedback_true=by_truth[True][1],
        feedback_true_format=own[True],
        feedback_false=by_truth[False][1],
        feedback_false_format=own[False],
        **common,  # type: ignore[arg-type]
    )


def _option(key: str, sign: str, part: str, format: Format) -> Option:
    fraction, rest = _weight(part, 1.0 if sign == "=" else 0.0)
    raw, said_format, said = _with_feedback(rest, format)
    own_format, text = _split_own_format(raw)
    return Option(
        key=key,
        text=text,
        fraction=fraction,
        format=None if own_format is format else own_format,
        feedback=said,
        feedback_format=said_format,
    )


def _text_answer(part: str, format: Format) -> TextAnswer:
    fraction, rest = _weight(part, 1.0)
    raw, said_format, said = _with_feedback(rest, format)
    _, text = _split_own_format(raw)
    return TextAnswer(text=text, fraction=fraction, feedback=said, feedback_format=said_format)


def _matching(parts: list[str], format: Format) -> tuple[tuple, tuple]:  # type: ignore[type-arg]
    """Rows and choices of `row -> choice`; a choice without a row is a distractor."""
    rows, distractors = [], []
    for part in parts:
        left, arrow, right = part.rpartition("->")
        if not arrow:
            raise ItemRefused(Reason.NO_ARROW, text=part)
        row_format, row = _split_own_format(left)
        _, choice = _split_own_format(right)
        if not choice:
            raise ItemRefused(Reason.NO_CHOICE, text=part)
        if row:
            rows.append((row, None if row_format is format else row_format, choice))
        else:
            distractors.append(choice)
    return matched(rows, distractors)


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
