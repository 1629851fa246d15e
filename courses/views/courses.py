"""The catalogue: courses that anyone can find, and what each supplies."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from app.accounts.guards import public
from app.clock import today
from app.db import db, utcnow
from app.i18n import language
from app.reference import queries as reference
from courses import policies, queries, services
from courses.grouping import grouped
from courses.views.materials import materials_by_place
from courses.views.prerequisites import shown_for

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
    if enrolment is not None and enrolment.left_at is not None:
        enrolment = None
    day, now = today(), utcnow()
    studies_at = policies.studies_at(current_user, day) if signed_in else []
    may_write = policies.may_write(current_user, course)
    teaches_at = policies.teaches_at(current_user, day) if signed_in and not may_write else []
    taught_here = queries.cohort_to_read(course.id, teaches_at) if teaches_at and enrolment is None else None
    # A course that was withdrawn stays open to those who learn it, and to those who teach it elsewhere.
    if enrolment is None and taught_here is None and not policies.may_see(current_user, course):
        abort(404)
    cohort = enrolment.cohort if enrolment else taught_here
    version = queries.version_of(cohort) if cohort else queries.newest_version(course)
    lessons = queries.contents_of(version.id, enrolment.id if enrolment else None) if version else []
    if version is None and may_write:
        lessons = queries.draft_contents(course.id)
    may_join = enrolment is None and course.is_published
    gives_certificate = not lessons or services.gives_certificate(lessons, services.rules_of(version))
    where = studies_at or [course.organisation_id]
    return render_template(
        "courses/courses/show.html",
        course=course,
        enrolment=enrolment,
        told=version or course,
        groups=grouped(lessons, version.modules if version else queries.modules_of(course.id)),
        lessons=lessons,
        missing=services.missing_for(enrolment, lessons) if enrolment and not enrolment.completed_at else None,
        lines_by_id={line.id: line for line in lessons},
        openers=services.openers_of(enrolment, lessons) if enrolment else {},
        next=next((lesson for lesson in lessons if lesson.done_at is None), None),
        supplied=queries.skills_of_courses([course.id])[course.id],
        cohorts=queries.open_cohorts(course.id, where, day, now) if may_join else [],
        is_student=bool(studies_at),
        places=queries.waiting_numbers(current_user, course.id) if may_join and studies_at else {},
        requests=queries.requests_by(current_user, course.id) if may_join and studies_at else {},
        before=shown_for(current_user, course.id) if enrolment is None else [],
        gives_certificate=gives_certificate,
        paths=queries.paths_with(course.id),
        dates=queries.dates_in(enrolment.cohort_id) if enrolment else {},
        announcements=queries.announcements_in(enrolment.cohort_id, limit=3) if enrolment else [],
        materials=materials_by_place(enrolment.cohort, lessons, now) if enrolment else {},
        now=now,
        may_write=may_write,
        may_read=policies.may_read(current_user, course, enrolment, taught_here),
    )
