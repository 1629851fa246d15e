"""The reference files that the project carries, read without a database."""

import csv
import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
NAMES = ("skills", "regions", "clusters", "pilot_zones")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `<name>.csv` as dicts by column."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def version() -> str:
    """The taxonomy version: the first 12 digits of the SHA-256 of all reference files."""
    hasher = hashlib.sha256()
    for name in NAMES:
        hasher.update((FOLDER / f"{name}.csv").read_bytes())
    return hasher.hexdigest()[:12]


@cache
def skill_codes() -> frozenset[str]:
    """The codes of the taxonomy, for doors that work without a database."""
    return frozenset(row["code"] for row in rows("skills"))
