"""The organiser's view of judging: how far it is, what the ranking would be now, and publication."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.clock import received
from app.db import db, paged
from competitions import queries
from competitions.models import Competition
from competitions.policies import ORGANISERS
from competitions.services import results as services
from competitions.services.results import Standing
from competitions.views.office import competition_for
from competitions.views.rankings import written

bp = Blueprint("results", __name__, url_prefix="/organisations/<slug>/competitions/<int:competition_id>")


@dataclass(frozen=True)
class Work:
    """How far a judge is: entries finished and due, marks in and due."""

    row: queries.JudgeRow
    marks_in: int
    marks_due: int


@bp.route("/results/")
@roles(*ORGANISERS)
def show(slug: str, competition_id: int) -> str:
    """Progress per judge, and the ranking as finished marks give it now."""
    organisation, competition = competition_for(slug, competition_id)
    rubric = queries.rubric_with_rows(competition.rubric_id) if competition.rubric_id else None
    standing: Standing | None = None
    if rubric is not None and not competition.is_draft and not competition.is_published:
        standing = services.standing(competition, rubric)
    work = work_of(competition, len(rubric.rows) if rubric else 0)
    return render_template(
        "competitions/results/show.html",
        organisation=organisation,
        competition=competition,
        standing=standing,
        page=paged(list(standing.ranking.rows), 25) if standing else None,
        work=work,
        marks_in=sum(judge.marks_in for judge in work),
        marks_due=sum(judge.marks_due for judge in work),
        written=written,
    )


@bp.route("/publication/", methods=["POST"])
@roles(*ORGANISERS)
def publish(slug: str, competition_id: int) -> Response:
    """Publish the ranking. Two clicks publish once."""
    _organisation, competition = competition_for(slug, competition_id)
    services.publish(
        competition, received(), current_user.id, absent_acknowledged=request.form.get("absent") == "acknowledged"
    )
    db.session.commit()
    flash(_("The ranking is published, and every member’s skill passport has the evidence."), "success")
    return redirect(url_for("competitions.rankings.show", competition_id=competition_id), 303)


def work_of(competition: Competition, criteria: int) -> list[Work]:
    """How far each judge is."""
    per_judge: dict[int, int] = {}
    for (person, _team), count in queries.marks_given(competition.id).items():
        per_judge[person] = per_judge.get(person, 0) + count
    return [
        Work(row, min(per_judge.get(row.judge.person_id, 0), row.assigned * criteria), row.assigned * criteria)
        for row in queries.judges_of(competition.id)
    ]
