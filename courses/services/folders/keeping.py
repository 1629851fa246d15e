"""Writing what a folder says into the rows of a course: files, lessons, questions, order. Nothing here commits."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app import audit, files
from app.assessment import queries as assessment
from app.assessment.models import Question, QuestionVersion, QuizItem
from app.assessment.rules.rubrics import Step
from app.assessment.services import questions as bank
from app.assessment.services import rubrics
from app.assessment.services.work import Criterion, create_rubric
from app.db import db
from app.errors import Refused
from app.files import StoredFile
from courses import folders, queries
from courses.folders import Fault, FolderRefused, Merged, Said, State
from courses.folders.locks import digest as digest_of
from courses.folders.pages import tidy
from courses.folders.questions import content_text
from courses.models import Assignment, Course, CourseFile, Lesson, Module
from courses.queries import folders as reads
from courses.services.folders.export import HUNDRED, Written, contents_of
from courses.services.quizzes import Asked, QuizRules, set_quiz
from courses.services.writing import LessonText, add_module, arrange, delete_lesson, keep_revision

OWNER = "course"


@dataclass
class Keeping:
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
        if contents_of(version) == told.contents and (version.skill_code, version.level) == (told.skill, told.level):
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
        steps=tuple(Step(step.points, step.text_zh, step.text_en) for step in row.steps),
    )


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
