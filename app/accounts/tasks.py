"""Mail that is written in the background: so that a request does the same for known and unknown addresses."""

from typing import Any

from flask import Flask

from app import jobs, mail
from app.accounts import queries, services
from app.accounts.models import Organisation
from app.db import db, utcnow


def reset_mail(arguments: dict[str, Any], _progress: jobs.Progress) -> None:
    """Job: send the link by which somebody sets a new password, if there is such a person."""
    person = queries.person_by_email(arguments["email"])
    if person is not None and person.is_active:
        link = arguments["link"].replace(services.PLACE_OF_SECRET, services.reset_token(person))
        mail.write(person.email, "password-reset", language=person.language or arguments["language"], link=link)
    db.session.commit()


def sign_up_mail(arguments: dict[str, Any], _progress: jobs.Progress) -> None:
    """Job: send the link that finishes an account, or the word that there is one already."""
    person = queries.person_by_email(arguments["email"])
    if person is None:
        token = services.sign_up_token(arguments["email"], arguments["name"])
        link = arguments["link"].replace(services.PLACE_OF_SECRET, token)
        mail.write(arguments["email"], "sign-up", language=arguments["language"], link=link)
    else:
        mail.write(
            person.email,
            "known-address",
            language=person.language or arguments["language"],
            sign_in=arguments["sign_in"],
            reset=arguments["reset"],
        )
    db.session.commit()


def welcome_mails(arguments: dict[str, Any], _progress: jobs.Progress) -> None:
    """Job: tell new people of an organisation's table that they have an account, with the link to set a password."""
    organisation = db.session.get_one(Organisation, arguments["organisation"])
    for person in queries.people_without_password(arguments["people"]):
        link = arguments["link"].replace(services.PLACE_OF_SECRET, services.welcome_token(person))
        mail.write(
            person.email,
            "welcome",
            language=person.language or "zh",
            name=person.name,
            organisation=organisation,
            link=link,
            days=services.WELCOME_DAYS,
        )
    db.session.commit()


def invitation_mails(arguments: dict[str, Any], _progress: jobs.Progress) -> None:
    """Job: draw the secrets of invitations that a table made, and mail the links; done twice it is done once."""
    invitations = queries.invitations_to_mail(arguments["invitations"], utcnow())
    people = queries.people_by_email([invitation.email for invitation in invitations])
    for invitation in invitations:
        person = people.get(invitation.email)
        link = arguments["link"].replace(services.PLACE_OF_SECRET, services.draw_secret(invitation))
        spoken = person.language if person is not None else ""
        services.send_invitation(invitation, link, arguments["inviter"], spoken or "zh")
    db.session.commit()


def init_app(app: Flask) -> None:
    """Let jobs write these mails."""
    jobs.task(app, services.RESET_MAIL, reset_mail)
    jobs.task(app, services.SIGN_UP_MAIL, sign_up_mail)
    jobs.task(app, services.WELCOME_MAILS, welcome_mails)
    jobs.task(app, services.INVITATION_MAILS, invitation_mails)
