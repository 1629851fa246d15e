"""Learners note down what they want to remember, for nobody but themselves."""

import pytest
import sqlalchemy as sa

from app.clock import microseconds
from app.db import utcnow
from courses import queries, services
from courses.models import LessonNote
from courses.services import notes
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read

MINE = "报关单 要 三 份 **重要**"


@pytest.fixture
def course(db, cast):
    made = factories.course(cast, lessons=3)
    services.enrol(factories.cohort(made), cast.student, utcnow(), factories.today())
    db.session.commit()
    return made


@pytest.fixture
def lesson(course):
    return queries.lessons_of(course.id)[0].id


def note_of(db, person):
    return db.session.scalar(sa.select(LessonNote.body).where(LessonNote.person_id == person.id))


def save(client, lesson, body, revision=None, **headers):
    data = {"body": body} if revision is None else {"body": body, "revision": revision}
    return client.post(f"/lessons/{lesson}/note/", data=data, headers=headers)


def test_a_note_is_kept_by_its_button_and_stands_beside_the_lesson(sign_in, cast, course, lesson):
    client = sign_in(cast.student)
    place = f"/courses/{course.id}/lessons/1/"
    assert "open" not in page(client, place).one("#note").attributes
    assert save(client, lesson, MINE).location == f"{place}#note"
    there = page(client, place)
    assert there.one("#note-body").text().strip() == MINE
    assert "open" in there.one("#note").attributes


def test_a_note_that_saves_itself_gets_a_receipt(sign_in, db, cast, lesson):
    answer = save(sign_in(cast.student), lesson, "一", microseconds(utcnow()), Accept="application/json")
    assert answer.json["saved_at"]
    assert answer.json["receipt"]
    assert note_of(db, cast.student) == "一"


def test_of_two_tabs_what_was_typed_last_stays_whatever_arrives_last(sign_in, db, cast, lesson):
    client, now = sign_in(cast.student), microseconds(utcnow())
    save(client, lesson, "后写的", now - 10, Accept="application/json")
    save(client, lesson, "先写的", now - 20, Accept="application/json")
    assert note_of(db, cast.student) == "后写的"


def test_a_note_from_the_future_locks_out_none(sign_in, db, cast, lesson):
    client = sign_in(cast.student)
    save(client, lesson, "未来", microseconds(utcnow()) * 2, Accept="application/json")
    save(client, lesson, "现在")
    assert note_of(db, cast.student) == "现在"


def test_a_note_that_is_too_long_is_refused_and_says_so(sign_in, db, cast, lesson):
    answer = save(sign_in(cast.student), lesson, "长" * 50_001, Accept="application/json")
    assert answer.status_code == 422
    assert answer.json["message"]
    assert note_of(db, cast.student) is None


def test_nobody_else_reads_a_note(client_of, db, cast, course, lesson):
    save(client_of(cast.student), lesson, MINE)
    for other in (cast.coordinator, cast.other_student, cast.official):
        client = client_of(other)
        assert "报关单" not in read(client.get("/notes/")).html
        assert "报关单" not in client.get("/notes/notes.md").text
        assert "报关单" not in read(client.get("/search/?q=报关单")).one("main .page-content").html
    assert "报关单" not in page(client_of(cast.coordinator), f"/courses/{course.id}/lessons/1/").html


def test_strangers_note_nothing_about_a_lesson_that_they_do_not_read(client_of, db, cast, lesson):
    for stranger in (cast.other_student, cast.other_coordinator, cast.recruiter):
        client = client_of(stranger)
        assert save(client, lesson, "x").status_code == 404
        assert client.get(f"/lessons/{lesson}/").status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonNote)) == 0


@pytest.mark.parametrize("path", ["/notes/", "/notes/notes.md", "/lessons/1/"])
def test_the_signed_out_are_asked_to_sign_in(client, path):
    assert client.get(path).location.startswith("/sign-in/")


def test_an_author_notes_too_and_is_led_to_the_working_copy(sign_in, db, cast, course, lesson):
    client = sign_in(cast.coordinator)
    save(client, lesson, "改一下")
    assert note_of(db, cast.coordinator) == "改一下"
    assert client.get(f"/lessons/{lesson}/").location == f"/courses/{course.id}/lessons/1/"


def test_all_notes_stand_by_course_are_searched_and_taken_away(sign_in, db, cast, course, lesson):
    client = sign_in(cast.student)
    second = queries.lessons_of(course.id)[1].id
    save(client, second, "关税 1%")
    save(client, lesson, MINE)
    assert page(client, "/notes/", language="en").words(".item-title") == ["Part 1", "Part 2"]
    assert page(client, "/notes/?q=1%25", language="en").words(".item-title") == ["Part 2"]
    assert page(client, "/notes/?q=没有", language="en").one(".empty")
    answer = client.get("/notes/notes.md", headers={"Accept-Language": "en"})
    assert answer.headers["Content-Disposition"] == "attachment; filename=notes.md"
    assert answer.text == f"# My notes\n\n## Customs and compliance\n\n### Part 1\n\n{MINE}\n\n### Part 2\n\n关税 1%\n"


def test_without_notes_the_page_says_where_to_begin(sign_in, cast):
    assert page(sign_in(cast.student), "/notes/", language="en").links["See the courses"] == "/courses/"


def test_an_emptied_note_is_gone_from_lists_and_search(sign_in, cast, lesson):
    client = sign_in(cast.student)
    save(client, lesson, MINE)
    assert page(client, "/search/?q=报关单&kind=note").select("main .items li")
    save(client, lesson, "")
    assert page(client, "/notes/").one(".empty")
    assert not page(client, "/search/?q=报关单&kind=note").select("main .items li")


def test_scripts_in_notes_are_taken_out(sign_in, cast, course, lesson):
    client = sign_in(cast.student)
    save(client, lesson, "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>")
    for path in ("/notes/", f"/courses/{course.id}/lessons/1/"):
        assert not page(client, path).select("main script, [onerror]")


def test_the_page_of_notes_costs_the_same_for_one_and_for_many(sign_in, db, cast, course):
    client, counts = sign_in(cast.student), []
    for some in (queries.lessons_of(course.id)[:1], queries.lessons_of(course.id)):
        for lesson in some:
            notes.keep_note(cast.student.id, lesson.id, "记", microseconds(utcnow()), utcnow())
        client.get("/notes/")
        with statements() as asked:
            client.get("/notes/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
