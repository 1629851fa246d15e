"""The catalogue and a course's page."""

import sqlalchemy as sa

from app.credentials.models import Certificate
from app.db import utcnow
from courses import queries, services
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, submit


def test_anyone_finds_a_published_course_by_words_in_either_language(client, db, cast):
    factories.course(cast, title="通关、税务与合规")
    factories.course(cast, title="直播带货", published=False)
    for words in ("税务", "compliance", "通关 合规"):
        found = page(client, f"/courses/?q={words}", language="en")
        assert found.words(".item-title") == ["Customs and compliance"]
    assert page(client, "/courses/?q=直播", language="en").h1 == "0 courses fit “直播”"


def test_a_course_is_found_by_the_skill_that_its_quizzes_test(client, db, cast):
    course = factories.course(cast)
    factories.course(cast, title="别的课")
    factories.give_quiz(queries.lessons_of(course.id)[0], course, [factories.question(cast.university, level=3)])
    found = page(client, f"/courses/?skill={factories.SKILL}", language="en")
    assert len(found.words(".item-title")) == 1
    assert "Export supervision modes · level 3" in found.text
    assert page(client, "/courses/?skill=DM01", language="en").words(".item-title") == []


def test_words_with_wildcards_are_only_words(client, db, cast):
    factories.course(cast)
    assert page(client, "/courses/?q=%25", language="en").words(".item-title") == []


def test_a_draft_is_seen_by_its_authors_only(client, client_of, db, cast):
    course = factories.course(cast, published=False)
    db.session.commit()
    assert client.get(f"/courses/{course.id}/").status_code == 404
    assert client_of(cast.student).get(f"/courses/{course.id}/").status_code == 404
    assert client_of(cast.other_coordinator).get(f"/courses/{course.id}/").status_code == 404
    assert page(client_of(cast.coordinator), f"/courses/{course.id}/", language="en").h1 == "Customs and compliance"


def test_a_course_with_nothing_to_answer_is_completed_and_certifies_nothing(sign_in, client_of, db, cast):
    cast.student.language = "en"
    course = factories.course(cast)
    factories.cohort(course, capacity=30)
    db.session.commit()
    client = sign_in(cast.student)
    shown = page(client, f"/courses/{course.id}/", language="en")
    assert "30 seats left" in shown.text
    lesson = factories.follow(client, submit(client, shown, form="aside form").location)
    assert lesson.h1 == "Part 1"
    assert lesson.select("math")
    lesson = factories.follow(client, submit(client, lesson, form=".turn form").location)
    assert lesson.h1 == "Part 2"
    done = factories.follow(client, submit(client, lesson, form=".turn form").location)
    assert done.h1 == "Customs and compliance"
    assert "2 of 2 lessons done" in done.text
    assert "You have completed the course." in done.text
    assert "This course has nothing to answer, so it gives no certificate." in done.text
    assert "Your certificates" not in done.links
    assert db.session.scalars(sa.select(Certificate)).all() == []
    warning = "As it is now, this course gives no certificate"
    cast.coordinator.language = "en"
    bench = f"/organisations/demo-university/courses/{course.id}/"
    services.add_lesson(course, "再读", "More", body_zh="正文")
    db.session.commit()
    author = client_of(cast.coordinator)
    assert warning in page(author, bench).text
    assert warning in page(author, f"{bench}versions/").text
    factories.give_quiz(queries.lessons_of(course.id)[0], course, [factories.question(cast.university)])
    db.session.commit()
    assert warning not in page(author, bench).text
    assert warning not in page(author, f"{bench}versions/").text


def test_who_has_read_all_but_lacks_the_total_is_not_told_of_a_certificate(sign_in, db, cast):
    cast.student.language = "en"
    course = factories.course(cast, lessons=1, published=False)
    course.rules = {"pass_share": "0.6"}
    services.publish(course, utcnow(), None)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    db.session.commit()
    client = sign_in(cast.student)
    lesson = page(client, f"/courses/{course.id}/lessons/1/", language="en")
    done = factories.follow(client, submit(client, lesson, form=".turn form").location)
    assert "No lesson is left. What is still missing stands on this page." in done.text
    assert "your certificate is ready" not in done.text


def test_the_first_page_proposes_the_lesson_that_comes_next(sign_in, db, cast):
    course = factories.course(cast)
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    db.session.commit()
    first = page(sign_in(cast.student), "/", language="en")
    assert "Customs and compliance" in first.text
    assert f"/courses/{course.id}/lessons/1/" in first.links.values()


def test_the_course_page_costs_the_same_with_many_lessons_and_learners(sign_in, db, cast):
    course = factories.course(cast)
    cohort = factories.cohort(course)
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    db.session.commit()
    client, path = sign_in(cast.student), f"/courses/{course.id}/"
    client.get(path)
    with statements() as few:
        client.get(path)
    for number in range(20):
        services.add_lesson(course, f"另{number}")
        factories.cohort(course)
    services.bring_in(cohort, [cast.other_student.id, cast.coordinator.id], utcnow())
    db.session.commit()
    with statements() as many:
        client.get(path)
    assert len(many) == len(few) <= 8, few


def test_the_catalogue_costs_the_same_with_many_courses(client, db, cast):
    factories.course(cast)
    client.get("/courses/")
    with statements() as few:
        client.get("/courses/")
    for number in range(20):
        course = factories.course(cast, title=f"课{number}")
        factories.give_quiz(queries.lessons_of(course.id)[0], course, [factories.question(cast.university)])
    with statements() as many:
        client.get("/courses/")
    assert len(many) <= len(few) + 1, many  # the count of a full page is asked for separately
