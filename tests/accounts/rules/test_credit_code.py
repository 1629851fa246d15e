"""The law of the unified social credit code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules.credit_code import ALPHABET, Fault, check_character, division_of, fault_of, normal

# Codes of listed companies, as their annual reports print them.
REAL = ("91330100799655058B", "9144030071526726XG", "91110000802100433B", "91330100716105852F")


@pytest.mark.parametrize("code", REAL)
def test_a_real_code_has_no_fault(code):
    assert fault_of(code) is None


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_every_body_has_one_check_character(first):
    fitting = [sign for sign in ALPHABET if fault_of(first + sign) is None]
    assert fitting == [check_character(first)]


@given(st.sampled_from(REAL), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code, place, sign):
    wrong = code[:place] + sign + code[place + 1 :]
    assert (fault_of(wrong) is None) == (wrong == code)


@given(st.sampled_from(REAL), st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_found(code, place):
    signs = list(code)
    signs[place], signs[place + 1] = signs[place + 1], signs[place]
    assert (fault_of("".join(signs)) is None) == ("".join(signs) == code)


def test_length_and_characters_are_told_apart():
    assert fault_of("") is Fault.LENGTH
    assert fault_of(REAL[0][:-1]) is Fault.LENGTH
    assert fault_of("9133010079965505OB") is Fault.CHARACTER
    assert fault_of(REAL[0][:-1] + "C") is Fault.CHECK


def test_what_people_type_becomes_the_code():
    assert normal(" 91330100 7996-55058b ") == REAL[0]
    assert normal("９１３３０１００７９９６５５０５８Ｂ") == REAL[0]


def test_the_code_names_the_province_of_registration():
    assert division_of(REAL[0]) == "330000"
    assert division_of("91100000" + REAL[0][8:]) == ""
