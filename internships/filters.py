"""The filters of the list of postings, as they stand in its address, in saved searches and in feeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode

import sqlalchemy as sa
from babel import Locale
from flask import url_for

from internships import queries
from internships.models import Posting

PAY_STEPS = (80, 100, 150, 200, 300)
LANGUAGES = ("zh", "en", "ru", "es", "pt", "fr", "de", "it", "ar", "ja", "ko", "th", "vi", "id", "tr")


@lru_cache
def language_names(spoken: str) -> dict[str, str]:
    """The languages that work is done in, named in one of ours."""
    names = Locale.parse(spoken).languages
    return {code: names[code] for code in LANGUAGES}


LONGEST = 100  # characters of a filter


@dataclass(frozen=True)
class Filters:
    """What a list of postings is narrowed by; empty fields narrow nothing. `pay` is the least a day, in yuan."""

    words: str = ""
    region: str = ""
    cluster: str = ""
    skill: str = ""
    language: str = ""
    remote: bool = False
    pay: int | None = None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Filters":
        """Those of an address; what cannot be is passed over."""
        plain = {name: given.get(name, "").strip()[:LONGEST] for name in ("words", "region", "cluster", "skill")}
        pay = given.get("pay", "")
        return cls(
            **plain,
            language=given.get("language", "") if given.get("language") in LANGUAGES else "",
            remote=given.get("remote") == "1",
            pay=int(pay) if pay in {str(step) for step in PAY_STEPS} else None,
        )

    @classmethod
    def of_address(cls, address: str) -> "Filters":
        """Those of a query string."""
        return cls.of({name: values[-1] for name, values in parse_qs(address).items()})

    def values(self) -> dict[str, str]:
        """What stands in an address, without what is empty."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in found.items() if value}

    @property
    def address(self) -> str:
        """The query string of an address, always in the same order."""
        return urlencode(self.values())

    @property
    def feed_url(self) -> str:
        """Where programs find what is new among them."""
        url = url_for("internships.postings.feed")
        return f"{url}?{self.address}" if self.address else url

    def select(self, today: date, checked_by: Sequence[int] = ()) -> sa.Select[Any]:
        """Postings that take applications today and pass the filters; see `queries.open_postings`."""
        found: sa.Select[Posting] = queries.open_postings(
            today,
            words=self.words,
            region=self.region,
            cluster=self.cluster,
            skill=self.skill,
            language=self.language,
            remote=self.remote,
            pay=self.pay,
            checked_by=tuple(checked_by),
        )
        return found
