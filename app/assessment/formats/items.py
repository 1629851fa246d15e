"""What a reader of question files hands back: for each item of the file either the question or why not."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.assessment.rules.content import Content, Format, Problem, content_problems

MAX_TEXT = 1_000_000
MAX_OPTIONS = 1_000
MAX_FILES = 200
MAX_NAME = 200
SHORT_NAME = 80
EXCERPT = 60

_SKILL = re.compile(r"[A-Z]{2}[0-9]{2}")
_LEVEL = re.compile(r"level-(.*)", re.DOTALL)
_MARKUP = re.compile(r"<[^<>]*>")


class Reason(StrEnum):
    """Why an item is refused, in the words that its author reads."""

    TOO_LONG = "longer than %(limit)s characters"
    TOO_MANY = "more than %(limit)s answers"
    TOO_MANY_FILES = "more than %(limit)s files"
    UNSUPPORTED = "type %(type)s is not supported yet"
    UNCLOSED = "a { is never closed"
    NESTED = "a second { before the }: write \\{ for the sign itself"
    STRAY = "a } without its {: write \\} for the sign itself"
    SECOND_BRACES = "a second pair of braces: leave a blank line between questions"
    FULL_WIDTH = "full-width braces ｛｝: write { and }"
    UNMARKED = "in the braces, text before the first = or ~: %(text)s"
    NO_NUMBER = "not a number: %(text)s"
    BACKWARDS = "a range that ends before it begins: %(text)s"
    NO_ARROW = "a pair without ->: %(text)s"
    NO_CHOICE = "nothing after ->: %(text)s"
    BAD_WEIGHT = "a weight beyond 100 %%: %(text)s"
    NO_OPTIONS = "no options follow"
    NO_ANSWER_LINE = "no ANSWER line follows"
    ANSWER_LINE = "write the answer as “ANSWER: B”: %(text)s"
    ANSWER_NOT_OPTION = "the answer %(text)s is not among the options"
    OPTION_ORDER = "option %(text)s is out of order"
    BROKEN_OPTIONS = "among the options, a line that is none: %(text)s"
    NO_QUESTION = "no question stands before this"
    GAP_TYPE = "a gap of unknown type %(type)s"
    GAP_UNCLOSED = "a gap is never closed"
    GAP_MARKS = "the text holds [[number]], which marks a gap"
    NO_TRUTH = "just one of true and false must be right"
    # QTI and cartridges
    FILE_REFUSED = "this file of the package cannot be read: it %(text)s"
    FILE_ABSENT = "the manifest names a file that the package does not hold: %(name)s"
    ELSEWHERE = "draws on questions that the file does not hold: %(name)s"
    TWICE = "the same question stands earlier in the package"
    NO_RESPONSE = "there is nothing to answer"
    MARKING = "how it is marked cannot be taken over: %(type)s"
    INTRICATE = "its marking takes more than %(limit)s steps"
    OPEN_RANGE = "a range without a beginning or an end"
    MANY_TO_MANY = "a row belongs to several choices"
    # Writing, and reading what Moodle calculates or drags
    NO_SUCH_TYPE = "the format has no question of this type: %(type)s"
    ARROW = "-> in a text would be read as the arrow of a pair: %(text)s"
    NO_FULL_OPTION = "the format asks for an option that gives the whole mark"
    GAP_SHARES = "the right options of a gap give more than the whole together"
    GAP_LIKE = "the text holds what would be read as a gap: %(text)s"
    GAP_LOST = "a gap stands where the format can hold none"
    GAP_SEVERAL = "in a gap the format lets choose one option only"
    PICTURE_ABSENT = "its picture has no content: %(name)s"
    WILDCARD = "the format accepts no form with *: %(text)s"
    ON_PICTURE = "dragging onto a picture is not asked for here: %(type)s"
    CALCULATED_OPTIONS = "options whose numbers are drawn are not supported: %(type)s"
    # Word, Excel and plain text
    NO_ANSWER_GIVEN = "no answer is given: write 答案：… below the question"
    REPEATED_ANSWER = "the answer names %(text)s twice"
    TWO_ANSWERS = "two answers: in brackets %(name)s, below the question %(text)s"
    SEVERAL_BRACKETS = "several answers in brackets: write 答案：… below the question"
    SECOND_ANSWER = "a second answer: %(text)s"
    BLANKS = "the blanks are %(limit)s, the answers %(count)s: write ； between blanks, / between accepted forms"
    EMPTY_BLANK = "the answer of a blank is empty"
    ORDER_INCOMPLETE = "an order names every option once: %(text)s"
    MATCH_UNCLEAR = "write what is matched as ①… and A.… on lines of their own, and the answer as ①-C ②-A"
    TRUTH_WORD = "write 对 or 错 as the answer: %(text)s"
    KEY_RANGE = "in the list of answers, %(text)s does not give one answer to each question"
    KEY_TWICE = "the list of answers does not tell which question %(text)s is meant"
    KEY_LOST = "the list of answers has %(text)s, which is no question here"
    PICTURE_ANSWER = "a picture or object cannot be an answer that is typed"
    NO_HEADER = "the sheet has no header row with 题干 and 答案: %(name)s"
    COLUMN_UNCLEAR = "two columns have the same meaning: %(text)s"


class Note(StrEnum):
    """What was changed or left open in an item that is taken, in the words that its author reads."""

    TAIL = "left out after the closing brace: %(text)s"
    UNSEPARATED = "no blank line before this question"
    NAME_CUT = "the name was cut to %(limit)s characters"
    UNKNOWN_SKILL = "skill %(skill)s is not in the taxonomy"
    SECOND_SKILL = "a question tests one skill; left out: %(skill)s"
    BAD_LEVEL = "not a level from 1 to 4: %(text)s"
    HINTS = "hints left out: %(count)s"
    FILE_LEFT_OUT = "file left out, it cannot be read: %(name)s"
    FILE_RENAMED = "file renamed, two have the same name: %(name)s"
    MARKUP = "markup inside a text was left out"
    FORMAT = "a text beside the question is shown in the format of the question"
    # QTI and cartridges
    ALL_OR_NOTHING = "gave all or nothing; now each right part earns its share"
    CREDIT_UNANSWERED = "gave marks for no answer, which is no longer so"
    ROW_WEIGHTS = "rows had different weights and now count the same"
    BOUNDS = "the ends of a range now count as right"
    CASE = "upper and lower case count the same now"
    FEEDBACK_LEFT_OUT = "feedback left out: %(count)s"
    FILE_MISSING = "refers to a file that the package does not hold: %(name)s"
    MATHML = "a formula in MathML is shown as text"
    MEDIA = "left out of the text, as pages cannot show it: %(name)s"
    PAIRED = "free pairs became rows with their choices"
    RESULTS = "the formula was replaced by its results for the numbers that may be drawn: %(text)s"
    FIXED = "some options had a fixed place: now all keep their order"
    # Writing, and reading what Moodle calculates or drags
    GEOMETRIC = "a geometric tolerance became a share of the right number"
    FILES_BESIDE = "files beside the text are no longer asked for"
    FILE_KIND = "a kind of file that is not known here was left out: %(text)s"
    SIGNS = "signs that XML cannot hold were left out"
    FILES_LEFT_OUT = "files left out: %(count)s"
    TAG_LEFT_OUT = "tag left out: %(name)s"
    PENALTY_LEFT_OUT = "the penalty of a wrong try was left out"
    POINTS_LEFT_OUT = "the points were left out: %(count)s"
    ORDER_LEFT_OUT = "that the options keep their order was left out"
    UNITS_LEFT_OUT = "units left out: %(count)s"
    GUIDE_LEFT_OUT = "the guide for markers was left out"
    TEMPLATE_LEFT_OUT = "the text that the answer starts from was left out"
    SHOWN_LEFT_OUT = "how the right number is written was left out"
    MERGED = "choices that read the same became one"
    PLAIN_CHOICES = "choices are shown there as plain text"
    IGNORED = "written, but not shown there: %(name)s"
    GAP_WEIGHTS = "the weights of the gaps were rounded"
    GAP_LISTS = "lists of options in gaps became drop-down menus"
    WHOLE_ORDER = "an order that is only partly right earns nothing there"
    ANY_FILE = "files of any kind are taken there"
    ONE_FILE = "only one file is taken there, not %(count)s"
    NOT_MARKUP = "not shown as it was written: %(name)s"
    # Word, Excel and plain text
    TYPE_BY_ANSWER = "not “%(text)s”, as its heading says: the answer decides the type"
    READ_AS_TEXT = "neither heading nor blank tells the type: read as short text"
    READ_AS_ESSAY = "neither heading nor blank tells the type: read as an essay"
    FROM_KEY = "the answer comes from the list of answers"
    BRACKET = "the answer was taken out of the brackets in the text"
    LEFT_OUT = "left out: %(text)s"
    BEFORE_LEFT_OUT = "left out before the question: %(text)s"
    CONTINUED = "a line that is no option was added to option %(text)s"
    NUMBERED_LINE = "read as part of this item and not as question %(text)s"
    FORMS = "read as accepted forms of one answer: %(text)s"
    SEPARATOR = "the answers of the blanks were separated at “%(text)s”"
    TRUTH_OPTIONS = "the two options were read as true and false"
    BY_WORDS = "the answer was found by the words of option %(text)s"
    MOVED = "what follows the answer was added to the explanation: %(text)s"
    NO_MODEL = "no model answer is given"
    ORDER_IGNORED = "read as a set, since no heading says 排序题: %(text)s"
    SKILL_WORDS = "no skill code, kept as a tag: %(text)s"
    BAD_POINTS = "not a number of points: %(text)s"
    EMPHASIS = "the answer is what is set apart among the options (bold, underlined or coloured): %(text)s"
    FORMULA = "a formula is kept as it would be typed: %(text)s"
    PICTURE_LEFT_OUT = "a picture was left out, its kind is not shown in pages: %(name)s"
    OBJECT_LEFT_OUT = "an embedded object was left out"
    BOX_LEFT_OUT = "a text box or shape was left out: %(text)s"
    NOTE_LEFT_OUT = "a footnote or endnote was left out"
    TABLE = "a table is kept as lines of text"
    SYMBOL = "a sign of a symbol font was left out"


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason, a note or a problem, with the values in its sentence."""

    code: Reason | Note | Problem
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The remark in English; translate `code` and fill in `values` for other languages."""
        return self.code.value % self.values if self.values else self.code.value


@dataclass(frozen=True, slots=True)
class Item:
    """A question that is taken: its place in the file, counted from 1, and what it holds.

    `place` says where it stands where a line does not: sheet and cell of a workbook.
    """

    number: int
    line: int
    name: str
    content: Content
    skill: str | None = None
    level: int | None = None
    tags: tuple[str, ...] = ()
    category: str = ""
    remarks: tuple[Remark, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that is not taken, and why."""

    number: int
    line: int
    name: str
    remark: Remark
    place: str = ""


class ItemRefused(Exception):
    """Raised inside a reader: this item cannot be taken."""

    def __init__(self, code: Reason | Problem, **values: object) -> None:
        super().__init__(code.value)
        self.remark = remark(code, **values)


class FileUnreadable(Exception):
    """The file as a whole cannot be read, from `line` on."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def remark(code: Reason | Note | Problem, **values: object) -> Remark:
    """A remark whose values are short enough to print."""
    return Remark(code, {name: excerpt(str(value)) for name, value in values.items()})


def excerpt(text: str) -> str:
    """The beginning of `text` on one line."""
    line = " ".join(text[: 4 * EXCERPT].split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"


def name_from_text(text: str, format: Format) -> str:
    """A name for a question without one: the beginning of what it asks."""
    beginning = text[:2000]
    if format is not Format.PLAIN:
        beginning = _MARKUP.sub(" ", beginning)
    words = " ".join(beginning.split())
    return words if len(words) <= SHORT_NAME else words[: SHORT_NAME - 1] + "…"


def taken(
    number: int,
    line: int,
    content: Content,
    *,
    name: str = "",
    tags: Iterable[str] = (),
    category: str = "",
    remarks: Iterable[Remark] = (),
    skills: Collection[str] = (),
) -> Item:
    """The item for `content`, its skill and level found among `tags`. Raises ItemRefused where it cannot be used.

    A tag like CC02 names a skill, one of `skills`; level-1 to level-4 a level.
    """
    problems = content_problems(content)
    if problems and not problems[0].is_advice:
        raise ItemRefused(problems[0])
    found = list(remarks) + [Remark(problem) for problem in problems]
    name = " ".join(name.split()) or name_from_text(content.text, content.format)
    if len(name) > MAX_NAME:
        name = name[: MAX_NAME - 1] + "…"
        found.append(remark(Note.NAME_CUT, limit=MAX_NAME))
    skill, level, others = None, None, []
    for tag in dict.fromkeys(tag.strip() for tag in tags):
        graded = _LEVEL.fullmatch(tag)
        if _SKILL.fullmatch(tag):
            if tag not in skills:
                found.append(remark(Note.UNKNOWN_SKILL, skill=tag))
            elif skill is not None:
                found.append(remark(Note.SECOND_SKILL, skill=tag))
            else:
                skill = tag
        elif graded:
            if graded[1] in ("1", "2", "3", "4") and level is None:
                level = int(graded[1])
            else:
                found.append(remark(Note.BAD_LEVEL, text=tag))
        elif tag:
            others.append(tag)
    return Item(number, line, name, content, skill, level, tuple(others), category, tuple(found))
