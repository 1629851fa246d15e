"""A judge's pages: anonymous entries, marks that save themselves, and nobody else's marks."""

from decimal import Decimal

import pytest

from app.assessment import queries as assessment
from app.clock import today
from app.db import utcnow
from competitions import queries
from competitions.services import judging as services
from competitions.services import results
from tests.competitions import factories
from tests.page import page, read, submit


@pytest.fixture
def made(cast):
    return factories.being_judged(cast)


@pytest.fixture
def first(made, cast):
    """The first judge's assignment to entry 1."""
    return next(
        row
        for row in queries.assignments_in(made.id)
        if row.judge.person_id == cast.judges[0].id and row.team.number == 1
    )


def rows_of(made):
    return queries.rubric_with_rows(made.rubric_id).rows


def given(made, mark="80", comment=""):
    values = {f"mark_{row.id}": mark for row in rows_of(made)}
    return {**values, f"comment_{rows_of(made)[0].id}": comment}


def kept(first, judge):
    return [mark.mark for mark in assessment.marks_by(queries.TEAM, first.team_id, judge)]


def test_a_judge_sees_a_number_the_descriptors_and_no_name(client, sign_in, cast, first):
    sign_in(cast.judges[0])
    found = page(client, f"/judging/{first.id}/", language="en")
    assert found.h1 == "Entry 1"
    assert "Sources." in found.text
    assert "level 3" in found.text
    for secret in ("Team 1", cast.student.name, "Ouhai Business College", "our-plan"):
        assert secret not in found.html


def test_the_file_comes_under_a_name_that_tells_nothing(client, sign_in, cast, first):
    sign_in(cast.judges[0])
    answer = client.get(f"/judging/{first.id}/file/")
    assert answer.get_data() == b"# plan 1"
    assert answer.headers["Content-Disposition"] == "attachment; filename=entry-1.md"
    answer.close()


def test_marks_save_themselves_with_a_receipt(client, sign_in, cast, made, first):
    sign_in(cast.judges[0])
    half = {f"mark_{rows_of(made)[0].id}": "72.25"}
    headers = {"Accept": "application/json", "Accept-Language": "en"}
    answer = client.post(f"/judging/{first.id}/marks/", data=half, headers=headers)
    assert answer.json["receipt"].startswith("Saved ")
    assert answer.json["saved_at"].endswith("Z")
    assert kept(first, cast.judges[0]) == [Decimal("72.25"), None]
    form = page(client, f"/judging/{first.id}/")
    assert form.values("form.wide")[f"mark_{rows_of(made)[0].id}"] == ["72.25"]
    assert form.one("form.wide").attributes["data-autosave"] == f"/judging/{first.id}/marks/"


def test_without_script_a_button_saves(client, sign_in, cast, made, first):
    sign_in(cast.judges[0])
    answer = submit(client, page(client, f"/judging/{first.id}/"), given(made, "55"), form="form.wide")
    assert answer.location == f"/judging/{first.id}/"
    assert kept(first, cast.judges[0]) == [55, 55]


@pytest.mark.parametrize("wrong", ["101", "-1", "NaN", "Infinity", "abc", "1.234", "1e99"])
def test_what_is_no_mark_is_refused_and_nothing_is_kept(client, sign_in, cast, made, first, wrong):
    sign_in(cast.judges[0])
    values = given(made, wrong)
    answer = client.post(f"/judging/{first.id}/marks/", data=values, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json["message"].startswith("1. ")
    assert read(client.post(f"/judging/{first.id}/marks/", data=values), status=422).select(".field-error")
    assert client.post(f"/judging/{first.id}/finish/", data=values).status_code == 422
    assert kept(first, cast.judges[0]) == []


@pytest.mark.parametrize("border", ["0", "100", "99.99"])
def test_the_borders_are_marks(client, sign_in, cast, made, first, border):
    sign_in(cast.judges[0])
    client.post(f"/judging/{first.id}/marks/", data=given(made, border))
    assert kept(first, cast.judges[0]) == [Decimal(border)] * 2


def test_a_finished_entry_takes_no_marks_until_it_is_taken_back(client, sign_in, cast, made, first):
    sign_in(cast.judges[0])
    for _ in range(2):
        assert client.post(f"/judging/{first.id}/finish/", data=given(made, "80")).status_code == 303
    assert first.finished_at is not None
    answer = client.post(f"/judging/{first.id}/marks/", data=given(made, "90"), headers={"Accept": "application/json"})
    assert answer.json["error"] == "EntryFinished"
    assert not page(client, f"/judging/{first.id}/").select("form.wide")
    client.post(f"/judging/{first.id}/finish/deletion/")
    client.post(f"/judging/{first.id}/marks/", data=given(made, "90"))
    assert (first.finished_at, kept(first, cast.judges[0])) == (None, [90, 90])


def test_finishing_leads_to_the_next_entry(client, sign_in, cast, made, first):
    sign_in(cast.judges[0])
    own = sorted(
        (row for row in queries.assignments_in(made.id) if row.judge_id == first.judge_id),
        key=lambda row: row.team.number,
    )
    answer = client.post(f"/judging/{first.id}/finish/", data=given(made))
    assert answer.location == f"/judging/{own[1].id}/"
    for row in own[1:]:
        answer = client.post(f"/judging/{row.id}/finish/", data=given(made))
    assert answer.location == "/judging/"
    assert page(client, "/judging/", language="en").h1 == "Nothing waits for your marks"


def test_an_entry_without_all_marks_is_not_finished_but_keeps_what_was_given(client, sign_in, cast, made, first):
    sign_in(cast.judges[0])
    client.post(f"/judging/{first.id}/finish/", data={f"mark_{rows_of(made)[0].id}": "66"})
    assert first.finished_at is None
    assert kept(first, cast.judges[0]) == [66, None]


def test_the_list_shows_own_entries_by_number(client, sign_in, cast, made):
    sign_in(cast.judges[0])
    found = page(client, "/judging/", language="en")
    assert found.h1 == "4 entries wait for your marks"
    assert found.words("tbody th") == ["Entry 1", "Entry 2", "Entry 3", "Entry 4"]
    assert "Team 1" not in found.html


def test_no_judge_opens_or_marks_what_is_anothers(client, client_of, cast, made, first):
    for stranger in (cast.judges[1], factories.judge("elsewhere", cast.government)):
        other = client_of(stranger)
        assert other.get(f"/judging/{first.id}/").status_code == 404
        assert other.get(f"/judging/{first.id}/file/").status_code == 404
        for verb in ("marks", "finish", "finish/deletion", "conflict"):
            assert other.post(f"/judging/{first.id}/{verb}/", data=given(made)).status_code == 404
    for stranger in (cast.student, cast.coordinator, cast.official):
        assert client_of(stranger).get("/judging/").status_code == 404
    assert client.get(f"/judging/{first.id}/").location.startswith("/sign-in/")
    assert kept(first, cast.judges[0]) == []


def test_before_publication_a_judge_sees_nobody_elses_marks(client, sign_in, cast, made, first):
    other = next(row for row in queries.assignments_in(made.id) if row.team_id == first.team_id and row.id != first.id)
    rubric = queries.rubric_with_rows(made.rubric_id)
    values = {row.id: (Decimal("33.75"), "a secret") for row in rubric.rows}
    services.mark(other, rubric, other.judge.person, values, utcnow())
    services.finish(other, rubric, other.judge.person, utcnow())
    sign_in(cast.judges[0])
    for path in (f"/judging/{first.id}/", "/judging/", f"/competitions/{made.id}/"):
        found = page(client, path)
        assert "33.75" not in found.html
        assert "a secret" not in found.html
    page(client, f"/competitions/{made.id}/ranking/", status=404)
    page(client, f"/competitions/{made.id}/ranking/1/", status=404)
    assert client.get(f"/competitions/{made.id}/ranking/marks.csv").status_code == 404


def test_nothing_can_be_seen_or_marked_before_judging_starts(client, sign_in, cast):
    made = factories.closed(cast)
    services.assign(made, "seven", utcnow(), today(), None)
    own = next(row for row in queries.assignments_in(made.id) if row.judge.person_id == cast.judges[0].id)
    sign_in(cast.judges[0])
    page(client, f"/judging/{own.id}/", status=404)
    assert page(client, "/judging/", language="en").words(".empty h2") == ["No entries for you yet"]


def test_a_declared_conflict_closes_the_entry(client, sign_in, cast, made, first):
    sign_in(cast.judges[0])
    assert client.post(f"/judging/{first.id}/conflict/").location == "/judging/"
    page(client, f"/judging/{first.id}/", status=404)
    assert "Entry 1" not in page(client, "/judging/", language="en").words("tbody th")


def test_after_publication_marks_stay_as_they_are(client, sign_in, cast, made, first):
    factories.marked(made)
    before = kept(first, cast.judges[0])
    results.publish(made, utcnow(), cast.coordinator.id)
    sign_in(cast.judges[0])
    for verb in ("marks", "finish/deletion", "conflict"):
        answer = client.post(f"/judging/{first.id}/{verb}/", data=given(made), headers={"Accept": "application/json"})
        assert answer.json["error"] == "NotMarkable"
    assert kept(first, cast.judges[0]) == before
    page(client, f"/judging/{first.id}/")
