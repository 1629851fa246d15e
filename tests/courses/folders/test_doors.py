"""`flask courses export` and `flask courses import`: folders, ZIPs, reports, exit codes; two at once; a killed one."""

import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app.assessment.models import Question
from app.db import db as database
from courses import queries, services
from courses.models import Course, CourseStatus, Lesson
from courses.queries import folders as reads
from tests.assessment.test_two_at_once import alone  # noqa: F401
from tests.at_once import at_once
from tests.courses import factories
from tests.courses.folders.hands import bring, exported

QUESTION = "// [tag:CC01] [tag:level-1]\n::Q1::Which? {=a ~b}\n"
SMALL = {
    "course.toml": 'slug = "shoes"\ntitle_zh = "鞋"\n',
    "lessons/01-one.zh.md": "# 第一课\n\n正文。\n",
    "questions/01-one.zh.gift": QUESTION,
}


@pytest.fixture
def door(app, db):
    """Runs a command."""

    def door(*arguments, stdin=None):
        return app.test_cli_runner().invoke(args=["courses", *map(str, arguments)], input=stdin)

    return door


@pytest.fixture
def course(cast, db):
    """A published course of two lessons, one with a quiz."""
    made = factories.course(cast)
    made.slug = "customs"
    factories.give_quiz(queries.lessons_of(made.id)[0], made, [factories.question(cast.university)])
    db.session.commit()
    return made


def write(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def files_in(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(result):
    """The one line of a refusal, without a traceback."""
    assert result.exit_code == 2, (result.stdout, result.exception)
    (line,) = result.stderr.splitlines()
    return line


def test_a_course_goes_to_a_folder_and_back_and_nothing_changes(door, course, tmp_path):
    done = door("export", "customs", tmp_path / "customs")
    assert json.loads(done.stdout) == {"course": "customs", "lessons": 2, "questions": 1, "files": 0, "remarks": []}
    before = files_in(tmp_path / "customs")
    assert set(before) == {
        "course.toml",
        "course.lock",
        *(f"lessons/0{n}-part-{n}.{language}.md" for n in (1, 2) for language in ("zh", "en")),
        *(f"questions/01-part-1.{language}.gift" for language in ("zh", "en")),
    }
    done = door("import", tmp_path / "customs", "--organisation", "demo-university")
    report = json.loads(done.stdout)
    assert (report["state"], report["lessons"]["unchanged"], report["questions"]["unchanged"]) == ("unchanged", 2, 1)
    assert files_in(tmp_path / "customs") == before


def test_a_zip_is_the_same_to_the_byte_by_slug_by_id_and_on_standard_output(door, course, tmp_path):
    door("export", "customs", tmp_path / "a.zip")
    door("export", course.id, tmp_path / "b.ZIP")
    printed = door("export", "customs", "-", "--organisation", "demo-university").stdout_bytes
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.ZIP").read_bytes() == printed
    with zipfile.ZipFile(io.BytesIO(printed)) as archive:
        assert archive.namelist() == sorted(archive.namelist())
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".zip", ".ZIP")] == []


def test_a_new_course_begins_as_a_draft_of_the_organisation(door, cast, db, tmp_path):
    write(tmp_path, SMALL)
    done = door("import", tmp_path, "--organisation", "demo-university", "--as", "new")
    report = json.loads(done.stdout)
    assert (report["state"], report["lessons"]["created"], report["questions"]["created"]) == (
        "created",
        ["one"],
        ["one/Q1"],
    )
    made = reads.course_at(cast.university.id, "shoes")
    assert (made.title_zh, made.status, made.version_number) == ("鞋", CourseStatus.DRAFT, 0)
    assert not (tmp_path / "course.lock").exists()
    assert "already" in refused(door("import", tmp_path, "--organisation", "demo-university", "--as", "new"))


def test_a_dry_run_reports_the_same_and_writes_nothing(door, cast, db, tmp_path):
    write(tmp_path, SMALL)
    dry = json.loads(door("import", tmp_path, "--organisation", "demo-university", "--dry-run").stdout)
    assert reads.course_at(cast.university.id, "shoes") is None
    done = json.loads(door("import", tmp_path, "--organisation", "demo-university").stdout)
    assert {**dry, "dry_run": False} == done


def test_edited_twice_in_a_row_the_same_line_is_taken_twice(door, course, tmp_path):
    door("export", "customs", tmp_path / "c")
    page = tmp_path / "c" / "lessons" / "01-part-1.zh.md"
    for text in ("改一次", "改两次"):
        page.write_text(f"# 第1课\n\n{text}\n", "utf-8")
        report = json.loads(door("import", tmp_path / "c", "--organisation", "demo-university").stdout)
        assert report["lessons"]["changed"] == ["part-1"]
        assert queries.lesson_at_place(course.id, 1).body_zh == text
    before = files_in(tmp_path / "c")
    assert door("export", "customs", tmp_path / "c").exit_code == 0
    assert files_in(tmp_path / "c") == before


def test_a_clash_is_reported_with_both_texts_and_exit_code_2(door, course, db, tmp_path):
    door("export", "customs", tmp_path / "c")
    (tmp_path / "c" / "lessons" / "01-part-1.zh.md").write_text("# 第1课\n\n我的\n", "utf-8")
    lesson = queries.lesson_at_place(course.id, 1)
    lesson.body_zh = "同事的"
    db.session.commit()
    done = door("import", tmp_path / "c", "--organisation", "demo-university")
    assert "lessons/01-part-1.zh.md, line 3: changed here and in the course" in refused(done)
    [told] = json.loads(done.stdout)["refused"]
    assert (told["folder"], told["course"]) == ("我的\n", "同事的\n")
    done = door("import", tmp_path / "c", "--organisation", "demo-university", "--prefer", "folder")
    assert json.loads(done.stdout)["lessons"]["merged"] == ["part-1"]


def test_an_export_takes_away_what_the_course_no_longer_has_and_leaves_the_rest(door, course, db, tmp_path):
    door("export", "customs", tmp_path / "c")
    write(tmp_path / "c", {"README.md": "mine", ".git/HEAD": "ref"})
    services.delete_lesson(queries.lesson_at_place(course.id, 1), None, course.organisation_id, course.created_at)
    db.session.commit()
    assert door("export", "customs", tmp_path / "c").exit_code == 0
    assert set(files_in(tmp_path / "c")) == {
        "README.md",
        ".git/HEAD",
        "course.toml",
        "course.lock",
        "lessons/01-part-2.zh.md",
        "lessons/01-part-2.en.md",
    }


def test_an_export_does_not_run_over_changes_that_were_not_imported(door, course, tmp_path):
    door("export", "customs", tmp_path / "c")
    page = tmp_path / "c" / "lessons" / "01-part-1.zh.md"
    page.write_text("# 第1课\n\n我的\n", "utf-8")
    assert "changes that were not imported, in lessons/01-part-1.zh.md" in refused(
        door("export", "customs", tmp_path / "c")
    )
    assert "我的" in page.read_text("utf-8")
    write(tmp_path / "other", {"notes.txt": "x"})
    assert "other things than a course" in refused(door("export", "customs", tmp_path / "other"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "nothing", "x.zip"], "no course 'nothing'"),
        (["export", "999999", "x.zip"], "no course '999999'"),
        (["import", "absent.zip", "--organisation", "demo-university"], "No such file"),
        (["import", "-", "--organisation", "nobody"], "no organisation 'nobody'"),
        (["import", "-"], "--organisation"),
        (["import", "-", "--organisation", "demo-university"], "not a zip package"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(door, course, arguments, said):
    assert said in refused(door(*arguments, stdin=b"no zip"))


def test_a_folder_with_mistakes_is_refused_with_all_of_them(door, cast, db, tmp_path):
    write(tmp_path, {**SMALL, "lessons/01-one.zh.md": "no heading", "questions/01-one.zh.gift": "::Q::{"})
    done = door("import", tmp_path, "--organisation", "demo-university")
    assert "(and 1 more)" in refused(done)
    assert {each["file"] for each in json.loads(done.stdout)["refused"]} == {
        "lessons/01-one.zh.md",
        "questions/01-one.zh.gift",
    }


def test_languages_with_different_options_are_refused_by_the_name_of_the_question(door, cast, db, tmp_path):
    write(tmp_path, {**SMALL, "questions/01-one.en.gift": QUESTION.replace("~b", "~b ~c")})
    done = door("import", tmp_path, "--organisation", "demo-university")
    assert "question “Q1”" in refused(done)
    assert reads.course_at(cast.university.id, "shoes") is None


# ---- at the same moment ----------------------------------------------------------------------------------------------


def counts():
    tables = (Course, Lesson, Question)
    return [database.session.scalar(sa.select(sa.func.count()).select_from(each)) for each in tables]


def of(university):
    """The university, for threads of their own, with nothing left open here."""
    kept = SimpleNamespace(id=university.id)
    database.session.commit()
    return kept


def test_of_two_who_bring_a_new_course_at_once_one_begins_it(alone):  # noqa: F811
    app, cast = alone
    university = of(cast.university)
    outcomes = at_once(app, *[lambda: bring(university, SMALL)] * 2)
    assert set(outcomes) <= {None, services.folders.SlugJustTaken}
    assert None in outcomes
    assert counts() == [1, 1, 1]


def test_two_who_bring_different_changes_at_once_both_have_them(alone):  # noqa: F811
    app, cast = alone
    bring(cast.university, SMALL)
    database.session.commit()
    course = reads.course_at(cast.university.id, "shoes")
    first = exported(course)
    second = dict(first)
    first["lessons/01-one.zh.md"] = "# 第一课\n\n改了。\n".encode()
    second["course.toml"] = second["course.toml"].replace("鞋".encode(), "靴".encode())
    university = of(cast.university)
    assert at_once(app, lambda: bring(university, first), lambda: bring(university, second)) == [None, None]
    database.session.expire_all()
    assert queries.lesson_at_place(course.id, 1).body_zh == "改了。"
    database.session.expire_all()
    assert reads.course_at(university.id, "shoes").title_zh == "靴"


KILLED = """
import sys
from app.factory import create_app
from tests.conftest import settings_for
from pathlib import Path
app = create_app(settings_for(sys.argv[1], Path(sys.argv[2])))
from courses.services.folders import keeping
write = keeping.Keeping._arrange
def hang(self, rows):
    write(self, rows)
    print("written", flush=True)
    import time
    time.sleep(60)
keeping.Keeping._arrange = hang
with app.app_context():
    app.cli.main(
        ["courses", "import", sys.argv[3], "--organisation", "demo-university"], standalone_mode=False
    )
"""


def test_a_killed_import_leaves_nothing(alone, empty_database, tmp_path):  # noqa: F811
    _app, _cast = alone
    database.session.commit()
    database.session.remove()
    write(tmp_path / "shoes", SMALL)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, empty_database, str(tmp_path / "data"), str(tmp_path / "shoes")],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        text=True,
    )
    assert process.stdout.readline() == "written\n"
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 20
    while counts() != [0, 0, 0] and time.monotonic() < deadline:
        database.session.rollback()
    assert counts() == [0, 0, 0]
