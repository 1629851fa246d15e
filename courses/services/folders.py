"""A course written out as files, and files brought into a course: all of them, or nothing. Nothing here commits."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError

from app import audit, files
from app.assessment import queries as assessment
from app.assessment.formats.items import FileUnreadable
from app.assessment.models import Question, QuestionVersion, Quiz, QuizItem, Rubric
from app.assessment.rules.content import Content, QuestionKind, content_from_json
from app.assessment.services import questions as bank
from app.assessment.services import rubrics
from app.assessment.services.work import Criterion, create_rubric
from app.db import db
from app.errors import Refused
from app.files import StoredFile
from app.reference.files import skill_codes
from courses import folders, queries
from courses.folders import Fault, Folder, FolderRefused, Held, Merged, Prefer, Said, State
from courses.folders.locks import digest as digest_of
from courses.folders.pages import pages, tidy, titled
from courses.folders.questions import content_text
from courses.models import Assignment, Course, CourseFile, Lesson, LessonRevision, Module, Takes
from courses.queries import folders as reads
from courses.services.quizzes import Asked, QuizRules, set_quiz
from courses.services.writing import LessonText, add_module, arrange, create_course, delete_lesson, keep_revision

OWNER = "course"
SAFE_LESSON = re.compile(r"[\w-]{1,80}")
SAFE_FILE = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,79}")
HUNDRED = Decimal(100)
LANGUAGES = ("zh", "en")


class CourseThere(Refused):
    message = _l("There is a course “%(slug)s” already. Bring the folder back on its own page.")


class CourseAbsent(Refused):
    message = _l("There is no course “%(slug)s” yet.")


class CourseInTrash(Refused):
    message = _l("The course “%(slug)s” was deleted. Restore it first, or give the folder another slug.")


class OtherCourse(Refused):
    message = _l("This is the folder of the course “%(slug)s”, not of this one.")


class SlugJustTaken(Refused):
    message = _l("Somebody has begun the course “%(slug)s” at the same moment. Try again.")


class FolderUnreadable(Refused):
    message = _l("This file cannot be used: it %(reason)s.")


class TicketUnknown(Refused):
    message = _l("Send the file again; what was looked at is no longer known.")


class FolderClashes(FolderRefused):
    """Both sides have changed the same; `merged` tells how the rest would come together."""

    def __init__(self, merged: Merged) -> None:
        super().__init__(merged.clashes)
        self.merged = merged


@dataclass
class Written:
    """What a course says now as a folder would have it, and the rows behind: lessons, and items by their names."""

    value: folders.Course
    lessons: dict[str, Lesson] = field(default_factory=dict)
    items: dict[str, dict[str, QuizItem]] = field(default_factory=dict)
    modules: list[Module] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Brought:
    """What an import did: the course (none where nothing but a look was wanted), and what became of its parts."""

    course: Course
    merged: Merged
    remarks: tuple[Fault, ...]


# Out


def written(course: Course, *, held: bool = False) -> Written:
    """The course as a folder would have it; `held` keeps others from changing it until the transaction ends."""
    rows = reads.lessons_to_write(course.id, held=held)
    quizzes = reads.quizzes_by_id([row.quiz_id for row in rows if row.quiz_id])
    items = reads.items_of_quizzes(list(quizzes))
    tasks = reads.assignments_by_id([row.assignment_id for row in rows if row.assignment_id])
    asked_rubrics = {item.version.question.rubric_id for each in items.values() for item in each}
    known = {one for one in asked_rubrics | {task.rubric_id for task in tasks.values()} if one is not None}
    held_rubrics = reads.rubrics_by_id(known) if known else {}
    names = _lesson_names(rows)
    found = Written(folders.Course(slug=course.slug, title_zh=course.title_zh), modules=queries.modules_of(course.id))
    lessons = {}
    for row in rows:
        name = names[row.id]
        asked = _named(items.get(row.quiz_id or 0, []))
        found.lessons[name], found.items[name] = row, asked
        task = tasks.get(row.assignment_id or 0)
        lessons[name] = _lesson(name, row, asked, quizzes.get(row.quiz_id or 0), task, held_rubrics, found.remarks)
    groups = [tuple(names[row.id] for row in rows if row.module_id == module.id) for module in found.modules]
    placed = {name for group in groups for name in group}
    found.value = folders.Course(
        slug=course.slug,
        title_zh=course.title_zh,
        title_en=course.title_en,
        summary_zh=tidy(course.summary_zh),
        summary_en=tidy(course.summary_en),
        rules=course.rules,
        loose=tuple(name for name in lessons if name not in placed),
        modules=tuple(
            folders.Module(title_zh=module.title_zh, title_en=module.title_en, lessons=group)
            for module, group in zip(found.modules, groups, strict=True)
        ),
        lessons=lessons,
        files=_files(course, rows, found.remarks),
    )
    return found


def _lesson_names(rows: Sequence[Lesson]) -> dict[int, str]:
    """A name of files for each lesson: its own, unless it has none or another one differs from it in case only."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for place, row in enumerate(rows, 1):
        name = row.name
        if not SAFE_LESSON.fullmatch(name) or name.casefold() in taken:
            name = next(each for n in range(place, place + 10_000) if (each := f"lesson-{n}") not in taken)
        taken.add(name.casefold())
        names[row.id] = name
    return names


def _named(items: Sequence[QuizItem]) -> dict[str, QuizItem]:
    """The items of a quiz by the names of their questions; of two with one name the second gets a number."""
    found: dict[str, QuizItem] = {}
    for item in items:
        name = " ".join(item.version.question.name.split())[:200] or "?"
        number, own = 1, name
        while own in found:
            number += 1
            own = f"{name[:190]} ({number})"
        found[own] = item
    return found


def _lesson(
    name: str,
    row: Lesson,
    asked: Mapping[str, QuizItem],
    quiz: Quiz | None,
    task: Assignment | None,
    known: Mapping[int, Rubric],
    remarks: list[Fault],
) -> folders.Lesson:
    about = folders.About(
        kind=row.kind,
        minutes=row.minutes,
        required=row.is_required,
        category=row.category,
        quiz=_quiz(quiz, asked) if quiz is not None else folders.Quiz(),
        assignment=_assignment(task, row.title_zh, known) if task is not None else None,
        **_settings(name, row, asked, remarks),
    )
    return folders.Lesson(
        name=name,
        title_zh=row.title_zh,
        title_en=row.title_en,
        body_zh=tidy(row.body_zh),
        body_en=tidy(row.body_en),
        about=titled(about, row.title_zh, row.title_en),
        questions=tuple(_question(each, item.version, known) for each, item in asked.items()),
    )


def _settings(name: str, row: Lesson, asked: Mapping[str, QuizItem], remarks: list[Fault]) -> dict[str, Any]:
    """The settings of a lesson without numbers of rows: files by name, cues by question."""
    rest = dict(row.settings)
    found: dict[str, Any] = {}
    if isinstance(rest.get("video"), str):
        found["video"] = rest.pop("video")
    if _maps(rest.get("captions"), str):
        found["captions"] = rest.pop("captions")
    if _maps(rest.get("files"), int):
        found["files"] = tuple(rest.pop("files"))
    if _maps(rest.get("cues"), int | float):
        names = {str(item.version.question_id): each for each, item in asked.items()}
        cues = rest.pop("cues")
        found["cues"] = {names[key]: Decimal(str(at)) for key, at in cues.items() if key in names}
        if len(found["cues"]) < len(cues):
            remarks.append(Fault("course.toml", Said.LOST_CUE, field=f"lesson.{name}.cues"))
    return found | {"settings": rest}


def _maps(value: Any, kind: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, kind) and not isinstance(each, bool) for each in value.values()
    )


def _quiz(quiz: Quiz, asked: Mapping[str, QuizItem]) -> folders.Quiz:
    pools = []
    for place, (number, pool) in enumerate(sorted(quiz.pools.items(), key=lambda each: int(each[0])), 1):
        pools.append(
            folders.Pool(
                take=pool["take"],
                questions=tuple(name for name, item in asked.items() if str(item.pool) == number),
                skill=pool.get("skill"),
                level=pool.get("level"),
                number=int(number) if number != str(place) else None,
            )
        )
    return folders.Quiz(
        minutes=quiz.minutes,
        attempts=quiz.attempts_allowed,
        pass_percent=quiz.pass_share * HUNDRED,
        shuffle=quiz.shuffles,
        paging=quiz.paging,
        markers=quiz.markers,
        peers=quiz.peers,
        opens=quiz.opens_at,
        closes=quiz.closes_at,
        points={
            name: item.points
            for name, item in asked.items()
            if item.points != 1 and item.version.question.kind is not QuestionKind.DESCRIPTION
        },
        pools=tuple(pools),
    )


def _assignment(task: Assignment, title: str, known: Mapping[int, Rubric]) -> folders.Assignment:
    rubric = known.get(task.rubric_id or 0)
    # A rubric without a title of its own is called as its lesson.
    own = rubric.title_zh if rubric is not None and rubric.title_zh != title else ""
    return folders.Assignment(
        takes=tuple(Takes(each) for each in task.takes),
        files_max=task.files_max,
        points_max=task.points_max,
        completes_on=task.completes_on,
        pass_percent=task.pass_share * HUNDRED,
        late_percent_per_day=task.late_share_per_day * HUNDRED,
        late_days_max=task.late_days_max,
        group_size=task.group_size,
        rubric_title_zh=own,
        rubric_title_en=rubric.title_en if rubric else "",
        rubric=_rows(rubric),
    )


def _rows(rubric: Rubric | None) -> tuple[folders.Row, ...]:
    return tuple(
        folders.Row(
            title_zh=row.title_zh,
            title_en=row.title_en,
            descriptor_zh=tidy(row.descriptor_zh),
            descriptor_en=tidy(row.descriptor_en),
            weight=row.weight,
            marks_max=row.marks_max,
            skill=row.skill_code,
            level=row.level,
        )
        for row in (rubric.rows if rubric is not None else ())
    )


def _question(name: str, version: QuestionVersion, known: Mapping[int, Rubric]) -> folders.Question:
    question = version.question
    return folders.Question(
        name=name,
        contents=_contents(version),
        skill=version.skill_code,
        level=version.level,
        tags=tuple(question.tags),
        rubric=_rows(known.get(question.rubric_id or 0)),
    )


def _contents(version: QuestionVersion) -> dict[str, Content]:
    """What a version says, with the line ends that files have."""
    return {language: content_from_json(_tidied(stored)) for language, stored in version.content.items()}


def _tidied(value: Any) -> Any:
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, dict):
        return {key: _tidied(each) for key, each in value.items()}
    return [_tidied(each) for each in value] if isinstance(value, list) else value


def _files(course: Course, rows: Sequence[Lesson], remarks: list[Fault]) -> dict[str, Held]:
    """The files of a course by name; a name that only a lesson knows any more means what it meant there."""
    present = reads.files_of_course(course.id)
    pinned: dict[str, int] = {}
    for row in rows:
        if _maps(row.settings.get("files"), int):
            pinned |= {name: file_id for name, file_id in row.settings["files"].items() if name not in present}
    kept = reads.stored_files(list(pinned.values())) if pinned else {}
    present |= {name: kept[file_id] for name, file_id in pinned.items() if file_id in kept}
    found: dict[str, Held] = {}
    taken: set[str] = set()
    for name, stored in sorted(present.items()):
        if not SAFE_FILE.fullmatch(name) or name.casefold() in taken:
            remarks.append(Fault("files", Said.UNWRITABLE, {"name": name}))
            continue
        taken.add(name.casefold())
        found[name] = Held(stored.sha256, partial(files.content_of, stored))
    return found


# In


def read_archive(content: bytes, slug: str = "") -> Folder:
    """The folder in a ZIP; `slug` where it names none. Raises FolderUnreadable, and FolderRefused with all mistakes."""
    try:
        return folders.read_folder(folders.open_archive(content), skill_codes(), slug=slug)
    except FileUnreadable as error:
        raise FolderUnreadable(reason=error.reason) from error


def keep_waiting(content: bytes, slug: str, owner: Sequence[int]) -> str:
    """Keep a ZIP until somebody has seen what it would change; the ticket stands for it, for `owner` alone."""
    return _tickets().dumps([list(owner), slug, files.keep_waiting(content)])


def waiting(ticket: str, owner: Sequence[int]) -> tuple[bytes, str]:
    """The ZIP that a ticket stands for, and the slug for it. Raises TicketUnknown, FileGone."""
    try:
        whose, slug, digest = _tickets().loads(ticket)
    except (BadSignature, ValueError, TypeError) as error:
        raise TicketUnknown from error
    if whose != list(owner):
        raise TicketUnknown
    return files.waiting(digest), slug


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="course folders that wait")


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
        _Bringing(course, before or Written(_nothing(merged.course)), merged, now, by_id).write()
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
            texts += map(content_text, _contents(version).values())
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


@dataclass
class _Bringing:
    """One import being written: the course, what it said before, what it will say."""

    course: Course
    before: Written
    merged: Merged
    now: datetime
    by_id: int | None

    def __post_init__(self) -> None:
        self.after = self.merged.course
        self.made: dict[str, QuestionVersion] = {}
        self.stored: dict[str, StoredFile] = {}
        self.used: dict[str, Question] = {}

    def write(self) -> None:
        """All that changes, in the order in which one part needs another."""
        for name in ("title_zh", "title_en", "summary_zh", "summary_en", "rules"):
            if getattr(self.after, name) != getattr(self.before.value, name):
                setattr(self.course, name, getattr(self.after, name))
        self._keep_files()
        self._find_used()
        for name in self.before.lessons.keys() - self.after.lessons.keys():
            delete_lesson(self.before.lessons[name], self.by_id, self.course.organisation_id, self.now)
        trash = self._trash()
        rows = {name: self._lesson(lesson, trash) for name, lesson in self.after.lessons.items()}
        self._arrange(rows)

    # Files

    def _keep_files(self) -> None:
        states = self.merged.of_kind("files")
        gone = [name for name, state in states.items() if state is State.REMOVED]
        for row in reads.course_files_called(self.course.id, gone) if gone else ():
            row.deleted_at = self.now
        for name, file in self.after.files.items():
            if self.before.value.files.get(name) == file:
                continue
            try:
                stored = files.store(io.BytesIO(file.read()), name, owner_kind=OWNER, uploaded_by=self.by_id)
            except Refused as refusal:
                raise FolderRefused([_refusal(f"files/{name}", name, refusal)]) from refusal
            db.session.flush()
            self.stored[name] = stored
            db.session.add(
                CourseFile(
                    course_id=self.course.id,
                    name=name,
                    file_id=stored.id,
                    added_at=self.now,
                    added_by_id=self.by_id,
                )
            )
        db.session.flush()

    # Lessons

    def _trash(self) -> dict[str, Lesson]:
        new = self.after.lessons.keys() - self.before.lessons.keys()
        return reads.deleted_lessons_called(self.course.id, new) if new else {}

    def _lesson(self, told: folders.Lesson, trash: Mapping[str, Lesson]) -> Lesson:
        row, old = self.before.lessons.get(told.name), self.before.value.lessons.get(told.name)
        if row is not None and old == told and not self.stored.keys() & set(told.about.files):
            return row
        if row is None and (row := trash.get(told.name)) is not None:
            row.deleted_at = None
            audit.record("lesson.restore", row, actor_id=self.by_id, organisation_id=self.course.organisation_id)
        is_new = row is None
        if row is None:
            row = Lesson(course_id=self.course.id, name=told.name, position=queries.last_position(self.course.id) + 1)
            self._say(row, told, {})
            db.session.add(row)
            db.session.flush()
        else:
            keep_revision(row, self.now, self.by_id)
        asked = self._ask(row, told, old, is_new=is_new)
        if old is None or told.about.assignment != old.about.assignment:
            row.assignment_id = self._set_task(row, told.about.assignment)
        self._say(row, told, asked)
        db.session.flush()
        keep_revision(row, self.now, self.by_id)
        return row

    def _say(self, row: Lesson, told: folders.Lesson, asked: Mapping[str, QuestionVersion]) -> None:
        text = LessonText(
            title_zh=told.title_zh,
            title_en=told.title_en,
            # What a browser sent stays as it is where nothing but line ends differs.
            body_zh=row.body_zh if tidy(row.body_zh or "") == told.body_zh and row.id else told.body_zh,
            body_en=row.body_en if tidy(row.body_en or "") == told.body_en and row.id else told.body_en,
            kind=told.about.kind,
            minutes=told.about.minutes,
            is_required=told.about.required,
            category=told.about.category,
            settings=self._settings(row, told, asked),
        )
        for each in fields(LessonText):
            setattr(row, each.name, getattr(text, each.name))

    def _settings(self, row: Lesson, told: folders.Lesson, asked: Mapping[str, QuestionVersion]) -> dict[str, Any]:
        about, found = told.about, dict(told.about.settings)
        if about.video:
            found["video"] = about.video
        if about.captions:
            found["captions"] = dict(about.captions)
        if about.cues and asked:
            found["cues"] = {str(asked[name].question_id): _plain(at) for name, at in about.cues.items()}
        if about.files:
            held = row.settings.get("files", {}) if row.settings else {}
            present = {name: stored.id for name, stored in self._present().items()}
            found["files"] = {
                name: held[name] if name in held and name not in self.stored else present[name]
                for name in about.files
                if name in held or name in present
            }
        return found

    def _present(self) -> dict[str, StoredFile]:
        if not hasattr(self, "_present_files"):
            self._present_files = reads.files_of_course(self.course.id)
        return self._present_files

    def _set_task(self, row: Lesson, told: folders.Assignment | None) -> int | None:
        if told is None:
            return None
        rubric = None
        if told.rubric:
            title = told.rubric_title_zh or row.title_zh
            rubric = create_rubric(
                self.course.organisation_id, title, told.rubric_title_en, [_criterion(each) for each in told.rubric]
            )
        task = Assignment(
            lesson_id=row.id,
            takes=[each.value for each in told.takes],
            files_max=told.files_max,
            points_max=told.points_max,
            rubric_id=rubric.id if rubric else None,
            completes_on=told.completes_on,
            pass_share=told.pass_percent / HUNDRED,
            late_share_per_day=told.late_percent_per_day / HUNDRED,
            late_days_max=told.late_days_max,
            group_size=told.group_size,
        )
        db.session.add(task)
        db.session.flush()
        return task.id

    # Questions

    def _find_used(self) -> None:
        """Questions that the course asked elsewhere or before, and asks nowhere else now, by name."""
        new: set[str] = set()
        staying: set[str] = set()
        for name, lesson in self.after.lessons.items():
            held = self.before.items.get(name, {})
            for question in lesson.questions:
                (staying if question.name in held else new).add(question.name)
        if wanted := new - staying:
            self.used = reads.questions_used_by(self.course.id, self.course.organisation_id, wanted)

    def _ask(
        self, row: Lesson, told: folders.Lesson, old: folders.Lesson | None, *, is_new: bool
    ) -> dict[str, QuestionVersion]:
        """The quiz of a lesson; returns the versions that it asks, by name."""
        was = {question.name: question for question in old.questions} if old else {}
        items = self.before.items.get(told.name, {})
        try:
            asked = {
                question.name: self._version(question, was.get(question.name), items.get(question.name))
                for question in told.questions
            }
        except _QuestionRefused as refused:
            raise FolderRefused([refused.fault]) from refused
        db.session.flush()
        if old is not None and told.questions == old.questions and told.about.quiz == old.about.quiz:
            return asked
        rules, places = _rules(told.about.quiz)
        wanted = [
            Asked(version, told.about.quiz.points.get(name, Decimal(1)), places.get(name))
            for name, version in asked.items()
        ]
        if wanted or row.quiz_id is not None:
            set_quiz(row, self.course, wanted, rules, actor_id=self.by_id, is_new=is_new)
        return asked

    def _version(self, told: folders.Question, was: folders.Question | None, item: QuizItem | None) -> QuestionVersion:
        if item is not None and told == was:
            return item.version
        key = digest_of([told.name, {k: content_text(v) for k, v in told.contents.items()}, told.skill, told.level])
        if item is None and key in self.made:
            return self.made[key]
        try:
            version = self._written(told, item)
            criteria = [_criterion(row) for row in told.rubric]
            if criteria or (was is not None and was.rubric) or version.question.rubric_id is not None:
                rubrics.set_rubric(version.question, criteria, self.by_id)
        except Refused as refusal:
            raise _QuestionRefused(_refusal(told.file or "questions", told.name, refusal, told.line)) from refusal
        self.made[key] = version
        return version

    def _written(self, told: folders.Question, item: QuizItem | None) -> QuestionVersion:
        question = item.version.question if item is not None else self.used.get(told.name)
        said: dict[str, Any] = {"skill_code": told.skill, "level": told.level, "tags": told.tags}
        if question is None:
            return bank.create_question(
                self.course.organisation_id, told.contents, name=told.name, created_by_id=self.by_id, **said
            )
        version = item.version if item is not None else assessment.newest_version(question.id)
        if _contents(version) == told.contents and (version.skill_code, version.level) == (told.skill, told.level):
            question.tags = list(told.tags)
            return version
        return bank.revise_question(question, told.contents, by_id=self.by_id, **said)

    # Order

    def _arrange(self, rows: Mapping[str, Lesson]) -> None:
        modules = self._modules()
        order: list[tuple[int | None, Sequence[int]]] = [(None, [rows[name].id for name in self.after.loose])]
        for module, told in zip(modules, self.after.modules, strict=True):
            order.append((module.id, [rows[name].id for name in told.lessons]))
        db.session.flush()
        arrange(self.course, order)

    def _modules(self) -> list[Module]:
        """A row for each module: that of the same titles, else the one with most of its lessons, else a new one."""
        left = list(zip(self.before.modules, self.before.value.modules, strict=True))
        found: dict[int, Module] = {}

        def take(place: int, pair: tuple[Module, folders.Module]) -> None:
            left.remove(pair)
            found[place] = pair[0]

        for place, told in enumerate(self.after.modules):
            same = [pair for pair in left if (pair[1].title_zh, pair[1].title_en) == (told.title_zh, told.title_en)]
            if same:
                take(place, same[0])
        for place, told in enumerate(self.after.modules):
            shared = [pair for pair in left if set(pair[1].lessons) & set(told.lessons)]
            if place not in found and shared:
                take(place, max(shared, key=lambda pair: len(set(pair[1].lessons) & set(told.lessons))))
        for module, _told in left:
            db.session.execute(sa.update(Lesson).where(Lesson.module_id == module.id).values(module_id=None))
            module.deleted_at = self.now
        rows = []
        for place, told in enumerate(self.after.modules):
            module = found.get(place) or add_module(self.course, told.title_zh, told.title_en)
            module.title_zh, module.title_en = told.title_zh, told.title_en
            rows.append(module)
        return rows


class _QuestionRefused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _refusal(file: str, name: str, refusal: Refused, line: int | None = None) -> Fault:
    return Fault(file, Said.BROKEN_QUESTION, {"name": name, "why": refusal.sentence()}, line)


def _rules(quiz: folders.Quiz) -> tuple[QuizRules, dict[str, int]]:
    """Rules as the quiz keeps them, and the draw of each question that is in one."""
    pools: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    for place, pool in enumerate(quiz.pools, 1):
        number = place if pool.number is None else pool.number
        pools[str(number)] = {"take": pool.take, "skill": pool.skill, "level": pool.level}
        places |= dict.fromkeys(pool.questions, number)
    rules = QuizRules(
        minutes=quiz.minutes,
        attempts_allowed=quiz.attempts,
        pass_share=quiz.pass_percent / HUNDRED,
        shuffles=quiz.shuffle,
        paging=quiz.paging,
        markers=quiz.markers,
        peers=quiz.peers,
        opens_at=quiz.opens,
        closes_at=quiz.closes,
        pools=pools,
    )
    return rules, places


def _criterion(row: folders.Row) -> Criterion:
    return Criterion(
        title_zh=row.title_zh,
        title_en=row.title_en,
        weight=row.weight,
        marks_max=row.marks_max,
        skill_code=row.skill,
        level=row.level,
        descriptor_zh=row.descriptor_zh,
        descriptor_en=row.descriptor_en,
    )


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
