"""Hints between answers that read alike."""

from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.similarity import ALIKE_FROM, MOST_TOLD, alike

ESSAY = "海外仓出口先按9810申报，货物入仓后再按实际销售核销，企业须在海关备案海外仓。"
OTHER = "The retailer files one list a month and pays the tax by bank, since the parcels are many and cheap."


def test_the_same_words_are_told_first_and_others_not_at_all():
    found = alike(ESSAY, {11: ESSAY.replace("企业", "公司"), 12: OTHER, 13: ESSAY})
    assert [one.number for one in found] == [13, 11]
    assert found[0].share == 1
    assert ALIKE_FROM <= found[1].share < 1


def test_width_case_and_spaces_do_not_hide_it():
    assert alike(OTHER, {1: OTHER.upper().replace(" ", "  ")})[0].share == 1
    assert alike(ESSAY, {1: ESSAY.replace("9810", "９８１０")})[0].share == 1


def test_a_template_that_both_began_from_is_no_hint():
    template = "1. What is declared, and where? Give the mode and the reason.\n2. What does it cost? Give the sum."
    first = template + "\nThe parcels leave by air from Wenzhou."
    second = template + "\n海外仓的货物按批次核销，税款由银行代缴，时间为一个月。"
    assert alike(first, {1: second}, template) == []
    assert alike(first, {1: second}) != []


def test_a_few_words_are_alike_to_nobody():
    assert alike("I do not know", {1: "I do not know"}) == []


@given(st.text(max_size=200), st.dictionaries(st.integers(1000, 9999), st.text(max_size=200), max_size=12))
def test_hints_are_few_sorted_and_above_the_line(text, others):
    found = alike(text, others)
    assert len(found) <= MOST_TOLD
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert all(ALIKE_FROM <= one.share <= 1 and one.number in others for one in found)
