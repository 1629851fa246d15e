"""What a teacher sees of a cohort: where learners stand, who is stuck, who may need a word, how long marks take."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
class AtRisk:
    """Somebody with the signs that count."""

    learner: Learner
    risks: tuple[Risk, ...]


@dataclass(frozen=True)
class Feedback:
    """Hours from handing in to the mark: the middle, and what nine of ten do not exceed; what waits, since when."""

    marked: int
    median: float | None
    ninth: float | None
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class Insight:
    """A cohort as its teachers see it."""

    learners: int
    completed: int
    stops: Sequence[Stop]
    stuck: Sequence[Stuck]
    at_risk: Sequence[AtRisk]
    totals: Sequence[int]
    feedback: Feedback
    median_done: float


def of_cohort(cohort: Cohort, thresholds: Thresholds, now: datetime) -> Insight:
    """Some statements, however many learners."""
    version_id = cohort.version_id
    lines = queries.contents_of(version_id, None)
    learners = insight_queries.standings(cohort.id, version_id)
    tries = insight_queries.tries_at_open_lessons(cohort.id, version_id)
    overdue = insight_queries.overdue_in(cohort.id, version_id, now)
    opens = insight_queries.opening_times(cohort.id)
    done = insight_queries.done_by_position(cohort.id, version_id)
    by_position = {line.position: line for line in lines}
    here = Counter(one.position for one in learners)
    median = risk.median([one.lessons_done for one in learners])
    failed = _most_failed(tries)
    at_risk = [
        AtRisk(one, _risks(one, median, thresholds, by_position, opens, failed, overdue, now)) for one in learners
    ]
    return Insight(
        learners=len(learners),
        completed=sum(one.completed_at is not None for one in learners),
        stops=[Stop(line, done.get(line.position, 0), here[line.position]) for line in lines],
        stuck=_stuck(learners, tries, by_position, opens, thresholds, now),
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
    overdue: dict[int, int],
    now: datetime,
) -> tuple[Risk, ...]:
    line = lines.get(learner.position or 0)
    is_open = line is not None and opens.get(line.id, now) <= now
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
    thresholds: Thresholds,
    now: datetime,
) -> list[Stuck]:
    """Who has stood at an open lesson for as long as counts as quiet, the longest first."""
    limit = now - timedelta(days=thresholds.quiet_days)
    found = []
    for learner in learners:
        line = lines.get(learner.position or 0)
        if line is None or learner.completed_at is not None:
            continue
        if max(learner.since, opens.get(line.id, learner.since)) <= limit:
            found.append(Stuck(learner, line, tries.get((learner.enrolment_id, line.position), Tries())))
    return sorted(found, key=lambda one: (one.learner.since, one.learner.enrolment_id))


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
    oldest = min((moment for moment in (first_answer, first_work) if moment is not None), default=None)
    return Feedback(len(hours), risk.percentile(hours, 0.5), risk.percentile(hours, 0.9), answers + works, oldest)
