"""Two who change the same page: the second is refused, keeps what was typed, and sees what is saved now."""

from decimal import Decimal

import pytest

from courses import queries, services
from courses.models import Cohort, Module
from tests.courses import factories
from tests.courses.handing_in import opened
from tests.page import page, read, submit

WORK = "/organisations/demo-university/courses/"


@pytest.fixture
def author(sign_in, cast):
    """The client of a coordinator who reads English."""
    cast.coordinator.language = "en"
    return sign_in(cast.coordinator)


@pytest.fixture
def course(cast, db):
    """A course of two lessons that is not published."""
    made = factories.course(cast, published=False)
    db.session.commit()
    return made


def test_of_two_who_change_the_rules_of_a_quiz_the_second_is_refused_and_then_decides(author, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    quiz = factories.give_quiz(lesson, course, [factories.question(cast.university)])
    db.session.commit()
    path = f"{WORK}{course.id}/lessons/{lesson.id}/quiz/"
    first, second = page(author, path), page(author, path)
    assert submit(author, first, {"pass_percent": "70"}, form="#quiz").status_code == 303
    refused = read(submit(author, second, {"attempts_allowed": "5"}, form="#quiz"), status=409)
    db.session.refresh(quiz)
    assert (quiz.pass_share, quiz.attempts_allowed) == (Decimal("0.7"), 3)
    assert "Somebody has changed this meanwhile" in refused.text
    assert refused.words(".notice.warning dt") == ["Attempts", "Passed from (percent)"]
    assert refused.words(".notice.warning dd") == ["3", "70"]
    assert refused.values("#quiz")["attempts_allowed"] == ["5"]
    assert submit(author, refused, {"pass_percent": "70"}, form="#quiz").status_code == 303
    db.session.refresh(quiz)
    assert (quiz.pass_share, quiz.attempts_allowed) == (Decimal("0.7"), 5)


def test_questions_of_a_quiz_that_somebody_changed_meanwhile_stand_beside_what_was_typed(author, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    versions = [factories.question(cast.university) for _ in range(2)]
    factories.give_quiz(lesson, course, versions)
    db.session.commit()
    path = f"{WORK}{course.id}/lessons/{lesson.id}/quiz/"
    one, two = (version.question_id for version in versions)
    first, second = page(author, path), page(author, path)
    submit(author, first, {f"points-{one}": "3"}, form="#quiz")
    refused = read(submit(author, second, {f"points-{two}": "4"}, form="#quiz"), status=409)
    assert refused.words(".notice.warning dt") == ["Questions"]
    assert "· 3" in refused.text
    assert refused.values("#quiz")[f"points-{two}"] == ["4"]


def test_a_double_click_on_save_is_no_clash(author, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    versions = [factories.question(cast.university) for _ in range(2)]
    factories.give_quiz(lesson, course, versions)
    db.session.commit()
    opened_once = page(author, f"{WORK}{course.id}/lessons/{lesson.id}/quiz/")
    changes = {"minutes": "30", f"points-{versions[0].question_id}": "2"}
    answers = [submit(author, opened_once, changes, form="#quiz").status_code for _ in range(2)]
    assert answers == [303, 303]


def test_of_two_who_change_a_rubric_the_second_is_refused(author, db, cast):
    klass = opened(cast)
    path = f"{WORK}{klass.course.id}/lessons/{klass.lesson.id}/assignment/"
    first, second = page(author, path), page(author, path)
    form = "main form.wide"
    assert submit(author, first, {"criteria-0-weight": "2"}, form=form).status_code == 303
    refused = read(submit(author, second, {"late_percent": "5"}, form=form), status=409)
    assert refused.words(".notice.warning dt") == ["Taken off for each day late (percent)", "Criteria"]
    assert "Weight: 2" in refused.words(".notice.warning dd")[1]
    assert refused.values(form)["late_percent"] == ["5"]


def test_of_two_who_change_a_cohort_the_second_is_refused(author, course, db, cast):
    cohort = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    db.session.commit()
    path = f"{WORK}{course.id}/cohorts/{cohort.id}/edit/"
    first, second = page(author, path), page(author, path)
    form = "main form.form"
    assert submit(author, first, {"capacity": "30"}, form=form).status_code == 303
    refused = read(submit(author, second, {"name_en": "Winter"}, form=form), status=409)
    assert refused.words(".notice.warning dt") == ["Name in English", "Seats"]
    db.session.expire_all()
    assert (db.session.get(Cohort, cohort.id).capacity, db.session.get(Cohort, cohort.id).name_en) == (
        30,
        "Autumn 2026",
    )


def test_of_two_who_set_dates_the_second_is_refused(author, db, cast):
    course = factories.course(cast)
    cohort = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    one, two = (lesson.id for lesson in queries.lessons_of(course.id))
    db.session.commit()
    path = f"{WORK}{course.id}/cohorts/{cohort.id}/dates/"
    first, second = page(author, path), page(author, path)
    form = "main form.wide"
    assert submit(author, first, {f"due_{one}": "2026-12-01T10:00"}, form=form).status_code == 303
    refused = read(submit(author, second, {f"due_{two}": "2026-12-08T10:00"}, form=form), status=409)
    assert refused.words(".notice.warning dt") == ["“Part 1” is due at", "“Part 2” is due at"]
    assert list(queries.dates_in(cohort.id)) == [one]


def test_of_two_who_rename_a_module_the_second_is_refused(author, course, db):
    module = services.add_module(course, "第一部分", "One")
    db.session.commit()
    path = f"{WORK}{course.id}/modules/{module.id}/edit/"
    first, second = page(author, path), page(author, path)
    form = "main form.form"
    assert submit(author, first, {"title_zh": "甲"}, form=form).status_code == 303
    refused = read(submit(author, second, {"title_en": "First"}, form=form), status=409)
    assert refused.words(".notice.warning dd") == ["甲", "One"]
    db.session.expire_all()
    assert (db.session.get(Module, module.id).title_zh, db.session.get(Module, module.id).title_en) == ("甲", "One")


def test_a_question_of_a_quiz_moves_by_its_button(author, course, db, cast):
    lesson = queries.lessons_of(course.id)[0]
    versions = [factories.question(cast.university) for _ in range(3)]
    factories.give_quiz(lesson, course, versions)
    db.session.commit()
    path = f"{WORK}{course.id}/lessons/{lesson.id}/quiz/"
    ids = [version.question_id for version in versions]

    def order():
        return [int(name.removeprefix("points-")) for name in page(author, path).values("#quiz") if "points-" in name]

    submit(author, page(author, path), form="#quiz", button=f"move={ids[2]}:up")
    assert order() == [ids[0], ids[2], ids[1]]
    submit(author, page(author, path), form="#quiz", button=f"move={ids[0]}:down")
    assert order() == [ids[2], ids[0], ids[1]]


def test_of_two_who_change_the_words_of_a_path_the_second_is_refused(author, db, cast):
    made = services.create_path(cast.university.id, "路径", "A path")
    db.session.commit()
    path = f"/organisations/demo-university/paths/{made.id}/"
    first, second = page(author, path), page(author, path)
    form = "main form:has([name=title_zh])"
    assert submit(author, first, {"summary_en": "For beginners"}, form=form).status_code == 303
    refused = read(submit(author, second, {"title_en": "Another"}, form=form), status=409)
    assert refused.words(".notice.warning dd") == ["A path", "For beginners"]
