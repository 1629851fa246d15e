"""What a judged entry shows of each skill: the mean as a share, freed of its judges' severity."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from competitions.rules.shares import Criterion, criterion_shares

CRITERIA = {"a": Criterion(Decimal("0.6"), Decimal(100)), "b": Criterion(Decimal("0.4"), Decimal(50))}
MEANS = {"a": Decimal(60), "b": Decimal(30)}


def test_without_correction_it_is_the_mean_of_the_marks():
    assert criterion_shares(MEANS, CRITERIA, []) == {"a": Decimal("0.6"), "b": Decimal("0.6")}


def test_a_strict_panel_is_made_up_for_in_proportion_to_what_each_criterion_can_bring():
    shares = criterion_shares(MEANS, CRITERIA, [Decimal(6), Decimal(10)])
    assert shares == {"a": Decimal("0.7"), "b": Decimal("0.7")}
    # The total rises by the mean severity: 0.6·10 + 0.4·5 = 8.
    lifted = sum(c.weight * c.most * shares[name] for name, c in CRITERIA.items())
    assert lifted - (Decimal("0.6") * 60 + Decimal("0.4") * 30) == 8


@given(st.lists(st.decimals(-200, 200, places=2), max_size=5), st.decimals(0, 100, places=2))
def test_a_share_stays_between_nothing_and_everything(severities, mean):
    shares = criterion_shares({"a": mean, "b": Decimal(0)}, CRITERIA, severities)
    assert all(0 <= share <= 1 for share in shares.values())


def test_an_entry_that_nobody_marked_shows_nothing():
    assert criterion_shares({}, CRITERIA, [Decimal(3)]) == {}
