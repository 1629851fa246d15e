"""How values are written for the reader: numbers, money, days, and the text of an object in the reader's language."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from flask import Flask, request
from flask_babel import format_datetime, format_percent, gettext, ngettext, to_user_timezone
from markupsafe import Markup, escape

from app.clock import microseconds
from app.i18n import language
from app.ui.markdown import render_markdown, render_plain

NOTHING = "–"
DAY_PATTERNS = {
    "en": {"long": "d MMMM y", "short": "d MMM", "weekday": "EEEE, d MMMM", "month": "MMMM y"},
    "zh": {"long": "y年M月d日", "short": "M月d日", "weekday": "M月d日 EEEE", "month": "y年M月"},
}


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def words(thing: Any, name: str) -> str:
    """`thing.<name>_zh` or `_en` by the reader's language; the other where that is empty, then `<name>`."""
    first, second = ("en", "zh") if language() == "en" else ("zh", "en")
    return str(_read(thing, f"{name}_{first}") or _read(thing, f"{name}_{second}") or _read(thing, name) or "")


# Formatting goes through patterns and locale data anew for each value, and lists hold the same values again and again.
@lru_cache(maxsize=4096, typed=True)
def _currency(value: float | Decimal, currency: str, spoken: str) -> str:
    pattern = "¤#,##0" if value == int(value) else "¤#,##0.00"
    return format_currency(value, currency, format=pattern, locale=spoken, currency_digits=False)


@lru_cache(maxsize=4096, typed=True)
def _decimal(value: float | Decimal, digits: int | None, spoken: str) -> str:
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=spoken)


@lru_cache(maxsize=4096)
def _date(value: date, style: str, spoken: str) -> str:
    return format_date(value, format=DAY_PATTERNS[spoken][style], locale=spoken)


def money(value: float | Decimal | None, currency: str = "CNY") -> str:
    """An amount in major units; whole amounts carry no decimals. None is written as a dash."""
    return NOTHING if value is None else _currency(value, currency, language())


def number(value: float | Decimal | None, digits: int | None = None) -> str:
    """A number with the groups of the reader's language, to `digits` decimals if given. None is written as a dash."""
    return NOTHING if value is None else _decimal(value, digits, language())


def percent(share: float | None, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage. None is written as a dash."""
    if share is None:
        return NOTHING
    return str(format_percent(share, format="#,##0" + ("." + "0" * digits if digits else "") + "%"))


def _with_zone(value: datetime) -> datetime:
    """Times are stored in UTC; SQLite hands them back without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def day(value: date | datetime | None, style: str = "long") -> str:
    """A day in words: `long`, `short` (no year), `weekday` or `month`. A moment gives its day in the reader's zone."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = to_user_timezone(_with_zone(value)).date()
    return _date(value, style, language())


def moment_text(value: datetime | None, style: str = "long") -> str:
    """A moment in the reader's zone: `long` with the year, `short` without, `clock` as 10:32:07."""
    if value is None:
        return NOTHING
    aware = _with_zone(value)
    if style == "clock":
        return str(format_datetime(aware, format="HH:mm:ss"))
    pattern = DAY_PATTERNS[language()][style]
    between = ", " if language() == "en" else " "
    return str(format_datetime(aware, format=f"{pattern}'{between}'HH:mm"))


def moment_iso(value: datetime) -> str:
    """A moment for machines: UTC, to the second, as in `2026-11-23T02:32:07Z`."""
    return _with_zone(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(value: datetime | None, style: str = "long") -> Markup:
    """A moment as a `<time>` element: text in the reader's zone, UTC for machines."""
    if value is None:
        return escape(NOTHING)
    return Markup('<time datetime="{}">{}</time>').format(moment_iso(value), moment_text(value, style))


def relative_days(value: date | datetime, today: date | None = None) -> str:
    """How far a day is from `today` (by default today in the reader's zone), in words: "in 8 days", "tomorrow"."""
    if isinstance(value, datetime):
        value = to_user_timezone(_with_zone(value)).date()
    if today is None:
        today = to_user_timezone(datetime.now(UTC)).date()
    away = (value - today).days
    if away == 0:
        return str(gettext("today"))
    if away == 1:
        return str(gettext("tomorrow"))
    if away == -1:
        return str(gettext("yesterday"))
    if away > 0:
        return str(ngettext("in %(num)d day", "in %(num)d days", away))
    return str(ngettext("%(num)d day ago", "%(num)d days ago", -away))


def initial(name: str | None) -> str:
    """The first character of a name, for an avatar."""
    return (name or "").strip()[:1].upper() or "·"


def page_url(page: int) -> str:
    """The address of this list at another page, with its filters kept."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{quote(request.script_root + request.path)}?{urlencode([*kept, ('page', page)])}"


def here() -> str:
    """The path and query of this page, to come back to it."""
    return request.full_path.rstrip("?")


def init_app(app: Flask) -> None:
    """Offer the filters to templates."""
    app.jinja_env.filters.update(
        day=day,
        initial=initial,
        markdown=render_markdown,
        moment=moment,
        microseconds=microseconds,
        moment_iso=moment_iso,
        moment_text=moment_text,
        money=money,
        number=number,
        percent=percent,
        plain=render_plain,
        relative_days=relative_days,
        words=words,
    )
    app.jinja_env.globals.update(page_url=page_url, here=here)
