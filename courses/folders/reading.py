"""Reading a folder into a course. All that is wrong is collected, so that an author mends it in one go."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from unicodedata import normalize

from app.assessment.formats.items import FileUnreadable
from app.assessment.formats.package import Package
from app.files import ALLOWED
from courses.folders.faults import Fault, FolderRefused, Said
from courses.folders.locks import Lock, read_lock
from courses.folders.pages import LANGUAGES, read_page, tidy
from courses.folders.questions import Reader
from courses.folders.tables import WANTED, Unfit, read_entry
from courses.folders.values import (
    About,
    Course,
    Held,
    Lesson,
    Line,
    Minutes,
    Module,
    Name,
    Quiz,
    Summary,
    has_unfit_steps,
)
from courses.folders.writing import COURSE, FORMAT, LOCK
from courses.models import LessonKind
from courses.rules import bounds, grading

PAGE = re.compile(r"(\d{1,6})-([\w-]{1,80})\.(zh|en)\.md")
QUESTIONS = re.compile(r"(\d{1,6})-([\w-]{1,80})\.(zh\.gift|en\.gift|json)")
FOLDERS = ("lessons", "questions", "files")
SLUG = re.compile(r"[^\s/\\]{1,80}")
# In bytes: all texts together, course.toml, and one page of a lesson, whose signs take up to four each.
TEXT_BYTES = 20_000_000
COURSE_BYTES = 2_000_000
PAGE_BYTES = 1_000_000
TOML_LINE = re.compile(r"at line (\d+)")
# Beyond this many mistakes their lines are no longer looked for.
MOST_PLACED = 50
# What may not hide in the free settings of a lesson, because it has an entry of its own.
OWN_ENTRIES = ("video", "captions", "cues", "files")
BROKEN_RULES: Mapping[grading.Fault, tuple[Said, Mapping[str, Any]]] = {
    grading.Fault.NOT_A_MAPPING: (Said.WRONG_TYPE, {"wanted": WANTED[dict]}),
    grading.Fault.UNKNOWN_KEY: (Said.UNKNOWN_KEY, {}),
    grading.Fault.NOT_A_LIST: (Said.WRONG_TYPE, {"wanted": WANTED[tuple]}),
    grading.Fault.TOO_MANY: (Said.TOO_MANY, {}),
    grading.Fault.NO_NAME: (Said.MISSING, {}),
    grading.Fault.NAME_TWICE: (Said.LISTED_TWICE, {}),
    grading.Fault.NO_TITLE: (Said.NO_TITLE, {}),
    grading.Fault.NOT_A_NUMBER: (Said.WRONG_TYPE, {"wanted": WANTED[Decimal]}),
    grading.Fault.OUT_OF_RANGE: (Said.OUT_OF_RANGE, {}),
    grading.Fault.NOT_YES_OR_NO: (Said.WRONG_TYPE, {"wanted": WANTED[bool]}),
}
SHAPES: Mapping[str, Any] = {
    "slug": Name,
    "title_zh": Line,
    "title_en": Line,
    "summary_zh": Summary,
    "summary_en": Summary,
    "rules": dict[str, Any],
    "lessons": tuple[str, ...],
    "modules": tuple[Module, ...],
    "minutes": tuple[Minutes, ...],
}


@dataclass(frozen=True)
class Folder:
    """A folder as read: the course, its lock where there is one, what was noticed, the text of course.toml."""

    course: Course
    lock: Lock | None = None
    remarks: tuple[Fault, ...] = ()
    told: str = ""

    def place_of(self, key: str) -> tuple[str, int | None, str]:
        """File, line and field of an entry; see `courses.folders.locks.entries`."""
        kind, _, rest = key.partition("/")
        name, _, entry = rest.partition("/")
        lesson = self.course.lessons.get(name)
        stem = lesson.stem if lesson and lesson.stem else name
        if kind == "files":
            return key, None, ""
        if kind == "lessons" and entry in LANGUAGES:
            return f"lessons/{stem}.{entry}.md", None, ""
        if kind == "questions":
            called, _, part = entry.rpartition("/")
            found = next((each for each in lesson.questions if each.name == called), None) if lesson else None
            field = called if part in LANGUAGES else f"{called}.{part}"
            return (found.file if found else f"questions/{stem}"), (found.line if found else None), field
        path = tuple(rest.split(".")) if kind == "course" else ("lesson", name, *entry.split("."))
        return COURSE, line_of(self.told, path), ".".join(path)


def read_folder(
    package: Package, skills: Collection[str], *, slug: str = "", beside: Collection[str] = frozenset()
) -> Folder:
    """The course that a package holds; `skills` are the codes that questions may name.

    `slug` is that of a course.toml that names none, `beside` names entries of it that are somebody else's. Raises
    FolderRefused with all reasons.
    """
    return _Reading(package, skills, slug, beside).folder()


class _Reading:
    """One reading: its faults and remarks, and the files by what they are."""

    def __init__(self, package: Package, skills: Collection[str], slug: str, beside: Collection[str]) -> None:
        self.package, self.skills, self.slug, self.beside = package, skills, slug, beside
        self.read_bytes = 0
        self.faults: list[Fault] = []
        self.remarks: list[Fault] = []
        self.names = self._names()

    def folder(self) -> Folder:
        if COURSE not in self.names:
            raise FolderRefused([Fault(COURSE, Said.NO_COURSE), *self.faults])
        text = self._text(COURSE, COURSE_BYTES)
        told = self._toml(text)
        lock = self._lock()
        files = self._files()
        lessons, numbers = self._lessons(self._questions())
        course = self._course(told, text, lessons, numbers, files)
        if self.faults:
            raise FolderRefused(self.faults)
        return Folder(course, lock, tuple(self.remarks), text)

    # Files

    def _names(self) -> dict[str, str]:
        """The files that belong to the course: path from its root → name in the package."""
        found: dict[str, str] = {}
        seen: dict[str, str] = {}
        aside: dict[str, None] = {}
        root = _root(self.package.names)
        for given in self.package.names:
            path = normalize("NFC", given).removeprefix(root)
            steps = path.split("/")
            hidden = next((at for at, step in enumerate(steps, 1) if step.startswith(".") or step == "__MACOSX"), None)
            if hidden is not None:
                aside["/".join(steps[:hidden])] = None
            elif not given.startswith(root) or (path not in (COURSE, LOCK) and steps[0] not in FOLDERS):
                aside[steps[0]] = None
            elif path.casefold() in seen:
                other = seen[path.casefold()]
                self._blame(path, Said.TWICE if other == path else Said.ONLY_CASE, other=other)
            else:
                seen[path.casefold()] = path
                found[path] = given
        self.remarks += [Fault(name, Said.IGNORED) for name in aside]
        return dict(sorted(found.items()))

    def _bytes(self, path: str) -> bytes | None:
        try:
            return self.package.read(self.names[path])
        except FileUnreadable as error:
            self._blame(path, Said.DAMAGED, why=error.reason)
            return None

    def _text(self, path: str, most: int = TEXT_BYTES) -> str:
        """A text of at most so many bytes. Raises FolderRefused where all texts together are too many to be held."""
        content = self._bytes(path)
        if content is None:
            return ""
        if len(content) > most:
            self._blame(path, Said.TOO_LARGE, most=most // 1_000_000)
            return ""
        self.read_bytes += len(content)
        if self.read_bytes > TEXT_BYTES:
            self._blame(path, Said.TOO_MUCH, most=TEXT_BYTES // 1_000_000)
            raise FolderRefused(self.faults)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = content.decode("gb18030")
            except UnicodeDecodeError:
                self._blame(path, Said.NOT_TEXT)
                return ""
            self.remarks.append(Fault(path, Said.ENCODING, {"encoding": "GB18030"}))
        if "\x00" in text:
            self._blame(path, Said.CONTROL, text[: text.index("\x00")].count("\n") + 1)
        return tidy(text)

    def _lock(self) -> Lock | None:
        try:
            return read_lock(LOCK, self._text(LOCK)) if LOCK in self.names else None
        except FolderRefused as refused:
            self.faults += refused.faults
            return None

    def _files(self) -> dict[str, Held]:
        found = {}
        for path in self._in("files"):
            name = path.removeprefix("files/")
            if "/" in name:
                self._blame(path, Said.NESTED)
            elif len(name) > 80:
                self._blame(path, Said.TOO_LONG, most=80)
            elif PurePosixPath(name).suffix.lower() not in ALLOWED:
                self._blame(path, Said.FILE_KIND)
            elif (content := self._bytes(path)) is not None:
                if not content:
                    self._blame(path, Said.EMPTY_FILE)
                source = self.names[path]
                found[name] = replace(Held.of(content), read=partial(self.package.read, source))
        return found

    def _in(self, folder: str) -> list[str]:
        return [path for path in self.names if path.startswith(f"{folder}/")]

    # Lessons and questions

    def _questions(self) -> dict[str, dict[str, tuple[str, str]]]:
        """By lesson and kind of file: (path, text)."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for path in self._in("questions"):
            named = QUESTIONS.fullmatch(path.removeprefix("questions/"))
            if named is None:
                self._blame(path, Said.STRANGE_NAME, expected="01-name.zh.gift")
                continue
            held = found.setdefault(named[2], {})
            if named[3] in held:
                self._blame(path, Said.TWICE, other=held[named[3]][0])
            held[named[3]] = path, self._text(path)
        return found

    def _lessons(
        self, asked: Mapping[str, Mapping[str, tuple[str, str]]]
    ) -> tuple[dict[str, Lesson], dict[str, tuple[int, str]]]:
        """The lessons by name, in the order of their numbers, and what they are ordered by."""
        found: dict[str, dict[str, str]] = {}
        stems: dict[str, str] = {}
        for path in self._in("lessons"):
            named = PAGE.fullmatch(path.removeprefix("lessons/"))
            if named is None:
                self._blame(path, Said.STRANGE_NAME, expected="01-name.zh.md")
                continue
            held = found.setdefault(named[2], {})
            if named[3] in held:
                self._blame(path, Said.TWICE, other=held[named[3]])
            held[named[3]] = path
            stems[named[2]] = f"{named[1]}-{named[2]}"
        for name, files in asked.items():
            if name not in found:
                self._blame(next(iter(files.values()))[0], Said.NO_LESSON, name=name)
        reader = Reader(self.skills)
        lessons = {
            name: self._lesson(name, stems[name], pages, asked.get(name, {}), reader) for name, pages in found.items()
        }
        self.faults += reader.faults
        self.remarks += reader.remarks
        numbers = {name: (int(stem.partition("-")[0]), name) for name, stem in stems.items()}
        return {name: lessons[name] for name in sorted(lessons, key=lambda name: numbers[name])}, numbers

    def _lesson(
        self,
        name: str,
        stem: str,
        paths: Mapping[str, str],
        asked: Mapping[str, tuple[str, str]],
        reader: Reader,
    ) -> Lesson:
        told = {"zh": ("", ""), "en": ("", "")}
        for language, path in paths.items():
            faults = len(self.faults)
            text = self._text(path, PAGE_BYTES)
            if len(self.faults) > faults and not text:
                told[language] = ("?", "")  # one mistake is told once
                continue
            try:
                told[language] = read_page(text)
            except Unfit as unfit:
                self._blame(path, unfit.said, 1)
                told[language] = ("?", "")  # one mistake is told once
            if len(told[language][0]) > 300:
                self._blame(path, Said.TOO_LONG, 1, most=300)
            if len(told[language][1]) > bounds.MOST_TEXT:
                self._blame(path, Said.TOO_LONG, None, most=bounds.MOST_TEXT)
        if "zh" not in paths:
            self._blame(paths["en"], Said.NO_CHINESE, expected=f"lessons/{stem}.zh.md")
        gift = {language: asked[f"{language}.gift"] for language in LANGUAGES if f"{language}.gift" in asked}
        return Lesson(
            name=name,
            title_zh=told["zh"][0],
            title_en=told["en"][0],
            body_zh=told["zh"][1],
            body_en=told["en"][1],
            questions=tuple(reader.all(gift, asked.get("json"))),
            stem=stem,
        )

    # course.toml

    def _toml(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text, parse_float=Decimal)
        except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
            line = TOML_LINE.search(str(error))
            self._blame(COURSE, Said.BROKEN_TOML, int(line[1]) if line else None, why=str(error))
            raise FolderRefused(self.faults) from error

    def _course(
        self,
        told: dict[str, Any],
        text: str,
        lessons: dict[str, Lesson],
        numbers: Mapping[str, tuple[int, str]],
        files: dict[str, Held],
    ) -> Course:
        known = told.pop("format", FORMAT)
        if isinstance(known, bool) or not isinstance(known, int) or known < 1:
            self._unfit(Unfit(("format",), Said.OUT_OF_RANGE, least=1, most=FORMAT), text)
        elif known > FORMAT:
            # A number of many digits is not told: nothing can write it out.
            told_format = known if known < 10**6 else "…"
            self._unfit(Unfit(("format",), Said.FORMAT, format=told_format, known=FORMAT), text)
        tables = told.pop("lesson", {})
        values: dict[str, Any] = {}
        for key, value in told.items():
            if key in self.beside:
                continue
            try:
                if key not in SHAPES:
                    raise Unfit((key,), Said.UNKNOWN_KEY)
                values[key] = read_entry(SHAPES[key], value, (key,))
                if key == "rules":
                    _require_sound(values[key])
            except Unfit as unfit:
                self._unfit(unfit, text)
        abouts = self._abouts(tables, text, lessons)
        abouts = self._with_minutes(values.pop("minutes", ()), abouts, lessons, tables)
        loose, modules = self._contents(values, text, lessons, numbers)
        for place, module in enumerate(modules, 1):
            if not module.title_zh.strip():
                self._unfit(Unfit(("modules", str(place), "title_zh"), Said.NO_TITLE), text)
        categories = {one["name"] for one in values.get("rules", {}).get("categories", ())}
        slug = values.get("slug", self.slug)
        if not SLUG.fullmatch(slug):
            self._blame(COURSE, Said.MISSING, line_of(text, ("slug",)), "slug")
        if not values.get("title_zh", "").strip():
            self._blame(COURSE, Said.MISSING, line_of(text, ("title_zh",)), "title_zh")
        return Course(
            slug=slug,
            title_zh=values.get("title_zh", ""),
            title_en=values.get("title_en", ""),
            summary_zh=values.get("summary_zh", ""),
            summary_en=values.get("summary_en", ""),
            rules=values.get("rules", {}),
            loose=loose,
            modules=modules,
            lessons={
                name: self._told(lesson, abouts[name], text, files, categories) for name, lesson in lessons.items()
            },
            files=files,
        )

    def _abouts(self, tables: Any, text: str, lessons: Mapping[str, Lesson]) -> dict[str, About]:
        found = dict.fromkeys(lessons, About())
        if not isinstance(tables, dict):
            self._unfit(Unfit(("lesson",), Said.WRONG_TYPE, wanted="a table"), text)
            return found
        for name, table in tables.items():
            try:
                if name not in lessons:
                    raise Unfit(("lesson", name), Said.NO_SUCH_LESSON, name=name)
                about = read_entry(About, table, ("lesson", name))
                _require_free(about.settings, ("lesson", name, "settings"))
                found[name] = about
            except Unfit as unfit:
                self._unfit(unfit, text)
        return found

    def _with_minutes(
        self, minutes: tuple[int, ...], abouts: dict[str, About], lessons: Mapping[str, Lesson], tables: Any
    ) -> dict[str, About]:
        """The minutes of all lessons in one list, for who writes by hand; what a lesson says itself wins."""
        if not minutes:
            return abouts
        if len(minutes) != len(lessons):
            self._blame(COURSE, Said.COUNT, None, "minutes", count=len(lessons), minutes=len(minutes))
        tables = tables if isinstance(tables, dict) else {}
        own = {name for name, table in tables.items() if isinstance(table, dict) and "minutes" in table}
        return {
            name: abouts[name] if name in own else replace(abouts[name], minutes=each)
            for name, each in zip(lessons, minutes, strict=False)
        } | {name: abouts[name] for name in list(lessons)[len(minutes) :]}

    def _contents(
        self,
        values: Mapping[str, Any],
        text: str,
        lessons: Mapping[str, Lesson],
        numbers: Mapping[str, tuple[int, str]],
    ) -> tuple[tuple[str, ...], tuple[Module, ...]]:
        """The lessons of each module; those that are listed nowhere go where their numbers put them."""
        modules: tuple[Module, ...] = values.get("modules", ())
        groups = [list(values.get("lessons", ())), *(list(module.lessons) for module in modules)]
        if "lessons" not in values and not any(groups):
            return tuple(lessons), modules
        listed: set[str] = set()
        for name in (name for group in groups for name in group):
            if name not in lessons:
                self._blame(COURSE, Said.NO_SUCH_LESSON, _line_with(text, name), "lessons", name=name)
            if name in listed:
                self._blame(COURSE, Said.LISTED_TWICE, _line_with(text, name), name)
            listed.add(name)
        for name in lessons:
            if name in listed or name not in numbers:
                continue
            before = [one for group in groups for one in group if one in numbers and numbers[one] < numbers[name]]
            after = max(before, key=lambda one: numbers[one], default=None)
            group = next((group for group in groups if (after in group if after else group)), groups[0])
            group.insert(group.index(after) + 1 if after else 0, name)
            self.remarks.append(Fault(f"lessons/{lessons[name].stem}.zh.md", Said.UNLISTED))
        return tuple(groups[0]), tuple(
            replace(module, lessons=tuple(group)) for module, group in zip(modules, groups[1:], strict=True)
        )

    def _told(
        self, lesson: Lesson, about: About, text: str, files: Collection[str], categories: Collection[str]
    ) -> Lesson:
        """A lesson with what course.toml says of it, if the two fit together."""
        here = ("lesson", lesson.name)
        if not (about.title_zh or lesson.title_zh).strip():
            self._blame(f"lessons/{lesson.stem}.zh.md", Said.NO_TITLE, 1)
        questions = {question.name: question for question in lesson.questions}
        try:
            fits_together(about, list(questions), here)
        except Unfit as unfit:
            self._unfit(unfit, text)
        if about.category and about.category not in categories:
            self._unfit(Unfit((*here, "category"), Said.NO_CATEGORY, name=about.category), text)
        rows = about.assignment.rubric if about.assignment else ()
        for code in (*(row.skill for row in rows), *(pool.skill for pool in about.quiz.pools)):
            if code is not None and code not in self.skills:
                self._unfit(Unfit((*here, "skill"), Said.UNKNOWN_SKILL, skill=code), text)
        for name in (about.video, *about.captions.values(), *about.files):
            if name and name not in files:
                self.remarks.append(
                    Fault(COURSE, Said.NO_FILE, {"name": name}, line_of(text, (*here, "files")), ".".join(here))
                )
        order = [name for name in dict.fromkeys(about.quiz.order) if name in questions]
        order += [name for name in questions if name not in order]
        task = about.assignment
        if task is not None and task.rubric_title_zh == (about.title_zh or lesson.title_zh):
            # A rubric without a title of its own is called as its lesson.
            about = replace(about, assignment=replace(task, rubric_title_zh=""))
        return replace(
            lesson,
            title_zh=about.title_zh or lesson.title_zh,
            title_en=about.title_en or lesson.title_en,
            about=replace(about, quiz=replace(about.quiz, order=())),
            questions=tuple(questions[name] for name in order),
        )

    def _unfit(self, unfit: Unfit, text: str) -> None:
        line = line_of(text, unfit.path) if len(self.faults) < MOST_PLACED else None
        self._blame(COURSE, unfit.said, line, ".".join(unfit.path), **unfit.values)

    def _blame(self, file: str, said: Said, line: int | None = None, place: str = "", **values: Any) -> None:
        self.faults.append(Fault(file, said, values, line, place))


def _require_sound(rules: Mapping[str, Any]) -> None:
    """Raises Unfit where rules of marks cannot be read."""
    try:
        grading.read_rules(rules)
    except grading.RulesBroken as broken:
        said, values = BROKEN_RULES[broken.fault]
        steps = broken.place.removeprefix("rules").strip(".").split(".")
        path = ("rules", *(str(int(step) + 1) if step.isdecimal() else step for step in steps if step))
        raise Unfit(path, said, **{"least": broken.least, "most": broken.most, **values}) from broken


def _require_free(settings: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """Raises Unfit where settings hold what has an entry of its own, or downloads that are no names of files."""
    for key in OWN_ENTRIES:
        if key in settings:
            raise Unfit((*path, key), Said.OWN_ENTRY)
    names = settings.get("downloads", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unfit((*path, "downloads"), Said.WRONG_TYPE, wanted=WANTED[tuple])


def fits_together(about: About, questions: Collection[str], path: tuple[str, ...]) -> None:
    """Whether a lesson's rules fit its kind and its questions. Raises Unfit."""
    quiz = about.quiz
    is_work = about.kind is LessonKind.ASSIGNMENT
    if is_work and (questions or quiz != Quiz()):
        raise Unfit((*path, "quiz"), Said.NOT_OF_KIND, kind=about.kind.value)
    if about.assignment is not None and not is_work:
        raise Unfit((*path, "assignment"), Said.NOT_OF_KIND, kind=about.kind.value)
    if quiz.opens is not None and quiz.closes is not None and quiz.closes <= quiz.opens:
        raise Unfit((*path, "quiz", "closes"), Said.TURNED)
    if quiz != Quiz() and not questions:
        raise Unfit((*path, "quiz"), Said.NO_QUESTIONS)
    for key, names in (("quiz.points", quiz.points), ("quiz.order", quiz.order), ("cues", about.cues)):
        for name in names:
            if name not in questions:
                raise Unfit((*path, *key.split(".")), Said.NO_SUCH_QUESTION, name=name)
    drawn: set[str] = set()
    for pool in quiz.pools:
        for name in pool.questions:
            if name not in questions:
                raise Unfit((*path, "quiz", "pools"), Said.NO_SUCH_QUESTION, name=name)
            if name in drawn:
                raise Unfit((*path, "quiz", "pools"), Said.TWO_POOLS, name=name)
            drawn.add(name)
        if pool.take > len(pool.questions):
            raise Unfit((*path, "quiz", "pools"), Said.POOL, take=pool.take, size=len(pool.questions))
    rows = about.assignment.rubric if about.assignment else ()
    if rows and not any(row.weight > 0 for row in rows):
        raise Unfit((*path, "assignment", "rubric"), Said.NO_WEIGHT)
    if any(has_unfit_steps(row) for row in rows):
        raise Unfit((*path, "assignment", "rubric", "steps"), Said.STEPS)


def _root(names: Collection[str]) -> str:
    """The one folder in which everything lies, with its slash, where course.toml does not lie at the top."""
    if COURSE in names:
        return ""
    tops = {name.partition("/")[0] for name in names if name.endswith(f"/{COURSE}") and name.count("/") == 1}
    return f"{tops.pop()}/" if len(tops) == 1 else ""


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """The line of an entry in a TOML text, or of what stands around it; None where neither is found."""
    lines = text.split("\n")
    table, entry = _places(lines, path)
    around = (_places(lines, path[:length])[1] for length in range(len(path) - 1, 0, -1))
    found = entry if entry is not None else next((line for line in around if line is not None), table)
    return None if found is None else found + 1


def _places(lines: Sequence[str], path: tuple[str, ...]) -> tuple[int | None, int | None]:
    """Where the table of an entry begins, and where the entry itself stands; counted from 0."""
    table = None
    for step in path[:-1]:
        here = range(table or 0, len(lines))
        table = next((line for line in here if lines[line].lstrip().startswith("[") and step in lines[line]), table)
    if table is None and len(path) > 1:
        return None, None
    wanted = re.compile(rf'\s*"?{re.escape(path[-1])}"?\s*[=.]')
    return table, next((line for line in range(table or 0, len(lines)) if wanted.match(lines[line])), None)


def _line_with(text: str, name: str) -> int | None:
    return next((number for number, line in enumerate(text.split("\n"), 1) if f'"{name}"' in line), None)
