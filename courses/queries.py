"""Reads of courses, lessons, cohorts and learners. Each is one statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload

from app.accounts import queries as accounts
from app.accounts.models import Invitation, Membership, Person, Role
from app.assessment.models import Quiz
from app.db import db
from app.reference.models import Skill
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


@dataclass(frozen=True)
class WorkRow:
    """A course in its authors' list: lessons, cohorts that have not ended, learners there now."""

    course: Course
    lessons: int
    cohorts: int
    learners: int


@dataclass(frozen=True)
class LessonLine:
    """A lesson in a table of contents, and when the reader completed it."""

    id: int
    position: int
    title_zh: str
    title_en: str
    minutes: int
    quiz_id: int | None
    done_at: datetime | None


@dataclass(frozen=True)
class SkillName:
    """A skill by its names; pages that list skills need no more of it."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Supplied:
    """A skill that lessons supply, and up to which level."""

    skill: SkillName
    level: int


@dataclass(frozen=True)
class CohortRow:
    """A cohort, how many learn in it now, and for how many who are invited a seat is kept."""

    cohort: Cohort
    learners: int
    kept: int = 0

    @property
    def seats_left(self) -> int | None:
        """Free places; None where there is no limit."""
        return None if self.cohort.capacity is None else max(0, self.cohort.capacity - self.learners - self.kept)


@dataclass(frozen=True)
class Learning:
    """A course that somebody is learning: how far, and what comes next."""

    enrolment: Enrolment
    course: Course
    lessons: int


@dataclass(frozen=True)
class Source:
    """A lesson that supplies a skill up to a level, and whether the reader is enrolled in its course."""

    skill_code: str
    level: int
    lesson_id: int
    course_id: int
    position: int
    title_zh: str
    title_en: str
    minutes: int
    is_enrolled: bool


def _lesson_count() -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).where(Lesson.course_id == Course.id).correlate(Course).scalar_subquery()


def published_courses(words: str = "", skill: str = "") -> sa.Select[Course]:
    """Courses that anyone can find, newest first, narrowed by words of title or summary and by a skill they supply."""
    query = (
        sa.select(Course)
        .where(Course.status == CourseStatus.PUBLISHED)
        .options(joinedload(Course.organisation))
        .order_by(Course.published_at.desc(), Course.id.desc())
    )
    for word in words.split()[:5]:
        query = query.where(
            sa.or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (Course.title_zh, Course.title_en, Course.summary_zh, Course.summary_en)
                )
            )
        )
    if skill:
        query = query.where(
            sa.exists()
            .where(LessonSkill.skill_code == skill)
            .where(LessonSkill.lesson_id == Lesson.id)
            .where(Lesson.course_id == Course.id)
        )
    return query


def sizes_of(course_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Lessons and minutes by course."""
    query = (
        sa.select(Lesson.course_id, sa.func.count(), sa.func.sum(Lesson.minutes))
        .where(Lesson.course_id.in_(course_ids))
        .group_by(Lesson.course_id)
    )
    return {course_id: (lessons, minutes) for course_id, lessons, minutes in db.session.execute(query)}


def skills_of_courses(course_ids: Sequence[int]) -> dict[int, list[Supplied]]:
    """The skills that courses supply, each up to its highest level, highest first."""
    query = (
        sa.select(
            Lesson.course_id, Skill.code, Skill.name_zh, Skill.name_en, sa.func.max(LessonSkill.level).label("level")
        )
        .join(LessonSkill, LessonSkill.lesson_id == Lesson.id)
        .join(Skill, Skill.code == LessonSkill.skill_code)
        .where(Lesson.course_id.in_(course_ids))
        .group_by(Lesson.course_id, Skill.code)
        .order_by(sa.desc("level"), Skill.code)
    )
    found: dict[int, list[Supplied]] = {course_id: [] for course_id in course_ids}
    for course_id, code, zh, en, level in db.session.execute(query):
        found[course_id].append(Supplied(SkillName(code, zh, en), level))
    return found


def skills_of_lesson(lesson_id: int) -> list[Supplied]:
    """The skills that a lesson's quiz tests."""
    query = (
        sa.select(Skill.code, Skill.name_zh, Skill.name_en, LessonSkill.level)
        .join(LessonSkill, LessonSkill.skill_code == Skill.code)
        .where(LessonSkill.lesson_id == lesson_id)
        .order_by(LessonSkill.level.desc(), Skill.code)
    )
    return [Supplied(SkillName(code, zh, en), level) for code, zh, en, level in db.session.execute(query)]


def course_by_id(course_id: int) -> Course | None:
    """A course with its organisation."""
    query = sa.select(Course).where(Course.id == course_id).options(joinedload(Course.organisation))
    return db.session.scalars(query).one_or_none()


def course_in(organisation_id: int, course_id: int) -> Course | None:
    """A course of an organisation."""
    query = (
        sa.select(Course)
        .where(Course.id == course_id, Course.organisation_id == organisation_id)
        .options(joinedload(Course.organisation))
    )
    return db.session.scalars(query).one_or_none()


def courses_in(organisation_id: int, today: date) -> list[WorkRow]:
    """All courses of an organisation with what goes on in them, newest first."""
    cohorts = (
        sa.select(sa.func.count())
        .where(Cohort.course_id == Course.id, Cohort.ends_on >= today)
        .correlate(Course)
        .scalar_subquery()
    )
    learners = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.course_id == Course.id, Cohort.ends_on >= today, Enrolment.left_at.is_(None))
        .correlate(Course)
        .scalar_subquery()
    )
    query = (
        sa.select(Course, _lesson_count(), cohorts, learners)
        .where(Course.organisation_id == organisation_id)
        .order_by(Course.id.desc())
        .options(defer(Course.summary_zh), defer(Course.summary_en))
    )
    return [WorkRow(*row) for row in db.session.execute(query)]


def enrolment_in(person: Person, course_id: int) -> Enrolment | None:
    """A person's enrolment in a course, with its cohort: the present one, else the latest that they left."""
    query = (
        sa.select(Enrolment)
        .join(Enrolment.cohort)
        .where(Enrolment.person_id == person.id, Cohort.course_id == course_id)
        .options(contains_eager(Enrolment.cohort))
        .order_by(sa.case((Enrolment.left_at.is_(None), 0), else_=1), Enrolment.enrolled_at.desc(), Enrolment.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def contents_of(course_id: int, enrolment_id: int | None) -> list[LessonLine]:
    """The table of contents, with what an enrolment has completed."""
    done_here = sa.and_(LessonDone.lesson_id == Lesson.id, LessonDone.enrolment_id == enrolment_id)
    query = (
        sa.select(
            Lesson.id,
            Lesson.position,
            Lesson.title_zh,
            Lesson.title_en,
            Lesson.minutes,
            Lesson.quiz_id,
            LessonDone.done_at,
        )
        .outerjoin(LessonDone, done_here)
        .where(Lesson.course_id == course_id)
        .order_by(Lesson.position)
    )
    return [LessonLine(*row) for row in db.session.execute(query)]


def lesson_at(course_id: int, position: int) -> Lesson | None:
    """A lesson by its place, with its quiz."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.position == position)
        .options(joinedload(Lesson.quiz))
    )
    return db.session.scalars(query).one_or_none()


def lesson_in(course_id: int, lesson_id: int) -> Lesson | None:
    """A lesson of a course, with its quiz."""
    query = (
        sa.select(Lesson).where(Lesson.course_id == course_id, Lesson.id == lesson_id).options(joinedload(Lesson.quiz))
    )
    return db.session.scalars(query).one_or_none()


def lesson_of_quiz(quiz: Quiz) -> tuple[Lesson, Course] | None:
    """The lesson that a quiz belongs to or belonged to, and its course."""
    query = (
        sa.select(Lesson, Course)
        .join(Course, Course.id == Lesson.course_id)
        .where(Lesson.id == quiz.context_id)
        .options(defer(Lesson.body_zh), defer(Lesson.body_en))
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def lessons_of(course_id: int) -> list[Lesson]:
    """All lessons of a course in order, without their texts."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id)
        .order_by(Lesson.position)
        .options(defer(Lesson.body_zh), defer(Lesson.body_en))
    )
    return list(db.session.scalars(query))


def count_lessons(course_id: int) -> int:
    """How many lessons a course has."""
    return db.session.scalar(sa.select(sa.func.count()).where(Lesson.course_id == course_id)) or 0


def is_lesson_used(lesson: Lesson) -> bool:
    """Whether anybody has completed a lesson."""
    return bool(db.session.scalar(sa.select(sa.exists().where(LessonDone.lesson_id == lesson.id))))


def _learners() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.left_at.is_(None))
        .correlate(Cohort)
        .scalar_subquery()
    )


def _kept_seats(now: datetime) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(KeptSeat)
        .join(Invitation, Invitation.id == KeptSeat.invitation_id)
        .where(KeptSeat.cohort_id == Cohort.id, accounts.is_open_at(now))
        .correlate(Cohort)
        .scalar_subquery()
    )


def open_cohorts(course_id: int, today: date, now: datetime) -> list[CohortRow]:
    """Cohorts that take students today, the next to begin first."""
    query = (
        sa.select(Cohort, _learners(), _kept_seats(now))
        .where(Cohort.course_id == course_id, Cohort.is_open, Cohort.ends_on >= today)
        .order_by(Cohort.starts_on, Cohort.id)
        .limit(20)
    )
    return [CohortRow(*row) for row in db.session.execute(query)]


def cohorts_of(course_id: int) -> list[CohortRow]:
    """All cohorts of a course, newest first."""
    query = (
        sa.select(Cohort, _learners())
        .where(Cohort.course_id == course_id)
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
        .limit(200)
    )
    return [CohortRow(*row) for row in db.session.execute(query)]


def cohort_by_id(cohort_id: int) -> Cohort | None:
    """A cohort with its course and organisation."""
    query = (
        sa.select(Cohort)
        .where(Cohort.id == cohort_id)
        .options(joinedload(Cohort.course, innerjoin=True).joinedload(Course.organisation, innerjoin=True))
    )
    return db.session.scalars(query).one_or_none()


def cohort_in(organisation_id: int, course_id: int, cohort_id: int) -> Cohort | None:
    """A cohort of a course of an organisation."""
    found = cohort_by_id(cohort_id)
    fits = found is not None and (found.course_id, found.course.organisation_id) == (course_id, organisation_id)
    return found if fits else None


def possible_teachers(organisation_id: int) -> dict[int, str]:
    """Names of those who can teach at an organisation, by id, in the order of the names."""
    query = (
        sa.select(Person.id, Person.name)
        .where(
            sa.exists()
            .where(Membership.person_id == Person.id, Membership.organisation_id == organisation_id)
            .where(Membership.role.in_((Role.TEACHER, Role.COORDINATOR)), Membership.left_on.is_(None))
        )
        .order_by(Person.name, Person.id)
    )
    return {row.id: row.name for row in db.session.execute(query)}


def teachers_of(cohort_id: int) -> list[CohortTeacher]:
    """Who teaches a cohort, by name."""
    query = (
        sa.select(CohortTeacher)
        .join(CohortTeacher.person)
        .where(CohortTeacher.cohort_id == cohort_id)
        .options(contains_eager(CohortTeacher.person))
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


def learners_of(cohort_id: int) -> sa.Select[Enrolment]:
    """Who learns in a cohort now, by name."""
    return (
        sa.select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
        .options(contains_eager(Enrolment.person))
        .order_by(Person.name, Person.id)
    )


def progress_in(cohort_id: int) -> tuple[int, int, int]:
    """Of a cohort now: learners, those who completed the course, lessons completed altogether."""
    query = sa.select(
        sa.func.count(), sa.func.count(Enrolment.completed_at), sa.func.coalesce(sa.func.sum(Enrolment.lessons_done), 0)
    ).where(Enrolment.cohort_id == cohort_id, Enrolment.left_at.is_(None))
    row = db.session.execute(query).one()
    return (row[0], row[1], row[2])


def enrolments_of_people(cohort_id: int, person_ids: Sequence[int]) -> dict[int, Enrolment]:
    """Enrolments in a cohort by person, present and past."""
    query = sa.select(Enrolment).where(Enrolment.cohort_id == cohort_id, Enrolment.person_id.in_(person_ids))
    return {enrolment.person_id: enrolment for enrolment in db.session.scalars(query)}


def invited_to(cohort_id: int, now: datetime) -> list[Invitation]:
    """The open invitations for which a cohort keeps a seat, by address."""
    query = (
        sa.select(Invitation)
        .join(KeptSeat, KeptSeat.invitation_id == Invitation.id)
        .where(KeptSeat.cohort_id == cohort_id, accounts.is_open_at(now))
        .order_by(Invitation.email)
    )
    return list(db.session.scalars(query))


def cohorts_keeping_a_seat(invitation_id: int) -> list[Cohort]:
    """The cohorts that keep a seat for whoever accepts an invitation."""
    query = (
        sa.select(Cohort)
        .join(KeptSeat, KeptSeat.cohort_id == Cohort.id)
        .where(KeptSeat.invitation_id == invitation_id)
        .order_by(Cohort.id)
    )
    return list(db.session.scalars(query))


def learning_of(person: Person, limit: int = 20) -> list[Learning]:
    """The courses that a person is learning: those not completed first, the latest first."""
    query = (
        sa.select(Enrolment, Course, _lesson_count())
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Course, Course.id == Cohort.course_id)
        .where(Enrolment.person_id == person.id, Enrolment.left_at.is_(None))
        .order_by(
            sa.case((Enrolment.completed_at.is_(None), 0), else_=1), Enrolment.enrolled_at.desc(), Enrolment.id.desc()
        )
        .options(defer(Course.summary_zh), defer(Course.summary_en))
        .limit(limit)
    )
    return [Learning(*row) for row in db.session.execute(query)]


def next_lesson(enrolment: Enrolment, course_id: int) -> LessonLine | None:
    """The first lesson that an enrolment has not completed."""
    done = sa.exists().where(LessonDone.lesson_id == Lesson.id, LessonDone.enrolment_id == enrolment.id)
    query = (
        sa.select(
            Lesson.id,
            Lesson.position,
            Lesson.title_zh,
            Lesson.title_en,
            Lesson.minutes,
            Lesson.quiz_id,
            sa.null().label("done_at"),
        )
        .where(Lesson.course_id == course_id, ~done)
        .order_by(Lesson.position)
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else LessonLine(*row)


def taught_by(person: Person, today: date) -> list[CohortRow]:
    """The cohorts that a person teaches and that have not ended, with their courses."""
    query = (
        sa.select(Cohort, _learners())
        .join(CohortTeacher, CohortTeacher.cohort_id == Cohort.id)
        .where(CohortTeacher.person_id == person.id, Cohort.ends_on >= today)
        .options(
            joinedload(Cohort.course, innerjoin=True).joinedload(Course.organisation, innerjoin=True),
        )
        .order_by(Cohort.ends_on, Cohort.id)
        .limit(10)
    )
    return [CohortRow(*row) for row in db.session.execute(query)]


def sources_of(person: Person, codes: Sequence[str]) -> list[Source]:
    """Lessons of published courses that supply skills, highest level first."""
    person_id = person.id if person.is_authenticated else None
    enrolled = (
        sa.exists()
        .where(Enrolment.person_id == person_id, Enrolment.left_at.is_(None))
        .where(Enrolment.cohort_id == Cohort.id, Cohort.course_id == Course.id)
        .correlate(Course)
    )
    query = (
        sa.select(
            LessonSkill.skill_code,
            LessonSkill.level,
            Lesson.id,
            Lesson.course_id,
            Lesson.position,
            Lesson.title_zh,
            Lesson.title_en,
            Lesson.minutes,
            enrolled,
        )
        .join(Lesson, Lesson.id == LessonSkill.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(LessonSkill.skill_code.in_(codes), Course.status == CourseStatus.PUBLISHED)
        .order_by(LessonSkill.skill_code, LessonSkill.level.desc(), Lesson.course_id, Lesson.position)
        .limit(200)
    )
    return [Source(*row) for row in db.session.execute(query)]


def learners_for(reader: Person, course: Course) -> list[Person]:
    """Who learns in a course now, by name: for a coordinator all of them, for a teacher those of own cohorts."""
    learning = sa.exists().where(
        Enrolment.person_id == Person.id,
        Enrolment.left_at.is_(None),
        Enrolment.cohort_id == Cohort.id,
        Cohort.course_id == course.id,
    )
    if not reader.has_role(Role.COORDINATOR, organisation_id=course.organisation_id):
        learning = learning.where(CohortTeacher.cohort_id == Cohort.id, CohortTeacher.person_id == reader.id)
    return list(db.session.scalars(sa.select(Person).where(learning).order_by(Person.name, Person.id)))


def teacher_ids_of(course_id: int) -> set[int]:
    """Who teaches a cohort of a course, by id."""
    query = (
        sa.select(CohortTeacher.person_id)
        .join(Cohort, Cohort.id == CohortTeacher.cohort_id)
        .where(Cohort.course_id == course_id)
    )
    return set(db.session.scalars(query))


def quizzes_marked_by(person_id: int, teaching: Collection[int], coordinating: Collection[int]) -> sa.Select[int]:
    """Ids of quizzes whose answers a person marks: of courses of which they teach a cohort, at organisations where
    they are `teaching`, and of all courses of those that they are `coordinating`.
    """
    teaches = sa.exists().where(
        CohortTeacher.person_id == person_id,
        CohortTeacher.cohort_id == Cohort.id,
        Cohort.course_id == Course.id,
    )
    return (
        sa.select(Quiz.id)
        .join(Lesson, Lesson.id == Quiz.context_id)
        .join(Course, Course.id == Lesson.course_id)
        .where(
            Quiz.context_kind == QUIZ_OF_LESSON,
            sa.or_(Course.organisation_id.in_(coordinating), sa.and_(Course.organisation_id.in_(teaching), teaches)),
        )
    )
