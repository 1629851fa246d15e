"""What a judged entry shows of each criterion's skill: the panel's mean as a share, freed of its judges' severity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from competitions.rules.decimals import EXACT, rounded, total

SHARE_DIGITS = 6


@dataclass(frozen=True)
class Criterion:
    """A criterion's weight in the total and the most marks that it can bring."""

    weight: Decimal
    most: Decimal


def criterion_shares(
    means: Mapping[str, Decimal], criteria: Mapping[str, Criterion], severities: Sequence[Decimal]
) -> dict[str, Decimal]:
    """The share of `most` in [0, 1] that each criterion of `means` is worth, rounded half up to six places.

    `severities` are those of the judges who marked the entry, in units of the total (positive: marks lower than the
    panel); empty where nothing is corrected. Their mean s is given back to the criteria in proportion to what each can
    bring: to criterion c of weight w_c and most m_c is added s·m_c / Σ w·m, so that the total rises by s.
    """
    if not means:
        return {}
    reach = total(EXACT.multiply(criterion.weight, criterion.most) for criterion in criteria.values())
    lift = Decimal(0)
    if severities and reach:
        lift = EXACT.divide(total(severities), EXACT.multiply(Decimal(len(severities)), reach))
    shares = {}
    for name, mean in means.items():
        share = EXACT.add(EXACT.divide(mean, criteria[name].most), lift)
        shares[name] = rounded(min(Decimal(1), max(Decimal(0), share)), SHARE_DIGITS)
    return shares
