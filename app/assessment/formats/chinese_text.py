"""Plain text as Chinese teachers write exams: numbered questions under headings, A. B. options, 答案： and 解析：.

Questions begin with a number (1. 1、 （1） 第1题), or after a blank line where no line of the file has one. A list of
answers at the end, or at the end of a section, goes to the questions by their numbers. Lines before the first question
and headings are no items; what else is left out of an item is said in a note.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from app.assessment.formats.drafts import (
    TYPE_WORD,
    Draft,
    Hint,
    bracketed,
    difficulty_tag,
    fold_width,
    hint_in,
    is_matching,
    is_short_code,
    level_tag,
    listed,
    read_points,
    settle,
    skill_tags,
)
from app.assessment.formats.items import MAX_OPTIONS, Item, ItemRefused, Note, Reason, Refusal, excerpt, remark

_DROPPED = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_NUMERAL = "一二三四五六七八九十"
_NUMBERED = (
    ("point", re.compile(r"(\d{1,3})\s*[.、:](?!\d)\s*")),
    ("bracket", re.compile(r"\(?\s*(\d{1,3})\s*\)\s*[.、]?\s*")),
    ("word", re.compile(r"第\s*(\d{1,3})\s*[题問问]\s*[.、:)]?\s*")),
)
# （√）5、 as in lists of statements, where the bracket for the answer comes first.
_BRACKET_FIRST = re.compile(r"\(\s*(?:√|×|✓|✔|✗|✘|对|错|T|F)?\s*\)\s*(\d{1,3})\s*[.、:](?!\d)\s*")
_ORDINAL = re.compile(
    rf"(?:第[{_NUMERAL}]{{1,3}}(?:部分|大题|题)\s*[、.:]?|[{_NUMERAL}]{{1,3}}\s*[、.:]|\([{_NUMERAL}]{{1,3}}\)\s*[、.]?)\s*"
)
_TYPE_TITLE = re.compile(rf"(?:{TYPE_WORD.pattern})\s*(?:题|类)?\s*(?:[(\[【].{{0,80}})?[:。]?", re.IGNORECASE)
_DIGIT_TITLE = re.compile(rf"\d{{1,2}}\s*[.、]\s*(?:{TYPE_WORD.pattern})题\s*(?:\(.{{0,80}}\))?[:。]?")
_NAMES_TYPE = re.compile(rf"(?:{TYPE_WORD.pattern})\s*题?")
_STRONG_TYPE = re.compile(
    "单项选择|单选|多项选择|多选|不定项|判断|填空|排序|连线|匹配|简答|论述|名词解释|计算题|选择题"
)
_CHAPTER = re.compile(rf"第\s*[{_NUMERAL}\d]{{1,4}}\s*[章节单](?:元)?(?:[\s、:.].{{0,60}}|\S{{0,30}})")
_EACH = re.compile(r"(?:每(?:小)?[题道个]|各)\s*(\d+(?:\.\d+)?)\s*分")
_EACH_BLANK = re.compile(r"每(?:个)?空\s*(\d+(?:\.\d+)?)\s*分")
_OPTION = re.compile(r"\(?\s*([A-Z])\s*[.、):]\s*|\(([A-Z])\)\s*")
_SMALL_OPTION = re.compile(r"\(?\s*([a-z])\s*[.、)]\s*")
_BARE_OPTION = re.compile(r"([A-Z])(?:[ ]*\t|[ ]+(?=[\u4e00-\u9fff]))\s*")
_TYPE_BEFORE = re.compile(rf"(?:{TYPE_WORD.pattern})\s*题\s*:\s*(?=\S)")
_MARKER = re.compile(
    rf"[(\[【]\s*(?:(?P<kind>(?:{TYPE_WORD.pattern})\s*题|单选|多选|判断|填空|不定项|简答|论述)[,、;\s]*)?(?:(?P<points>\d+(?:\.\d+)?)\s*分)?\s*[)\]】]",
    re.IGNORECASE,
)


class Label(StrEnum):
    """What a line says about the question above it."""

    ANSWER = "answer"
    EXPLANATION = "explanation"
    SOLUTION = "solution"
    DIFFICULTY = "difficulty"
    LEVEL = "level"
    KNOWLEDGE = "knowledge"
    SKILL = "skill"
    POINTS = "points"
    TYPE = "type"
    CATEGORY = "category"


_LABELS: dict[Label, str] = {
    Label.EXPLANATION: "答案解析|参考解析|试题解析|题目解析|解析",
    Label.SOLUTION: "解答",
    Label.ANSWER: (
        "参考答案|正确答案|标准答案|答案要点|参考要点|答题要点|评分要点|本题答案|答案|Answer|ANSWER|answer|答"
    ),
    Label.DIFFICULTY: "难易程度|难度系数|难易度|难度",
    Label.LEVEL: "能力等级|技能等级|等级",
    Label.KNOWLEDGE: "考查知识点|知识点|考核点|考点|标签",
    Label.SKILL: "对应技能|技能编码|技能代码|技能点|技能",
    Label.POINTS: "本题分值|分值",
    Label.TYPE: "题型",
    Label.CATEGORY: "所属章节|章节",
}
_BOXED = {**_LABELS, Label.EXPLANATION: _LABELS[Label.EXPLANATION] + "|详解|分析|点评|解释"}
_LABEL_OF = {word: label for label, words in _BOXED.items() for word in words.split("|")}
_ANY = "|".join("|".join(_LABELS[label].split("|")) for label in _LABELS)
_ANY_BOXED = "|".join(_BOXED.values())
_LABEL_START = re.compile(rf"(?:[\[【(]\s*({_ANY_BOXED})\s*[\]】)]\s*:?|({_ANY})\s*:)\s*")
_LOOSE_ANSWER = re.compile(
    r"(?:参考|正确|标准)?答案\s*[是为]?\s*(?=(?:[A-Z][\s,、]*){1,10}[。.]?$|(?:对|错|正确|错误|√|×)[。.]?$)"
)
_LABEL_INSIDE = re.compile(rf"【\s*({_ANY_BOXED})\s*】\s*:?\s*|(?<=[\s;；。|)])((?:{_ANY})(?<!答))\s*:\s*")
_KEY_TITLE = re.compile(
    r"[\[【(]?\s*(?:附[:、]?)?\s*(?:试题|试卷|习题|参考|标准|正确)*答案\s*(?:[及与和]?\s*(?:解析|详解|评分标准|评分参考|评分细则))?\s*[\]】)]?\s*[:。]?"
)
_KEY_RANGE = re.compile(r"(\d{1,3})\s*(?:[-—–~]+|至|到)\s*(\d{1,3})\s*题?\s*[:.、)]?\s*")
_KEY_NUMBER = re.compile(r"(?:^|(?<=[\s;；,，。、]))(?:第\s*)?(\d{1,3})\s*(?:[.、:)]|题)?\s*[.、:]?\s*")
_KEY_TIGHT = re.compile(r"(\d{1,3})\s*[.、:)]?\s*([A-Z]{1,10}|[√×✓✗对错])(?=[\s;；,，。、\d]|$)")


@dataclass(slots=True)
class Row:
    """A line: its number in the file, as it stands and with ASCII width, and what it begins with."""

    line: int
    text: str
    folded: str
    number: int | None = None
    style: str = ""
    rest: int = 0
    heading: "_Heading | None" = None
    answers: bool = False  # it, or a line of the same question below, gives options or an answer


@dataclass(slots=True)
class _Heading:
    title: str
    hint: Hint | None
    points: float | None
    points_per_blank: float | None
    rest: str = ""


@dataclass(slots=True)
class _Entry:
    """An answer in a list of answers."""

    number: int
    line: int
    section: int | None
    lines: list[str]
    wrong: ItemRefused | None = None


@dataclass(slots=True)
class _Open:
    """The question being read."""

    draft: Draft
    number: int | None
    section: int
    state: Label | None = None
    stem: list[str] = field(default_factory=list)
    option_rows: list[list[str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    values: dict[Label, list[str]] = field(default_factory=dict)

    @property
    def has_code(self) -> bool:
        """Whether the answer is complete: letters, or a word for true or false."""
        written = self.values.get(Label.ANSWER, [])
        return len(written) < 3 and is_short_code("\n".join(written))


def read(text: str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of `text`, in its order; never raises. `skills` are the codes that may be named."""
    for number, found in enumerate(drafts(text), 1):
        yield settled(number, found, skills)


def settled(number: int, found: Draft, skills: Collection[str] = ()) -> Item | Refusal:
    """The item that `found` amounts to, or why it is none."""
    try:
        return settle(number, found, skills)
    except ItemRefused as refused:
        return Refusal(number, found.line, excerpt(found.stem), refused.remark)


def markers(text: str) -> int:
    """How many lines of `text` only such an exam has: headings of types, 答案： or 解析：, answers in brackets."""
    rows = _rows(text)
    return sum(1 for row in rows if row.text and _is_marker(row))


def _is_marker(row: Row) -> bool:
    found = _LABEL_START.match(row.folded)
    if found and (found[1] or found[2]).lower() != "answer":
        return True
    if row.heading or _LOOSE_ANSWER.match(row.folded) or _KEY_TITLE.fullmatch(row.folded):
        return True
    return row.number is not None and bracketed(row.text)


def drafts(text: str) -> list[Draft]:
    """The questions of `text` as written, with answers from a list of answers filled in."""
    rows = _rows(text)
    key_from = _key_from(rows)
    reader = _Reader(rows[:key_from], has_key=key_from < len(rows))
    found = reader.run()
    entries = reader.entries + _entries(rows[key_from + 1 :], reader.titles)
    if entries:
        found += _give_answers(reader.questions, entries)
    return found


def _rows(text: str) -> list[Row]:
    rows = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line, given in enumerate(lines, 1):
        cleaned = _DROPPED.sub("", given).strip(" \t\u3000\xa0\x0b\x0c")
        row = Row(line, cleaned, fold_width(cleaned))
        for style, pattern in _NUMBERED:
            if number := pattern.match(row.folded):
                row.number, row.style, row.rest = int(number[1]), style, number.end()
                break
        if behind := _BRACKET_FIRST.match(row.folded):
            row.number, row.style = int(behind[1]), "point"
            row.text = row.text[: behind.start(1)] + row.text[behind.end() :]
            row.folded = fold_width(row.text)
        row.heading = _heading(row)
        rows.append(row)
    return rows


def _heading(row: Row) -> _Heading | None:
    """What a heading says, with or without an ordinal before it; None where the line is none."""
    if not row.text or len(row.text) > 200:
        return None
    ordinal = _ORDINAL.match(row.folded)
    rest = row.folded[ordinal.end() :] if ordinal else row.folded
    named = _NAMES_TYPE.match(rest)
    if ordinal:
        strong = named or _STRONG_TYPE.search(rest[:60])
        hint = hint_in(strong[0]) if strong else None
    elif (_TYPE_TITLE.fullmatch(rest) and "题" in rest[:12]) or _DIGIT_TITLE.fullmatch(rest):
        found = TYPE_WORD.search(rest)
        hint = hint_in(found[0]) if found else None
    else:
        return None
    each, blank = _EACH.search(row.folded), _EACH_BLANK.search(row.folded)
    after = ""
    if ordinal:
        start = ordinal.end() + (named.end() if named else 0)
        after = row.text[start:].lstrip(":：、. ") if named else row.text[start:]
    return _Heading(
        title=row.text,
        hint=hint,
        points=float(each[1]) if each else None,
        points_per_blank=float(blank[1]) if blank else None,
        rest=after,
    )


def _option_mark(folded: str, expected: str = "") -> tuple[str, int] | None:
    """The letter that begins a line as an option, and where its text begins.

    A small letter, or one without a sign after it, only where it is expected: `e.g.` is no fifth option.
    """
    found = _OPTION.match(folded)
    if found:
        return found[1] or found[2], found.end()
    for pattern in (_SMALL_OPTION, _BARE_OPTION):
        found = pattern.match(folded)
        if found and found[1].upper() == (expected or "A"):
            return found[1].upper(), found.end()
    return None


def _label(folded: str) -> tuple[Label, int] | None:
    """The label that begins a line, and where its value begins."""
    found = _LABEL_START.match(folded)
    if found:
        return _LABEL_OF[found[1] or found[2]], found.end()
    loose = _LOOSE_ANSWER.match(folded)
    return (Label.ANSWER, loose.end()) if loose else None


def _pieces(text: str) -> list[tuple[Label | None, str]]:
    """`text` cut at its labels; the first piece may have none."""
    folded = fold_width(text)
    first = _label(folded)
    marks: list[tuple[Label, int, int]] = [(first[0], 0, first[1])] if first else []
    begin = first[1] if first else 0
    for found in _LABEL_INSIDE.finditer(folded, begin):
        marks.append((_LABEL_OF[found[1] or found[2]], found.start(), found.end()))
    if not marks:
        return [(None, text)]
    pieces: list[tuple[Label | None, str]] = []
    if marks[0][1] > 0:
        pieces.append((None, text[: marks[0][1]].strip(" \t\u3000;；|")))
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    pieces += [(label, text[start:end].strip(" \t\u3000|")) for (label, _, start), end in zip(marks, ends, strict=True)]
    return pieces


def _mentions_answer(row: Row) -> bool:
    pieces = _pieces(row.text)
    return any(label in (Label.ANSWER, Label.SOLUTION) for label, _ in pieces)


def _key_from(rows: list[Row]) -> int:
    """The row whose title begins a list of answers; the number of rows where there is none."""
    numbers = 0
    for place, row in enumerate(rows):
        if not row.text:
            continue
        if numbers > 1 and _KEY_TITLE.fullmatch(row.folded):
            entries = sum(1 for after in rows[place + 1 :] if after.number or _KEY_RANGE.match(after.folded))
            several = any(len(_key_pieces(after.folded)) > 1 for after in rows[place + 1 :])
            return place if entries > 1 or several else len(rows)
        if row.number is not None:
            numbers += 1
        if _mentions_answer(row) and not _key_pieces_of_answer(row):
            break
    return len(rows)


def _key_pieces_of_answer(row: Row) -> list[tuple[int, str]]:
    """The numbers and answers of a line `答案：1.A 2.B`; none where it is another answer."""
    label = _label(row.folded)
    if not label or label[0] is not Label.ANSWER:
        return []
    pieces = _key_pieces(row.text[label[1] :])
    return [(number, text) for number, text, _ in pieces] if len(pieces) > 1 else []


# Reading the questions


class _Reader:
    """Goes through the rows once; `run` returns the drafts in their order."""

    def __init__(self, rows: list[Row], has_key: bool) -> None:
        self.rows = rows
        self.has_key = has_key
        self.entries: list[_Entry] = []
        self.questions: list[_Open] = []
        self.titles: list[_Heading] = []
        self._styles = _styles(rows)
        self._mode_numbered = any(self._styles)
        self._foresee()
        self._heading: _Heading | None = None
        self._category = ""
        self._section = 0
        self._open: _Open | None = None
        self._before: list[str] = []
        self._sub = 0
        self._waiting: set[int | None] = set()  # numbers in this section without an answer so far

    def _foresee(self) -> None:
        """Find out which rows are followed by options or an answer before the next question can begin."""
        below, place = False, len(self.rows) - 1
        section = len(self._styles) - 1
        while place >= 0:
            row = self.rows[place]
            if row.text:
                own = _mentions_answer(row) or bracketed(row.text)
                is_option = _option_mark(row.folded) is not None
                row.answers = below or own or is_option
                if own or is_option:
                    below = True
                if row.heading:
                    below, section = False, max(section - 1, 0)
                elif (row.number is not None and row.style == self._styles[section]) or (
                    place and not self.rows[place - 1].text and not own and not is_option
                ):
                    below = False
            place -= 1

    def run(self) -> list[Draft]:
        """The drafts of all rows."""
        after_blank = False
        for place, row in enumerate(self.rows):
            if not row.text:
                after_blank = True
                continue
            self._take(place, row, after_blank)
            after_blank = False
        self._close()
        return [question.draft for question in self.questions]

    def _take(self, place: int, row: Row, after_blank: bool) -> None:
        if _CHAPTER.fullmatch(row.folded) and _label(row.folded) is None:
            self._close()
            self._category = row.text
            return
        heading = row.heading
        if heading:
            self._close()
            if heading.rest and self._answer_follows(place):
                # 一、什么是信用证？ counts questions, and names a type at most.
                self._set(heading)
                self._begin(row, None, heading.rest)
            else:
                self._section += 1
                self._waiting = set()
                self.titles.append(heading)
                self._set(heading)
            return
        if self._is_key_row(row):
            return
        if row.number is not None and row.style == self._styles[self._section]:
            if self._starts_numbered(row):
                self._begin(row, row.number, row.text[row.rest :])
                return
        elif self._starts_unnumbered(row, after_blank):
            self._begin(row, None, row.text)
            return
        if self._open:
            self._feed(row.text)
        elif self._section:
            self._before.append(row.text)

    def _set(self, heading: _Heading) -> None:
        self._heading = heading
        self._before = []

    def _answer_follows(self, place: int) -> bool:
        """Whether the next line with words is an option or an answer."""
        for row in self.rows[place + 1 :]:
            if row.text:
                return _option_mark(row.folded) is not None or _label(row.folded) is not None
        return False

    def _is_key_row(self, row: Row) -> bool:
        """Keep a line `答案：1-5 ABCDA` for the questions above it, where it is not one question's own answer."""
        pieces = _key_pieces_of_answer(row)
        if not pieces:
            return False
        waiting = set(self._waiting)
        if self._open and not self._open.values.get(Label.ANSWER):
            waiting.add(self._open.number)
        if len(waiting) < 2 or not {number for number, _ in pieces} <= waiting:
            return False
        label = _label(row.folded)
        rest = row.text[label[1] if label else 0 :]
        self._close()
        self.entries += _entries_of(rest, row.line, self._section)
        return True

    # Where a question begins

    def _starts_numbered(self, row: Row) -> bool:
        question, number = self._open, row.number or 0
        if question is None or question.number is None or self.has_key:
            return True
        waits = not question.values.get(Label.ANSWER)
        if self._sub and number == self._sub + 1 and (waits or not row.answers):
            self._sub = number
            if number == question.number + 1:
                question.draft.remarks.append(remark(Note.NUMBERED_LINE, text=number))
            return False
        if number == 1 and not row.answers:
            self._sub = 1
            return False
        return True

    def _starts_unnumbered(self, row: Row, after_blank: bool) -> bool:
        """Whether a line without a number begins a question."""
        question = self._open
        if _label(row.folded) is not None or _option_mark(row.folded) is not None:
            return False
        if question is None:
            asks = not self._mode_numbered and bool(re.search(r"[?？]|_{2,}|[（(]\s*[)）]", row.text))
            return row.answers or asks
        has_answer = bool(question.values)
        if self._mode_numbered:
            return after_blank and has_answer and row.answers and question.state is not None
        if has_answer:
            return after_blank or (question.state is Label.ANSWER and question.has_code)
        if question.stem and bracketed(question.stem[-1]) and not question.option_rows:
            return after_blank or bracketed(row.text)
        return after_blank

    def _begin(self, row: Row, number: int | None, text: str) -> None:
        self._close()
        heading = self._heading
        draft = Draft(row.line, category=self._category)
        if heading:
            draft.hint, draft.heading = heading.hint, heading.title
            draft.points, draft.points_per_blank = heading.points, heading.points_per_blank
        if self._before:
            draft.remarks.append(remark(Note.BEFORE_LEFT_OUT, text=" ".join(self._before)))
            self._before = []
        self._open = _Open(draft, number, self._section, stem=[])
        self._sub = 0
        for label, value in _pieces(text):
            if label is None:
                self._open.stem.append(value)
            else:
                self._labelled(label, value)

    # What a line adds to its question

    def _feed(self, text: str) -> None:
        for label, value in _pieces(text):
            if label is None:
                self._words(value)
            else:
                self._labelled(label, value)

    def _words(self, text: str) -> None:
        question = self._open
        if question is None or not text:
            return
        mark = _option_mark(fold_width(text), chr(ord("A") + len(question.option_rows)))
        if question.state is None:
            if mark:
                question.option_rows.append([text])
            elif question.option_rows:
                question.option_rows[-1].append(text)
            else:
                question.stem.append(text)
        elif question.state is Label.ANSWER:
            if question.has_code and mark and (question.option_rows or mark[0] == "A"):
                question.option_rows.append([text])
            elif question.has_code:
                question.left.append(text)
            else:
                question.values[Label.ANSWER].append(text)
        elif question.state in (Label.EXPLANATION, Label.SOLUTION):
            question.values[question.state].append(text)
        else:
            question.left.append(text)

    def _labelled(self, label: Label, value: str) -> None:
        question = self._open
        if question is None:
            return
        if label is Label.ANSWER and question.values.get(Label.ANSWER):
            if question.state in (Label.EXPLANATION, Label.SOLUTION):
                question.values[question.state].append(value)  # 解析：…故答案：B
            else:
                question.draft.refused = question.draft.refused or ItemRefused(Reason.SECOND_ANSWER, text=value)
            return
        question.state = label
        question.values.setdefault(label, []).append(value)

    def _close(self) -> None:
        question, self._open = self._open, None
        self._sub = 0
        if question is None:
            return
        _finish(question)
        self.questions.append(question)
        if question.draft.answer is None:
            self._waiting.add(question.number)


def _styles(rows: list[Row]) -> list[str]:
    """How questions are numbered, section by section: the file's first way where a section has it, else its own."""
    sections: list[list[str]] = [[]]
    for row in rows:
        if row.heading:
            sections.append([])
        elif row.number is not None:
            sections[-1].append(row.style)
    usual = next((styles[0] for styles in sections if styles), "")
    return [usual if not styles or usual in styles else styles[0] for styles in sections]


def _finish(question: _Open) -> None:
    """Put together what the lines of `question` gave."""
    draft, values = question.draft, question.values
    draft.stem = "\n".join(part for part in question.stem if part)
    _take_markers(draft)
    if Label.ANSWER in values:
        draft.answer = "\n".join(values[Label.ANSWER]).strip()
    draft.options = _split_options(question)
    explanation = [*values.get(Label.EXPLANATION, [])]
    solution = values.get(Label.SOLUTION, [])
    if solution and draft.answer is None and not bracketed(draft.stem):
        draft.answer = "\n".join(solution).strip()
    else:
        explanation += solution
    draft.explanation = "\n".join(explanation).strip()
    for label in (Label.TYPE, Label.POINTS, Label.DIFFICULTY, Label.LEVEL, Label.SKILL, Label.KNOWLEDGE):
        for value in values.get(label, []):
            set_property(draft, label, value)
    if question.left:
        draft.remarks.append(remark(Note.LEFT_OUT, text=" ".join(question.left[:20])))
    if values.get(Label.CATEGORY):
        draft.category = values[Label.CATEGORY][-1]


def set_property(draft: Draft, label: Label, value: str) -> None:
    """Note down what a line or a cell says beside text and answer."""
    value = value.strip().rstrip("。；;")
    if not value:
        return
    match label:
        case Label.TYPE:
            draft.hint, draft.heading = hint_in(value) or draft.hint, value
        case Label.POINTS:
            points = read_points(value)
            if points is None:
                draft.remarks.append(remark(Note.BAD_POINTS, text=value))
            else:
                draft.points = points
        case Label.DIFFICULTY:
            draft.tags.append(difficulty_tag(value))
        case Label.LEVEL:
            draft.tags.append(level_tag(value))
        case Label.SKILL:
            draft.tags += skill_tags(value, draft.remarks)
        case Label.KNOWLEDGE:
            draft.tags += listed(value)
        case _:
            draft.category = value


def _take_markers(draft: Draft) -> None:
    """Move 【单选题】 and （2分） from the beginning and the end of the text to where they belong."""
    if named := _TYPE_BEFORE.match(fold_width(draft.stem)):
        draft.hint, draft.heading = hint_in(named[0]), named[0].rstrip(": ")
        draft.stem = draft.stem[named.end() :]
    for _ in range(3):
        folded = fold_width(draft.stem)
        found = _MARKER.match(folded)
        if not found:
            tail = max(folded.rfind("("), folded.rfind("["), folded.rfind("【"))
            found = _MARKER.fullmatch(folded, tail) if tail >= 0 else None
        if not found or not (found["kind"] or found["points"]):
            return
        if found["kind"]:
            draft.hint, draft.heading = hint_in(found["kind"]), found["kind"]
        if found["points"]:
            draft.points = read_points(found["points"])
        draft.stem = (draft.stem[: found.start()] + draft.stem[found.end() :]).strip()


# Options


def _split_options(question: _Open) -> list[tuple[str, str]]:
    """The options of `question`, several of which may stand on one line, the first of them behind the text."""
    draft, rows = question.draft, ["\n".join(lines) for lines in question.option_rows]
    firsts = _first_marks(rows)
    draft.remarks += [
        remark(Note.CONTINUED, text=mark)
        for mark, lines in zip(firsts, question.option_rows, strict=True)
        if len(lines) > 1
    ]
    options: list[tuple[str, str]] = []
    if (not rows or firsts[0] != "A") and not is_matching(draft.answer or ""):
        draft.stem, options = _options_in_text(draft.stem, firsts[0] if rows else None)
    return options + options_on(rows)


def _first_marks(rows: list[str]) -> list[str]:
    marks = (_option_mark(fold_width(row[:100]), chr(ord("A") + place)) for place, row in enumerate(rows))
    return [mark[0] if mark else "?" for mark in marks]


def options_on(rows: list[str]) -> list[tuple[str, str]]:
    """Letters and texts of the options on `rows`, each of which begins with one."""
    firsts = _first_marks(rows)
    options: list[tuple[str, str]] = []
    for place, row in enumerate(rows):
        following = firsts[place + 1] if place + 1 < len(rows) else None
        jumps = place > 0 and ord(firsts[place]) - ord(firsts[place - 1]) > 1
        options += _cut(row, firsts[place], following, dense=firsts[place] == "A" or jumps)
    return options


def _cut(row: str, first: str, following: str | None, dense: bool) -> list[tuple[str, str]]:
    """The options on a row that begins with `first` where the next row begins with `following`.

    Options without a space between them are told apart where the whole row is packed like that (`dense`).
    """
    folded = fold_width(row)
    begin = (_option_mark(folded, first) or (first, 0))[1]
    last = ord(following) - 1 if following else ord("Z")
    found, mark, start = [], first, begin
    while mark >= "A" and ord(mark) < last:
        following_mark = chr(ord(mark) + 1)
        cut = re.compile(rf"(?<=\s)\(?{following_mark}\s*[.、):]\s*").search(folded, start)
        if cut is None and (dense or following):
            cut = re.compile(rf"(?<![A-Za-z0-9])\(?{following_mark}\s*[.、)]\s*").search(folded, start)
        if cut is None:
            break
        found.append((mark, row[start : cut.start()].strip(" \t\u3000\n;；")))
        mark, start = following_mark, cut.end()
    found.append((mark, row[start:].strip()))
    return found


def _options_in_text(stem: str, following: str | None) -> tuple[str, list[tuple[str, str]]]:
    """The text before `A. … B. …` and the options in it, where it has two, or those before `following`."""
    folded = fold_width(stem)
    places = re.finditer(r"(?:(?<=[\s?。:)])|(?<=_))\(?A\s*[.、)]\s*", folded)
    for found in islice(places, 20):
        options = _cut(stem[found.start() :], "A", following, dense=True)
        if len(options) > 1 or following == "B":
            return stem[: found.start()].strip(), options
    return stem, []


# A list of answers


def _key_pieces(text: str) -> list[tuple[int, str, bool]]:
    """(number, answer, whether it could be told) of `1-5 ABCDA`, `1.A 2.BC`, `1. 信用证`; none where it is no list."""
    folded = fold_width(text).strip()
    ranges = list(_KEY_RANGE.finditer(folded))
    if ranges and ranges[0].start() == 0:
        return _ranges(text.strip(), folded, ranges)
    tight = list(_KEY_TIGHT.finditer(folded))
    left = _KEY_TIGHT.sub("", folded)
    if len(tight) > 1 and not re.search(r"[^\s;；,，。、]", left):
        return [(int(found[1]), found[2], True) for found in tight]
    found = [each for each in _KEY_NUMBER.finditer(folded) if _is_mark(each[0])]
    if not found or found[0].start() > 0:
        return []
    kept = [found[0]]
    for each in found[1:]:
        if int(each[1]) == int(kept[-1][1]) + 1:
            kept.append(each)
    ends = [each.start() for each in kept[1:]] + [len(folded)]
    return [
        (int(each[1]), text.strip()[each.end() : end].strip(" \t\u3000;；,，"), True)
        for each, end in zip(kept, ends, strict=True)
    ]


def _is_mark(written: str) -> bool:
    return bool(re.search(r"[.、:)题]", written))


def _ranges(text: str, folded: str, ranges: list[re.Match[str]]) -> list[tuple[int, str, bool]]:
    pieces: list[tuple[int, str, bool]] = []
    ends = [each.start() for each in ranges[1:]] + [len(folded)]
    for each, end in zip(ranges, ends, strict=True):
        first, last = int(each[1]), int(each[2])
        written = text[each.end() : end].strip(" \t\u3000;；,，。")
        count = last - first + 1
        if not 0 < count <= 500 or len(pieces) > MAX_OPTIONS:
            return []
        groups = re.split(r"[\s,，;；、]+", written)
        if len(groups) != count:
            packed = re.sub(r"[\s,，;；、]+", "", written)
            groups = re.findall(r"正确|错误|\S", packed)
        told = len(groups) == count
        for place in range(count):
            pieces.append((first + place, groups[place] if told else excerpt(each[0] + written), told))
    return pieces


def _entries_of(text: str, line: int, section: int | None) -> list[_Entry]:
    return [
        _Entry(number, line, section, [answer], None if told else ItemRefused(Reason.KEY_RANGE, text=answer))
        for number, answer, told in _key_pieces(text)
    ]


def _entries(rows: list[Row], titles: list[_Heading]) -> list[_Entry]:
    """The answers in a list with headings of its own, which mean those of the questions by type or order."""
    entries: list[_Entry] = []
    section: int | None = None
    seen = 0
    for row in rows:
        if not row.text:
            continue
        heading = row.heading
        text, line = row.text, row.line
        if heading:
            section = _section_like(heading, titles, seen)
            seen += 1
            inside = re.search(r"(?:^|[\s:：、）)题])(\d{1,3}\s*(?:[-—–~至.、:：)]).*)$", fold_width(heading.rest))
            if not inside:
                continue
            text = heading.rest[inside.start(1) :]
        found = _entries_of(text, line, section)
        if found:
            entries += found
        elif entries:
            entries[-1].lines.append(row.text)
    return entries


def _section_like(heading: _Heading, titles: list[_Heading], seen: int) -> int | None:
    """The section, counted from 1, that a heading in the list of answers means."""
    alike = [place for place, title in enumerate(titles, 1) if title.hint is heading.hint and heading.hint]
    if len(alike) == 1:
        return alike[0]
    return seen + 1 if seen < len(titles) else None


def _give_answers(questions: list[_Open], entries: list[_Entry]) -> list[Draft]:
    """Give each question its answer; drafts of the entries that belong to none, which will be refused."""
    lost: list[Draft] = []
    by_place: dict[tuple[int | None, int | None], list[_Open]] = {}
    for question in questions:
        for section in (None, question.section):
            by_place.setdefault((section, question.number), []).append(question)
    for entry in entries:
        fits = by_place.get((entry.section, entry.number), [])
        if len(fits) == 1:
            _give(fits[0], entry)
        elif fits:
            for question in fits:
                twice = ItemRefused(Reason.KEY_TWICE, text=entry.number)
                question.draft.refused = question.draft.refused or twice
            by_place[entry.section, entry.number] = fits[:2]  # the others know
        else:
            lost.append(Draft(entry.line, stem=entry.lines[0], refused=ItemRefused(Reason.KEY_LOST, text=entry.number)))
    return lost


def _give(question: _Open, entry: _Entry) -> None:
    draft = question.draft
    if draft.answer is not None:
        draft.refused = draft.refused or ItemRefused(Reason.SECOND_ANSWER, text=entry.lines[0])
        return
    if entry.wrong:
        draft.refused = draft.refused or entry.wrong
        return
    draft.answer = ""
    state = Label.ANSWER
    said: dict[Label, list[str]] = {}
    for line in entry.lines:
        for label, value in _pieces(line):
            state = label or state
            said.setdefault(state, []).append(value)
    draft.answer = "\n".join(said.pop(Label.ANSWER, [])).strip()
    for label, values in said.items():
        if label in (Label.EXPLANATION, Label.SOLUTION):
            draft.explanation = "\n".join([draft.explanation, *values]).strip()
        else:
            for value in values:
                set_property(draft, label, value)
    draft.remarks.append(remark(Note.FROM_KEY))
