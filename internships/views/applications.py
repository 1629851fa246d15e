"""A student's applications: apply, follow, answer offers, withdraw, put in order, read what came of them."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import authorize, me, roles
from app.accounts.models import Role
from app.accounts.queries import profile_of
from app.accounts.services import link_to
from app.clock import received, today
from app.db import db
from app.i18n import language
from app.reference import queries as reference
from internships import policies, queries, wording
from internships.forms.applications import ApplicationForm, LeaveForm, MessageForm, UploadForm, WordsForm
from internships.models import Application, ApplicationStatus, EventKind, Posting
from internships.queries import applicants as profiles
from internships.queries import interviews as appointments
from internships.queries import messages as talks
from internships.queries import pipeline as reads
from internships.rules.stages import Side
from internships.services import applications as services
from internships.services import explanations, news, pipeline
from internships.services import messages as talking

bp = Blueprint("applications", __name__)
SIMILAR = 3


@bp.route("/applications/")
@roles(Role.STUDENT)
def index() -> str:
    """What needs the student, with its deadline first; then what waits for others; then what is decided and why."""
    taken = queries.applications_of(current_user)
    explanations.add_to(taken)
    rounds = queries.rounds_of_postings([one.posting_id for one in taken])
    unread = talks.unread_by_student(current_user)
    invited = {one.application_id: one for one in appointments.interviews_to_choose(current_user)}
    open_ = [one for one in taken if one.is_open]
    ranked = [one for one in open_ if one.posting_id in rounds and not one.has_offer]
    rolling = [one for one in open_ if one not in ranked]
    needed = [one for one in rolling if one.has_offer or one.id in invited or one.id in unread]
    needed.sort(key=lambda one: (not one.has_offer, one.offer_until or received(), one.id not in invited, one.id))
    return render_template(
        "internships/applications/index.html",
        open=open_,
        ranked=ranked,
        needed=needed,
        waiting=[one for one in rolling if one not in needed],
        decided=[one for one in taken if not one.is_open],
        rounds=rounds,
        unread=unread,
        invited=invited,
        placements=queries.placements_of(current_user),
        names=reference.skill_names(language()),
        stages=wording.STAGES,
        because=wording.BECAUSE,
        now=received(),
    )


@bp.route("/postings/<int:posting_id>/applications/", methods=["POST"])
@roles(Role.STUDENT)
def new(posting_id: int) -> Any:
    """Apply; a second click finds the application that the first one made. A receipt is shown and mailed."""
    posting = queries.posting_by_id(posting_id)
    if posting is None:
        abort(404)
    authorize(policies.may_see_posting, posting)
    form = ApplicationForm()
    if not form.validate_on_submit():
        flash(_("The statement is too long: at most 3,000 characters."), "error")
        return redirect(url_for("internships.postings.show", posting_id=posting.id), 303)
    now = received()
    application = services.apply(
        current_user, profile_of(current_user), posting, form.statement.data or "", now, today()
    )
    if application.applied_at == now:
        _receipt(application, posting)
    db.session.commit()
    flash(_("You have applied. Your receipt has the number %(number)s.", number=application.number), "success")
    return redirect(url_for(".show", application_id=application.id), 303)


def _receipt(application: Application, posting: Posting) -> None:
    application.student_link = link_to("internships.applications.show", application_id=application.id)
    application.enterprise_link = link_to(
        "internships.pipeline.show",
        slug=posting.organisation.slug,
        posting_id=posting.id,
        application_id=application.id,
    )
    db.session.flush()
    news.tell_student(application, news.RECEIPT)


@bp.route("/applications/<int:application_id>/")
@roles(Role.STUDENT)
def show(application_id: int) -> str:
    """One application: where it stands, what to do next, its record, messages, files, the receipt."""
    application = _own(application_id)
    messages = talks.messages_of(application)
    is_unanswered = application.status is ApplicationStatus.UNANSWERED
    shown = render_template(
        "internships/applications/show.html",
        application=application,
        posting=application.posting,
        events=[one for one in reads.events_of(application) if one.kind is not EventKind.REMINDED],
        messages=messages,
        unread_after=application.student_read_id,
        may_write=application.status in talking.TALKING,
        match_round=queries.rounds_of_postings([application.posting_id]).get(application.posting_id),
        interview=appointments.standing_interview_of(application),
        files=profiles.files_of(application),
        profile=profiles.applicant_profile_of(application.student_id),
        placement=reads.placement_of(application),
        similar=queries.first_lines(queries.similar_to(application.posting, today()), SIMILAR) if is_unanswered else [],
        names=reference.skill_names(language()),
        wording=wording,
        because=wording.BECAUSE,
        message_form=MessageForm(),
        leave_form=LeaveForm(),
        words_form=WordsForm(),
        upload_form=UploadForm(),
        now=received(),
    )
    up_to = max((one.id for one in messages if one.side is Side.ENTERPRISE), default=0)
    if up_to > application.student_read_id:
        # In a transaction of its own that begins by writing: on SQLite one that has read would have to wait in vain.
        db.session.commit()
        talking.read(application_id, Side.STUDENT, up_to)
        db.session.commit()
    return shown


def _own(application_id: int) -> Application:
    application = queries.application_by_id(application_id)
    if application is None:
        abort(404)
    authorize(policies.is_own_application, application)
    return application


@bp.route("/applications/<int:application_id>/acceptance/", methods=["GET", "POST"])
@roles(Role.STUDENT)
def accept(application_id: int) -> Any:
    """Take an offer, after the question that names what would be withdrawn by it."""
    application = _own(application_id)
    if request.method == "POST":
        named = set(request.form.getlist("named", type=int))
        was_open = application.is_open
        placement = pipeline.accept(application, named, by=me(), now=received(), today=today())
        if was_open:
            news.tell_recruiters(application, EventKind.ACCEPTED.value)
        db.session.commit()
        flash(_("The place is yours."), "success")
        return redirect(url_for("internships.placements.show", placement_id=placement.id), 303)
    if not application.has_offer:
        return redirect(url_for(".show", application_id=application_id), 303)
    others = pipeline.overlapping(application, queries.open_applications_of(current_user))
    return render_template(
        "internships/applications/accept.html",
        application=application,
        posting=application.posting,
        others=others,
        now=received(),
    )


@bp.route("/applications/<int:application_id>/offer-refusal/", methods=["POST"])
@roles(Role.STUDENT)
def decline(application_id: int) -> Response:
    """Turn an offer down; the seat goes back."""
    application = _own(application_id)
    form = LeaveForm()
    if not form.validate_on_submit():
        raise pipeline.ReasonMissing
    pipeline.decline_offer(application, form.why(), form.words(), by=me(), now=received())
    news.tell_recruiters(application, EventKind.OFFER_DECLINED.value)
    db.session.commit()
    flash(_("You have declined the offer; the seat is free again."), "success")
    return redirect(url_for(".show", application_id=application_id), 303)


@bp.route("/applications/<int:application_id>/withdrawal/", methods=["POST"])
@roles(Role.STUDENT)
def delete(application_id: int) -> Response:
    """Take an application back; an accepted place too, until its first day."""
    application = _own(application_id)
    form = LeaveForm()
    if not form.validate_on_submit():
        raise pipeline.ReasonMissing
    was_known = application.answered_at is not None or application.status is ApplicationStatus.ACCEPTED
    pipeline.leave(application, form.why(), form.words(), by=me(), now=received(), today=today())
    if was_known:
        news.tell_recruiters(application, EventKind.WITHDRAWN.value)
    db.session.commit()
    flash(_("Withdrawn. You may apply again while the posting is open."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/applications/<int:application_id>/messages/", methods=["POST"])
@roles(Role.STUDENT)
def write(application_id: int) -> Response:
    """Write to the enterprise."""
    application = _own(application_id)
    form = MessageForm()
    if not form.validate_on_submit():
        raise talking.MessageEmpty
    talking.write(application, form.body.data or "", Side.STUDENT, by=me(), now=received())
    db.session.commit()
    return redirect(url_for(".show", application_id=application_id, _anchor="messages"), 303)


@bp.route("/applications/order/", methods=["POST"])
@roles(Role.STUDENT)
def order() -> Response:
    """Keep the order of the open applications: by the numbers given, or one step up or down."""
    taken = queries.open_applications_of(current_user)
    wanted: dict[int, int] = {}
    for place, application in enumerate(taken, start=1):
        given = request.form.get(f"rank-{application.id}", type=int)
        # Twice the number leaves room between two places for one that moves.
        wanted[application.id] = 2 * (given if given is not None else place)
    move, _dash, moved = request.form.get("move", "").partition("-")
    if re.fullmatch(r"[0-9]{1,9}", moved) and int(moved) in wanted:
        wanted[int(moved)] += {"up": -3, "down": 3}.get(move, 0)
    rounds = queries.held_rounds_of_postings([one.posting_id for one in taken])
    services.order(taken, wanted, received(), rounds)
    db.session.commit()
    flash(_("Your order is saved."), "success")
    return redirect(url_for(".index"), 303)
