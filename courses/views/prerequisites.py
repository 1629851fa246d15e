"""What comes before a course: for its authors to set, and as readers see it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import roles
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from app.ui.filters import words
from courses import queries
from courses.forms.cohorts import RequiredCourseForm, RequiredSkillForm
from courses.models import Course
from courses.policies import AUTHORS
from courses.rules.prerequisites import standings
from courses.services import prerequisites as services
from courses.views.workshop import course_for

bp = Blueprint("prerequisites", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/prerequisites")


@dataclass(frozen=True)
class Before:
    """One thing that comes before a course, in words: where it is learnt, and whether the reader has it.

    `is_met` is None for who has not signed in.
    """

    text: str
    url: str
    is_met: bool | None
    has: int | None
    course: str = ""


def shown_for(person: Any, course_id: int) -> list[Before]:
    """What comes before a course, as it stands for a reader, and how to come by it. Nothing is asked where none is."""
    needed = queries.needed_for(course_id)
    if not needed:
        return []
    signed_in = person.is_authenticated
    completed = queries.completed_by(person) if signed_in else set()
    levels = queries.levels_shown(person) if signed_in else {}
    courses = queries.course_titles([one.course_id for one in needed if one.course_id])
    names = reference.skill_names(language())
    sources = queries.sources_of(person, [one.skill for one in needed if one.skill])
    titles = queries.course_titles({source.course_id for source in sources})
    found = []
    for standing in standings(needed, completed, levels):
        one, is_met = standing.needed, standing.is_met if signed_in else None
        if one.course_id is not None:
            title = words(courses[one.course_id], "title")
            url = url_for("courses.courses.show", course_id=one.course_id)
            found.append(Before(_("“%(course)s” completed", course=title), url, is_met, None))
            continue
        source = next((each for each in sources if each.skill_code == one.skill and each.level >= one.level), None)
        found.append(
            Before(
                _("%(skill)s, level %(level)s", skill=names.get(one.skill or "", one.skill), level=one.level),
                url_for("courses.courses.show", course_id=source.course_id) if source else "",
                is_met,
                standing.has if signed_in else None,
                words(titles[source.course_id], "title") if source else "",
            )
        )
    return found


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str, course_id: int) -> str:
    """What comes before a course, and what else could."""
    organisation, course = course_for(slug, course_id)
    return _page(organisation, course, course_form(course), skill_form())


@bp.route("/courses/", methods=["POST"])
@roles(*AUTHORS)
def new_course(slug: str, course_id: int) -> Any:
    """Ask for another course first."""
    organisation, course = course_for(slug, course_id)
    form = course_form(course)
    if not form.validate_on_submit():
        return _page(organisation, course, form, skill_form(formdata=None)), 422
    required = queries.course_by_id(form.course.data) or abort(404)
    services.add_course(course, required, current_user.id)
    db.session.commit()
    flash(_("Kept. It holds for everybody who enrols from now on; class lists are not asked."), "success")
    return redirect(url_for(".index", slug=slug, course_id=course_id), 303)


@bp.route("/skills/", methods=["POST"])
@roles(*AUTHORS)
def new_skill(slug: str, course_id: int) -> Any:
    """Ask for a skill first."""
    organisation, course = course_for(slug, course_id)
    form = skill_form()
    if not form.validate_on_submit():
        return _page(organisation, course, course_form(course, formdata=None), form), 422
    services.add_skill(course, form.skill.data, int(form.level.data), current_user.id)
    db.session.commit()
    flash(_("Kept. It holds for everybody who enrols from now on; class lists are not asked."), "success")
    return redirect(url_for(".index", slug=slug, course_id=course_id), 303)


@bp.route("/<int:prerequisite_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, prerequisite_id: int) -> Response:
    """Ask for it no longer."""
    _organisation, course = course_for(slug, course_id)
    services.remove(queries.prerequisite_in(course.id, prerequisite_id) or abort(404), course, current_user.id)
    db.session.commit()
    return redirect(url_for(".index", slug=slug, course_id=course_id), 303)


def course_form(course: Course, **more: Any) -> RequiredCourseForm:
    """The courses that could come first."""
    form = RequiredCourseForm(**more)
    form.course.choices = [
        SelectChoice(one.id, f"{words(one, 'title')} · {words(one.organisation, 'name')}")
        for one in queries.courses_to_require(course)
    ]
    return form


def skill_form(**more: Any) -> RequiredSkillForm:
    """The skills that could come first."""
    form = RequiredSkillForm(**more)
    form.skill.choices = [SelectChoice(code, name) for code, name in reference.skill_names(language()).items()]
    return form


def _page(organisation: Any, course: Course, course_form: RequiredCourseForm, skill_form: RequiredSkillForm) -> str:
    return render_template(
        "courses/prerequisites/index.html",
        organisation=organisation,
        course=course,
        prerequisites=queries.prerequisites_of(course.id),
        skill_names=reference.skill_names(language()),
        course_form=course_form,
        skill_form=skill_form,
    )
