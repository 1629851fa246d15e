"""The pages on which people mark: what waits, one answer by its number, two side by side, a second look."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.assessment.models import Answer, HandMark
from app.assessment.rules.rubrics import Step, steps_to_json
from app.assessment.services import handmarks as services
from app.db import utcnow
from tests.assessment import handwriting
from tests.courses import factories
from tests.courses.counting import statements
from tests.page import page, read, submit

JSON = {"Accept": "application/json", "Accept-Language": "en"}
MARKING = "/organisations/demo-university/marking/"


@pytest.fixture
def world(cast):
    """An essay that one person marks."""
    cast.coordinator.language = "en"
    return handwriting.world(cast)


@pytest.fixture
def double(cast):
    """An essay that two people mark."""
    cast.coordinator.language = "en"
    return handwriting.world(cast, markers=2)


def again(db, answer):
    return db.session.get_one(Answer, answer.id, populate_existing=True)


def test_a_teacher_marks_one_answer_after_the_other(sign_in, cast, db, world):
    answers = [world.answered(world.learner(f"learner{number}")) for number in range(2)]
    client = sign_in(cast.coordinator)
    home = page(client, "/")
    assert "2 answers wait for your mark" in home.text
    here = page(client, MARKING)
    assert here.h1 == "2 answers wait for your mark"
    here = page(client, world.url())
    first, second = sorted(world.number(answer) for answer in answers)
    here = page(client, here.links[f"Mark answer {first}"])
    assert here.h1 == f"Answer {first}"
    assert "One more answer waits after this one." in here.text
    assert "Look for the reason." in here.text
    assert handwriting.ESSAY in here.text
    answer = submit(client, here, {"mark": "8", "comment": "Good."}, form="#marks")
    assert answer.location == world.url(first)
    here = page(client, answer.location)
    done = client.post(world.url(first, "finish/"), data=here.values("#marks"))
    assert done.location == world.url(second)
    here = page(client, done.location)
    assert "This is the last answer" in here.text
    done = client.post(world.url(second, "finish/"), data={"mark": "4"})
    assert done.location == world.url()
    here = page(client, done.location)
    assert "No answer waits for your mark." in here.text
    assert sorted(row[-1] for row in here.rows()[1:]) == ["40%", "80%"]
    assert {again(db, one).share for one in answers} == {Decimal("0.8"), Decimal("0.4")}
    assert "waits for your mark" not in page(client, "/").text


def test_the_pages_read_in_chinese_too(sign_in, cast, double):
    cast.coordinator.language = "zh"
    handwriting.rubric(cast, double.item)
    answers = [double.answered(double.learner(f"learner{number}")) for number in range(3)]
    now = utcnow()
    third = handwriting.person(cast, "third", Role.TEACHER)
    for marker, mark in ((third, 1), (double.second, 9)):
        services.finish_many(double.item, [answers[0].id], marker, Decimal(mark), "评语", now)
    services.finish_many(double.item, [answers[1].id], cast.coordinator, Decimal(5), "", now)
    client = sign_in(cast.coordinator)
    for path in (MARKING, double.url(), *(double.url(double.number(one)) for one in answers)):
        page(client, path)
    beside = double.number(answers[2])
    page(client, double.url(double.number(answers[0]), f"?beside={beside}"))
    page(client, double.url(double.number(answers[0]), "settlement/"))
    page(client, "/")


def test_a_mark_saves_itself_with_a_receipt(sign_in, cast, db, world):
    answer = world.answered(cast.student)
    url = world.url(world.number(answer))
    client = sign_in(cast.coordinator)
    here = page(client, url)
    given = int(here.one("#marks").attributes["data-now"]) + 1
    saved = client.post(f"{url}marks/", data={"mark": "3.5", "revision": given}, headers=JSON)
    assert (saved.status_code, set(saved.json)) == (200, {"saved_at", "receipt"})
    late = client.post(f"{url}marks/", data={"mark": "9", "revision": given - 1}, headers=JSON)
    assert (late.status_code, late.json["error"]) == (409, "NewerMarkKept")
    wrong = client.post(f"{url}marks/", data={"mark": "11"}, headers=JSON)
    assert (wrong.status_code, wrong.json["error"]) == (409, "MarkUnreadable")
    assert "between 0 and 10" in wrong.json["message"]
    here = page(client, url)
    assert here.values("#marks")["mark"] == ["3.5"]
    assert here.one("#marks").attributes["data-revision"] == str(given)
    assert "Saved " in here.one("#saved").text()


def test_without_script_a_wrong_mark_comes_back_with_what_is_wrong(sign_in, cast, db, world):
    answer = world.answered(cast.student)
    url = world.url(world.number(answer))
    client = sign_in(cast.coordinator)
    for rest in ("marks/", "finish/"):
        here = read(client.post(url + rest, data={"mark": "11", "comment": "x"}), status=422)
        assert "A mark lies between 0 and 10." in here.text
        assert here.values("#marks")["comment"] == ["x"]
    refused = client.post(
        f"{url}finish/", data={"mark": "", "comment": "not yet"}, headers={"Referer": "http://localhost" + url}
    )
    assert "Give every mark" in page(client, refused.location).text
    assert db.session.scalars(sa.select(HandMark.comment)).one() == "not yet"


def test_a_marker_sees_a_number_and_no_name_until_the_answer_has_its_mark(sign_in, cast, db, double):
    learner = double.learner("郭晓明")
    answer = double.answered(learner)
    number = double.number(answer)
    client = sign_in(cast.coordinator)
    pages = (double.url(), double.url(number), MARKING)
    for path in pages:
        here = page(client, path)
        assert learner.name not in here.html
    double.marked(answer, cast.coordinator, 5)
    assert learner.name not in page(client, double.url(number)).html
    double.marked(answer, double.second, 6)
    assert learner.name in page(client, double.url(number)).text


def test_a_second_marker_does_not_see_the_first_mark(client_of, cast, double):
    answer = double.answered(cast.student)
    double.marked(answer, double.second, "3.7", "A secret comment")
    here = page(client_of(cast.coordinator), double.url(double.number(answer)))
    assert "secret" not in here.html
    assert "3.7" not in here.html
    assert "37%" not in here.text


def test_two_who_differ_are_settled_by_a_third_who_sees_both(client_of, cast, db, double):
    answer = double.answered(cast.student)
    double.marked(answer, double.second, 2, "Too short.")
    third = handwriting.person(cast, "third", Role.TEACHER)
    double.marked(answer, third, 9, "Says it all.")
    url = double.url(double.number(answer), "settlement/")
    assert client_of(third).get(url).status_code == 404
    client = client_of(cast.coordinator)
    assert "One answer needs a second look" in page(client, "/").text
    here = page(client, page(client, double.url(double.number(answer))).links["Settle it"])
    assert {"second: 20%", "third: 90%"} <= set(here.words("h3"))
    assert "Too short." in here.text
    assert "Says it all." in here.text
    missing = submit(client, here, {"mark": "12"}, form="main form")
    assert "A mark lies between 0 and 10." in read(missing, status=422).text
    done = submit(client, here, {"mark": "6", "comment": "Between."}, form="main form")
    assert done.location == double.url()
    assert again(db, answer).share == Decimal("0.6")
    corrected = page(client, page(client, double.url(double.number(answer))).links["Correct the mark"])
    assert "Settled by 周敏: 60%" in corrected.words("h3")


def test_a_finished_mark_is_taken_back_on_the_page(sign_in, cast, db, double):
    answer = double.marked(double.answered(cast.student), cast.coordinator, 5)
    url = double.url(double.number(answer))
    client = sign_in(cast.coordinator)
    here = page(client, url)
    assert "Your mark" in here.text
    assert not here.select("#marks")
    assert client.post(f"{url}finish/deletion/").location == url
    assert page(client, url).values("#marks")["mark"] == ["5"]


def test_ticked_answers_get_the_same_mark(sign_in, cast, db, world):
    answers = [world.answered(world.learner(f"learner{number}")) for number in range(3)]
    client = sign_in(cast.coordinator)
    here = page(client, world.url())
    ticked = [str(world.number(answer)) for answer in answers[:2]]
    done = client.post(world.url(rest="marks/"), data={"number": ticked, "mark": "2", "comment": "Off the subject."})
    here = page(client, done.location)
    assert "2 answers have this mark." in here.text
    assert [again(db, one).share for one in answers] == [Decimal("0.2"), Decimal("0.2"), None]
    assert "Tick the answers" in page(client, client.post(world.url(rest="marks/"), data={"mark": "2"}).location).text
    wrong = read(client.post(world.url(rest="marks/"), data={"number": ["1"], "mark": "two"}), status=422)
    assert "Not a valid decimal value." in wrong.text


def test_a_bulk_mark_beyond_the_points_is_refused(sign_in, cast, db, world):
    answer = world.answered(cast.student)
    client = sign_in(cast.coordinator)
    sent = {"number": [str(world.number(answer))], "mark": "11"}
    refused = client.post(world.url(rest="marks/"), data=sent, headers=JSON)
    assert (refused.status_code, refused.json["error"]) == (409, "MarkOutOfRange")
    assert again(db, answer).share is None


def test_another_answer_stands_beside_it_with_hints_in_words_of_a_hint(sign_in, cast, world):
    answer = world.answered(cast.student)
    other = world.answered(world.learner("other"), handwriting.ESSAY.replace("企业", "公司"))
    client = sign_in(cast.coordinator)
    here = page(client, world.url(world.number(answer)))
    (hint,) = [words for words in here.links if words.endswith(f"like answer {world.number(other)}")]
    here = page(client, here.links[hint])
    assert f"Beside it: answer {world.number(other)}" in here.text
    assert "公司" in here.text
    assert "A hint to look at both, no more" in here.text
    assert "There is no other answer" in page(client, world.url(world.number(answer), "?beside=1")).text


def test_an_essay_is_shown_as_plain_text(sign_in, cast, world):
    answer = world.answered(cast.student, "<script>alert(1)</script>\n<b>bold</b> & more")
    html = page(sign_in(cast.coordinator), world.url(world.number(answer))).html
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>&lt;b&gt;bold" in html


def test_a_rubric_is_filled_in_row_by_row(sign_in, cast, db, world):
    rubric = handwriting.rubric(cast, world.item)
    answer = world.answered(cast.student)
    url = world.url(world.number(answer))
    client = sign_in(cast.coordinator)
    here = page(client, url)
    assert "Gives reasons" in here.text
    reason, style = (f"mark_{row.id}" for row in rubric.rows)
    client.post(f"{url}finish/", data={reason: "8", style: "5", "comment": "Good."})
    assert again(db, answer).share == Decimal("0.85")
    result = page(client_for(client, cast), f"/attempts/{answer.attempt_id}/result/", language="en")
    assert ["Reason", "8 of 10"] in result.rows()
    assert "Good." in result.text


def client_for(client, cast):
    """The same browser, signed in as the student."""
    from tests.conftest import _sign_in

    return _sign_in(client.application, client, cast.student)


def test_strangers_find_nothing(client_of, cast, db, world):
    answer = world.answered(cast.student)
    url = world.url(world.number(answer))
    paths = (world.url(), url, f"{url}settlement/")
    posts = (world.url(rest="marks/"), f"{url}marks/", f"{url}finish/", f"{url}finish/deletion/")
    elsewhere = handwriting.person(cast, "elsewhere", Role.TEACHER)  # teaches here, but not this course
    for stranger in (cast.other_coordinator, cast.student, elsewhere):
        client = client_of(stranger)
        assert [client.get(path).status_code for path in paths] == [404] * len(paths)
        assert [client.post(path, data={"mark": "10"}).status_code for path in posts] == [404] * len(posts)
    assert page(client_of(elsewhere), MARKING, language="en").h1 == "No answer waits for your mark"
    assert client_of(cast.other_coordinator).get(MARKING).status_code == 404
    assert client_of(cast.coordinator).get(world.url(999)).status_code == 404
    assert (
        client_of(cast.coordinator).get(world.url().replace(str(world.item.id), str(world.items[1].id))).status_code
        == 404
    )
    assert again(db, answer).share is None


def test_who_is_not_signed_in_is_sent_to_sign_in(client, cast, world):
    answer = world.answered(cast.student)
    for path in (MARKING, world.url(), world.url(world.number(answer))):
        assert client.get(path).location.startswith("/sign-in/")


def test_ones_own_answer_is_not_among_them(client_of, cast, world):
    answer = world.answered(world.second)
    client = client_of(world.second)
    assert client.get(world.url(world.number(answer))).status_code == 404
    assert "No answers yet" in page(client, world.url(), language="en").text
    assert page(client_of(cast.coordinator), world.url(world.number(answer))).status == 200


def test_lists_cost_the_same_with_one_answer_and_with_many(client_of, cast, world):
    first = world.answered(world.learner("first"))
    client = client_of(cast.coordinator)
    paths = ("/", MARKING, world.url(), world.url(world.number(first)))

    def cost():
        found = []
        for path in paths:
            with statements() as sent:
                page(client, path)
            found.append(len(sent))
        return found

    cost()  # what is read once for all is read now
    before = cost()
    for number in range(12):
        answer = world.answered(world.learner(f"learner{number}"), f"{number} {handwriting.ESSAY}")
        if number % 3 == 0:
            world.marked(answer, world.second, 5)
    assert cost() == before


def test_the_result_tells_what_waits_and_then_what_people_said(client_of, cast, world):
    answer = world.answered(cast.student, choice=None)
    client = client_of(cast.student)
    url = f"/attempts/{answer.attempt_id}/result/"
    waiting = page(client, url, language="en")
    assert "One answer waits for a person’s mark." in waiting.text
    assert "0 of 20 points so far; passing takes 60%." in waiting.text
    assert "Waits for a person’s mark" in waiting.text
    page(client, url, language="zh")
    lesson = page(client, f"/courses/{world.course.id}/lessons/1/", language="en")
    assert "One answer waits for a person’s mark." in lesson.text
    world.marked(answer, cast.coordinator, "7.5", "First line.\nSecond <line>.")
    result = page(client, url, language="en")
    assert "waits for a person" not in result.text
    assert "7.5 of 10 points" in result.text
    assert "First line." in result.text
    assert "Second &lt;line&gt;." in result.html
    assert "Evidence of “Export supervision modes” at level 2: 75% · marked by a teacher" in result.text
    page(client, url, language="zh")


def test_passed_already_is_passed_while_an_answer_waits(client_of, cast, db):
    world = handwriting.world(cast, points=2)
    answer = world.answered(cast.student)
    result = page(client_of(cast.student), f"/attempts/{answer.attempt_id}/result/", language="en")
    assert "Passed with 10 of 12 points." in result.text
    assert "One answer waits" in result.text


def test_an_author_puts_an_essay_into_a_quiz_that_two_people_mark(sign_in, cast, db, world):
    lesson = world.quiz.context_id
    client = sign_in(cast.coordinator)
    url = f"/organisations/demo-university/courses/{world.course.id}/lessons/{lesson}/quiz/"
    here = page(client, url)
    assert here.values("#quiz")["markers"] == ["1"]
    submit(client, here, {"markers": "2"}, form="#quiz")
    db.session.expire_all()
    assert world.quiz.markers == 2
    other = factories.question(cast.university, handwriting.upload())
    db.session.commit()
    client.post(f"{url}items/", data={"question": [str(other.question_id)]})
    assert "交申报单" in page(client, url).text


def test_a_step_of_a_criterion_brings_its_marks(sign_in, cast, db, world):
    rubric = handwriting.rubric(cast, world.item)
    reason, style = rubric.rows
    reason.steps = steps_to_json([Step(Decimal(10), "三条理由"), Step(Decimal(4), "一条理由", "One reason")])
    db.session.commit()
    answer = world.answered(cast.student)
    url = world.url(world.number(answer))
    client = sign_in(cast.coordinator)
    here = page(client, url)
    assert here.faults() == []
    assert "One reason" in here.text
    values = here.values("#marks") | {f"step_{reason.id}": "4", f"mark_{style.id}": "5"}
    client.post(f"{url}marks/", data=values)
    again_shown = page(client, url).values("#marks")
    assert (again_shown[f"mark_{reason.id}"], again_shown[f"step_{reason.id}"]) == (["4"], ["4"])
    client.post(f"{url}finish/", data=again_shown)
    assert again(db, answer).share == Decimal("0.55")
