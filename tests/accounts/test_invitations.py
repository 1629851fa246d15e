"""The page of an invitation."""

from datetime import timedelta

import pytest

from app.accounts import queries, services
from app.accounts.models import Role
from app.clock import today
from app.db import utcnow
from tests.page import page, read, submit

NEW = "three boats pass by"


@pytest.fixture
def invite(db, cast):
    """`invite(...)` makes a link of the university and returns its path."""

    def invite(role=Role.TEACHER, email="", now=None):
        _invitation, secret = services.invite(cast.university, role, cast.coordinator, now or utcnow(), email=email)
        return f"/invitations/{secret}/"

    return invite


def role_of(person, organisation):
    return [
        m.role for m in queries.person_with_memberships(person.id).current(today()) if m.organisation == organisation
    ]


def test_a_signed_in_person_accepts(client_of, db, cast, invite):
    path = invite()
    client = client_of(cast.other_student)
    assert submit(client, page(client, path, language="en")).status_code == 303
    assert role_of(cast.other_student, cast.university) == [Role.TEACHER]
    assert page(client, path, language="en", status=410), "a link works once"
    assert client_of(cast.recruiter).post(path + "acceptance/").status_code == 410


def test_a_stranger_makes_an_account_on_the_invitation(client, db, cast, invite):
    form = page(client, invite(Role.STUDENT), language="en")
    answer = submit(client, form, name="新同学", email="New@school.example", password=NEW, agreed="y")
    assert answer.status_code == 303
    person = queries.person_by_email("new@school.example")
    assert role_of(person, cast.university) == [Role.STUDENT]
    assert "/profile/" in page(client, "/", language="en").html, "the profile comes next"


def test_an_address_that_has_an_account_signs_in_first(client, db, cast, invite):
    path = invite()
    form = page(client, path, language="en")
    answer = submit(client, form, name="x", email="student@demo.example", password=NEW, agreed="y")
    assert read(answer).words("#email-error")
    assert f"/sign-in/?next={path}" in form.html
    assert role_of(cast.student, cast.university) == [Role.STUDENT]


def test_an_invitation_for_one_address_is_for_nobody_else(client, client_of, db, cast, invite):
    path = invite(email="wanted@school.example")
    other = client_of(cast.other_student)
    assert not page(other, path, language="en").select(f"form[action='{path}acceptance/']")
    other.post(path + "acceptance/")
    assert role_of(cast.other_student, cast.university) == []
    data = {"name": "x", "email": "somebody@else.example", "password": NEW, "agreed": "y"}
    assert read(client.post(path, data=data, headers={"Accept-Language": "en"})).words("#email-error")
    assert queries.person_by_email("somebody@else.example") is None


def test_a_poor_password_makes_no_account_and_uses_nothing_up(client, db, cast, invite):
    path = invite()
    form = page(client, path, language="en")
    answer = submit(client, form, name="x", email="new@school.example", password="short", agreed="y")
    assert read(answer).words("#password-error")
    assert queries.person_by_email("new@school.example") is None
    assert page(client, path, language="en")


def test_an_old_or_made_up_link_is_told_so(client, db, cast, invite):
    assert page(client, invite(now=utcnow() - timedelta(days=15)), language="en", status=410)
    assert page(client, "/invitations/made-up/", language="en", status=410)


def test_accepting_needs_somebody_signed_in(client, db, cast, invite):
    assert client.post(invite() + "acceptance/").location.startswith("/sign-in/")
