"""Groups that hand in together: made, joined, left, arranged by a teacher. Nothing here commits."""

import secrets
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.db import db
from app.errors import Refused
from courses.models import (
    Assignment,
    Cohort,
    CompletesOn,
    Enrolment,
    GroupMember,
    WorkGroup,
    WorkState,
)
from courses.queries import submissions as queries
from courses.services.submissions import complete_for

# No signs that are mistaken for one another when somebody reads a code aloud.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6


class GroupUnknown(Refused):
    message = _l("No group of your cohort has this code.")


class GroupFull(Refused):
    message = _l("This group is full: %(most)s hand in together.")


class AlreadyInGroup(Refused):
    message = _l("You are in another group already. Leave it first.")


class GroupFixed(Refused):
    message = _l("This group has handed in: who belongs to it stays. Ask your teacher.")


class GroupMarked(Refused):
    message = _l("The marks of this group are released: who belongs to it stays.")


class NotByGroups(Refused):
    message = _l("Everybody hands this in alone.")


def make_group(cohort: Cohort, lesson_id: int, now: datetime) -> WorkGroup:
    """An empty group; the cohort is locked, so that two made at once get two numbers."""
    db.session.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())
    last = db.session.scalar(
        sa.select(sa.func.max(WorkGroup.number)).where(
            WorkGroup.cohort_id == cohort.id, WorkGroup.lesson_id == lesson_id
        )
    )
    code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
    group = WorkGroup(cohort_id=cohort.id, lesson_id=lesson_id, number=(last or 0) + 1, code=code, made_at=now)
    db.session.add(group)
    db.session.flush()
    return group


def begin_group(enrolment: Enrolment, lesson_id: int, assignment: Assignment, now: datetime) -> WorkGroup:
    """A group with its first member; who is in one already keeps it. Raises NotByGroups."""
    if assignment.group_size < 2:
        raise NotByGroups
    db.session.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    group = queries.group_of(enrolment.id, lesson_id)
    if group is None:
        group = make_group(enrolment.cohort, lesson_id, now)
        _add(group, enrolment)
    return group


def join_group(enrolment: Enrolment, lesson_id: int, assignment: Assignment, code: str) -> WorkGroup:
    """Come into the group of a code. Raises NotByGroups, GroupUnknown, AlreadyInGroup, GroupFixed, GroupFull."""
    if assignment.group_size < 2:
        raise NotByGroups
    group = queries.group_by_code(enrolment.cohort_id, lesson_id, "".join(code.split()).upper())
    if group is None:
        raise GroupUnknown
    db.session.execute(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id).with_for_update())
    _hold(group)
    present = queries.group_of(enrolment.id, lesson_id)
    if present is not None:
        if present.id != group.id:
            raise AlreadyInGroup
        return group
    work = queries.work_of_group(group.id)
    if work is not None and work.is_handed_in:
        raise GroupFixed
    _room_in(group, assignment)
    _add(group, enrolment)
    return group


def leave_group(enrolment: Enrolment, lesson_id: int) -> None:
    """Leave a group that has handed in nothing; who is in none has left already. Raises GroupFixed."""
    group = queries.group_of(enrolment.id, lesson_id)
    if group is None:
        return
    _hold(group)
    work = queries.work_of_group(group.id)
    if work is not None and work.is_handed_in:
        raise GroupFixed
    _take_out(enrolment, lesson_id)


def place(enrolment: Enrolment, lesson_id: int, assignment: Assignment, group: WorkGroup | None, now: datetime) -> None:
    """A teacher puts somebody into a group, or into none. Until marks are released. Raises GroupFull, GroupMarked."""
    present = queries.group_of(enrolment.id, lesson_id)
    if present is group or (present and group and present.id == group.id):
        return
    for one in (present, group):
        if one is not None:
            _hold(one)
            work = queries.work_of_group(one.id)
            if work is not None and work.state in (WorkState.RELEASED, WorkState.RETURNED):
                raise GroupMarked
    if group is not None:
        _room_in(group, assignment)
    _take_out(enrolment, lesson_id)
    if group is None:
        return
    _add(group, enrolment)
    work = queries.work_of_group(group.id)
    if work is not None and work.is_handed_in and assignment.completes_on is CompletesOn.HANDED_IN:
        complete_for([enrolment], lesson_id, now)


def _hold(group: WorkGroup) -> None:
    db.session.execute(sa.select(WorkGroup.id).where(WorkGroup.id == group.id).with_for_update())


def _room_in(group: WorkGroup, assignment: Assignment) -> None:
    members = db.session.scalar(sa.select(sa.func.count()).where(GroupMember.group_id == group.id)) or 0
    if members >= assignment.group_size:
        raise GroupFull(most=assignment.group_size)


def _add(group: WorkGroup, enrolment: Enrolment) -> None:
    db.session.add(GroupMember(lesson_id=group.lesson_id, enrolment_id=enrolment.id, group_id=group.id))
    db.session.flush()
    db.session.expire(group, ["members"])


def _take_out(enrolment: Enrolment, lesson_id: int) -> None:
    db.session.execute(
        sa.delete(GroupMember).where(GroupMember.lesson_id == lesson_id, GroupMember.enrolment_id == enrolment.id)
    )
    db.session.flush()
