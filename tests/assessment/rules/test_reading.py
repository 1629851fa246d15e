"""Reading typed numbers and words."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.assessment.rules.reading import MAX_EXPONENT, fold, matches, read_number

ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1822", "1822"),
        (" -3.5 ", "-3.5"),
        ("+7", "7"),
        ("- 7", "-7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0,5", "0.5"),
        ("12,34", "12.34"),
        ("1,234", "1234"),
        ("0,234", "0.234"),
        ("1.234", "1.234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234 567,8", "1234567.8"),
        ("1’234’567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567.", "1234567"),
        ("3e5", "300000"),
        ("2.5E-3", "0.0025"),
        ("１２３", "123"),
        ("１，２３４．５", "1234.5"),
        ("−４", "-4"),
        ("\u30007\u00a0", "7"),
        ("007", "7"),
    ],
)
def test_a_number_is_read_however_it_is_written(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "inf", "-Infinity", "1,2,3", "1,23,456", "1.2.3", "12 apples", "10²", "½", "一百", "--1", "1e",
     "e5", "0x10", "1_000", "1e401", "9" * 101, "1" * 10_000, "1,234,56", ",", ".", "+", "5\x00"],
)  # fmt: skip
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


@given(ANY_TEXT)
@example("1e400")
@example("0e-400")
def test_no_text_breaks_the_reading_of_numbers(text):
    number = read_number(text)

    assert number is None or (number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_plain_grouped_and_continental_writing_read_the_same(number):
    american = f"{number:,}"
    continental = american.translate(str.maketrans(",.", ".,"))

    assert read_number(str(number)) == read_number(american) == read_number(continental) == number


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("Frog", "frog"),
        ("frog", "  FROG "),
        ("ｆｒｏｇ", "frog"),
        ("信用证", "信用证"),
        ("L/C", "Ｌ／Ｃ"),
        ("a  b", "a\u3000b"),
        ("*", "anything"),
        ("*", ""),
        ("in*co*s", "incoterms"),
        ("*credit", "letter of credit"),
        ("letter*", "letter"),
        (r"5\*4", "5*4"),
        ("Straße", "STRASSE"),
    ],
)
def test_an_accepted_form_takes_width_case_spaces_and_stars(pattern, text):
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("Frog", "Frogs"), ("a*b", "ba"), ("ab*ba", "aba"), (r"5\*4", "554"), ("a*b*c", "acb"), ("", "x"), ("*a*a*", "a")],
)
def test_another_form_is_not_taken(pattern, text):
    assert not matches(pattern, text)


def test_case_counts_where_the_author_says_so():
    assert matches("CIF", "CIF", match_case=True)
    assert not matches("CIF", "cif", match_case=True)


def test_many_stars_on_a_long_answer_take_no_time():
    """A backtracking matcher would need longer than the universe lasts."""
    assert not matches("*a" * 500 + "b", "a" * 100_000)
    assert matches("*a" * 500 + "*", "a" * 100_000)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_a_star_takes_whatever_stands_in_its_place(before, middle, after):
    def literal(text: str) -> str:
        return text.replace("\\", "").replace("*", "").replace("\0", "")

    before, after = literal(before), literal(after)
    folded = fold(before) + " " + fold(middle) + " " + fold(after)

    assert matches(f"{before}*{after}", folded)
