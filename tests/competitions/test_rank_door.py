"""The door `competitions rank`, as somebody at a terminal meets it, and the official skating results as its oracle."""

import csv
import io
import json
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from statistics import correlation

import pytest
from click.testing import CliRunner

from competitions.cli import competitions

SHARED = Path(os.environ.get("YANGFAN_SHARED", Path(__file__).parents[2].parent / "shared"))
JUDGING = SHARED / "data" / "external" / "judging"
HEAD = "entry,judge,criterion,mark\n"


def rank(*arguments, stdin=None):
    return CliRunner().invoke(competitions, ["rank", *map(str, arguments)], input=stdin)


@pytest.fixture
def door(tmp_path):
    def call(content, *options):
        file = tmp_path / "marks.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return rank(file, *options)

    return call


def refused(result):
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def records(result):
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def read(name):
    with (JUDGING / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- official results ----------------------------------------------------------------------------------------------


def test_every_official_skating_score_and_total_is_reproduced_to_the_cent():
    official = read("skating-gpf2017-panel.csv")
    factors = {f"{row['segment']}/{row['criterion']}": row["factor"] for row in official}
    weights = ",".join(f"{key}={factor}" for key, factor in factors.items())
    marks = JUDGING / "skating-gpf2017-components.csv"
    found = {
        (row["segment"], row["entry"]): row
        for row in records(rank(marks, "--method", "trimmed", "--absent", "0.0", "--weights", weights))
    }
    assert len(official) == 120
    assert {(row["segment"], row["entry"]) for row in official} == found.keys()
    for row in official:
        ours = found[row["segment"], row["entry"]]
        assert Decimal(ours[row["criterion"]]) == Decimal(row["official_panel_score"])
        assert Decimal(ours["total"]) == Decimal(row["official_total_component_score"])
        assert ours["note"] == ""


def test_skating_ranks_count_from_one_in_each_segment():
    ranks = defaultdict(list)
    for row in records(rank(JUDGING / "skating-gpf2017-components.csv", "--method", "trimmed")):
        ranks[row["segment"]].append(int(row["rank"]))
    assert len(ranks) == 4
    assert all(places == [1, 2, 3, 4, 5, 6] for places in ranks.values())


def generated():
    """Marks made by a many-facet Rasch model; zero is a mark there, not an absence."""
    lines = list(csv.reader((JUDGING / "mfrm_global_scores.csv").read_text(encoding="utf-8").splitlines()))
    return HEAD + "".join(
        f"{person},{rater},{item},{mark}\n"
        for rater, person, *marks in lines[1:]
        for item, mark in zip(lines[0][2:], marks, strict=True)
    )


def test_the_severities_that_generated_the_marks_are_found_again(door):
    """By the mixed model, which is another one than made them, up to scale."""
    answer = json.loads(door(generated(), "--method", "mixed", "--format", "json").stdout)
    assert answer["corrected"] is True
    for file, ours in (
        ("mfrm_global_generating_raters.csv", {row["judge"]: row["severity"] for row in answer["judges"]}),
        ("mfrm_global_generating_persons.csv", {row["entry"]: row["total"] for row in answer["ranking"]}),
    ):
        truth = {row[""]: float(row["0"]) for row in read(file)}
        assert truth.keys() == ours.keys()
        assert correlation([truth[name] for name in truth], [ours[name] for name in truth]) > 0.95


def test_the_model_that_made_the_marks_finds_the_severities_within_0_15_logits(door):
    answer = json.loads(door(generated(), "--method", "rasch", "--format", "json").stdout)
    truth = {row[""]: float(row["0"]) for row in read("mfrm_global_generating_raters.csv")}
    centre = sum(truth.values()) / len(truth)
    assert {judge["judge"] for judge in answer["judges"]} == truth.keys()
    for judge in answer["judges"]:
        assert abs(judge["severity"] - (truth[judge["judge"]] - centre)) < 0.15
        assert 0.8 < judge["infit"] < 1.2
    persons = {row[""]: float(row["0"]) for row in read("mfrm_global_generating_persons.csv")}
    ours = {row["entry"]: row["total"] for row in answer["ranking"]}
    assert correlation([persons[name] for name in persons], [ours[name] for name in persons]) > 0.97


# ---- what comes out ------------------------------------------------------------------------------------------------

SMALL = HEAD + "b,J1,Pitch,8\nb,J2,Pitch,9\na,J1,Pitch,8.5\na,J2,Pitch,\nc,J1,Pitch,\n"


def test_the_table_has_rank_entry_total_criteria_and_note(door):
    assert door(SMALL, "--method", "trimmed").stdout == (
        "rank,entry,total,Pitch,note\n"
        '1,a,8.50,8.50,"fewer than 3 marks, nothing trimmed: Pitch"\n'
        '1,b,8.50,8.50,"fewer than 3 marks, nothing trimmed: Pitch"\n'
        ",c,,,no mark: Pitch\n"
    )


def test_the_same_as_json_from_standard_input():
    answer = json.loads(rank("-", "--method", "mean", "--format", "json", stdin=SMALL).stdout)
    assert answer["method"] == "mean"
    assert answer["ranking"][0] == {"rank": 1, "entry": "a", "total": 8.5, "Pitch": 8.5, "note": ""}
    assert answer["ranking"][2] == {"rank": None, "entry": "c", "total": None, "Pitch": None, "note": "no mark: Pitch"}


@pytest.mark.parametrize(
    ("options", "total"), [((), "4.50"), (("--absent", "0.0"), "9.00"), (("--absent", "9"), "0.00")]
)
def test_zero_is_a_mark_unless_it_is_said_to_mean_absence(door, options, total):
    assert records(door(HEAD + "a,J1,Pitch,0\na,J2,Pitch,9.0\n", "--method", "mean", *options))[0]["total"] == total


def test_round_sets_the_places(door):
    content = HEAD + "a,J1,Pitch,1\na,J2,Pitch,1\na,J3,Pitch,0\n"
    for digits, total in (("0", "1"), ("1", "0.7"), ("5", "0.66667")):
        assert records(door(content, "--method", "mean", "--round", digits))[0]["total"] == total


def test_a_weight_of_one_segment_goes_before_the_general_one(door):
    content = (
        'segment,entry,judge,criterion,mark\nHeat,a,J1,Pitch,2\nFinal,a,J1,Pitch,2\nFinal,a,J1,"Sales, export",1\n'
    )
    rows = records(door(content, "--method", "mean", "--weights", 'Pitch=3,Final/Pitch=5,"Sales, export=1"'))
    assert [(row["segment"], row["total"]) for row in rows] == [("Heat", "6.00"), ("Final", "11.00")]
    assert rows[0]["Sales, export"] == ""


def test_a_criterion_called_total_does_not_hide_the_total(door):
    row = records(door(HEAD + "a,J1,total,2\n", "--method", "mean", "--weights", "total=3"))[0]
    assert (row["total"], row["criterion/total"]) == ("6.00", "2.00")


def test_a_corrected_ranking_shows_raw_and_standard_error(door):
    # J3 is severe by three points and met only the good entries.
    content = HEAD + "".join(
        f"{entry},{judge},Pitch,{mark}\n"
        for entry, marks in {
            "good": {"J1": 9, "J3": 6.2},
            "fine": {"J2": 8, "J3": 5},
            "fair": {"J1": 7, "J2": 7.2},
            "poor": {"J1": 6, "J2": 6},
        }.items()
        for judge, mark in marks.items()
    )
    rows = records(door(content, "--method", "mixed"))
    assert list(rows[0]) == ["rank", "entry", "total", "raw", "sd", "corrected", "note"]
    assert [row["entry"] for row in rows] == ["good", "fine", "fair", "poor"]
    assert (rows[0]["raw"], rows[2]["raw"]) == ("7.6000", "7.1000")
    assert float(rows[0]["total"]) > 8 > float(rows[0]["raw"])
    assert all(row["corrected"] == "true" and float(row["sd"]) > 0 for row in rows)
    judges = json.loads(door(content, "--method", "mixed", "--format", "json").stdout)["judges"]
    assert [judge["judge"] for judge in judges] == ["J1", "J2", "J3"]
    assert judges[2]["severity"] > 1.5 > 0 > judges[0]["severity"]
    assert judges[2]["marks"] == 2


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("a,J1,Pitch,5\nb,J1,Pitch,6\n", "single judge"),
        ("a,J1,Pitch,5\na,J2,Pitch,6\nb,J3,Pitch,6\nb,J4,Pitch,5\n", "groups that share no mark"),
        ("a,J1,Pitch,5\na,J2,Pitch,6\nb,J1,Pitch,6\nb,J2,Pitch,7\n", "no residual"),
        ("a,J1,Pitch,5\na,J2,Pitch,6\nb,J2,Pitch,6\n", "no residual"),
    ],
)
def test_what_cannot_be_corrected_stays_raw_and_says_why(door, rows, why):
    for row in records(door(HEAD + rows, "--method", "mixed")):
        assert (row["corrected"], row["total"], row["sd"]) == ("false", row["raw"], "")
        assert why in row["note"]
    answer = json.loads(door(HEAD + rows, "--method", "mixed", "--format", "json").stdout)
    assert answer["corrected"] is False
    assert why in answer["reason"]
    assert all(judge["severity"] is None for judge in answer["judges"])


def test_each_segment_is_corrected_alone(door):
    content = "segment,entry,judge,criterion,mark\n" + "".join(
        f"A,e{i},J{j},Pitch,{(i * 7 + j * 3 + i * j) % 10}\n" for i in range(5) for j in range(3)
    )
    alone = records(door(content, "--method", "mixed"))
    both = records(door(content + "B,x,J1,Pitch,5\nB,y,J1,Pitch,6\n", "--method", "mixed"))
    assert both[: len(alone)] == alone
    assert {row["corrected"] for row in alone} == {"true"}
    assert [(row["segment"], row["entry"], row["corrected"]) for row in both[-2:]] == [
        ("B", "y", "false"),
        ("B", "x", "false"),
    ]
    answer = json.loads(door(content + "B,x,J1,Pitch,5\n", "--method", "mixed", "--format", "json").stdout)
    assert answer["reason"] == "B: not corrected: a single judge"
    assert [judge["segment"] for judge in answer["judges"]] == ["A", "A", "A", "B"]


def test_who_is_left_out_is_named(door):
    content = HEAD + "a,J1,Pitch,5\na,J1,Plan,6\na,J2,Pitch,5\nb,J1,Pitch,5\nb,J1,Plan,\nb,J1,Sale,\na,J1,Sale,1\n"
    rows = records(door(content, "--method", "mixed"))
    assert rows[0]["note"].endswith("left out: J2 (no Plan, Sale)")
    assert rows[1]["note"].endswith("left out: J1 (no Plan, Sale); no judge marked every criterion")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_old_spreadsheet_in_chinese_is_read(door, encoding):
    rows = records(door((HEAD + "扬帆队,评委一,路演,9\r\n").encode(encoding), "--method", "mean"))
    assert (rows[0]["entry"], rows[0]["路演"]) == ("扬帆队", "9.00")


def test_columns_in_any_order_blank_lines_and_spaces_do_no_harm(door):
    rows = records(door(" mark ,criterion,judge,entry\n\n 8 , Pitch,J1,a\n\n", "--method", "mean"))
    assert (rows[0]["entry"], rows[0]["Pitch"]) == ("a", "8.00")


# ---- what is refused -----------------------------------------------------------------------------------------------

REFUSED = [
    ("", "is empty"),
    ("\n \n", "is empty"),
    (HEAD, "holds no mark"),
    (b"\x00" * 1000, "is binary"),
    (b"\xff\xfee\x00", "utf-16"),
    ("entry,judge,mark\na,J1,5\n", "row 1, field 'criterion': the column is missing"),
    ("entry;judge;criterion;mark\n", "row 1, field 'entry;judge;criterion;mark': is not a column"),
    ("entry,judge,criterion,mark,remark\na,J1,Pitch,5,ok\n", "row 1, field 'remark': is not a column"),
    ("entry,judge,criterion,mark,mark\na,J1,Pitch,5,5\n", "row 1, field 'mark': the same column twice"),
    (HEAD + "a,J1,Pitch\n", "row 2: 3 fields where the header has 4"),
    (HEAD + "a,J1,Pitch,5,6\n", "row 2: 5 fields where the header has 4"),
    (HEAD + "a,J1,Pitch,5\n,J1,Pitch,5\n", "row 3, field 'entry': is empty"),
    (HEAD + "a, ,Pitch,5\n", "row 2, field 'judge': is empty"),
    (HEAD + "a,J1,,5\n", "row 2, field 'criterion': is empty"),
    ("segment," + HEAD + ",a,J1,Pitch,5\n", "row 2, field 'segment': is empty"),
    (HEAD + "a,J1,Pitch,NaN\n", "row 2, field 'mark': 'NaN' is not a finite number"),
    (HEAD + "a,J1,Pitch,-inf\n", "row 2, field 'mark': '-inf' is not a finite number"),
    (HEAD + "a,J1,Pitch,Infinity\n", "'Infinity' is not a finite number"),
    (HEAD + 'a,J1,Pitch,"9,5"\n', "'9,5' is not a finite number"),
    (HEAD + "a,J1,Pitch,1_0\n", "'1_0' is not a finite number"),
    (HEAD + "a,J1,Pitch,９\n", "'９' is not a finite number"),
    (HEAD + "a,J1,Pitch,1e999999999\n", "is not a finite number"),
    (HEAD + "a,J1,Pitch,1e999\n", "is too large"),
    (HEAD + "a,J1,Pitch,1e-99\n", "too finely divided"),
    (HEAD + "a,J1,Pitch,5\nb,J1,Pitch,5\na,J1,Pitch,5\n", "row 4, field 'mark': a second mark"),
    (HEAD + "a,J1,Pitch,5\na, J1,Pitch,\n", "row 3, field 'mark': a second mark"),
    (HEAD + 'a,J1,"Pitch,5\n', "is not CSV"),
    (HEAD + "a,J1," + "x" * 200_000 + ",5\n", "is not CSV"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_is_not_a_file_of_marks_is_refused_in_one_line(door, content, reason):
    message = refused(door(content, "--method", "mean"))
    assert reason in message
    assert "marks.csv" in message


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--method", "median"], "'median' is none of mean, trimmed, mixed"),
        ([], "--method"),
        (["--method", "mean", "--weights", "Plan=1"], "'Pitch' has no weight"),
        (["--method", "mean", "--weights", ""], "'Pitch' has no weight"),
        (["--method", "mean", "--weights", "Pitch=1,Plan=1"], "'Plan' is no criterion of the file"),
        (["--method", "mean", "--weights", "Pitch=1,Final/Pitch=1"], "'Final/Pitch' is no criterion of the file"),
        (["--method", "mean", "--weights", "Pitch"], "'Pitch' is not criterion=weight"),
        (["--method", "mean", "--weights", "=1"], "'=1' is not criterion=weight"),
        (["--method", "mean", "--weights", "Pitch=nan"], "'nan' is not a finite number"),
        (["--method", "mean", "--weights", "Pitch=-1"], "the weight of 'Pitch' is negative"),
        (["--method", "mean", "--weights", "Pitch=1,Pitch=1"], "'Pitch' is weighed twice"),
        (["--method", "mean", "--absent", "none"], "'none' is not a finite number"),
        (["--method", "mean", "--round", "-1"], "--round"),
        (["--method", "mean", "--format", "xml"], "--format"),
        (["--method", "mean", "--nonsense"], "--nonsense"),
        (["--method", "mean", "--encoding", "latin-99"], "unknown encoding"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(door, options, reason):
    assert reason in refused(door(HEAD + "a,J1,Pitch,5\n", *options))


def test_a_weight_that_may_mean_two_things_is_refused(door):
    content = "segment,entry,judge,criterion,mark\nA/B,a,J1,C,5\nA,a,J1,B/C,5\n"
    assert "may mean" in refused(door(content, "--method", "mean", "--weights", "A/B/C=1"))
    assert door(content, "--method", "mean", "--weights", "C=1,B/C=2").exit_code == 0


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path):
    assert "none.csv" in refused(rank(tmp_path / "none.csv", "--method", "mean"))
    with (tmp_path / "zeros.csv").open("wb") as file:
        file.truncate(3_000_000)
    assert "larger than 2 MB" in refused(rank(tmp_path / "zeros.csv", "--method", "mean", "--max-mb", "2"))


def test_help_shows_an_example():
    result = rank("--help")
    assert result.exit_code == 0
    assert "flask competitions rank marks.csv --method trimmed" in result.stdout


def test_json_holds_every_digit_of_a_total(door):
    marks = HEAD + "A,J1,x,999999999.10\nB,J1,x,0.30\n"
    text = door(marks, "--method", "mean", "--round", "2", "--format", "json").stdout
    first, second = json.loads(text, parse_float=Decimal)["ranking"]
    assert (first["total"], second["total"]) == (Decimal("999999999.10"), Decimal("0.30"))
    assert '"total": 999999999.10' in text
