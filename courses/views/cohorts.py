"""Cohorts: open and change one, see its learners, bring a class in."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from app.accounts import services as people
from app.accounts.forms import RosterForm as TableForm
from app.accounts.guards import authorize, organisation_for, roles
from app.accounts.models import Organisation, Role
from app.accounts.rules.roster import Roster, read_roster
from app.accounts.services import link_to
from app.cli import Unusable, decode
from app.clock import today
from app.db import db, utcnow
from app.errors import Refused
from courses import policies, queries, services
from courses.forms.cohorts import AnswerForm
from courses.forms.courses import CohortForm, RosterForm
from courses.forms.seen import newer
from courses.models import Cohort, CohortTeacher, Course, Joining
from courses.policies import AUTHORS

bp = Blueprint("cohorts", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/cohorts")
MOST_BYTES = 2_000_000


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str, course_id: int) -> str:
    """The cohorts of a course that the university teaches, its own course or another university's."""
    organisation, course = course_to_teach(slug, course_id)
    return render_template(
        "courses/cohorts/index.html",
        organisation=organisation,
        course=course,
        cohorts=queries.cohorts_of(course.id, organisation.id),
        day=today(),
    )


@bp.route("/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str, course_id: int) -> Any:
    """Open a cohort of an own course, or of a published one of another university."""
    organisation, course = course_to_teach(slug, course_id)
    if course.organisation_id != organisation.id and not course.is_published:
        abort(404)
    form = _form(organisation, CohortForm(teacher_ids=[current_user.id]))
    if form.validate_on_submit():
        cohort = services.open_cohort(
            course,
            form.name_zh.data,
            form.name_en.data,
            form.starts_on.data,
            form.ends_on.data,
            capacity=form.capacity.data,
            joining=Joining(form.joining.data),
            organisation_id=organisation.id,
            teacher_ids=form.teacher_ids.data,
            actor_id=current_user.id,
        )
        db.session.commit()
        return redirect(_list_of(organisation, course, f"c{cohort.id}"), 303)
    return render_template(
        "courses/cohorts/edit.html",
        organisation=organisation,
        course=course,
        cohort=None,
        form=form,
        newer=[],
        back=_list_of(organisation, course, "cohorts"),
    )


@bp.route("/<int:cohort_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, cohort_id: int) -> Any:
    """Change name, dates, seats or teachers."""
    if request.method == "POST":
        services.hold(Cohort, cohort_id)
    organisation = organisation_for(slug, *AUTHORS)
    cohort = cohort_for(organisation, course_id, cohort_id)
    course = cohort.course
    teacher_ids = [teacher.person_id for teacher in queries.teachers_of(cohort.id)]
    kept = {"obj": cohort, "joining": cohort.joining.value, "teacher_ids": teacher_ids}
    form = _form(organisation, CohortForm(**kept), teacher_ids)
    clash = newer(form, _form(organisation, CohortForm(formdata=None, **kept), teacher_ids))
    if form.validate_on_submit() and not clash:
        services.set_teachers(cohort, form.teacher_ids.data)
        cohort.name_zh, cohort.name_en = form.name_zh.data, form.name_en.data
        cohort.starts_on, cohort.ends_on = form.starts_on.data, form.ends_on.data
        cohort.capacity, cohort.joining = form.capacity.data, Joining(form.joining.data)
        services.change_seats(cohort, utcnow(), today())
        db.session.commit()
        return redirect(_list_of(organisation, course, f"c{cohort.id}"), 303)
    answer = render_template(
        "courses/cohorts/edit.html",
        organisation=organisation,
        course=course,
        cohort=cohort,
        form=form,
        newer=clash,
        back=_list_of(organisation, course, "cohorts"),
        is_entered=queries.has_been_entered(cohort.id),
    )
    return answer, 409 if clash else 200


@bp.route("/<int:cohort_id>/")
@roles(*AUTHORS)
def show(slug: str, course_id: int, cohort_id: int) -> str:
    """Who learns in a cohort, and how far each has come."""
    organisation, cohort, teachers = taught_cohort_for(slug, course_id, cohort_id)
    learners, completed, lessons_done = queries.progress_in(cohort.id)
    may_bring_in = current_user.has_role(Role.COORDINATOR, organisation_id=organisation.id)
    return render_template(
        "courses/cohorts/show.html",
        organisation=organisation,
        cohort=cohort,
        teachers=teachers,
        learners=learners,
        completed=completed,
        lessons_done=lessons_done,
        lessons=cohort.version.lessons if cohort.version else 0,
        page=db.paginate(queries.learners_of(cohort.id), per_page=25, max_per_page=25),
        may_bring_in=may_bring_in,
        invitations=queries.invited_to(cohort.id, utcnow()) if may_bring_in else [],
        is_borrowed=cohort.course.organisation_id != organisation.id,
        requests=queries.open_requests_in(cohort.id),
        waiting=queries.waiting_in_line(cohort.id),
        answer_form=AnswerForm(formdata=None),
        join_url=link_to("courses.joining.show", code=cohort.code) if cohort.code else "",
    )


@bp.route("/<int:cohort_id>/class/", methods=["GET", "POST"])
@roles(Role.COORDINATOR)
def bring_in(slug: str, course_id: int, cohort_id: int) -> Any:
    """Choose a class as CSV; then its people and what would happen with each, or its faults. Nothing is kept yet."""
    organisation = organisation_for(slug, Role.COORDINATOR)
    cohort = cohort_for(organisation, course_id, cohort_id)
    form = RosterForm()
    if not form.validate_on_submit():
        return _class_page(organisation, cohort, form)
    with closing(form.file.data) as sent:
        name, content = (sent.filename or "")[:100], sent.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        problem = _("The file is larger than 2 MB; a table of 5,000 rows is smaller.")
        return _class_page(organisation, cohort, form, problem=problem)
    try:
        text = decode(name, content).text
    except Unusable:
        problem = _("This file is no text: save the table as CSV and send it again.")
        return _class_page(organisation, cohort, form, problem=problem)
    roster = read_roster(text)
    if roster.refused:
        return _class_page(organisation, cohort, form, roster=roster, name=name)
    return render_template(
        "courses/cohorts/preview.html",
        organisation=organisation,
        cohort=cohort,
        roster=roster,
        fates=people.plan_roster(organisation, roster.rows, Role.STUDENT, utcnow()).fates,
        form=TableForm(None, table=text),
    )


@bp.route("/<int:cohort_id>/class/confirmation/", methods=["POST"])
@roles(Role.COORDINATOR)
def confirm_class(slug: str, course_id: int, cohort_id: int) -> Any:
    """Accounts, invitations and enrolments of the class that was looked at: all of it, or nothing."""
    organisation = organisation_for(slug, Role.COORDINATOR)
    cohort = cohort_for(organisation, course_id, cohort_id)
    form = TableForm()
    if not form.validate_on_submit():
        return redirect(url_for(".bring_in", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)
    roster = read_roster(form.table.data)
    if roster.refused:
        return _class_page(organisation, cohort, RosterForm(None), roster=roster, name=_("table"))
    now = utcnow()
    try:
        taken = people.take_roster(organisation, roster.rows, Role.STUDENT, current_user, now, today())
        invitation_ids = [invitation.id for invitation in taken.invitations]
        person_ids = [person.id for person in taken.people]
        enrolled = services.bring_in(cohort, person_ids, now, invitation_ids=invitation_ids)
    except Refused as refusal:
        db.session.rollback()
        return _class_page(organisation, cohort, RosterForm(None), problem=refusal.sentence())
    db.session.commit()
    count, waiting, elsewhere = len(enrolled), len(taken.invitations), len(set(person_ids)) - len(enrolled)
    flash(ngettext("%(num)d student is in the cohort.", "%(num)d students are in the cohort.", count), "success")
    if elsewhere:
        flash(
            ngettext(
                "%(num)d student learns this course in another cohort and stays there.",
                "%(num)d students learn this course in another cohort and stay there.",
                elsewhere,
            ),
            "info",
        )
    if waiting:
        flash(
            ngettext(
                "%(num)d person has an account already and was invited; their seat is kept until they answer.",
                "%(num)d people have an account already and were invited; their seats are kept until they answer.",
                waiting,
            ),
            "info",
        )
    return redirect(url_for(".show", slug=slug, course_id=course_id, cohort_id=cohort_id), 303)


def _class_page(
    organisation: Organisation,
    cohort: Cohort,
    form: RosterForm,
    *,
    problem: str = "",
    roster: Roster | None = None,
    name: str = "",
) -> str:
    return render_template(
        "courses/cohorts/class.html",
        organisation=organisation,
        cohort=cohort,
        form=form,
        refused=roster.refused if roster is not None else (),
        name=name,
        problem=problem,
    )


def course_to_teach(slug: str, course_id: int) -> tuple[Organisation, Course]:
    """The organisation at `slug`, and a course that it may teach: an own one, or another's published; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    course = queries.course_by_id(course_id) or abort(404)
    if course.organisation_id == organisation.id or course.is_published:
        return organisation, course
    return organisation, course if queries.cohort_to_read(course.id, [organisation.id]) else abort(404)


def taught_cohort_for(slug: str, course_id: int, cohort_id: int) -> tuple[Organisation, Cohort, list[CohortTeacher]]:
    """A cohort whose learners the signed-in person sees, with its teachers; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    cohort = cohort_for(organisation, course_id, cohort_id)
    teachers = queries.teachers_of(cohort.id)
    authorize(policies.may_see_learners, cohort, [teacher.person_id for teacher in teachers])
    return organisation, cohort, teachers


def _list_of(organisation: Organisation, course: Course, anchor: str) -> str:
    """Where the cohorts of a course stand: on the bench of an own course, on a page of its own for another's."""
    if course.organisation_id == organisation.id:
        return url_for("courses.workshop.show", slug=organisation.slug, course_id=course.id, _anchor=anchor)
    return url_for(".index", slug=organisation.slug, course_id=course.id, _anchor=anchor)


def cohort_for(organisation: Organisation, course_id: int, cohort_id: int) -> Cohort:
    """A cohort of a course of the organisation; else 404."""
    return queries.cohort_in(organisation.id, course_id, cohort_id) or abort(404)


def _form(organisation: Organisation, form: CohortForm, kept: Sequence[int] = ()) -> CohortForm:
    """The form with the university's teachers to choose from, and those who taught before."""
    people = queries.possible_teachers(organisation.id)
    people |= {person_id: f"#{person_id}" for person_id in kept if person_id not in people}
    form.teacher_ids.choices = [SelectChoice(person_id, name) for person_id, name in people.items()]
    return form
