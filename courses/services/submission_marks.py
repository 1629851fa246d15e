"""Marks on what was handed in: given, noted in the margin, released, and what follows. Nothing here commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import audit, mail
from app.assessment.models import RubricRow
from app.assessment.rules.handmarks import RowMark, share_of_rows
from app.assessment.services.work import MarkOutOfRange
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.skills import queries as skill_queries
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from courses.models import (
    Assignment,
    CompletesOn,
    Enrolment,
    MarginNote,
    Marking,
    Release,
    Submission,
    SubmissionVersion,
    WorkState,
)
from courses.queries import submissions as queries
from courses.queries.learning import lesson_in_version
from courses.rules.lateness import Lateness, deduction
from courses.rules.margins import can_hold_a_note
from courses.services.grades import lesson_marked
from courses.services.submissions import Terms, complete_for, hold, terms_of

PLACES = Decimal("0.0001")
SHARE_PLACES = Decimal("0.000001")


class NothingToMark(Refused):
    message = _l("Nothing has been handed in yet.")


class NewerVersion(Refused):
    message = _l("A newer version was handed in while you were reading. Look at it first; nothing was saved.")


class MarksChanged(Refused):
    message = _l("%(name)s has saved other marks meanwhile. Yours are not saved yet: compare, and save again.")


class MarksMissing(Refused):
    message = _l("Every criterion needs a mark before it can be finished.")


class NoSuchLine(Refused):
    message = _l("A note stands beside a line of the text that says something. Choose one.")


class NotFinished(Refused):
    message = _l("Finish the marks before they are released.")


class ReasonMissing(Refused):
    message = _l("Marks that were released change with a reason, which the learner reads.")


@dataclass(frozen=True)
class Marks:
    """What a marker has entered: a mark and a comment for each row, else points; and a general comment."""

    rows: Mapping[int, Decimal | None] = field(default_factory=dict)
    comments: Mapping[int, str] = field(default_factory=dict)
    points: Decimal | None = None
    comment: str = ""


@dataclass(frozen=True)
class Worth:
    """What marks amount to: before lateness, what it takes off, and after."""

    earned: Decimal
    most: Decimal
    deduction: Decimal
    lateness: Lateness

    @property
    def points(self) -> Decimal:
        """The points that count."""
        return self.earned - self.deduction

    def passes(self, assignment: Assignment) -> bool:
        """Whether they are enough."""
        return self.points >= assignment.pass_share * self.most


# Giving


def give(
    work: Submission, by_id: int, marks: Marks, now: datetime, *, version: int, seen: int, finish: bool = False
) -> Marking:
    """Save marks to the version that was read, having begun from what was saved `seen` times; `finish` if complete.

    Raises NothingToMark, NewerVersion, MarksChanged, MarkOutOfRange, MarksMissing.
    """
    held = _begin(work, by_id, version, now)
    rubric_rows = rows_of(work.assignment)
    for row in rubric_rows:
        _check(marks.rows.get(row.id), row.marks_max)
    if not rubric_rows:
        _check(marks.points, work.assignment.points_max)
    entered = {
        str(row.id): {"mark": _written(marks.rows.get(row.id)), "comment": marks.comments.get(row.id, "")}
        for row in rubric_rows
    }
    told = (entered, None if rubric_rows else marks.points, marks.comment)
    if told != (held.rows, held.points, held.comment):
        if seen != held.revision:
            raise MarksChanged(name=held.saved_by.name)
        held.rows, held.points, held.comment = told
        held.revision, held.saved_at, held.saved_by_id = held.revision + 1, now, by_id
    if work.state not in (WorkState.RELEASED, WorkState.RETURNED):
        is_complete = earned_of(work.assignment, held) is not None
        if finish and not is_complete:
            raise MarksMissing
        if finish or work.state is not WorkState.MARKED or not is_complete:
            work.state = WorkState.MARKED if finish else WorkState.BEGUN
    db.session.flush()
    return held


def _begin(work: Submission, by_id: int, version: int, now: datetime) -> Marking:
    """The marks of a piece of work, locked; from the first save on nothing else is handed in."""
    hold(work)
    if not work.is_handed_in:
        raise NothingToMark
    if version != work.version_number:
        raise NewerVersion
    held = queries.marking_of(work.id)
    present = queries.version_numbered(work.id, version)
    if present is None:
        raise NothingToMark
    if held is None:
        held = Marking(submission_id=work.id, version_id=present.id, rows={}, revision=0, saved_at=now)
        held.saved_by_id, held.comment = by_id, ""
        db.session.add(held)
        db.session.flush()
        db.session.refresh(held, ["saved_by"])
    held.version_id = present.id
    return held


def _check(mark: Decimal | None, most: Decimal) -> None:
    if mark is not None and not (mark.is_finite() and 0 <= mark <= most):
        raise MarkOutOfRange(most=f"{most.normalize():f}")


def _written(mark: Decimal | None) -> str:
    """A decimal without needless zeros; empty where there is none."""
    return "" if mark is None else f"{mark.normalize():f}"


def rows_of(assignment: Assignment) -> list[RubricRow]:
    """The rows of an assignment's rubric; none where one mark is given."""
    return list(assignment.rubric.rows) if assignment.rubric is not None else []


def mark_in(rows: Mapping[str, Any], row_id: int) -> Decimal | None:
    """The mark that is kept for a row."""
    kept = rows.get(str(row_id), {}).get("mark", "")
    return Decimal(kept) if kept else None


def earned_of(assignment: Assignment, marks: Marking | Release) -> Decimal | None:
    """The points that marks earn before lateness; None while some are missing."""
    rows = rows_of(assignment)
    if not rows:
        return marks.points
    share = share_of_rows(RowMark(row.weight, row.marks_max, mark_in(marks.rows, row.id)) for row in rows)
    return None if share is None else (share * assignment.points_max).quantize(PLACES)


def worth_of(work: Submission, marking: Marking, version: SubmissionVersion, terms: Terms) -> Worth | None:
    """What the marks amount to now, by the terms of their version; None while some are missing."""
    earned = earned_of(work.assignment, marking)
    if earned is None:
        return None
    late = terms.lateness(version.handed_in_at)
    most = work.assignment.points_max
    return Worth(earned, most, deduction(earned, most, late.share), late)


# The margin


def add_note(work: Submission, by_id: int, line: int, body: str, now: datetime, *, version: int) -> MarginNote:
    """Write beside a line of the text; the same twice at once is one. Raises NewerVersion, NoSuchLine."""
    held = _begin(work, by_id, version, now)
    present = queries.version_numbered(work.id, version)
    if present is None or not can_hold_a_note(present.text, line) or not body.strip():
        raise NoSuchLine
    for note in queries.notes_on(held.version_id):
        if (note.line, note.body, note.written_by_id) == (line, body.strip(), by_id):
            return note
    note = MarginNote(version_id=held.version_id, line=line, body=body.strip(), written_by_id=by_id, written_at=now)
    db.session.add(note)
    if work.state is WorkState.WAITING:
        work.state = WorkState.BEGUN
    db.session.flush()
    return note


def remove_note(work: Submission, note_id: int, now: datetime) -> None:
    """Take a note away; it can be brought back. What was released keeps it until marks are released again."""
    _mark_note(work, note_id, now)


def restore_note(work: Submission, note_id: int) -> None:
    """Let a note stand beside its line again."""
    _mark_note(work, note_id, None)


def _mark_note(work: Submission, note_id: int, deleted_at: datetime | None) -> None:
    hold(work)
    versions = sa.select(SubmissionVersion.id).where(SubmissionVersion.submission_id == work.id)
    mine = sa.and_(MarginNote.id == note_id, MarginNote.version_id.in_(versions))
    db.session.execute(sa.update(MarginNote).where(mine).values(deleted_at=deleted_at))


def margin_of(version_id: int) -> list[dict[str, Any]]:
    """The notes in a version's margin as they are released."""
    return [{"line": note.line, "body": note.body} for note in queries.notes_on(version_id)]


# Releasing


def release(
    work: Submission,
    by_id: int,
    now: datetime,
    *,
    reason: str = "",
    collect: list[skills.Observation] | None = None,
    link: str = "",
) -> Release:
    """Let the learners read their marks: they go to the gradebook, complete the lesson, become evidence.

    The same again is the same release; a changed one needs a reason. `collect` gathers the observations instead of
    recording them, for a caller that records those of many at once. With a `link` to the marks the learners are written
    to. Raises NotFinished, ReasonMissing.
    """
    hold(work)
    marking = queries.marking_of(work.id)
    if marking is None or work.state in (WorkState.DRAFT, WorkState.WAITING, WorkState.BEGUN):
        raise NotFinished
    before = next(iter(queries.releases_of(work.id)), None)
    margin = margin_of(marking.version_id)
    if before is not None and before.version_id == marking.version_id:
        if (before.revision, before.margin) == (marking.revision, margin):
            return before
        if not reason.strip():
            raise ReasonMissing
    version = db.session.get_one(SubmissionVersion, marking.version_id)
    date = queries.date_of(work.cohort_id, work.lesson_id)
    terms = terms_of(work.assignment, work.cohort, date, work).of(version.due_at)
    worth = worth_of(work, marking, version, terms)
    if worth is None:
        raise NotFinished
    made = Release(
        submission_id=work.id,
        version_id=version.id,
        number=before.number + 1 if before else 1,
        rows=marking.rows,
        margin=margin,
        comment=marking.comment,
        points=worth.points,
        points_max=worth.most,
        late_days=worth.lateness.days,
        deduction=worth.deduction,
        due_at=terms.due_at,
        revision=marking.revision,
        reason=reason.strip(),
        released_at=now,
        released_by_id=by_id,
    )
    db.session.add(made)
    work.released_at = work.released_at or now
    if work.state is not WorkState.RETURNED:
        work.state = WorkState.RELEASED
    audit.record(
        "submission.release",
        work,
        actor_id=by_id,
        organisation_id=work.cohort.organisation_id,
        number=made.number,
        points=str(worth.points),
        reason=made.reason,
    )
    members = queries.members_of(work)
    for enrolment in members:
        lesson_marked(enrolment, work.lesson_id, worth.points, worth.most, now)
    if link:
        _tell(members, work, link, is_first=before is None)
    if work.assignment.completes_on is CompletesOn.HANDED_IN or worth.passes(work.assignment):
        complete_for(members, work.lesson_id, now)
    seen = observations(work, made, version, members)
    if collect is None:
        skills.record_evidence(seen, as_of=day_of(now))
    else:
        collect += seen
    db.session.flush()
    return made


def _tell(members: Sequence[Enrolment], work: Submission, link: str, *, is_first: bool) -> None:
    lesson = lesson_in_version(work.cohort.version_id, work.lesson_id)
    for enrolment in members:
        person = enrolment.person
        mail.write(
            person.email,
            "marks-released",
            language=person.language or "zh",
            person=person,
            lesson=lesson,
            course=enrolment.cohort.course,
            is_first=is_first,
            link=link,
        )


def release_many(
    work_ids: Sequence[int], by_id: int, now: datetime, link_of: Callable[[int], str] | None = None
) -> int:
    """Release the finished marks of several pieces of work; returns how many. `link_of` leads to the marks of one."""
    seen: list[skills.Observation] = []
    for work_id in work_ids:
        work = queries.work_by_id(work_id)
        if work is not None:
            release(work, by_id, now, collect=seen, link=link_of(work_id) if link_of else "")
    skills.record_evidence(seen, as_of=day_of(now))
    return len(work_ids)


def observations(
    work: Submission, made: Release, version: SubmissionVersion, members: Sequence[Enrolment]
) -> list[skills.Observation]:
    """What each member has shown, row by row; the same for all of a group. Lateness says nothing about a skill.

    A later release supersedes what an earlier one recorded, where the mark is another.
    """
    rows = [row for row in rows_of(work.assignment) if row.skill_code is not None and row.level is not None]
    keys = [_key(work, row, enrolment) for row in rows for enrolment in members]
    standing = skill_queries.current_rows(SourceKind.ASSIGNMENT_ROW, keys)
    found = []
    for row in rows:
        mark = mark_in(made.rows, row.id)
        if mark is None or not row.marks_max:
            continue
        score = (mark / row.marks_max).quantize(SHARE_PLACES)
        for enrolment in members:
            key = _key(work, row, enrolment)
            old = standing.get(key)
            if old is not None and old.score == score:
                continue
            found.append(
                skills.Observation(
                    unique_key=key if old is None else f"{key}:release:{made.number}",
                    person_id=enrolment.person_id,
                    skill_code=str(row.skill_code),
                    source_kind=SourceKind.ASSIGNMENT_ROW,
                    source_id=work.id,
                    source_version=row.id,
                    score=score,
                    level=int(row.level or 1),
                    assessor=AssessorKind.TEACHER,
                    observed_at=version.handed_in_at,
                    organisation_id=work.cohort.organisation_id,
                    recorded_by_id=made.released_by_id,
                    supersedes_id=None if old is None else old.id,
                )
            )
    return found


def _key(work: Submission, row: RubricRow, enrolment: Enrolment) -> str:
    return f"{SourceKind.ASSIGNMENT_ROW}:{work.id}:{row.id}:{enrolment.person_id}"
