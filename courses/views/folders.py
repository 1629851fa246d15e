"""A course as a ZIP of its files: taken home, brought back changed, or the beginning of a new course."""

import io
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import organisation_for, roles
from app.db import db, utcnow
from app.errors import Refused
from courses.folders import FolderRefused, Lesson, Merged, Prefer, State, pack, write_folder
from courses.forms.folders import FolderForm, TakeFolderForm
from courses.models import Course
from courses.policies import AUTHORS
from courses.services import folders as services
from courses.views.workshop import course_for

bp = Blueprint("folders", __name__, url_prefix="/organisations/<slug>/courses")
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Row:
    """A lesson in the preview: what becomes of it, and of how many of its questions."""

    name: str
    lesson: Lesson | None
    state: State
    questions: Counter[State]
    is_clashing: bool


@dataclass(frozen=True)
class Sent:
    """A ZIP as it was sent: its bytes, and the slug of a folder that names none."""

    content: bytes
    slug: str


@bp.route("/<int:course_id>/folder/", methods=["GET", "POST"])
@roles(*AUTHORS)
def show(slug: str, course_id: int) -> Any:
    """Download the course as files; send a changed folder and see what it would change."""
    organisation, course = course_for(slug, course_id)
    form = FolderForm()
    page = ("courses/folders/show.html", {"organisation": organisation, "course": course, "form": form})
    if form.validate_on_submit():
        return _preview(organisation.id, _sent(form), page, course)
    return _page(page)


@bp.route("/<int:course_id>/folder.zip")
@roles(*AUTHORS)
def download(slug: str, course_id: int) -> Response:
    """The course as a ZIP; the same course gives the same bytes."""
    _organisation, course = course_for(slug, course_id)
    content = pack(write_folder(services.written(course).value))
    return send_file(
        io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=f"{course.slug}.zip"
    )


@bp.route("/<int:course_id>/folder/taking/", methods=["POST"])
@roles(*AUTHORS)
def take(slug: str, course_id: int) -> Any:
    """Bring the folder that was looked at into the course: all of it, in one transaction."""
    organisation, course = course_for(slug, course_id)
    page = ("courses/folders/show.html", {"organisation": organisation, "course": course, "form": FolderForm(None)})
    return _take(organisation.id, page, course)


@bp.route("/folders/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str) -> Any:
    """Begin a course from a folder: send it, see what is in it."""
    organisation = organisation_for(slug, *AUTHORS)
    form = FolderForm()
    page = ("courses/folders/new.html", {"organisation": organisation, "course": None, "form": form})
    if form.validate_on_submit():
        return _preview(organisation.id, _sent(form), page, None)
    return _page(page)


@bp.route("/folders/", methods=["POST"])
@roles(*AUTHORS)
def create(slug: str) -> Any:
    """Begin the course of the folder that was looked at."""
    organisation = organisation_for(slug, *AUTHORS)
    page = ("courses/folders/new.html", {"organisation": organisation, "course": None, "form": FolderForm(None)})
    return _take(organisation.id, page, None)


Page = tuple[str, dict[str, Any]]


def _page(page: Page, **more: Any) -> str:
    most = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // MEGABYTE
    return render_template(page[0], **({"most": most, "faults": []} | page[1] | more))


def _sent(form: FolderForm) -> Sent:
    with closing(form.file.data) as sent:
        return Sent(sent.read(), PurePath(sent.filename or "").stem)


def _preview(organisation_id: int, sent: Sent, page: Page, course: Course | None) -> Any:
    """What the folder would change, or what is wrong with it. Nothing is kept but the ZIP, for a day."""
    owner = (organisation_id, course.id if course else 0)
    try:
        brought = _bring(organisation_id, sent, course, Prefer.NONE)
    except services.FolderClashes as refused:
        db.session.rollback()
        return _shown(page, refused.merged, services.keep_waiting(sent.content, sent.slug, owner))
    except FolderRefused as refused:
        db.session.rollback()
        return _page(page, faults=refused.faults)
    except Refused as refusal:
        db.session.rollback()
        page[1]["form"].file.errors = [refusal.sentence()]
        return _page(page)
    merged, remarks = brought.merged, brought.remarks
    db.session.rollback()
    return _shown(page, merged, services.keep_waiting(sent.content, sent.slug, owner), remarks)


def _bring(organisation_id: int, sent: Sent, course: Course | None, prefer: Prefer) -> services.Brought:
    slug = course.slug if course else sent.slug
    db.session.rollback()  # nobody else has to wait with writing while a large file is read
    return services.bring_folder(
        organisation_id,
        services.read_archive(sent.content, slug),
        utcnow(),
        current_user.id,
        into=course,
        is_new=course is None,
        prefer=prefer,
    )


def _shown(page: Page, merged: Merged, ticket: str, remarks: Any = (), form: Any = None) -> str:
    form = form or TakeFolderForm(formdata=None, ticket=ticket)
    if not merged.clashes:
        form = form.without_choice()
    return _page(
        ("courses/folders/preview.html", page[1]),
        merged=merged,
        rows=_rows(merged),
        files=[(name, state) for name, state in merged.of_kind("files").items() if state is not State.UNCHANGED],
        remarks=remarks,
        form=form,
    )


def _rows(merged: Merged) -> list[Row]:
    """The lessons in their order, then those that go."""
    states, asked = merged.of_kind("lessons"), merged.of_kind("questions")
    names = [*merged.course.order, *(name for name in states if name not in merged.course.lessons)]
    return [
        Row(
            name,
            merged.course.lessons.get(name),
            states.get(name, State.UNCHANGED),
            Counter(state for question, state in asked.items() if question.startswith(f"{name}/")),
            any(clash.part.partition("/")[2].partition("/")[0] == name for clash in merged.clashes),
        )
        for name in names
    ]


def _take(organisation_id: int, page: Page, course: Course | None) -> Any:
    form = TakeFolderForm() if "prefer" in request.form else TakeFolderForm().without_choice()
    owner = (organisation_id, course.id if course else 0)
    sent = Sent(*services.waiting(form.ticket.data or "", owner))
    if form.validate_on_submit():
        try:
            brought = _bring(organisation_id, sent, course, form.chosen)
        except services.FolderClashes as refused:
            # Somebody has changed the same since the look.
            db.session.rollback()
            return _shown(page, refused.merged, services.keep_waiting(sent.content, sent.slug, owner))
        except FolderRefused as refused:
            db.session.rollback()
            return _page(page, faults=refused.faults)
        db.session.commit()
        if brought.merged.is_unchanged:
            flash(_("The folder says what the course says: nothing had to be changed."), "success")
        else:
            flash(_("The folder is in the course. Students see it once you publish."), "success")
        slug = page[1]["organisation"].slug
        return redirect(url_for("courses.workshop.show", slug=slug, course_id=brought.course.id), 303)
    return _preview(organisation_id, sent, page, course)
