"""Publication: progress, one ranking, evidence for every member, and a file from which anyone can rank again."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from app.audit import AuditEntry
from app.db import utcnow
from app.skills.models import AssessorKind, Evidence, SkillEstimate, SourceKind
from competitions import queries
from competitions.models import Result
from competitions.services import judging, results
from tests.competitions import factories
from tests.page import page, submit


def bench(made, more="results/"):
    return f"/organisations/demo-university/competitions/{made.id}/{more}"


def ranking(made):
    return [(row.place, row.team.name) for row in queries.results_page(made.id, 1, 100)]


def strict(cast):
    """One judge is much stricter, one much milder than the third."""
    return {cast.judges[0].id: 16, cast.judges[1].id: -8, cast.judges[2].id: 0}


def uneven(cast):
    """Six judges for four entries, so that each entry has met others; severities by person."""
    made = factories.closed(cast, entries=8)
    more = [factories.judge(f"more {number}", cast.government) for number in range(3)]
    for person in more:
        judging.add_judge(made, person, made.opens_at, None)
    now = made.closes_at + timedelta(days=1)
    judging.assign(made, "seven", now, now.date(), None)
    judging.start(made, now, None)
    return factories.marked(made, {**strict(cast), more[0].id: 20, more[1].id: -6, more[2].id: 4})


# Publication


def test_publication_ranks_and_two_clicks_publish_once(client, sign_in, cast, db):
    made = factories.marked(factories.being_judged(cast))
    sign_in(cast.coordinator)
    form = page(client, bench(made))
    for _ in range(2):
        assert submit(client, form, form="aside form").location == f"/competitions/{made.id}/ranking/"
    assert ranking(made) == [(1, "Team 1"), (2, "Team 2"), (3, "Team 3"), (4, "Team 4")]
    acts = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "competition.publish")).all()
    assert len(acts) == 1
    assert db.session.scalar(db.select(db.func.count(Evidence.id))) == 4 * 2


def test_nothing_is_published_while_a_judge_is_at_work_unless_absence_is_acknowledged(client, sign_in, cast):
    made = factories.marked(factories.being_judged(cast))
    open_ = next(row for row in queries.assignments_in(made.id) if row.team.number == 2)
    judging.take_back(open_, open_.judge.person)
    sign_in(cast.coordinator)
    answer = client.post(bench(made, "publication/"), headers={"Accept": "application/json"})
    assert answer.json["error"] == "JudgingUnfinished"
    assert not made.is_published
    form = page(client, bench(made), language="en")
    assert "One assignment is not finished" in form.text
    submit(client, form, form="aside form", absent="acknowledged")
    assert made.record["absent"] == 1
    criteria = queries.result_of(made.id, 2).criteria
    assert sorted(criteria["C1"]["marks"].values()).count("") == 1
    assert queries.result_of(made.id, 2).total is not None


def test_a_draft_or_an_open_competition_has_nothing_to_publish(cast):
    for made in (factories.contest(cast, opened=False), factories.contest(cast), factories.closed(cast)):
        with pytest.raises(results.NotBeingJudged):
            results.publish(made, utcnow(), None)


def test_an_entry_that_no_judge_finished_stands_last_without_a_place(cast):
    made = factories.marked(factories.being_judged(cast))
    for row in queries.assignments_in(made.id):
        if row.team.number == 1:
            judging.take_back(row, row.judge.person)
    results.publish(made, utcnow(), None, absent_acknowledged=True)
    assert ranking(made) == [(1, "Team 2"), (2, "Team 3"), (3, "Team 4"), (None, "Team 1")]


def test_severity_is_corrected_and_the_raw_total_stands_beside_it(cast):
    made = uneven(cast)
    results.publish(made, utcnow(), None)
    rows = queries.results_page(made.id, 1, 100)
    assert made.record["corrected"] is True
    assert [row.team.number for row in rows] == list(range(1, 9))
    raw = [row.team.number for row in sorted(rows, key=lambda row: -row.raw)]
    assert raw != list(range(1, 9))
    assert all(row.sd is not None and row.sd > 0 for row in rows)
    severities = sorted(Decimal(judge["severity"]) for judge in made.record["judges"])
    assert severities[-1] - severities[0] > 15


@pytest.mark.parametrize("method", ["mean", "trimmed", "mixed"])
def test_anyone_ranks_again_from_the_file_with_the_command(client, cast, runner_rank, method):
    made = uneven(cast)
    made.method = type(made.method)(method)
    results.publish(made, utcnow(), None)
    answer = client.get(f"/competitions/{made.id}/ranking/marks.csv")
    assert answer.mimetype == "text/csv"
    again = runner_rank(answer.get_data(as_text=True), method, "C1=0.6,C2=0.4")
    published = queries.results_page(made.id, 1, 100)
    assert [(int(row["rank"]), int(row["entry"])) for row in again] == [
        (result.place, result.team.number) for result in published
    ]
    assert [Decimal(row["total"]) for row in again] == [result.total for result in published]


@pytest.fixture
def runner_rank(app, tmp_path):
    """The rows that `flask competitions rank` prints for a text of marks."""

    def rank(text, method, weights):
        file = tmp_path / "marks.csv"
        file.write_text(text)
        command = ["competitions", "rank", str(file), "--method", method, "--weights", weights]
        outcome = app.test_cli_runner().invoke(args=command)
        assert outcome.exit_code == 0, outcome.output
        return list(csv.DictReader(io.StringIO(outcome.stdout)))

    return rank


# Evidence


def test_every_member_has_evidence_for_each_criterion_with_a_skill(cast, db):
    made = factories.contest(cast, opens=-20, closes=-10)
    mate = factories.student("mate", cast.university)
    team = factories.team(made, "远帆", cast.student, cast.university, mate)
    factories.handed_in(team)
    for person in cast.judges:
        judging.add_judge(made, person, made.opens_at, None)
    now = made.closes_at + timedelta(days=1)
    judging.assign(made, "seven", now, now.date(), None)
    judging.start(made, now, None)
    factories.marked(made)
    results.publish(made, utcnow(), cast.coordinator.id)
    rows = db.session.scalars(db.select(Evidence).order_by(Evidence.person_id, Evidence.skill_code)).all()
    assert [(row.person_id, row.skill_code, row.level_aimed) for row in rows] == [
        (person.id, skill, level) for person in (cast.student, mate) for skill, level in (("CC04", 2), ("MR01", 3))
    ]
    for row in rows:
        assert (row.source_kind, row.source_id) == (SourceKind.COMPETITION_CRITERION, team.id)
        assert row.assessor_kind is AssessorKind.JUDGE
        assert row.organisation_id == cast.university.id
        assert row.observed_at == team.handed_in_at
    marks = [Decimal(mark) for mark in queries.result_of(made.id, 1).criteria["C1"]["marks"].values()]
    # One entry: nothing to correct with, so the share is the mean of the marks, to two decimals.
    assert rows[0].score == (sum(marks) / 3).quantize(Decimal("0.01")) / 100
    assert db.session.get(SkillEstimate, (cast.student.id, "MR01")) is not None


def test_evidence_makes_up_for_the_severity_of_the_judges_an_entry_met(cast, db):
    made = uneven(cast)
    results.publish(made, utcnow(), None)
    rows = db.session.scalars(db.select(Evidence).where(Evidence.skill_code == "MR01")).all()
    scores = {row.source_id: row.score for row in rows}
    numbers = {team.id: team.number for team in queries.entries_of(made.id)}
    by_number = [scores[team] for team in sorted(numbers, key=numbers.get)]
    assert by_number == sorted(by_number, reverse=True)
    severity = {judge["name"]: Decimal(judge["severity"]) for judge in made.record["judges"]}
    for result in queries.results_page(made.id, 1, 100):
        marks = result.criteria["C1"]["marks"]
        lift = sum(severity[judge] for judge in marks) / len(marks)
        expected = (Decimal(result.criteria["C1"]["mean"]) + lift) / 100
        assert abs(scores[result.team_id] - expected) < Decimal("0.00001")


# Pages


def test_the_ranking_shows_total_with_uncertainty_raw_and_means(client, cast):
    made = uneven(cast)
    results.publish(made, utcnow(), None)
    found = page(client, f"/competitions/{made.id}/ranking/", language="en")
    head, first = found.rows("table[data-keys]")[:2]
    assert head == ["Rank", "Team", "Total", "Raw", "C1", "C2"]
    assert first[0] == "1"
    assert "Team 1" in first[1]
    assert "±" in first[2]
    assert found.h1 == "Team 1 comes first among 8 entries"
    assert [row[0] for row in found.rows("#judges table")[1:]] == ["J1", "J2", "J3", "J4", "J5", "J6"]


def test_why_nothing_was_corrected_stands_on_the_page(client, cast):
    made = factories.published(cast, entries=3, judges_per_entry=1)
    found = page(client, f"/competitions/{made.id}/ranking/", language="en")
    assert "Not corrected: judges and entries fall into groups that share no mark" in found.text


def test_names_of_judges_and_members_are_not_on_public_pages(client, cast):
    made = factories.published(cast)
    for path in ("", "ranking/", "ranking/1/", "ranking/marks.csv"):
        text = client.get(f"/competitions/{made.id}/{path}").get_data(as_text=True)
        for person in (cast.student, *cast.judges):
            assert person.name not in text
            assert person.email not in text


def test_who_is_signed_in_sees_the_members_of_a_team(client, sign_in, cast):
    made = factories.published(cast)
    sign_in(cast.official)
    assert cast.student.name in page(client, f"/competitions/{made.id}/ranking/1/").text


def test_a_team_reads_the_comments_on_its_own_entry_and_nobody_else_does(client, client_of, cast):
    made = factories.published(cast)
    path = f"/competitions/{made.id}/ranking/1/"
    own = page(client_of(cast.student), path, language="en")
    assert own.words("blockquote").count("J1 : to 1") == 2
    assert "J1: 8" in own.text
    for reader in (client, client_of(cast.other_student), client_of(cast.judges[0])):
        other = page(reader, path, language="en")
        assert not other.select("blockquote")
        assert "J1: 8" in other.text


def test_a_page_of_twenty_five_costs_as_many_statements_as_one_of_one(client, sign_in, cast, db, statements):
    made = factories.published(cast, entries=1)
    many = factories.published(cast, entries=1, title_en="many")
    first = queries.results_page(many.id, 1, 1)[0]
    for number in range(2, 61):
        person = factories.student(f"s{number}", cast.university)
        team = factories.Team(
            competition_id=many.id,
            number=number,
            name=f"Team {number}",
            organisation_id=cast.university.id,
            captain_id=person.id,
            join_code=f"code-{number}",
            entered_at=many.opens_at,
        )
        db.session.add(team)
        db.session.flush()
        db.session.add(
            Result(
                team_id=team.id,
                competition_id=many.id,
                position=number,
                place=number,
                total=first.total,
                raw=first.raw,
                sd=None,
                note="",
                criteria=first.criteria,
            )
        )
    many.record = {**many.record, "entries": 60}
    sign_in(cast.student)
    short, long = f"/competitions/{made.id}/ranking/", f"/competitions/{many.id}/ranking/"
    page(client, long)
    with statements() as few:
        page(client, short)
    with statements() as more:
        last = page(client, f"{long}?page=3", language="en")
    assert len(more) == len(few) <= 4
    assert last.h1 == "Places 51 to 60 of 60"
    assert len(last.select("table[data-keys] tbody tr")) == 10
    assert page(client, f"{long}?page=99", language="en").h1 == last.h1


def test_the_organiser_sees_how_far_each_judge_is_and_what_the_ranking_would_be(client, sign_in, cast):
    made = factories.being_judged(cast)
    own = [row for row in queries.assignments_in(made.id) if row.judge.person_id == cast.judges[0].id]
    rubric = queries.rubric_with_rows(made.rubric_id)
    for row in own[:3]:
        values = {criterion.id: (Decimal(50 + row.team.number), "") for criterion in rubric.rows}
        judging.mark(row, rubric, cast.judges[0], values, utcnow())
        judging.finish(row, rubric, cast.judges[0], utcnow())
    sign_in(cast.coordinator)
    found = page(client, bench(made), language="en")
    assert found.h1 == "6 of 24 marks are in"
    assert found.rows("#progress table")[1][1:4] == ["3 of 4", "6", "8"]
    assert [row[1].split(" #")[0] for row in found.rows("#ranking table")[1:]] == [
        "Team 3", "Team 2", "Team 1", "Team 4",
    ]  # fmt: skip
    assert "there was a single judge" in found.text
