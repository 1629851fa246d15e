"""`flask accounts create-administrator` and `create-organisation`: the first people of an installation."""

import re

import click
from flask.cli import AppGroup

from app import audit
from app.accounts import queries, services
from app.accounts.models import OrganisationKind, Role
from app.accounts.policies import MANAGER_BY_KIND
from app.clock import today
from app.db import db, utcnow
from app.errors import Refused
from app.reference.models import Region

accounts = AppGroup("accounts", help="People and organisations.")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,60})[a-z0-9]")


@accounts.command("create-administrator")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.password_option()
def create_administrator(email: str, name: str, password: str) -> None:
    """Create the person who runs it. Example: flask accounts create-administrator --email li@b.cn --name Li"""
    try:
        platform = services.the_platform(utcnow())
        person = services.create_person(email, name, password)
        services.join(person, platform, Role.ADMINISTRATOR, today())
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.sentence()) from refusal
    db.session.commit()
    click.echo(f"{person.email} can sign in.", err=True)


@accounts.command("create-organisation")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in OrganisationKind if kind != "platform"]), required=True
)
@click.option("--slug", required=True, help="Its address: small letters, digits, dashes.")
@click.option("--name-zh", required=True)
@click.option("--name-en", default="")
@click.option("--region", help="ISO 3166-2 code, such as CN-ZJ.")
@click.option("--manager-email", required=True, help="Who invites the others. A new account gets a password below.")
@click.option("--manager-name", required=True)
@click.password_option(help="For a new account; an account that exists keeps its own.")
def create_organisation(
    kind: str,
    slug: str,
    name_zh: str,
    name_en: str,
    region: str | None,
    manager_email: str,
    manager_name: str,
    password: str,
) -> None:
    """Create a verified organisation and who manages it.

    Example: flask accounts create-organisation --kind university --slug west-lake --name-zh 西湖商学院 --region CN-ZJ
    --manager-email li@b.cn --manager-name Li
    """
    try:
        if region is not None and db.session.get(Region, region) is None:
            raise click.ClickException(f"--region: unknown code {region!r}")
        if not SLUG.fullmatch(slug):
            raise click.ClickException(f"--slug: {slug!r} is not small letters, digits and dashes")
        organisation = services.create_organisation(
            OrganisationKind(kind), name_zh, name_en, slug=slug, region_code=region
        )
        organisation.verified_at = utcnow()
        person = queries.person_by_email(manager_email)
        if person is None:
            person = services.create_person(manager_email, manager_name, password)
        services.join(person, organisation, MANAGER_BY_KIND[organisation.kind], today())
    except Refused as refusal:
        db.session.rollback()
        raise click.ClickException(refusal.sentence()) from refusal
    audit.record("organisation.create", organisation, actor_id=None, organisation_id=organisation.id)
    db.session.commit()
    click.echo(f"{organisation.slug} is there; {person.email} manages it.", err=True)
