"""The door `internships law`, as somebody at a terminal meets it."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from internships.cli import internships

BAR = {
    "kind": "posting",
    "venue": "bar",
    "pay": 79.99,
    "wage_same_post": 100,
    "arranged_by": "school",
    "physical_level": 1,
    "harmful": False,
    "fees": {},
    "withholds": [],
    "guarantee": False,
}
LOG = {"kind": "log", "days": [{"on": "2026-03-07", "hours": 9, "night_hours": 0}], "school_type": "higher"}


@pytest.fixture
def door(tmp_path):
    def call(content, *options):
        file = tmp_path / "facts.json"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return CliRunner().invoke(internships, ["law", str(file), *options])

    return call


def told(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(result):
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_finding_is_the_rule_the_article_the_moment_the_effect_and_the_text(door):
    refusal, warning = told(door(BAR, "--on", "2026-03-02"))
    assert refusal == {
        "rule": "IR03",
        "article": "教职成〔2021〕4号, Article 16(5)",
        "moment": "posting",
        "effect": "refuse",
        "text": "No internship in bars, night clubs, karaoke halls, bath centres, game rooms, internet cafés or other "
        "commercial places of entertainment. The place: a bar.",
    }
    assert list(warning) == ["rule", "article", "moment", "effect", "text"]
    assert (warning["rule"], warning["effect"]) == ("IR06", "warn")
    assert "79.99 %" in warning["text"]


def test_it_says_when_the_school_type_was_assumed(door):
    assert "vocational school" in door(BAR).stderr
    assert door({**BAR, "school_type": "higher"}).stderr == ""


def test_the_texts_can_be_chinese_and_the_answer_a_table(door):
    result = door(BAR, "--format", "csv", "--language", "zh")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["rule"] for row in rows] == ["IR03", "IR06"]
    assert rows[0]["article"] == "《职业学校学生实习管理规定》第十六条第（五）项"
    assert rows[0]["text"].endswith("实习场所：酒吧。")


def test_a_lawful_posting_has_no_finding(door):
    lawful = {**BAR, "venue": "ordinary", "pay": 80}
    assert told(door(lawful)) == []
    assert door(lawful, "--format", "csv").stdout == "rule,article,moment,effect,text\n"


def test_explained_it_tells_what_was_kept_what_is_unknown_and_where_each_rule_comes_from(door):
    found = told(door(BAR, "--explain", "--on", "2026-03-02"))
    assert found["pack"] == "cn-vocational-2021"
    assert "IR07/fees" in found["kept"]
    assert {one["key"] for one in found["unknown"]} >= {"IR12/unit", "IR11/hazards"}
    refusal = found["findings"][0]
    assert refusal["field"] == "venue"
    assert refusal["blocks"] is True
    assert refusal["outcome"] == "broken"
    assert "law_contents/348" in refusal["source"]
    assert set(refusal["text"]) == {"zh", "en"}
    assert "--format json" in refused(door(BAR, "--explain", "--format", "csv"))


def test_a_week_is_judged_by_the_law_of_its_own_days(door):
    assert [one["rule"] for one in told(door(LOG))] == ["IR11", "IR11"]
    old = {**LOG, "days": [{"on": "2019-03-02", "hours": 9}]}
    assert told(door(old)) == []
    assert [one["rule"] for one in told(door(old, "--on", "2026-03-02"))] == ["IR11", "IR11"]


def test_the_province_of_the_school_adds_its_rules(door):
    paid = {**BAR, "venue": "ordinary", "pay": 100, "pay_per": "hour", "hourly_minimum": 101}
    assert told(door(paid)) == []
    for code in ("CN-JS", "320000"):
        assert [one["rule"] for one in told(door({**paid, "province": code}))] == ["JS06"]


def test_one_pack_can_be_asked_alone(door):
    seats = {"kind": "posting", "seats": 11, "other_interns": 0, "staff": 100}
    (finding,) = told(door(seats, "--pack", "cn-vocational-2016"))
    assert finding["article"] == "Provisions of 2016 on vocational internships, Article 9"
    assert "is none of cn-js-2022" in refused(door(seats, "--pack", "cn"))
    assert "is not in force on 2026-01-01" in refused(door(seats, "--pack", "cn-vocational-2016", "--on", "2026-01-01"))
    other = {**seats, "school_type": "undergraduate"}
    assert "says nothing of" in refused(door(other, "--pack", "cn-vocational-2016"))


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ({**BAR, "venue": "library"}, (), "field 'venue'"),
        ({**BAR, "salary": 1}, (), "field 'salary': is not a known field"),
        ({"venue": "bar"}, (), "field 'kind': is missing"),
        ({**LOG, "days": [{"on": "2026-03-07", "hours": 25}]}, (), "field 'days[0].hours'"),
        ({**BAR, "province": "CN-XX"}, (), "field 'province': there is no province CN-XX"),
        ("[", (), "is not JSON"),
        ("[]", (), "field 'top level'"),
        ('{"kind": "log", "kind": "log"}', (), "the same key twice"),
        (b"\x00\x01", (), "binary"),
        (b"", (), "is empty"),
        (BAR, ("--on", "2026-02-30"), "--on"),
        (BAR, ("--on", "2010-01-01"), "no law pack is in force"),
        (BAR, ("--language", "fr"), "--language"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line_that_names_the_place(door, content, options, reason):
    assert reason in refused(door(content, *options))


def test_chinese_words_in_the_encoding_of_an_old_spreadsheet_are_read(door):
    stated = {"kind": "assignment", "major_class": "电子与信息大类", "post_major_classes": ["财经商贸大类"]}
    for encoding in ("utf-8-sig", "gb18030"):
        found = told(door(json.dumps(stated, ensure_ascii=False).encode(encoding), "--language", "zh"))
        (finding,) = (one for one in found if one["rule"] == "IR10")
        assert finding["text"].endswith("学生专业大类：电子与信息大类；岗位所属大类：财经商贸大类。")


def test_the_help_names_every_field_and_says_that_it_is_no_legal_advice():
    from internships.rules.law.facts import FACTS

    text = CliRunner().invoke(internships, ["law", "--help"]).stdout
    assert "no legal advice" in text
    for facts in FACTS.values():
        for name in facts.__dataclass_fields__:
            assert f"{name}:" in text
