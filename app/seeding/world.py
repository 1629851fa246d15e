"""The demo world while it is being made: who there is, what they can do, and the clock it runs on.

Everything follows from one seed and the day of seeding: the same two give the same world. Features plant their own
part through `registry().seeders`, called in order with this object.
"""

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from app.accounts.models import Organisation, Person
from app.clock import ZONE
from app.seeding.cast import Cast

MONTHS = 36


@dataclass(frozen=True)
class Size:
    """How big a world: numbers of organisations, people and things."""

    universities: int
    enterprises: int
    students: int
    postings: int
    teams: int


SIZES = {"full": Size(12, 120, 3000, 400, 36), "small": Size(3, 14, 150, 36, 8)}


@dataclass
class Student:
    """An invented student: when they came and left, and how able they are, which the platform must find out."""

    person: Person
    university: Organisation
    entered_on: date
    left_on: date | None
    talent: float
    leanings: dict[str, float]

    def is_there(self, day: date) -> bool:
        """Whether they study on `day`."""
        return self.entered_on <= day and (self.left_on is None or day < self.left_on)

    def ability(self, skill: str, day: date) -> float:
        """True ability in a skill on a day, in logits: talent, leaning to the family, and time spent studying."""
        months = max(0, (day - self.entered_on).days) / 30
        return self.talent + self.leanings.get(skill[:2], 0.0) + 0.9 * math.log1p(months / 6) - 1.2


@dataclass
class World:
    """What the seeders share."""

    seed: str
    size: Size
    now: datetime
    today: date
    cast: Cast
    say: Callable[[str, int, int], None]
    universities: list[Organisation] = field(default_factory=list)
    enterprises: list[Organisation] = field(default_factory=list)
    governments: list[Organisation] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)
    coordinators: dict[int, Person] = field(default_factory=dict)
    recruiters: dict[int, Person] = field(default_factory=dict)
    judges: list[Person] = field(default_factory=list)

    def random(self, *what: object) -> Random:
        """A source of chance of its own for a purpose, so that one part's draws never shift another's."""
        return Random(zlib.crc32(":".join(map(str, (self.seed, *what))).encode()))  # noqa: S311  # picks demo data only

    def moment(self, day: date, rng: Random, *, first: int = 8, last: int = 22) -> datetime:
        """A moment of `day` in working hours of the platform's zone, never in the future."""
        at = datetime.combine(day, time(rng.randrange(first, last), rng.randrange(60), rng.randrange(60)), ZONE)
        return min(at, self.now - timedelta(minutes=5))

    def first_day(self) -> date:
        """The first day of the world's history: the beginning of the month 36 months ago."""
        months = self.today.year * 12 + self.today.month - 1 - MONTHS
        return date(months // 12, months % 12 + 1, 1)

    def students_at(self, university: Organisation, day: date) -> list[Student]:
        """Who studies at a university on a day."""
        return [s for s in self.students if s.university.id == university.id and s.is_there(day)]


def weighted(rng: Random, choices: Sequence[tuple[str, float]]) -> str:
    """One of the choices, by weight."""
    return rng.choices([name for name, _ in choices], [weight for _, weight in choices])[0]
