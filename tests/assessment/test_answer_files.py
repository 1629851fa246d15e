"""Files as answers: brought while the attempt is open, taken out, fetched by their author and by who marks."""

from datetime import timedelta
from io import BytesIO

import pytest

from app.assessment import queries
from app.assessment.models import Attempt, Paging
from app.db import utcnow
from courses import services as teaching
from tests.assessment import handwriting
from tests.page import page, submit

PDF = b"%PDF-1.7 declared goods"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def world(cast):
    """A question that takes two PDF or text files."""
    return handwriting.world(cast, handwriting.upload(suffixes=(".pdf", ".txt"), most=2))


@pytest.fixture
def begun(sign_in, cast, db, world):
    """The student's client, and the address of the answer in an open attempt."""
    teaching.bring_in(world.cohort, [cast.student.id], utcnow())
    client = sign_in(cast.student)
    attempt_id = int(client.post(f"/quizzes/{world.quiz.id}/attempts/").location.strip("/").split("/")[1])
    return client, f"/attempts/{attempt_id}/answers/{world.item.id}/"


def bring(client, url, content=PDF, name="declaration.pdf", **headers):
    data = {"file": (BytesIO(content), name)} if content is not None else {}
    return client.post(f"{url}files/", data=data, headers={**ENGLISH, **headers})


def fetched(client, url):
    """The content of a file, and the name under which it comes."""
    with client.get(url) as answer:
        return answer.data, answer.headers["Content-Disposition"]


def given_at(db, url):
    _attempts, attempt_id, _answers, item_id = url.strip("/").split("/")
    attempt = db.session.get_one(Attempt, int(attempt_id), populate_existing=True)
    answer = queries.answers_of(attempt).get(int(item_id))
    db.session.expire_all()
    return answer.given["answer"] if answer else None


def test_a_learner_brings_files_and_takes_one_out(begun, db):
    client, url = begun
    attempt = url.split("answers/")[0]
    here = page(client, attempt, language="en")
    assert "At most 2 files: .pdf, .txt" in here.text
    page(client, attempt, language="zh")
    assert bring(client, url).location == f"{attempt}?question=1"
    bring(client, url, b"notes", "notes.txt")
    given = given_at(db, url)
    assert [(one["name"], one["size"], len(one["sha256"])) for one in given["files"]] == [
        ("declaration.pdf", len(PDF), 64),
        ("notes.txt", 5, 64),
    ]
    here = page(client, attempt, language="en")
    assert fetched(client, here.links["declaration.pdf"]) == (PDF, "attachment; filename=declaration.pdf")
    assert not here.select("input[type=file]")
    client.post(f"{url}files/{given['files'][0]['id']}/deletion/")
    assert [one["name"] for one in given_at(db, url)["files"]] == ["notes.txt"]
    client.post(f"{url}files/{given['files'][1]['id']}/deletion/")
    assert given_at(db, url) is None


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (PDF, "picture.png", "SuffixNotTaken"),
        (b"no pdf at all", "declaration.pdf", "FileKindRefused"),
        (b"", "declaration.pdf", "FileEmpty"),
        (None, "", "FileMissing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(begun, db, content, name, error):
    client, url = begun
    refused = bring(client, url, content, name, Accept="application/json")
    assert (refused.status_code, refused.json["error"]) == (409, error)
    assert given_at(db, url) is None


def test_more_files_than_asked_for_are_refused(begun, db):
    client, url = begun
    for number in range(2):
        bring(client, url, name=f"{number}.pdf")
    refused = bring(client, url, name="3.pdf", Accept="application/json")
    assert (refused.json["error"], len(given_at(db, url)["files"])) == ("TooManyFiles", 2)


def test_going_on_keeps_the_files(begun, db):
    client, url = begun
    bring(client, url)
    here = page(client, url.split("answers/")[0], language="en")
    answer = submit(client, here, form="form[data-autosave]", button="then=flag")
    assert answer.status_code == 303
    assert len(given_at(db, url)["files"]) == 1


def test_a_file_is_in_time_until_the_attempt_ends(begun, db, monkeypatch):
    client, url = begun
    attempt = db.session.get(Attempt, int(url.split("/")[2]))
    attempt.closes_at = closes_at = utcnow() + timedelta(hours=1)
    db.session.commit()
    for moment, status in ((closes_at - timedelta(microseconds=1), 303), (closes_at, 409)):
        monkeypatch.setattr("app.clock.utcnow", lambda moment=moment: moment)
        assert bring(client, url, **({"Accept": "application/json"} if status == 409 else {})).status_code == status
    assert len(given_at(db, url)["files"]) == 1


def test_files_go_to_questions_that_ask_for_them_alone(begun, world):
    client, url = begun
    other = f"{url.split('answers/')[0]}answers/{world.items[1].id}/"
    assert bring(client, other, Accept="application/json").json["error"] == "FilesNotAsked"


def test_strangers_neither_bring_nor_fetch_files(begun, client_of, client, cast, db):
    student, url = begun
    bring(student, url)
    file_id = given_at(db, url)["files"][0]["id"]
    for stranger in (cast.other_student, cast.coordinator):
        there = client_of(stranger)
        assert there.get(f"{url}files/{file_id}/").status_code == 404
        assert bring(there, url).status_code == 404
        assert there.post(f"{url}files/{file_id}/deletion/").status_code == 404
    assert student.get(f"{url}files/{file_id + 1}/").status_code == 404
    student.post("/sign-out/")
    assert len(given_at(db, url)["files"]) == 1


def test_who_marks_fetches_files_under_names_that_tell_nobody(begun, client_of, cast, db, world):
    client, url = begun
    bring(client, url, name="林小雨.pdf")
    attempt = url.split("answers/")[0]
    client.post(f"{attempt}hand-in/")
    result = page(client, f"{attempt}result/", language="en")
    assert fetched(client, result.links["林小雨.pdf"])[0] == PDF
    assert bring(client, url, Accept="application/json").json["error"] == "AttemptOver"
    answer = queries.answers_of(db.session.get(Attempt, int(attempt.split("/")[2])))[world.item.id]
    marker = client_of(cast.coordinator)
    here = page(marker, world.url(world.number(answer)), language="en")
    assert "林小雨" not in here.html
    name = f"attachment; filename=answer-{world.number(answer)}-1.pdf"
    assert fetched(marker, here.links["File 1"]) == (PDF, name)
    assert client_of(cast.other_coordinator).get(here.links["File 1"]).status_code == 404
    world.marked(answer, cast.coordinator, 10)
    assert "10 of 10 points" in page(client_of(cast.student), f"{attempt}result/", language="en").text


def test_all_questions_on_one_page_take_files_too(begun, db, world):
    client, url = begun
    world.quiz.paging = Paging.ALL
    db.session.commit()
    here = page(client, url.split("answers/")[0], language="en")
    assert len(here.select("input[type=file]")) == 1
    assert bring(client, url).location.endswith(f"#question-{world.item.id}")
