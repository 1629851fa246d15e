"""What an author says of marks and completion, on the working copy; a published version keeps what it said."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.db import db
from app.errors import Refused
from courses import queries
from courses.models import Course, Lesson
from courses.rules.grading import Rules
from courses.services.writing import save_lesson, text_of


class RulesChanged(Refused):
    message = _l("Somebody has changed these rules meanwhile. Look at them again.")


def mark_of(course: Course, lessons: Sequence[Lesson]) -> str:
    """What the rules and the places of the lessons are, in few signs, so that a form can tell what it saw."""
    told = [course.rules, [(lesson.id, lesson.category, lesson.is_required) for lesson in lessons]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def set_rules(
    course: Course,
    rules: Rules,
    places: dict[int, tuple[str, bool]],
    *,
    seen: str,
    by_id: int,
    now: datetime,
) -> None:
    """New rules, and for each lesson (by id) the category in which it counts and whether it is required.

    A category that is gone leaves its lessons in none. `seen` is what `mark_of` told of what was looked at. Raises
    RulesChanged.
    """
    db.session.execute(sa.select(Course.id).where(Course.id == course.id).with_for_update())
    db.session.refresh(course, ["rules"])
    lessons = queries.lessons_of(course.id)
    if mark_of(course, lessons) != seen:
        raise RulesChanged
    course.rules = rules.as_json()
    names = {category.name for category in rules.categories}
    for lesson in lessons:
        category, is_required = places.get(lesson.id, (lesson.category, lesson.is_required))
        category = category if category in names else ""
        if (category, is_required) != (lesson.category, lesson.is_required):
            save_lesson(lesson, replace(text_of(lesson), category=category, is_required=is_required), now, by_id)
    audit.record("course.set-grading", course, actor_id=by_id, organisation_id=course.organisation_id)
    db.session.flush()
