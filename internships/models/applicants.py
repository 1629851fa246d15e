"""What an applicant says about themselves, and the files that they show."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, key, long_text, moment
from app.files import StoredFile


class ApplicantProfile(Model):
    """A student's own words, languages, links and CV; enterprises read it beside an application."""

    __tablename__ = "applicant_profile"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    words: Mapped[long_text] = mapped_column(default="")
    languages: Mapped[long_text] = mapped_column(default="")
    links: Mapped[list[Any]] = mapped_column(default=list)
    cv_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    updated_at: Mapped[moment]

    cv: Mapped[StoredFile | None] = relationship()


class ApplicationFile(Model):
    """A file that an applicant added to one application."""

    __tablename__ = "application_file"

    id: Mapped[key]
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    added_at: Mapped[moment]

    file: Mapped[StoredFile] = relationship()
