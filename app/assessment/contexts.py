"""What a quiz belongs to. Features lie above this package: each tells it at start what it must know of its quizzes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from app.accounts.models import Person
from app.assessment.models import Attempt, Quiz


@dataclass(frozen=True)
class Place:
    """Where a quiz stands: the words and the address of the page that leads to it."""

    title: str
    url: str


@dataclass(frozen=True)
class Marked:
    """What a person marks at an organisation: the ids of quizzes, and whose answers to them.

    `learns(person_id, quiz_id)` is the condition, on columns or numbers, that somebody's answers to a quiz are among
    them. Several organisations may teach what a quiz belongs to; none sees the learners of another.
    """

    quizzes: sa.Select[int]
    learns: Callable[[Any, Any], sa.ColumnElement[bool]]


def nobody(_person: Person, _quiz: Quiz, _organisation_id: int) -> bool:
    """No person at all."""
    return False


def no_quizzes(_person: Person, _organisation_id: int, _own: bool) -> Marked | None:
    """No quiz at all."""
    return None


def nowhere_else(_person_id: int, _quiz: Quiz) -> int | None:
    """At the quiz's own organisation."""
    return None


@dataclass(frozen=True)
class QuizContext:
    """What a feature says of its quizzes.

    `may_take(person, quiz)`: whether the person may begin an attempt. `place(quiz)`: where to go back to.
    `finished(attempt, now)`: called in the transaction that hands an attempt in and marks it, again when people have
    marked what no machine could, and whenever a regrade changes its points; called again it does no harm.
    `may_mark(person, quiz, organisation_id)`: whether the person marks such answers at an organisation.
    `marked_by(person, organisation_id, own)`: of which quizzes that is so, and whose answers; with `own` only what is
    theirs to mark; None where there can be none.
    `taught_by(person_id, quiz)`: the organisation at which the person learns what the quiz belongs to; None: its own.
    """

    may_take: Callable[[Person, Quiz], bool]
    place: Callable[[Quiz], Place]
    finished: Callable[[Attempt, datetime], None]
    may_mark: Callable[[Person, Quiz, int], bool] = nobody
    marked_by: Callable[[Person, int, bool], Marked | None] = no_quizzes
    taught_by: Callable[[int, Quiz], int | None] = nowhere_else


def offer(app: Flask, kind: str, context: QuizContext) -> None:
    """Speak for the quizzes whose `context_kind` is `kind`."""
    app.extensions.setdefault("quiz_contexts", {})[kind] = context


def context_of(quiz: Quiz) -> QuizContext | None:
    """Who speaks for a quiz; None where its feature is switched off, and then nobody may take it."""
    found: QuizContext | None = current_app.extensions.get("quiz_contexts", {}).get(quiz.context_kind)
    return found


def teaching_organisation(attempt: Attempt) -> int:
    """The id of the organisation at which an attempt was taken: it records the evidence, and sees whose it is."""
    context = context_of(attempt.quiz)
    found = None if context is None else context.taught_by(attempt.person_id, attempt.quiz)
    return found or attempt.quiz.organisation_id


def marked_by(person: Person, organisation_id: int, *, own: bool = False) -> list[Marked]:
    """What a person marks at an organisation, of each feature; with `own` only where that is their task."""
    spoken: dict[str, QuizContext] = current_app.extensions.get("quiz_contexts", {})
    found = [context.marked_by(person, organisation_id, own) for context in spoken.values()]
    return [one for one in found if one is not None]


def learners_marked(person: Person, quiz: Quiz, organisation_id: int, person_id: Any) -> sa.ColumnElement[bool]:
    """The condition that the person marks at an organisation what `person_id` (a column) answered to a quiz."""
    context = context_of(quiz)
    found = None if context is None else context.marked_by(person, organisation_id, False)
    return sa.false() if found is None else found.learns(person_id, quiz.id)
