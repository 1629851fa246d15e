"""Coming into a cohort by a code, by asking, by waiting for a seat."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Invitation, Role
from app.accounts.services import create_person, join
from app.audit import AuditEntry
from app.db import utcnow
from app.mail import Mail
from courses import queries, services, tasks
from courses.models import Enrolment, Joining, KeptSeat, WaitingPlace
from tests.courses import factories
from tests.page import page, read, submit


@pytest.fixture
def course(db, cast):
    """A published course."""
    for person in (cast.student, cast.other_student, cast.coordinator):
        person.language = "en"
    return factories.course(cast)


def student(cast, name):
    """One more student of the university."""
    person = create_person(f"{name}@demo.example", name, language="en")
    join(person, cast.university, Role.STUDENT, factories.today() - timedelta(days=9))
    return person


def cohort_page(cohort, rest=""):
    return f"/organisations/demo-university/courses/{cohort.course_id}/cohorts/{cohort.id}/{rest}"


def learners(cohort):
    return queries.progress_in(cohort.id)[0]


def mails(db, run_jobs, person):
    run_jobs()
    return list(db.session.scalars(sa.select(Mail.subject).where(Mail.recipient == person.email).order_by(Mail.id)))


# By code


@pytest.fixture
def coded(db, cast, course):
    """A cohort that is entered by a code."""
    found = factories.cohort(course, joining=Joining.CODE, teacher_ids=[cast.coordinator.id])
    db.session.commit()
    return found


def test_a_student_types_the_code_as_it_comes(client_of, db, cast, coded):
    client = client_of(cast.student)
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{8}", coded.code)
    typed = f" {coded.code[:4].lower()}-{coded.code[4:].lower()} "
    answer = submit(client, page(client, "/join/"), {"code": typed})
    shown = page(client, answer.location)
    assert "Autumn 2026" in shown.text
    for _ in range(2):
        answer = submit(client, shown)
        assert answer.location == f"/courses/{coded.course_id}/lessons/1/"
    assert learners(coded) == 1
    assert "You are enrolled in this course already." in page(client, f"/join/{coded.code}/").text


def test_a_cohort_with_a_code_is_not_entered_without_it(client_of, db, cast, coded):
    client = client_of(cast.student)
    refused = read(client.post(f"/cohorts/{coded.id}/enrolment/", follow_redirects=True))
    assert "does not take students now" in refused.text
    assert learners(coded) == 0
    assert "/join/" in page(client, f"/courses/{coded.course_id}/").links.values()


def test_a_student_of_another_university_is_told_whose_code_it_is(client_of, db, cast, coded):
    client = client_of(cast.other_student)
    shown = page(client, f"/join/{coded.code}/")
    assert "Only students of Ouhai Business College can come in with this code." in shown.text
    assert not shown.select("main form")
    client.post(f"/join/{coded.code}/", data={"code": coded.code})
    assert learners(coded) == 0
    assert client.post(f"/join/{coded.code}/waiting-place/").status_code == 404


def test_a_stranger_signs_in_first_and_comes_back_to_the_code(client, coded):
    assert client.get(f"/join/{coded.code}/").location.endswith(f"next=/join/{coded.code}/")


def test_teachers_see_code_address_and_picture_and_make_a_new_code(client_of, db, cast, coded):
    client, old = client_of(cast.coordinator), coded.code
    shown = page(client, cohort_page(coded))
    assert f"{old[:4]} {old[4:]}" in shown.text
    picture = client.get(shown.one("img.qr").attributes["src"])
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
    assert client.post(cohort_page(coded, "code/")).status_code == 303
    db.session.expire_all()
    assert coded.code != old
    assert "No cohort has the code" in page(client_of(cast.student), f"/join/{old}/", status=404).text
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "cohort.renew-code")) == 1
    for stranger in (cast.student, cast.other_coordinator):
        assert client_of(stranger).get(cohort_page(coded, "code.svg")).status_code == 404
        assert client_of(stranger).post(cohort_page(coded, "code/")).status_code == 404


def test_a_code_comes_with_the_way_in_and_stays(client_of, db, cast, course):
    cohort = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    db.session.commit()
    client = client_of(cast.coordinator)
    for _ in range(2):
        submit(client, page(client, cohort_page(cohort, "edit/")), {"joining": "code"}, form="main form.form")
        db.session.expire_all()
        code = cohort.code
        assert code
    assert cohort.code == code


# By asking


@pytest.fixture
def asked(db, cast, course):
    """A cohort in which teachers decide who comes in."""
    found = factories.cohort(course, joining=Joining.REQUEST, teacher_ids=[cast.coordinator.id], capacity=1)
    db.session.commit()
    return found


def test_a_request_is_answered_with_a_word_and_a_mail(client_of, db, cast, asked, run_jobs):
    student, teacher = client_of(cast.student), client_of(cast.coordinator)
    request = f"/cohorts/{asked.id}/request/"
    for note in ("我做过报关实习", "又问一次"):
        submit(student, page(student, request), {"note": note})
    assert "the teachers have not answered yet" in page(student, f"/courses/{asked.course_id}/").text
    shown = page(teacher, cohort_page(asked))
    assert "我做过报关实习" in shown.text
    assert "又问一次" not in shown.text
    form = "main form[action$='answer/']"
    submit(teacher, shown, {"word": "先学物流"}, form=form, button="decision=decline")
    assert learners(asked) == 0
    assert "They wrote: “先学物流”" in page(student, f"/courses/{asked.course_id}/").text
    submit(student, page(student, request), {"note": "学完了"})
    submit(teacher, page(teacher, cohort_page(asked)), form=form, button="decision=accept")
    assert learners(asked) == 1
    assert mails(db, run_jobs, cast.student) == [
        "Your request for “Customs and compliance” was declined",
        "You are enrolled in “Customs and compliance”",
    ]
    assert not page(teacher, cohort_page(asked)).select(form)


def test_two_answers_to_one_request_are_one(client_of, db, cast, asked, run_jobs):
    services_of = client_of(cast.coordinator)
    submit(client_of(cast.student), page(client_of(cast.student), f"/cohorts/{asked.id}/request/"))
    (request,) = queries.open_requests_in(asked.id)
    url = cohort_page(asked, f"requests/{request.id}/answer/")
    services_of.post(url, data={"decision": "accept"})
    again = read(services_of.post(url, data={"decision": "decline"}, follow_redirects=True))
    assert "has been answered meanwhile" in again.text
    assert learners(asked) == 1
    assert len(mails(db, run_jobs, cast.student)) == 1


def test_nobody_is_let_into_a_full_cohort(client_of, db, cast, asked):
    services.bring_in(asked, [student(cast, "first").id], utcnow())
    db.session.commit()
    client = client_of(cast.student)
    submit(client, page(client, f"/cohorts/{asked.id}/request/"))
    (request,) = queries.open_requests_in(asked.id)
    teacher = client_of(cast.coordinator)
    url = cohort_page(asked, f"requests/{request.id}/answer/")
    assert "This cohort is full." in read(teacher.post(url, data={"decision": "accept"}, follow_redirects=True)).text
    assert len(queries.open_requests_in(asked.id)) == 1, "it still waits for an answer"


def test_strangers_neither_ask_nor_answer(client_of, db, cast, asked):
    assert client_of(cast.other_student).get(f"/cohorts/{asked.id}/request/").status_code == 404
    submit(client_of(cast.student), page(client_of(cast.student), f"/cohorts/{asked.id}/request/"))
    (request,) = queries.open_requests_in(asked.id)
    url = cohort_page(asked, f"requests/{request.id}/answer/")
    for stranger in (cast.student, cast.other_coordinator):
        assert client_of(stranger).post(url, data={"decision": "accept"}).status_code == 404


def test_a_request_is_taken_back(client_of, db, cast, asked):
    client = client_of(cast.student)
    submit(client, page(client, f"/cohorts/{asked.id}/request/"))
    for _ in range(2):
        assert client.post(f"/cohorts/{asked.id}/request/deletion/").status_code == 303
    assert queries.open_requests_in(asked.id) == []


# Waiting for a seat


@pytest.fixture
def full(db, cast, course):
    """A cohort of one seat, which is taken."""
    found = factories.cohort(course, capacity=1, teacher_ids=[cast.coordinator.id])
    found.first = student(cast, "first")
    services.enrol(found, found.first, utcnow(), factories.today())
    db.session.commit()
    return found


def waits(cohort, person):
    return services.wait_for_seat(cohort, person, utcnow(), factories.today(), "https://yangfan.example/courses/1/")


def test_a_seat_that_is_given_up_goes_to_who_stands_first(client_of, db, cast, full, run_jobs):
    second = student(cast, "second")
    client = client_of(cast.student)
    course = f"/courses/{full.course_id}/"
    submit(client, page(client, course), form="form[action$='waiting-place/']")
    client.post(f"/cohorts/{full.id}/waiting-place/")
    waits(full, second)
    db.session.commit()
    assert "place 1 of 2" in page(client, course).text
    assert "place 2 of 2" in page(client_of(second), course).text
    listed = page(client_of(cast.coordinator), cohort_page(full))
    assert [row[1] for row in listed.rows("#waiting table")[1:]] == ["林小雨", "second"]
    client_of(full.first).post(f"/cohorts/{full.id}/enrolment/deletion/")
    assert learners(full) == 1
    assert queries.enrolment_in(cast.student, full.course_id).left_at is None
    assert queries.waiting_numbers(second, full.course_id) == {full.id: (1, 1)}
    assert mails(db, run_jobs, cast.student) == ["A seat is free: you are enrolled in “Customs and compliance”"]
    assert "Begin with the first lesson" in page(client, course).text


def test_more_seats_let_in_as_many_and_none_may_overtake(client_of, db, cast, full):
    others = [student(cast, f"w{number}") for number in range(3)]
    for person in others:
        waits(full, person)
    late = student(cast, "late")
    db.session.commit()
    teacher = client_of(cast.coordinator)
    submit(teacher, page(teacher, cohort_page(full, "edit/")), {"capacity": "3"}, form="main form.form")
    assert learners(full) == 3
    assert [one.person_id for one in queries.waiting_in_line(full.id)] == [others[2].id]
    full.capacity = 4
    db.session.flush()
    with pytest.raises(services.CohortFull):
        services.enrol(full, late, utcnow(), factories.today())
    assert queries.enrolment_in(others[2], full.course_id), "who waits comes before who presses the button now"


def test_a_kept_seat_that_expires_goes_to_the_line(db, cast, course, run_jobs):
    cohort = factories.cohort(course, capacity=1)
    now = utcnow()
    invitation = Invitation(
        organisation_id=cast.university.id,
        role=Role.STUDENT,
        email="x@other.example",
        created_by_id=cast.coordinator.id,
        expires_at=now + timedelta(hours=1),
    )
    db.session.add(invitation)
    db.session.flush()
    db.session.add(KeptSeat(cohort_id=cohort.id, invitation_id=invitation.id))
    waits(cohort, cast.student)
    db.session.commit()
    tasks.fill_free_seats()
    assert learners(cohort) == 0
    invitation.expires_at = now - timedelta(seconds=1)
    db.session.commit()
    for _ in range(2):
        tasks.fill_free_seats()
    assert learners(cohort) == 1
    assert len(mails(db, run_jobs, cast.student)) == 1


def test_who_may_no_longer_come_loses_the_place(db, cast, full):
    gone, elsewhere = student(cast, "gone"), student(cast, "elsewhere")
    for person in (gone, elsewhere, cast.student):
        waits(full, person)
    for membership in gone.memberships:
        membership.left_on = factories.today()
    services.enrol(factories.cohort(full.course), elsewhere, utcnow(), factories.today())
    services.give_up_seat(
        full, queries.enrolments_of_people(full.id, [full.first.id])[full.first.id], utcnow(), factories.today()
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WaitingPlace)) == 0
    assert queries.enrolment_in(cast.student, full.course_id).left_at is None


def test_nobody_waits_where_a_seat_is_free_and_nobody_twice(db, cast, course):
    cohort = factories.cohort(course, capacity=1)
    assert waits(cohort, cast.student) is None
    assert learners(cohort) == 1
    assert waits(cohort, cast.student) is None
    assert queries.waiting_in_line(cohort.id) == []


def test_who_waits_no_longer_is_not_called(client_of, db, cast, full):
    waits(full, cast.student)
    db.session.commit()
    client = client_of(cast.student)
    for _ in range(2):
        assert client.post(f"/cohorts/{full.id}/waiting-place/deletion/").status_code == 303
    client_of(full.first).post(f"/cohorts/{full.id}/enrolment/deletion/")
    assert learners(full) == 0


def test_with_the_code_one_waits_too(client_of, db, cast, coded):
    coded.capacity = 1
    services.bring_in(coded, [student(cast, "first").id], utcnow())
    db.session.commit()
    client = client_of(cast.student)
    shown = page(client, f"/join/{coded.code}/")
    assert "The cohort is full." in shown.text
    answer = submit(client, shown, form="main form[action$='waiting-place/']")
    assert "place 1 of 1" in page(client, answer.location).text


# One person, one cohort


def test_a_class_list_leaves_those_in_another_cohort_where_they_are(client_of, db, cast, course):
    first, second = factories.cohort(course), factories.cohort(course)
    services.enrol(first, cast.student, utcnow(), factories.today())
    db.session.commit()
    table = "email,name\nstudent@demo.example,林小雨\nnew@demo.example,新\n"
    client = client_of(cast.coordinator)
    answer = client.post(cohort_page(second, "class/confirmation/"), data={"table": table})
    shown = page(client, answer.location)
    assert "1 student is in the cohort." in shown.text
    assert "1 student learns this course in another cohort and stays there." in shown.text
    assert queries.enrolment_in(cast.student, course.id).cohort_id == first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 2


def test_who_leaves_one_cohort_enters_another(db, cast, course):
    first, second = factories.cohort(course), factories.cohort(course)
    enrolment = services.enrol(first, cast.student, utcnow(), factories.today())
    with pytest.raises(services.AlreadyLearning):
        services.enrol(second, cast.student, utcnow(), factories.today())
    services.give_up_seat(first, enrolment, utcnow(), factories.today())
    services.enrol(second, cast.student, utcnow(), factories.today())
    assert queries.enrolment_in(cast.student, course.id).cohort_id == second.id
