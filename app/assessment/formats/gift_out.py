"""Questions as GIFT. Written from Moodle's documentation of the notation, for its reader as for ours.

GIFT holds no files, points, hints or units, and asks neither for an order nor for numbers that are drawn.
"""

import re
from collections.abc import Iterable, Sequence

from app.assessment.formats.exports import ExportItem, LeftOut, Losses, by_category, combined, percent, pieces
from app.assessment.formats.gift import CATEGORY
from app.assessment.formats.items import ItemRefused, Note, Reason
from app.assessment.rules.content import (
    DEFAULT_PENALTY,
    Content,
    Description,
    Essay,
    Format,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
)

ARROW = "->"
_MEANT = re.compile(r"[~=#{}:\\]")
_LIKE_FORMAT = re.compile(r"\[(?:html|markdown|plain|moodle)\]|%")


def write(items: Iterable[ExportItem]) -> tuple[str, list[LeftOut]]:
    """The GIFT text of `items`, and what it does not hold; those of no category stand first."""
    left_out: list[LeftOut] = []
    written: list[str] = []
    category = ""
    for item, piece in pieces(by_category(items), left_out, _question):
        if item.category != category:
            category = item.category
            written.append(f"{CATEGORY} {' '.join(category.split())}\n")
        written.append(piece)
    return "\n".join(written), left_out


def _question(item: ExportItem, losses: Losses) -> str:
    content = item.content
    answers = _answers(content, losses)
    _note_losses(content, losses)
    tags = []
    for tag in item.words:
        if re.search(r"[\[\]\n\r]", tag):
            losses.note(Note.TAG_LEFT_OUT, name=tag)
        else:
            tags.append(f"[tag:{tag}]")
    comment = f"// {' '.join(tags)}\n" if tags else ""
    name = f"::{_escaped(' '.join(item.name.split()))}::" if item.name.strip() else ""
    return f"{comment}{name}[{content.format.value}]{_escaped(content.text)}{answers}\n"


def _note_losses(content: Content, losses: Losses) -> None:
    losses.count(Note.FILES_LEFT_OUT, content.attachments)
    losses.count(Note.HINTS, content.hints)
    said = list(combined(content))
    if isinstance(content, Description):
        said.append(content.general_feedback)
    losses.count(Note.FEEDBACK_LEFT_OUT, said)
    if content.penalty != DEFAULT_PENALTY:
        losses.note(Note.PENALTY_LEFT_OUT)
    if content.points != 1 and not isinstance(content, Description):
        losses.note(Note.POINTS_LEFT_OUT, count=f"{content.points:g}")
    if isinstance(content, Single | Multiple | Matching) and not content.shuffle:
        losses.note(Note.ORDER_LEFT_OUT)


def _answers(content: Content, losses: Losses) -> str:
    """The braces and what stands in them. Raises ItemRefused."""
    match content:
        case Description():
            return ""
        case Essay():
            if content.guide:
                losses.note(Note.GUIDE_LEFT_OUT)
            if content.template:
                losses.note(Note.TEMPLATE_LEFT_OUT)
            return _braces(content, [])
        case TrueFalse():
            return _true_false(content)
        case Single() | Multiple():
            return _braces(content, _options(content))
        case Numeric():
            losses.count(Note.UNITS_LEFT_OUT, content.units)
            if any(answer.shown not in (None, answer.value) for answer in content.answers):
                losses.note(Note.SHOWN_LEFT_OUT)
            return _braces(content, [_number(answer, content.format) for answer in content.answers], "#")
        case ShortText():
            if content.match_case:
                losses.note(Note.CASE)
            return _braces(content, [_form(answer, content.format) for answer in content.answers])
        case Matching():
            return _braces(content, _rows(content, losses))
    raise ItemRefused(Reason.NO_SUCH_TYPE, type=content.kind)


def _braces(content: Content, answers: Sequence[str], sign: str = "") -> str:
    general = _said("####", content.general_feedback, content.general_feedback_format, content.format)
    lines = [*answers, *([general] if general else [])]
    inside = "".join(f"\n\t{line}" for line in lines)
    return f"{{{sign}{inside}\n}}" if lines else "{}"


def _options(content: Single | Multiple) -> list[str]:
    """The options; the first whole one of a single choice is the one with the sign =, which makes it single."""
    whole = next((option for option in content.options if option.fraction == 1), None)
    if isinstance(content, Single):
        # Without any ~ the options would be accepted forms of a typed answer.
        if whole is None or len(content.options) < 2:
            raise ItemRefused(Reason.NO_FULL_OPTION)
        return [_option(option, content.format, is_right=option is whole) for option in content.options]
    return [_option(option, content.format) for option in content.options]


def _option(option: Option, format: Format, is_right: bool = False) -> str:
    sign = "=" if is_right else f"~%{percent(option.fraction)}%"
    return sign + _text(option.text, option.format, format) + _said_of(option, format)


def _number(answer: NumericAnswer, format: Format) -> str:
    value = "*" if answer.value is None else str(answer.value)
    tolerance = f":{answer.tolerance}" if answer.tolerance and answer.value is not None else ""
    return f"={_weight(answer.fraction)}{value}{tolerance}{_said_of(answer, format)}"


def _form(answer: TextAnswer, format: Format) -> str:
    for text in (answer.text, answer.feedback):
        if ARROW in text:
            raise ItemRefused(Reason.ARROW, text=text)
    return f"={_weight(answer.fraction)}{_text(answer.text, None, format)}{_said_of(answer, format)}"


def _rows(content: Matching, losses: Losses) -> list[str]:
    choices = {choice.key: choice for choice in content.choices}
    if len({choice.text for choice in content.choices}) < len(choices):
        losses.note(Note.MERGED)
    if any(choice.format not in (None, content.format) for choice in content.choices):
        losses.note(Note.FORMAT)
    rows = []
    for pair in content.pairs:
        if ARROW in pair.text:
            raise ItemRefused(Reason.ARROW, text=pair.text)
        row = _text(pair.text, pair.format, content.format)
        rows.append(f"={row} {ARROW} {_text(choices[pair.choice].text, None, content.format)}")
    used = {choices[pair.choice].text for pair in content.pairs}
    left_over = dict.fromkeys(choice.text for choice in content.choices if choice.text not in used)
    return rows + [f"= {ARROW} {_text(text, None, content.format)}" for text in left_over]


def _true_false(content: TrueFalse) -> str:
    when_true = (content.feedback_true, content.feedback_true_format)
    when_false = (content.feedback_false, content.feedback_false_format)
    right, wrong = (when_true, when_false) if content.right else (when_false, when_true)
    said_wrong = _said("#", *wrong, content.format)
    said_right = _said("#", *right, content.format)
    if said_right and not said_wrong:
        said_wrong = "#"
    general = _said("####", content.general_feedback, content.general_feedback_format, content.format)
    return f"{{{'TRUE' if content.right else 'FALSE'}{said_wrong}{said_right}{general}}}"


def _weight(fraction: float) -> str:
    return "" if fraction == 1 else f"%{percent(fraction)}%"


def _said_of(answer: Option | NumericAnswer | TextAnswer, format: Format) -> str:
    return _said("#", answer.feedback, answer.feedback_format, format)


def _said(sign: str, text: str, own: Format | None, format: Format) -> str:
    return sign + _text(text, own, format) if text.strip() else ""


def _text(text: str, own: Format | None, format: Format) -> str:
    """A part's text, with its format where it is not the question's, or where the text looks like one or a weight."""
    is_marked = own not in (None, format) or _LIKE_FORMAT.match(text.strip())
    return (f"[{(own or format).value}]" if is_marked else "") + _escaped(text)


def _escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _MEANT.sub(lambda found: "\\" + found[0], plain).replace("\n", "\\n")
