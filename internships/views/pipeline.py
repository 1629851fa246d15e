"""An enterprise's rolling applications: the board by stage, the page of one, and every step that recruiters take."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.guards import me, organisation_for, roles
from app.accounts.models import Role
from app.clock import received, today
from app.db import db
from app.files import ALLOWED
from app.i18n import language
from app.reference import queries as reference
from internships import fits, policies, queries, wording
from internships.forms.applications import (
    DeclineForm,
    InterviewForm,
    MessageForm,
    OfferForm,
    WordsForm,
    first_offer,
)
from internships.models import Application, EventKind, Posting
from internships.queries import applicants as profiles
from internships.queries import interviews as appointments
from internships.queries import messages as talks
from internships.queries import pipeline as reads
from internships.rules.fit import fit
from internships.rules.stages import MOVES, Side, Stage
from internships.services import applicant_tables as tables
from internships.services import interviews, news, rounds
from internships.services import messages as talking
from internships.services import pipeline as services

bp = Blueprint("pipeline", __name__)
PATH = "/organisations/<slug>/postings/<int:posting_id>/applicants/<int:application_id>/"


def _posting(slug: str, posting_id: int) -> Posting:
    organisation = organisation_for(slug, Role.RECRUITER)
    posting = queries.posting_by_id(posting_id)
    if posting is None or posting.organisation_id != organisation.id:
        abort(404)
    return posting


def _application(slug: str, posting_id: int, application_id: int) -> Application:
    posting = _posting(slug, posting_id)
    application = queries.application_by_id(application_id)
    if application is None or application.posting_id != posting.id:
        abort(404)
    return application


@bp.route("/organisations/<slug>/postings/<int:posting_id>/pipeline/")
@roles(Role.RECRUITER)
def index(slug: str, posting_id: int) -> str:
    """The board: a column for each stage, and what has been decided."""
    posting = _posting(slug, posting_id)
    applicants = queries.applicants_of(posting)
    open_ = [one for one in applicants if one.is_open]
    has, needs = rounds.estimates_for({one.student_id for one in open_}, [posting]), rounds.needs_of(posting)
    open_.sort(key=lambda one: (one.answer_by is None, one.answer_by or one.applied_at, one.id))
    return render_template(
        "internships/pipeline/index.html",
        posting=posting,
        columns=[(stage, [one for one in open_ if one.stage is stage]) for stage in Stage],
        total=len(open_),
        decided=[one for one in applicants if not one.is_open],
        scores={one.id: fit(needs, has.get(one.student_id, {})).score for one in open_},
        unread=talks.unread_by_enterprise([one.id for one in applicants]),
        interviews=appointments.interviews_by_application([one.id for one in open_]),
        match_round=queries.rounds_of_postings([posting.id]).get(posting.id),
        moves=MOVES,
        wording=wording,
        because=wording.BECAUSE,
        form=DeclineForm(),
        now=received(),
    )


@bp.route(PATH)
@roles(Role.RECRUITER)
def show(slug: str, posting_id: int, application_id: int) -> str:
    """One applicant: the fit and what they say while the application is open, its record, messages, the next step."""
    application = _application(slug, posting_id, application_id)
    posting = application.posting
    may_see = policies.may_see_levels(me(), application)
    has = rounds.estimates_for({application.student_id}, [posting]) if may_see else {}
    shown = has.get(application.student_id, {})
    found = fit(rounds.needs_of(posting), shown)
    messages = talks.messages_of(application)
    may_read = policies.may_read_files(me(), application)
    shown_page = render_template(
        "internships/pipeline/show.html",
        application=application,
        posting=posting,
        may_see=may_see,
        lines=fits.lines_of(found, shown) if may_see else (),
        score=found.score,
        profile=profiles.applicant_profile_of(application.student_id) if may_read else None,
        files=profiles.files_of(application) if may_read else [],
        events=reads.events_of(application),
        messages=messages,
        unread_after=application.enterprise_read_id,
        may_write=application.status in talking.TALKING,
        interview=appointments.standing_interview_of(application),
        placement=reads.placement_of(application),
        match_round=queries.rounds_of_postings([posting.id]).get(posting.id),
        moves=MOVES,
        wording=wording,
        because=wording.BECAUSE,
        names=reference.skill_names(language()),
        offer_form=OfferForm(data=first_offer(received())),
        interview_form=InterviewForm(),
        decline_form=DeclineForm(),
        message_form=MessageForm(),
        words_form=WordsForm(),
        now=received(),
    )
    up_to = max((one.id for one in messages if one.side is Side.STUDENT), default=0)
    if up_to > application.enterprise_read_id:
        # In a transaction of its own that begins by writing: on SQLite one that has read would have to wait in vain.
        db.session.commit()
        talking.read(application_id, Side.ENTERPRISE, up_to)
        db.session.commit()
    return shown_page


def _step(slug: str, posting_id: int, application_id: int, act: Callable[[Application], str]) -> Response:
    """Do something with an application of this enterprise, commit, and go back to where the recruiter was."""
    application = _application(slug, posting_id, application_id)
    said = act(application)
    db.session.commit()
    if said:
        flash(said, "success")
    if request.form.get("back") == "board":
        return redirect(
            url_for(".index", slug=slug, posting_id=posting_id, _anchor=f"application-{application_id}"), 303
        )
    return redirect(url_for(".show", slug=slug, posting_id=posting_id, application_id=application_id), 303)


@bp.route(f"{PATH}stage/", methods=["POST"])
@roles(Role.RECRUITER)
def move(slug: str, posting_id: int, application_id: int) -> Response:
    """Put an application into another stage."""
    wanted = request.form.get("stage", "")

    def act(application: Application) -> str:
        if wanted not in list(Stage):
            raise services.MoveImpossible
        services.move(application, Stage(wanted), by=me(), now=received())
        return _("%(name)s: %(stage)s", name=application.student.name, stage=wording.STAGES[Stage(wanted)])

    return _step(slug, posting_id, application_id, act)


@bp.route(f"{PATH}offer/", methods=["POST"])
@roles(Role.RECRUITER)
def offer(slug: str, posting_id: int, application_id: int) -> Response:
    """Offer a seat, and hold it until the student has answered."""
    form = OfferForm()

    def act(application: Application) -> str:
        if not form.validate_on_submit():
            raise services.OfferTooShort
        had = application.has_offer
        words = (form.words.data or "").strip()
        services.offer(application, form.moment(), words, by=me(), now=received())
        if not had:
            news.tell_student(application, EventKind.OFFERED.value, words=words)
        return _("The offer is made and holds a seat.")

    return _step(slug, posting_id, application_id, act)


@bp.route(f"{PATH}interviews/", methods=["POST"])
@roles(Role.RECRUITER)
def invite(slug: str, posting_id: int, application_id: int) -> Response:
    """Invite to an interview, or move one: the times proposed before do not stand any more."""
    form = InterviewForm()

    def act(application: Application) -> str:
        if not form.validate_on_submit():
            raise interviews.SlotsMissing
        kept = appointments.standing_interview_of(application)
        made = interviews.propose(
            application,
            form.slots(),
            form.minutes.data or 30,
            (form.place.data or "").strip(),
            (form.link.data or "").strip(),
            (form.words.data or "").strip(),
            by=me(),
            now=received(),
        )
        if made is not kept:
            news.tell_student(application, EventKind.INTERVIEW_PROPOSED.value)
        return _("Invited. The student chooses one of the times or asks for others.")

    return _step(slug, posting_id, application_id, act)


@bp.route(f"{PATH}interviews/<int:interview_id>/cancellation/", methods=["POST"])
@roles(Role.RECRUITER)
def cancel(slug: str, posting_id: int, application_id: int, interview_id: int) -> Response:
    """Call an interview off."""
    form = WordsForm()

    def act(application: Application) -> str:
        interview = appointments.interview_by_id(interview_id)
        if interview is None or interview.application_id != application.id:
            abort(404)
        interviews.cancel(interview, form.words.data or "", by=me(), now=received())
        news.tell_student(application, EventKind.INTERVIEW_CANCELLED.value)
        return _("Cancelled. The student reads why.")

    return _step(slug, posting_id, application_id, act)


@bp.route(f"{PATH}messages/", methods=["POST"])
@roles(Role.RECRUITER)
def write(slug: str, posting_id: int, application_id: int) -> Response:
    """Write to the applicant."""
    form = MessageForm()

    def act(application: Application) -> str:
        if not form.validate_on_submit():
            raise talking.MessageEmpty
        talking.write(application, form.body.data or "", Side.ENTERPRISE, by=me(), now=received())
        return ""

    return _step(slug, posting_id, application_id, act)


@bp.route("/organisations/<slug>/postings/<int:posting_id>/pipeline/refusals/", methods=["POST"])
@roles(Role.RECRUITER)
def decline(slug: str, posting_id: int) -> Response:
    """Tell the chosen applicants no, with one reason."""
    posting = _posting(slug, posting_id)
    chosen = set(request.form.getlist("application", type=int))
    form = DeclineForm()
    if not form.validate_on_submit():
        raise services.ReasonMissing
    found = [one for one in reads.open_applications_with_students(posting) if one.id in chosen]
    if not found:
        flash(_("Choose at least one applicant first."), "error")
        return redirect(url_for(".index", slug=slug, posting_id=posting_id), 303)
    told = services.decline_many(found, form.why(), form.words(), by=me(), now=received())
    news.tell_declined(told)
    db.session.commit()
    flash(_("Declined: %(count)s. They read your reason.", count=len(told)), "success")
    return redirect(url_for(".index", slug=slug, posting_id=posting_id), 303)


@bp.route("/organisations/<slug>/postings/<int:posting_id>/applicants.<any(csv, xlsx):kind>")
@roles(Role.RECRUITER)
def export(slug: str, posting_id: int, kind: str) -> Response:
    """The applicants as a table; the trail keeps who took it."""
    posting = _posting(slug, posting_id)
    headings, rows = tables.applicants(posting, queries.applicants_of(posting))
    content = tables.as_csv(headings, rows) if kind == "csv" else tables.as_xlsx(headings, rows)
    # In a transaction of its own that begins by writing: on SQLite one that has read would have to wait in vain.
    db.session.commit()
    tables.note_export(posting_id, posting.organisation_id, kind, len(rows), by=me().id)
    db.session.commit()
    return send_file(
        BytesIO(content),
        mimetype=ALLOWED[f".{kind}"][0],
        as_attachment=True,
        download_name=f"applicants-{posting_id}.{kind}",
    )


@bp.route("/organisations/<slug>/postings/<int:posting_id>/pipeline/closure/", methods=["GET", "POST"])
@roles(Role.RECRUITER)
def close(slug: str, posting_id: int) -> Any:
    """Close a posting early, after the question what its applicants are told."""
    posting = _posting(slug, posting_id)
    form = DeclineForm()
    if form.validate_on_submit():
        told = services.close_posting(posting, form.why(), form.words(), by=me(), now=received(), today=today())
        news.tell_declined(told)
        db.session.commit()
        flash(_("Closed. Applicants answered: %(count)s.", count=len(told)), "success")
        return redirect(url_for(".index", slug=slug, posting_id=posting_id), 303)
    waiting = reads.open_applications_with_students(posting)
    return render_template("internships/pipeline/close.html", posting=posting, form=form, waiting=waiting)
