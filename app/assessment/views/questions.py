"""The question bank of an organisation: find, look at, write, revise, tag."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import organisation_for, roles
from app.assessment import queries
from app.assessment.forms import (
    FORMS,
    LANGUAGES,
    LEVELS,
    MarkedForm,
    TagForm,
    criteria_values,
    form_for,
    skill_choices,
)
from app.assessment.models import Question
from app.assessment.policies import AUTHORS
from app.assessment.queries import regrades as regrade_queries
from app.assessment.rules.content import QuestionKind
from app.assessment.rules.drawing import drawn
from app.assessment.rules.showing import right_answers
from app.assessment.rules.showing import show as shown_question
from app.assessment.services import questions, regrades, rubrics
from app.db import db
from app.errors import Refused
from app.i18n import language
from app.reference import queries as reference
from app.ui import progress

FILTERS = ("q", "skill", "level", "kind", "tag")
bp = Blueprint("questions", __name__, url_prefix="/organisations/<slug>/questions")


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str) -> str:
    """The bank, by words, skill and type."""
    organisation = organisation_for(slug, *AUTHORS)
    filters = bank_filters()
    page = db.paginate(queries.bank_of(organisation.id, **filters), per_page=25, max_per_page=25)
    return render_template(
        "assessment/questions/index.html",
        organisation=organisation,
        page=page,
        usage=queries.usage_of([question.id for question in page.items]),
        words=filters["words"],
        skill=filters["skill"] or "",
        level=str(filters["level"] or ""),
        tag=filters["tag"],
        narrowed={name: value for name, value in request.args.items() if name in FILTERS and value},
        tags=queries.tags_in(organisation.id),
        kind=filters["kind"] or "",
        kinds=list(QuestionKind),
        levels=LEVELS,
        skill_names=reference.skill_names(language()),
    )


@bp.route("/new/", methods=["GET", "POST"])
@roles(*AUTHORS)
def new(slug: str) -> Any:
    """Write a question of the type in the address."""
    organisation = organisation_for(slug, *AUTHORS)
    kind = request.args.get("kind", QuestionKind.SINGLE)
    if kind not in FORMS:
        abort(404)
    form = FORMS[QuestionKind(kind)]()
    _offer_skills(form)
    if "more" in request.form:
        form.more_rows()
    elif form.validate_on_submit():
        skill, level = form.tags
        try:
            version = questions.create_question(
                organisation.id,
                form.contents({}),
                name=form.name.data or "",
                skill_code=skill,
                level=level,
                tags=form.tag_words,
                created_by_id=current_user.id,
            )
            if isinstance(form, MarkedForm):
                rubrics.set_rubric(version.question, form.rubric(), current_user.id)
            db.session.commit()
            return redirect(url_for(".show", slug=slug, question_id=version.question_id), 303)
        except Refused as refusal:
            form.form_errors.append(refusal.sentence())
    return render_template(
        "assessment/questions/edit.html",
        organisation=organisation,
        form=form,
        kind=QuestionKind(kind),
        kinds=list(FORMS),
        question=None,
    )


@bp.route("/<int:question_id>/")
@roles(*AUTHORS)
def show(slug: str, question_id: int) -> Response:
    """A question as a candidate sees it, what is right, and how it has been used."""
    organisation = organisation_for(slug, *AUTHORS)
    question = question_for(organisation.id, question_id)
    versions = queries.versions_of(question.id)
    contents = versions[0].contents
    spoken = [language(), *(other for other in LANGUAGES if other != language())]
    regrading = regrade_queries.running_regrade(organisation.id, question.id)
    page = render_template(
        "assessment/questions/show.html",
        organisation=organisation,
        question=question,
        versions=versions,
        previews=[
            (code, shown_question(asked, None, seed=None, place=code), right_answers(asked))
            for code in spoken
            if code in contents
            # Where numbers are drawn, the author sees one draw.
            for asked in [drawn(contents[code], 0, "")]
        ],
        usage=queries.usage_of([question.id]).get(question.id),
        criteria=rubrics.rubric_of(question),
        outdated=regrades.outdated(question, versions[0]),
        regraded=regrade_queries.regrades_of(question.id),
        regrading=regrading,
        headline_small=True,
    )
    return progress.over(page, is_running=regrading is not None)


@bp.route("/<int:question_id>/edit/", methods=["GET", "POST"])
@roles(*AUTHORS)
def edit(slug: str, question_id: int) -> Any:
    """Revise: the new wording is a new version; quizzes keep theirs until their authors take it."""
    organisation = organisation_for(slug, *AUTHORS)
    question = question_for(organisation.id, question_id)
    old = queries.newest_version(question.id).contents
    form_class = form_for(old)
    tags = {"name": question.name, "skill": question.skill_code or "", "level": str(question.level or "")}
    tags["tag_line"] = ", ".join(question.tags)
    criteria = criteria_values(rubrics.rubric_of(question))
    values = {**form_class.values_of(old), "criteria": criteria, **tags} if form_class else {}
    form = form_class(data=values) if form_class else TagForm(data=tags)
    _offer_skills(form, question.skill_code)
    if "more" in request.form:
        form.more_rows()
    elif form.validate_on_submit():
        skill, level = form.tags
        try:
            contents = form.contents(old) if form_class else old
            questions.revise_question(
                question,
                contents,
                name=form.name.data or "",
                skill_code=skill,
                level=level,
                tags=form.tag_words,
                by_id=current_user.id,
            )
            if isinstance(form, MarkedForm):
                rubrics.set_rubric(question, form.rubric(), current_user.id)
            db.session.commit()
            return redirect(url_for(".show", slug=slug, question_id=question_id), 303)
        except Refused as refusal:
            form.form_errors.append(refusal.sentence())
    return render_template(
        "assessment/questions/edit.html",
        organisation=organisation,
        form=form,
        kind=question.kind,
        kinds=[],
        question=question,
    )


@bp.route("/tags/", methods=["POST"])
@roles(*AUTHORS)
def tag(slug: str) -> Response:
    """Say of the ticked questions which skill and level they test."""
    organisation = organisation_for(slug, *AUTHORS)
    ticked = [int(value) for value in request.form.getlist("question") if value.isdecimal() and len(value) < 10]
    skill, level = request.form.get("skill", ""), request.form.get("level", type=int)
    wanted = queries.questions_in(organisation.id, ticked)
    if wanted and level in LEVELS and skill in reference.skill_names("zh"):
        changed = questions.tag_questions(wanted, skill, level, current_user.id)
        db.session.commit()
        flash(ngettext("%(num)d question is tagged.", "%(num)d questions are tagged.", changed), "success")
    else:
        flash(_("Tick questions, and choose skill and level."), "warning")
    return redirect(url_for(".index", slug=slug, skill=request.args.get("skill") or None), 303)


def bank_filters() -> dict[str, Any]:
    """By what the address narrows the bank: words, skill, level, type and tag, as `queries.bank_of` takes them."""
    kind, level = request.args.get("kind", ""), request.args.get("level", "")
    return {
        "words": request.args.get("q", "").strip()[:100],
        "skill": request.args.get("skill", "")[:20] or None,
        "level": int(level) if level in map(str, LEVELS) else None,
        "tag": request.args.get("tag", "")[:100],
        "kind": QuestionKind(kind) if kind in list(QuestionKind) else None,
    }


def question_for(organisation_id: int, question_id: int) -> Question:
    """A question of the organisation's bank; else 404."""
    return queries.question_in(organisation_id, question_id) or abort(404)


def _offer_skills(form: TagForm, kept: str | None = None) -> None:
    form.skill.choices = skill_choices(reference.skill_names(language()), kept)
