"""The gradebook as a file and back: what comes out goes in, what changed meanwhile stays, what is wrong is said."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from python_calamine import load_workbook

from app.accounts.models import Role
from app.accounts.services import create_person, join
from app.audit import AuditEntry
from app.db import utcnow
from courses import queries, services
from courses.models import ChangeKind, Grade
from courses.queries import grades as grade_queries
from courses.services import grades
from tests.courses import factories
from tests.courses.gradebooks import path, quizzed, take, with_learners
from tests.page import page, read, submit

EVIL = '=HYPERLINK("http://x","y")'


@pytest.fixture
def course(db, cast):
    cast.coordinator.language = "en"
    return quizzed(cast)


@pytest.fixture
def evil(db, cast):
    """A student whose name is a formula."""
    person = create_person("evil@demo.example", EVIL, language="zh")
    join(person, cast.university, Role.STUDENT, factories.today())
    return person


@pytest.fixture
def cohort(db, cast, course, evil):
    found = with_learners(course, cast.student, evil)
    take(cast.student, course, 1, True, False)
    # A file made in the same seconds as a mark cannot tell whether it holds it.
    db.session.execute(sa.update(Grade).values(changed_at=utcnow() - timedelta(hours=1)))
    db.session.commit()
    return found


@pytest.fixture
def client(client_of, cast, cohort):
    return client_of(cast.coordinator)


def downloaded(client, cohort):
    """The rows of the CSV file."""
    answer = client.get(path(cohort, "download.csv"))
    assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its mark"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def as_file(rows, encoding="utf-8-sig"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def look(client, cohort, content, name="marks.csv"):
    form = page(client, path(cohort, "import/"))
    data = {**form.values(), "file": (io.BytesIO(content), name)}
    return read(client.post(path(cohort, "import/"), data=data))


def confirm(client, preview):
    return page(client, submit(client, preview, form="main form[action$='confirmation/']").location)


def points(cohort, person, course):
    enrolment = queries.enrolment_in(person, course.id)
    cells = grades.cells_of([enrolment.id]).get(enrolment.id, [])
    return {key: held for key, held, _most in cells}


def test_what_was_downloaded_changes_nothing_when_it_comes_back(client, cast, course, cohort):
    rows = downloaded(client, cohort)
    assert [row[2] for row in rows if "student@demo.example" in row] == ["林小雨"]
    preview = look(client, cohort, as_file(rows))
    assert preview.h1 == "0 cells would change"
    assert "1 cell is as it is here already." in preview.text
    assert not preview.select("main form button")


def test_no_cell_of_either_file_is_a_formula(client, cast, cohort):
    names = [row[2] for row in downloaded(client, cohort)]
    assert "'" + EVIL in names
    book = load_workbook(io.BytesIO(client.get(path(cohort, "download.xlsx")).data))
    rows = book.get_sheet_by_index(0).to_python()
    assert EVIL in [row[2] for row in rows], "as text: a formula would show what it came to"
    row = next(row for row in rows if row[1] == "student@demo.example")
    assert row[3] == 1.0


def test_changed_points_go_in_with_a_reason_that_names_the_file(client, db, cast, course, cohort):
    rows = downloaded(client, cohort)
    row = next(row for row in rows if "student@demo.example" in row)
    row[3], row[4] = "2", "50%"
    preview = look(client, cohort, as_file(rows), "期末.csv")
    assert [one[1:] for one in preview.rows("main section table")[1:]] == [
        ["林小雨", "Part 1", "1", "2"],
        ["林小雨", "Part 2", "–", "1"],
    ]
    assert list(points(cohort, cast.student, course).values()) == [1], "nothing is kept before it was looked at"
    assert "2 cells were changed." in confirm(client, preview).text
    keys = [column.key for column in grades.columns_of(cohort)]
    assert points(cohort, cast.student, course) == {keys[0]: 2, keys[1]: 1}
    enrolment = queries.enrolment_in(cast.student, course.id)
    assert enrolment.share_final == Decimal("0.75")
    change = grade_queries.history_of(enrolment.id, grades.columns_of(cohort)[0])[0]
    assert (change.kind, change.reason) == (ChangeKind.IMPORT, "From the file 期末.csv")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "gradebook.import")).one()
    assert entry.details == {"file": "期末.csv", "cells": 2}


def test_a_workbook_goes_the_same_way(client, cast, course, cohort):
    from xlsxwriter import Workbook

    keys = [column.key for column in grades.columns_of(cohort)]
    content = io.BytesIO()
    with Workbook(content) as book:
        sheet = book.add_worksheet("成绩")
        sheet.write_row(0, 0, ["E-mail", f"随便 [{keys[1]}]", "备注"])
        sheet.write_row(1, 0, ["STUDENT@demo.example", 1.5, "好"])
    preview = look(client, cohort, content.getvalue(), "成绩.xlsx")
    assert "Headings that name no column here: 备注" in preview.text
    confirm(client, preview)
    assert points(cohort, cast.student, course)[keys[1]] == Decimal("1.5")


def test_a_gbk_file_of_a_chinese_excel_is_read(client, cast, course, cohort):
    preview = look(client, cohort, as_file([["邮箱", "第2课"], ["student@demo.example", "2"]], "gb18030"))
    assert preview.h1 == "1 cell would change"


def test_marks_newer_than_the_file_are_shown_and_left(client, db, cast, course, cohort):
    rows = downloaded(client, cohort)
    next(row for row in rows if "student@demo.example" in row)[3:5] = ["0", "2"]
    enrolment = queries.enrolment_in(cast.student, course.id)
    first = grades.columns_of(cohort)[0]
    now = utcnow() + timedelta(seconds=1)
    grades.set_points(enrolment, first, Decimal(2), "looked again", seen=1, by_id=cast.coordinator.id, now=now)
    db.session.commit()
    preview = look(client, cohort, as_file(rows))
    assert "Changed since, so left" in preview.text
    confirm(client, preview)
    assert set(points(cohort, cast.student, course).values()) == {2}


def test_a_cell_that_changes_between_looking_and_confirming_is_left(client, db, cast, course, cohort):
    preview = look(client, cohort, as_file([["邮箱", "第1课"], ["student@demo.example", "2"]]))
    enrolment = queries.enrolment_in(cast.student, course.id)
    first = grades.columns_of(cohort)[0]
    grades.set_points(enrolment, first, Decimal(0), "copied", seen=1, by_id=cast.coordinator.id, now=utcnow())
    db.session.commit()
    shown = confirm(client, preview)
    assert "0 cells were changed." in shown.text
    assert "1 cell had changed meanwhile and was left." in shown.text
    assert points(cohort, cast.student, course) == {first.key: 0}


def test_what_is_wrong_is_said_with_row_and_column_and_the_rest_can_go_on(client, cast, course, cohort):
    table = [["邮箱", "第1课", "第2课"], ["student@demo.example", "9", "2"], ["nobody@x.example", "1", "1"]]
    preview = look(client, cohort, as_file(table))
    assert preview.rows("main section:has(h2) table:has(td[data-label='Why'])")[1:] == [
        ["2", "第1课", "9", "This is more than there is to have, or has more than four decimals."],
        ["3", "邮箱", "nobody@x.example", "Nobody in this cohort has this key."],
    ]
    confirm(client, preview)
    assert points(cohort, cast.student, course)[grades.columns_of(cohort)[1].key] == 2


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04 no workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_that_is_no_table_is_refused_in_words(client, cohort, content):
    assert "cannot be read" in look(client, cohort, content).text


@pytest.mark.parametrize("content", [b"", b"\n\n", "姓名\n林小雨\n".encode()])
def test_a_table_that_names_nobody_changes_nothing(client, cohort, content):
    answer = look(client, cohort, content)
    assert "0 cells would change" in answer.text or "cannot be read" in answer.text


@pytest.mark.parametrize(
    "wishes", ["", "[", "[[1]]", '[["x","l1",null,"1"]]', '[[1,"l1",null,"NaN"]]', '[[999999,"l1",null,"1"]]', "[]"]
)
def test_a_forged_confirmation_changes_nothing(client, cast, course, cohort, wishes):
    answer = client.post(path(cohort, "import/confirmation/"), data={"name": "x", "wishes": wishes})
    assert answer.status_code in (303, 404)
    assert list(points(cohort, cast.student, course).values()) == [1]


@pytest.mark.parametrize(
    "told",
    ['null,"sNaN"', 'null,"1e-30"', 'null,"1e999999"', '"sNaN","1"', "null,[1,[1],2]", '"x","1"', "null,true,3"],
)
def test_a_forged_number_for_a_true_cell_changes_nothing(client, cast, course, cohort, told):
    (key,) = points(cohort, cast.student, course)
    enrolment = queries.enrolment_in(cast.student, course.id)
    for wishes in (f'[[{enrolment.id},"{key}",{told}]]', f'[[1e999,"{key}",null,"1"]]', "[" * 200_000):
        answer = client.post(path(cohort, "import/confirmation/"), data={"name": "x", "wishes": wishes})
        assert answer.status_code in (303, 404)
    assert list(points(cohort, cast.student, course).values()) == [1]


def test_a_large_gradebook_goes_out_in_a_few_statements(client, db, cast, course, cohort):
    from tests.courses.counting import statements

    people = [create_person(f"many{number}@demo.example", f"学员{number}") for number in range(30)]
    db.session.flush()
    services.bring_in(cohort, [person.id for person in people], utcnow())
    db.session.commit()
    with statements() as few:
        assert len(downloaded(client, cohort)) == 33
    assert len(few) < 20
