"""Who may do what with questions and quizzes."""

from app.accounts.models import Person, Role
from app.assessment.contexts import QuizContext
from app.assessment.models import Quiz

AUTHORS = (Role.TEACHER, Role.COORDINATOR)
"""Who writes the question bank of their organisation."""


def may_take(person: Person, quiz: Quiz, context: QuizContext | None) -> bool:
    """Whether the feature that the quiz belongs to lets the person begin an attempt."""
    return context is not None and context.may_take(person, quiz)


def may_mark(person: Person, quiz: Quiz, context: QuizContext | None, organisation_id: int) -> bool:
    """Whether the feature that the quiz belongs to lets the person mark what no machine can, at an organisation."""
    return context is not None and context.may_mark(person, quiz, organisation_id)
