"""What anyone can find: published courses, their size, the skills that they supply."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.db import db
from app.reference.models import Skill
from courses.models import (
    Cohort,
    Course,
    CourseStatus,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonSkill,
    VersionLesson,
)


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


# Built once, as those of `learning`: every page of a course asks them.
_COURSE = sa.select(Course).where(Course.id == sa.bindparam("course_id")).options(joinedload(Course.organisation))
_SKILLS_OF_COURSES = (
    sa.select(Lesson.course_id, Skill.code, Skill.name_zh, Skill.name_en, sa.func.max(LessonSkill.level).label("level"))
    .join(LessonSkill, LessonSkill.lesson_id == Lesson.id)
    .join(Skill, Skill.code == LessonSkill.skill_code)
    .where(Lesson.course_id.in_(sa.bindparam("course_ids", expanding=True)))
    .group_by(Lesson.course_id, Skill.code)
    .order_by(sa.desc("level"), Skill.code)
)
_SKILLS_OF_LESSON = (
    sa.select(Skill.code, Skill.name_zh, Skill.name_en, LessonSkill.level)
    .join(LessonSkill, LessonSkill.skill_code == Skill.code)
    .where(LessonSkill.lesson_id == sa.bindparam("lesson_id"))
    .order_by(LessonSkill.level.desc(), Skill.code)
)


def published_courses(words: str = "", skill: str = "") -> sa.Select[Course]:
    """Courses that anyone can find, newest first, narrowed by words of title or summary and by a skill they supply."""
    query = (
        sa.select(Course)
        .where(Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))
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


def course_of_lesson(lesson_id: int) -> Course | None:
    """The course that a lesson belongs to."""
    query = sa.select(Course).join(Lesson, Lesson.course_id == Course.id).where(Lesson.id == lesson_id)
    return db.session.scalars(query).one_or_none()


def sizes_of(course_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Lessons and minutes of the newest version by course."""
    query = (
        sa.select(CourseVersion.course_id, CourseVersion.lessons, CourseVersion.minutes)
        .join(Course, sa.and_(Course.id == CourseVersion.course_id, Course.version_number == CourseVersion.number))
        .where(CourseVersion.course_id.in_(course_ids))
    )
    return {course_id: (lessons, minutes) for course_id, lessons, minutes in db.session.execute(query)}


def skills_of_courses(course_ids: Sequence[int]) -> dict[int, list[Supplied]]:
    """The skills that courses supply, each up to its highest level, highest first."""
    found: dict[int, list[Supplied]] = {course_id: [] for course_id in course_ids}
    for course_id, code, zh, en, level in db.session.execute(_SKILLS_OF_COURSES, {"course_ids": list(course_ids)}):
        found[course_id].append(Supplied(SkillName(code, zh, en), level))
    return found


def skills_of_lesson(lesson_id: int) -> list[Supplied]:
    """The skills that a lesson of the newest version tests."""
    rows = db.session.execute(_SKILLS_OF_LESSON, {"lesson_id": lesson_id})
    return [Supplied(SkillName(code, zh, en), level) for code, zh, en, level in rows]


def course_by_id(course_id: int) -> Course | None:
    """A course with its organisation."""
    return db.session.scalars(_COURSE, {"course_id": course_id}).one_or_none()


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
            VersionLesson.position,
            Lesson.title_zh,
            Lesson.title_en,
            Lesson.minutes,
            enrolled,
        )
        .join(Lesson, Lesson.id == LessonSkill.lesson_id)
        .join(Course, Course.id == Lesson.course_id)
        .join(
            CourseVersion,
            sa.and_(CourseVersion.course_id == Course.id, CourseVersion.number == Course.version_number),
        )
        .join(
            VersionLesson,
            sa.and_(VersionLesson.version_id == CourseVersion.id, VersionLesson.lesson_id == Lesson.id),
        )
        .where(LessonSkill.skill_code.in_(codes), Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))
        .order_by(LessonSkill.skill_code, LessonSkill.level.desc(), Lesson.course_id, VersionLesson.position)
        .limit(200)
    )
    return [Source(*row) for row in db.session.execute(query)]
