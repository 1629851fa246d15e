"""Postings: the public list and page, and the enterprise's own work list."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, organisation_for, public, roles
from app.accounts.models import Role
from app.accounts.queries import profile_of
from app.clock import received, today
from app.db import db, paged, pages_of
from app.errors import Refused
from app.i18n import language
from app.reference import queries as reference
from internships import feeds, fits, policies, queries
from internships.filters import PAY_STEPS, Filters, language_names
from internships.forms.applications import ApplicationForm
from internships.forms.postings import (
    ALLOWANCES,
    CheckForm,
    ClosureForm,
    PostingForm,
    filled,
    moved,
)
from internships.models import Posting, PostingStatus
from internships.queries import records
from internships.services import applications as applying
from internships.services import postings as services
from internships.structured import job_posting

bp = Blueprint("postings", __name__)
PER_PAGE = 10
FEED_LENGTH = 50


@bp.route("/postings/")
@public
def index() -> str:
    """Open internships for everybody; a student sees beside each what it asks and what they have shown."""
    wanted = Filters.of(request.args)
    is_student = policies.may_apply(current_user)
    by_fit = is_student and request.args.get("sort") == "fit"
    query = wanted.select(today(), checking_universities())
    page: Pagination
    if by_fit:
        page = paged(fits.ranked(current_user, [tuple(row) for row in queries.needs_of_all(query)]), PER_PAGE)
        found = queries.lines_by_id(page.items)
    else:
        page = pages_of(queries.lines_of(query), PER_PAGE)
        found = queries.with_needs(page.items)
    beside = fits.sides(current_user, found) if is_student else []
    regions, clusters = reference.place_names(language())
    return render_template(
        "internships/postings/index.html",
        page=page,
        postings=found,
        sides={side.posting.id: side for side in beside},
        is_student=is_student,
        by_fit=by_fit,
        pay_steps=PAY_STEPS,
        regions=regions,
        cluster_options=[(code, name) for code, (name, _home) in clusters.items()],
        language_options=language_names(language()).items(),
        names=reference.skill_names(language()),
        wanted=wanted,
        feed_url=wanted.feed_url,
    )


def checking_universities() -> Sequence[int]:
    """The reader's universities that let their students see only what they have checked."""
    if not policies.may_apply(current_user):
        return ()
    return queries.universities_that_check(queries.studies_at(current_user))


@bp.route("/postings.atom")
@public
def feed() -> Response:
    """The newest postings as an Atom feed, of all or of a filter."""
    wanted = Filters.of(request.args)
    newest = queries.newest_of(wanted.select(today()), FEED_LENGTH)
    return Response(feeds.atom(newest, wanted, request.url, received()), mimetype="application/atom+xml")


@bp.route("/postings/<int:posting_id>/")
@public
def show(posting_id: int) -> Any:
    """One internship; for a student also the fit, what is missing, and the way to apply."""
    posting = queries.posting_by_id(posting_id)
    if posting is None:
        abort(404)
    authorize(policies.may_see_posting, posting)
    is_student = policies.may_apply(current_user)
    may_edit = current_user.is_authenticated and policies.may_edit_posting(current_user, posting)
    profile = profile_of(current_user) if is_student else None
    placed = queries.placements_of(current_user) if is_student else []
    match_round = queries.rounds_of_postings([posting.id]).get(posting.id)
    checks = queries.last_checks(posting.id)
    universities = set(checking_universities())
    return render_template(
        "internships/postings/show.html",
        posting=posting,
        side=fits.side_with_sources(current_user, posting) if is_student else None,
        reasons=applying.reasons_against(profile, posting, today(), placed) if is_student else [],
        application=queries.application_of(current_user, posting) if is_student else None,
        match_round=match_round,
        is_closing=match_round is not None and match_round.is_closed(received()),
        form=ApplicationForm(),
        may_edit=may_edit,
        checker=policies.checker_of(current_user, posting) if posting.status is PostingStatus.CHECKING else None,
        check_form=CheckForm() if posting.status is PostingStatus.CHECKING else None,
        closure=ClosureForm() if may_edit else None,
        checks=checks,
        own_checks=[one for one in checks if one.organisation_id in universities],
        waits_for=universities and not any(one.organisation_id in universities for one in checks),
        like=services.like(posting, today()) if may_edit and posting.may_be_handed_in else [],
        record=records.record_of(posting.organisation_id),
        spoken=[name for code, name in language_names(language()).items() if code in posting.languages],
        allowance_names=ALLOWANCES,
        names=reference.skill_names(language()),
        data=job_posting(posting) if posting.is_public else None,
    )


@bp.route("/organisations/<slug>/postings/")
@roles(Role.RECRUITER)
def work(slug: str) -> str:
    """An enterprise's own postings, newest first."""
    organisation = organisation_for(slug, Role.RECRUITER)
    status = request.args.get("status", "")
    chosen = PostingStatus(status) if status in list(PostingStatus) else None
    page = db.paginate(queries.postings_of(organisation, chosen), per_page=25, max_per_page=25, error_out=False)
    return render_template(
        "internships/postings/work.html",
        organisation=organisation,
        page=page,
        waiting=queries.applications_per_posting(page.items),
        status=status,
    )


@bp.route("/organisations/<slug>/postings/new/", methods=["GET", "POST"])
@roles(Role.RECRUITER)
def new(slug: str) -> Any:
    """Write a posting; it stays a draft until it is published."""
    organisation = organisation_for(slug, Role.RECRUITER)
    template = queries.posting_by_id(request.args.get("from", 0, type=int))
    if template is not None and template.organisation_id == organisation.id:
        form = PostingForm(data=moved(filled(template), today()))
    else:
        city = {"city_zh": organisation.city_zh, "city_en": organisation.city_en, "opens_on": today()}
        place = {"region_code": organisation.region_code or "", "cluster_code": organisation.cluster_code or ""}
        form = PostingForm(data=city | place)
    _offer(form)
    if form.validate_on_submit():
        try:
            posting = services.create(
                organisation, form.values(), form.asked(), by=current_user.id, now=received(), given=form.given()
            )
        except Refused as refusal:  # raised before anything was changed
            form.form_errors.append(refusal.sentence())
        else:
            db.session.commit()
            flash(_("The draft is kept. Read it once more, then publish it."), "success")
            return redirect(url_for(".show", posting_id=posting.id), 303)
    return render_template(
        "internships/postings/edit.html", form=form, organisation=organisation, posting=None, allowance_names=ALLOWANCES
    )


@bp.route("/postings/<int:posting_id>/edit/", methods=["GET", "POST"])
@roles(Role.RECRUITER)
def edit(posting_id: int) -> Any:
    """Change a posting that is not closed."""
    posting = _own(posting_id)
    form = PostingForm(data=filled(posting))
    _offer(form)
    if form.validate_on_submit():
        try:
            services.revise(
                posting, form.values(), form.asked(), by=current_user.id, now=received(), given=form.given()
            )
        except Refused as refusal:  # raised before anything was changed
            form.form_errors.append(refusal.sentence())
        else:
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(url_for(".show", posting_id=posting.id), 303)
    return render_template(
        "internships/postings/edit.html",
        form=form,
        organisation=posting.organisation,
        posting=posting,
        allowance_names=ALLOWANCES,
    )


@bp.route("/postings/<int:posting_id>/publication/", methods=["POST"])
@roles(Role.RECRUITER)
def publish(posting_id: int) -> Response:
    """Let the world see it, or somebody check it first."""
    posting = _own(posting_id)
    confirmed = request.form.get("confirmed") == "1"
    services.hand_in(posting, by=current_user.id, now=received(), today=today(), confirmed=confirmed)
    db.session.commit()
    if posting.status is PostingStatus.CHECKING:
        flash(_("Handed in. It is published as soon as somebody has checked it."), "success")
    else:
        flash(_("Published. Students can find it and apply."), "success")
    return redirect(url_for(".show", posting_id=posting.id), 303)


@bp.route("/postings/<int:posting_id>/publication/deletion/", methods=["POST"])
@roles(Role.RECRUITER)
def take_back(posting_id: int) -> Response:
    """Take back a posting that waits for its check."""
    posting = _own(posting_id)
    services.take_back(posting, by=current_user.id)
    db.session.commit()
    flash(_("It is a draft again."), "success")
    return redirect(url_for(".show", posting_id=posting.id), 303)


@bp.route("/postings/<int:posting_id>/closure/", methods=["POST"])
@roles(Role.RECRUITER)
def close(posting_id: int) -> Response:
    """Take no more applications."""
    posting = _own(posting_id)
    form = ClosureForm()
    reason = (form.reason.data or "").strip() if form.validate_on_submit() else ""
    services.close(posting, by=current_user.id, today=today(), reason=reason)
    db.session.commit()
    flash(_("Closed. Applications that are open can still be decided."), "success")
    return redirect(url_for(".show", posting_id=posting.id), 303)


def _own(posting_id: int) -> Posting:
    posting = queries.posting_by_id(posting_id)
    if posting is None:
        abort(404)
    authorize(policies.may_edit_posting, posting)
    return posting


def _offer(form: PostingForm) -> None:
    regions, clusters = reference.place_names(language())
    named = {code: name for code, (name, _home) in clusters.items()}
    form.offer(reference.skill_names(language()), regions, named)
