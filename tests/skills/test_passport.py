"""The skill passport, down to its rows."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.accounts import services as accounts
from app.accounts.models import Role
from app.clock import today
from app.db import utcnow
from app.registry import EvidenceLink, registry
from app.skills.models import AssessorKind, SourceKind
from app.skills.services import Observation, record_evidence
from tests.courses.counting import statements
from tests.page import page

SKILL, OTHER = "MR01", "MR02"


@pytest.fixture
def show(db, cast):
    """`show(...)` records rows of the student and refreshes the estimates."""

    def show(count=10, skill=SKILL, score="1", level=1, person=None, first=0, **more):
        kind = more.pop("kind", AssessorKind.MACHINE)
        return record_evidence(
            [
                Observation(
                    unique_key=f"test:{skill}:{first + number}",
                    person_id=(person or cast.student).id,
                    skill_code=skill,
                    source_kind=more.get("source", SourceKind.QUIZ_ITEM),
                    source_id=first + number,
                    score=Decimal(score),
                    level=level,
                    assessor=kind,
                    observed_at=more.get("at", utcnow() - timedelta(days=1)),
                    organisation_id=cast.university.id,
                    recorded_by_id=more.get("by"),
                    supersedes_id=more.get("supersedes"),
                )
                for number in range(count)
            ],
            as_of=today(),
        )

    return show


def test_an_empty_passport_says_how_to_begin(sign_in, cast):
    found = page(sign_in(cast.student), "/passport/", language="en")
    assert found.h1 == "林小雨 has not shown a skill yet"
    assert found.select(".empty")


def test_only_shown_skill_counts(sign_in, cast, show):
    show(10)
    show(1, OTHER)
    found = page(sign_in(cast.student), "/passport/", language="en")
    assert found.h1 == "林小雨 has shown 1 skill"
    rows = {row[0]: row[1:] for row in found.rows("main table")[1:] if len(row) > 1}
    meters = {name: row[0] for name, row in rows.items()}
    assert any("Level 2 shown" in words for words in meters.values())
    assert any("Not yet shown" in words for words in meters.values())


def test_what_is_likely_is_hatched_and_not_filled(sign_in, cast, show):
    show(3)
    found = page(sign_in(cast.student), "/passport/", language="en")
    meter = found.one("main td svg")
    assert len(meter.css(".shown")) == 1
    assert len(meter.css(".likely")) == 1


def test_a_skill_opens_to_its_rows_and_says_why(sign_in, cast, show):
    show(10, by=cast.coordinator.id)
    found = page(sign_in(cast.student), f"/passport/{SKILL}/", language="en")
    assert len(found.select("ol.thread > li")) == 10
    assert "Of 10 rows that count, those marked by machine carry most: 100% of the weight." in found.text
    assert "shown from 80%." in found.text
    assert "周敏" in found.text
    assert "Ouhai Business College" in found.text
    assert found.select("math"), "the formula is there"


def test_the_page_of_a_skill_says_the_same_as_the_kept_estimate(sign_in, db, cast, show):
    from app.skills.queries import estimates_of
    from app.ui.filters import number

    show(7)
    show(3, score="0.5", level=3, first=50, kind=AssessorKind.TEACHER)
    (kept,) = estimates_of([cast.student.id])
    found = page(sign_in(cast.student), f"/passport/{SKILL}/", language="en")
    facts = dict(zip(found.words("dl.facts dt"), found.words("dl.facts dd"), strict=True))
    assert facts["Mean of θ"].replace("-", "−") == f"{kept.mean:.3f}".replace("-", "−")
    assert facts["sd of θ"] == f"{kept.sd:.3f}"
    assert facts["Rows that count"] == number(kept.rows) if kept.rows > 999 else str(kept.rows)


def test_a_corrected_row_is_struck_and_no_longer_counts(sign_in, db, cast, show):
    from app.skills.queries import rows_of

    show(1, score="0")
    (wrong,) = rows_of(cast.student.id, SKILL)
    show(1, score="1", first=90, supersedes=wrong.id, at=utcnow())
    found = page(sign_in(cast.student), f"/passport/{SKILL}/", language="en")
    assert len(found.select("ol.thread > li")) == 2
    assert found.words("del") == ["Answer in a quiz"]
    assert "replaced by a newer row" in found.text
    assert "Of 1 rows" in found.text


def test_each_row_links_to_where_it_came_from_by_one_question_for_each_kind(sign_in, app, cast, show, monkeypatch):
    asked = []

    def links(person, ids):
        asked.append((person.id, list(ids)))
        return {number: EvidenceLink(f"Question {number}", f"/somewhere/{number}/") for number in ids}

    monkeypatch.setitem(registry(app).evidence_links, SourceKind.QUIZ_ITEM, links)
    show(3, first=1)
    found = page(sign_in(cast.student), f"/passport/{SKILL}/", language="en")
    assert "Question 2" in found.text
    assert "/somewhere/2/" in found.links.values() or "/somewhere/2/" in found.html
    assert asked == [(cast.student.id, [1, 2, 3])]


def test_many_rows_are_written_out_a_page_at_a_time_and_all_count(sign_in, cast, show):
    show(30)
    client = sign_in(cast.student)
    first = page(client, f"/passport/{SKILL}/", language="en")
    assert len(first.select("ol.thread > li")) == 25
    assert "Of 30 rows that count" in first.text
    second = page(client, first.links["Next"], language="en")
    assert len(second.select("ol.thread > li")) == 5
    assert "Of 30 rows that count" in second.text
    assert client.get(f"/passport/{SKILL}/?page=3").status_code == 404


def test_a_skill_without_evidence_says_so_and_an_unknown_one_is_not_there(sign_in, cast):
    client = sign_in(cast.student)
    assert "There is no evidence that counts yet." in page(client, f"/passport/{SKILL}/", language="en").text
    assert client.get("/passport/XX99/").status_code == 404


def test_a_coordinator_reads_the_passports_of_the_own_students(client_of, cast, show):
    show(10)
    path = f"/organisations/demo-university/people/{cast.student.id}/passport/"
    client = client_of(cast.coordinator)
    found = page(client, path, language="en")
    assert found.h1 == "林小雨 has shown 1 skill"
    assert page(client, f"{path}{SKILL}/", language="en")
    assert f"{path}{SKILL}/" in found.links.values()


def test_strangers_learn_nothing_of_a_passport(client, client_of, cast, show):
    show(10)
    path = f"/organisations/demo-university/people/{cast.student.id}/passport/"
    elsewhere = f"/organisations/other-university/people/{cast.student.id}/passport/"
    for person in (cast.other_coordinator, cast.recruiter, cast.official, cast.other_student, cast.student):
        for address in (path, f"{path}{SKILL}/", elsewhere):
            assert client_of(person).get(address).status_code == 404
    assert client_of(cast.recruiter).get("/passport/").status_code == 404
    assert client.get(path).status_code == 303
    assert client.get("/passport/").status_code == 303


def test_who_has_left_is_no_longer_read_by_the_university(client_of, db, cast, show):
    from app.accounts.queries import memberships_in

    memberships_in(cast.university.id, Role.STUDENT, [cast.student.id])[cast.student.id].left_on = today()
    path = f"/organisations/demo-university/people/{cast.student.id}/passport/"
    assert client_of(cast.coordinator).get(path).status_code == 404


def test_a_teacher_is_no_student_of_the_university(client_of, cast):
    teacher = accounts.create_person("teacher@school.example", "老师")
    accounts.join(teacher, cast.university, Role.TEACHER, today())
    path = f"/organisations/demo-university/people/{teacher.id}/passport/"
    assert client_of(cast.coordinator).get(path).status_code == 404


def test_the_first_page_shows_what_was_shown_lately(sign_in, cast, show):
    client = sign_in(cast.student)
    assert "None yet." in page(client, "/", language="en").text
    show(10)
    assert f"/passport/{SKILL}/" in page(client, "/", language="en").links.values()


def test_passport_and_skill_cost_as_much_for_many_rows_as_for_one(sign_in, db, cast, show):
    show(1)
    client = sign_in(cast.student)
    few = {}
    for path in ("/passport/", f"/passport/{SKILL}/"):
        page(client, path, language="en")
        with statements() as sent:
            page(client, path, language="en")
        few[path] = len(sent)
    show(60, first=100)
    for code in ("MR02", "MR03", "MR04"):
        show(10, code)
    db.session.commit()
    for path, count in few.items():
        with statements() as sent:
            page(client, path, language="en")
        assert len(sent) == count <= 5, path
