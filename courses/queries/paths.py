"""What comes before a course, learning paths, and what somebody could begin next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer, joinedload

from app.accounts.models import Person
from app.db import db
from app.skills.models import SkillEstimate
from courses.models import (
    Cohort,
    Course,
    CourseStatus,
    Enrolment,
    Joining,
    LearningPath,
    Lesson,
    LessonSkill,
    PathStep,
    Prerequisite,
)
from courses.queries.cohorts import is_listed
from courses.rules.prerequisites import Needed
from courses.rules.recommendation import Offered


@dataclass(frozen=True)
class Step:
    """A course at its place in a path, and how far the reader is in it."""

    course: Course
    position: int
    is_required: bool
    is_completed: bool = False
    is_learning: bool = False


@dataclass(frozen=True)
class PathRow:
    """A path in a list: how many steps, how many of them the reader has completed."""

    path: LearningPath
    steps: int
    required: int
    done: int


# Prerequisites


def prerequisites_of(course_id: int) -> list[Prerequisite]:
    """What comes before a course: courses first, with their titles, then skills."""
    query = (
        sa.select(Prerequisite)
        .where(Prerequisite.course_id == course_id)
        .options(joinedload(Prerequisite.required_course))
        .order_by(sa.case((Prerequisite.required_course_id.is_(None), 1), else_=0), Prerequisite.id)
    )
    return list(db.session.scalars(query))


def needed_for(course_id: int) -> list[Needed]:
    """What comes before a course, as the rule takes it."""
    return needed_for_courses([course_id])[course_id]


def needed_for_courses(course_ids: Collection[int]) -> dict[int, list[Needed]]:
    """What comes before each of some courses, as the rule takes it; a deleted course comes before none."""
    query = (
        sa.select(Prerequisite)
        .outerjoin(Prerequisite.required_course)
        .where(Prerequisite.course_id.in_(course_ids), Course.deleted_at.is_(None))
        .order_by(Prerequisite.id)
    )
    found: dict[int, list[Needed]] = {course_id: [] for course_id in course_ids}
    for one in db.session.scalars(query):
        found[one.course_id].append(Needed(one.id, one.required_course_id, one.skill_code, one.level or 0))
    return found


def prerequisite_in(course_id: int, prerequisite_id: int) -> Prerequisite | None:
    """One of the things that come before a course; not one that a path asks for."""
    query = sa.select(Prerequisite).where(
        Prerequisite.course_id == course_id, Prerequisite.id == prerequisite_id, Prerequisite.path_id.is_(None)
    )
    return db.session.scalars(query).one_or_none()


def required_pairs() -> set[tuple[int, int]]:
    """All pairs of courses of which the first asks for the second."""
    query = sa.select(Prerequisite.course_id, Prerequisite.required_course_id).where(
        Prerequisite.required_course_id.is_not(None)
    )
    return {(course_id, int(required_id or 0)) for course_id, required_id in db.session.execute(query)}


def completed_by(person: Person) -> set[int]:
    """The courses that somebody has completed, by id, wherever."""
    query = (
        sa.select(Cohort.course_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.person_id == person.id, Enrolment.completed_at.is_not(None))
    )
    return set(db.session.scalars(query))


def learnt_by(person: Person) -> set[int]:
    """The courses that somebody is learning and has not completed, by id."""
    query = (
        sa.select(Cohort.course_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.person_id == person.id, Enrolment.completed_at.is_(None), Enrolment.left_at.is_(None))
    )
    return set(db.session.scalars(query))


def levels_shown(person: Person) -> dict[str, int]:
    """The level that somebody has shown in each skill, by the passport."""
    query = sa.select(SkillEstimate.skill_code, SkillEstimate.shown).where(SkillEstimate.person_id == person.id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def courses_to_require(course: Course) -> list[Course]:
    """Published courses that may come before one, those of its own university first."""
    query = (
        sa.select(Course)
        .where(Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None), Course.id != course.id)
        .options(joinedload(Course.organisation), defer(Course.summary_zh), defer(Course.summary_en))
        .order_by(sa.case((Course.organisation_id == course.organisation_id, 0), else_=1), Course.title_zh, Course.id)
        .limit(500)
    )
    return list(db.session.scalars(query))


# Borrowed courses


def courses_elsewhere(organisation_id: int, words: str = "") -> sa.Select[Course]:
    """Published courses of other universities: those that the own one teaches first, then the newest."""
    is_taught = (
        sa.exists()
        .where(Cohort.course_id == Course.id, Cohort.organisation_id == organisation_id)
        .where(Cohort.deleted_at.is_(None))
    )
    query = (
        sa.select(Course)
        .where(Course.organisation_id != organisation_id)
        .where(Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))
        .options(joinedload(Course.organisation), defer(Course.summary_zh), defer(Course.summary_en))
        .order_by(sa.case((is_taught, 0), else_=1), Course.published_at.desc(), Course.id.desc())
    )
    for word in words.split()[:5]:
        query = query.where(
            sa.or_(*(column.icontains(word, autoescape=True) for column in (Course.title_zh, Course.title_en)))
        )
    return query


def cohorts_taught_in(organisation_id: int, course_ids: Collection[int]) -> dict[int, int]:
    """How many cohorts a university has of each of some courses."""
    query = (
        sa.select(Cohort.course_id, sa.func.count())
        .where(Cohort.organisation_id == organisation_id, Cohort.course_id.in_(course_ids), is_listed())
        .group_by(Cohort.course_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


# Paths


def _steps(path: type[LearningPath]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(PathStep)
        .where(PathStep.path_id == path.id)
        .correlate(path)
        .scalar_subquery()
    )


def _required(path: type[LearningPath]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(PathStep)
        .where(PathStep.path_id == path.id, PathStep.is_required)
        .correlate(path)
        .scalar_subquery()
    )


def _done(person_id: int | None) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count(sa.distinct(PathStep.course_id)))
        .join(Cohort, Cohort.course_id == PathStep.course_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(PathStep.path_id == LearningPath.id, Enrolment.person_id == person_id, PathStep.is_required)
        .where(Enrolment.completed_at.is_not(None))
        .correlate(LearningPath)
        .scalar_subquery()
    )


def published_paths(person_id: int | None, limit: int = 100) -> list[PathRow]:
    """The paths that anyone can find, newest first, with what somebody has done of each."""
    query = (
        sa.select(LearningPath, _steps(LearningPath), _required(LearningPath), _done(person_id))
        .where(LearningPath.published_at.is_not(None))
        .options(joinedload(LearningPath.organisation))
        .order_by(LearningPath.published_at.desc(), LearningPath.id.desc())
        .limit(limit)
    )
    return [PathRow(*row) for row in db.session.execute(query)]


def paths_in(organisation_id: int) -> list[PathRow]:
    """All paths of a university, newest first."""
    query = (
        sa.select(LearningPath, _steps(LearningPath), _required(LearningPath), sa.literal(0))
        .where(LearningPath.organisation_id == organisation_id, LearningPath.deleted_at.is_(None))
        .order_by(LearningPath.id.desc())
    )
    return [PathRow(*row) for row in db.session.execute(query)]


def path_by_id(path_id: int) -> LearningPath | None:
    """A path with its university."""
    query = (
        sa.select(LearningPath)
        .where(LearningPath.id == path_id, LearningPath.deleted_at.is_(None))
        .options(joinedload(LearningPath.organisation))
    )
    return db.session.scalars(query).one_or_none()


def path_in(organisation_id: int, path_id: int) -> LearningPath | None:
    """A path of a university."""
    query = sa.select(LearningPath).where(
        LearningPath.id == path_id,
        LearningPath.organisation_id == organisation_id,
        LearningPath.deleted_at.is_(None),
    )
    return db.session.scalars(query).one_or_none()


def steps_of(path_id: int, person_id: int | None = None) -> list[Step]:
    """The courses of a path in order, with their universities, and how far somebody is in each."""
    enrolment = sa.exists().where(
        Enrolment.cohort_id == Cohort.id, Cohort.course_id == Course.id, Enrolment.person_id == person_id
    )
    query = (
        sa.select(
            Course,
            PathStep.position,
            PathStep.is_required,
            enrolment.where(Enrolment.completed_at.is_not(None)).label("is_completed"),
            enrolment.where(Enrolment.completed_at.is_(None), Enrolment.left_at.is_(None)).label("is_learning"),
        )
        .join(PathStep, PathStep.course_id == Course.id)
        .where(PathStep.path_id == path_id)
        .options(joinedload(Course.organisation))
        .order_by(PathStep.position)
    )
    return [Step(*row) for row in db.session.execute(query)]


def courses_for_path(organisation_id: int) -> list[Course]:
    """Published courses of which a path can be made, those of the own university first."""
    query = (
        sa.select(Course)
        .where(Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None))
        .options(joinedload(Course.organisation), defer(Course.summary_zh), defer(Course.summary_en))
        .order_by(sa.case((Course.organisation_id == organisation_id, 0), else_=1), Course.title_zh, Course.id)
        .limit(500)
    )
    return list(db.session.scalars(query))


_PATHS_WITH = (
    sa.select(LearningPath)
    .join(PathStep, PathStep.path_id == LearningPath.id)
    .where(PathStep.course_id == sa.bindparam("course_id"), LearningPath.published_at.is_not(None))
    .order_by(LearningPath.title_zh)
    .limit(10)
)


def paths_with(course_id: int) -> list[LearningPath]:
    """The published paths that a course is a step of, by title."""
    return list(db.session.scalars(_PATHS_WITH, {"course_id": course_id}))


# What could come next


def offers_for(person: Person, organisation_ids: Collection[int], today: date) -> list[Offered]:
    """Published courses that universities teach in a cohort which students may enter now, and what each supplies.

    Without those that the person has completed or is learning, and whose prerequisites are not looked at here.
    """
    other = aliased(Cohort)
    query = (
        sa.select(Course.id, LessonSkill.skill_code, sa.func.max(LessonSkill.level))
        .join(Lesson, Lesson.course_id == Course.id)
        .join(LessonSkill, LessonSkill.lesson_id == Lesson.id)
        .where(
            Course.status == CourseStatus.PUBLISHED,
            Course.deleted_at.is_(None),
            sa.exists().where(
                Cohort.course_id == Course.id,
                Cohort.organisation_id.in_(organisation_ids),
                Cohort.joining != Joining.LIST,
                Cohort.ends_on >= today,
                is_listed(),
            ),
            ~sa.exists().where(
                other.course_id == Course.id,
                Enrolment.cohort_id == other.id,
                Enrolment.person_id == person.id,
                sa.or_(Enrolment.completed_at.is_not(None), Enrolment.left_at.is_(None)),
            ),
        )
        .group_by(Course.id, LessonSkill.skill_code)
        .order_by(Course.id, LessonSkill.skill_code)
    )
    supplied: dict[int, dict[str, int]] = {}
    for course_id, code, level in db.session.execute(query):
        supplied.setdefault(course_id, {})[code] = level
    return [Offered(course_id, supplies) for course_id, supplies in supplied.items()]


def next_steps_on_paths(person: Person) -> dict[int, list[int]]:
    """On each published path of which somebody has completed a step: the first required step that they have not.

    As ids of paths by course.
    """
    completed = (
        sa.select(Cohort.course_id)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.person_id == person.id, Enrolment.completed_at.is_not(None))
    )
    begun = aliased(PathStep)
    query = (
        sa.select(PathStep.path_id, PathStep.course_id)
        .join(LearningPath, LearningPath.id == PathStep.path_id)
        .where(
            LearningPath.published_at.is_not(None),
            PathStep.is_required,
            PathStep.course_id.not_in(completed),
            sa.exists().where(begun.path_id == PathStep.path_id, begun.course_id.in_(completed)),
        )
        .order_by(PathStep.path_id, PathStep.position)
    )
    first: dict[int, int] = {}
    for path_id, course_id in db.session.execute(query):
        first.setdefault(path_id, course_id)
    found: dict[int, list[int]] = {}
    for path_id, course_id in first.items():
        found.setdefault(course_id, []).append(path_id)
    return found


def course_titles(course_ids: Collection[int]) -> dict[int, Course]:
    """Some courses by id, without their summaries."""
    query = (
        sa.select(Course).where(Course.id.in_(course_ids)).options(defer(Course.summary_zh), defer(Course.summary_en))
    )
    return {course.id: course for course in db.session.scalars(query)}
