"""Nothing is deleted without a way back for thirty days."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.db import utcnow
from courses import queries, services
from courses.models import Announcement, GradeColumn, LearningPath, LessonNote, MarginNote, SubmissionFile
from courses.queries import notes
from courses.queries import submissions as works
from courses.services import grades
from tests.courses import factories, handing_in
from tests.page import page, submit

WORK = "/organisations/demo-university/courses/"
BACK = "main form[action$='restoration/']"


@pytest.fixture
def author(client_of, cast):
    """The client of a coordinator who reads English."""
    cast.coordinator.language = cast.student.language = "en"
    return client_of(cast.coordinator)


@pytest.fixture
def course(db, cast):
    """A published course of three lessons."""
    found = factories.course(cast, lessons=3)
    db.session.commit()
    return found


@pytest.fixture
def cohort(db, cast, course):
    """A cohort with a learner."""
    found = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    services.enrol(found, cast.student, utcnow() - timedelta(days=1), factories.today())
    db.session.commit()
    return found


def age(db, model, column="deleted_at"):
    """Let it have been deleted thirty-one days ago."""
    db.session.execute(sa.update(model).values({column: utcnow() - timedelta(days=31)}))
    db.session.commit()


def trash_of(cohort):
    return f"{WORK}{cohort.course_id}/cohorts/{cohort.id}/deleted/"


def test_an_announcement_that_was_taken_down_comes_back_read_by_whom_it_was_read(author, client_of, db, cast, cohort):
    services.announce(cohort, "周五停课", "No class", "", "", cast.coordinator, utcnow())
    db.session.commit()
    path = f"{WORK}{cohort.course_id}/cohorts/{cohort.id}/announcements/"
    student = client_of(cast.student)
    submit(student, page(student, "/"), form="main form[action$='reading/']")
    answer = submit(author, page(author, path), form="main form[action$='deletion/']")
    assert "Deleted in this cohort" in page(author, answer.location).text
    assert "No class" not in page(student, f"/courses/{cohort.course_id}/").text
    answer = submit(author, page(author, trash_of(cohort)), form=BACK)
    assert "No class" in page(author, answer.location).text
    assert "No class" in page(student, f"/courses/{cohort.course_id}/").text
    assert "No class" not in page(student, "/").text
    assert "Nothing was deleted" in page(author, trash_of(cohort)).text


def test_after_thirty_days_nothing_is_offered_any_more(author, db, cast, cohort):
    told = services.announce(cohort, "周五停课", "No class", "", "", cast.coordinator, utcnow())
    db.session.flush()
    services.take_down(told, cohort, cast.coordinator, utcnow())
    db.session.commit()
    address = page(author, trash_of(cohort)).one(BACK).attributes["action"]
    age(db, Announcement)
    assert "Nothing was deleted" in page(author, trash_of(cohort)).text
    assert author.post(address).status_code == 404


def test_a_column_of_the_gradebook_comes_back_with_its_points(author, db, cast, cohort):
    now = utcnow()
    added = grades.add_column(cohort, "课堂", "In class", "", Decimal(10), cast.coordinator.id, now)
    db.session.flush()
    enrolment = queries.enrolment_in(cast.student, cohort.course_id)
    [column] = [one for one in grades.columns_of(cohort) if one.column_id == added.id]
    grades.set_points(enrolment, column, Decimal(8), "spoke well", seen=0, by_id=cast.coordinator.id, now=now)
    db.session.commit()
    book = f"{WORK}{cohort.course_id}/cohorts/{cohort.id}/gradebook/"
    answer = author.post(f"{book}columns/{added.id}/deletion/")
    assert "can be brought back" in page(author, answer.location).text
    answer = submit(author, page(author, trash_of(cohort)), form=BACK)
    shown = page(author, answer.location).text
    assert "In class" in shown
    [column] = [one for one in grades.columns_of(cohort) if one.column_id == added.id]
    assert grades.cell_of(enrolment, column).override_points == 8
    assert db.session.get(GradeColumn, added.id).deleted_at is None


def test_a_path_comes_back_with_its_steps_as_a_draft(author, client_of, db, cast, course):
    other = factories.course(cast, title="第二门")
    made = services.create_path(cast.university.id, "路径", "A path", is_strict=True)
    db.session.flush()
    services.set_steps(made, [(course, True), (other, True)])
    services.publish_path(made, utcnow(), cast.coordinator.id)
    db.session.commit()
    key = made.id
    own = f"/organisations/demo-university/paths/{key}/"
    author.post(f"{own}deletion/")
    assert author.get(own).status_code == 404
    assert client_of(cast.student).get(f"/paths/{key}/").status_code == 404
    assert queries.prerequisites_of(other.id) == []
    answer = submit(author, page(author, f"{WORK}deleted/"), form=BACK)
    assert "as a draft" in page(author, answer.location).text
    path = db.session.get(LearningPath, key)
    assert path.published_at is None
    assert [step.course.id for step in queries.steps_of(key)] == [course.id, other.id]


def test_a_dissolved_module_comes_back_with_its_lessons_that_are_in_no_other(author, db, course):
    first, second, third = (lesson.id for lesson in queries.lessons_of(course.id))
    module, other = services.add_module(course, "甲", "One"), services.add_module(course, "乙", "Two")
    services.arrange(course, [(None, []), (module.id, [first, second, third]), (other.id, [])])
    db.session.commit()
    key, another = module.id, other.id
    author.post(f"{WORK}{course.id}/modules/{key}/deletion/")
    services.arrange(course, [(None, [first, third]), (another, [second])])
    db.session.commit()
    submit(author, page(author, f"{WORK}{course.id}/lessons/deleted/"), form=BACK)
    db.session.expire_all()
    assert services.order_of(course.id) == [(None, []), (another, [second]), (key, [first, third])]


def test_a_note_beside_a_line_comes_back(author, db, cast):
    klass = handing_in.opened(cast)
    work = handing_in.handed_in(klass, handing_in.learner(klass, cast.student))
    db.session.commit()
    path = f"{klass.office}work/{work.id}/"
    author.post(f"{path}notes/", data={**page(author, path).values("#marks"), "line": "1", "note": "Why?"})
    [note] = db.session.scalars(sa.select(MarginNote))
    author.post(f"{path}notes/{note.id}/deletion/", data=page(author, path).values("#marks"))
    shown = page(author, path)
    assert shown.select(".margin-note") == []
    button = shown.one("button[formaction$='restoration/']")
    author.post(button.attributes["formaction"], data=shown.values("#marks"))
    assert "Why?" in page(author, path).words(".margin-note")[0]
    author.post(f"{path}notes/{note.id}/deletion/", data=page(author, path).values("#marks"))
    age(db, MarginNote)
    assert page(author, path).select("button[formaction$='restoration/']") == []


def test_a_file_that_was_taken_out_of_a_draft_is_put_back(client_of, db, cast):
    cast.student.language = "en"
    klass = handing_in.opened(cast, files_max=1)
    handing_in.learner(klass, cast.student)
    db.session.commit()
    student = client_of(cast.student)

    def add(name, content):
        student.post(f"{klass.path}draft/", data={"files": (BytesIO(content), name)})

    add("plan.pdf", handing_in.PDF)
    [kept] = db.session.scalars(sa.select(SubmissionFile))
    work_id = kept.submission_id
    student.post(f"{klass.path}files/{kept.id}/deletion/")
    assert works.files_of_draft(work_id) == []
    back = page(student, klass.page).one("button[formaction$='restoration/']").attributes["formaction"]
    add("other.pdf", b"%PDF-1.7 another")
    assert (
        "at most 1 files are taken" in page(student, student.post(back, headers={"Referer": klass.page}).location).text
    )
    [other] = works.files_of_draft(work_id)
    student.post(f"{klass.path}files/{other.id}/deletion/")
    student.post(back)
    assert [one.file.name for one in works.files_of_draft(work_id)] == ["plan.pdf"]


def test_a_note_that_its_writer_emptied_comes_back_before_what_was_written_since(client_of, db, cast, cohort):
    cast.student.language = "en"
    db.session.commit()
    student = client_of(cast.student)
    lesson = queries.lessons_of(cohort.course_id)[0]
    key = lesson.id
    for revision, body in enumerate(("9610 for retail", "", "9710 for B2B"), start=1):
        student.post(f"/lessons/{key}/note/", data={"body": body, "revision": str(revision)})
    shown = page(student, "/notes/")
    assert "Notes that you emptied" in shown.text
    answer = submit(student, shown, form=BACK)
    assert "Your note is back" in page(student, answer.location).text
    assert notes.note_of(cast.student.id, key).body == "9610 for retail\n\n9710 for B2B"
    assert "Notes that you emptied" not in page(student, "/notes/").text
    student.post(f"/lessons/{key}/note/", data={"body": "", "revision": str(10**17)})
    age(db, LessonNote, "emptied_at")
    assert "Notes that you emptied" not in page(student, "/notes/").text


def test_strangers_bring_nothing_back(client_of, db, cast, cohort):
    told = services.announce(cohort, "周五停课", "", "", "", cast.coordinator, utcnow())
    column = grades.add_column(cohort, "课堂", "", "", Decimal(10), cast.coordinator.id, utcnow())
    path = services.create_path(cast.university.id, "路径")
    db.session.flush()
    services.take_down(told, cohort, cast.coordinator, utcnow())
    grades.delete_column(cohort, column, cast.coordinator.id, utcnow())
    services.delete_path(path, cast.coordinator.id, utcnow())
    db.session.commit()
    here = f"{WORK}{cohort.course_id}/cohorts/{cohort.id}/"
    addresses = [f"{here}announcements/{told.id}/restoration/", f"{here}columns/{column.id}/restoration/"]
    addresses.append(f"{WORK}paths/{path.id}/restoration/")
    for stranger in (cast.student, cast.other_coordinator, cast.recruiter):
        client = client_of(stranger)
        assert [client.post(address).status_code for address in addresses] == [404] * 3
        assert client.get(f"{here}deleted/").status_code == 404
