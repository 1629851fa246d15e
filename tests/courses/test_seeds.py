"""The demo's three years of learning: made by the same services, plausible, and the same for the same seed."""

import csv
import hashlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
import sqlalchemy as sa

from app.accounts.models import Person
from app.assessment import queries as assessment
from app.assessment.models import Answer, Attempt, Question, Quiz, QuizItem
from app.assessment.queries import marking as marking_queries
from app.assessment.rules.item_analysis import FEWEST_TO_FLAG, Flag
from app.assessment.services import analysis, handmarks, quizzes
from app.assessment.services.handmarks import SheetState
from app.clock import ZONE, day_of
from app.credentials.models import Certificate
from app.reference.files import skill_codes
from app.seeding import cast as cast_of_the_demo
from app.seeding import people
from app.seeding.world import Size, World
from app.skills.models import Evidence, SkillEstimate, SourceKind
from courses import queries, seeds, services
from courses.folders import open_directory, read_folder
from courses.models import (
    Cohort,
    Course,
    CourseStatus,
    Enrolment,
    Lesson,
    LessonDone,
    Post,
    Release,
    Submission,
    WorkState,
)
from courses.queries import submissions as works
from courses.seeds import kinds, writing
from courses.services.folders import written

TINY = Size(universities=3, enterprises=2, students=90, postings=0, teams=0)
AN_AUTUMN_DAY = date(2026, 11, 24)


def world_on(day, size=TINY, seed="yangfan"):
    """A world with its people, planted on a day."""
    now = datetime.combine(day, time(12), ZONE)
    world = World(seed, size, now, day, cast_of_the_demo.plant(now, day), lambda name, done, total: None)
    people.plant_organisations(world)
    people.plant_staff(world)
    people.plant_students(world)
    return world


@pytest.fixture
def world(db):
    """A small world in which courses are planted."""
    made = world_on(AN_AUTUMN_DAY)
    seeds.plant_courses(made)
    db.session.commit()
    return made


def test_universities_teach_three_to_six_courses_with_questions_of_their_own(db, world):
    taught = dict(
        db.session.execute(sa.select(Course.organisation_id, sa.func.count()).group_by(Course.organisation_id)).all()
    )
    assert taught.pop(world.cast.university.id) == 8, "all six, the one in which people mark, the one of all kinds"
    assert {world.cast.university.id, *taught} == {university.id for university in world.universities}
    assert all(3 <= count <= 6 for count in taught.values())
    assert set(db.session.scalars(sa.select(Course.status))) == {CourseStatus.PUBLISHED}
    strangers = (
        sa.select(sa.func.count())
        .select_from(QuizItem)
        .join(Quiz, Quiz.id == QuizItem.quiz_id)
        .join(QuizItem.version)
        .join(Question)
        .where(Question.organisation_id != Quiz.organisation_id)
    )
    assert db.session.scalar(strangers) == 0


def test_every_course_has_a_cohort_that_a_student_can_join_today(db, world):
    newcomer = Person(email="newcomer@demo-university.example", name="新同学", language="", created_at=world.now)
    db.session.add(newcomer)
    db.session.flush()
    for course in db.session.scalars(sa.select(Course)).all():
        running = db.session.scalars(
            sa.select(Cohort).where(
                Cohort.course_id == course.id,
                Cohort.organisation_id == course.organisation_id,
                Cohort.ends_on > world.today,
            )
        ).one()
        assert services.enrol(running, newcomer, world.now, world.today).left_at is None


def test_answers_were_marked_as_people_are_marked(db, world):
    query = sa.select(Attempt).where(Attempt.points.is_not(None)).order_by(Attempt.id).limit(40)
    for attempt in db.session.scalars(query).all():
        answers = assessment.answers_of(attempt)
        results = quizzes.results_of(
            assessment.items_of(attempt.quiz_id),
            {item: answer.given["answer"] for item, answer in answers.items()},
            attempt.seed,
        )
        assert {result.item.id: result.share for result in results} == {
            item: answer.share for item, answer in answers.items()
        }
        assert attempt.points == quizzes.points_of(results).quantize(Decimal("0.0001"))


def test_each_marked_answer_left_one_row_of_evidence_while_its_student_studied(db, world):
    evidence = db.session.scalars(sa.select(Evidence).where(Evidence.source_kind == SourceKind.QUIZ_ITEM)).all()
    marked = sa.select(sa.func.count()).select_from(Answer).where(Answer.share.is_not(None))
    assert len(evidence) == db.session.scalar(marked) > 1000
    students = {student.person.id: student for student in world.students}
    for row in evidence:
        assert row.observed_at <= world.now
        if row.person_id != world.cast.student.id:
            assert students[row.person_id].is_there(day_of(row.observed_at))


def test_attempts_of_a_person_at_a_quiz_follow_one_another(db, world):
    ordered = sa.select(Attempt).order_by(Attempt.quiz_id, Attempt.person_id, Attempt.number)
    attempts = db.session.scalars(ordered).all()
    repeats = 0
    for before, after in pairwise(attempts):
        if (before.quiz_id, before.person_id) == (after.quiz_id, after.person_id):
            repeats += 1
            assert after.number == before.number + 1
            assert before.submitted_at < after.started_at < after.submitted_at
    assert repeats > 20


def test_a_lesson_is_done_where_its_quiz_was_passed_and_all_of_them_bring_the_certificate(db, world):
    passed = {
        (attempt.person_id, attempt.quiz_id)
        for attempt in db.session.scalars(sa.select(Attempt)).all()
        if attempt.is_passed
    }
    done = db.session.execute(
        sa.select(Enrolment, Lesson.quiz_id)
        .join(LessonDone, LessonDone.enrolment_id == Enrolment.id)
        .join(Lesson, Lesson.id == LessonDone.lesson_id)
    ).all()
    assert {(enrolment.person_id, quiz_id) for enrolment, quiz_id in done if quiz_id} == passed
    certified = set(db.session.execute(sa.select(Certificate.person_id, Certificate.source_id)).all())
    required = sa.select(Lesson.course_id, sa.func.count()).where(Lesson.is_required).group_by(Lesson.course_id)
    lessons = dict(db.session.execute(required).all())
    finished = set()
    for enrolment in db.session.scalars(sa.select(Enrolment)).all():
        assert enrolment.lessons_done == sum(one.id == enrolment.id for one, _ in done)
        passed_here = sum(one.id == enrolment.id for one, quiz_id in done if quiz_id)
        assert (enrolment.completed_at is not None) is (passed_here == lessons[enrolment.cohort.course_id])
        assert not (enrolment.completed_at and enrolment.left_at)
        if enrolment.completed_at:
            finished.add((enrolment.person_id, enrolment.cohort.course_id))
    assert finished == certified
    assert len(finished) > 10
    issued = db.session.scalars(sa.select(Certificate)).all()
    assert all("节必修课：通过" in one.criteria_zh and "passed" in one.criteria_en for one in issued)
    assert sum(bool(one.skills) for one in issued) > len(issued) / 2


def test_some_leave_on_the_way(db, world):
    left, all_of_them = (
        db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment).where(*only))
        for only in ([Enrolment.left_at.is_not(None)], [])
    )
    assert 0.02 < left / all_of_them < 0.3


def test_levels_follow_ability(db, world):
    means = dict(
        db.session.execute(
            sa.select(SkillEstimate.person_id, sa.func.avg(SkillEstimate.mean)).group_by(SkillEstimate.person_id)
        ).all()
    )
    ranked = sorted((s for s in world.students if s.person.id in means), key=lambda student: student.talent)
    half = len(ranked) // 2
    weak, strong = ([means[s.person.id] for s in part] for part in (ranked[:half], ranked[half:]))
    assert sum(strong) / len(strong) > sum(weak) / len(weak) + 0.3


@pytest.mark.parametrize(
    "day", [AN_AUTUMN_DAY, date(2026, 3, 1), date(2026, 8, 30), date(2026, 9, 2), date(2027, 2, 27)], ids=str
)
def test_on_any_day_the_casts_student_has_finished_two_courses_and_customs_is_under_way(db, day):
    world = world_on(day, Size(2, 2, 12, 0, 0))
    seeds.plant_courses(world)
    student = world.cast.student
    enrolled = db.session.scalars(sa.select(Enrolment).where(Enrolment.person_id == student.id)).all()
    progress = {enrolment.cohort.course.slug: enrolment.lessons_done for enrolment in enrolled}
    assert progress == {"logistics": 4, "market-research": 4, "customs-tax": 3}
    assert len(db.session.scalars(sa.select(Certificate).where(Certificate.person_id == student.id)).all()) == 2
    [customs] = [one for one in enrolled if one.completed_at is None]
    assert customs.cohort.starts_on <= world.today < customs.cohort.ends_on
    shown = dict(
        db.session.execute(
            sa.select(SkillEstimate.skill_code, SkillEstimate.shown).where(SkillEstimate.person_id == student.id)
        ).all()
    )
    assert all(2 <= shown[code] <= 3 for code in ("LG01", "LG02", "MR04"))
    assert "CC02" not in shown


def quizzes_of_writing(db):
    """The two quizzes of the course in which people write: of choices, and of the answer to be written."""
    query = (
        sa.select(Quiz)
        .join(Lesson, Lesson.quiz_id == Quiz.id)
        .join(Course, Course.id == Lesson.course_id)
        .where(Course.slug == "dispute-replies")
        .order_by(Lesson.position)
    )
    return db.session.scalars(query).all()


def test_answers_wait_for_the_coordinator_and_two_marks_differ(db, world):
    _choices, essay = quizzes_of_writing(db)
    [item] = assessment.items_of(essay.id)
    sheets = handmarks.sheets_of(item, world.cast.coordinator)
    assert essay.markers == 2
    assert sum(sheet.waits_for_me for sheet in sheets) >= 6
    states = {SheetState.TO_MARK, SheetState.BEGUN, SheetState.ELSEWHERE, SheetState.DIFFERING, SheetState.SETTLED}
    assert {sheet.state for sheet in sheets} == states
    [differing] = [sheet for sheet in sheets if sheet.state is SheetState.DIFFERING]
    assert differing.may_settle, "the two whose marks differ are others"
    alike = [sheet for sheet in sheets if handmarks.hints_for(sheet, item, sheets)]
    assert len(alike) == 2
    rubric = marking_queries.rubric_by_id(item.version.question.rubric_id)
    assert all(row.skill_code and row.level and row.descriptor_zh and row.descriptor_en for row in rubric.rows)


@pytest.mark.parametrize("day", [AN_AUTUMN_DAY, date(2026, 3, 1), date(2026, 9, 2)], ids=str)
def test_one_question_has_a_wrong_key_and_its_answers_tell(db, day):
    world = world_on(day, Size(2, 2, 120, 0, 0))
    writing.plant_writing(world)
    choices, _essay = quizzes_of_writing(db)
    found = analysis.of_quiz(choices, day)
    assert found.people >= FEWEST_TO_FLAG
    suspects = [one.item.version for one in found.items if Flag.KEY_SUSPECT in one.statistics.flags]
    assert [version.question.name[:4] for version in suspects] == ["DR-2"]


def test_the_same_seed_on_the_same_day_gives_the_same_learning(db):
    def digest(seed):
        saved = db.session.begin_nested()
        seeds.plant_courses(world_on(AN_AUTUMN_DAY, Size(2, 2, 30, 0, 0), seed))
        db.session.flush()
        rows = db.session.execute(
            sa.select(
                Person.email, Quiz.title_zh, QuizItem.position, Attempt.number, Attempt.submitted_at, Answer.given
            )
            .join_from(Answer, Attempt, Attempt.id == Answer.attempt_id)
            .join(Person, Person.id == Attempt.person_id)
            .join(Quiz, Quiz.id == Attempt.quiz_id)
            .join(QuizItem, QuizItem.id == Answer.item_id)
        ).all()
        saved.rollback()
        assert len(rows) > 200
        return hashlib.sha256("\n".join(sorted(map(str, rows))).encode()).hexdigest()

    first = digest("yangfan")
    assert digest("yangfan") == first
    assert digest("another") != first


def test_terms_are_springs_and_autumns_and_the_last_one_is_still_open():
    calendar = seeds.terms(date(2023, 11, 1), AN_AUTUMN_DAY)
    assert [term.names[1] for term in calendar] == [
        "Spring 2024",
        "Autumn 2024",
        "Spring 2025",
        "Autumn 2025",
        "Spring 2026",
        "Autumn 2026",
    ]
    assert calendar[0].names[0] == "2024 年春季班"
    for day in (date(2026, 8, 31), date(2027, 2, 28)):
        last = seeds.terms(date(2023, 11, 1), day)[-1]
        assert last.starts_on < day < day + timedelta(days=30) < last.ends_on


def test_work_waits_late_and_in_time_and_some_marks_are_released(db, world):
    states = [work.state for work in db.session.scalars(sa.select(Submission).order_by(Submission.handed_in_at))]
    assert states == [
        WorkState.RELEASED,
        WorkState.RELEASED,
        WorkState.MARKED,
        WorkState.WAITING,
        WorkState.WAITING,
        WorkState.WAITING,
    ]
    releases = db.session.scalars(sa.select(Release)).all()
    assert all(release.margin and release.points <= release.points_max for release in releases)
    rows = db.session.scalars(sa.select(Evidence).where(Evidence.source_kind == SourceKind.ASSIGNMENT_ROW)).all()
    assert len(rows) == 4, "two rows with a skill, of two people"
    assert max(row.observed_at for row in rows) < world.now


def test_one_course_shows_each_kind_of_lesson_modules_files_steps_dates_and_a_discussion(db, world, app):
    course = db.session.scalars(sa.select(Course).where(Course.slug == "price-abroad")).one()
    assert course.summary_zh.startswith("示范课程")
    cohort = db.session.scalars(sa.select(Cohort).where(Cohort.course_id == course.id)).one()
    lines = queries.contents_of(cohort.version_id, None)
    assert [line.kind for line in lines] == ["page", "video", "file", "quiz", "assignment", "discussion"]
    assert len({line.module_id for line in lines}) == 2
    assert None not in {line.module_id for line in lines}
    task = works.assignment_with_rubric(lines[4].assignment_id)
    assert all(len(row.scale) >= 3 and row.skill_code and row.level for row in task.rubric.rows)
    assert {one.name for one in queries.files_of(course.id)} == {
        "price.webm", "price.zh.vtt", "price.en.vtt", "price-sheet.csv"
    }  # fmt: skip
    film = queries.lesson_at(cohort.version_id, 2)
    assert set(film.settings["files"]) >= {film.settings["video"], *film.settings["captions"].values()}
    assert list(film.settings["cues"].values()) == [20]
    assert len(queries.dates_in(cohort.id)) == len(lines)
    posts = db.session.scalars(sa.select(Post).where(Post.cohort_id == cohort.id)).all()
    assert [post.parent_id is None for post in posts] == [True, True, False]
    assert {post.lesson_id for post in posts} == {lines[5].id}
    assert cohort.materials == 1
    read = read_folder(open_directory(kinds.FOLDER), skill_codes(), slug="price-abroad").course
    assert written(course).value.lessons == read.lessons


def test_the_price_of_the_demo_is_right_to_the_cent():
    rows = list(csv.reader((kinds.FOLDER / "files" / "price-sheet.csv").read_text("utf-8-sig").splitlines()))
    works_out, inland, freight, subtotal, duty, landed, commission, margin, price = (
        Decimal(row[1]) for row in rows[1:]
    )
    cent = Decimal("0.01")
    assert freight == Decimal(84) / 40
    assert subtotal == works_out + inland + freight
    assert duty == (subtotal * Decimal("0.05")).quantize(cent)
    assert landed == subtotal + duty
    assert price == (landed / Decimal("0.65")).quantize(cent)
    assert (commission, margin) == ((price * Decimal("0.15")).quantize(cent), (price * Decimal("0.2")).quantize(cent))
    assert commission + margin + landed == price
