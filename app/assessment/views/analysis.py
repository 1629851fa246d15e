"""For authors: what answers say about questions, and which skills and levels the bank covers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from app.accounts.guards import organisation_for, roles
from app.accounts.models import Organisation
from app.assessment import queries
from app.assessment.forms import LEVELS
from app.assessment.models import QuestionVersion, Quiz
from app.assessment.policies import AUTHORS
from app.assessment.queries import analysis as analysis_queries
from app.assessment.rules.content import Content, Format, Hotspot, Multiple, Single
from app.assessment.rules.item_analysis import (
    FEWEST_ATTEMPTS,
    FEWEST_CHOOSERS,
    SATISFACTORY,
    UNSATISFACTORY,
    WEAK_BELOW,
    OptionUse,
)
from app.assessment.services import analysis
from app.assessment.services.analysis import ItemAnalysis, QuizAnalysis
from app.assessment.views.questions import question_for
from app.assessment.words import kind_word
from app.cli import table
from app.clock import today
from app.db import paged
from app.i18n import language
from app.reference import queries as reference
from app.reference.models import Skill
from app.ui.charts import scatter
from app.ui.filters import words

bp = Blueprint("analysis", __name__, url_prefix="/organisations/<slug>")
QUIZ_COLUMNS = (
    "place", "question", "name", "version", "type", "skill", "level", "points", "n", "facility", "sd",
    "discrimination", "low", "high", "upper_less_lower", "flags",
    "elsewhere_n", "elsewhere_correlation", "elsewhere_low", "elsewhere_high",
)  # fmt: skip


@dataclass(frozen=True)
class OptionRow:
    """An option with its words and how it was used."""

    text: str
    format: Format
    use: OptionUse


@dataclass(frozen=True)
class CoverageRow:
    """A skill and how many questions test it, level by level and at no level."""

    skill: Skill
    counts: tuple[int, ...]
    without_level: int


@bp.route("/questions/quizzes/")
@roles(*AUTHORS)
def index(slug: str) -> str:
    """The quizzes of the organisation, those of the past too, and how many took each."""
    organisation = organisation_for(slug, *AUTHORS)
    page = paged(analysis_queries.quiz_uses_in(organisation.id), 25)
    return render_template(
        "assessment/analysis/index.html", organisation=organisation, page=page, fewest=FEWEST_ATTEMPTS
    )


@bp.route("/questions/quizzes/<int:quiz_id>/analysis/")
@roles(*AUTHORS)
def quiz(slug: str, quiz_id: int) -> str:
    """How the questions of one quiz work, those that may be broken first."""
    organisation = organisation_for(slug, *AUTHORS)
    asked = _quiz_for(organisation, quiz_id)
    found = analysis.of_quiz(asked, today())
    return render_template(
        "assessment/analysis/quiz.html",
        organisation=organisation,
        quiz=asked,
        analysis=found,
        broken=sum(one.needs_a_look for one in found.suspects),
        chart=_chart(found),
        options={one.item.id: _options(one.item.version, one.statistics.options) for one in found.suspects},
        fewest=FEWEST_ATTEMPTS,
        satisfactory=SATISFACTORY,
        unsatisfactory=UNSATISFACTORY,
    )


@bp.route("/questions/quizzes/<int:quiz_id>/analysis/download/")
@roles(*AUTHORS)
def quiz_download(slug: str, quiz_id: int) -> Response:
    """The same as CSV, one row a question; figures of fewer than five people are left empty."""
    organisation = organisation_for(slug, *AUTHORS)
    asked = _quiz_for(organisation, quiz_id)
    found = analysis.of_quiz(asked, today())
    return _csv(QUIZ_COLUMNS, (_quiz_row(one, found.is_told) for one in found.items), f"quiz-{quiz_id}-analysis.csv")


@bp.route("/questions/<int:question_id>/analysis/")
@roles(*AUTHORS)
def question(slug: str, question_id: int) -> str:
    """How one question works, version by version and quiz by quiz; `?version=` chooses whose options are shown."""
    organisation = organisation_for(slug, *AUTHORS)
    asked = question_for(organisation.id, question_id)
    found = analysis.of_question(asked, queries.versions_of(asked.id), today())
    told = [one for one in found.versions if one.is_told]
    number = request.args.get("version", type=int)
    shown = next((one for one in found.versions if one.version.number == number), None)
    shown = shown or (told[0] if told else found.versions[0])
    return render_template(
        "assessment/analysis/question.html",
        organisation=organisation,
        question=asked,
        analysis=found,
        shown=shown,
        options=_options(shown.version, shown.statistics.options),
        content=shown.version.content_in(language()),
        fewest=FEWEST_ATTEMPTS,
        fewest_choosers=FEWEST_CHOOSERS,
    )


@bp.route("/questions/coverage/")
@roles(*AUTHORS)
def coverage(slug: str) -> str:
    """How many questions of the bank test each skill at each level."""
    organisation = organisation_for(slug, *AUTHORS)
    counts = analysis_queries.coverage_of(organisation.id)
    rows = _coverage(counts)
    families: dict[str, list[CoverageRow]] = {}
    for row in rows:
        families.setdefault(row.skill.family, []).append(row)
    return render_template(
        "assessment/analysis/coverage.html",
        organisation=organisation,
        families=list(families.values()),
        skills=len(rows),
        untested=sum(not any(row.counts) for row in rows),
        cells=sum(count > 0 for row in rows for count in row.counts),
        usable=sum(sum(row.counts) for row in rows),
        unusable=sum(count for (skill, level), count in counts.items() if skill is None or level is None),
        levels=LEVELS,
    )


@bp.route("/questions/coverage/download/")
@roles(*AUTHORS)
def coverage_download(slug: str) -> Response:
    """The same as CSV, one row a skill."""
    organisation = organisation_for(slug, *AUTHORS)
    rows = _coverage(analysis_queries.coverage_of(organisation.id))
    header = ("family", "skill", "name", *(f"level_{level}" for level in LEVELS), "no_level")
    lines = (
        (row.skill.family, row.skill.code, words(row.skill, "name"), *row.counts, row.without_level) for row in rows
    )
    return _csv(header, lines, f"{slug}-coverage.csv")


def _quiz_for(organisation: Organisation, quiz_id: int) -> Quiz:
    found = queries.quiz_by_id(quiz_id)
    if found is None or found.organisation_id != organisation.id:
        abort(404)
    return found


def _coverage(counts: dict[tuple[str | None, int | None], int]) -> list[CoverageRow]:
    """All skills in use, and retired ones that questions still test, by family and code."""
    tested = {code for code, _level in counts}
    skills = [one for one in reference.skills_by_code().values() if one.is_current or one.code in tested]
    return [
        CoverageRow(
            skill,
            tuple(counts.get((skill.code, level), 0) for level in LEVELS),
            counts.get((skill.code, None), 0),
        )
        for skill in sorted(skills, key=lambda one: one.code)
    ]


def _chart(found: QuizAnalysis) -> dict[str, Any] | None:
    """Facility across, discrimination upwards, of the items that have both."""
    rows = [
        {
            "label": f"{one.item.position}. {one.item.version.question.name}",
            "sign": str(one.item.position),
            "x": one.statistics.facility,
            "y": one.statistics.discrimination.value,
            "low": one.statistics.discrimination.low,
            "high": one.statistics.discrimination.high,
            "call": "shortage" if one.needs_a_look else "surplus" if one.statistics.is_judged else "unsure",
        }
        for one in found.items
        if found.is_told and one.is_told and one.statistics.discrimination
    ]
    if not rows:
        return None
    called = {"shortage": _("Needs a look"), "surplus": _("Works"), "unsure": _("Too few to judge")}
    return scatter(rows, _("Facility: mean share of points"), _("Discrimination"), called, line=WEAK_BELOW)


def _options(version: QuestionVersion, uses: Iterable[OptionUse]) -> list[OptionRow]:
    """The options in words, as they stand in the question."""
    content = version.content_in(language())
    texts = _texts(content)
    return [OptionRow(*texts.get(use.key, (use.key, Format.PLAIN)), use) for use in uses]


def _texts(content: Content) -> dict[str, tuple[str, Format]]:
    match content:
        case Single(options=options) | Multiple(options=options):
            return {option.key: (option.text, option.format or content.format) for option in options}
        case Hotspot(areas=areas):
            return {area.key: (area.text or area.key, Format.PLAIN) for area in areas}
        case _:
            return {"true": (_("True"), Format.PLAIN), "false": (_("False"), Format.PLAIN)}


def _quiz_row(one: ItemAnalysis, is_told: bool) -> tuple[object, ...]:
    version, said = one.item.version, one.statistics
    told = is_told and one.is_told
    pair, foreseen = said.discrimination, one.prediction
    other = foreseen.correlation if foreseen else None
    return (
        one.item.position,
        version.question_id,
        _harmless(version.question.name),
        version.number,
        kind_word(version.question.kind),
        version.skill_code,
        version.level,
        f"{one.item.points.normalize():f}",
        said.n,
        *(_rounded(value) if told else None for value in (said.facility, said.sd)),
        *(_rounded(value) if told and pair else None for value in _ends(pair)),
        _rounded(said.kelley) if told else None,
        " ".join(flag.name.lower().replace("_", "-") for flag in said.flags) if told else None,
        foreseen.n if foreseen and told else None,
        *(_rounded(value) if told and other else None for value in _ends(other)),
    )


def _ends(found: Any) -> tuple[float | None, float | None, float | None]:
    return (found.value, found.low, found.high) if found else (None, None, None)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _harmless(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]], name: str) -> Response:
    response = Response("\ufeff" + table(header, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
