"""What a quiz belongs to. Features lie above this package: each tells it at start what it must know of its quizzes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Flask, current_app

from app.accounts.models import Person
from app.assessment.models import Attempt, Quiz


@dataclass(frozen=True)
class Place:
    """Where a quiz stands: the words and the address of the page that leads to it."""

    title: str
    url: str


def nobody(_person: Person, _quiz: Quiz) -> bool:
    """No person at all."""
    return False


def no_quizzes(_person: Person, _own: bool) -> sa.Select[int] | None:
    """No quiz at all."""
    return None


@dataclass(frozen=True)
class QuizContext:
    """What a feature says of its quizzes.

    `may_take(person, quiz)`: whether the person may begin an attempt. `place(quiz)`: where to go back to.
    `finished(attempt, now)`: called in the transaction that hands an attempt in and marks it, again when people have
    marked what no machine could, and whenever a regrade changes its points; called again it does no harm.
    `may_mark(person, quiz)`: whether the person marks such answers. `marked_by(person, own)`: the ids of the quizzes of
    which that is so, with `own` only of those that are theirs to mark; None where there can be none.
    """

    may_take: Callable[[Person, Quiz], bool]
    place: Callable[[Quiz], Place]
    finished: Callable[[Attempt, datetime], None]
    may_mark: Callable[[Person, Quiz], bool] = nobody
    marked_by: Callable[[Person, bool], sa.Select[int] | None] = no_quizzes


def offer(app: Flask, kind: str, context: QuizContext) -> None:
    """Speak for the quizzes whose `context_kind` is `kind`."""
    app.extensions.setdefault("quiz_contexts", {})[kind] = context


def context_of(quiz: Quiz) -> QuizContext | None:
    """Who speaks for a quiz; None where its feature is switched off, and then nobody may take it."""
    found: QuizContext | None = current_app.extensions.get("quiz_contexts", {}).get(quiz.context_kind)
    return found


def quizzes_marked_by(person: Person, *, own: bool = False) -> list[sa.Select[int]]:
    """Selects of the ids of quizzes whose answers a person marks; with `own` only where that is their task."""
    spoken: dict[str, QuizContext] = current_app.extensions.get("quiz_contexts", {})
    found = [context.marked_by(person, own) for context in spoken.values()]
    return [one for one in found if one is not None]
