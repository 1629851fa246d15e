"""How a quiz is taken beyond one question a page: draws, drawn numbers, places, one page, more time, notices."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Answer, Attempt, Paging
from app.assessment.services import quizzes
from app.db import utcnow
from app.skills.models import Evidence
from courses import queries as courses
from courses import services as teaching
from tests.assessment.rules.test_drawing import LANDED
from tests.assessment.rules.test_hotspot import PORT
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, submit

AUTOSAVED = "form[data-autosave]"
JSON = {"Accept": "application/json"}


@pytest.fixture
def made(db, cast):
    """A course in which the student learns, and its first lesson."""
    course = factories.course(cast)
    cohort = factories.cohort(course)
    teaching.enrol(cohort, cast.student, utcnow(), cohort.starts_on)
    db.session.commit()
    return courses.lessons_of(course.id)[0], course


def give(made, cast, contents, **rules):
    versions = [factories.question(cast.university, one) for one in contents]
    return factories.give_quiz(*made, versions, **rules)


def begin(client, quiz):
    return int(client.post(f"/quizzes/{quiz.id}/attempts/").location.strip("/").split("/")[1])


# Draws


def drawn_quiz(made, cast, count, take):
    lesson, course = made
    fixed = factories.question(cast.university)
    pool = [factories.question(cast.university) for _ in range(count)]
    asked = [teaching.Asked(fixed, Decimal(1)), *(teaching.Asked(one, Decimal(2), 1) for one in pool)]
    rules = teaching.QuizRules(pools={"1": {"take": take, "skill": "CC02", "level": 2}})
    quiz = teaching.set_quiz(lesson, course, asked, rules)
    factories.publish_anew(course)
    return quiz


def test_each_attempt_gets_as_many_of_a_pool_as_the_rules_say(cast, db, made):
    quiz = drawn_quiz(made, cast, 6, 2)
    sets = set()
    for _number in range(3):
        attempt = quizzes.begin(quiz, cast.student, utcnow())
        items = queries.drawn_items(attempt)
        assert [item.pool for item in items] == [None, 1, 1]
        assert attempt.points_max == 5
        assert [place.item_id for place in queries.palette_of(attempt)] == [item.id for item in items]
        sets.add(tuple(item.id for item in items))
        quizzes.submit(attempt, utcnow())
        assert len(queries.answers_of(attempt)) == 3
    assert len(sets) > 1


def test_what_was_not_drawn_is_not_answered(sign_in, cast, db, made):
    quiz = drawn_quiz(made, cast, 6, 2)
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    drawn = {item.id for item in queries.drawn_items(db.session.get(Attempt, attempt))}
    for item in queries.items_of(quiz.id):
        answer = client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "a"}, headers=JSON)
        assert answer.status_code == (200 if item.id in drawn else 409)
    assert "Question 1 of 3" in page(client, f"/attempts/{attempt}/", language="en").text


def test_more_cannot_be_drawn_than_there_is(cast, db, made):
    with pytest.raises(teaching.PoolTooSmall):
        drawn_quiz(made, cast, 2, 3)


def test_another_draw_is_another_quiz_once_somebody_has_begun(cast, db, made):
    quiz = drawn_quiz(made, cast, 4, 2)
    quizzes.begin(quiz, cast.student, utcnow())
    lesson, course = made
    asked = [teaching.Asked(item.version, item.points, item.pool) for item in queries.items_of(quiz.id)]
    rules = teaching.QuizRules(pools={"1": {"take": 3, "skill": "CC02", "level": 2}})
    assert teaching.set_quiz(lesson, course, asked, rules).id != quiz.id


# Numbers and places


def test_a_calculated_question_is_asked_and_marked_with_the_attempts_own_numbers(sign_in, cast, db, made):
    quiz = give(made, cast, [{"zh": LANDED}])
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    first = "100 USD" in here.text
    assert "{" not in here.one("main").text()
    submit(client, here, {"answer": "132" if first else "315"}, form=AUTOSAVED, button="then=next")
    client.post(f"/attempts/{attempt}/hand-in/")
    result = page(client, f"/attempts/{attempt}/result/", language="en")
    assert "1 of 1 points" in result.text
    assert ("100 USD" in result.text) == first


def test_a_place_in_a_picture_is_chosen_by_its_name_and_marked(sign_in, cast, db, made):
    quiz = give(made, cast, [{"zh": PORT, "en": PORT}])
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    assert [choice.text(strip=True) for choice in here.select(".choice-words")] == [
        "Place A · Customs", "Place B · Crane", "Place C · Gate",
    ]  # fmt: skip
    assert len(here.select("svg.places image")) == 1
    assert "It lifts." not in here.html
    submit(client, here, {"answer": "b"}, form=AUTOSAVED, button="then=next")
    client.post(f"/attempts/{attempt}/hand-in/")
    result = page(client, f"/attempts/{attempt}/result/", language="en")
    assert "It lifts." in result.text
    assert "0 of 1 points" in result.text


# One page


def test_all_questions_stand_on_one_page_each_saved_by_itself(sign_in, cast, db, made):
    quiz = give(made, cast, [factories.single(), {"zh": PORT}, {"zh": LANDED}], paging=Paging.ALL)
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    forms = here.select(AUTOSAVED)
    assert len(forms) == 3
    assert len({form.attributes["data-autosave"] for form in forms}) == 3
    answer = client.post(forms[1].attributes["action"], data={"answer": "a", "then": "stay"})
    item = queries.items_of(quiz.id)[1]
    assert answer.location == f"/attempts/{attempt}/#question-{item.id}"
    page(client, f"/attempts/{attempt}/", language="zh")


def test_one_page_costs_the_same_with_many_questions(sign_in, cast, db, made):
    client = sign_in(cast.student)
    counts = []
    for number in (2, 12):
        quiz = give(made, cast, [factories.single() for _ in range(number)], paging=Paging.ALL)
        attempt = begin(client, quiz)
        db.session.expire_all()
        with statements() as sent:
            page(client, f"/attempts/{attempt}/", language="en")
        counts.append(len(sent))
    assert counts[0] == counts[1]


# More time


def test_more_time_is_added_to_an_open_attempt_and_to_the_closing(cast, db, made):
    now = utcnow()
    quiz = give(made, cast, [factories.single()], minutes=30, closes_at=now + timedelta(minutes=20), attempts_allowed=1)
    attempt = quizzes.begin(quiz, cast.student, now)
    assert attempt.closes_at == now + timedelta(minutes=20)
    quizzes.allow(quiz, cast.student, minutes=15, attempts=1, reason="hand in a cast", by=cast.coordinator, now=now)
    assert attempt.closes_at == now + timedelta(minutes=35)
    quizzes.submit(attempt, now + timedelta(minutes=34))
    late = now + timedelta(minutes=34)
    again = quizzes.begin(quiz, cast.student, late)
    assert (again.number, again.closes_at) == (2, now + timedelta(minutes=35))
    quizzes.submit(again, late)
    with pytest.raises(quizzes.AttemptsUsedUp):
        quizzes.begin(quiz, cast.student, late)
    with pytest.raises(quizzes.QuizClosed):
        quizzes.begin(quiz, cast.other_student, late)


def test_a_teacher_gives_more_time_on_a_page(sign_in, client_of, cast, db, made):
    lesson, course = made
    quiz = give(made, cast, [factories.single()], minutes=30)
    address = f"/organisations/{cast.university.slug}/courses/{course.id}/lessons/{lesson.id}/quiz/allowances/"
    client = sign_in(cast.coordinator)
    here = page(client, address, language="en")
    submit(client, here, {"person": str(cast.student.id), "minutes": "15", "reason": "a cast"}, form="main form.form")
    here = page(client, address, language="en")
    assert "a cast" in here.text
    assert queries.allowance_of(quiz.id, cast.student.id).minutes == 15
    page(client, address, language="zh")
    for stranger in (cast.student, cast.recruiter):
        assert client_of(stranger).get(address).status_code == 404
    other = submit(client, here, {"person": "999999", "minutes": "15", "reason": "x"}, form="main form.form")
    assert other.status_code == 200
    assert queries.allowances_of(quiz.id)[0].person_id == cast.student.id


# Notices


def test_what_was_noticed_stands_beside_the_evidence_and_changes_no_mark(sign_in, cast, db, made):
    quiz = give(made, cast, [factories.single(), factories.single()])
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    first, second = queries.items_of(quiz.id)
    for item, notices in ((first, ["pasted", "two-pages", "made up"]), (second, [])):
        client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "a", "notice": notices}, headers=JSON)
    client.post(f"/attempts/{attempt}/answers/{first.id}/", data={"answer": "b"}, headers=JSON)
    answers = db.session.scalars(sa.select(Answer).order_by(Answer.item_id)).all()
    assert [answer.notices for answer in answers] == [["pasted", "two-pages"], []]
    client.post(f"/attempts/{attempt}/hand-in/")
    rows = db.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
    result = page(client, f"/attempts/{attempt}/result/", language="en")
    assert "Noticed while you answered: text was pasted, the attempt was open on two pages." in result.text
    assert [(row.flags, row.weight) for row in rows] == [(["pasted", "two-pages"], 1), ([], 1)]


def test_an_attempt_without_points_does_not_begin(cast, db, made):
    quiz = give(made, cast, [factories.single()])
    quiz.items[0].points = Decimal(0)
    db.session.flush()
    with pytest.raises(quizzes.QuizEmpty):
        quizzes.begin(quiz, cast.student, utcnow())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0
