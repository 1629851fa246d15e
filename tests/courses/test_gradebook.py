"""The gradebook: what is in a cell, who changed it and why, what it comes to, for teachers and for learners."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.accounts.services import create_person, join
from app.assessment import queries as assessment
from app.assessment.services import questions, regrades
from app.assessment.tasks import regrade
from app.audit import AppendOnly
from app.db import utcnow
from courses import queries, services
from courses.models import ChangeKind, ColumnGrade, Enrolment, Grade, GradeChange
from courses.queries import grades as grade_queries
from courses.rules.grading import Category, Rules
from courses.services import grades
from tests.courses import factories
from tests.courses.counting import statements
from tests.courses.gradebooks import BASE, path, quizzed, take, with_learners
from tests.page import page, submit


@pytest.fixture
def course(db, cast):
    cast.coordinator.language = cast.student.language = "en"
    return quizzed(cast)


@pytest.fixture
def cohort(db, cast, course):
    return with_learners(course, cast.student)


@pytest.fixture
def enrolment(cast, course, cohort):
    return queries.enrolment_in(cast.student, course.id)


@pytest.fixture
def teacher(db, cast, cohort):
    """A teacher of the cohort who coordinates nothing."""
    person = create_person("teacher@demo.example", "李老师", language="en")
    join(person, cast.university, Role.TEACHER, factories.today())
    services.set_teachers(cohort, [person.id])
    db.session.commit()
    return person


def cell_of(enrolment, column):
    return grades.cell_of(enrolment, column)


def history(enrolment, column):
    return [
        (one.kind, one.points_before, one.points_after, one.reason)
        for one in grade_queries.history_of(enrolment.id, column)
    ]


def test_the_best_attempt_stands_in_the_cell_whether_passed_or_not(cast, course, cohort, enrolment):
    column = grades.columns_of(cohort)[0]
    take(cast.student, course, 1, True, False)
    assert cell_of(enrolment, column).points == 1
    assert enrolment.share_so_far == Decimal("0.5")
    assert enrolment.share_final == Decimal("0.25")
    take(cast.student, course, 1, False, False)
    assert cell_of(enrolment, column).points == 1
    take(cast.student, course, 1, True, True)
    assert (cell_of(enrolment, column).points, column.most) == (2, 2)
    assert history(enrolment, column) == [
        (ChangeKind.MARK, 1, 2, ""),
        (ChangeKind.MARK, None, 1, ""),
    ]


def test_a_regrade_moves_the_mark_both_ways(db, cast, course, cohort, enrolment):
    take(cast.student, course, 1, True, True)
    quiz_id = queries.lesson_at_place(course.id, 1).quiz_id
    question = assessment.items_of(quiz_id)[0].version.question
    contents = factories.single()
    swapped = {
        language: replace(
            content, options=tuple(replace(one, fraction=float(one.key == "b")) for one in content.options)
        )
        for language, content in contents.items()
    }
    for expected, key in ((1, swapped), (2, contents)):
        newest = questions.revise_question(
            question, key, skill_code=question.skill_code, level=question.level, by_id=cast.coordinator.id
        )
        (made,) = regrades.begin(question, newest, by=cast.coordinator, reason="The key was wrong.", now=utcnow())
        items = [item.id for item in assessment.items_of(quiz_id)[:1]]
        db.session.commit()
        regrade({"regrade": made.id, "items": items}, lambda *_told: None)
        assert cell_of(enrolment, grades.columns_of(cohort)[0]).points == expected
    assert queries.contents_of(cohort.version_id, enrolment.id)[0].done_at is not None


def test_a_teacher_overrides_with_a_reason_that_the_learner_reads(client_of, cast, course, cohort, enrolment, teacher):
    take(cast.student, course, 1, True, False)
    column = grades.columns_of(cohort)[0]
    client = client_of(teacher)
    address = path(cohort, f"learners/{enrolment.id}/cells/{column.key}/")
    kept = submit(client, page(client, address), {"points": "1.5", "reason": "Half a point for the method"})
    shown = page(client, kept.location)
    assert "Half a point for the method" in shown.text
    assert "changed by hand" in shown.text
    assert "75%" in shown.text
    own = page(client_of(cast.student), f"/courses/{course.id}/grades/")
    assert "Half a point for the method" in own.text
    assert "earned 1." in own.text
    rows = page(client, address).rows("main table")
    assert rows[1][1:] == ["李老师", "by hand", "1", "1.5", "Half a point for the method"]
    assert rows[2][1] == "by the rules"


def test_a_later_mark_does_not_undo_an_override_and_clearing_lets_it_count(
    client_of, cast, course, cohort, enrolment, teacher
):
    column = grades.columns_of(cohort)[0]
    now = utcnow()
    grades.set_points(enrolment, column, Decimal(1), "spoke well", seen=0, by_id=teacher.id, now=now)
    take(cast.student, course, 1, True, True)
    assert enrolment.share_so_far == Decimal("0.5")
    client = client_of(teacher)
    shown = page(client, path(cohort, f"learners/{enrolment.id}/cells/{column.key}/"))
    without = submit(client, shown, form="main form[action$='deletion/']")
    assert without.status_code == 200
    assert cell_of(enrolment, column).override_points == 1, "without a reason nothing is taken back"
    submit(client, shown, {"back-reason": "Given to the wrong one"}, form="main form[action$='deletion/']")
    assert queries.enrolment_in(cast.student, course.id).share_so_far == 1
    assert history(enrolment, column)[0][3] == "Given to the wrong one"
    assert [one[0] for one in history(enrolment, column)] == [
        ChangeKind.CLEARED, ChangeKind.MARK, ChangeKind.OVERRIDE,
    ]  # fmt: skip


def test_who_saw_an_older_cell_does_not_overwrite_a_newer_one(client_of, cast, course, cohort, enrolment, teacher):
    column = grades.columns_of(cohort)[0]
    client, other = client_of(teacher), client_of(cast.coordinator)
    address = path(cohort, f"learners/{enrolment.id}/cells/{column.key}/")
    mine, theirs = page(client, address), page(other, address)
    assert submit(client, mine, {"points": "2", "reason": "first"}).status_code == 303
    refused = submit(other, theirs, {"points": "0", "reason": "second"})
    assert "meanwhile" in page(other, refused.location).text
    assert cell_of(enrolment, column).override_points == 2


@pytest.mark.parametrize(
    ("points", "reason"), [("3", "too many"), ("-1", "none"), ("1", " "), ("NaN", "x"), ("1e999", "x")]
)
def test_impossible_points_and_missing_reasons_change_nothing(client_of, cohort, enrolment, teacher, points, reason):
    column = grades.columns_of(cohort)[0]
    client = client_of(teacher)
    address = path(cohort, f"learners/{enrolment.id}/cells/{column.key}/")
    submit(client, page(client, address), {"points": points, "reason": reason})
    assert cell_of(enrolment, column) is None


def test_history_cannot_be_changed(db, cast, course, cohort, enrolment):
    take(cast.student, course, 1, True, False)
    change = db.session.scalars(sa.select(GradeChange)).first()
    change.points_after = Decimal(2)
    with pytest.raises(AppendOnly):
        db.session.flush()


def test_a_teacher_adds_a_column_of_their_own_and_takes_it_away(client_of, cast, course, cohort, enrolment, teacher):
    take(cast.student, course, 1, True, True)
    client = client_of(teacher)
    new = page(client, path(cohort, "columns/new/"))
    values = {"title_zh": "课堂表现", "title_en": "In class", "points_max": "2"}
    assert submit(client, new, values).status_code == 303
    column = grades.columns_of(cohort)[-1]
    assert queries.enrolment_in(cast.student, course.id).share_final == Decimal("0.3333")  # 2 of 2 + 2 + 2
    grades.set_points(enrolment, column, Decimal(2), "always there", seen=0, by_id=teacher.id, now=utcnow())
    assert enrolment.share_so_far == 1
    shown = page(client, path(cohort))
    assert shown.rows("main table")[1] == ["林小雨", "100%", "66.67%", "2", "–", "2"]
    edit = page(client, path(cohort, f"columns/{column.column_id}/edit/"))
    submit(client, edit, {"points_max": "4"}, form="main form.form")
    assert page(client, path(cohort)).rows("main table")[1][-1] == "4", "the share stays"
    submit(client, edit, form="main form[action$='deletion/']")
    assert [one.key for one in grades.columns_of(cohort)] == [f"l{one.lesson_id}" for one in grades.columns_of(cohort)]
    assert client.get(path(cohort, f"columns/{column.column_id}/edit/")).status_code == 404


def test_weights_drops_and_the_formula_stand_on_the_learners_page(client_of, db, cast):
    cast.student.language = "en"
    rules = Rules((Category("q", "测验", "Quizzes", Decimal(3), drop=1), Category("w", "课堂", "Class", Decimal(1))))
    course = quizzed(cast, lessons=3, rules=rules, category="q")
    cohort = with_learners(course, cast.student)
    enrolment = queries.enrolment_in(cast.student, course.id)
    grades.add_column(cohort, "课堂", "", "w", Decimal(10), cast.coordinator.id, utcnow())
    take(cast.student, course, 1, True, False)
    take(cast.student, course, 2, True, True)
    shown = page(client_of(cast.student), f"/courses/{course.id}/grades/")
    assert "dropped: among the lowest" in shown.text
    assert "dropped in the final total" in shown.text
    assert "Final: 75% × 75% + 0% × 25% = 56.25%" in shown.text
    assert (enrolment.share_so_far, enrolment.share_final) == (1, Decimal("0.5625"))


def test_strangers_and_teachers_of_other_cohorts_see_nothing(client_of, db, cast, course, cohort, enrolment, teacher):
    key = grades.columns_of(cohort)[0].key
    addresses = [
        path(cohort),
        path(cohort, "download.csv"),
        path(cohort, "download.xlsx"),
        path(cohort, "import/"),
        path(cohort, "columns/new/"),
        path(cohort, f"learners/{enrolment.id}/"),
        path(cohort, f"learners/{enrolment.id}/cells/{key}/"),
        f"{BASE}/{course.id}/cohorts/{cohort.id}/insight/",
    ]
    services.set_teachers(cohort, [])
    db.session.commit()
    for person in (cast.student, cast.other_student, teacher):
        client = client_of(person)
        assert [client.get(one).status_code for one in addresses] == [404] * len(addresses)
    assert client_of(cast.other_student).get(f"/courses/{course.id}/grades/").status_code == 404
    coordinator = client_of(cast.coordinator)
    assert [coordinator.get(one).status_code for one in addresses] == [200] * len(addresses)


def test_a_cell_or_learner_of_another_cohort_is_not_found(client_of, db, cast, course, cohort, enrolment):
    other = with_learners(quizzed(cast, lessons=1), cast.student)
    client = client_of(cast.coordinator)
    key = grades.columns_of(cohort)[0].key
    assert client.get(path(other, f"learners/{enrolment.id}/")).status_code == 404
    assert client.get(path(cohort, f"learners/{enrolment.id}/cells/l999999/")).status_code == 404
    assert client.get(path(cohort, f"learners/999999/cells/{key}/")).status_code == 404


def test_names_are_searched_and_totals_sorted(client_of, db, cast, course, cohort):
    second = create_person("second@demo.example", "阿二", language="zh")
    join(second, cast.university, Role.STUDENT, factories.today())
    services.bring_in(cohort, [second.id], utcnow())
    take(cast.student, course, 1, True, True)
    client = client_of(cast.coordinator)

    def names(query):
        return [row[0] for row in page(client, path(cohort, query)).rows("main table")[1:]]

    assert names("?sort=-total") == ["林小雨", "阿二"]
    assert names("?sort=total") == ["阿二", "林小雨"]
    assert names("?q=second@") == ["阿二"]
    assert "Nobody is called that" in page(client, path(cohort, "?q=nobody")).text


def fill(db, cast, lessons, learners):
    """A cohort of so many learners and lessons, each cell of it marked."""
    course = quizzed(cast, lessons=lessons)
    cohort = with_learners(course)
    people = [create_person(f"s{lessons}-{number}@demo.example", f"学员{number:03}") for number in range(learners)]
    db.session.flush()
    enrolments = services.bring_in(cohort, [person.id for person in people], utcnow())
    lesson_ids = [line.id for line in queries.contents_of(cohort.version_id, None)]
    rows = [
        {"enrolment_id": one.id, "lesson_id": lesson_id, "points": Decimal(1), "points_max": Decimal(2)}
        for one in enrolments
        for lesson_id in lesson_ids
    ]
    db.session.execute(sa.insert(Grade), rows)
    db.session.commit()
    return cohort


def test_fifty_learners_and_sixty_columns_ask_the_database_no_more_than_five_and_five(client_of, db, cast):
    cast.coordinator.language = "en"
    small, large = fill(db, cast, 5, 5), fill(db, cast, 60, 51)
    client = client_of(cast.coordinator)
    asked = []
    for cohort in (small, large):
        client.get(path(cohort))
        with statements() as sent:
            assert client.get(path(cohort)).status_code == 200
        asked.append(len(sent))
    assert asked[0] == asked[1]
    shown = page(client, path(large))
    assert len(shown.rows("main table")) == 51
    assert {len(row) for row in shown.rows("main table")} == {63}
    assert "1–50 of 51" in shown.text


def test_what_comes_from_elsewhere_is_brought_into_the_gradebook_once(db, cast, course, cohort, enrolment):
    take(cast.student, course, 1, True, False)
    take(cast.student, course, 1, True, True)
    db.session.execute(sa.delete(Grade))
    db.session.expire_all()
    for _time in range(2):
        services.keep_best_attempts(cohort, utcnow())
    db.session.expire_all()
    assert [(one.points, one.points_max) for one in grade_queries.grades_of([enrolment.id])] == [(2, 2)]
    assert enrolment.share_final == Decimal("0.5")


def test_the_kept_totals_are_those_that_the_rule_gives(db, cast, course, cohort, enrolment):
    take(cast.student, course, 2, True, False)
    totals = grades.totals_of(Rules(), grades.columns_of(cohort), grades.cells_of([enrolment.id])[enrolment.id])
    assert (enrolment.share_so_far, enrolment.share_final) == (totals.so_far.share, totals.final.share)
    assert totals.so_far.parts[0].share == Fraction(1, 2)


def test_the_same_mark_again_is_no_change(db, cast, course, cohort, enrolment):
    lesson_id = grades.columns_of(cohort)[0].lesson_id
    for _time in range(2):
        services.lesson_marked(enrolment, lesson_id, Decimal(7), Decimal(10), utcnow())
    services.lesson_marked(enrolment, lesson_id, Decimal(8), Decimal(10), utcnow() + timedelta(seconds=1))
    assert [one[1:3] for one in history(enrolment, grades.columns_of(cohort)[0])] == [(7, 8), (None, 7)]


def test_a_mark_of_an_older_quiz_counts_by_its_share(client_of, db, cast, course, cohort, enrolment):
    services.lesson_marked(enrolment, grades.columns_of(cohort)[0].lesson_id, Decimal(5), Decimal(10), utcnow())
    assert page(client_of(cast.coordinator), path(cohort)).rows("main table")[1][3] == "1", "five of ten are one of two"


def test_points_in_a_column_of_another_cohort_stay_there(db, cast, course, cohort, enrolment):
    other = with_learners(course)
    made = grades.add_column(other, "别的班", "", "", Decimal(10), cast.coordinator.id, utcnow())
    assert f"c{made.id}" not in {one.key for one in grades.columns_of(cohort)}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ColumnGrade)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1
