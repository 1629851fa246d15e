"""What forms of all packages are made of: rows, and validators that end the chain where nothing can be compared."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_wtf.i18n import translations
from wtforms import Form
from wtforms.validators import StopValidation

# Further away nobody plans anything, and a day before our era cannot be told in another zone.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# Beyond every money and mark, and with all decimals still within what decimals are reckoned with.
LARGEST = Decimal(10) ** 12


class RowForm(Form):
    """A row within a form: its own messages are in the reader's language too."""

    class Meta:
        """Where messages come from."""

        def get_translations(self, form: Any) -> Any:
            """Those of the form around it."""
            return translations


def finite(form: Any, field: Any) -> None:
    """A number that can be reckoned with: NaN compares with none, and what is immense cannot be divided or rounded.

    Ends the chain where there is no such number.
    """
    if field.data is None:
        raise StopValidation
    if not field.data.is_finite() or abs(field.data) > LARGEST:
        field.data = None
        raise StopValidation(_("Enter a number."))


def two_places(form: Any, field: Any) -> None:
    """At most two decimals, as money and marks have them; after `finite`."""
    if field.data != round(Decimal(field.data), 2):
        raise StopValidation(_("At most two decimals."))


def plausible(form: Any, field: Any) -> None:
    """A day or moment of our time."""
    year = field.data.year if isinstance(field.data, datetime) or hasattr(field.data, "year") else None
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise StopValidation(_("Choose a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
