"""The law of internships: what is stated, what is found, and what holds for whatever is stated."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internships.law import pack_for
from internships.rules.law.facts import FACTS, parse
from internships.rules.law.judging import judge
from internships.rules.law.readers import Malformed
from internships.rules.law.verdicts import Outcome
from internships.rules.law.words import Effect, Moment

PACK = pack_for(date(2026, 3, 2), "CN-JS")
WORDS = [
    "on",
    "hours",
    "night_hours",
    "starts_on",
    "ends_on",
    "paid_by",
    "report",
    "school",
    "student",
    "deposit",
    "night",
]
SUMS = st.decimals(0, 20_000, places=2)
COUNTS = st.integers(0, 300)
CLEAN = {"fees": {}, "withholds": [], "guarantee": False}
LAWFUL = {
    **CLEAN,
    "kind": "assignment",
    "arranged_by": "school",
    "year": 3,
    "born": "2009-03",
    "starts_on": "2026-03-02",
    "ends_on": "2026-08-31",
    "barred_juvenile_work": False,
    "barred_womens_work": False,
    "agreement": {"school": "2026-02-20", "enterprise": "2026-02-20", "student": "2026-02-20"},
    "official_template": True,
    "consents": {"student": "2026-02-20", "guardian": "2026-02-20"},
    "insurance": {"starts_on": "2026-03-02", "ends_on": "2026-08-31", "paid_by": ["school"]},
    "site_visit": {
        "on": "2026-02-01",
        "report": True,
        "aspects": ["qualification", "honesty", "management", "post", "hours", "environment", "living", "safety"],
    },
}


def findings(stated, attested=()):
    return judge(PACK, *parse(stated), attested=attested)


def keys(stated):
    return {one.key for one in findings(stated).findings}


# ---- what a judgement says -----------------------------------------------------------------------------------------


def test_a_lawful_assignment_has_no_finding():
    assert findings(LAWFUL).findings == ()


@pytest.mark.parametrize("gap", sorted(set(LAWFUL) - {"kind"}))
def test_nothing_that_could_be_refused_passes_because_it_was_left_out(gap):
    found = findings({name: value for name, value in LAWFUL.items() if name != gap})
    assert found.findings
    assert {one.effect for one in found.findings} == {Effect.ATTEST}
    assert {one.outcome for one in found.findings} == {Outcome.UNKNOWN}


def test_a_posting_of_which_nothing_is_known_is_asked_for_every_rule_that_refuses_or_attests():
    found = findings({"kind": "posting"})
    asked = {rule.key for rule in PACK.rules if rule.moment == "posting" and rule.effect is not Effect.WARN}
    assert {one.key for one in found.findings} == asked
    assert found.refused == ()
    assert found.kept == ()


def test_the_word_of_a_person_settles_what_is_missing_and_nothing_that_is_stated():
    stated = {**LAWFUL, "insurance": None}
    word = {"IR15/insurance", "IR15/premium"}
    assert findings(stated).blocking
    assert findings(stated, word).findings == ()
    assert set(findings(stated, word).attested) == word
    too_short = {**LAWFUL, "insurance": {**LAWFUL["insurance"], "ends_on": "2026-08-30"}}
    found = findings(too_short, word)
    assert [one.key for one in found.blocking] == ["IR15/insurance"]
    assert found.to_attest == ()


def test_what_is_only_recalled_asks_but_stands_in_nobodys_way():
    found = findings({**LAWFUL, "site_visit": None})
    assert [one.key for one in found.to_attest] == ["IR13/site"]
    assert found.blocking == ()


def test_an_intermediary_stands_in_the_way_whatever_anybody_attests():
    found = findings({**LAWFUL, "arranged_by": "intermediary"}, {"IR04/arranger"})
    assert [one.key for one in found.blocking] == ["IR04/arranger"]


def test_a_visit_needs_neither_agreement_nor_consent_but_takes_no_fee_either():
    visit = {"kind": "assignment", "internship": "visit", "arranged_by": "school", "year": 1, "fees": {"deposit": 1}}
    found = findings({**visit, "withholds": [], "guarantee": False})
    assert [one.key for one in found.findings] == ["IR07/fees"]


def test_a_finding_names_the_place_and_the_figures_in_both_languages():
    (finding,) = findings({**LAWFUL, "year": 1}).findings
    assert (finding.rule, finding.part, finding.field, finding.effect) == ("IR01", "year", "year", "refuse")
    assert finding.article.zh == "《职业学校学生实习管理规定》第十六条第（一）项"
    assert finding.text.zh == "不得安排、接收一年级在校学生进行岗位实习。实习首日学生在读1年级，至少应为2年级。"
    assert finding.text.en.endswith("On the first day the student is in year 1; it must be 2 or more.")


# ---- what holds for whatever is stated -----------------------------------------------------------------------------


def pay_keys(**stated):
    return {key for key in keys({"kind": "posting", "pay_per": "hour", **stated}) if key[:4] in ("IR06", "JS06")}


@given(pay=SUMS, more=SUMS, wage=SUMS, lowest=st.none() | SUMS, minimum=SUMS)
def test_more_pay_never_adds_a_finding(pay, more, wage, lowest, minimum):
    stated = {"wage_same_post": wage, "lowest_grade": lowest, "hourly_minimum": minimum}
    assert pay_keys(pay=pay + more, **stated) <= pay_keys(pay=pay, **stated)


@given(pay=SUMS, wage=SUMS, lowest=SUMS)
def test_the_second_floor_only_ever_helps(pay, wage, lowest):
    assert pay_keys(pay=pay, wage_same_post=wage, lowest_grade=lowest) <= pay_keys(pay=pay, wage_same_post=wage)


@given(wage=SUMS)
def test_eighty_per_cent_to_the_last_digit_is_enough_and_a_hundredth_less_is_not(wage):
    floor = wage * Decimal("0.8")
    assert pay_keys(pay=floor, wage_same_post=wage) == set()
    if floor >= Decimal("0.001"):
        assert pay_keys(pay=floor - Decimal("0.001"), wage_same_post=wage) == {"IR06/floor"}


@given(seats=COUNTS, others=COUNTS, staff=COUNTS, more=COUNTS)
def test_fewer_interns_and_more_employees_never_add_a_finding(seats, others, staff, more):
    def ratios(**stated):
        found = keys({"kind": "posting", "other_interns_in_post": stated["other_interns"], **stated})
        return found & {"IR12/unit", "IR12/post"}

    many = ratios(seats=seats + more, other_interns=others, staff=staff, post_staff=staff)
    assert ratios(seats=seats, other_interns=others, staff=staff, post_staff=staff) <= many
    assert ratios(seats=seats + more, other_interns=others, staff=staff + more, post_staff=staff + more) <= many
    assert ("IR12/unit" in many) == (10 * (seats + more + others) > staff)
    assert ("IR12/post" in many) == (5 * (seats + more + others) > staff)


@given(born=st.dates(date(1995, 1, 1), date(2015, 12, 31)), starts=st.dates(date(2022, 1, 1), date(2030, 12, 31)))
def test_whoever_is_old_enough_by_the_month_is_so_by_the_day_and_stays_so(born, starts):
    def is_refused(stated, on):
        return "IR02/age" in keys({**LAWFUL, "born": stated, "starts_on": on, "ends_on": None})

    if is_refused(born, starts):
        assert is_refused(f"{born:%Y-%m}", starts)
        assert is_refused(born, starts - timedelta(days=1))
    birthdays = starts.year - born.year - ((starts.month, starts.day) < (born.month, born.day))
    assert is_refused(born, starts) == (birthdays < 16)


@given(hours=st.lists(st.decimals(0, 24, places=1), max_size=5), less=st.integers(0, 4))
def test_a_shorter_week_never_adds_a_finding(hours, less):
    def logged(list_of_hours):
        days = [
            {"on": date(2026, 3, 2) + timedelta(days=n), "hours": one, "night_hours": 0}
            for n, one in enumerate(list_of_hours)
        ]
        return keys({"kind": "log", "days": days, "holidays": []})

    shorter = [max(Decimal(0), one - less) for one in hours]
    assert logged(shorter) <= logged(hours)
    assert ("IR11/week-hours" in logged(hours)) == (sum(hours) > 40)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "year": st.integers(1, 5),
            "born": st.dates(date(2000, 1, 1), date(2015, 1, 1)),
            "starts_on": st.dates(date(2024, 1, 1), date(2030, 1, 1)),
            "sex": st.sampled_from(["female", "male"]),
            "barred_womens_work": st.booleans(),
            "barred_juvenile_work": st.booleans(),
            "arranged_by": st.sampled_from(["school", "student", "intermediary"]),
            "agreement": st.dictionaries(
                st.sampled_from(["school", "enterprise", "student"]), st.dates(date(2024, 1, 1), date(2030, 1, 1))
            ),
            "fees": st.dictionaries(st.sampled_from(["deposit", "other"]), SUMS),
        },
    )
)
def test_every_rule_is_answered_once_and_only_what_is_stated_is_refused(stated):
    found = findings({"kind": "assignment", **stated})
    said = [*(one.key for one in (*found.findings, *found.unknown)), *found.kept]
    assert sorted(said) == sorted(rule.key for rule in PACK.rules if rule.moment == "assignment")
    for one in found.refused:
        assert one.field.split(".")[0] in stated


# ---- what is no statement of facts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "place", "reason"),
    [
        ([], "top level", "not an object"),
        ({}, "kind", "is missing"),
        ({"kind": "holiday"}, "kind", "none of"),
        ({"kind": ["log"]}, "kind", "none of"),
        ({"kind": "posting", "salary": 1}, "salary", "not a known field"),
        ({"kind": "posting", "year": 1}, "year", "not a known field"),
        ({"kind": "posting", "pay": -1}, "pay", "not between"),
        ({"kind": "posting", "pay": True}, "pay", "not a number"),
        ({"kind": "posting", "pay": "NaN"}, "pay", "not a number"),
        ({"kind": "posting", "pay": "a lot"}, "pay", "not a number"),
        ({"kind": "posting", "pay": "1e-30"}, "pay", "at most 9 decimals"),
        ({"kind": "posting", "pay": 10**5000}, "pay", "a very long number"),
        ({"kind": "posting", "seats": 1.5}, "seats", "not a whole number"),
        ({"kind": "posting", "guarantee": "no"}, "guarantee", "neither true nor false"),
        ({"kind": "posting", "physical_level": 5}, "physical_level", "1 to 4"),
        ({"kind": "posting", "paid_every_days": 0}, "paid_every_days", "1 or more"),
        ({"kind": "posting", "venue": "library"}, "venue", "none of ordinary, bar"),
        ({"kind": "posting", "venue": ["bar"]}, "venue", "none of"),
        ({"kind": "posting", "hours_a_day": 25}, "hours_a_day", "24 hours"),
        ({"kind": "posting", "hours_a_week": 169}, "hours_a_week", "168 hours"),
        ({"kind": "posting", "fees": []}, "fees", "not an object"),
        ({"kind": "posting", "fees": {"tip": 1}}, "fees.tip", "none of"),
        ({"kind": "posting", "paid_in": ["money", "money"]}, "paid_in", "twice"),
        ({"kind": "posting", "paid_in": "money"}, "paid_in", "not a list"),
        ({"kind": "posting", "starts_on": "20260302"}, "starts_on", "not a day (YYYY-MM-DD)"),
        ({"kind": "posting", "starts_on": "2026-02-30"}, "starts_on", "not a day of the calendar"),
        ({"kind": "posting", "starts_on": "0001-01-01"}, "starts_on", "between 1900 and 2200"),
        ({"kind": "posting", "starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "ends_on", "is before"),
        ({"kind": "posting", "province": "Jiangsu"}, "province", "not a province"),
        ({"kind": "assignment", "born": "2010-13"}, "born", "not a day of the calendar"),
        ({"kind": "assignment", "major_class": "\ud800"}, "major_class", "printable"),
        ({"kind": "assignment", "insurance": {"sum": 1}}, "insurance.sum", "not a known field"),
        ({"kind": "assignment", "site_visit": {"aspects": ["food"]}}, "site_visit.aspects[0]", "none of"),
        ({"kind": "log", "days": [{"on": "2026-03-02"}]}, "days[0].hours", "is missing"),
        ({"kind": "log", "days": [{"on": "2026-03-02", "hours": 1, "night_hours": 2}]}, "days[0].night_hours", "more"),
        ({"kind": "log", "days": [{"on": "2026-03-02", "hours": 1}] * 2}, "days[1].on", "twice"),
        (
            {"kind": "log", "days": [{"on": "2026-03-09", "hours": 1}, {"on": "2026-03-02", "hours": 1}]},
            "days[0].on",
            "not within a week",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_reason(stated, place, reason):
    with pytest.raises(Malformed) as refused:
        parse(stated)
    assert refused.value.field == place
    assert reason in refused.value.reason


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WORDS, "x"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.data(), st.sampled_from(Moment))
def test_whatever_is_written_is_either_judged_or_refused_with_its_place(data, moment):
    names = data.draw(st.lists(st.sampled_from(list(FACTS[moment].__dataclass_fields__)), max_size=4, unique=True))
    stated = {name: data.draw(ANYTHING) for name in names}
    place, found = judged_or_refused({"kind": moment, **stated})
    assert place is None or place in stated
    for one in found:
        assert one.text.zh.encode()
        assert one.text.en.encode()


def judged_or_refused(stated):
    """The fact at which the reading stopped, and what was found if it did not."""
    try:
        read = parse(stated)
    except Malformed as refusal:
        return refusal.field.split(".")[0].split("[")[0], ()
    return None, judge(PACK, *read).findings


def test_a_fact_that_is_null_is_not_stated():
    assert parse({"kind": "posting", "venue": None}) == parse({"kind": "posting"})
