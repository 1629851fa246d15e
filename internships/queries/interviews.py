"""Reads of interview appointments."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.db import db
from internships.models import Application, ApplicationStatus, Interview, InterviewStatus, Posting


def standing_interview_of(application: Application) -> Interview | None:
    """The newest appointment of an application that was not called off."""
    query = (
        sa.select(Interview)
        .where(Interview.application_id == application.id, Interview.status != InterviewStatus.CANCELLED)
        .options(selectinload(Interview.slots))
        .order_by(Interview.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def interview_by_id(interview_id: int) -> Interview | None:
    """An appointment with its moments, application, posting and people."""
    query = (
        sa.select(Interview)
        .where(Interview.id == interview_id)
        .options(
            selectinload(Interview.slots),
            joinedload(Interview.application).joinedload(Application.posting).joinedload(Posting.organisation),
            joinedload(Interview.application).joinedload(Application.student),
        )
    )
    return db.session.scalars(query).one_or_none()


_DATED = (
    sa.select(Interview)
    .join(Interview.application)
    .join(Application.posting)
    .options(
        contains_eager(Interview.application).contains_eager(Application.posting).joinedload(Posting.organisation),
        contains_eager(Interview.application).joinedload(Application.student),
    )
    .where(Application.status == ApplicationStatus.OPEN)
)


def interviews_between(
    since: datetime, until: datetime, *, student: Person | None = None, organisation_ids: Collection[int] = ()
) -> list[Interview]:
    """Appointments within [since, until) that were chosen: of a student, or of enterprises."""
    whose = Application.student_id == student.id if student else Posting.organisation_id.in_(organisation_ids)
    query = _DATED.where(
        whose,
        Interview.status == InterviewStatus.CHOSEN,
        Interview.chosen_at >= since,
        Interview.chosen_at < until,
    ).order_by(Interview.chosen_at, Interview.id)
    return list(db.session.scalars(query))


def interviews_to_choose(student: Person) -> list[Interview]:
    """Invitations that wait for a student's choice."""
    query = _DATED.where(Application.student_id == student.id, Interview.status == InterviewStatus.PROPOSED)
    return list(db.session.scalars(query.options(selectinload(Interview.slots)).order_by(Interview.id)))


def interviews_by_application(application_ids: Collection[int]) -> dict[int, Interview]:
    """The appointment that stands of each application, by its id; those without are left out."""
    query = (
        sa.select(Interview)
        .where(Interview.application_id.in_(application_ids), Interview.status != InterviewStatus.CANCELLED)
        .order_by(Interview.id)
    )
    return {one.application_id: one for one in db.session.scalars(query)}
