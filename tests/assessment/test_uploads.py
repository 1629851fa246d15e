"""A file of questions from a browser: look, then take."""

import os
import zipfile
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.assessment.models import Question
from app.assessment.services import imports
from tests.page import page, read, submit

IMPORT = "/organisations/demo-university/questions/import/"
GIFT = """// [tag:CC02] [tag:level-2]
::Retail export::Which mode is retail export declared under?{=9610 ~9710 ~9810}

::Broken::This one never closes {=yes ~no

::Bare::The sea is blue.{T}
"""


@pytest.fixture(autouse=True)
def in_english(cast):
    """The author reads English."""
    cast.coordinator.language = "en"


def send(client, content, name="quiz.txt", **values):
    form = page(client, IMPORT)
    data = {**form.values(), **values, "file": (BytesIO(content), name)}
    return read(client.post(IMPORT, data=data))


def count(db):
    return db.session.scalar(sa.select(sa.func.count()).select_from(Question))


def test_a_file_is_looked_at_item_by_item_before_anything_is_kept(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    preview = send(client, GIFT.encode())
    assert preview.h1 == "2 of 3 items can be taken; refused: 1"
    assert "a { is never closed" in preview.text
    assert "Export supervision modes · level 2" in preview.text
    assert "One question names no skill and level" in preview.text
    assert count(db) == 0
    answer = submit(client, preview)
    assert answer.location == "/organisations/demo-university/questions/"
    taken = db.session.scalars(sa.select(Question).order_by(Question.id)).all()
    assert [(one.name, one.skill_code, one.level) for one in taken] == [
        ("Retail export", "CC02", 2),
        ("Bare", None, None),
    ]


def test_a_skill_for_those_that_name_none_goes_to_them_alone(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    preview = send(client, GIFT.encode(), skill="LG01", level="1")
    assert "names no skill" not in preview.text
    submit(client, preview)
    tags = db.session.execute(sa.select(Question.skill_code, Question.level).order_by(Question.id)).all()
    assert [tuple(row) for row in tags] == [("CC02", 2), ("LG01", 1)]


def test_a_chinese_file_in_its_old_encoding_is_read(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    preview = send(client, "::监管方式::零售出口申报哪一种？{=9610 ~9710}".encode("gb18030"))
    assert "监管方式" in preview.text
    assert "gb18030" in preview.text
    assert "the questions are in Chinese" in preview.text


def test_what_holds_no_questions_is_refused_with_the_reason(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    for content in (b"\x00\x01\x02", b"Dear colleague, here is nothing.", b"<quiz><unclosed>"):
        assert "No questions can be read from this file" in send(client, content).text
    assert count(db) == 0


def test_a_file_beyond_the_limit_is_refused(sign_in, cast, db, monkeypatch):
    monkeypatch.setattr(imports, "MOST_BYTES", 1000)
    assert "larger than 0 MB" in send(sign_in(cast.coordinator), b"x" * 1001).text


def test_a_ticket_that_somebody_made_up_takes_nothing(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    for ticket in ("made up", "WzEsImEiXQ.AAAA"):
        data = {"ticket": ticket, "language": "zh", "file_name": "x"}
        answer = client.post(f"{IMPORT}taking/", data=data, headers={"Accept": "application/json"})
        assert answer.status_code == 409
    assert count(db) == 0


def test_what_one_university_looked_at_is_not_taken_by_another(client_of, cast, db):
    preview = send(client_of(cast.coordinator), GIFT.encode())
    other = f"/organisations/{cast.other_university.slug}/questions/import/taking/"
    answer = client_of(cast.other_coordinator).post(
        other, data=preview.values("main form"), headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["error"]) == (409, "UploadUnreadable")
    assert count(db) == 0


def test_a_file_that_waited_too_long_is_asked_for_again(app, sign_in, cast, db):
    from app import files

    client = sign_in(cast.coordinator)
    preview = send(client, GIFT.encode())
    with app.app_context():
        for path in files._waiting().iterdir():
            os.utime(path, (0, 0))
        files.sweep_waiting()
    answer = client.post(f"{IMPORT}taking/", data=preview.values("main form"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (409, "FileGone")


def test_a_package_without_text_is_looked_at_and_taken_too(sign_in, cast, db, question_files):
    client = sign_in(cast.coordinator)
    folder = question_files.parent / "cartridges" / "all-question-types"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                package.write(path, path.relative_to(folder).as_posix())
    preview = send(client, packed.getvalue(), "course.imscc")
    assert preview.h1 == "10 of 10 items can be taken; refused: 0"
    assert "Read as Course package" in preview.text
    submit(client, preview)
    assert count(db) == 10


def test_markup_in_a_file_runs_nothing(sign_in, cast, db):
    client = sign_in(cast.coordinator)
    gift = "::X::[html]<b>Bold</b><script>alert(1)</script><img src=x onerror=alert(1)> ok?{T}"
    submit(client, send(client, gift.encode()))
    question = db.session.scalars(sa.select(Question)).one()
    shown = page(client, f"/organisations/demo-university/questions/{question.id}/")
    assert "alert" not in shown.one(".prose").html
    assert shown.select(".prose b")


def test_strangers_import_nothing(client_of, cast):
    for stranger in (cast.student, cast.other_coordinator):
        data = {"ticket": "x", "language": "zh"}
        assert client_of(stranger).post(f"{IMPORT}taking/", data=data).status_code == 404
