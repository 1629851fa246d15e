"""The rubric of a competition: what judges mark, and which skill each criterion shows."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from app.accounts.guards import roles
from app.db import db
from app.reference import queries as reference
from competitions import queries
from competitions.forms import RubricForm, rubric_values
from competitions.policies import ORGANISERS
from competitions.services import contests as services
from competitions.views.office import competition_for

bp = Blueprint("rubrics", __name__, url_prefix="/organisations/<slug>/competitions/<int:competition_id>/rubric")


@bp.route("/", methods=["GET", "POST"])
@roles(*ORGANISERS)
def edit(slug: str, competition_id: int) -> Any:
    """Write the criteria; once the competition is open they stay."""
    organisation, competition = competition_for(slug, competition_id)
    if not competition.is_draft:
        return redirect(url_for("competitions.office.show", slug=slug, competition_id=competition_id), 303)
    present = queries.rubric_with_rows(competition.rubric_id) if competition.rubric_id else None
    form = RubricForm(data=rubric_values(present) if present else None)
    form.offer(reference.current_skills())
    if form.validate_on_submit():
        services.set_rubric(competition, form.criteria())
        db.session.commit()
        return redirect(url_for("competitions.office.show", slug=slug, competition_id=competition_id), 303)
    return render_template(
        "competitions/rubrics/edit.html", organisation=organisation, competition=competition, form=form
    )
