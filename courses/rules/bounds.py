"""How much a course may say: the numbers that its forms and its folders both take."""

from typing import NamedTuple


class Bounds(NamedTuple):
    """The least and the most of a number."""

    least: int
    most: int


LESSON_MINUTES = Bounds(1, 600)
QUIZ_MINUTES = Bounds(1, 600)
ATTEMPTS = Bounds(1, 20)
PASS_PERCENT = Bounds(1, 100)
TAKE = Bounds(1, 100)
ITEM_POINTS = Bounds(0, 1000)
FILES = Bounds(1, 50)
WORK_POINTS = Bounds(1, 1000)
GROUP_SIZE = Bounds(1, 50)
LATE_PERCENT = Bounds(0, 100)
LATE_DAYS = Bounds(0, 365)
ROW_MARKS = Bounds(1, 1000)
# A row of weight 0 is told and does not count.
ROW_WEIGHT = Bounds(0, 1000)
# Characters in one language: of a title, of a lesson's text, of a course's summary, of what full marks ask for.
MOST_TITLE = 120
MOST_TEXT = 200_000
MOST_SUMMARY = 5_000
MOST_DESCRIPTOR = 2_000
