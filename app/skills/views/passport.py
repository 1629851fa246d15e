"""The skill passport: what a person has shown, and each level down to its rows."""

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts import queries as people
from app.accounts.guards import authorize, organisation_for, roles
from app.accounts.models import Organisation, Person, Role
from app.clock import today
from app.reference import queries as reference
from app.registry import EvidenceLink, registry
from app.skills import policies, queries, reading
from app.skills.models import AssessorKind, SourceKind
from app.skills.reading import Reading, RowReading
from app.skills.rules import levels
from app.ui.filters import page_url, percent

bp = Blueprint("passport", __name__)
ROWS_AT_ONCE = 25


@bp.route("/passport/")
@roles(Role.STUDENT)
def show() -> Any:
    """The student's own passport."""
    return _passport(current_user, None)


@bp.route("/passport/<code>/")
@roles(Role.STUDENT)
def skill(code: str) -> Any:
    """One skill of the student's own, down to its rows."""
    return _skill(current_user, code, None)


@bp.route("/organisations/<slug>/people/<int:person_id>/passport/")
@roles(Role.COORDINATOR)
def of_student(slug: str, person_id: int) -> Any:
    """The passport of a student of the coordinator's university."""
    return _passport(*_student(slug, person_id))


@bp.route("/organisations/<slug>/people/<int:person_id>/passport/<code>/")
@roles(Role.COORDINATOR)
def skill_of_student(slug: str, person_id: int, code: str) -> Any:
    """One skill of a student of the coordinator's university."""
    student, university = _student(slug, person_id)
    return _skill(student, code, university)


def _student(slug: str, person_id: int) -> tuple[Person, Organisation]:
    university = organisation_for(slug, Role.COORDINATOR)
    student = people.member(university, person_id, Role.STUDENT) or abort(404)
    authorize(policies.may_see_passport, student, university)
    return student, university


def _passport(student: Person, university: Organisation | None) -> str:
    found = queries.passport_with_skills(student.id)
    lines = [(estimate, skill, reading.likely_level(estimate.mean)) for estimate, skill in found]
    families = [list(part) for _family, part in groupby(lines, key=lambda line: line[1].family)]
    return render_template(
        "skills/passport/show.html",
        student=student,
        university=university,
        families=[(family[0][1], family) for family in families],
        shown=sum(estimate.shown > 0 for estimate, _skill in found),
        strong=sum(estimate.shown >= 3 for estimate, _skill in found),
        rows=sum(estimate.rows for estimate, _skill in found),
        as_of=min((estimate.as_of for estimate, _skill in found), default=today()),
    )


def _skill(student: Person, code: str, university: Organisation | None) -> str:
    rows = queries.rows_of(student.id, code)
    skill = rows[0].skill if rows else reference.skills_by_code({code}).get(code)
    if skill is None:
        abort(404)
    as_of = today()
    found = reading.read(rows, as_of)
    # All rows make the level; a page of them is written out.
    number = max(request.args.get("page", 1, type=int), 1)
    lines = found.rows[(number - 1) * ROWS_AT_ONCE : number * ROWS_AT_ONCE]
    if number > 1 and not lines:
        abort(404)
    pages = {
        "prev_url": page_url(number - 1) if number > 1 else None,
        "next_url": page_url(number + 1) if number * ROWS_AT_ONCE < len(rows) else None,
    }
    recorders = {line.row.recorded_by_id for line in lines if line.row.recorded_by_id is not None}
    return render_template(
        "skills/passport/skill.html",
        student=student,
        university=university,
        skill=skill,
        reading=found,
        likely=found.likely if found.rows else 0,
        reasons=reasons_of(found),
        lines=lines,
        pages=pages,
        links=_links(lines),
        organisations=people.organisations_by_id({line.row.organisation_id for line in lines}) if lines else {},
        names=people.names_of(recorders) if recorders else {},
        as_of=as_of,
        kinds=assessor_words(),
        sources=source_words(),
        weights=levels.KIND_WEIGHTS,
        law=levels,
    )


def _links(lines: list[RowReading]) -> dict[int, EvidenceLink]:
    """Where each row came from, by the id of the row; one call for each kind of source."""
    links: dict[int, EvidenceLink] = {}
    offered = registry().evidence_links
    for kind in sorted({line.row.source_kind for line in lines}):
        rows = [line.row for line in lines if line.row.source_kind == kind]
        if kind in offered:
            by_source = offered[kind](current_user, sorted({row.source_id for row in rows}))
            links.update((row.id, by_source[row.source_id]) for row in rows if row.source_id in by_source)
    return links


def assessor_words() -> dict[AssessorKind, str]:
    """Who says so, in the reader's language."""
    return {
        AssessorKind.ATTENDED: _("attendance"),
        AssessorKind.SELF_STATED: _("own statement"),
        AssessorKind.MACHINE: _("marked by machine"),
        AssessorKind.PEER: _("marked by peers"),
        AssessorKind.TEACHER: _("marked by a teacher"),
        AssessorKind.JUDGE: _("marked by judges"),
        AssessorKind.EMPLOYER: _("rated at work"),
    }


def source_words() -> dict[SourceKind, str]:
    """What a row is, in the reader's language, where its feature gives no title."""
    return {
        SourceKind.QUIZ_ITEM: _("Answer in a quiz"),
        SourceKind.ASSIGNMENT_ROW: _("Line of an assignment’s rubric"),
        SourceKind.COMPETITION_CRITERION: _("Criterion of a competition"),
        SourceKind.INTERNSHIP_RATING: _("Rating in an internship"),
    }


def chance_of(probability: float) -> str:
    """A probability in words; what is not certain is never written as 100 %."""
    return percent(min(probability, 0.99))


def reasons_of(found: Reading) -> list[str]:
    """The plain sentences beside a level: what is shown, on what it stands, what is missing for the next one."""
    why = found.why
    chance = chance_of(why.probability)
    if why.standing is levels.Standing.NO_EVIDENCE:
        return [_("There is no evidence that counts yet.")]
    if why.standing is levels.Standing.NOT_YET_SHOWN:
        said = [_("Level 1 is %(chance)s likely; it is shown from 80%%.", chance=chance)]
    elif why.standing is levels.Standing.HIGHEST:
        said = [_("Level 4, the highest, is %(chance)s likely.", chance=chance)]
    else:
        after = chance_of(why.next_probability or 0)
        said = [
            _(
                "Level %(level)s is %(chance)s likely; level %(next)s is %(after)s likely and shown from 80%%.",
                level=why.level,
                chance=chance,
                next=why.next_level,
                after=after,
            )
        ]
    if why.heaviest_kind is not None:
        said.append(
            _(
                "Of %(rows)s rows that count, those %(kind)s carry most: %(share)s of the weight.",
                rows=sum(why.counts.values()),
                kind=assessor_words()[why.heaviest_kind],
                share=percent(why.heaviest_share),
            )
        )
    if why.is_old:
        said.append(_("Even the newest row is three years old and has lost half its weight. New evidence would help."))
    return said
