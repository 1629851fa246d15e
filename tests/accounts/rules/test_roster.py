"""The law of tables of people."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules.roster import MAX_ROWS, Fate, Reason, Refusal, RosterRow, fate_of, read_roster


def reasons(text):
    return [(fault.row, fault.field, fault.reason) for fault in read_roster(text).refused]


def test_a_table_is_read_whatever_the_order_and_language_of_its_columns():
    wanted = (RosterRow(1, "xiaoyu@school.cn", "林小雨", "一班"), RosterRow(2, "bo@school.cn", "陈 博", "一班"))
    assert read_roster("email,name,cohort\nXiaoyu@School.cn,林小雨,一班\nbo@school.cn, 陈  博 ,一班\n").rows == wanted
    assert read_roster("﻿班级,姓名,邮箱\r\n一班,林小雨,xiaoyu@school.cn\r\n一班,陈 博,bo@school.cn\r\n").rows == wanted
    assert read_roster("name;email;class\n林小雨;xiaoyu@school.cn;一班\n陈 博;bo@school.cn;一班").rows == wanted
    assert read_roster("Name\tE-mail\t班\n林小雨\txiaoyu@school.cn\t一班\n陈 博\tbo@school.cn\t一班").rows == wanted


def test_other_columns_and_empty_rows_are_passed_over_but_rows_keep_their_numbers():
    roster = read_roster("学号,email,name\n1,a@b.cn,甲\n,,\n\n4,d@b.cn,丁\n")
    assert [(row.number, row.email) for row in roster.rows] == [(1, "a@b.cn"), (4, "d@b.cn")]
    assert roster.refused == ()


@pytest.mark.parametrize("text", ["", " \n\n", "email,name\n", "\n\n,,\n"])
def test_a_table_without_people_is_refused(text):
    assert read_roster(text).rows == ()
    assert read_roster(text).refused[0].row == 0


def test_a_missing_or_doubled_column_is_named():
    assert reasons("mail address,name\na@b.cn,甲") == [(0, "email", Reason.NO_COLUMN)]
    assert reasons("email,name,邮箱\na@b.cn,甲,x") == [(0, "email", Reason.COLUMN_TWICE)]


def test_each_fault_stands_with_its_row_field_and_reason():
    text = (
        "email,name\nno-address,甲\n,乙\nc@b.cn,\nd@b.cn\ne@b.cn,戊\nE@B.cn,己\n"
        + f"g@b.cn,{'长' * 101}\nh@b.cn,a\x07b\n"
    )
    roster = read_roster(text)
    assert [(fault.row, fault.field, fault.reason) for fault in roster.refused] == [
        (1, "email", Reason.NOT_AN_EMAIL),
        (2, "email", Reason.MISSING),
        (3, "name", Reason.MISSING),
        (4, "", Reason.CELLS),
        (6, "email", Reason.TWICE),
        (7, "name", Reason.TOO_LONG),
        (8, "name", Reason.CONTROL_CHARACTER),
    ]
    assert Refusal(6, "email", Reason.TWICE, "5") in roster.refused
    assert [row.email for row in roster.rows] == ["e@b.cn"]


def test_a_broken_quotation_is_refused_with_its_line():
    (fault,) = read_roster('email,name\na@b.cn,"甲\n').refused
    assert (fault.row, fault.reason) == (0, Reason.UNREADABLE)
    assert "line" in fault.value


def test_five_thousand_rows_are_read_and_one_more_is_refused():
    rows = [f"s{number}@b.cn,学生{number}" for number in range(MAX_ROWS)]
    assert len(read_roster("\n".join(["email,name", *rows])).rows) == MAX_ROWS
    assert reasons("\n".join(["email,name", *rows, "x@b.cn,多"])) == [(0, "", Reason.TOO_MANY_ROWS)]


@pytest.mark.parametrize(
    "email", ["a@b", "a@@b.cn", "a b@c.cn", ".a@b.cn", "a..b@c.cn", "a@-b.cn", "a@b.c", '"a b"@c.cn', "a@b.cn,c@d.cn"]
)
def test_what_is_no_address_is_refused(email):
    text = io.StringIO()
    csv.writer(text).writerows([("email", "name"), (email, "甲")])
    assert reasons(text.getvalue()) == [(1, "email", Reason.NOT_AN_EMAIL)]


def test_full_width_letters_of_an_address_are_made_plain():
    assert read_roster("email,name\nｂｏ＠school.cn,博").rows[0].email == "bo@school.cn"


@given(st.lists(st.tuples(st.integers(0, 10**6), st.text("林陈周吴abc'\",; ", min_size=1, max_size=9)), max_size=30))
def test_every_row_is_either_taken_or_refused(people):
    text = io.StringIO()
    csv.writer(text).writerows([("email", "name"), *((f"s{number}@b.cn", name) for number, name in people)])
    roster = read_roster(text.getvalue())
    told = {row.number for row in roster.rows} | {fault.row for fault in roster.refused}
    assert told == set(range(1, len(people) + 1)) if people else roster.refused
    assert len({row.email for row in roster.rows}) == len(roster.rows)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    roster = read_roster(text)
    assert roster.rows or roster.refused


@given(st.booleans(), st.booleans(), st.booleans())
def test_only_an_account_that_the_table_makes_joins_at_once(has_account, is_member, is_invited):
    email = "a@b.cn"
    accounts, members, invited = ({email} if held else set() for held in (has_account, is_member, is_invited))
    fate = fate_of(email, accounts, members, invited)
    assert (fate is Fate.NEW) is not has_account
    assert (fate is Fate.HERE) is (has_account and is_member)
    assert (fate is Fate.WAITING) is (has_account and not is_member and is_invited)
