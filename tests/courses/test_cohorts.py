"""Cohorts as their teachers and coordinators see them."""

from io import BytesIO

import pytest
import sqlalchemy as sa

from app.accounts.models import Membership, Person, Role
from app.accounts.services import create_person, join
from app.db import utcnow
from courses import queries, services
from courses.models import Enrolment
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read, submit


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


def test_a_coordinator_brings_a_class_in_by_csv(sign_in, db, cast, cohort):
    client = sign_in(cast.coordinator)
    table = "邮箱,姓名\nxiaowen@demo.example,温晓\nstudent@demo.example,林小雨\n".encode("gb18030")
    for _ in range(2):  # the same class again changes nothing
        form = page(client, path(cohort, "class/"))
        data = {**form.values(), "file": (BytesIO(table), "class.csv")}
        assert client.post(path(cohort, "class/"), data=data).location == path(cohort)
    assert queries.progress_in(cohort.id)[0] == 2
    new = db.session.scalars(sa.select(Person).where(Person.email == "xiaowen@demo.example")).one()
    assert db.session.scalars(sa.select(Membership.role).where(Membership.person_id == new.id)).all() == [Role.STUDENT]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email,name\nnobody,Nobody\n", "is not an e-mail address"),
        (b"name\nNobody\n", "There is no column"),
        (b"\x00\x01", "This file is no text"),
    ],
)
def test_a_faulty_class_list_changes_nothing(sign_in, db, cast, cohort, content, said):
    client = sign_in(cast.coordinator)
    answer = client.post(path(cohort, "class/"), data={"file": (BytesIO(content), "class.csv")})
    assert said in read(answer).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0


def test_a_class_beyond_the_seats_is_refused_whole(sign_in, db, cast, cohort):
    cohort.capacity = 1
    db.session.commit()
    client = sign_in(cast.coordinator)
    table = b"email,name\na@demo.example,A\nb@demo.example,B\n"
    answer = client.post(path(cohort, "class/"), data={"file": (BytesIO(table), "class.csv")})
    assert "This cohort is full." in read(answer).text
    assert db.session.scalar(sa.select(sa.func.count()).where(Person.email.like("_@demo.example"))) == 0


def test_strangers_find_no_cohort(client_of, client, cast, cohort):
    for stranger in (cast.student, cast.other_coordinator, cast.official):
        for rest in ("", "edit/", "class/"):
            assert client_of(stranger).get(path(cohort, rest)).status_code == 404
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
