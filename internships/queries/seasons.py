"""What a match season reads in bulk: columns as plain rows, a part at a time, no object for each."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts.models import Membership, Organisation, Role, StudentProfile
from app.db import db
from app.skills.models import SkillEstimate
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Part,
    Placement,
    Posting,
    PostingSkill,
    RoundPosting,
)
from internships.rules.stages import Stage

AT_ONCE = 100_000

Rows = Iterator[Sequence[Sequence[Any]]]


def awaits_a_match() -> sa.ColumnElement[bool]:
    """Applications that a round decides on: open, and without an offer, which holds a seat until it is answered."""
    return sa.and_(Application.status == ApplicationStatus.OPEN, Application.stage != Stage.OFFER)


def is_placed_meanwhile() -> sa.ColumnElement[bool]:
    """Whether the student of an application has a place on days of its posting: from elsewhere, since the matching."""
    own = aliased(Posting)
    return sa.exists().where(
        own.id == Application.posting_id,
        Placement.student_id == Application.student_id,
        Placement.starts_on <= own.ends_on,
        Placement.ends_on >= own.starts_on,
    )


def read_without_lock() -> None:
    """Let the transaction that begins now only read, so that on SQLite nobody who writes waits for it."""
    if not db.session().in_transaction():
        db.session.connection(execution_options={"reads_only": True})


def _streamed(query: sa.Select[*tuple[Any, ...]]) -> Rows:
    return db.session.execute(query.execution_options(yield_per=AT_ONCE)).partitions()


def _postings(match_round: MatchRound) -> sa.Select[int]:
    return sa.select(RoundPosting.posting_id).where(
        RoundPosting.round_id == match_round.id, RoundPosting.part == Part.JOINED
    )


def _students(match_round: MatchRound) -> sa.Select[int]:
    return sa.select(Application.student_id).where(Application.posting_id.in_(_postings(match_round)), awaits_a_match())


def posting_rows(match_round: MatchRound) -> list[Any]:
    """The postings of a round: id, seats, seats filled, how ranked, dates, year and majors asked, caps; by id."""
    query = (
        sa.select(
            Posting.id,
            # Who closes early, with a reason, takes nobody any more; a day that has passed closes no seat.
            sa.case((Posting.closed_because != "", 0), else_=Posting.seats).label("seats"),
            (Posting.seats_filled + Posting.seats_offered).label("seats_taken"),
            Posting.ranked_by,
            Posting.starts_on,
            Posting.ends_on,
            Posting.min_year,
            Posting.majors,
            RoundPosting.university_cap,
            RoundPosting.programme_cap,
        )
        .join(RoundPosting, RoundPosting.posting_id == Posting.id)
        .where(RoundPosting.round_id == match_round.id, RoundPosting.part == Part.JOINED)
        .order_by(Posting.id)
    )
    return list(db.session.execute(query))


def need_rows(match_round: MatchRound) -> list[Any]:
    """What the postings of a round ask for: posting, skill, level, weight; by posting and skill."""
    query = (
        sa.select(PostingSkill.posting_id, PostingSkill.skill_code, PostingSkill.level, PostingSkill.weight)
        .where(PostingSkill.posting_id.in_(_postings(match_round)))
        .order_by(PostingSkill.posting_id, PostingSkill.skill_code)
    )
    return list(db.session.execute(query))


def application_rows(match_round: MatchRound) -> Rows:
    """Open applications to a round: id, student, posting, the student's number, the enterprise's; 0 for none."""
    return _streamed(
        sa.select(
            Application.id,
            Application.student_id,
            Application.posting_id,
            sa.func.coalesce(Application.student_rank, 0),
            sa.func.coalesce(Application.posting_rank, 0),
        ).where(Application.posting_id.in_(_postings(match_round)), awaits_a_match())
    )


def profile_rows(match_round: MatchRound) -> Rows:
    """Profiles of those who applied: person, major, year, graduation, month of birth."""
    return _streamed(
        sa.select(
            StudentProfile.person_id,
            StudentProfile.major,
            StudentProfile.year,
            StudentProfile.graduates_on,
            StudentProfile.birth_month,
        ).where(StudentProfile.person_id.in_(_students(match_round)))
    )


def university_rows(match_round: MatchRound, day: date) -> Rows:
    """Universities of those who applied, on a day: person, university, its region."""
    return _streamed(
        sa.select(Membership.person_id, Membership.organisation_id, Organisation.region_code)
        .join(Membership.organisation)
        .where(
            Membership.person_id.in_(_students(match_round)),
            Membership.role == Role.STUDENT,
            Membership.joined_on <= day,
            sa.or_(Membership.left_on.is_(None), Membership.left_on > day),
        )
    )


def placement_rows(match_round: MatchRound) -> Rows:
    """Placements of those who applied: person, first day, last day."""
    return _streamed(
        sa.select(Placement.student_id, Placement.starts_on, Placement.ends_on).where(
            Placement.student_id.in_(_students(match_round))
        )
    )


def estimate_rows(match_round: MatchRound, codes: Sequence[str]) -> Rows:
    """Kept estimates of those who applied in some skills: person, skill, mean, standard deviation."""
    return _streamed(
        sa.select(SkillEstimate.person_id, SkillEstimate.skill_code, SkillEstimate.mean, SkillEstimate.sd).where(
            SkillEstimate.person_id.in_(_students(match_round)), SkillEstimate.skill_code.in_(codes)
        )
    )
