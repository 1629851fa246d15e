"""What a teacher sees of a cohort: who is stuck where, who may need a word and why, how long marks take."""

from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from app.accounts.guards import roles
from app.assessment import queries as assessment
from app.assessment.rules.item_analysis import FEWEST_ATTEMPTS
from app.assessment.services import analysis
from app.clock import received, today
from app.db import paged
from app.ui import charts
from app.ui.filters import words
from courses import queries
from courses.policies import AUTHORS
from courses.queries.insight import people_of
from courses.rules.risk import Thresholds
from courses.services import insight
from courses.services.insight import Insight, Stop
from courses.views.gradebook import gradebook_for, share_text

bp = Blueprint("insight", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>")
THRESHOLDS = Thresholds()
MOST_STUCK = 50


@bp.route("/insight/")
@roles(*AUTHORS)
def show(slug: str, course_id: int, cohort_id: int) -> str:
    """Where learners stand, who may need a word, and how soon they have their marks."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    found = insight.of_cohort(cohort, THRESHOLDS, received())
    return render_template(
        "courses/insight/show.html",
        organisation=organisation,
        cohort=cohort,
        found=found,
        thresholds=THRESHOLDS,
        page=paged(list(found.at_risk), 25),
        stuck=found.stuck[:MOST_STUCK],
        waiting=found.waiting[:MOST_STUCK],
        stops_chart=_stops(found),
        totals_chart=_totals(found),
        stop_rows=[(_label(stop), stop.done, stop.here) for stop in found.stops],
        total_rows=list(zip(_steps(), found.totals, strict=True)),
        share_text=share_text,
        # What everybody's answers say is for those who own the questions; others read what those of this cohort say.
        is_own=organisation.id == cohort.course.organisation_id,
    )


@bp.route("/insight/quizzes/<int:quiz_id>/")
@roles(*AUTHORS)
def questions(slug: str, course_id: int, cohort_id: int, quiz_id: int) -> str:
    """How the questions of a quiz work in this cohort, by the answers of its own learners only."""
    organisation, cohort = gradebook_for(slug, course_id, cohort_id)
    lines = queries.contents_of(cohort.version_id, None)
    line = next((one for one in lines if one.quiz_id == quiz_id), None) or abort(404)
    quiz = assessment.quiz_by_id(quiz_id) or abort(404)
    return render_template(
        "courses/insight/questions.html",
        organisation=organisation,
        cohort=cohort,
        line=line,
        analysis=analysis.of_quiz(quiz, today(), people_of(cohort.id)),
        fewest=FEWEST_ATTEMPTS,
    )


def _label(stop: Stop) -> str:
    return f"{stop.line.position}. {words(stop.line, 'title')}"


def _stops(found: Insight) -> dict[str, Any]:
    done, here = _("have done it"), _("stand here")
    rows = []
    for stop in found.stops:
        rows.append({"label": _label(stop), "part": done, "value": stop.done})
        rows.append({"label": _label(stop), "part": here, "value": stop.here})
    return charts.bars(rows, _("Learners"))


def _steps() -> list[str]:
    return [f"{low}–{low + 10}%" for low in range(0, 100, 10)]


def _totals(found: Insight) -> dict[str, Any]:
    part = _("Learners")
    rows = [{"label": step, "part": part, "value": value} for step, value in zip(_steps(), found.totals, strict=True)]
    return charts.bars(rows, part, upright=True)
