"""Learning paths, and the course that is recommended next."""

import pytest

from app.db import utcnow
from app.registry import registry
from courses import queries, services
from courses.seams import recommended_step
from courses.services import prerequisites
from tests.courses import factories
from tests.courses.counting import statements
from tests.courses.test_prerequisites import show_level
from tests.page import page, submit

OWN = "/organisations/demo-university/paths/"


@pytest.fixture
def three(db, cast):
    """Three courses of the university, each supplying a level of the skill, each with a cohort."""
    cast.student.language = cast.coordinator.language = "en"
    found = []
    for level in (1, 2, 3):
        course = factories.course(cast, lessons=1, title=f"第{level}门")
        course.title_en = f"Course {level}"
        lesson = queries.lessons_of(course.id)[0]
        factories.give_quiz(lesson, course, [factories.question(cast.university, level=level)])
        factories.publish_anew(course)
        factories.cohort(course)
        found.append(course)
    db.session.commit()
    return found


def path_of(cast, courses, *, is_strict=False):
    made = services.create_path(cast.university.id, "路径", "A path", is_strict=is_strict)
    services.set_steps(made, [(course, True) for course in courses])
    services.publish_path(made, utcnow(), cast.coordinator.id)
    return made


def complete(person, course):
    cohort = queries.cohorts_of(course.id)[0].cohort
    enrolment = services.enrol(cohort, person, utcnow(), factories.today())
    for lesson in queries.contents_of(cohort.version_id, None):
        services.complete_lesson(enrolment, lesson.id, course, utcnow())


def test_an_author_puts_a_path_together_and_publishes_it(client_of, client, db, cast, three):
    author = client_of(cast.coordinator)
    answer = submit(author, page(author, f"{OWN}new/"), {"title_zh": "路径", "title_en": "A path"})
    edit = answer.location
    assert "at least two courses" in page(author, author.post(f"{edit}publication/").location).text
    for course in three:
        submit(author, page(author, edit), {"course": str(course.id)}, form="form[action$='steps/']")
    step = f"form[action$='/steps/{three[2].id}/']"
    submit(author, page(author, edit), form=step, button="change=up")
    submit(author, page(author, edit), form=step, button="change=turn")
    shown = page(author, edit)
    assert shown.words("#steps h3") == ["1. Course 1", "2. Course 3", "3. Course 2"]
    (row,) = queries.paths_in(cast.university.id)
    assert (row.steps, row.required) == (3, 2)
    assert client.get(f"/paths/{row.path.id}/").status_code == 404, "a draft is its authors' own"
    submit(author, shown, form="form[action$='publication/']")
    assert "A path" in page(client, "/paths/", language="en").text
    assert page(client, f"/paths/{row.path.id}/", language="en").words("main h3")[1] == "2. Course 3"
    submit(author, page(author, edit), form=step, button="change=out")
    assert [one.course.id for one in queries.steps_of(row.path.id)] == [three[0].id, three[1].id]
    submit(author, page(author, edit), {"title_en": "Another name"}, form="main form.form[method=post]:not([action])")
    assert page(author, edit).h1 == "Another name"
    author.post(f"{edit}publication/deletion/")
    assert "Another name" not in page(client, "/paths/", language="en").text
    author.post(f"{edit}deletion/")
    assert queries.paths_in(cast.university.id) == []


def test_a_student_sees_how_far_they_are_and_what_comes_next(client_of, db, cast, three):
    path = path_of(cast, three)
    complete(cast.student, three[0])
    db.session.commit()
    client = client_of(cast.student)
    shown = page(client, f"/paths/{path.id}/")
    assert "1 of 3 required courses completed" in shown.text
    assert shown.links["Next: Course 2"] == f"/courses/{three[1].id}/"
    assert "1 of 3 required courses completed" in page(client, "/paths/").text
    assert page(client, f"/courses/{three[1].id}/").links["A path"] == f"/paths/{path.id}/"
    for course in three[1:]:
        complete(cast.student, course)
    db.session.commit()
    assert "You have completed this path." in page(client, f"/paths/{path.id}/").text
    page(client, f"/paths/{path.id}/", language="zh")


def test_a_strict_path_makes_each_step_ask_for_the_one_before_while_it_stands(db, cast, three):
    path = path_of(cast, three, is_strict=True)
    assert queries.required_pairs() == {(three[1].id, three[0].id), (three[2].id, three[1].id)}
    cohort = queries.cohorts_of(three[1].id)[0].cohort
    with pytest.raises(services.PrerequisitesUnmet):
        services.enrol(cohort, cast.student, utcnow(), factories.today())
    complete(cast.student, three[0])
    assert services.enrol(cohort, cast.student, utcnow(), factories.today())
    with pytest.raises(services.CircleOfCourses):
        path_of(cast, [three[2], three[0]], is_strict=True)
    services.withdraw_path(path, cast.coordinator.id)
    assert queries.required_pairs() == set()


def test_a_strict_path_asks_nothing_of_courses_of_other_universities(db, cast, three):
    foreign = services.create_course(cast.other_university.id, "别处的")
    services.add_lesson(foreign, "一")
    services.publish(foreign, utcnow(), None)
    path_of(cast, [three[0], foreign, three[1]], is_strict=True)
    assert queries.required_pairs() == {(three[1].id, foreign.id)}


def test_strangers_change_no_path(client_of, db, cast, three):
    path = path_of(cast, three)
    db.session.commit()
    for stranger in (cast.student, cast.other_coordinator):
        client = client_of(stranger)
        assert client.get(f"{OWN}{path.id}/").status_code == client.get(OWN).status_code == 404
        for rest in ("", "steps/", f"steps/{three[0].id}/", "publication/", "publication/deletion/", "deletion/"):
            assert client.post(f"{OWN}{path.id}/{rest}", data={"change": "out"}).status_code == 404, rest


def test_paths_cost_the_same_however_many(client_of, db, cast, three):
    path = path_of(cast, three[:2])
    db.session.commit()
    client = client_of(cast.student)
    urls = ("/paths/", f"/paths/{path.id}/", "/")
    counts = []
    for _ in range(2):
        for url in urls:
            client.get(url)
        with statements() as asked:
            for url in urls:
                client.get(url)
        counts.append(len(asked))
        services.set_steps(path, [(course, True) for course in three])
        for _more in range(4):
            path_of(cast, three)
        db.session.commit()
    assert counts[0] == counts[1]


# Recommended next


def test_the_course_is_recommended_that_takes_a_begun_skill_furthest_and_says_why(client_of, db, cast, three):
    show_level(db, cast.student, 1)
    first = page(client_of(cast.student), "/")
    assert "Course 3" in first.text
    assert "Because you have shown level 1 in" in first.text
    assert "this course goes up to level 3." in first.text
    assert first.links["See the course"] == f"/courses/{three[2].id}/"
    page(client_of(cast.student), "/", language="zh")


def test_who_has_shown_nothing_is_told_so(client_of, db, cast, three):
    assert "Because you have shown nothing of" in page(client_of(cast.student), "/").text


def test_a_course_that_asks_for_more_or_that_nobody_teaches_here_is_not_recommended(db, app, cast, three):
    show_level(db, cast.student, 1)
    prerequisites.add_course(three[2], three[0], cast.coordinator.id)
    with app.test_request_context():
        assert recommended_step(cast.student, factories.today()).url == f"/courses/{three[1].id}/"
        assert recommended_step(cast.other_student, factories.today()) is None
        queries.cohorts_of(three[1].id)[0].cohort.ends_on = factories.today().replace(year=2020)
        db.session.flush()
        assert recommended_step(cast.student, factories.today()) is None, "course 1 adds nothing to level 1"


def test_the_next_step_of_a_begun_path_comes_first(db, app, cast, three):
    path_of(cast, [three[0], three[1]])
    complete(cast.student, three[0])
    with app.test_request_context():
        step = recommended_step(cast.student, factories.today())
    assert step.url == f"/courses/{three[1].id}/"
    assert "A path" in step.text or "路径" in step.text


def test_the_sentence_says_how_many_open_internships_ask_for_it(db, app, cast, three, monkeypatch):
    show_level(db, cast.student, 1)
    monkeypatch.setattr(registry(app), "demands", [lambda day: {("CC02", 2): 4}, lambda day: {("CC02", 2): 3}])
    with app.test_request_context():
        step = recommended_step(cast.student, factories.today())
    assert step.url == f"/courses/{three[2].id}/"
    assert step.text.endswith("有 7 个实习名额要求这一水平。")
