"""What a teacher sees of a cohort: where learners stand, who is stuck, who may need a word, how long marks take."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from app.clock import day_of
from courses import queries
from courses.models import Cohort
from courses.queries import insight as insight_queries
from courses.queries.insight import Learner, Tries
from courses.queries.learning import LessonLine
from courses.rules import risk
from courses.rules.risk import Risk, Standing, Thresholds

# Since when something waits for a person's mark, by enrolment and place of its lesson.
Waits = Mapping[tuple[int, int], datetime]
HOUR = timedelta(hours=1)
TENTHS = 10


@dataclass(frozen=True)
class Stop:
    """A lesson: how many have done it, how many stand before it."""

    line: LessonLine
    done: int
    here: int


@dataclass(frozen=True)
class Stuck:
    """Somebody who has stood at a lesson for some time, with what they tried there."""

    learner: Learner
    line: LessonLine
    tries: Tries


@dataclass(frozen=True)
class Waiting:
    """Somebody who handed in something at a lesson that is not done before a person has marked it, and since when."""

    learner: Learner
    line: LessonLine
    since: datetime


@dataclass(frozen=True)
class AtRisk:
    """Somebody with the signs that count."""

    learner: Learner
    risks: tuple[Risk, ...]


@dataclass(frozen=True)
class Feedback:
    """Hours from handing in to the mark: the middle, and what nine of ten do not exceed; what waits, since when.

    Answers in quizzes and pieces of work are marked at two places, so they are counted apart.
    """

    marked: int
    median: float | None
    ninth: float | None
    answers: int
    oldest_answer: datetime | None
    works: int
    oldest_work: datetime | None

    @property
    def waiting(self) -> int:
        """Everything that waits for a mark."""
        return self.answers + self.works


@dataclass(frozen=True)
class Insight:
    """A cohort as its teachers see it."""

    learners: int
    completed: int
    stops: Sequence[Stop]
    stuck: Sequence[Stuck]
    waiting: Sequence[Waiting]
    at_risk: Sequence[AtRisk]
    totals: Sequence[int]
    feedback: Feedback
    median_done: float


def of_cohort(cohort: Cohort, thresholds: Thresholds, now: datetime) -> Insight:
    """Some statements, however many learners."""
    version_id = cohort.version_id
    lines = queries.contents_of(version_id, None)
    acts = insight_queries.acts_in(cohort.id)
    learners = [
        replace(one, acted_at=acts.get(one.person_id)) for one in insight_queries.standings(cohort.id, version_id)
    ]
    tries = insight_queries.tries_at_open_lessons(cohort.id, version_id)
    waits = {place: one.waiting_since for place, one in tries.items() if one.waiting_since is not None}
    waits |= insight_queries.works_at_open_lessons(cohort.id, version_id)
    required = {line.position for line in lines if line.is_required}
    waits = {place: since for place, since in waits.items() if place[1] in required}
    overdue = Counter(insight_queries.overdue_in(cohort.id, version_id, now))
    due = insight_queries.due_positions(cohort.id, version_id, now)
    # What they have handed in and nobody has marked is late on the other side.
    overdue.subtract(enrolment_id for enrolment_id, position in waits if position in due)
    opens = insight_queries.opening_times(cohort.id)
    done = insight_queries.done_by_position(cohort.id, version_id)
    by_position = {line.position: line for line in lines}
    here = Counter(one.position for one in learners)
    median = risk.median([one.lessons_done for one in learners])
    failed = _most_failed(tries)
    at_risk = [
        AtRisk(one, _risks(one, median, thresholds, by_position, opens, failed, overdue, waits, now))
        for one in learners
    ]
    return Insight(
        learners=len(learners),
        completed=sum(one.completed_at is not None for one in learners),
        stops=[Stop(line, done.get(line.position, 0), here[line.position]) for line in lines],
        stuck=_stuck(learners, tries, by_position, opens, waits, thresholds, now),
        waiting=_waiting(learners, by_position, waits),
        at_risk=sorted((one for one in at_risk if one.risks), key=lambda one: (-len(one.risks), one.learner.active_at)),
        totals=_tenths(learners),
        feedback=_feedback(cohort.id, version_id),
        median_done=float(median),
    )


def _most_failed(tries: dict[tuple[int, int], Tries]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (enrolment_id, _position), one in tries.items():
        found[enrolment_id] = max(found.get(enrolment_id, 0), one.failed)
    return found


def _risks(
    learner: Learner,
    median: Decimal,
    thresholds: Thresholds,
    lines: dict[int, LessonLine],
    opens: dict[int, datetime],
    failed: dict[int, int],
    overdue: Mapping[int, int],
    waits: Waits,
    now: datetime,
) -> tuple[Risk, ...]:
    line = lines.get(learner.position or 0)
    is_open = line is not None and opens.get(line.id, now) <= now and _place(learner) not in waits
    quiet = (day_of(now) - day_of(learner.active_at)).days
    standing = Standing(
        learner.lessons_done,
        quiet_days=quiet if is_open else None,
        failed_tries=failed.get(learner.enrolment_id, 0),
        overdue=overdue.get(learner.enrolment_id, 0),
        total=learner.share_so_far,
        is_completed=learner.completed_at is not None,
    )
    return risk.risks(standing, median, thresholds)


def _stuck(
    learners: Sequence[Learner],
    tries: dict[tuple[int, int], Tries],
    lines: dict[int, LessonLine],
    opens: dict[int, datetime],
    waits: Waits,
    thresholds: Thresholds,
    now: datetime,
) -> list[Stuck]:
    """Who has stood at an open lesson for as long as counts as quiet, the longest first; not who waits for a mark."""
    limit = now - timedelta(days=thresholds.quiet_days)
    found = []
    waiting = {enrolment_id for enrolment_id, _position in waits}
    for learner in learners:
        line = lines.get(learner.position or 0)
        if line is None or learner.completed_at is not None or learner.enrolment_id in waiting:
            continue
        if max(learner.since, opens.get(line.id, learner.since)) <= limit:
            found.append(Stuck(learner, line, tries.get((learner.enrolment_id, line.position), Tries())))
    return sorted(found, key=lambda one: (one.learner.since, one.learner.enrolment_id))


def _waiting(learners: Sequence[Learner], lines: dict[int, LessonLine], waits: Waits) -> list[Waiting]:
    """Who waits for a person's mark, each with what came first of theirs, the longest first."""
    by_id = {one.enrolment_id: one for one in learners}
    first: dict[int, Waiting] = {}
    for (enrolment_id, position), since in sorted(waits.items(), key=lambda one: (one[1], one[0])):
        if enrolment_id in by_id and position in lines:
            first.setdefault(enrolment_id, Waiting(by_id[enrolment_id], lines[position], since))
    return list(first.values())


def _place(learner: Learner) -> tuple[int, int]:
    return learner.enrolment_id, learner.position or 0


def _tenths(learners: Sequence[Learner]) -> list[int]:
    """How many have a total in each tenth, those of the whole in the last one."""
    counts = Counter(
        min(TENTHS - 1, int(one.share_so_far * TENTHS)) for one in learners if one.share_so_far is not None
    )
    return [counts[tenth] for tenth in range(TENTHS)]


def _feedback(cohort_id: int, version_id: int | None) -> Feedback:
    marked = insight_queries.marked_by_hand(cohort_id, version_id) + insight_queries.works_released(cohort_id)
    hours = [max(timedelta(), told - sent) / HOUR for sent, told in marked]
    answers, first_answer = insight_queries.waiting_for_marks(cohort_id, version_id)
    works, first_work = insight_queries.works_waiting(cohort_id)
    middle, ninth = risk.percentile(hours, 0.5), risk.percentile(hours, 0.9)
    return Feedback(len(hours), middle, ninth, answers, first_answer, works, first_work)
