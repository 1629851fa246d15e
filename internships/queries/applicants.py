"""Reads of what applicants say about themselves and of their files."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from internships.models import ApplicantProfile, Application, ApplicationFile


def applicant_profile_of(person_id: int) -> ApplicantProfile | None:
    """What a student says about themselves, with the CV."""
    query = (
        sa.select(ApplicantProfile)
        .where(ApplicantProfile.person_id == person_id)
        .options(joinedload(ApplicantProfile.cv))
    )
    return db.session.scalars(query).one_or_none()


def applicant_profiles_of(person_ids: Collection[int]) -> dict[int, ApplicantProfile]:
    """What students say about themselves, by person id."""
    query = sa.select(ApplicantProfile).where(ApplicantProfile.person_id.in_(person_ids))
    return {one.person_id: one for one in db.session.scalars(query)}


def files_of(application: Application) -> list[ApplicationFile]:
    """The files of an application, as they were added."""
    query = (
        sa.select(ApplicationFile)
        .where(ApplicationFile.application_id == application.id)
        .options(joinedload(ApplicationFile.file))
        .order_by(ApplicationFile.id)
    )
    return list(db.session.scalars(query))


def file_of(application: Application, attached_id: int) -> ApplicationFile | None:
    """One file of an application."""
    query = (
        sa.select(ApplicationFile)
        .where(ApplicationFile.application_id == application.id, ApplicationFile.id == attached_id)
        .options(joinedload(ApplicationFile.file))
    )
    return db.session.scalars(query).one_or_none()
