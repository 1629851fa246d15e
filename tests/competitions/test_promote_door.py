"""The door `competitions promote`, as somebody at a terminal meets it."""

import json

import pytest
from click.testing import CliRunner

from competitions.cli import competitions

ENTRIES = """entry,school,province,rank
e1,A,浙江,1
e2,A,浙江,2
e3,A,浙江,3
e4,B,浙江,4
e5,C,福建,1
e6,C,福建,
"""
RULES = 'places = 2\nby = "province"\nper_school = 1\nreserve = 1\n'


@pytest.fixture
def door(tmp_path):
    def call(entries=ENTRIES, rules=RULES, *options):
        (tmp_path / "entries.csv").write_bytes(entries if isinstance(entries, bytes) else entries.encode())
        (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
        arguments = ["promote", str(tmp_path / "entries.csv"), "--rules", str(tmp_path / "rules.toml"), *options]
        return CliRunner().invoke(competitions, arguments)

    return call


def test_each_entry_has_its_result_and_the_rule_that_decided(door):
    result = door()
    assert result.exit_code == 0
    assert result.stdout == (
        "entry,result,rule\ne1,promoted,quota\ne2,no,per_school\ne3,no,per_school\ne4,promoted,quota\n"
        "e5,promoted,quota\ne6,no,unranked\n"
    )
    assert door().stdout_bytes == result.stdout_bytes


def test_as_json(door):
    answer = json.loads(door(ENTRIES, 'percent = 0.1\nties = "include"', "--format", "json").stdout)
    assert answer["promotion"][0] == {"entry": "e1", "result": "promoted", "rule": "ties"}


def test_equals_of_whom_not_all_fit_end_with_code_3_and_their_names(door):
    result = door(ENTRIES, "places = 1")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "Error: Decide between e1, e5: equals at the last place.\n"


@pytest.mark.parametrize(
    ("entries", "rules", "said"),
    [
        ("entry,school,province\ne1,A,浙江\n", RULES, "row 1, field 'rank': the column is missing"),
        (ENTRIES + "e1,A,浙江,9\n", RULES, "row 8, field 'entry': 'e1' a second time"),
        (ENTRIES + "e9,A,浙江,0\n", RULES, "row 8, field 'rank': '0' is not a whole number of 1 or more"),
        (ENTRIES + "e9,,浙江,7\n", RULES, "row 8, field 'school': is empty"),
        (ENTRIES + "e9,A,福建,7\n", RULES, "field 'province': 'A' stands in '浙江' and in '福建'"),
        ("entry,school,province,rank\n", RULES, "holds no entry"),
        (ENTRIES, "reserve = 1", "say either percent or places"),
        (ENTRIES, "percent = 10\nplaces = 1", "say either percent or places"),
        (ENTRIES, "percent = nan", "is not a number from 0 to 100"),
        (ENTRIES, "percent = 101", "is not a number from 0 to 100"),
        (ENTRIES, "places = true", "is not a whole number"),
        (ENTRIES, "places = -1", "is not a whole number"),
        (ENTRIES, 'places = 1\nby = "school"', "is none of province, all"),
        (ENTRIES, 'places = 1\nties = "draw"', "is none of include, ask"),
        (ENTRIES, 'places = 1\ndirect = ["e0"]', "'e0' is no entry of the file"),
        (ENTRIES, "places = 1\nquota = 3", "field 'quota': is none of"),
        (ENTRIES, "places =", "is not TOML"),
        (ENTRIES, "places = " + "[" * 5000, "rules.toml"),
    ],
)
def test_what_cannot_be_used_is_named(door, entries, rules, said):
    result = door(entries, rules)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
