"""What comes before a course: set by its authors, shown to readers, asked of who enrols by themselves."""

from datetime import UTC, datetime

import pytest

from app.db import utcnow
from app.skills.models import SkillEstimate
from courses import queries, services
from courses.models import Joining
from courses.services import joining, prerequisites
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read, submit


@pytest.fixture
def first(db, cast):
    """The course that comes first; it supplies a skill."""
    cast.student.language = cast.coordinator.language = "en"
    course = factories.course(cast, title="先修", lessons=1)
    course.title_en = "The basics"
    factories.give_quiz(queries.lessons_of(course.id)[0], course, [factories.question(cast.university, level=3)])
    db.session.commit()
    return course


@pytest.fixture
def course(db, cast, first):
    """The course that asks for it."""
    found = factories.course(cast)
    db.session.commit()
    return found


def path(course, rest=""):
    return f"/organisations/demo-university/courses/{course.id}/prerequisites/{rest}"


def show_level(db, person, level, skill=factories.SKILL):
    db.session.merge(
        SkillEstimate(
            person_id=person.id,
            skill_code=skill,
            mean=0.0,
            sd=1.0,
            shown=level,
            rows=1,
            newest_at=datetime(2026, 1, 1, tzinfo=UTC),
            as_of=factories.today(),
        )
    )
    db.session.commit()


def test_an_author_asks_for_a_course_and_a_skill_and_drops_one(sign_in, db, cast, first, course):
    client = sign_in(cast.coordinator)
    submit(client, page(client, path(course)), {"course": str(first.id)}, form="form[action$='prerequisites/courses/']")
    for level in ("2", "3"):
        values = {"skill": factories.SKILL, "level": level}
        submit(client, page(client, path(course)), values, form="form[action$='skills/']")
    shown = page(client, path(course))
    assert shown.words("main .items .item-meta") == ["completed", "shown at level 3 or above"]
    twice = submit(client, shown, {"course": str(first.id)}, form="form[action$='prerequisites/courses/']")
    assert "asks for this already" in page(client, twice.location).text
    submit(client, shown, form=f"form[action$='/{queries.prerequisites_of(course.id)[0].id}/deletion/']")
    assert [one.level for one in queries.prerequisites_of(course.id)] == [3]


def test_two_courses_do_not_ask_for_each_other(sign_in, db, cast, first, course):
    prerequisites.add_course(course, first, cast.coordinator.id)
    db.session.commit()
    client = sign_in(cast.coordinator)
    answer = submit(client, page(client, path(first)), {"course": str(course.id)}, form="form[action$='courses/']")
    assert "nobody could begin either" in page(client, answer.location).text
    assert queries.prerequisites_of(first.id) == []


def test_who_lacks_something_is_told_what_and_where_and_is_not_enrolled(client_of, db, cast, first, course):
    prerequisites.add_course(course, first, cast.coordinator.id)
    prerequisites.add_skill(course, factories.SKILL, 2, cast.coordinator.id)
    cohort = factories.cohort(course)
    show_level(db, cast.student, 1)
    client, url = client_of(cast.student), f"/courses/{course.id}/"
    shown = page(client, url)
    assert "“The basics” completed" in shown.text
    assert "You have shown level 1." in shown.text
    assert shown.links["“The basics” goes that far"] == f"/courses/{first.id}/"
    assert not shown.select("form[action$='enrolment/']")
    refused = read(client.post(f"/cohorts/{cohort.id}/enrolment/", follow_redirects=True))
    assert "Something has to come before this course" in refused.text
    assert queries.enrolment_in(cast.student, course.id) is None
    page(client, url, language="zh")

    enrolment = services.enrol(factories.cohort(first), cast.student, utcnow(), factories.today())
    services.complete_lesson(enrolment, queries.contents_of(enrolment.cohort.version_id, None)[0].id, first, utcnow())
    show_level(db, cast.student, 2)
    assert submit(client, page(client, url), form="form[action$='enrolment/']").location.startswith(url)
    assert queries.enrolment_in(cast.student, course.id) is not None


def test_code_request_and_waiting_list_ask_for_it_too_and_a_class_list_does_not(client_of, db, cast, first, course):
    prerequisites.add_course(course, first, cast.coordinator.id)
    coded = factories.cohort(course, joining=Joining.CODE)
    asked = factories.cohort(course, joining=Joining.REQUEST)
    full = factories.cohort(course, capacity=1)
    services.bring_in(full, [cast.other_student.id], utcnow())
    db.session.commit()
    now, day = utcnow(), factories.today()
    assert "Something has to come before" in page(client_of(cast.student), f"/join/{coded.code}/").text
    with pytest.raises(services.PrerequisitesUnmet):
        services.enter_by_code(coded.code, coded, cast.student, now, day)
    with pytest.raises(services.PrerequisitesUnmet):
        joining.ask(asked, cast.student, "", now, day)
    with pytest.raises(services.PrerequisitesUnmet):
        services.wait_for_seat(full, cast.student, now, day, "/")
    (enrolment,) = services.bring_in(coded, [cast.student.id], now)
    assert enrolment.left_at is None


def test_who_is_in_already_stays_in(db, cast, first, course):
    cohort = factories.cohort(course)
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    prerequisites.add_course(course, first, cast.coordinator.id)
    assert services.enrol(cohort, cast.student, utcnow(), factories.today()).left_at is None


def test_a_course_that_was_deleted_comes_before_nothing_until_it_is_back(client_of, db, cast, first, course):
    prerequisites.add_course(course, first, cast.coordinator.id)
    cohort = factories.cohort(course)
    services.delete_course(first, cast.coordinator.id, utcnow())
    db.session.commit()
    author = page(client_of(cast.coordinator), path(course))
    assert "The basics" in author.text
    assert "it no longer counts" in author.text
    student = client_of(cast.student)
    assert student.get(f"/courses/{course.id}/").status_code == 200
    first.deleted_at = None
    db.session.commit()
    with pytest.raises(services.PrerequisitesUnmet):
        services.enrol(cohort, cast.student, utcnow(), factories.today())
    services.delete_course(first, cast.coordinator.id, utcnow())
    db.session.commit()
    student.post(f"/cohorts/{cohort.id}/enrolment/")
    assert queries.enrolment_in(cast.student, course.id) is not None


def test_strangers_set_nothing(client_of, db, cast, first, course):
    prerequisites.add_course(course, first, cast.coordinator.id)
    db.session.commit()
    (kept,) = queries.prerequisites_of(course.id)
    for stranger in (cast.student, cast.other_coordinator):
        client = client_of(stranger)
        assert client.get(path(course)).status_code == 404
        for rest in ("courses/", "skills/", f"{kept.id}/deletion/"):
            assert client.post(path(course, rest), data={"course": first.id}).status_code == 404


def test_the_page_costs_the_same_whatever_it_asks_for(client_of, db, cast, first, course):
    client, url = client_of(cast.student), f"/courses/{course.id}/"
    prerequisites.add_course(course, first, cast.coordinator.id)
    prerequisites.add_skill(course, "CC01", 1, cast.coordinator.id)
    db.session.commit()
    client.get(url)
    with statements() as few:
        client.get(url)
    for number, code in enumerate(("CC02", "CC03", "LG01", "LG02")):
        prerequisites.add_skill(course, code, 2, cast.coordinator.id)
        prerequisites.add_course(course, factories.course(cast, title=f"又{number}"), cast.coordinator.id)
    db.session.commit()
    with statements() as many:
        client.get(url)
    assert len(many) == len(few)
