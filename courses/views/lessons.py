"""Reading a lesson, and saying that it is read."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import signed_in
from app.assessment import queries as assessment
from app.assessment.models import Attempt
from app.assessment.queries import marking
from app.clock import today
from app.db import db, utcnow
from app.ui.filters import words
from courses import policies, queries, services
from courses.models import Enrolment, Lesson, LessonRevision
from courses.rules.dates import Dates
from courses.views.discussions import beside_lesson
from courses.views.files import address_of, linked
from courses.views.submissions import desk_of

bp = Blueprint("lessons", __name__)


@bp.route("/courses/<int:course_id>/lessons/<int:position>/")
@signed_in
def show(course_id: int, position: int) -> Any:
    """A lesson with what comes before and after it, and its quiz: of the version that the reader's cohort learns.

    Who is not enrolled but writes the course reads the working copy.
    """
    course = queries.course_by_id(course_id) or abort(404)
    enrolment = queries.enrolment_in(current_user, course.id)
    if enrolment is not None and enrolment.left_at is not None:
        enrolment = None
    may_write = policies.may_write(current_user, course)
    taught = None
    if enrolment is None and not may_write:
        teaches_at = policies.teaches_at(current_user, today())
        taught = queries.cohort_to_read(course.id, teaches_at) if teaches_at else None
    if not policies.may_read(current_user, course, enrolment, taught):
        if not policies.may_see(current_user, course):
            abort(404)
        flash(_("Enrol in the course to read its lessons."), "info")
        return redirect(url_for("courses.courses.show", course_id=course.id), 303)
    cohort = enrolment.cohort if enrolment is not None else taught
    if cohort is not None:
        lesson: Lesson | LessonRevision = queries.lesson_at(cohort.version_id, position) or abort(404)
        lessons = queries.contents_of(cohort.version_id, enrolment.id if enrolment else None)
    else:
        lesson = queries.lesson_at_place(course.id, position) or abort(404)
        lessons = queries.draft_contents(course.id)
    line = next(line for line in lessons if line.position == position)
    dates = queries.dates_of_lesson(enrolment.cohort_id, line.id) if enrolment else Dates()
    now = utcnow()
    opener = services.opened_by(enrolment, lessons, line.id) if enrolment else None
    if opener is not None or (dates.opens_at is not None and now < dates.opens_at):
        return render_template(
            "courses/lessons/closed.html",
            course=course,
            lesson=lesson,
            lessons=lessons,
            line=line,
            dates=dates,
            opener=opener,
        )
    attempts = assessment.attempts_of(current_user, [lesson.quiz_id]) if lesson.quiz_id and enrolment else []
    open_attempt = next((attempt for attempt in attempts if attempt.is_open(now)), None)
    files = lesson.settings.get("files", {})
    return render_template(
        "courses/lessons/show.html",
        course=course,
        lesson=lesson,
        enrolment=enrolment,
        lessons=lessons,
        line=line,
        desk=desk_of(lesson, line.id, enrolment),
        before=next((line for line in lessons if line.position == position - 1), None),
        after=next((line for line in lessons if line.position == position + 1), None),
        supplied=queries.skills_of_lesson(line.id) if lesson.quiz_id else [],
        attempts=attempts,
        waiting=marking.waiting_in([attempts[-1].id]).get(attempts[-1].id, 0) if attempts else 0,
        open_attempt=open_attempt,
        text=linked(words(lesson, "body"), course.id, files),
        files={name: address_of(course.id, file_id) for name, file_id in files.items()},
        checks=_checks(lesson, open_attempt),
        dates=dates,
        may_write=may_write,
        beside=beside_lesson(course, lesson, line.id, enrolment),
    )


@dataclass(frozen=True)
class Check:
    """A check question at a moment of a video: its number in the open attempt, where there is one."""

    seconds: int
    number: int | None

    @property
    def clock(self) -> str:
        """The moment as minutes and seconds."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}"


def _checks(lesson: Lesson | LessonRevision, attempt: Attempt | None) -> list[Check]:
    """The check questions of a video in the order of their moments."""
    cues = lesson.settings.get("cues", {})
    if not cues or lesson.quiz_id is None:
        return []
    questions = {item.id: item.version.question_id for item in assessment.items_of(lesson.quiz_id)}
    asked = [place.item_id for place in assessment.palette_of(attempt)] if attempt is not None else []
    numbers = {questions[item_id]: number for number, item_id in enumerate(asked, start=1) if item_id in questions}
    found = [Check(seconds, numbers.get(int(one))) for one, seconds in cues.items() if int(one) in questions.values()]
    return sorted(found, key=lambda check: check.seconds)


@bp.route("/courses/<int:course_id>/lessons/<int:position>/completion/", methods=["POST"])
@signed_in
def complete(course_id: int, position: int) -> Response:
    """Done: on to the next lesson, or to the course with the certificate."""
    course = queries.course_by_id(course_id) or abort(404)
    enrolment = queries.enrolment_in(current_user, course.id)
    if enrolment is None or enrolment.left_at is not None:
        abort(404)
    lesson = queries.lesson_at(enrolment.cohort.version_id, position) or abort(404)
    services.require_open(enrolment.cohort_id, lesson.lesson_id, utcnow())
    services.read_to_end(enrolment, lesson, course, utcnow())
    db.session.commit()
    following = queries.next_lesson(enrolment, enrolment.cohort.version_id)
    if following is None:
        flash(_finished(enrolment), "success")
        return redirect(url_for("courses.courses.show", course_id=course.id), 303)
    return redirect(url_for(".show", course_id=course.id, position=following.position), 303)


def _finished(enrolment: Enrolment) -> str:
    """What is said when no lesson is left: a certificate is promised where there is one."""
    if enrolment.completed_at is None:
        return _("No lesson is left. What is still missing stands on this page.")
    lines = queries.contents_of(enrolment.cohort.version_id, enrolment.id)
    if services.gives_certificate(lines, services.rules_of(enrolment.cohort.version)):
        return _("You have completed the course; your certificate is ready.")
    return _("You have completed the course.")
