"""Correcting what has been marked: answers to one version of a question, marked anew as a corrected version marks them.

Nothing is overwritten: each changed answer keeps its share before and after, and its evidence is a new row that
supersedes the old one. Who has passed stays passed where lessons are concerned; the points are what they now are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app import audit, jobs
from app.accounts.models import Person
from app.assessment import contexts
from app.assessment.models import Answer, Question, QuestionVersion, Regrade, RegradedAnswer
from app.assessment.queries import regrades as queries
from app.assessment.rules.content import Content, keys_of
from app.assessment.rules.marking import MarkReason
from app.assessment.services import quizzes
from app.clock import day_of
from app.db import db
from app.errors import Refused
from app.skills import queries as skill_queries
from app.skills import services as skills
from app.skills.models import AssessorKind, Evidence, SourceKind

REGRADE = "assessment.regrade"


class NothingToRegrade(Refused):
    message = _l("Nobody has answered an older version of this question.")


class VersionsDiffer(Refused):
    message = _l(
        "The corrected version asks for something else: another type, or other options. Answers to the old one cannot "
        "be marked by it."
    )


@dataclass(frozen=True)
class Change:
    """One answer that a regrade would change, or has changed: the share of the points before and after."""

    answer: Answer
    before: Decimal | None
    after: Decimal | None


def outdated(question: Question, newest: QuestionVersion) -> list[QuestionVersion]:
    """Older versions that quizzes still ask, which a regrade would replace, oldest first."""
    return [version for version in queries.versions_in_use(question.id) if version.id != newest.id]


def fits(old: QuestionVersion, new: QuestionVersion) -> bool:
    """Whether answers to `old` can be marked by `new`: in every language the same type and the same options."""
    return all(
        _shape(content) == _shape(new.contents.get(language) or next(iter(new.contents.values())))
        for language, content in old.contents.items()
    )


def _shape(content: Content) -> tuple[str, frozenset[str]]:
    return content.kind.value, keys_of(content)


def changes(new: QuestionVersion, answers: Sequence[Answer]) -> Iterator[Change]:
    """What `new` would change about marked answers to an older version, whose items and attempts are loaded."""
    for answer in answers:
        if answer.share is None or answer.reason == MarkReason.NEEDS_PERSON.value:
            continue
        after, _reason = quizzes.share_of_kept(new, answer.given, answer.attempt.seed, answer.item_id)
        # What a person has marked, no corrected version marks.
        if after is not None and after != answer.share:
            yield Change(answer, answer.share, after)


def begin(question: Question, new: QuestionVersion, *, by: Person, reason: str, now: datetime) -> list[Regrade]:
    """Let every quiz that asks an older version ask `new`, and mark the answers given so far anew in a job.

    Done twice it is done once: afterwards no quiz asks an older version. Raises NothingToRegrade, VersionsDiffer.
    """
    found = outdated(question, new)
    if not found:
        raise NothingToRegrade
    if not all(fits(old, new) for old in found):
        raise VersionsDiffer
    return [_begin(question, old, new, by=by, reason=reason, now=now) for old in found]


def _begin(
    question: Question, old: QuestionVersion, new: QuestionVersion, *, by: Person, reason: str, now: datetime
) -> Regrade:
    made = Regrade(
        question_id=question.id, from_version_id=old.id, to_version_id=new.id, by_id=by.id, reason=reason, made_at=now
    )
    db.session.add(made)
    items = queries.items_asking(old.id)
    for item in items:
        item.question_version_id = new.id
    new.answers_count += old.answers_count
    new.score_sum += old.score_sum
    db.session.flush()
    audit.record(
        "question.regrade",
        question,
        actor_id=by.id,
        organisation_id=question.organisation_id,
        from_version=old.number,
        to_version=new.number,
        reason=reason,
    )
    arguments = {"regrade": made.id, "question": question.id, "items": [item.id for item in items]}
    jobs.enqueue(REGRADE, arguments, actor_id=by.id, organisation_id=question.organisation_id)
    return made


def attempts_concerned(item_ids: Sequence[int]) -> list[int]:
    """All attempts at the quizzes of some items, open ones too: one may be handed in just now, by the old version."""
    return queries.attempts_at_items(item_ids)


def mark_anew(regrade_id: int, item_ids: Sequence[int], attempt_ids: Sequence[int], now: datetime) -> int:
    """Mark some attempts' answers anew and keep what changes; returns how many did. Repeated, it changes nothing more.

    The attempts are held: who is handing one in just now is waited for, and then marked by the corrected version.
    """
    made = db.session.get_one(Regrade, regrade_id)
    new = db.session.get_one(QuestionVersion, made.to_version_id)
    queries.hold_attempts(attempt_ids)
    found = list(changes(new, queries.marked_answers(item_ids, attempt_ids)))
    return _apply(made, new, found, by_id=made.by_id, now=now)


def _apply(made: Regrade, new: QuestionVersion, found: Sequence[Change], *, by_id: int, now: datetime) -> int:
    """Keep the changes of some answers, and write what follows from them."""
    rows = skill_queries.current_rows(
        SourceKind.QUIZ_ITEM, [f"quiz_item:{one.answer.attempt_id}:{one.answer.item_id}" for one in found]
    )
    observations = []
    for one in found:
        answer, attempt, after = one.answer, one.answer.attempt, one.after
        _after, reason = quizzes.share_of_kept(new, answer.given, attempt.seed, answer.item_id)
        answer.share, answer.reason = after, reason
        db.session.add(
            RegradedAnswer(regrade_id=made.id, answer_id=answer.id, share_before=one.before, share_after=after)
        )
        difference = (after or Decimal(0)) - (one.before or Decimal(0))
        attempt.points = (attempt.points or Decimal(0)) + difference * answer.item.points
        row = rows.get(f"quiz_item:{attempt.id}:{answer.item_id}")
        if row is not None and after is not None:
            observations.append(_superseding(row, made, new, after, by_id))
        if attempt.submitted_at is not None and (context := contexts.context_of(attempt.quiz)):
            context.finished(attempt, now)
    skills.record_evidence(observations, as_of=day_of(now))
    return len(found)


def _superseding(row: Evidence, made: Regrade, new: QuestionVersion, share: Decimal, by_id: int) -> skills.Observation:
    """The row that stands in the place of `row`: the same observation with another score."""
    root = row.unique_key.split(":regrade:")[0]
    return skills.Observation(
        unique_key=f"{root}:regrade:{made.id}",
        person_id=row.person_id,
        skill_code=row.skill_code,
        source_kind=row.source_kind,
        source_id=row.source_id,
        source_version=new.id,
        score=share,
        level=row.level_aimed,
        difficulty=row.difficulty,
        guess_floor=new.guess_floor,
        weight=row.weight,
        assessor=AssessorKind.MACHINE,
        observed_at=row.observed_at,
        organisation_id=row.organisation_id,
        recorded_by_id=by_id,
        flags=tuple(row.flags),
        supersedes_id=row.id,
    )
