"""A course written out: what it says now as a folder would have it, and the rows behind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from app import files
from app.assessment.models import QuestionVersion, Quiz, QuizItem, Rubric
from app.assessment.rules.content import Content, QuestionKind, content_from_json
from courses import folders, queries
from courses.folders import Fault, Held, Said
from courses.folders.pages import tidy, titled
from courses.models import Assignment, Course, Lesson, LessonKind, Module, Takes
from courses.queries import folders as reads

SAFE_LESSON = re.compile(r"[\w-]{1,80}")
SAFE_FILE = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,79}")
HUNDRED = Decimal(100)


@dataclass
class Written:
    """What a course says now as a folder would have it, and the rows behind: lessons, and items by their names."""

    value: folders.Course
    lessons: dict[str, Lesson] = field(default_factory=dict)
    items: dict[str, dict[str, QuizItem]] = field(default_factory=dict)
    modules: list[Module] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)


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
        # What a lesson had when it was of another kind is kept with it, and no part of what it says.
        is_work = row.kind is LessonKind.ASSIGNMENT
        asked = {} if is_work else _named(items.get(row.quiz_id or 0, []))
        found.lessons[name], found.items[name] = row, asked
        task = tasks.get(row.assignment_id or 0) if is_work else None
        quiz = None if is_work else quizzes.get(row.quiz_id or 0)
        lessons[name] = _lesson(name, row, asked, quiz, task, held_rubrics, found.remarks)
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
            steps=tuple(
                folders.Step(points=step.points, text_zh=tidy(step.text_zh), text_en=tidy(step.text_en))
                for step in row.scale
            ),
        )
        for row in (rubric.rows if rubric is not None else ())
    )


def _question(name: str, version: QuestionVersion, known: Mapping[int, Rubric]) -> folders.Question:
    question = version.question
    return folders.Question(
        name=name,
        contents=contents_of(version),
        skill=version.skill_code,
        level=version.level,
        tags=tuple(question.tags),
        rubric=_rows(known.get(question.rubric_id or 0)),
    )


def contents_of(version: QuestionVersion) -> dict[str, Content]:
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
