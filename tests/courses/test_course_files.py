"""Files of a course: in texts, as videos with captions and check questions, to download."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db import utcnow
from courses import queries, services
from courses.models import LessonKind
from courses.rules.dates import Dates
from courses.services.files import add_file
from tests.courses import factories
from tests.page import page, read, submit

WORK = "/organisations/demo-university/courses/"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40
VIDEO = b"\x00\x00\x00\x18ftypmp42" + b"0" * 40
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.000\n你好\n".encode()


@pytest.fixture
def author(client_of, cast):
    """The client of a coordinator who reads English."""
    cast.coordinator.language = "en"
    return client_of(cast.coordinator)


@pytest.fixture
def course(cast, db):
    made = factories.course(cast, published=False)
    for name, content in (("shoe.png", PICTURE), ("intro.mp4", VIDEO), ("intro.zh.vtt", CAPTIONS)):
        add_file(made, io.BytesIO(content), name, cast.coordinator.id, utcnow())
    db.session.commit()
    return made


def content(client, path):
    """What a reader gets at an address."""
    with client.get(path) as answer:
        return answer.data


def test_a_text_shows_a_picture_of_the_course(author, client_of, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    editor = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/edit/")
    submit(author, editor, {"body_zh": "![一只鞋](files/shoe.png)", "body_en": ""}, form="#lesson")
    services.publish(course, utcnow(), None)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    db.session.commit()
    client = client_of(cast.student)
    picture = page(client, f"/courses/{course.id}/lessons/1/").one(".prose img")
    with client.get(picture.attributes["src"]) as answer:
        assert answer.data == PICTURE
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_published_lesson_keeps_its_picture_when_the_file_changes(author, client_of, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    editor = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/edit/")
    submit(author, editor, {"body_zh": "![鞋](files/shoe.png)", "body_en": ""}, form="#lesson")
    services.publish(course, utcnow(), None)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    add_file(course, io.BytesIO(PICTURE + b"new"), "shoe.png", cast.coordinator.id, utcnow())
    db.session.commit()
    client = client_of(cast.student)
    source = page(client, f"/courses/{course.id}/lessons/1/").one(".prose img").attributes["src"]
    assert content(client, source) == PICTURE
    [kept] = queries.files_named(course.id, "shoe.png")
    author.post(f"{WORK}{course.id}/files/{kept.id}/deletion/")
    assert content(client, source) == PICTURE


def test_a_video_has_captions_and_stops_at_its_check_questions(author, client_of, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    version = factories.question(cast.university)
    factories.give_quiz(lesson, course, [version])
    lesson.kind = LessonKind.VIDEO
    db.session.commit()
    editor = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/edit/")
    submit(
        author,
        editor,
        {"video": "intro.mp4", "captions_zh": "intro.zh.vtt", f"cue-{version.question_id}": "1:30"},
        form="#lesson",
    )
    services.publish(course, utcnow(), None)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    db.session.commit()
    client = client_of(cast.student)
    shown = page(client, f"/courses/{course.id}/lessons/1/")
    video = shown.one("video")
    assert video.attributes["data-cues"] == "90"
    assert shown.one("video track").attributes["srclang"] == "zh"
    with client.get(video.attributes["src"], headers={"Range": "bytes=4-7"}) as part:
        assert (part.status_code, part.data) == (206, b"ftyp")
    assert shown.one("[data-cue] a").attributes["href"] == "#quiz"
    answer = client.post(f"/quizzes/{lesson.quiz_id}/attempts/")
    again = page(client, f"/courses/{course.id}/lessons/1/")
    assert again.one("[data-cue] a").attributes["href"] == f"{answer.location}?question=1"


@pytest.fixture
def video(course, db, cast):
    """A lesson with a video and the id of its check question."""
    lesson = queries.lessons_of(course.id)[0]
    version = factories.question(cast.university)
    factories.give_quiz(lesson, course, [version])
    lesson.kind = LessonKind.VIDEO
    db.session.commit()
    return lesson, f"cue-{version.question_id}"


@pytest.mark.parametrize(("typed", "kept"), [("1分30秒", 90), ("90", 90), ("1：30", 90)])
def test_the_moment_of_a_check_question_is_taken_as_people_write_it(author, course, video, db, typed, kept):
    lesson, cue = video
    path = f"{WORK}{course.id}/lessons/{lesson.id}/edit/"
    submit(author, page(author, path), {"video": "intro.mp4", cue: typed}, form="#lesson")
    db.session.refresh(lesson)
    assert list(lesson.settings["cues"].values()) == [kept]
    assert page(author, path).values("#lesson")[cue] == ["1:30"]


@pytest.mark.parametrize("typed", ["99x", "一分半"])
def test_a_moment_that_nobody_can_read_is_said_at_its_field_and_stays_there(author, course, video, db, typed):
    lesson, cue = video
    before = lesson.revision_number
    path = f"{WORK}{course.id}/lessons/{lesson.id}/edit/"
    again = read(submit(author, page(author, path), {"video": "intro.mp4", cue: typed}, form="#lesson"))
    assert "Write the moment as minutes:seconds" in again.words(f"#{cue}-error")[0]
    assert again.values("#lesson")[cue] == [typed]
    db.session.refresh(lesson)
    assert lesson.revision_number == before


def test_moments_that_were_typed_and_not_saved_come_back(author, course, video):
    lesson, cue = video
    path = f"{WORK}{course.id}/lessons/{lesson.id}/"
    typed = {name: values[0] for name, values in page(author, f"{path}edit/").values("#lesson").items() if values}
    author.post(f"{path}draft/", data={**typed, cue: "0:45", "revision": "1"})
    assert page(author, f"{path}edit/").values("#lesson")[cue] == ["0:45"]


def test_a_lesson_offers_files_to_download(author, client_of, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    editor = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/edit/")
    submit(author, editor, {"kind": "file", "downloads": ["shoe.png"]}, form="#lesson")
    services.publish(course, utcnow(), None)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    db.session.commit()
    client = client_of(cast.student)
    link = page(client, f"/courses/{course.id}/lessons/1/").one("#downloads a")
    assert content(client, link.attributes["href"]) == PICTURE


def test_a_file_is_added_and_named_so_that_a_text_can_name_it(author, course, db):
    files = page(author, f"{WORK}{course.id}/files/")
    answer = author.post(files.path, data={"file": (io.BytesIO(PICTURE), "我的 图 (1).png")})
    assert answer.status_code == 303
    assert "我的-图-1-.png" in [kept.name for kept in queries.files_of(course.id)]
    answer = author.post(files.path, data={"file": (io.BytesIO(b"<html>"), "page.html")})
    assert "not taken" in page(author, files.path).text
    assert len(queries.files_of(course.id)) == 4


def test_a_replaced_file_comes_back(author, course, db, cast):
    [old] = queries.files_named(course.id, "shoe.png")
    add_file(course, io.BytesIO(PICTURE + b"new"), "shoe.png", cast.coordinator.id, utcnow())
    db.session.commit()
    assert "shoe.png" in page(author, f"{WORK}{course.id}/lessons/deleted/").text
    author.post(f"{WORK}{course.id}/files/{old.id}/restoration/")
    [now] = queries.files_named(course.id, "shoe.png")
    assert now.id == old.id


def test_only_readers_of_the_course_get_its_files(client_of, course, db, cast):
    [kept] = queries.files_named(course.id, "shoe.png")
    path = f"/courses/{course.id}/files/{kept.file_id}/"
    for stranger in (cast.student, cast.recruiter, cast.other_coordinator):
        assert client_of(stranger).get(path).status_code == 404
    other = factories.course(cast, title="别的")
    services.enrol(factories.cohort(other), cast.student, utcnow(), factories.today())
    db.session.commit()
    assert client_of(cast.student).get(f"/courses/{other.id}/files/{kept.file_id}/").status_code == 404


def test_a_quiz_changes_nothing_of_the_files(course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    text = replace(services.text_of(lesson), settings={"downloads": ["shoe.png"]})
    services.save_lesson(lesson, text, utcnow(), None)
    factories.give_quiz(lesson, course, [factories.question(cast.university)])
    assert lesson.settings == {"downloads": ["shoe.png"]}


def given(course, name="shoe.png"):
    """The address of a file of a course, and the settings of a lesson that shows it."""
    [kept] = queries.files_named(course.id, name)
    return f"/courses/{course.id}/files/{kept.file_id}/", {"files": {name: kept.file_id}}


def test_a_learner_does_not_read_a_file_that_no_published_lesson_shows(client_of, course, db, cast):
    address, _settings = given(course)
    services.publish(course, utcnow(), None)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    db.session.commit()
    assert client_of(cast.student).get(address).status_code == 404
    assert content(client_of(cast.coordinator), address) == PICTURE


def test_a_file_opens_with_its_lesson(client_of, course, db, cast):
    address, settings = given(course)
    lesson = queries.lessons_of(course.id)[0]
    lesson.settings = settings
    services.publish(course, utcnow(), None)
    cohort = factories.cohort(course)
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    services.set_dates(cohort, {lesson.id: Dates(utcnow() + timedelta(days=3), None)}, cast.coordinator.id)
    db.session.commit()
    client = client_of(cast.student)
    assert client.get(address).status_code == 404
    services.set_dates(cohort, {}, cast.coordinator.id)
    db.session.commit()
    assert content(client, address) == PICTURE


def test_who_teaches_a_borrowed_course_sees_its_pictures(client_of, course, db, cast):
    address, settings = given(course)
    queries.lessons_of(course.id)[0].settings = settings
    services.publish(course, utcnow(), None)
    factories.cohort(course, organisation_id=cast.other_university.id, teacher_ids=[cast.other_coordinator.id])
    db.session.commit()
    assert content(client_of(cast.other_coordinator), address) == PICTURE
    assert client_of(cast.other_student).get(address).status_code == 404
