"""Teams: entering, joining, leaving, handing in; every border from both sides."""

import hashlib
import io
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.accounts import services as people
from app.accounts.models import Role
from app.assessment import queries as assessment
from app.clock import today
from app.db import utcnow
from competitions import queries
from competitions.models import Team, TeamMember
from competitions.services import teams as services
from tests.competitions import factories
from tests.page import page, submit

MOMENT = timedelta(microseconds=1)


def count(db, what):
    return db.session.scalar(db.select(db.func.count()).select_from(what))


def receipt(client, team, text=b"# plan", name="plan.md", **more):
    data = {"file": (io.BytesIO(text), name), **more}
    return client.post(f"/teams/{team.id}/hand-ins/", data=data, content_type="multipart/form-data")


# Entering


def test_who_enters_is_captain_and_two_clicks_enter_once(client, sign_in, cast, db):
    made = factories.contest(cast)
    sign_in(cast.student)
    form = page(client, f"/competitions/{made.id}/")
    first = submit(client, form, name="  远帆   小队 ")
    second = submit(client, form, name="远帆 小队")
    team = db.session.scalars(db.select(Team)).one()
    assert first.location == second.location == f"/teams/{team.id}/"
    assert (team.number, team.name, team.captain_id) == (1, "远帆 小队", cast.student.id)
    assert [member.person_id for member in team.members] == [cast.student.id]


def test_nobody_has_two_teams_in_one_competition(cast):
    made = factories.contest(cast)
    factories.team(made, "one", cast.student, cast.university)
    with pytest.raises(services.AlreadyInTeam):
        factories.team(made, "two", cast.student, cast.university)


def test_the_database_itself_refuses_a_second_team(cast, db):
    made = factories.contest(cast)
    factories.team(made, "one", cast.student, cast.university)
    other = factories.team(made, "two", cast.other_student, cast.other_university)
    db.session.add(TeamMember(team_id=other.id, competition_id=made.id, person_id=cast.student.id, joined_at=utcnow()))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_in_another_competition_one_may_have_another_team(cast, db):
    for number in range(2):
        factories.team(factories.contest(cast), f"team {number}", cast.student, cast.university)
    assert count(db, Team) == 2


def test_two_teams_do_not_share_a_name(cast):
    made = factories.contest(cast)
    factories.team(made, "one", cast.student, cast.university)
    with pytest.raises(services.TeamNameTaken):
        factories.team(made, "one", cast.other_student, cast.other_university)


def test_teams_enter_from_the_opening_to_the_deadline(cast):
    made = factories.contest(cast)
    for number, at in enumerate((made.opens_at, made.closes_at - MOMENT)):
        services.enter(made, f"t{number}", factories.student(f"s{number}", cast.university), cast.university.id, at)
    for at in (made.opens_at - MOMENT, made.closes_at):
        with pytest.raises(services.EntriesClosed):
            services.enter(made, "late", cast.student, cast.university.id, at)


def test_only_students_enter(client, sign_in, cast, db):
    made = factories.contest(cast)
    sign_in(cast.recruiter)
    assert client.post(f"/competitions/{made.id}/teams/", data={"name": "x"}).status_code == 404
    assert count(db, Team) == 0


def test_a_team_without_a_name_is_not_entered(client, sign_in, cast, db):
    made = factories.contest(cast)
    sign_in(cast.student)
    client.post(f"/competitions/{made.id}/teams/", data={"name": "  "})
    client.post(f"/competitions/{made.id}/teams/", data={"name": "x" * 61})
    assert count(db, Team) == 0


# Joining


def test_a_member_joins_by_the_link_and_two_clicks_join_once(client, sign_in, cast):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university)
    sign_in(cast.student)
    link = page(client, f"/teams/{team.id}/").one("#join-link").attributes["value"].removeprefix("http://localhost")
    sign_in(cast.other_student)
    invitation = page(client, link, language="en")
    assert invitation.h1 == "“远帆” invites you to take part"
    assert submit(client, invitation, form="main form.button-form").location == f"/teams/{team.id}/"
    assert client.post(link).location == f"/teams/{team.id}/"
    assert [member.person_id for member in team.members] == [cast.student.id, cast.other_student.id]
    assert client.get(link).location == f"/teams/{team.id}/"


def test_a_link_that_leads_nowhere_says_so(client, sign_in, cast):
    sign_in(cast.student)
    assert "does not lead to a team" in page(client, "/teams/join/nonsense/", language="en", status=409).text


def test_a_new_link_ends_the_one_before(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    before = services.join_token(team)
    sign_in(cast.student)
    client.post(f"/teams/{team.id}/link/")
    with pytest.raises(services.JoinLinkOver):
        services.team_of_token(before)
    assert services.team_of_token(services.join_token(team)).id == team.id


def test_only_the_captain_renews_the_link(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university, cast.other_student)
    code = team.join_code
    sign_in(cast.other_student)
    assert client.post(f"/teams/{team.id}/link/").status_code == 404
    assert team.join_code == code


def test_the_largest_team_is_as_large_as_the_rules_say(cast):
    made = factories.contest(cast, team_max=2)
    team = factories.team(made, "远帆", cast.student, cast.university, cast.other_student)
    with pytest.raises(services.TeamFull):
        services.join(team, factories.student("third", cast.university), utcnow())
    services.join(team, cast.other_student, utcnow())
    assert len(team.members) == 2


def test_who_is_in_another_team_does_not_join(cast):
    made = factories.contest(cast)
    one = factories.team(made, "one", cast.student, cast.university)
    factories.team(made, "two", cast.other_student, cast.other_university)
    with pytest.raises(services.AlreadyInTeam):
        services.join(one, cast.other_student, utcnow())


def test_nobody_joins_after_the_deadline(cast):
    made = factories.contest(cast)
    team = factories.team(made, "one", cast.student, cast.university)
    with pytest.raises(services.EntriesClosed):
        services.join(team, cast.other_student, made.closes_at)


# Leaving


def test_the_captains_part_passes_on(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university, cast.other_student)
    sign_in(cast.student)
    client.post(f"/teams/{team.id}/membership/deletion/")
    assert team.captain_id == cast.other_student.id
    page(client, f"/teams/{team.id}/", status=404)


def test_the_last_one_out_dissolves_the_team(cast, db):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university)
    assert services.leave(team, cast.student, utcnow()) is False
    assert count(db, Team) == count(db, TeamMember) == 0
    factories.team(made, "远帆", cast.student, cast.university)


def test_a_team_that_has_handed_in_keeps_its_smallest_size(cast):
    made = factories.contest(cast, team_min=2)
    third = factories.student("third", cast.university)
    team = factories.team(made, "远帆", cast.student, cast.university, cast.other_student, third)
    factories.handed_in(team)
    assert services.leave(team, third, utcnow())
    with pytest.raises(services.TeamNeedsYou):
        services.leave(team, cast.other_student, utcnow())


def test_nobody_leaves_after_the_deadline(cast):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university, cast.other_student)
    with pytest.raises(services.EntriesClosed):
        services.leave(team, cast.student, made.closes_at)


# Handing in


def test_a_hand_in_has_a_receipt_with_digest_and_moment(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    sign_in(cast.student)
    assert receipt(client, team, note="读第三章").status_code == 303
    version = assessment.hand_ins_of(queries.TEAM, team.id)[0]
    assert version.file.sha256 == hashlib.sha256(b"# plan").hexdigest()
    assert team.handed_in_at == version.received_at
    assert abs(utcnow() - version.received_at) < timedelta(minutes=1)
    shown = page(client, f"/teams/{team.id}/", language="en")
    assert version.file.sha256[:16] in shown.text
    assert version.receipt[:16] in shown.text
    assert "读第三章" in shown.text


def test_the_same_file_sent_twice_is_one_version_and_a_new_one_counts(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    sign_in(cast.student)
    for text in (b"one", b"one", b"two"):
        receipt(client, team, text)
    versions = assessment.hand_ins_of(queries.TEAM, team.id)
    assert [version.number for version in versions] == [2, 1]
    assert assessment.newest_hand_ins(queries.TEAM, [team.id])[team.id].number == 2


def test_the_window_for_hand_ins_is_half_open(cast):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university)
    factories.handed_in(team, "last", made.closes_at - MOMENT)
    for at in (made.opens_at - MOMENT, made.closes_at):
        with pytest.raises(services.EntriesClosed):
            factories.handed_in(team, "late", at)
    assert team.handed_in_at == made.closes_at - MOMENT


def test_the_moment_is_noted_when_the_whole_request_is_there_and_before_the_database_is_asked(
    client, sign_in, cast, monkeypatch
):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university)
    sign_in(cast.student)
    steps = []

    def clock():
        steps.append("clock")
        return made.closes_at - MOMENT

    from app.accounts import queries as accounts

    asked = accounts.person_with_memberships
    monkeypatch.setattr("app.clock.utcnow", clock)
    monkeypatch.setattr(accounts, "person_with_memberships", lambda key: steps.append("database") or asked(key))
    assert receipt(client, team).status_code == 303
    assert steps == ["clock", "database"]
    assert team.handed_in_at == made.closes_at - MOMENT


def test_a_late_hand_in_is_refused_and_nothing_is_kept(client, sign_in, cast, monkeypatch):
    made = factories.contest(cast)
    team = factories.team(made, "远帆", cast.student, cast.university)
    sign_in(cast.student)
    monkeypatch.setattr("app.clock.utcnow", lambda: made.closes_at)
    receipt(client, team)
    assert team.handed_in_at is None
    assert assessment.hand_ins_of(queries.TEAM, team.id) == []


def test_a_team_that_is_too_small_does_not_hand_in(client, sign_in, cast):
    made = factories.contest(cast, team_min=2)
    team = factories.team(made, "远帆", cast.student, cast.university)
    sign_in(cast.student)
    assert not page(client, f"/teams/{team.id}/").select("[type=file]")
    receipt(client, team)
    assert team.handed_in_at is None
    services.join(team, cast.other_student, utcnow())
    receipt(client, team)
    assert team.handed_in_at is not None


@pytest.mark.parametrize(("text", "name"), [(b"", "plan.md"), (b"MZ", "plan.exe"), (b"no pdf", "plan.pdf")])
def test_a_file_that_is_none_is_refused(client, sign_in, cast, text, name):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    sign_in(cast.student)
    assert receipt(client, team, text, name).status_code == 303
    assert team.handed_in_at is None


def test_without_a_file_nothing_is_handed_in(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    sign_in(cast.student)
    client.post(f"/teams/{team.id}/hand-ins/", data={"note": "x"})
    assert team.handed_in_at is None


def test_members_get_their_versions_back_and_nobody_else_does(client, client_of, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    factories.handed_in(team, "# 计划")
    path = f"/teams/{team.id}/hand-ins/1/file/"
    own = client_of(cast.student)
    answer = own.get(path)
    assert answer.get_data(as_text=True) == "# 计划"
    assert answer.headers["Content-Disposition"].endswith("filename=our-plan.md")
    answer.close()
    assert own.get(f"/teams/{team.id}/hand-ins/2/file/").status_code == 404
    for stranger in (cast.other_student, cast.coordinator, cast.judges[0], cast.official):
        other = client_of(stranger)
        assert other.get(path).status_code == 404
        assert other.get(f"/teams/{team.id}/").status_code == 404
        assert receipt(other, team).status_code == 404
        assert other.post(f"/teams/{team.id}/membership/deletion/").status_code == 404
    assert client.get(path).location.startswith("/sign-in/")


def test_who_no_longer_studies_does_not_join(client, sign_in, cast):
    team = factories.team(factories.contest(cast), "远帆", cast.student, cast.university)
    graduate = factories.student("graduate", cast.university)
    people.join(graduate, cast.enterprise, Role.MENTOR, today())
    from app.accounts import queries as accounts

    left = accounts.memberships_in(cast.university.id, Role.STUDENT, [graduate.id])[graduate.id]
    left.left_on = today()
    sign_in(graduate)
    assert client.post(f"/teams/join/{services.join_token(team)}/").status_code == 404
    assert len(team.members) == 1
