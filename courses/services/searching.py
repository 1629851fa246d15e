"""What of courses can be found is kept in the index in the transaction that changes it. Nothing here commits."""

from collections.abc import Iterable, Iterator

from app.search import queries as index
from app.search import services as search
from app.search.services import Entry
from courses import queries
from courses.models import Course, CourseVersion, Lesson, LessonNote, LessonRevision, Post
from courses.queries import searching

COURSE, LESSON, QUESTION, NOTE = "course", "lesson", "question", "note"
EVERYBODY, REVISION, COHORT, PERSON = "everybody", "revision", "cohort", "person"


def index_course(course: Course) -> None:
    """The course as anyone finds it, and those revisions of its lessons that somebody reads.

    After publishing, withdrawing, deleting, bringing back, moving a cohort. Revisions never change, so that of a new
    version only those lessons are indexed that changed.
    """
    version = queries.newest_version(course)
    if version is not None and course.is_published:
        search.index(_course(course, version))
    else:
        search.remove(COURSE, [course.id])
    wanted = searching.revisions_to_find(course.id)
    place, had = _place(course), index.kept(LESSON, searching.lesson_ids_of(course.id))
    gone = [(lesson_id, revision_id) for lesson_id, revision_id in had if revision_id not in wanted]
    if gone:
        search.remove(LESSON, {lesson_id for lesson_id, _ in gone}, {revision_id for _, revision_id in gone})
    new = [revision_id for revision_id, lesson_id in wanted.items() if had.get((lesson_id, revision_id)) != place]
    if new:
        search.index(*(_lesson(revision, course) for revision in searching.revisions_by_id(new)))


def index_question(question: Post) -> None:
    """A question with its answers, after any of them was written, edited, hidden, deleted or brought back."""
    if question.is_shown:
        search.index(_question(question, question.cohort.course, searching.answer_bodies([question.id])))
    else:
        search.remove(QUESTION, [question.id])


def index_note(note: LessonNote) -> None:
    """A note, for the person who wrote it."""
    found = searching.notes_to_find(note.person_id, note.lesson_id)
    search.index(*(_note(*row) for row in found))
    if not found:
        search.remove(NOTE, [note.id])


def _course(course: Course, version: CourseVersion) -> Entry:
    return Entry(
        COURSE, course.id, EVERYBODY, 0, version.title_zh, version.title_en, version.summary_zh, version.summary_en,
        {"about_zh": course.organisation.name_zh, "about_en": course.organisation.name_en},
    )  # fmt: skip


def _place(course: Course) -> dict[str, str]:
    return {"about_zh": course.title_zh, "about_en": course.title_en}


def _lesson(revision: LessonRevision, course: Course) -> Entry:
    return Entry(
        LESSON, revision.lesson_id, REVISION, revision.id, revision.title_zh, revision.title_en,
        revision.body_zh, revision.body_en, _place(course),
    )  # fmt: skip


def _question(question: Post, course: Course, answers: dict[int | None, list[str]]) -> Entry:
    text = "\n\n".join([question.body, *answers.get(question.id, [])])
    return Entry(QUESTION, question.id, COHORT, question.cohort_id, question.title, text_zh=text, place=_place(course))


def _note(note: LessonNote, lesson: Lesson, course: Course) -> Entry:
    return Entry(
        NOTE, note.id, PERSON, note.person_id, lesson.title_zh, lesson.title_en, note.body,
        place={**_place(course), "lesson_id": lesson.id},
    )  # fmt: skip


# All that there is, for building the index anew


def courses_to_find() -> Iterator[Entry]:
    """Every published course."""
    for course, version in searching.published_versions():
        yield _course(course, version)


def lessons_to_find() -> Iterator[Entry]:
    """Every lesson in every state in which somebody reads it."""
    for course in searching.courses_with_versions():
        for revision in searching.revisions_by_id(searching.revisions_to_find(course.id).keys()):
            yield _lesson(revision, course)


def questions_to_find() -> Iterable[Entry]:
    """Every question that is shown."""
    questions = searching.questions_to_find()
    answers = searching.answer_bodies([question.id for question in questions])
    return (_question(question, question.cohort.course, answers) for question in questions)


def notes_to_find() -> Iterable[Entry]:
    """Every note."""
    return (_note(*row) for row in searching.notes_to_find())
