"""Postings: the public list and page, and the enterprise's own work list."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, organisation_for, public, roles
from app.accounts.models import Role
from app.accounts.queries import profile_of
from app.clock import received, today
from app.db import db, pages_of
from app.errors import Refused
from app.i18n import language
from app.reference import queries as reference
from app.ui.markdown import render_plain
from internships import fits, policies, queries
from internships.forms.applications import ApplicationForm
from internships.forms.postings import PostingForm, filled
from internships.models import PayPeriod, Posting, PostingStatus
from internships.services import applications as applying
from internships.services import postings as services

bp = Blueprint("postings", __name__)
PER_PAGE = 10
COMPARED = 60  # postings that a sort by fit looks at: those that close first
PAY_STEPS = (80, 100, 150, 200, 300)


@bp.route("/postings/")
@public
def index() -> str:
    """Open internships for everybody; a student sees beside each what it asks and what they have shown."""
    wanted = {name: request.args.get(name, "").strip() for name in ("words", "region", "cluster", "skill")}
    remote = request.args.get("remote") == "1"
    pay = request.args.get("pay", type=int)
    if pay not in PAY_STEPS:
        pay = None
    query = queries.open_postings(today(), **wanted, remote=remote, pay=pay)
    is_student = policies.may_apply(current_user)
    by_fit = is_student and request.args.get("sort") == "fit"
    page = None if by_fit else pages_of(queries.lines_of(query), PER_PAGE)
    found = queries.with_needs(page.items) if page else queries.first_lines(query, COMPARED)
    beside = fits.sides(current_user, found) if is_student else []
    if by_fit:
        beside = sorted(beside, key=lambda side: (-side.fit.score, side.posting.closes_on, side.posting.id))[:PER_PAGE]
        lines = {line.id: line for line in found}
        found = [lines[side.posting.id] for side in beside]
    regions, clusters = reference.place_names(language())
    return render_template(
        "internships/postings/index.html",
        page=page,
        postings=found,
        compared=COMPARED,
        sides={side.posting.id: side for side in beside},
        is_student=is_student,
        by_fit=by_fit,
        pay_steps=PAY_STEPS,
        least=pay,
        regions=regions,
        cluster_options=[(code, name) for code, (name, _home) in clusters.items()],
        names=reference.skill_names(language()),
        wanted=wanted,
        remote=remote,
    )


@bp.route("/postings/<int:posting_id>/")
@public
def show(posting_id: int) -> Any:
    """One internship; for a student also the fit, what is missing, and the way to apply."""
    posting = queries.posting_by_id(posting_id)
    if posting is None:
        abort(404)
    authorize(policies.may_see_posting, posting)
    is_student = policies.may_apply(current_user)
    profile = profile_of(current_user) if is_student else None
    placed = queries.placements_of(current_user) if is_student else []
    match_round = queries.rounds_of_postings([posting.id]).get(posting.id)
    return render_template(
        "internships/postings/show.html",
        posting=posting,
        side=fits.side_with_sources(current_user, posting) if is_student else None,
        reasons=applying.reasons_against(profile, posting, today(), placed) if is_student else [],
        application=queries.application_of(current_user, posting) if is_student else None,
        match_round=match_round,
        is_closing=match_round is not None and match_round.is_closed(received()),
        form=ApplicationForm(),
        may_edit=current_user.is_authenticated and policies.may_edit_posting(current_user, posting),
        data=job_posting(posting),
    )


def job_posting(posting: Posting) -> dict[str, Any]:
    """The posting as schema.org JobPosting, for search engines."""
    organisation = posting.organisation
    unit = "DAY" if posting.pay_period is PayPeriod.DAY else "MONTH"
    data: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title_zh,
        "description": str(render_plain(posting.body_zh)),
        "identifier": {"@type": "PropertyValue", "name": organisation.name_zh, "value": str(posting.id)},
        "datePosted": (posting.published_at or received()).date().isoformat(),
        "validThrough": posting.closes_on.isoformat(),
        "employmentType": "INTERN",
        "hiringOrganization": {"@type": "Organization", "name": organisation.name_zh},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": posting.city_zh,
                "addressRegion": posting.region.name_zh,
                "addressCountry": "CN",
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "CNY",
            "value": {"@type": "QuantitativeValue", "value": str(posting.pay), "unitText": unit},
        },
        "jobStartDate": posting.starts_on.isoformat(),
        "totalJobOpenings": posting.seats,
        "skills": ", ".join(f"{one.skill.name_en} (level {one.level})" for one in posting.skills),
        "directApply": True,
    }
    if posting.is_remote:
        data["jobLocationType"] = "TELECOMMUTE"
        data["applicantLocationRequirements"] = {"@type": "Country", "name": "CN"}
    return data


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
        form = PostingForm(data=filled(template))
    else:
        city = {"city_zh": organisation.city_zh, "city_en": organisation.city_en, "opens_on": today()}
        place = {"region_code": organisation.region_code or "", "cluster_code": organisation.cluster_code or ""}
        form = PostingForm(data=city | place)
    _offer(form)
    if form.validate_on_submit():
        try:
            posting = services.create(organisation, form.values(), form.asked(), by=current_user.id, now=received())
        except Refused as refusal:  # raised before anything was changed
            form.form_errors.append(refusal.sentence())
        else:
            db.session.commit()
            flash(_("The draft is kept. Read it once more, then publish it."), "success")
            return redirect(url_for(".show", posting_id=posting.id), 303)
    return render_template("internships/postings/edit.html", form=form, organisation=organisation, posting=None)


@bp.route("/postings/<int:posting_id>/edit/", methods=["GET", "POST"])
@roles(Role.RECRUITER)
def edit(posting_id: int) -> Any:
    """Change a posting that is not closed."""
    posting = _own(posting_id)
    form = PostingForm(data=filled(posting))
    _offer(form)
    if form.validate_on_submit():
        try:
            services.revise(posting, form.values(), form.asked(), by=current_user.id, now=received())
        except Refused as refusal:  # raised before anything was changed
            form.form_errors.append(refusal.sentence())
        else:
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(url_for(".show", posting_id=posting.id), 303)
    return render_template(
        "internships/postings/edit.html", form=form, organisation=posting.organisation, posting=posting
    )


@bp.route("/postings/<int:posting_id>/publication/", methods=["POST"])
@roles(Role.RECRUITER)
def publish(posting_id: int) -> Response:
    """Let the world see it."""
    posting = _own(posting_id)
    services.publish(posting, by=current_user.id, now=received(), today=today())
    db.session.commit()
    flash(_("Published. Students can find it and apply."), "success")
    return redirect(url_for(".show", posting_id=posting.id), 303)


@bp.route("/postings/<int:posting_id>/closure/", methods=["POST"])
@roles(Role.RECRUITER)
def close(posting_id: int) -> Response:
    """Take no more applications."""
    posting = _own(posting_id)
    services.close(posting, by=current_user.id, today=today())
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
