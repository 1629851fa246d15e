"""The door `competitions assign`, as somebody at a terminal meets it."""

import copy
import json

import pytest
from click.testing import CliRunner

from competitions.cli import competitions

ROUND = {
    "entries": {f"e{number}": {"organisations": [f"o{number % 3}"]} for number in range(12)},
    "judges": {f"j{number}": {"organisations": [f"o{number % 4}"], "max": 8} for number in range(8)},
    "conflicts": [["j1", "e9"], ["j1", "e9"]],
    "per_entry": 3,
    "seed": 7,
}


@pytest.fixture
def door(tmp_path):
    def call(stated, *options):
        file = tmp_path / "round.json"
        file.write_text(stated if isinstance(stated, str) else json.dumps(stated), encoding="utf-8")
        return CliRunner().invoke(competitions, ["assign", str(file), *options])

    return call


def test_each_entry_has_its_judges_without_a_conflict(door):
    result = door(ROUND)
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    for entry, judges in answer["assignment"].items():
        assert len(set(judges)) == 3
        own = ROUND["entries"][entry]["organisations"]
        assert not any(ROUND["judges"][judge]["organisations"] == own for judge in judges)
    assert "j1" not in answer["assignment"]["e9"]
    assert sum(answer["loads"].values()) == 36
    assert max(answer["loads"].values()) <= 8
    assert answer["connected"] is True
    assert door(ROUND).stdout == result.stdout


def test_the_same_as_a_table(door):
    lines = door(ROUND, "--format", "csv").stdout.splitlines()
    assert lines[0] == "entry,judge"
    assert len(lines) == 37


def test_who_cannot_suffice_is_named_with_code_3(door):
    stated = copy.deepcopy(ROUND) | {"per_entry": 6}
    result = door(stated)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: The entries e")
    assert "cannot each have 6" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"per_entry": 0}, "field 'per_entry'"),
        ({"per_entry": True}, "field 'per_entry'"),
        ({"seed": 1.5}, "field 'seed'"),
        ({"conflicts": [["j1"]]}, "field 'conflicts[0]'"),
        ({"conflicts": [["e9", "j1"]]}, "'e9' is no judge of the file"),
        ({"judges": {"j1": {"max": -1}}}, "field 'judges.j1.max'"),
        ({"judges": {"j1": {"organisations": "o1"}}}, "field 'judges.j1.organisations'"),
        ({"judges": {"j1": {"limit": 3}}}, "field 'judges.j1.limit'"),
        ({"entries": ["e1"]}, "field 'entries'"),
        ({"entry": {}}, "field 'entry'"),
    ],
)
def test_what_cannot_be_used_is_named(door, change, said):
    result = door(ROUND | change)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
