"""Cohorts as their teachers and coordinators see them."""

import re
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.accounts.models import Invitation, Membership, Person, Role
from app.accounts.services import create_person, join, withdraw_invitation
from app.db import utcnow
from app.mail import Mail
from courses import queries, services
from courses.models import Enrolment
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read, submit

ELSEWHERE = "email,name\nstudent@other.example,某人\nstudent@demo.example,林小雨\n"


@pytest.fixture
def cohort(db, cast):
    """A cohort that nobody teaches yet."""
    cast.coordinator.language = "en"
    found = factories.cohort(factories.course(cast), capacity=40)
    db.session.commit()
    return found


@pytest.fixture
def teacher(db, cast):
    """A teacher of the university who coordinates nothing."""
    person = create_person("teacher@demo.example", "李老师", language="en")
    join(person, cast.university, Role.TEACHER, factories.today())
    db.session.commit()
    return person


def path(cohort, rest=""):
    return f"/organisations/demo-university/courses/{cohort.course_id}/cohorts/{cohort.id}/{rest}"


def test_a_coordinator_opens_a_cohort_with_its_teachers(sign_in, db, cast, teacher):
    cast.coordinator.language = "en"
    course = factories.course(cast)
    client = sign_in(cast.coordinator)
    new = f"/organisations/demo-university/courses/{course.id}/cohorts/new/"
    values = {"name_zh": "春", "starts_on": "2027-03-01", "ends_on": "2027-06-30", "teacher_ids": [str(teacher.id)]}
    submit(client, page(client, new), values)
    (row,) = queries.cohorts_of(course.id)
    assert [one.person_id for one in queries.teachers_of(row.cohort.id)] == [teacher.id]
    backwards = submit(client, page(client, new), {**values, "ends_on": "2027-02-01"})
    assert "ends on or after" in read(backwards).text


def test_a_teacher_sees_the_learners_of_own_cohorts_only(sign_in, db, cast, cohort, teacher):
    client = sign_in(teacher)
    assert client.get(path(cohort)).status_code == 404
    services.set_teachers(cohort, [teacher.id])
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    db.session.commit()
    shown = page(client, path(cohort))
    assert shown.h1 == "0 of 1 learner has completed the course"
    assert "林小雨" in shown.text
    assert client.get(path(cohort, "class/")).status_code == 404, "bringing a class in is the coordinators' business"
    assert "Customs and compliance" in page(client, "/").text


def look(client, cohort, table):
    form = page(client, path(cohort, "class/"))
    return read(client.post(path(cohort, "class/"), data={**form.values(), "file": (BytesIO(table), "class.csv")}))


def confirm(client, cohort, table=ELSEWHERE):
    return client.post(path(cohort, "class/confirmation/"), data={"table": table})


def letters(db, run_jobs):
    run_jobs()
    query = sa.select(Mail).where(Mail.recipient == "student@other.example").order_by(Mail.id)
    return [re.search(r"https?://[^/]+(/invitations/\S+)", mail.body).group(1) for mail in db.session.scalars(query)]


def learners(cohort):
    return queries.progress_in(cohort.id)[0]


def test_who_has_an_account_elsewhere_is_enrolled_when_they_accept(client_of, db, cast, cohort, run_jobs):
    coordinator, student = client_of(cast.coordinator), client_of(cast.other_student)
    preview = look(coordinator, cohort, ELSEWHERE.encode())
    assert [row[-1] for row in preview.rows("main table")[1:]] == ["is invited: has an account", "here already"]
    shown = page(coordinator, submit(coordinator, preview, form="main form[action$='confirmation/']").location)
    assert "1 student is in the cohort." in shown.text
    assert "1 person has an account already and was invited" in shown.text
    assert [row[0] for row in shown.rows("main section table")[1:]] == ["student@other.example"]
    assert learners(cohort) == 1
    passport = f"/organisations/demo-university/people/{cast.other_student.id}/passport/"
    assert coordinator.get(passport).status_code == 404
    (letter,) = letters(db, run_jobs)
    assert coordinator.post(letter + "acceptance/").status_code == 303, "to be told that it is not theirs"
    assert learners(cohort) == 1
    assert student.post(letter + "acceptance/").status_code == 303
    assert learners(cohort) == 2
    assert coordinator.get(passport).status_code == 200
    after = page(coordinator, path(cohort))
    assert not after.select("main section table"), "nobody is waited for any more"
    assert "阿米娜" in after.text


def test_one_invitation_keeps_a_seat_in_each_class_that_names_them(client_of, db, cast, cohort, run_jobs):
    second = factories.cohort(factories.course(cast, title="物流"))
    coordinator = client_of(cast.coordinator)
    for one in (cohort, second, cohort):
        assert confirm(coordinator, one).status_code == 303
    (letter,) = letters(db, run_jobs)
    client_of(cast.other_student).post(letter + "acceptance/")
    assert (learners(cohort), learners(second)) == (2, 2)


def test_a_seat_is_kept_while_the_invitation_is_open(client_of, client, db, cast, cohort, run_jobs):
    cohort.capacity = 2
    coordinator = client_of(cast.coordinator)
    confirm(coordinator, cohort)
    (row,) = queries.open_cohorts(cohort.course_id, [cohort.organisation_id], factories.today(), utcnow())
    assert row.seats_left == 0
    one_more = "email,name\nlate@demo.example,迟到\n"
    assert "This cohort is full." in read(confirm(coordinator, cohort, one_more)).text
    invitation = db.session.scalars(sa.select(Invitation)).one()
    withdraw_invitation(invitation, cast.coordinator, utcnow())
    assert confirm(coordinator, cohort, one_more).status_code == 303
    assert learners(cohort) == 2


def test_a_withdrawn_invitation_enrols_nobody_and_the_next_one_does(client_of, db, cast, cohort, run_jobs):
    coordinator, student = client_of(cast.coordinator), client_of(cast.other_student)
    confirm(coordinator, cohort)
    letters(db, run_jobs)
    withdraw_invitation(db.session.scalars(sa.select(Invitation)).one(), cast.coordinator, utcnow())
    confirm(coordinator, cohort)
    old, new = letters(db, run_jobs)
    assert student.post(old + "acceptance/").status_code == 410
    assert learners(cohort) == 1
    student.post(new + "acceptance/")
    assert learners(cohort) == 2


def test_who_has_left_the_cohort_is_not_brought_back_by_an_old_invitation(client_of, db, cast, cohort, run_jobs):
    coordinator, student = client_of(cast.coordinator), client_of(cast.other_student)
    confirm(coordinator, cohort)
    (letter,) = letters(db, run_jobs)
    join(cast.other_student, cast.university, Role.STUDENT, factories.today())
    confirm(coordinator, cohort)
    student.post(f"/cohorts/{cohort.id}/enrolment/deletion/")
    assert learners(cohort) == 1
    student.post(letter + "acceptance/")
    assert learners(cohort) == 1


def test_an_invited_person_is_named_to_coordinators_only(client_of, db, cast, cohort, teacher):
    services.set_teachers(cohort, [teacher.id])
    confirm(client_of(cast.coordinator), cohort)
    assert "student@other.example" not in page(client_of(teacher), path(cohort)).text


def test_a_coordinator_brings_a_class_in_by_csv(sign_in, db, cast, cohort):
    client = sign_in(cast.coordinator)
    table = "邮箱,姓名\nxiaowen@demo.example,温晓\nstudent@demo.example,林小雨\n".encode("gb18030")
    for fates in (["new account", "here already"], ["here already", "here already"]):
        preview = look(client, cohort, table)
        assert [row[-1] for row in preview.rows("main table")[1:]] == fates
        assert submit(client, preview, form="main form[action$='confirmation/']").location == path(cohort)
    assert queries.progress_in(cohort.id)[0] == 2
    new = db.session.scalars(sa.select(Person).where(Person.email == "xiaowen@demo.example")).one()
    assert db.session.scalars(sa.select(Membership.role).where(Membership.person_id == new.id)).all() == [Role.STUDENT]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email,name\nnobody,Nobody\n", "is not an e-mail address"),
        (b"name\nNobody\n", "There is no column"),
        (b"\x00\x01", "This file is no text"),
        (b"email,name\n" + b"x" * 2_000, "larger than 2 MB"),
    ],
)
def test_a_faulty_class_list_changes_nothing(sign_in, db, cast, cohort, content, said, monkeypatch):
    monkeypatch.setattr("courses.views.cohorts.MOST_BYTES", 2_000)
    client = sign_in(cast.coordinator)
    answer = client.post(path(cohort, "class/"), data={"file": (BytesIO(content), "class.csv")})
    assert said in read(answer).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0


def test_a_class_beyond_the_seats_is_refused_whole(sign_in, db, cast, cohort):
    cohort.capacity = 1
    db.session.commit()
    client = sign_in(cast.coordinator)
    answer = confirm(client, cohort, "email,name\na@demo.example,A\nb@demo.example,B\n")
    assert "This cohort is full." in read(answer).text
    assert db.session.scalar(sa.select(sa.func.count()).where(Person.email.like("_@demo.example"))) == 0


def test_strangers_find_no_cohort(client_of, client, cast, cohort):
    for stranger in (cast.student, cast.other_coordinator, cast.official):
        for rest in ("", "edit/", "class/"):
            assert client_of(stranger).get(path(cohort, rest)).status_code == 404
        assert confirm(client_of(stranger), cohort).status_code == 404
    assert "/sign-in/" in client.get(path(cohort)).location


def test_a_cohort_costs_the_same_with_many_learners(sign_in, db, cast, cohort):
    client, here = sign_in(cast.coordinator), path(cohort)
    services.bring_in(cohort, [cast.student.id], utcnow())
    client.get(here)
    with statements() as few:
        client.get(here)
    people = [create_person(f"s{number}@demo.example", f"学{number}") for number in range(20)]
    services.bring_in(cohort, [person.id for person in people], utcnow())
    db.session.commit()
    with statements() as many:
        client.get(here)
    assert len(many) <= len(few) + 1, many
