"""`flask accounts create-administrator`."""

import click
from flask.cli import AppGroup

from app.accounts import queries, services
from app.accounts.models import OrganisationKind, Role
from app.clock import today
from app.db import db, utcnow
from app.errors import Refused

accounts = AppGroup("accounts", help="People and organisations.")
PLATFORM = "platform"


@accounts.command("create-administrator")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.password_option()
def create_administrator(email: str, name: str, password: str) -> None:
    """Create the person who runs it. Example: flask accounts create-administrator --email li@b.cn --name Li"""
    try:
        platform = queries.organisation_by_slug(PLATFORM)
        if platform is None:
            platform = services.create_organisation(OrganisationKind.PLATFORM, "平台", "Platform", slug=PLATFORM)
            platform.verified_at = utcnow()
        person = services.create_person(email, name, password)
        services.join(person, platform, Role.ADMINISTRATOR, today())
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.sentence()) from refusal
    db.session.commit()
    click.echo(f"{person.email} can sign in.", err=True)
