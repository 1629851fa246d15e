"""Organisers: a draft with its rubric, opening, and who may not."""

from datetime import UTC, datetime, timedelta

import pytest

from app.audit import AuditEntry
from app.clock import ZONE
from app.db import utcnow
from competitions import queries
from competitions.models import Competition, CompetitionStatus, RankingMethod
from tests.competitions import factories
from tests.page import page, read, submit

LIST = "/organisations/demo-university/competitions/"


def bench(made, more=""):
    return f"{LIST}{made.id}/{more}"


def test_a_coordinator_writes_a_call_in_beijing_time(client, sign_in, cast, db):
    sign_in(cast.coordinator)
    form = page(client, LIST + "new/")
    answer = submit(
        client,
        form,
        title_zh="校赛",
        title_en="School contest",
        opens_at="2027-03-01T08:00",
        closes_at="2027-03-20T18:30",
        team_min="2",
        team_max="4",
        judges_per_entry="3",
        method="trimmed",
        cluster_code="WZ-SHOE",
        body_zh="规则",
    )
    made = db.session.scalars(db.select(Competition)).one()
    assert answer.location == bench(made, "rubric/")
    assert made.opens_at == datetime(2027, 3, 1, 0, 0, tzinfo=UTC)
    assert made.closes_at == datetime(2027, 3, 20, 10, 30, tzinfo=UTC)
    assert (made.team_min, made.team_max, made.method) == (2, 4, RankingMethod.TRIMMED)
    assert made.status is CompetitionStatus.DRAFT
    again = page(client, bench(made, "edit/"))
    assert again.values()["closes_at"] == ["2027-03-20T18:30"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"closes_at": "2027-03-01T07:00"}, "A competition closes after it opens."),
        ({"team_min": "5", "team_max": "4"}, "The largest team is not smaller than the smallest."),
        ({"title_zh": ""}, "Title in Chinese"),
        ({"method": "luck"}, "How marks become a ranking"),
    ],
)
def test_a_call_that_cannot_be_is_sent_back_with_what_was_entered(client, sign_in, cast, db, wrong, sentence):
    sign_in(cast.coordinator)
    right = {"title_zh": "校赛", "opens_at": "2027-03-01T08:00", "closes_at": "2027-03-20T18:30"}
    answer = client.post(
        LIST + "new/",
        data={**right, "team_min": "3", "team_max": "5", "judges_per_entry": "3", "method": "mixed", **wrong},
        headers={"Accept-Language": "en"},
    )
    found = read(answer)
    assert sentence in found.one(".errors").text()
    assert db.session.scalar(db.select(db.func.count(Competition.id))) == 0


def test_a_rubric_is_written_row_by_row(client, sign_in, cast):
    made = factories.contest(cast, opened=False)
    sign_in(cast.coordinator)
    form = page(client, bench(made, "rubric/"), language="en")
    assert form.values()["rows-0-weight"] == ["0.6"]
    answer = submit(
        client,
        form,
        {
            "rows-2-title_zh": "表达",
            "rows-2-weight": "0.25",
            "rows-2-marks_max": "20",
            "rows-2-skill_code": "EN04",
            "rows-2-level": "2",
        },
    )
    assert answer.location == bench(made)
    rows = queries.rubric_with_rows(made.rubric_id).rows
    assert [row.title_zh for row in rows] == ["市场分析", "合规", "表达"]
    assert (rows[2].marks_max, rows[2].skill_code, rows[2].level) == (20, "EN04", 2)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rows-0-title_zh": ""}, "Give the criterion a title in Chinese."),
        ({"rows-0-weight": ""}, "Give the criterion a weight."),
        ({"rows-0-weight": "NaN"}, "Enter a number."),
        ({"rows-0-weight": "-1"}, "Weight"),
        ({"rows-0-level": ""}, "A skill goes with a level"),
        ({"rows-0-weight": "0", "rows-1-weight": "0"}, "at least one criterion with a weight above zero"),
    ],
)
def test_a_rubric_that_cannot_be_is_sent_back(client, sign_in, cast, wrong, sentence):
    made = factories.contest(cast, opened=False)
    before = made.rubric_id
    sign_in(cast.coordinator)
    form = page(client, bench(made, "rubric/"), language="en")
    values = {**form.values(), **wrong}
    found = read(client.post(bench(made, "rubric/"), data=values, headers={"Accept-Language": "en"}))
    assert sentence in found.one(".errors").text()
    assert made.rubric_id == before


def test_opening_makes_it_public_once_and_is_on_record(client, sign_in, cast, db):
    made = factories.contest(cast, opened=False)
    sign_in(cast.coordinator)
    for _ in range(2):
        assert client.post(bench(made, "opening/")).status_code == 303
    assert made.status is CompetitionStatus.OPEN
    acts = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "competition.open")).all()
    assert [(act.subject_id, act.actor_id) for act in acts] == [(made.id, cast.coordinator.id)]


def test_without_a_rubric_it_does_not_open(client, sign_in, cast):
    made = factories.contest(cast, opened=False)
    made.rubric_id = None
    sign_in(cast.coordinator)
    answer = client.post(bench(made, "opening/"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (409, "RubricMissing")
    assert made.is_draft


def test_after_its_deadline_it_does_not_open(client, sign_in, cast):
    made = factories.contest(cast, opened=False, opens=-3, closes=-1)
    sign_in(cast.coordinator)
    answer = client.post(bench(made, "opening/"), headers={"Accept": "application/json"})
    assert answer.json["error"] == "DeadlineOver"


def test_once_open_the_words_change_but_not_what_was_announced(client, sign_in, cast):
    made = factories.contest(cast)
    closes_at, rubric = made.closes_at, made.rubric_id
    sign_in(cast.coordinator)
    form = page(client, bench(made, "edit/"))
    assert not form.select("[name=closes_at]")
    submit(client, form, title_en="Shoes for Brazil")
    client.post(bench(made, "edit/"), data={"title_zh": "女鞋", "closes_at": "2030-01-01T08:00", "team_min": "9"})
    assert (made.title_zh, made.closes_at, made.team_min) == ("女鞋", closes_at, 1)
    row = {"rows-0-title_zh": "x", "rows-0-weight": "1"}
    assert client.post(bench(made, "rubric/"), data=row).location == bench(made)
    assert made.rubric_id == rubric


def test_the_bench_shows_the_teams(client, sign_in, cast):
    made = factories.contest(cast)
    factories.handed_in(factories.team(made, "远帆", cast.student, cast.university))
    factories.team(made, "逐浪", cast.other_student, cast.other_university)
    sign_in(cast.coordinator)
    found = page(client, bench(made), language="en")
    assert [row[1] for row in found.rows("table")] == ["Team", "远帆", "逐浪"]
    assert found.rows("table")[2][4] == "not yet"
    assert "1 of 2 teams have handed in" in found.text


def test_twenty_teams_cost_the_bench_as_many_statements_as_one(client, sign_in, cast, db, statements):
    made = factories.contest(cast)
    factories.team(made, "0", cast.student, cast.university)
    sign_in(cast.coordinator)
    page(client, bench(made))
    with statements() as few:
        page(client, bench(made))
    for number in range(1, 20):
        factories.team(made, str(number), factories.student(f"s{number}", cast.university), cast.university)
    db.session.commit()
    with statements() as many:
        page(client, bench(made))
    assert len(many) == len(few)


@pytest.mark.parametrize("more", ["", "edit/", "rubric/", "judges/", "results/"])
def test_other_organisers_and_students_find_nothing(client, sign_in, cast, more):
    made = factories.contest(cast, opened=False)
    for stranger in (cast.other_coordinator, cast.student, cast.recruiter, cast.judges[0]):
        sign_in(stranger)
        page(client, bench(made, more), status=404)
        elsewhere = f"/organisations/other-university/competitions/{made.id}/{more}"
        page(client, elsewhere, status=404)


@pytest.mark.parametrize("more", ["opening/", "assignment/", "judging/", "publication/", "judges/"])
def test_nobody_else_acts_for_the_organiser(client, sign_in, cast, more):
    made = factories.contest(cast, opened=False)
    sign_in(cast.other_coordinator)
    assert client.post(bench(made, more)).status_code == 404
    assert client.post(f"/organisations/other-university/competitions/{made.id}/{more}").status_code == 404


def test_who_is_signed_out_is_sent_to_sign_in(client, cast):
    made = factories.contest(cast)
    for path in (LIST, bench(made), "/judging/", "/teams/1/"):
        assert client.get(path).location.startswith("/sign-in/")


def test_the_list_begins_with_how_to_begin(client, sign_in, cast):
    sign_in(cast.coordinator)
    found = page(client, LIST, language="en")
    assert found.words(".empty h2") == ["No competition yet"]
    assert found.links["New competition"] == LIST + "new/"


def test_beijing_time_is_what_an_organiser_enters(cast):
    from competitions.forms import call_values

    made = factories.contest(cast, opened=False)
    assert call_values(made)["opens_at"] == made.opens_at.astimezone(ZONE).replace(tzinfo=None)
    assert made.opens_at < utcnow() < made.opens_at + timedelta(days=11)
