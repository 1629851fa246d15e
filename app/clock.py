"""What time and day it is: by the server's clock at receipt of the whole request, in the zone where the platform works.

Deadlines that are days end with that day in Shanghai.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request

from app.db import READING_METHODS, utcnow

ZONE = ZoneInfo("Asia/Shanghai")
# What was received in time may still be on its way to the disk when a deadline passes; work on "everything that came in
# time" begins this much later.
SETTLING = timedelta(minutes=2)
# What a browser sends for a moment on the wall.
WALL_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def init_app(app: Flask) -> None:
    """Note the moment of each request ahead of whatever asks the database."""
    app.before_request(_note_receipt)


def _note_receipt() -> None:
    # Nobody is late because a large body had to be written away, or because others stood before them in the queue of
    # writers: the moment is taken when the last byte is there, and before the first question to the database.
    if request.method not in READING_METHODS:
        request.get_data(parse_form_data=True)
    g.received_at = utcnow()


def received() -> datetime:
    """The moment at which the request that is being answered was wholly there; outside of one, now. For edges."""
    moment: datetime = g.received_at if has_request_context() and "received_at" in g else utcnow()
    return moment


def revision() -> int:
    """The microsecond, by the server's clock, at which what the request brings was given; for edges.

    A form that saves itself says so (`revision`), since what waited for a connection may arrive after something newer.
    Without script it is the moment of receipt. Nothing is given in the future: a browser that says so must not lock out
    every later answer.
    """
    latest = microseconds(received())
    given = request.form.get("revision", type=int)
    return latest if given is None else min(max(given, 0), latest)


def microseconds(moment: datetime) -> int:
    """Microseconds since the epoch: numbers of revisions that rise by themselves, whichever page or device counts."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(revision: int) -> datetime:
    """The moment that `microseconds` made a number of."""
    return EPOCH + timedelta(microseconds=revision)


def today() -> date:
    """The platform's day, for edges; rules take it as an argument."""
    return day_of(received())


def day_of(moment: datetime) -> date:
    """The platform's day at `moment`."""
    return moment.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """The first moment after the platform's `day`."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)


def on_the_wall(moment: datetime) -> datetime:
    """What a clock on the platform's wall shows at `moment`, without a zone; for forms."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def moment_on_the_wall(shown: datetime) -> datetime:
    """The moment at which a clock on the platform's wall shows this."""
    return shown.replace(tzinfo=ZONE)
