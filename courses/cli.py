"""`flask courses export` and `flask courses import`: a course as files, to be kept in git and written in any editor."""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.accounts.models import Organisation
from app.assessment.formats.items import FileUnreadable
from app.assessment.services import questions as bank
from app.cli import DEFAULT_MAX_MB, Door, Unusable, need_database_file, put, read_bytes, warn
from app.db import db, utcnow
from app.errors import Refused
from app.i18n import force_locale
from app.reference.files import skill_codes
from courses import folders
from courses.folders import Fault, FolderRefused, Prefer, State
from courses.folders.places import is_course, replace_lock
from courses.models import Course
from courses.queries import folders as reads
from courses.services import folders as services

courses = AppGroup("courses", help="Courses as folders of files.")
PARTS = ("lessons", "questions", "files")


@courses.command("export", cls=Door)
@click.argument("course", metavar="COURSE")
@click.argument("destination", metavar="DEST")
@click.option("--organisation", metavar="SLUG", help="Whose course it is, where two have one of this slug.")
def export(course: str, destination: str, organisation: str | None) -> None:
    """Write COURSE (slug or id) into DEST: a folder, a .zip, or - for a ZIP on standard output.

    A folder that holds an export is brought up to date; it is refused while it holds changes that were not imported.

    Example: flask courses export customs-tax ~/teaching/customs-tax
    """
    _need_tables()
    with force_locale("en"):
        found = _course(course, organisation)
        written = services.written(found)
        files = folders.write_folder(written.value)
        warn(str(remark) for remark in written.remarks)
        try:
            if destination == "-":
                click.echo(folders.pack(files), nl=False)
                return
            path = Path(destination)
            if path.suffix.lower() == ".zip":
                _replace(path, folders.pack(files))
            else:
                _check_folder(path, written.value)
                folders.unpack(files, path)
        except OSError as error:
            raise Unusable(destination, error.strerror or "cannot be written") from error
    lessons = written.value.lessons.values()
    put(
        _json(
            {
                "course": found.slug,
                "lessons": len(lessons),
                "questions": sum(len(lesson.questions) for lesson in lessons),
                "files": len(written.value.files),
                "remarks": [_line(remark) for remark in written.remarks],
            }
        )
    )


@courses.command("import", cls=Door)
@click.argument("source", metavar="SOURCE")
@click.option("--organisation", metavar="SLUG", required=True, help="Whose course it is or becomes.")
@click.option("--dry-run", is_flag=True, help="Report, and write nothing.")
@click.option("--as", "as_what", type=click.Choice(("new", "update")), help="Refuse it unless the course is that.")
@click.option(
    "--prefer",
    type=click.Choice([each.value for each in Prefer]),
    default=Prefer.NONE.value,
    show_default=True,
    help="Whose word counts where folder and course changed the same since the export.",
)
@click.option(
    "--max-mb", type=click.IntRange(min=1), default=DEFAULT_MAX_MB, show_default=True, help="Refuse a larger ZIP."
)
def import_(source: str, organisation: str, dry_run: bool, as_what: str | None, prefer: str, max_mb: int) -> None:
    """Bring SOURCE, a folder or a ZIP (- for standard input), into the course of its slug; a new one begins as a draft.

    All of it is taken, or nothing. Nothing is published. With a course.lock, changes that others made since the export
    are kept and merged; what cannot be merged is refused. The lock of a folder is brought up to date.

    Example: flask courses import ~/teaching/customs-tax --organisation west-lake --dry-run
    """
    _need_tables()
    with force_locale("en"):
        try:
            owner = bank.bank_called(organisation)
        except bank.NoSuchBank as refused:
            raise Unusable("--organisation", f"no organisation {organisation!r}") from refused
        owner_id = owner.id
        db.session.rollback()  # nobody else has to wait with writing while files are read
        try:
            folder = _read(source, max_mb)
            brought = services.bring_folder(
                owner_id,
                folder,
                utcnow(),
                None,
                is_new=None if as_what is None else as_what == "new",
                prefer=Prefer(prefer),
            )
            report = _report(brought, dry_run)
            if dry_run:
                db.session.rollback()
            else:
                db.session.commit()
        except FolderRefused as refused:
            db.session.rollback()
            put(_json({"refused": [_line(fault) for fault in refused.faults]}))
            more = f" (and {len(refused.faults) - 1} more)" if len(refused.faults) > 1 else ""
            raise Unusable(source, f"{refused.faults[0]}{more}") from refused
        except FileUnreadable as error:
            raise Unusable(source, error.reason) from error
        except Refused as refused:
            db.session.rollback()
            raise Unusable(source, refused.sentence()) from refused
        except IntegrityError as error:
            db.session.rollback()
            raise Unusable("database", "lacks a skill of the taxonomy (flask reference load)") from error
        if not dry_run and folder.lock is not None and source != "-" and Path(source).is_dir():
            replace_lock(Path(source), folders.lock_after(folder.lock, folder.course, brought.merged.course).text())
        put(_json(report))


def _need_tables() -> None:
    need_database_file()
    try:
        db.session.execute(sa.select(Organisation.id).limit(1))
        db.session.execute(sa.select(Course.version_number).limit(1))
    except (OperationalError, ProgrammingError) as error:
        raise Unusable("database", "cannot be reached or lacks its tables (flask db upgrade)") from error
    finally:
        db.session.rollback()


def _course(wanted: str, organisation: str | None) -> Course:
    found = reads.courses_called(wanted, organisation)
    if not found and wanted.isdecimal() and len(wanted) < 10:
        one = db.session.get(Course, int(wanted))
        found = [one] if one is not None and one.deleted_at is None else []
    if not found:
        raise Unusable("COURSE", f"no course {wanted!r}")
    if len(found) > 1:
        raise Unusable("COURSE", f"{len(found)} organisations have a course {wanted!r}: name one with --organisation")
    return found[0]


def _read(source: str, max_mb: int) -> folders.Folder:
    path = Path(source)
    if source != "-" and path.is_dir():
        return folders.read_folder(folders.open_directory(path), skill_codes(), slug=path.resolve().name)
    content = read_bytes(source, max_mb)
    return folders.read_folder(folders.open_archive(content), skill_codes(), slug="" if source == "-" else path.stem)


def _check_folder(path: Path, now: folders.Course) -> None:
    """A folder that is written into is new, empty, or an export without changes that nobody has imported."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not path.is_dir():
        raise Unusable(str(path), "is a file; a ZIP is called .zip")
    if not is_course(path):
        raise Unusable(str(path), "holds other things than a course: name a new or empty folder")
    try:
        folder = folders.read_folder(folders.open_directory(path), skill_codes(), slug=path.resolve().name)
    except (FolderRefused, FileUnreadable) as error:
        raise Unusable(str(path), f"holds a course that cannot be read, and is left as it is: {error}") from error
    if folder.course.slug != now.slug:
        raise Unusable(str(path), f"holds another course, {folder.course.slug!r}")
    changed = folders.changed_since_export(folder, now)
    if changed:
        raise Unusable(str(path), f"holds changes that were not imported, in {', '.join(changed[:3])}: import it first")


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one go: whoever reads it meanwhile has the old one or the new one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent or ".")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _report(brought: services.Brought, dry_run: bool) -> dict[str, Any]:
    merged = brought.merged
    return {
        "course": brought.course.slug,
        "state": merged.states["course"].value,
        "dry_run": dry_run,
        **{kind: _by_state(merged.of_kind(kind).items()) for kind in PARTS},
        "remarks": [_line(remark) for remark in brought.remarks],
        "refused": [],
    }


def _by_state(states: Iterable[tuple[str, State]]) -> dict[str, Any]:
    """Names by what became of them; of what is unchanged the number."""
    told: dict[str, Any] = {state.value: [] for state in State}
    for name, state in states:
        told[state.value].append(name)
    told[State.UNCHANGED.value] = len(told[State.UNCHANGED.value])
    return told


def _line(fault: Fault) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file": fault.file,
        "line": fault.line,
        "field": fault.field or None,
        "reason": fault.reason,
    }
    if fault.ours is not None:
        told |= {"folder": fault.ours, "course": fault.theirs}
    return told


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
