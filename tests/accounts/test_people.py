"""The people of an organisation, and inviting some."""

import sqlalchemy as sa

from app.accounts import services
from app.accounts.models import Invitation, Membership, Role
from app.clock import today
from tests.courses.counting import statements
from tests.page import page, submit

UNIVERSITY = "/organisations/demo-university/people/"


def add_students(cast, count):
    for number in range(count):
        person = services.create_person(f"s{number}@school.example", f"学生{number:02}")
        services.join(person, cast.university, Role.STUDENT, today())


def test_a_coordinator_sees_who_is_what(sign_in, cast):
    found = page(sign_in(cast.coordinator), UNIVERSITY, language="en")
    assert [row[:3] for row in found.rows("main table")[1:]] == [
        ["周敏", "university@demo.example", "Coordinator"],
        ["周敏", "university@demo.example", "Teacher"],
        ["林小雨", "student@demo.example", "Student"],
    ]


def test_people_are_found_by_role_and_by_a_part_of_the_name(sign_in, cast):
    add_students(cast, 30)
    client = sign_in(cast.coordinator)
    found = page(client, UNIVERSITY + "?role=student&q=小雨", language="en")
    assert [row[0] for row in found.rows("main table")[1:]] == ["林小雨"]
    assert "Nobody fits" in page(client, UNIVERSITY + "?q=%25", language="en").text
    assert "1–25 of 33" in page(client, UNIVERSITY, language="en").text


def test_the_list_costs_as_much_for_thirty_as_for_three(sign_in, cast):
    client = sign_in(cast.coordinator)
    page(client, UNIVERSITY, language="en")
    with statements() as few:
        page(client, UNIVERSITY, language="en")
    add_students(cast, 30)
    with statements() as many:
        page(client, UNIVERSITY, language="en")
    assert len(many) - _writes(many) == len(few) - _writes(few) <= 5


def _writes(sent):
    return sum(not statement.lstrip().startswith("SELECT") for statement in sent)


def test_others_learn_nothing_of_the_list(client, client_of, cast):
    for person in (cast.student, cast.other_coordinator, cast.recruiter, cast.official):
        assert client_of(person).get(UNIVERSITY).status_code == 404
        assert client_of(person).post(UNIVERSITY + "invitations/", data={"role": "student"}).status_code == 404
    assert client.get(UNIVERSITY).status_code == 303


def test_each_kind_of_organisation_has_somebody_who_looks_after_it(client_of, cast):
    assert page(client_of(cast.recruiter), "/organisations/demo-enterprise/people/", language="en")
    assert page(client_of(cast.official), "/organisations/demo-government/people/", language="en")


def test_a_link_is_shown_once_and_only_its_digest_is_kept(sign_in, db, cast, mailed):
    client = sign_in(cast.coordinator)
    form = page(client, UNIVERSITY + "invitations/", language="en")
    assert submit(client, form, role="teacher").status_code == 303
    link = page(client, UNIVERSITY + "invitations/", language="en").one("input#link").attributes["value"]
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    invitation = db.session.scalars(sa.select(Invitation)).one()
    assert invitation.role is Role.TEACHER
    assert secret not in str(vars(invitation))
    assert invitation.digest == services.digest_of(secret)
    assert not page(client, UNIVERSITY + "invitations/", language="en").select("input#link"), "shown once"
    assert mailed() == []


def test_a_link_with_an_address_is_mailed_there(sign_in, cast, mailed):
    client = sign_in(cast.coordinator)
    form = page(client, UNIVERSITY + "invitations/", language="en")
    submit(client, form, role="judge", email="Judge@Elsewhere.example")
    (message,) = mailed()
    assert message.recipient == "judge@elsewhere.example"
    assert "/invitations/" in message.body
    answer = client.post(UNIVERSITY + "invitations/", data={"role": "judge", "email": "no@where"})
    assert answer.status_code == 200
    answer = client.post(UNIVERSITY + "invitations/", data={"role": "official"})
    assert answer.status_code == 200, "a university has no officials"


def test_an_open_link_can_be_withdrawn(sign_in, client_of, cast):
    _invitation, secret = services.invite(cast.university, Role.TEACHER, cast.coordinator, services_now())
    client = sign_in(cast.coordinator)
    form = page(client, UNIVERSITY + "invitations/", language="en")
    action = form.one("main table form").attributes["action"]
    assert client_of(cast.other_coordinator).post(action).status_code == 404
    other = action.replace("demo-university", "other-university")
    assert client_of(cast.other_coordinator).post(other).status_code == 404
    assert client.post(action).status_code == 303
    assert page(client, f"/invitations/{secret}/", language="en", status=410)


def test_ending_a_membership_keeps_what_was_done(sign_in, db, cast):
    client = sign_in(cast.coordinator)
    membership = db.session.scalars(sa.select(Membership).where(Membership.role == Role.TEACHER).limit(1)).one()
    assert client.post(f"{UNIVERSITY}{membership.id}/deletion/").status_code == 303
    db.session.expire_all()
    assert membership.left_on == today()
    assert "Teacher" not in [row[2] for row in page(client, UNIVERSITY, language="en").rows("main table")[1:]]
    assert client.post(f"{UNIVERSITY}{membership.id}/deletion/").status_code == 303
    assert "ended already" in page(client, UNIVERSITY, language="en").text


def test_the_last_who_looks_after_it_cannot_go(sign_in, db, cast):
    client = sign_in(cast.coordinator)
    query = sa.select(Membership).where(
        Membership.role == Role.COORDINATOR, Membership.organisation_id == cast.university.id
    )
    membership = db.session.scalars(query).one()
    client.post(f"{UNIVERSITY}{membership.id}/deletion/")
    db.session.expire_all()
    assert membership.left_on is None
    other = services.create_person("second@school.example", "第二人")
    services.join(other, cast.university, Role.COORDINATOR, today())
    assert client.post(f"{UNIVERSITY}{membership.id}/deletion/").location == "/"
    db.session.expire_all()
    assert membership.left_on == today()


def test_a_membership_elsewhere_cannot_be_ended_by_its_number(sign_in, db, cast):
    query = sa.select(Membership.id).where(Membership.organisation_id == cast.other_university.id).limit(1)
    number = db.session.scalar(query)
    assert sign_in(cast.coordinator).post(f"{UNIVERSITY}{number}/deletion/").status_code == 404


def services_now():
    from app.db import utcnow

    return utcnow()
