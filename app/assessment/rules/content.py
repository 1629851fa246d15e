"""What a question holds, by type, as frozen values and as the JSON that the database keeps.

`content_to_json` leaves out what stands at its default; `content_from_json` refuses what does not fit. Keys of options
never change once given, so that shuffling, answers and translations can refer to them. Fractions are shares of the
mark in [-1, 1]. A format of None is the question's own.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from app.assessment.rules.formulas import FormulaError, value_of

# A third, as Moodle has it: two more tries leave a third of the points.
DEFAULT_PENALTY = 0.3333333


class QuestionKind(StrEnum):
    """The types of question, by the names that imports and exports use."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true-false"
    NUMERIC = "numeric"
    CALCULATED = "calculated"
    MATCHING = "matching"
    ORDERING = "ordering"
    CLOZE = "cloze"
    SHORT_TEXT = "short-text"
    ESSAY = "essay"
    FILE = "file"
    HOTSPOT = "hotspot"
    DESCRIPTION = "description"


class Format(StrEnum):
    """How a text is written. `moodle` is HTML in which line breaks count."""

    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"
    MOODLE = "moodle"


class Layout(StrEnum):
    """How the options of a gap are shown."""

    DROPDOWN = "dropdown"
    VERTICAL = "vertical"
    HORIZONTAL = "horizontal"


class ToleranceKind(StrEnum):
    """What the tolerance of a calculated answer is: a number, or a share of the right number."""

    NUMBER = "number"
    SHARE = "share"


class Rounding(StrEnum):
    """How a right number is written: with so many decimals, or so many significant digits."""

    DECIMALS = "decimals"
    SIGNIFICANT = "significant"


class Shape(StrEnum):
    """The outline of an area, by the coordinates that belong to it.

    `rectangle`: left, top, right, bottom. `circle`: centre and radius. `ellipse`: centre, horizontal and vertical
    radius. `polygon`: its corners, x before y.
    """

    RECTANGLE = "rectangle"
    CIRCLE = "circle"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"


class ContentError(ValueError):
    """JSON that is no question's content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that texts refer to as `@@PLUGINFILE@@/name`; `data` is base64."""

    name: str
    media_type: str
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose."""

    key: str
    text: str
    fraction: float
    format: Format | None = None
    feedback: str = ""
    feedback_format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericAnswer:
    """Numbers within `tolerance` of `value`, both included; any number at all where `value` is None."""

    value: Decimal | None
    fraction: float
    tolerance: Decimal = Decimal(0)
    feedback: str = ""
    feedback_format: Format | None = None
    # How the number is written where it is told; None: as `value` is.
    shown: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit in which a number may be given; given number × `multiplier` = number in the first unit."""

    name: str
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculatedAnswer:
    """The value of `formula` for the drawn numbers, within `tolerance`; `digits` and `rounding` say how it is told."""

    formula: str
    fraction: float
    tolerance: Decimal = Decimal("0.01")
    tolerance_kind: ToleranceKind = ToleranceKind.SHARE
    digits: int = 2
    rounding: Rounding = Rounding.DECIMALS
    feedback: str = ""
    feedback_format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A name that stands for a number, and the numbers that may be drawn; those at one place belong together."""

    name: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One place in a picture; `text` names it for whoever does not see the picture. See `Shape` for `coordinates`."""

    key: str
    shape: Shape
    coordinates: tuple[float, ...]
    fraction: float
    text: str = ""
    feedback: str = ""
    feedback_format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswer:
    """An accepted form; `*` stands for any characters, `\\*` for itself."""

    text: str
    fraction: float
    feedback: str = ""
    feedback_format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What rows can be matched to, or an item to put in order."""

    key: str
    text: str
    format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A row and the key of the choice that belongs to it."""

    key: str
    text: str
    choice: str
    format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What every question has. `points` is what it is worth where its source says so.

    In quizzes that answer at once, each wrong try costs `penalty` of the points, and the next of `hints` is shown.
    """

    kind: ClassVar[QuestionKind]
    text: str
    format: Format
    general_feedback: str = ""
    general_feedback_format: Format | None = None
    right_feedback: str = ""
    partly_feedback: str = ""
    wrong_feedback: str = ""
    points: float = 1.0
    attachments: tuple[Attachment, ...] = ()
    hints: tuple[str, ...] = ()
    penalty: float = DEFAULT_PENALTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Single(Content):
    """One option is chosen."""

    kind: ClassVar = QuestionKind.SINGLE
    options: tuple[Option, ...]
    shuffle: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple(Content):
    """Any number of options are chosen; their fractions add up."""

    kind: ClassVar = QuestionKind.MULTIPLE
    options: tuple[Option, ...]
    shuffle: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFalse(Content):
    """A statement; `right` says whether it is true, `feedback_true` is for those who say so."""

    kind: ClassVar = QuestionKind.TRUE_FALSE
    right: bool
    feedback_true: str = ""
    feedback_true_format: Format | None = None
    feedback_false: str = ""
    feedback_false_format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(Content):
    """A number is typed; the first answer that it fits counts."""

    kind: ClassVar = QuestionKind.NUMERIC
    answers: tuple[NumericAnswer, ...]
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculated(Content):
    """A number that follows from drawn numbers: `{name}` in the text stands for one, `{=formula}` for a value.

    `rules.calculating.drawn` makes the numeric question of one draw of it.
    """

    kind: ClassVar = QuestionKind.CALCULATED
    answers: tuple[CalculatedAnswer, ...]
    variables: tuple[Variable, ...]
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText(Content):
    """A few words are typed; the first accepted form that they have counts."""

    kind: ClassVar = QuestionKind.SHORT_TEXT
    answers: tuple[TextAnswer, ...]
    match_case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching(Content):
    """Each row gets a choice; choices may be left over or serve twice. See `letters_hiding_order` for the keys."""

    kind: ClassVar = QuestionKind.MATCHING
    pairs: tuple[Pair, ...]
    choices: tuple[Choice, ...]
    shuffle: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering(Content):
    """Items to put in order; they stand here in the right one."""

    kind: ClassVar = QuestionKind.ORDERING
    items: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A gap in a cloze, marked `[[key]]` in its text. `weight` is its share among the gaps."""

    key: str
    part: Single | Multiple | Numeric | ShortText
    weight: float = 1.0
    layout: Layout = Layout.DROPDOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloze(Content):
    """A text with gaps, each of them a small question."""

    kind: ClassVar = QuestionKind.CLOZE
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Essay(Content):
    """Free text that a person marks, by `guide`; it may start from `template`."""

    kind: ClassVar = QuestionKind.ESSAY
    guide: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUpload(Content):
    """Files that a person marks, by `guide`: at most `most`, of the kinds in `suffixes` (none named: of any taken)."""

    kind: ClassVar = QuestionKind.FILE
    guide: str = ""
    suffixes: tuple[str, ...] = ()
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotspot(Content):
    """Areas of a picture are chosen: one, or with `several` any number, whose fractions add up.

    `picture` is an attachment's name; coordinates count in a picture of `width` × `height`.
    """

    kind: ClassVar = QuestionKind.HOTSPOT
    picture: str
    width: int
    height: int
    areas: tuple[Area, ...]
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Description(Content):
    """A text between questions that asks nothing."""

    kind: ClassVar = QuestionKind.DESCRIPTION


CLASSES: dict[QuestionKind, type[Content]] = {
    cls.kind: cls
    for cls in (
        Single, Multiple, TrueFalse, Numeric, Calculated, ShortText, Matching, Ordering, Cloze, Essay, FileUpload,
        Hotspot, Description,
    )
}  # fmt: skip
# How texts refer to an attachment: this, then its name.
PLUGIN_FILE = "@@PLUGINFILE@@/"
FORMULA_IN_TEXT = re.compile(r"\{=((?:[^{}]|\{[^{}]*\}){1,1000})\}")
GAP_MARK = re.compile(r"\[\[([0-9]{1,6})\]\]")


# Building


def letter(number: int) -> str:
    """The key of the option at `number`, counted from 0: a … z, aa, ab …"""
    name = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        name = chr(ord("a") + place) + name
    return name


def letters_hiding_order(texts: Iterable[str]) -> dict[str, str]:
    """A key for each distinct text, given in the order of the texts' hashes.

    In matching and ordering the source's order is the answer; keys that followed it would show it to whoever reads the
    page's source.
    """
    in_order = sorted(set(texts), key=lambda text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return {text: letter(number) for number, text in enumerate(in_order)}


def matched(
    rows: Iterable[tuple[str, Format | None, str]], distractors: Iterable[str] = ()
) -> tuple[tuple[Pair, ...], tuple[Choice, ...]]:
    """Pairs and choices from (row, its format, choice) and the choices that belong to no row."""
    rows = list(rows)
    keys = letters_hiding_order([choice for _, _, choice in rows] + list(distractors))
    pairs = tuple(
        Pair(key=str(number), text=text, choice=keys[choice], format=format)
        for number, (text, format, choice) in enumerate(rows, 1)
    )
    return pairs, tuple(Choice(key=key, text=text) for text, key in keys.items())


def tidy_fraction(fraction: float) -> float:
    """`fraction`, or the simple fraction that its decimals abbreviate: 0.33333 is a third."""
    near = Fraction(fraction).limit_denominator(12)
    return float(near) if abs(near - Fraction(fraction)) < Fraction(1, 2000) else fraction


def keys_of(content: Content) -> frozenset[str]:
    """The keys that an answer may use: of options, rows and choices, areas or gaps with theirs."""
    match content:
        case Single() | Multiple():
            return frozenset(option.key for option in content.options)
        case Matching():
            rows = (f"row {pair.key}" for pair in content.pairs)
            return frozenset((*rows, *(choice.key for choice in content.choices)))
        case Ordering():
            return frozenset(item.key for item in content.items)
        case Hotspot():
            return frozenset(area.key for area in content.areas)
        case Cloze():
            return frozenset(
                f"{gap.key} {gap.part.kind} {key}" for gap in content.gaps for key in ("", *keys_of(gap.part))
            )
        case _:
            return frozenset()


# JSON


def content_to_json(content: Content) -> dict[str, Any]:
    """`content` as JSON: `type`, `format`, `text`, and what its type adds, without what stands at its default."""
    return {"type": content.kind.value, **_object_to_json(content)}


def _object_to_json(value: Any) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for field in fields(value):
        held = getattr(value, field.name)
        if field.default is MISSING or held != field.default:
            stored[field.name] = _to_json(held)
    return stored


def _to_json(value: Any) -> Any:
    if isinstance(value, Content):
        return content_to_json(value)
    if isinstance(value, tuple):
        return [_to_json(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    return _object_to_json(value) if is_dataclass(value) else value


def content_from_json(stored: Mapping[str, Any]) -> Content:
    """The content that `content_to_json` wrote. Raises ContentError where `stored` does not fit."""
    if not isinstance(stored, Mapping):
        raise ContentError("content is no object")
    try:
        cls = CLASSES[QuestionKind(str(stored.get("type")))]
    except (KeyError, ValueError) as error:
        raise ContentError(f"no question of type {stored.get('type')!r}") from error
    content: Content = _object_from_json(cls, {name: value for name, value in stored.items() if name != "type"})
    return content


@cache
def _field_types(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _object_from_json(cls: type, stored: Any) -> Any:
    if not isinstance(stored, Mapping):
        raise ContentError(f"{cls.__name__} is no object")
    types = _field_types(cls)
    unknown = [name for name in stored if name not in types]
    if unknown:
        raise ContentError(f"{cls.__name__} has no {unknown[0]!r}")
    values = {name: _from_json(types[name], value, name) for name, value in stored.items()}
    try:
        return cls(**values)
    except TypeError as error:
        raise ContentError(f"{cls.__name__} lacks a field") from error


def _from_json(expected: Any, value: Any, name: str) -> Any:
    if get_origin(expected) in (UnionType, Union):
        members = get_args(expected)
        if value is None and type(None) in members:
            return None
        real = [member for member in members if member is not type(None)]
        if len(real) > 1:
            part = content_from_json(value)
            if not isinstance(part, tuple(real)):
                raise ContentError(f"{name} cannot be of type {part.kind}")
            return part
        expected = real[0]
    if get_origin(expected) is tuple:
        if not isinstance(value, list | tuple):
            raise ContentError(f"{name} is no list")
        return tuple(_from_json(get_args(expected)[0], each, name) for each in value)
    if is_dataclass(expected) and isinstance(expected, type):
        return _object_from_json(expected, value)
    if expected is float and isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    if expected in (str, bool) and isinstance(value, expected):
        return value
    if expected is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1_000_000:
        return value
    if expected is Decimal and isinstance(value, str):
        return _decimal_from_json(value, name)
    if isinstance(expected, type) and issubclass(expected, StrEnum) and value in list(expected):
        return expected(value)
    raise ContentError(f"{name} cannot be {value!r:.80}")


def _decimal_from_json(value: str, name: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ContentError(f"{name} is no number") from error
    if not number.is_finite():
        raise ContentError(f"{name} is not finite")
    return number


# What a candidate may see

# fmt: off
PUBLIC_FIELDS = frozenset((
    "type", "format", "text", "points", "attachments", "name", "media_type",
    "options", "key", "shuffle", "pairs", "choices", "items", "gaps", "weight", "layout", "part",
    "units", "match_case", "template", "picture", "width", "height", "areas", "shape", "coordinates", "several",
    "suffixes", "most",
))
# fmt: on


def public_view(content: Content) -> dict[str, Any]:
    """The content as JSON without any key to what is right, for use while an attempt is open.

    Open is what `PUBLIC_FIELDS` names and nothing else. Items to order come by key, attachments without data and only
    those that the shown texts refer to.
    """
    shown: dict[str, Any] = _public(content_to_json(content))
    for name in ("items", "choices"):
        if name in shown:
            shown[name].sort(key=lambda each: (len(each["key"]), each["key"]))
    if "attachments" in shown:
        texts = "\n".join(_texts(shown))
        shown["attachments"] = [
            file
            for file in shown["attachments"]
            if PLUGIN_FILE + file["name"] in texts or file["name"] == shown.get("picture")
        ]
    return shown


def _public(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _public(held) for name, held in value.items() if name in PUBLIC_FIELDS}
    return [_public(each) for each in value] if isinstance(value, list) else value


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, held in value.items():
            if isinstance(held, str) and name in ("text", "template"):
                yield held
            else:
                yield from _texts(held)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


# What is wrong with a question


class Problem(StrEnum):
    """What is wrong with a question, in the words that its author reads."""

    EMPTY_TEXT = "the question has no text"
    FEW_OPTIONS = "there are fewer than two options"
    EMPTY_OPTION = "an option is empty"
    REPEATED_KEY = "two options have the same key"
    NO_RIGHT = "no option is right"
    WEIGHT = "a weight lies beyond 100 %"
    NO_ANSWER = "no answer is accepted"
    EMPTY_ANSWER = "an accepted answer is empty"
    TOLERANCE = "a tolerance is negative"
    NO_PAIRS = "there is nothing to match"
    FEW_CHOICES = "there are fewer than two choices to match"
    LOST_CHOICE = "a row belongs to no choice"
    EMPTY_ROW = "a row is empty"
    FEW_ITEMS = "there are fewer than two items to put in order"
    REPEATED_ITEM = "two items to put in order read the same"
    NO_GAPS = "the text has no gap"
    GAP_MISMATCH = "the gaps do not fit the marks in the text"
    NO_WEIGHT = "no gap has a weight"
    NO_VALUES = "a variable has no values, or not as many as the others"
    FORMULA = "a formula cannot be worked out for every draw of numbers"
    NO_PICTURE = "the picture is missing"
    NO_AREA = "there is no area to choose"
    OUTLINE = "an area has no outline within the picture"
    PENALTY = "a penalty lies beyond 100 %"
    # Advice: the question works, but its author should look at it.
    REPEATED_OPTION = "two options read the same"
    UNREACHABLE = "full marks cannot be reached"
    ALL_PAYS = "choosing every option gives full marks"
    ANYTHING_PAYS = "anything at all gives full marks"

    @property
    def is_advice(self) -> bool:
        """Whether the question can be used all the same."""
        return self in (Problem.REPEATED_OPTION, Problem.UNREACHABLE, Problem.ALL_PAYS, Problem.ANYTHING_PAYS)


def content_problems(content: Content) -> list[Problem]:
    """What is wrong with `content`, each problem once, gravest first."""
    found = set(_problems(content))
    if not content.text.strip():
        found.add(Problem.EMPTY_TEXT)
    if not (isfinite(content.penalty) and 0 <= content.penalty <= 1):
        found.add(Problem.PENALTY)
    return [problem for problem in Problem if problem in found]


def _problems(content: Content) -> Iterable[Problem]:
    match content:
        case Single() | Multiple():
            yield from _option_problems(content)
        case Numeric():
            yield from _answer_problems([answer.fraction for answer in content.answers])
            if any(answer.tolerance < 0 for answer in content.answers):
                yield Problem.TOLERANCE
            if any(unit.multiplier == 0 for unit in content.units):
                yield Problem.NO_ANSWER
            if any(answer.value is None and answer.fraction >= 1 for answer in content.answers):
                yield Problem.ANYTHING_PAYS
        case Calculated():
            yield from _calculated_problems(content)
        case Hotspot():
            yield from _hotspot_problems(content)
        case ShortText():
            yield from _answer_problems([answer.fraction for answer in content.answers])
            if not all(answer.text.strip() for answer in content.answers):
                yield Problem.EMPTY_ANSWER
            if any(not answer.text.strip("* ") and answer.text and answer.fraction >= 1 for answer in content.answers):
                yield Problem.ANYTHING_PAYS
        case Matching():
            yield from _matching_problems(content)
        case Ordering():
            yield from _ordering_problems(content)
        case Cloze():
            yield from _cloze_problems(content)


def _option_problems(content: Single | Multiple) -> Iterable[Problem]:
    fractions = [option.fraction for option in content.options]
    texts = [option.text.strip() for option in content.options]
    if len(fractions) < 2:
        yield Problem.FEW_OPTIONS
    if not all(texts):
        yield Problem.EMPTY_OPTION
    if len({option.key for option in content.options}) < len(fractions):
        yield Problem.REPEATED_KEY
    if len(set(texts)) < len(texts):
        yield Problem.REPEATED_OPTION
    if _beyond(fractions):
        yield Problem.WEIGHT
    if not any(fraction > 0 for fraction in fractions):
        yield Problem.NO_RIGHT
        return
    best = max(fractions) if isinstance(content, Single) else sum(fraction for fraction in fractions if fraction > 0)
    if best < 0.99:
        yield Problem.UNREACHABLE
    if isinstance(content, Multiple) and sum(fractions) >= 0.99 and not all(fraction > 0 for fraction in fractions):
        yield Problem.ALL_PAYS


def _answer_problems(fractions: list[float]) -> Iterable[Problem]:
    if not any(fraction > 0 for fraction in fractions):
        yield Problem.NO_ANSWER
    elif max(fractions) < 0.99:
        yield Problem.UNREACHABLE
    if _beyond(fractions):
        yield Problem.WEIGHT


def _calculated_problems(content: Calculated) -> Iterable[Problem]:
    yield from _answer_problems([answer.fraction for answer in content.answers])
    if any(answer.tolerance < 0 for answer in content.answers):
        yield Problem.TOLERANCE
    if any(unit.multiplier == 0 for unit in content.units):
        yield Problem.NO_ANSWER
    counts = {len(variable.values) for variable in content.variables}
    if len(counts) != 1 or 0 in counts:
        yield Problem.NO_VALUES
        return
    formulas = [answer.formula for answer in content.answers] + FORMULA_IN_TEXT.findall(content.text)
    for number in range(counts.pop()):
        drawn = {variable.name: variable.values[number] for variable in content.variables}
        try:
            for formula in formulas:
                value_of(formula, drawn)
        except FormulaError:
            yield Problem.FORMULA
            return


def _hotspot_problems(content: Hotspot) -> Iterable[Problem]:
    if not any(file.name == content.picture for file in content.attachments) or min(content.width, content.height) <= 0:
        yield Problem.NO_PICTURE
    if len(content.areas) < 2:
        yield Problem.NO_AREA
    if len({area.key for area in content.areas}) < len(content.areas):
        yield Problem.REPEATED_KEY
    if not all(_has_outline(area, content.width, content.height) for area in content.areas):
        yield Problem.OUTLINE
    fractions = [area.fraction for area in content.areas]
    if _beyond(fractions):
        yield Problem.WEIGHT
    if not any(fraction > 0 for fraction in fractions):
        yield Problem.NO_RIGHT
    elif (sum(max(fraction, 0) for fraction in fractions) if content.several else max(fractions)) < 0.99:
        yield Problem.UNREACHABLE


def _has_outline(area: Area, width: int, height: int) -> bool:
    given = area.coordinates
    if not all(isfinite(each) for each in given):
        return False
    if area.shape is Shape.POLYGON:
        across, down = given[::2], given[1::2]
        return len(given) >= 6 and len(given) % 2 == 0 and _within(across, width) and _within(down, height)
    if len(given) != {Shape.RECTANGLE: 4, Shape.CIRCLE: 3, Shape.ELLIPSE: 4}[area.shape]:
        return False
    if area.shape is Shape.RECTANGLE:
        left, top, right, bottom = given
        return left < right and top < bottom and _within((left, right), width) and _within((top, bottom), height)
    return min(given[2:]) > 0 and _within(given[:1], width) and _within(given[1:2], height)


def _within(places: Iterable[float], most: int) -> bool:
    return all(0 <= place <= most for place in places)


def _beyond(fractions: Iterable[float]) -> bool:
    return not all(isfinite(fraction) and abs(fraction) <= 1 for fraction in fractions)


def _matching_problems(content: Matching) -> Iterable[Problem]:
    keys = [choice.key for choice in content.choices]
    if not content.pairs:
        yield Problem.NO_PAIRS
    if len(keys) < 2:
        yield Problem.FEW_CHOICES
    if len(set(keys)) < len(keys) or len({pair.key for pair in content.pairs}) < len(content.pairs):
        yield Problem.REPEATED_KEY
    if not all(choice.text.strip() for choice in content.choices):
        yield Problem.EMPTY_OPTION
    if not all(pair.text.strip() for pair in content.pairs):
        yield Problem.EMPTY_ROW
    if any(pair.choice not in keys for pair in content.pairs):
        yield Problem.LOST_CHOICE


def _ordering_problems(content: Ordering) -> Iterable[Problem]:
    texts = [item.text.strip() for item in content.items]
    if len(texts) < 2:
        yield Problem.FEW_ITEMS
    if not all(texts):
        yield Problem.EMPTY_OPTION
    if len(set(texts)) < len(texts):
        yield Problem.REPEATED_ITEM
    if len({item.key for item in content.items}) < len(texts):
        yield Problem.REPEATED_KEY


def _cloze_problems(content: Cloze) -> Iterable[Problem]:
    if not content.gaps:
        yield Problem.NO_GAPS
        return
    if sorted(GAP_MARK.findall(content.text)) != sorted(gap.key for gap in content.gaps):
        yield Problem.GAP_MISMATCH
    if not sum(gap.weight for gap in content.gaps) > 0 or any(gap.weight < 0 for gap in content.gaps):
        yield Problem.NO_WEIGHT
    for gap in content.gaps:
        yield from _problems(gap.part)
