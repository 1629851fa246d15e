"""Mail. A message is a row written with its cause and sent by a job: console by default, SMTP by `MAIL_URL`."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

import click
import sqlalchemy as sa
from flask import Flask, current_app, render_template
from sqlalchemy.orm import Mapped, mapped_column

from app import jobs
from app.db import Model, Moment, db, key, line, long_text, moment_now, utcnow
from app.i18n import force_locale

SEND = "mail.send"


class Mail(Model):
    """One message to one address."""

    __tablename__ = "mail"

    id: Mapped[key]
    recipient: Mapped[line]
    subject: Mapped[line]
    body: Mapped[long_text]
    created_at: Mapped[moment_now]
    sent_at: Mapped[datetime | None] = mapped_column(Moment())


def write(recipient: str, template: str, *, language: str = "zh", **values: Any) -> Mail:
    """Add a message to the session, in the recipient's language; it is sent after the caller's commit.

    `template` names `emails/<template>.txt`, whose first line is the subject.
    """
    with force_locale(language):
        subject, _, body = render_template(f"emails/{template}.txt", **values).strip().partition("\n")
    message = Mail(recipient=recipient, subject=subject.strip(), body=body.strip() + "\n")
    db.session.add(message)
    db.session.flush()
    jobs.enqueue(SEND, {"mail": message.id})
    return message


def send(arguments: dict[str, Any], _progress: jobs.Progress) -> None:
    """Job: hand one message to the transport, once."""
    message = db.session.scalars(sa.select(Mail).where(Mail.id == arguments["mail"]).with_for_update()).one()
    if message.sent_at is None:
        _deliver(message)
        message.sent_at = utcnow()
    db.session.commit()


def _deliver(message: Mail) -> None:
    url = urlsplit(current_app.config["MAIL_URL"])
    if url.scheme == "console":
        click.echo(f"\n--- mail to {message.recipient}: {message.subject}\n{message.body}---", err=True)
        return
    if url.scheme not in ("smtp", "smtps"):
        raise ValueError(f"MAIL_URL: unknown transport {url.scheme!r}")
    mail = EmailMessage()
    mail["From"], mail["To"] = current_app.config["MAIL_FROM"], message.recipient
    mail["Subject"] = " ".join(message.subject.split())
    mail.set_content(message.body)
    host, port = url.hostname or "localhost", url.port or (465 if url.scheme == "smtps" else 587)
    context = ssl.create_default_context()
    transport = (
        smtplib.SMTP_SSL(host, port, timeout=30, context=context)
        if url.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=30)
    )
    with transport as server:
        if url.username:
            if url.scheme == "smtp":
                server.starttls(context=context)
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(mail)


def init_app(app: Flask) -> None:
    """Let jobs send mail."""
    jobs.task(app, SEND, send)
