"""Courses, lessons, cohorts, enrolments."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, Person
from app.assessment.models import Quiz
from app.db import Model, Moment, calendar_day, choice, key, line, long_text, moment, moment_now, short_name
from app.reference.models import Skill

# What a quiz of a lesson says it belongs to.
QUIZ_OF_LESSON = "lesson"


class CourseStatus(enum.StrEnum):
    """Whether a course can be found."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class LessonKind(enum.StrEnum):
    """What a lesson asks of the learner."""

    PAGE = "page"
    QUIZ = "quiz"


class Course(Model):
    """What a university teaches: lessons in order, and the skills that its quizzes test."""

    __tablename__ = "course"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "slug"),)

    id: Mapped[key]
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    slug: Mapped[short_name]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    summary_zh: Mapped[long_text] = mapped_column(default="")
    summary_en: Mapped[long_text] = mapped_column(default="")
    status: Mapped[CourseStatus] = mapped_column(choice(CourseStatus), default=CourseStatus.DRAFT, index=True)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[moment_now]
    published_at: Mapped[datetime | None] = mapped_column(Moment())

    organisation: Mapped[Organisation] = relationship()
    lessons: Mapped[list["Lesson"]] = relationship(
        back_populates="course", order_by="Lesson.position", lazy="raise", cascade="all, delete-orphan"
    )

    @property
    def is_published(self) -> bool:
        """Whether students can find it."""
        return self.status is CourseStatus.PUBLISHED


class Lesson(Model):
    """One lesson: a page of Markdown, and the quiz that follows it, if any."""

    __tablename__ = "lesson"
    __table_args__ = (sa.UniqueConstraint("course_id", "position"),)

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    position: Mapped[int]
    title_zh: Mapped[line]
    title_en: Mapped[line] = mapped_column(default="")
    body_zh: Mapped[long_text] = mapped_column(default="")
    body_en: Mapped[long_text] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=20)
    quiz_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quiz.id"), unique=True)

    course: Mapped[Course] = relationship(back_populates="lessons")
    quiz: Mapped[Quiz | None] = relationship(lazy="raise")

    @property
    def kind(self) -> LessonKind:
        """A lesson with a quiz is completed by passing it, one without by reading it."""
        return LessonKind.PAGE if self.quiz_id is None else LessonKind.QUIZ


class LessonSkill(Model):
    """A skill that a lesson supplies, up to a level: what its quiz's questions test, kept for search."""

    __tablename__ = "lesson_skill"

    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True)
    skill_code: Mapped[str] = mapped_column(sa.ForeignKey("skill.code"), primary_key=True, index=True)
    level: Mapped[int]

    lesson: Mapped[Lesson] = relationship()
    skill: Mapped[Skill] = relationship()


class Cohort(Model):
    """One running of a course: dates, capacity, teachers."""

    __tablename__ = "cohort"

    id: Mapped[key]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    name_zh: Mapped[line]
    name_en: Mapped[line] = mapped_column(default="")
    starts_on: Mapped[calendar_day]
    ends_on: Mapped[calendar_day]
    capacity: Mapped[int | None]
    # Anyone may enrol who is a student of the university; otherwise a coordinator brings the class in.
    is_open: Mapped[bool] = mapped_column(default=True)

    course: Mapped[Course] = relationship()

    def takes_students(self, today: date) -> bool:
        """Whether a student may enrol today: before the last day."""
        return self.is_open and today <= self.ends_on


class CohortTeacher(Model):
    """A teacher of a cohort: sees its learners."""

    __tablename__ = "cohort_teacher"

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)

    person: Mapped[Person] = relationship()


class Enrolment(Model):
    """A student in a cohort. Counts are kept on the row so that lists of learners read one table."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "person_id"),
        sa.Index("ix_enrolment_person_id_enrolled_at", "person_id", "enrolled_at"),
    )

    id: Mapped[key]
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    enrolled_at: Mapped[moment]
    lessons_done: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None] = mapped_column(Moment())
    left_at: Mapped[datetime | None] = mapped_column(Moment())

    cohort: Mapped[Cohort] = relationship()
    person: Mapped[Person] = relationship()


class KeptSeat(Model):
    """A seat kept for somebody whom a class list names and who is invited: it becomes their enrolment on acceptance.

    It stands and falls with the invitation: once that is withdrawn or has expired, the seat is free.
    """

    __tablename__ = "kept_seat"

    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(sa.ForeignKey("invitation.id"), primary_key=True, index=True)


class LessonDone(Model):
    """A lesson that an enrolled student has completed: read to its end, or its quiz passed."""

    __tablename__ = "lesson_done"

    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True, index=True)
    done_at: Mapped[moment]
