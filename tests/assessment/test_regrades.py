"""A question is corrected: who is affected is shown, old and new marks are kept, evidence is superseded."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import queries
from app.assessment.models import Answer, Attempt, Regrade, RegradedAnswer
from app.assessment.services import questions, quizzes, regrades
from app.assessment.tasks import regrade
from app.db import utcnow
from app.skills.models import Evidence, SkillEstimate
from courses import queries as courses
from courses import services as teaching
from tests.courses import factories
from tests.page import page, submit

NO_PROGRESS = lambda *_given: None  # noqa: E731, what a job reports through


def keyed(right):
    """A single choice whose right option is `right` among four."""
    made = factories.single()
    return {
        language: type(content)(
            text=content.text,
            format=content.format,
            options=tuple(
                type(option)(key=option.key, text=option.text, fraction=float(option.key == right))
                for option in content.options
            ),
        )
        for language, content in made.items()
    }


@pytest.fixture
def quiz(db, cast):
    """A quiz of two questions, whose first has the wrong key, and the student enrolled."""
    course = factories.course(cast)
    cohort = factories.cohort(course)
    teaching.enrol(cohort, cast.student, utcnow(), cohort.starts_on)
    versions = [factories.question(cast.university, keyed("b")), factories.question(cast.university, keyed("a"))]
    made = factories.give_quiz(courses.lessons_of(course.id)[0], course, versions)
    db.session.commit()
    return made


def take(quiz, person, *keys):
    attempt = quizzes.begin(quiz, person, utcnow())
    for item, key in zip(queries.items_of(quiz.id), keys, strict=True):
        quizzes.save_answer(attempt, item, key, utcnow())
    return quizzes.submit(attempt, utcnow())


def correct(quiz, cast, right="a"):
    question = queries.items_of(quiz.id)[0].version.question
    return question, questions.revise_question(
        question, keyed(right), skill_code=question.skill_code, level=question.level, by_id=cast.coordinator.id
    )


def run(db, cast, quiz, right="a"):
    question, newest = correct(quiz, cast, right)
    (made,) = regrades.begin(question, newest, by=cast.coordinator, reason="The key was wrong.", now=utcnow())
    items = [item.id for item in queries.items_of(quiz.id)[:1]]
    db.session.commit()
    regrade({"regrade": made.id, "items": items}, NO_PROGRESS)
    return made


def test_marks_follow_the_corrected_key_and_the_old_ones_are_kept(cast, db, quiz):
    right = take(quiz, cast.student, "a", "a")
    assert (right.points, right.is_passed) == (1, False)
    made = run(db, cast, quiz)
    assert (right.points, right.is_passed) == (2, True)
    kept = db.session.scalars(sa.select(RegradedAnswer)).one()
    assert (kept.regrade_id, kept.share_before, kept.share_after) == (made.id, 0, 1)
    _lesson, course = courses.lesson_of_quiz(quiz)
    assert factories.contents_for(cast.student, course)[0].done_at is not None


def test_evidence_is_superseded_and_the_estimate_follows(cast, db, quiz):
    take(quiz, cast.student, "a", "a")
    before = db.session.scalars(sa.select(SkillEstimate.mean)).one()
    run(db, cast, quiz)
    rows = db.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
    assert [(row.score, row.supersedes_id) for row in rows] == [(0, None), (1, None), (1, rows[0].id)]
    assert rows[2].observed_at == rows[0].observed_at
    assert rows[2].recorded_by_id == cast.coordinator.id
    db.session.expire_all()
    assert db.session.scalars(sa.select(SkillEstimate.mean)).one() > before


def test_a_second_correction_supersedes_the_first(cast, db, quiz):
    attempt = take(quiz, cast.student, "a", "a")
    run(db, cast, quiz)
    run(db, cast, quiz, "c")
    assert attempt.points == 1
    rows = db.session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()
    assert [row.supersedes_id for row in rows] == [None, None, rows[0].id, rows[2].id]
    assert rows[3].score == 0


def test_the_job_may_run_twice(cast, db, quiz):
    take(quiz, cast.student, "a", "a")
    made = run(db, cast, quiz)
    assert regrade({"regrade": made.id, "items": [queries.items_of(quiz.id)[0].id]}, NO_PROGRESS) == {"changed": 0}
    assert len(db.session.scalars(sa.select(RegradedAnswer)).all()) == 1


def test_an_open_attempt_is_marked_by_the_corrected_version(cast, db, quiz):
    attempt = quizzes.begin(quiz, cast.student, utcnow())
    first, _second = queries.items_of(quiz.id)
    quizzes.save_answer(attempt, first, "a", utcnow())
    run(db, cast, quiz)
    db.session.expire_all()
    assert quizzes.submit(attempt, utcnow()).points == 1
    assert db.session.scalars(sa.select(RegradedAnswer)).all() == []


def test_a_lesson_that_is_done_stays_done(cast, db, quiz):
    take(quiz, cast.student, "b", "a")
    run(db, cast, quiz)
    _lesson, course = courses.lesson_of_quiz(quiz)
    assert factories.contents_for(cast.student, course)[0].done_at is not None
    assert db.session.scalars(sa.select(Attempt.points)).one() == 1


def test_another_kind_of_question_is_no_correction(cast, db, quiz):
    question = queries.items_of(quiz.id)[0].version.question
    newest = questions.revise_question(question, factories.single("9610", "9710"), by_id=cast.coordinator.id)
    with pytest.raises(regrades.VersionsDiffer):
        regrades.begin(question, newest, by=cast.coordinator, reason="x", now=utcnow())


def test_an_author_sees_whose_mark_would_change_and_marks_anew(sign_in, client_of, cast, db, quiz, run_jobs):
    take(quiz, cast.student, "a", "a")
    question, _newest = correct(quiz, cast)
    db.session.commit()
    client = sign_in(cast.coordinator)
    shown = f"/organisations/demo-university/questions/{question.id}/"
    assert "Quizzes still ask an older version" in page(client, shown, language="en").text
    here = page(client, f"{shown}regrade/", language="en")
    assert here.h1 == "One mark would change"
    assert cast.student.name in here.text
    page(client, f"{shown}regrade/", language="zh")
    assert submit(client, here, {"reason": ""}, form="main form.form").status_code == 200
    answer = submit(client, here, {"reason": "The key was wrong."}, form="main form.form")
    assert answer.location == shown
    assert "Marking anew:" in page(client, shown, language="en").text
    assert "HX-Refresh" not in client.get(shown, headers={"HX-Request": "true"}).headers
    run_jobs()
    assert client.get(shown, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    again = page(client, shown, language="en")
    assert "The key was wrong." in again.text
    assert "Marking anew:" not in again.text
    assert page(client, f"{shown}regrade/", language="en").h1 == "Every quiz asks the newest version"
    for stranger in (cast.student, cast.other_coordinator):
        assert client_of(stranger).get(f"{shown}regrade/").status_code == 404


def test_the_person_reads_what_was_changed_and_why(sign_in, cast, db, quiz):
    attempt = take(quiz, cast.student, "a", "a")
    run(db, cast, quiz)
    here = page(sign_in(cast.student), f"/attempts/{attempt.id}/result/", language="en")
    assert "Marked anew on" in here.text
    assert "0% of its points before, 100% now. The key was wrong." in here.text
    page(sign_in(cast.student), f"/attempts/{attempt.id}/result/", language="zh")


def test_a_second_click_begins_no_second_one(sign_in, cast, db, quiz):
    take(quiz, cast.student, "a", "a")
    question, _newest = correct(quiz, cast)
    db.session.commit()
    client = sign_in(cast.coordinator)
    for _time in range(2):
        client.post(f"/organisations/demo-university/questions/{question.id}/regrade/", data={"reason": "wrong key"})
    assert len(db.session.scalars(sa.select(Regrade)).all()) == 1


def test_what_waits_for_a_person_is_left_to_them(cast, db, quiz):
    attempt = take(quiz, cast.student, "a", "a")
    answer = db.session.scalars(sa.select(Answer).where(Answer.attempt_id == attempt.id)).first()
    answer.reason = "needs a person"
    db.session.flush()
    assert list(regrades.changes(answer.item.version, [answer])) == []
    assert attempt.points == Decimal(1)
