"""Handing in: drafts that keep themselves, files, versions with receipts. Nothing here commits."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import IO
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite

from app import audit, files
from app.clock import end_of
from app.db import db
from app.errors import Refused
from app.ui.filters import moment_text
from courses.models import (
    Assignment,
    Cohort,
    CohortDate,
    CompletesOn,
    Enrolment,
    Submission,
    SubmissionDraft,
    SubmissionFile,
    SubmissionVersion,
    Takes,
    WorkGroup,
    WorkState,
)
from courses.queries import submissions as queries
from courses.rules.lateness import Lateness, LatePolicy, Timeliness, last_moment, lateness
from courses.services.learning import complete_lesson
from courses.services.refusals import LessonNotOpen

OWNER = "submission"
RECORDINGS = (".mp3", ".m4a", ".ogg", ".webm", ".wav", ".mp4")
LONGEST_TEXT = 200_000
LONGEST_LINK = 2_000
# What changes of a piece of work; the rest of its row never does.
CHANGING = ("assignment_id", "state", "version_number", "own_due_at", "handed_in_at", "released_at")
NOT_BEGUN = (WorkState.DRAFT, WorkState.WAITING, WorkState.RETURNED)


class HandInTooLate(Refused):
    message = _l("It is too late: nothing has been taken since %(moment)s.")


class AlreadyMarked(Refused):
    message = _l("Your teacher has begun to mark what you handed in, so it stays as it is.")


class NothingHandedIn(Refused):
    message = _l("There is nothing to hand in yet: write something, or add a file.")


class NothingChanged(Refused):
    message = _l("This is what you handed in before. Change it first: your teacher asks for another version.")


class TooManyFiles(Refused):
    message = _l("“%(name)s” is not kept: at most %(most)s files are taken. Take one out first.")


class NotTaken(Refused):
    message = _l("This assignment does not take files.")


class RecordingKind(Refused):
    message = _l("“%(name)s” is no recording: %(kinds)s are taken.")


class LinkBroken(Refused):
    message = _l("A link begins with https:// or http:// and names a site.")


class TextTooLong(Refused):
    message = _l("This text is too long. Hand it in as a file.")


class GroupMissing(Refused):
    message = _l("This is handed in by groups. Make a group or join one first.")


@dataclass(frozen=True)
class Terms:
    """When something opens and is due, and what lateness costs, for one person or group.

    `cohort_due_at` is when it is due for who has no moment of their own.
    """

    opens_at: datetime | None
    due_at: datetime
    policy: LatePolicy
    cohort_due_at: datetime

    @property
    def closes_at(self) -> datetime | None:
        """From when nothing is taken any more."""
        return last_moment(self.due_at, self.policy)

    def lateness(self, moment: datetime) -> Lateness:
        """How late something is that is received at a moment."""
        return lateness(moment, self.due_at, self.policy)

    def of(self, due_at: datetime | None) -> "Terms":
        """The terms of a version that was due at `due_at` when it was handed in.

        Time for another version does not make an earlier one timely, nor less time make it late. A later moment for
        the whole cohort counts for all of it.
        """
        return self if due_at is None else replace(self, due_at=max(due_at, self.cohort_due_at))


def terms_of(assignment: Assignment, cohort: Cohort, date: CohortDate | None, work: Submission | None = None) -> Terms:
    """The terms of an assignment: somebody's own due moment, else the cohort's, else the end of its last day."""
    own = work.own_due_at if work is not None else None
    cohort_due_at = (date.due_at if date else None) or end_of(cohort.ends_on)
    policy = LatePolicy(assignment.late_share_per_day, assignment.late_days_max)
    return Terms(date.opens_at if date else None, own or cohort_due_at, policy, cohort_due_at)


def why_closed(work: Submission | None, terms: Terms, now: datetime) -> Refused | None:
    """Why nothing can be handed in now; None where it can."""
    if terms.opens_at is not None and now < terms.opens_at:
        return LessonNotOpen()
    if work is not None and work.state not in NOT_BEGUN:
        return AlreadyMarked()
    if terms.lateness(now).timeliness is Timeliness.TOO_LATE:
        return HandInTooLate(moment=moment_text(terms.closes_at))
    return None


def open_work(
    enrolment: Enrolment, lesson_id: int, assignment: Assignment, group: WorkGroup | None = None
) -> Submission:
    """The work of a learner in a lesson, locked; begun where there is none, once. Raises GroupMissing."""
    work = queries.work_of(enrolment.id, lesson_id)
    if work is None:
        group = group or (queries.group_of(enrolment.id, lesson_id) if assignment.group_size > 1 else None)
        if group is None and assignment.group_size > 1:
            raise GroupMissing
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        row = {
            "cohort_id": enrolment.cohort_id,
            "lesson_id": lesson_id,
            "assignment_id": assignment.id,
            "enrolment_id": None if group else enrolment.id,
            "group_id": group.id if group else None,
            "state": WorkState.DRAFT,
            "version_number": 0,
        }
        db.session.execute(insert(Submission).values(**row).on_conflict_do_nothing())
        work = queries.work_of(enrolment.id, lesson_id)
        if work is None:
            raise GroupMissing
    hold(work)
    return work


def hold(work: Submission) -> None:
    """Lock a piece of work until the end of the transaction, and read it anew."""
    db.session.execute(sa.select(Submission.id).where(Submission.id == work.id).with_for_update())
    db.session.refresh(work, CHANGING)


# Drafts


def keep_draft(work: Submission, person_id: int, text: str, link: str, revision: int, now: datetime) -> SubmissionDraft:
    """Keep what somebody is writing; what was typed earlier but arrives later changes nothing. Raises TextTooLong."""
    if len(text) > LONGEST_TEXT or len(link) > LONGEST_LINK:
        raise TextTooLong
    draft = db.session.get(SubmissionDraft, (work.id, person_id), with_for_update=True)
    if draft is None:
        draft = SubmissionDraft(submission_id=work.id, person_id=person_id, revision=-1, saved_at=now)
        db.session.add(draft)
    if revision > draft.revision:
        draft.text, draft.link, draft.revision, draft.saved_at = text, link, revision, now
    db.session.flush()
    return draft


def add_file(
    work: Submission, assignment: Assignment, person_id: int, stream: IO[bytes], name: str, *, is_recording: bool
) -> SubmissionFile:
    """Add a file or recording to the draft; the caller holds the work.

    Raises NotTaken, TooManyFiles, RecordingKind, and what `files.store` raises.
    """
    if (Takes.RECORDING if is_recording else Takes.FILES) not in assignment.takes:
        raise NotTaken
    if is_recording and PurePath(name).suffix.lower() not in RECORDINGS:
        raise RecordingKind(name=name, kinds=", ".join(RECORDINGS))
    kept = queries.files_of_draft(work.id)
    digest = _digest(stream)
    for one in kept:
        # A second click sends the same again.
        if (one.file.sha256, one.file.name) == (digest, PurePath(name).name[:200]):
            return one
    if len(kept) >= assignment.files_max:
        raise TooManyFiles(name=name, most=assignment.files_max)
    stored = files.store(stream, name, owner_kind=OWNER, uploaded_by=person_id)
    db.session.flush()
    added = SubmissionFile(submission_id=work.id, version_id=None, file_id=stored.id, is_recording=is_recording)
    db.session.add(added)
    db.session.flush()
    return added


def _digest(stream: IO[bytes]) -> str:
    hasher = hashlib.sha256()
    while chunk := stream.read(files.CHUNK):
        hasher.update(chunk)
    stream.seek(0)
    return hasher.hexdigest()


def remove_file(work: Submission, submission_file_id: int, now: datetime) -> None:
    """Take a file out of the draft; it can be put back. Versions keep theirs; one that is not there is no matter."""
    _mark_file(work, submission_file_id, now)


def restore_file(work: Submission, assignment: Assignment, taken_out: SubmissionFile) -> None:
    """Put a file that was taken out into the draft again. Raises TooManyFiles."""
    if len(queries.files_of_draft(work.id)) >= assignment.files_max:
        raise TooManyFiles(name=taken_out.file.name, most=assignment.files_max)
    _mark_file(work, taken_out.id, None)


def _mark_file(work: Submission, submission_file_id: int, deleted_at: datetime | None) -> None:
    mine = sa.and_(
        SubmissionFile.id == submission_file_id,
        SubmissionFile.submission_id == work.id,
        SubmissionFile.version_id.is_(None),
    )
    db.session.execute(sa.update(SubmissionFile).where(mine).values(deleted_at=deleted_at))


# Handing in


def hand_in(work: Submission, assignment: Assignment, terms: Terms, person_id: int, now: datetime) -> SubmissionVersion:
    """Hand in what the person has drafted, with the files of all, as the next version; the caller holds the work.

    The same again is the same version. Raises what `why_closed` names, NothingHandedIn, LinkBroken, NothingChanged.
    """
    draft = db.session.get(SubmissionDraft, (work.id, person_id))
    text = draft.text if draft is not None and Takes.TEXT in assignment.takes else ""
    link = draft.link.strip() if draft is not None and Takes.LINK in assignment.takes else ""
    kept = queries.files_of_draft(work.id)
    digest = content_digest(text, link, kept)
    last = queries.version_numbered(work.id, work.version_number)
    if last is not None and last.content_digest == digest:
        if work.state is WorkState.RETURNED:
            raise NothingChanged
        return last
    if refusal := why_closed(work, terms, now):
        raise refusal
    if not text.strip() and not link and not kept:
        raise NothingHandedIn
    if link and not is_address(link):
        raise LinkBroken
    version = SubmissionVersion(
        submission_id=work.id,
        number=work.version_number + 1,
        text=text,
        link=link,
        handed_in_by_id=person_id,
        handed_in_at=now,
        due_at=terms.due_at,
        content_digest=digest,
        receipt=hashlib.sha256(f"{OWNER}:{work.id}:{digest}:{now.isoformat()}".encode()).hexdigest(),
    )
    db.session.add(version)
    db.session.flush()
    db.session.add_all(
        SubmissionFile(submission_id=work.id, version_id=version.id, file_id=one.file_id, is_recording=one.is_recording)
        for one in kept
    )
    work.version_number, work.handed_in_at = version.number, now
    work.state, work.assignment_id = WorkState.WAITING, assignment.id
    audit.record(
        "submission.hand-in",
        work,
        actor_id=person_id,
        organisation_id=None,
        version=version.number,
        receipt=version.receipt,
    )
    if assignment.completes_on is CompletesOn.HANDED_IN:
        complete_for(queries.members_of(work), work.lesson_id, now)
    db.session.flush()
    return version


def content_digest(text: str, link: str, kept: Sequence[SubmissionFile]) -> str:
    """SHA-256 of what is handed in: text, link and the digests of the files in order, as JSON."""
    told = [text, link, [one.file.sha256 for one in kept]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def is_address(link: str) -> bool:
    """Whether a link can be followed."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(sign.isspace() for sign in link)


def complete_for(members: Sequence[Enrolment], lesson_id: int, now: datetime) -> None:
    """Complete a lesson for everybody whose work it is and who is still there."""
    for enrolment in members:
        if enrolment.left_at is None:
            complete_lesson(enrolment, lesson_id, enrolment.cohort.course, now)


# More time


def give_more_time(work: Submission, until: datetime, by_id: int, organisation_id: int) -> None:
    """Let one person or group hand in until another moment than the cohort; what is handed in already stays."""
    hold(work)
    work.own_due_at = until
    audit.record("submission.extend", work, actor_id=by_id, organisation_id=organisation_id, until=until.isoformat())


def give_back(work: Submission, until: datetime, by_id: int, organisation_id: int) -> None:
    """Ask for another version of what was handed in, until a moment. What was released stays to be read.

    What is there already stays as late as it was.
    """
    hold(work)
    if not work.is_handed_in:
        raise NothingHandedIn
    work.own_due_at, work.state = until, WorkState.RETURNED
    audit.record("submission.return", work, actor_id=by_id, organisation_id=organisation_id, until=until.isoformat())
