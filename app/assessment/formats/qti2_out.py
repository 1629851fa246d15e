"""Questions as a QTI 2.2 package: one assessment item each, their files, and a manifest with skill and level.

Specification: IMS Question and Test Interoperability 2.2, Assessment Test, Section and Item Information Model; IMS
Content Packaging 1.1; IEEE Learning Object Metadata. What is right stands in the response declaration, shares of the
mark in its mapping, and feedback in modal feedback. A test per category keeps the categories.
"""

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.assessment.formats import xhtml
from app.assessment.formats.exports import ExportItem, LeftOut, Losses, by_category, combined, pieces
from app.assessment.formats.items import ItemRefused, Note, Reason, name_from_text
from app.assessment.rules.content import (
    DEFAULT_PENALTY,
    GAP_MARK,
    PLUGIN_FILE,
    Area,
    Cloze,
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
    Problem,
    Shape,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
)
from app.assessment.rules.marking import ALMOST_ALL
from app.assessment.rules.reading import fold

ITEM = "http://www.imsglobal.org/xsd/imsqti_v2p2"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
METADATA = "http://ltsc.ieee.org/xsd/LOM"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
RESPONSE = "RESPONSE"
SHAPES = {Shape.RECTANGLE: "rect", Shape.CIRCLE: "circle", Shape.ELLIPSE: "ellipse", Shape.POLYGON: "poly"}
# What says something without words.
SHOWN = frozenset({"img", "object"})
# A zip's earliest moment, so that the same questions give the same bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_CHINESE = re.compile("[\u4e00-\u9fff]")

# What is said to an answer, and how it is written.
Said = Option | Area | NumericAnswer | TextAnswer


def write(items: Iterable[ExportItem]) -> tuple[bytes, list[LeftOut]]:
    """The package of `items` as a zip, and what it does not hold."""
    left_out: list[LeftOut] = []
    files: dict[str, bytes] = {}
    manifest = Element(
        "manifest", {"xmlns": PACKAGE, "xmlns:xsi": XSI, "xmlns:lom": METADATA, "identifier": "questions"}
    )
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.2 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    tests: dict[str, list[str]] = {}
    numbers = count(1)

    def made(item: ExportItem, losses: Losses) -> "_Question":
        return _Question(item, losses, f"q{next(numbers)}")

    for item, question in pieces(by_category(items), left_out, made):
        ident = question.ident
        path = f"items/{ident}.xml"
        files[path] = _document(question.element)
        resource = _resource(resources, ident, "imsqti_item_xmlv2p2", path)
        _keywords(resource, item, question.name)
        SubElement(resource, "file", href=path)
        for name, data in question.media.items():
            files[f"items/{question.folder}/{name}"] = data
            SubElement(resource, "file", href=f"items/{question.folder}/{quote(name)}")
        if item.category:
            tests.setdefault(item.category, []).append(ident)
    for number, (category, idents) in enumerate(tests.items(), 1):
        path = f"tests/t{number}.xml"
        files[path] = _document(_test(f"t{number}", " ".join(Losses().xml(category).split()), idents))
        resource = _resource(resources, f"t{number}", "imsqti_test_xmlv2p2", path)
        SubElement(resource, "file", href=path)
        for ident in idents:
            SubElement(resource, "dependency", identifierref=ident)
    indent(manifest)
    return _zipped({"imsmanifest.xml": _document(manifest), **files}), left_out


def _document(root: Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


def _resource(parent: Element, ident: str, kind: str, path: str) -> Element:
    return SubElement(parent, "resource", identifier=ident, type=kind, href=path)


def _keywords(resource: Element, item: ExportItem, name: str) -> None:
    losses = Losses()
    lom = SubElement(SubElement(resource, "metadata"), "lom:lom")
    general = SubElement(lom, "lom:general")
    SubElement(SubElement(general, "lom:title"), "lom:string").text = name
    for word in item.words:
        SubElement(SubElement(general, "lom:keyword"), "lom:string").text = losses.xml(word)


def _test(ident: str, title: str, items: Sequence[str]) -> Element:
    root = Element("assessmentTest", {"xmlns": ITEM, "identifier": ident, "title": title})
    part = SubElement(root, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="simultaneous")
    section = SubElement(part, "assessmentSection", identifier="section", title=title, visible="true")
    for each in items:
        SubElement(section, "assessmentItemRef", identifier=each, href=f"../items/{each}.xml")
    return root


class _Question:
    """One <assessmentItem> as it is built; its children stand in the order of the specification."""

    def __init__(self, item: ExportItem, losses: Losses, ident: str) -> None:
        content = item.content
        self.ident = ident
        self.folder = f"{ident}-files"
        self.content = content
        self.losses = losses
        self.name = " ".join(losses.xml(item.name).split())
        self.name = self.name or name_from_text(losses.xml(content.text), content.format)
        self.element = Element(
            "assessmentItem",
            {"xmlns": ITEM, "identifier": ident, "title": self.name, "adaptive": "false", "timeDependent": "false"},
        )
        self.media = self._files()
        self.points = content.points
        if not content.points > 0 and not isinstance(content, Description):
            # A mapping needs something to give.
            losses.note(Note.POINTS_LEFT_OUT, count=f"{content.points:g}")
            self.points = 1.0
        self.responses: list[Element] = []
        self.outcomes: list[Element] = []
        self.body = Element("itemBody")
        self.processing = Element("responseProcessing")
        self.feedback: list[Element] = []
        self._score = self._outcome("SCORE", "float", default="0")
        self._score.set("normalMaximum", _number(0.0 if isinstance(content, Description) else self.points))
        if not isinstance(content, Cloze):
            xhtml.block(self.body, content.text, content.format, losses, self._link)
            if not "".join(self.body.itertext()).strip() and not any(each.tag in SHOWN for each in self.body.iter()):
                raise ItemRefused(Problem.EMPTY_TEXT)
        self._ask()
        self._combined()
        if content.general_feedback.strip():
            self._outcome("GENERAL", "identifier", default="shown")
            self._modal("GENERAL", "shown", content.general_feedback, content.general_feedback_format)
        losses.count(Note.HINTS, content.hints)
        if content.penalty != DEFAULT_PENALTY:
            losses.note(Note.PENALTY_LEFT_OUT)
        self.element.extend([*self.responses, *self.outcomes, self.body])
        if len(self.processing):
            self.element.append(self.processing)
        self.element.extend(self.feedback)

    def _files(self) -> dict[str, bytes]:
        found = {}
        for file in self.content.attachments:
            try:
                data = base64.b64decode(file.data, validate=True)
            except (ValueError, binascii.Error):
                data = b""
            if data:
                found[file.name] = data
        self.losses.count(Note.FILES_LEFT_OUT, (file.name not in found for file in self.content.attachments))
        return found

    def _link(self, reference: str) -> str:
        """A reference as the item writes it: to a file of the package, or as it is."""
        name = reference.removeprefix(PLUGIN_FILE)
        if name == reference:
            return reference
        for held in self.media:
            if name in (held, quote(held)):
                return f"{self.folder}/{quote(held)}"
        return reference

    # Parts of an item

    def _declared(self, ident: str, cardinality: str, base: str, correct: Iterable[str] = ()) -> Element:
        declaration = Element("responseDeclaration", identifier=ident, cardinality=cardinality, baseType=base)
        self.responses.append(declaration)
        right = list(correct)
        if right:
            around = SubElement(declaration, "correctResponse")
            for value in right:
                SubElement(around, "value").text = value
        return declaration

    def _mapping(
        self, declaration: Element, shares: dict[str, float], points: float, default: float = 0.0
    ) -> list[Element]:
        """What each value earns of `points`; together no less than nothing and no more than all."""
        around = SubElement(
            declaration, "mapping",
            lowerBound="0", upperBound=_number(points), defaultValue=_number(max(default, 0) * points),
        )  # fmt: skip
        return [
            SubElement(around, "mapEntry", mapKey=value, mappedValue=_number(share * points))
            for value, share in shares.items()
        ]

    def _outcome(self, ident: str, base: str, cardinality: str = "single", default: str = "") -> Element:
        declaration = Element("outcomeDeclaration", identifier=ident, cardinality=cardinality, baseType=base)
        self.outcomes.append(declaration)
        if default:
            SubElement(SubElement(declaration, "defaultValue"), "value").text = default
        return declaration

    def _modal(self, outcome: str, ident: str, text: str, own: Format | None) -> None:
        said = Element("modalFeedback", outcomeIdentifier=outcome, identifier=ident, showHide="show")
        xhtml.add(said, text, own or self.content.format, self.losses, self._link)
        self.feedback.append(said)

    def _say_each(self, outcome: str, said: Iterable[tuple[str, Said]], cardinality: str = "single") -> bool:
        """Declares feedback for answers by their identifiers; whether there is any."""
        given = [(ident, each) for ident, each in said if each.feedback.strip()]
        if given:
            self._outcome(outcome, "identifier", cardinality)
        for ident, each in given:
            self._modal(outcome, ident, each.feedback, each.feedback_format)
        return bool(given)

    def _combined(self) -> None:
        """What is said to right, partly right and wrong answers, by the score."""
        texts = combined(self.content)
        if isinstance(self.content, Essay | FileUpload | Description):
            self.losses.count(Note.FEEDBACK_LEFT_OUT, texts)
            return
        if not any(text.strip() for text in texts):
            return
        self._outcome("RESULT", "identifier")
        condition = SubElement(self.processing, "responseCondition")
        for tag, operator, least, result in (
            ("responseIf", "gte", self.points * ALMOST_ALL, "right"),
            ("responseElseIf", "gt", 0.0, "partly"),
            ("responseElse", "", 0.0, "wrong"),
        ):
            branch = SubElement(condition, tag)
            if operator:
                compared = SubElement(branch, operator)
                SubElement(compared, "variable", identifier="SCORE")
                _value(compared, "float", _number(least))
            _set(branch, "RESULT", "identifier", result)
        for result, text in zip(("right", "partly", "wrong"), texts, strict=True):
            if text.strip():
                self._modal("RESULT", result, text, None)

    def _mapped(self, ident: str, outcome: str) -> None:
        """Sets `outcome` to what the mapping gives, where there is an answer."""
        branch = _if_answered(SubElement(self.processing, "responseCondition"), ident)
        SubElement(SubElement(branch, "setOutcomeValue", identifier=outcome), "mapResponse", identifier=ident)

    def _room(self) -> Element:
        """Where an interaction among text stands: at the end of the text."""
        last = self.body[-1] if len(self.body) else None
        if last is not None and last.tag in ("p", "div"):
            xhtml.say(last, " ")
            return last
        return SubElement(self.body, "div")

    def _flow(self, parent: Element, text: str, own: Format | None) -> None:
        xhtml.add(parent, text, own or self.content.format, self.losses, self._link)

    # Types

    def _ask(self) -> None:
        """The interaction, what is right, and how it is marked. Raises ItemRefused."""
        content = self.content
        match content:
            case Description():
                pass
            case Single() | Multiple():
                self._choice(content.options, isinstance(content, Multiple), content.shuffle)
            case TrueFalse():
                self._true_false(content)
            case Numeric():
                entry = SubElement(self._room(), "textEntryInteraction", responseIdentifier=RESPONSE)
                self._numeric(entry, content, RESPONSE, "SCORE", "FEEDBACK", self.points)
            case ShortText():
                SubElement(self._room(), "textEntryInteraction", responseIdentifier=RESPONSE)
                self._typed(content, RESPONSE, "SCORE", "FEEDBACK", self.points)
            case Matching():
                self._matching(content)
            case Ordering():
                self._ordering(content)
            case Cloze():
                self._cloze(content)
            case Essay():
                self._essay(content)
            case FileUpload():
                self._upload(content)
            case Hotspot():
                self._hotspot(content)
            case _:
                raise ItemRefused(Reason.NO_SUCH_TYPE, type=content.kind)

    def _choice(self, options: Sequence[Option], several: bool, shuffle: bool) -> None:
        idents = [f"choice_{number}" for number in range(1, len(options) + 1)]
        interaction = SubElement(
            self.body, "choiceInteraction",
            responseIdentifier=RESPONSE, shuffle=_truth(shuffle), maxChoices="0" if several else "1",
        )  # fmt: skip
        for ident, option in zip(idents, options, strict=True):
            self._flow(SubElement(interaction, "simpleChoice", identifier=ident), option.text, option.format)
        self._chosen(list(zip(idents, options, strict=True)), several)

    def _chosen(self, chosen: Sequence[tuple[str, Option | Area]], several: bool) -> None:
        """Declaration, marking and feedback of what is chosen by identifier."""
        shares = {ident: each.fraction for ident, each in chosen}
        best = max(shares.values())
        right = [ident for ident, share in shares.items() if (share > 0 if several else share == best)]
        cardinality = "multiple" if several else "single"
        declaration = self._declared(RESPONSE, cardinality, "identifier", right if several else right[:1])
        self._mapping(declaration, {ident: share for ident, share in shares.items() if share}, self.points)
        self._mapped(RESPONSE, "SCORE")
        if self._say_each("FEEDBACK", chosen, cardinality):
            copied = SubElement(self.processing, "setOutcomeValue", identifier="FEEDBACK")
            SubElement(copied, "variable", identifier=RESPONSE)

    def _true_false(self, content: TrueFalse) -> None:
        is_chinese = bool(_CHINESE.search(content.text))
        options = [
            Option(
                key=str(truth),
                text=text,
                fraction=float(truth == content.right),
                format=Format.PLAIN,
                feedback=said,
                feedback_format=own,
            )
            for truth, text, said, own in (
                (True, "对" if is_chinese else "True", content.feedback_true, content.feedback_true_format),
                (False, "错" if is_chinese else "False", content.feedback_false, content.feedback_false_format),
            )
        ]
        self._choice(options, several=False, shuffle=False)

    def _numeric(self, entry: Element, content: Numeric, ident: str, score: str, feedback: str, points: float) -> None:
        """A number within tolerances: the first answer that it fits counts."""
        self.losses.count(Note.UNITS_LEFT_OUT, content.units)
        numbers = [answer for answer in content.answers if answer.value is not None]
        best = max(numbers, key=lambda answer: answer.fraction, default=None)
        self._declared(ident, "single", "float", [str(best.value)] if best is not None and best.fraction > 0 else [])
        named = [(f"answer_{number}", answer) for number, answer in enumerate(content.answers, 1)]
        is_said = self._say_each(feedback, named)
        if any(answer.shown not in (None, answer.value) for answer in numbers):
            self.losses.note(Note.SHOWN_LEFT_OUT)
        answered = _if_answered(SubElement(self.processing, "responseCondition"), ident)
        condition = SubElement(answered, "responseCondition")
        for number, (name, answer) in enumerate(named):
            tag = "responseElse" if answer.value is None else "responseElseIf" if number else "responseIf"
            if answer.value is None and not number:
                answered.remove(condition)
                branch = answered
            else:
                branch = SubElement(condition, tag)
            if answer.value is not None:
                _within(branch, ident, answer.value, answer.tolerance)
            _set(branch, score, "float", _number(max(answer.fraction, 0.0) * points))
            if is_said and answer.feedback.strip():
                _set(branch, feedback, "identifier", name)
            if answer.value is None:
                break
        entry.set("expectedLength", "12")

    def _typed(self, content: ShortText, ident: str, score: str, feedback: str, points: float) -> None:
        """Accepted forms; a lone * is what everything else earns. Raises ItemRefused where a form has another *."""
        forms: dict[str, TextAnswer] = {}
        known: set[str] = set()
        other: TextAnswer | None = None
        for answer in content.answers:
            if answer.text.strip() == "*":
                other = answer
                break
            if "*" in answer.text.replace("\\*", ""):
                raise ItemRefused(Reason.WILDCARD, text=answer.text)
            form = self.losses.xml(answer.text.replace("\\*", "*")).strip()
            folded = fold(form, content.match_case)
            if folded and folded not in known:
                known.add(folded)
                forms[form] = answer
        best = max(forms, key=lambda form: forms[form].fraction, default=None)
        declaration = self._declared(ident, "single", "string", [best] if best is not None else [])
        shares = {form: answer.fraction for form, answer in forms.items()}
        for entry in self._mapping(declaration, shares or {"*": 0.0}, points, other.fraction if other else 0.0):
            entry.set("caseSensitive", _truth(content.match_case))
        self._mapped(ident, score)
        named = [(f"answer_{number}", form, answer) for number, (form, answer) in enumerate(forms.items(), 1)]
        said: list[tuple[str, Said]] = [(name, answer) for name, _, answer in named]
        if self._say_each(feedback, [*said, *([("other", other)] if other else [])]):
            answered = _if_answered(SubElement(self.processing, "responseCondition"), ident)
            condition = SubElement(answered, "responseCondition")
            for number, (name, form, answer) in enumerate(named):
                branch = SubElement(condition, "responseElseIf" if number else "responseIf")
                compared = SubElement(branch, "stringMatch", caseSensitive=_truth(content.match_case))
                SubElement(compared, "variable", identifier=ident)
                _value(compared, "string", form)
                if answer.feedback.strip():
                    _set(branch, feedback, "identifier", name)
            if other and not named:
                answered.remove(condition)
            if other and other.feedback.strip():
                _set(SubElement(condition, "responseElse") if named else answered, feedback, "identifier", "other")

    def _matching(self, content: Matching) -> None:
        rows = {pair.key: f"row_{number}" for number, pair in enumerate(content.pairs, 1)}
        choices = {choice.key: f"choice_{number}" for number, choice in enumerate(content.choices, 1)}
        interaction = SubElement(
            self.body, "matchInteraction",
            responseIdentifier=RESPONSE, shuffle=_truth(content.shuffle), maxAssociations=str(len(rows)),
        )  # fmt: skip
        first, second = SubElement(interaction, "simpleMatchSet"), SubElement(interaction, "simpleMatchSet")
        for pair in content.pairs:
            row = SubElement(first, "simpleAssociableChoice", identifier=rows[pair.key], matchMax="1")
            self._flow(row, pair.text, pair.format)
        for choice in content.choices:
            offered = SubElement(second, "simpleAssociableChoice", identifier=choices[choice.key], matchMax="0")
            self._flow(offered, choice.text, choice.format)
        right = [f"{rows[pair.key]} {choices[pair.choice]}" for pair in content.pairs]
        declaration = self._declared(RESPONSE, "multiple", "directedPair", right)
        self._mapping(declaration, dict.fromkeys(right, 1 / len(right)), self.points)
        self._mapped(RESPONSE, "SCORE")

    def _ordering(self, content: Ordering) -> None:
        """Items by their keys, which hide the right order; without customs of its own QTI gives all or nothing."""
        self.losses.note(Note.WHOLE_ORDER)
        shown = sorted(content.items, key=lambda item: (len(item.key), item.key))
        idents = {item.key: f"item_{number}" for number, item in enumerate(shown, 1)}
        interaction = SubElement(self.body, "orderInteraction", responseIdentifier=RESPONSE, shuffle="true")
        for item in shown:
            choice = SubElement(interaction, "simpleChoice", identifier=idents[item.key])
            self._flow(choice, item.text, item.format)
        self._declared(RESPONSE, "ordered", "identifier", [idents[item.key] for item in content.items])
        branch = SubElement(SubElement(self.processing, "responseCondition"), "responseIf")
        compared = SubElement(branch, "match")
        SubElement(compared, "variable", identifier=RESPONSE)
        SubElement(compared, "correct", identifier=RESPONSE)
        _set(branch, "SCORE", "float", _number(self.points))

    def _essay(self, content: Essay) -> None:
        self._by_person(content.guide)
        if content.template.strip():
            self.losses.note(Note.TEMPLATE_LEFT_OUT)
        self._declared(RESPONSE, "single", "string")
        SubElement(self.body, "extendedTextInteraction", responseIdentifier=RESPONSE, expectedLines="15")

    def _upload(self, content: FileUpload) -> None:
        self._by_person(content.guide)
        if content.most > 1:
            self.losses.note(Note.ONE_FILE, count=content.most)
        if content.suffixes:
            self.losses.note(Note.ANY_FILE)
        self._declared(RESPONSE, "single", "file")
        SubElement(self.body, "uploadInteraction", responseIdentifier=RESPONSE)

    def _by_person(self, guide: str) -> None:
        self._score.set("externalScored", "human")
        if guide.strip():
            rubric = SubElement(self.body, "rubricBlock", view="scorer")
            xhtml.block(rubric, guide, self.content.format, self.losses, self._link)

    def _hotspot(self, content: Hotspot) -> None:
        picture = next(file for file in content.attachments if file.name == content.picture)
        if picture.name not in self.media:
            raise ItemRefused(Reason.PICTURE_ABSENT, name=picture.name)
        interaction = SubElement(
            self.body, "hotspotInteraction",
            responseIdentifier=RESPONSE, maxChoices="0" if content.several else "1",
        )  # fmt: skip
        SubElement(
            interaction, "object",
            data=self._link(PLUGIN_FILE + picture.name), type=picture.media_type,
            width=str(content.width), height=str(content.height),
        )  # fmt: skip
        named: list[tuple[str, Area]] = []
        for number, area in enumerate(content.areas, 1):
            named.append((f"area_{number}", area))
            places = [str(max(round(place), 0)) for place in area.coordinates]
            choice = SubElement(
                interaction, "hotspotChoice",
                identifier=f"area_{number}", shape=SHAPES[area.shape], coords=",".join(places),
            )  # fmt: skip
            if area.text.strip():
                choice.set("hotspotLabel", self.losses.xml(area.text))
        self._chosen(named, content.several)

    # Gaps

    def _cloze(self, content: Cloze) -> None:
        """The text with an interaction for each mark. Raises ItemRefused where a gap has no place in it."""
        total = sum(gap.weight for gap in content.gaps)
        xhtml.block(self.body, content.text, content.format, self.losses, self._link)
        made = {
            gap.key: self._gap(number, gap, self.points * gap.weight / total)
            for number, gap in enumerate(content.gaps, 1)
        }
        _place(self.body, made)
        if {id(each) for each in made.values()} - {id(each) for each in self.body.iter()}:
            raise ItemRefused(Reason.GAP_LOST)
        whole = SubElement(SubElement(self.processing, "setOutcomeValue", identifier="SCORE"), "sum")
        for number in range(1, len(content.gaps) + 1):
            SubElement(whole, "variable", identifier=f"SCORE_{number}")

    def _gap(self, number: int, gap: Gap, points: float) -> Element:
        ident, score, feedback = f"{RESPONSE}_{number}", f"SCORE_{number}", f"FEEDBACK_{number}"
        part = gap.part
        self.losses.count(Note.FEEDBACK_LEFT_OUT, [part.general_feedback, *combined(part)])
        if isinstance(part, Multiple):
            raise ItemRefused(Reason.GAP_SEVERAL)
        self._outcome(score, "float", default="0")
        if isinstance(part, Numeric):
            entry = Element("textEntryInteraction", responseIdentifier=ident)
            self._numeric(entry, part, ident, score, feedback, points)
            return entry
        if isinstance(part, ShortText):
            self._typed(part, ident, score, feedback, points)
            return Element("textEntryInteraction", responseIdentifier=ident)
        if gap.layout is not Layout.DROPDOWN:
            self.losses.note(Note.GAP_LISTS)
        interaction = Element("inlineChoiceInteraction", responseIdentifier=ident, shuffle=_truth(part.shuffle))
        named = [(f"choice_{place}", option) for place, option in enumerate(part.options, 1)]
        for name, option in named:
            choice = SubElement(interaction, "inlineChoice", identifier=name)
            choice.text = xhtml.words(option.text, option.format or self.content.format, self.losses)
        best = max(part.options, key=lambda option: option.fraction)
        right = next(name for name, option in named if option is best)
        declaration = self._declared(ident, "single", "identifier", [right])
        self._mapping(declaration, {name: option.fraction for name, option in named if option.fraction}, points)
        self._mapped(ident, score)
        if self._say_each(feedback, named):
            copied = SubElement(self.processing, "setOutcomeValue", identifier=feedback)
            SubElement(copied, "variable", identifier=ident)
        return interaction


def _place(parent: Element, gaps: dict[str, Element]) -> None:
    """Puts `gaps` where their marks stand in the texts of `parent`."""
    texts = [parent.text or "", *(child.tail or "" for child in parent)]
    children = list(parent)
    for child in children:
        _place(child, gaps)
    parent.text, parent[:] = "", []
    for number, text in enumerate(texts):
        if number:
            children[number - 1].tail = None
            parent.append(children[number - 1])
        pieces = GAP_MARK.split(text)
        xhtml.say(parent, pieces[0])
        for key, after in zip(pieces[1::2], pieces[2::2], strict=True):
            if key in gaps:
                parent.append(gaps[key])
                xhtml.say(parent, after)
            else:
                xhtml.say(parent, f"[[{key}]]{after}")


def _if_answered(condition: Element, ident: str) -> Element:
    """The branch of `condition` that is taken where the response has a value."""
    branch = SubElement(condition, "responseIf")
    SubElement(SubElement(SubElement(branch, "not"), "isNull"), "variable", identifier=ident)
    return branch


def _value(parent: Element, base: str, value: str) -> None:
    SubElement(parent, "baseValue", baseType=base).text = value


def _set(branch: Element, outcome: str, base: str, value: str) -> None:
    _value(SubElement(branch, "setOutcomeValue", identifier=outcome), base, value)


def _within(branch: Element, ident: str, value: Decimal, tolerance: Decimal) -> None:
    mode = {"toleranceMode": "absolute", "tolerance": f"{tolerance} {tolerance}"} if tolerance else {}
    compared = SubElement(branch, "equal", mode or {"toleranceMode": "exact"})
    SubElement(compared, "variable", identifier=ident)
    _value(compared, "float", str(value))


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _number(value: float) -> str:
    return f"{value:.10g}"
