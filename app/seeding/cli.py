"""`flask seed`: the demo world into an empty database."""

import time
from collections.abc import Callable

import click
import sqlalchemy as sa
from flask import Flask
from flask.cli import with_appcontext

from app.accounts.models import Organisation
from app.clock import day_of
from app.db import analyse, db, utcnow
from app.reference.models import ReferenceVersion
from app.registry import registry
from app.seeding import cast, people
from app.seeding.models import Installation
from app.seeding.world import SIZES, World

DEMO = "demo"
EVERYONE = (
    ("student@demo.example", "student"),
    ("enterprise@demo.example", "enterprise"),
    ("university@demo.example", "university"),
    ("official@demo.example", "official"),
)


@click.command()
@click.option("--size", type=click.Choice(sorted(SIZES)), default="full", help="How many people and things.")
@click.option("--seed", "seed_text", default="yangfan", help="The same seed on the same day gives the same world.")
@click.option("--if-empty", is_flag=True, help="Leave a database that is in use as it is, without an error.")
@with_appcontext
def seed(size: str, seed_text: str, if_empty: bool) -> None:
    """Plant the demo world into an empty database. Example: flask seed --size small"""
    try:
        is_loaded = db.session.scalar(sa.select(sa.func.count()).select_from(ReferenceVersion))
        is_used = db.session.scalar(sa.select(sa.func.count()).select_from(Organisation))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise Unplantable("the database is not migrated: run `flask db upgrade` first") from error
    if not is_loaded:
        raise Unplantable("there is no reference data: run `flask reference load` first")
    if is_used and if_empty:
        click.echo("The database is in use; it keeps its data.", err=True)
        return
    if is_used:
        raise Unplantable("the database is not empty; the demo world is planted into an empty one only")
    db.session.rollback()
    started = time.monotonic()
    now = utcnow()
    db.session.add(Installation(name=DEMO, value=seed_text))
    world = World(seed_text, SIZES[size], now, day_of(now), cast.plant(now, day_of(now)), _say)
    steps: list[tuple[str, Callable[[World], None]]] = [
        ("organisations", people.plant_organisations),
        ("staff", people.plant_staff),
        ("students", people.plant_students),
    ]
    steps += [(name, plant) for _order, name, plant in sorted(registry().seeders, key=lambda step: step[0])]
    for number, (name, plant) in enumerate(steps, start=1):
        begun = time.monotonic()
        click.echo(f"[{number}/{len(steps)}] {name} …", err=True)
        with db.session.no_autoflush:
            plant(world)
        db.session.flush()
        analyse()
        click.echo(f"[{number}/{len(steps)}] {name}: {time.monotonic() - begun:.1f} s", err=True)
    db.session.commit()
    click.echo(f"The demo world is planted: {time.monotonic() - started:.0f} s.", err=True)


class Unplantable(click.ClickException):
    """The world cannot be planted here."""

    exit_code = 2


def _say(name: str, done: int, total: int) -> None:
    click.echo(f"      {name}: {done}/{total}", err=True)


def init_app(app: Flask) -> None:
    """Let templates ask whether this is a demo. Asked once a process: a database does not change its kind."""
    known: dict[str, bool] = {}

    def demo() -> bool:
        if "demo" not in known:
            known["demo"] = db.session.get(Installation, DEMO) is not None
        return known["demo"]

    app.jinja_env.globals["demo"] = demo
    app.jinja_env.globals["demo_people"] = lambda: [(email, role, cast.PASSWORD) for email, role in EVERYONE]

    @app.cli.group("demo", help="The demo world.")
    def demo_group() -> None:
        """Commands about the demo."""

    @demo_group.command("announce")
    @click.option("--address", required=True, help="Where the demo is served.")
    def announce(address: str) -> None:
        """Print where the demo is and how to sign in. Example: flask demo announce --address URL"""
        click.echo(f"\nYangfan 扬帆 is at {address}\n")
        for email, role in EVERYONE:
            click.echo(f"  {role:<11} {email:<26} {cast.PASSWORD}")
        click.echo("\nEverybody in this demo is invented. Stop with Ctrl-C.\n")
