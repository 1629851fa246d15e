"""Learning paths: written, put in order, published. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app import audit
from app.db import db
from courses import queries
from courses.models import Course, LearningPath, PathStep, Prerequisite
from courses.rules.prerequisites import makes_a_circle
from courses.services.prerequisites import hold_order
from courses.services.refusals import CircleOfCourses, PathWithoutSteps

FEWEST_STEPS = 2


def create_path(
    organisation_id: int,
    title_zh: str,
    title_en: str = "",
    *,
    summary_zh: str = "",
    summary_en: str = "",
    is_strict: bool = False,
    actor_id: int | None = None,
) -> LearningPath:
    """Begin a path; it has no steps and nobody else sees it yet."""
    path = LearningPath(
        organisation_id=organisation_id,
        title_zh=title_zh,
        title_en=title_en,
        summary_zh=summary_zh,
        summary_en=summary_en,
        is_strict=is_strict,
    )
    db.session.add(path)
    audit.record("path.create", path, actor_id=actor_id, organisation_id=organisation_id)
    return path


def set_steps(path: LearningPath, steps: Sequence[tuple[Course, bool]]) -> None:
    """Make these courses the steps of a path, in this order: (course, whether it is required).

    A strict path makes each course of its own university ask for the last required one before it; what other
    universities teach it leaves as it is. Raises CircleOfCourses, and PathWithoutSteps for too few in a published one.
    """
    if path.published_at is not None and len(steps) < FEWEST_STEPS:
        raise PathWithoutSteps
    if path.is_strict and path.published_at is not None:
        hold_order()
    db.session.execute(sa.delete(PathStep).where(PathStep.path_id == path.id))
    db.session.execute(sa.delete(Prerequisite).where(Prerequisite.path_id == path.id))
    rows = [
        {"path_id": path.id, "course_id": course.id, "position": position, "is_required": is_required}
        for position, (course, is_required) in enumerate(steps, start=1)
    ]
    if rows:
        db.session.execute(sa.insert(PathStep), rows)
    if path.is_strict and path.published_at is not None:
        _ask_in_order(path, steps)
    db.session.flush()


def _ask_in_order(path: LearningPath, steps: Sequence[tuple[Course, bool]]) -> None:
    pairs = queries.required_pairs()
    before: Course | None = None
    for course, is_required in steps:
        if before is not None and course.organisation_id == path.organisation_id:
            pair = (course.id, before.id)
            if pair not in pairs:
                if makes_a_circle(pairs, *pair):
                    raise CircleOfCourses
                pairs.add(pair)
                db.session.add(Prerequisite(course_id=course.id, required_course_id=before.id, path_id=path.id))
        if is_required:
            before = course


def publish_path(path: LearningPath, now: datetime, actor_id: int | None) -> None:
    """Let anyone find a path. Raises PathWithoutSteps, CircleOfCourses."""
    steps = queries.steps_of(path.id)
    if len(steps) < FEWEST_STEPS:
        raise PathWithoutSteps
    path.published_at = path.published_at or now
    set_steps(path, [(step.course, step.is_required) for step in steps])
    audit.record("path.publish", path, actor_id=actor_id, organisation_id=path.organisation_id)


def withdraw_path(path: LearningPath, actor_id: int) -> None:
    """Let nobody else find a path; its courses ask for nothing on its behalf any more."""
    path.published_at = None
    db.session.execute(sa.delete(Prerequisite).where(Prerequisite.path_id == path.id))
    audit.record("path.withdraw", path, actor_id=actor_id, organisation_id=path.organisation_id)


def delete_path(path: LearningPath, actor_id: int, now: datetime) -> None:
    """Delete a path, which can be brought back for thirty days; its courses stay and ask for nothing on its behalf."""
    path.deleted_at, path.published_at = now, None
    db.session.execute(sa.delete(Prerequisite).where(Prerequisite.path_id == path.id))
    audit.record("path.delete", path, actor_id=actor_id, organisation_id=path.organisation_id, title=path.title_zh)
    db.session.flush()


def restore_path(path: LearningPath, actor_id: int) -> None:
    """Bring a path back with its steps, as a draft: what it asks for is looked at anew when it is published."""
    path.deleted_at = None
    audit.record("path.restore", path, actor_id=actor_id, organisation_id=path.organisation_id)
