"""Finding postings: by words of both languages, by fit, from outside, and by searches that were saved."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from defusedxml import ElementTree

from app.clock import end_of, today
from app.db import utcnow
from app.home import sitemaps
from app.mail import Mail
from app.search import services as search
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from internships import fits, queries, tasks
from internships.filters import Filters
from internships.models import Posting, PostingStatus, SavedSearch
from internships.services import postings as services
from internships.services import searches
from tests.page import page, submit

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def another(cast, posting):
    """`another(asked, **changes)` is one more posting of the cast's enterprise, published."""

    def publish(asked=(("ST01", 1),), **changes):
        values = {name: getattr(posting, name) for name in services.FIELDS} | changes
        wanted = [services.Asked(code, level) for code, level in asked]
        made = services.create(cast.enterprise, values, wanted, by=cast.recruiter.id, now=utcnow())
        services.publish(made, by=cast.recruiter.id, now=utcnow(), today=today())
        return made

    return publish


def shows(db, cast, *codes, level=1):
    """The student has shown some skills."""
    seen = [
        skills.Observation(
            f"test:{code}:{n}", cast.student.id, code, SourceKind.QUIZ_ITEM, n, Decimal(1), level, AssessorKind.MACHINE,
            utcnow(), cast.university.id, None,
        )
        for code in codes
        for n in range(12)
    ]  # fmt: skip
    skills.record_evidence(seen, as_of=today())


# ---- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "单证",
        "customs",
        "归类",
        "Classify",
        "鞋",
        "康步",
        "Kangbu",
        "温州",
        "Wenzhou",
        "浙江",
        "头程",
        "document intern",
    ],
)
def test_a_posting_is_found_by_title_duty_enterprise_place_and_skill(client, db, cast, posting, words):
    posting.body_zh = "归类，安排头程运输。"
    same = {name: getattr(posting, name) for name in services.FIELDS}
    asked = [services.Asked("CC02", 2), services.Asked("LG01", 1)]
    services.revise(posting, same, asked, by=cast.recruiter.id, now=utcnow())
    assert posting.title_en in page(client, f"/postings/?words={words}", language="en").text


@pytest.mark.parametrize("words", ["直播", "%", "头程", "ustoms"])
def test_what_a_posting_does_not_say_does_not_find_it(client, db, cast, posting, words):
    shown = page(client, "/postings/", language="en", query_string={"words": words})
    assert posting.title_en not in shown.text
    assert shown.values(".filters")["words"] == [words]


def test_a_posting_is_found_by_the_name_of_a_skill_and_by_the_search_of_everything(client, db, cast, another):
    live = another([("DM05", 1)], title_zh="主播助理", title_en="Host's assistant", body_en="")
    name = queries.posting_by_id(live.id).skills[0].skill.name_en
    assert "Host's assistant" in page(client, f"/postings/?words={name.split()[0]}", language="en").text
    found = page(client, "/search/?q=主播", language="en")
    assert f"/postings/{live.id}/" in found.links.values()


def test_a_closed_posting_is_found_no_more_and_a_rebuilt_index_is_the_same(client, db, cast, posting, another):
    other = another(title_zh="俄语客服实习", title_en="Russian service intern")
    services.close(posting, by=cast.recruiter.id, today=today())
    assert posting.title_en not in page(client, "/search/?q=Customs", language="en").text
    assert search.rebuild()["posting"] == 1
    assert other.title_en in page(client, "/search/?q=Russian", language="en").text
    other.opens_on, other.closes_on = today() - timedelta(days=3), today() - timedelta(days=1)
    assert other.title_en not in page(client, "/search/?q=Russian", language="en").text


def test_the_list_is_narrowed_by_the_language_of_the_work(client, db, cast, posting, another):
    another(title_en="Russian service", languages=["zh", "ru"])
    shown = page(client, "/postings/?language=ru", language="en")
    assert "Russian service" in shown.text
    assert posting.title_en not in shown.text


def test_filters_survive_an_address_and_what_cannot_be_is_passed_over():
    wanted = Filters.of(
        {"words": " 鞋 ", "pay": "150", "remote": "1", "language": "ru", "page": "3", "region": "CN-ZJ"}
    )
    assert Filters.of_address(wanted.address) == wanted
    assert Filters.of({"pay": "7", "language": "xx", "remote": "yes"}) == Filters()
    assert Filters().address == ""


# ---- fit -------------------------------------------------------------------------------------------------------------


def test_all_postings_are_compared_and_each_stands_where_its_fit_puts_it(sign_in, db, cast, posting, another):
    shows(db, cast, "LG01", "ST01", level=2)
    for number in range(14):
        another([("CC02", 4)], title_en=f"Far away {number}", closes_on=today() + timedelta(days=5))
    near = another([("LG01", 1)], title_en="Near", closes_on=today() + timedelta(days=30))
    ordered = page(sign_in(cast.student), "/postings/?sort=fit", language="en").words(".items h2")
    assert ordered[0].startswith("Near")
    rows = [tuple(row) for row in queries.needs_of_all(queries.open_postings(today()))]
    ranked = fits.ranked(cast.student, rows)
    lines = queries.lines_by_id(ranked)
    by_hand = sorted(
        fits.sides(cast.student, lines),
        key=lambda side: (-round(side.fit.score, 9), side.posting.closes_on, side.posting.id),
    )
    assert ranked == [side.posting.id for side in by_hand]
    assert (len(ranked), ranked[0]) == (16, near.id)


def test_sorting_by_fit_has_pages_and_asks_no_more_with_more_postings(sign_in, db, cast, posting, another, statements):
    client = sign_in(cast.student)
    for number in range(11):
        another([("ST01", 2)], title_en=f"More {number}")
    client.get("/postings/?sort=fit")
    with statements() as few:
        client.get("/postings/?sort=fit")
    for number in range(20):
        another([("ST02", 2), ("CC01", 1)], title_en=f"Still more {number}")
    db.session.commit()
    with statements() as many:
        client.get("/postings/?sort=fit")
    assert len(many) == len(few)
    pages = [page(client, f"/postings/?sort=fit&page={number}").words(".items h2") for number in (1, 2, 3, 4)]
    assert [len(one) for one in pages] == [10, 10, 10, 2]


def test_what_is_missing_is_put_in_the_order_in_which_to_learn_it(app, db, cast, posting, monkeypatch):
    from app.registry import SkillSource, registry

    def lessons(_person, codes):
        minutes = {"CC02": 60, "LG01": 30}
        return [SkillSource(code, 2, f"Lesson {code}", f"/lessons/{code}/", minutes[code]) for code in codes]

    monkeypatch.setattr(registry(app), "skill_sources", [lessons])
    side = fits.side_with_sources(cast.student, queries.posting_by_id(posting.id))
    # CC02 asks two levels of three: 2/3 in an hour is as much a minute as LG01's 1/3 in half of one.
    assert (side.minutes, side.lessons) == (90, 2)
    assert [line.item.skill for line in side.way] == ["CC02", "LG01"]
    assert {line.item.skill: round(line.score_if, 3) for line in side.way} == {"CC02": 0.667, "LG01": 0.333}
    assert side.nearest.item.skill == "CC02"


# ---- for programs ----------------------------------------------------------------------------------------------------

# Google's rules for JobPosting: what has to be there, and of what kind (developers.google.com/search, "Job posting").
REQUIRED = {
    "title": str, "description": str, "datePosted": str, "hiringOrganization": "Organization", "jobLocation": "Place",
}  # fmt: skip
RECOMMENDED = {
    "validThrough": str, "employmentType": str, "baseSalary": "MonetaryAmount", "identifier": "PropertyValue",
    "directApply": bool,
}  # fmt: skip
EMPLOYMENT = {"FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER"}
UNITS = {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"}


def faults_of(data):
    """What a structured-data validator would say of a JobPosting."""
    faults = []
    if (data.get("@context"), data.get("@type")) != ("https://schema.org/", "JobPosting"):
        faults.append("not a JobPosting")
    for name, kind in (REQUIRED | RECOMMENDED).items():
        value = data.get(name)
        if isinstance(kind, str):
            if not isinstance(value, dict) or value.get("@type") != kind:
                faults.append(f"{name} is no {kind}")
        elif not isinstance(value, kind) or value == "":
            faults.append(f"{name} is missing")
    for name in ("datePosted", "validThrough"):
        if datetime.fromisoformat(data[name]).tzinfo is None:
            faults.append(f"{name} has no time zone")
    if data["validThrough"] <= data["datePosted"]:
        faults.append("valid no longer when posted")
    if data["employmentType"] not in EMPLOYMENT:
        faults.append("employmentType is unknown")
    address = data["jobLocation"].get("address", {})
    if address.get("@type") != "PostalAddress" or not {"addressLocality", "addressRegion", "addressCountry"} <= set(
        address
    ):
        faults.append("the address is not whole")
    salary = data["baseSalary"]
    amount = salary.get("value", {})
    if salary.get("currency") != "CNY" or amount.get("@type") != "QuantitativeValue":
        faults.append("the salary is no amount")
    if isinstance(amount.get("value"), bool) or not isinstance(amount.get("value"), int | float):
        faults.append("the salary is no number")
    if amount.get("unitText") not in UNITS:
        faults.append("the salary is for no period")
    if not {"name", "value"} <= set(data["identifier"]):
        faults.append("the identifier is not whole")
    if not data["hiringOrganization"].get("name"):
        faults.append("nobody hires")
    if data.get("jobLocationType") not in (None, "TELECOMMUTE"):
        faults.append("jobLocationType is unknown")
    if (data.get("jobLocationType") == "TELECOMMUTE") != ("applicantLocationRequirements" in data):
        faults.append("work from afar and where applicants may be come together")
    for url in (data.get("url"), data["hiringOrganization"].get("sameAs"), data["hiringOrganization"].get("url")):
        if url is not None and not urlsplit(url).netloc:
            faults.append(f"{url} is no whole address")
    return faults


@pytest.mark.parametrize("is_remote", [False, True])
@pytest.mark.parametrize("website", ["", "https://kangbu.example/"])
def test_the_data_for_search_engines_keep_their_rules(client, db, cast, posting, is_remote, website):
    posting.is_remote, cast.enterprise.website = is_remote, website
    shown = page(client, f"/postings/{posting.id}/")
    data = json.loads(shown.one("script[type='application/ld+json']").text())
    assert faults_of(data) == []
    assert data["hiringOrganization"].get("sameAs", "") == website
    assert datetime.fromisoformat(data["validThrough"]) == end_of(posting.closes_on) - timedelta(seconds=1)
    assert data["validThrough"].endswith("T23:59:59+08:00")
    assert ("jobLocationType" in data) is is_remote


def test_the_validator_of_these_tests_finds_faults(client, db, cast, posting):
    shown = page(client, f"/postings/{posting.id}/")
    data = json.loads(shown.one("script[type='application/ld+json']").text())
    assert faults_of({**data, "title": ""}) == ["title is missing"]
    assert faults_of({**data, "employmentType": "internship"}) == ["employmentType is unknown"]
    assert faults_of({**data, "validThrough": posting.closes_on.isoformat()}) == ["validThrough has no time zone"]
    assert faults_of({**data, "jobLocationType": "TELECOMMUTE"}) != []


def test_a_feed_holds_the_newest_postings_of_a_filter(client, db, cast, posting, another):
    posting.published_at = datetime(2026, 1, 2, tzinfo=UTC)
    another(title_zh="二号\x0b", title_en="Second & last", city_zh="瑞安")
    answer = client.get("/postings.atom", headers={"Accept-Language": "en"})
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == ["Second & last", posting.title_en]
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    for entry in feed.iter(f"{ATOM}entry"):
        assert urlsplit(entry.findtext(f"{ATOM}id")).netloc
        assert entry.find(f"{ATOM}author/{ATOM}name").text
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo is not None
    narrow = ElementTree.fromstring(client.get("/postings.atom?words=瑞安").data)
    assert [one.findtext(f"{ATOM}title") for one in narrow.iter(f"{ATOM}entry")] == ["二号"]


def locations(client, path):
    return [one.text for one in ElementTree.fromstring(client.get(path, buffered=True).data).iter(f"{MAP}loc")]


def test_the_map_names_every_public_page_in_files_of_a_limited_size(client, db, cast, posting, another, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST", 2)
    monkeypatch.setattr(sitemaps, "AT_ONCE", 1)
    ids = [posting.id, another().id, another().id, another().id, another().id]
    services.close(db.session.get(Posting, ids[3]), by=cast.recruiter.id, today=today())
    draft = services.create(
        cast.enterprise, {name: getattr(posting, name) for name in services.FIELDS}, [], by=None, now=utcnow()
    )
    files = [urlsplit(one).path for one in locations(client, "/sitemap.xml")]
    of_postings = [file for file in files if "/postings/" in file]
    assert len(of_postings) == 2
    found = [urlsplit(one).path for file in of_postings for one in locations(client, file)]
    assert found == [f"/postings/{one}/" for one in ids if one != ids[3]]
    assert f"/postings/{draft.id}/" not in found
    names = [one for file in files if "/organisations/" in file for one in locations(client, file)]
    assert any(one.endswith("/organisations/demo-enterprise/") for one in names)
    assert len(names) == len(set(names)) == 6
    assert client.get("/sitemaps/unknown/0.xml").status_code == 404
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)


# ---- saved searches --------------------------------------------------------------------------------------------------


def yesterday(search):
    search.looked_on = today() - timedelta(days=1)
    search.looked_at = utcnow() - timedelta(days=1)


def test_a_student_saves_a_search_and_hears_once_of_what_is_new(client_of, db, cast, posting, another, run_jobs):
    student = client_of(cast.student)
    listed = page(student, "/postings/?words=鞋&region=CN-ZJ")
    submit(student, listed, {"name": "温州鞋业"}, form="form[action='/saved-searches/']")
    saved = db.session.query(SavedSearch).one()
    assert (saved.name, Filters.of_address(saved.filters)) == ("温州鞋业", Filters(words="鞋", region="CN-ZJ"))
    student.post("/saved-searches/", data={"filters": saved.filters, "name": "温州鞋业"})
    assert db.session.query(SavedSearch).count() == 1
    posting.published_at = utcnow() - timedelta(days=9)
    new = another(title_zh="鞋类新品实习")
    yesterday(saved)
    db.session.commit()
    looks = [searches.look(saved.id, now=utcnow(), today=today()) for _again in range(2)]
    assert looks == [True, False]
    mail = db.session.query(Mail).one()
    assert (mail.recipient, mail.subject) == (cast.student.email, "1 个新实习：温州鞋业")
    assert f"/postings/{new.id}/" in mail.body
    assert f"/postings/{posting.id}/" not in mail.body
    assert "温州鞋业" in page(student, "/").text
    saved.looked_on = today() - timedelta(days=1)
    db.session.commit()
    searches.look(saved.id, now=utcnow(), today=today())
    assert db.session.query(Mail).count() == 1
    assert "温州鞋业" not in page(student, "/").text


def test_the_mail_ends_by_its_own_link_without_signing_in(client, client_of, db, cast, posting):
    saved = searches.save(cast.student, "鞋", Filters(words="鞋"), now=utcnow(), today=today())
    path = f"/saved-searches/mail/{searches.token_of(saved.id)}/"
    client.get(path)
    db.session.refresh(saved)
    assert saved.by_mail
    submit(client, page(client, path))
    db.session.refresh(saved)
    assert not saved.by_mail
    assert "No more messages" in page(client, path, language="en").text
    assert client.get("/saved-searches/mail/forged/").status_code == 404
    posting.published_at = utcnow()
    yesterday(saved)
    db.session.commit()
    searches.look(saved.id, now=utcnow(), today=today())
    assert (saved.found, db.session.query(Mail).count()) == (1, 0)


def test_every_minute_after_seven_some_searches_are_looked_at(db, cast, posting, monkeypatch):
    saved = searches.save(cast.student, "鞋", Filters(words="鞋"), now=utcnow(), today=today())
    saved.looked_on = today() - timedelta(days=2)
    db.session.commit()
    monkeypatch.setattr(tasks, "utcnow", lambda: end_of(today() - timedelta(days=1)) + timedelta(hours=6, minutes=59))
    tasks.look_at_searches()
    assert saved.looked_on == today() - timedelta(days=2)
    monkeypatch.setattr(tasks, "utcnow", lambda: end_of(today() - timedelta(days=1)) + timedelta(hours=7))
    tasks.look_at_searches()
    db.session.refresh(saved)
    assert saved.looked_on == today()


def test_a_search_for_everything_and_an_eleventh_are_refused(db, cast):
    with pytest.raises(searches.SearchWithoutFilter):
        searches.save(cast.student, "", Filters(), now=utcnow(), today=today())
    for number in range(searches.MOST):
        searches.save(cast.student, "", Filters(words=str(number)), now=utcnow(), today=today())
    with pytest.raises(searches.TooManySearches):
        searches.save(cast.student, "", Filters(words="more"), now=utcnow(), today=today())


def test_a_search_is_its_owners_alone(client_of, db, cast):
    saved = searches.save(cast.student, "鞋", Filters(words="鞋"), now=utcnow(), today=today())
    stranger = client_of(cast.other_student)
    assert stranger.post(f"/saved-searches/{saved.id}/deletion/").status_code == 404
    assert stranger.post(f"/saved-searches/{saved.id}/mail/").status_code == 404
    own = client_of(cast.student)
    own.post(f"/saved-searches/{saved.id}/mail/", data={"by_mail": "0"})
    assert "no mail" in page(own, "/saved-searches/", language="en").text
    own.post(f"/saved-searches/{saved.id}/deletion/")
    assert "No saved searches yet" in page(own, "/saved-searches/", language="en").text


def test_what_a_university_withholds_is_not_news_for_its_student(db, cast, posting):
    from internships.models import Checked
    from internships.services import checks

    checks.set_rule(cast.university, Checked.ALL, by=cast.coordinator)
    saved = searches.save(cast.student, "鞋", Filters(words="鞋"), now=utcnow(), today=today())
    yesterday(saved)
    db.session.flush()
    searches.look(saved.id, now=utcnow(), today=today())
    assert saved.found == 0
    assert posting.status is PostingStatus.PUBLISHED
