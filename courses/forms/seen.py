"""Forms over what others may change at the same time: whoever saves after somebody else learns of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, HiddenField, RadioField, SelectField, SelectMultipleField

from app.ui.filters import day, number

Plain = str | bool | list[Any] | dict[str, Any]


class SeenForm(FlaskForm):
    """`seen` is the digest of what was saved when the page was made; without it nothing is compared."""

    seen = HiddenField()


@dataclass(frozen=True)
class Told:
    """One thing that a form says: its label, how it reads, and what it is when it is compared."""

    label: str
    text: str
    value: Plain


def newer(form: SeenForm, kept: FlaskForm, typed: Sequence[Told] = (), saved: Sequence[Told] = ()) -> list[Told]:
    """What is saved now and reads otherwise in the form, where that was opened before; none where nothing clashes.

    `kept` is the form as it would be opened now; `typed` and `saved` are what stands beside its fields. The form goes
    on from what is saved now, so that saving it again is a decision.
    """
    now = [*told(kept), *saved]
    began_from, form.seen.data = form.seen.data, _digest(now)
    if not began_from or began_from == form.seen.data:
        return []
    here = [one.value for one in [*told(form), *typed]]
    return [one for place, one in enumerate(now) if place >= len(here) or here[place] != one.value]


def told(form: FlaskForm) -> list[Told]:
    """What a form says, field by field."""
    return [
        Told(str(field.label.text), _words(field), _plain(_data(field)))
        for field in form
        if not isinstance(field, HiddenField)
    ]


def _digest(said: Sequence[Told]) -> str:
    return hashlib.sha256(json.dumps([one.value for one in said], ensure_ascii=False).encode()).hexdigest()


def _data(field: Any) -> Any:
    """The data of a field; of rows only those that say anything."""
    if isinstance(field, FieldList):
        return [row.data for row in field if getattr(row.form, "is_used", True)]
    return sorted(field.data or [], key=str) if isinstance(field, SelectMultipleField) else field.data


def _plain(value: Any) -> Plain:
    """A value as it is compared: 60 is 60.00, no text is an empty one, and lines end alike."""
    match value:
        case bool():
            return value
        case None:
            return ""
        case Decimal():
            return f"{value.normalize():f}" if value.is_finite() else str(value)
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case datetime():
            return value.isoformat(timespec="minutes")
        case _:
            return "\n".join(str(value).strip().splitlines())


def _words(field: Any) -> str:
    """How the data of a field reads."""
    value = field.data
    match field:
        case BooleanField():
            return _("yes") if value else _("no")
        case FieldList():
            return "\n".join(
                "; ".join(f"{part.label.text}: {_words(part)}" for part in row if part.data)
                for row in field
                if getattr(row.form, "is_used", True)
            )
        case SelectMultipleField() | SelectField() | RadioField():
            chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
            found = [str(choice.label) for choice in field.choices or () if str(choice.value) in chosen]
            return _(", ").join(found) or "–"
        case _ if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        case _ if isinstance(value, date):
            return day(value)
        case _ if isinstance(value, int | Decimal):
            return number(value)
        case _:
            return str(value or "").strip() or "–"
