"""Moments of a video as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.moments import clock_of, seconds_of


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("1:30", 90),
        (" 1：30 ", 90),
        ("1:02:03", 3723),
        ("90", 90),
        ("1分30秒", 90),
        ("1 分 30 秒", 90),
        ("2分钟", 120),
        ("45秒", 45),
        ("1小时2分", 3720),
    ],
)
def test_a_moment_is_read_as_people_write_it(typed, seconds):
    assert seconds_of(typed) == seconds


@pytest.mark.parametrize("typed", ["99x", "一分半", "", ":", "1:75", "-1", "1:2:3:4", "１:３０"])
def test_what_is_no_moment_is_none(typed):
    assert seconds_of(typed) is None


@given(st.integers(0, 59_999_000))
def test_a_moment_that_is_shown_is_read_back(thousandths):
    assert seconds_of(clock_of(thousandths / 1000)) == pytest.approx(thousandths / 1000)
