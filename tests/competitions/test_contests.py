"""The public pages: the list, and a competition's rulebook, calendar and rubric."""

from datetime import timedelta

import pytest

from app.db import utcnow
from competitions import queries
from tests.competitions import factories
from tests.page import page, read


def test_a_stranger_reads_rulebook_calendar_and_rubric(client, cast):
    made = factories.contest(cast)
    found = page(client, f"/competitions/{made.id}/", language="en")
    assert found.h1 == "Shoes to Brazil"
    assert found.words(".prose strong") == ["one"]
    assert "Overseas market analysis · level 3" in found.text
    assert found.words(".facts dt")[:2] == ["Opens", "Closes"]
    assert "Sign in" in found.links


def test_the_same_page_in_chinese(client, cast):
    made = factories.contest(cast)
    found = page(client, f"/competitions/{made.id}/", language="zh")
    assert found.h1 == "女鞋进巴西"


def test_moments_are_shown_in_the_zone_of_the_reader(client, cast):
    opens = utcnow().replace(hour=16, minute=30) - timedelta(days=30)
    made = factories.contest(cast, opens_at=opens)
    shown = page(client, f"/competitions/{made.id}/", language="en").select(".facts time")[0]
    assert shown.text().endswith("00:30")
    assert shown.attributes["datetime"] == opens.strftime("%Y-%m-%dT16:30:%SZ")


def test_a_draft_is_nobodys_but_the_organisers(client, sign_in, cast):
    made = factories.contest(cast, opened=False)
    page(client, f"/competitions/{made.id}/", status=404)
    for stranger in (cast.student, cast.other_coordinator, cast.official):
        sign_in(stranger)
        page(client, f"/competitions/{made.id}/", status=404)
    sign_in(cast.coordinator)
    assert "A draft" in page(client, f"/competitions/{made.id}/", language="en").text


def test_a_draft_is_not_in_the_list(client, cast):
    factories.contest(cast, opened=False)
    assert page(client, "/competitions/", language="en").words(".empty h2") == ["No competition yet"]


def test_the_list_tells_what_is_open(client, cast):
    factories.contest(cast)
    factories.contest(cast, title_en="Old", opens=-40, closes=-30)
    found = page(client, "/competitions/", language="en")
    assert found.h1 == "One competition takes entries"
    assert found.words(".item-title") == ["Shoes to Brazil", "Old"]
    assert found.words(".items .badge") == ["Now open", "Closed"]


@pytest.mark.parametrize("path", ["/competitions/999/", "/competitions/999/ranking/", "/teams/999/", "/judging/999/"])
def test_what_is_not_there_is_not_found(client, sign_in, cast, path):
    sign_in(cast.judges[0])
    page(client, path, status=404)


def test_twenty_competitions_cost_as_many_statements_as_one(client, cast, db, statements):
    factories.contest(cast)
    page(client, "/competitions/")
    with statements() as few:
        page(client, "/competitions/")
    for _ in range(19):
        factories.contest(cast)
    db.session.commit()
    with statements() as many:
        page(client, "/competitions/")
    assert len(many) == len(few)


def test_only_a_student_is_offered_the_form_to_enter(client, sign_in, cast):
    made = factories.contest(cast)
    sign_in(cast.recruiter)
    assert not page(client, f"/competitions/{made.id}/").select("#team-name")
    sign_in(cast.student)
    assert page(client, f"/competitions/{made.id}/").select("#team-name")


def test_who_has_a_team_is_led_to_it(client, sign_in, cast):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university)
    sign_in(cast.student)
    found = page(client, f"/competitions/{made.id}/", language="en")
    assert found.links["Your team"] == f"/teams/{team.id}/"
    assert not found.select("#team-name")


def test_the_window_is_half_open(cast):
    made = factories.contest(cast)
    second = timedelta(microseconds=1)
    assert not made.takes_entries(made.opens_at - second)
    assert made.takes_entries(made.opens_at)
    assert made.takes_entries(made.closes_at - second)
    assert not made.takes_entries(made.closes_at)


def test_after_publication_the_page_shows_the_first_places(client, cast):
    made = factories.published(cast)
    found = page(client, f"/competitions/{made.id}/", language="en")
    assert found.rows("table.dense")[1][:2] == ["1", "Team 1"]
    assert queries.results_page(made.id, 1, 10)[0].team.name == "Team 1"


def test_a_refusal_of_a_post_leads_back_with_the_reason(client, sign_in, cast):
    made = factories.contest(cast, opens=-9, closes=-8)
    sign_in(cast.student)
    here = f"/competitions/{made.id}/"
    answer = client.post(
        f"{here}teams/", data={"name": "远帆"}, headers={"Referer": f"http://localhost{here}", "Accept-Language": "en"}
    )
    assert answer.location == here
    assert "Entries are not taken now" in read(client.get(here, headers={"Accept-Language": "en"})).text
