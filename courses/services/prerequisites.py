"""What comes before a course. Nothing here commits."""

import sqlalchemy as sa

from app import audit
from app.accounts.models import Organisation, Person
from app.db import db
from courses import queries
from courses.models import Course, Prerequisite
from courses.rules.prerequisites import makes_a_circle, missing
from courses.services.refusals import AlreadyRequired, CircleOfCourses, PrerequisitesUnmet


def require(person: Person, course_id: int) -> None:
    """Raises PrerequisitesUnmet where somebody lacks what comes before a course."""
    needed = queries.needed_for(course_id)
    if needed and missing(needed, queries.completed_by(person), queries.levels_shown(person)):
        raise PrerequisitesUnmet


def hold_order() -> None:
    """Let nobody else say what comes before what until the transaction ends: two at once could make a circle.

    Held is the first organisation's row, since a circle may go through courses of several.
    """
    first = sa.select(Organisation.id).order_by(Organisation.id).limit(1)
    db.session.execute(first.with_for_update(key_share=True))


def add_course(course: Course, required: Course, actor_id: int, *, path_id: int | None = None) -> None:
    """Ask for another course first. Raises AlreadyRequired, CircleOfCourses."""
    hold_order()
    pairs = queries.required_pairs()
    if (course.id, required.id) in pairs:
        raise AlreadyRequired
    if makes_a_circle(pairs, course.id, required.id):
        raise CircleOfCourses
    _add(Prerequisite(course_id=course.id, required_course_id=required.id, path_id=path_id), course, actor_id)


def add_skill(course: Course, skill_code: str, level: int, actor_id: int) -> None:
    """Ask for a skill at a level; of one skill the new level counts."""
    for kept in queries.prerequisites_of(course.id):
        if kept.skill_code == skill_code:
            kept.level = level
            db.session.flush()
            return
    _add(Prerequisite(course_id=course.id, skill_code=skill_code, level=level), course, actor_id)


def _add(prerequisite: Prerequisite, course: Course, actor_id: int) -> None:
    db.session.add(prerequisite)
    audit.record(
        "course.require",
        course,
        actor_id=actor_id,
        organisation_id=course.organisation_id,
        required_course=prerequisite.required_course_id,
        skill=prerequisite.skill_code,
        level=prerequisite.level,
    )


def remove(prerequisite: Prerequisite, course: Course, actor_id: int) -> None:
    """Ask for it no longer."""
    audit.record(
        "course.no-longer-require",
        course,
        actor_id=actor_id,
        organisation_id=course.organisation_id,
        required_course=prerequisite.required_course_id,
        skill=prerequisite.skill_code,
    )
    db.session.delete(prerequisite)
    db.session.flush()
