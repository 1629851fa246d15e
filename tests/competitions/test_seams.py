"""What competitions offers elsewhere: the first page, the rail, the passport, the demo."""

from datetime import timedelta

import pytest

from app.db import utcnow
from app.registry import registry
from app.skills.models import Evidence, SourceKind
from app.skills.queries import estimates_of
from competitions import queries, seams, seeds
from competitions.models import Competition, CompetitionStatus
from tests.competitions import factories
from tests.page import page


def test_a_students_first_page_names_own_team_and_what_is_open(client, sign_in, cast):
    own = factories.contest(cast)
    factories.team(own, "远帆", cast.student, cast.university)
    other = factories.contest(cast, title_en="Toys to Chile")
    sign_in(cast.student)
    found = page(client, "/", language="en")
    assert "远帆" in found.text
    assert found.links["Toys to Chile"] == f"/competitions/{other.id}/"


def test_a_deadline_within_days_comes_first(client, sign_in, cast):
    made = factories.contest(cast, closes=2)
    team = factories.team(made, "远帆", cast.student, cast.university)
    sign_in(cast.student)
    assert page(client, "/", language="en").words(".next-card h2") == ["Shoes to Brazil"]
    factories.handed_in(team)
    assert page(client, "/", language="en").words(".next-card h2") != ["Shoes to Brazil"]


def test_a_judges_first_page_leads_to_the_first_entry(client, sign_in, cast):
    factories.being_judged(cast)
    sign_in(cast.judges[0])
    found = page(client, "/", language="en")
    assert found.words(".next-card h2") == ["4 entries wait for your marks"]
    assert "Judging" in found.links


def test_an_organisers_first_page_shows_progress(client, sign_in, cast):
    made = factories.being_judged(cast)
    sign_in(cast.coordinator)
    found = page(client, "/", language="en")
    assert found.links["Shoes to Brazil"] == f"/organisations/demo-university/competitions/{made.id}/"
    assert "0 of 12 assignments finished" in found.text


def test_evidence_names_competition_and_team(app, cast):
    made = factories.published(cast)
    team = queries.entries_of(made.id)[0]
    with app.test_request_context(headers={"Accept-Language": "en"}):
        link = registry(app).evidence_links[SourceKind.COMPETITION_CRITERION](cast.student, [team.id, 999])
    assert {key: (one.title, one.url) for key, one in link.items()} == {
        team.id: ("Shoes to Brazil: Team 1", f"/competitions/{made.id}/ranking/1/")
    }


def test_nobody_elses_panels_speak_of_competitions(cast):
    factories.being_judged(cast)
    factories.contest(cast)
    today = utcnow().date()
    for panel in (seams.judge_panel, seams.student_panel, seams.organiser_panel):
        assert panel(cast.official, today) is None


@pytest.fixture
def world(cast):
    from app.clock import day_of
    from app.seeding import people
    from app.seeding.world import SIZES, World

    now = utcnow()
    made = World("test", SIZES["small"], now, day_of(now), cast, lambda *_: None)
    people.plant_organisations(made)
    people.plant_staff(made)
    people.plant_students(made)
    return made


def test_the_demo_has_two_rankings_and_one_competition_that_is_open(world, cast, db):
    with db.session.no_autoflush:
        seeds.plant_competitions(world)
    found = db.session.scalars(db.select(Competition).order_by(Competition.opens_at)).all()
    assert [one.status for one in found] == [
        CompetitionStatus.PUBLISHED,
        CompetitionStatus.PUBLISHED,
        CompetitionStatus.OPEN,
    ]
    assert [one.record["corrected"] for one in found[:2]] == [True, True]
    assert found[2].takes_entries(world.now)
    assert timedelta(days=8) < found[2].closes_at - world.now < timedelta(days=10)
    running = queries.team_of(found[2].id, cast.student.id)
    assert (running.captain_id, running.handed_in_at) == (cast.student.id, None)
    assert queries.team_of(found[0].id, cast.student.id).handed_in_at is not None
    shown = {estimate.skill_code for estimate in estimates_of([cast.student.id])}
    assert shown == {"MR01", "MR06", "LG02", "CC04", "EN04"}
    assert db.session.scalar(db.select(db.func.max(Evidence.observed_at))) <= world.now
    severities = [float(judge["severity"]) for judge in found[0].record["judges"]]
    assert max(severities) - min(severities) > 8
