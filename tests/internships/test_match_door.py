"""The doors `internships match` and `internships check`, as somebody at a terminal meets them."""

import json
from hashlib import sha256
from random import Random

import pytest
from click.testing import CliRunner

from internships.cli import internships
from internships.rules import matching

GOOD = {
    "students": {"s1": ["p1"], "s2": ["p1", "p2"], "s3": []},
    "postings": {"p1": {"capacity": 1, "ranking": ["s2", "s1"]}, "p2": {"capacity": 0, "ranking": ["s2"]}},
}


@pytest.fixture
def door(tmp_path):
    def call(command, content, *options):
        file = tmp_path / "market.json"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return CliRunner().invoke(internships, [command, str(file), *options])

    return call


def refused(result):
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "market.json" in result.stderr
    return result.stderr


def test_the_answer_is_sorted_and_complete(door):
    result = door("match", GOOD)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "matching": {"p1": ["s2"], "p2": []},
        "unmatched": ["s1", "s3"],
        "blocking_pairs": 0,
    }


def test_the_file_may_come_through_standard_input():
    result = CliRunner().invoke(internships, ["match", "-"], input=json.dumps(GOOD))
    assert json.loads(result.stdout)["matching"]["p1"] == ["s2"]


def test_a_market_of_nobody_and_nothing_holds_no_item(door):
    assert "holds nobody" in refused(door("match", {"students": {}, "postings": {}}))


def test_a_market_without_students_leaves_every_seat_free(door):
    result = door("match", {"students": {}, "postings": {"p": {"capacity": 1, "ranking": []}}})
    assert json.loads(result.stdout) == {"matching": {"p": []}, "unmatched": [], "blocking_pairs": 0}


def test_the_answer_can_be_a_table(door):
    assert door("match", GOOD, "--format", "csv").stdout == "student,posting\ns1,\ns2,p1\ns3,\n"


def test_chinese_names_in_the_encoding_of_an_old_spreadsheet_are_read(door):
    market = {"students": {"学生一": ["岗位"]}, "postings": {"岗位": {"capacity": 1, "ranking": ["学生一"]}}}
    content = json.dumps(market, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        result = door("match", content.encode(encoding))
        assert json.loads(result.stdout)["matching"] == {"岗位": ["学生一"]}


def test_each_side_is_told_why(door):
    told = json.loads(door("match", GOOD, "--explain").stdout)["explanation"]
    assert told["students"] == {
        "s1": [{"posting": "p1", "outcome": "filled_above", "capacity": 1, "rank": 2, "worst_rank": 1}],
        "s2": [{"posting": "p1", "outcome": "matched", "capacity": 1, "rank": 1, "worst_rank": 1}],
        "s3": [],
    }
    assert told["postings"]["p2"] == {"capacity": 0, "matched": 0, "worst_rank": None}


def test_equals_need_a_seed_and_then_go_by_lottery(door):
    equals = {
        "students": {name: ["p1"] for name in "abcde"},
        "postings": {"p1": {"capacity": 2, "ranking": [list("abcd"), "e"]}},
    }
    assert "--seed" in refused(door("match", equals))
    drawn = sorted("abcd", key=lambda name: sha256(f"2026:{name}".encode()).hexdigest())
    result = json.loads(door("match", equals, "--seed", "2026").stdout)
    assert result["matching"]["p1"] == sorted(drawn[:2])
    assert result["blocking_pairs"] == 0


def posting(**changes):
    return {"students": GOOD["students"], "postings": {**GOOD["postings"], "p1": {**GOOD["postings"]["p1"], **changes}}}


def students(**changes):
    return {**GOOD, "students": {**GOOD["students"], **changes}}


NOT_MARKETS = [
    ("", "is empty"),
    (" \n ", "is empty"),
    ("{", "is not JSON"),
    (b"\x00" * 1000, "is binary"),
    (b"\xff\xfe{\x00}\x00", "utf-16"),
    ("[]", "'top level': [] is not an object"),
    ("null", "'top level': None is not an object"),
    ("[" * 100_000, "nested too deeply"),
    ('{"students": {}, "students": {}, "postings": {}}', "'students': the same key twice"),
    ('{"students": {"s1": [], "s1": []}, "postings": {}}', "'s1': the same key twice"),
    ({"students": {}}, "'postings': is missing"),
    ({"postings": {}}, "'students': is missing"),
    ({**GOOD, "matchings": {}}, "'matchings': is not a known key"),
    ({**GOOD, "students": []}, "'students': [] is not an object"),
    ({"students": {}, "postings": {"p1": []}}, "'postings.p1': [] is not an object"),
    ({"students": {}, "postings": {"p1": {"ranking": []}}}, "'postings.p1.capacity': is missing"),
    ({"students": {}, "postings": {"p1": {"capacity": 1}}}, "'postings.p1.ranking': is missing"),
    (posting(seats=3), "'postings.p1.seats': is not a known key"),
    (posting(capacity=-1), "'postings.p1.capacity': -1 is negative"),
    (posting(capacity=1.0), "'postings.p1.capacity': 1.0 is not a whole number"),
    (posting(capacity=True), "'postings.p1.capacity': True is not a whole number"),
    (posting(capacity="1"), "'postings.p1.capacity': '1' is not a whole number"),
    (posting(capacity=None), "'postings.p1.capacity': None is not a whole number"),
    (posting(capacity=float("nan")), "NaN is not a finite number"),
    (posting(capacity=float("-inf")), "-Infinity is not a finite number"),
    ('{"students": {}, "postings": {"p": {"capacity": 1e999, "ranking": []}}}', "1e999 is not a finite number"),
    ('{"students": {}, "postings": {"p": {"capacity": 1%s, "ranking": []}}}' % ("0" * 5000), "too many digits"),
    (posting(ranking="s1"), "'postings.p1.ranking': 's1' is not a list"),
    (posting(ranking=["s1", "s9"]), "'postings.p1.ranking[1]': student 's9' does not exist"),
    (posting(ranking=["s1", "s2", "s1"]), "'postings.p1.ranking[2]': student 's1' is repeated"),
    (posting(ranking=["s1", 2]), "'postings.p1.ranking[1]': 2 is not an id"),
    (posting(ranking=["s1", {}]), "'postings.p1.ranking[1]': {} is not an id"),
    (posting(ranking=["s1", []]), "'postings.p1.ranking': an empty list of equals"),
    (posting(ranking=["s1", ["s2", "s1"]]), "student 's1' is repeated"),
    (posting(ranking=["s1", ["s2", ["s3"]]]), "['s3'] is not an id"),
    (students(s1=["p9"]), "'students.s1[0]': posting 'p9' does not exist"),
    (students(s1=["p1", "p2", "p1"]), "'students.s1[2]': posting 'p1' is repeated"),
    (students(s1="p1"), "'students.s1': 'p1' is not a list"),
    (students(s1=None), "'students.s1': None is not a list"),
    (students(s1=[["p1", "p2"]]), "'students.s1[0]': ['p1', 'p2'] is not an id"),
    (students(s1=[True]), "'students.s1[0]': True is not an id"),
    ('{"students": {"\\ud800": []}, "postings": {}}', "is not text"),
]


@pytest.mark.parametrize(("content", "reason"), NOT_MARKETS, ids=[reason for _, reason in NOT_MARKETS])
def test_what_is_not_a_market_is_refused_in_one_line(door, content, reason):
    assert reason in refused(door("match", content))


def test_a_file_that_is_not_there_or_too_large_is_refused_before_it_is_read(door, tmp_path):
    runner = CliRunner()
    assert runner.invoke(internships, ["match", str(tmp_path / "none.json")]).exit_code == 2
    assert runner.invoke(internships, ["match", str(tmp_path)]).exit_code == 2
    large = tmp_path / "market.json"
    with large.open("wb") as handle:
        handle.truncate(3_000_000)
    assert "larger than 2 MB" in refused(runner.invoke(internships, ["match", str(large), "--max-mb", "2"]))


@pytest.mark.parametrize(
    "options", [["--format", "xml"], ["--max-mb", "0"], ["--nonsense"], ["--encoding", "latin-99"], ["another.json"]]
)
def test_a_wrong_option_is_refused_in_one_line(door, options):
    result = door("match", GOOD, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_many_keys_of_which_the_last_is_repeated_are_refused_quickly(door):
    pairs = ", ".join(f'"s{n}": []' for n in range(200_000))
    assert "same key twice" in refused(door("match", f'{{"students": {{{pairs}, "s199999": []}}, "postings": {{}}}}'))


def market(seed, students, postings, choices):
    random = Random(seed)
    names = [f"p{n}" for n in range(postings)]
    chosen = {f"s{n}": random.sample(names, choices) for n in range(students)}
    rankings = {name: [] for name in names}
    for student, picks in chosen.items():
        for pick in picks:
            rankings[pick].append(student)
    for ranking in rankings.values():
        random.shuffle(ranking)
    most = 2 * students // postings
    sides = {name: {"capacity": random.randint(0, most), "ranking": ranking} for name, ranking in rankings.items()}
    return {"students": chosen, "postings": sides}


def test_a_large_market_is_matched_and_passes_the_check(door):
    large = market(5, students=4000, postings=200, choices=10)
    found = json.loads(door("match", large).stdout)
    assert found["blocking_pairs"] == 0
    placed = [student for group in found["matching"].values() for student in group]
    assert sorted(placed + found["unmatched"]) == sorted(large["students"])
    checked = door("check", {**large, "matching": found["matching"]})
    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {"blocking_pairs": [], "over_capacity": [], "unacceptable": []}


def test_a_matching_that_the_certificate_rejects_does_not_look_like_an_answer(door, monkeypatch):
    wrong = matching.Matching({"p1": ("s1",), "p2": ()}, {"s1": "p1"}, ("s2", "s3"))
    monkeypatch.setattr(matching, "match", lambda students, postings: wrong)
    result = door("match", GOOD)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["blocking_pairs"] == 1


def test_the_check_names_what_is_wrong(door):
    result = door("check", {**GOOD, "matching": {"p1": ["s1"], "p2": ["s2"]}})
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "blocking_pairs": [["s2", "p1"]],
        "over_capacity": ["p2"],
        "unacceptable": [],
    }
    table = door("check", {**GOOD, "matching": {"p1": ["s3"]}}, "--format", "csv")
    assert table.stdout.splitlines() == [
        "problem,student,posting",
        "blocking_pair,s1,p1",
        "blocking_pair,s2,p1",
        "unacceptable,s3,p1",
    ]


@pytest.mark.parametrize(
    ("matching", "reason"),
    [
        ([], "'matching': [] is not an object"),
        ({"p9": []}, "'matching.p9': posting 'p9' does not exist"),
        ({"p1": ["s9"]}, "'matching.p1[0]': student 's9' does not exist"),
        ({"p1": ["s1", "s1"]}, "'matching.p1[1]': student 's1' is repeated"),
        ({"p1": ["s1"], "p2": ["s1"]}, "'matching.p2': student 's1' is matched twice"),
    ],
)
def test_a_matching_of_strangers_cannot_be_checked(door, matching, reason):
    assert reason in refused(door("check", {**GOOD, "matching": matching}))
    assert "'matching': is missing" in refused(door("check", GOOD))


@pytest.mark.parametrize("command", ["match", "check"])
def test_help_shows_an_example(command):
    result = CliRunner().invoke(internships, [command, "--help"])
    assert result.exit_code == 0
    assert f"flask internships {command}" in result.stdout


def test_the_record_of_a_round_serves_both_doors(door):
    record = {**GOOD, "matching": {"p1": [], "p2": []}}
    assert json.loads(door("match", record).stdout) == json.loads(door("match", GOOD).stdout)
