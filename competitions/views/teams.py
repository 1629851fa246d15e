"""Teams: enter, join, leave, hand in, and the team's own page."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app import files
from app.accounts.guards import authorize, roles, signed_in
from app.accounts.models import Organisation, Role
from app.assessment import queries as assessment
from app.clock import received, today
from app.db import db
from competitions import policies, queries
from competitions.forms import HandInForm
from competitions.models import Team
from competitions.services import teams as services

bp = Blueprint("teams", __name__)
LONGEST_NAME = 60


@bp.route("/competitions/<int:competition_id>/teams/", methods=["POST"])
@roles(Role.STUDENT)
def new(competition_id: int) -> Response:
    """Enter a team; whoever does is its captain."""
    competition = queries.competition_page(competition_id) or abort(404)
    authorize(policies.may_see, competition)
    university = university_of_student()
    name = request.form.get("name", "").strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        flash(_("A team needs a name of 1 to 60 characters."), "error")
        return redirect(url_for("competitions.contests.show", competition_id=competition_id), 303)
    team = services.enter(competition, name, current_user, university.id, received())
    db.session.commit()
    return redirect(url_for(".show", team_id=team.id), 303)


@bp.route("/teams/join/<token>/", methods=["GET", "POST"])
@roles(Role.STUDENT)
def join(token: str) -> Any:
    """Where a join link leads: who invites, and one button."""
    university_of_student()
    team = services.team_of_token(token)
    if request.method == "POST":
        services.join(team, current_user, received())
        db.session.commit()
        return redirect(url_for(".show", team_id=team.id), 303)
    if policies.is_member(current_user, team):
        return redirect(url_for(".show", team_id=team.id), 303)
    return render_template("competitions/teams/join.html", team=team, token=token, now=received())


@bp.route("/teams/<int:team_id>/")
@signed_in
def show(team_id: int) -> str:
    """The team's own page: members, hand-ins, what is still to do."""
    team = own_team(team_id)
    now = received()
    return render_template(
        "competitions/teams/show.html",
        team=team,
        competition=team.competition,
        versions=assessment.hand_ins_of(queries.TEAM, team.id),
        form=HandInForm(),
        join_url=url_for(".join", token=services.join_token(team), _external=True),
        is_captain=team.captain_id == current_user.id,
        is_open=team.competition.takes_entries(now),
        now=now,
    )


@bp.route("/teams/<int:team_id>/link/", methods=["POST"])
@signed_in
def renew_link(team_id: int) -> Response:
    """A new join link, by the captain."""
    team = own_team(team_id)
    if team.captain_id != current_user.id:
        abort(404)
    services.renew_link(team)
    db.session.commit()
    flash(_("The link before leads nowhere any more."), "success")
    return redirect(url_for(".show", team_id=team_id, _anchor="members"), 303)


@bp.route("/teams/<int:team_id>/membership/deletion/", methods=["POST"])
@signed_in
def leave(team_id: int) -> Response:
    """Leave the team."""
    team = own_team(team_id)
    competition_id = team.competition_id
    goes_on = services.leave(team, current_user, received())
    db.session.commit()
    flash(_("You have left the team.") if goes_on else _("You have left; the team had no other member and is gone."))
    return redirect(url_for("competitions.contests.show", competition_id=competition_id), 303)


@bp.route("/teams/<int:team_id>/hand-ins/", methods=["POST"])
@signed_in
def hand_in(team_id: int) -> Any:
    """Hand in a version. Whoever reads the receipt can rely on it: it is written after the commit."""
    team = own_team(team_id)
    form = HandInForm()
    if not form.validate_on_submit():
        flash(_("Choose a file, then hand it in."), "error")
        return redirect(url_for(".show", team_id=team_id, _anchor="hand-in"), 303)
    upload = form.file.data
    services.hand_in(
        team, current_user, upload.stream, upload.filename or "", (form.note.data or "").strip(), received()
    )
    db.session.commit()
    flash(_("Handed in. The receipt stands beside the version."), "success")
    return redirect(url_for(".show", team_id=team_id, _anchor="versions"), 303)


@bp.route("/teams/<int:team_id>/hand-ins/<int:number>/file/")
@signed_in
def download(team_id: int, number: int) -> Response:
    """One of the team's own versions."""
    team = own_team(team_id)
    version = queries.hand_in_of(team.id, number) or abort(404)
    return files.download(version.file)


def own_team(team_id: int) -> Team:
    """A team of which the signed-in person is a member; else 404."""
    team = queries.team_page(team_id) or abort(404)
    authorize(policies.is_member, team)
    return team


def university_of_student() -> Organisation:
    """Where the signed-in person studies today; else 404."""
    for membership in current_user.current(today()):
        if membership.role is Role.STUDENT:
            found: Organisation = membership.organisation
            return found
    abort(404)
