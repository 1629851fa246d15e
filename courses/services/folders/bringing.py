"""A folder brought into a course: compared, merged, and written whole or not at all. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app import audit
from app.db import db
from courses import folders, queries
from courses.folders import Fault, Folder, Merged, Prefer, Said, State
from courses.folders.locks import digest as digest_of
from courses.folders.pages import pages, tidy
from courses.folders.questions import content_text
from courses.models import Course, LessonRevision
from courses.queries import folders as reads
from courses.services.folders.export import Written, contents_of, written
from courses.services.folders.keeping import Keeping
from courses.services.folders.refusals import (
    CourseAbsent,
    CourseInTrash,
    CourseThere,
    FolderClashes,
    OtherCourse,
    SlugJustTaken,
)
from courses.services.writing import create_course


@dataclass(frozen=True)
class Brought:
    """What an import did: the course (none where nothing but a look was wanted), and what became of its parts."""

    course: Course
    merged: Merged
    remarks: tuple[Fault, ...]


def bring_folder(
    organisation_id: int,
    folder: Folder,
    now: datetime,
    by_id: int | None,
    *,
    into: Course | None = None,
    is_new: bool | None = None,
    prefer: Prefer = Prefer.NONE,
) -> Brought:
    """Bring a folder into the course of its slug, or begin that course; the course's working copy changes.

    `into` is the course that it has to be, `is_new` whether it has to be there or not (none: either). The course and
    its lessons are held until the transaction ends, so that of two imports one sees what the other did, and nobody
    saves a lesson in between. Raises FolderRefused with every clash, and CourseThere, CourseAbsent, CourseInTrash,
    OtherCourse, SlugJustTaken.
    """
    slug = folder.course.slug
    if into is not None and into.slug != slug:
        raise OtherCourse(slug=slug)
    course = reads.course_at(organisation_id, slug, held=True)
    if course is not None and course.deleted_at is not None:
        raise CourseInTrash(slug=slug)
    if is_new is not None and is_new != (course is None):
        raise (CourseThere if is_new else CourseAbsent)(slug=slug)
    before = written(course, held=True) if course is not None else None
    merged = folders.merge_courses(before.value if before else None, folder, _bases(course, before, folder), prefer)
    if merged.clashes:
        raise FolderClashes(merged)
    if course is None:
        course = _begin(organisation_id, merged.course, by_id)
    if not merged.is_unchanged:
        Keeping(course, before or Written(_nothing(merged.course)), merged, now, by_id).write()
        audit.record(
            "course.import",
            course,
            actor_id=by_id,
            organisation_id=organisation_id,
            parts=sum(state is not State.UNCHANGED for state in merged.states.values()),
        )
    db.session.flush()
    return Brought(course, merged, (*folder.remarks, *_behind(folder, merged)))


def _behind(folder: Folder, merged: Merged) -> list[Fault]:
    """Where the course says more than the folder now."""
    parts = [part for part, state in merged.states.items() if state is State.MERGED]
    keys = (f"{part}/zh" if "/" in part else "course/title_zh" for part in parts)
    return [Fault(file, Said.BEHIND) for file in dict.fromkeys(folder.place_of(key)[0] for key in keys)]


def _nothing(course: folders.Course) -> folders.Course:
    return folders.Course(slug=course.slug, title_zh="")


def _begin(organisation_id: int, told: folders.Course, by_id: int | None) -> Course:
    try:
        return create_course(organisation_id, told.title_zh, told.title_en, slug=told.slug, created_by_id=by_id)
    except IntegrityError as error:
        raise SlugJustTaken(slug=told.slug) from error


def _bases(course: Course | None, before: Written | None, folder: Folder) -> dict[str, str]:
    """What the texts that both sides changed once said, by their digests."""
    if course is None or before is None:
        return {}
    keys = folders.changed_by_both(before.value, folder)
    lessons = {name for key in keys if key.startswith("lessons/") for name in [key.split("/")[1]]}
    texts: list[str] = []
    if lessons:
        for revision in reads.history_of([before.lessons[name].id for name in lessons]):
            texts += pages(_as_lesson(revision)).values()
    asked = {
        item.version.question_id
        for key in keys
        if key.startswith("questions/")
        for item in [before.items[key.split("/")[1]].get(key.split("/", 2)[2].rpartition("/")[0])]
        if item is not None
    }
    if asked:
        for version in reads.question_history_of(asked):
            texts += map(content_text, contents_of(version).values())
    if any(key.startswith("course/") for key in keys):
        for numbered in queries.versions_of(course.id):
            texts += [tidy(numbered.summary_zh), tidy(numbered.summary_en)]
    return {digest_of(text): text for text in texts}


def _as_lesson(revision: LessonRevision) -> folders.Lesson:
    return folders.Lesson(
        name="",
        title_zh=revision.title_zh,
        title_en=revision.title_en,
        body_zh=tidy(revision.body_zh),
        body_en=tidy(revision.body_en),
    )
