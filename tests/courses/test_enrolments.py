"""Coming into a cohort, and leaving it."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment import queries as assessment
from app.assessment.services import quizzes
from app.db import utcnow
from courses import queries, services
from courses.models import Enrolment, Joining
from courses.queries import submissions as works
from courses.services import submission_marks
from tests.courses import factories, gradebooks, handing_in


@pytest.fixture
def cohort(db, cast):
    """A cohort of a published course that takes students."""
    found = factories.cohort(factories.course(cast), capacity=2)
    db.session.commit()
    return found


def url(cohort, deletion=False):
    return f"/cohorts/{cohort.id}/enrolment/" + ("deletion/" if deletion else "")


def test_two_clicks_enrol_once(sign_in, db, cast, cohort):
    client = sign_in(cast.student)
    for _ in range(2):
        assert client.post(url(cohort)).location == f"/courses/{cohort.course_id}/lessons/1/"
    assert queries.progress_in(cohort.id)[0] == 1


def test_the_last_seat_is_taken_once(db, cast, cohort):
    services.bring_in(cohort, [cast.other_student.id, cast.coordinator.id], utcnow())
    with pytest.raises(services.CohortFull):
        services.enrol(cohort, cast.student, utcnow(), factories.today())


def test_nobody_enrols_in_a_cohort_that_is_over_or_filled_by_class_list(db, cast, cohort):
    with pytest.raises(services.CohortClosed):
        services.enrol(cohort, cast.student, utcnow(), cohort.ends_on.replace(year=cohort.ends_on.year + 1))
    cohort.joining = Joining.LIST
    with pytest.raises(services.CohortClosed):
        services.enrol(cohort, cast.student, utcnow(), factories.today())


def test_one_course_is_learnt_in_one_cohort_at_a_time(db, cast, cohort):
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    with pytest.raises(services.AlreadyLearning):
        services.enrol(factories.cohort(cohort.course), cast.student, utcnow(), factories.today())


def test_who_leaves_and_comes_back_finds_what_was_done(sign_in, db, cast, cohort):
    client = sign_in(cast.student)
    client.post(url(cohort))
    client.post(f"/courses/{cohort.course_id}/lessons/1/completion/")
    client.post(url(cohort, deletion=True))
    assert queries.progress_in(cohort.id)[0] == 0
    assert client.get(f"/courses/{cohort.course_id}/lessons/1/").location == f"/courses/{cohort.course_id}/"
    assert client.post(url(cohort)).location == f"/courses/{cohort.course_id}/lessons/2/"


def test_a_quiz_that_was_passed_while_somebody_was_away_counts_when_they_return(db, cast):
    course = gradebooks.quizzed(cast, lessons=1)
    cohort = gradebooks.with_learners(course, cast.student)
    enrolment = queries.enrolment_in(cast.student, course.id)
    quiz = queries.lesson_at_place(course.id, 1).quiz
    attempt = quizzes.begin(quiz, cast.student, utcnow())
    for item in assessment.items_of(quiz.id):
        quizzes.save_answer(attempt, item, "a", utcnow())
    services.leave(enrolment, utcnow())
    quizzes.submit(attempt, utcnow())
    db.session.commit()
    assert (enrolment.lessons_done, enrolment.completed_at) == (0, None)
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    db.session.commit()
    assert enrolment.lessons_done == 1
    assert enrolment.share_final == 1
    assert enrolment.completed_at is not None


def test_work_that_was_accepted_while_somebody_was_away_counts_when_they_return(client_of, db, cast):
    klass = handing_in.opened(cast)
    enrolment = handing_in.learner(klass, cast.student)
    work = handing_in.handed_in(klass, enrolment)
    client = client_of(cast.student)
    client.post(url(klass.cohort, deletion=True))
    handing_in.marked(klass, work, cast.coordinator)
    submission_marks.release(works.work_by_id(work.id), cast.coordinator.id, utcnow())
    db.session.commit()
    assert db.session.get(Enrolment, enrolment.id).lessons_done == 0
    for _ in range(2):
        client.post(url(klass.cohort))
    db.session.expire_all()
    assert enrolment.lessons_done == 1
    assert enrolment.completed_at is not None


def test_work_that_was_not_enough_waits_for_another_version_after_a_return_too(db, cast):
    klass = handing_in.opened(cast)
    enrolment = handing_in.learner(klass, cast.student)
    work = handing_in.handed_in(klass, enrolment)
    services.leave(enrolment, utcnow())
    handing_in.marked(klass, work, cast.coordinator, handing_in.marks(klass, 2, 0))
    submission_marks.release(works.work_by_id(work.id), cast.coordinator.id, utcnow())
    services.bring_in(klass.cohort, [cast.student.id], utcnow())
    assert (enrolment.left_at, enrolment.lessons_done, enrolment.completed_at) == (None, 0, None)


def test_a_student_of_another_university_cannot_enrol(sign_in, cast, cohort):
    client = sign_in(cast.other_student)
    assert client.post(url(cohort)).status_code == 404
    assert client.post(url(cohort, deletion=True)).status_code == 404


def test_the_signed_out_are_asked_to_sign_in(client, cohort):
    assert "/sign-in/" in client.post(url(cohort)).location


def test_the_certificate_says_what_was_shown_and_how_long_it_holds(db, cast):
    from app.credentials.models import Certificate
    from app.skills import services as skills
    from app.skills.models import SourceKind
    from app.skills.rules.levels import AssessorKind

    course = factories.course(cast, published=False)
    course.rules = {"valid_months": 6}
    lesson = queries.lessons_of(course.id)[0]
    factories.give_quiz(lesson, course, [factories.question(cast.university, level=2)])
    services.publish(course, utcnow(), None)
    enrolment = services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    now = utcnow()
    seen = [
        skills.Observation(
            unique_key=f"test:{number}",
            person_id=cast.student.id,
            skill_code=factories.SKILL,
            source_kind=SourceKind.QUIZ_ITEM,
            source_id=number,
            score=Decimal(1),
            level=3,
            assessor=AssessorKind.MACHINE,
            observed_at=now,
            organisation_id=cast.university.id,
            recorded_by_id=None,
        )
        for number in range(12)
    ]
    skills.record_evidence(seen, as_of=factories.today())
    for line in factories.contents_for(cast.student, course):
        services.complete_lesson(enrolment, line.id, course, now)
    certificate = db.session.scalars(sa.select(Certificate)).one()
    assert [(skill["code"], skill["level"]) for skill in certificate.skills] == [(factories.SKILL, 2)]
    assert certificate.valid_until is not None
    assert (certificate.valid_until - factories.today()).days in range(180, 186)
    assert certificate.criteria_zh == "完成课程第 1 版的全部 2 节必修课：通过 1 个测验。"
    assert certificate.criteria_en == "All 2 required lessons of version 1 of the course: 1 quiz passed."
