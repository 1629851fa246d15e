"""A quiz for practice answers at once: right or not, a hint, another try that costs something."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Answer, Attempt, Paging
from app.db import utcnow
from app.skills.models import Evidence
from courses import queries as courses
from courses import services as teaching
from tests.courses import factories
from tests.page import page, submit

FORM = "main form[data-autosave]"
JSON = {"Accept": "application/json", "Accept-Language": "en"}


@pytest.fixture
def quiz(db, cast):
    """A quiz that answers at once, of one question with two hints."""
    course = factories.course(cast)
    cohort = factories.cohort(course)
    teaching.enrol(cohort, cast.student, utcnow(), cohort.starts_on)
    contents = {
        language: replace(content, hints=("Think of warehouses.", "It begins with 98."), penalty=0.25)
        for language, content in factories.single(feedback="Exactly.").items()
    }
    versions = [factories.question(cast.university, contents)]
    made = factories.give_quiz(
        courses.lessons_of(course.id)[0], course, versions, paging=Paging.CHECKED, shuffles=False
    )
    db.session.commit()
    return made


def begin(client, quiz):
    return int(client.post(f"/quizzes/{quiz.id}/attempts/").location.strip("/").split("/")[1])


def check(client, attempt, sign):
    here = page(client, f"/attempts/{attempt}/", language="en")
    answer = submit(client, here, {"answer": sign}, form=FORM, button="then=check")
    return page(client, answer.location, language="en")


def test_a_wrong_try_earns_a_hint_and_the_next_one_costs(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    assert "Hint" not in page(client, f"/attempts/{attempt}/", language="en").text
    here = check(client, attempt, "b")
    assert "Not right" in here.text
    assert "Think of warehouses." in here.text
    assert "It begins with 98." not in here.text
    assert "2 more tries are taken; each wrong one costs 25% of the points." in here.text
    page(client, f"/attempts/{attempt}/", language="zh")
    here = check(client, attempt, "a")
    assert "Exactly." in here.text
    assert "It earns 75% of the points." in here.text
    client.post(f"/attempts/{attempt}/hand-in/")
    assert db.session.get(Attempt, attempt).points == Decimal("0.75")
    assert db.session.scalars(sa.select(Evidence.score)).all() == [Decimal("0.75")]


def test_after_the_last_try_no_other_is_taken(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    for sign in "bcd":
        here = check(client, attempt, sign)
    assert "It earns 0% of the points." in here.text
    assert here.select(f"{FORM} input[disabled], {FORM} fieldset[disabled]")
    item = queries.items_of(quiz.id)[0]
    for then in ("check", ""):
        late = client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "a", "then": then}, headers=JSON)
        assert (late.status_code, late.json["error"]) == (409, "AnswerChecked")
    client.post(f"/attempts/{attempt}/hand-in/")
    assert db.session.get(Attempt, attempt).points == 0


def test_a_saved_answer_is_no_try_and_takes_none_away(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    item = queries.items_of(quiz.id)[0]
    check(client, attempt, "b")
    client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "a"}, headers=JSON)
    kept = db.session.scalars(sa.select(Answer)).one()
    assert kept.given["answer"] == "a"
    assert [one["answer"] for one in kept.given["tries"]] == ["b"]
    client.post(f"/attempts/{attempt}/hand-in/")
    # What was never checked earns nothing: the tries count.
    assert db.session.get(Attempt, attempt).points == 0


def test_what_is_saved_but_never_checked_is_marked_at_the_end(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    item = queries.items_of(quiz.id)[0]
    client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "a"}, headers=JSON)
    client.post(f"/attempts/{attempt}/hand-in/")
    assert db.session.get(Attempt, attempt).points == 1


def test_nothing_is_checked_where_nothing_is_answered(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    item = queries.items_of(quiz.id)[0]
    empty = client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"then": "check"}, headers=JSON)
    assert (empty.status_code, empty.json["error"]) == (409, "NothingToCheck")


def test_other_quizzes_check_nothing(sign_in, cast, db, quiz):
    quiz.paging = Paging.ONE
    db.session.commit()
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    item = queries.items_of(quiz.id)[0]
    client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "b", "then": "check"}, headers=JSON)
    assert "tries" not in db.session.scalars(sa.select(Answer)).one().given
    assert "Not right" not in page(client, f"/attempts/{attempt}/", language="en").text
