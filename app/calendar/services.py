"""A person's feed: what stands in it, and its secret address. Nothing here commits."""

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from flask import request
from flask_babel import to_user_timezone
from icalendar import Calendar, Event

from app import audit
from app.accounts.models import Person
from app.calendar import queries
from app.calendar.models import CalendarToken
from app.db import db
from app.registry import Deadline, registry


def deadlines_of(person: Person, since: datetime, until: datetime) -> list[Deadline]:
    """What the features have for a person within [since, until), in order; days come before moments of the same day."""
    found = [one for offered in registry().deadlines for one in offered(person, since, until)]
    return sorted(found, key=lambda one: (day_at(one), _moment(one), one.uid))


def day_at(one: Deadline) -> date:
    """The day on which something stands in the calendar, in the reader's zone."""
    return to_user_timezone(one.at).date() if isinstance(one.at, datetime) else one.at


def _moment(one: Deadline) -> float:
    return one.at.timestamp() if isinstance(one.at, datetime) else 0


def new_token(person: Person, now: datetime) -> CalendarToken:
    """A feed at a new address; the old address opens nothing any more."""
    kept = queries.token_of(person.id)
    if kept is None:
        kept = CalendarToken(person_id=person.id)
        db.session.add(kept)
    kept.token, kept.made_at = secrets.token_urlsafe(32), now
    audit.record("calendar.open-feed", person, actor_id=person.id)
    return kept


def delete_token(person: Person) -> None:
    """Close the feed."""
    kept = queries.token_of(person.id)
    if kept is not None:
        db.session.delete(kept)
        audit.record("calendar.close-feed", person, actor_id=person.id)


def as_ics(deadlines: Sequence[Deadline], name: str, now: datetime) -> bytes:
    """An iCalendar file (RFC 5545): days as days, moments in UTC and a quarter of an hour long where they are due.

    What is done is left out, so that a program which warns does not warn of it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Yangfan//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for one in deadlines:
        if one.is_done:
            continue
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", now)
        event.add("summary", f"{one.kind}: {one.title}")
        event.add("description", one.text)
        event.add("url", request.url_root.rstrip("/") + one.url)
        if isinstance(one.at, datetime):
            event.add("dtstart", one.at.astimezone(UTC))
            event.add("dtend", one.at.astimezone(UTC))
        else:
            event.add("dtstart", one.at)
            event.add("dtend", one.at + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def weeks_of(month: date) -> list[list[date]]:
    """The days of the weeks that a month touches, from Monday on."""
    first = month.replace(day=1)
    start = first - timedelta(days=first.weekday())
    weeks = []
    while start <= month or start.month == month.month:
        weeks.append([start + timedelta(days=number) for number in range(7)])
        start += timedelta(days=7)
    return weeks
