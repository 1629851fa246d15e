"""IMS QTI 1.2: items with their response processing, in the dialects of Common Cartridge and Canvas.

Specification: IMS Question & Test Interoperability ASI 1.2.1; its profile in IMS Common Cartridge 1.1 to 1.3. What
deviates here deviates in files that systems write: several <varequal> beside each other for one single response are
alternatives, and a condition that adds to the score lets the next ones follow unless it says continue="No".
"""

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from app.assessment.formats.items import (
    MAX_OPTIONS,
    FileUnreadable,
    Item,
    ItemRefused,
    Note,
    Reason,
    Refusal,
    taken,
)
from app.assessment.formats.prose import Find, Prose, Texts, check_size, joined, like_html, nowhere
from app.assessment.formats.scoring import (
    MAX_SCORE,
    Budget,
    Outcome,
    Responses,
    Steps,
    is_close,
    share,
    shares_of_options,
    shares_of_parts,
)
from app.assessment.formats.trees import Node, parse
from app.assessment.rules.content import (
    GAP_MARK,
    PLUGIN_FILE,
    Calculated,
    CalculatedAnswer,
    Choice,
    Cloze,
    Content,
    Description,
    Essay,
    FileUpload,
    Format,
    Gap,
    Layout,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    Pair,
    Problem,
    Rounding,
    ShortText,
    Single,
    TextAnswer,
    ToleranceKind,
    TrueFalse,
    Variable,
    letter,
    letters_hiding_order,
)
from app.assessment.rules.formulas import FormulaError, value_of
from app.assessment.rules.reading import EXACT, read_number

ROOT = "questestinterop"
TAG_FIELDS = frozenset(
    {"tag", "tags", "keyword", "keywords", "skill", "skills", "level", "qmd_keywords", "qmd_topic", "qmd_topics"}
)
# Titles that systems give to every question and that name none.
EMPTY_TITLES = frozenset({"", "question", "untitled", "item"})
# Types that ask for what cannot be asked here.
REFUSED_TYPES = frozenset({"hot_spot_question"})
# The profiles of Common Cartridge by the names that Canvas uses.
PROFILES = {
    "multiple_choice": "multiple_choice_question",
    "multiple_response": "multiple_answers_question",
    "true_false": "true_false_question",
    "fib": "short_answer_question",
    "pattern_match": "short_answer_question",
    "essay": "essay_question",
}
TRUE_WORDS = frozenset({"true", "t", "yes", "对", "正确", "是", "√"})
FALSE_WORDS = frozenset({"false", "f", "no", "错", "错误", "否", "×"})
RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")
RENDERINGS = ("render_choice", "render_fib", "render_hotspot", "render_slider", "render_extension")
LIMITS = ("varlt", "varlte", "vargt", "vargte")
_Range = tuple[Decimal, Decimal]
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPLIT = re.compile(r"[,;，；、\n]")


def read(source: bytes | str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a QTI 1.2 document, in its order. `skills` are the codes that tags may name.

    Raises FileUnreadable where the document as a whole cannot be read.
    """
    yield from questions(parse(source), skills)


def questions(
    root: Node,
    skills: Collection[str] = (),
    *,
    find: Find = nowhere,
    keywords: Iterable[str] = (),
    known: Collection[str] = (),
    budget: Budget | None = None,
) -> Iterator[Item | Refusal]:
    """The items of a parsed document.

    `find` leads to the files of the package that it came in, `keywords` belong to all its items, and `known` are the
    identifiers of items and banks in other files of the package. `budget` is for the marking of all its items.
    """
    if root.tag != ROOT:
        raise FileUnreadable(f"is XML, but not QTI 1.2: it begins with <{root.tag[:40]}>", root.line)
    keywords, budget = tuple(keywords), budget or Budget()
    here = identifiers(root) | set(known)
    for number, (node, place) in enumerate(_places(root, _Place(), here), 1):
        title = " ".join(node.get("title").split())
        try:
            if node.tag == "item":
                yield _Question(node, place, find, budget).item(number, skills, keywords)
            elif node.tag == "presentation_material":
                yield _passage(node, place, find, number, skills)
            else:
                name = node.own_text or node.get("linkrefid")
                raise ItemRefused(Reason.ELSEWHERE, name=name or node.tag)
        except ItemRefused as refused:
            yield Refusal(number, node.line, title, refused.remark)


def identifiers(root: Node) -> set[str]:
    """The identifiers of items, sections and banks in a document."""
    return {node.get("ident") for node in root.inside("item", "section", "objectbank", "assessment")} - {""}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item stands: the titles above it, and what its group says that each item is worth."""

    titles: tuple[str, ...] = ()
    points: str = ""


def _places(node: Node, place: _Place, known: Collection[str]) -> Iterator[tuple[Node, _Place]]:
    """Items, passages and references to items that are not in `known`, each with its place."""
    for child in node.children:
        if child.tag in ("item", "presentation_material"):
            yield child, place
        elif child.tag in ("assessment", "section", "objectbank"):
            title = child.get("title") or (_fields(child).get("bank_title", "") if child.tag == "objectbank" else "")
            titles = (*place.titles, title) if title else place.titles
            each = next((found.own_text for found in child.inside("points_per_item")), "") if _is_group(child) else ""
            yield from _places(child, _Place(titles, each or place.points), known)
        elif child.tag in ("itemref", "sectionref"):
            if child.get("linkrefid") not in known:
                yield child, place
        elif child.tag == "selection_ordering":
            for bank in child.inside("sourcebank_ref"):
                if bank.own_text not in known:
                    yield bank, place


def _is_group(node: Node) -> bool:
    return node.tag == "section" and node.first("selection_ordering") is not None


def _fields(node: Node) -> dict[str, str]:
    """The metadata of an item or bank by label, in small letters; several entries of a label joined by commas."""
    found: dict[str, str] = {}
    for metadata in node.named("itemmetadata", "qtimetadata"):
        for each in metadata.every():
            if each.tag == "qtimetadatafield":
                label, entry = each.first("fieldlabel"), each.first("fieldentry")
                if label is not None and entry is not None:
                    name = label.own_text.lower()
                    found[name] = f"{found[name]},{entry.own_text}" if found.get(name) else entry.own_text
            elif each.tag.startswith("qmd_"):
                found.setdefault(each.tag.lower(), each.own_text)
    return found


def _passage(node: Node, place: _Place, find: Find, number: int, skills: Collection[str]) -> Item:
    texts = Texts(find)
    text = joined(_materials(node, texts))
    content = Description(
        text=text.text,
        format=Format.HTML if text.is_html else Format.PLAIN,
        attachments=tuple(texts.attachments.values()),
    )
    return taken(number, node.line, content, category="/".join(place.titles), remarks=texts.remarks, skills=skills)


# Texts


def _materials(node: Node, texts: Texts) -> Iterator[Prose]:
    """The texts, pictures and sounds in `node`, in their order, up to the responses."""
    for child in node.children:
        match child.tag:
            case "mattext" | "matemtext":
                yield _mattext(child, texts)
            case "matbreak":
                yield Prose("<br>", True)
            case "matimage" | "mataudio" | "matvideo":
                yield _media(child, texts)
            case "matapplet" | "matapplication" | "matref" | "mat_extension":
                texts.note(Note.MEDIA, name=child.get("uri") or child.get("linkrefid") or child.tag)
            case "response_label" | "qticomment" | "altmaterial" | "hint" | "solution":
                continue
            case tag if tag in RESPONSES or tag in RENDERINGS:
                continue
            case _:
                yield from _materials(child, texts)


def _mattext(node: Node, texts: Texts) -> Prose:
    if node.get("uri"):
        texts.note(Note.MEDIA, name=node.get("uri"))
    kind = node.get("texttype").lower()
    written = node.own_text
    if node.children:
        text = texts.inner(node)
    elif kind in ("text/html", "text/xhtml", "html") or (not kind and like_html(written)):
        text = texts.html(written)
    else:
        text = texts.plain(written)
    return Prose(f"<em>{text.html}</em>", True) if node.tag == "matemtext" and text else text


def _media(node: Node, texts: Texts) -> Prose:
    address = node.get("uri") or node.get("label") or node.tag
    if node.get("embedded").lower() == "base64" or (not node.get("uri") and node.own_text):
        media_type = node.get("imagtype") or node.get("audiotype") or node.get("videotype")
        name = texts.embedded(address, node.own_text, media_type)
        if name is None:
            return Prose()
        address = PLUGIN_FILE + name
    written = html.escape(address)
    if node.tag == "matimage":
        return texts.html(f'<img src="{written}" alt="">')
    return texts.html(f'<a href="{written}">{html.escape(address.rpartition("/")[2])}</a>')


# What can be answered


@dataclass(slots=True)
class _Label:
    """One thing to choose."""

    ident: str
    text: Prose
    groups: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Response:
    """One thing to answer: its identifier, the text that belongs to it, what is offered."""

    ident: str
    tag: str
    cardinality: str
    prompt: Prose
    labels: list[_Label] = field(default_factory=list)
    rendering: str = ""
    is_number: bool = False
    shuffle: bool = False

    def options(self) -> list[str]:
        """The identifiers of what is offered."""
        return [label.ident for label in self.labels]


def _response(node: Node, texts: Texts) -> _Response:
    rendering = next(iter(node.inside(*RENDERINGS)), None)
    ahead = list(_materials(node, texts))
    response = _Response(node.get("ident"), node.tag, node.get("rcardinality").lower(), joined(ahead))
    if rendering is None:
        return response
    response.rendering = rendering.tag
    fib_type = (rendering.get("fibtype") or rendering.get("fibType")).lower()
    response.is_number = node.tag == "response_num" or fib_type in ("decimal", "integer", "scientific")
    fixed = False
    for label in rendering.inside("response_label"):
        groups = frozenset(part.strip() for part in label.get("match_group").split(",") if part.strip())
        response.labels.append(_Label(label.get("ident"), joined(_materials(label, texts)), groups))
        fixed = fixed or label.get("rshuffle").lower() == "no"
    if len(response.labels) > MAX_OPTIONS:
        raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
    response.shuffle = rendering.get("shuffle").lower() == "yes"
    if response.shuffle and fixed:
        response.shuffle = False
        texts.note(Note.FIXED)
    return response


# How it is marked


@dataclass(frozen=True, slots=True)
class _Literal:
    """A value that a condition asks for."""

    ident: str
    value: str
    tag: str
    match_case: bool
    index: str


class _Marking:
    """The response processing of one item, as a function from answers to score and feedback."""

    def __init__(self, node: Node, responses: Iterable[_Response], budget: Budget) -> None:
        self.single = {response.ident for response in responses if response.cardinality != "multiple"}
        self.numeric = {response.ident for response in responses if response.is_number}
        self._steps = Steps(budget)
        self.conditions: list[Node] = []
        self._variables: dict[str, tuple[float, float | None, float | None]] = {}
        for processing in node.named("resprocessing"):
            self.conditions += list(processing.inside("respcondition"))
            for variable in processing.inside("decvar"):
                name = variable.get("varname").upper() or "SCORE"
                start = self._number(variable.get("defaultval") or "0")
                low, high = (read_number(variable.get(limit)) for limit in ("minvalue", "maxvalue"))
                self._variables[name] = (
                    start,
                    None if low is None else float(low),
                    None if high is None or abs(high) > MAX_SCORE else float(high),
                )
        self._literals = [_literals(condition) for condition in self.conditions]
        self._by_ident: dict[str, list[_Literal]] = {}
        for literals in self._literals:
            for literal in literals:
                self._by_ident.setdefault(literal.ident, []).append(literal)
        named = [self._name(each) for condition in self.conditions for each in condition.named("setvar")]
        self.variable = "SCORE" if "SCORE" in named or not named else named[0]
        self.highest = self._variables.get(self.variable, (0.0, None, None))[2] or 0.0

    @staticmethod
    def _name(setvar: Node) -> str:
        return (setvar.get("varname") or setvar.get("variablename") or "SCORE").upper()

    def _number(self, written: str) -> float:
        number = read_number(written)
        if number is None or abs(number) > MAX_SCORE:
            raise ItemRefused(Reason.NO_NUMBER, text=written)
        return float(number)

    def __call__(self, responses: Responses) -> Outcome:
        """What `responses` earn and show."""
        values = {name: start for name, (start, _, _) in self._variables.items()}
        shown: dict[str, None] = {}
        for condition in self.conditions:
            if not self._holds(condition.named("conditionvar"), responses):
                continue
            adds = False
            for setvar in condition.named("setvar"):
                adds = self._set(setvar, values) or adds
            for feedback in condition.named("displayfeedback"):
                self._steps.take()
                shown[feedback.get("linkrefid")] = None
            follows = condition.get("continue").lower()
            if follows == "no" or (not follows and not adds and condition.named("setvar")):
                break
        score = values.get(self.variable, 0.0)
        _, low, high = self._variables.get(self.variable, (0.0, None, None))
        score = score if low is None else max(score, low)
        return Outcome(score if not high else min(score, high), tuple(shown))

    def _set(self, setvar: Node, values: dict[str, float]) -> bool:
        """Changes a variable; whether the change builds on what it was."""
        name, action, written = self._name(setvar), setvar.get("action").lower() or "set", setvar.own_text
        by = self.highest or 1.0 if written.upper() == f"{name}.MAX" else self._number(written or "0")
        was = values.get(name, 0.0)
        match action:
            case "add":
                values[name] = was + by
            case "subtract":
                values[name] = was - by
            case "multiply":
                values[name] = was * by
            case "divide" if by:
                values[name] = was / by
            case "set":
                values[name] = by
            case _:
                raise ItemRefused(Reason.MARKING, type=f"setvar {action}")
        return action != "set"

    def score(self, responses: Responses) -> float:
        """What `responses` earn."""
        return self(responses).score

    def _holds(self, nodes: Iterable[Node], responses: Responses) -> bool:
        """Whether all that stands inside `nodes` holds."""
        return all(self._all(node, responses, alternatives=True) for node in nodes)

    def _all(self, node: Node, responses: Responses, alternatives: bool = False) -> bool:
        self._steps.take()
        beside: dict[str, list[Node]] = {}
        for child in node.children:
            if alternatives and child.tag in ("varequal", "varsubstring") and child.get("respident") in self.single:
                beside.setdefault(child.get("respident"), []).append(child)
            elif not self._one(child, responses):
                return False
        return all(any(self._one(each, responses) for each in values) for values in beside.values())

    def _one(self, node: Node, responses: Responses) -> bool:
        self._steps.take()
        given = responses.get(node.get("respident"), ())
        match node.tag:
            case "and":
                return self._all(node, responses)
            case "or":
                return any(self._one(child, responses) for child in node.children)
            case "not":
                return not self._all(node, responses)
            case "other":
                return True
            case "unanswered":
                return not given
            case "varequal":
                if index := node.get("index"):
                    place = int(index) - 1 if index.isdecimal() and len(index) < 6 else -1
                    given = given[place : place + 1] if place >= 0 else ()
                return any(self._equal(node, each) for each in given)
            case "varsubset":
                wanted = {part.strip() for part in node.own_text.split(",")}
                exact = node.get("setmatch").lower() in ("", "exact")
                return wanted == set(given) if exact else bool(wanted & set(given))
            case "varsubstring":
                return any(self._cased(node, node.own_text) in self._cased(node, each) for each in given)
            case "varlt" | "varlte" | "vargt" | "vargte":
                limit = read_number(node.own_text)
                numbers = [number for each in given if (number := read_number(each)) is not None]
                if limit is None:
                    raise ItemRefused(Reason.NO_NUMBER, text=node.own_text)
                return any(_compare(node.tag, number, limit) for number in numbers)
            case _:
                raise ItemRefused(Reason.MARKING, type=node.tag)

    def _cased(self, node: Node, text: str) -> str:
        return text.strip() if node.get("case").lower() == "yes" else text.strip().casefold()

    def _equal(self, node: Node, given: str) -> bool:
        wanted = node.own_text
        if node.get("respident") in self.numeric:
            one, other = read_number(wanted), read_number(given)
            return one is not None and one == other
        return self._cased(node, wanted) == self._cased(node, given)

    def all_literals(self, ident: str) -> list[_Literal]:
        """What all conditions ask for in one response."""
        return self._by_ident.get(ident, [])

    def answers(self) -> Iterator[list[_Literal]]:
        """What each condition that changes the score asks for."""
        for condition, literals in zip(self.conditions, self._literals, strict=True):
            if condition.named("setvar"):
                yield literals

    def ranges(self, condition: Node, ident: str) -> list[_Range]:
        """The ranges, ends included, in which a condition on a number holds."""
        return [limits for node in condition.named("conditionvar") for limits in self._ranges(node, ident)]

    def _ranges(self, node: Node, ident: str) -> list[_Range]:
        low: Decimal | None = None
        high: Decimal | None = None
        found: list[_Range] = []
        for child in node.children:
            self._steps.take()
            if child.tag in ("and", "or"):
                found += self._ranges(child, ident)
            if child.tag == "not" and any(each.get("respident") == ident for each in child.every()):
                raise ItemRefused(Reason.MARKING, type=child.tag)
            if child.get("respident") != ident:
                continue
            if child.tag not in (*LIMITS, "varequal"):
                raise ItemRefused(Reason.MARKING, type=child.tag)
            number = read_number(child.own_text)
            if number is None:
                raise ItemRefused(Reason.NO_NUMBER, text=child.own_text)
            if child.tag == "varequal":
                found.append((number, number))
            elif child.tag in ("varlt", "varlte"):
                high = number
            else:
                low = number
        if (low is None) != (high is None):
            raise ItemRefused(Reason.OPEN_RANGE)
        if low is not None and high is not None:
            if low > high:
                raise ItemRefused(Reason.BACKWARDS, text=f"{low}..{high}")
            found.append((low, high))
        return found


def _literals(condition: Node) -> list[_Literal]:
    """What a condition asks for, outside of <not>."""
    found = []
    waiting = list(reversed(condition.named("conditionvar")))
    while waiting:
        node = waiting.pop()
        if node.tag in ("varequal", "varsubstring", "varsubset"):
            case = node.get("case").lower() == "yes"
            found.append(_Literal(node.get("respident"), node.own_text, node.tag, case, node.get("index")))
        elif node.tag != "not":
            waiting.extend(reversed(node.children))
    return found


def _compare(tag: str, number: Decimal, limit: Decimal) -> bool:
    match tag:
        case "varlt":
            return number < limit
        case "varlte":
            return number <= limit
        case "vargt":
            return number > limit
        case _:
            return number >= limit


# One item


class _Question:
    """One <item>, with what turns up while it is read."""

    def __init__(self, node: Node, place: _Place, find: Find, budget: Budget) -> None:
        self.node = node
        self.budget = budget
        self.place = place
        self.texts = Texts(find)
        self.fields = _fields(node)
        profile = self.fields.get("cc_profile", "").lower().removeprefix("cc.").partition(".")[0]
        self.kind = self.fields.get("question_type", "").strip().lower() or PROFILES.get(profile, "")
        self.parts: list[Prose | _Response] = []
        self.feedback: dict[str, Prose] = {}
        self.used: set[str] = set()
        self.format = Format.HTML
        self.general: list[str] = []
        self.right: list[str] = []
        self.wrong: list[str] = []

    def item(self, number: int, skills: Collection[str], keywords: Iterable[str]) -> Item:
        """The question as an item. Raises ItemRefused."""
        if self.kind in REFUSED_TYPES:
            raise ItemRefused(Reason.UNSUPPORTED, type=self.kind)
        for presentation in self.node.named("presentation"):
            self._walk(presentation)
        solutions, guides, hints = self._read_feedback()
        self.responses = [part for part in self.parts if isinstance(part, _Response)]
        if any(response.tag == "response_xy" or response.rendering == "render_hotspot" for response in self.responses):
            raise ItemRefused(Reason.UNSUPPORTED, type="render_hotspot")
        for response in self.responses:
            response.is_number = response.is_number or self.kind == "numerical_question"
        self.marking = _Marking(self.node, self.responses, self.budget)
        is_html = any(part.is_html for part in self.parts if isinstance(part, Prose)) or any(
            text.is_html for text in (*self.feedback.values(), *solutions, *guides, *hints)
        )
        self.format = Format.HTML if is_html else Format.PLAIN
        content = self._content()
        if isinstance(content, Essay | FileUpload):
            content = replace(content, guide=self._written(joined([*guides, *solutions])))
            solutions = []
        general = joined([*(self._feedback(ident) for ident in self.general), *solutions])
        content = replace(
            content,
            general_feedback=self._written(general),
            right_feedback=self._said(self.right),
            wrong_feedback=self._said(self.wrong),
            points=self._points(),
            hints=tuple(self._written(hint) for hint in hints),
            attachments=tuple(self.texts.attachments.values()),
        )
        check_size(content)
        lost = [ident for ident, text in self.feedback.items() if text and ident not in self.used]
        if lost:
            self.texts.note(Note.FEEDBACK_LEFT_OUT, count=len(lost))
        title = " ".join(self.node.get("title").split())
        return taken(
            number,
            self.node.line,
            content,
            name="" if title.lower() in EMPTY_TITLES else title,
            tags=[*self._tags(), *keywords],
            category="/".join(self.place.titles),
            remarks=self.texts.remarks,
            skills=skills,
        )

    def _walk(self, node: Node) -> None:
        """The parts of a presentation in their order."""
        for child in node.children:
            if child.tag in RESPONSES:
                if len(self.parts) > MAX_OPTIONS:
                    raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
                self.parts.append(_response(child, self.texts))
            elif child.tag == "material":
                self.parts += [text for text in _materials(child, self.texts) if text]
            elif child.tag not in ("qticomment", "label"):
                self._walk(child)

    def _read_feedback(self) -> tuple[list[Prose], list[Prose], list[Prose]]:
        """Keeps the feedback by identifier; the solutions, what tells the marker what to look for, and the hints."""
        solutions, hints = [], []
        for feedback in self.node.named("itemfeedback"):
            solutions += [joined(_materials(solution, self.texts)) for solution in feedback.inside("solution")]
            hints += [joined(_materials(hint, self.texts)) for hint in feedback.inside("hint")]
            self.feedback[feedback.get("ident")] = joined(_materials(feedback, self.texts))
        guides = [joined(_materials(rubric, self.texts)) for rubric in self.node.named("rubric")]
        return solutions, guides, [hint for hint in hints if hint]

    def _tags(self) -> Iterator[str]:
        for label, entry in self.fields.items():
            if label in TAG_FIELDS:
                for tag in _SPLIT.split(entry):
                    tag = tag.strip()
                    yield f"level-{tag}" if label == "level" and tag.isdecimal() else tag
        for keyword in self.node.inside("keyword"):
            yield keyword.text

    def _points(self) -> float:
        """The group's points for each item, the item's own, its weighting, the highest score where that is one."""
        scores = str(self.marking.highest) if self.marking.highest != 100 and self.kind == "" else ""
        for given in (
            self.place.points,
            self.fields.get("points_possible", ""),
            self.fields.get("cc_weighting", ""),
            self.fields.get("qmd_weighting", ""),
            scores,
        ):
            points = read_number(given) if given else None
            if points is not None and 0 <= points <= 1_000_000 and (points or given != scores):
                return float(points)
        return 1.0

    # Texts

    def _written(self, text: Prose) -> str:
        """`text` in the format of the question."""
        return text.html if self.format is Format.HTML else text.text

    def _asked(self) -> str:
        """What is asked, without the responses."""
        return self._written(joined(part if isinstance(part, Prose) else part.prompt for part in self.parts))

    def _feedback(self, ident: str) -> Prose:
        self.used.add(ident)
        return self.feedback.get(ident, Prose())

    def _said(self, idents: Iterable[str]) -> str:
        return self._written(joined(self._feedback(ident) for ident in idents))

    def _sort(self, shown: Iterable[tuple[bool, Iterable[str]]]) -> Callable[[Iterable[str]], Prose]:
        """Tells general feedback and that for right and wrong answers, given (is right, what is shown) per answer.

        Returns what is left for one answer.
        """
        given = [(is_right, [ident for ident in idents if self.feedback.get(ident)]) for is_right, idents in shown]
        common = set.intersection(*(set(idents) for _, idents in given)) if given else set()
        order = dict.fromkeys(ident for _, idents in given for ident in idents)
        for ident in order:
            name = ident.lower()
            if ident in common:
                self.general.append(ident)
            elif re.match(r"(?:general_)?incorrect", name):
                self.wrong.append(ident)
            elif re.match(r"(?:general_)?correct", name):
                self.right.append(ident)
        beside = {*self.general, *self.right, *self.wrong}
        return lambda idents: joined(
            self._feedback(ident) for ident in idents if ident not in beside and self.feedback.get(ident)
        )

    def _option(self, place: int, text: Prose, fraction: float, said: Prose) -> Option:
        return Option(
            key=letter(place),
            text=text.text,
            fraction=fraction,
            format=text.within(self.format),
            feedback=said.text,
            feedback_format=said.within(self.format),
        )

    # Types

    def _content(self) -> Content:
        responses = self.responses
        if self.kind == "text_only_question" or (not responses and not self.kind):
            return Description(text=self._asked(), format=self.format)
        if self.kind == "file_upload_question":
            return FileUpload(text=self._asked(), format=self.format)
        if self.kind == "calculated_question":
            return self._calculated()
        if not responses:
            raise ItemRefused(Reason.NO_RESPONSE)
        if self.kind in ("multiple_dropdowns_question", "fill_in_multiple_blanks_question"):
            return self._named_gaps()
        if self.kind == "matching_question" or self._is_matching():
            return self._matching()
        if len(responses) > 1:
            return self._cloze()
        response = responses[0]
        match response.tag:
            case "response_grp":
                return self._grouped(response)
            case "response_lid" if response.cardinality == "ordered":
                return self._ordering(response)
            case "response_lid" if response.cardinality == "multiple" or self.kind == "multiple_answers_question":
                return self._multiple(response)
            case "response_lid":
                return self._single(response)
            case _ if self.kind == "essay_question" or not self._is_compared(response.ident):
                return Essay(text=self._asked(), format=self.format)
        if response.is_number:
            return replace(self._numbers(response), text=self._asked())
        return replace(self._words(response), text=self._asked())

    def _is_compared(self, ident: str) -> bool:
        """Whether a condition compares what is typed, so that no person need mark it."""
        return any(
            node.get("respident") == ident
            for condition in self.marking.conditions
            for node in condition.inside("varequal", "varsubstring", "varsubset", *LIMITS)
        )

    def _single(self, response: _Response, text: str | None = None) -> Content:
        outcomes = [self.marking({response.ident: (option,)}) for option in response.options()]
        full = max([self.marking.highest, *(outcome.score for outcome in outcomes)])
        shares = [share(outcome.score, full) for outcome in outcomes]
        rest = self._sort([(each == 1, outcome.shown) for each, outcome in zip(shares, outcomes, strict=True)])
        said = [rest(outcome.shown) for outcome in outcomes]
        if (self.kind in ("true_false_question", "") and len(shares) == 2 and sorted(shares)[1] == 1) and min(
            shares
        ) <= 0:
            truths = [_truth(label) for label in response.labels]
            if sorted(truths, key=str) == [False, True]:
                yes, no = truths.index(True), truths.index(False)
                return TrueFalse(
                    text=self._asked(),
                    format=self.format,
                    right=shares[yes] == 1,
                    feedback_true=said[yes].text,
                    feedback_true_format=said[yes].within(self.format),
                    feedback_false=said[no].text,
                    feedback_false_format=said[no].within(self.format),
                )
        return Single(
            text=self._asked() if text is None else text,
            format=self.format,
            options=tuple(
                self._option(place, label.text, each, what)
                for place, (label, each, what) in enumerate(zip(response.labels, shares, said, strict=True))
            ),
            shuffle=response.shuffle,
        )

    def _multiple(self, response: _Response) -> Multiple:
        ident, options = response.ident, response.options()

        def score(chosen: Collection[str]) -> float:
            return self.marking.score({ident: tuple(chosen)} if chosen else {})

        candidates = [
            {part.strip() for literal in literals for part in literal.value.split(",")}
            if any(literal.tag == "varsubset" for literal in literals)
            else {literal.value for literal in literals if literal.ident == ident}
            for literals in self.marking.answers()
        ]
        shares, note = shares_of_options(score, options, candidates, self.marking.highest)
        if note is Note.ALL_OR_NOTHING and self.fields.get("question_type"):
            # Canvas writes all or nothing, and itself takes as much for a wrong option as it gives for a right one.
            right = sum(each > 0 for each in shares.values())
            shares = {option: each if each > 0 else -1 / right for option, each in shares.items()}
        elif note:
            self.texts.note(note)
        outcomes = [self.marking({ident: (option,)}) for option in options]
        best = tuple(option for option in options if shares[option] > 0)
        whole, nothing = self.marking({ident: best}), self.marking({})
        rest = self._sort([(True, whole.shown), (False, nothing.shown)])
        always = {*whole.shown} & {*nothing.shown}
        return Multiple(
            text=self._asked(),
            format=self.format,
            options=tuple(
                self._option(
                    place,
                    label.text,
                    shares[label.ident],
                    rest(shown for shown in outcome.shown if shown not in always and shown not in nothing.shown),
                )
                for place, (label, outcome) in enumerate(zip(response.labels, outcomes, strict=True))
            ),
            shuffle=response.shuffle,
        )

    def _ordering(self, response: _Response) -> Ordering:
        idents = response.options()
        for literals in self.marking.answers():
            asked = [literal for literal in literals if literal.ident == response.ident]
            if all(literal.index.isdecimal() for literal in asked):
                asked.sort(key=lambda literal: int(literal.index[:6]))
            order = [part.strip() for literal in asked for part in literal.value.split(",")]
            if sorted(order) == sorted(idents) and self.marking.score({response.ident: tuple(order)}) > 0:
                break
        else:
            raise ItemRefused(Reason.MARKING, type="Ordered")
        self.texts.note(Note.ALL_OR_NOTHING)
        self._sort([(True, self.marking({response.ident: tuple(order)}).shown), (False, self.marking({}).shown)])
        by_ident = {label.ident: label.text for label in response.labels}
        items = [by_ident[ident] for ident in order]
        keys = letters_hiding_order(item.text for item in items)
        return Ordering(
            text=self._asked(),
            format=self.format,
            items=tuple(Choice(key=keys[item.text], text=item.text, format=item.within(self.format)) for item in items),
        )

    def _typed(
        self, response: _Response, values: list[str], shares: Mapping[str, float] | None
    ) -> list[tuple[float, Prose]]:
        """The share of each value that may be typed, and what it says; `shares` are those in a gap."""
        if shares is not None:
            return [(shares.get(value, 0.0), Prose()) for value in values]
        outcomes = [self.marking({response.ident: (value,)}) for value in values]
        full = max([self.marking.highest, *(outcome.score for outcome in outcomes)])
        other = self.marking({response.ident: ("\0",)})
        rest = self._sort([*((True, outcome.shown) for outcome in outcomes), (False, other.shown)])
        return [
            (share(outcome.score, full), rest(shown for shown in outcome.shown if shown not in other.shown))
            for outcome in outcomes
        ]

    def _words(self, response: _Response, shares: Mapping[str, float] | None = None) -> ShortText:
        literals = list(
            {(literal.value, literal.tag): literal for literal in self.marking.all_literals(response.ident)}.values()
        )
        if len(literals) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        typed = self._typed(response, [literal.value for literal in literals], shares)
        cases = {literal.match_case for literal, (fraction, _) in zip(literals, typed, strict=True) if fraction > 0}
        if len(cases) > 1:
            self.texts.note(Note.CASE)
        return ShortText(
            text="",
            format=self.format,
            answers=tuple(
                TextAnswer(
                    text=_pattern(literal),
                    fraction=fraction,
                    feedback=said.text,
                    feedback_format=said.within(self.format),
                )
                for literal, (fraction, said) in zip(literals, typed, strict=True)
                if fraction or said
            ),
            match_case=cases == {True},
        )

    def _ranges(self, ident: str) -> list[_Range]:
        """The ranges that conditions name for a number, without those that another one holds in its middle."""
        found: dict[_Range, None] = {}
        for condition in self.marking.conditions:
            if condition.named("setvar") or condition.named("displayfeedback"):
                found |= dict.fromkeys(self.marking.ranges(condition, ident))
                if any(node.tag in ("varlt", "vargt") for node in condition.every()):
                    self.texts.note(Note.BOUNDS)
        if len(found) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        centres = {_middle(limits) for limits in found if limits[0] < limits[1]}
        return [limits for limits in found if limits[0] < limits[1] or limits[0] not in centres]

    def _numbers(self, response: _Response, shares: Mapping[str, float] | None = None) -> Numeric:
        ranges = self._ranges(response.ident)
        typed = self._typed(response, [str(_middle(limits)) for limits in ranges], shares)
        answers = [
            NumericAnswer(
                value=_middle(limits),
                tolerance=EXACT.divide(EXACT.subtract(limits[1], limits[0]), Decimal(2)),
                fraction=fraction,
                feedback=said.text,
                feedback_format=said.within(self.format),
            )
            for limits, (fraction, said) in zip(ranges, typed, strict=True)
            if fraction or said
        ]
        return Numeric(text="", format=self.format, answers=tuple(sorted(answers, key=lambda each: -each.fraction)))

    def _calculated(self) -> Calculated:
        """Canvas: numbers drawn beforehand, each draw with its result; `[name]` in the text stands for a number.

        Where the formula gives the results in the notation here, it is kept; else results are drawn like numbers.
        """
        sets = list(self.node.inside("var_set"))
        formulas = [formula.own_text for formula in self.node.inside("formula")]
        if not sets or not formulas or len(sets) > MAX_OPTIONS:
            raise ItemRefused(Reason.MARKING, type="var_sets")
        columns: dict[str, list[Decimal]] = {}
        results = []
        for each in sets:
            for variable in each.named("var"):
                columns.setdefault(variable.get("name"), []).append(_decimal(variable.own_text))
            results.append(_decimal(next((answer.own_text for answer in each.named("answer")), "")))
        places = next((node.get("decimal_places") for node in self.node.inside("formulas")), "")
        digits = min(int(places), 15) if places.isdecimal() and len(places) < 4 else 2
        formula = _formula(formulas[0], columns) if len(formulas) == 1 else ""
        if not formula or not _gives(formula, columns, results, digits):
            name = next(name for name in ("result", *(f"result{n}" for n in range(99))) if name not in columns)
            columns[name] = results
            formula = f"{{{name}}}"
            self.texts.note(Note.RESULTS, text="; ".join(formulas))
        tolerance = next((node.own_text for node in self.node.inside("answer_tolerance")), "") or "0"
        is_share = tolerance.endswith("%")
        margin = _decimal(tolerance.removesuffix("%"))
        text = self._asked()
        for name in columns:
            text = text.replace(f"[{name}]", f"{{{name}}}")
        return Calculated(
            text=text,
            format=self.format,
            answers=(
                CalculatedAnswer(
                    formula=formula,
                    fraction=1.0,
                    tolerance=EXACT.divide(margin, Decimal(100)) if is_share else margin,
                    tolerance_kind=ToleranceKind.SHARE if is_share else ToleranceKind.NUMBER,
                    digits=digits,
                    rounding=Rounding.DECIMALS,
                ),
            ),
            variables=tuple(Variable(name=name, values=tuple(values)) for name, values in columns.items()),
        )

    # Several responses

    def _best(self) -> dict[str, str]:
        """The answer that the condition with the highest score asks for, one value a response."""
        best: dict[str, str] = {}
        most = self.marking.score({})
        for literals in self.marking.answers():
            asked = {literal.ident: literal.value for literal in literals}
            score = self.marking.score({ident: (value,) for ident, value in asked.items()})
            if score > most:
                best, most = asked, score
        return best

    def _is_matching(self) -> bool:
        """Whether several rows, each with a text of its own, offer the same choices."""
        if len(self.responses) < 2 or any(
            response.tag != "response_lid" or response.cardinality in ("multiple", "ordered") or not response.prompt
            for response in self.responses
        ):
            return False
        offered = [[(label.ident, label.text.text) for label in response.labels] for response in self.responses]
        return len(offered[0]) > 1 and all(each == offered[0] for each in offered)

    def _matching(self) -> Matching:
        texts: dict[str, Prose] = {}
        for response in self.responses:
            if response.tag != "response_lid":
                raise ItemRefused(Reason.UNSUPPORTED, type=f"{self.kind} {response.tag}")
            for label in response.labels:
                texts.setdefault(label.ident, label.text)
        # Two choices that read the same are one.
        shares, weights, note = shares_of_parts(
            self.marking.score, {response.ident: response.options() for response in self.responses}, self._best()
        )
        if note:
            self.texts.note(note)
        if not all(is_close(weight, max(weights.values()), max(weights.values())) for weight in weights.values()):
            self.texts.note(Note.ROW_WEIGHTS)
        rows = []
        for response in self.responses:
            offered = shares[response.ident]
            ident = max(offered, key=lambda choice: offered[choice], default="")
            if not ident or offered[ident] <= 0:
                raise ItemRefused(Problem.LOST_CHOICE)
            rows.append((response.prompt, texts[ident]))
        right = {ident: (max(offered, key=lambda choice: offered[choice]),) for ident, offered in shares.items()}
        return self._pairs(rows, texts.values(), self._question_text(), right)

    def _question_text(self) -> str:
        return self._written(joined(part for part in self.parts if isinstance(part, Prose)))

    def _pairs(
        self, rows: list[tuple[Prose, Prose]], choices: Iterable[Prose], text: str, right: Responses
    ) -> Matching:
        offered = {choice.text: choice for choice in choices}
        keys = letters_hiding_order(offered)
        self._sort([(False, self.marking({}).shown), (True, self.marking(right).shown)])
        return Matching(
            text=text,
            format=self.format,
            pairs=tuple(
                Pair(key=str(number), text=row.text, choice=keys[choice.text], format=row.within(self.format))
                for number, (row, choice) in enumerate(rows, 1)
            ),
            choices=tuple(
                Choice(key=key, text=text, format=offered[text].within(self.format)) for text, key in keys.items()
            ),
        )

    def _grouped(self, response: _Response) -> Matching:
        """One response in which labels are drawn to each other: those with a match_group are the rows."""
        by_ident = {label.ident: label for label in response.labels}
        partner: dict[str, str] = {}
        for literals in self.marking.answers():
            for literal in literals:
                first, _, second = (part.strip() for part in literal.value.partition(","))
                if first in by_ident and second in by_ident:
                    if not by_ident[first].groups and by_ident[second].groups:
                        first, second = second, first
                    if partner.setdefault(first, second) != second:
                        raise ItemRefused(Reason.MANY_TO_MANY)
        rows = [label for label in response.labels if label.groups or label.ident in partner]
        if any(row.ident not in partner for row in rows):
            raise ItemRefused(Problem.LOST_CHOICE)
        chosen = [label for label in response.labels if label not in rows]
        pairs = [(row.text, by_ident[partner[row.ident]].text) for row in rows]
        offered = [label.text for label in chosen] + [choice for _, choice in pairs]
        right = {response.ident: tuple(f"{row.ident},{partner[row.ident]}" for row in rows)}
        return self._pairs(pairs, offered, self._asked(), right)

    def _gap_shares(self) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
        """Shares and weights of the responses, where what is typed counts by the texts that conditions name."""
        choices = {response.ident: self._offered(response) for response in self.responses}
        if any(len(offered) > MAX_OPTIONS for offered in choices.values()):
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        shares, weights, note = shares_of_parts(self.marking.score, choices, self._best())
        if note:
            self.texts.note(note)
        return shares, weights

    def _offered(self, response: _Response) -> list[str]:
        """What may be answered: the options, else the words or numbers that conditions name."""
        if response.tag == "response_lid":
            return response.options()
        if response.is_number:
            return [str(_middle(limits)) for limits in self._ranges(response.ident)]
        return list(dict.fromkeys(literal.value for literal in self.marking.all_literals(response.ident)))

    def _gap_said(self, shares: Mapping[str, Mapping[str, float]]) -> Callable[[str, str], Prose]:
        """What a choice in a gap shows beyond what all answers show."""
        best = {
            ident: (max(offered, key=lambda choice: offered[choice]),) for ident, offered in shares.items() if offered
        }
        nothing = self.marking({})
        rest = self._sort([(True, self.marking(best).shown), (False, nothing.shown)])
        return lambda ident, choice: rest(
            shown for shown in self.marking({ident: (choice,)}).shown if shown not in nothing.shown
        )

    def _gap(self, key: str, response: _Response, shares: Mapping[str, float], weight: float, said: Any) -> Gap:
        if response.tag == "response_lid":
            options = tuple(
                self._option(place, label.text, shares.get(label.ident, 0.0), said(response.ident, label.ident))
                for place, label in enumerate(response.labels)
            )
            if response.cardinality == "multiple":
                raise ItemRefused(Reason.UNSUPPORTED, type="rcardinality Multiple among others")
            return Gap(
                key=key,
                weight=weight,
                layout=Layout.DROPDOWN,
                part=Single(text="", format=self.format, options=options, shuffle=response.shuffle),
            )
        if response.tag not in ("response_str", "response_num"):
            raise ItemRefused(Reason.UNSUPPORTED, type=response.tag)
        part: Numeric | ShortText = (
            self._numbers(response, shares) if response.is_number else self._words(response, shares)
        )
        return Gap(key=key, weight=weight, part=part)

    def _cloze(self) -> Cloze:
        """Responses within a text: each becomes a gap where it stands."""
        shares, weights = self._gap_shares()
        said = self._gap_said(shares)
        pieces: list[Prose] = []
        gaps: list[Gap] = []
        for part in self.parts:
            if isinstance(part, Prose):
                if GAP_MARK.search(part.text):
                    raise ItemRefused(Reason.GAP_MARKS)
                pieces.append(part)
                continue
            if GAP_MARK.search(part.prompt.text):
                raise ItemRefused(Reason.GAP_MARKS)
            key = str(len(gaps) + 1)
            gaps.append(self._gap(key, part, shares[part.ident], weights[part.ident], said))
            pieces += [part.prompt, Prose(f"[[{key}]]")]
        return Cloze(text=self._written(joined(pieces, " ")), format=self.format, gaps=tuple(gaps))

    def _named_gaps(self) -> Cloze:
        """Canvas: the text names its gaps in brackets, and each response says which is its."""
        text = self._question_text()
        if GAP_MARK.search(text):
            raise ItemRefused(Reason.GAP_MARKS)
        accepts_all = self.kind == "fill_in_multiple_blanks_question"
        shares, weights = self._gap_shares()
        said = self._gap_said(shares)
        gaps: list[Gap] = []
        for number, response in enumerate(self.responses, 1):
            name = response.prompt.text or response.ident.removeprefix("response_")
            text = text.replace(f"[{name}]", f"[[{number}]]", 1)
            if not accepts_all:
                gap = self._gap(str(number), response, shares[response.ident], weights[response.ident], said)
            else:
                # All that is listed is accepted, although only the first stands in a condition.
                part = ShortText(
                    text="",
                    format=self.format,
                    answers=tuple(
                        TextAnswer(
                            text=label.text.words.replace("*", "\\*"),
                            fraction=1.0,
                            feedback=what.text,
                            feedback_format=what.within(self.format),
                        )
                        for label in response.labels
                        for what in [said(response.ident, label.ident)]
                    ),
                )
                gap = Gap(key=str(number), weight=weights[response.ident] or 1.0, part=part)
            gaps.append(gap)
        return Cloze(text=text, format=self.format, gaps=tuple(gaps))


def _decimal(written: str) -> Decimal:
    number = read_number(written)
    if number is None:
        raise ItemRefused(Reason.NO_NUMBER, text=written)
    return number


def _formula(written: str, names: Iterable[str]) -> str:
    """A formula of Canvas with its names in braces; empty where powers are written as they are not here."""
    if "^" in written or "{" in written:
        return ""
    known = frozenset(names)
    return _WORD.sub(lambda found: f"{{{found[0]}}}" if found[0] in known else found[0], written)


def _gives(formula: str, columns: Mapping[str, list[Decimal]], results: list[Decimal], digits: int) -> bool:
    """Whether `formula` has the results that the file gives, up to their rounding."""
    half = Decimal(1).scaleb(-digits)
    try:
        return all(
            abs(value_of(formula, {name: values[place] for name, values in columns.items()}) - result) <= half
            for place, result in enumerate(results)
        )
    except (FormulaError, IndexError):
        return False


def _truth(label: _Label) -> bool | None:
    for written in (label.text.words.casefold(), label.ident.casefold()):
        if written in TRUE_WORDS:
            return True
        if written in FALSE_WORDS:
            return False
    return None


def _pattern(literal: _Literal) -> str:
    text = literal.value.replace("*", "\\*")
    return f"*{text}*" if literal.tag == "varsubstring" else text


def _middle(limits: tuple[Decimal, Decimal]) -> Decimal:
    return EXACT.divide(EXACT.add(limits[0], limits[1]), Decimal(2))
