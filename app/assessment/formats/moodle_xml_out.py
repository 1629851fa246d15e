"""Questions as Moodle XML, with their files, hints and numbers to draw; gaps in Moodle's own notation.

What Moodle's reader passes over for a type is written all the same, for ours, and noted.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.assessment.formats.exports import ExportItem, LeftOut, Losses, by_category, combined, percent, pieces
from app.assessment.formats.items import ItemRefused, Note, Reason, name_from_text
from app.assessment.formats.moodle_xml import DIVIDED, FORMATS, GAP_START, ROOT, SURE
from app.assessment.rules.content import (
    GAP_MARK,
    PLUGIN_FILE,
    Calculated,
    Cloze,
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
    QuestionKind,
    Rounding,
    ShortText,
    Single,
    TextAnswer,
    ToleranceKind,
    TrueFalse,
    Unit,
)
from app.assessment.rules.formulas import NAME

KINDS = {
    QuestionKind.SINGLE: "multichoice",
    QuestionKind.MULTIPLE: "multichoice",
    QuestionKind.TRUE_FALSE: "truefalse",
    QuestionKind.NUMERIC: "numerical",
    QuestionKind.CALCULATED: "calculated",
    QuestionKind.MATCHING: "matching",
    QuestionKind.ORDERING: "ordering",
    QuestionKind.CLOZE: "cloze",
    QuestionKind.SHORT_TEXT: "shortanswer",
    QuestionKind.ESSAY: "essay",
    QuestionKind.FILE: "essay",
    QuestionKind.DESCRIPTION: "description",
}
_NAMES = {format: name for name, format in FORMATS.items()}
# Types of Moodle that have feedback by result, and those that have no second try.
_COMBINED = (Single, Multiple, Matching, Ordering)
_ONCE = (TrueFalse, Essay, FileUpload, Description)
_MOST_WEIGHT = 9_999


def write(items: Iterable[ExportItem]) -> tuple[str, list[LeftOut]]:
    """The Moodle XML of `items`, and what it does not hold; those of no category stand first."""
    left_out: list[LeftOut] = []
    root = Element(ROOT)
    category = ""
    for item, question in pieces(by_category(items), left_out, _question):
        if item.category != category:
            category = item.category
            heading = SubElement(root, "question", type="category")
            _with_text(heading, "category", Losses().xml(" ".join(category.split())))
        root.append(question)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n', left_out


def _question(item: ExportItem, losses: Losses) -> Element:
    return _Question(item, losses).element


def _with_text(parent: Element, tag: str, text: str) -> Element:
    made = SubElement(parent, tag)
    SubElement(made, "text").text = text
    return made


class _Question:
    """One <question> as it is built."""

    def __init__(self, item: ExportItem, losses: Losses) -> None:
        content = item.content
        kind = KINDS.get(content.kind)
        if kind is None:
            raise ItemRefused(Reason.NO_SUCH_TYPE, type=content.kind)
        self.losses = losses
        self.content = content
        self.files = {file.name: file for file in content.attachments if file.data}
        losses.count(Note.FILES_LEFT_OUT, (not file.data for file in content.attachments))
        self.placed: set[str] = set()
        self.element = Element("question", type=kind)
        self._plain("name", item.name.strip() or name_from_text(content.text, content.format))
        asked = self._prose(self.element, "questiontext", self._asked())
        self._prose(self.element, "generalfeedback", content.general_feedback, content.general_feedback_format)
        self._value("defaultgrade", f"{content.points!r}")
        self._value("penalty", f"{content.penalty:.7f}")
        self._value("hidden", "0")
        self._answers()
        self._combined()
        for hint in content.hints:
            self._prose(self.element, "hint", hint)
        if content.hints and isinstance(content, _ONCE):
            losses.note(Note.IGNORED, name="hint")
        # What no text refers to stands with the question's own.
        for name in self.files:
            if name not in self.placed:
                self._file(asked, name)
        if item.words:
            tags = SubElement(self.element, "tags")
            for tag in item.words:
                _with_text(tags, "tag", losses.xml(tag))

    # Texts and values

    def _value(self, tag: str, value: str, parent: Element | None = None) -> None:
        SubElement(self.element if parent is None else parent, tag).text = value

    def _plain(self, tag: str, text: str, parent: Element | None = None) -> Element:
        return _with_text(self.element if parent is None else parent, tag, self.losses.xml(text))

    def _prose(self, parent: Element, tag: str, text: str, own: Format | None = None) -> Element:
        """A text with its format, and the files that it refers to."""
        made = _with_text(parent, tag, self.losses.xml(text))
        made.set("format", _NAMES[own or self.content.format])
        for name in self.files:
            if PLUGIN_FILE + name in text or PLUGIN_FILE + quote(name) in text:
                self._file(made, name)
        return made

    def _file(self, parent: Element, name: str) -> None:
        self.placed.add(name)
        SubElement(parent, "file", name=name, path="/", encoding="base64").text = self.files[name].data

    def _answer(self, fraction: float, text: str, said: str = "", said_format: Format | None = None) -> Element:
        answer = self._plain("answer", text)
        answer.set("fraction", percent(fraction))
        self._prose(answer, "feedback", said, said_format)
        return answer

    def _combined(self) -> None:
        tags = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
        for tag, text in zip(tags, combined(self.content), strict=True):
            if text or isinstance(self.content, _COMBINED):
                self._prose(self.element, tag, text)
            if text and not isinstance(self.content, _COMBINED):
                self.losses.note(Note.IGNORED, name=tag)

    def _asked(self) -> str:
        match self.content:
            case Cloze():
                return self._cloze(self.content)
            case Calculated():
                return _renamed(self.content.text, _moodle_names(self.content))
        return self.content.text

    # Types

    def _answers(self) -> None:
        content = self.content
        match content:
            case Single() | Multiple():
                self._value("single", "true" if isinstance(content, Single) else "false")
                self._value("shuffleanswers", "true" if content.shuffle else "false")
                for option in content.options:
                    answer = self._answer(option.fraction, option.text, option.feedback, option.feedback_format)
                    self._formatted(answer, option.text, option.format)
            case TrueFalse():
                for truth, said, own in (
                    (True, content.feedback_true, content.feedback_true_format),
                    (False, content.feedback_false, content.feedback_false_format),
                ):
                    self._answer(float(truth == content.right), str(truth).lower(), said, own)
            case ShortText():
                self._value("usecase", "1" if content.match_case else "0")
                for form in content.answers:
                    self._answer(form.fraction, form.text, form.feedback, form.feedback_format)
            case Numeric():
                self._numeric(content)
            case Calculated():
                self._calculated(content)
            case Matching():
                self._matching(content)
            case Ordering():
                self._value("layouttype", "VERTICAL")
                self._value("selecttype", "ALL")
                self._value("selectcount", "0")
                self._value("gradingtype", "LONGEST_ORDERED_SUBSET")
                self._value("showgrading", "SHOW")
                for number, item in enumerate(content.items, 1):
                    answer = self._plain("answer", item.text)
                    answer.set("fraction", str(number))
                    self._formatted(answer, item.text, item.format)
            case Essay():
                self._essay(content.guide, content.template, "editor" if content.format is Format.HTML else "plain")
            case FileUpload():
                self._essay(content.guide, "", "noinline", content.most, content.suffixes)

    def _formatted(self, answer: Element, text: str, own: Format | None) -> None:
        """Gives an answer its format, and the files that it refers to."""
        answer.set("format", _NAMES[own or self.content.format])
        for name in self.files:
            if PLUGIN_FILE + name in text or PLUGIN_FILE + quote(name) in text:
                self._file(answer, name)

    def _numeric(self, content: Numeric) -> None:
        for accepted in content.answers:
            value = "*" if accepted.value is None else str(accepted.value)
            answer = self._answer(accepted.fraction, value, accepted.feedback, accepted.feedback_format)
            self._value("tolerance", str(accepted.tolerance), answer)
            if accepted.shown not in (None, accepted.value):
                self.losses.note(Note.SHOWN_LEFT_OUT)
        self._units(content.units)

    def _units(self, units: Iterable[Unit]) -> None:
        """The units, whose multipliers Moodle counts the other way: how many of a unit the first one has."""
        listed = list(units)
        if listed:
            around = SubElement(self.element, "units")
            for unit in listed:
                inside = SubElement(around, "unit")
                per_first = SURE.plus(DIVIDED.divide(Decimal(1), unit.multiplier)).normalize(SURE)
                self._value("multiplier", str(per_first), inside)
                self._value("unit_name", self.losses.xml(unit.name), inside)
        self._value("unitgradingtype", "0")
        self._value("unitpenalty", "0.1")
        # 0: a unit is typed behind the number; 3: there are none.
        self._value("showunits", "0" if listed else "3")
        self._value("unitsleft", "0")

    def _calculated(self, content: Calculated) -> None:
        names = _moodle_names(content)
        self._value("synchronize", "0")
        for accepted in content.answers:
            formula = _renamed(accepted.formula, names)
            answer = self._answer(accepted.fraction, formula, accepted.feedback, accepted.feedback_format)
            is_share = accepted.tolerance_kind is ToleranceKind.SHARE
            self._value("tolerance", str(accepted.tolerance), answer)
            self._value("tolerancetype", "1" if is_share else "2", answer)
            self._value("correctanswerformat", "1" if accepted.rounding is Rounding.DECIMALS else "2", answer)
            self._value("correctanswerlength", str(accepted.digits), answer)
        self._units(content.units)
        definitions = SubElement(self.element, "dataset_definitions")
        for variable in content.variables:
            definition = SubElement(definitions, "dataset_definition")
            places = max(-_exponent(value) for value in variable.values)
            self._plain("status", "private", definition)
            self._plain("name", names[variable.name], definition)
            self._value("type", "calculated", definition)
            self._plain("distribution", "uniform", definition)
            self._plain("minimum", str(min(variable.values)), definition)
            self._plain("maximum", str(max(variable.values)), definition)
            self._plain("decimals", str(max(places, 0)), definition)
            self._value("itemcount", str(len(variable.values)), definition)
            items = SubElement(definition, "dataset_items")
            for number, value in enumerate(variable.values, 1):
                item = SubElement(items, "dataset_item")
                self._value("number", str(number), item)
                self._value("value", str(value), item)
            self._value("number_of_items", str(len(variable.values)), definition)

    def _matching(self, content: Matching) -> None:
        self._value("shuffleanswers", "true" if content.shuffle else "false")
        choices = {choice.key: choice for choice in content.choices}
        if len({choice.text for choice in content.choices}) < len(choices):
            self.losses.note(Note.MERGED)
        if content.format is not Format.PLAIN and any("<" in choice.text for choice in content.choices):
            self.losses.note(Note.PLAIN_CHOICES)
        elif any(choice.format not in (None, content.format) for choice in content.choices):
            self.losses.note(Note.FORMAT)
        used = {choices[pair.choice].text for pair in content.pairs}
        for pair in content.pairs:
            row = self._prose(self.element, "subquestion", pair.text, pair.format)
            self._plain("answer", choices[pair.choice].text, row)
        for text in dict.fromkeys(choice.text for choice in content.choices if choice.text not in used):
            self._plain("answer", text, self._prose(self.element, "subquestion", ""))

    def _essay(
        self, guide: str, template: str, response: str, attachments: int = 0, suffixes: tuple[str, ...] = ()
    ) -> None:
        self._value("responseformat", response)
        self._value("responserequired", "0" if attachments else "1")
        self._value("responsefieldlines", "15")
        self._value("attachments", str(attachments))
        self._value("attachmentsrequired", "1" if attachments else "0")
        self._value("filetypeslist", ",".join(suffixes))
        self._prose(self.element, "graderinfo", guide)
        self._prose(self.element, "responsetemplate", template)

    # Gaps

    def _cloze(self, content: Cloze) -> str:
        """The text with its gaps in Moodle's notation. Raises ItemRefused."""
        weights = self._weights(content.gaps)
        if content.points != sum(weights.values()):
            self.losses.note(Note.IGNORED, name="defaultgrade")
        found = GAP_START.search(content.text)
        if found and content.format is Format.PLAIN:
            raise ItemRefused(Reason.GAP_LIKE, text=found[0])
        text = GAP_START.sub(lambda found: "&#123;" + found[0][1:], content.text)
        gaps = {gap.key: self._gap(gap, weights[gap.key]) for gap in content.gaps}
        return GAP_MARK.sub(lambda found: gaps[found[1]], text)

    def _weights(self, gaps: Iterable[Gap]) -> dict[str, int]:
        """The weights as whole numbers in the same ratio, as near as four digits allow."""
        given = {gap.key: Fraction(gap.weight).limit_denominator(1000) for gap in gaps}
        scale = lcm(*(weight.denominator for weight in given.values()))
        most = max(given.values()) * scale
        if most > _MOST_WEIGHT:
            self.losses.note(Note.GAP_WEIGHTS)
            return {key: round(weight * scale * _MOST_WEIGHT / most) for key, weight in given.items()}
        return {key: int(weight * scale) for key, weight in given.items()}

    def _gap(self, gap: Gap, weight: int) -> str:
        part = gap.part
        self.losses.count(Note.FEEDBACK_LEFT_OUT, [part.general_feedback, *combined(part)])
        match part:
            case Numeric():
                self.losses.count(Note.UNITS_LEFT_OUT, part.units)
                kind, parts = "NUMERICAL", [self._gap_number(answer) for answer in part.answers]
            case ShortText():
                kind = "SHORTANSWER_C" if part.match_case else "SHORTANSWER"
                parts = [self._gap_form(answer) for answer in part.answers]
            case _:
                kind, parts = self._gap_options(part, gap.layout)
        return f"{{{weight}:{kind}:{'~'.join(parts)}}}"

    def _gap_options(self, part: Single | Multiple, layout: Layout) -> tuple[str, list[str]]:
        if isinstance(part, Multiple):
            if sum(max(option.fraction, 0) for option in part.options) > 1.0001:
                raise ItemRefused(Reason.GAP_SHARES)
            kind, variant = "MULTIRESPONSE", "H" if layout is Layout.HORIZONTAL else ""
        else:
            kind, variant = "MULTICHOICE", {Layout.VERTICAL: "V", Layout.HORIZONTAL: "H"}.get(layout, "")
        variant += "S" if part.shuffle else ""
        if any(option.format not in (None, self.content.format) for option in part.options):
            self.losses.note(Note.FORMAT)
        return f"{kind}_{variant}" if variant else kind, [self._gap_option(option) for option in part.options]

    def _gap_option(self, option: Option) -> str:
        return self._gap_part(option.fraction, option.text, option)

    def _gap_form(self, answer: TextAnswer) -> str:
        return self._gap_part(answer.fraction, self._typed(answer.text), answer)

    def _gap_number(self, answer: NumericAnswer) -> str:
        if answer.shown not in (None, answer.value):
            self.losses.note(Note.SHOWN_LEFT_OUT)
        value = "*" if answer.value is None else f"{answer.value}:{answer.tolerance}"
        return self._gap_part(answer.fraction, value, answer)

    def _typed(self, text: str) -> str:
        """What is typed, as text of the question's format: readers take entities out of HTML."""
        if self.content.format in (Format.PLAIN, Format.MARKDOWN):
            return text
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def _gap_part(self, fraction: float, text: str, said: Option | TextAnswer | NumericAnswer) -> str:
        if said.feedback and said.feedback_format not in (None, self.content.format):
            self.losses.note(Note.FORMAT)
        text = self.losses.xml(text).strip()
        if fraction == 1:
            weight = "="
        elif fraction or text.startswith(("%", "=")):
            weight = f"%{percent(fraction)}%"
        else:
            weight = ""
        if text.startswith("=") and weight != "=":
            # A sign after the weight would be the notation's own.
            text = f"={text}" if self.content.format is Format.PLAIN else f"&#61;{text[1:]}"
        feedback = _gap_escaped(said.feedback.strip())
        # What ends in & would make an entity of the sign.
        return weight + _gap_escaped(text) + (f"{' ' if text.endswith('&') else ''}#{feedback}" if feedback else "")


def _gap_escaped(text: str) -> str:
    """`text` without signs of the notation. A backslash is doubled only where it would escape what follows: TeX."""
    made = []
    for place, sign in enumerate(text):
        follows = text[place + 1 : place + 2]
        is_escape = sign == "\\" and (not follows or follows in '}#~/"\\')
        is_sign = sign in "}~" or (sign == "#" and text[max(place - 1, 0) : place] != "&")
        made.append("\\" + sign if is_escape or is_sign else sign)
    return "".join(made)


def _moodle_names(content: Calculated) -> dict[str, str]:
    """The variables' names as Moodle allows them: a letter first, no spaces."""
    names: dict[str, str] = {}
    known = {variable.name for variable in content.variables}
    for variable in content.variables:
        name = variable.name.replace(" ", "_")
        name = name if name[:1].isalpha() else f"v{name}"
        while name != variable.name and name in known:
            name += "_"
        known.add(name)
        names[variable.name] = name
    return names


def _renamed(text: str, names: Mapping[str, str]) -> str:
    return NAME.sub(lambda found: f"{{{names.get(found[1], found[1])}}}", text)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
