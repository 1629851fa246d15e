"""A university teaches another's published course: its learners are its own, in each direction."""

import pytest

from app.accounts.models import Role
from app.accounts.services import create_person, join
from app.assessment.services import questions, quizzes
from app.credentials.models import Certificate
from app.db import utcnow
from courses import queries, services
from tests.assessment import handwriting
from tests.assessment.test_regrades import keyed
from tests.courses import factories
from tests.courses.counting import statements
from tests.courses.gradebooks import quizzed, take, with_learners
from tests.page import page, submit

OURS, THEIRS = "/organisations/demo-university", "/organisations/other-university"


@pytest.fixture
def world(db, cast):
    """A course with an essay, taught by its own university and by another, one learner each who has answered."""
    cast.coordinator.language = cast.other_coordinator.language = "en"
    found = handwriting.world(cast)
    factories.publish_anew(found.course)
    found.borrowed = services.open_cohort(
        found.course,
        "借",
        "Borrowed",
        factories.today(),
        found.cohort.ends_on,
        organisation_id=cast.other_university.id,
        teacher_ids=[cast.other_coordinator.id],
    )
    services.bring_in(found.borrowed, [cast.other_student.id], utcnow())
    found.answered(cast.student)
    now = utcnow()
    attempt = quizzes.begin(found.quiz, cast.other_student, now)
    quizzes.save_answer(attempt, found.items[0], handwriting.ESSAY, now)
    quizzes.save_answer(attempt, found.items[1], "a", now)
    quizzes.submit(attempt, now)
    db.session.commit()
    return found


@pytest.fixture
def second_teacher(db, cast):
    """A teacher of the borrowing university who teaches nothing there."""
    person = create_person("second@other.example", "二号", language="en")
    join(person, cast.other_university, Role.TEACHER, factories.today())
    db.session.commit()
    return person


def test_a_coordinator_finds_a_course_elsewhere_and_opens_a_cohort_of_it(sign_in, db, cast):
    cast.other_coordinator.language = "en"
    course = factories.course(cast)
    own = services.create_course(cast.other_university.id, "自己的")
    services.add_lesson(own, "一")
    services.publish(own, utcnow(), None)
    draft = factories.course(cast, published=False, title="草稿")
    db.session.commit()
    client = sign_in(cast.other_coordinator)
    found = page(client, f"{THEIRS}/courses/borrowed/")
    assert found.words("h2.item-title") == ["Customs and compliance"]
    assert client.get(f"{THEIRS}/courses/{draft.id}/cohorts/new/").status_code == 404
    new = f"{THEIRS}/courses/{course.id}/cohorts/new/"
    values = {"name_zh": "借", "starts_on": "2027-03-01", "ends_on": "2027-06-30"}
    answer = submit(client, page(client, new), values)
    (row,) = queries.cohorts_of(course.id)
    assert row.cohort.organisation_id == cast.other_university.id
    assert answer.location == f"{THEIRS}/courses/{course.id}/cohorts/#c{row.cohort.id}"
    assert "A course of Ouhai Business College" in page(client, answer.location).text
    assert "one cohort here" in page(client, f"{THEIRS}/courses/borrowed/").text
    shown = page(client, f"{THEIRS}/courses/{course.id}/cohorts/{row.cohort.id}/")
    assert shown.h1 == "Nobody has enrolled yet"
    assert not [link for link in shown.links.values() if link.startswith(f"{THEIRS}/courses/{course.id}/lessons")]


def test_each_university_marks_the_answers_of_its_own_learners(client_of, cast, world):
    ours, theirs = client_of(cast.coordinator), client_of(cast.other_coordinator)
    (mine,) = handwriting.handmarks.sheets_of(world.item, cast.coordinator)
    (other,) = handwriting.handmarks.sheets_of(world.item, cast.other_coordinator, cast.other_university.id)
    assert mine.answer.attempt.person_id == cast.student.id
    assert other.answer.attempt.person_id == cast.other_student.id
    item = f"/marking/items/{world.item.id}/"
    for client, base, own, foreign in ((ours, OURS, mine, other), (theirs, THEIRS, other, mine)):
        assert "One answer waits for your mark" in page(client, "/").text
        assert item in " ".join(page(client, f"{base}/marking/").links.values())
        assert page(client, f"{base}{item}answers/{own.number}/").h1
        assert client.get(f"{base}{item}answers/{foreign.number}/").status_code == 404
        form = {"mark": "7", "comment": ""}
        assert client.post(f"{base}{item}answers/{foreign.number}/finish/", data=form).status_code == 404
    assert ours.get(f"{THEIRS}{item}").status_code == theirs.get(f"{OURS}{item}").status_code == 404


def test_a_mark_of_the_borrowing_teacher_counts(client_of, db, cast, world):
    (sheet,) = handwriting.handmarks.sheets_of(world.item, cast.other_coordinator, cast.other_university.id)
    url = f"{THEIRS}/marking/items/{world.item.id}/answers/{sheet.number}/"
    client = client_of(cast.other_coordinator)
    submit(client, page(client, url), {"mark": "9"}, form="main form[action$='marks/']")
    assert client.post(f"{url}finish/", data={"mark": "9", "comment": ""}).status_code == 303
    db.session.expire_all()
    assert sheet.answer.share is not None
    assert handwriting.attempt_of(sheet.answer).points == 19


def test_who_teaches_nothing_there_marks_nothing_there(client_of, cast, world, second_teacher):
    client = client_of(second_teacher)
    assert client.get(f"{THEIRS}/marking/items/{world.item.id}/").status_code == 404
    assert client.get(f"{THEIRS}/courses/{world.course.id}/cohorts/{world.borrowed.id}/").status_code == 404


def test_who_has_left_for_another_university_is_no_longer_seen(db, cast, world):
    services.leave(queries.enrolments_of_people(world.cohort.id, [cast.student.id])[cast.student.id], utcnow())
    db.session.flush()
    assert len(handwriting.handmarks.sheets_of(world.item, cast.coordinator)) == 1, "who has left is still theirs"
    services.bring_in(world.borrowed, [cast.student.id], utcnow())
    assert handwriting.handmarks.sheets_of(world.item, cast.coordinator) == []
    there = handwriting.handmarks.sheets_of(world.item, cast.other_coordinator, cast.other_university.id)
    assert len(there) == 2


def test_the_owner_sees_no_learner_of_another_university(client_of, cast, world):
    client = client_of(cast.coordinator)
    bench = page(client, f"{OURS}/courses/{world.course.id}/")
    assert "Taught now by Rongjiang College too" in bench.text
    assert "Borrowed" not in bench.text
    assert [row[3] for row in page(client, f"{OURS}/courses/").rows()[1:]] == ["1"]
    for rest in ("", "edit/", "class/", "dates/", "announcements/"):
        for base in (OURS, THEIRS):
            url = f"{base}/courses/{world.course.id}/cohorts/{world.borrowed.id}/{rest}"
            assert client.get(url).status_code == 404, url


def test_who_marks_a_question_anew_reads_the_names_of_own_learners_only(client_of, db, cast, world):
    question = world.items[1].version.question
    questions.revise_question(question, keyed("b"), skill_code=question.skill_code, level=question.level)
    db.session.commit()
    here = page(client_of(cast.coordinator), f"{OURS}/questions/{question.id}/regrade/")
    assert here.h1 == "2 marks would change"
    assert "林小雨" in here.text
    assert "阿米娜" not in here.text


def test_what_a_learner_shows_is_recorded_by_the_university_that_teaches_them(client_of, db, cast, world):
    (sheet,) = handwriting.handmarks.sheets_of(world.item, cast.other_coordinator, cast.other_university.id)
    world.marked(sheet.answer, cast.other_coordinator, 9)
    ours = page(client_of(cast.coordinator), f"{OURS}/evidence/").text
    theirs = page(client_of(cast.other_coordinator), f"{THEIRS}/evidence/")
    assert "林小雨" in ours
    assert "阿米娜" not in ours
    assert [row[0] for row in theirs.rows()[1:]] == ["阿米娜", "阿米娜"], "a choice, and an essay that was marked"


def test_the_borrower_sees_no_learner_of_the_owner(client_of, cast, world):
    client = client_of(cast.other_coordinator)
    assert "阿米娜" in page(client, f"{THEIRS}/courses/{world.course.id}/cohorts/{world.borrowed.id}/").text
    for base in (OURS, THEIRS):
        assert client.get(f"{base}/courses/{world.course.id}/cohorts/{world.cohort.id}/").status_code == 404
    assert client.get(f"{THEIRS}/courses/{world.course.id}/").status_code == 404, "the bench is the authors'"
    lesson = queries.lessons_of(world.course.id)[0]
    allowances = f"{THEIRS}/courses/{world.course.id}/lessons/{lesson.id}/quiz/allowances/"
    shown = page(client, allowances)
    assert shown.words("select[name=person] option") == ["阿米娜"]
    submit(client, shown, {"minutes": "5", "attempts": "1", "reason": "病假"})
    assert "病假" in page(client, allowances).text
    own = page(client_of(cast.coordinator), allowances.replace(THEIRS, OURS))
    assert own.words("select[name=person] option") == ["林小雨"]
    assert "病假" not in own.text


def test_students_see_the_cohorts_of_their_own_university_only(client_of, client, db, cast, world):
    cast.student.language = cast.other_student.language = "en"
    for enrolment in (
        queries.enrolment_in(cast.student, world.course.id),
        queries.enrolment_in(cast.other_student, world.course.id),
    ):
        services.leave(enrolment, utcnow())
    db.session.commit()
    course = f"/courses/{world.course.id}/"
    assert page(client_of(cast.student), course).words("#enrol .dates strong") == ["Autumn 2026"]
    assert page(client_of(cast.other_student), course).words("#enrol .dates strong") == ["Borrowed"]
    assert page(client, course, language="en").words("#enrol .dates strong") == ["Autumn 2026"]
    theirs = client_of(cast.other_student)
    assert theirs.post(f"/cohorts/{world.cohort.id}/enrolment/").status_code == 404
    assert theirs.post(f"/cohorts/{world.borrowed.id}/enrolment/").status_code == 303


def test_who_borrows_a_course_reads_it_and_who_does_not_is_asked_to_enrol(client_of, cast, world, second_teacher):
    lesson = f"/courses/{world.course.id}/lessons/1/"
    assert client_of(second_teacher).get(lesson).status_code == 200
    assert client_of(cast.recruiter).get(lesson).status_code == 303


def test_a_course_that_its_university_withdraws_stays_open_to_who_teaches_it_elsewhere(
    client_of, db, cast, world, second_teacher
):
    services.withdraw(world.course, None)
    db.session.commit()
    for person in (cast.other_coordinator, second_teacher, cast.other_student):
        client = client_of(person)
        for path in ("", "lessons/1/"):
            assert client.get(f"/courses/{world.course.id}/{path}").status_code == 200, (person.email, path)
    assert client_of(cast.recruiter).get(f"/courses/{world.course.id}/").status_code == 404


def test_the_university_that_teaches_issues_the_certificate(db, cast, world):
    enrolment = queries.enrolment_in(cast.other_student, world.course.id)
    for lesson in queries.contents_of(world.borrowed.version_id, None):
        services.complete_lesson(enrolment, lesson.id, world.course, utcnow())
    issued = db.session.scalars(db.select(Certificate).where(Certificate.person_id == cast.other_student.id)).one()
    assert issued.organisation_id == cast.other_university.id


def test_who_borrows_a_course_reads_how_its_questions_work_by_the_answers_of_its_own_learners(client_of, db, cast):
    cast.other_coordinator.language = "en"
    course = quizzed(cast, lessons=1)
    home = with_learners(course, cast.student)
    take(cast.student, course, 1, False, False)
    borrowed = services.open_cohort(
        course,
        "借",
        "Borrowed",
        factories.today(),
        home.ends_on,
        organisation_id=cast.other_university.id,
        teacher_ids=[cast.other_coordinator.id],
    )
    quiz_id = queries.contents_of(borrowed.version_id, None)[0].quiz_id
    client = client_of(cast.other_coordinator)
    insight = f"{THEIRS}/courses/{course.id}/cohorts/{borrowed.id}/insight/"
    people = [create_person(f"learner{number}@other.example", f"学员{number}") for number in range(5)]
    for number, person in enumerate(people):
        join(person, cast.other_university, Role.STUDENT, factories.today())
        db.session.flush()
        services.bring_in(borrowed, [person.id], utcnow())
        if number < 4:
            take(person, course, 1, True, True)
    db.session.commit()
    address = page(client, insight).links["1. Part 1"]
    assert address == f"{insight}quizzes/{quiz_id}/"
    assert page(client, address).h1 == "Too few attempts to judge the questions"
    take(people[4], course, 1, True, False)
    db.session.commit()
    shown = page(client, address)
    assert [row[1:3] for row in shown.rows("main table")[1:]] == [["5", "100%"], ["5", "80%"]]
    assert "Which mode is declared?" in shown.text
    assert client.get(f"{insight}quizzes/999999/").status_code == 404
    assert client_of(cast.other_student).get(address).status_code == 404


def test_marking_costs_the_same_with_many_learners(sign_in, db, cast, world):
    client = sign_in(cast.other_coordinator)
    url = f"{THEIRS}/marking/"
    client.get(url)
    with statements() as few:
        client.get(url)
    for number in range(8):
        person = create_person(f"learner{number}@other.example", f"学员{number}")
        join(person, cast.other_university, Role.STUDENT, factories.today())
        services.bring_in(world.borrowed, [person.id], utcnow())
        attempt = quizzes.begin(world.quiz, person, utcnow())
        quizzes.save_answer(attempt, world.items[0], handwriting.ESSAY, utcnow())
        quizzes.submit(attempt, utcnow())
    db.session.commit()
    with statements() as many:
        client.get(url)
    assert len(many) == len(few)


def test_no_link_on_the_pages_of_a_borrowed_cohort_leads_nowhere(sign_in, cast, world):
    client = sign_in(cast.other_coordinator)
    start = f"{THEIRS}/courses/{world.course.id}/cohorts/{world.borrowed.id}/"
    dead = set()
    for rest in ("", "gradebook/", "insight/", "dates/", "announcements/", "materials/", "assignments/", "edit/"):
        here = page(client, start + rest)
        for found in set(here.links.values()):
            if found.startswith("/") and client.get(found).status_code == 404:
                dead.add((rest, found))
    assert dead == set()
