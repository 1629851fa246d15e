"""Verbs of authors: begin a course, write lessons, order them, take away and bring back. Nothing here commits."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import audit
from app.db import db
from courses import queries
from courses.models import Course, CourseStatus, Lesson, LessonDraft, LessonKind, LessonRevision, Module
from courses.rules.merging import Clash, merge
from courses.services.refusals import NotTheSameLessons
from courses.services.searching import index_course

TEXTS = ("title_zh", "title_en", "body_zh", "body_en")


@dataclass(frozen=True)
class LessonText:
    """What an author writes of a lesson; its quiz and its assignment have verbs of their own."""

    title_zh: str
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    kind: LessonKind = LessonKind.PAGE
    minutes: int = 20
    is_required: bool = True
    category: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """What became of what somebody saved."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    MERGED = "merged"  # with what somebody else had saved meanwhile
    KEPT_ASIDE = "kept-aside"  # both changed the same place: the lesson stays, the text is a revision of its own


@dataclass(frozen=True)
class Saved:
    """The revision that holds what was saved, what became of it, and where two people clashed (field → places)."""

    outcome: Outcome
    revision: LessonRevision
    clashes: Mapping[str, tuple[Clash, ...]] = field(default_factory=dict)


# Courses


def create_course(
    organisation_id: int,
    title_zh: str,
    title_en: str = "",
    *,
    summary_zh: str = "",
    summary_en: str = "",
    slug: str = "",
    created_by_id: int | None = None,
) -> Course:
    """A new draft."""
    course = Course(
        organisation_id=organisation_id,
        slug=slug or _slug(title_en),
        title_zh=title_zh,
        title_en=title_en,
        summary_zh=summary_zh,
        summary_en=summary_en,
        status=CourseStatus.DRAFT,
        created_by_id=created_by_id,
    )
    db.session.add(course)
    db.session.flush()
    return course


def _slug(title: str) -> str:
    """An address made from a title; a random end keeps two courses of the same name apart."""
    return f"{_plain(title) or 'course'}-{secrets.token_hex(3)}"


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].rstrip("-")


def hold(model: type[Any], row_id: int) -> None:
    """Let others wait with a row until this transaction is over: what is read of it after this stays true."""
    db.session.execute(sa.select(model.id).where(model.id == row_id).with_for_update())


def revise_course(course: Course, title_zh: str, title_en: str, summary_zh: str, summary_en: str) -> None:
    """Change titles and summaries of the working copy; lines end alike, whichever browser sent them."""
    course.title_zh, course.title_en = title_zh, title_en
    course.summary_zh, course.summary_en = (text.replace("\r\n", "\n") for text in (summary_zh or "", summary_en or ""))


def delete_course(course: Course, actor_id: int, now: datetime) -> None:
    """Take a course away for everybody but those who learn it; it can be brought back for thirty days."""
    course.deleted_at = course.deleted_at or now
    audit.record("course.delete", course, actor_id=actor_id, organisation_id=course.organisation_id)
    index_course(course)


def restore_course(course: Course, actor_id: int) -> None:
    """Bring a deleted course back as it was."""
    course.deleted_at = None
    audit.record("course.restore", course, actor_id=actor_id, organisation_id=course.organisation_id)
    index_course(course)


# Modules


def add_module(course: Course, title_zh: str, title_en: str = "") -> Module:
    """A part at the end of a course."""
    last = db.session.scalar(sa.select(sa.func.max(Module.position)).where(Module.course_id == course.id))
    module = Module(course_id=course.id, position=(last or 0) + 1, title_zh=title_zh, title_en=title_en)
    db.session.add(module)
    db.session.flush()
    return module


def restore_module(module: Module) -> None:
    """Bring a part back, at the end, with those of its lessons that are in no other part now."""
    module.deleted_at = None
    module.position = max((one.position for one in queries.modules_of(module.course_id)), default=0) + 1
    free = sa.and_(Lesson.course_id == module.course_id, Lesson.module_id.is_(None))
    db.session.execute(sa.update(Lesson).where(Lesson.id.in_(module.held), free).values(module_id=module.id))
    db.session.flush()
    _renumber(module.course_id)


def delete_module(module: Module, now: datetime) -> None:
    """Take a part away; its lessons stay in the course, in no part."""
    module.deleted_at, module.held = now, queries.lesson_ids_in(module.id)
    db.session.execute(sa.update(Lesson).where(Lesson.module_id == module.id).values(module_id=None))
    db.session.flush()
    _renumber(module.course_id)


# Lessons


def add_lesson(
    course: Course,
    title_zh: str,
    title_en: str = "",
    *,
    body_zh: str = "",
    body_en: str = "",
    minutes: int = 20,
    position: int | None = None,
    kind: LessonKind = LessonKind.PAGE,
    module: Module | None = None,
    name: str = "",
) -> Lesson:
    """A lesson at the end of its module or of the course; `position` and `name` spare the questions where that is."""
    text = LessonText(title_zh, title_en, body_zh, body_en, kind, minutes)
    lesson = Lesson(course_id=course.id, module_id=module.id if module is not None else None)
    _take(lesson, text)
    lesson.name = name or _name(course.id, title_en)
    lesson.position = position or queries.last_position(course.id) + 1
    db.session.add(lesson)
    db.session.flush()
    if module is not None and position is None:
        _renumber(course.id)
    return lesson


def _name(course_id: int, title_en: str) -> str:
    """A name for the lesson's files that no other lesson of the course has or had."""
    plain, taken = _plain(title_en) or "lesson", queries.lesson_names(course_id)
    if plain not in taken:
        return plain
    number = 2
    while f"{plain}-{number}" in taken:
        number += 1
    return f"{plain}-{number}"


def text_of(lesson: Lesson | LessonRevision) -> LessonText:
    """What a lesson says, or said in a revision."""
    return LessonText(**{each.name: getattr(lesson, each.name) for each in fields(LessonText)})


def _take(lesson: Lesson, text: LessonText) -> None:
    for each in fields(LessonText):
        setattr(lesson, each.name, getattr(text, each.name))
    lesson.settings = dict(text.settings)


def save_lesson(
    lesson: Lesson, text: LessonText, now: datetime, by_id: int | None, *, based_on: int | None = None
) -> Saved:
    """Save what somebody wrote, having begun from revision `based_on` (none: from the present one).

    The lesson's row is locked, so that of two who save at once one sees what the other saved. Where somebody else saved
    meanwhile both changes are kept if they lie apart; if not, the lesson stays and the text becomes a revision aside.
    What the person had not saved before is forgotten.
    """
    db.session.execute(sa.select(Lesson.id).where(Lesson.id == lesson.id).with_for_update())
    db.session.refresh(lesson)
    is_newer = based_on not in (None, lesson.revision_number)
    present = keep_revision(lesson, now, by_id)
    theirs = text_of(lesson)
    if by_id is not None:
        forget_draft(lesson.id, by_id)
    outcome = Outcome.SAVED
    if based_on is not None and is_newer and text != theirs:
        base = queries.revision_numbered(lesson.id, based_on)
        text, clashes = _merged(text_of(base), text, theirs) if base is not None else (text, _whole(text, theirs))
        if clashes:
            return Saved(Outcome.KEPT_ASIDE, _revision(lesson, text, now, by_id, is_aside=True), clashes)
        outcome = Outcome.MERGED
    if text == theirs:
        return Saved(Outcome.UNCHANGED, present)
    _take(lesson, text)
    return Saved(outcome, keep_revision(lesson, now, by_id))


def _merged(base: LessonText, ours: LessonText, theirs: LessonText) -> tuple[LessonText, dict[str, tuple[Clash, ...]]]:
    """Their text with what we changed of the base; on a clash our own text, and where."""
    found: dict[str, Any] = {}
    clashes: dict[str, tuple[Clash, ...]] = {}
    for each in fields(LessonText):
        old, mine, other = (getattr(text, each.name) for text in (base, ours, theirs))
        if each.name in TEXTS:
            merged = merge(old, mine, other)
            found[each.name] = merged.text
            if merged.clashes:
                clashes[each.name] = merged.clashes
        elif mine in (other, old):
            found[each.name] = other
        elif other == old:
            found[each.name] = mine
        else:
            clashes[each.name] = (Clash(1, str(old), str(mine), str(other)),)
    return (ours, clashes) if clashes else (replace(theirs, **found), {})


def _whole(ours: LessonText, theirs: LessonText) -> dict[str, tuple[Clash, ...]]:
    """Two texts of which nobody knows any more from what the first was made: all that differs clashes."""
    pairs = ((each.name, getattr(ours, each.name), getattr(theirs, each.name)) for each in fields(LessonText))
    return {name: (Clash(1, "", str(mine), str(other)),) for name, mine, other in pairs if mine != other}


def keep_revision(lesson: Lesson, now: datetime, by_id: int | None) -> LessonRevision:
    """The revision that holds the lesson as it is now; a new one where the last holds something else."""
    last = queries.revision_numbered(lesson.id, lesson.revision_number) if lesson.revision_number else None
    if last is not None and last.digest == digest_of(lesson):
        return last
    revision = _revision(lesson, text_of(lesson), now, by_id)
    lesson.revision_number = revision.number
    return revision


def keep_revisions(lessons: Sequence[Lesson], now: datetime, by_id: int | None) -> dict[int, LessonRevision]:
    """The same for all of a course's lessons, in one reading: revision by lesson id."""
    kept = queries.present_revisions([lesson.id for lesson in lessons])
    for lesson in lessons:
        found = kept.get(lesson.id)
        if found is None or found.digest != digest_of(lesson):
            kept[lesson.id] = revision = _revision(lesson, text_of(lesson), now, by_id, last=_last(found, lesson))
            lesson.revision_number = revision.number
    db.session.flush()
    return kept


def _last(found: LessonRevision | None, lesson: Lesson) -> int:
    """The highest number that a lesson's revisions have; a question where some were kept aside."""
    return queries.last_revision_number(lesson.id) if found is not None else 0


def _revision(
    lesson: Lesson,
    text: LessonText,
    now: datetime,
    by_id: int | None,
    *,
    is_aside: bool = False,
    last: int | None = None,
) -> LessonRevision:
    number = (queries.last_revision_number(lesson.id) if last is None else last) + 1
    revision = LessonRevision(
        lesson_id=lesson.id,
        number=number,
        **{each.name: getattr(text, each.name) for each in fields(LessonText)},
        quiz_id=lesson.quiz_id,
        assignment_id=lesson.assignment_id,
        saved_at=now,
        saved_by_id=by_id,
        is_aside=is_aside,
    )
    revision.settings = dict(text.settings)
    revision.digest = digest_of(revision)
    db.session.add(revision)
    db.session.flush()
    return revision


def digest_of(lesson: Lesson | LessonRevision) -> str:
    """SHA-256 of what a lesson says and which quiz and assignment it has."""
    told = asdict(text_of(lesson)) | {"quiz": lesson.quiz_id, "assignment": lesson.assignment_id}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def restore_revision(
    lesson: Lesson, revision: LessonRevision, now: datetime, by_id: int, *, with_work: bool = False
) -> Saved:
    """Let the lesson say again what a revision said; its quiz and assignment only `with_work`. History only grows."""
    saved = save_lesson(lesson, text_of(revision), now, by_id)
    if with_work and (lesson.quiz_id, lesson.assignment_id) != (revision.quiz_id, revision.assignment_id):
        lesson.quiz_id, lesson.assignment_id = revision.quiz_id, revision.assignment_id
        saved = Saved(Outcome.SAVED, keep_revision(lesson, now, by_id))
    audit.record("lesson.restore", lesson, actor_id=by_id, revision=revision.number)
    return saved


def move_lesson(lesson: Lesson, by: int) -> None:
    """Let a lesson change places with the one before (-1) or after it (+1); across modules it changes its module."""
    order = order_of(lesson.course_id)
    group = next(number for number, (_module, ids) in enumerate(order) if lesson.id in ids)
    ids = order[group][1]
    here = ids.index(lesson.id)
    if 0 <= here + by < len(ids):
        ids[here], ids[here + by] = ids[here + by], ids[here]
    elif 0 <= group + by < len(order):
        ids.remove(lesson.id)
        neighbours = order[group + by][1]
        neighbours.insert(len(neighbours) if by < 0 else 0, lesson.id)
    else:
        return
    _place(lesson.course_id, order)


def move_module(module: Module, by: int) -> None:
    """Let a part change places with the one before (-1) or after it (+1), with its lessons."""
    hold(Course, module.course_id)
    order = order_of(module.course_id)
    here = next(place for place, (module_id, _ids) in enumerate(order) if module_id == module.id)
    # Lessons in no part stand first, whatever comes after them.
    if not by or not 1 <= here + by < len(order):
        return
    order[here], order[here + by] = order[here + by], order[here]
    _place_modules(module.course_id, order)
    _place(module.course_id, order)


def _place_modules(course_id: int, order: Sequence[tuple[int | None, Sequence[int]]]) -> None:
    places = {module_id: place for place, (module_id, _ids) in enumerate(order, start=1) if module_id is not None}
    for module in queries.modules_of(course_id):
        module.position = places[module.id]
    db.session.flush()


def order_of(course_id: int) -> list[tuple[int | None, list[int]]]:
    """The lessons of each module, those in no module first: (module id, lesson ids)."""
    groups: dict[int | None, list[int]] = {None: []}
    groups |= {module.id: [] for module in queries.modules_of(course_id)}
    for lesson in queries.lessons_of(course_id):
        groups.get(lesson.module_id, groups[None]).append(lesson.id)
    return list(groups.items())


def arrange(course: Course, order: Sequence[tuple[int | None, Sequence[int]]]) -> None:
    """Put modules and lessons in this order. Raises NotTheSameLessons where it does not name each of them once."""
    db.session.execute(sa.select(Course.id).where(Course.id == course.id).with_for_update())
    held = order_of(course.id)
    if _named(held) != _named(order):
        raise NotTheSameLessons
    _place_modules(course.id, order)
    _place(course.id, order)


def _named(order: Iterable[tuple[int | None, Sequence[int]]]) -> tuple[list[int], list[int]]:
    groups = list(order)
    return sorted(key for key, _ids in groups if key is not None), sorted(one for _key, ids in groups for one in ids)


def _place(course_id: int, order: Sequence[tuple[int | None, Sequence[int]]]) -> None:
    """Positions from 1 in this order, and the module of each lesson."""
    lessons = {lesson.id: lesson for lesson in queries.lessons_of(course_id)}
    position = 0
    # Those in no module stand first, whatever place the order gave them: a reader meets them before the parts.
    for module_id, ids in sorted(order, key=lambda group: group[0] is not None):
        for lesson_id in ids:
            position += 1
            lessons[lesson_id].position, lessons[lesson_id].module_id = position, module_id
    db.session.flush()


def _renumber(course_id: int) -> None:
    _place(course_id, order_of(course_id))


def delete_lesson(lesson: Lesson, actor_id: int | None, organisation_id: int, now: datetime) -> None:
    """Take a lesson out of the working copy; published versions keep it, and it can be brought back for thirty days."""
    if lesson.deleted_at is not None:
        return
    lesson.deleted_at = now
    audit.record("lesson.delete", lesson, actor_id=actor_id, organisation_id=organisation_id)
    db.session.flush()
    _renumber(lesson.course_id)


def restore_lesson(lesson: Lesson, actor_id: int, organisation_id: int) -> None:
    """Bring a deleted lesson back, at the end of its module."""
    lesson.deleted_at = None
    lesson.position = queries.last_position(lesson.course_id) + 1
    audit.record("lesson.restore", lesson, actor_id=actor_id, organisation_id=organisation_id)
    db.session.flush()
    _renumber(lesson.course_id)


# What is not saved yet


def keep_draft(
    lesson: Lesson, person_id: int, content: Mapping[str, Any], based_on: int, sequence: int, now: datetime
) -> datetime:
    """Keep what somebody is writing, and say since when it is kept: what was typed earlier but arrives later changes
    nothing.
    """
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    said = {"based_on": based_on, "content": dict(content), "sequence": sequence, "saved_at": now}
    adding = insert(LessonDraft).values(lesson_id=lesson.id, person_id=person_id, **said)
    kept = adding.on_conflict_do_update(
        index_elements=("lesson_id", "person_id"),
        set_={name: adding.excluded[name] for name in said},
        where=LessonDraft.sequence < adding.excluded.sequence,
    ).returning(LessonDraft.saved_at)
    return db.session.scalar(kept) or queries.draft_saved_at(lesson.id, person_id) or now


def throw_away(lesson: Lesson, text: LessonText, person_id: int, now: datetime) -> LessonRevision | None:
    """Forget what somebody had not saved; where it says anything else than the lesson it stays aside in the history."""
    hold(Lesson, lesson.id)
    forget_draft(lesson.id, person_id)
    return _revision(lesson, text, now, person_id, is_aside=True) if text != text_of(lesson) else None


def forget_draft(lesson_id: int, person_id: int) -> None:
    """Throw away what somebody had not saved."""
    db.session.execute(
        sa.delete(LessonDraft).where(LessonDraft.lesson_id == lesson_id, LessonDraft.person_id == person_id)
    )
