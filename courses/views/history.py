"""The history of a lesson: what it said, what changed, and letting it say so again."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import roles
from app.assessment import queries as assessment
from app.db import db, utcnow
from app.i18n import language
from app.reference import queries as reference
from app.ui.filters import number as plain
from courses import queries, services
from courses.forms.assignments import AssignmentForm, assignment_values
from courses.forms.courses import QuizForm
from courses.forms.seen import told
from courses.models import Lesson, LessonRevision
from courses.policies import AUTHORS
from courses.queries import submissions
from courses.rules.differences import Line, differences
from courses.rules.moments import clock_of
from courses.views.lesson_editor import lesson_for
from courses.views.quiz_editor import form_values, pools_of
from courses.views.workshop import course_for
from courses.words import lesson_kind

bp = Blueprint(
    "history", __name__, url_prefix="/organisations/<slug>/courses/<int:course_id>/lessons/<int:lesson_id>/history"
)


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str, course_id: int, lesson_id: int) -> str:
    """Every saved state of a lesson, newest first."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    return render_template(
        "courses/history/index.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        page=db.paginate(queries.revisions_of(lesson.id), per_page=25, max_per_page=25),
        published=queries.versions_showing(lesson.id),
    )


@bp.route("/<int:number>/")
@roles(*AUTHORS)
def show(slug: str, course_id: int, lesson_id: int, number: int) -> Any:
    """A saved state beside another one, by default beside the lesson as it is."""
    organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    revision = queries.revision_numbered(lesson.id, number) or abort(404)
    other_number = request.args.get("with", type=int)
    other: Lesson | LessonRevision = lesson
    if other_number is not None:
        other = queries.revision_numbered(lesson.id, other_number) or abort(404)
    return render_template(
        "courses/history/show.html",
        organisation=organisation,
        course=course,
        lesson=lesson,
        revision=revision,
        other=other,
        other_number=other_number,
        numbers=queries.revision_numbers(lesson.id),
        changes=_changes(revision, other),
    )


@bp.route("/<int:number>/restoration/", methods=["POST"])
@roles(*AUTHORS)
def restore(slug: str, course_id: int, lesson_id: int, number: int) -> Response:
    """Let the lesson say again what it said; what it says now stays in the history."""
    _organisation, course = course_for(slug, course_id)
    lesson = lesson_for(course, lesson_id)
    revision = queries.revision_numbered(lesson.id, number) or abort(404)
    with_work = request.form.get("with") == "work"
    services.restore_revision(lesson, revision, utcnow(), current_user.id, with_work=with_work)
    db.session.commit()
    flash(_("The lesson says again what it said in state %(number)s.", number=number), "success")
    return redirect(url_for("courses.lesson_editor.edit", slug=slug, course_id=course_id, lesson_id=lesson_id), 303)


def _changes(before: LessonRevision, after: Lesson | LessonRevision) -> list[tuple[str, list[Line]]]:
    """The fields that differ, each with its lines side by side."""
    named: list[tuple[str, Callable[[Any], str]]] = [
        (_("Title in Chinese"), lambda one: one.title_zh),
        (_("Title in English"), lambda one: one.title_en),
        (_("Kind"), lambda one: lesson_kind(one.kind)),
        (_("Minutes"), lambda one: str(one.minutes)),
        (_("Needed to complete the course"), lambda one: _("yes") if one.is_required else _("no")),
        (_("Category of the gradebook"), lambda one: one.category),
        (_("Video and files"), lambda one: _of_settings(one.settings)),
        (_("Text in Chinese"), lambda one: one.body_zh),
        (_("Text in English"), lambda one: one.body_en),
    ]
    found = [(label, differences(read(before), read(after))) for label, read in named]
    if before.quiz_id != after.quiz_id:
        found.append((_("Quiz"), differences(_of_quiz(before.quiz_id), _of_quiz(after.quiz_id))))
    if before.assignment_id != after.assignment_id:
        pair = _of_assignment(before.assignment_id), _of_assignment(after.assignment_id)
        found.append((_("Assignment"), differences(*pair)))
    return [(label, lines) for label, lines in found if lines]


def _of_settings(settings: dict[str, Any]) -> str:
    """What only the kind of a lesson has, a line each: video, captions, moments of check questions, files."""
    captions, cues = settings.get("captions", {}), settings.get("cues", {})
    asked = assessment.newest_versions([int(one) for one in cues])
    lines = [f"{_('Video')}: {settings['video']}"] if settings.get("video") else []
    lines += [f"{_('Captions')} ({language}): {name}" for language, name in sorted(captions.items())]
    for question_id, seconds in sorted(cues.items(), key=lambda each: float(each[1])):
        version = asked.get(int(question_id))
        lines.append(f"{clock_of(float(seconds))} {version.question.name if version else question_id}")
    lines += [f"{_('Files to download')}: {name}" for name in settings.get("downloads", [])]
    # The same name may mean another file since.
    lines += [
        _("%(name)s, upload %(number)s", name=name, number=key) for name, key in settings.get("files", {}).items()
    ]
    return "\n".join(lines)


def _of_quiz(quiz_id: int | None) -> str:
    """The rules and questions of a quiz, a line each."""
    quiz = assessment.quiz_by_id(quiz_id) if quiz_id else None
    if quiz is None:
        return ""
    items = assessment.items_of(quiz.id)
    rules = [f"{one.label}: {one.text}" for one in told(QuizForm(formdata=None, data=form_values(quiz)))]
    fixed = [item for item in items if item.pool is None]
    questions = [
        _("%(question)s, wording %(number)s, %(points)s points", question=item.version.question.name,
          number=item.version.number, points=plain(item.points))
        for item in fixed
    ]  # fmt: skip
    names = reference.skill_names(language())
    draws = [
        _("%(take)s drawn of %(size)s: %(skill)s, level %(level)s", take=pool.take, size=pool.size,
          skill=names.get(pool.skill, pool.skill), level=pool.level)
        for pool in pools_of(quiz, items)
    ]  # fmt: skip
    return "\n".join([*rules, *questions, *draws])


def _of_assignment(assignment_id: int | None) -> str:
    """What an assignment asks for, by which criteria, a line each."""
    if assignment_id is None:
        return ""
    form = AssignmentForm(formdata=None, data=assignment_values(submissions.assignment_with_rubric(assignment_id)))
    form.offer(reference.skill_names(language()))
    return "\n".join(f"{one.label}: {one.text}" for one in told(form))
