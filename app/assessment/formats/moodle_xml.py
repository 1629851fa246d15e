"""Moodle XML: questions with their files, and cloze texts in Moodle's own notation. Written from its documentation.

Document types and entities are refused. One question is held in memory at a time.
"""

import base64
import binascii
import html
import mimetypes
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from urllib.parse import quote
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.assessment.formats.gift import numeric_answer
from app.assessment.formats.items import (
    MAX_FILES,
    MAX_OPTIONS,
    MAX_TEXT,
    FileUnreadable,
    Item,
    ItemRefused,
    Note,
    Reason,
    Refusal,
    Remark,
    remark,
    taken,
)
from app.assessment.rules.content import (
    DEFAULT_PENALTY,
    FORMULA_IN_TEXT,
    GAP_MARK,
    PLUGIN_FILE,
    Attachment,
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
    Problem,
    Rounding,
    ShortText,
    Single,
    TextAnswer,
    ToleranceKind,
    TrueFalse,
    Unit,
    Variable,
    letter,
    letters_hiding_order,
    matched,
    tidy_fraction,
)
from app.assessment.rules.drawing import draw
from app.assessment.rules.formulas import NAME, FormulaError
from app.assessment.rules.reading import read_number

ROOT = "quiz"
MAX_DEPTH = 50
CHUNK = 1 << 16
FORMATS = {
    "html": Format.HTML,
    "markdown": Format.MARKDOWN,
    "plain_text": Format.PLAIN,
    "moodle_auto_format": Format.MOODLE,
}

# Draws of numbers times formulas.
MAX_WORK = 20_000
MAX_UPLOADS = 20
MAX_DIGITS = 30
# Moodle's names for groups of kinds of file, as far as people hand them in.
FILE_GROUPS = {
    "document": (".doc", ".docx", ".odt", ".pdf", ".rtf"),
    "spreadsheet": (".xls", ".xlsx", ".ods", ".csv"),
    "presentation": (".ppt", ".pptx", ".odp"),
    "image": (".png", ".jpg", ".jpeg", ".gif"),
    "web_image": (".png", ".jpg", ".jpeg", ".gif"),
    "archive": (".zip",),
    "audio": (".mp3",),
    "video": (".mp4",),
}
# Of how many digits a unit's multiplier is, and how many of them are still sure when it has been turned over.
DIVIDED = Context(prec=28)
SURE = Context(prec=25)

_MEDIA_TYPES = mimetypes.MimeTypes()
_TAGS = re.compile(r"<[^<>]*>")
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")


# Reading the file


@dataclass(slots=True)
class Node:
    """An element: its attributes, its own text, its children."""

    tag: str
    attributes: dict[str, str]
    line: int
    texts: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)

    def named(self, *tags: str) -> list["Node"]:
        """The children called one of `tags`."""
        return [child for child in self.children if child.tag in tags]

    def first(self, tag: str) -> "Node | None":
        """The first child called `tag`."""
        return next((child for child in self.children if child.tag == tag), None)

    @property
    def own_text(self) -> str:
        """The character data directly inside."""
        return "".join(self.texts)

    def word(self, tag: str) -> str:
        """The text of the first child called `tag`, or of its <text>; empty where there is none."""
        child = self.first(tag)
        if child is None:
            return ""
        inner = child.first("text")
        return (inner or child).own_text.strip()


class _Questions:
    """Collects the <question> elements as the parser meets them."""

    def __init__(self) -> None:
        self.ready: deque[Node] = deque()
        self.line: Callable[[], int] = lambda: 0
        self._open: list[Node] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open and tag != ROOT:
            raise FileUnreadable(f"is XML, but not Moodle's: it begins with <{tag[:40]}>", self.line())
        if len(self._open) >= MAX_DEPTH:
            raise FileUnreadable("is nested too deeply", self.line())
        node = Node(tag, attributes, self.line())
        if len(self._open) > 1:
            self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, tag: str) -> None:
        node = self._open.pop()
        if len(self._open) == 1 and tag == "question":
            self.ready.append(node)

    def data(self, text: str) -> None:
        if len(self._open) > 1:
            self._open[-1].texts.append(text)

    def close(self) -> None:
        return None


def read(text: str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of a Moodle XML text, in its order; categories are none. `skills` are the codes that tags may name.

    Raises FileUnreadable where the XML is broken, has a document type or entities, or is not Moodle's.
    """
    number, category = 0, ""
    for node in _questions(text):
        kind = node.attributes.get("type", "").strip()
        if kind == "category":
            category = node.word("category")
            continue
        number += 1
        try:
            yield _Question(node).item(number, kind, category, skills)
        except ItemRefused as refused:
            yield Refusal(number, node.line, " ".join(node.word("name").split()), refused.remark)


def _questions(text: str) -> Iterator[Node]:
    target = _Questions()
    # The text is decoded already, whatever encoding its first line declares.
    parser = DefusedXMLParser(target=target, encoding="utf-8", forbid_dtd=True)
    target.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        for start in range(0, len(text), CHUNK):
            parser.feed(text[start : start + CHUNK].encode("utf-8", "surrogatepass"))
            while target.ready:
                yield target.ready.popleft()
        parser.close()
    except DefusedXmlException as error:
        raise FileUnreadable("holds a document type or entities, which are not read", target.line()) from error
    except ParseError as error:
        raise FileUnreadable(f"is not well-formed XML: {error.msg}", error.position[0]) from error
    yield from target.ready


# Reading one question


@dataclass(frozen=True, slots=True)
class _Prose:
    text: str = ""
    format: Format = Format.HTML


class _Question:
    """One <question>, with the files and remarks that turn up while it is read."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.attachments: dict[str, Attachment] = {}
        self.remarks: list[Remark] = []
        self.asked = self._prose(node.first("questiontext"))

    def item(self, number: int, kind: str, category: str, skills: Collection[str]) -> Item:
        """The question as an item. Raises ItemRefused."""
        reader = _READERS.get(kind)
        if reader is None:
            raise ItemRefused(Reason.UNSUPPORTED, type=kind or "?")
        content = reader(self)
        general = self._prose(self.node.first("generalfeedback"))
        points = read_number(self.node.word("defaultgrade") or "1")
        penalty = read_number(self.node.word("penalty"))
        hints = [self._text_beside(hint) for hint in self.node.named("hint")]
        content = replace(
            content,
            general_feedback=general.text,
            general_feedback_format=self._own(general),
            right_feedback=self._beside("correctfeedback"),
            partly_feedback=self._beside("partiallycorrectfeedback"),
            wrong_feedback=self._beside("incorrectfeedback"),
            points=float(points) if points is not None and 0 <= points <= 1_000_000 else 1.0,
            attachments=tuple(self.attachments.values()),
            hints=tuple(hint for hint in hints if hint),
            penalty=DEFAULT_PENALTY if penalty is None else float(penalty),
        )
        tags = self.node.first("tags")
        return taken(
            number,
            self.node.line,
            content,
            name=self.node.word("name"),
            tags=[tag.word("text") or tag.own_text.strip() for tag in tags.named("tag")] if tags else [],
            category=category,
            remarks=self.remarks,
            skills=skills,
        )

    # Texts and files

    def _prose(self, node: Node | None) -> _Prose:
        """The text of `node` with its format; its files join the question's."""
        if node is None:
            return _Prose("", Format.MOODLE)
        inner = node.first("text")
        text = (inner or node).own_text.strip()
        if inner is not None and inner.children:
            self.remarks.append(remark(Note.MARKUP))
        if len(text) > MAX_TEXT:
            raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
        for file in node.named("file"):
            text = self._attach(file, text)
        return _Prose(text, FORMATS.get(node.attributes.get("format", ""), Format.MOODLE))

    def _attach(self, file: Node, text: str) -> str:
        """Keep `file`; `text` with its references in the name under which it is kept."""
        if len(self.attachments) >= MAX_FILES:
            raise ItemRefused(Reason.TOO_MANY_FILES, limit=MAX_FILES)
        given = file.attributes.get("name", "")
        data = "".join(file.own_text.split())
        try:
            if file.attributes.get("encoding", "base64") != "base64" or not data:
                raise ValueError("no base64")
            base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            self.remarks.append(remark(Note.FILE_LEFT_OUT, name=given))
            return text
        name = _UNSAFE_IN_NAME.sub("-", given.rsplit("/", 1)[-1])[-120:].lstrip(".-") or "file"
        stem, dot, ending = name.rpartition(".")
        attempt = 1
        while name in self.attachments and self.attachments[name].data != data:
            attempt += 1
            name = f"{stem}-{attempt}{dot}{ending}" if dot else f"{ending}-{attempt}"
        if attempt > 1:
            self.remarks.append(remark(Note.FILE_RENAMED, name=given))
        media_type = _MEDIA_TYPES.guess_type(name)[0] or "application/octet-stream"
        self.attachments[name] = Attachment(name=name, media_type=media_type, data=data)
        folder = file.attributes.get("path", "/").strip("/")
        path = f"{folder}/{given}" if folder else given
        for reference in {path, quote(path)}:
            text = text.replace(PLUGIN_FILE + reference, PLUGIN_FILE + name)
        return text

    def _own(self, prose: _Prose) -> Format | None:
        """The format of a part, None where it is the question's or where there is no text."""
        return None if prose.format is self.asked.format or not prose.text else prose.format

    def _beside(self, tag: str) -> str:
        """The text of a child that has no format of its own here."""
        return self._text_beside(self.node.first(tag))

    def _text_beside(self, node: Node | None) -> str:
        prose = self._prose(node)
        if self._own(prose):
            self.remarks.append(remark(Note.FORMAT))
        return prose.text

    def _answers(self) -> list[tuple[Node, float]]:
        """The <answer> elements with their fractions."""
        answers = self.node.named("answer")
        if len(answers) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        return [(answer, self._fraction(answer)) for answer in answers]

    def _fraction(self, answer: Node) -> float:
        given = answer.attributes.get("fraction") or answer.word("fraction") or "0"
        percent = read_number(given)
        if percent is None or abs(percent) > 100:
            raise ItemRefused(Reason.BAD_WEIGHT, text=given)
        return tidy_fraction(float(percent) / 100)

    def _number(self, given: str, default: str = "") -> Decimal:
        number = read_number(given or default)
        if number is None:
            raise ItemRefused(Reason.NO_NUMBER, text=given)
        return number

    # Types

    def multichoice(self) -> Content:
        """One or several options; one unless <single> says otherwise."""
        options = []
        for place, (answer, fraction) in enumerate(self._answers()):
            text, said = self._prose(answer), self._prose(answer.first("feedback"))
            options.append(
                Option(
                    key=letter(place),
                    text=text.text,
                    fraction=fraction,
                    format=self._own(text),
                    feedback=said.text,
                    feedback_format=self._own(said),
                )
            )
        cls = Multiple if self.node.word("single").lower() in ("false", "0") else Single
        return cls(
            text=self.asked.text,
            format=self.asked.format,
            options=tuple(options),
            shuffle=self.node.word("shuffleanswers").lower() not in ("false", "0"),
        )

    def truefalse(self) -> Content:
        """The two answers are called true and false; one of them has the whole fraction."""
        by_truth = {answer.word("text").lower(): (answer, fraction) for answer, fraction in self._answers()}
        right = [truth for truth in ("true", "false") if truth in by_truth and by_truth[truth][1] == 1]
        if len(right) != 1:
            raise ItemRefused(Reason.NO_TRUTH)
        said = {
            truth: self._prose(by_truth[truth][0].first("feedback")) if truth in by_truth else _Prose()
            for truth in ("true", "false")
        }
        return TrueFalse(
            text=self.asked.text,
            format=self.asked.format,
            right=right == ["true"],
            feedback_true=said["true"].text,
            feedback_true_format=self._own(said["true"]),
            feedback_false=said["false"].text,
            feedback_false_format=self._own(said["false"]),
        )

    def shortanswer(self) -> Content:
        """Accepted forms with their fractions."""
        answers = []
        for answer, fraction in self._answers():
            said = self._prose(answer.first("feedback"))
            answers.append(
                TextAnswer(
                    text=self._prose(answer).text,
                    fraction=fraction,
                    feedback=said.text,
                    feedback_format=self._own(said),
                )
            )
        return ShortText(
            text=self.asked.text,
            format=self.asked.format,
            answers=tuple(answers),
            match_case=self.node.word("usecase").lower() in ("1", "true"),
        )

    def numerical(self) -> Content:
        """Numbers with tolerances, and the units in which they may be given."""
        answers = []
        for answer, fraction in self._answers():
            given, said = self._prose(answer).text, self._prose(answer.first("feedback"))
            answers.append(
                NumericAnswer(
                    value=None if given == "*" else self._number(given),
                    tolerance=self._number(answer.word("tolerance"), "0"),
                    fraction=fraction,
                    feedback=said.text,
                    feedback_format=self._own(said),
                )
            )
        return Numeric(text=self.asked.text, format=self.asked.format, answers=tuple(answers), units=self._units())

    def _units(self) -> tuple[Unit, ...]:
        """The units, whose multipliers count the other way here: Moodle says how many of a unit the first one has."""
        units = self.node.first("units")
        made = []
        for unit in units.named("unit") if units else []:
            per_first = self._number(unit.word("multiplier"), "1")
            if not per_first:
                raise ItemRefused(Problem.NO_ANSWER)
            multiplier = SURE.plus(DIVIDED.divide(Decimal(1), per_first)).normalize(SURE)
            made.append(Unit(name=unit.word("unit_name"), multiplier=multiplier))
            if len(made) > MAX_OPTIONS:
                raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        return tuple(made)

    def calculated(self) -> Content:
        """Formulas over the numbers of the datasets. Raises ItemRefused where there are none."""
        variables = self._variables()
        # Moodle allows names that formulas here do not.
        names = {variable.name: variable.name for variable in variables}
        for number, name in enumerate(names, 1):
            if not NAME.fullmatch(f"{{{name}}}"):
                names[name] = next(
                    new for new in (f"v{number}" + "_" * more for more in range(len(names) + 1)) if new not in names
                )

        def renamed(text: str) -> str:
            for old, new in names.items():
                text = text.replace(f"{{{old}}}", f"{{{new}}}") if old != new else text
            return text

        answers = [
            self._calculated_answer(answer, fraction, renamed)
            for answer, fraction in self._answers()
            if not self._is_any_number(answer, fraction)
        ]
        text = renamed(self.asked.text)
        drawn = min((len(variable.values) for variable in variables), default=0)
        if drawn * (len(answers) + len(FORMULA_IN_TEXT.findall(text))) > MAX_WORK:
            raise ItemRefused(Reason.INTRICATE, limit=MAX_WORK)
        content = Calculated(
            text=text,
            format=self.asked.format,
            answers=tuple(answers),
            variables=tuple(replace(variable, name=names[variable.name]) for variable in variables),
            units=self._units(),
        )
        try:
            for number in range(drawn):
                draw(content, number)
        except (FormulaError, ArithmeticError) as error:
            raise ItemRefused(Problem.FORMULA) from error
        return content

    def _is_any_number(self, answer: Node, fraction: float) -> bool:
        """Whether it takes any number at all, which only says something about it. Raises ItemRefused where it pays."""
        if self._prose(answer).text != "*":
            return False
        if fraction > 0:
            raise ItemRefused(Problem.FORMULA)
        if self._prose(answer.first("feedback")).text:
            self.remarks.append(remark(Note.FEEDBACK_LEFT_OUT, count=1))
        return True

    def _calculated_answer(self, answer: Node, fraction: float, renamed: Callable[[str], str]) -> CalculatedAnswer:
        said = self._prose(answer.first("feedback"))
        kind = answer.word("tolerancetype") or "1"
        if kind == "3":
            self.remarks.append(remark(Note.GEOMETRIC))
        digits = self._number(answer.word("correctanswerlength"), "2")
        if not 0 <= digits <= MAX_DIGITS:
            raise ItemRefused(Reason.NO_NUMBER, text=digits)
        return CalculatedAnswer(
            formula=renamed(self._prose(answer).text),
            fraction=fraction,
            tolerance=self._number(answer.word("tolerance"), "0"),
            tolerance_kind=ToleranceKind.NUMBER if kind == "2" else ToleranceKind.SHARE,
            digits=int(digits),
            rounding=Rounding.SIGNIFICANT if answer.word("correctanswerformat") == "2" else Rounding.DECIMALS,
            feedback=said.text,
            feedback_format=self._own(said),
        )

    def _variables(self) -> list[Variable]:
        """The datasets with the values at the numbers that all of them have."""
        definitions = self.node.first("dataset_definitions")
        sets: dict[str, dict[Decimal, Decimal]] = {}
        for definition in definitions.named("dataset_definition") if definitions else []:
            items = definition.first("dataset_items")
            found = items.named("dataset_item") if items else []
            if max(len(found), len(sets)) > MAX_OPTIONS:
                raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
            sets[definition.word("name")] = {
                self._number(each.word("number"), str(place)): self._number(each.word("value"))
                for place, each in enumerate(found, 1)
            }
        common = sorted(set.intersection(*map(set, sets.values()))) if sets else []
        if not common:
            raise ItemRefused(Problem.NO_VALUES)
        return [Variable(name=name, values=tuple(values[number] for number in common)) for name, values in sets.items()]

    def calculatedmulti(self) -> Content:
        """Options whose numbers are drawn are refused; without such it is an ordinary choice."""
        texts = [self.asked.text, *(self._prose(answer).text for answer in self.node.named("answer"))]
        definitions = self.node.first("dataset_definitions")
        names = [each.word("name") for each in definitions.named("dataset_definition")] if definitions else []
        if any("{=" in text or any(f"{{{name}}}" in text for name in names) for text in texts):
            raise ItemRefused(Reason.CALCULATED_OPTIONS, type="calculatedmulti")
        return self.multichoice()

    def words_in_gaps(self) -> Content:
        """Gaps that are filled from lists, or by dragging: `[[2]]` is the place of the second word, among its group."""
        offered = [
            (self._prose(each).text, each.word("group") or "1") for each in self.node.named("selectoption", "dragbox")
        ]
        if len(offered) > MAX_OPTIONS or len(GAP_MARK.findall(self.asked.text)) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        # A word that stands twice in a group is the same word.
        groups: dict[str, dict[str, None]] = {}
        for text, group in offered:
            groups.setdefault(group, {})[text] = None
        shuffle = self.node.word("shuffleanswers").lower() in ("1", "true")
        gaps: list[Gap] = []

        def gap(found: re.Match[str]) -> str:
            number = int(found[1])
            if not 1 <= number <= len(offered):
                raise ItemRefused(Problem.GAP_MISMATCH)
            right, group = offered[number - 1]
            options = tuple(
                Option(key=letter(place), text=text, fraction=float(text == right))
                for place, text in enumerate(groups[group])
            )
            part = Single(text="", format=self.asked.format, options=options, shuffle=shuffle)
            gaps.append(Gap(key=str(len(gaps) + 1), part=part))
            if sum(len(gap.part.options) for gap in gaps if isinstance(gap.part, Single)) > MAX_WORK:
                raise ItemRefused(Reason.TOO_MANY, limit=MAX_WORK)
            return f"[[{len(gaps)}]]"

        text = GAP_MARK.sub(gap, self.asked.text)
        return Cloze(text=text, format=self.asked.format, gaps=tuple(gaps))

    def on_picture(self) -> Content:
        """Dragging onto a picture: several things with a place each, which no type here asks."""
        raise ItemRefused(Reason.ON_PICTURE, type=self.node.attributes.get("type", "").strip())

    def matching(self) -> Content:
        """Rows with their choices; a row without text is a choice left over."""
        rows, distractors = [], []
        for row in self.node.named("subquestion"):
            text, choice = self._prose(row), row.word("answer")
            if not choice:
                raise ItemRefused(Reason.NO_CHOICE, text=text.text)
            if text.text:
                rows.append((text.text, self._own(text), choice))
            else:
                distractors.append(choice)
            if len(rows) + len(distractors) > MAX_OPTIONS:
                raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        pairs, choices = matched(rows, distractors)
        return Matching(
            text=self.asked.text,
            format=self.asked.format,
            pairs=pairs,
            choices=choices,
            shuffle=self.node.word("shuffleanswers").lower() not in ("false", "0"),
        )

    def ordering(self) -> Content:
        """The answers stand in the right order."""
        items = [self._prose(answer) for answer in self.node.named("answer")]
        if len(items) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        keys = letters_hiding_order(item.text for item in items)
        return Ordering(
            text=self.asked.text,
            format=self.asked.format,
            items=tuple(Choice(key=keys[item.text], text=item.text, format=self._own(item)) for item in items),
        )

    def essay(self) -> Content:
        """Free text, or files where the essay has no place for text."""
        attachments = read_number(self.node.word("attachments")) or Decimal(0)
        if self.node.word("responseformat") == "noinline":
            return FileUpload(
                text=self.asked.text,
                format=self.asked.format,
                guide=self._beside("graderinfo"),
                suffixes=self._suffixes(),
                most=MAX_UPLOADS if attachments < 0 else int(min(max(attachments, Decimal(1)), Decimal(MAX_UPLOADS))),
            )
        if attachments:
            self.remarks.append(remark(Note.FILES_BESIDE))
        return Essay(
            text=self.asked.text,
            format=self.asked.format,
            guide=self._beside("graderinfo"),
            template=self._beside("responsetemplate"),
        )

    def _suffixes(self) -> tuple[str, ...]:
        """The kinds of file in a list of suffixes, groups and media types."""
        found: dict[str, None] = {}
        for given in re.split(r"[\s,;:\"']+", self.node.word("filetypeslist").lower())[:MAX_OPTIONS]:
            name = given.strip("*")
            if name.startswith(".") and len(name) > 1:
                found[name] = None
            elif name in FILE_GROUPS:
                found.update(dict.fromkeys(FILE_GROUPS[name]))
            elif ending := _MEDIA_TYPES.guess_extension(name):
                found[ending] = None
            elif name:
                self.remarks.append(remark(Note.FILE_KIND, text=given))
        return tuple(found)

    def description(self) -> Content:
        """A text that asks nothing."""
        return Description(text=self.asked.text, format=self.asked.format)

    def cloze(self) -> Content:
        """A text with gaps in Moodle's notation."""
        text, gaps = cloze_gaps(self.asked.text, self.asked.format)
        return Cloze(text=text, format=self.asked.format, gaps=gaps)


_READERS: dict[str, Callable[[_Question], Content]] = {
    "multichoice": _Question.multichoice,
    "truefalse": _Question.truefalse,
    "shortanswer": _Question.shortanswer,
    "numerical": _Question.numerical,
    "calculated": _Question.calculated,
    "calculatedsimple": _Question.calculated,
    "calculatedmulti": _Question.calculatedmulti,
    "gapselect": _Question.words_in_gaps,
    "ddwtos": _Question.words_in_gaps,
    "ddmarker": _Question.on_picture,
    "ddimageortext": _Question.on_picture,
    "matching": _Question.matching,
    "ordering": _Question.ordering,
    "essay": _Question.essay,
    "description": _Question.description,
    "cloze": _Question.cloze,
    "multianswer": _Question.cloze,
}


# Cloze

GAP_START = re.compile(r"\{([0-9]{0,4}):([A-Za-z_]{1,30}):")
_GAP_PART = re.compile(r"\\.|[~}]", re.DOTALL)
_GAP_ESCAPED = re.compile(r"\\([}#~/\"\\])")
_GAP_FEEDBACK = re.compile(r"\\.|(?<!&)#", re.DOTALL)
_GAP_WEIGHT = re.compile(r"%(-?[0-9]{1,6}(?:\.[0-9]{0,10})?)%|=")
_SHORT_FORMS = {
    "MC": "MULTICHOICE", "MCV": "MULTICHOICE_V", "MCH": "MULTICHOICE_H", "MCS": "MULTICHOICE_S",
    "MCVS": "MULTICHOICE_VS", "MCHS": "MULTICHOICE_HS",
    "MR": "MULTIRESPONSE", "MRH": "MULTIRESPONSE_H", "MRS": "MULTIRESPONSE_S", "MRHS": "MULTIRESPONSE_HS",
    "SA": "SHORTANSWER", "MW": "SHORTANSWER", "SAC": "SHORTANSWER_C", "MWC": "SHORTANSWER_C",
    "NM": "NUMERICAL",
}  # fmt: skip
_GAP_TYPES = frozenset(_SHORT_FORMS.values())


def cloze_gaps(text: str, format: Format) -> tuple[str, tuple[Gap, ...]]:
    """`text` with its gaps as `[[1]]`, `[[2]]` …, and the gaps. Raises ItemRefused where one cannot be read."""
    if GAP_MARK.search(text):
        raise ItemRefused(Reason.GAP_MARKS)
    shown: list[str] = []
    gaps: list[Gap] = []
    place = 0
    while found := GAP_START.search(text, place):
        given = found[2].upper()
        kind = _SHORT_FORMS.get(given, given)
        if kind not in _GAP_TYPES:
            raise ItemRefused(Reason.GAP_TYPE, type=found[2])
        if len(gaps) >= MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        parts, end = _gap_parts(text, found.end())
        key = str(len(gaps) + 1)
        gaps.append(_gap(key, float(found[1] or 1), kind, parts, format))
        shown += [text[place : found.start()], f"[[{key}]]"]
        place = end
    return "".join([*shown, text[place:]]), tuple(gaps)


def _gap_parts(text: str, start: int) -> tuple[list[str], int]:
    """The alternatives from `start` to the closing brace, and the place after it."""
    parts = []
    for found in _GAP_PART.finditer(text, start):
        if found[0] in ("~", "}"):
            parts.append(text[start : found.start()])
            start = found.end()
        if found[0] == "}":
            # A ~ may stand before the first alternative too.
            return (parts[1:] if len(parts) > 1 and not parts[0].strip() else parts), found.end()
        if len(parts) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
    raise ItemRefused(Reason.GAP_UNCLOSED)


def _gap(key: str, weight: float, kind: str, parts: Iterable[str], format: Format) -> Gap:
    name, _, variant = kind.partition("_")
    if name == "NUMERICAL":
        answers = tuple(_gap_number(part, format) for part in parts)
        return Gap(key=key, weight=weight, part=Numeric(text="", format=format, answers=answers))
    read = [_gap_alternative(part) for part in parts]
    if name == "SHORTANSWER":
        forms = tuple(
            TextAnswer(text=_words(text, format), fraction=fraction, feedback=said) for fraction, text, said in read
        )
        part = ShortText(text="", format=format, answers=forms, match_case=variant == "C")
        return Gap(key=key, weight=weight, part=part)
    options = [
        Option(key=letter(place), text=text, fraction=fraction, feedback=said)
        for place, (fraction, text, said) in enumerate(read)
    ]
    shuffle = "S" in variant
    if name == "MULTICHOICE":
        layout = Layout.VERTICAL if "V" in variant else Layout.HORIZONTAL if "H" in variant else Layout.DROPDOWN
        one = Single(text="", format=format, options=tuple(options), shuffle=shuffle)
        return Gap(key=key, weight=weight, layout=layout, part=one)
    # Every right option is marked as the whole; together they are the whole.
    total = max(sum(option.fraction for option in options if option.fraction > 0), 1.0)
    shared = tuple(
        replace(option, fraction=option.fraction / total) if option.fraction > 0 else option for option in options
    )
    several = Multiple(text="", format=format, options=shared, shuffle=shuffle)
    return Gap(key=key, weight=weight, layout=Layout.HORIZONTAL if "H" in variant else Layout.VERTICAL, part=several)


def _gap_alternative(part: str) -> tuple[float, str, str]:
    """Fraction, text and feedback of `=text#feedback` or `%50%text#feedback`."""
    part = part.strip()
    fraction = 0.0
    if weight := _GAP_WEIGHT.match(part):
        fraction = tidy_fraction(float(weight[1]) / 100) if weight[1] else 1.0
        if abs(fraction) > 1:
            raise ItemRefused(Reason.BAD_WEIGHT, text=weight[0])
        # Both signs may stand together: %0%=text.
        part = part[weight.end() :].removeprefix("=") if weight[1] else part[1:]
    cut = next((found.start() for found in _GAP_FEEDBACK.finditer(part) if found[0] == "#"), len(part))
    return fraction, _gap_unescape(part[:cut]).strip(), _gap_unescape(part[cut + 1 :]).strip()


def _gap_unescape(text: str) -> str:
    return _GAP_ESCAPED.sub(lambda found: found[1], text)


def _gap_number(part: str, format: Format) -> NumericAnswer:
    fraction, given, said = _gap_alternative(part)
    return replace(numeric_answer("=", _words(given, format), format), fraction=fraction, feedback=said)


def _words(text: str, format: Format) -> str:
    """`text` as it would be typed: without tags and entities where it is HTML."""
    if format in (Format.PLAIN, Format.MARKDOWN):
        return text
    return html.unescape(_TAGS.sub("", text)).strip()
