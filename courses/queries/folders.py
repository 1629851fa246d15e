"""What writing a course into files, and bringing files back, reads. Each is one statement."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Organisation
from app.assessment.models import Question, QuestionVersion, Quiz, QuizItem, Rubric
from app.db import db
from app.files import StoredFile
from courses.models import QUIZ_OF_LESSON, Assignment, Course, CourseFile, Lesson, LessonRevision


def course_at(organisation_id: int, slug: str, *, held: bool = False) -> Course | None:
    """The course of an organisation at a slug, a deleted one too; `held` until the transaction ends."""
    query = sa.select(Course).where(Course.organisation_id == organisation_id, Course.slug == slug)
    if held:
        query = query.with_for_update(of=Course).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def courses_called(slug: str, organisation_slug: str | None = None) -> list[Course]:
    """The courses at a slug, of one organisation or of all."""
    query = sa.select(Course).join(Course.organisation).where(Course.slug == slug, Course.deleted_at.is_(None))
    if organisation_slug is not None:
        query = query.where(Organisation.slug == organisation_slug)
    return list(db.session.scalars(query.order_by(Course.id)))


def lessons_to_write(course_id: int, *, held: bool = False) -> list[Lesson]:
    """The lessons of a course in order with their texts; `held` so that nobody saves one meanwhile."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.deleted_at.is_(None))
        .order_by(Lesson.position, Lesson.id)
    )
    if held:
        query = query.with_for_update(of=Lesson).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def deleted_lessons_called(course_id: int, names: Collection[str]) -> dict[str, Lesson]:
    """The lessons of a course that were deleted, by name; of two the later one."""
    query = (
        sa.select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.deleted_at.is_not(None), Lesson.name.in_(names))
        .order_by(Lesson.id)
    )
    return {lesson.name: lesson for lesson in db.session.scalars(query)}


def quizzes_by_id(quiz_ids: Collection[int]) -> dict[int, Quiz]:
    """Quizzes by id."""
    return {quiz.id: quiz for quiz in db.session.scalars(sa.select(Quiz).where(Quiz.id.in_(quiz_ids)))}


def items_of_quizzes(quiz_ids: Collection[int]) -> dict[int, list[QuizItem]]:
    """The items of several quizzes in order, with their versions and questions, by quiz id."""
    query = (
        sa.select(QuizItem)
        .where(QuizItem.quiz_id.in_(quiz_ids))
        .order_by(QuizItem.quiz_id, QuizItem.position)
        .options(joinedload(QuizItem.version))
    )
    found: dict[int, list[QuizItem]] = {}
    for item in db.session.scalars(query):
        found.setdefault(item.quiz_id, []).append(item)
    return found


def assignments_by_id(assignment_ids: Collection[int]) -> dict[int, Assignment]:
    """Assignments by id."""
    query = sa.select(Assignment).where(Assignment.id.in_(assignment_ids))
    return {assignment.id: assignment for assignment in db.session.scalars(query)}


def rubrics_by_id(rubric_ids: Collection[int]) -> dict[int, Rubric]:
    """Rubrics with their rows in order, by id."""
    query = sa.select(Rubric).where(Rubric.id.in_(rubric_ids)).options(selectinload(Rubric.rows))
    return {rubric.id: rubric for rubric in db.session.scalars(query)}


def files_of_course(course_id: int) -> dict[str, StoredFile]:
    """The files of a course by name: what each name means now."""
    query = (
        sa.select(CourseFile)
        .where(CourseFile.course_id == course_id, CourseFile.deleted_at.is_(None))
        .order_by(CourseFile.id)
        .options(joinedload(CourseFile.file))
    )
    return {row.name: row.file for row in db.session.scalars(query)}


def stored_files(file_ids: Collection[int]) -> dict[int, StoredFile]:
    """Files by id."""
    return {file.id: file for file in db.session.scalars(sa.select(StoredFile).where(StoredFile.id.in_(file_ids)))}


def course_files_called(course_id: int, names: Collection[str]) -> list[CourseFile]:
    """The rows of files of a course with these names, deleted ones left out."""
    query = sa.select(CourseFile).where(
        CourseFile.course_id == course_id, CourseFile.name.in_(names), CourseFile.deleted_at.is_(None)
    )
    return list(db.session.scalars(query))


def history_of(lesson_ids: Collection[int]) -> Sequence[LessonRevision]:
    """All that some lessons said once, with their texts."""
    return list(db.session.scalars(sa.select(LessonRevision).where(LessonRevision.lesson_id.in_(lesson_ids))))


def question_history_of(question_ids: Collection[int]) -> Sequence[QuestionVersion]:
    """All that some questions said once."""
    query = sa.select(QuestionVersion).where(QuestionVersion.question_id.in_(question_ids))
    return list(db.session.scalars(query))


def questions_used_by(course_id: int, organisation_id: int, names: Collection[str]) -> dict[str, Question]:
    """The questions of these names that a lesson's quiz of the course asks or once asked; of two the later one."""
    of_course = sa.select(Lesson.id).where(Lesson.course_id == course_id)
    asked = (
        sa.select(QuestionVersion.question_id)
        .join(QuizItem, QuizItem.question_version_id == QuestionVersion.id)
        .join(Quiz, Quiz.id == QuizItem.quiz_id)
        .where(Quiz.context_kind == QUIZ_OF_LESSON, Quiz.context_id.in_(of_course))
    )
    query = (
        sa.select(Question)
        .where(Question.organisation_id == organisation_id, Question.name.in_(names), Question.id.in_(asked))
        .order_by(Question.id)
    )
    return {question.name: question for question in db.session.scalars(query)}
