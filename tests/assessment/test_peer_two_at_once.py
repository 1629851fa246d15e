"""Peer review at the same moment, each with a connection of their own: whoever is second sees the first."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment.models import Answer, PeerReview
from app.assessment.services import handmarks
from app.assessment.services import peer_review as services
from app.assessment.services.handmarks import Marks
from app.db import db, utcnow
from app.skills.models import AssessorKind, Evidence
from tests.assessment import test_two_at_once as two
from tests.assessment.peers import COMMENT, reviewed

alone = pytest.fixture(two.alone.__wrapped__)


def reviewing(answer_id, reviewer, mark):
    def act():
        now = utcnow()
        services.give(answer_id, reviewer, None, Marks({}, Decimal(mark), COMMENT), now)
        services.finish(answer_id, reviewer, now)

    return act


def test_answers_that_are_given_to_peers_twice_at_once_are_given_once(alone):
    app, cast = alone
    world = reviewed(cast)
    item_id = world.item.id
    db.session.remove()

    def act():
        services.allocate(item_id, utcnow())

    assert two.at_once(app, act, act) == [None, None]
    assert two.count(PeerReview, ~PeerReview.is_calibration) == 8


def test_two_peers_who_finish_at_once_settle_the_answer_once(alone):
    app, cast = alone
    world = reviewed(cast)
    world.allocate()
    answer = world.waiting[0]
    reviewers = world.reviewers(answer)
    for reviewer in reviewers:
        world.calibrated(reviewer)
    answer_id = answer.id
    people = two.loaded(*reviewers)
    db.session.remove()
    assert two.at_once(app, *(reviewing(answer_id, person, 7) for person in people)) == [None, None]
    assert db.session.scalar(sa.select(Answer.share).where(Answer.id == answer_id)) is not None
    assert two.count(Evidence, Evidence.assessor_kind == AssessorKind.PEER) == 1


def test_a_teacher_and_the_last_peer_at_once_leave_one_mark(alone):
    app, cast = alone
    world = reviewed(cast)
    world.allocate()
    answer = world.waiting[0]
    reviewers = world.reviewers(answer)
    for reviewer in reviewers:
        world.calibrated(reviewer)
    world.review(answer, reviewers[0], 7)
    answer_id, attempt_id = answer.id, answer.attempt_id
    peer, teacher = two.loaded(reviewers[1], cast.coordinator)
    db.session.remove()
    refused = two.at_once(app, reviewing(answer_id, peer, 7), two.finishing(answer_id, teacher, 3))
    assert sorted(map(str, refused)) == sorted(map(str, (None, handmarks.AnswerSettled)))
    essays = Evidence.assessor_kind.in_([AssessorKind.PEER, AssessorKind.TEACHER])
    assert two.count(Evidence, Evidence.source_id == attempt_id, essays) == 1
