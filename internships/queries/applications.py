"""Reads of applications."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, StudentProfile
from app.db import db
from internships.models import (
    Application,
    ApplicationStatus,
    Posting,
    PostingSkill,
)
from internships.queries.postings import open_postings
from internships.rules.stages import Stage

POSTING_COLUMNS = ["status", "opens_on", "closes_on", "seats", "seats_filled", "seats_offered"]


def application_of(student: Person, posting: Posting) -> Application | None:
    """A student's application to a posting, whatever became of it."""
    query = sa.select(Application).where(Application.student_id == student.id, Application.posting_id == posting.id)
    return db.session.scalars(query).one_or_none()


def keep_posting(posting: Posting) -> None:
    """Read a posting's own columns anew and keep it as it is until the transaction ends; others may keep it too."""
    db.session.refresh(posting, POSTING_COLUMNS, with_for_update={"read": True, "of": Posting})


def has_applications(posting_id: int) -> bool:
    """Whether anybody has ever applied for a posting."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Application.posting_id == posting_id))))


def applications_of(student: Person) -> list[Application]:
    """All applications of a student with postings and enterprises: open ones in order, then the newest decided."""
    query = (
        sa.select(Application)
        .where(Application.student_id == student.id)
        .options(joinedload(Application.posting).joinedload(Posting.organisation))
        .order_by(Application.status != ApplicationStatus.OPEN, Application.student_rank, Application.id.desc())
        .limit(200)
    )
    return list(db.session.scalars(query))


def open_applications_of(student: Person) -> list[Application]:
    """A student's open applications in their order, with the postings."""
    query = (
        sa.select(Application)
        .where(Application.student_id == student.id, Application.status == ApplicationStatus.OPEN)
        .options(joinedload(Application.posting))
        .order_by(Application.student_rank, Application.id)
    )
    return list(db.session.scalars(query))


def applicants_of(posting: Posting) -> list[Application]:
    """Everyone who applied to a posting and did not withdraw, with names, open applications first."""
    query = (
        sa.select(Application)
        .where(Application.posting_id == posting.id, Application.status != ApplicationStatus.WITHDRAWN)
        .options(joinedload(Application.student), joinedload(Application.posting))
        .order_by(Application.status != ApplicationStatus.OPEN, Application.posting_rank, Application.applied_at)
    )
    return list(db.session.scalars(query))


def application_by_id(application_id: int) -> Application | None:
    """An application with its posting, enterprise and student."""
    query = (
        sa.select(Application)
        .where(Application.id == application_id)
        .options(
            joinedload(Application.posting).joinedload(Posting.organisation),
            joinedload(Application.posting).selectinload(Posting.skills),
            joinedload(Application.student),
        )
    )
    return db.session.scalars(query).one_or_none()


def open_applications_to(posting_ids: Collection[int], *, locked: bool = False) -> list[Application]:
    """Open applications to postings, in a fixed order; `locked` keeps others from deciding them meanwhile.

    Without those that have an offer: their seat is held, and the word is the applicant's.
    """
    query = (
        sa.select(Application)
        .where(
            Application.posting_id.in_(posting_ids),
            Application.status == ApplicationStatus.OPEN,
            Application.stage != Stage.OFFER,
        )
        .order_by(Application.id)
    )
    if locked:
        query = query.with_for_update()
    return list(db.session.scalars(query))


def profiles_of(student_ids: Collection[int]) -> dict[int, StudentProfile]:
    """Profiles by person id."""
    query = sa.select(StudentProfile).where(StudentProfile.person_id.in_(student_ids))
    return {profile.person_id: profile for profile in db.session.scalars(query)}


def similar_to(posting: Posting, today: date) -> sa.Select[Posting]:
    """Other open postings that ask for a skill of this one, those closing first at the top."""
    codes = sa.select(PostingSkill.skill_code).where(PostingSkill.posting_id == posting.id)
    asking = sa.select(PostingSkill.posting_id).where(PostingSkill.skill_code.in_(codes))
    return open_postings(today).where(Posting.id != posting.id, Posting.id.in_(asking))
