"""An assignment as its authors set it."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.assessment.models import Rubric
from app.assessment.rules.rubrics import Step
from app.assessment.services.work import StepsUnfit
from app.db import utcnow
from courses import queries, services
from courses.models import Assignment, CompletesOn, LessonKind, LessonSkill, Takes
from courses.queries import submissions as works
from courses.services.assignments import LessonHasQuiz, NothingTaken, criteria_of, rules_of
from courses.services.refusals import LessonIsAssignment
from tests.courses import factories, handing_in
from tests.page import page, submit


@pytest.fixture
def course(db, cast):
    """A draft of one lesson."""
    made = factories.course(cast, lessons=1, published=False)
    db.session.commit()
    return made


def path(cast, course):
    [lesson] = queries.lessons_of(course.id)
    return f"/organisations/{cast.university.slug}/courses/{course.id}/lessons/{lesson.id}/assignment/"


def test_an_author_makes_a_lesson_an_assignment_in_the_page(sign_in, db, cast, course):
    client = sign_in(cast.coordinator)
    shown = page(client, path(cast, course), language="en")
    answer = submit(
        client,
        shown,
        {
            "takes": ["text", "files"],
            "files_max": "3",
            "points_max": "50",
            "group_size": "2",
            "completes_on": "handed-in",
            "pass_percent": "70",
            "late_percent": "10",
            "late_days_max": "3",
            "criteria-0-title_zh": "事实",
            "criteria-0-weight": "2",
            "criteria-0-marks_max": "8",
            "criteria-0-skill_code": "CC02",
            "criteria-0-level": "3",
            "criteria-0-descriptor_en": "Names what shows it",
        },
        form="main form.form",
    )
    assert answer.status_code == 303
    [lesson] = queries.lessons_of(course.id)
    assert lesson.kind is LessonKind.ASSIGNMENT
    kept = works.assignment_with_rubric(lesson.assignment_id)
    assert rules_of(kept) == services.AssignmentRules(
        takes=(Takes.TEXT, Takes.FILES),
        files_max=3,
        points_max=Decimal(50),
        completes_on=CompletesOn.HANDED_IN,
        pass_share=Decimal("0.7"),
        late_share_per_day=Decimal("0.1"),
        late_days_max=3,
        group_size=2,
    )
    [criterion] = criteria_of(kept.rubric)
    assert (criterion.skill_code, criterion.level, criterion.marks_max) == ("CC02", 3, Decimal(8))
    again = page(client, path(cast, course), language="zh").values("main form.form")
    assert again["criteria-0-title_zh"] == ["事实"]
    assert again["takes"] == ["text", "files"]


def test_what_is_wrong_is_said_beside_its_field(sign_in, cast, course):
    client = sign_in(cast.coordinator)
    answer = client.post(
        path(cast, course),
        data={
            "files_max": "3", "points_max": "50", "group_size": "1", "completes_on": "passed", "pass_percent": "60",
            "late_percent": "0", "criteria-0-title_zh": "事实", "criteria-0-weight": "2", "criteria-0-level": "2",
        },
        headers={"Accept-Language": "en"},
    )  # fmt: skip
    words = answer.get_data(as_text=True)
    assert "Say what can be handed in" in words
    assert "Choose skill and level together, or neither." in words
    [lesson] = queries.lessons_of(course.id)
    assert lesson.assignment_id is None


def test_more_rows_can_be_added_up_to_twelve(sign_in, cast, course):
    client = sign_in(cast.coordinator)
    data = {"more": "1", **{f"criteria-{number}-title_zh": "项" for number in range(10)}}
    shown = client.post(path(cast, course), data=data).get_data(as_text=True)
    assert "criteria-11-title_zh" in shown
    assert "criteria-12-title_zh" not in shown


def test_nothing_to_hand_in_and_a_lesson_with_a_quiz_are_refused(db, cast, course):
    [lesson] = queries.lessons_of(course.id)
    with pytest.raises(NothingTaken):
        services.set_assignment(lesson, course, services.AssignmentRules(takes=()))
    factories.give_quiz(lesson, course, [factories.question(cast.university)])
    with pytest.raises(LessonHasQuiz):
        services.set_assignment(lesson, course, services.AssignmentRules())


def test_a_draft_changes_in_place_and_leaves_no_old_rubric(db, cast, course):
    [lesson] = queries.lessons_of(course.id)
    first = services.set_assignment(lesson, course, services.AssignmentRules(), handing_in.CRITERIA)
    second = services.set_assignment(lesson, course, services.AssignmentRules(files_max=2), handing_in.CRITERIA[:1])
    assert second.id == first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Rubric)) == 1
    assert len(works.assignment_with_rubric(second.id).rubric.rows) == 1


def test_the_same_again_changes_nothing_whatever_the_order_of_what_is_taken(db, cast, course):
    [lesson] = queries.lessons_of(course.id)
    rules = services.AssignmentRules(takes=[Takes.FILES, Takes.TEXT])
    first = services.set_assignment(lesson, course, rules, handing_in.CRITERIA)
    db.session.commit()
    services.publish(course, utcnow(), None)
    again = services.AssignmentRules(takes=(Takes.TEXT, Takes.FILES))
    assert services.set_assignment(lesson, course, again, handing_in.CRITERIA).id == first.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 1


def test_a_published_assignment_stays_and_running_cohorts_keep_it(sign_in, db, cast):
    klass = handing_in.opened(cast, files_max=2)
    handing_in.learner(klass, cast.student)
    old = klass.assignment.id
    new = services.set_assignment(klass.lesson, klass.course, services.AssignmentRules(files_max=7))
    db.session.commit()
    assert new.id != old
    services.publish(klass.course, utcnow(), None)
    db.session.commit()
    assert queries.lesson_in_version(klass.cohort.version_id, klass.lesson.id).assignment_id == old
    assert "up to 2 files" in page(sign_in(cast.student), klass.page, language="en").text


def test_what_a_rubric_tests_is_what_the_lesson_supplies(db, cast):
    handing_in.opened(cast)
    assert [(row.skill_code, row.level) for row in db.session.scalars(sa.select(LessonSkill))] == [("CC02", 2)]


def test_an_assignment_that_is_taken_away_makes_the_lesson_a_page(sign_in, db, cast):
    klass = handing_in.opened(cast)
    client = sign_in(cast.coordinator)
    assert client.post(path(cast, klass.course) + "deletion/").status_code == 303
    [lesson] = queries.lessons_of(klass.course.id)
    assert (lesson.kind, lesson.assignment_id) == (LessonKind.PAGE, None)
    assert queries.lesson_in_version(klass.cohort.version_id, lesson.id).assignment_id == klass.assignment.id


def test_strangers_set_nothing(client_of, cast, course):
    for person in (cast.student, cast.other_coordinator, cast.recruiter):
        client = client_of(person)
        assert client.get(path(cast, course)).status_code == 404
        assert client.post(path(cast, course)).status_code == 404
        assert client.post(path(cast, course) + "deletion/").status_code == 404


def test_an_assignment_takes_no_quiz(client_of, cast, db):
    """What is handed in completes it; a quiz beside it would complete it without."""
    opened = handing_in.opened(cast)
    question = factories.question(cast.university)
    db.session.commit()
    path = f"/organisations/demo-university/courses/{opened.course.id}/lessons/{opened.lesson.id}/quiz/items/"
    client_of(cast.coordinator).post(path, data={"question": str(question.question_id)})
    db.session.refresh(opened.lesson)
    assert opened.lesson.quiz_id is None
    with pytest.raises(LessonIsAssignment):
        factories.give_quiz(opened.lesson, opened.course, [question])


# Steps


def written(**more):
    """The form with one criterion, and what else is entered."""
    return {
        "takes": ["text"], "files_max": "3", "points_max": "50", "group_size": "1", "completes_on": "passed",
        "pass_percent": "60", "late_percent": "0", "criteria-0-title_zh": "事实", **more,
    }  # fmt: skip


def line(number, points, zh, en=""):
    """One step of the first criterion."""
    start = f"criteria-0-steps-{number}"
    return {f"{start}-points": points, f"{start}-text_zh": zh, f"{start}-text_en": en}


def test_an_author_writes_steps_the_best_comes_first_and_empty_lines_are_passed_over(sign_in, cast, course):
    client = sign_in(cast.coordinator)
    steps = {**line(0, "2", "只有看法"), **line(2, "10", "证据齐全", "All evidence"), **line(3, "6.5", "缺来源")}
    shown = page(client, path(cast, course), language="en")
    assert shown.faults() == []
    assert submit(client, shown, written(**steps), form="main form.form").status_code == 303
    [lesson] = queries.lessons_of(course.id)
    [criterion] = criteria_of(works.assignment_with_rubric(lesson.assignment_id).rubric)
    assert (criterion.weight, criterion.marks_max) == (Decimal(1), Decimal(10))
    assert criterion.steps == (
        Step(Decimal(10), "证据齐全", "All evidence"),
        Step(Decimal("6.5"), "缺来源"),
        Step(Decimal(2), "只有看法"),
    )
    shown = page(client, path(cast, course), language="zh").values("main form.form")
    assert shown["criteria-0-steps-1-points"] == ["6.5"]
    assert shown["criteria-0-steps-2-text_zh"] == ["只有看法"]
    assert shown["criteria-0-steps-3-points"] == [""]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (line(0, "10", "证据齐全"), "One step alone tells nothing apart"),
        ({**line(0, "11", "证据齐全"), **line(1, "5", "缺来源")}, "from 0 to the most marks of the criterion"),
        ({**line(0, "5", "证据齐全"), **line(1, "5.0", "缺来源")}, "Each step has marks of its own."),
        ({**line(0, "5", ""), **line(1, "2", "缺来源")}, "Say in Chinese what work at this step shows."),
        ({**line(0, "", "证据齐全"), **line(1, "2", "缺来源")}, "from 0 to the most marks of the criterion"),
        ({**line(0, "NaN", "证据齐全"), **line(1, "2", "缺来源")}, "from 0 to the most marks of the criterion"),
        ({**line(0, "ten", "证据齐全"), **line(1, "2", "缺来源")}, "Not a valid decimal value"),
        ({**line(0, "5", "证据齐全"), **line(1, "2", "缺来源"), "criteria-0-title_zh": ""}, "a title in Chinese"),
    ],
)
def test_what_is_wrong_with_a_step_is_said_beside_it_and_nothing_is_lost(sign_in, cast, course, steps, said):
    client = sign_in(cast.coordinator)
    data = written() | steps
    answer = client.post(path(cast, course), data=data, headers={"Accept-Language": "en"})
    words = answer.get_data(as_text=True)
    assert said in words
    assert "缺来源" in words or "证据齐全" in words
    [lesson] = queries.lessons_of(course.id)
    assert lesson.assignment_id is None


def test_learners_read_the_steps_before_they_begin(sign_in, db, cast):
    klass = handing_in.opened(cast, handing_in.CRITERIA_IN_STEPS)
    handing_in.learner(klass, cast.student)
    shown = page(sign_in(cast.student), klass.page, language="en")
    assert shown.faults() == []
    told = [" ".join(each.text().split()) for each in shown.select("#work table tbody tr")]
    # The last step has no English: the Chinese stands for it.
    assert told == ["10 All three kinds of evidence", "6 Evidence without its source", "2 只有看法"]


def test_steps_that_cannot_stand_are_refused_by_every_door(db, cast, course):
    [lesson] = queries.lessons_of(course.id)
    wrong = replace(handing_in.CRITERIA[0], steps=handing_in.STEPS[:1])
    with pytest.raises(StepsUnfit):
        services.set_assignment(lesson, course, services.AssignmentRules(), [wrong])
