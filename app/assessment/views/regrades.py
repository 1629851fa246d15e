"""Marking anew: what a corrected question would change, for whom, and doing it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import me, organisation_for, roles
from app.accounts.models import Role
from app.assessment import contexts, queries
from app.assessment.forms import RegradeForm
from app.assessment.policies import AUTHORS
from app.assessment.queries import regrades as reads
from app.assessment.services import regrades
from app.assessment.views.questions import question_for
from app.clock import received
from app.db import db

bp = Blueprint("regrades", __name__, url_prefix="/organisations/<slug>/questions/<int:question_id>/regrade")
# Of very many answers the page works out the newest ones; the job marks all.
LOOKED_AT = 1_000
SHOWN = 100


@bp.route("/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str, question_id: int) -> Any:
    """Who would be affected, by how much; then mark anew."""
    organisation = organisation_for(slug, *AUTHORS)
    question = question_for(organisation.id, question_id)
    newest = queries.newest_version(question.id)
    form = RegradeForm()
    if form.validate_on_submit():
        regrades.begin(question, newest, by=current_user, reason=form.reason.data.strip(), now=received())
        db.session.commit()
        flash(_("Marking anew has begun. Quizzes ask the corrected question from now on."), "success")
        return redirect(url_for("assessment.questions.show", slug=slug, question_id=question_id), 303)
    old = regrades.outdated(question, newest)
    items = [item for version in old for item in reads.items_asking(version.id)]
    fits = all(regrades.fits(version, newest) for version in old)
    answers = reads.marked_answers([item.id for item in items], limit=LOOKED_AT + 1) if items and fits else []
    changes = list(regrades.changes(newest, answers[:LOOKED_AT]))
    shown = changes[:SHOWN]
    is_coordinator = current_user.has_role(Role.COORDINATOR, organisation_id=organisation.id)
    return render_template(
        "assessment/regrades/new.html",
        organisation=organisation,
        question=question,
        newest=newest,
        old=old,
        fits=fits,
        answers=len(answers[:LOOKED_AT]),
        is_more=len(answers) > LOOKED_AT,
        changes=shown,
        changed=len(changes),
        # A coordinator knows the university's own learners; a teacher not those of other teachers' classes.
        known=reads.answers_of_own_learners(
            [change.answer.id for change in shown], contexts.marked_by(me(), organisation.id) if is_coordinator else []
        ),
        form=form,
    )
