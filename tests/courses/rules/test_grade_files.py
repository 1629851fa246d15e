"""What a table would change in a gradebook, what it may not, and cells that no spreadsheet takes for formulas."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.grade_files import (
    FORMULA_SIGNS,
    KnownCell,
    KnownColumn,
    Wrong,
    as_text,
    heading_of,
    id_heading,
    moment_in,
    plan,
    read_points,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
QUIZ, CLASS = KnownColumn("l1", ("测验", "Quiz"), Decimal(10)), KnownColumn("c2", ("课堂", ""), Decimal(100))
PEOPLE = {7: "lin@demo.example", 8: "wang@demo.example"}
CELLS = {(7, "l1"): KnownCell(Decimal(6), Decimal(10), NOW - timedelta(hours=2))}


def planned(*rows, cells=CELLS):
    return plan(rows, [QUIZ, CLASS], PEOPLE, cells, NOW)


@given(st.text())
def test_no_cell_begins_as_a_formula_does(text):
    assert not as_text(text).startswith(FORMULA_SIGNS)
    assert as_text(text).removeprefix("'") == text.removeprefix("'")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))
def test_a_table_tells_when_it_was_made(moment):
    assert moment_in([id_heading(moment), "Name"]) == moment


def test_cells_are_found_by_the_sign_of_their_heading_or_by_its_title():
    found = planned(["ID", "Name", heading_of("=随便", "l1"), "课堂"], ["7", "林小雨", "8", "90"])
    assert [(one.key, one.before, one.after) for one in found.changes] == [
        ("l1", Decimal(6), Decimal(8)),
        ("c2", None, Decimal(90)),
    ]
    assert not found.refused
    assert not found.passed_over


def test_people_are_found_by_their_address_where_there_is_no_id():
    found = planned(["Email", "Quiz"], ["WANG@demo.example", "80%"])
    assert [(one.person_id, one.after) for one in found.changes] == [(8, Decimal(8))]


def test_the_same_points_and_empty_cells_change_nothing():
    found = planned(["ID", "Quiz", "课堂"], ["7", "6.0", ""], ["8", " ", ""])
    assert (found.changes, found.unchanged) == ((), 1)


def test_a_cell_that_changed_after_the_table_was_made_is_left():
    found = planned([id_heading(NOW - timedelta(hours=3)), "Quiz"], ["7", "9"], ["8", "9"])
    assert [one.person_id for one in found.conflicts] == [7]
    assert [one.person_id for one in found.changes] == [8]
    later = planned([id_heading(NOW - timedelta(hours=1)), "Quiz"], ["7", "9"])
    assert [one.person_id for one in later.changes] == [7]


def test_a_table_from_the_future_overwrites_nothing_more():
    newer = {(7, "l1"): KnownCell(Decimal(6), Decimal(10), NOW + timedelta(seconds=1))}
    assert planned([id_heading(NOW + timedelta(days=9)), "Quiz"], ["7", "9"], cells=newer).changes == ()


@pytest.mark.parametrize(
    ("rows", "reason", "row"),
    [
        ([], Wrong.EMPTY, 0),
        ([["Quiz"], ["7"]], Wrong.NO_KEY_COLUMN, 1),
        ([["ID", "Other"], ["7", "7"]], Wrong.NO_COLUMNS, 1),
        ([["ID", "Quiz", "测验"], ["7", "7", "7"]], Wrong.COLUMN_TWICE, 1),
        ([["ID", "Quiz"], ["99", "7"]], Wrong.UNKNOWN_PERSON, 2),
        ([["ID", "Quiz"], ["７", "7"]], Wrong.UNKNOWN_PERSON, 2),
        ([["ID", "Quiz"], ["7", "7"], [], ["7", "8"]], Wrong.PERSON_TWICE, 4),
        ([["ID", "Quiz"], ["7", "good"]], Wrong.NOT_A_NUMBER, 2),
        ([["ID", "Quiz"], ["7", "-1"]], Wrong.NOT_A_NUMBER, 2),
        ([["ID", "Quiz"], ["7", "11"]], Wrong.OUT_OF_RANGE, 2),
        ([["ID", "Quiz"], *[["7", "7"]] * 5001], Wrong.TOO_MANY_ROWS, 0),
    ],
)
def test_what_is_wrong_is_refused_with_its_row(rows, reason, row):
    found = planned(*rows)
    assert (found.refused[0].reason, found.refused[0].row) == (reason, row)


@pytest.mark.parametrize(("told", "points"), [("8", 8), ("８．５", "8.5"), ("8,5", "8.5"), ("50%", 5), ("'7", 7)])
def test_points_are_read_as_people_write_them(told, points):
    assert read_points(told, Decimal(10)) == Decimal(points)


@given(st.decimals(0, 10, places=4))
def test_points_that_were_written_are_read_as_they_were(points):
    assert read_points(f"{points.normalize():f}", Decimal(10)) == points
