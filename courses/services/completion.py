"""What completes a course, what is still missing, which lesson is open. Answers decide, never time spent.

Nothing here commits.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from courses import queries
from courses.models import Course, CourseVersion, Enrolment, LessonDone, LessonKind
from courses.queries import grades as grade_queries
from courses.queries import submissions as submission_queries
from courses.queries.learning import LessonLine
from courses.rules import completion
from courses.rules.completion import Missing, Place, Step, Way
from courses.rules.grading import Rules, readable_rules
from courses.services.certificates import certify
from courses.services.dates import require_open
from courses.services.refusals import LessonNotOpen

T = TypeVar("T")
AT_ONCE = 500  # pairs in one statement


def rules_of(version: CourseVersion | None) -> Rules:
    """What a version says of marks and completion; no rules where there is no version."""
    return Rules() if version is None else readable_rules(version.rules)[0]


def check_completion(enrolment: Enrolment, course: Course, now: datetime) -> bool:
    """Complete the course where nothing is lacking any more; returns whether that happened now.

    Required lessons have to be done, and the final total has to be enough. Who has completed the course stays so.
    """
    version = None if enrolment.completed_at is not None else queries.version_of(enrolment.cohort)
    if version is None or queries.count_lacking(enrolment, version.id):
        return False
    if not completion.has_enough(enrolment.share_final, rules_of(version).pass_share):
        return False
    enrolment.completed_at = now
    certify(enrolment, course, version, now)
    return True


# Lessons that are done


def mark_done(enrolment: Enrolment, lesson_id: int, now: datetime) -> bool:
    """Note that somebody has completed a lesson, once; returns whether that is new.

    What a teacher's decision had completed is now their own, and no decision takes it back any more.
    """
    key = (LessonDone.enrolment_id == enrolment.id, LessonDone.lesson_id == lesson_id)
    if not _insert_done([{"enrolment_id": enrolment.id, "lesson_id": lesson_id, "done_at": now}]):
        own = sa.update(LessonDone).where(*key, LessonDone.is_decided).values(is_decided=False)
        db.session.execute(own)
        return False
    if queries.is_in_version(enrolment.cohort.version_id, lesson_id):
        _count_done([enrolment.id])
        db.session.refresh(enrolment, ["lessons_done"])
    return True


def decide_done(
    passed: Collection[tuple[int, int]], not_passed: Collection[tuple[int, int]], now: datetime
) -> Collection[int]:
    """Let lessons count as done by what teachers gave in the gradebook, and those no more that counted only by that.

    Both are pairs of enrolment and lesson, of lessons in the versions that are learnt. What somebody earned by answers
    is not touched, nor what was done in a course that is completed. Returns the enrolments that have gained a lesson.
    """
    gained = _insert_done(
        [{"enrolment_id": one, "lesson_id": lesson, "done_at": now, "is_decided": True} for one, lesson in passed]
    )
    _count_done(gained)
    lost: list[int] = []
    under_way = sa.select(Enrolment.id).where(Enrolment.completed_at.is_(None))
    for some in _pieces(list(not_passed)):
        query = (
            sa.delete(LessonDone)
            .where(sa.tuple_(LessonDone.enrolment_id, LessonDone.lesson_id).in_(some), LessonDone.is_decided)
            .where(LessonDone.enrolment_id.in_(under_way))
            .returning(LessonDone.enrolment_id)
            .execution_options(synchronize_session=False)
        )
        lost += db.session.scalars(query)
    _count_done(lost, -1)
    return set(gained)


def _insert_done(rows: Sequence[dict[str, Any]]) -> list[int]:
    """The enrolments of those rows that are new, once for each."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    added: list[int] = []
    for some in _pieces(rows):
        query = insert(LessonDone).values(some).on_conflict_do_nothing().returning(LessonDone.enrolment_id)
        added += db.session.scalars(query)
    return added


def _count_done(enrolment_ids: Sequence[int], step: int = 1) -> None:
    """Keep the count of lessons done on the rows; an enrolment that is named twice has two more."""
    by_times: defaultdict[int, list[int]] = defaultdict(list)
    for enrolment_id, times in Counter(enrolment_ids).items():
        by_times[times * step].append(enrolment_id)
    for times, ids in by_times.items():
        for some in _pieces(ids):
            db.session.execute(
                sa.update(Enrolment)
                .where(Enrolment.id.in_(some))
                .values(lessons_done=Enrolment.lessons_done + times)
                .execution_options(synchronize_session=False)
            )


def _pieces(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(whole), AT_ONCE):
        yield whole[start : start + AT_ONCE]


# What is missing


def missing_for(enrolment: Enrolment, lines: Sequence[LessonLine]) -> tuple[Missing, ...]:
    """What somebody still lacks of their version, whose table of contents is `lines`, and why."""
    open_lines = [line for line in lines if line.is_required and line.done_at is None]
    steps = _steps(enrolment, open_lines) if open_lines else []
    return completion.missing(steps, enrolment.share_final, rules_of(enrolment.cohort.version).pass_share)


def _steps(enrolment: Enrolment, lines: Sequence[LessonLine]) -> list[Step]:
    quizzes = {line.quiz_id: line.id for line in lines if line.quiz_id is not None}
    works = {line.assignment_id for line in lines if line.assignment_id is not None}
    tried = grade_queries.tried_at(enrolment.person_id, quizzes.values()) if quizzes else {}
    allowed = grade_queries.allowed_in(enrolment.person_id, quizzes) if quizzes else {}
    shares = grade_queries.pass_shares_of(works) if works else {}
    worked = [line.id for line in lines if line.assignment_id is not None]
    handed_in = submission_queries.handed_in_by(enrolment.id, worked) if worked else set()
    marks = {one.lesson_id: one for one in grade_queries.grades_of([enrolment.id])} if works else {}
    steps = []
    for line in lines:
        way = _way(line)
        tries = tried.get(line.id)
        step = Step(line.id, line.position, way, line.is_required, line.done_at is not None)
        if way is Way.QUIZ and line.quiz_id in allowed:
            rule = allowed[line.quiz_id]
            step = Step(
                line.id,
                line.position,
                way,
                tries=tries.tries if tries else 0,
                tries_left=rule.left,
                is_waiting=tries is not None and tries.is_waiting,
                best=tries.best if tries else None,
                most=tries.most if tries else None,
                pass_share=rule.pass_share,
            )
        elif way is Way.WORK and line.assignment_id is not None:
            mark = marks.get(line.id)
            by_hand = mark is not None and mark.override_points is not None
            step = Step(
                line.id,
                line.position,
                way,
                is_handed_in=line.id in handed_in,
                best=(mark.override_points if by_hand else mark.points) if mark else None,
                most=(mark.override_max if by_hand else mark.points_max) if mark else None,
                pass_share=shares.get(line.assignment_id),
            )
        steps.append(step)
    return steps


def _way(line: LessonLine) -> Way:
    if line.kind is LessonKind.ASSIGNMENT:
        return Way.WORK
    if line.kind is LessonKind.DISCUSSION:
        return Way.POST
    return Way.READING if line.quiz_id is None else Way.QUIZ


# Lessons in order


def opened_by(enrolment: Enrolment, lines: Sequence[LessonLine], lesson_id: int) -> LessonLine | None:
    """The lesson that has to be done before another one of the same version opens; None where it is open."""
    if not rules_of(enrolment.cohort.version).sequential:
        return None
    places = [Place(line.id, line.is_required, line.done_at is not None) for line in lines]
    first = completion.opened_by(places, lesson_id, sequential=True)
    return next((line for line in lines if line.id == first), None)


def openers_of(enrolment: Enrolment, lines: Sequence[LessonLine]) -> dict[int, LessonLine]:
    """By lesson that is not open, the one that has to be done first."""
    found = {line.id: opened_by(enrolment, lines, line.id) for line in lines}
    return {lesson_id: opener for lesson_id, opener in found.items() if opener is not None}


def require_turn(enrolment: Enrolment, lesson_id: int) -> None:
    """Raises LessonNotOpen where lessons before this one have to be done first."""
    if not is_its_turn(enrolment, lesson_id):
        raise LessonNotOpen


def require_readable(enrolment: Enrolment, lesson_id: int, now: datetime) -> None:
    """Raises LessonNotOpen before a lesson opens in somebody's cohort, or before its turn has come."""
    require_open(enrolment.cohort_id, lesson_id, now)
    require_turn(enrolment, lesson_id)


def is_readable(enrolment: Enrolment, lesson_id: int, now: datetime) -> bool:
    """Whether a lesson has opened in somebody's cohort, and its turn has come."""
    return queries.is_open(enrolment.cohort_id, lesson_id, now) and is_its_turn(enrolment, lesson_id)


def is_its_turn(enrolment: Enrolment, lesson_id: int) -> bool:
    """Whether the lessons that have to be done before one are done."""
    if not rules_of(enrolment.cohort.version).sequential:
        return True
    lines = queries.contents_of(enrolment.cohort.version_id, enrolment.id)
    return opened_by(enrolment, lines, lesson_id) is None


def hold(enrolment: Enrolment) -> None:
    """Let nobody else change somebody's marks and completion until the end of this transaction."""
    db.session.flush()
    db.session.refresh(enrolment, ["completed_at", "share_so_far", "share_final"], with_for_update=True)


def hold_all(enrolment_ids: Sequence[int]) -> None:
    """The same for several, in the order of their ids, so that two who do this do not wait for each other."""
    query = sa.select(Enrolment.id).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id).with_for_update()
    db.session.execute(query).all()
