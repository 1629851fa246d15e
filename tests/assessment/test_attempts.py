"""Taking a quiz as a student does: begin, save, look over, hand in, read the result."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Answer, Attempt
from app.assessment.services import quizzes
from app.clock import SETTLING
from app.db import utcnow
from app.skills.models import Evidence
from courses import queries as courses
from courses import services as teaching
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, submit


@pytest.fixture
def quiz(db, cast):
    """A quiz of four questions on one skill and one without, in a course in which the student is enrolled."""
    course = factories.course(cast)
    lesson = courses.lessons_of(course.id)[0]
    versions = [factories.question(cast.university, factories.single(feedback="对。")) for _ in range(4)]
    versions.append(factories.statement(cast.university))
    made = factories.give_quiz(lesson, course, versions, minutes=30)
    cohort = factories.cohort(course)
    teaching.enrol(cohort, cast.student, utcnow(), cohort.starts_on)
    db.session.commit()
    return made


def right_sign(found):
    """The sign of the right option, which a candidate knows by its words."""
    for choice in found.select(".choice"):
        if "9810" in choice.text() or "True" in choice.text():
            return choice.css_first("input").attributes["value"]
    raise AssertionError("the right option is not on the page")


def begin(client, quiz):
    answer = client.post(f"/quizzes/{quiz.id}/attempts/")
    assert answer.status_code == 303
    return int(answer.location.strip("/").split("/")[1])


def test_a_student_takes_a_quiz_and_reads_which_skill_it_showed(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    for number in range(1, 6):
        assert here.h1 == f"Question {number} of 5"
        answer = submit(client, here, {"answer": right_sign(here)}, form="main form[data-autosave]", button="then=next")
        here = factories.follow(client, answer.location)
    assert here.h1 == "Every question has an answer"
    answer = client.post(f"/attempts/{attempt}/hand-in/")
    result = factories.follow(client, answer.location)
    assert result.h1 == "You have shown “Export supervision modes” at level 1 for the first time"
    assert "Passed with 5 of 5 points." in result.text
    assert "not yet shown → level 1" in result.text
    assert result.links["Skill passport"] == "/passport/"
    rows = db.session.scalars(sa.select(Evidence).where(Evidence.source_id == attempt)).all()
    assert [(row.level_aimed, row.score, row.person_id) for row in rows] == [(2, Decimal(1), cast.student.id)] * 4


def test_the_result_reads_in_chinese_too(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    page(client, f"/attempts/{attempt}/", language="zh")
    page(client, f"/attempts/{attempt}/review/", language="zh")
    client.post(f"/attempts/{attempt}/hand-in/")
    page(client, f"/attempts/{attempt}/result/", language="zh")


def test_every_save_is_answered_with_a_receipt(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    action = here.one("form[data-autosave]").attributes["action"]
    answer = client.post(action, data={"answer": right_sign(here)}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert set(answer.json) == {"saved_at", "receipt", "digest"}
    again = page(client, f"/attempts/{attempt}/", language="en")
    assert "Saved " in again.one("#saved").text()
    assert again.values("form[data-autosave]")["answer"] == [right_sign(again)]


def test_an_answer_costs_at_most_four_statements(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    action = here.one("form[data-autosave]").attributes["action"]
    with statements() as sent:
        client.post(action, data={"answer": "a"}, headers={"Accept": "application/json"})
    assert len(sent) <= 4, sent


def test_saving_twice_keeps_the_last_answer_only(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    action = page(client, f"/attempts/{attempt}/", language="en").one("form[data-autosave]").attributes["action"]
    for sign in ("a", "b", "b"):
        client.post(action, data={"answer": sign})
    answers = db.session.scalars(sa.select(Answer).where(Answer.attempt_id == attempt)).all()
    assert len(answers) == 1


def test_an_older_answer_that_arrives_late_changes_nothing(cast, db, quiz):
    now = utcnow()
    attempt = quizzes.begin(quiz, cast.student, now)
    item = queries.items_of(quiz.id)[0]
    quizzes.save_answer(attempt, item, "b", now, revision=2)
    with pytest.raises(quizzes.NewerAnswerKept):
        quizzes.save_answer(attempt, item, "a", now, revision=1)
    quizzes.save_answer(attempt, item, "b", now, revision=2)  # sent again, it is the same answer
    assert queries.answers_of(attempt)[item.id].given == {"answer": "b"}


def test_who_sends_an_older_answer_is_told_that_a_newer_one_is_kept(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    action = here.one("form[data-autosave]").attributes["action"]
    json = {"Accept": "application/json", "Accept-Language": "en"}
    given = int(here.one("form[data-autosave]").attributes["data-now"]) + 1
    assert client.post(action, data={"answer": "a", "revision": given}, headers=json).status_code == 200
    late = client.post(action, data={"answer": "b", "revision": given - 1}, headers=json)
    assert (late.status_code, late.json["error"]) == (409, "NewerAnswerKept")
    assert "A newer answer" in late.json["message"]
    again = page(client, f"/attempts/{attempt}/", language="en")
    assert again.values("form[data-autosave]")["answer"] == ["a"]
    assert again.one("form[data-autosave]").attributes["data-revision"] == str(given)


@pytest.mark.parametrize("revision", ["9" * 30, "-5", "soon", ""])
def test_no_revision_locks_out_the_answers_that_follow(sign_in, cast, quiz, revision):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    action = page(client, f"/attempts/{attempt}/", language="en").one("form[data-autosave]").attributes["action"]
    for sign in "ab":
        client.post(action, data={"answer": sign, "revision": revision if sign == "a" else ""})
    assert page(client, f"/attempts/{attempt}/", language="en").values("form[data-autosave]")["answer"] == ["b"]


def test_an_answer_received_in_time_is_kept_however_long_it_waits(sign_in, cast, db, quiz, monkeypatch):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    action = page(client, f"/attempts/{attempt}/", language="en").one("form[data-autosave]").attributes["action"]
    closes_at = db.session.get(Attempt, attempt).closes_at
    for moment, status in ((closes_at - timedelta(microseconds=1), 200), (closes_at, 409)):
        monkeypatch.setattr("app.clock.utcnow", lambda moment=moment: moment)
        answer = client.post(action, data={"answer": "a"}, headers={"Accept": "application/json"})
        assert answer.status_code == status


def test_a_mark_for_later_is_kept_and_taken_away(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    here = page(client, f"/attempts/{attempt}/", language="en")
    form = "form[data-autosave]"
    here = page(client, submit(client, here, form=form, button="then=flag").location, language="en")
    assert here.h1 == "Question 1 of 5"
    assert "marked" in here.one(".palette a[aria-current]").text()
    here = page(client, submit(client, here, form=form, button="then=unflag").location, language="en")
    assert "marked" not in here.one(".palette a[aria-current]").text()


def test_an_open_attempt_tells_nothing_of_what_is_right(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    for number in range(1, 6):
        html = page(client, f"/attempts/{attempt}/?question={number}", language="en").html
        assert "对。" not in html
        assert "海外仓出口申报" not in html
        assert "fraction" not in html
    # Signs run from top to bottom, whatever keys the author gave: the key of the right option is "a" in each.
    signs = [
        right_sign(page(client, f"/attempts/{attempt}/?question={number}", language="en")) for number in range(1, 5)
    ]
    assert set(signs) <= set("abcd")
    assert factories.follow(client, f"/attempts/{attempt}/result/").path == f"/attempts/{attempt}/"


def test_two_clicks_begin_one_attempt(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    assert begin(client, quiz) == begin(client, quiz)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_handing_in_twice_marks_once(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    for _ in range(2):
        assert client.post(f"/attempts/{attempt}/hand-in/").location == f"/attempts/{attempt}/result/"
    assert db.session.scalar(sa.select(sa.func.count()).where(Evidence.source_id == attempt)) == 4


def test_after_handing_in_no_answer_is_taken(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    action = page(client, f"/attempts/{attempt}/", language="en").one("form[data-autosave]").attributes["action"]
    client.post(f"/attempts/{attempt}/hand-in/")
    answer = client.post(action, data={"answer": "a"}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json["error"] == "AttemptOver"


def test_what_was_saved_in_time_counts_when_time_is_up(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt_id = begin(client, quiz)
    here = page(client, f"/attempts/{attempt_id}/", language="en")
    submit(client, here, {"answer": right_sign(here)}, form="form[data-autosave]", button="then=next")
    attempt = db.session.get(Attempt, attempt_id)
    attempt.closes_at = utcnow() - timedelta(seconds=1)
    db.session.commit()
    over = page(client, f"/attempts/{attempt_id}/?question=2", language="en")
    assert over.h1 == "Time is up; what you saved counts"
    action = here.one("form[data-autosave]").attributes["action"]
    assert client.post(action, data={"answer": "a"}, headers={"Accept": "application/json"}).status_code == 409
    result = page(client, submit(client, over, form="main form").location, language="en")
    assert "1 of 5 points" in result.text
    assert db.session.get(Attempt, attempt_id).submitted_at == attempt.closes_at


def test_the_worker_hands_in_what_nobody_looks_at_any_more(cast, db, quiz):
    from app.assessment.tasks import close_due_attempts

    attempt = quizzes.begin(quiz, cast.student, utcnow() - timedelta(hours=1))
    db.session.commit()
    close_due_attempts()
    assert attempt.submitted_at == attempt.closes_at
    assert attempt.points == 0


def test_the_worker_waits_for_answers_that_came_in_time_and_are_still_being_written(cast, db, quiz):
    attempt = quizzes.begin(quiz, cast.student, utcnow())
    db.session.flush()
    assert quizzes.due_attempts(attempt.closes_at + SETTLING - timedelta(microseconds=1)) == []
    assert quizzes.due_attempts(attempt.closes_at + SETTLING) == [attempt.id]


def test_an_attempt_that_cannot_be_handed_in_holds_up_no_other(cast, db, quiz, monkeypatch):
    from app.assessment import tasks

    early = utcnow() - timedelta(hours=2)
    broken = quizzes.begin(quiz, cast.student, early)
    sound = quizzes.begin(quiz, cast.other_student, early)
    db.session.commit()
    hand_in = quizzes.submit

    def submit(attempt, now):
        if attempt.id == broken.id:
            raise LookupError("its question is gone")
        return hand_in(attempt, now)

    monkeypatch.setattr(quizzes, "submit", submit)
    tasks.close_due_attempts()
    assert db.session.get(Attempt, sound.id).submitted_at is not None
    assert db.session.get(Attempt, broken.id).submitted_at is None


def test_a_question_met_before_in_another_quiz_counts_half(cast, db, quiz):
    _lesson, course = courses.lesson_of_quiz(quiz)
    versions = [item.version for item in queries.items_of(quiz.id)]
    other = factories.give_quiz(courses.lessons_of(course.id)[1], course, versions[:2])
    for made in (quiz, other):
        quizzes.submit(quizzes.begin(made, cast.student, utcnow()), utcnow())
    rows = db.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
    assert [(row.weight, row.flags) for row in rows] == [(1, [])] * 4 + [(Decimal("0.5"), ["repeat"])] * 2
    assert {version.answers_count for version in versions[:2]} == {1}


def test_a_question_whose_answer_was_told_shows_nothing_in_another_quiz(cast, db, quiz):
    _lesson, course = courses.lesson_of_quiz(quiz)
    versions = [item.version for item in queries.items_of(quiz.id)]
    other = factories.give_quiz(courses.lessons_of(course.id)[1], course, versions[:2])
    quiz.attempts_allowed = 1
    for made in (quiz, other):
        quizzes.submit(quizzes.begin(made, cast.student, utcnow()), utcnow())
    assert len(db.session.scalars(sa.select(Evidence)).all()) == 4


def test_a_passed_quiz_completes_its_lesson(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    for number in range(1, 6):
        here = page(client, f"/attempts/{attempt}/?question={number}", language="en")
        submit(client, here, {"answer": right_sign(here)}, form="form[data-autosave]", button="then=next")
    client.post(f"/attempts/{attempt}/hand-in/")
    lesson, course = courses.lesson_of_quiz(quiz)
    assert factories.contents_for(cast.student, course)[0].done_at is not None
    result = page(client, f"/attempts/{attempt}/result/", language="en")
    assert result.links["Go on"] == f"/courses/{course.id}/lessons/{lesson.position}/"


def test_after_passing_another_attempt_shows_nothing_more(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    for _time in range(2):
        attempt = begin(client, quiz)
        for number in range(1, 6):
            here = page(client, f"/attempts/{attempt}/?question={number}", language="en")
            submit(client, here, {"answer": right_sign(here)}, form="form[data-autosave]", button="then=next")
        client.post(f"/attempts/{attempt}/hand-in/")
    assert db.session.scalars(sa.select(Evidence.source_id)).all() == [attempt - 1] * 4


def test_a_failed_attempt_keeps_the_right_answers_for_later(sign_in, cast, quiz):
    client = sign_in(cast.student)
    attempt = begin(client, quiz)
    client.post(f"/attempts/{attempt}/hand-in/")
    assert "One right answer:" not in page(client, f"/attempts/{attempt}/result/", language="en").text
    for _ in range(2):
        last = begin(client, quiz)
        # While another attempt is open, even the earlier marks are silent.
        silent = page(client, f"/attempts/{attempt}/result/", language="en")
        assert silent.select(".items") == []
        client.post(f"/attempts/{last}/hand-in/")
    assert "One right answer:" in page(client, f"/attempts/{last}/result/", language="en").text
    answer = client.post(f"/quizzes/{quiz.id}/attempts/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (409, "AttemptsUsedUp")


def test_a_stranger_finds_neither_quiz_nor_attempt(client_of, cast, quiz):
    attempt = begin(client_of(cast.student), quiz)
    for stranger in (cast.other_student, cast.coordinator):
        client = client_of(stranger)
        assert client.post(f"/quizzes/{quiz.id}/attempts/").status_code == 404
        for path in ("", "review/", "result/"):
            assert client.get(f"/attempts/{attempt}/{path}").status_code == 404
        item = queries.items_of(quiz.id)[0]
        assert client.post(f"/attempts/{attempt}/answers/{item.id}/", data={"answer": "a"}).status_code == 404
        assert client.post(f"/attempts/{attempt}/hand-in/").status_code == 404


def test_who_left_the_course_takes_no_quiz(sign_in, cast, db, quiz):
    _lesson, course = courses.lesson_of_quiz(quiz)
    teaching.leave(courses.enrolment_in(cast.student, course.id), utcnow())
    db.session.commit()
    assert sign_in(cast.student).post(f"/quizzes/{quiz.id}/attempts/").status_code == 404


def test_the_signed_out_are_asked_to_sign_in(client, quiz):
    assert "/sign-in/" in client.post(f"/quizzes/{quiz.id}/attempts/").location


def test_a_question_page_costs_the_same_with_many_questions(sign_in, cast, db, quiz):
    client = sign_in(cast.student)
    lesson, course = courses.lesson_of_quiz(quiz)
    attempt = begin(client, quiz)
    client.get(f"/attempts/{attempt}/")
    with statements() as few:
        client.get(f"/attempts/{attempt}/")
    client.post(f"/attempts/{attempt}/hand-in/")
    versions = [factories.question(cast.university) for _ in range(30)]
    large = factories.give_quiz(courses.lesson_in(course.id, lesson.id), course, versions)
    db.session.commit()
    attempt = begin(client, large)
    with statements() as many:
        client.get(f"/attempts/{attempt}/")
    assert len(many) == len(few) <= 5, many
