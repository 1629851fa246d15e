"""Tags are kept the same way however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.tagging import LONGEST, MOST, tags_of


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Exam, exam,  mid  term ", ["exam", "mid term"]),
        ("期末，通关、海外仓；期末", ["期末", "通关", "海外仓"]),
        ("ＡＢＣ １", ["abc 1"]),
        (" , ,", []),
    ],
)
def test_tags_are_small_narrow_and_each_once(typed, kept):
    assert tags_of([typed]) == kept


@given(st.lists(st.text(max_size=60), max_size=30))
def test_cleaning_twice_changes_nothing(words):
    once = tags_of(words)
    assert tags_of(once) == tags_of([", ".join(once)]) == once
    assert len(once) <= MOST
    assert all(0 < len(tag) <= LONGEST for tag in once)
