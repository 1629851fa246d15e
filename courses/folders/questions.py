"""The questions of a lesson as files: GIFT in both languages, and JSON for what GIFT cannot hold without loss."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from app.assessment.formats import gift, gift_out
from app.assessment.formats.exports import ExportItem
from app.assessment.formats.items import MAX_NAME, Item, Note, Refusal
from app.assessment.rules.content import (
    Content,
    ContentError,
    Matching,
    content_from_json,
    content_problems,
    content_to_json,
)
from app.assessment.rules.tagging import tags_of
from courses.folders.faults import Fault, Said
from courses.folders.tables import Unfit, plain, read_entry, to_table
from courses.folders.values import Level, Name, Question, Row, has_unfit_steps

LANGUAGES = ("zh", "en")
FAULTS = {Note.UNKNOWN_SKILL: Said.UNKNOWN_SKILL, Note.BAD_LEVEL: Said.BAD_LEVEL}


# Writing


@dataclass(frozen=True)
class Written:
    """Questions as files: GIFT by language, JSON, and the order in which reading them gives the questions."""

    gift: Mapping[str, str]
    json: str
    order: tuple[str, ...]


def write_questions(questions: Sequence[Question]) -> Written:
    """The files of a lesson's questions; nothing is lost, since what GIFT would lose goes to JSON."""
    in_gift = [question for question in questions if _fits_gift(question)]
    if not _reads_back(in_gift):
        # Those without Chinese keep the others from standing in two files of the same names.
        in_gift = [question for question in in_gift if "zh" in question.contents]
        in_gift = in_gift if _reads_back(in_gift) else []
    told = {question.name for question in in_gift}
    rest = [question for question in questions if question.name not in told]
    return Written(
        gift=_gift(in_gift),
        json=_dumped({"questions": [_record(question) for question in rest]}) if rest else "",
        order=tuple(question.name for question in (*in_gift, *rest)),
    )


def _gift(questions: Sequence[Question]) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        items = [
            ExportItem(each.name, each.contents[language], each.skill, each.level, each.tags)
            for each in questions
            if language in each.contents
        ]
        if items:
            texts[language] = gift_out.write(items)[0]
    return texts


def _fits_gift(question: Question) -> bool:
    return not question.rubric and _reads_back([question])


def _reads_back(questions: Sequence[Question]) -> bool:
    """Whether reading what was written of them gives the very same."""
    skills = {question.skill for question in questions if question.skill}
    reader = Reader(skills)
    texts = _gift(questions)
    read = reader.gift({language: ("", text) for language, text in texts.items()})
    return not reader.faults and read == list(questions)


def _record(question: Question) -> dict[str, Any]:
    told: dict[str, Any] = {"name": question.name}
    told |= {name: value for name, value in about(question).items() if value}
    return told | {language: content_to_json(content) for language, content in _in_order(question)}


def about(question: Question) -> dict[str, Any]:
    """What a question is beside what it says."""
    return {
        "skill": question.skill,
        "level": question.level,
        "tags": list(question.tags),
        "rubric": [to_table(row) for row in question.rubric],
    }


def _in_order(question: Question) -> Iterable[tuple[str, Content]]:
    return ((language, question.contents[language]) for language in LANGUAGES if language in question.contents)


def _dumped(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1, default=_number) + "\n"


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def content_text(content: Content) -> str:
    """A question's content as lines, for comparing and merging."""
    return json.dumps(content_to_json(content), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# Reading


@dataclass
class Reader:
    """Reads question files; what is wrong with them and what was noticed is collected."""

    skills: Collection[str]
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def all(self, texts: Mapping[str, tuple[str, str]], beside: tuple[str, str] | None) -> list[Question]:
        """The questions of a lesson from its GIFT files by language, and its JSON: each (name of the file, text)."""
        questions = [*self.gift(texts), *(self.json(*beside) if beside else ())]
        seen: set[str] = set()
        for question in questions:
            if question.name in seen:
                self._blame(question.file, Said.NAME_TWICE, question.line, name=question.name)
            seen.add(question.name)
        return questions

    def gift(self, texts: Mapping[str, tuple[str, str]]) -> list[Question]:
        """The questions of GIFT files, in the order of the Chinese one; English may lack some of them."""
        items = {language: self._items(*texts[language]) for language in LANGUAGES if language in texts}
        if "zh" not in items:
            return [self._question(item, {"en": item.content}, texts["en"][0]) for item in items.get("en", {}).values()]
        chinese, english = items["zh"], items.get("en", {})
        for name, item in english.items():
            if name not in chinese:
                self._blame(texts["en"][0], Said.LANGUAGES, item.line, name=name)
        return [self._both(item, english.get(name), texts) for name, item in chinese.items()]

    def _both(self, item: Item, other: Item | None, texts: Mapping[str, tuple[str, str]]) -> Question:
        contents = {"zh": item.content}
        if other is not None:
            if (item.skill, item.level, item.tags) != (other.skill, other.level, other.tags):
                self._blame(texts["en"][0], Said.DIFFER, other.line, name=item.name)
            try:
                contents["en"] = with_keys_of(item.content, other.content)
            except (KeyError, ValueError):
                self._blame(texts["en"][0], Said.PAIRS, other.line, name=item.name)
        return self._question(item, contents, texts["zh"][0])

    def _question(self, item: Item, contents: Mapping[str, Content], file: str) -> Question:
        if item.level is not None and item.skill is None:
            self._blame(file, Said.LEVEL_ALONE, item.line, name=item.name)
        return Question(
            name=item.name,
            contents=contents,
            skill=item.skill,
            level=item.level,
            tags=tuple(tags_of(item.tags)),
            file=file,
            line=item.line,
        )

    def _items(self, file: str, text: str) -> dict[str, Item]:
        items: dict[str, Item] = {}
        for found in gift.read(text, self.skills):
            if isinstance(found, Refusal):
                self._blame(file, Said.BROKEN_QUESTION, found.line, name=found.name, why=found.remark)
                continue
            for remark in found.remarks:
                if remark.code in FAULTS:
                    self._blame(file, FAULTS[Note(remark.code)], found.line, **{"name": found.name, **remark.values})
                else:
                    told = {"name": found.name, "why": remark}
                    self.remarks.append(Fault(file, Said.QUESTION_REMARK, told, found.line))
            if found.name in items:
                self._blame(file, Said.NAME_TWICE, found.line, name=found.name)
            items[found.name] = found
        return items

    def json(self, file: str, text: str) -> list[Question]:
        """The questions of a JSON file."""
        try:
            told = json.loads(text)
        except (ValueError, RecursionError) as error:
            self._blame(file, Said.BROKEN_JSON, getattr(error, "lineno", None), why=getattr(error, "msg", str(error)))
            return []
        records = told.get("questions") if isinstance(told, dict) else None
        if not isinstance(records, list) or len(told) != 1:
            self._blame(file, Said.WRONG_TYPE, None, "questions", wanted="a list")
            return []
        return [question for record in records if (question := self._from_record(file, record)) is not None]

    def _from_record(self, file: str, record: Any) -> Question | None:
        name = record.get("name") if isinstance(record, dict) else None
        if not isinstance(name, str) or not name or " ".join(name.split()) != name or len(name) > MAX_NAME:
            self._blame(file, Said.BAD_NAME, None, "name", most=MAX_NAME)
            return None
        try:
            told = {key: value for key, value in record.items() if key not in LANGUAGES}
            question = self._from_table(_exact(told))
            contents = {language: _content(record[language]) for language in LANGUAGES if language in record}
        except Unfit as unfit:
            self._blame(file, unfit.said, None, ".".join((name, *unfit.path)), **unfit.values)
            return None
        except ContentError as error:
            self._blame(file, Said.BROKEN_QUESTION, None, name=name, why=str(error))
            return None
        if not contents:
            self._blame(file, Said.MISSING, None, f"{name}.zh")
        for code in (question.skill, *(row.skill for row in question.rubric)):
            if code is not None and code not in self.skills:
                self._blame(file, Said.UNKNOWN_SKILL, None, name, skill=code)
        if question.level is not None and question.skill is None:
            self._blame(file, Said.LEVEL_ALONE, None, name=name)
        if any(has_unfit_steps(row) for row in question.rubric):
            self._blame(file, Said.STEPS, None, f"{name}.rubric")
        return replace(question, contents=contents, file=file)

    def _from_table(self, told: dict[str, Any]) -> Question:
        shapes = {"skill": Name, "level": Level, "tags": tuple[str, ...], "rubric": tuple[Row, ...]}
        name = plain(told.pop("name"), ("name",))
        for key in told:
            if key not in shapes:
                raise Unfit((key,), Said.UNKNOWN_KEY)
        values = {key: read_entry(shapes[key], value, (key,)) for key, value in told.items() if value is not None}
        values["tags"] = tuple(tags_of(values.get("tags", ())))
        return Question(name=name, contents={}, **values)

    def _blame(self, file: str, said: Said, line: int | None = None, place: str = "", **values: Any) -> None:
        self.faults.append(Fault(file, said, values, line, place))


def _content(stored: Any) -> Content:
    """The content that JSON holds, if it can be used. Raises ContentError."""
    if _has_nul(stored):
        raise ContentError(str(Said.CONTROL))
    content = content_from_json(stored)
    problems = content_problems(content)
    if problems and not problems[0].is_advice:
        raise ContentError(str(problems[0]))
    return content


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_nul, value.values()))
    return any(map(_has_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\x00" in value


def _exact(value: Any) -> Any:
    """Numbers of JSON as decimals."""
    if isinstance(value, dict):
        return {key: _exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return Decimal(str(value)) if isinstance(value, float) else value


def content_of(text: str) -> Content | None:
    """The content that lines made by `content_text` and merged tell; None where they tell none."""
    try:
        return _content(json.loads(text))
    except (ValueError, RecursionError):
        return None


def with_keys_of(first: Content, other: Content) -> Content:
    """`other` with the keys of `first`.

    Options have theirs by place, but choices to match have them by their words, which differ between languages. Raises
    KeyError or ValueError where the two do not fit together.
    """
    if not isinstance(first, Matching) or not isinstance(other, Matching):
        return other
    keys = {theirs.choice: ours.choice for ours, theirs in zip(first.pairs, other.pairs, strict=True)}
    left = [choice.key for choice in first.choices if choice.key not in keys.values()]
    keys |= zip((choice.key for choice in other.choices if choice.key not in keys), left, strict=True)
    return replace(
        other,
        pairs=tuple(replace(pair, choice=keys[pair.choice]) for pair in other.pairs),
        choices=tuple(
            sorted((replace(choice, key=keys[choice.key]) for choice in other.choices), key=lambda choice: choice.key)
        ),
    )
