"""Bringing a class in by a table."""

import io
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import queries, services
from app.accounts.models import Invitation, Membership, Person, Role
from app.accounts.rules.roster import Fate, RosterRow
from app.clock import today
from app.db import utcnow
from app.jobs import Job, JobStatus
from tests.courses.counting import statements
from tests.page import page, read, submit

IMPORT = "/organisations/demo-university/people/import/"
TABLE = "email,name\nxiaoyu@school.example,林晓宇\nstudent@other.example,阿米娜\nstudent@demo.example,林小雨\n"


def look(client, content, name="class.csv"):
    data = {"file": (io.BytesIO(content if isinstance(content, bytes) else content.encode()), name)}
    return read(client.post(IMPORT, data=data, headers={"Accept-Language": "en"}))


def count(db, what):
    return db.session.scalar(sa.select(sa.func.count()).select_from(what))


def test_a_coordinator_looks_then_brings_the_class_in(sign_in, db, cast, mailed, path_in):
    client = sign_in(cast.coordinator)
    people = count(db, Person)
    preview = look(client, TABLE)
    assert preview.words("dl.strip dd") == ["1", "1", "0", "1"]
    assert [row[-1] for row in preview.rows("main table")[1:]] == [
        "new account",
        "is invited: has an account",
        "here already",
    ]
    assert "阿米娜" in preview.text, "the name is the one of the table"
    assert count(db, Person) == people, "nothing is kept before it is confirmed"
    answer = submit(client, preview, form="main form[action$='confirmation/']")
    assert answer.status_code == 303
    shown = page(client, answer.location, language="en")
    assert "Accounts made: 1. Invited, since they have an account: 1. Invited before: 0. Here already: 1." in shown.text
    assert [row[0] for row in shown.rows("main section table")[1:]] == ["student@other.example"]
    assert queries.person_by_email("student@other.example").name == "阿米娜", "their own name stays"
    welcome, invitation = mailed()
    assert welcome.recipient == "xiaoyu@school.example"
    stranger = page(client, path_in(welcome), language="en")
    assert "xiaoyu@school.example" in stranger.text
    assert invitation.recipient == "student@other.example"
    assert path_in(invitation).startswith("/invitations/")


def bring_in(client, table=TABLE):
    return client.post(IMPORT + "confirmation/", data={"table": table})


def passport_of(person):
    return f"/organisations/demo-university/people/{person.id}/passport/"


def students_of(db, university):
    query = sa.select(Membership.person_id).where(
        Membership.organisation_id == university.id, Membership.role == Role.STUDENT, Membership.left_on.is_(None)
    )
    return set(db.session.scalars(query))


def test_who_has_an_account_is_read_only_after_accepting(client_of, db, cast, mailed, path_in):
    coordinator = client_of(cast.coordinator)
    bring_in(coordinator)
    assert cast.other_student.id not in students_of(db, cast.university)
    assert coordinator.get(passport_of(cast.other_student)).status_code == 404
    _welcome, invitation = mailed()
    student = client_of(cast.other_student)
    form = page(student, path_in(invitation), language="en")
    assert "read your skill passport" in form.text
    assert submit(student, form, form="main form[action$='acceptance/']").status_code == 303
    assert cast.other_student.id in students_of(db, cast.university)
    assert page(coordinator, passport_of(cast.other_student), language="en")
    assert look(coordinator, TABLE).words("dl.strip dd") == ["0", "0", "0", "3"]


def test_another_account_cannot_accept_in_their_place(client_of, db, cast, mailed, path_in):
    bring_in(client_of(cast.coordinator))
    path = path_in(mailed()[-1])
    for person in (cast.coordinator, cast.recruiter):
        client = client_of(person)
        assert not page(client, path, language="en").select("form[action$='acceptance/']")
        client.post(path + "acceptance/")
    assert students_of(db, cast.university).isdisjoint({cast.recruiter.id, cast.coordinator.id, cast.other_student.id})


def test_while_an_invitation_is_open_nobody_is_asked_again(client_of, db, cast, mailed):
    coordinator = client_of(cast.coordinator)
    bring_in(coordinator)
    assert look(coordinator, TABLE).words("dl.strip dd") == ["0", "0", "1", "2"]
    assert look(coordinator, TABLE).rows("main table")[2][-1] == "invited already, has not answered"
    bring_in(coordinator)
    assert count(db, Invitation) == 1
    assert [message.recipient for message in mailed()] == ["xiaoyu@school.example", "student@other.example"]


def test_an_invitation_that_a_coordinator_wrote_by_hand_counts_too(client_of, db, cast, mailed):
    services.invite(cast.university, Role.STUDENT, cast.coordinator, utcnow(), email="student@other.example")
    bring_in(client_of(cast.coordinator))
    assert [message.recipient for message in mailed()] == ["xiaoyu@school.example"]


@pytest.mark.parametrize("end", ["withdrawn", "expired"])
def test_when_an_invitation_is_over_the_table_invites_anew(client_of, db, cast, mailed, path_in, end):
    coordinator = client_of(cast.coordinator)
    bring_in(coordinator)
    old = path_in(mailed()[-1])
    invitation = db.session.scalars(sa.select(Invitation)).one()
    if end == "withdrawn":
        services.withdraw_invitation(invitation, cast.coordinator, utcnow())
    else:
        invitation.expires_at = utcnow() - timedelta(seconds=1)
    student = client_of(cast.other_student)
    assert student.post(old + "acceptance/").status_code == 410
    assert cast.other_student.id not in students_of(db, cast.university)
    bring_in(coordinator)
    new = path_in(mailed()[-1])
    assert new != old
    assert student.post(new + "acceptance/").status_code == 303
    assert cast.other_student.id in students_of(db, cast.university)


def test_one_who_was_withdrawn_before_the_mail_went_out_gets_none(client_of, db, cast, mailed):
    bring_in(client_of(cast.coordinator))
    services.withdraw_invitation(db.session.scalars(sa.select(Invitation)).one(), cast.coordinator, utcnow())
    assert [message.recipient for message in mailed()] == ["xiaoyu@school.example"]


def test_the_mail_of_an_invitation_is_written_once_in_the_language_of_its_reader(client_of, db, cast, mailed, path_in):
    cast.other_student.language = "en"
    bring_in(client_of(cast.coordinator))
    before = mailed()
    assert before[-1].subject == "Ouhai Business College invites you to Yangfan"
    assert "周敏" in before[-1].body
    for job in db.session.scalars(sa.select(Job)):
        assert path_in(before[-1]).split("/")[2] not in str(job.arguments), "no job holds the secret"
        job.status = JobStatus.QUEUED
    assert [message.recipient for message in mailed()].count("student@other.example") == 1
    assert page(client_of(cast.other_student), path_in(before[-1]), language="en"), "and the link still works"


def test_who_teaches_here_is_asked_before_they_study_here(client_of, db, cast, mailed):
    bring_in(client_of(cast.coordinator), "email,name\nuniversity@demo.example,周敏\n")
    assert cast.coordinator.id not in students_of(db, cast.university)
    assert [message.recipient for message in mailed()] == ["university@demo.example"]


def test_bringing_the_same_class_in_again_changes_nothing(sign_in, db, cast, mailed):
    client = sign_in(cast.coordinator)
    for _ in range(2):
        client.post(IMPORT + "confirmation/", data={"table": TABLE})
    assert len(mailed()) == 2
    assert (
        "Invited before: 1. Here already: 2."
        in page(client, "/organisations/demo-university/people/", language="en").text
    )
    joined = sa.select(sa.func.count()).where(
        Membership.organisation_id == cast.university.id, Membership.role == "student"
    )
    assert db.session.scalar(joined) == 2


@pytest.fixture
def no_request(monkeypatch):
    """Services can be called outside of a request, which is what makes whole addresses."""
    monkeypatch.setattr(services, "link_to", lambda endpoint, **values: f"https://yangfan.example/{endpoint}")


@pytest.mark.usefixtures("no_request")
def test_who_has_left_is_asked_before_they_join_again(db, cast):
    rows = [RosterRow(1, "student@demo.example", "林小雨")]
    membership = queries.memberships_in(cast.university.id, Role.STUDENT, [cast.student.id])[cast.student.id]
    membership.left_on = today()
    result = services.take_roster(cast.university, rows, Role.STUDENT, cast.coordinator, utcnow(), today())
    assert (result.people, result.counts) == ([], {Fate.INVITED: 1})
    assert membership.left_on == today()
    (invitation,) = result.invitations
    services.accept(invitation, cast.student, utcnow(), today())
    assert membership.left_on is None


def test_every_fault_is_named_and_nothing_is_kept(sign_in, db, cast):
    client = sign_in(cast.coordinator)
    faulty = TABLE + "no-address,名\nxiaoyu@school.example,再来\n"
    found = look(client, faulty)
    assert [row[:3] for row in found.rows("main table")[1:]] == [
        ["class.csv", "4", "email"],
        ["class.csv", "5", "email"],
    ]
    assert not found.select("form[action$='confirmation/']")
    people = count(db, Person)
    assert read(client.post(IMPORT + "confirmation/", data={"table": faulty}, headers={"Accept-Language": "en"}))
    assert count(db, Person) == people


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_of_spreadsheets(sign_in, cast, encoding):
    found = look(sign_in(cast.coordinator), "邮箱,姓名\nxiaoyu@school.example,林晓宇\n".encode(encoding))
    assert "林晓宇" in found.text


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "email,name\na@b.cn,x".encode("utf-16"), b"x" * 2_001])
def test_what_is_no_table_is_refused_at_the_field(sign_in, cast, content, monkeypatch):
    monkeypatch.setattr("app.accounts.views.rosters.MAX_BYTES", 2_000)
    found = look(sign_in(cast.coordinator), content)
    assert found.words("#file-error") or found.words("main table td")
    assert not found.select("form[action$='confirmation/']")


def test_only_the_coordinator_of_this_university_may(client, client_of, cast):
    for person in (cast.student, cast.other_coordinator, cast.recruiter):
        assert client_of(person).get(IMPORT).status_code == 404
        assert client_of(person).post(IMPORT + "confirmation/", data={"table": TABLE}).status_code == 404
    assert client.get(IMPORT).status_code == 303


@pytest.mark.usefixtures("no_request")
def test_five_thousand_people_come_in_quickly_and_by_few_statements(db, cast):
    rows = [RosterRow(number, f"s{number}@big.example", f"学生{number}") for number in range(1, 5001)]
    start = time.perf_counter()
    with statements() as sent:
        result = services.take_roster(cast.university, rows, Role.STUDENT, cast.coordinator, utcnow(), today())
    assert result.counts == {Fate.NEW: 5000}
    assert time.perf_counter() - start < 10
    assert len(sent) < 60
    again = services.take_roster(cast.university, rows, Role.STUDENT, cast.coordinator, utcnow(), today())
    assert again.counts == {Fate.HERE: 5000}
    assert [person.id for person in again.people] == [person.id for person in result.people]
    with statements() as sent:
        other = cast.other_university
        elsewhere = services.take_roster(other, rows, Role.STUDENT, cast.other_coordinator, utcnow(), today())
    assert elsewhere.counts == {Fate.INVITED: 5000}
    assert len({invitation.email for invitation in elsewhere.invitations}) == 5000
    assert len(sent) < 80


def test_a_table_in_another_role_must_fit_the_organisation(db, cast):
    rows = [RosterRow(1, "a@b.cn", "甲")]
    with pytest.raises(services.RoleNotForKind):
        services.take_roster(cast.enterprise, rows, Role.STUDENT, cast.recruiter, utcnow(), today())
