"""Law packs: the files of this folder, read strictly once, and the choice by day, province and school type."""

import tomllib
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from internships.rules.law.facts import Stated
from internships.rules.law.judging import Judgement, judge
from internships.rules.law.packs import Pack, choose
from internships.rules.law.readers import Malformed
from internships.rules.law.reading import parse_pack
from internships.rules.law.words import Moment, SchoolType

FOLDER = Path(__file__).parent


class PackBroken(ValueError):
    """A file of this folder that is not a sound pack."""


@cache
def packs() -> tuple[Pack, ...]:
    """All packs, by id; raises PackBroken for a file that is not sound."""
    return tuple(read(file) for file in sorted(FOLDER.glob("*.toml")))


def read(file: Path) -> Pack:
    """The pack in a file; its id is the name of the file."""
    try:
        pack = parse_pack(tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal))
        if pack.id != file.stem:
            raise Malformed("id", f"{pack.id!r} is not the name of the file")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, Malformed) as error:
        raise PackBroken(f"{file.name}: {error}") from error
    return pack


@lru_cache(maxsize=512)
def pack_for(on: date, province: str | None = None, school_type: SchoolType | None = None) -> Pack:
    """The rules in force on a day for the schools of a kind in a province (ISO or GB code), as one pack.

    Packs are kept when a later one takes over, so that a finding can be made again as of its day. Raises NoPack where
    no text is in force.
    """
    return choose(packs(), on, province, school_type)


def judged(moment: Moment, facts: Stated, on: date, attested: Collection[str] = ()) -> Judgement:
    """What the law of the day `on` says of some facts, for the school type and the province that they state.

    Give the day of publication for a posting, the first day for an assignment, the first day worked for a log. Raises
    NoPack where no text is in force.
    """
    return judge(pack_for(on, facts.province, facts.school_type), moment, facts, attested)
