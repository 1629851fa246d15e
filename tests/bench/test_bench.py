"""The bench: what it multiplies stays a sound world, what it measures becomes ratios, what it asks is what it meant."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

import config
from app.accounts.models import Person
from app.assessment.models import Answer, Attempt, Question, QuestionVersion, Quiz, QuizItem
from app.assessment.rules.content import QuestionKind
from app.clock import today
from app.credentials.models import Certificate
from app.db import db as database
from app.db import utcnow
from app.factory import create_app
from app.reference.models import Skill
from app.skills.models import AssessorKind, Evidence, SkillEstimate, SourceKind
from bench import gradebook, matching
from bench import multiply as times
from bench.load import Answer as Reply
from bench.load import Fields, Page, WrongAnswer, cookies_in, expect
from bench.ratios import Block, Spread, cpu_ratio, rate_ratio, table, verdict
from courses.models import Course, CourseStatus, Lesson
from internships.models import Posting, PostingSkill

FORM = """
<form action="/language/"><input type="hidden" name="csrf_token" value="T"></form>
<form action="/attempts/7/answers/31/" method="post">
  <input type="hidden" name="csrf_token" value="other">
  <input type="radio" name="answer" value="a"><input type="radio" name="answer" value="b" checked>
  <input type="text" name="note">
</form>
"""


# ---- many times the rows -------------------------------------------------------------------------------------------


@pytest.fixture
def world(db, cast):
    """One row and more of what refers to other things: by foreign key, by kind and id, and within its own table."""
    now, day = utcnow(), today()
    skill = db.session.scalars(sa.select(Skill.code).order_by(Skill.code)).first()
    university, student = cast.university, cast.student
    course = Course(organisation_id=university.id, slug="c", title_zh="课程", status=CourseStatus.PUBLISHED)
    quiz = Quiz(organisation_id=university.id, context_kind="lesson", context_id=0, title_zh="测验")
    question = Question(
        organisation_id=university.id, name="q", kind=QuestionKind.TRUE_FALSE, skill_code=skill, level=1
    )
    db.session.add_all([course, quiz, question])
    db.session.flush()
    lesson = Lesson(course_id=course.id, position=1, title_zh="课", quiz_id=quiz.id)
    version = QuestionVersion(question_id=question.id, number=1, content={}, skill_code=skill, level=1)
    db.session.add_all([lesson, version])
    db.session.flush()
    quiz.context_id = lesson.id
    item = QuizItem(quiz_id=quiz.id, question_version_id=version.id, position=1)
    attempt = Attempt(quiz_id=quiz.id, person_id=student.id, number=1, seed=5, started_at=now, points_max=Decimal(1))
    db.session.add_all([item, attempt])
    db.session.flush()
    db.session.add(Answer(attempt_id=attempt.id, item_id=item.id, given={"answer": True}, saved_at=now, reason=""))
    first = _evidence("first", student, skill, attempt, university, now)
    db.session.add(first)
    db.session.flush()
    second = _evidence("second", student, skill, attempt, university, now)
    second.supersedes_id = first.id
    estimate = SkillEstimate(
        person_id=student.id, skill_code=skill, mean=0.1, sd=0.5, shown=0, rows=2, newest_at=now, as_of=day
    )
    certificate = Certificate(
        code="CODE", person_id=student.id, organisation_id=university.id, title_zh="证书",
        holder=student.name, issuer_zh=university.name_zh,
        source_kind="course", source_id=course.id, issued_at=now,
    )  # fmt: skip
    posting = Posting(
        organisation_id=cast.enterprise.id, title_zh="岗位", city_zh="温州", region_code="CN-ZJ", seats=2,
        pay=Decimal("150.50"), starts_on=day, ends_on=day + timedelta(days=60), opens_on=day, closes_on=day,
    )  # fmt: skip
    db.session.add_all([second, estimate, certificate, posting])
    db.session.flush()
    db.session.add(PostingSkill(posting_id=posting.id, skill_code=skill, level=2))
    db.session.commit()
    return db


def _evidence(name, student, skill, attempt, university, now):
    return Evidence(
        unique_key=name, person_id=student.id, skill_code=skill, taxonomy_version="v", source_kind=SourceKind.QUIZ_ITEM,
        source_id=attempt.id, score=Decimal("0.5"), level_aimed=1, difficulty=Decimal(0), guess_floor=Decimal(0),
        weight=Decimal(1), assessor_kind=AssessorKind.MACHINE, observed_at=now, organisation_id=university.id, flags=[],
    )  # fmt: skip


def counts(db):
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in db.metadata.sorted_tables
    }


def test_every_table_has_so_many_times_its_rows_and_the_shared_language_stays_as_it_is(world):
    before = counts(world)
    times.multiply(world.session.connection(), world.metadata, 4)
    assert counts(world) == {name: rows * (1 if name in times.ONCE else 4) for name, rows in before.items()}
    assert before["evidence"] == 2


def test_no_copy_refers_to_what_is_not_there(world):
    times.multiply(world.session.connection(), world.metadata, 3)
    orphans = []
    for table_ in world.metadata.sorted_tables:
        for key in table_.foreign_keys:
            there = key.column.table.alias()
            missing = sa.select(sa.func.count()).where(
                key.parent.is_not(None), ~sa.exists().where(there.c[key.column.name] == key.parent)
            )
            if world.session.scalar(missing.select_from(table_)):
                orphans.append(f"{table_.name}.{key.parent.name}")
    assert orphans == []


def test_a_copy_refers_to_its_own_copies_with_a_foreign_key_and_without(world):
    offset = times.multiply(world.session.connection(), world.metadata, 3)
    quiz, lesson = world.session.execute(
        sa.select(Quiz, Lesson).join(Lesson, Lesson.quiz_id == Quiz.id).order_by(Quiz.id.desc())
    ).first()
    assert quiz.context_id == lesson.id > 2 * offset
    newer = world.session.scalars(sa.select(Evidence).order_by(Evidence.id.desc())).first()
    assert newer.supersedes_id > 2 * offset
    assert world.session.get(Attempt, newer.source_id).person_id == newer.person_id > 2 * offset


def test_originals_keep_their_ids_and_words_and_copies_have_words_of_their_own(world, cast):
    times.multiply(world.session.connection(), world.metadata, 3)
    emails = world.session.scalars(sa.select(Person.email).where(Person.name == cast.student.name)).all()
    own = cast.student.email
    assert sorted(emails) == [own, f"{own}~1", f"{own}~2"]
    assert world.session.scalar(sa.select(Person.email).where(Person.id == cast.student.id)) == own


def test_a_row_that_comes_afterwards_finds_an_id_that_is_free(world):
    times.multiply(world.session.connection(), world.metadata, 3)
    newcomer = Person(email="new@demo.example", name="新")
    world.session.add(newcomer)
    world.session.flush()
    assert world.session.scalar(sa.select(sa.func.max(Person.id))) == newcomer.id


def test_each_table_of_the_house_can_be_multiplied(app):
    planned = {copying.table.name for copying in times.plan(database.metadata)}
    assert planned | times.ONCE == set(database.metadata.tables)


def test_a_table_whose_copies_would_collide_is_named():
    metadata = sa.MetaData()
    sa.Table(
        "lamp", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("wall", sa.Integer, unique=True)
    )
    with pytest.raises(times.CannotMultiply, match="lamp: wall"):
        times.plan(metadata)


# ---- ratios --------------------------------------------------------------------------------------------------------


def blocks(*cpu):
    return [Block(requests=8, seconds=second * 2, cpu=second) for second in cpu]


def test_a_ratio_is_taken_round_by_round_and_keeps_its_spread():
    ratio = cpu_ratio(blocks(2.0, 6.0, 30.0), blocks(1.0, 2.0, 3.0))
    assert ratio == Spread(3.0, 2.0, 10.0)
    assert str(ratio) == "3.00 (2.00–10.00)"


def test_a_machine_that_slows_down_for_a_while_moves_no_ratio():
    assert cpu_ratio(blocks(2.0, 20.0), blocks(1.0, 10.0)) == Spread(2.0, 2.0, 2.0)


def test_throughput_counts_by_the_wall_and_more_of_it_is_more():
    assert rate_ratio(blocks(1.0), blocks(4.0)).middle == 4.0


def test_blocks_of_different_length_are_compared_by_the_request():
    assert cpu_ratio([Block(5, 1.0, 1.0)], [Block(10, 2.0, 2.0)]).middle == 1.0


@pytest.mark.parametrize(("these", "those"), [((), ()), ((1.0,), (1.0, 2.0))])
def test_rounds_that_are_missing_give_no_ratio(these, those):
    with pytest.raises(ValueError):
        cpu_ratio(blocks(*these), blocks(*those))


@pytest.mark.parametrize(("middle", "word"), [(1.99, "holds"), (2.0, "holds"), (2.01, "misses")])
def test_a_target_holds_up_to_its_limit(middle, word):
    assert verdict(Spread(middle, 0.5, 9.0), 2.0) == f"{word} (≤ 2)"


def test_a_table_is_markdown_with_even_columns():
    assert table(["page", "CPU"], [["passport", "1.5"]]).splitlines() == [
        "| page     | CPU |",
        "| -------- | --- |",
        "| passport | 1.5 |",
    ]


# ---- what is asked -------------------------------------------------------------------------------------------------


def test_the_fields_of_an_attempt_are_read_from_its_page():
    fields = Fields.of(FORM)
    assert fields.action == "/attempts/7/answers/31/"
    assert (fields.values, fields.choices) == ({"csrf_token": "T"}, {"answer": ["a", "b"]})


def test_cookies_are_read_without_what_the_browser_is_told_of_them():
    assert cookies_in(["yangfan=a.b=; HttpOnly; Path=/", "language=en"]) == {"yangfan": "a.b=", "language": "en"}


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [(Reply(500, {}, "技能护照"), "answered with 500"), (Reply(200, {}, "登录"), "does not hold '技能护照'")],
)
def test_an_answer_that_is_not_the_page_ends_the_run(reply, complaint):
    with pytest.raises(WrongAnswer, match=complaint):
        expect(Page("passport", "student", "/passport/", "技能护照"), reply)


# ---- the large gradebook -------------------------------------------------------------------------------------------


def test_the_planted_gradebook_is_filled_and_its_teacher_finds_the_first_learner(db, cast, sign_in):
    assert gradebook.address() is None
    gradebook.plant(cast.university.slug, learners=3, columns=4)
    shown = sign_in(cast.coordinator).get(gradebook.address())
    assert gradebook.FIRST_NAME in shown.text
    assert shown.text.count("/cells/") == 12
    assert "–" not in shown.text.split("<tbody>")[1].split("</tbody>")[0], "no cell and no total is empty"


# ---- the limits ----------------------------------------------------------------------------------------------------


@pytest.fixture
def limits(app, empty_database, tmp_path):
    """An application of its own that has the two limit pages, with one course in it."""
    settings = {name: app.config[name] for name in ("TESTING", "SECRET_KEY", "ARGON2_PROFILE", "MAIL_URL")}
    own = create_app(
        {
            **settings,
            "FEATURES": (*config.FEATURES, "bench.limits"),
            "SQLALCHEMY_DATABASE_URI": empty_database,
            "DATA_DIR": tmp_path,
            "JOBS_URL": f"sqlite:///{tmp_path / 'queue.db'}",
            "RATELIMIT_ENABLED": False,
            "WTF_CSRF_ENABLED": False,
        }
    )
    with own.app_context():
        from app.accounts import services
        from app.accounts.models import OrganisationKind, Role
        from app.accounts.passwords import hashed

        database.create_all()
        place = services.create_organisation(OrganisationKind.UNIVERSITY, "大学", "University", slug="u")
        person = services.create_person("student@demo.example", "林小雨")
        person.password_hash = hashed("set sail for the sea")
        database.session.flush()
        services.join(person, place, Role.STUDENT, today())
        course = Course(organisation_id=place.id, slug="c", title_zh="跨境电商", status=CourseStatus.PUBLISHED)
        database.session.add(course)
        database.session.commit()
        number = course.id
        database.session.remove()
    yield own.test_client(), number
    with own.app_context():
        database.engine.dispose()


def test_the_bare_limit_is_one_row_and_ten_kilobytes_for_anybody(limits):
    client, course = limits
    answer = client.get(f"/bench/bare/{course}/")
    assert "跨境电商" in answer.text
    assert 9_500 <= len(answer.data) <= 10_500
    assert client.get("/bench/bare/99/").status_code == 404


def test_the_signed_in_limit_is_the_layout_with_the_persons_rail(limits):
    client, course = limits
    assert client.get(f"/bench/signed-in/{course}/").status_code == 303
    client.post("/sign-in/", data={"email": "student@demo.example", "password": "set sail for the sea"})
    answer = client.get(f"/bench/signed-in/{course}/")
    assert answer.status_code == 200
    assert "跨境电商" in answer.text
    assert 'href="/passport/"' in answer.text


def test_only_the_bench_has_the_limits(client):
    assert client.get("/bench/bare/1/").status_code == 404


def test_the_matching_is_measured_only_where_both_ways_agree(monkeypatch):
    shown = matching.compare(600, 40, 6, rounds=1)
    assert "heap ÷ arrays, whole" in shown
    assert "arrays, whole ÷ a tenth" in shown
    monkeypatch.setattr(matching, "arrays", lambda lists: [0] * (len(lists.offsets) - 1))
    with pytest.raises(ValueError, match="differ"):
        matching.compare(600, 40, 6, rounds=1)
