"""Each rule of each pack on both sides of its border; the tables stand beside this file, with the sources."""

import tomllib
from pathlib import Path

import pytest

from internships.law import packs
from internships.rules.law.facts import parse
from internships.rules.law.judging import judge
from internships.rules.law.packs import Mark
from internships.rules.law.verdicts import CHECKS
from internships.rules.law.words import Effect, Moment

HERE = Path(__file__).parent
PACKS = {pack.id: pack for pack in packs()}
RULES = {(pack.id, rule.key, rule.moment): rule for pack in packs() for rule in pack.rules}


def tables():
    """Pack, key, moment and table of every table of cases."""
    for file in sorted(HERE.glob("*.toml")):
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["rules"]:
            for moment in one.get("moments") or [one["moment"]]:
                yield file.stem, one["key"], Moment(moment), one


TABLES = list(tables())
CASES = [
    pytest.param(pack, key, moment, {**one.get("given", {}), **case["facts"]}, case, id=f"{pack}-{key}-{moment}-{n}")
    for pack, key, moment, one in TABLES
    for n, case in enumerate(one["cases"])
]


@pytest.mark.parametrize(("pack", "key", "moment", "stated", "case"), CASES)
def test_a_case_falls_on_its_side_of_the_border(pack, key, moment, stated, case):
    facts = {name: value for name, value in stated.items() if value != "none"}
    found = judge(PACKS[pack], *parse({"kind": moment, **facts}))
    said = {one.key: one for one in (*found.findings, *found.unknown)}
    if case["outcome"] == "kept":
        assert key in found.kept
        assert key not in said
        return
    finding = said[key]
    assert (finding.outcome, finding.effect, finding.moment) == (case["outcome"], case["effect"], moment)
    assert finding.field == case.get("field", finding.field)
    for figure in case.get("figures", ()):
        assert figure in finding.text.en
    assert finding.text.zh.startswith(RULES[pack, key, moment].text.zh)
    assert "{" not in finding.text.zh + finding.text.en
    assert not (case["outcome"] == "unknown" and finding.effect is Effect.REFUSE)


@pytest.mark.parametrize(("pack", "key", "moment", "one"), TABLES, ids=str)
def test_the_table_of_a_rule_names_its_article_and_source(pack, key, moment, one):
    rule = RULES[pack, key, moment]
    assert rule.article.en == one["article"]
    assert one["source"] in rule.source


def test_every_rule_of_every_pack_has_cases_on_both_sides_and_one_where_a_fact_is_missing():
    shown = {(pack, key, moment): {case["outcome"] for case in one["cases"]} for pack, key, moment, one in TABLES}
    assert set(shown) == set(RULES)
    assert {rule: outcomes for rule, outcomes in shown.items() if outcomes != {"kept", "broken", "unknown"}} == {}


def test_every_check_is_used_by_some_rule():
    assert {rule.check for rule in RULES.values()} == set(CHECKS)


def test_what_is_only_recalled_never_refuses_and_what_refuses_names_an_article():
    for rule in RULES.values():
        if rule.effect is Effect.REFUSE:
            assert rule.mark is not Mark.RECALLED
            assert "条" in rule.article.zh


def test_the_effects_are_those_that_were_agreed():
    effects = {}
    for (pack, _, _), rule in RULES.items():
        if pack == "cn-vocational-2021":
            effects.setdefault(rule.effect, set()).add(rule.id)
    assert effects == {
        Effect.REFUSE: {"IR01", "IR02", "IR03", "IR07", "IR08", "IR09"},
        Effect.ATTEST: {"IR04", "IR05", "IR13", "IR15"},
        Effect.WARN: {"IR06", "IR10", "IR11", "IR12", "IR14"},
    }


def test_the_document_speaks_of_every_rule_and_part_and_of_every_pack():
    document = (HERE.parents[2] / "docs" / "internship-law.md").read_text(encoding="utf-8")
    assert "not legal advice" in document
    lines = [line for line in document.splitlines() if line.startswith("| ") and "|" in line[2:]]
    for pack in PACKS:
        assert f"`{pack}`" in document
    parts: dict[tuple[str, str], set[str]] = {}
    for (pack, _, _), rule in RULES.items():
        parts.setdefault((pack, rule.id), set()).add(rule.part)
    for (pack, rule_id), names in parts.items():
        rows = [line for line in lines if line[2:].startswith(rule_id)]
        rows = [line for line in rows if (f"`{pack}`" in line) == (pack != "cn-vocational-2021")]
        assert rows, (pack, rule_id)
        if len(names) > 1:
            told = {word for line in rows for word in line.split("|")[1].replace(",", " ").split()}
            assert names <= told, (pack, rule_id)
    for (_, _, moment), rule in RULES.items():
        rows = [line for line in lines if line[2:].startswith(rule.id) and moment in line and rule.effect in line]
        assert rows, rule.key
