"""Writing the question bank: a question is created once and revised by new versions; imports come in one go."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app import audit
from app.accounts import queries as accounts
from app.accounts.models import Organisation
from app.assessment import queries
from app.assessment.formats.items import Item, name_from_text
from app.assessment.models import Question, QuestionVersion
from app.assessment.rules.content import (
    Cloze,
    Content,
    Matching,
    Multiple,
    Ordering,
    Problem,
    Single,
    content_problems,
    content_to_json,
)
from app.assessment.rules.tagging import tags_of
from app.assessment.words import word
from app.db import db
from app.errors import Refused
from app.skills.rules.levels import difficulty_of_level

NAME_LENGTH = 200


class QuestionUnusable(Refused):
    message = _l("This question cannot be used: %(why)s.")


class LanguagesDiffer(Refused):
    message = _l("Both languages need the same options: fill in each in Chinese, and in English either all or none.")


class SkillMissing(Refused):
    message = _l("A level says nothing without its skill.")


class NoSuchBank(Refused):
    message = _l("There is no such organisation.")


def bank_called(slug: str) -> Organisation:
    """The organisation whose bank is meant, by its address. Raises NoSuchBank."""
    found = accounts.organisation_by_slug(slug)
    if found is None:
        raise NoSuchBank
    return found


def create_question(
    organisation_id: int,
    contents: Mapping[str, Content],
    *,
    name: str = "",
    skill_code: str | None = None,
    level: int | None = None,
    tags: Iterable[str] = (),
    created_by_id: int | None = None,
) -> QuestionVersion:
    """A new question; returns its first version, whose `question` it is. No statement until the next flush.

    `contents` holds "zh", "en" or both, with the same keys. Raises QuestionUnusable, LanguagesDiffer, SkillMissing.
    """
    _check(contents, skill_code, level)
    first = next(iter(contents.values()))
    question = Question(
        organisation_id=organisation_id,
        name=_name(name, first),
        kind=first.kind,
        skill_code=skill_code,
        level=level,
        tags=tags_of(tags),
        created_by_id=created_by_id,
    )
    return _add_version(question, 1, contents, skill_code, level)


def revise_question(
    question: Question,
    contents: Mapping[str, Content],
    *,
    name: str = "",
    skill_code: str | None = None,
    level: int | None = None,
    tags: Iterable[str] | None = None,
    by_id: int | None = None,
) -> QuestionVersion:
    """What a question says from now on: a new version, or the newest one where nothing changed.

    Quizzes keep the version that they pinned, and answers the version that they answered. Name and tags belong to all
    versions; without `tags` they stay. Raises as `create_question`.
    """
    _check(contents, skill_code, level)
    newest = queries.newest_version(question.id)
    question.name = _name(name or question.name, next(iter(contents.values())))
    if tags is not None:
        question.tags = tags_of(tags)
    stored = {language: content_to_json(content) for language, content in contents.items()}
    if newest.content == stored and (newest.skill_code, newest.level) == (skill_code, level):
        return newest
    question.kind = next(iter(contents.values())).kind
    question.skill_code, question.level = skill_code, level
    version = _add_version(question, newest.number + 1, contents, skill_code, level)
    audit.record(
        "question.revise", question, actor_id=by_id, organisation_id=question.organisation_id, number=version.number
    )
    return version


def tag_questions(questions: Iterable[Question], skill_code: str, level: int, by_id: int | None) -> int:
    """Say of several questions which skill and level they test; returns how many changed."""
    wanted = list(questions)
    newest = queries.newest_versions([question.id for question in wanted])
    changed = 0
    for question in wanted:
        if (question.skill_code, question.level) != (skill_code, level):
            contents = newest[question.id].contents
            revise_question(question, contents, skill_code=skill_code, level=level, by_id=by_id)
            changed += 1
    return changed


def take_questions(
    items: Sequence[Item], language: str, organisation_id: int, created_by_id: int | None
) -> list[Question]:
    """The taken items of a file as questions of a bank, in order. What the reader refused is the caller's to report.

    A skill without a level is kept; the question gives no evidence until somebody adds the level.
    """
    questions = [
        create_question(
            organisation_id,
            {language: item.content},
            name=item.name,
            skill_code=item.skill,
            level=item.level if item.skill else None,
            tags=item.tags,
            created_by_id=created_by_id,
        ).question
        for item in items
    ]
    if questions:
        db.session.flush()
        audit.record(
            "question.import",
            questions[0],
            actor_id=created_by_id,
            organisation_id=organisation_id,
            questions=len(questions),
        )
    return questions


def _add_version(
    question: Question, number: int, contents: Mapping[str, Content], skill_code: str | None, level: int | None
) -> QuestionVersion:
    difficulty = Decimal(str(difficulty_of_level(level))) if level else Decimal(0)
    version = QuestionVersion(
        question=question,
        number=number,
        content={language: content_to_json(content) for language, content in contents.items()},
        skill_code=skill_code,
        level=level,
        difficulty=difficulty,
        answers_count=0,
        score_sum=Decimal(0),
    )
    db.session.add(version)
    return version


def _check(contents: Mapping[str, Content], skill_code: str | None, level: int | None) -> None:
    if skill_code is None and level is not None:
        raise SkillMissing
    if not contents:
        raise QuestionUnusable(why=word(Problem.EMPTY_TEXT))
    for content in contents.values():
        problems = content_problems(content)
        if problems and not problems[0].is_advice:
            raise QuestionUnusable(why=word(problems[0]))
    if len({(content.kind, _keys(content)) for content in contents.values()}) > 1:
        raise LanguagesDiffer


def _keys(content: Content) -> tuple[str, ...]:
    """The keys that answers refer to; they have to be the same in each language."""
    match content:
        case Single() | Multiple():
            return tuple(sorted(option.key for option in content.options))
        case Matching():
            choices = sorted(choice.key for choice in content.choices)
            return (*(f"{pair.key}={pair.choice}" for pair in content.pairs), *choices)
        case Ordering():
            return tuple(item.key for item in content.items)
        case Cloze():
            return tuple(gap.key for gap in content.gaps)
        case _:
            return ()


def _name(name: str, content: Content) -> str:
    return (" ".join(name.split()) or name_from_text(content.text, content.format))[:NAME_LENGTH]
