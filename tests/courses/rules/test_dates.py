"""Law of dates that are set by rule."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from courses.rules.dates import Dates, shifted, weekly

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def test_one_lesson_a_week_from_its_midnight_to_the_last_minute_of_the_seventh_day():
    found = weekly([7, 9], date(2026, 9, 7), SHANGHAI)
    assert found[7] == Dates(datetime(2026, 9, 7, tzinfo=SHANGHAI), datetime(2026, 9, 13, 23, 59, tzinfo=SHANGHAI))
    assert found[9].opens_at == datetime(2026, 9, 14, tzinfo=SHANGHAI)


@given(st.integers(1, 30), st.integers(1, 5), st.integers(1, 30))
def test_no_week_opens_more_lessons_than_it_may(lessons, per_week, days_to_do):
    found = weekly(range(lessons), date(2026, 9, 7), SHANGHAI, per_week=per_week, days_to_do=days_to_do)
    opened = [one.opens_at for one in found.values()]
    assert list(found) == list(range(lessons))
    assert opened == sorted(opened)
    assert max(opened.count(each) for each in opened) <= per_week
    assert all(one.due_at > one.opens_at for one in found.values())


@given(st.integers(-300, 300))
def test_moved_and_moved_back_is_as_before(days):
    dates = weekly([1, 2, 3], date(2026, 9, 7), SHANGHAI)
    there = shifted(dates, days, SHANGHAI)
    assert there[2].due_at - dates[2].due_at == timedelta(days=days)
    assert shifted(there, -days, SHANGHAI) == dates
    assert shifted({1: Dates()}, days, SHANGHAI) == {1: Dates()}


def test_the_clock_on_the_wall_shows_the_same_time_across_a_change_of_the_hour():
    moved = shifted({1: Dates(datetime(2026, 10, 24, 9, tzinfo=BERLIN))}, 2, BERLIN)
    assert moved[1].opens_at == datetime(2026, 10, 26, 9, tzinfo=BERLIN)
