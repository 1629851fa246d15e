"""What a place's figures say in one sentence, and the order in which a page shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from reports.rules.indicators import Call, Sides
from reports.rules.publication import PublishedRow, headline

ORDER = {Call.SHORTAGE.value: 0, Call.CANNOT_TELL.value: 1, Call.SURPLUS.value: 2, "": 3}


@dataclass(frozen=True)
class Summary:
    """The counts of a page: rows, hidden ones, and the calls that hold at 5 % over the whole page."""

    rows: int
    hidden: int
    sides: Sides


def summary(rows: Sequence[PublishedRow]) -> Summary:
    """Count a page's rows; calls by Benjamini–Hochberg, so that many cells do not make many false alarms."""
    hidden = sum(1 for row in rows if row.symbol or row.demand_symbol)
    return Summary(len(rows), hidden, headline(rows))


def ordered(rows: Iterable[PublishedRow]) -> list[PublishedRow]:
    """Shortages first, the tightest at the top; then what cannot be told, surpluses, and what is hidden."""
    return sorted(rows, key=lambda row: (ORDER[row.call], -(row.tightness or 0.0), -(row.demand or 0), row.skill))


def sentence(place: str, rows: Sequence[PublishedRow], names: Mapping[str, str]) -> str:
    """The page's headline, made of its clearest shortage and its clearest surplus."""
    found = ordered(rows)
    short = [row for row in found if row.call == Call.SHORTAGE.value]
    plenty = [row for row in found if row.call == Call.SURPLUS.value]
    if short and plenty:
        return _(
            "%(place)s is short of “%(short)s”, not of “%(plenty)s”",
            place=place,
            short=names[short[0].skill],
            plenty=names[plenty[-1].skill],
        )
    if short:
        return _("%(place)s is short of “%(short)s”", place=place, short=names[short[0].skill])
    if plenty:
        return _("%(place)s has more than enough of “%(plenty)s”", place=place, plenty=names[plenty[-1].skill])
    if not rows:
        return _("%(place)s: nothing has been asked for or shown yet", place=place)
    return _("%(place)s: no shortage or surplus can be told apart yet", place=place)
