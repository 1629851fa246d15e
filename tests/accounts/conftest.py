"""Mail as its reader gets it, and clients that speak English."""

import re

import pytest
import sqlalchemy as sa


@pytest.fixture
def mailed(db, run_jobs):
    """`mailed()` runs the jobs and returns all messages so far, the oldest first."""

    def mailed():
        from app.mail import Mail

        run_jobs()
        return list(db.session.scalars(sa.select(Mail).order_by(Mail.id)))

    return mailed


@pytest.fixture
def path_in():
    """`path_in(message)` is the path of the first link in it."""

    def path_in(message):
        return re.search(r"https?://[^/\s]+(/\S+)", message.body).group(1)

    return path_in


@pytest.fixture(autouse=True)
def english(monkeypatch):
    """Every client of these tests speaks English, so that answers to forms can be read."""
    from flask.testing import FlaskClient

    begin = FlaskClient.__init__

    def begin_in_english(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en-GB"

    monkeypatch.setattr(FlaskClient, "__init__", begin_in_english)
