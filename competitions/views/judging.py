"""A judge's own pages: what there is to mark, and marking one entry that has a number instead of a name."""

from pathlib import PurePath
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app import files
from app.accounts.guards import authorize, roles
from app.accounts.models import Role
from app.assessment import queries as assessment
from app.assessment.models import HandIn, Rubric
from app.clock import microseconds, moment_of, received, revision
from app.db import db
from app.errors import Refused, wants_json
from app.ui.filters import moment_iso, moment_text
from competitions import policies, queries
from competitions.forms import marks_form, marks_given, marks_values
from competitions.models import Assignment, Competition
from competitions.services import judging as services

bp = Blueprint("judging", __name__, url_prefix="/judging")


class MarkUnreadable(Refused):
    """A mark that is no number, or not between 0 and the most; the sentence names the criterion."""


@bp.route("/")
@roles(Role.JUDGE)
def index() -> str:
    """Own assignments, by competition."""
    assignments = queries.assignments_of(current_user.id)
    by_competition: dict[int, list[Assignment]] = {}
    for assignment in assignments:
        by_competition.setdefault(assignment.judge.competition_id, []).append(assignment)
    return render_template(
        "competitions/judging/index.html", groups=list(by_competition.values()), finished=finished, now=received()
    )


@bp.route("/<int:assignment_id>/")
@roles(Role.JUDGE)
def show(assignment_id: int) -> str:
    """One entry: its file, the criteria, own marks."""
    assignment, competition, rubric = assignment_for(assignment_id)
    given = assessment.marks_by(queries.TEAM, assignment.team_id, current_user)
    form = marks_form(rubric.rows)(data=marks_values(rubric.rows, given))
    return page(assignment, competition, rubric, form)


@bp.route("/<int:assignment_id>/marks/", methods=["POST"])
@roles(Role.JUDGE)
def save(assignment_id: int) -> Any:
    """Save what is there, empty marks too: with script a receipt as JSON; the button "finish" finishes at once."""
    assignment, competition, rubric = assignment_for(assignment_id)
    form = marks_form(rubric.rows)()
    if not form.validate():
        if wants_json():
            raise MarkUnreadable(first_error(form, rubric))
        return page(assignment, competition, rubric, form), 422
    now = moment_of(revision())
    services.mark(assignment, rubric, current_user, marks_given(form, rubric.rows), now)
    db.session.commit()
    if wants_json():
        return jsonify(saved_at=moment_iso(now), receipt=_("Saved %(time)s", time=moment_text(now, "clock")))
    flash(_("Saved %(time)s", time=moment_text(now, "clock")), "success")
    return redirect(url_for(".show", assignment_id=assignment_id), 303)


@bp.route("/<int:assignment_id>/finish/", methods=["POST"])
@roles(Role.JUDGE)
def finish(assignment_id: int) -> Any:
    """Save and let the marks count; the next entry follows."""
    assignment, competition, rubric = assignment_for(assignment_id)
    form = marks_form(rubric.rows)()
    if not form.validate():
        return page(assignment, competition, rubric, form), 422
    now = received()
    if assignment.finished_at is None:
        services.mark(assignment, rubric, current_user, marks_given(form, rubric.rows), now)
        db.session.commit()  # what was given stays given, though it may be too little to finish
        services.finish(assignment, rubric, current_user, now)
        db.session.commit()
    following, _left = queries.next_of(assignment)
    flash(_("Entry %(number)s is finished.", number=assignment.team.number), "success")
    return redirect(url_for(".show", assignment_id=following) if following else url_for(".index"), 303)


@bp.route("/<int:assignment_id>/finish/deletion/", methods=["POST"])
@roles(Role.JUDGE)
def take_back(assignment_id: int) -> Response:
    """Open a finished entry again."""
    assignment, _competition, _rubric = assignment_for(assignment_id)
    services.take_back(assignment, current_user)
    db.session.commit()
    return redirect(url_for(".show", assignment_id=assignment_id), 303)


@bp.route("/<int:assignment_id>/conflict/", methods=["POST"])
@roles(Role.JUDGE)
def conflict(assignment_id: int) -> Response:
    """Give an entry back."""
    assignment, _competition, _rubric = assignment_for(assignment_id)
    number = assignment.team.number
    services.declare_conflict(assignment, current_user)
    db.session.commit()
    flash(_("Entry %(number)s goes to another judge. Thank you for saying so.", number=number), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/<int:assignment_id>/file/")
@roles(Role.JUDGE)
def download(assignment_id: int) -> Response:
    """The entry's file under a name that does not tell whose it is."""
    assignment, _competition, _rubric = assignment_for(assignment_id)
    work = entry_of(assignment) or abort(404)
    response = files.download(work.file)
    name = f"entry-{assignment.team.number}{PurePath(work.file.name).suffix.lower()}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def finished(assignments: list[Assignment]) -> list[tuple[int, int]]:
    """The finished ones for the page's script: a device need not keep marks for them any longer."""
    return [(one.id, 0) for one in assignments if one.finished_at is not None]


def assignment_for(assignment_id: int) -> tuple[Assignment, Competition, Rubric]:
    """One of the signed-in judge's own assignments, its competition and rubric; else 404."""
    assignment = queries.assignment_page(assignment_id) or abort(404)
    competition = assignment.judge.competition
    authorize(policies.may_mark, assignment, competition)
    return assignment, competition, queries.rubric_with_rows(competition.rubric_id or abort(404))


def entry_of(assignment: Assignment) -> HandIn | None:
    """The newest version that the team handed in."""
    return assessment.newest_hand_ins(queries.TEAM, [assignment.team_id]).get(assignment.team_id)


def page(assignment: Assignment, competition: Competition, rubric: Rubric, form: FlaskForm) -> str:
    """The page of one entry."""
    following, left = queries.next_of(assignment)
    given = assessment.marks_by(queries.TEAM, assignment.team_id, current_user)
    saved_at = max((mark.saved_at for mark in given), default=None)
    return render_template(
        "competitions/judging/show.html",
        assignment=assignment,
        competition=competition,
        rubric=rubric,
        form=form,
        work=entry_of(assignment),
        saved_at=saved_at,
        revision=microseconds(saved_at) if saved_at else 0,
        now=received(),
        is_open=not competition.is_published and assignment.finished_at is None,
        following=following,
        left=left,
    )


def first_error(form: FlaskForm, rubric: Rubric) -> str:
    """The first thing that is wrong, with the criterion that it is about."""
    for number, row in enumerate(rubric.rows, start=1):
        for field in (form[f"mark_{row.id}"], form[f"comment_{row.id}"]):
            if field.errors:
                return f"{number}. {field.errors[0]}"
    return _("This form was open too long or in another session. Please send it again.")
