"""What is wrong with a folder, and what was noticed in one that can be used: where, and in whose words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.assessment.formats.items import Remark


class Said(StrEnum):
    """The reasons and remarks, in the words that an author reads; the catalogue finds them in `SENTENCES`."""

    # The folder
    NO_COURSE = "there is no course.toml"
    FORMAT = "written in a newer format, %(format)s; this installation reads up to %(known)s"
    BROKEN_LOCK = "cannot be read; restore it, or delete it to let the files count as they stand"
    BROKEN_TOML = "not TOML: %(why)s"
    BROKEN_JSON = "not JSON: %(why)s"
    NOT_TEXT = "not UTF-8 text"
    STRANGE_NAME = "not a name that belongs here; expected is %(expected)s"
    TWICE = "the same as %(other)s"
    ONLY_CASE = "differs from %(other)s in upper and lower case only"
    FILE_KIND = "files of this kind are not taken"
    NESTED = "the files of a course lie side by side, without folders"
    TOO_LARGE = "larger than %(most)s MB"
    DAMAGED = "cannot be read: it %(why)s"
    EMPTY_FILE = "the file is empty"
    # course.toml
    UNKNOWN_KEY = "no such entry is known"
    MISSING = "is missing"
    WRONG_TYPE = "%(wanted)s is expected"
    OUT_OF_RANGE = "must lie between %(least)s and %(most)s"
    TOO_LONG = "longer than %(most)s characters"
    NOT_ONE_OF = "must be one of %(choices)s"
    CONTROL = "holds a sign that no text has"
    LISTED_TWICE = "is listed twice"
    NO_SUCH_LESSON = "there is no lesson of this name: %(name)s"
    COUNT = "there are %(count)s lessons, and minutes for %(minutes)s"
    # Lessons
    NO_HEADING = "the first line is no heading: write “# ” and the title"
    NO_TITLE = "the title in Chinese is empty"
    NO_CHINESE = "the lesson has no Chinese file, %(expected)s"
    # Questions
    BROKEN_QUESTION = "question “%(name)s”: %(why)s"
    NO_LESSON = "there is no lesson for these questions: %(name)s"
    NAME_TWICE = "two questions are called “%(name)s”"
    LANGUAGES = "the two languages hold different questions: “%(name)s” stands in the English file only"
    DIFFER = "question “%(name)s”: skill, level or tags differ between the languages"
    PAIRS = "question “%(name)s”: the rows and choices of the two languages do not fit together"
    LEVEL_ALONE = "question “%(name)s”: a level says nothing without its skill, which is missing"
    UNKNOWN_SKILL = "skill %(skill)s is not in the taxonomy"
    BAD_LEVEL = "question “%(name)s”: a level is a number from 1 to 4"
    BAD_NAME = "a name of a question is one line of at most %(most)s characters"
    NO_SUCH_QUESTION = "the lesson has no question called “%(name)s”"
    NO_QUESTIONS = "there are rules for a quiz, and no questions"
    POOL = "%(take)s questions cannot be drawn from %(size)s"
    TWO_POOLS = "question “%(name)s” is in two draws"
    NO_WEIGHT = "a rubric needs at least one row with a weight above zero"
    TOO_MANY = "at most %(most)s are possible"
    DECIMALS = "at most %(most)s decimals are possible"
    TURNED = "a quiz closes after it opens"
    NOT_OF_KIND = "a lesson of the kind %(kind)s has none"
    NO_CATEGORY = "the rules name no category “%(name)s”"
    TOO_MUCH = "the texts together are larger than %(most)s MB"
    TOO_DEEP = "nested too deeply"
    OWN_ENTRY = "stands outside settings, as an entry of the lesson"
    STEPS = "a row has two to five steps or none, each with marks of its own from 0 to its most marks, and with text_zh"
    # Meeting what others changed
    CLASH = "changed here and in the course since the export, in different ways"
    DELETED_HERE = "deleted here, and changed in the course since the export"
    DELETED_THERE = "changed here, and deleted in the course since the export"
    # Remarks
    IGNORED = "is no part of a course and was left aside"
    ENCODING = "read as %(encoding)s; save it as UTF-8"
    UNLISTED = "the lesson is not listed in course.toml; it goes where its number puts it"
    QUESTION_REMARK = "question “%(name)s”: %(why)s"
    NO_FILE = "names a file that the folder does not hold: %(name)s"
    LOST_CUE = "a cue of a question that is no longer in the quiz is left out"
    UNWRITABLE = "the file cannot be written under its name and is left out: %(name)s"
    BEHIND = "was merged with changes made meanwhile; export again to have them here"


SENTENCES = (
    _l("there is no course.toml"),
    _l("written in a newer format, %(format)s; this installation reads up to %(known)s"),
    _l("cannot be read; restore it, or delete it to let the files count as they stand"),
    _l("not TOML: %(why)s"),
    _l("not JSON: %(why)s"),
    _l("not UTF-8 text"),
    _l("longer than %(most)s characters"),
    _l("not a name that belongs here; expected is %(expected)s"),
    _l("the same as %(other)s"),
    _l("differs from %(other)s in upper and lower case only"),
    _l("files of this kind are not taken"),
    _l("the files of a course lie side by side, without folders"),
    _l("larger than %(most)s MB"),
    _l("cannot be read: it %(why)s"),
    _l("the file is empty"),
    _l("no such entry is known"),
    _l("is missing"),
    _l("%(wanted)s is expected"),
    _l("must lie between %(least)s and %(most)s"),
    _l("must be one of %(choices)s"),
    _l("holds a sign that no text has"),
    _l("is listed twice"),
    _l("there is no lesson of this name: %(name)s"),
    _l("there are %(count)s lessons, and minutes for %(minutes)s"),
    _l("the first line is no heading: write “# ” and the title"),
    _l("the title in Chinese is empty"),
    _l("the lesson has no Chinese file, %(expected)s"),
    _l("question “%(name)s”: %(why)s"),
    _l("there is no lesson for these questions: %(name)s"),
    _l("two questions are called “%(name)s”"),
    _l("the two languages hold different questions: “%(name)s” stands in the English file only"),
    _l("question “%(name)s”: skill, level or tags differ between the languages"),
    _l("question “%(name)s”: the rows and choices of the two languages do not fit together"),
    _l("question “%(name)s”: a level says nothing without its skill, which is missing"),
    _l("skill %(skill)s is not in the taxonomy"),
    _l("question “%(name)s”: a level is a number from 1 to 4"),
    _l("a name of a question is one line of at most %(most)s characters"),
    _l("the lesson has no question called “%(name)s”"),
    _l("there are rules for a quiz, and no questions"),
    _l("%(take)s questions cannot be drawn from %(size)s"),
    _l("question “%(name)s” is in two draws"),
    _l("a rubric needs at least one row with a weight above zero"),
    _l("at most %(most)s are possible"),
    _l("at most %(most)s decimals are possible"),
    _l("a quiz closes after it opens"),
    _l("a lesson of the kind %(kind)s has none"),
    _l("the rules name no category “%(name)s”"),
    _l("the texts together are larger than %(most)s MB"),
    _l("nested too deeply"),
    _l("stands outside settings, as an entry of the lesson"),
    _l("a row has two to five steps or none, each with marks of its own from 0 to its most marks, and with text_zh"),
    _l("changed here and in the course since the export, in different ways"),
    _l("deleted here, and changed in the course since the export"),
    _l("changed here, and deleted in the course since the export"),
    _l("is no part of a course and was left aside"),
    _l("read as %(encoding)s; save it as UTF-8"),
    _l("the lesson is not listed in course.toml; it goes where its number puts it"),
    _l("names a file that the folder does not hold: %(name)s"),
    _l("a cue of a question that is no longer in the quiz is left out"),
    _l("the file cannot be written under its name and is left out: %(name)s"),
    _l("was merged with changes made meanwhile; export again to have them here"),
    _l("a whole number"),
    _l("a number"),
    _l("a text"),
    _l("true or false"),
    _l("a moment"),
    _l("a list"),
    _l("a table"),
)


@dataclass(frozen=True)
class Fault:
    """One reason or remark: the file, the line in it where one is known, the entry, and what is the matter.

    `ours` and `theirs` are the two texts of a clash in a `part` of the course: in the file, and in the course.
    """

    file: str
    said: Said
    values: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    field: str = ""
    ours: str | None = None
    theirs: str | None = None
    part: str = ""

    @property
    def reason(self) -> str:
        """What is the matter, in English."""
        return self._filled(str)

    def sentence(self) -> str:
        """What is the matter, in the reader's language."""
        return self._filled(gettext)

    def _filled(self, spoken: Callable[[str], str]) -> str:
        said = spoken(str(self.said))
        if not self.values:
            return said
        values = dict(self.values)
        for name, value in values.items():
            if isinstance(value, Remark):
                values[name] = spoken(str(value.code)) % value.values
            elif name == "wanted":
                values[name] = spoken(str(value))
        return said % values

    def __str__(self) -> str:
        place = [self.file, *([f"line {self.line}"] if self.line else []), *([self.field] if self.field else [])]
        return f"{', '.join(place)}: {self.reason}"


class FolderRefused(ValueError):
    """A folder that cannot be used: all that is wrong with it, in the order of its files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))
