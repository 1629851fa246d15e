"""Bringing a class in by a table."""

import io
import time

import pytest
import sqlalchemy as sa

from app.accounts import queries, services
from app.accounts.models import Membership, Person, Role
from app.accounts.rules.roster import RosterRow
from app.clock import today
from app.db import utcnow
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
    assert preview.words("dl.strip dd") == ["1", "1", "1"]
    assert count(db, Person) == people, "nothing is kept before it is confirmed"
    answer = submit(client, preview, form="main form[action$='confirmation/']")
    assert answer.status_code == 303
    assert (
        "Accounts made: 1. Joined with the account they had: 1. Here already: 1."
        in page(client, answer.location, language="en").text
    )
    assert queries.person_by_email("student@other.example").name == "阿米娜", "their own name stays"
    (message,) = mailed()
    assert message.recipient == "xiaoyu@school.example"
    stranger = page(client, path_in(message), language="en")
    assert "xiaoyu@school.example" in stranger.text


def test_bringing_the_same_class_in_again_changes_nothing(sign_in, db, cast, mailed):
    client = sign_in(cast.coordinator)
    for _ in range(2):
        client.post(IMPORT + "confirmation/", data={"table": TABLE})
    assert len(mailed()) == 1
    assert "Here already: 3." in page(client, "/organisations/demo-university/people/", language="en").text
    joined = sa.select(sa.func.count()).where(
        Membership.organisation_id == cast.university.id, Membership.role == "student"
    )
    assert db.session.scalar(joined) == 3


def test_who_has_left_joins_again(db, cast):
    rows = [RosterRow(1, "student@demo.example", "林小雨")]
    membership = queries.memberships_in(cast.university.id, Role.STUDENT, [cast.student.id])[cast.student.id]
    membership.left_on = today()
    result = services.take_roster(cast.university, rows, Role.STUDENT, utcnow(), today())
    assert (result.created, result.changed, result.unchanged) == (0, 1, 0)
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


def test_five_thousand_people_come_in_quickly_and_by_few_statements(db, cast):
    rows = [RosterRow(number, f"s{number}@big.example", f"学生{number}") for number in range(1, 5001)]
    start = time.perf_counter()
    with statements() as sent:
        result = services.take_roster(cast.university, rows, Role.STUDENT, utcnow(), today(), welcome=False)
    assert result.created == 5000
    assert time.perf_counter() - start < 10
    assert len(sent) < 60
    again = services.take_roster(cast.university, rows, Role.STUDENT, utcnow(), today(), welcome=False)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 5000)
    assert [person.id for person in again.people] == [person.id for person in result.people]


def test_a_table_in_another_role_must_fit_the_organisation(db, cast):
    with pytest.raises(services.RoleNotForKind):
        services.take_roster(cast.enterprise, [RosterRow(1, "a@b.cn", "甲")], Role.STUDENT, utcnow(), today())
