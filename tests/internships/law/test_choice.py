"""Which law applies: by day, province and school type; and which files are no packs at all."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest

from internships import law
from internships.law import FOLDER, PackBroken, judged, pack_for, packs, read
from internships.rules.law.facts import parse
from internships.rules.law.judging import judge
from internships.rules.law.packs import NoPack, choose
from internships.rules.law.readers import Malformed
from internships.rules.law.reading import parse_pack
from internships.rules.law.words import Effect, SchoolType

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("on", "province", "school_type", "chosen"),
    [
        (date(2016, 4, 11), None, None, "cn-vocational-2016"),
        (date(2021, 12, 30), "CN-JS", SchoolType.HIGHER, "cn-vocational-2016"),
        (date(2021, 12, 31), "CN-JS", SchoolType.HIGHER, "cn-vocational-2021"),
        (date(2022, 12, 25), "CN-JS", SchoolType.SECONDARY, "cn-vocational-2021"),
        (date(2022, 12, 26), "CN-JS", SchoolType.SECONDARY, "cn-vocational-2021+cn-js-2022"),
        (date(2022, 12, 26), "320000", SchoolType.VOCATIONAL_BACHELOR, "cn-vocational-2021+cn-js-2022"),
        (TODAY, "CN-ZJ", SchoolType.SECONDARY, "cn-vocational-2021"),
        (TODAY, None, None, "cn-vocational-2021"),
        (TODAY, "CN-JS", SchoolType.UNDERGRADUATE, "cn-minors-2021+cn-vocational-2021"),
        (date(2021, 6, 1), None, SchoolType.UNDERGRADUATE, "cn-minors-2021"),
    ],
)
def test_the_law_of_the_day_the_province_and_the_school_is_chosen(on, province, school_type, chosen):
    assert pack_for(on, province, school_type).id == chosen


@pytest.mark.parametrize(
    ("on", "school_type"),
    [
        (date(2016, 4, 10), None),
        (date(2020, 1, 1), SchoolType.VOCATIONAL_BACHELOR),
        (date(2021, 5, 31), SchoolType.UNDERGRADUATE),
    ],
)
def test_where_no_text_is_in_force_nothing_is_found_lawful(on, school_type):
    with pytest.raises(NoPack):
        pack_for(on, None, school_type)


def test_a_finding_can_be_made_again_as_of_its_day():
    facts = {"kind": "posting", "seats": 11, "other_interns": 0, "staff": 100}
    found = {
        on.year: [one.article.en for one in judged(*parse(facts), on).warnings] for on in (date(2019, 3, 1), TODAY)
    }
    assert found[2019] == ["Provisions of 2016 on vocational internships, Article 9"]
    assert found[2026] == ["教职成〔2021〕4号, on the number of interns (article 9 of the text of 2016)"]


def test_for_an_ordinary_university_the_provisions_warn_by_reference_and_the_law_on_minors_refuses():
    pack = pack_for(TODAY, None, SchoolType.UNDERGRADUATE)
    stated = {"kind": "assignment", "starts_on": "2026-07-01", "fees": {"deposit": 100}, "born": "2011-01"}
    found = judge(pack, *parse(stated))
    assert {(one.rule, one.effect) for one in found.findings if one.outcome == "broken"} == {
        ("IR07", Effect.WARN),
        ("ML61", Effect.REFUSE),
    }
    fees = next(one for one in found.findings if one.rule == "IR07")
    assert fees.article.en.endswith("(by reference)")
    assert fees.article.zh.endswith("（参照）")
    assert not {rule.id for rule in pack.rules} & {"IR01", "IR02", "IR09", "IR12"}


def test_a_rule_of_its_own_days_comes_and_goes_within_its_pack():
    pack = parse_pack(sound(applies_from=date(2024, 1, 1), until=date(2024, 12, 31)))
    assert [len(pack.on(day).rules) for day in (date(2023, 12, 31), date(2024, 1, 1), date(2025, 1, 1))] == [0, 1, 0]
    with pytest.raises(NoPack):
        choose([pack], date(2023, 12, 31), None, None)


# ---- what is no pack -----------------------------------------------------------------------------------------------


def sound(**changes):
    """A small sound pack as a table, with changes in its one rule."""
    rule = {
        "id": "X1",
        "part": "fees",
        "moments": ["posting"],
        "effect": "refuse",
        "mark": "sourced",
        "source": "somewhere",
        "article_zh": "第一条",
        "article_en": "Article 1",
        "text_zh": "不得收费。",
        "text_en": "No fees.",
        "broken_zh": "收取：{stated}。",
        "broken_en": "Taken: {stated}.",
        "check": "nothing",
        "parameters": {"field": "fees"},
    }
    return {
        "id": "x",
        "title_zh": "甲",
        "title_en": "X",
        "applies_from": date(2020, 1, 1),
        "school_types": ["higher"],
        "rules": [{name: value for name, value in {**rule, **changes}.items() if value is not None}],
    }


def test_the_small_pack_is_sound():
    assert parse_pack(sound()).rules[0].key == "X1/fees"


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"mark": "recalled"}, "rules[0].effect", "may warn, never refuse"),
        ({"article_zh": "收费条款"}, "rules[0].article_zh", "names the number"),
        ({"colour": "red"}, "rules[0].colour", "not a known key"),
        ({"source": None}, "rules[0].source", "is missing"),
        ({"source": " "}, "rules[0].source", "not a text"),
        ({"check": "no_such"}, "rules[0].check", "not a known check"),
        ({"check": "hours_each_day", "parameters": {"most": 8}}, "rules[0].broken_zh", "not a figure"),
        ({"check": "womens_work", "parameters": {}}, "rules[0].broken_zh", "not a figure"),
        ({"parameters": {"field": "colour"}}, "rules[0].check", "not a fact"),
        ({"parameters": {"field": "pay"}}, "rules[0].check", "cannot read"),
        ({"parameters": {}}, "rules[0].parameters.field", "is missing"),
        ({"parameters": {"field": "fees", "most": 3}}, "rules[0].parameters.most", "not a known key"),
        ({"moments": ["log"]}, "rules[0].check", "not a fact of LogFacts"),
        ({"moments": ["holiday"]}, "rules[0].moments", "none of"),
        ({"moments": []}, "rules[0].moments", "no moment"),
        ({"moments": ["posting", "posting"]}, "rules", "stands twice"),
        ({"effect": "scold"}, "rules[0].effect", "none of"),
        ({"mark": "rumour"}, "rules[0].mark", "none of"),
        ({"broken_en": "Taken: {sum}."}, "rules[0].broken_en", "not a figure"),
        ({"broken_en": "Taken: {stated"}, "rules[0].broken_en", "not a sentence"),
        ({"school_types": ["kindergarten"]}, "rules[0].school_types[0]", "none of"),
        ({"reference_for": ["higher"]}, "rules[0].reference_for", "binding"),
        ({"covers": []}, "rules[0].covers", "is empty"),
        ({"applies_from": date(2019, 12, 31)}, "rules[0].applies_from", "beyond the pack"),
        ({"until": date(2019, 1, 1)}, "rules[0].until", "is before"),
        ({"until": "soon"}, "rules[0].until", "not a day"),
        ({"check": "barred", "parameters": {"field": "venue", "codes": ["library"]}}, "rules[0].check", "none of"),
        ({"check": "barred", "parameters": {"field": "venue", "codes": []}}, "rules[0].check", "no codes"),
        ({"check": "flag", "parameters": {"field": "venue", "lawful": True}}, "rules[0].broken_zh", "not a figure"),
    ],
)
def test_a_pack_that_is_not_sound_is_refused_with_its_place(changes, place, reason):
    with pytest.raises(Malformed) as refused:
        parse_pack(sound(**changes))
    assert refused.value.field == place
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"province": "CN-JS"}, "province"),
        ({"province": "Jiangsu", "province_gb": "320000"}, "province"),
        ({"province": "CN-JS", "province_gb": "320100"}, "province_gb"),
        ({"rules": []}, "rules"),
        ({"school_types": []}, "school_types"),
        ({"until": date(2019, 1, 1)}, "until"),
        ({"shade": 1}, "shade"),
    ],
)
def test_a_head_that_is_not_sound_is_refused_with_its_place(changes, place):
    with pytest.raises(Malformed) as refused:
        parse_pack({**sound(), **changes})
    assert refused.value.field == place


def test_a_recalled_rule_that_would_refuse_stops_the_packs_from_being_read(tmp_path, monkeypatch):
    text = (FOLDER / "cn-vocational-2021.toml").read_text(encoding="utf-8")
    file = tmp_path / "cn-vocational-2021.toml"
    file.write_text(text.replace('mark = "sourced"', 'mark = "recalled"', 1), encoding="utf-8")
    with pytest.raises(PackBroken, match=r"cn-vocational-2021.toml: rules\[0\].effect"):
        read(file)
    file.write_text("id = ", encoding="utf-8")
    monkeypatch.setattr(law, "FOLDER", tmp_path)
    packs.cache_clear()
    try:
        with pytest.raises(PackBroken):
            packs()
    finally:
        monkeypatch.undo()
        packs.cache_clear()


def test_a_pack_is_named_as_its_file(tmp_path):
    file = tmp_path / "other.toml"
    file.write_text((FOLDER / "cn-js-2022.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PackBroken, match="not the name of the file"):
        read(file)


def test_the_packs_are_the_files_and_their_texts_are_in_both_languages():
    assert [pack.id for pack in packs()] == sorted(file.stem for file in FOLDER.glob("*.toml"))
    for file in FOLDER.glob("*.toml"):
        for rule in tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["rules"]:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in rule["text_zh"])
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in rule["text_en"] + rule["article_en"])
