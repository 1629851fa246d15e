"""A learner's side of an assignment: the draft, files, the group, handing in, and the feedback."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import get_timezone_name
from flask import (
    Blueprint,
    Response,
    abort,
    after_this_request,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_timezone
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from app import files
from app.accounts.guards import authorize, signed_in
from app.clock import received, revision
from app.db import db
from app.errors import Refused, wants_json
from app.i18n import language
from app.ui.filters import moment_iso, moment_text
from courses import policies
from courses import queries as courses
from courses.forms.assignments import CodeForm
from courses.models import (
    Assignment,
    Enrolment,
    Lesson,
    LessonRevision,
    Release,
    Submission,
    SubmissionDraft,
    SubmissionFile,
    SubmissionVersion,
    Takes,
    WorkGroup,
)
from courses.queries import submissions as queries
from courses.queries.trash import KEPT, deleted_among, deleted_one
from courses.rules.margins import numbered
from courses.services import require_readable, work_groups
from courses.services import submissions as services
from courses.services.submission_marks import mark_in, rows_of

bp = Blueprint("submissions", __name__)
DESK = "/courses/<int:course_id>/assignments/<int:lesson_id>"
RECEIPT_SHOWN = 12


@dataclass(frozen=True)
class Desk:
    """What the lesson's page shows of an assignment: the task's terms, and for a learner the work so far."""

    assignment: Assignment
    terms: services.Terms | None
    zone: str
    now: datetime
    closed: str = ""
    work: Submission | None = None
    group: WorkGroup | None = None
    draft: SubmissionDraft | None = None
    others: list[SubmissionDraft] | None = None
    files: list[SubmissionFile] | None = None
    taken_out: list[SubmissionFile] | None = None
    versions: list[SubmissionVersion] | None = None
    release: Release | None = None

    @property
    def needs_group(self) -> bool:
        """Whether the learner has to find a group first."""
        return self.assignment.group_size > 1 and self.group is None and self.work is None

    @property
    def is_alone(self) -> bool:
        """Whether the work is one person's."""
        return self.work.group_id is None if self.work is not None else self.assignment.group_size == 1


def desk_of(lesson: Lesson | LessonRevision, lesson_id: int, enrolment: Enrolment | None) -> Desk | None:
    """The desk of a lesson that is an assignment; for who is not enrolled only what is asked."""
    if lesson.assignment_id is None:
        return None
    assignment = queries.assignment_with_rubric(lesson.assignment_id)
    now = received()
    zone = get_timezone_name(get_timezone(), locale=language())
    if enrolment is None:
        return Desk(assignment, None, zone, now)
    if Takes.RECORDING in assignment.takes:
        _let_record()
    work = queries.work_of(enrolment.id, lesson_id)
    date = queries.date_of(enrolment.cohort_id, lesson_id)
    terms = services.terms_of(assignment, enrolment.cohort, date, work)
    refusal = services.why_closed(work, terms, now)
    drafts = queries.drafts_of(work.id) if work is not None else []
    releases = queries.releases_of(work.id) if work is not None and work.released_at is not None else []
    return Desk(
        assignment,
        terms,
        zone,
        now,
        closed=refusal.sentence() if refusal else "",
        work=work,
        group=queries.group_of(enrolment.id, lesson_id) if assignment.group_size > 1 else None,
        draft=next((draft for draft in drafts if draft.person_id == enrolment.person_id), None),
        others=[draft for draft in drafts if draft.person_id != enrolment.person_id and (draft.text or draft.link)],
        files=queries.files_of_draft(work.id) if work is not None else [],
        taken_out=deleted_among(SubmissionFile, now - KEPT, submission_id=work.id) if work is not None else [],
        versions=queries.versions_of(work.id) if work is not None and work.is_handed_in else [],
        release=releases[0] if releases else None,
    )


def _let_record() -> None:
    """Only where a recording can be handed in may the page ask for the microphone."""

    @after_this_request
    def allow(response: Response) -> Response:
        policy = "camera=(), microphone=(self), geolocation=(), interest-cohort=()"
        response.headers["Permissions-Policy"] = policy
        return response


# Drafts and handing in


@dataclass(frozen=True)
class Place:
    """Where a learner works: their enrolment, and the assignment as their cohort's version asks it."""

    course_id: int
    lesson_id: int
    position: int
    enrolment: Enrolment
    assignment: Assignment

    @property
    def url(self) -> str:
        """The part of the lesson's page that is about the work."""
        return url_for("courses.lessons.show", course_id=self.course_id, position=self.position, _anchor="work")

    def terms(self, work: Submission) -> services.Terms:
        """The terms of somebody's work."""
        date = queries.date_of(self.enrolment.cohort_id, self.lesson_id)
        return services.terms_of(self.assignment, self.enrolment.cohort, date, work)


@bp.route(f"{DESK}/draft/", methods=["POST"])
@signed_in
def save(course_id: int, lesson_id: int) -> Any:
    """Keep the draft, and files that came with it: with script a receipt as JSON."""
    place = place_for(course_id, lesson_id)
    saved_at, _work, all_kept = _keep(place)
    told = _("Saved %(time)s", time=moment_text(saved_at, "clock"))
    if wants_json():
        return jsonify(saved_at=moment_iso(saved_at), receipt=told)
    if all_kept:
        flash(_("The draft is kept. It is not handed in yet."), "success")
    return redirect(place.url, 303)


@bp.route(f"{DESK}/hand-in/", methods=["POST"])
@signed_in
def hand_in(course_id: int, lesson_id: int) -> Answer:
    """Hand in what the form holds. What cannot be taken stays a draft."""
    place = place_for(course_id, lesson_id)
    _saved_at, work, all_kept = _keep(place)
    if not all_kept:
        return redirect(place.url, 303)
    services.hold(work)
    version = services.hand_in(work, place.assignment, place.terms(work), current_user.id, received())
    number, moment, receipt = version.number, moment_text(version.handed_in_at), version.receipt[:RECEIPT_SHOWN]
    db.session.commit()
    flash(
        _(
            "Handed in as version %(number)s on %(moment)s. Receipt %(receipt)s.",
            number=number,
            moment=moment,
            receipt=receipt,
        ),
        "success",
    )
    return redirect(place.url, 303)


@bp.route(f"{DESK}/files/<int:file_id>/deletion/", methods=["POST"])
@signed_in
def delete_file(course_id: int, lesson_id: int, file_id: int) -> Answer:
    """Take a file out of the draft; what was written meanwhile is kept with it."""
    place = place_for(course_id, lesson_id)
    _saved_at, work, _all_kept = _keep(place)
    services.hold(work)
    services.remove_file(work, file_id, received())
    db.session.commit()
    flash(_("The file is taken out of the draft. For thirty days it can be put back."), "success")
    return redirect(place.url, 303)


@bp.route(f"{DESK}/files/<int:file_id>/restoration/", methods=["POST"])
@signed_in
def restore_file(course_id: int, lesson_id: int, file_id: int) -> Answer:
    """Put a file that was taken out into the draft again."""
    place = place_for(course_id, lesson_id)
    _saved_at, work, _all_kept = _keep(place)
    services.hold(work)
    taken_out = deleted_one(SubmissionFile, file_id, received() - KEPT, submission_id=work.id) or abort(404)
    services.restore_file(work, place.assignment, taken_out)
    db.session.commit()
    flash(_("The file is in the draft again."), "success")
    return redirect(place.url, 303)


def _keep(place: Place) -> tuple[datetime, Submission, bool]:
    """Keep what the form holds, the words before the files, each file by itself; since when, and whether all was kept.

    One file that is not taken loses neither the words nor the other files.
    """
    work = services.open_work(place.enrolment, place.lesson_id, place.assignment)
    if refusal := services.why_closed(work, place.terms(work), received()):
        raise refusal
    text, link = request.form.get("text"), request.form.get("link")
    kept = next((one for one in queries.drafts_of(work.id) if one.person_id == current_user.id), None)
    draft = services.keep_draft(
        work,
        current_user.id,
        (kept.text if kept else "") if text is None else text,
        (kept.link if kept else "") if link is None else link.strip(),
        revision(),
        received(),
    )
    saved_at = draft.saved_at  # read now: after the commit it would be asked for anew
    db.session.commit()
    all_kept = True
    for name in ("files", "recording"):
        for sent in request.files.getlist(name):
            if not sent.filename:
                continue
            services.hold(work)
            try:
                services.add_file(
                    work,
                    place.assignment,
                    current_user.id,
                    sent.stream,
                    sent.filename,
                    is_recording=name == "recording",
                )
            except Refused as refusal:
                flash(refusal.sentence(), "error")
                all_kept = False
            db.session.commit()
    return saved_at, work, all_kept


# Groups


@bp.route(f"{DESK}/group/", methods=["POST"])
@signed_in
def begin_group(course_id: int, lesson_id: int) -> Answer:
    """Make a group; the others come in with its code."""
    place = place_for(course_id, lesson_id)
    group = work_groups.begin_group(place.enrolment, lesson_id, place.assignment, received())
    code = group.code
    db.session.commit()
    flash(_("Your group is there. Give the others its code: %(code)s.", code=code), "success")
    return redirect(place.url, 303)


@bp.route(f"{DESK}/group/membership/", methods=["POST"])
@signed_in
def join_group(course_id: int, lesson_id: int) -> Answer:
    """Come into a group by its code."""
    place = place_for(course_id, lesson_id)
    form = CodeForm()
    if not form.validate():
        raise work_groups.GroupUnknown
    work_groups.join_group(place.enrolment, lesson_id, place.assignment, form.code.data)
    db.session.commit()
    flash(_("You are in the group. What one of you hands in counts for all."), "success")
    return redirect(place.url, 303)


@bp.route(f"{DESK}/group/membership/deletion/", methods=["POST"])
@signed_in
def leave_group(course_id: int, lesson_id: int) -> Answer:
    """Leave a group that has handed in nothing."""
    place = place_for(course_id, lesson_id)
    work_groups.leave_group(place.enrolment, lesson_id)
    db.session.commit()
    flash(_("You have left the group."), "success")
    return redirect(place.url, 303)


# What was handed in, and what was said about it


@bp.route("/submissions/<int:submission_id>/")
@signed_in
def show(submission_id: int) -> Any:
    """One's own work: released marks row by row, notes beside the text, every version with its receipt."""
    work, members = work_for(submission_id)
    if current_user.id not in {member.person_id for member in members}:
        return redirect(
            url_for(
                "courses.submission_marking.show",
                slug=work.cohort.organisation.slug,
                course_id=work.cohort.course_id,
                cohort_id=work.cohort_id,
                submission_id=work.id,
            ),
            303,
        )
    releases = queries.releases_of(work.id)
    versions = queries.versions_of(work.id)
    release = releases[0] if releases else None
    read = next((one for one in versions if release is not None and one.id == release.version_id), None)
    notes: dict[int, list[str]] = {}
    for note in release.margin if release else ():
        notes.setdefault(note["line"], []).append(note["body"])
    return render_template(
        "courses/submissions/show.html",
        work=work,
        members=members,
        position=courses.position_in(work.cohort.version_id, work.lesson_id),
        release=release,
        releases=releases,
        versions=versions,
        read=read,
        lines=numbered(read.text) if read else (),
        notes=notes,
        rows=[
            (row, mark_in(release.rows, row.id), release.rows.get(str(row.id), {}).get("comment", ""))
            for row in rows_of(work.assignment)
        ]
        if release
        else [],
    )


@bp.route("/submissions/<int:submission_id>/files/<int:file_id>/")
@signed_in
def download(submission_id: int, file_id: int) -> Response:
    """A file of the work, for those whose it is; for those who teach them once it was handed in."""
    work, members = work_for(submission_id)
    found = queries.file_in(work.id, file_id) or abort(404)
    if found.version_id is None and current_user.id not in {member.person_id for member in members}:
        abort(404)
    return files.download(found.file)


@bp.route("/submissions/<int:submission_id>/versions/<int:number>/text/")
@signed_in
def download_text(submission_id: int, number: int) -> Response:
    """The text of a version as a file."""
    work, _members = work_for(submission_id)
    version = queries.version_numbered(work.id, number) or abort(404)
    response = Response(version.text, mimetype="text/plain")
    response.headers.set("Content-Disposition", "attachment", filename=f"version-{number}.txt")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


# What the views above have in common


def place_for(course_id: int, lesson_id: int) -> Place:
    """The signed-in learner's place in an assignment; else 404. Raises LessonNotOpen."""
    enrolment = courses.enrolment_in(current_user, course_id)
    if enrolment is None or enrolment.left_at is not None:
        abort(404)
    version_id = enrolment.cohort.version_id
    lesson = courses.lesson_in_version(version_id, lesson_id)
    position = courses.position_in(version_id, lesson_id)
    if lesson is None or lesson.assignment is None or position is None:
        abort(404)
    require_readable(enrolment, lesson_id, received())
    return Place(course_id, lesson_id, position, enrolment, lesson.assignment)


def work_for(submission_id: int) -> tuple[Submission, list[Enrolment]]:
    """A piece of work that the signed-in person may open, and whose it is; else 404."""
    work = queries.work_by_id(submission_id) or abort(404)
    members = queries.members_of(work)
    teachers = [teacher.person_id for teacher in courses.teachers_of(work.cohort_id)]
    authorize(policies.may_open_work, work.cohort, [member.person_id for member in members], teachers)
    return work, members
