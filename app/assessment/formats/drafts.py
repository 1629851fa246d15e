"""A question as a Chinese teacher wrote it, before its type is known; `settle` finds the type and says what it changed.

The answer decides the type. A heading (单选题, 判断题 …) is a hint: it tells orders from sets, essays from short
answers, and where it disagrees with the answer, a note says so.

What is decided here:

- Several right options share the mark equally, and a wrong one takes all of it: 少选得部分分，错选不得分.
- A blank whose accepted forms are all plain numbers takes numbers, so that 3.0 is 3; a code with a leading zero is
  text.
- `/` and `|` stand between accepted forms, `或` too. L/C, km/h and 1/2 stay whole; where letters or 或 made it a
  question of reading, the whole is accepted beside its parts and a note says so.
- A model answer goes to those who mark, an explanation to everybody who has answered.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from app.assessment.formats.items import (
    MAX_OPTIONS,
    MAX_TEXT,
    Item,
    ItemRefused,
    Note,
    Reason,
    Remark,
    remark,
    taken,
)
from app.assessment.rules.content import (
    GAP_MARK,
    Choice,
    Cloze,
    Content,
    Essay,
    Format,
    Gap,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    QuestionKind,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    letter,
    letters_hiding_order,
    matched,
)
from app.assessment.rules.reading import read_number

MAX_SHORT = 30
MAX_POINTS = 1_000_000
EMPTY_BRACKETS = "（　　）"

# Full-width signs and spaces by those of ASCII, one for one, so that places in the text stay what they are.
WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x2009: " ", 0x202F: " "}


class Hint(StrEnum):
    """What a heading or a column says about the type."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    INDEFINITE = "indefinite"  # 不定项: one or several, and the candidate shall not see which
    CHOICE = "choice"
    TRUTH = "truth"
    FILL = "fill"
    ORDER = "order"
    MATCH = "match"
    CALCULATE = "calculate"
    ESSAY = "essay"


# The words by which types go, longer ones before those that they contain.
_TYPE_WORDS: tuple[tuple[Hint, str], ...] = (
    (Hint.INDEFINITE, r"不定项(?:选择)?|任选"),
    (Hint.SINGLE, r"单项选择|单选|single(?:[ -]choice)?"),
    (Hint.MULTIPLE, r"多项选择|多选|multiple(?:[ -](?:response|answers?|select))?(?![ -]*choice)"),
    (Hint.TRUTH, r"判断|是非|正误|true[ -/]+false|true or false|truefalse"),
    (Hint.FILL, r"填空|完形填空|fill[ -]in(?:[ -]the)?(?:[ -]blanks?)?|cloze|short[ -]?(?:answer|text)|numeric(?:al)?"),
    (Hint.ORDER, r"排序|顺序|order(?:ing)?"),
    (Hint.MATCH, r"连线|匹配|配对|搭配|match(?:ing)?"),
    (Hint.CALCULATE, r"计算"),
    (
        Hint.ESSAY,
        r"简答|问答|论述|案例分析|案例|名词解释|材料分析|综合分析|综合|分析|实务|实训|应用|写作|作文|翻译|操作|主观|简述|essay",
    ),
    (Hint.CHOICE, r"选择|multiple[ -]*choice|choice"),
)
TYPE_WORD = re.compile("|".join(f"(?P<{hint.name}>{words})" for hint, words in _TYPE_WORDS), re.IGNORECASE)
_KINDS = {
    Hint.SINGLE: {QuestionKind.SINGLE},
    Hint.MULTIPLE: {QuestionKind.MULTIPLE},
    Hint.INDEFINITE: {QuestionKind.MULTIPLE},
    Hint.CHOICE: {QuestionKind.SINGLE, QuestionKind.MULTIPLE},
    Hint.TRUTH: {QuestionKind.TRUE_FALSE},
    Hint.FILL: {QuestionKind.SHORT_TEXT, QuestionKind.NUMERIC, QuestionKind.CLOZE},
    Hint.ORDER: {QuestionKind.ORDERING},
    Hint.MATCH: {QuestionKind.MATCHING},
    Hint.CALCULATE: {QuestionKind.NUMERIC, QuestionKind.ESSAY, QuestionKind.CLOZE},
    Hint.ESSAY: {QuestionKind.ESSAY},
}

_TRUE = {"对", "正确", "√", "✓", "✔", "☑", "T", "TRUE", "是"}
_FALSE = {"错", "错误", "×", "✗", "✘", "╳", "F", "FALSE", "否", "不对", "不正确"}
_TRUTH_THEN = re.compile(
    r"(不正确|正确|错误|不对|对|错|√|✓|✔|×|✗|✘|╳|T|F|是|否)\s*[。,.;:!(，、\n]\s*(\S.*)", re.DOTALL
)
_LETTERS = re.compile(r"[A-Z]{1,26}")
_BETWEEN_LETTERS = re.compile(r"[\s,;、/|.。和与及]+")
_DASHES = re.compile(r"\s*[-—–−→>]+\s*")
_TWO_LETTERS = re.compile(r"\s*[A-Z]\s*[-—–−~]\s*[A-Z]\s*")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CIRCLED_ANSWER = re.compile(f"[{CIRCLED}]{{1,20}}")
_CIRCLED_ITEM = re.compile(f"[{CIRCLED}]")
_BLANK = re.compile(r"_{2,}|\([ \t]*\)|【[ \t]*】")
_BRACKETED = re.compile(r"\(\s*([A-Z](?:[ \t,;、]*[A-Z]){0,25}|√|✓|✔|×|✗|✘|对|错|正确|错误|T|F)\s*\)")
_PAIR = re.compile(rf"[(]?(\d{{1,2}}|[{CIRCLED}])[)]?\s*[-—–−→]+\s*[(]?([A-Z])[)]?")
_PAIRS = re.compile(rf"{_PAIR.pattern}(?:[\s,;、。]*{_PAIR.pattern})+[\s。;]*")
_ROW = re.compile(rf"(?:\(?(\d{{1,2}})\s*[.、)]|([{CIRCLED}]))\s*(.*)")
_RIGHT = re.compile(r"(?:^|\s)\(?([A-Z])\s*[.、)]\s*(\S.*)$")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,15})?")
_LEADING_ZERO = re.compile(r"0[0-9]")
_SENTENCE = re.compile(r"[。；！？!?\n]")
_MARKED_PART = re.compile(r"(?:(?:^|(?<=[\s;,，；、]))(\d{1,2})[.、)]|\((\d{1,2})\))\s*")
_CODE = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?![A-Z0-9])")
_LIST = re.compile(r"[;；,，、|\n]+")
_LEVEL = re.compile(r"(?:level|等级|级别)\s*[-:：]?\s*([1-4])\b|^([1-4])\s*级$", re.IGNORECASE)
_SLASH = re.compile(r"\s*[/|]\s*")


@dataclass(slots=True)
class Draft:
    """What a reader found of one question. `options` are letters with their texts, `answer` is as written."""

    line: int
    stem: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None
    explanation: str = ""
    hint: Hint | None = None
    heading: str = ""
    points: float | None = None
    points_per_blank: float | None = None
    tags: list[str] = field(default_factory=list)
    category: str = ""
    remarks: list[Remark] = field(default_factory=list)
    refused: ItemRefused | None = None


def fold_width(text: str) -> str:
    """`text` with full-width signs as ASCII, of the same length."""
    return text.translate(WIDTH)


def hint_in(text: str) -> Hint | None:
    """The type that the first type word in `text` names."""
    found = TYPE_WORD.search(fold_width(text))
    return Hint[found.lastgroup] if found and found.lastgroup else None


def truth_of(text: str) -> bool | None:
    """True or false where `text` is a word for it."""
    word = fold_width(text).strip(" \t\n。.!;；").upper()
    return True if word in _TRUE else False if word in _FALSE else None


def letters_of(text: str) -> str | None:
    """The letters that an answer names, `ABD` for `A、B、D`; None where it is something else."""
    folded = fold_width(text).upper()
    if _TWO_LETTERS.fullmatch(folded):
        return None  # "A-D" may be two or four
    letters = _BETWEEN_LETTERS.sub("", _DASHES.sub("", folded[:400]))
    return letters if len(folded) <= 400 and _LETTERS.fullmatch(letters) else None


def is_short_code(text: str) -> bool:
    """Whether an answer is letters or a word for true or false, after which no more of it is expected."""
    return truth_of(text) is not None or letters_of(text) is not None


def is_matching(text: str) -> bool:
    """Whether an answer is pairs, 1-C 2-A."""
    return bool(_PAIRS.fullmatch(fold_width(text[:2000]).upper()))


def bracketed(stem: str) -> bool:
    """Whether `stem` holds letters, or a word for true or false, alone in brackets."""
    return bool(_BRACKETED.search(fold_width(stem)))


def read_points(text: str) -> float | None:
    """The points that `text` names (2, 2分, 2.5), or None."""
    number = read_number(fold_width(text).strip().removesuffix("分"))
    return float(number) if number is not None and 0 < number <= MAX_POINTS else None


def difficulty_tag(text: str) -> str:
    """`level-3` where it names a level; 易, 中 and 难 stay words, since nobody said which level they are."""
    found = _LEVEL.search(fold_width(text))
    return f"level-{found[1] or found[2]}" if found else f"难度：{text.strip()}"


def level_tag(text: str) -> str:
    """The tag for what stands where a level is asked for."""
    folded = fold_width(text).strip()
    found = _LEVEL.search(folded)
    return f"level-{found[1] or found[2]}" if found else f"level-{folded}"


def listed(text: str) -> list[str]:
    """The words of a list of tags."""
    return [word.strip() for word in _LIST.split(text) if word.strip()]


def skill_tags(text: str, remarks: list[Remark]) -> list[str]:
    """Codes in `text` (CC02 跨境客服); words without a code stay a tag, with a note."""
    codes = _CODE.findall(fold_width(text))
    if not codes:
        remarks.append(remark(Note.SKILL_WORDS, text=text))
        return listed(text)
    return codes


def settle(number: int, draft: Draft, skills: Collection[str] = ()) -> Item:
    """The item that `draft` amounts to. Raises ItemRefused."""
    if draft.refused:
        raise draft.refused
    size = len(draft.stem) + len(draft.answer or "") + len(draft.explanation) + sum(len(o[1]) for o in draft.options)
    if size > MAX_TEXT:
        raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
    if not draft.stem.strip():
        raise ItemRefused(Reason.NO_QUESTION)
    content = _Settling(draft).content()
    points = draft.points
    if points is None and draft.points_per_blank is not None:
        points = draft.points_per_blank * (len(content.gaps) if isinstance(content, Cloze) else 1)
    content = replace(content, general_feedback=draft.explanation.strip(), points=1.0 if points is None else points)
    return taken(
        number,
        draft.line,
        content,
        name=_name(draft.stem),
        tags=draft.tags,
        category=draft.category,
        remarks=draft.remarks,
        skills=skills,
    )


def _name(stem: str) -> str:
    beginning = " ".join(stem[:400].split())
    return beginning if len(beginning) <= 80 else beginning[:79] + "…"


class _Settling:
    """Finds the type of one draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.stem = draft.stem.strip()
        self.answer = (draft.answer or "").strip()
        if self.answer.strip("（()）。") in ("略", "无"):
            self.answer = ""
        self.hint = draft.hint

    def content(self) -> Content:
        """The content, and a note where the heading said another type."""
        content = self._content()
        if self.hint and content.kind not in _KINDS[self.hint]:
            self._note(Note.TYPE_BY_ANSWER, text=self.draft.heading or self.hint)
        # Changed on the way: brackets lose their answer.
        self.draft.stem = self.stem
        return content

    def _note(self, code: Note, **values: object) -> None:
        self.draft.remarks.append(remark(code, **values))

    def _content(self) -> Content:
        self._take_brackets()
        if not self.answer:
            if self.hint in (Hint.ESSAY, Hint.CALCULATE) and not self.draft.options:
                self._note(Note.NO_MODEL)
                return Essay(text=self.stem, format=Format.PLAIN)
            raise ItemRefused(Reason.NO_ANSWER_GIVEN)
        if is_matching(self.answer):
            return self._matching()
        if self.draft.options:
            if self.hint is Hint.ESSAY and not is_short_code(self.answer):
                self.stem += "".join(f"\n{mark}. {text}" for mark, text in self.draft.options)
                return self._essay()
            return self._choosing(self.draft.options, letters_of(self.answer))
        return self._without_options()

    # Answers in brackets

    def _take_brackets(self) -> None:
        """Empty the brackets that hold the answer, so that the text does not tell it."""
        folded = fold_width(self.stem)
        found = [each for each in _BRACKETED.finditer(folded) if self._may_answer(each[1])]
        if not found:
            return
        if len(found) > 1:
            raise ItemRefused(Reason.SEVERAL_BRACKETS)
        written = found[0][1]
        if self.answer and not self._agree(self.answer, written):
            raise ItemRefused(Reason.TWO_ANSWERS, name=written, text=self.answer)
        self.answer = self.answer or written
        self.stem = self.stem[: found[0].start()] + EMPTY_BRACKETS + self.stem[found[0].end() :]
        self._note(Note.BRACKET)

    def _may_answer(self, written: str) -> bool:
        """Whether what stands in brackets can be the answer: （LC） after a term is none."""
        letters = letters_of(written)
        if self.draft.options:
            marks = {mark for mark, _ in self.draft.options}
            words = {truth_of(text) for _, text in self.draft.options}
            return (letters is not None and set(letters) <= marks) or (letters is None and truth_of(written) in words)
        if self.answer and truth_of(self.answer) is None:
            return False
        return truth_of(written) is not None and (written not in "TF" or self.hint in (Hint.TRUTH, None))

    @staticmethod
    def _agree(first: str, second: str) -> bool:
        truths = truth_of(first), truth_of(second)
        if None not in truths and truths[0] == truths[1]:
            return True
        letters = letters_of(first), letters_of(second)
        return None not in letters and sorted(letters[0] or "") == sorted(letters[1] or "")

    # Options

    def _choosing(self, options: Sequence[tuple[str, str]], letters: str | None) -> Content:
        marks = [mark for mark, _ in options]
        for place, mark in enumerate(marks):
            if mark != _mark(place):
                raise ItemRefused(Reason.OPTION_ORDER, text=mark)
        opposite = self._opposite(options)
        as_written = letters or ""
        if letters is None:
            letters = self._by_words(options, opposite)
        for mark in letters:
            if mark not in marks:
                raise ItemRefused(Reason.ANSWER_NOT_OPTION, text=mark)
            if letters.count(mark) > 1:
                raise ItemRefused(Reason.REPEATED_ANSWER, text=mark)
        if self.hint is Hint.ORDER:
            return self._ordering(dict(options), letters)
        if opposite and len(letters) == 1 and self.hint in (Hint.TRUTH, None):
            self._note(Note.TRUTH_OPTIONS)
            return TrueFalse(text=self.stem, format=Format.PLAIN, right=opposite[letters])
        if len(letters) == 1 and self.hint is not Hint.INDEFINITE:
            return Single(text=self.stem, format=Format.PLAIN, options=_options(options, letters, 0.0))
        if as_written != "".join(sorted(as_written)):
            self._note(Note.ORDER_IGNORED, text=self.answer)
        return Multiple(text=self.stem, format=Format.PLAIN, options=_options(options, letters, -1.0))

    @staticmethod
    def _opposite(options: Sequence[tuple[str, str]]) -> dict[str, bool]:
        """What two options mean that say true and false; empty for others."""
        truths = {mark: truth_of(text) for mark, text in options}
        if len(truths) == 2 and set(truths.values()) == {True, False}:
            return {mark: bool(truth) for mark, truth in truths.items()}
        return {}

    def _by_words(self, options: Sequence[tuple[str, str]], opposite: dict[str, bool]) -> str:
        """The option whose text is the answer."""
        wanted = " ".join(fold_width(self.answer).casefold().split()).rstrip("。")
        found = [mark for mark, text in options if " ".join(fold_width(text).casefold().split()).rstrip("。") == wanted]
        truth = truth_of(self.answer)
        if not found and truth is not None:
            found = [mark for mark, means in opposite.items() if means is truth]
        if len(found) != 1:
            raise ItemRefused(Reason.ANSWER_NOT_OPTION, text=self.answer)
        self._note(Note.BY_WORDS, text=found[0])
        return found[0]

    def _ordering(self, options: dict[str, str], letters: str) -> Content:
        if len(letters) != len(options):
            raise ItemRefused(Reason.ORDER_INCOMPLETE, text=self.answer)
        keys = letters_hiding_order(options.values())
        return Ordering(
            text=self.stem,
            format=Format.PLAIN,
            items=tuple(Choice(key=keys[options[mark]], text=options[mark]) for mark in letters),
        )

    def _matching(self) -> Content:
        """Rows ① or 1. in the text, choices A. beside or below them, and pairs 1-C 2-A as the answer."""
        lines = self.stem.split("\n")
        rows: dict[int, str] = {}
        choices = dict(self.draft.options)
        asked = []
        for line in lines:
            folded = fold_width(line)
            row = _ROW.fullmatch(folded)
            right = _RIGHT.search(folded)
            end = right.start() if right else len(line)
            if row and row.start(3) <= end:
                rows[int(row[1]) if row[1] else CIRCLED.index(row[2]) + 1] = line[row.start(3) : end].strip()
            elif right and not folded[:end].strip():
                pass
            else:
                asked.append(line)
                continue
            if right:
                if right[1] in choices:
                    raise ItemRefused(Reason.OPTION_ORDER, text=right[1])
                choices[right[1]] = line[right.start(2) :].strip()
        pairs = {
            (CIRCLED.index(each[1]) + 1 if each[1] in CIRCLED else int(each[1])): each[2]
            for each in _PAIR.finditer(fold_width(self.answer).upper())
        }
        if not asked or set(pairs) != set(rows):
            raise ItemRefused(Reason.MATCH_UNCLEAR)
        lost = [mark for mark in pairs.values() if mark not in choices]
        if lost:
            raise ItemRefused(Reason.ANSWER_NOT_OPTION, text=lost[0])
        self.stem = "\n".join(asked)
        found, offered = matched(
            [(rows[row], None, choices[pairs[row]]) for row in sorted(rows)],
            [text for mark, text in choices.items() if mark not in pairs.values()],
        )
        return Matching(text=self.stem, format=Format.PLAIN, pairs=found, choices=offered)

    # No options

    def _without_options(self) -> Content:
        circled = self._circled()
        if circled:
            return circled
        blanks = _blanks(self.stem)
        lines = [blank for blank in blanks if "_" in fold_width(self.stem[blank[0] : blank[1]])]
        truth = truth_of(self.answer)
        if truth is not None and self.hint not in (Hint.FILL, Hint.ESSAY) and not lines:
            return TrueFalse(text=self.stem, format=Format.PLAIN, right=truth)
        if self.hint is Hint.TRUTH and not lines:
            return self._truth_with_reason()
        if self.hint is Hint.ESSAY:
            return self._essay()
        if self.hint is Hint.MATCH:
            raise ItemRefused(Reason.MATCH_UNCLEAR)
        if blanks:
            return self._fill(blanks, lines)
        if self.hint in (Hint.SINGLE, Hint.MULTIPLE, Hint.INDEFINITE, Hint.CHOICE, Hint.ORDER):
            raise ItemRefused(Reason.NO_OPTIONS)
        if self.hint is Hint.FILL:
            return self._typed(self.answer)
        if self.hint is Hint.CALCULATE:
            return self._typed(self.answer) if _all_numbers([self.answer]) else self._essay()
        return self._unhinted()

    def _unhinted(self) -> Content:
        if len(letters_of(self.answer) or "") == 1:
            raise ItemRefused(Reason.NO_OPTIONS)
        if _TRUTH_THEN.fullmatch(fold_width(self.answer)):
            return self._truth_with_reason()
        if len(self.answer) <= MAX_SHORT and not _SENTENCE.search(self.answer.rstrip("。.；;")):
            self._note(Note.READ_AS_TEXT)
            return self._typed(self.answer)
        self._note(Note.READ_AS_ESSAY)
        return self._essay()

    def _circled(self) -> Content | None:
        """Items ① ② in the text, where the answer names them and there are no letters."""
        written = _BETWEEN_LETTERS.sub("", _DASHES.sub("", fold_width(self.answer)[:200]))
        if not _CIRCLED_ANSWER.fullmatch(written):
            return None
        places = list(_CIRCLED_ITEM.finditer(self.stem))
        if [each[0] for each in places] != list(CIRCLED[: len(places)]) or len(places) < 2:
            raise ItemRefused(Reason.NO_OPTIONS)
        ends = [each.start() for each in places[1:]] + [len(self.stem)]
        options = [
            (_mark(place), self.stem[each.end() : end].strip(" \t\n\u3000;；,，、.．"))
            for place, (each, end) in enumerate(zip(places, ends, strict=True))
        ]
        if "\n" not in self.stem[places[0].start() :] and re.search(r"\s", options[-1][1]):
            raise ItemRefused(Reason.NO_OPTIONS)  # where the last item ends cannot be told
        self.stem = self.stem[: places[0].start()].strip()
        return self._choosing(options, "".join(_mark(CIRCLED.index(each)) for each in written))

    def _truth_with_reason(self) -> Content:
        """`错，应为装船日期`: what follows the word explains it."""
        found = _TRUTH_THEN.fullmatch(fold_width(self.answer))
        if not found:
            raise ItemRefused(Reason.TRUTH_WORD, text=self.answer)
        said = self.answer[found.start(2) :].strip()
        self.draft.explanation = "\n".join(part for part in (said, self.draft.explanation) if part)
        self._note(Note.MOVED, text=said)
        return TrueFalse(text=self.stem, format=Format.PLAIN, right=bool(truth_of(found[1])))

    def _essay(self) -> Content:
        return Essay(text=self.stem, format=Format.PLAIN, guide=self.answer)

    # Blanks

    def _fill(self, blanks: list[tuple[int, int]], lines: list[tuple[int, int]]) -> Content:
        if GAP_MARK.search(self.stem):
            raise ItemRefused(Reason.GAP_MARKS)
        if len(blanks) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        brackets = [blank for blank in blanks if blank not in lines]
        # Underlines and brackets in one sentence: the answers tell which of them are meant.
        for wanted in (lines, blanks, brackets) if lines and brackets else (blanks,):
            parts = self._parts(len(wanted))
            if parts is not None:
                break
        else:
            count = len(_semicolons(self.answer))
            raise ItemRefused(Reason.BLANKS, count=count, limit=len(lines or blanks))
        if len(wanted) == 1:
            return self._typed(parts[0])
        gaps, pieces, end = [], [], 0
        for key, ((start, stop), part) in enumerate(zip(wanted, parts, strict=True), 1):
            gaps.append(Gap(key=str(key), part=self._accepting(part, "")))
            pieces.append(f"{self.stem[end:start]}[[{key}]]")
            end = stop
        return Cloze(text="".join(pieces) + self.stem[end:], format=Format.PLAIN, gaps=tuple(gaps))

    def _parts(self, count: int) -> list[str] | None:
        """The answers of `count` blanks, or None where there are more or fewer."""
        parts = _semicolons(self.answer)
        if count == 1:
            return [self.answer] if len(parts) == 1 else None
        if len(parts) == count:
            return parts
        if len(parts) > 1:
            return None
        marked = _marked_parts(self.answer)
        if len(marked) == count:
            return marked
        for sign, pattern in (("\\n", r"\n+"), ("、", "、"), ("，", "[,，]"), (" ", r"[ \t\u3000]+")):
            parts = [part.strip() for part in re.split(pattern, self.answer.strip())]
            if len(parts) == count:
                self._note(Note.SEPARATOR, text=sign)
                return parts
        return None

    def _typed(self, written: str) -> Numeric | ShortText:
        return self._accepting(written, self.stem)

    def _accepting(self, written: str, text: str) -> Numeric | ShortText:
        """What takes the accepted forms in `written`."""
        forms = self._forms(written)
        if len(forms) > MAX_OPTIONS:
            raise ItemRefused(Reason.TOO_MANY, limit=MAX_OPTIONS)
        if not forms or not all(forms):
            raise ItemRefused(Reason.EMPTY_BLANK)
        if _all_numbers(forms):
            numbers = tuple(NumericAnswer(value=read_number(form) or Decimal(0), fraction=1.0) for form in forms)
            return Numeric(text=text, format=Format.PLAIN, answers=numbers)
        answers = tuple(TextAnswer(text=form.replace("*", "\\*"), fraction=1.0) for form in forms)
        return ShortText(text=text, format=Format.PLAIN, answers=answers)

    def _forms(self, written: str) -> list[str]:
        """The accepted forms of one blank, each once."""
        written = written.strip().rstrip("。；; ")
        folded = fold_width(written)
        forms, start, doubtful = [], 0, False
        for sign in _SLASH.finditer(folded):
            is_bar = "|" in sign[0]
            before, after = _word_before(folded, sign.start()), _word_after(folded, sign.end())
            decimals = "." in folded[max(sign.start() - 4, 0) : sign.end() + 4]
            if before.isdigit() and after.isdigit() and decimals:
                pass  # 6.5/6.50 is no fraction
            elif not is_bar and before and after and " " not in sign[0]:
                if min(len(before), len(after)) < 2 or before.isdigit() or after.isdigit():
                    continue  # L/C, km/h, 1/2
                doubtful = True
            forms.append(written[start : sign.start()].strip())
            start = sign.end()
        forms.append(written[start:].strip())
        split = []
        for form in forms:
            either = [part.strip() for part in re.split("或者|或", form)]
            if len(either) > 1 and all(either):
                doubtful = True
                split.extend(either)
            else:
                split.append(form)
        if doubtful:
            self._note(Note.FORMS, text=written)
            split.append(written)
        return list(dict.fromkeys(split))


def _mark(place: int) -> str:
    return letter(place).upper()


def _options(options: Sequence[tuple[str, str]], right: str, loss: float) -> tuple[Option, ...]:
    """Options of which `right` share the mark, and each of the others costs `loss`."""
    share = 1 / len(right)
    return tuple(
        Option(key=letter(place), text=text.strip(), fraction=share if mark in right else loss)
        for place, (mark, text) in enumerate(options)
    )


def _blanks(stem: str) -> list[tuple[int, int]]:
    """Where the blanks are: __, ( ) and 【 】; not the () of a function's name."""
    found = []
    for each in _BLANK.finditer(fold_width(stem)):
        before = stem[each.start() - 1 : each.start()]
        if stem[each.start() : each.end()] == "()" and before.isascii() and (before.isalnum() or before == "_"):
            continue
        found.append((each.start(), each.end()))
    return found


def _semicolons(answer: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", answer.strip().rstrip(";；。"))]


def _marked_parts(answer: str) -> list[str]:
    """The parts of `(1)甲 (2)乙` or `①甲②乙`; none where the numbers do not run from 1."""
    folded = fold_width(answer)
    found = list(_MARKED_PART.finditer(folded))
    circled = list(_CIRCLED_ITEM.finditer(folded))
    if circled and circled[0].start() == 0:
        numbers, starts = [CIRCLED.index(each[0]) + 1 for each in circled], circled
    elif found and found[0].start() == 0:
        numbers = [int(each[1] or each[2]) for each in found]
        starts = found
    else:
        return []
    if numbers != list(range(1, len(numbers) + 1)):
        return []
    ends = [each.start() for each in starts[1:]] + [len(answer)]
    return [answer[each.end() : end].strip(" \t\n\u3000,，、") for each, end in zip(starts, ends, strict=True)]


def _all_numbers(forms: Sequence[str]) -> bool:
    """Whether all are plain numbers, and none a code like 0086."""
    folded = [fold_width(form).replace("−", "-").strip() for form in forms]
    return all(_PLAIN_NUMBER.fullmatch(form) and not _LEADING_ZERO.match(form.lstrip("+-")) for form in folded)


def _word_before(text: str, end: int) -> str:
    found = re.search(r"[A-Za-z0-9]{1,40}$", text[max(end - 40, 0) : end])
    return found[0] if found else ""


def _word_after(text: str, start: int) -> str:
    found = re.match(r"[A-Za-z0-9]{1,40}", text[start : start + 40])
    return found[0] if found else ""
