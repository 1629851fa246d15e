"""What a quiz belongs to. Features lie above this package: each tells it at start what it must know of its quizzes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from app.accounts.models import Person
from app.assessment.models import Attempt, Quiz


@dataclass(frozen=True)
class Place:
    """Where a quiz stands: the words and the address of the page that leads to it."""

    title: str
    url: str


@dataclass(frozen=True)
class QuizContext:
    """What a feature says of its quizzes.

    `may_take(person, quiz)`: whether the person may begin an attempt. `place(quiz)`: where to go back to.
    `finished(attempt, now)`: called once in the transaction that hands an attempt in and marks it.
    """

    may_take: Callable[[Person, Quiz], bool]
    place: Callable[[Quiz], Place]
    finished: Callable[[Attempt, datetime], None]


def offer(app: Flask, kind: str, context: QuizContext) -> None:
    """Speak for the quizzes whose `context_kind` is `kind`."""
    app.extensions.setdefault("quiz_contexts", {})[kind] = context


def context_of(quiz: Quiz) -> QuizContext | None:
    """Who speaks for a quiz; None where its feature is switched off, and then nobody may take it."""
    found: QuizContext | None = current_app.extensions.get("quiz_contexts", {}).get(quiz.context_kind)
    return found
