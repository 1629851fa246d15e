"""What happened elsewhere is marked as what happens here."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.assessment import queries
from app.assessment.models import Quiz, QuizItem
from app.assessment.services import quizzes
from app.db import utcnow
from app.skills.services import record_evidence
from tests.courses import factories
from tests.courses.counting import statements


@pytest.fixture
def quiz(db, cast):
    """A quiz of eight single choices, in no course."""
    made = Quiz(organisation_id=cast.university.id, context_kind="none", context_id=0, title_zh="测验")
    made.items = [
        QuizItem(version=factories.question(cast.university, level=1 + number % 4), position=number + 1)
        for number in range(8)
    ]
    db.session.add(made)
    db.session.commit()
    return made


def test_an_attempt_brought_in_is_marked_like_one_that_is_handed_in(db, cast, quiz):
    now = utcnow()
    items = queries.items_of(quiz.id)
    given = {item.id: "abcd"[number % 4] for number, item in enumerate(items[:7])}
    attempt = quizzes.begin(quiz, cast.student, now)
    for item in items[:7]:
        quizzes.save_answer(attempt, item, given[item.id], now)
    quizzes.submit(attempt, now + timedelta(minutes=5))
    brought, observations = quizzes.take(quiz, items, cast.other_student.id, 1, given, now, now + timedelta(minutes=5))
    record_evidence(observations, as_of=factories.today())
    db.session.flush()
    assert (brought.points, brought.points_max) == (attempt.points, attempt.points_max) == (Decimal(2), Decimal(8))
    lived, taken = queries.answers_of(attempt), queries.answers_of(brought)
    assert {key: (one.given, one.share, one.reason) for key, one in lived.items()} == {
        key: (one.given, one.share, one.reason) for key, one in taken.items()
    }
    assert [(one.score, one.level, one.guess_floor) for one in observations] == [
        (Decimal(1 if given.get(item.id) == "a" else 0), item.version.level, Decimal("0.25")) for item in items
    ]


def test_a_second_attempt_proves_half(db, cast, quiz):
    items = queries.items_of(quiz.id)
    now = utcnow()
    _first, once = quizzes.take(quiz, items, cast.student.id, 1, {}, now, now)
    _second, again = quizzes.take(quiz, items, cast.student.id, 2, {}, now, now)
    assert {(one.weight, one.flags) for one in once} == {(Decimal(1), ())}
    assert {(one.weight, one.flags) for one in again} == {(Decimal("0.5"), ("repeat",))}


def test_many_attempts_are_brought_in_with_few_statements(db, cast, quiz):
    items = queries.items_of(quiz.id)
    now = utcnow()
    takings = [
        quizzes.Taking(cast.student.id, number, {item.id: "a" for item in items}, now, now) for number in range(1, 201)
    ]
    with statements() as sent:
        taken = quizzes.take_many(quiz, items, takings)
        db.session.flush()
    assert len(taken) == 200
    # The demo brings in tens of thousands of answers: they go in together. Attempts alone give their ids back.
    assert len(sent) <= len(takings) + 4, sent


def test_an_answer_longer_than_any_answer_is_refused(cast, quiz):
    attempt = quizzes.begin(quiz, cast.student, utcnow())
    with pytest.raises(quizzes.AnswerTooLong):
        quizzes.save_answer(attempt, queries.items_of(quiz.id)[0], "x" * 60_000, utcnow())


def test_a_question_of_another_quiz_is_refused(db, cast, quiz):
    attempt = quizzes.begin(quiz, cast.student, utcnow())
    other = Quiz(organisation_id=cast.university.id, context_kind="none", context_id=1, title_zh="别的")
    other.items = [QuizItem(version=factories.question(cast.university), position=1)]
    db.session.add(other)
    db.session.flush()
    with pytest.raises(quizzes.NoSuchItem):
        quizzes.save_answer(attempt, other.items[0], "a", utcnow())
    assert queries.attempt_with_item(cast.student, attempt.id, other.items[0].id) is None


def test_a_quiz_opens_at_its_first_moment_and_is_closed_at_its_last(db, cast, quiz):
    now = utcnow()
    quiz.opens_at, quiz.closes_at = now, now + timedelta(minutes=5)
    with pytest.raises(quizzes.QuizClosed):
        quizzes.begin(quiz, cast.student, now - timedelta(microseconds=1))
    with pytest.raises(quizzes.QuizClosed):
        quizzes.begin(quiz, cast.student, now + timedelta(minutes=5))
    quiz.minutes = 30
    assert quizzes.begin(quiz, cast.student, now).closes_at == quiz.closes_at
