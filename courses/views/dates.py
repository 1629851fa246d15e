"""The dates of a cohort: when each lesson opens and is due, one by one or by a rule."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from app.accounts.guards import roles
from app.clock import ZONE, moment_on_the_wall, on_the_wall
from app.db import db
from app.ui.filters import words
from courses import queries, services
from courses.forms.cohorts import ShiftForm, WeeklyForm, dates_form
from courses.forms.seen import Told, newer
from courses.models import Cohort
from courses.policies import AUTHORS
from courses.rules.dates import Dates, shifted, weekly
from courses.views.cohorts import taught_cohort_for

bp = Blueprint(
    "dates", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>/dates"
)


@bp.route("/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, cohort_id: int) -> Any:
    """The dates of each lesson."""
    if request.method == "POST":
        services.hold(Cohort, cohort_id)
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    lessons = queries.contents_of(cohort.version_id, None)
    kept = queries.dates_in(cohort.id)
    shown = {}
    for lesson_id, one in kept.items():
        shown[f"opens_{lesson_id}"] = on_the_wall(one.opens_at) if one.opens_at else None
        shown[f"due_{lesson_id}"] = on_the_wall(one.due_at) if one.due_at else None
    kind = dates_form([(lesson.id, words(lesson, "title")) for lesson in lessons])
    form = kind(data=shown)
    clash = newer(form, kind(formdata=None, data=shown))
    if form.validate_on_submit() and not clash:
        services.set_dates(cohort, {lesson.id: _given(form, lesson.id) for lesson in lessons}, current_user.id)
        db.session.commit()
        flash(_("The dates are kept."), "success")
        return redirect(url_for(".edit", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    page = _page(organisation, cohort, lessons, form, _weekly_form(cohort), ShiftForm(formdata=None), clash)
    return page, 409 if clash else 200


@bp.route("/rule/", methods=["POST"])
@roles(*AUTHORS)
def set_by_rule(slug: str, course_id: int, cohort_id: int) -> Any:
    """So many lessons a week from a day on, in place of the dates that were there."""
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    lessons = queries.contents_of(cohort.version_id, None)
    form = WeeklyForm()
    if not form.validate_on_submit():
        rows = dates_form([(lesson.id, words(lesson, "title")) for lesson in lessons])(formdata=None)
        return _page(organisation, cohort, lessons, rows, form, ShiftForm(formdata=None)), 422
    found = weekly(
        [lesson.id for lesson in lessons],
        form.first.data,
        ZONE,
        per_week=form.per_week.data,
        days_to_do=form.days_to_do.data,
    )
    services.set_dates(cohort, found, current_user.id)
    db.session.commit()
    flash(_("All lessons have dates now. Change single ones below."), "success")
    return redirect(url_for(".edit", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


@bp.route("/shift/", methods=["POST"])
@roles(*AUTHORS)
def shift(slug: str, course_id: int, cohort_id: int) -> Any:
    """All dates some days later or earlier."""
    organisation, cohort, _teachers = taught_cohort_for(slug, course_id, cohort_id)
    form = ShiftForm()
    if not form.validate_on_submit():
        lessons = queries.contents_of(cohort.version_id, None)
        rows = dates_form([(lesson.id, words(lesson, "title")) for lesson in lessons])(formdata=None)
        return _page(organisation, cohort, lessons, rows, _weekly_form(cohort), form), 422
    services.set_dates(cohort, shifted(queries.dates_in(cohort.id), form.days.data, ZONE), current_user.id)
    db.session.commit()
    flash(_("All dates are moved."), "success")
    return redirect(url_for(".edit", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


def _given(form: FlaskForm, lesson_id: int) -> Dates:
    opens, due = form[f"opens_{lesson_id}"].data, form[f"due_{lesson_id}"].data
    return Dates(moment_on_the_wall(opens) if opens else None, moment_on_the_wall(due) if due else None)


def _weekly_form(cohort: Cohort) -> WeeklyForm:
    return WeeklyForm(formdata=None, first=cohort.starts_on)


def _page(
    organisation: Any,
    cohort: Cohort,
    lessons: Any,
    form: FlaskForm,
    weekly_form: WeeklyForm,
    shift_form: ShiftForm,
    clash: Sequence[Told] = (),
) -> str:
    return render_template(
        "courses/dates/edit.html",
        organisation=organisation,
        cohort=cohort,
        lessons=lessons,
        form=form,
        newer=clash,
        weekly_form=weekly_form,
        shift_form=shift_form,
        has_dates=bool(queries.dates_in(cohort.id)),
    )
