"""A teacher's side of assignments: what waits in a cohort, one piece of work with its marks, release, groups."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import authorize, organisation_for, roles
from app.accounts.models import Organisation
from app.accounts.services import link_to
from app.clock import end_of, moment_on_the_wall, received
from app.db import db
from app.errors import Refused
from app.ui.filters import words
from courses import policies
from courses import queries as courses
from courses.forms.assignments import (
    STEP,
    ExtensionForm,
    UntilForm,
    marks_entered,
    marks_form,
    marks_values,
)
from courses.models import Assignment, Cohort, LessonRevision, MarginNote, Submission, WorkState
from courses.policies import AUTHORS
from courses.queries import submissions as queries
from courses.queries.trash import KEPT, deleted_among
from courses.rules.margins import numbered
from courses.services import submission_marks as services
from courses.services import submissions as works
from courses.services import work_groups
from courses.views.cohorts import cohort_for

bp = Blueprint(
    "submission_marking",
    __name__,
    url_prefix="/organisations/<slug>/courses/<int:course_id>/cohorts/<int:cohort_id>/assignments",
)
LESSON = "/<int:lesson_id>"
WORK = "/work/<int:submission_id>"
ROWS = 25
# What the list can be narrowed to; late ones and missing ones are no states.
SHOWN = {
    "waiting": queries.TO_MARK,
    "marked": (WorkState.MARKED,),
    "released": (WorkState.RELEASED,),
    "returned": (WorkState.RETURNED,),
}


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str, course_id: int, cohort_id: int) -> str:
    """The assignments of a cohort, and what waits in each."""
    organisation, cohort = taught(slug, course_id, cohort_id)
    return render_template(
        "courses/submission_marking/index.html",
        organisation=organisation,
        cohort=cohort,
        lines=queries.assignments_in(cohort),
        last=end_of(cohort.ends_on),
    )


@bp.route(f"{LESSON}/")
@roles(*AUTHORS)
def works_of(slug: str, course_id: int, cohort_id: int, lesson_id: int) -> str:
    """What was handed in in one assignment, the oldest first; or who has handed in nothing."""
    organisation, cohort, lesson, assignment = asked(slug, course_id, cohort_id, lesson_id)
    shown = request.args.get("state", "")
    date = queries.date_of(cohort.id, lesson_id)
    terms = works.terms_of(assignment, cohort, date)
    missing = shown == "missing"
    if missing:
        page: Any = db.paginate(queries.without_work(cohort.id, lesson_id), per_page=ROWS, max_per_page=ROWS)
    else:
        late_since = terms.due_at if shown == "late" else None
        found = queries.works_in(cohort.id, lesson_id, states=SHOWN.get(shown, ()), late_since=late_since)
        page = db.paginate(found, per_page=ROWS, max_per_page=ROWS)
    listed = [] if missing else page.items
    due = queries.due_moments_of([work.id for work in listed])
    return render_template(
        "courses/submission_marking/works.html",
        organisation=organisation,
        cohort=cohort,
        lesson=lesson,
        assignment=assignment,
        terms=terms,
        page=page,
        shown=shown,
        missing=missing,
        lateness={
            work.id: works.terms_of(assignment, cohort, date, work)
            .of(due.get(work.id))
            .lateness(work.handed_in_at)
            .days
            for work in listed
        },
        releases={} if missing else queries.releases_among([work.id for work in page.items]),
        counts=queries.count_by_state(cohort.id, lesson_id),
        form=_extension(cohort, lesson_id, assignment) if missing and page.items else None,
    )


def _marks_of(submission_id: int) -> str:
    """Where learners read the marks of their work."""
    return link_to("courses.submissions.show", submission_id=submission_id)


@bp.route(f"{LESSON}/releases/", methods=["POST"])
@roles(*AUTHORS)
def release_all(slug: str, course_id: int, cohort_id: int, lesson_id: int) -> Response:
    """Release all finished marks of an assignment at once."""
    _organisation, cohort, _lesson, _assignment = asked(slug, course_id, cohort_id, lesson_id)
    ids = queries.ids_to_release(cohort.id, lesson_id)
    count = services.release_many(ids, current_user.id, received(), _marks_of)
    db.session.commit()
    flash(ngettext("The marks of one are released.", "The marks of %(num)d are released.", count), "success")
    return redirect(url_for(".works_of", slug=slug, course_id=course_id, cohort_id=cohort_id, lesson_id=lesson_id), 303)


@bp.route(f"{LESSON}/extensions/", methods=["POST"])
@roles(*AUTHORS)
def extend(slug: str, course_id: int, cohort_id: int, lesson_id: int) -> Response:
    """More time for one learner who has handed in nothing, and with them for their group."""
    organisation, cohort, _lesson, assignment = asked(slug, course_id, cohort_id, lesson_id)
    form = _extension(cohort, lesson_id, assignment)
    if not form.validate_on_submit():
        flash(_("Choose a learner and a moment."), "error")
    else:
        learners = {
            one.person_id: one
            for one in db.paginate(queries.without_work(cohort.id, lesson_id), per_page=500, max_per_page=500).items
        }
        work = works.open_work(learners[form.person.data], lesson_id, assignment)
        works.give_more_time(work, moment_on_the_wall(form.until.data), current_user.id, organisation.id)
        db.session.commit()
        flash(_("They have more time."), "success")
    return redirect(
        url_for(".works_of", slug=slug, course_id=course_id, cohort_id=cohort_id, lesson_id=lesson_id, state="missing"),
        303,
    )


def _extension(cohort: Cohort, lesson_id: int, assignment: Assignment) -> ExtensionForm:
    form = ExtensionForm()
    found = db.paginate(queries.without_work(cohort.id, lesson_id), page=1, per_page=500, max_per_page=500)
    form.person.choices = [SelectChoice(one.person_id, one.person.name) for one in found.items]
    return form


# Groups


@bp.route(f"{LESSON}/groups/")
@roles(*AUTHORS)
def groups(slug: str, course_id: int, cohort_id: int, lesson_id: int) -> str:
    """Who hands in together, and who has no group yet."""
    organisation, cohort, lesson, assignment = asked(slug, course_id, cohort_id, lesson_id)
    if assignment.group_size < 2:
        abort(404)
    return render_template(
        "courses/submission_marking/groups.html",
        organisation=organisation,
        cohort=cohort,
        lesson=lesson,
        assignment=assignment,
        groups=[group for group in queries.groups_in(cohort.id, lesson_id) if group.members],
        free=queries.learners_without_group(cohort.id, lesson_id),
    )


@bp.route(f"{LESSON}/groups/members/", methods=["POST"])
@roles(*AUTHORS)
def arrange(slug: str, course_id: int, cohort_id: int, lesson_id: int) -> Response:
    """Put learners into a group, into a new one, or into none."""
    _organisation, cohort, _lesson, assignment = asked(slug, course_id, cohort_id, lesson_id)
    if assignment.group_size < 2:
        abort(404)
    ids = [int(one) for one in request.form.getlist("enrolment") if one.isdecimal() and len(one) < 10]
    wanted = request.form.get("group", "")
    found = queries.learners_in(cohort.id, ids)
    if not found:
        flash(_("Tick the learners first."), "warning")
    else:
        group = None
        if wanted == "new":
            group = work_groups.make_group(cohort, lesson_id, received())
        elif wanted:
            group = next(
                (one for one in queries.groups_in(cohort.id, lesson_id) if str(one.id) == wanted), None
            ) or abort(404)
        for enrolment in found:
            work_groups.place(enrolment, lesson_id, assignment, group, received())
        db.session.commit()
        flash(_("The groups are arranged."), "success")
    return redirect(url_for(".groups", slug=slug, course_id=course_id, cohort_id=cohort_id, lesson_id=lesson_id), 303)


# One piece of work


@bp.route(f"{WORK}/")
@roles(*AUTHORS)
def show(slug: str, course_id: int, cohort_id: int, submission_id: int) -> Any:
    """What was handed in, and the marks to give."""
    organisation, cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    kept = queries.marking_of(work.id)
    rows = services.rows_of(work.assignment)
    form = marks_form(rows, work.assignment.points_max)(formdata=None, data=marks_values(rows, kept))
    return page(organisation, cohort, work, form)


@bp.route(f"{WORK}/marks/", methods=["POST"])
@roles(*AUTHORS)
def save(slug: str, course_id: int, cohort_id: int, submission_id: int) -> Any:
    """Save marks; with the button "finish" they are finished, and the next piece of work follows."""
    organisation, cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    finish = request.form.get("then") == "finish"
    answer = _give(organisation, cohort, work, finish=finish)
    if answer is not None:
        return answer
    db.session.commit()
    here: dict[str, Any] = {"slug": slug, "course_id": course_id, "cohort_id": cohort_id}
    if not finish:
        flash(_("The marks are saved. Learners do not see them before they are released."), "success")
        return redirect(url_for(".show", **here, submission_id=work.id), 303)
    flash(_("These marks are finished. Learners see them once they are released."), "success")
    following = queries.next_waiting(cohort.id, work.lesson_id, work.id)
    if following is None:
        return redirect(url_for(".works_of", **here, lesson_id=work.lesson_id), 303)
    return redirect(url_for(".show", **here, submission_id=following), 303)


@bp.route(f"{WORK}/notes/", methods=["POST"])
@roles(*AUTHORS)
def add_note(slug: str, course_id: int, cohort_id: int, submission_id: int) -> Any:
    """Write beside the chosen line; the marks in the form are saved with it."""
    organisation, cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    answer = _give(organisation, cohort, work)
    if answer is not None:
        return answer
    db.session.commit()
    line = request.form.get("line", 0, type=int)
    body = request.form.get("note", "")[:4000]
    try:
        services.add_note(work, current_user.id, line, body, received(), version=_number("version"))
    except Refused as refusal:
        return _again(organisation, cohort, work, refusal)
    db.session.commit()
    flash(_("The note stands beside the line; the marks are saved with it."), "success")
    return redirect(_here(slug, course_id, cohort_id, work, f"line-{line}"), 303)


@bp.route(f"{WORK}/notes/<int:note_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete_note(slug: str, course_id: int, cohort_id: int, submission_id: int, note_id: int) -> Any:
    """Take a note away; the marks in the form are saved with it."""
    organisation, cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    answer = _give(organisation, cohort, work)
    if answer is not None:
        return answer
    services.remove_note(work, note_id, received())
    db.session.commit()
    flash(_("The note is taken away. It can be brought back beside its line."), "success")
    return redirect(_here(slug, course_id, cohort_id, work, "text"), 303)


@bp.route(f"{WORK}/notes/<int:note_id>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore_note(slug: str, course_id: int, cohort_id: int, submission_id: int, note_id: int) -> Any:
    """Bring a note back; the marks in the form are saved with it."""
    organisation, cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    answer = _give(organisation, cohort, work)
    if answer is not None:
        return answer
    services.restore_note(work, note_id)
    db.session.commit()
    flash(_("The note is back."), "success")
    return redirect(_here(slug, course_id, cohort_id, work, "text"), 303)


@bp.route(f"{WORK}/releases/", methods=["POST"])
@roles(*AUTHORS)
def release(slug: str, course_id: int, cohort_id: int, submission_id: int) -> Any:
    """Save the marks in the form, finish them, and let the learners read them."""
    organisation, cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    answer = _give(organisation, cohort, work, finish=True)
    if answer is not None:
        return answer
    try:
        reason = request.form.get("reason", "")[:300]
        services.release(work, current_user.id, received(), reason=reason, link=_marks_of(work.id))
    except Refused as refusal:
        return _again(organisation, cohort, work, refusal)
    db.session.commit()
    flash(_("The marks are released."), "success")
    return redirect(_here(slug, course_id, cohort_id, work, ""), 303)


@bp.route(f"{WORK}/return/", methods=["POST"])
@roles(*AUTHORS)
def give_back(slug: str, course_id: int, cohort_id: int, submission_id: int) -> Response:
    """Ask for another version until a moment."""
    organisation, _cohort, work = handed_in(slug, course_id, cohort_id, submission_id)
    form = UntilForm()
    if not form.validate_on_submit() or moment_on_the_wall(form.until.data) <= received():
        flash(_("Choose a moment that is still to come."), "error")
    else:
        works.give_back(work, moment_on_the_wall(form.until.data), current_user.id, organisation.id)
        db.session.commit()
        flash(_("They can hand in another version."), "success")
    return redirect(_here(slug, course_id, cohort_id, work, ""), 303)


# What the views above have in common


def _give(organisation: Organisation, cohort: Cohort, work: Submission, *, finish: bool = False) -> Any:
    """Save the marks of the form. Where that is not possible, the page with what was entered and what is wrong."""
    rows = services.rows_of(work.assignment)
    form = marks_form(rows, work.assignment.points_max)()
    if not form.validate():
        return page(organisation, cohort, work, form), 422
    try:
        services.give(
            work,
            current_user.id,
            marks_entered(form, rows),
            received(),
            version=_number("version"),
            seen=_number("seen"),
            finish=finish,
        )
    except Refused as refusal:
        return _again(organisation, cohort, work, refusal)
    return None


def _again(organisation: Organisation, cohort: Cohort, work: Submission, refusal: Refused) -> Any:
    """The page with what was entered, why it was refused, and beside it what is kept."""
    work_id, sentence = work.id, refusal.sentence()
    db.session.rollback()
    found = queries.work_by_id(work_id) or abort(404)
    form = marks_form(services.rows_of(found.assignment), found.assignment.points_max)()
    return page(organisation, found.cohort, found, form, problem=sentence), 409


def _number(name: str) -> int:
    return request.form.get(name, 0, type=int)


def _here(slug: str, course_id: int, cohort_id: int, work: Submission, anchor: str) -> str:
    return url_for(
        ".show",
        slug=slug,
        course_id=course_id,
        cohort_id=cohort_id,
        submission_id=work.id,
        _anchor=anchor or None,
    )


def page(organisation: Organisation, cohort: Cohort, work: Submission, form: FlaskForm, *, problem: str = "") -> str:
    """The page on which one piece of work is marked: its newest version."""
    versions = queries.versions_of(work.id)
    kept = queries.marking_of(work.id)
    newest = versions[0]
    releases = queries.releases_of(work.id)
    date = queries.date_of(cohort.id, work.lesson_id)
    terms = works.terms_of(work.assignment, cohort, date, work).of(newest.due_at)
    notes: dict[int, list[Any]] = {}
    for note in queries.notes_on(newest.id):
        notes.setdefault(note.line, []).append(note)
    taken_away: dict[int, list[Any]] = {}
    for note in deleted_among(MarginNote, received() - KEPT, version_id=newest.id):
        taken_away.setdefault(note.line, []).append(note)
    last = releases[0] if releases else None
    margin = services.margin_of(newest.id)
    is_changed = (
        last is not None
        and kept is not None
        and kept.version_id == last.version_id
        and ((kept.revision, margin) != (last.revision, last.margin))
    )
    # What the form shows was begun from what is kept now, also after a refusal that says so.
    form["version"].data, form["seen"].data = newest.number, kept.revision if kept else 0
    return render_template(
        "courses/submission_marking/show.html",
        organisation=organisation,
        cohort=cohort,
        work=work,
        people=queries.members_of(work),
        form=form,
        problem=problem,
        rows=services.rows_of(work.assignment),
        theirs=_theirs(work, kept) if problem else [],
        kept=kept,
        worth=services.worth_of(work, kept, newest, terms) if kept is not None else None,
        late=terms.lateness(newest.handed_in_at),
        terms=terms,
        newest=newest,
        versions=versions,
        lines=numbered(newest.text),
        chosen=request.form.get("line", 0, type=int),
        notes=notes,
        taken_away=taken_away,
        releases=releases,
        is_changed=is_changed,
        is_again=last is not None and last.version_id == newest.id,
        step=STEP,
        until=UntilForm(formdata=None),
    )


def _theirs(work: Submission, kept: Any) -> list[tuple[str, Any, str]]:
    """What is kept (criterion, mark, comment) and of the whole, for somebody whose own marks were refused."""
    if kept is None:
        return []
    rows = [
        (words(row, "title"), services.mark_in(kept.rows, row.id), kept.rows.get(str(row.id), {}).get("comment", ""))
        for row in services.rows_of(work.assignment)
    ]
    return [*rows, (_("On the whole"), kept.points, kept.comment)]


def taught(slug: str, course_id: int, cohort_id: int) -> tuple[Organisation, Cohort]:
    """A cohort of the organisation whose learners the signed-in person sees; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    cohort = cohort_for(organisation, course_id, cohort_id)
    authorize(policies.may_see_learners, cohort, [teacher.person_id for teacher in courses.teachers_of(cohort.id)])
    return organisation, cohort


def asked(
    slug: str, course_id: int, cohort_id: int, lesson_id: int
) -> tuple[Organisation, Cohort, LessonRevision, Assignment]:
    """An assignment of the cohort's version; else 404."""
    organisation, cohort = taught(slug, course_id, cohort_id)
    lesson = courses.lesson_in_version(cohort.version_id, lesson_id)
    if lesson is None or lesson.assignment is None:
        abort(404)
    return organisation, cohort, lesson, lesson.assignment


def handed_in(slug: str, course_id: int, cohort_id: int, submission_id: int) -> tuple[Organisation, Cohort, Submission]:
    """A piece of work of the cohort that was handed in; else 404."""
    organisation, cohort = taught(slug, course_id, cohort_id)
    work = queries.work_by_id(submission_id)
    if work is None or work.cohort_id != cohort.id or not work.is_handed_in:
        abort(404)
    return organisation, cohort, work
