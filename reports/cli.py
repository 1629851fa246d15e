"""Doors of the reports: `flask reports gap`, and taking snapshots."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from app.cli import Door
from app.clock import today
from app.db import db
from app.reference.models import Cluster, Skill
from app.reference.queries import region_by_any_code
from reports import figures, services
from reports.rules.publication import NATION, PublishedRow

reports = AppGroup("reports", help="Skill-gap figures.")


class Unanswerable(click.ClickException):
    """An option names nothing, or there is nothing to answer from: one line on standard error, exit code 2."""

    exit_code = 2


@dataclass(frozen=True)
class Wish:
    """Which rows are asked for."""

    region: str | None
    cluster: str | None
    skill: str | None

    def wants(self, row: PublishedRow) -> bool:
        """Whether a row is among them; a region includes the clusters within it."""
        return (
            self.region in (None, row.region)
            and self.cluster in (None, row.cluster)
            and self.skill in (None, row.skill)
        )


@reports.command(cls=Door)
@click.option("--region", help="ISO 3166-2 or GB/T 2260 code, or CN for the country.")
@click.option("--cluster", help="Code of a cluster.")
@click.option("--skill", help="Code of a skill.")
@click.option("--as-of", help="A day (YYYY-MM-DD): the last snapshot on or before it.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
def gap(region: str | None, cluster: str | None, skill: str | None, as_of: str | None, form: str) -> None:
    """Print demand, supply and tightness as published. Example: flask reports gap --region CN-ZJ --skill CC02"""
    wish = _checked(region, cluster, skill)
    day = _day(as_of)
    found = figures.figures_on_or_before(services.cubes_folder(), day)
    if found is None:
        raise Unanswerable(f"--as-of: there is no snapshot on or before {day}")
    rows = [row for row in found.rows if wish.wants(row)]
    (_as_csv if form == "csv" else _as_json)(rows)


@reports.command(cls=Door)
@click.option("--day", help="A day (YYYY-MM-DD), by default today.")
def snapshot(day: str | None) -> None:
    """Take the snapshot of a day now. Example: flask reports snapshot"""
    try:
        taken = services.take_snapshot(_day(day, "--day"))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise Unanswerable("the database is missing or not migrated: run `flask db upgrade`") from error
    db.session.commit()
    click.echo(
        f"snapshot {taken.day}: " + ", ".join(f"{name} {count}" for name, count in taken.counts.items()), err=True
    )


def _checked(region: str | None, cluster: str | None, skill: str | None) -> Wish:
    try:
        if region is not None and region != NATION:
            known = region_by_any_code(region)
            if known is None:
                raise Unanswerable(f"--region: unknown code {region!r}")
            region = known.code
        if cluster is not None and db.session.get(Cluster, cluster) is None:
            raise Unanswerable(f"--cluster: unknown code {cluster!r}")
        if skill is not None and db.session.get(Skill, skill) is None:
            raise Unanswerable(f"--skill: unknown code {skill!r}")
        db.session.scalars(sa.select(Skill.code).limit(1)).first()
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise Unanswerable("the database is missing or not migrated: run `flask db upgrade`") from error
    return Wish(region, cluster, skill)


def _day(text: str | None, option: str = "--as-of") -> date:
    if text is None:
        return today()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError as error:
        raise Unanswerable(f"{option}: {text!r} is not a day (YYYY-MM-DD)") from error


def _values(row: PublishedRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in figures.COLUMNS}


def _as_csv(rows: Sequence[PublishedRow]) -> None:
    writer = csv.DictWriter(sys.stdout, figures.COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        values = _values(row)
        for name in ("tightness", "low", "high"):
            values[name] = "" if values[name] is None else f"{values[name]:.4g}"
        writer.writerow(values)


def _as_json(rows: Sequence[PublishedRow]) -> None:
    click.echo(json.dumps([_values(row) for row in rows], ensure_ascii=False, indent=1))
