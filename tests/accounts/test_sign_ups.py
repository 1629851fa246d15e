"""An account for a stranger."""

import sqlalchemy as sa

from app.accounts import queries
from app.jobs import Job
from tests.page import page, read, submit

NEW = "three boats pass by"


def ask(client, email="new@enterprise.example", name="郑海"):
    form = page(client, "/sign-up/", language="en")
    return submit(client, form, name=name, email=email, agreed="y")


def test_a_stranger_opens_an_account_by_the_mailed_link(client, cast, mailed, path_in):
    assert ask(client, " New@Enterprise.example").location == "/sign-up/sent/"
    assert page(client, "/sign-up/sent/", language="en")
    assert queries.person_by_email("new@enterprise.example") is None
    (message,) = mailed()
    assert submit(client, page(client, path_in(message), language="en"), password=NEW).status_code == 303
    person = queries.person_by_email("new@enterprise.example")
    assert person.name == "郑海"
    assert "/organisations/new/" in page(client, "/", language="en").html, "registering comes next"
    assert page(client, path_in(message), language="en", status=410), "the link works once"


def test_no_job_holds_the_secret_of_the_link(client, db, cast, mailed, path_in):
    ask(client)
    (message,) = mailed()
    secret = path_in(message).split("/")[2]
    assert len(secret) > 20
    assert not [job for job in db.session.scalars(sa.select(Job)) if secret[:20] in str(job.arguments)]


def test_the_answer_does_not_say_whether_there_is_an_account(client, cast, mailed):
    assert ask(client, "student@demo.example").location == ask(client).location
    known, new = mailed()
    assert (known.recipient, new.recipient) == ("student@demo.example", "new@enterprise.example")
    assert "/sign-up/" not in known.body
    assert "/password-resets/" in known.body


def test_an_account_needs_agreement_and_an_address(client, cast, mailed):
    answer = client.post("/sign-up/", data={"name": "郑海", "email": "x"}, headers={"Accept-Language": "en"})
    assert read(answer).words("#agreed-error")
    answer = client.post("/sign-up/", data={"name": "郑海", "email": "x", "agreed": "y"})
    assert answer.status_code == 200
    assert mailed() == []


def test_a_poor_password_makes_no_account(client, cast, mailed, path_in):
    ask(client)
    (message,) = mailed()
    answer = submit(client, page(client, path_in(message), language="en"), password="new@enterprise")
    assert read(answer).words("#password-error")
    assert queries.person_by_email("new@enterprise.example") is None


def test_a_made_up_link_is_refused(client, cast):
    assert page(client, "/sign-up/abc.def.ghi/", language="en", status=410)
