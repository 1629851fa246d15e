"""The pages of peer review: for whoever reviews, for the author afterwards, and for the teacher."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa

from app import files
from app.assessment.models import PeerReview
from app.assessment.seams import review_panel
from app.clock import today
from app.db import utcnow
from tests.assessment import handwriting
from tests.assessment.peers import COMMENT, Reviewed, reviewed
from tests.courses.counting import statements
from tests.page import page, read, submit

JSON = {"Accept": "application/json", "Accept-Language": "en"}
REVIEWS = "/peer-reviews/"


def allocated(cast, db, **rules) -> Reviewed:
    made = reviewed(cast, **rules)
    made.allocate()
    for answer in made.answers:
        answer.attempt.person.language = "en"
    cast.coordinator.language = "en"
    db.session.commit()
    return made


@pytest.fixture
def world(cast, db) -> Reviewed:
    """Six learners whose essays two peers each review, allocated."""
    return allocated(cast, db)


@pytest.fixture
def even(cast, db) -> Reviewed:
    """Four answers, three reviews each, six reviewers: everybody has exactly two, whatever the lot says."""
    return allocated(cast, db, peers=3)


def url(world, answer, rest=""):
    return f"{REVIEWS}{world.item.id}/answers/{world.number(answer)}/{rest}"


def teachers(world, rest=""):
    return world.url() + "peers/" + rest


def test_a_learner_marks_the_examples_then_reviews_one_answer_after_the_other(sign_in, db, even):
    learner = even.reviewer
    client = sign_in(learner)
    home = page(client, "/")
    assert "4 answers to review" in home.text
    assert REVIEWS in home.links.values()
    here = page(client, REVIEWS)
    assert here.h1 == "4 answers wait for your review"
    assert "After the examples" in here.text
    here = page(client, here.links["Mark the next example"])
    for _number in range(2):
        assert here.h1.startswith("Example ")
        assert handwriting.ESSAY in here.text
        assert "Look for the reason." in here.text
        done = client.post(here.one("#marks button[formaction]").attributes["formaction"], data={"mark": "5"})
        here = page(client, done.location)
        assert "You gave this example 50%, the teacher gave it" in here.text
    assert here.h1.startswith("Answer ")
    answer = submit(client, here, {"mark": "7", "comment": COMMENT}, form="#marks")
    here = page(client, answer.location)
    assert here.values("#marks")["comment"] == [COMMENT]
    finish = here.one("#marks button[formaction]").attributes["formaction"]
    done = client.post(finish, data=here.values("#marks"))
    here = page(client, done.location)
    assert "is finished." in here.text
    finish = here.one("#marks button[formaction]").attributes["formaction"]
    done = client.post(finish, data={"mark": "8", "comment": COMMENT})
    assert done.location == REVIEWS
    here = page(client, done.location)
    assert here.h1 == "No answer waits for your review"
    assert "4 of 4 finished" in here.text
    assert "answers to review" not in page(client, "/").text
    counted = sa.select(sa.func.count()).where(PeerReview.reviewer_id == learner.id, PeerReview.is_final)
    assert db.session.scalar(counted) == 4


def test_the_next_step_names_how_many_and_until_when(app, even):
    with app.test_request_context():
        step = review_panel(even.reviewer, today()).next
        assert (step.title, step.url) == ("有 4 份答案等待你评阅", REVIEWS)
        assert review_panel(even.second, today()) is None


def test_a_reviewer_never_sees_a_name_nor_another_review(sign_in, db, world):
    answer = world.waiting[0]
    first, second = world.reviewers(answer)
    world.calibrated(first)
    world.review(answer, first, "3.7", "第一位评阅人的秘密意见。")
    world.calibrated(second)
    client = sign_in(second)
    for path in (REVIEWS, url(world, answer)):
        here = page(client, path)
        assert world.author(answer).name not in here.html
        assert first.name not in here.html
        assert "秘密意见" not in here.html
        assert "37%" not in here.text


def test_the_pages_read_in_chinese_too(client_of, cast, db, even):
    reviewer = even.reviewer
    answer = next(one for one in even.waiting if reviewer in even.reviewers(one))
    for person in (reviewer, cast.coordinator, even.author(answer)):
        person.language = "zh"
    handwriting.rubric(cast, even.item)
    client = client_of(reviewer)
    for path in ("/", REVIEWS, url(even, even.examples[0]), url(even, answer)):
        page(client, path)
    for each in even.reviewers(answer):
        even.calibrated(each)
    page(client, url(even, answer))
    for each in even.reviewers(answer):
        review = even.task(answer, each).review
        review.share, review.comment, review.saved_at = Decimal("0.7"), COMMENT, utcnow()
    db.session.commit()
    for path in (REVIEWS, url(even, answer), url(even, even.examples[0])):
        page(client, path)
    teacher = client_of(cast.coordinator)
    for path in (
        teachers(even),
        even.url(),
        even.url(even.number(answer)),
        "/organisations/demo-university/marking/",
    ):
        page(teacher, path)


def test_an_answer_is_not_open_before_the_examples_are_marked(sign_in, world):
    answer = world.waiting[0]
    reviewer = world.reviewers(answer)[0]
    client = sign_in(reviewer)
    assert page(client, url(world, answer)).h1.startswith("Example ")
    refused = client.post(url(world, answer, "marks/"), data={"mark": "5"}, headers=JSON)
    assert (refused.status_code, refused.json["error"]) == (409, "ExamplesFirst")


def test_a_review_saves_itself_with_a_receipt(sign_in, world):
    answer = world.waiting[0]
    reviewer = world.reviewers(answer)[0]
    world.calibrated(reviewer)
    client = sign_in(reviewer)
    here = page(client, url(world, answer))
    given = int(here.one("#marks").attributes["data-now"]) + 1
    saved = client.post(url(world, answer, "marks/"), data={"mark": "3.5", "revision": given}, headers=JSON)
    assert (saved.status_code, set(saved.json)) == (200, {"saved_at", "receipt"})
    late = client.post(url(world, answer, "marks/"), data={"mark": "9", "revision": given - 1}, headers=JSON)
    assert (late.status_code, late.json["error"]) == (409, "NewerMarkKept")
    wrong = client.post(url(world, answer, "marks/"), data={"mark": "11"}, headers=JSON)
    assert (wrong.status_code, wrong.json["error"]) == (409, "MarkUnreadable")
    here = page(client, url(world, answer))
    assert here.values("#marks")["mark"] == ["3.5"]
    assert here.one("#marks").attributes["data-revision"] == str(given)


def test_a_review_without_words_is_kept_and_sent_back(sign_in, db, world):
    answer = world.waiting[0]
    reviewer = world.reviewers(answer)[0]
    world.calibrated(reviewer)
    client = sign_in(reviewer)
    refused = client.post(
        url(world, answer, "finish/"),
        data={"mark": "6", "comment": "ok"},
        headers={"Referer": "http://localhost" + url(world, answer)},
    )
    here = page(client, refused.location)
    assert "Write a comment of at least a few words" in here.text
    assert here.values("#marks")["comment"] == ["ok"]
    for rest in ("marks/", "finish/"):
        here = read(client.post(url(world, answer, rest), data={"mark": "11", "comment": "x"}), status=422)
        assert "A mark lies between 0 and 10." in here.text


def test_the_author_reads_the_comments_without_names_once_the_answer_has_its_mark(client_of, db, world):
    answer = world.waiting[0]
    first, second = world.reviewers(answer)
    result = f"/attempts/{answer.attempt_id}/result/"
    client = client_of(world.author(answer))
    world.calibrated(first)
    world.review(answer, first, 7, "理由写得清楚，例子太少。")
    assert "理由写得清楚" not in page(client, result).text
    world.calibrated(second)
    world.review(answer, second, 7)
    here = page(client, result)
    assert "理由写得清楚" in here.text
    assert COMMENT in here.text
    assert "marked by peers" in here.text
    assert first.name not in here.html
    assert second.name not in here.html


def test_strangers_find_nothing(client_of, cast, db, world):
    answer = world.waiting[0]
    outsiders = [cast.other_student, cast.recruiter, world.author(answer)]
    for person in outsiders:
        client = client_of(person)
        assert client.get(url(world, answer)).status_code == 404
        assert client.get(teachers(world)).status_code == 404
        assert client.post(teachers(world, "allocation/")).status_code == 404
        for rest in ("marks/", "finish/"):
            assert client.post(url(world, answer, rest), data={"mark": "10", "comment": COMMENT}).status_code == 404
        assert client.get(url(world, answer, "files/1/")).status_code == 404
    world.quiz.peers = 0
    db.session.commit()
    assert client_of(cast.coordinator).get(teachers(world)).status_code == 404


def test_who_is_signed_out_is_sent_to_sign_in(client, world):
    for path in (REVIEWS, url(world, world.waiting[0]), teachers(world)):
        assert "sign-in" in client.get(path).location or "session" in client.get(path).location


def test_files_come_under_the_number_of_the_answer(client_of, db, world):
    answer = world.waiting[0]
    stored = files.store(BytesIO(b"notes"), "learner2.txt", owner_kind="answer", uploaded_by=None)
    db.session.flush()
    entry = {"id": stored.id, "name": stored.name, "size": stored.size, "sha256": stored.sha256}
    answer.given = {"answer": {"files": [entry]}}
    db.session.commit()
    reviewer, path = world.reviewers(answer)[0], url(world, answer, f"files/{stored.id}/")
    client = client_of(reviewer)
    assert client.get(path).status_code == 404
    world.calibrated(reviewer)
    assert path in page(client, url(world, answer)).links.values()
    with client.get(path) as got:
        assert f"answer-{world.number(answer)}-1.txt" in got.headers["Content-Disposition"]
    assert client.get(url(world, answer, "files/999/")).status_code == 404
    assert client_of(world.author(answer)).get(path).status_code == 404
    world.time_passes(9)
    assert client.get(path).status_code == 404


def test_a_teacher_gives_the_answers_of_a_quiz_without_an_end_to_peers(sign_in, cast, db):
    cast.coordinator.language = "en"
    made = reviewed(cast, examples=1)
    client = sign_in(cast.coordinator)
    here = page(client, page(client, made.url()).links["Peer review"])
    assert here.h1 == "Peers have not begun"
    assert "so far there are 1" in here.text
    made.marked(made.waiting[0], cast.coordinator, 6)
    here = page(client, teachers(made))
    done = submit(client, here, form="main form")
    here = page(client, done.location)
    assert here.h1 == "4 answers are with peers"
    again = client.post(teachers(made, "allocation/"))
    assert "given to peers before" in page(client, again.location).text


def test_a_quiz_that_closes_gives_its_answers_by_itself(sign_in, cast, db):
    cast.coordinator.language = "en"
    made = reviewed(cast)
    made.quiz.closes_at = utcnow() + timedelta(hours=1)
    db.session.commit()
    client = sign_in(cast.coordinator)
    assert "go to peers by themselves" in page(client, teachers(made)).text
    refused = client.post(teachers(made, "allocation/"), headers=JSON)
    assert (refused.status_code, refused.json["error"]) == (409, "QuizStillOpen")


def test_a_teacher_reads_who_reviews_how_and_what_needs_a_teacher(sign_in, cast, world):
    answer = world.waiting[0]
    for reviewer, mark in zip(world.reviewers(answer), (2, 9), strict=True):
        world.calibrated(reviewer, more="0.1")
        world.review(answer, reviewer, mark)
    client = sign_in(cast.coordinator)
    here = page(client, teachers(world))
    assert here.h1 == "One answer needs a teacher"
    assert "20%, 90%" in here.text
    assert "+10%" in here.text
    here = page(client, here.links[f"Answer {world.number(answer)}"])
    assert here.select("#marks")
    with_peers = page(client, world.url(world.number(world.waiting[1])))
    assert "Peers review this answer." in with_peers.text
    assert with_peers.select("#marks")


def test_a_teacher_corrects_on_the_page_what_peers_settled(sign_in, cast, db):
    cast.coordinator.language = "en"
    made = reviewed(cast)
    answer = made.settled_by_peers()
    client = sign_in(cast.coordinator)
    here = page(client, page(client, made.url(made.number(answer))).links["Correct the mark"])
    done = submit(client, here, {"mark": "3"}, form="main form")
    assert done.location == made.url()
    db.session.refresh(answer)
    assert answer.share == Decimal("0.3")


def test_the_pages_ask_the_same_of_the_database_whatever_the_class(client_of, cast, db, world):
    reviewer = world.author(world.waiting[0])
    client, teacher = client_of(reviewer), client_of(cast.coordinator)
    paths = [(client, REVIEWS), (client, "/"), (client, url(world, world.examples[0])), (teacher, teachers(world))]

    def count():
        found = []
        for who, path in paths:
            page(who, path)
            with statements() as sent:
                page(who, path)
            found.append(len(sent))
        return found

    before = count()
    allocated_at = world.task(world.examples[0], reviewer).review.allocated_at
    for number in range(8):
        late = world.answered(world.learner(f"late{number}"))
        for person in (reviewer, late.attempt.person):
            answer = late if person is reviewer else world.waiting[0]
            db.session.add(PeerReview(answer_id=answer.id, reviewer_id=person.id, allocated_at=allocated_at))
    db.session.commit()
    assert count() == before


def test_the_rule_is_set_in_the_editor(sign_in, cast, db):
    made = reviewed(cast, learners=1, examples=0, peers=0)
    lesson = made.quiz.context_id
    path = f"/organisations/demo-university/courses/{made.course.id}/lessons/{lesson}/quiz/"
    client = sign_in(cast.coordinator)
    assert submit(client, page(client, path), {"peers": "3"}, form="#quiz").status_code == 303
    db.session.refresh(made.quiz)
    assert made.quiz.peers == 3
    assert page(client, path).values("#quiz")["peers"] == ["3"]
    read(submit(client, page(client, path), {"peers": "6"}, form="#quiz"), status=200)
    db.session.refresh(made.quiz)
    assert made.quiz.peers == 3
