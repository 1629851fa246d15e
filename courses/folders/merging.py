"""Bringing a folder together with what the course says now, three ways where the folder's lock tells what it began as.

An entry that only one side has changed since the export is taken from it; texts that both changed are merged line by
line (`courses.rules.merging`); what cannot be merged is a clash, and the folder as a whole is not taken.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from courses.folders.faults import Fault, Said
from courses.folders.locks import contents_of, digest, entries, lesson_entries
from courses.folders.pages import LANGUAGES, read_page
from courses.folders.questions import content_of
from courses.folders.reading import Folder, fits_together
from courses.folders.tables import Unfit, read_entry
from courses.folders.values import About, Course, Lesson, Module, Question, Row
from courses.models import LessonKind
from courses.rules.merging import merge


class Prefer(StrEnum):
    """Whose word counts where both changed the same: nobody's (the import is refused), the folder's, the course's."""

    NONE = "refuse"
    FOLDER = "folder"
    COURSE = "course"


class State(StrEnum):
    """What became of a lesson, a question or a file of the course."""

    CREATED = "created"
    CHANGED = "changed"
    MERGED = "merged"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Merged:
    """The course as it will be; what became of each part (`course`, `lessons/…`, `questions/…`, `files/…`); clashes."""

    course: Course
    states: Mapping[str, State]
    clashes: tuple[Fault, ...] = ()

    def of_kind(self, kind: str) -> dict[str, State]:
        """The states of all lessons, questions or files, by name."""
        start = f"{kind}/"
        return {part.removeprefix(start): state for part, state in self.states.items() if part.startswith(start)}

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing has to be written."""
        return all(state is State.UNCHANGED for state in self.states.values())


NO_TEXTS: Mapping[str, str] = {}
NOWHERE = object()


def is_text(key: str) -> bool:
    """Whether an entry is merged line by line."""
    return key.startswith("course/summary_") or (
        key.startswith(("lessons/", "questions/")) and key.rpartition("/")[2] in LANGUAGES
    )


def changed_by_both(theirs: Course, folder: Folder) -> list[str]:
    """The texts that both sides have changed: those of which the merge needs to know what they were."""
    if folder.lock is None:
        return []
    base, there, here = folder.lock.digests, entries(theirs), entries(folder.course)
    return [
        key
        for key, held in here.items()
        if is_text(key) and key in base and key in there and len({base[key], digest(held), digest(there[key])}) == 3
    ]


def changed_since_export(folder: Folder, now: Course) -> list[str]:
    """The files of a folder that say neither what they said at its export nor what the course says now."""
    base = folder.lock.digests if folder.lock else {}
    held, said = entries(folder.course), entries(now)
    keys = [
        key
        for key in dict.fromkeys((*held, *base))
        if held.get(key, NOWHERE) != said.get(key, NOWHERE) and _digest(held.get(key, NOWHERE)) != base.get(key)
    ]
    return list(dict.fromkeys(folder.place_of(key)[0] for key in keys))


def merge_courses(
    theirs: Course | None, folder: Folder, bases: Mapping[str, str] = NO_TEXTS, prefer: Prefer = Prefer.NONE
) -> Merged:
    """The course as it will be; `theirs` is what it says now (none: there is no such course yet).

    `bases` are texts that its history holds, by their digest.
    """
    if theirs is None:
        parts = dict.fromkeys(("course", *map(_part, entries(folder.course))), State.CREATED)
        return Merged(folder.course, parts)
    return _Merge(theirs, folder, bases, prefer).merged()


def _part(key: str) -> str:
    """The part that an entry belongs to."""
    if key.startswith("course/"):
        return "course"
    return key if key.startswith("files/") else key.rpartition("/")[0]


def _lesson_of(part: str) -> str:
    return part.split("/")[1]


@dataclass
class _Merge:
    theirs: Course
    folder: Folder
    bases: Mapping[str, str]
    prefer: Prefer
    clashes: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ours = self.folder.course
        self.lock = self.folder.lock
        self.base = self.lock.digests if self.lock else {}
        self.there, self.here = entries(self.theirs), entries(self.ours)
        self.found: dict[str, Any] = {}

    def merged(self) -> Merged:
        """All of it."""
        parts: dict[str, list[str]] = {}
        for key in dict.fromkeys((*self.there, *self.here)):
            parts.setdefault(self._deciding(_part(key)), []).append(key)
        for part, keys in parts.items():
            self._take(part, keys)
        course = self._course()
        now = entries(course)
        states = {part: self._state(part, now) for part in dict.fromkeys(map(_part, (*self.there, *self.here)))}
        states["course"] = self._course_state(course, states["course"])
        for name in self.theirs.lessons.keys() & course.lessons.keys():
            states[f"lessons/{name}"] = self._lesson_state(name, course, states[f"lessons/{name}"])
        return Merged(course, states, tuple(self.clashes))

    def _deciding(self, part: str) -> str:
        """A lesson that one side lacks comes or goes with all its questions."""
        if part.startswith("questions/") and (self._lacks(_lesson_of(part))):
            return f"lessons/{_lesson_of(part)}"
        return part

    def _lacks(self, lesson: str) -> bool:
        return lesson not in self.theirs.lessons or lesson not in self.ours.lessons

    # Entries

    def _take(self, part: str, keys: Sequence[str]) -> None:
        in_theirs, in_ours = any(key in self.there for key in keys), any(key in self.here for key in keys)
        if self.lock is None:
            self.found |= self._as_it_stands(part, keys, in_ours)
        elif part != "course" and in_theirs != in_ours:
            self._come_or_go(part, keys, in_theirs)
        else:
            for key in keys:
                value = self._choice(key)
                if value is not NOWHERE:
                    self.found[key] = value

    def _as_it_stands(self, part: str, keys: Sequence[str], in_ours: bool) -> dict[str, Any]:
        """Without a lock the folder counts as it stands; lessons and files that it does not hold stay.

        So do the questions of a lesson for which it has no file of questions at all.
        """
        kind, _, rest = part.partition("/")
        lesson = self.ours.lessons.get(rest.partition("/")[0])
        is_work = lesson is not None and lesson.about.kind is LessonKind.ASSIGNMENT
        if kind == "questions" and not in_ours and lesson is not None and (lesson.questions or is_work):
            return {}
        found = _only(self.here if in_ours else self.there, keys)
        if kind == "lessons" and lesson is not None and not lesson.questions and not is_work:
            found |= {key: self.there[key] for key in keys if "/quiz." in key and key in self.there}
        return found

    def _come_or_go(self, part: str, keys: Sequence[str], in_theirs: bool) -> None:
        held = self.there if in_theirs else self.here
        inside = (part, part.replace("lessons/", "questions/", 1)) if part.startswith("lessons/") else (part,)
        known = {key: sha for key, sha in self.base.items() if key.startswith(tuple(f"{one}/" for one in inside))}
        if part in self.base:
            known[part] = self.base[part]
        if not known:
            self.found |= _only(held, keys)
        elif {key: digest(held[key]) for key in keys if key in held} != known:
            stays = Prefer.COURSE if in_theirs else Prefer.FOLDER
            if self.prefer is Prefer.NONE:
                said = Said.DELETED_HERE if in_theirs else Said.DELETED_THERE
                file, line, place = self.folder.place_of(next(iter(keys)))
                self.clashes.append(Fault(file, said, {}, line, place, part=part))
            elif self.prefer is stays:
                self.found |= _only(held, keys)

    def _choice(self, key: str) -> Any:
        """What an entry says from now on; NOWHERE where it is gone."""
        there, here = self.there.get(key, NOWHERE), self.here.get(key, NOWHERE)
        base = self.base.get(key)
        if there == here or _digest(here) == base:
            return there
        if _digest(there) == base:
            return here
        origin = self.bases.get(base or "")
        if is_text(key) and isinstance(there, str) and isinstance(here, str) and origin is not None:
            return self._merged_text(key, origin, here, there)
        if self.prefer is Prefer.NONE:
            told = (None, None) if key.startswith("files/") else (_shown(here), _shown(there))
            self._clash(key, None, *told)
        return here if self.prefer is Prefer.FOLDER else there

    def _merged_text(self, key: str, base: str, here: str, there: str) -> str:
        found = merge(base, here, there)
        if found.is_clean and _is_sound(key, found.text):
            return found.text
        if self.prefer is not Prefer.NONE:
            chosen = here if self.prefer is Prefer.FOLDER else there
            text = _preferring(base, here, there, self.prefer)
            return text if text is not None and _is_sound(key, text) else chosen
        for clash in found.clashes:
            line = here[: here.find(clash.ours)].count("\n") + 1 if clash.ours and clash.ours in here else clash.line
            self._clash(key, line, clash.ours, clash.theirs)
        if found.is_clean:
            self._clash(key, None, here, there)
        return there

    def _clash(self, key: str, line: int | None, ours: str | None, theirs: str | None) -> None:
        file, known, place = self.folder.place_of(key)
        # Lines of a question's content are not those of its file; the question's own line is.
        line = line if file.endswith(".md") else known
        self.clashes.append(Fault(file, Said.CLASH, {}, line, place, ours, theirs, _part(key)))

    # The course made of them

    def _course(self) -> Course:
        lessons = {_lesson_of(key) for key in self.found if key.startswith("lessons/")}
        loose, modules = self._contents(lessons)
        order = [*loose, *(name for module in modules for name in module.lessons)]
        rules = {
            key.removeprefix("course/rules."): value
            for key, value in self.found.items()
            if key.startswith("course/rules.")
        }
        held = {**self.theirs.files, **self.ours.files}
        files = {}
        for key, sha in self.found.items():
            if key.startswith("files/"):
                name = key.removeprefix("files/")
                both = (self.ours.files.get(name), self.theirs.files.get(name))
                files[name] = next((one for one in both if one is not None and one.sha256 == sha), held[name])
        return Course(
            slug=self.theirs.slug,
            title_zh=self.found.get("course/title_zh", ""),
            title_en=self.found.get("course/title_en", ""),
            summary_zh=self.found.get("course/summary_zh", ""),
            summary_en=self.found.get("course/summary_en", ""),
            rules=rules,
            loose=loose,
            modules=modules,
            lessons={name: self._lesson(name) for name in order},
            files=dict(sorted(files.items())),
        )

    def _contents(self, kept: Collection[str]) -> tuple[tuple[str, ...], tuple[Module, ...]]:
        lines = self._ordered(
            self.lock.contents if self.lock else None,
            contents_of(self.theirs),
            contents_of(self.ours),
            kept,
            "course/modules" if self.ours.modules else "course/lessons",
        )
        groups: list[list[str]] = [[]]
        titles: list[list[str]] = []
        for line in lines:
            if line.startswith("["):
                titles.append(json.loads(line))
                groups.append([])
            else:
                groups[-1].append(line)
        return tuple(groups[0]), tuple(
            Module(title_zh=zh, title_en=en, lessons=tuple(names))
            for (zh, en, *_), names in zip(titles, groups[1:], strict=True)
        )

    def _ordered(
        self, base: Sequence[str] | None, there: Sequence[str], here: Sequence[str], kept: Collection[str], key: str
    ) -> list[str]:
        """The order of lessons or questions: merged for those that all three know, the others beside their neighbours.

        Lines that begin with [ are modules, which come and go with the order itself.
        """
        known = set(there) & set(here) & (set(base) if base is not None else set(here)) & set(kept)

        def common(lines: Sequence[str]) -> str:
            return "".join(f"{line}\n" for line in lines if line in known or line.startswith("["))

        if base is None or common(base) == common(there):
            lines = common(here).splitlines()
        else:
            found = merge(common(base), common(here), common(there))
            lines = found.text.splitlines()
            if found.clashes or sorted(line for line in lines if not line.startswith("[")) != sorted(known):
                if self.prefer is Prefer.NONE:
                    self._clash(key, None, common(here), common(there))
                lines = common(here if self.prefer is Prefer.FOLDER else there).splitlines()
        for source in (here, there):
            for place, line in enumerate(source):
                if line in kept and line not in lines:
                    before = next((one for one in reversed(source[:place]) if one in lines), None)
                    lines.insert(lines.index(before) + 1 if before is not None else 0, line)
        return lines

    def _lesson(self, name: str) -> Lesson:
        starts = (f"lessons/{name}/", f"questions/{name}/")
        mine = {key: value for key, value in self.found.items() if key.startswith(starts)}
        names = self._questions(name, mine)
        for course in (self.theirs, self.ours):
            lesson = course.lessons.get(name)
            if (
                lesson is not None
                and lesson_entries(lesson) == mine
                and [one.name for one in lesson.questions] == names
            ):
                return lesson
        try:
            return self._rebuilt(name, mine, names)
        except Unfit as unfit:
            if self.prefer is Prefer.NONE:
                file, line, _ = self.folder.place_of(f"lessons/{name}/quiz")
                self.clashes.append(Fault(file, unfit.said, unfit.values, line, ".".join(unfit.path)))
            sides = (self.ours, self.theirs) if self.prefer is Prefer.FOLDER else (self.theirs, self.ours)
            return next(course.lessons[name] for course in sides if name in course.lessons)

    def _questions(self, lesson: str, mine: Iterable[str]) -> list[str]:
        start = f"questions/{lesson}/"
        kept = {key.removeprefix(start).rpartition("/")[0] for key in mine if key.startswith(start)}
        sides = [
            [question.name for question in course.lessons[lesson].questions] if lesson in course.lessons else []
            for course in (self.theirs, self.ours)
        ]
        base = self.lock.questions.get(lesson, ()) if self.lock else None
        return self._ordered(base, sides[0], sides[1], kept, f"lessons/{lesson}/quiz.order")

    def _rebuilt(self, name: str, mine: Mapping[str, Any], names: Sequence[str]) -> Lesson:
        told: dict[str, Any] = {}
        page = {"zh": ("", ""), "en": ("", "")}
        for key, value in mine.items():
            kind, _, entry = key.split("/", 2)
            if kind == "lessons" and entry in LANGUAGES:
                page[entry] = read_page(value)
            elif kind == "lessons":
                outer, _, inner = entry.partition(".")
                if inner:
                    told.setdefault(outer, {})[inner] = value
                else:
                    told[outer] = value
        about = _without_the_gone(read_entry(About, told, ("lesson", name)), names)
        fits_together(about, names, ("lesson", name))
        return Lesson(
            name=name,
            title_zh=about.title_zh or page["zh"][0],
            title_en=about.title_en or page["en"][0],
            body_zh=page["zh"][1],
            body_en=page["en"][1],
            about=about,
            questions=tuple(self._question(name, called, mine) for called in names),
        )

    def _question(self, lesson: str, name: str, mine: Mapping[str, Any]) -> Question:
        start = f"questions/{lesson}/{name}/"
        about = mine[f"{start}about"]
        contents = {language: content_of(mine[start + language]) for language in LANGUAGES if start + language in mine}
        if not contents or None in contents.values():
            raise Unfit(("lesson", lesson, "quiz"), Said.CLASH)
        return Question(
            name=name,
            contents={language: content for language, content in contents.items() if content is not None},
            skill=about["skill"],
            level=about["level"],
            tags=tuple(about["tags"]),
            rubric=read_entry(tuple[Row, ...], about["rubric"], (name,)),
        )

    # What became of the parts

    def _state(self, part: str, now: Mapping[str, Any]) -> State:
        keys = [key for key in dict.fromkeys((*self.there, *self.here, *now)) if _part(key) == part]
        in_theirs, in_now = any(key in self.there for key in keys), any(key in now for key in keys)
        if in_theirs != in_now:
            return State.CREATED if in_now else State.REMOVED
        if all(self.there.get(key, NOWHERE) == now.get(key, NOWHERE) for key in keys):
            return State.UNCHANGED
        return State.MERGED if self._moved(keys) else State.CHANGED

    def _moved(self, keys: Iterable[str]) -> bool:
        """Whether the course has changed in these entries since the export."""
        return self.lock is not None and any(
            _digest(self.there.get(key, NOWHERE)) != self.base.get(key) for key in keys
        )

    def _course_state(self, course: Course, state: State) -> State:
        if state is State.UNCHANGED and contents_of(course) != contents_of(self.theirs):
            is_moved = self.lock is not None and list(self.lock.contents) != contents_of(self.theirs)
            return State.MERGED if is_moved else State.CHANGED
        return state

    def _lesson_state(self, name: str, course: Course, state: State) -> State:
        before, after = ([one.name for one in each.lessons[name].questions] for each in (self.theirs, course))
        if state is State.UNCHANGED and before != after:
            is_moved = self.lock is not None and list(self.lock.questions.get(name, ())) != before
            return State.MERGED if is_moved else State.CHANGED
        return state


def _only(held: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: held[key] for key in keys if key in held}


def _digest(value: Any) -> str | None:
    return None if value is NOWHERE else digest(value)


def _shown(value: Any) -> str:
    if value is NOWHERE:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _is_sound(key: str, text: str) -> bool:
    """Whether a merged text is still what it was: a page with a heading, a question that can be asked."""
    if key.startswith("questions/"):
        return content_of(text) is not None
    if key.startswith("lessons/"):
        try:
            return bool(read_page(text)[0]) or key.endswith("/en")
        except Unfit:
            return False
    return True


def _preferring(base: str, here: str, there: str, prefer: Prefer) -> str | None:
    """The merged text, with one side's lines where both changed the same; None where that cannot be made out.

    In the places of a clash the text is taken to have begun as the other side has it: then only one changed it.
    """
    lines = base.splitlines(keepends=True)
    for clash in reversed(merge(base, here, there).clashes):
        other = clash.theirs if prefer is Prefer.FOLDER else clash.ours
        count = len(clash.base.splitlines())
        lines[clash.line - 1 : clash.line - 1 + count] = [other]
    found = merge("".join(lines), here, there)
    return found.text if found.is_clean else None


def _without_the_gone(about: About, names: Collection[str]) -> About:
    """What is said of questions that somebody has taken out meanwhile goes with them."""
    quiz = about.quiz
    return replace(
        about,
        cues={name: at for name, at in about.cues.items() if name in names},
        quiz=replace(
            quiz,
            points={name: points for name, points in quiz.points.items() if name in names},
            pools=tuple(
                replace(pool, questions=tuple(one for one in pool.questions if one in names)) for pool in quiz.pools
            ),
        ),
    )
