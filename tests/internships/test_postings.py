"""Postings: what an enterprise writes, what everybody reads, what a student sees beside it."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from app.clock import today
from app.db import utcnow
from app.registry import SkillSource
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from internships import fits
from internships.models import PayPeriod, Posting, PostingStatus
from internships.services import applications
from internships.services import postings as services
from tests.page import page, submit


def values(**changes):
    """A filled form."""
    day = today()
    filled = {
        "title_zh": "关务实习生", "title_en": "Customs intern", "body_zh": "为商品**归类**。", "body_en": "Classify.",
        "city_zh": "温州", "city_en": "Wenzhou", "region_code": "CN-ZJ", "cluster_code": "WZ-SHOE", "seats": "2",
        "pay": "150.50", "pay_period": "day", "hours_a_week": "40", "opens_on": day.isoformat(),
        "closes_on": (day + timedelta(days=20)).isoformat(), "starts_on": (day + timedelta(days=40)).isoformat(),
        "ends_on": (day + timedelta(days=130)).isoformat(), "min_year": "2", "majors": "", "ranked_by": "fit",
        "skills-0-skill": "CC02", "skills-0-level": "2", "skills-0-weight": "2",
    }  # fmt: skip
    return filled | changes


def test_an_enterprise_writes_a_posting_and_publishes_it(client_of, db, cast):
    client = client_of(cast.recruiter)
    written = client.post("/organisations/demo-enterprise/postings/new/", data=values())
    posting = db.session.query(Posting).one()
    assert written.headers["Location"].endswith(f"/postings/{posting.id}/")
    assert (posting.status, posting.pay, posting.skills[0].level) == (PostingStatus.DRAFT, Decimal("150.50"), 2)
    client.post(f"/postings/{posting.id}/publication/")
    db.session.refresh(posting)
    assert posting.status is PostingStatus.PUBLISHED


def test_a_draft_is_seen_by_its_enterprise_only(client, client_of, db, cast):
    client_of(cast.recruiter).post("/organisations/demo-enterprise/postings/new/", data=values())
    posting = db.session.query(Posting).one()
    assert page(client_of(cast.recruiter), f"/postings/{posting.id}/", language="en").h1 == "Customs intern"
    assert client_of(cast.student).get(f"/postings/{posting.id}/").status_code == 404
    assert client.get(f"/postings/{posting.id}/").status_code == 404


def test_a_posting_of_an_enterprise_that_nobody_has_verified_waits_for_a_check(client_of, db, cast):
    cast.enterprise.verified_at = None
    client = client_of(cast.recruiter)
    client.post("/organisations/demo-enterprise/postings/new/", data=values())
    posting = db.session.query(Posting).one()
    client.post(f"/postings/{posting.id}/publication/")
    db.session.refresh(posting)
    assert (posting.status, posting.published_at) == (PostingStatus.CHECKING, None)
    assert client_of(cast.student).get(f"/postings/{posting.id}/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"pay": "NaN"},
        {"pay": "-1"},
        {"seats": "0"},
        {"closes_on": "2001-01-01"},
        {"skills-0-level": ""},
        {"skills-1-skill": "CC02", "skills-1-level": "3", "skills-1-weight": "1"},
        {"title_zh": ""},
    ],
)
def test_a_form_with_a_mistake_comes_back_with_its_input(client_of, db, cast, wrong):
    answer = client_of(cast.recruiter).post("/organisations/demo-enterprise/postings/new/", data=values(**wrong))
    assert answer.status_code == 200
    assert "Customs intern" in answer.get_data(as_text=True)
    assert not db.session.query(Posting).count()


def test_a_posting_without_skills_is_not_published(client_of, db, cast):
    client = client_of(cast.recruiter)
    client.post(
        "/organisations/demo-enterprise/postings/new/", data=values(**{"skills-0-skill": "", "skills-0-level": ""})
    )
    posting = db.session.query(Posting).one()
    client.post(f"/postings/{posting.id}/publication/")
    db.session.refresh(posting)
    assert posting.status is PostingStatus.DRAFT


def test_another_enterprise_writes_nothing_here(client_of, db, cast, posting):
    stranger = client_of(cast.other_recruiter)
    assert stranger.get("/organisations/demo-enterprise/postings/").status_code == 404
    assert stranger.get(f"/postings/{posting.id}/edit/").status_code == 404
    assert stranger.post(f"/postings/{posting.id}/closure/").status_code == 404


def test_a_posting_says_what_is_given_beside_the_pay_and_in_which_languages_one_works(client, client_of, db, cast):
    filled = values(**{
        "allowances-0-amount": "20", "allowances-1-note": "四人间宿舍", "languages": ["zh", "ru"],
        "skills-0-weight": "0.5",
    })  # fmt: skip
    recruiter = client_of(cast.recruiter)
    recruiter.post("/organisations/demo-enterprise/postings/new/", data=filled)
    posting = db.session.query(Posting).one()
    assert (posting.languages, posting.skills[0].weight) == (["zh", "ru"], Decimal("0.5"))
    recruiter.post(f"/postings/{posting.id}/publication/")
    shown = page(client, f"/postings/{posting.id}/", language="en").text
    assert "Meals CN¥20 a day" in shown
    assert "Housing 四人间宿舍" in shown
    assert "Chinese, Russian" in shown
    assert "helpful" in shown
    form = page(recruiter, f"/postings/{posting.id}/edit/").values(".form")
    assert (form["allowances-0-amount"], form["skills-0-weight"], form["languages"]) == (
        ["20.00"],
        ["0.5"],
        ["zh", "ru"],
    )
    recruiter.post(
        f"/postings/{posting.id}/edit/", data=values(**{"allowances-0-amount": "", "allowances-1-note": "宿舍"})
    )
    db.session.refresh(posting)
    assert [(one.kind.value, one.amount, one.note) for one in posting.allowances] == [("housing", None, "宿舍")]


def test_a_weight_that_the_form_does_not_offer_is_kept(client_of, db, cast, posting):
    posting.skills[0].weight = Decimal("1.5")
    recruiter = client_of(cast.recruiter)
    form = page(recruiter, f"/postings/{posting.id}/edit/", language="en")
    assert "counts 1.5 times" in form.text
    assert submit(recruiter, form, {"title_en": "Another title"}, form=".form").status_code == 303
    db.session.refresh(posting)
    assert (posting.title_en, posting.skills[0].weight) == ("Another title", Decimal("1.5"))


def test_an_earlier_posting_opens_as_a_filled_draft_with_its_dates_moved(client_of, db, cast, posting):
    day = today()
    posting.opens_on, posting.closes_on = day - timedelta(days=30), day - timedelta(days=10)
    posting.starts_on, posting.ends_on = day + timedelta(days=5), day + timedelta(days=95)
    recruiter = client_of(cast.recruiter)
    form = page(recruiter, f"/organisations/demo-enterprise/postings/new/?from={posting.id}").values(".form")
    assert form["title_zh"] == [posting.title_zh]
    moved = [form[name] for name in ("opens_on", "closes_on", "starts_on", "ends_on")]
    assert moved == [[(day + timedelta(days=after)).isoformat()] for after in (0, 20, 35, 125)]
    stranger = client_of(cast.other_recruiter)
    form = page(stranger, f"/organisations/other-enterprise/postings/new/?from={posting.id}").values(".form")
    assert form["title_zh"] == [""]


def test_a_posting_like_an_earlier_one_is_published_only_by_somebody_who_knows(client_of, db, cast, posting):
    recruiter = client_of(cast.recruiter)
    recruiter.post("/organisations/demo-enterprise/postings/new/", data=values(title_zh=f" {posting.title_zh}。"))
    again = db.session.query(Posting).order_by(Posting.id.desc()).first()
    shown = page(recruiter, f"/postings/{again.id}/", language="en")
    assert "There is a posting like this one" in shown.text
    assert f"/postings/{posting.id}/" in shown.links.values()
    recruiter.post(f"/postings/{again.id}/publication/")
    db.session.refresh(again)
    assert again.status is PostingStatus.DRAFT
    recruiter.post(f"/postings/{again.id}/publication/", data={"confirmed": "1"})
    db.session.refresh(again)
    assert again.status is PostingStatus.PUBLISHED


@pytest.mark.parametrize(("days", "is_like"), [(-90, True), (-91, False)])
def test_a_posting_that_closed_long_ago_is_no_double(client_of, db, cast, posting, days, is_like):
    draft = services.create(
        cast.enterprise, {name: getattr(posting, name) for name in services.FIELDS}, [services.Asked("CC02", 1)],
        by=cast.recruiter.id, now=utcnow(),
    )  # fmt: skip
    posting.closes_on = today() + timedelta(days=days)
    db.session.flush()
    assert bool(services.like(draft, today())) is is_like
    draft.city_zh = "瑞安"
    db.session.flush()
    assert services.like(draft, today()) == []


def test_closing_early_tells_those_who_have_applied_why(client_of, db, cast, posting):
    db.session.add(applications.opened(cast.student.id, posting.id, "", 1, utcnow()))
    recruiter = client_of(cast.recruiter)
    recruiter.post(f"/postings/{posting.id}/closure/")
    db.session.refresh(posting)
    assert posting.status is PostingStatus.PUBLISHED
    recruiter.post(f"/postings/{posting.id}/closure/", data={"reason": "订单取消"})
    db.session.refresh(posting)
    assert (posting.status, posting.closed_because) == (PostingStatus.CLOSED, "订单取消")
    assert "订单取消" in page(client_of(cast.student), f"/postings/{posting.id}/").text


def test_signed_out_people_are_sent_to_sign_in(client, db, cast, posting):
    assert "/sign-in/" in client.get("/organisations/demo-enterprise/postings/").headers["Location"]


def test_a_posting_is_changed_until_it_is_closed(client_of, db, cast, posting):
    client = client_of(cast.recruiter)
    client.post(f"/postings/{posting.id}/edit/", data=values(title_en="Another title"))
    db.session.refresh(posting)
    assert posting.title_en == "Another title"
    client.post(f"/postings/{posting.id}/closure/")
    client.post(f"/postings/{posting.id}/edit/", data=values(title_en="Too late"))
    db.session.refresh(posting)
    assert (posting.status, posting.title_en) == (PostingStatus.CLOSED, "Another title")


def test_anyone_reads_a_published_posting_with_its_data_for_search_engines(client, db, cast, posting):
    posting.title_zh = "实习</script><script>alert(1)</script>"
    shown = page(client, f"/postings/{posting.id}/", language="en")
    data = json.loads(shown.one("script[type='application/ld+json']").text())
    assert (data["@type"], data["title"], data["employmentType"]) == ("JobPosting", posting.title_zh, "INTERN")
    assert data["baseSalary"]["currency"] == "CNY"
    assert "<script>alert" not in shown.html


def test_a_student_sees_what_is_shown_and_what_is_missing(sign_in, db, cast, posting):
    seen = [
        skills.Observation(
            f"test:{n}", cast.student.id, "LG01", SourceKind.QUIZ_ITEM, n, Decimal(1), 1, AssessorKind.MACHINE,
            utcnow(), cast.university.id, None,
        )
        for n in range(12)
    ]  # fmt: skip
    skills.record_evidence(seen, as_of=today())
    shown = page(sign_in(cast.student), f"/postings/{posting.id}/", language="en")
    assert "1 of 2 not yet shown" in shown.text
    assert "With it alone your fit would be 100%." in shown.text
    assert "No published lesson supplies this yet." in shown.text


def test_the_list_is_searched_and_filtered(client, db, cast, posting):
    assert posting.title_en in page(client, "/postings/?region=CN-ZJ&skill=CC02&words=康步", language="en").text
    assert "No internship fits" in page(client, "/postings/?region=CN-FJ", language="en").text
    assert page(client, "/postings/?words=%25", language="en").text.count(posting.title_en) == 0


def test_a_closed_or_late_posting_is_not_in_the_list(client, db, cast, posting):
    posting.closes_on = today() - timedelta(days=1)
    posting.opens_on = today() - timedelta(days=9)
    db.session.flush()
    assert posting.title_en not in page(client, "/postings/", language="en").text


def test_the_list_costs_the_same_with_many_postings(sign_in, db, cast, posting, statements):
    client = sign_in(cast.student)
    client.get("/postings/")
    with statements() as few:
        client.get("/postings/")
    for _copy in range(18):
        again = services.create(
            cast.enterprise,
            {name: getattr(posting, name) for name in services.FIELDS},
            [services.Asked(one.skill_code, one.level) for one in posting.skills],
            by=cast.recruiter.id,
            now=utcnow(),
        )
        services.publish(again, by=cast.recruiter.id, now=utcnow(), today=today())
    db.session.commit()
    with statements() as many:
        client.get("/postings/")
    assert len(many) == len(few)


def test_the_list_is_narrowed_by_pay_whatever_the_period(client, db, cast, posting):
    assert posting.title_en in page(client, "/postings/?pay=150", language="en").text
    assert posting.title_en not in page(client, "/postings/?pay=200", language="en").text
    posting.pay, posting.pay_period = Decimal(4350), PayPeriod.MONTH  # 200 a day
    assert posting.title_en in page(client, "/postings/?pay=200", language="en").text
    assert posting.title_en not in page(client, "/postings/?pay=300", language="en").text


def test_a_student_may_sort_by_fit(client, sign_in, db, cast, posting):
    easy = services.create(
        cast.enterprise,
        {name: getattr(posting, name) for name in services.FIELDS}
        | {"title_en": "Easy one", "closes_on": posting.closes_on + timedelta(days=5)},
        [services.Asked("LG01", 1)],
        by=cast.recruiter.id,
        now=utcnow(),
    )
    services.publish(easy, by=cast.recruiter.id, now=utcnow(), today=today())
    seen = [
        skills.Observation(
            f"test:{n}", cast.student.id, "LG01", SourceKind.QUIZ_ITEM, n, Decimal(1), 1, AssessorKind.MACHINE,
            utcnow(), cast.university.id, None,
        )
        for n in range(12)
    ]  # fmt: skip
    skills.record_evidence(seen, as_of=today())
    student = sign_in(cast.student)
    first = [page(student, f"/postings/{sort}", language="en").words(".items h2")[0] for sort in ("", "?sort=fit")]
    assert posting.title_en in first[0]
    assert "Easy one" in first[1]


def test_of_the_lessons_that_supply_a_skill_each_is_named_once():
    def lesson(title, level, minutes, url):
        return SkillSource("CC02", level, title, url, minutes)

    offered = [
        lesson("B", 2, 30, "/b/"),
        lesson("A", 2, 20, "/a/"),
        lesson("A", 2, 20, "/copy/"),
        lesson("C", 4, 5, "/c/"),
    ]
    assert [one.url for one in fits._best(offered, 2)] == ["/a/", "/b/"]


def test_seats_that_are_taken_or_offered_cannot_be_taken_away(db, cast, posting):
    posting.seats_filled, posting.seats_offered = 1, 1
    values = {name: getattr(posting, name) for name in services.FIELDS}
    asked = [services.Asked(one.skill_code, one.level, one.weight) for one in posting.skills]
    with pytest.raises(services.SeatsTaken):
        services.revise(posting, values | {"seats": 1}, asked, by=cast.recruiter.id, now=utcnow())
    services.revise(posting, values | {"seats": 3}, asked, by=cast.recruiter.id, now=utcnow())
    assert posting.seats == 3
