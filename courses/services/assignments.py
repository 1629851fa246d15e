"""The assignment of a lesson: what is asked, how it is marked, what lateness costs. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit
from app.assessment.models import Rubric, RubricRow
from app.assessment.services.work import Criterion, create_rubric, criterion_of
from app.db import db
from app.errors import Refused
from courses.models import Assignment, CompletesOn, Course, Lesson, LessonKind, Takes
from courses.queries import submissions as queries
from courses.services.writing import keep_revision


class NothingTaken(Refused):
    message = _l("Say what can be handed in: text, files, a link or a recording.")


class LessonHasQuiz(Refused):
    message = _l("This lesson ends in a quiz. Take its questions out first, or use a lesson of its own.")


@dataclass(frozen=True)
class AssignmentRules:
    """What can be handed in and what becomes of it; see `Assignment`."""

    takes: Sequence[Takes] = (Takes.TEXT,)
    files_max: int = 5
    points_max: Decimal = Decimal(100)
    completes_on: CompletesOn = CompletesOn.PASSED
    pass_share: Decimal = Decimal("0.6")
    late_share_per_day: Decimal = Decimal(0)
    late_days_max: int | None = None
    group_size: int = 1


def set_assignment(
    lesson: Lesson,
    course: Course,
    rules: AssignmentRules,
    criteria: Sequence[Criterion] = (),
    actor_id: int | None = None,
    now: datetime | None = None,
) -> Assignment:
    """Make a lesson an assignment by these rules, marked by these criteria; by none, one mark is given.

    What a revision of the lesson or a piece of work refers to stays as it is: the lesson then gets a new assignment,
    and cohorts keep that of their version. The same again changes nothing. With `now` the lesson's history keeps
    the assignment as it was and as it becomes. Raises NothingTaken, LessonHasQuiz.
    """
    if not rules.takes:
        raise NothingTaken
    if lesson.quiz_id is not None:
        raise LessonHasQuiz
    rules = replace(rules, takes=tuple(one for one in Takes if one in rules.takes))
    if now is not None:
        keep_revision(lesson, now, actor_id)
    lesson.kind = LessonKind.ASSIGNMENT
    db.session.flush()
    held = None if lesson.assignment_id is None else queries.assignment_with_rubric(lesson.assignment_id)
    if held is not None and rules_of(held) == rules and criteria_of(held.rubric) == list(criteria):
        return held
    if held is None or queries.is_assignment_kept(held.id):
        assignment = Assignment(lesson_id=lesson.id)
        db.session.add(assignment)
        old = None
    else:
        assignment, old = held, held.rubric
    for each in fields(AssignmentRules):
        setattr(assignment, each.name, getattr(rules, each.name))
    assignment.takes = [one.value for one in rules.takes]
    rubric = create_rubric(course.organisation_id, lesson.title_zh, lesson.title_en, criteria) if criteria else None
    assignment.rubric_id = None if rubric is None else rubric.id
    db.session.flush()
    if old is not None:
        db.session.execute(sa.delete(RubricRow).where(RubricRow.rubric_id == old.id))
        db.session.execute(sa.delete(Rubric).where(Rubric.id == old.id))
    db.session.expire(assignment, ["rubric"])
    lesson.assignment_id = assignment.id
    if actor_id is not None:
        audit.record(
            "lesson.set-assignment",
            lesson,
            actor_id=actor_id,
            organisation_id=course.organisation_id,
            assignment_id=assignment.id,
            criteria=len(criteria),
        )
    db.session.flush()
    if now is not None:
        keep_revision(lesson, now, actor_id)
    return assignment


def take_assignment_away(lesson: Lesson, course: Course, actor_id: int, now: datetime) -> None:
    """Make the lesson a page again; what cohorts learn and what was handed in stays, and the history keeps it."""
    if lesson.assignment_id is None:
        return
    keep_revision(lesson, now, actor_id)
    lesson.assignment_id, lesson.kind = None, LessonKind.PAGE
    audit.record("lesson.take-assignment", lesson, actor_id=actor_id, organisation_id=course.organisation_id)
    db.session.flush()
    keep_revision(lesson, now, actor_id)


def rules_of(assignment: Assignment) -> AssignmentRules:
    """The rules of an assignment as they were set."""
    told = {each.name: getattr(assignment, each.name) for each in fields(AssignmentRules)}
    return AssignmentRules(**told | {"takes": tuple(one for one in Takes if one in assignment.takes)})


def criteria_of(rubric: Rubric | None) -> list[Criterion]:
    """The rows of a rubric as they were set."""
    return [criterion_of(row) for row in rubric.rows] if rubric else []
