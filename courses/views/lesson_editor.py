"""Writing lessons: title, text with a preview, what its kind asks for, order, removal."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import organisation_for, roles
from app.assessment import queries as assessment
from app.assessment.models import QuizItem
from app.clock import microseconds, revision
from app.db import db, utcnow
from app.errors import wants_json
from app.ui.filters import words
from app.ui.markdown import render_markdown
from courses import queries, services
from courses.forms.courses import LessonForm, NewLessonForm, lesson_form
from courses.models import Course, Lesson, LessonDraft, LessonKind
from courses.policies import AUTHORS
from courses.rules import bounds
from courses.rules.moments import clock_of, seconds_of
from courses.services import Outcome
from courses.services.files import with_files
from courses.views.files import linked
from courses.views.workshop import course_for

bp = Blueprint("lesson_editor", __name__, url_prefix="/organisations/<slug>")
STEPS = {"up": -1, "down": 1}
CAPTIONS = (".vtt",)
VIDEOS = (".mp4", ".webm")
CUE = re.compile(r"cue-\d{1,9}")


@bp.route("/courses/<int:course_id>/lessons/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str, course_id: int) -> Any:
    """Begin a lesson: what it is called, of which kind, in which module; its text comes next."""
    organisation, course = course_for(slug, course_id)
    modules = queries.modules_of(course.id)
    form = NewLessonForm(module_id=request.args.get("module", 0, type=int))
    form.module_id.choices = [SelectChoice(0, _("no module"))]
    form.module_id.choices += [SelectChoice(module.id, words(module, "title")) for module in modules]
    if form.validate_on_submit():
        lesson = services.add_lesson(
            course,
            form.title_zh.data,
            form.title_en.data,
            kind=LessonKind(form.kind.data),
            module=next((module for module in modules if module.id == form.module_id.data), None),
        )
        db.session.commit()
        return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson.id), 303)
    return render_template(
        "courses/lesson_editor/new.html", organisation=organisation, course=course, modules=modules, form=form
    )


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, course_id: int, lesson_id: int) -> Any:
    """Change what a lesson says. What its reader had not saved last time stands in the form, and is said to."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    names = [kept.name for kept in queries.files_of(course.id)]
    items = assessment.items_of(lesson.quiz_id) if lesson.quiz_id else []
    draft = queries.draft_of(lesson.id, current_user.id) if request.method == "GET" else None
    form = _form(lesson, draft, names, items)
    if form.validate_on_submit():
        text = _text(form, course, lesson, [item.version.question_id for item in items])
        saved = services.save_lesson(lesson, text, utcnow(), current_user.id, based_on=form.began_from)
        db.session.commit()
        return _after(slug, course_id, lesson, saved)
    last = queries.last_saved_by(lesson.id, current_user.id)
    return render_template(
        "courses/lesson_editor/edit.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        form=form,
        draft=draft,
        items=items,
        has_files=bool(names),
        now=utcnow(),
        sequence=draft.sequence if draft is not None else microseconds(last) if last is not None else 0,
    )


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/draft/", methods=["POST"])
@roles(*AUTHORS)
def draft(slug: str, course_id: int, lesson_id: int) -> Any:
    """Keep what is being written, as it is, for the one who writes it."""
    _organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    content = {
        name: request.form.getlist(name) if name == "downloads" else request.form.get(name, "")
        for name in ("title_zh", "title_en", "kind", "minutes", "is_required", "body_zh", "body_en", "video",
                     "captions_zh", "captions_en", "downloads")
    }  # fmt: skip
    content |= {name: value[:20] for name, value in request.form.items() if CUE.fullmatch(name)}
    based_on = request.form.get("based_on", lesson.revision_number, type=int)
    saved_at = services.keep_draft(lesson, current_user.id, content, based_on, revision(), utcnow())
    db.session.commit()
    if wants_json():
        return jsonify(saved_at=saved_at.isoformat())
    return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/draft/deletion/", methods=["POST"])
@roles(*AUTHORS)
def discard(slug: str, course_id: int, lesson_id: int) -> Response:
    """Throw away what was not saved, and go on from the lesson as it is; what was written stays in the history."""
    _organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    draft = queries.draft_of(lesson.id, current_user.id)
    if draft is not None:
        items = assessment.items_of(lesson.quiz_id) if lesson.quiz_id else []
        names = [kept.name for kept in queries.files_of(course.id)]
        # As if it had been sent: numbers are read, and what is none is left out.
        form = _form(lesson, None, names, items, formdata=MultiDict(draft.content))
        text = _text(form, course, lesson, [item.version.question_id for item in items])
        kept_aside = services.throw_away(lesson, text, current_user.id, utcnow())
        if kept_aside is not None:
            flash(
                _("It is thrown away, and stays in the history as state %(number)s.", number=kept_aside.number), "info"
            )
    db.session.commit()
    return redirect(url_for(".edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/place/", methods=["POST"])
@roles(*AUTHORS)
def move(slug: str, course_id: int, lesson_id: int) -> Response:
    """One place up or down."""
    _organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    services.move_lesson(lesson, STEPS.get(request.form.get("step", ""), 0))
    db.session.commit()
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor=f"l{lesson_id}"), 303)


@bp.route("/courses/<int:course_id>/order/", methods=["POST"])
@roles(*AUTHORS)
def arrange(slug: str, course_id: int) -> Any:
    """The order of everything at once: `order` reads "0:4,7 12:5" (module, its lessons; 0 is no module)."""
    _organisation, course = course_for(slug, course_id)
    groups = re.findall(r"(\d{1,9}):((?:\d{1,9},?)*)", request.form.get("order", "")[:20_000])
    services.arrange(
        course,
        [(int(module) or None, [int(lesson) for lesson in lessons.split(",") if lesson]) for module, lessons in groups],
    )
    db.session.commit()
    if wants_json():
        return jsonify(saved=True)
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


@bp.route("/courses/<int:course_id>/lessons/<int:lesson_id>/deletion/", methods=["POST"])
@roles(*AUTHORS)
def delete(slug: str, course_id: int, lesson_id: int) -> Response:
    """Take a lesson out of the working copy."""
    organisation, course = course_for(slug, course_id)
    services.delete_lesson(lesson_for(course, lesson_id), current_user.id, organisation.id, utcnow())
    db.session.commit()
    flash(
        _("The lesson is deleted. For thirty days it can be brought back from “Deleted lessons, modules and files”."),
        "info",
    )
    return redirect(url_for("courses.workshop.show", slug=slug, course_id=course_id, _anchor="lessons"), 303)


@bp.route("/lesson-preview/", methods=["POST"])
@roles(*AUTHORS)
def preview(slug: str) -> str:
    """How Markdown will look, as safe HTML."""
    organisation_for(slug, *AUTHORS)
    text = request.form.get("text", "")[:200_000]
    course_id = request.args.get("course", type=int)
    if course_id is not None and course_for(slug, course_id):
        text = linked(text, course_id, {kept.name: kept.file_id for kept in queries.files_of(course_id)})
    return render_markdown(text, top=2)


def lesson_for(course: Course, lesson_id: int) -> Lesson:
    """A lesson of the course; else 404."""
    return queries.lesson_in(course.id, lesson_id) or abort(404)


def _form(
    lesson: Lesson, draft: LessonDraft | None, names: list[str], items: Sequence[QuizItem], **more: Any
) -> LessonForm:
    """The form as the lesson is, or as its reader had left it; with the course's files to choose from."""
    settings = lesson.settings
    captions = settings.get("captions", {})
    told: dict[str, Any] = {
        "kind": lesson.kind.value,
        "video": settings.get("video", ""),
        "captions_zh": captions.get("zh", ""),
        "captions_en": captions.get("en", ""),
        "downloads": settings.get("downloads", []),
        "based_on": str(lesson.revision_number),
    }
    told |= {f"cue-{one}": clock_of(seconds) for one, seconds in settings.get("cues", {}).items()}
    if draft is not None:
        told |= draft.content | {"is_required": bool(draft.content.get("is_required")), "based_on": draft.based_on}
    kind = lesson_form([(item.version.question_id, item.version.question.name) for item in items])
    form = kind(obj=lesson if draft is None else None, data=told, **more)
    held = {str(told["video"]), str(told["captions_zh"]), str(told["captions_en"]), *told["downloads"]} - {""}
    every = sorted({*names, *held})
    form.video.choices = _choices(every, VIDEOS)
    form.captions_zh.choices = form.captions_en.choices = _choices(every, CAPTIONS)
    form.downloads.choices = [SelectChoice(name, name) for name in every if not name.endswith(CAPTIONS)]
    return form


def _choices(names: list[str], suffixes: tuple[str, ...]) -> list[SelectChoice]:
    return [SelectChoice("", _("no file")), *(SelectChoice(name, name) for name in names if name.endswith(suffixes))]


def _text(form: LessonForm, course: Course, lesson: Lesson, question_ids: list[int]) -> services.LessonText:
    """What the form says, with the files that it names as they are now."""
    settings = {key: value for key, value in lesson.settings.items() if key not in ("video", "captions", "downloads")}
    captions = {
        language: name for language, name in (("zh", form.captions_zh.data), ("en", form.captions_en.data)) if name
    }
    kind = LessonKind(form.kind.data) if form.kind.data in tuple(LessonKind) else lesson.kind
    if kind is LessonKind.VIDEO and form.video.data:
        settings["video"] = form.video.data
        settings |= {"captions": captions} if captions else {}
        cues = {str(one): seconds_of(form[f"cue-{one}"].data or "") for one in question_ids}
        settings["cues"] = {one: seconds for one, seconds in cues.items() if seconds is not None}
    else:
        settings.pop("cues", None)
    if form.downloads.data:
        settings["downloads"] = sorted(form.downloads.data)
    named = {*settings.get("downloads", []), settings.get("video", ""), *settings.get("captions", {}).values()} - {""}
    bodies = (_one_kind_of_line(form.body_zh.data), _one_kind_of_line(form.body_en.data))
    return services.LessonText(
        title_zh=(form.title_zh.data or "")[: bounds.MOST_TITLE],
        title_en=(form.title_en.data or "")[: bounds.MOST_TITLE],
        body_zh=bodies[0],
        body_en=bodies[1],
        kind=kind,
        minutes=form.minutes.data or 1,
        is_required=form.is_required.data,
        category=lesson.category,
        settings=with_files(course.id, settings, bodies, named),
    )


def _one_kind_of_line(text: str | None) -> str:
    """Browsers send lines that end in CRLF; texts are kept, compared and exported with LF."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def _after(slug: str, course_id: int, lesson: Lesson, saved: services.Saved) -> Response:
    """Where to after saving: to the quiz or on in the editor; where two people clashed, to both their texts."""
    here: dict[str, Any] = {"slug": slug, "course_id": course_id, "lesson_id": lesson.id}
    if saved.outcome is Outcome.KEPT_ASIDE:
        flash(
            _("Somebody saved this lesson while you were writing, in the same place. Your text is kept beside it."),
            "warning",
        )
        return redirect(url_for("courses.history.show", **here, number=saved.revision.number), 303)
    if saved.outcome is Outcome.MERGED:
        flash(
            _("Somebody saved this lesson while you were writing. Both changes are in it now: look it through."), "info"
        )
    else:
        flash(_("The lesson is saved."), "success")
    if request.form.get("then") == "quiz":
        return redirect(url_for("courses.quiz_editor.edit", **here), 303)
    return redirect(url_for(".edit", **here), 303)
