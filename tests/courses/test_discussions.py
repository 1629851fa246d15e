"""Learners ask about a lesson, answer each other, and teachers keep order."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import services as accounts
from app.accounts.models import Role
from app.audit import AuditEntry
from app.db import utcnow
from courses import queries, services
from courses.models import Enrolment, LessonDone, LessonKind, Mention, Post, PostReport
from courses.queries import discussions as found
from courses.services import discussions
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read

EVIL = "<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3)) <b onclick=alert(4)>b</b>"


def learner(cast, name, cohort=None, email=None):
    person = accounts.create_person(email or f"{name}@demo.example", name)
    accounts.join(person, cast.university, Role.STUDENT, factories.today() - timedelta(days=30))
    if cohort is not None:
        services.enrol(cohort, person, utcnow(), factories.today())
    return person


@pytest.fixture
def cohort(db, cast):
    """A cohort that the coordinator teaches and the student learns in."""
    made = factories.cohort(factories.course(cast, lessons=2), teacher_ids=[cast.coordinator.id])
    services.enrol(made, cast.student, utcnow(), factories.today())
    db.session.commit()
    return made


@pytest.fixture
def lesson(cohort):
    return queries.lines_of_version(cohort.version_id)[0].lesson_id


@pytest.fixture
def mate(db, cast, cohort):
    made = learner(cast, "王小明", cohort)
    db.session.commit()
    return made


@pytest.fixture
def question(db, cast, cohort, lesson):
    made = discussions.ask(cohort, lesson, cast.student.id, "头程怎么算？", "FBA 头程按重量还是体积？", utcnow())
    db.session.commit()
    return made


def asking(cohort, lesson):
    return f"/cohorts/{cohort.id}/lessons/{lesson}/questions/new/"


def listed(cohort, rest=""):
    return f"/cohorts/{getattr(cohort, 'id', cohort)}/questions/{rest}"


def shown(client, post, language="en"):
    return page(client, f"/questions/{post.parent_id or post.id}/", language=language)


def said(client, path, language="en", **data):
    """The page to which a form leads."""
    answer = client.post(path, data=data, headers={"Accept-Language": language})
    assert answer.status_code == 303, read(answer).text
    return answer.location


# ---- asking and answering ------------------------------------------------------------------------------------------


def test_a_learner_asks_and_a_teacher_answers(client_of, db, cast, cohort, lesson):
    student, teacher = client_of(cast.student), client_of(cast.coordinator)
    place = said(student, asking(cohort, lesson), title="头程", body="怎么算 $a^2$？")
    post = db.session.scalars(sa.select(Post)).one()
    assert place == f"/questions/{post.id}/#p{post.id}"
    said(teacher, f"/questions/{post.id}/answers/", body="按体积。")
    there = shown(student, post)
    assert there.h1 == "头程"
    assert "周敏 Teacher" in there.text
    assert "按体积。" in there.text
    assert there.select("math")


def test_a_question_sent_twice_is_asked_once(sign_in, db, cast, cohort, lesson):
    client = sign_in(cast.student)
    places = {said(client, asking(cohort, lesson), title="一", body="二", token="same") for _ in range(3)}
    assert len(places) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1


def test_what_was_changed_before_it_was_sent_again_is_not_lost(sign_in, db, cast, cohort, lesson):
    client = sign_in(cast.student)
    for body in ("二", "三"):
        said(client, asking(cohort, lesson), title="一", body=body, token="same")
    assert set(db.session.scalars(sa.select(Post.body))) == {"二", "三"}


def test_a_page_brings_a_mark_of_its_own(sign_in, cast, cohort, lesson):
    client = sign_in(cast.student)
    first, second = (page(client, asking(cohort, lesson)).one("[name=token]").attributes["value"] for _ in range(2))
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize(
    "data", [{"title": "", "body": "x"}, {"title": "x", "body": " \n"}, {"title": "x", "body": "长" * 10_001}]
)
def test_a_question_needs_a_title_and_a_text_of_some_length(sign_in, db, cast, cohort, lesson, data):
    answer = sign_in(cast.student).post(asking(cohort, lesson), data=data)
    assert answer.status_code == 200
    assert read(answer).select(".errors")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 0


def test_an_empty_answer_comes_back_to_the_question(sign_in, cast, question):
    answer = sign_in(cast.student).post(f"/questions/{question.id}/answers/", data={"body": " "})
    assert read(answer).select(".errors")


def test_scripts_in_posts_are_taken_out(client_of, db, cast, cohort, lesson, mate):
    mate.name = "<i onmouseover=alert(5)>名"
    client = client_of(mate)
    said(client, asking(cohort, lesson), title=EVIL[:120], body=f"{EVIL} @<i onmouseover=alert(5)>名 @林小雨")
    post = db.session.scalars(sa.select(Post)).one()
    said(client, f"/questions/{post.id}/answers/", body=EVIL)
    for path in (f"/questions/{post.id}/", listed(cohort), "/"):
        there = page(client_of(cast.student), path)
        assert not there.select("[onerror], [onclick], [onmouseover], main script")
        assert not [link for link in there.select("a[href]") if "javascript" in link.attributes["href"]]


# ---- who may -------------------------------------------------------------------------------------------------------


def paths_of(cohort, lesson, post):
    reading = [listed(cohort), asking(cohort, lesson), f"/questions/{post.id}/", f"/posts/{post.id}/edit/"]
    acts = ("deletion", "restoration", "acceptance", "acceptance/deletion", "reports", "reports/settlement", "hiding")
    writing = [asking(cohort, lesson), f"/questions/{post.id}/answers/", f"/questions/{post.id}/closure/"]
    return reading, [*writing, *(f"/posts/{post.id}/{act}/" for act in acts), f"/questions/{post.id}/closure/deletion/"]


def test_strangers_find_nothing(client_of, db, cast, cohort, lesson, question):
    elsewhere = factories.cohort(cohort.course, teacher_ids=[])
    other_cohort = learner(cast, "别班", elsewhere)
    not_enrolled = learner(cast, "未选课")
    author = accounts.create_person("author@demo.example", "作者")
    accounts.join(author, cast.university, Role.TEACHER, factories.today())
    left = learner(cast, "离开", cohort)
    services.leave(found.enrolment_in_cohort(left.id, cohort.id), utcnow())
    db.session.commit()
    strangers = (
        other_cohort, not_enrolled, author, left,
        cast.other_student, cast.other_coordinator, cast.recruiter, cast.official,
    )  # fmt: skip
    for stranger in strangers:
        client = client_of(stranger)
        reading, writing = paths_of(cohort, lesson, question)
        assert [path for path in reading if client.get(path).status_code != 404] == []
        data = {"title": "x", "body": "y", "because": "z"}
        assert [path for path in writing if client.post(path, data=data).status_code != 404] == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 1


def test_the_signed_out_are_asked_to_sign_in(client, cohort, lesson, question):
    reading, writing = paths_of(cohort, lesson, question)
    answers = [*(client.get(path) for path in reading), *(client.post(path) for path in writing)]
    assert {answer.status_code for answer in answers} == {303}
    assert all(answer.location.startswith("/sign-in/") for answer in answers)


def test_another_university_sees_its_own_cohort_of_the_course_only(client_of, db, cast, cohort):
    theirs = factories.cohort(cohort.course, teacher_ids=[cast.other_coordinator.id])
    theirs.organisation_id = cast.other_university.id
    db.session.commit()
    assert client_of(cast.other_coordinator).get(listed(theirs)).status_code == 200
    assert client_of(cast.coordinator).get(listed(theirs)).status_code == 404
    assert client_of(cast.other_coordinator).get(listed(cohort)).status_code == 404


def test_a_lesson_of_another_course_takes_no_question(sign_in, cast, cohort):
    other = queries.lines_of_version(factories.cohort(factories.course(cast, title="另一门")).version_id)[0].lesson_id
    assert sign_in(cast.student).get(asking(cohort, other)).status_code == 404


def test_a_learner_neither_edits_nor_moderates_what_others_write(client_of, db, mate, question):
    client = client_of(mate)
    acts = ("deletion", "restoration", "hiding", "hiding/deletion", "reports/settlement")
    for path in [f"/posts/{question.id}/{act}/" for act in acts] + [f"/questions/{question.id}/closure/"]:
        assert client.post(path, data={"because": "x"}).status_code == 404, path
    assert client.get(f"/posts/{question.id}/edit/").status_code == 404
    assert client.get(listed(question.cohort_id, "?show=hidden")).status_code == 404


# ---- lists ---------------------------------------------------------------------------------------------------------


def test_lists_tell_what_waits_and_what_is_mine(client_of, db, cast, cohort, lesson, mate, question):
    second = queries.lines_of_version(cohort.version_id)[1].lesson_id
    answered = discussions.ask(cohort, second, mate.id, "第二个", "x", utcnow())
    discussions.answer(answered, cast.coordinator.id, "y", utcnow(), is_taught=True)
    db.session.commit()
    client = client_of(mate)

    def titles(rest):
        return page(client, listed(cohort, rest)).words(".item-title")

    assert titles("") == ["第二个", "头程怎么算？"]
    assert titles("?show=unanswered") == ["头程怎么算？"]
    assert titles("?show=mine") == ["第二个"]
    assert titles(f"?lesson={lesson}") == ["头程怎么算？"]


def test_an_own_answer_leaves_the_question_unanswered(db, cast, cohort, question):
    discussions.answer(question, cast.student.id, "补充", utcnow())
    db.session.commit()
    rows, count = found.unanswered_for(cast.coordinator)
    assert ([row.post_id for row in rows], count) == ([question.id], 1)


@pytest.mark.parametrize("show", ["", "unanswered", "mine"])
def test_an_empty_list_says_what_to_do(sign_in, cast, cohort, show):
    assert page(sign_in(cast.student), listed(cohort, f"?show={show}")).one(".empty h2")


def test_pages_cost_the_same_with_one_post_and_with_many(sign_in, db, cast, cohort, lesson, mate, question):
    client = sign_in(cast.coordinator)
    discussions.answer(question, mate.id, "一 @林小雨", utcnow())
    places = ("/", listed(cohort), f"/questions/{question.id}/")
    counts = []
    for _ in range(2):
        for path in places:
            client.get(path)
        with statements() as asked:
            for path in places:
                client.get(path)
        counts.append(len(asked))
        for number in range(12):
            discussions.ask(cohort, lesson, mate.id, f"问{number}", "x", utcnow())
            discussions.answer(question, mate.id, f"答{number} @周敏", utcnow())
    assert counts[0] == counts[1]


# ---- editing and deleting ------------------------------------------------------------------------------------------


def test_an_edited_post_says_so_and_keeps_what_it_said(client_of, db, cast, mate, question):
    said(client_of(cast.student), f"/posts/{question.id}/edit/", title="新题", body="新的内容")
    for reader, keeps in ((cast.student, True), (cast.coordinator, True), (mate, False)):
        there = shown(client_of(reader), question)
        assert there.h1 == "新题"
        assert "edited" in there.text
        assert ("FBA 头程按重量还是体积？" in there.text) is keeps


def test_saving_without_a_change_is_no_edit(sign_in, db, cast, question):
    said(sign_in(cast.student), f"/posts/{question.id}/edit/", title=question.title, body=question.body)
    assert db.session.get(Post, question.id).edited_at is None


def test_a_deleted_post_comes_back_within_thirty_days(client_of, db, cast, mate, question):
    student = client_of(cast.student)
    said(student, f"/posts/{question.id}/deletion/")
    assert client_of(mate).get(f"/questions/{question.id}/").status_code == 404
    assert question.title not in page(client_of(mate), listed(question.cohort_id)).text
    assert "Deleted" in shown(client_of(cast.coordinator), question).text
    said(student, f"/posts/{question.id}/restoration/")
    assert shown(client_of(mate), question).h1 == question.title


def test_after_thirty_days_there_is_no_way_back(db, cast, question):
    now = utcnow()
    discussions.delete(question, cast.student.id, now)
    with pytest.raises(discussions.TooLateToRestore):
        discussions.restore(question, cast.student.id, now + timedelta(days=30, seconds=1))
    discussions.restore(question, cast.student.id, now + timedelta(days=30))
    assert question.deleted_at is None


def test_what_others_have_answered_stays_without_the_words_of_who_deleted_it(client_of, db, cast, mate, question):
    discussions.answer(question, mate.id, "按体积", utcnow())
    discussions.delete(question, cast.student.id, utcnow())
    db.session.commit()
    there = shown(client_of(mate), question)
    assert "按体积" in there.text
    assert question.body not in there.html
    assert question.title not in there.html


# ---- accepting -----------------------------------------------------------------------------------------------------


def test_the_asker_accepts_an_answer_and_takes_it_back(client_of, db, cast, mate, question):
    first = discussions.answer(question, mate.id, "一", utcnow())
    second = discussions.answer(question, mate.id, "二", utcnow())
    db.session.commit()
    client = client_of(cast.student)
    said(client, f"/posts/{second.id}/acceptance/")
    assert [post.id for post in found.answers_to(db.session.get(Post, question.id))] == [second.id, first.id]
    assert "Settled" in page(client, listed(question.cohort_id), language="en").text
    said(client, f"/posts/{second.id}/acceptance/deletion/")
    assert db.session.get(Post, question.id).accepted_id is None


def test_a_teacher_accepts_and_another_learner_does_not(client_of, db, cast, mate, question):
    post = discussions.answer(question, mate.id, "一", utcnow())
    db.session.commit()
    assert client_of(mate).post(f"/posts/{post.id}/acceptance/").status_code == 404
    said(client_of(cast.coordinator), f"/posts/{post.id}/acceptance/")
    assert db.session.get(Post, question.id).accepted_id == post.id


def test_only_a_shown_answer_to_this_question_is_accepted(db, cast, cohort, lesson, mate, question):
    other = discussions.ask(cohort, lesson, mate.id, "另", "x", utcnow())
    foreign = discussions.answer(other, mate.id, "y", utcnow())
    hidden = discussions.answer(question, mate.id, "z", utcnow())
    discussions.accept(question, hidden, cast.student.id)
    discussions.hide(hidden, cast.coordinator.id, "广告", utcnow())
    db.session.refresh(question)
    assert question.accepted_id is None
    for post in (foreign, hidden):
        with pytest.raises(discussions.NotItsAnswer):
            discussions.accept(question, post, cast.student.id)


# ---- names ---------------------------------------------------------------------------------------------------------


def test_who_is_mentioned_sees_it_on_the_first_page_until_it_is_read(client_of, db, cast, mate, question):
    said(client_of(cast.student), f"/questions/{question.id}/answers/", body="请@王小明看看")
    client = client_of(mate)
    assert "You are mentioned" in page(client, "/", language="en").text
    [marked] = shown(client, question).select("article mark")
    assert marked.text() == "@王小明"
    assert marked.parent.text() == "请@王小明看看"
    assert "You are mentioned" not in page(client, "/", language="en").text
    assert db.session.scalars(sa.select(Mention)).one().read_at is not None


def test_who_looks_at_the_question_of_others_reads_nothing_for_them(client_of, db, cast, mate, question):
    said(client_of(cast.student), f"/questions/{question.id}/answers/", body="@王小明")
    shown(client_of(cast.coordinator), question)
    assert db.session.scalars(sa.select(Mention)).one().read_at is None


def test_a_name_of_two_people_is_asked_for_and_nothing_is_lost(client_of, db, cast, cohort, mate, question):
    twin = learner(cast, "王小明", cohort, "twin@demo.example")
    db.session.commit()
    client = client_of(cast.student)
    answer = client.post(
        f"/questions/{question.id}/answers/", data={"body": "@王小明 在吗"}, headers={"Accept-Language": "en"}
    )
    there = read(answer)
    assert f"@王小明#{twin.id} (learner)" in there.text
    assert "@王小明 在吗" in there.one("textarea").text()
    said(client, f"/questions/{question.id}/answers/", body=f"@王小明#{twin.id} 在吗")
    assert db.session.scalars(sa.select(Mention.person_id)).all() == [twin.id]
    assert "@王小明 在吗" in shown(client, question).one(".section .prose").text()


def test_nobody_outside_the_cohort_can_be_mentioned_and_no_address_is_shown(client_of, db, cast, mate, question):
    said(client_of(cast.student), f"/questions/{question.id}/answers/", body="@阿米娜 @苏晴 @王小明")
    assert set(db.session.scalars(sa.select(Mention.person_id))) == {mate.id}
    there = shown(client_of(mate), question)
    assert "@demo.example" not in there.html
    assert "@other.example" not in there.html


def test_what_is_hidden_mentions_nobody(db, cast, mate, question):
    post = discussions.answer(question, cast.student.id, "@王小明", utcnow())
    db.session.commit()
    assert found.unread_mentions(mate)
    discussions.hide(post, cast.coordinator.id, "x", utcnow())
    db.session.commit()
    assert found.unread_mentions(mate) == []


def test_editing_names_others(db, cast, mate, question):
    post = discussions.answer(question, mate.id, "@林小雨", utcnow())
    discussions.edit(post, "", "@周敏", utcnow())
    assert set(found.mentions_of(post.id)) == {cast.coordinator.id}


# ---- moderation ----------------------------------------------------------------------------------------------------


def test_a_hidden_post_is_read_by_its_author_with_the_reason_and_by_no_other_learner(
    client_of, db, cast, mate, question
):
    said(client_of(cast.coordinator), f"/posts/{question.id}/hiding/", because="与课程无关")
    own, other = shown(client_of(cast.student), question), shown(client_of(mate), question)
    assert "与课程无关" in own.text
    assert question.body in own.text
    assert other.h1 == "Hidden by a teacher"
    assert not [
        word
        for word in ("与课程无关", question.body, question.title, "林小雨")
        if word in other.one("main article").text()
    ]
    assert question.title not in page(client_of(mate), listed(question.cohort_id)).html
    said(client_of(cast.coordinator), f"/posts/{question.id}/hiding/deletion/")
    assert shown(client_of(mate), question).h1 == question.title


def test_hiding_needs_a_reason(sign_in, db, cast, question):
    said(sign_in(cast.coordinator), f"/posts/{question.id}/hiding/", because=" ")
    assert db.session.get(Post, question.id).is_shown


def test_a_post_is_reported_once_a_person_and_a_teacher_settles_it(client_of, db, cast, mate, question):
    for _ in range(2):
        said(client_of(mate), f"/posts/{question.id}/reports/", because="刷屏")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PostReport)) == 1
    teacher = client_of(cast.coordinator)
    assert "王小明 objects: 刷屏" in shown(teacher, question).text
    assert "刷屏" not in shown(client_of(cast.student), question).text
    assert question.title in page(teacher, listed(question.cohort_id, "?show=reported")).text
    said(teacher, f"/posts/{question.id}/reports/settlement/")
    assert question.title not in page(teacher, listed(question.cohort_id, "?show=reported")).text


def test_nobody_reports_themselves(sign_in, cast, question):
    assert sign_in(cast.student).post(f"/posts/{question.id}/reports/", data={"because": "x"}).status_code == 404


def test_a_closed_question_takes_no_answers_until_it_is_opened_again(client_of, db, cast, mate, question):
    teacher, client = client_of(cast.coordinator), client_of(mate)
    said(teacher, f"/questions/{question.id}/closure/")
    answer = client.post(f"/questions/{question.id}/answers/", data={"body": "晚了"}, headers={"Accept-Language": "en"})
    assert "takes no more answers" in read(answer).text
    said(teacher, f"/questions/{question.id}/closure/deletion/")
    said(client, f"/questions/{question.id}/answers/", body="还行")
    assert db.session.scalar(sa.select(Post.body).where(Post.parent_id == question.id)) == "还行"


def test_every_act_leaves_a_trail(db, cast, mate, question):
    now, teacher = utcnow(), cast.coordinator.id
    post = discussions.answer(question, mate.id, "一", now)
    discussions.edit(post, "", "二", now)
    discussions.accept(question, post, cast.student.id)
    discussions.withdraw_acceptance(question, cast.student.id)
    discussions.report(post, cast.student.id, "x", now)
    discussions.hide(post, teacher, "y", now)
    discussions.unhide(post, teacher, now)
    discussions.close(question, teacher, now)
    discussions.reopen(question, teacher)
    discussions.delete(post, mate.id, now)
    discussions.restore(post, mate.id, now)
    kinds = ("post.%", "question.%")
    query = sa.select(AuditEntry.action, AuditEntry.organisation_id).order_by(AuditEntry.id)
    entries = db.session.execute(query.where(sa.or_(*(AuditEntry.action.like(kind) for kind in kinds)))).all()
    assert [entry.action for entry in entries] == [
        "post.edit", "question.accept", "question.withdraw_acceptance", "post.report", "post.hide",
        "post.settle_reports",
        "post.unhide", "question.close", "question.reopen", "post.delete", "post.restore",
    ]  # fmt: skip
    assert {entry.organisation_id for entry in entries} == {cast.university.id}


def test_a_teacher_sees_what_waits_on_the_first_page_oldest_first(client_of, db, cast, cohort, lesson, question):
    discussions.ask(cohort, lesson, cast.student.id, "更早", "x", utcnow() - timedelta(days=3))
    db.session.commit()
    there = page(client_of(cast.coordinator), "/", language="en")
    assert "2 questions wait for an answer" in there.text
    assert there.text.index("更早") < there.text.index("头程怎么算？")
    assert "wait for an answer" not in page(client_of(cast.student), "/", language="en").text


def test_the_time_to_an_answer_of_somebody_who_teaches_can_be_read(db, cast, cohort, mate, question):
    hour = timedelta(hours=1)
    discussions.answer(question, mate.id, "同学", question.created_at + hour)
    discussions.answer(question, cast.coordinator.id, "老师", question.created_at + 2 * hour, is_taught=True)
    ((asked, at),) = found.first_taught_answers(cohort.id)
    assert at - asked.created_at == 2 * hour


# ---- lessons that are discussed -------------------------------------------------------------------------------------


@pytest.fixture
def discussed(db, cohort):
    """The first lesson is one of discussion."""
    lesson = queries.lessons_of(cohort.course_id)[0]
    lesson.kind = LessonKind.DISCUSSION
    lesson.body_zh = lesson.body_en = "您怎么看？"
    factories.publish_anew(cohort.course)
    db.session.commit()
    return lesson.id


def done(db, person):
    return db.session.scalar(sa.select(Enrolment.lessons_done).where(Enrolment.person_id == person.id))


def test_an_own_post_completes_a_lesson_of_discussion(client_of, db, cast, cohort, mate, discussed):
    client = client_of(cast.student)
    path = f"/courses/{cohort.course_id}/lessons/1/"
    before = page(client, path, language="en")
    assert "Nobody has written yet" in before.text
    assert not before.select("form[action$='/completion/']")
    said(client, asking(cohort, discussed), title="我的看法", body="……")
    post = db.session.scalars(sa.select(Post)).one()
    assert "我的看法" in page(client, path, language="en").one("#discussion").text()
    assert (done(db, cast.student), done(db, mate)) == (1, 0)
    said(client_of(mate), f"/questions/{post.id}/answers/", body="同意")
    assert done(db, mate) == 1


def test_a_hidden_or_deleted_post_does_not_count(db, cast, cohort, mate, discussed):
    now = utcnow()
    post = discussions.ask(cohort, discussed, cast.student.id, "看法", "x", now)
    discussions.hide(post, cast.coordinator.id, "广告", now)
    assert done(db, cast.student) == 0
    discussions.unhide(post, cast.coordinator.id, now)
    assert done(db, cast.student) == 1
    discussions.delete(post, cast.student.id, now)
    assert (done(db, cast.student), db.session.scalar(sa.select(sa.func.count()).select_from(LessonDone))) == (0, 0)


def test_a_completed_course_stays_completed_when_a_post_is_hidden(db, cast, cohort, discussed):
    now = utcnow()
    enrolment = found.enrolment_in_cohort(cast.student.id, cohort.id)
    other = queries.lines_of_version(cohort.version_id)[1].lesson_id
    services.complete_lesson(enrolment, other, cohort.course, now)
    post = discussions.ask(cohort, discussed, cast.student.id, "看法", "x", now)
    assert enrolment.completed_at is not None
    discussions.hide(post, cast.coordinator.id, "广告", now)
    assert done(db, cast.student) == 2


def test_a_question_about_another_lesson_completes_nothing(db, cast, question):
    assert done(db, cast.student) == 0


def test_a_lesson_says_how_many_questions_it_has(sign_in, cast, cohort, question):
    there = page(sign_in(cast.student), f"/courses/{cohort.course_id}/lessons/1/", language="en")
    assert there.links["One question about this lesson"] == listed(cohort, f"?lesson={question.lesson_id}")
    author = page(sign_in(cast.coordinator), f"/courses/{cohort.course_id}/lessons/1/", language="en")
    assert not author.select("#questions")
