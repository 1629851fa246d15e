"""Doors of the reports: `flask reports gap`, and taking snapshots."""

import json
from datetime import date, datetime

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from app.cli import Door, answers_in, need_database_file, put
from app.clock import today
from app.db import db
from app.reference.models import Cluster, Skill
from app.reference.queries import region_by_any_code
from reports import figures, services
from reports.rules.publication import NATION

reports = AppGroup("reports", help="Skill-gap figures.")


class Unanswerable(click.ClickException):
    """An option names nothing, or there is nothing to answer from: one line on standard error, exit code 2."""

    exit_code = 2


@reports.command(cls=Door)
@click.option("--region", help="ISO 3166-2 or GB/T 2260 code, or CN for the country.")
@click.option("--cluster", help="Code of a cluster.")
@click.option("--skill", help="Code of a skill.")
@click.option("--as-of", help="A day (YYYY-MM-DD): the last snapshot on or before it.")
@answers_in("csv")
def gap(region: str | None, cluster: str | None, skill: str | None, as_of: str | None, form: str) -> None:
    """Print demand, supply and tightness as published. Example: flask reports gap --region CN-ZJ --skill CC02"""
    chosen = _checked(region, cluster, skill)
    rows = _figures(as_of).selected(*chosen)
    if form == "csv":
        put(figures.as_csv(rows))
    else:
        put(json.dumps([figures.given(row) for row in rows], ensure_ascii=False, indent=1) + "\n")


@reports.command(cls=Door)
@click.option("--day", help="A day (YYYY-MM-DD), by default today.")
def snapshot(day: str | None) -> None:
    """Take the snapshot of a day now. Example: flask reports snapshot"""
    try:
        taken = services.take_snapshot(_day(day, "--day"))
        db.session.commit()
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise Unanswerable("the database is missing or not migrated: run `flask db upgrade`") from error
    except services.Unprotected as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"snapshot {taken.day}: " + ", ".join(f"{name} {count}" for name, count in taken.counts.items()), err=True
    )


def _checked(region: str | None, cluster: str | None, skill: str | None) -> tuple[str | None, str | None, str | None]:
    need_database_file()
    try:
        if region is not None and region != NATION:
            known = region_by_any_code(region)
            if known is None:
                raise Unanswerable(f"--region: unknown code {region!r}")
            region = known.code
        if cluster is not None:
            home = db.session.get(Cluster, cluster)
            if home is None:
                raise Unanswerable(f"--cluster: unknown code {cluster!r}")
            if region not in (None, home.region_code):
                raise Unanswerable(
                    f"--cluster: the rows of {cluster} are those of region {home.region_code}, not {region}"
                )
        if skill is not None and db.session.get(Skill, skill) is None:
            raise Unanswerable(f"--skill: unknown code {skill!r}")
        db.session.scalars(sa.select(Skill.code).limit(1)).first()
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise Unanswerable("the database is missing or not migrated: run `flask db upgrade`") from error
    return region, cluster, skill


def _figures(as_of: str | None) -> figures.Figures:
    day = _day(as_of)
    found = figures.figures_on_or_before(services.cubes_folder(), day)
    if found is not None:
        return found
    taken = figures.days(services.cubes_folder())
    if not taken:
        raise Unanswerable("there is no snapshot yet: `flask reports snapshot` takes one")
    option = "--as-of: " if as_of is not None else ""
    raise Unanswerable(f"{option}there is no snapshot on or before {day}; the first is of {taken[0]}")


def _day(text: str | None, option: str = "--as-of") -> date:
    if text is None:
        return today()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError as error:
        raise Unanswerable(f"{option}: {text!r} is not a day (YYYY-MM-DD)") from error
