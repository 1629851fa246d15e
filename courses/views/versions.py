"""The published versions of a course: what is new, and which one a cohort learns."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import organisation_for, roles
from app.db import db, utcnow
from courses import queries, services
from courses.forms.courses import PublishForm
from courses.models import CourseVersion
from courses.policies import AUTHORS
from courses.rules.grading import readable_rules
from courses.rules.versions import Step, steps_between
from courses.services.publishing import draft_lines
from courses.views.cohorts import cohort_for
from courses.views.workshop import course_for, tell_who_got_it

bp = Blueprint("versions", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>")


@bp.route("/versions/", methods=["GET", "POST"])
@roles(*AUTHORS)
def index(slug: str, course_id: int) -> Any:
    """What has changed since the newest version, and publishing it; the versions before, and who learns which."""
    organisation, course = course_for(slug, course_id)
    form = PublishForm()
    if form.validate_on_submit():
        version = services.publish(
            course, utcnow(), current_user.id, note_zh=form.note_zh.data or "", note_en=form.note_en.data or ""
        )
        given = queries.cohorts_learning(version.id)
        db.session.commit()
        flash(
            _("The new version is published. Cohorts with learners keep theirs until somebody moves them."), "success"
        )
        tell_who_got_it(given)
        return redirect(url_for(".index", slug=slug, course_id=course_id), 303)
    newest = queries.newest_version(course)
    lines, (rules, _is_readable) = queries.draft_contents(course.id), readable_rules(course.rules)
    return render_template(
        "courses/versions/index.html",
        organisation=organisation,
        course=course,
        form=form,
        newest=newest,
        has_changes=services.has_changes(course),
        gives_certificate=services.gives_certificate(lines, rules),
        steps=_steps(newest, None, course.id),
        versions=queries.versions_of(course.id),
        cohorts=queries.cohorts_by_version(course.id, organisation.id),
    )


@bp.route("/cohorts/<int:cohort_id>/version/", methods=["GET", "POST"])
@roles(*AUTHORS)
def move(slug: str, course_id: int, cohort_id: int) -> Any:
    """What a cohort would gain and lose by moving to the newest version; and moving it."""
    organisation = organisation_for(slug, *AUTHORS)
    cohort = cohort_for(organisation, course_id, cohort_id)
    newest = queries.newest_version(cohort.course) or abort(404)
    form = PublishForm()
    del form.note_zh, form.note_en
    if form.validate_on_submit():
        services.move_cohort(cohort, newest, utcnow(), current_user.id)
        db.session.commit()
        flash(_("The cohort learns version %(number)s now.", number=newest.number), "success")
        return redirect(url_for("courses.cohorts.show", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    return render_template(
        "courses/versions/move.html",
        organisation=organisation,
        cohort=cohort,
        newest=newest,
        form=form,
        steps=_steps(cohort.version, newest, course_id),
        effect=queries.effect_of_moving(cohort.id, newest.id),
    )


def _steps(before: CourseVersion | None, after: CourseVersion | None, course_id: int) -> list[Step]:
    """What changes from one version to another, or to the working copy."""
    old = queries.lines_of_version(before.id) if before is not None else []
    new = queries.lines_of_version(after.id) if after is not None else draft_lines(course_id)
    return steps_between(old, new)
