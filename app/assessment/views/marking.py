"""Marking by people: what waits, the answers to one question, one answer by its number, a second look."""

from pathlib import PurePath
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app import files
from app.accounts.guards import authorize, me, organisation_for, roles
from app.accounts.models import Organisation
from app.assessment import contexts
from app.assessment.forms.marking import ManyForm, answer_form, marks_in, values_of
from app.assessment.models import Answer, QuizItem, Rubric
from app.assessment.policies import AUTHORS, may_mark
from app.assessment.queries import marking as queries
from app.assessment.rules.content import Essay, FileUpload
from app.assessment.rules.showing import show as shown_question
from app.assessment.services import answer_files
from app.assessment.services import handmarks as services
from app.assessment.services.handmarks import Sheet
from app.clock import microseconds, moment_of, received, revision
from app.db import db, paged
from app.errors import Refused, wants_json
from app.i18n import language
from app.reference import queries as reference
from app.ui.filters import moment_iso, moment_text

bp = Blueprint("marking", __name__, url_prefix="/organisations/<slug>/marking")
ITEM = "/items/<int:item_id>"
ANSWER = f"{ITEM}/answers/<int:number>"
ROWS = 50


class MarkUnreadable(Refused):
    """A mark that is no number, or not between 0 and the most; the sentence says which."""


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str) -> str:
    """The questions whose answers wait, by quiz."""
    organisation = organisation_for(slug, *AUTHORS)
    found = queries.items_to_mark(me(), contexts.marked_by(me(), organisation.id))
    by_quiz: dict[int, list[queries.ItemToMark]] = {}
    for item in found:
        by_quiz.setdefault(item.quiz_id, []).append(item)
    return render_template(
        "assessment/marking/index.html",
        organisation=organisation,
        quizzes=list(by_quiz.values()),
        to_mark=sum(item.to_mark for item in found),
        differing=sum(item.differing for item in found),
    )


@bp.route(f"{ITEM}/")
@roles(*AUTHORS)
def item(slug: str, item_id: int) -> str:
    """The answers to one question by number, each with its state; ticked ones can be given one mark."""
    organisation, item = item_for(slug, item_id)
    return answers_page(organisation, item, ManyForm(formdata=None))


@bp.route(f"{ITEM}/marks/", methods=["POST"])
@roles(*AUTHORS)
def mark_many(slug: str, item_id: int) -> Any:
    """Give the ticked answers one finished mark."""
    organisation, item = item_for(slug, item_id)
    form = ManyForm()
    ticked = set(request.form.getlist("number"))
    if not form.validate():
        return answers_page(organisation, item, form, ticked), 422
    wanted = [
        sheet.answer.id for sheet in services.sheets_of(item, me(), organisation.id) if str(sheet.number) in ticked
    ]
    if not wanted:
        flash(_("Tick the answers that get this mark."), "warning")
        return redirect(url_for(".item", slug=slug, item_id=item_id), 303)
    comment = (form.comment.data or "").strip()
    marked = services.finish_many(item, wanted, me(), form.mark.data, comment, received())
    db.session.commit()
    flash(ngettext("One answer has this mark.", "%(num)d answers have this mark.", marked), "success")
    return redirect(url_for(".item", slug=slug, item_id=item_id), 303)


@bp.route(f"{ANSWER}/")
@roles(*AUTHORS)
def show(slug: str, item_id: int, number: int) -> str:
    """One answer with the question, the guide and the marks to give; perhaps another answer beside it."""
    organisation, item, sheet, sheets = sheet_for(slug, item_id, number)
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)(formdata=None, data=values_of(services.entered(sheet.mine, item), rows))
    return answer_page(organisation, item, sheet, sheets, rubric, form)


@bp.route(f"{ANSWER}/marks/", methods=["POST"])
@roles(*AUTHORS)
def save(slug: str, item_id: int, number: int) -> Any:
    """Save what is there: with script a receipt as JSON."""
    organisation, item, sheet, sheets = sheet_for(slug, item_id, number)
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)()
    if not form.validate():
        if wants_json():
            raise MarkUnreadable(first_error(form))
        return answer_page(organisation, item, sheet, sheets, rubric, form), 422
    now = moment_of(revision())
    services.give(sheet.answer.id, me(), rubric, marks_in(form, rows), now)
    db.session.commit()
    if wants_json():
        return jsonify(saved_at=moment_iso(now), receipt=_("Saved %(time)s", time=moment_text(now, "clock")))
    flash(_("Saved %(time)s", time=moment_text(now, "clock")), "success")
    return redirect(url_for(".show", slug=slug, item_id=item_id, number=number), 303)


@bp.route(f"{ANSWER}/finish/", methods=["POST"])
@roles(*AUTHORS)
def finish(slug: str, item_id: int, number: int) -> Any:
    """Save and let the mark count; the next answer follows."""
    organisation, item, sheet, sheets = sheet_for(slug, item_id, number)
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)()
    if not form.validate():
        return answer_page(organisation, item, sheet, sheets, rubric, form), 422
    now, answer_id = received(), sheet.answer.id
    following = services.next_to_mark(sheets, number)
    after = None if following is None else following.number
    if sheet.mine is None or not sheet.mine.is_final:
        services.give(answer_id, me(), rubric, marks_in(form, rows), now)
        db.session.commit()  # what was given stays given, though it may be too little to finish
        services.finish(answer_id, me(), now)
        db.session.commit()
    flash(_("Answer %(number)s is finished.", number=number), "success")
    if after is None:
        return redirect(url_for(".item", slug=slug, item_id=item_id), 303)
    return redirect(url_for(".show", slug=slug, item_id=item_id, number=after), 303)


@bp.route(f"{ANSWER}/finish/deletion/", methods=["POST"])
@roles(*AUTHORS)
def take_back(slug: str, item_id: int, number: int) -> Response:
    """Open one's finished mark again."""
    _organisation, _item, sheet, _sheets = sheet_for(slug, item_id, number)
    services.take_back(sheet.answer.id, me())
    db.session.commit()
    return redirect(url_for(".show", slug=slug, item_id=item_id, number=number), 303)


@bp.route(f"{ANSWER}/settlement/", methods=["GET", "POST"])
@roles(*AUTHORS)
def settle(slug: str, item_id: int, number: int) -> Any:
    """A second look: all marks side by side, and the one that then counts alone."""
    organisation, item, sheet, sheets = sheet_for(slug, item_id, number)
    if not sheet.may_settle:
        abort(404)
    rubric = rubric_of(item)
    rows = rubric.rows if rubric else []
    form = answer_form(item, rows)()
    if form.validate_on_submit():
        services.settle(sheet.answer.id, me(), rubric, marks_in(form, rows), received())
        db.session.commit()
        flash(_("Answer %(number)s is settled.", number=number), "success")
        return redirect(url_for(".item", slug=slug, item_id=item_id), 303)
    return render_template(
        "assessment/marking/settle.html",
        marks=[(mark, services.rows_of(mark)) for mark in sheet.marks if mark.is_final],
        **around(organisation, item, sheet, sheets, rubric, form),
    ), 422 if form.errors else 200


@bp.route(f"{ANSWER}/files/<int:file_id>/")
@roles(*AUTHORS)
def download(slug: str, item_id: int, number: int, file_id: int) -> Response:
    """A file of an answer, under a name that does not tell whose it is."""
    _organisation, _item, sheet, _sheets = sheet_for(slug, item_id, number)
    return nameless_file(sheet.answer, number, file_id)


# What the views above have in common


def nameless_file(answer: Answer, number: int, file_id: int) -> Response:
    """A file of `answer` to take away, named after the answer's number; 404 where the answer does not hold it."""
    given = answer.given.get("answer")
    stored = answer_files.file_of(given, file_id) or abort(404)
    place = [one["id"] for one in answer_files.files_in(given)].index(file_id) + 1
    response = files.download(stored)
    name = f"answer-{number}-{place}{PurePath(stored.name).suffix.lower()}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def item_for(slug: str, item_id: int) -> tuple[Organisation, QuizItem]:
    """An item of a quiz whose answers the signed-in person marks at the organisation; else 404."""
    organisation = organisation_for(slug, *AUTHORS)
    found = queries.item_to_mark(item_id) or abort(404)
    authorize(may_mark, found.quiz, contexts.context_of(found.quiz), organisation.id)
    return organisation, found


def sheet_for(slug: str, item_id: int, number: int) -> tuple[Organisation, QuizItem, Sheet, list[Sheet]]:
    """One answer by its number, among all to its item; one's own answers are not there."""
    organisation, item = item_for(slug, item_id)
    sheets = services.sheets_of(item, me(), organisation.id)
    return organisation, item, sheet_numbered(sheets, number) or abort(404), sheets


def sheet_numbered(sheets: list[Sheet], number: int | None) -> Sheet | None:
    """The answer with a number."""
    return next((sheet for sheet in sheets if sheet.number == number), None)


def rubric_of(item: QuizItem) -> Rubric | None:
    """The rubric by which a question is marked now."""
    rubric_id = item.version.question.rubric_id
    return None if rubric_id is None else queries.rubric_by_id(rubric_id)


def answers_page(organisation: Organisation, item: QuizItem, form: ManyForm, ticked: Any = ()) -> str:
    """The list of an item's answers: those that wait for the marker first."""
    sheets = services.sheets_of(item, me(), organisation.id)
    following = services.next_to_mark(sheets)
    order = list(services.SheetState)
    page = paged(sorted(sheets, key=lambda sheet: (order.index(sheet.state), sheet.number)), ROWS)
    return render_template(
        "assessment/marking/item.html",
        organisation=organisation,
        item=item,
        page=page,
        to_mark=sum(sheet.waits_for_me for sheet in sheets),
        differing=sum(sheet.state is services.SheetState.DIFFERING for sheet in sheets),
        following=following,
        form=form,
        most=services.most_of(item),
        ticked=ticked,
        open_marks=[
            (sheet.number, microseconds(sheet.mine.saved_at) if sheet.mine else 0)
            for sheet in page.items
            if sheet.may_mark
        ],
        closed_marks=[(sheet.number, 0) for sheet in page.items if not sheet.may_mark],
    )


def answer_page(
    organisation: Organisation,
    item: QuizItem,
    sheet: Sheet,
    sheets: list[Sheet],
    rubric: Rubric | None,
    form: FlaskForm,
) -> str:
    """The page on which one answer is marked."""
    beside = sheet_numbered(sheets, request.args.get("beside", type=int))
    numbers = [each.number for each in sheets]
    here = numbers.index(sheet.number)
    following = services.next_to_mark(sheets, sheet.number)
    saved_at = sheet.mine.saved_at if sheet.mine else None
    return render_template(
        "assessment/marking/show.html",
        beside=None if beside is sheet else beside,
        is_asked_beside="beside" in request.args,
        before=numbers[here - 1] if here else None,
        after=numbers[here + 1] if here + 1 < len(numbers) else None,
        following=following,
        left=sum(each.waits_for_me for each in sheets if each is not sheet),
        hints=services.hints_for(sheet, item, sheets),
        saved_at=saved_at,
        revision=microseconds(saved_at) if saved_at else 0,
        mine=services.entered(sheet.mine, item),
        now=received(),
        **around(organisation, item, sheet, sheets, rubric, form),
    )


def around(
    organisation: Organisation,
    item: QuizItem,
    sheet: Sheet,
    sheets: list[Sheet],
    rubric: Rubric | None,
    form: FlaskForm,
) -> dict[str, Any]:
    """What the pages of one answer show of the question, the answer and the marks to give."""
    content = item.version.content_in(language())
    skill_code = item.version.skill_code
    return {
        "organisation": organisation,
        "item": item,
        "sheet": sheet,
        "sheets": sheets,
        "rubric": rubric,
        "form": form,
        "shown": shown_question(content, None, seed=None, place=str(item.id)),
        "guide": content.guide if isinstance(content, Essay | FileUpload) else "",
        "content": content,
        "skill": reference.skills_by_code({skill_code}).get(skill_code) if skill_code else None,
        "most": services.most_of(item),
    }


def first_error(form: FlaskForm) -> str:
    """The first thing that is wrong, with the field that it is about."""
    for field in form:
        if field.errors:
            return f"{field.label.text}: {field.errors[0]}"
    return _("This form was open too long or in another session. Please send it again.")
