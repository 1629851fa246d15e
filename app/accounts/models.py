"""People, organisations and what a person is in an organisation."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Model, Moment, choice, key, line, long_text, moment, moment_now, short_code, short_name
from app.reference.models import Cluster, Region


class OrganisationKind(enum.StrEnum):
    """What an organisation is."""

    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    GOVERNMENT = "government"
    PLATFORM = "platform"


class Role(enum.StrEnum):
    """What a person may be in an organisation."""

    STUDENT = "student"
    TEACHER = "teacher"
    COORDINATOR = "coordinator"
    MENTOR = "mentor"
    RECRUITER = "recruiter"
    JUDGE = "judge"
    OFFICIAL = "official"
    ADMINISTRATOR = "administrator"


ROLES_BY_KIND: dict[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.ENTERPRISE: (Role.RECRUITER, Role.MENTOR, Role.JUDGE),
    OrganisationKind.UNIVERSITY: (Role.STUDENT, Role.TEACHER, Role.COORDINATOR, Role.JUDGE),
    OrganisationKind.GOVERNMENT: (Role.OFFICIAL, Role.JUDGE),
    OrganisationKind.PLATFORM: (Role.ADMINISTRATOR, Role.JUDGE),
}


class Organisation(Model):
    """A university, an enterprise, a government office or the platform itself."""

    __tablename__ = "organisation"

    id: Mapped[key]
    slug: Mapped[short_name] = mapped_column(unique=True)
    kind: Mapped[OrganisationKind] = mapped_column(choice(OrganisationKind), index=True)
    name_zh: Mapped[line]
    name_en: Mapped[line] = mapped_column(default="")
    about_zh: Mapped[long_text] = mapped_column(default="")
    about_en: Mapped[long_text] = mapped_column(default="")
    credit_code: Mapped[short_code] = mapped_column(default="")
    website: Mapped[line] = mapped_column(default="")
    city_zh: Mapped[line] = mapped_column(default="")
    city_en: Mapped[line] = mapped_column(default="")
    region_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"), index=True)
    cluster_code: Mapped[str | None] = mapped_column(sa.ForeignKey("cluster.code"), index=True)
    created_at: Mapped[moment_now]
    verified_at: Mapped[datetime | None] = mapped_column(Moment())
    verified_by_id: Mapped[int | None] = mapped_column(sa.Integer)
    # What was checked and how, in the verifier's words; everybody reads it.
    verification_note: Mapped[line] = mapped_column(default="")
    suspended_at: Mapped[datetime | None] = mapped_column(Moment())
    suspended_because: Mapped[line] = mapped_column(default="")

    region: Mapped[Region | None] = relationship()
    cluster: Mapped[Cluster | None] = relationship()

    @property
    def is_verified(self) -> bool:
        """Whether somebody entitled has checked that it is what it says, and it is not suspended."""
        return self.verified_at is not None and self.suspended_at is None


class Person(Model):
    """One human being, one account, whatever they are and wherever."""

    __tablename__ = "person"

    id: Mapped[key]
    email: Mapped[line] = mapped_column(unique=True)
    name: Mapped[line]
    password_hash: Mapped[line] = mapped_column(default="")
    # Part of the session: raising it signs the person out everywhere.
    session_version: Mapped[int] = mapped_column(default=1)
    language: Mapped[short_code] = mapped_column(default="")
    time_zone: Mapped[short_name] = mapped_column(default="Asia/Shanghai")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[moment_now]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person")

    # What flask-login asks of a signed-in person.
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The session's name for this person."""
        return f"{self.id}:{self.session_version}"

    @property
    def display_name(self) -> str:
        """How the person is called on pages."""
        return self.name

    def current(self, today: date) -> list["Membership"]:
        """Memberships that hold today."""
        return [membership for membership in self.memberships if membership.is_current(today)]

    def has_role(self, *roles: Role, organisation_id: int | None = None) -> bool:
        """Whether the person is one of `roles`, anywhere or in one organisation."""
        return any(
            membership.role in roles and organisation_id in (None, membership.organisation_id)
            for membership in self.memberships
            if membership.left_on is None
        )


class Membership(Model):
    """What a person is in an organisation, and since when."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "organisation_id", "role"),
        sa.Index("ix_membership_organisation_id_role", "organisation_id", "role"),
    )

    id: Mapped[key]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    joined_on: Mapped[date] = mapped_column(sa.Date())
    left_on: Mapped[date | None] = mapped_column(sa.Date())

    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()

    def is_current(self, today: date) -> bool:
        """Whether it holds today; the day of leaving no longer counts."""
        return self.joined_on <= today and (self.left_on is None or today < self.left_on)


class StudentProfile(Model):
    """What eligibility for an internship needs to know of a student."""

    __tablename__ = "student_profile"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    major: Mapped[line] = mapped_column(default="")
    year: Mapped[int | None]
    graduates_on: Mapped[date | None] = mapped_column(sa.Date())
    # The first day of the month of birth: the day itself is not needed, so it is not asked.
    birth_month: Mapped[date | None] = mapped_column(sa.Date())
    about: Mapped[long_text] = mapped_column(default="")

    @property
    def is_complete(self) -> bool:
        """Whether eligibility can be judged."""
        return bool(self.major and self.year and self.graduates_on and self.birth_month)


class Invitation(Model):
    """A link by which somebody joins an organisation in a role. Only the digest of its secret is kept.

    There is none before the job that mails the link has drawn the secret.
    """

    __tablename__ = "invitation"

    id: Mapped[key]
    digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    email: Mapped[line] = mapped_column(default="")
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[moment_now]
    expires_at: Mapped[moment]
    used_at: Mapped[datetime | None] = mapped_column(Moment())
    used_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    organisation: Mapped[Organisation] = relationship()

    def is_open(self, now: datetime) -> bool:
        """Whether the link still works: unused, and within [created, expires)."""
        return self.used_at is None and now < self.expires_at
