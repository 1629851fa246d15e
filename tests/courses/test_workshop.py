"""Making a course: from a title to something that students find."""

import pytest
import sqlalchemy as sa

from app.assessment import queries as assessment
from app.assessment.models import Quiz
from app.db import utcnow
from courses import queries, services
from courses.models import Course, Lesson, LessonSkill
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, submit

WORK = "/organisations/demo-university/courses/"


@pytest.fixture
def author(sign_in, cast):
    """The client of a coordinator who reads English."""
    cast.coordinator.language = "en"
    return sign_in(cast.coordinator)


def test_a_teacher_writes_a_course_with_a_quiz_and_publishes_it(author, db, cast):
    version = factories.question(cast.university)
    answer = submit(author, page(author, f"{WORK}new/"), {"title_zh": "通关", "title_en": "Customs"})
    bench = page(author, answer.location)
    assert "A draft" in bench.text
    path = answer.location
    answer = submit(author, page(author, f"{path}lessons/new/"), {"title_zh": "第一课", "title_en": "One"})
    answer = submit(
        author, page(author, answer.location), {"body_zh": "正文", "minutes": "15"}, form="#lesson", button="then=quiz"
    )
    editor = page(author, answer.location)
    answer = submit(author, editor, {"question": str(version.question_id)}, form="#bank form[method=post]")
    editor = page(author, answer.location)
    submit(author, editor, {"minutes": "20", "pass_percent": "50"}, form="#quiz", button="")
    quiz = db.session.scalars(sa.select(Quiz)).one()
    assert (quiz.minutes, float(quiz.pass_share), quiz.title_en) == (20, 0.5, "Customs · One")
    assert author.post(f"{path}publication/").location == path
    assert "Published" in page(author, path).text
    assert db.session.scalars(sa.select(LessonSkill)).one().level == 2


def test_a_course_without_lessons_is_not_published(author, db, cast):
    course = factories.course(cast, lessons=0, published=False)
    db.session.commit()
    answer = author.post(f"{WORK}{course.id}/publication/", headers={"Accept": "application/json"})
    assert answer.json["error"] == "CourseWithoutLessons"
    assert not db.session.get(Course, course.id).is_published


def test_lessons_change_places_and_stop_at_the_ends(author, db, cast):
    course = factories.course(cast, lessons=3)
    first, second, third = queries.lessons_of(course.id)
    ids = [first.id, second.id, third.id]
    db.session.commit()

    def order():
        return [lesson.id for lesson in queries.lessons_of(course.id)]

    author.post(f"{WORK}{course.id}/lessons/{ids[2]}/place/", data={"step": "up"})
    assert order() == [ids[0], ids[2], ids[1]]
    author.post(f"{WORK}{course.id}/lessons/{ids[0]}/place/", data={"step": "up"})
    assert order() == [ids[0], ids[2], ids[1]]
    author.post(f"{WORK}{course.id}/lessons/{ids[0]}/place/", data={"step": "down"})
    assert order() == [ids[2], ids[0], ids[1]]
    assert [lesson.position for lesson in queries.lessons_of(course.id)] == [1, 2, 3]


def test_a_deleted_lesson_makes_room_for_those_after_it(author, db, cast):
    course = factories.course(cast, lessons=3)
    lesson = queries.lessons_of(course.id)[0]
    db.session.commit()
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/deletion/")
    assert [(found.position, found.title_en) for found in queries.lessons_of(course.id)] == [
        (1, "Part 2"),
        (2, "Part 3"),
    ]


def test_a_deleted_lesson_stays_for_those_who_learn_it(author, db, cast):
    course = factories.course(cast)
    lesson = queries.lessons_of(course.id)[0]
    enrolment = services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    services.complete_lesson(enrolment, lesson.id, course, utcnow())
    db.session.commit()
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/deletion/")
    [first, _second] = queries.contents_of(enrolment.cohort.version_id, enrolment.id)
    assert (first.id, first.done_at is not None) == (lesson.id, True)
    assert [found.title_en for found in queries.lessons_of(course.id)] == ["Part 2"]


def test_the_preview_is_what_the_page_will_show(author, cast):
    answer = author.post("/organisations/demo-university/lesson-preview/", data={"text": "**x** <script>y</script>"})
    assert answer.text == "<p><strong>x</strong> </p>"


def test_a_quiz_that_was_taken_is_replaced_for_new_attempts_only(author, db, cast):
    from app.assessment.services import quizzes

    course = factories.course(cast)
    lesson = queries.lessons_of(course.id)[0]
    old = factories.give_quiz(lesson, course, [factories.question(cast.university)])
    services.enrol(factories.cohort(course), cast.student, utcnow(), factories.today())
    attempt = quizzes.begin(old, cast.student, utcnow())
    same = factories.give_quiz(
        lesson, course, [item.version for item in quizzes.queries.items_of(old.id)], attempts_allowed=5
    )
    assert (same.id, same.attempts_allowed) == (old.id, 5), "rules alone change in place"
    new = factories.give_quiz(lesson, course, [factories.question(cast.university, level=4)])
    db.session.commit()
    assert new.id != old.id
    assert lesson.quiz_id == new.id
    assert len(quizzes.queries.items_of(old.id)) == 1
    # The open attempt goes on with the old questions, and still counts for the lesson.
    item = quizzes.queries.items_of(old.id)[0]
    quizzes.save_answer(attempt, item, "a", utcnow())
    quizzes.submit(attempt, utcnow())
    enrolment = queries.enrolment_in(cast.student, course.id)
    assert [line.done_at is not None for line in queries.contents_of(enrolment.cohort.version_id, enrolment.id)] == [
        True,
        False,
    ]


def test_the_editor_reorders_weighs_and_takes_out(author, db, cast):
    course = factories.course(cast)
    lesson = queries.lessons_of(course.id)[0]
    versions = [factories.question(cast.university) for _ in range(3)]
    factories.give_quiz(lesson, course, versions)
    db.session.commit()
    path = f"{WORK}{course.id}/lessons/{lesson.id}/quiz/"
    editor = page(author, path)
    items = [box.attributes["name"].removeprefix("drop-") for box in editor.select("input[name^='drop-']")]
    changes = {f"place-{items[0]}": "9", f"points-{items[2]}": "2.5", f"drop-{items[1]}": "1"}
    submit(author, editor, changes, form="#quiz")
    db.session.refresh(lesson)
    held = assessment.items_of(lesson.quiz_id)
    assert [(item.question_version_id, float(item.points)) for item in held] == [
        (versions[2].id, 2.5),
        (versions[0].id, 1.0),
    ]
    bad = submit(author, page(author, path), {f"points-{versions[0].question_id}": "NaN"}, form="#quiz")
    assert "Points are numbers from 0 to 1000" in bad.text


def test_questions_of_another_bank_are_not_added(author, db, cast):
    course = factories.course(cast)
    lesson = queries.lessons_of(course.id)[0]
    foreign = factories.question(cast.other_university)
    db.session.commit()
    author.post(f"{WORK}{course.id}/lessons/{lesson.id}/quiz/items/", data={"question": foreign.question_id})
    assert db.session.get(Lesson, lesson.id).quiz_id is None


def test_strangers_find_no_workshop(client_of, client, db, cast):
    course = factories.course(cast)
    lesson = queries.lessons_of(course.id)[0]
    db.session.commit()
    paths = ["", "new/", f"{course.id}/", f"{course.id}/edit/", f"{course.id}/lessons/new/"]
    paths += [f"{course.id}/lessons/{lesson.id}/edit/", f"{course.id}/lessons/{lesson.id}/quiz/"]
    for stranger in (cast.student, cast.other_coordinator, cast.recruiter, cast.official):
        here = client_of(stranger)
        assert [here.get(WORK + path).status_code for path in paths] == [404] * len(paths)
        for path in (f"{course.id}/publication/deletion/", f"{course.id}/lessons/{lesson.id}/deletion/"):
            assert here.post(WORK + path).status_code == 404
    # A course is reached through its own university only.
    other = client_of(cast.other_coordinator)
    assert other.get(f"/organisations/other-university/courses/{course.id}/").status_code == 404
    assert "/sign-in/" in client.get(WORK).location


def test_the_work_list_costs_the_same_with_many_courses(author, db, cast):
    factories.course(cast)
    author.get(WORK)
    with statements() as few:
        author.get(WORK)
    for number in range(20):
        factories.cohort(factories.course(cast, title=f"课{number}"))
    db.session.commit()
    with statements() as many:
        author.get(WORK)
    assert len(many) == len(few) <= 3, many
