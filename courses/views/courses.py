"""The catalogue: courses that anyone can find, and what each supplies."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from app.accounts.guards import public
from app.clock import today
from app.db import db, utcnow
from app.i18n import language
from app.reference import queries as reference
from courses import policies, queries

bp = Blueprint("courses", __name__)


@bp.route("/courses/")
@public
def index() -> str:
    """Published courses, by words and by skill."""
    words, skill = request.args.get("q", "").strip()[:100], request.args.get("skill", "")[:20]
    page = db.paginate(queries.published_courses(words, skill), per_page=24, max_per_page=24)
    ids = [course.id for course in page.items]
    return render_template(
        "courses/courses/index.html",
        page=page,
        words=words,
        skill=skill,
        sizes=queries.sizes_of(ids),
        supplied=queries.skills_of_courses(ids),
        skill_names=reference.skill_names(language()),
    )


@bp.route("/courses/<int:course_id>/")
@public
def show(course_id: int) -> Any:
    """A course: what it is about, its lessons, the skills it supplies, how to get in."""
    course = queries.course_by_id(course_id) or abort(404)
    signed_in = current_user.is_authenticated
    enrolment = queries.enrolment_in(current_user, course.id) if signed_in else None
    learning = enrolment is not None and enrolment.left_at is None
    if not learning and not policies.may_see(current_user, course):
        abort(404)
    lessons = queries.contents_of(course.id, enrolment.id if enrolment and learning else None)
    day = today()
    return render_template(
        "courses/courses/show.html",
        course=course,
        enrolment=enrolment if learning else None,
        lessons=lessons,
        next=next((lesson for lesson in lessons if lesson.done_at is None), None),
        supplied=queries.skills_of_courses([course.id])[course.id],
        cohorts=[] if learning or not course.is_published else queries.open_cohorts(course.id, day, utcnow()),
        is_student=signed_in and policies.is_student_of(current_user, course, day),
        may_write=policies.may_write(current_user, course),
        may_read=policies.may_read(current_user, course, enrolment),
    )
