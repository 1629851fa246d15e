"""Who judges, who marks what, and the start of judging."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.accounts import services as people
from app.accounts.models import Role
from app.clock import SETTLING, today
from app.db import utcnow
from competitions import queries
from competitions.models import CompetitionStatus
from competitions.services import judging as services
from tests.competitions import factories
from tests.page import page, read, submit


def bench(made, more=""):
    return f"/organisations/demo-university/competitions/{made.id}/{more}"


def judged_by(made):
    """Names of judges by number of the entry."""
    numbers = {team.id: team.number for team in queries.entries_of(made.id)}
    found = {number: set() for number in numbers.values()}
    for row in queries.assignments_in(made.id):
        if not row.has_conflict:
            found[numbers[row.team_id]].add(row.judge.person.name)
    return found


def assigned(made, seed="seven", now=None):
    return services.assign(made, seed, now or utcnow(), today(), None)


def test_an_organiser_searches_for_judges_and_adds_them_once(client, sign_in, cast):
    made = factories.contest(cast)
    sign_in(cast.coordinator)
    found = page(client, bench(made, "judges/?q=judge-2"), language="en")
    assert "郑兰" in found.text
    assert "吴立" not in found.text
    for _ in range(2):
        submit(client, found, form="table form")
    assert [row.judge.person_id for row in queries.judges_of(made.id)] == [cast.judges[1].id]
    assert "Nobody who is a judge" in page(client, bench(made, "judges/?q=judge-2"), language="en").text


def test_only_who_judges_somewhere_is_found_or_added(client, sign_in, cast):
    made = factories.contest(cast)
    sign_in(cast.coordinator)
    assert "Nobody who is a judge" in page(client, bench(made, "judges/?q=student@demo"), language="en").text
    answer = client.post(
        bench(made, "judges/"), data={"person_id": cast.student.id}, headers={"Accept": "application/json"}
    )
    assert answer.json["error"] == "NotAJudge"
    assert queries.judges_of(made.id) == []


def test_a_judge_can_be_let_go_before_judging_and_not_after(client, sign_in, cast):
    made = factories.closed(cast)
    spare = services.add_judge(made, factories.judge("spare", cast.government), utcnow(), None)
    assigned(made)
    sign_in(cast.coordinator)
    client.post(bench(made, f"judges/{spare.id}/deletion/"))
    assert [row.judge.person_id for row in queries.judges_of(made.id)] == [judge.id for judge in cast.judges]
    assigned(made)
    services.start(made, utcnow(), None)
    with pytest.raises(services.JudgeAtWork):
        services.remove_judge(made, queries.judges_of(made.id)[0].judge, None)


def test_every_entry_has_exactly_its_judges_and_none_of_its_own_organisations(cast):
    made = factories.closed(cast, entries=5)
    for number in range(2, 6):
        home = queries.entries_of(made.id)[number - 1].organisation
        services.add_judge(made, factories.judge(f"of home {number}", home), utcnow(), None)
    found = assigned(made)
    assert found.connected
    groups = judged_by(made)
    assert all(len(group) == 3 for group in groups.values())
    assert all(f"of home {number}" not in group for number, group in groups.items())
    assert max(found.loads.values()) - min(found.loads.values()) <= 1


def test_where_a_member_belongs_counts_too_and_a_member_never_judges(cast):
    made = factories.contest(cast, opens=-20, closes=-10)
    two_hats = factories.student("two hats", cast.university)
    people.join(two_hats, cast.university, Role.JUDGE, today() - timedelta(days=100))
    away = factories.student("away", cast.other_university)
    factories.handed_in(factories.team(made, "mixed", two_hats, cast.university, away))
    for judge in (*cast.judges, two_hats, factories.judge("fourth", cast.enterprise)):
        services.add_judge(made, judge, utcnow(), None)
    assigned(made)
    assert judged_by(made) == {1: {cast.judges[1].name, cast.judges[2].name, "fourth"}}


def test_who_cannot_suffice_is_named(client, sign_in, cast):
    made = factories.contest(cast, opens=-20, closes=-10)
    factories.handed_in(factories.team(made, "of judge one", cast.other_student, cast.other_university))
    for judge in cast.judges:
        services.add_judge(made, judge, utcnow(), None)
    sign_in(cast.coordinator)
    answer = client.post(bench(made, "assignment/"), headers={"Accept": "application/json", "Accept-Language": "en"})
    assert answer.status_code == 409
    assert answer.json["message"].startswith("Entries #1 cannot have 3 judges each without a conflict.")
    assert "何平, 郑兰" in answer.json["message"]


def test_the_same_seed_assigns_alike_and_another_otherwise(client, sign_in, cast):
    made = factories.closed(cast, entries=6)
    for number in range(3):
        services.add_judge(made, factories.judge(f"more {number}", cast.government), utcnow(), None)
    sign_in(cast.coordinator)
    seen = []
    for seed in ("a", "b", "a"):
        submit(client, page(client, bench(made, "judges/")), form="aside form.stack", seed=seed)
        seen.append(judged_by(made))
    assert seen[0] == seen[2] != seen[1]
    assert made.record["seed"] == "a"


def test_nobody_is_assigned_before_the_last_hand_in_is_stored(cast):
    made = factories.closed(cast)
    with pytest.raises(services.NotYetClosed):
        assigned(made, now=made.closes_at + SETTLING - timedelta(microseconds=1))
    assigned(made, now=made.closes_at + SETTLING)


def test_judging_does_not_start_while_an_entry_lacks_a_judge(cast):
    made = factories.closed(cast)
    with pytest.raises(services.JudgesMissing):
        services.start(made, utcnow(), None)
    with pytest.raises(services.NotYetClosed):
        services.start(factories.contest(cast), utcnow(), None)
    with pytest.raises(services.NoEntries):
        services.start(factories.contest(cast, opens=-9, closes=-8), utcnow(), None)


def test_two_clicks_start_judging_once(client, sign_in, cast):
    made = factories.closed(cast)
    assigned(made)
    sign_in(cast.coordinator)
    for _ in range(2):
        answer = client.post(bench(made, "judging/"))
        assert answer.location == bench(made, "results/")
    assert made.status is CompetitionStatus.JUDGING


def test_a_declared_conflict_empties_one_place_which_another_judge_fills(cast):
    made = factories.being_judged(cast)
    services.add_judge(made, factories.judge("fourth", cast.government), utcnow(), None)
    gone = queries.assignments_in(made.id)[0]
    rubric = queries.rubric_with_rows(made.rubric_id)
    given = {row.id: (Decimal(70), "") for row in rubric.rows}
    kept = queries.assignments_in(made.id)[1]
    services.mark(kept, rubric, kept.judge.person, given, utcnow())
    services.declare_conflict(gone, gone.judge.person)
    before = {row.id for row in queries.assignments_in(made.id)}
    assigned(made, "eight")
    rows = queries.assignments_in(made.id)
    assert before < {row.id for row in rows}
    new = [row for row in rows if row.id not in before]
    assert [(row.team_id, row.judge.person.name) for row in new] == [(gone.team_id, "fourth")]
    assert all(len(group) == 3 for group in judged_by(made).values())


def test_groups_that_share_no_mark_are_said_aloud(client, sign_in, cast):
    made = factories.closed(cast, entries=3, judges_per_entry=1)
    sign_in(cast.coordinator)
    answer = client.post(bench(made, "assignment/"), headers={"Accept-Language": "en"})
    found = read(client.get(answer.location, headers={"Accept-Language": "en"}))
    assert "severity cannot be corrected" in found.text
    assert "Not connected" in found.text
