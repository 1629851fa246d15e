"""Completing a course: by answers and by a total, never by minutes; the page says what is missing and why."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.credentials.models import Certificate
from app.db import utcnow
from courses import queries, services
from courses.models import LessonKind, LessonRevision
from courses.rules.completion import Lack, Missing
from courses.rules.grading import Rules
from courses.services import grades
from tests.courses import factories
from tests.courses.gradebooks import quizzed, take, with_learners
from tests.page import page


@pytest.fixture(autouse=True)
def english(cast):
    cast.student.language = "en"


def missing_of(person, course):
    enrolment = queries.enrolment_in(person, course.id)
    return services.missing_for(enrolment, queries.contents_of(enrolment.cohort.version_id, enrolment.id))


def certificates(db):
    return db.session.scalar(sa.select(sa.func.count()).select_from(Certificate))


def test_the_page_says_of_each_lesson_what_is_missing_and_leads_there(client_of, db, cast):
    course = quizzed(cast, attempts_allowed=1)
    services.add_lesson(course, "读一读", "To read", body_zh="正文")
    factories.publish_anew(course)
    with_learners(course, cast.student)
    take(cast.student, course, 1, True, False)
    shown = page(client_of(cast.student), f"/courses/{course.id}/")
    assert "quiz not passed, no attempt left: best 1.0, 1.2 needed of 2 points. Ask your teacher." in shown.text
    assert "its quiz not taken" in shown.text
    assert "not read to its end" in shown.text
    assert shown.links["3. To read"] == f"/courses/{course.id}/lessons/3/"
    take(cast.student, course, 2, True, True)
    assert [one.position for one in missing_of(cast.student, course)] == [1, 3]


def test_one_who_can_still_try_is_told_how_many_points_are_needed(cast, db):
    course = quizzed(cast)
    with_learners(course, cast.student)
    take(cast.student, course, 1, True, False)
    lesson = queries.lesson_at_place(course.id, 1)
    found = missing_of(cast.student, course)[0]
    assert found == Missing(Lack.QUIZ_NOT_PASSED, lesson.id, 1, Decimal(1), Decimal("1.2"), Decimal(2))


def test_an_assignment_says_whether_it_waits_for_its_mark(db, cast):
    from courses.models import Assignment, Submission, WorkState

    course = quizzed(cast, lessons=1)
    lesson = services.add_lesson(course, "作业", "Work", kind=LessonKind.ASSIGNMENT)
    db.session.flush()
    work = Assignment(lesson_id=lesson.id, takes=["text"], points_max=Decimal(50))
    db.session.add(work)
    db.session.flush()
    lesson.assignment_id = work.id
    factories.publish_anew(course)
    with_learners(course, cast.student)
    enrolment = queries.enrolment_in(cast.student, course.id)
    assert missing_of(cast.student, course)[1].reason is Lack.NOT_HANDED_IN
    db.session.add(
        Submission(
            cohort_id=enrolment.cohort_id,
            lesson_id=lesson.id,
            assignment_id=work.id,
            enrolment_id=enrolment.id,
            state=WorkState.WAITING,
            version_number=1,
            handed_in_at=utcnow(),
        )
    )
    db.session.flush()
    assert missing_of(cast.student, course)[1].reason is Lack.MARK_NOT_RELEASED
    services.lesson_marked(enrolment, lesson.id, Decimal(20), Decimal(50), utcnow())
    assert missing_of(cast.student, course)[1] == Missing(
        Lack.WORK_NOT_PASSED, lesson.id, 2, Decimal(20), Decimal(30), Decimal(50)
    )


def test_lessons_done_are_not_enough_where_a_total_is_asked_for(client_of, db, cast):
    course = quizzed(cast, rules=Rules(pass_share=Decimal("0.9")), pass_share=Decimal("0.5"))
    cohort = with_learners(course, cast.student)
    for position in (1, 2):
        take(cast.student, course, position, True, position == 1)
    enrolment = queries.enrolment_in(cast.student, course.id)
    assert (enrolment.lessons_done, enrolment.share_final, enrolment.completed_at) == (2, Decimal("0.75"), None)
    shown = page(client_of(cast.student), f"/courses/{course.id}/")
    assert "total 75.00%, 90.00% needed" in shown.text
    second = grades.columns_of(cohort)[1]
    held = grades.cell_of(enrolment, second)
    grades.set_points(
        enrolment, second, Decimal(2), "oral exam", seen=held.revision, by_id=cast.coordinator.id, now=utcnow()
    )
    assert enrolment.completed_at is not None
    assert certificates(db) == 1
    assert "What is still missing" not in page(client_of(cast.student), f"/courses/{course.id}/").text


def test_who_has_completed_the_course_stays_so_when_the_total_falls(db, cast):
    course = quizzed(cast, lessons=1, rules=Rules(pass_share=Decimal("0.9")))
    cohort = with_learners(course, cast.student)
    take(cast.student, course, 1, True, True)
    enrolment = queries.enrolment_in(cast.student, course.id)
    done = enrolment.completed_at
    assert done is not None
    grades.add_column(cohort, "课堂", "", "", Decimal(100), cast.coordinator.id, utcnow())
    db.session.refresh(enrolment)
    assert (enrolment.completed_at, certificates(db)) == (done, 1)
    assert enrolment.share_final < Decimal("0.1")


def test_an_own_column_that_is_taken_away_can_complete_the_course(db, cast):
    course = quizzed(cast, lessons=1, rules=Rules(pass_share=Decimal("0.9")))
    cohort = with_learners(course, cast.student)
    column = grades.add_column(cohort, "课堂", "", "", Decimal(100), cast.coordinator.id, utcnow())
    take(cast.student, course, 1, True, True)
    enrolment = queries.enrolment_in(cast.student, course.id)
    assert enrolment.completed_at is None
    grades.delete_column(cohort, column, cast.coordinator.id, utcnow())
    db.session.refresh(enrolment)
    assert enrolment.completed_at is not None


def test_moving_a_cohort_completes_only_for_whom_nothing_lacks(db, cast):
    course = quizzed(cast, lessons=2)
    cohort = with_learners(course, cast.student)
    take(cast.student, course, 1, True, True)
    services.add_lesson(course, "再读", "More", body_zh="正文")
    version = services.publish(course, utcnow(), None)
    services.move_cohort(cohort, version, utcnow(), cast.coordinator.id)
    enrolment = queries.enrolment_in(cast.student, course.id)
    db.session.refresh(enrolment)
    assert (enrolment.completed_at, enrolment.lessons_done) == (None, 1)
    for lesson in queries.lessons_of(course.id)[1:]:
        lesson.is_required = False
    version = services.publish(course, utcnow(), None)
    services.move_cohort(cohort, version, utcnow(), cast.coordinator.id)
    db.session.refresh(enrolment)
    assert enrolment.completed_at is not None


def test_lessons_open_in_order_and_a_closed_one_says_what_opens_it(client_of, db, cast):
    course = quizzed(cast, lessons=3, rules=Rules(sequential=True))
    with_learners(course, cast.student)
    client = client_of(cast.student)
    closed = page(client, f"/courses/{course.id}/lessons/2/")
    assert "This one opens when lesson 1, “Part 1”, is done." in closed.text
    assert "opens after lesson 1" in page(client, f"/courses/{course.id}/").text
    assert client.post(f"/courses/{course.id}/lessons/2/completion/").status_code == 303
    second = queries.lesson_at_place(course.id, 2)
    assert client.post(f"/quizzes/{second.quiz_id}/attempts/").status_code == 404
    take(cast.student, course, 1, True, True)
    assert "about 25 minutes" in page(client, f"/courses/{course.id}/lessons/2/").text
    assert client.post(f"/quizzes/{second.quiz_id}/attempts/").status_code == 303


def test_minutes_complete_nothing(db, cast):
    course = quizzed(cast, lessons=1)
    with_learners(course, cast.student)
    before = missing_of(cast.student, course)
    revision = db.session.scalars(sa.select(LessonRevision)).first()
    db.session.execute(sa.update(LessonRevision).where(LessonRevision.id == revision.id).values(minutes=0))
    assert missing_of(cast.student, course) == before


def test_work_and_posts_wait_for_their_turn_too(client_of, db, cast):
    from courses.models import Assignment

    course = quizzed(cast, lessons=1)
    course.rules = {"sequential": True}
    lesson = services.add_lesson(course, "作业", "Work", kind=LessonKind.ASSIGNMENT)
    talk = services.add_lesson(course, "讨论", "Talk", kind=LessonKind.DISCUSSION)
    db.session.flush()
    work = Assignment(lesson_id=lesson.id, takes=["text"], points_max=Decimal(50))
    db.session.add(work)
    db.session.flush()
    lesson.assignment_id = work.id
    factories.publish_anew(course)
    with_learners(course, cast.student)
    db.session.commit()
    client = client_of(cast.student)
    cohort_id = queries.enrolment_in(cast.student, course.id).cohort_id
    json = {"Accept": "application/json"}
    handed = client.post(f"/courses/{course.id}/assignments/{lesson.id}/hand-in/", data={"text": "x"}, headers=json)
    assert handed.json["error"] == "LessonNotOpen"
    posted = client.post(
        f"/cohorts/{cohort_id}/lessons/{talk.id}/questions/new/", data={"title": "早", "body": "早到了", "token": "t"}
    )
    assert posted.status_code == 200, "the form comes back and says why"
    assert [line.done_at for line in factories.contents_for(cast.student, course)] == [None, None, None]
