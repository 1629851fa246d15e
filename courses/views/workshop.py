"""Where a university makes its courses: the work list, a course's bench, publishing."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import organisation_for, roles
from app.accounts.models import Organisation
from app.clock import today
from app.db import db, utcnow
from courses import queries, services
from courses.forms.courses import CourseForm
from courses.forms.seen import newer
from courses.grouping import grouped
from courses.models import Course
from courses.policies import AUTHORS
from courses.rules.grading import readable_rules

bp = Blueprint("workshop", __name__, url_prefix="/organisations/<slug>/courses")


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str) -> str:
    """All courses of the organisation."""
    organisation = organisation_for(slug, *AUTHORS)
    return render_template(
        "courses/workshop/index.html", organisation=organisation, rows=queries.courses_in(organisation.id, today())
    )


@bp.route("/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str) -> Any:
    """Begin a course."""
    organisation = organisation_for(slug, *AUTHORS)
    form = CourseForm()
    if form.validate_on_submit():
        course = services.create_course(
            organisation.id,
            form.title_zh.data,
            form.title_en.data,
            summary_zh=form.summary_zh.data,
            summary_en=form.summary_en.data,
            created_by_id=current_user.id,
        )
        db.session.commit()
        flash(_("The course is begun. Write its first lesson."), "success")
        return redirect(url_for(".show", slug=slug, course_id=course.id), 303)
    return render_template("courses/workshop/edit.html", organisation=organisation, form=form, course=None, newer=[])


@bp.route("/<int:course_id>/")
@roles(*AUTHORS)
def show(slug: str, course_id: int) -> str:
    """A course's bench: its lessons in order, what they supply, its cohorts."""
    organisation, course = course_for(slug, course_id)
    lessons, modules = queries.draft_contents(course.id), queries.modules_of(course.id)
    return render_template(
        "courses/workshop/show.html",
        organisation=organisation,
        course=course,
        lessons=lessons,
        modules=modules,
        groups=grouped(lessons, modules),
        gives_certificate=services.gives_certificate(lessons, readable_rules(course.rules)[0]),
        has_changes=bool(course.version_number) and services.has_changes(course),
        supplied=queries.skills_in_draft(course.id),
        cohorts=queries.cohorts_of(course.id, organisation.id),
        elsewhere=queries.teaching_elsewhere(course, today()),
        day=today(),
    )


@bp.route("/<int:course_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int) -> Any:
    """Change title and summary. Where somebody else did meanwhile, both stand on the page and nothing is saved yet."""
    if request.method == "POST":
        services.hold(Course, course_id)
    organisation, course = course_for(slug, course_id)
    form = CourseForm(obj=course)
    clash = newer(form, CourseForm(formdata=None, obj=course))
    if form.validate_on_submit() and not clash:
        services.revise_course(
            course, form.title_zh.data, form.title_en.data, form.summary_zh.data, form.summary_en.data
        )
        db.session.commit()
        flash(_("Title and summary are saved."), "success")
        return redirect(url_for(".show", slug=slug, course_id=course.id), 303)
    answer = render_template(
        "courses/workshop/edit.html", organisation=organisation, form=form, course=course, newer=clash
    )
    return answer, 409 if clash else 200


@bp.route("/<int:course_id>/publication/", methods=["POST"])
@roles(*AUTHORS)
def publish(slug: str, course_id: int) -> Response:
    """Let students find it."""
    _organisation, course = course_for(slug, course_id)
    given = queries.cohorts_learning(services.publish(course, utcnow(), current_user.id).id)
    db.session.commit()
    if given:
        flash(_("The course is published."), "success")
        tell_who_got_it(given)
    else:
        flash(_("The course is published. Open a cohort so that students can enrol."), "success")
    return redirect(url_for(".show", slug=slug, course_id=course_id), 303)


@bp.route("/<int:course_id>/publication/deletion/", methods=["POST"])
@roles(*AUTHORS)
def withdraw(slug: str, course_id: int) -> Response:
    """Take it out of the catalogue."""
    _organisation, course = course_for(slug, course_id)
    services.withdraw(course, current_user.id)
    db.session.commit()
    return redirect(url_for(".show", slug=slug, course_id=course_id), 303)


def tell_who_got_it(cohorts: int) -> None:
    """Say that cohorts in which nobody learns yet have what was just published."""
    if cohorts:
        flash(
            ngettext(
                "One cohort that has no learners yet got it by itself.",
                "%(num)d cohorts that have no learners yet got it by themselves.",
                cohorts,
            ),
            "info",
        )


def course_for(slug: str, course_id: int) -> tuple[Organisation, Course]:
    """The organisation at `slug`, of which the person is an author, and one of its courses; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    return organisation, queries.course_in(organisation.id, course_id) or abort(404)
