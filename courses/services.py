"""Verbs of teaching and learning: write a course, give a lesson its quiz, open a cohort, enrol, complete.

Nothing here commits. What a demo or an import brings in goes the same way as what people do, with moments passed in.
"""

import re
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.accounts.models import Invitation, Person
from app.assessment import queries as assessment
from app.assessment.models import Attempt, Paging, QuestionVersion, Quiz, QuizItem
from app.assessment.rules.content import QuestionKind
from app.credentials import services as credentials
from app.db import db
from app.errors import Refused
from courses import queries
from courses.models import (
    QUIZ_OF_LESSON,
    Cohort,
    CohortTeacher,
    Course,
    CourseStatus,
    Enrolment,
    KeptSeat,
    Lesson,
    LessonDone,
    LessonSkill,
)

CERTIFIED = "course"
# Lessons that are being reordered stand out of the way here, since two may not share a place.
ASIDE = -1_000_000


class CourseWithoutLessons(Refused):
    message = _l("A course needs at least one lesson before it can be published.")


class LessonUsed(Refused):
    message = _l("Learners have already completed this lesson or taken its quiz, so it stays. You can change its text.")


class DatesReversed(Refused):
    message = _l("A cohort ends on or after the day on which it starts.")


class CohortClosed(Refused):
    message = _l("This cohort does not take students now.")


class CohortFull(Refused):
    message = _l("This cohort is full.")


class AlreadyLearning(Refused):
    message = _l("You are already enrolled in this course, in another cohort. Leave that one first.")


class QuizNotPassed(Refused):
    message = _l("This lesson is completed by passing its quiz.")


class PoolTooSmall(Refused):
    message = _l("%(take)s questions cannot be drawn from %(size)s.")


@dataclass(frozen=True)
class QuizRules:
    """How a lesson's quiz is taken."""

    minutes: int | None = None
    attempts_allowed: int = 3
    pass_share: Decimal = Decimal("0.6")
    shuffles: bool = True
    paging: Paging = Paging.ONE
    # How many people mark each answer that no machine can mark.
    markers: int = 1
    # How many of those who handed in review each of them; none: only people who teach mark them.
    peers: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    # By number of the pool: how many an attempt gets, and which skill and level filled it; see `Quiz.pools`.
    pools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Asked(NamedTuple):
    """A question of a quiz: its version, its points, and the pool that it is drawn from (none: everybody gets it)."""

    version: QuestionVersion
    points: Decimal
    pool: int | None = None


# Writing


def create_course(
    organisation_id: int,
    title_zh: str,
    title_en: str = "",
    *,
    summary_zh: str = "",
    summary_en: str = "",
    slug: str = "",
    created_by_id: int | None = None,
) -> Course:
    """A new draft."""
    course = Course(
        organisation_id=organisation_id,
        slug=slug or _slug(title_en),
        title_zh=title_zh,
        title_en=title_en,
        summary_zh=summary_zh,
        summary_en=summary_en,
        status=CourseStatus.DRAFT,
        created_by_id=created_by_id,
    )
    db.session.add(course)
    db.session.flush()
    return course


def _slug(title: str) -> str:
    """An address made from a title; a random end keeps two courses of the same name apart."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].rstrip("-")
    return f"{plain or 'course'}-{secrets.token_hex(3)}"


def publish(course: Course, now: datetime, actor_id: int | None) -> None:
    """Let students find a course. Raises CourseWithoutLessons."""
    if not queries.count_lessons(course.id):
        raise CourseWithoutLessons
    course.status, course.published_at = CourseStatus.PUBLISHED, course.published_at or now
    audit.record("course.publish", course, actor_id=actor_id, organisation_id=course.organisation_id)


def withdraw(course: Course, actor_id: int | None) -> None:
    """Take a course out of the catalogue; who is enrolled goes on learning."""
    course.status = CourseStatus.ARCHIVED
    audit.record("course.withdraw", course, actor_id=actor_id, organisation_id=course.organisation_id)


def add_lesson(
    course: Course,
    title_zh: str,
    title_en: str = "",
    *,
    body_zh: str = "",
    body_en: str = "",
    minutes: int = 20,
    position: int | None = None,
) -> Lesson:
    """A lesson at the end of a course; `position` spares the question where that is."""
    if position is None:
        last = db.session.scalar(sa.select(sa.func.max(Lesson.position)).where(Lesson.course_id == course.id))
        position = (last or 0) + 1
    lesson = Lesson(
        course_id=course.id,
        position=position,
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        minutes=minutes,
    )
    db.session.add(lesson)
    db.session.flush()
    return lesson


def move_lesson(lesson: Lesson, by: int) -> None:
    """Let a lesson change places with the one before (-1) or after it (+1); at the end nothing happens."""
    lessons = queries.lessons_of(lesson.course_id)
    here = next(number for number, other in enumerate(lessons) if other.id == lesson.id)
    there = here + by
    if not 0 <= there < len(lessons):
        return
    other = lessons[there]
    first, second = lesson.position, other.position
    lesson.position = ASIDE
    db.session.flush()
    other.position = first
    db.session.flush()
    lesson.position = second
    db.session.flush()


def delete_lesson(lesson: Lesson, actor_id: int | None, organisation_id: int) -> None:
    """Remove a lesson that nobody has used yet; later ones move up. Raises LessonUsed."""
    taken = lesson.quiz_id is not None and assessment.has_attempts(lesson.quiz_id)
    if taken or queries.is_lesson_used(lesson):
        raise LessonUsed
    audit.record("lesson.delete", lesson, actor_id=actor_id, organisation_id=organisation_id)
    course_id, quiz_id, position = lesson.course_id, lesson.quiz_id, lesson.position
    db.session.execute(sa.delete(LessonSkill).where(LessonSkill.lesson_id == lesson.id))
    db.session.delete(lesson)
    db.session.flush()
    if quiz_id is not None:
        _delete_quiz(quiz_id)
    for later in queries.lessons_of(course_id):
        if later.position > position:
            later.position -= 1
            db.session.flush()


def _delete_quiz(quiz_id: int) -> None:
    db.session.execute(sa.delete(QuizItem).where(QuizItem.quiz_id == quiz_id))
    db.session.execute(sa.delete(Quiz).where(Quiz.id == quiz_id))


def set_quiz(
    lesson: Lesson,
    course: Course,
    questions: Sequence[Asked],
    rules: QuizRules,
    *,
    actor_id: int | None = None,
    is_new: bool = False,
) -> Quiz | None:
    """Give a lesson the quiz of these questions; none takes the quiz away.

    Where somebody has already begun the quiz and its questions or points change, the lesson gets a new quiz: attempts
    keep the questions that they were taken with, new attempts get the new ones, and who has passed stays done. Rules
    alone change in place. `is_new` (for a lesson just made) spares the questions about the old quiz. Raises
    PoolTooSmall.
    """
    sizes = Counter(str(asked.pool) for asked in questions if asked.pool is not None)
    pools = {name: dict(pool) for name, pool in rules.pools.items() if sizes[name]}
    for name, pool in pools.items():
        if not 1 <= pool["take"] <= sizes[name]:
            raise PoolTooSmall(take=pool["take"], size=sizes[name])
    db.session.flush()  # questions just written get their ids
    old = None if is_new or lesson.quiz_id is None else db.session.get(Quiz, lesson.quiz_id)
    wanted = [(asked.version.id, _worth(asked.version, asked.points), asked.pool) for asked in questions]
    quiz = old
    if old is not None:
        held = [(item.question_version_id, item.points, item.pool) for item in assessment.items_of(old.id)]
        if held != wanted or old.pools != pools:
            lesson.quiz_id = quiz = None
            db.session.flush()
            if not assessment.has_attempts(old.id):
                db.session.expunge(old)
                _delete_quiz(old.id)
    if quiz is None and wanted:
        quiz = Quiz(
            organisation_id=course.organisation_id,
            context_kind=QUIZ_OF_LESSON,
            context_id=lesson.id,
            title_zh=_title(course.title_zh, lesson.title_zh),
            title_en=_title(course.title_en, lesson.title_en) if course.title_en and lesson.title_en else "",
        )
        quiz.items = [
            QuizItem(question_version_id=version_id, position=position, points=points, pool=pool)
            for position, (version_id, points, pool) in enumerate(wanted, start=1)
        ]
        db.session.add(quiz)
    if quiz is not None:
        quiz.minutes, quiz.attempts_allowed = rules.minutes, rules.attempts_allowed
        quiz.pass_share, quiz.shuffles, quiz.paging = rules.pass_share, rules.shuffles, rules.paging
        quiz.opens_at, quiz.closes_at, quiz.pools = rules.opens_at, rules.closes_at, pools
        quiz.markers, quiz.peers = rules.markers, rules.peers
        db.session.flush()
        lesson.quiz_id = quiz.id
    _keep_skills(lesson, [asked.version for asked in questions], is_new=is_new)
    if actor_id is not None:
        audit.record(
            "lesson.set-quiz",
            lesson,
            actor_id=actor_id,
            organisation_id=course.organisation_id,
            quiz_id=lesson.quiz_id,
            questions=len(questions),
        )
    db.session.flush()
    return quiz


def _title(course: str, lesson: str) -> str:
    return f"{course} · {lesson}"[:300]


def _worth(version: QuestionVersion, points: Decimal) -> Decimal:
    """A text that asks nothing is worth nothing."""
    return Decimal(0) if version.question.kind is QuestionKind.DESCRIPTION else points


def _keep_skills(lesson: Lesson, versions: Iterable[QuestionVersion], *, is_new: bool) -> None:
    """What the lesson supplies is what its quiz tests: each skill up to its highest level."""
    if not is_new:
        db.session.execute(sa.delete(LessonSkill).where(LessonSkill.lesson_id == lesson.id))
    highest: dict[str, int] = {}
    for version in versions:
        if version.gives_evidence:
            code, level = str(version.skill_code), int(version.level or 1)
            highest[code] = max(level, highest.get(code, 0))
    rows = [{"lesson_id": lesson.id, "skill_code": code, "level": level} for code, level in sorted(highest.items())]
    if rows:
        db.session.execute(sa.insert(LessonSkill), rows)


# Cohorts


def open_cohort(
    course: Course,
    name_zh: str,
    name_en: str,
    starts_on: date,
    ends_on: date,
    *,
    capacity: int | None = None,
    is_open: bool = True,
    teacher_ids: Collection[int] = (),
    actor_id: int | None = None,
) -> Cohort:
    """A running of a course with its teachers. Raises DatesReversed."""
    if ends_on < starts_on:
        raise DatesReversed
    cohort = Cohort(
        course_id=course.id,
        name_zh=name_zh,
        name_en=name_en,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        is_open=is_open,
    )
    db.session.add(cohort)
    db.session.flush()
    db.session.add_all(
        CohortTeacher(cohort_id=cohort.id, person_id=person_id) for person_id in sorted(set(teacher_ids))
    )
    if actor_id is not None:
        audit.record("cohort.open", cohort, actor_id=actor_id, organisation_id=course.organisation_id)
    db.session.flush()
    return cohort


def set_teachers(cohort: Cohort, teacher_ids: Collection[int]) -> None:
    """These people teach the cohort, nobody else."""
    kept = {teacher.person_id: teacher for teacher in queries.teachers_of(cohort.id)}
    for person_id, teacher in kept.items():
        if person_id not in teacher_ids:
            db.session.delete(teacher)
    db.session.add_all(
        CohortTeacher(cohort_id=cohort.id, person_id=person_id) for person_id in sorted(set(teacher_ids) - set(kept))
    )
    db.session.flush()


# Learning


def enrol(cohort: Cohort, person: Person, now: datetime, today: date) -> Enrolment:
    """Enrol a student; done twice it is done once, after leaving it takes up where they left.

    The cohort's row is locked first, so that two who take the last seat are let in one after the other. Raises
    CohortClosed, CohortFull, AlreadyLearning.
    """
    if not cohort.takes_students(today):
        raise CohortClosed
    _lock(cohort)
    present = queries.enrolment_in(person, cohort.course_id)
    if present is not None and present.left_at is None:
        if present.cohort_id != cohort.id:
            raise AlreadyLearning
        return present
    return bring_in(cohort, [person.id], now)[0]


def bring_in(
    cohort: Cohort, person_ids: Sequence[int], now: datetime, *, invitation_ids: Sequence[int] = ()
) -> list[Enrolment]:
    """Enrol people whom a coordinator names, whether or not the cohort is open to all. Raises CohortFull.

    Who has to accept an invitation first gets a seat that is kept while it is open. A few statements for each call,
    however many people.
    """
    if cohort.capacity is not None:
        _lock(cohort)
    kept = queries.enrolments_of_people(cohort.id, person_ids)
    coming = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in kept or kept[person_id].left_at]
    asks_for_seats = cohort.capacity is not None or invitation_ids
    seats = {invitation.id for invitation in queries.invited_to(cohort.id, now)} if asks_for_seats else set()
    asked = [invitation_id for invitation_id in dict.fromkeys(invitation_ids) if invitation_id not in seats]
    if (coming or asked) and cohort.capacity is not None:
        learners, _completed, _lessons = queries.progress_in(cohort.id)
        if learners + len(seats) + len(coming) + len(asked) > cohort.capacity:
            raise CohortFull
    if asked:
        rows = [{"cohort_id": cohort.id, "invitation_id": invitation_id} for invitation_id in asked]
        db.session.execute(sa.insert(KeptSeat), rows)
    enrolments = []
    for person_id in dict.fromkeys(person_ids):
        enrolment = kept.get(person_id)
        if enrolment is None:
            enrolment = Enrolment(cohort_id=cohort.id, person_id=person_id, enrolled_at=now, lessons_done=0)
            db.session.add(enrolment)
        elif enrolment.left_at is not None:
            enrolment.left_at = None
        enrolments.append(enrolment)
    db.session.flush()
    return enrolments


def take_seats(invitation: Invitation, person: Person, now: datetime) -> None:
    """Enrol who has accepted an invitation wherever a seat was kept for them; who has been there stays as they are.

    The cohort is locked, so that nobody counts seats between the one kept and the one taken.
    """
    cohorts = queries.cohorts_keeping_a_seat(invitation.id)
    for cohort in cohorts:
        _lock(cohort)
        if person.id not in queries.enrolments_of_people(cohort.id, [person.id]):
            db.session.add(Enrolment(cohort_id=cohort.id, person_id=person.id, enrolled_at=now, lessons_done=0))
    if cohorts:
        db.session.execute(sa.delete(KeptSeat).where(KeptSeat.invitation_id == invitation.id))
        db.session.flush()


def _lock(cohort: Cohort) -> None:
    db.session.execute(sa.select(Cohort.id).where(Cohort.id == cohort.id).with_for_update())


def leave(enrolment: Enrolment, now: datetime) -> None:
    """Leave a cohort; what was completed is kept for a return."""
    enrolment.left_at = enrolment.left_at or now


def read_to_end(enrolment: Enrolment, lesson: Lesson, course: Course, now: datetime) -> None:
    """The learner says that a page is read. Raises QuizNotPassed for a lesson that a quiz completes."""
    if lesson.quiz_id is not None and not _has_passed(enrolment.person_id, lesson):
        raise QuizNotPassed
    complete_lesson(enrolment, lesson, course, now)


def _has_passed(person_id: int, lesson: Lesson) -> bool:
    query = (
        sa.select(Attempt.points, Attempt.points_max, Quiz.pass_share)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Quiz.context_id == lesson.id)
        .where(Attempt.person_id == person_id, Attempt.points.is_not(None))
    )
    return any(
        points is not None and most and points >= most * share for points, most, share in db.session.execute(query)
    )


def complete_lesson(enrolment: Enrolment, lesson: Lesson, course: Course, now: datetime) -> bool:
    """Count a lesson as completed, once; with the last one the course, which brings its certificate.

    Returns whether the course was completed by it.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {"enrolment_id": enrolment.id, "lesson_id": lesson.id, "done_at": now}
    adding = insert(LessonDone).values(**row).on_conflict_do_nothing().returning(LessonDone.lesson_id)
    if db.session.execute(adding).first() is None:
        return False
    db.session.execute(
        sa.update(Enrolment)
        .where(Enrolment.id == enrolment.id)
        .values(lessons_done=Enrolment.lessons_done + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(enrolment, ["lessons_done"])
    if enrolment.completed_at is not None or queries.next_lesson(enrolment, course.id) is not None:
        return False
    _complete(enrolment, course, now)
    return True


def complete_lessons(
    enrolment: Enrolment, course: Course, done: Sequence[tuple[int, datetime]], lessons_total: int
) -> None:
    """Lessons completed in the past by somebody who had completed none: (lesson id, when), in order of time.

    For what comes from elsewhere: one statement, and the certificate where all `lessons_total` are done.
    """
    if not done:
        return
    db.session.execute(
        sa.insert(LessonDone),
        [{"enrolment_id": enrolment.id, "lesson_id": lesson_id, "done_at": at} for lesson_id, at in done],
    )
    enrolment.lessons_done = len(done)
    if len(done) == lessons_total:
        _complete(enrolment, course, done[-1][1])


def _complete(enrolment: Enrolment, course: Course, now: datetime) -> None:
    enrolment.completed_at = now
    credentials.issue(
        enrolment.person,
        course.organisation_id,
        course.title_zh,
        course.title_en,
        source_kind=CERTIFIED,
        source_id=course.id,
        now=now,
        actor_id=None,
    )


def quiz_finished(attempt: Attempt, now: datetime) -> None:
    """A passed quiz completes its lesson for whoever is enrolled."""
    if not attempt.is_passed:
        return
    found = queries.lesson_of_quiz(attempt.quiz)
    if found is None:
        return
    lesson, course = found
    enrolment = queries.enrolment_in(attempt.person, course.id)
    if enrolment is not None and enrolment.left_at is None:
        complete_lesson(enrolment, lesson, course, now)
