"""IMS QTI 2.1 and 2.2: assessment items, their declarations and response processing.

Specification: IMS Question and Test Interoperability Assessment Test, Section and Item Information Model 2.1 and 2.2.
What stands in an item's body becomes HTML; an interaction among text becomes a gap.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import isfinite

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
from app.assessment.formats.prose import Find, Prose, Texts, check_size, joined, nowhere
from app.assessment.formats.scoring import (
    CLOSE,
    MAX_NUMBER,
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
    Area,
    Choice,
    Cloze,
    Content,
    Description,
    Essay,
    FileUpload,
    Format,
    Gap,
    Hotspot,
    Layout,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    Pair,
    Problem,
    Shape,
    ShortText,
    Single,
    TextAnswer,
    letter,
    letters_hiding_order,
)
from app.assessment.rules.reading import EXACT, read_number

ROOT = "assessmentItem"
# Interactions that ask for what cannot be asked here are refused by their names; these are read.
READ = frozenset(
    {
        "choiceInteraction", "orderInteraction", "matchInteraction", "associateInteraction", "gapMatchInteraction",
        "inlineChoiceInteraction", "textEntryInteraction", "extendedTextInteraction", "uploadInteraction",
        "hotspotInteraction",
    }
)  # fmt: skip
# A person marks these.
BY_PERSON = frozenset({"extendedTextInteraction", "uploadInteraction"})
IN_TEXT = frozenset({"inlineChoiceInteraction", "textEntryInteraction"})
_SHAPES = {"rect": Shape.RECTANGLE, "circle": Shape.CIRCLE, "ellipse": Shape.ELLIPSE, "poly": Shape.POLYGON}
# Elements of a body that HTML does not know and whose inside is text.
_UNKNOWN = frozenset({"itemBody", "prompt", "simpleChoice", "inlineChoice", "gapText", "simpleAssociableChoice",
                      "templateInline", "templateBlock", "hottext"})  # fmt: skip


def read(source: bytes | str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The one item of a QTI 2 document. `skills` are the codes that tags may name.

    Raises FileUnreadable where the document is no assessment item. Packages are read by `cartridge.read`.
    """
    root = parse(source)
    if root.tag in ("assessmentTest", "assessmentSection"):
        raise FileUnreadable("is a QTI 2 test without its questions: they come with it in a package", root.line)
    yield question(root, 1, skills)


def question(
    root: Node,
    number: int,
    skills: Collection[str] = (),
    *,
    find: Find = nowhere,
    keywords: Iterable[str] = (),
    category: str = "",
    budget: Budget | None = None,
) -> Item | Refusal:
    """The item of a parsed document; see `qti12.questions`. Raises FileUnreadable where it is none."""
    if root.tag != ROOT:
        raise FileUnreadable(f"is XML, but not a QTI 2 item: it begins with <{root.tag[:40]}>", root.line)
    try:
        return _Question(root, find, budget or Budget()).item(number, skills, keywords, category)
    except ItemRefused as refused:
        return Refusal(number, root.line, " ".join(root.get("title").split()), refused.remark)


# How it is marked


@dataclass(slots=True)
class _Declaration:
    """A response: how many values of which type, the right ones, and what single values earn."""

    ident: str
    cardinality: str
    base: str
    correct: tuple[str, ...] = ()
    mapping: dict[str, float] = field(default_factory=dict)
    match_case: dict[str, bool] = field(default_factory=dict)
    default: float = 0.0
    low: float | None = None
    high: float | None = None


def _number(written: str) -> float:
    number = read_number(written)
    if number is None or abs(number) > MAX_NUMBER:
        raise ItemRefused(Reason.NO_NUMBER, text=written)
    return float(number)


def _declaration(node: Node) -> _Declaration:
    made = _Declaration(node.get("identifier"), node.get("cardinality") or "single", node.get("baseType"))
    correct = node.first("correctResponse")
    if correct is not None:
        made.correct = tuple(_value(value.own_text, made.base) for value in correct.named("value"))
    mapping = node.first("mapping")
    if mapping is not None:
        made.default = _number(mapping.get("defaultValue") or "0")
        made.low = _number(mapping.get("lowerBound")) if mapping.get("lowerBound") else None
        made.high = _number(mapping.get("upperBound")) if mapping.get("upperBound") else None
        for entry in mapping.named("mapEntry"):
            key = _value(entry.get("mapKey"), made.base)
            made.mapping[key] = _number(entry.get("mappedValue"))
            made.match_case[key] = entry.get("caseSensitive").lower() in ("true", "1")
    if max(len(made.correct), len(made.mapping)) > MAX_OPTIONS:
        raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
    return made


def _value(written: str, base: str) -> str:
    """A value as it is compared: pairs with one space, free pairs in one order."""
    if base in ("pair", "directedPair"):
        ends = written.split()
        return " ".join(sorted(ends) if base == "pair" else ends)
    return written


Value = tuple[str | float | bool, ...]


class _Marking:
    """The response processing of an item, as a function from answers to score and feedback."""

    def __init__(self, root: Node, declarations: Mapping[str, _Declaration], budget: Budget) -> None:
        self.declarations = declarations
        self.steps = Steps(budget)
        self.processing = root.first("responseProcessing")
        self._starts: dict[str, Value] = {}
        self.points = 0.0
        for outcome in root.named("outcomeDeclaration"):
            default = outcome.first("defaultValue")
            values = [value.own_text for value in default.named("value")] if default is not None else []
            is_number = outcome.get("baseType") in ("float", "integer")
            self._starts[outcome.get("identifier")] = tuple(_number(each) if is_number else each for each in values)
            if outcome.get("identifier") == "SCORE" and outcome.get("normalMaximum"):
                self.points = _number(outcome.get("normalMaximum"))
            elif outcome.get("identifier") == "MAXSCORE" and values:
                self.points = self.points or _number(values[0])

    def __call__(self, responses: Responses) -> Outcome:
        """What `responses` earn and show."""
        outcomes = dict(self._starts)
        processing = self.processing
        template = ""
        if processing is not None:
            template = (processing.get("template") or processing.get("templateLocation")).rpartition("/")[2]
            template = template.removesuffix(".xml").lower()
        if processing is not None and processing.children:
            self._rules(processing, responses, outcomes)
        elif template in ("", "match_correct", "map_response"):
            # Without any processing, what the declarations call right counts.
            outcomes["SCORE"] = (
                sum(self._by_declaration(each, responses, template) for each in self._meant(template)),
            )
        else:
            raise ItemRefused(Reason.MARKING, type=template)
        score = outcomes.get("SCORE") or (0.0,)
        shown = tuple(
            f"{name}\0{value}" for name, values in outcomes.items() for value in values if isinstance(value, str)
        )
        return Outcome(score[0] if isinstance(score[0], float) else 0.0, shown)

    def score(self, responses: Responses) -> float:
        """What `responses` earn."""
        return self(responses).score

    @property
    def is_given(self) -> bool:
        """Whether anything says what is right."""
        if self.processing is not None and self.processing.children:
            return True
        return any(declaration.correct or declaration.mapping for declaration in self.declarations.values())

    def _meant(self, template: str) -> list[_Declaration]:
        if template and "RESPONSE" in self.declarations:
            return [self.declarations["RESPONSE"]]
        return list(self.declarations.values())

    def _by_declaration(self, declaration: _Declaration, responses: Responses, template: str) -> float:
        given = responses.get(declaration.ident, ())
        if template == "map_response" or (not template and declaration.mapping):
            return self._mapped(declaration, given)
        return float(bool(declaration.correct) and self._same(declaration, given, declaration.correct))

    def _mapped(self, declaration: _Declaration, given: Iterable[str | float | bool]) -> float:
        total = 0.0
        for value in dict.fromkeys(str(each) for each in given):
            self.steps.take()
            found = declaration.mapping.get(value)
            if found is None and declaration.base == "string":
                folded = value.casefold()
                found = next(
                    (
                        mapped
                        for key, mapped in declaration.mapping.items()
                        if not declaration.match_case[key] and key.casefold() == folded
                    ),
                    None,
                )
            total += declaration.default if found is None else found
        total = total if declaration.low is None else max(total, declaration.low)
        return total if declaration.high is None else min(total, declaration.high)

    def _same(self, declaration: _Declaration | None, one: Iterable[object], other: Iterable[object]) -> bool:
        self.steps.take()
        first, second = [_comparable(each) for each in one], [_comparable(each) for each in other]
        if declaration is None or declaration.cardinality != "ordered":
            first, second = sorted(first, key=repr), sorted(second, key=repr)
        return bool(first) and first == second

    # Rules

    def _rules(self, node: Node, responses: Responses, outcomes: dict[str, Value]) -> bool:
        """Runs the rules in `node`; whether they end the processing."""
        for rule in node.children:
            self.steps.take()
            match rule.tag:
                case "setOutcomeValue":
                    inside = rule.children
                    if len(inside) == 1:
                        value = self._eval(inside[0], responses, outcomes)
                        is_number = all(_as_number(each) is not None for each in value)
                        is_score = rule.get("identifier") == "SCORE"
                        outcomes[rule.get("identifier")] = (
                            tuple(_as_number(each) or 0.0 for each in value) if is_number and is_score else value
                        )
                case "responseCondition":
                    for branch in rule.children:
                        inside = branch.children
                        if branch.tag == "responseElse":
                            if self._rules(branch, responses, outcomes):
                                return True
                            break
                        if inside and self._eval(inside[0], responses, outcomes) == (True,):
                            if self._rules(Node("", {}, 0, list(inside[1:])), responses, outcomes):
                                return True
                            break
                case "responseProcessingFragment":
                    if self._rules(rule, responses, outcomes):
                        return True
                case "exitResponse":
                    return True
                case _:
                    raise ItemRefused(Reason.MARKING, type=rule.tag)
        return False

    def _eval(self, node: Node, responses: Responses, outcomes: Mapping[str, Value]) -> Value:
        """The value of an expression; empty for NULL."""
        self.steps.take()
        ident = node.get("identifier")
        declaration = self.declarations.get(ident)
        match node.tag:
            case "variable":
                if declaration is not None:
                    return tuple(responses.get(ident, ()))
                return outcomes.get(ident, ())
            case "correct":
                return tuple(declaration.correct) if declaration else ()
            case "mapResponse":
                return (self._mapped(declaration, responses.get(ident, ())),) if declaration else ()
            case "baseValue":
                return _base_value(node)
            case "null":
                return ()
        values = [self._eval(child, responses, outcomes) for child in node.children]
        operator = _OPERATORS.get(node.tag)
        if operator is not None:
            return operator(node, values)
        match node.tag, values:
            case "match", [one, other]:
                first = node.children[0]
                return (self._same(self.declarations.get(first.get("identifier")), one, other),)
            case _:
                raise ItemRefused(Reason.MARKING, type=node.tag)


def _base_value(node: Node) -> Value:
    kind, written = node.get("baseType"), node.own_text
    if kind == "boolean":
        return (written.lower() in ("true", "1"),)
    if kind in ("float", "integer"):
        return (_number(written),)
    return (_value(written, kind),)


def _as_number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return value
    number = read_number(value) if isinstance(value, str) else None
    return float(number) if number is not None and abs(number) <= MAX_NUMBER else None


def _comparable(value: object) -> object:
    number = _as_number(value)
    return value if number is None else number


def _numbers_of(values: Iterable[Value]) -> list[float] | None:
    """All the numbers in `values`, None where one is none."""
    found = [_as_number(each) for value in values for each in value]
    if not found or any(each is None for each in found):
        return None
    return [each for each in found if each is not None]


def _arithmetic(combine: Callable[[list[float]], float]) -> Callable[[Node, list[Value]], Value]:
    def operate(node: Node, values: list[Value]) -> Value:
        numbers = _numbers_of(values)
        if numbers is None or not all(values):
            return ()
        try:
            made = combine(numbers)
        except (ArithmeticError, IndexError):
            return ()
        return (made,) if isfinite(made) else ()

    return operate


def _comparison(holds: Callable[[float, float], bool]) -> Callable[[Node, list[Value]], Value]:
    def operate(node: Node, values: list[Value]) -> Value:
        numbers = _numbers_of(values)
        return () if numbers is None or len(numbers) != 2 else (holds(*numbers),)

    return operate


def _equal(node: Node, values: list[Value]) -> Value:
    numbers = _numbers_of(values)
    if numbers is None or len(numbers) != 2:
        return ()
    low, high = _tolerances(node)
    given, wanted = numbers
    if node.get("toleranceMode") == "relative":
        low, high = abs(wanted) * low / 100, abs(wanted) * high / 100
    return (wanted - low - 1e-9 * abs(wanted) <= given <= wanted + high + 1e-9 * abs(wanted),)


def _tolerances(node: Node) -> tuple[float, float]:
    """How far below and above a number may lie."""
    mode, given = node.get("toleranceMode"), node.get("tolerance").split()
    if mode not in ("absolute", "relative") or not given:
        return 0.0, 0.0
    return _number(given[0]), _number(given[-1])


def _string_match(node: Node, values: list[Value]) -> Value:
    if len(values) != 2 or not all(values):
        return ()
    one, other = (str(value[0]).strip() for value in values)
    if node.get("caseSensitive").lower() not in ("true", "1"):
        one, other = one.casefold(), other.casefold()
    return (other in one if node.get("substring").lower() in ("true", "1") else one == other,)


def _product(numbers: list[float]) -> float:
    made = 1.0
    for number in numbers:
        made *= number
    return made


_OPERATORS: dict[str, Callable[[Node, list[Value]], Value]] = {
    "and": lambda node, values: (all(value == (True,) for value in values),),
    "or": lambda node, values: (any(value == (True,) for value in values),),
    "not": lambda node, values: (values[0] != (True,),) if values and values[0] else (),
    "isNull": lambda node, values: (not any(values),),
    "multiple": lambda node, values: tuple(each for value in values for each in value),
    "ordered": lambda node, values: tuple(each for value in values for each in value),
    "containerSize": lambda node, values: (float(sum(map(len, values))),),
    "member": lambda node, values: (
        (_comparable(values[0][0]) in [_comparable(each) for each in values[1]],)
        if len(values) == 2 and values[0]
        else ()
    ),
    "contains": lambda node, values: (
        ({_comparable(each) for each in values[1]} <= {_comparable(each) for each in values[0]},)
        if len(values) == 2 and all(values)
        else ()
    ),
    "equal": _equal,
    "stringMatch": _string_match,
    "substring": lambda node, values: (
        (str(values[0][0]) in str(values[1][0]),) if len(values) == 2 and all(values) else ()
    ),
    "sum": _arithmetic(sum),
    "product": _arithmetic(_product),
    "subtract": _arithmetic(lambda numbers: numbers[0] - numbers[1]),
    "divide": _arithmetic(lambda numbers: numbers[0] / numbers[1]),
    "min": _arithmetic(min),
    "max": _arithmetic(max),
    "integerToFloat": _arithmetic(lambda numbers: numbers[0]),
    "gt": _comparison(lambda one, other: one > other),
    "gte": _comparison(lambda one, other: one >= other),
    "lt": _comparison(lambda one, other: one < other),
    "lte": _comparison(lambda one, other: one <= other),
}


# One item


@dataclass(frozen=True, slots=True)
class _Offered:
    """One thing to choose, and what is said within it to whoever chose it."""

    ident: str
    text: Prose
    said: Prose
    said_for: str = ""


class _Question:
    """One <assessmentItem>, with what turns up while it is read."""

    format = Format.HTML

    def __init__(self, root: Node, find: Find, budget: Budget) -> None:
        self.root = root
        self.budget = budget
        self.texts = Texts(find)
        self.used: set[int] = set()
        self.general: list[Prose] = []
        self.right: list[Prose] = []
        self.wrong: list[Prose] = []

    def item(self, number: int, skills: Collection[str], keywords: Iterable[str], category: str) -> Item:
        """The question as an item. Raises ItemRefused."""
        root = self.root
        body = root.first("itemBody")
        if body is None:
            raise ItemRefused(Problem.EMPTY_TEXT)
        for tag in ("templateDeclaration", "templateProcessing"):
            if root.first(tag) is not None:
                raise ItemRefused(Reason.UNSUPPORTED, type=tag)
        if root.get("adaptive").lower() in ("true", "1"):
            raise ItemRefused(Reason.UNSUPPORTED, type="adaptive")
        self.body = body
        self.declarations = {
            declaration.ident: declaration for declaration in map(_declaration, root.named("responseDeclaration"))
        }
        self.marking = _Marking(root, self.declarations, self.budget)
        self.feedback = [
            (each, f"{each.get('outcomeIdentifier')}\0{each.get('identifier')}") for each in root.named("modalFeedback")
        ]
        if len(self.feedback) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        self.said = [self._text(node) for node, _ in self.feedback]
        interactions = [each for each in body.every() if each.tag.endswith("Interaction")]
        for each in interactions:
            if each.tag not in READ:
                raise ItemRefused(Reason.UNSUPPORTED, type=each.tag)
        guides = [
            self.texts.inner(each, self._instead({})) for each in body.inside("rubricBlock") if not _is_open(each)
        ]
        content = self._content(interactions)
        if isinstance(content, Essay | FileUpload):
            content = replace(content, guide=joined(guides).text)
        elif any(guides):
            self.texts.note(Note.MEDIA, name="rubricBlock")
        lost = sum(1 for place in range(len(self.feedback)) if place not in self.used)
        if lost:
            self.texts.note(Note.FEEDBACK_LEFT_OUT, count=lost)
        content = replace(
            content,
            general_feedback=joined(self.general).text,
            right_feedback=joined(self.right).text,
            wrong_feedback=joined(self.wrong).text,
            points=self._points(),
            attachments=tuple(self.texts.attachments.values()),
        )
        check_size(content)
        title = " ".join(root.get("title").split())
        return taken(
            number,
            root.line,
            content,
            name=title,
            tags=[*(keyword.text for keyword in root.inside("keyword")), *keywords],
            category=category,
            remarks=self.texts.remarks,
            skills=skills,
        )

    best_score = 0.0

    def _points(self) -> float:
        points = self.marking.points or self.best_score
        return points if 0 < points <= 1_000_000 else 1.0

    # Texts

    def _instead(self, gaps: Mapping[int, str]) -> Callable[[Node], str | None]:
        """What stands in the text instead of an element: nothing for interactions, a mark for those that are gaps."""

        def instead(node: Node) -> str | None:
            if id(node) in gaps:
                return gaps[id(node)]
            if node.tag.endswith("Interaction") or node.tag in ("feedbackInline", "prompt"):
                return ""
            if node.tag in ("feedbackBlock", "printedVariable", "include", "infoControl"):
                self.texts.note(Note.MEDIA, name=node.tag)
                return ""
            if node.tag in ("rubricBlock", "stylesheet"):
                return self.texts.inner(node, instead).text if node.tag == "rubricBlock" and _is_open(node) else ""
            if node.tag == "object":
                return self._object(node, instead)
            if node.tag in _UNKNOWN:
                return self.texts.inner(node, instead).text
            return None

        return instead

    def _object(self, node: Node, instead: Callable[[Node], str | None]) -> str:
        if node.get("type").startswith("image/"):
            picture = Node("img", {"src": node.get("data"), "alt": node.text}, node.line)
            picture.attributes |= {name: node.get(name) for name in ("width", "height") if node.get(name)}
        else:
            picture = Node("a", {"href": node.get("data")}, node.line)
            picture.parts.append(node.text or node.get("data").rpartition("/")[2])
        return self.texts.inner(Node("p", {}, node.line, [picture])).text

    def _text(self, node: Node, gaps: Mapping[int, str] | None = None) -> Prose:
        return self.texts.inner(node, self._instead(gaps or {}))

    def _asked(self, interaction: Node | None = None) -> str:
        """The body without the interaction, then its prompt."""
        prompt = interaction.first("prompt") if interaction is not None else None
        return joined([self._text(self.body), self._text(prompt) if prompt is not None else Prose()]).text

    def _offered(self, node: Node, *tags: str) -> list[_Offered]:
        found = []
        for choice in node.inside(*tags):
            said = list(choice.inside("feedbackInline", "feedbackBlock"))
            text = self._text(choice)
            found.append(
                _Offered(
                    choice.get("identifier"),
                    Prose(text.text.strip(), True),
                    joined(self._text(each) for each in said),
                    f"{said[0].get('outcomeIdentifier')}\0{said[0].get('identifier')}" if said else "",
                )
            )
        if len(found) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        return found

    def _sort(self, answers: Iterable[tuple[bool, Outcome]]) -> Callable[[Outcome], Prose]:
        """Tells general feedback and that for right and wrong answers; returns what is left for one answer."""
        given = list(answers)
        beside: set[int] = set()
        for place in range(len(self.feedback)):
            when = [self._is_shown(place, outcome) for _, outcome in given]
            rights = [is_right for is_right, _ in given]
            if all(when):
                group = self.general
            elif when == rights and (sum(rights) > 1 or len(given) == 2):
                group = self.right
            elif when == [not is_right for is_right in rights]:
                group = self.wrong
            else:
                continue
            group.append(self.said[place])
            beside.add(place)
        self.used |= beside

        def rest(outcome: Outcome) -> Prose:
            shown = [place for place in range(len(self.feedback)) if place not in beside]
            shown = [place for place in shown if self._is_shown(place, outcome)]
            self.used.update(shown)
            return joined(self.said[place] for place in shown)

        return rest

    def _is_shown(self, place: int, outcome: Outcome) -> bool:
        self.marking.steps.take()
        node, key = self.feedback[place]
        return (key in outcome.shown) != (node.get("showHide") == "hide")

    # Types

    def _content(self, interactions: list[Node]) -> Content:
        if not interactions:
            return Description(text=self._asked(), format=self.format)
        for each in interactions:
            if each.get("responseIdentifier") not in self.declarations and each.tag not in BY_PERSON:
                raise ItemRefused(Reason.MARKING, type=f"responseIdentifier {each.get('responseIdentifier')}")
        if len(interactions) > 1 or interactions[0].tag == "inlineChoiceInteraction":
            return self._cloze(interactions)
        only = interactions[0]
        match only.tag:
            case "choiceInteraction":
                return self._choice(only)
            case "orderInteraction":
                return self._order(only)
            case "matchInteraction":
                return self._match(only)
            case "associateInteraction":
                return self._associate(only)
            case "gapMatchInteraction":
                return self._gap_match(only)
            case "extendedTextInteraction":
                return Essay(text=self._asked(only), format=self.format)
            case "uploadInteraction":
                return FileUpload(text=self._asked(only), format=self.format)
            case "hotspotInteraction":
                return self._hotspot(only)
        if self._ends_with(only):
            return replace(self._entry(only), text=self._asked())
        return self._cloze(interactions)

    def _declared(self, interaction: Node) -> _Declaration:
        return self.declarations[interaction.get("responseIdentifier")]

    def _ends_with(self, interaction: Node) -> bool:
        """Whether nothing but a sign follows the interaction in the body."""
        text = self._text(self.body, {id(interaction): "\x00"}).words
        return not re.sub(r"[\s.。?？!！]", "", text.partition("\x00")[2])

    def _full(self, scores: Iterable[float]) -> float:
        self.best_score = max([self.best_score, *scores])
        return self.best_score

    def _choice(self, interaction: Node) -> Single | Multiple:
        declared = self._declared(interaction)
        offered = self._offered(interaction, "simpleChoice")
        several = declared.cardinality != "single"
        shuffle = self._shuffles(interaction)
        outcomes = {each.ident: self.marking({declared.ident: (each.ident,)}) for each in offered}
        if several:
            shares = self._shares(declared, [each.ident for each in offered])
            best = tuple(ident for ident, each in shares.items() if each > 0)
            nothing = self.marking({})
            rest = self._sort([(True, self.marking({declared.ident: best})), (False, nothing)])
        else:
            full = self._full(outcome.score for outcome in outcomes.values())
            shares = {ident: share(outcome.score, full) for ident, outcome in outcomes.items()}
            rest = self._sort((shares[ident] == 1, outcome) for ident, outcome in outcomes.items())
        options = tuple(
            self._option(place, each, shares[each.ident], self._chosen(each, outcomes[each.ident], rest))
            for place, each in enumerate(offered)
        )
        cls = Multiple if several else Single
        return cls(text=self._asked(interaction), format=self.format, options=options, shuffle=shuffle)

    def _shares(self, declared: _Declaration, options: list[str]) -> dict[str, float]:
        def score(chosen: Collection[str]) -> float:
            return self.marking.score({declared.ident: tuple(chosen)} if chosen else {})

        positive = [key for key, mapped in declared.mapping.items() if mapped > 0]
        shares, note = shares_of_options(score, options, [declared.correct, positive])
        if note:
            self.texts.note(note)
        self._full([score(declared.correct), score([option for option in options if shares[option] > 0])])
        return shares

    def _chosen(self, offered: _Offered, outcome: Outcome, rest: Callable[[Outcome], Prose]) -> Prose:
        """What choosing says: what stands within the choice, and the item's feedback for it."""
        within = offered.said if not offered.said_for or offered.said_for in outcome.shown else Prose()
        if offered.said and not within:
            # It depends on more than this choice, or on nothing that is set: it is the choice's all the same.
            within = offered.said
        return joined([within, rest(outcome)])

    def _shuffles(self, interaction: Node) -> bool:
        if interaction.get("shuffle").lower() not in ("true", "1"):
            return False
        if any(each.get("fixed").lower() in ("true", "1") for each in interaction.every()):
            self.texts.note(Note.FIXED)
            return False
        return True

    def _option(self, place: int, offered: _Offered, fraction: float, said: Prose) -> Option:
        return Option(key=letter(place), text=offered.text.text, fraction=fraction, feedback=said.text)

    def _hotspot(self, interaction: Node) -> Hotspot:
        declared = self._declared(interaction)
        picture = interaction.first("object", "img")
        choices = list(interaction.inside("hotspotChoice"))
        if picture is None:
            raise ItemRefused(Problem.NO_PICTURE)
        if len(choices) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        name = self.texts.file(picture.get("data") or picture.get("src"))
        width, height = (_whole(picture.get(side)) for side in ("width", "height"))
        if name is None:
            raise ItemRefused(Problem.NO_PICTURE)
        idents = [choice.get("identifier") for choice in choices]
        several = declared.cardinality != "single"
        outcomes = [self.marking({declared.ident: (ident,)}) for ident in idents]
        if several:
            shares = self._shares(declared, idents)
            rest = self._sort([(True, self.marking({declared.ident: declared.correct})), (False, self.marking({}))])
        else:
            full = self._full(outcome.score for outcome in outcomes)
            shares = {ident: share(outcome.score, full) for ident, outcome in zip(idents, outcomes, strict=True)}
            rest = self._sort(zip((shares[ident] == 1 for ident in idents), outcomes, strict=True))
        areas = []
        for place, (choice, outcome) in enumerate(zip(choices, outcomes, strict=True)):
            shape = _SHAPES.get(choice.get("shape"))
            coordinates = [read_number(each) for each in choice.get("coords").split(",")]
            if shape is None or any(each is None for each in coordinates):
                raise ItemRefused(Problem.OUTLINE)
            areas.append(
                Area(
                    key=letter(place),
                    shape=shape,
                    coordinates=tuple(float(each) for each in coordinates if each is not None),
                    fraction=shares[choice.get("identifier")],
                    text=choice.get("hotspotLabel"),
                    feedback=rest(outcome).text,
                )
            )
        return Hotspot(
            text=self._asked(interaction),
            format=self.format,
            picture=name,
            width=width,
            height=height,
            areas=tuple(areas),
            several=several,
        )

    def _order(self, interaction: Node) -> Ordering:
        declared = self._declared(interaction)
        offered = {each.ident: each for each in self._offered(interaction, "simpleChoice")}
        if sorted(declared.correct) != sorted(offered):
            raise ItemRefused(Reason.MARKING, type="orderInteraction")
        self._full([self.marking.score({declared.ident: declared.correct})])
        self.texts.note(Note.ALL_OR_NOTHING)
        self._two_feedbacks(declared)
        texts = [offered[ident].text.text for ident in declared.correct]
        keys = letters_hiding_order(texts)
        return Ordering(
            text=self._asked(interaction),
            format=self.format,
            items=tuple(Choice(key=keys[text], text=text) for text in texts),
        )

    def _two_feedbacks(self, declared: _Declaration) -> None:
        self._sort([(True, self.marking({declared.ident: declared.correct})), (False, self.marking({}))])

    def _pairs_of(self, declared: _Declaration) -> list[tuple[str, str]]:
        """The right pairs: the declared ones, else those that earn something."""
        given = declared.correct or tuple(key for key, mapped in declared.mapping.items() if mapped > 0)
        pairs = []
        for written in given:
            ends = written.split()
            if len(ends) != 2:
                raise ItemRefused(Reason.MARKING, type="directedPair")
            pairs.append((ends[0], ends[1]))
        return pairs

    def _pair_weights(self, declared: _Declaration, pairs: list[tuple[str, str]]) -> list[float]:
        """What each right pair earns, relative to the most; all the same where marking is all or nothing."""
        written = [_value(f"{one} {other}", declared.base) for one, other in pairs]
        full = self._full([self.marking.score({declared.ident: tuple(written)})])
        if full <= 0:
            raise ItemRefused(Problem.NO_RIGHT)
        gains = []
        for place in range(len(written)):
            without = (*written[:place], *written[place + 1 :])
            gains.append(full - self.marking.score({declared.ident: without} if without else {}))
        if len(pairs) > 1 and not is_close(sum(gains), full, full):
            self.texts.note(Note.ALL_OR_NOTHING)
            return [1.0] * len(pairs)
        return [gain / max(gains) if max(gains) > CLOSE * full else 1.0 for gain in gains]

    def _match(self, interaction: Node) -> Matching:
        declared = self._declared(interaction)
        sets = [self._offered(each, "simpleAssociableChoice") for each in interaction.named("simpleMatchSet")]
        if len(sets) != 2:
            raise ItemRefused(Reason.MARKING, type="simpleMatchSet")
        rows, choices = sets
        pairs = self._pairs_of(declared)
        if len({row for row, _ in pairs}) < len(pairs):
            # A row of the first set has several partners: perhaps those of the second have one each.
            rows, choices = choices, rows
            turned = [(other, one) for one, other in pairs]
            if len({row for row, _ in turned}) < len(turned):
                raise ItemRefused(Reason.MANY_TO_MANY)
            weights = self._pair_weights(declared, pairs)
            pairs = turned
        else:
            weights = self._pair_weights(declared, pairs)
        if not all(abs(weight - weights[0]) <= CLOSE for weight in weights):
            self.texts.note(Note.ROW_WEIGHTS)
        return self._matching(interaction, dict(pairs), rows, choices)

    def _associate(self, interaction: Node) -> Matching:
        declared = self._declared(interaction)
        offered = self._offered(interaction, "simpleAssociableChoice")
        pairs = self._pairs_of(declared)
        ends = [end for pair in pairs for end in pair]
        if len(set(ends)) < len(ends):
            raise ItemRefused(Reason.MANY_TO_MANY)
        self._pair_weights(declared, pairs)
        self.texts.note(Note.PAIRED)
        place = {each.ident: number for number, each in enumerate(offered)}
        if not set(ends) <= set(place):
            raise ItemRefused(Problem.LOST_CHOICE)
        partner = dict(sorted((sorted(pair, key=lambda end: place[end]) for pair in pairs), key=lambda p: place[p[0]]))
        rows = [each for each in offered if each.ident in partner]
        choices = [each for each in offered if each.ident not in partner]
        return self._matching(interaction, partner, rows, choices)

    def _matching(
        self, interaction: Node, partner: Mapping[str, str], rows: list[_Offered], choices: list[_Offered]
    ) -> Matching:
        texts = {each.ident: each.text.text for each in choices}
        if any(row.ident not in partner or partner[row.ident] not in texts for row in rows):
            raise ItemRefused(Problem.LOST_CHOICE)
        self._two_feedbacks(self._declared(interaction))
        keys = letters_hiding_order(texts.values())
        return Matching(
            text=self._asked(interaction),
            format=self.format,
            pairs=tuple(
                Pair(key=str(number), text=row.text.text, choice=keys[texts[partner[row.ident]]])
                for number, row in enumerate(rows, 1)
            ),
            choices=tuple(Choice(key=key, text=text) for text, key in keys.items()),
        )

    def _gap_match(self, interaction: Node) -> Cloze:
        declared = self._declared(interaction)
        if any(True for _ in interaction.inside("gapImg")):
            raise ItemRefused(Reason.UNSUPPORTED, type="gapImg")
        offered = self._offered(interaction, "gapText")
        gaps = list(interaction.inside("gap"))
        pairs = self._pairs_of(declared)
        right = {gap: choice for choice, gap in pairs}
        if len(right) < len(pairs):
            raise ItemRefused(Reason.MANY_TO_MANY)
        if not {gap.get("identifier") for gap in gaps} <= set(right):
            raise ItemRefused(Problem.LOST_CHOICE)
        weights = dict(zip((gap for _, gap in pairs), self._pair_weights(declared, pairs), strict=True))
        self._two_feedbacks(declared)
        marks = {id(gap): f"[[{number}]]" for number, gap in enumerate(gaps, 1)}
        texts = [self._text(self.body), self._text(interaction, {**marks, **self._silent(interaction)})]
        prompt = interaction.first("prompt")
        if prompt is not None:
            texts.insert(1, self._text(prompt))
        made = []
        for number, gap in enumerate(gaps, 1):
            ident = gap.get("identifier")
            options = tuple(
                self._option(place, each, float(each.ident == right[ident]), Prose())
                for place, each in enumerate(offered)
            )
            part = Single(text="", format=self.format, options=options, shuffle=self._shuffles(interaction))
            made.append(Gap(key=str(number), weight=weights.get(ident, 1.0), part=part))
        return self._with_gaps(joined(texts).text, made)

    def _silent(self, interaction: Node) -> dict[int, str]:
        return {id(each): "" for each in interaction.inside("gapText", "prompt")}

    def _with_gaps(self, text: str, gaps: list[Gap]) -> Cloze:
        if len(GAP_MARK.findall(text)) > len(gaps):
            raise ItemRefused(Reason.GAP_MARKS)
        return Cloze(text=text, format=self.format, gaps=tuple(gaps))

    def _entry(self, interaction: Node, gap: bool = False) -> ShortText | Numeric:
        """What is typed: a number where the response is one, else words."""
        declared = self._declared(interaction)
        if declared.cardinality not in ("single", ""):
            raise ItemRefused(Reason.MARKING, type=f"cardinality {declared.cardinality}")
        if declared.base in ("float", "integer"):
            return self._number_entry(declared, gap)
        forms = self._forms(declared)
        outcomes = [self.marking({declared.ident: (form,)}) for form in forms]
        full = max((outcome.score for outcome in outcomes), default=0.0)
        if not gap:
            self._full([full])
        shares = [share(outcome.score, full) for outcome in outcomes]
        rest = self._typed_feedback(declared, shares, outcomes, gap)
        is_case = [self._counts_case(declared, form) for form, each in zip(forms, shares, strict=True) if each > 0]
        if len(set(is_case)) > 1:
            self.texts.note(Note.CASE)
        answers = [
            TextAnswer(text=form.replace("*", "\\*"), fraction=each, feedback=rest(outcome).text)
            for form, each, outcome in zip(forms, shares, outcomes, strict=True)
        ]
        return ShortText(
            text="",
            format=self.format,
            answers=tuple(answer for answer in answers if answer.fraction or answer.feedback),
            match_case=bool(is_case) and all(is_case),
        )

    def _typed_feedback(
        self, declared: _Declaration, shares: list[float], outcomes: list[Outcome], gap: bool
    ) -> Callable[[Outcome], Prose]:
        if gap:
            return lambda outcome: Prose()
        other = self.marking({declared.ident: ("\0",)})
        rest = self._sort([*zip((each == 1 for each in shares), outcomes, strict=True), (False, other)])
        return lambda outcome: rest(outcome)

    def _forms(self, declared: _Declaration) -> list[str]:
        """The texts that declaration and processing name for a response."""
        named = [*declared.correct, *declared.mapping]
        if self.marking.processing is not None:
            for node in self.marking.processing.inside("match", "stringMatch", "equal", "member"):
                self.marking.steps.take()
                about = [each.get("identifier") for each in node.inside("variable")]
                if declared.ident in about:
                    if node.tag == "stringMatch" and node.get("substring").lower() in ("true", "1"):
                        raise ItemRefused(Reason.MARKING, type="stringMatch substring")
                    named += [each.own_text for each in node.inside("baseValue")]
        return list(dict.fromkeys(form for form in named if form))[:MAX_OPTIONS]

    def _counts_case(self, declared: _Declaration, form: str) -> bool:
        """Whether a form in other letters earns less."""
        other = form.swapcase()
        if other == form or other.casefold() != form.casefold():
            return False
        return self.marking.score({declared.ident: (other,)}) < self.marking.score({declared.ident: (form,)})

    def _number_entry(self, declared: _Declaration, gap: bool) -> Numeric:
        answers = []
        found: dict[tuple[Decimal, Decimal], float] = {}
        for form in self._forms(declared):
            value = read_number(form)
            if value is None:
                raise ItemRefused(Reason.NO_NUMBER, text=form)
            for low, high in self._tolerances_of(declared, value):
                low_end, high_end = EXACT.subtract(value, low), EXACT.add(value, high)
                found.setdefault((low_end, high_end), self.marking.score({declared.ident: (str(value),)}))
        full = max(found.values(), default=0.0)
        if not gap:
            self._full([full])
        widest = {
            limits: score
            for limits, score in found.items()
            if not any(
                other != limits and other[0] <= limits[0] and limits[1] <= other[1] and found[other] >= score
                for other in found
            )
        }
        outcomes = [
            self.marking({declared.ident: (str(_middle(limits)),)}) if gap is False else Outcome(0.0)
            for limits in widest
        ]
        shares = [share(score, full) for score in widest.values()]
        rest = self._typed_feedback(declared, shares, outcomes, gap)
        for (low_end, high_end), each, outcome in zip(widest, shares, outcomes, strict=True):
            answers.append(
                NumericAnswer(
                    value=_middle((low_end, high_end)),
                    tolerance=EXACT.divide(EXACT.subtract(high_end, low_end), Decimal(2)),
                    fraction=each,
                    feedback=rest(outcome).text,
                )
            )
        kept = [answer for answer in answers if answer.fraction or answer.feedback]
        return Numeric(text="", format=self.format, answers=tuple(sorted(kept, key=lambda each: -each.fraction)))

    def _tolerances_of(self, declared: _Declaration, value: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
        """How far below and above `value` an answer may lie, by each <equal> that looks at the response."""
        is_compared = False
        processing = self.marking.processing
        for node in processing.every() if processing is not None else ():
            self.marking.steps.take()
            if node.tag in ("gt", "gte", "lt", "lte", "equalRounded") and any(
                each.get("identifier") == declared.ident for each in node.inside("variable")
            ):
                raise ItemRefused(Reason.MARKING, type=node.tag)
            if node.tag != "equal" or declared.ident not in [
                each.get("identifier") for each in node.inside("variable")
            ]:
                continue
            meant = [read_number(each.own_text) for each in node.inside("baseValue")]
            if meant and value not in meant:
                continue
            is_compared = True
            low, high = (Decimal(str(each)) for each in _tolerances(node))
            if node.get("toleranceMode") == "relative":
                whole = abs(value)
                low, high = (EXACT.divide(EXACT.multiply(whole, each), Decimal(100)) for each in (low, high))
            yield low, high
        if not is_compared:
            yield Decimal(0), Decimal(0)

    # Several interactions

    def _cloze(self, interactions: list[Node]) -> Cloze:
        for each in interactions:
            if each.tag in BY_PERSON:
                raise ItemRefused(Reason.UNSUPPORTED, type=f"{each.tag} beside others")
        offered: dict[str, list[_Offered]] = {}
        choices: dict[str, list[str]] = {}
        right: dict[str, str] = {}
        for each in interactions:
            declared = self._declared(each)
            if each.tag not in (*IN_TEXT, "choiceInteraction") or declared.cardinality not in ("single", ""):
                raise ItemRefused(Reason.UNSUPPORTED, type=f"{each.tag} beside others")
            if declared.ident in choices:
                raise ItemRefused(Reason.MARKING, type=f"responseIdentifier {declared.ident}")
            offered[declared.ident] = self._offered(each, "inlineChoice", "simpleChoice")
            is_list = each.tag != "textEntryInteraction"
            choices[declared.ident] = (
                [choice.ident for choice in offered[declared.ident]] if is_list else self._forms(declared)
            )
            if declared.correct:
                right[declared.ident] = declared.correct[0]
        shares, weights, note = shares_of_parts(self.marking.score, choices, right)
        if note:
            self.texts.note(note)
        best = {ident: (max(each, key=lambda choice: each[choice]),) for ident, each in shares.items() if each}
        whole = self.marking(best)
        self._full([whole.score])
        self._sort([(True, whole), (False, self.marking({}))])
        gaps, marks = [], {}
        for number, each in enumerate(interactions, 1):
            ident = each.get("responseIdentifier")
            marks[id(each)] = f"[[{number}]]"
            part: Single | ShortText | Numeric
            if each.tag == "textEntryInteraction":
                part = self._entry(each, gap=True)
                if isinstance(part, ShortText):
                    part = replace(part, answers=self._shared(part, shares[ident]))
                elif all(answer.fraction == 0 for answer in part.answers):
                    part = replace(part, answers=self._right_numbers(each, shares[ident]))
            else:
                options = tuple(
                    self._option(place, choice, shares[ident][choice.ident], choice.said)
                    for place, choice in enumerate(offered[ident])
                )
                part = Single(text="", format=self.format, options=options, shuffle=self._shuffles(each))
                prompt = each.first("prompt")
                if prompt is not None:
                    marks[id(each)] = f"{self._text(prompt).text} [[{number}]]"
            layout = Layout.VERTICAL if each.tag == "choiceInteraction" else Layout.DROPDOWN
            gaps.append(Gap(key=str(number), weight=weights[ident], layout=layout, part=part))
        return self._with_gaps(self._text(self.body, marks).text, gaps)

    def _shared(self, part: ShortText, shares: Mapping[str, float]) -> tuple[TextAnswer, ...]:
        """Accepted forms with the shares that they have among the gaps."""
        said = {answer.text: answer for answer in part.answers}
        made = []
        for form, each in shares.items():
            text = form.replace("*", "\\*")
            if each:
                made.append(replace(said.get(text) or TextAnswer(text=text, fraction=each), fraction=each))
        return tuple(made)

    def _right_numbers(self, interaction: Node, shares: Mapping[str, float]) -> tuple[NumericAnswer, ...]:
        """Numbers that count only together with the other gaps."""
        declared = self._declared(interaction)
        made = []
        for form, each in shares.items():
            value = read_number(form)
            if each and value is not None:
                for low, high in self._tolerances_of(declared, value):
                    limits = (EXACT.subtract(value, low), EXACT.add(value, high))
                    half = EXACT.divide(EXACT.subtract(limits[1], limits[0]), Decimal(2))
                    made.append(NumericAnswer(value=_middle(limits), tolerance=half, fraction=each))
        return tuple(made)


def _whole(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 6 else 0


def _is_open(rubric: Node) -> bool:
    """Whether a rubric is for candidates."""
    views = rubric.get("view").split()
    return not views or "candidate" in views


def _middle(limits: tuple[Decimal, Decimal]) -> Decimal:
    return EXACT.divide(EXACT.add(limits[0], limits[1]), Decimal(2))
