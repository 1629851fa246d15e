"""What of courses is found, and by whom."""

from datetime import timedelta

import pytest

from app.accounts import services as accounts
from app.accounts.models import Role
from app.db import utcnow
from app.search import services as search
from courses import queries, services
from courses.models import CohortDate
from courses.rules.grading import Rules
from courses.services import discussions
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page


@pytest.fixture
def course(db, cast):
    """A course whose first lesson speaks of something that stands nowhere else."""
    made = factories.course(cast, lessons=2, published=False)
    first = queries.lessons_of(made.id)[0]
    first.title_zh, first.title_en = "头程运费", "First leg"
    first.body_zh, first.body_en = "FBA头程按体积重计费。", "The café counts **volume** weight."
    services.publish(made, utcnow(), None)
    db.session.commit()
    return made


@pytest.fixture
def cohort(db, cast, course):
    made = factories.cohort(course, teacher_ids=[cast.coordinator.id])
    services.enrol(made, cast.student, utcnow(), factories.today())
    db.session.commit()
    return made


def hits(client, words, kind="", language="en"):
    """Titles of what is found."""
    found = page(client, f"/search/?q={words}&kind={kind}", language=language)
    return [node.text().strip() for node in found.select("main .items .item-title")]


def change(course, title):
    lesson = queries.lessons_of(course.id)[0]
    lesson.title_zh = lesson.title_en = title
    return services.publish(course, utcnow(), None)


@pytest.mark.parametrize("words", ["头", "头程", "FBA 头程", "体积重", "cafe", "Volume+wei"])
def test_a_learner_finds_the_lessons_of_the_own_course(sign_in, cast, cohort, words):
    assert hits(sign_in(cast.student), words) == ["First leg"]


def test_a_hit_leads_to_the_lesson_at_its_place(sign_in, cast, course, cohort):
    client = sign_in(cast.student)
    found = page(client, "/search/?q=体积重", language="en")
    answer = client.get(found.links["First leg"])
    assert answer.location == f"/courses/{course.id}/lessons/1/"
    assert [mark.text() for mark in found.select("mark")] == ["体积重"]


def test_others_find_the_course_but_no_lesson(client_of, client, cast, cohort):
    for stranger in (
        client,
        client_of(cast.other_student),
        client_of(cast.recruiter),
        client_of(cast.other_coordinator),
    ):
        assert hits(stranger, "头程") == []
        assert hits(stranger, "通关") == ["Customs and compliance"]


def test_who_has_left_finds_no_lesson_any_more(sign_in, db, cast, course, cohort):
    services.leave(queries.enrolment_in(cast.student, course.id), utcnow())
    assert hits(sign_in(cast.student), "头程") == []


def test_authors_find_what_they_have_published(sign_in, cast, course):
    assert hits(sign_in(cast.coordinator), "头程") == ["First leg"]


def test_a_draft_is_found_by_nobody(client_of, db, cast):
    factories.course(cast, published=False, title="未发布的课")
    assert hits(client_of(cast.coordinator), "未发布") == []
    assert hits(client_of(cast.student), "未发布") == []


def test_a_learner_finds_the_version_of_the_own_cohort(client_of, db, cast, course, cohort):
    version = change(course, "海外仓")
    db.session.commit()
    student, author = client_of(cast.student), client_of(cast.coordinator)
    assert (hits(student, "头程"), hits(student, "海外仓")) == (["First leg"], [])
    assert hits(author, "海外仓") == ["海外仓"]
    services.move_cohort(cohort, version, utcnow(), cast.coordinator.id)
    assert hits(student, "海外仓") == ["海外仓"]
    assert hits(student, "运费") == []


def test_a_lesson_that_is_not_open_yet_is_not_found(sign_in, db, cast, course, cohort):
    lesson, now = queries.lessons_of(course.id)[0].id, utcnow()
    date = CohortDate(cohort_id=cohort.id, lesson_id=lesson, opens_at=now + timedelta(days=1))
    db.session.add(date)
    client = sign_in(cast.student)
    assert hits(client, "头程") == []
    date.opens_at = now - timedelta(days=1)
    assert hits(client, "头程") == ["First leg"]


def test_a_withdrawn_course_is_found_by_its_learners_only(client_of, db, cast, course, cohort):
    services.withdraw(course, cast.coordinator.id)
    assert hits(client_of(cast.other_student), "通关") == []
    assert hits(client_of(cast.student), "头程") == ["First leg"]
    services.publish(course, utcnow(), None)
    assert hits(client_of(cast.other_student), "通关") == ["Customs and compliance"]


def test_a_deleted_course_is_found_again_when_it_is_brought_back(client_of, db, cast, course):
    client = client_of(cast.coordinator)
    services.delete_course(course, cast.coordinator.id, utcnow())
    assert hits(client, "通关") == hits(client, "头程") == []
    services.restore_course(course, cast.coordinator.id)
    assert (hits(client, "通关"), hits(client, "头程")) == (["Customs and compliance"], ["First leg"])


def test_what_is_not_saved_in_the_end_is_not_found(client_of, db, cast, course):
    db.session.commit()
    change(course, "海外仓")
    db.session.rollback()
    assert hits(client_of(cast.coordinator), "海外仓") == []


def test_questions_are_found_by_the_cohort_with_their_answers(client_of, db, cast, cohort):
    lesson = queries.lines_of_version(cohort.version_id)[0].lesson_id
    question = discussions.ask(cohort, lesson, cast.student.id, "泡货怎么算", "除以六千？", utcnow())
    answer = discussions.answer(question, cast.coordinator.id, "除以五千", utcnow(), is_taught=True)
    db.session.commit()
    for reader in (cast.student, cast.coordinator):
        assert hits(client_of(reader), "泡货") == hits(client_of(reader), "五千") == ["泡货怎么算"]
    mate = accounts.create_person("mate@demo.example", "别班")
    accounts.join(mate, cast.university, Role.STUDENT, factories.today() - timedelta(days=30))
    services.enrol(factories.cohort(cohort.course), mate, utcnow(), factories.today())
    db.session.commit()
    for stranger in (mate, cast.other_student, cast.other_coordinator, cast.recruiter, cast.official):
        assert hits(client_of(stranger), "泡货") == []
    discussions.hide(answer, cast.coordinator.id, "x", utcnow())
    assert hits(client_of(cast.student), "五千") == []
    discussions.delete(question, cast.student.id, utcnow())
    assert hits(client_of(cast.coordinator), "泡货") == []
    discussions.restore(question, cast.student.id, utcnow())
    discussions.edit(question, "抛货怎么算", "除以六千？", utcnow())
    assert hits(client_of(cast.student), "抛货", "question") == ["抛货怎么算"]


def test_nothing_found_is_markup(sign_in, db, cast, cohort):
    lesson = queries.lines_of_version(cohort.version_id)[0].lesson_id
    discussions.ask(
        cohort,
        lesson,
        cast.student.id,
        "<b>标</b><script>",
        "`<script>alert(1)</script>` <img src=x onerror=alert(1)> 记号",
        utcnow(),
    )
    db.session.commit()
    client = sign_in(cast.student)
    for words in ("记号", "script", "标", "<script>alert(1)</script>", "%22><img src=x>"):
        found = page(client, f"/search/?q={words}", language="en")
        assert not found.select("main script, main img, main b, [onerror]")
    assert "<script>alert(1)</script>" in page(client, "/search/?q=记号").one("main .items").text()


def test_the_index_is_made_anew_from_what_is_there(app, client_of, db, cast, course, cohort):
    lesson = queries.lines_of_version(cohort.version_id)[0].lesson_id
    discussions.ask(cohort, lesson, cast.student.id, "泡货", "x", utcnow())
    search.remove("course", [course.id])
    search.remove("lesson", [lesson])
    search.index(search.Entry("lesson", 999, "revision", 999, "不存在"))
    db.session.commit()
    said = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert said.exit_code == 0, said.output
    assert "1 course, 2 lesson, 1 question, 0 note" in said.output
    assert hits(client_of(cast.student), "头程") == ["First leg"]


@pytest.mark.parametrize("words", ["", "，", "没有的词"])
def test_the_page_says_what_to_do_where_nothing_is_found(client, words):
    assert page(client, f"/search/?q={words}").one(".empty")


def test_filters_are_for_what_the_reader_can_find(client, sign_in, cast, cohort):
    assert page(client, "/search/?q=通关", language="en").words(".tabs a") == ["All", "Courses", "Internships"]
    signed_in = sign_in(cast.student)
    found = page(signed_in, "/search/?q=头程", language="en")
    own = ["Lesson texts", "Questions and answers", "My notes"]
    assert found.words(".tabs a") == ["All", "Courses", *own, "Internships"]
    assert hits(signed_in, "头程", "course") == []
    assert hits(signed_in, "头程", "nonsense") == ["First leg"]


def test_a_search_costs_the_same_whatever_is_found(sign_in, db, cast, course, cohort):
    client, counts = sign_in(cast.student), []
    lesson = queries.lines_of_version(cohort.version_id)[0].lesson_id
    for number in (0, 30):
        for each in range(number):
            discussions.ask(cohort, lesson, cast.student.id, f"头程{each}", "x", utcnow())
        client.get("/search/?q=头程")
        with statements() as asked:
            client.get("/search/?q=头程")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(hits(client, "头程")) == 20
    assert len(page(client, "/search/?q=头程&page=2").select("main .items li")) == 11


def test_the_box_in_the_rail_leads_to_the_search(sign_in, cast):
    there = page(sign_in(cast.student), "/")
    assert there.one(".rail-search").attributes["action"] == "/search/"


def test_a_lesson_whose_turn_has_not_come_is_not_found(sign_in, db, cast):
    course = factories.course(cast, lessons=2, published=False)
    course.rules = Rules(sequential=True).as_json()
    second = queries.lessons_of(course.id)[1]
    second.title_en, second.body_en = "The answer", "It is marzipan."
    services.publish(course, utcnow(), None)
    cohort = factories.cohort(course)
    services.enrol(cohort, cast.student, utcnow(), factories.today())
    db.session.commit()
    client = sign_in(cast.student)
    assert hits(client, "marzipan") == []
    enrolment = queries.enrolment_in(cast.student, course.id)
    first = queries.contents_of(cohort.version_id, None)[0]
    services.complete_lesson(enrolment, first.id, course, utcnow())
    db.session.commit()
    assert hits(client, "marzipan") == ["The answer"]
