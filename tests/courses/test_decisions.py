"""A teacher decides in the gradebook that a lesson is passed: it counts as done, for as long as the decision stands."""

import csv
import io
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.credentials.models import Certificate
from app.db import utcnow
from courses import queries, services
from courses.models import LessonDone
from courses.rules.grading import Rules
from courses.services import grades
from tests.courses import factories, handing_in
from tests.courses.gradebooks import path, quizzed, take, with_learners
from tests.page import page, read, submit


@pytest.fixture
def course(db, cast):
    cast.coordinator.language = cast.student.language = "en"
    return quizzed(cast)


@pytest.fixture
def cohort(db, cast, course):
    return with_learners(course, cast.student)


@pytest.fixture
def enrolment(cast, course, cohort):
    return queries.enrolment_in(cast.student, course.id)


@pytest.fixture
def decide(cast, cohort, enrolment):
    """`decide("1.5")` gives points for the first lesson, `decide(None)` takes them back."""

    def decide(points, place=0):
        column = grades.columns_of(cohort)[place]
        held = grades.cell_of(enrolment, column)
        told = {"seen": held.revision if held else 0, "by_id": cast.coordinator.id, "now": utcnow()}
        if points is None:
            grades.clear_override(enrolment, column, "a slip", **told)
        else:
            grades.set_points(enrolment, column, Decimal(points), "oral exam", **told)

    return decide


def done(cast, course):
    return [(line.position, line.is_decided) for line in factories.contents_for(cast.student, course) if line.done_at]


def test_points_that_pass_complete_the_lesson_and_are_told_on_the_page(client_of, cast, course, enrolment, decide):
    decide("1.1")
    assert done(cast, course) == []
    decide("1.2")
    assert (done(cast, course), enrolment.lessons_done) == ([(1, True)], 1)
    shown = page(client_of(cast.student), f"/courses/{course.id}/")
    assert "Done, as your teacher decided" in shown.text
    assert "1 of 2 lessons done" in shown.text
    assert [one.position for one in services.missing_for(enrolment, factories.contents_for(cast.student, course))] == [
        2
    ]


def test_the_lesson_is_open_again_when_the_points_are_lowered_or_taken_back(cast, course, enrolment, decide):
    for less in ("1", None):
        decide("2")
        assert enrolment.lessons_done == 1
        decide(less)
        assert (done(cast, course), enrolment.lessons_done) == ([], 0)


def test_what_was_earned_by_answers_is_never_taken_back(cast, course, enrolment, decide):
    take(cast.student, course, 1, True, True)
    decide("2")
    decide(None)
    assert done(cast, course) == [(1, False)], "earned before"
    decide("2", 1)
    take(cast.student, course, 2, True, True)
    decide(None, 1)
    assert done(cast, course) == [(1, False), (2, False)], "earned afterwards"
    assert enrolment.lessons_done == 2


def test_a_decision_completes_the_course_for_good_and_the_certificate_says_so(db, cast, course, enrolment, decide):
    take(cast.student, course, 1, True, True)
    decide("2", 1)
    assert enrolment.completed_at is not None
    told = db.session.scalars(sa.select(Certificate)).one()
    assert "1 of these by a teacher’s decision" in told.criteria_en
    assert "其中 1 项由教师认定" in told.criteria_zh
    decide(None, 1)
    assert (enrolment.lessons_done, enrolment.completed_at is not None) == (2, True)


def test_lessons_in_order_open_by_a_decision(client_of, db, cast):
    course = quizzed(cast, rules=Rules(sequential=True))
    cohort = with_learners(course, cast.student)
    enrolment = queries.enrolment_in(cast.student, course.id)
    lesson_id = factories.contents_for(cast.student, course)[1].id
    assert not services.is_its_turn(enrolment, lesson_id)
    column = grades.columns_of(cohort)[0]
    grades.set_points(enrolment, column, Decimal(2), "oral", seen=0, by_id=cast.coordinator.id, now=utcnow())
    assert services.is_its_turn(enrolment, lesson_id)


def test_the_page_of_the_cell_says_what_the_points_do(client_of, cast, course, cohort, enrolment):
    client = client_of(cast.coordinator)
    address = path(cohort, f"learners/{enrolment.id}/cells/{grades.columns_of(cohort)[0].key}/")
    shown = page(client, address)
    assert "From 1.2 points on, the lesson counts as done by your decision." in shown.text
    assert "not done" in shown.text
    submit(client, shown, {"points": "2", "reason": "oral exam"})
    assert "done, by a teacher’s decision" in page(client, address).text


def test_work_that_was_marked_too_low_counts_by_a_decision(client_of, db, cast):
    cast.student.language = "en"
    klass = handing_in.opened(cast)
    enrolment = handing_in.learner(klass, cast.student)
    column = grades.columns_of(klass.cohort)[0]
    told = {"by_id": cast.coordinator.id, "now": utcnow()}
    grades.set_points(enrolment, column, column.most / 2, "half", seen=0, **told)
    assert "mark too low" in page(client_of(cast.student), f"/courses/{klass.course.id}/").text
    grades.set_points(enrolment, column, column.most, "looked again", seen=1, **told)
    assert enrolment.completed_at is not None


def test_points_from_a_file_decide_too_for_everybody_in_it(client_of, db, cast, course):
    newcomers = [handing_in.newcomer(cast, number) for number in range(3)]
    cohort = with_learners(course, cast.student, *newcomers)
    take(newcomers[0], course, 1, True, True)
    client = client_of(cast.coordinator)
    rows = list(csv.reader(io.StringIO(client.get(path(cohort, "download.csv")).data.decode("utf-8-sig"))))
    for row in rows[1:]:
        row[3] = row[4] = "2"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    sent = {"file": (io.BytesIO(text.getvalue().encode()), "marks.csv")}
    preview = read(client.post(path(cohort, "import/"), data=sent, content_type="multipart/form-data"))
    submit(client, preview, form="main form[action$='confirmation/']")
    db.session.expire_all()
    enrolments = [queries.enrolment_in(person, course.id) for person in (cast.student, *newcomers)]
    assert [(one.lessons_done, one.completed_at is not None) for one in enrolments] == [(2, True)] * 4
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonDone).where(~LessonDone.is_decided)) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_of_our_own_is_brought_back_without_remarks_about_its_totals(client_of, cast, cohort, language):
    cast.coordinator.language = language
    client = client_of(cast.coordinator)
    content = client.get(path(cohort, "download.csv")).data
    assert ("当前（%）" if language == "zh" else "So far (percent)") in content.decode()
    cast.coordinator.language = "en"
    sent = {"file": (io.BytesIO(content), "marks.csv")}
    preview = read(client.post(path(cohort, "import/"), data=sent, content_type="multipart/form-data"))
    assert "0 cells would change" in preview.text
    assert "Headings that name no column here" not in preview.text
