"""By which criteria people mark answers to a question. Marks refer to rows, so that a changed rubric is a new one."""

from collections.abc import Sequence

from app import audit
from app.assessment.models import Question, RubricRow
from app.assessment.queries import marking as queries
from app.assessment.services.work import Criterion, create_rubric, criterion_of
from app.db import db


def rubric_of(question: Question) -> list[RubricRow]:
    """The criteria of a question, in order; none where one mark is given."""
    return [] if question.rubric_id is None else list(queries.rubric_by_id(question.rubric_id).rows)


def set_rubric(question: Question, criteria: Sequence[Criterion], by_id: int | None) -> None:
    """Mark by these criteria from now on, with none by one mark. What has been given stays as it is. Audited."""
    db.session.flush()
    if [criterion_of(row) for row in rubric_of(question)] == list(criteria):
        return
    question.rubric_id = create_rubric(question.organisation_id, question.name, "", criteria).id if criteria else None
    audit.record(
        "question.set-rubric",
        question,
        actor_id=by_id,
        organisation_id=question.organisation_id,
        rubric_id=question.rubric_id,
    )
