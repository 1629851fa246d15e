"""What day it is where the platform works. Deadlines that are days end with that day in Shanghai."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.db import utcnow

ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The platform's day, for edges; rules take it as an argument."""
    return day_of(utcnow())


def day_of(moment: datetime) -> date:
    """The platform's day at `moment`."""
    return moment.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """The first moment after the platform's `day`."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)
