"""Tries, hints and what they cost."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.rules.content import Format, Option, Single
from app.assessment.rules.marking import MarkReason
from app.assessment.rules.tries import hint_after, is_settled, reason_of, share_after, tries_allowed

CONTENT = Single(
    text="?",
    format=Format.PLAIN,
    options=(Option(key="a", text="a", fraction=1.0), Option(key="b", text="b", fraction=0.0)),
    hints=("first", "second"),
    penalty=0.25,
)
ONE, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)


@pytest.mark.parametrize(
    ("shares", "earned"),
    [([], 0), ([ONE], 1), ([NONE, ONE], 0.75), ([NONE, NONE, ONE], 0.5), ([NONE] * 3, 0), ([HALF, NONE], 0.5),
     ([HALF, ONE], 0.75)],
)  # fmt: skip
def test_each_wrong_try_costs_its_penalty_and_the_best_counts(shares, earned):
    assert share_after(shares, CONTENT.penalty) == Decimal(str(earned))


@given(st.lists(st.decimals(0, 1, places=3), max_size=6), st.floats(0, 1))
def test_it_stays_a_share_and_more_tries_never_take_away(shares, penalty):
    earned = share_after(shares, penalty)
    assert 0 <= earned <= 1
    assert all(share_after(shares[:number], penalty) <= earned for number in range(len(shares)))


def test_there_is_one_try_more_than_hints():
    assert tries_allowed(CONTENT) == 3
    assert tries_allowed(replace(CONTENT, hints=())) == 1
    assert [is_settled(shares, 3) for shares in ([], [NONE], [ONE], [NONE, ONE], [NONE] * 3)] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_a_wrong_try_earns_the_next_hint():
    assert [hint_after([NONE] * number, CONTENT) for number in range(4)] == ["", "first", "second", ""]
    assert hint_after([NONE, ONE], CONTENT) == ""


def test_the_reason_follows_from_the_share():
    assert [reason_of(share) for share in (ONE, HALF, NONE)] == [MarkReason.RIGHT, MarkReason.PARTLY, MarkReason.WRONG]
