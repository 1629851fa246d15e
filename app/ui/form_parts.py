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


class RowForm(Form):
    """A row within a form: its own messages are in the reader's language too."""

    class Meta:
        """Where messages come from."""

        def get_translations(self, form: Any) -> Any:
            """Those of the form around it."""
            return translations


def finite(form: Any, field: Any) -> None:
    """A number, before it is compared with others: NaN compares with none. Ends the chain where there is no number."""
    if field.data is None:
        raise StopValidation
    if not field.data.is_finite():
        field.data = None
        raise StopValidation(_("Enter a number."))


def two_places(form: Any, field: Any) -> None:
    """At most two decimals, as money and marks have them."""
    if field.data != round(Decimal(field.data), 2):
        raise StopValidation(_("At most two decimals."))


def plausible(form: Any, field: Any) -> None:
    """A day or moment of our time."""
    year = field.data.year if isinstance(field.data, datetime) or hasattr(field.data, "year") else None
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise StopValidation(_("Choose a day between %(first)s and %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
