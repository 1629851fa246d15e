"""`flask questions import`: the report, what is refused as a whole, and what reaches the bank."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from app.assessment.cli import questions
from app.assessment.formats import detect
from app.db import db

GIFT = """// [tag:CC02] [tag:level-2]
::报关::报关单由谁填写？{=报关行 ~海关}

Broken{=a

::第三::信用证是付款方式。{T}
"""


@pytest.fixture
def invoke(empty_database):
    """Runs the doors on a database without tables; standard input is bytes."""
    app = Flask("doors")
    app.config["SQLALCHEMY_DATABASE_URI"] = empty_database
    db.init_app(app)
    Babel(app)
    app.cli.add_command(questions)

    def invoke(*arguments, stdin=None):
        return app.test_cli_runner().invoke(args=["questions", *map(str, arguments)], input=stdin)

    invoke.app = app
    yield invoke
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def dry(invoke):
    """The report of a dry run."""

    def dry(*arguments, stdin=None):
        result = invoke("import", *arguments, "--dry-run", stdin=stdin)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return dry


def refused(result):
    """The one line of a refusal: nothing on standard output, no traceback."""
    assert result.exit_code == 2, (result.stdout, result.exception)
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


# The report


def test_a_report_counts_every_item_and_says_why_one_is_refused(dry):
    report = dry("-", stdin=GIFT.encode())

    assert report == {
        "encoding": "utf-8",
        "type": "gift",
        "language": "zh",
        "items": 3,
        "taken": 2,
        "refused": [{"item": 2, "line": 4, "name": "Broken{=a", "reason": "a { is never closed"}],
        "questions": [
            {"type": "single", "name": "报关", "skill": "CC02", "level": 2, "line": 2},
            {"type": "true-false", "name": "第三", "skill": None, "level": None, "line": 6},
        ],
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("name", "file_type", "items"),
    [
        ("moodle-gift-examples.txt", "gift", 43),
        ("moodle-questions.gift.txt", "gift", 9),
        ("moodle-questions.aiken.txt", "aiken", 2),
        ("moodle-multianswer.xml", "moodle-xml", 1),
        ("moodle-multichoice.xml", "moodle-xml", 1),
        ("moodle-truefalse.xml", "moodle-xml", 2),
    ],
)
def test_the_files_of_others_are_taken_whole(dry, question_files, name, file_type, items):
    report = dry(question_files / name)

    assert (report["type"], report["language"], report["encoding"]) == (file_type, "en", "utf-8")
    assert (report["items"], report["taken"], report["refused"]) == (items, items, [])
    assert dry(question_files / name, "--type", file_type) == report


def test_a_skill_outside_the_taxonomy_is_warned_of(dry):
    (question,) = dry("-", stdin=b"// [tag:ZZ99]\nQ{T}")["questions"]

    assert (question["skill"], question["warnings"]) == (None, ["skill ZZ99 is not in the taxonomy"])


@pytest.mark.parametrize(
    ("content", "options", "encoding"),
    [
        (GIFT.encode(), [], "utf-8"),
        (GIFT.encode("utf-8-sig"), [], "utf-8"),
        (GIFT.encode("gb18030"), [], "gb18030"),
        (GIFT.encode("utf-16"), ["--encoding", "utf-16"], "utf-16"),
        (GIFT.encode("gbk"), ["--encoding", "gbk"], "gbk"),
    ],
)
def test_a_teachers_encoding_is_found_or_named(dry, content, options, encoding):
    report = dry("-", *options, stdin=content)

    assert report["encoding"] == encoding
    assert [question["name"] for question in report["questions"]] == ["报关", "第三"]


def test_an_xml_file_in_gb2312_is_read_as_it_declares(dry):
    text = (
        "<?xml version='1.0' encoding='GB2312'?><quiz><question type='description'><name><text>报关</text></name>"
        "<questiontext><text>报关单</text></questiontext></question></quiz>"
    )

    report = dry("-", stdin=text.encode("gb2312"))

    assert (report["encoding"], report["questions"][0]["name"]) == ("gb18030", "报关")


def test_the_language_may_be_named(dry):
    assert dry("-", "--language", "en", stdin=GIFT.encode())["language"] == "en"


def test_a_file_of_refused_items_is_still_a_report(dry):
    report = dry("-", stdin=b"Q{=a\n\n::x::{=b")

    assert (report["items"], report["taken"], len(report["refused"])) == (2, 0, 2)


# The file as a whole


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n\xef\xbb\xbf",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"PK\x03\x04\x00\x00",
        b"\xff\xfe\x81\x00",
        b"Dear all, no questions here.",
        "答案：B".encode(),
        b"// only a comment {=x}",
        b"<html></html>",
        b"<?xml version='1.0'?><html></html>",
        b"<quiz></quiz>",
        b"<quiz><question>",
        b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
        b'<?xml version="1.0"?>\n<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
    ],
)
def test_a_file_without_questions_is_refused_in_one_line(invoke, content):
    assert refused(invoke("import", "-", "--dry-run", stdin=content)).startswith("Error: -")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nowhere.txt"], "nowhere.txt"),
        (["."], "folder"),
        (["-", "--type", "qti"], "--type"),
        (["-", "--language", "fr"], "--language"),
        (["-", "--format", "xml"], "--format"),
        (["-", "--encoding", "klingon"], "klingon"),
        (["-", "--encoding", "ascii"], "ascii"),
        (["-", "--encoding", "base64"], "base64"),
        (["-", "--max-mb", "0"], "--max-mb"),
        (["-", "--type", "moodle-xml"], "row 1"),
        ([], "FILE"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(invoke, arguments, named):
    assert named in refused(invoke("import", *arguments, "--dry-run", stdin=GIFT.encode()))


def test_no_encoding_brings_in_what_no_database_keeps(invoke):
    assert "text" in refused(invoke("import", "-", "--dry-run", "--encoding", "ascii", stdin=b"Q\x00{T}"))
    assert "text" in refused(invoke("import", "-", "--dry-run", "--encoding", "unicode_escape", stdin=rb"Q\ud800{T}"))


def test_a_file_over_the_limit_is_refused_before_it_is_read(invoke, tmp_path):
    zeros = tmp_path / "zeros.txt"
    with zeros.open("wb") as file:
        file.truncate(1_000_000_000)

    assert "larger than 512 MB" in refused(invoke("import", zeros, "--dry-run"))


def test_help_shows_an_example(invoke):
    assert "Example: flask questions import" in invoke("import", "--help").stdout


# The bank


@pytest.fixture
def bank(invoke):
    """The same with tables, reference data and the platform's own organisation."""
    from app.accounts.models import Organisation, OrganisationKind
    from app.reference import services as reference

    with invoke.app.app_context():
        db.create_all()
        reference.load()
        for kind, slug in ((OrganisationKind.PLATFORM, "yangfan"), (OrganisationKind.UNIVERSITY, "demo-university")):
            db.session.add(Organisation(kind=kind, slug=slug, name_zh=slug))
        db.session.commit()
    return invoke


def in_bank(invoke):
    from app.accounts.models import Organisation
    from app.assessment.models import Question, QuestionVersion

    with invoke.app.app_context():
        rows = db.session.execute(
            db.select(Organisation.slug, Question.name, Question.skill_code, Question.level, QuestionVersion.content)
            .select_from(QuestionVersion)
            .join(QuestionVersion.question)
            .join(Organisation, Organisation.id == Question.organisation_id)
            .order_by(Question.id)
        )
        return [tuple(row) for row in rows]


def test_what_is_taken_is_written(bank):
    result = bank("import", "-", "--organisation", "demo-university", stdin=GIFT.encode())

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["taken"] == 2
    first, second = in_bank(bank)
    assert first[:4] == ("demo-university", "报关", "CC02", 2)
    assert first[4]["zh"]["type"] == "single"
    assert [option["text"] for option in first[4]["zh"]["options"]] == ["报关行", "海关"]
    assert second[:4] == ("demo-university", "第三", None, None)


def test_without_an_organisation_the_platform_takes_them(bank):
    assert bank("import", "-", "--language", "en", stdin=b"Q{T}").exit_code == 0
    assert [(row[0], list(row[4])) for row in in_bank(bank)] == [("yangfan", ["en"])]


def test_on_a_fresh_installation_the_platform_is_made_with_its_first_questions(invoke):
    from app.accounts.models import Organisation, OrganisationKind
    from app.reference import services as reference

    with invoke.app.app_context():
        db.create_all()
        reference.load()
        db.session.commit()
    assert invoke("import", "-", stdin=b"Broken{=a").exit_code == 0
    with invoke.app.app_context():
        assert db.session.scalar(db.select(Organisation)) is None
    for _time in range(2):
        assert invoke("import", "-", stdin=b"Q{T}").exit_code == 0
    assert [row[0] for row in in_bank(invoke)] == ["platform", "platform"]
    with invoke.app.app_context():
        assert db.session.scalars(db.select(Organisation.kind)).all() == [OrganisationKind.PLATFORM]


def test_the_report_can_be_a_table_in_the_order_of_the_file(invoke):
    result = invoke("import", "-", "--dry-run", "--format", "csv", stdin=GIFT.encode())
    assert result.stdout.splitlines() == [
        "line,status,type,name,skill,level,reason",
        "2,taken,single,报关,CC02,2,",
        "4,refused,,Broken{=a,,,a { is never closed",
        "6,taken,true-false,第三,,,",
    ]


def test_a_dry_run_writes_nothing(bank):
    assert bank("import", "-", "--dry-run", stdin=GIFT.encode()).exit_code == 0
    assert in_bank(bank) == []


def test_nobody_has_to_wait_with_writing_while_a_file_is_read(bank, monkeypatch):
    read = detect.read

    def reading(*arguments):
        assert not db.session().in_transaction()
        return read(*arguments)

    monkeypatch.setattr(detect, "read", reading)

    assert bank("import", "-", stdin=GIFT.encode()).exit_code == 0
    assert len(in_bank(bank)) == 2


def test_an_unknown_organisation_is_refused_and_nothing_is_written(bank):
    assert "'nobody'" in refused(bank("import", "-", "--organisation", "nobody", stdin=GIFT.encode()))
    assert in_bank(bank) == []


def test_a_file_that_breaks_half_way_leaves_nothing(bank, question_files):
    whole = (question_files / "moodle-truefalse.xml").read_bytes()

    refused(bank("import", "-", stdin=whole[:-100]))

    assert in_bank(bank) == []


def test_a_database_without_tables_is_said(invoke):
    assert "flask db upgrade" in refused(invoke("import", "-", stdin=GIFT.encode()))


def test_an_empty_taxonomy_is_said(bank):
    from app.reference.models import Skill

    with bank.app.app_context():
        db.session.execute(db.delete(Skill))
        db.session.commit()

    assert "flask reference load" in refused(bank("import", "-", stdin=GIFT.encode()))
    assert in_bank(bank) == []


def test_the_door_opens_from_the_command_line(question_files):
    """The real application, with no configuration: as others will call it."""
    file = question_files / "moodle-questions.aiken.txt"
    command = [sys.executable, "-m", "flask", "questions", "import", file, "--dry-run"]
    result = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, timeout=120)

    assert result.returncode == 0, result.stderr.decode()
    assert json.loads(result.stdout)["taken"] == 2
