"""Two markers at the same moment, each with a connection of their own: whoever is second sees the first."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment.models import Answer, Attempt, HandMark
from app.assessment.queries import marking as queries
from app.assessment.services import handmarks as services
from app.assessment.services.handmarks import Marks
from app.db import db, utcnow
from app.skills.models import Evidence
from tests.assessment import handwriting
from tests.at_once import at_once, committing


@pytest.fixture
def alone(empty_database, tmp_path):
    """An application with a database whose commits are real, and the cast in it."""
    with committing(empty_database, tmp_path / "data") as made:
        yield made


def finishing(answer_id, marker, mark):
    def act():
        now = utcnow()
        services.give(answer_id, marker, None, Marks({}, Decimal(mark)), now)
        services.finish(answer_id, marker, now)

    return act


def count(model, *conditions):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))


def loaded(*people):
    """People whom a thread may read: all that marking asks of them is there, and nothing is loaded later."""
    for person in people:
        db.session.refresh(person)
        db.session.expunge(person)
    return people


def test_of_two_who_finish_one_answer_at_once_one_is_told(alone):
    app, cast = alone
    world = handwriting.world(cast)
    answer_id = world.answered(cast.student).id
    markers = loaded(cast.coordinator, world.second)
    db.session.remove()
    refused = at_once(app, *(finishing(answer_id, marker, mark) for marker, mark in zip(markers, (4, 9), strict=True)))
    assert sorted(str(one) for one in refused) == sorted([str(None), str(services.AnswerSettled)])
    winner = markers[refused.index(None)]
    answer = db.session.get_one(Answer, answer_id)
    assert answer.share == (Decimal("0.4") if winner is markers[0] else Decimal("0.9"))
    assert count(HandMark, HandMark.is_final) == 1
    assert count(Evidence, Evidence.recorded_by_id.is_not(None)) == 1


def test_two_who_mark_one_answer_at_once_settle_it_once(alone):
    app, cast = alone
    world = handwriting.world(cast, markers=2)
    answer_id = world.answered(cast.student).id
    markers = loaded(cast.coordinator, world.second)
    db.session.remove()
    assert at_once(
        app, *(finishing(answer_id, marker, mark) for marker, mark in zip(markers, (7, 8), strict=True))
    ) == [
        None,
        None,
    ]
    assert db.session.get_one(Answer, answer_id).share == Decimal("0.75")
    assert count(Evidence, Evidence.recorded_by_id.is_not(None)) == 1


def test_two_answers_of_one_attempt_marked_at_once_both_count(alone):
    app, cast = alone
    world = handwriting.world(cast)
    first = world.answered(cast.student, choice=None)
    # The second item becomes an essay too: both answers wait.
    second = db.session.scalars(
        sa.select(Answer).where(Answer.attempt_id == first.attempt_id, Answer.id != first.id)
    ).one()
    second.share, second.reason = None, "needs a person"
    db.session.commit()
    ids, attempt_id = (first.id, second.id), first.attempt_id
    markers = loaded(cast.coordinator, world.second)
    db.session.remove()
    acts = [finishing(one, marker, 10) for one, marker in zip(ids, markers, strict=True)]
    assert at_once(app, *acts) == [None, None]
    assert db.session.get_one(Attempt, attempt_id).points == 20


def test_two_who_mark_many_at_once_never_wait_for_each_other(alone):
    app, cast = alone
    world = handwriting.world(cast)
    ids = [world.answered(world.learner(f"learner{number}")).id for number in range(6)]
    markers = loaded(cast.coordinator, world.second)
    item_id = world.item.id
    db.session.remove()

    def marking(marker, order):
        def act():
            item = queries.item_to_mark(item_id)
            services.finish_many(item, order, marker, Decimal(5), "", utcnow())

        return act

    assert at_once(app, marking(markers[0], ids), marking(markers[1], ids[::-1])) == [None, None]
    assert count(HandMark, HandMark.is_final) == len(ids)
