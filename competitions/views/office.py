"""Where a university organises its competitions: the list, a competition's bench, opening."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.accounts.guards import organisation_for, roles
from app.accounts.models import Organisation
from app.clock import SETTLING, received
from app.db import db
from app.reference import queries as reference
from app.ui.filters import words
from competitions import queries
from competitions.forms import METHODS, CallForm, WordsForm, call_values
from competitions.models import Competition
from competitions.policies import ORGANISERS
from competitions.services import contests as services

bp = Blueprint("office", __name__, url_prefix="/organisations/<slug>/competitions")


@bp.route("/")
@roles(*ORGANISERS)
def index(slug: str) -> str:
    """All competitions of the organisation."""
    organisation = organisation_for(slug, *ORGANISERS)
    page = db.paginate(queries.competitions_in(organisation.id), per_page=25, max_per_page=25)
    ids = [competition.id for competition in page.items]
    return render_template(
        "competitions/office/index.html",
        organisation=organisation,
        page=page,
        counts=queries.counts_of(ids),
        progress=queries.progress_of(ids),
        now=received(),
    )


@bp.route("/new/", methods=["GET", "POST"])
@roles(*ORGANISERS)
def new(slug: str) -> Any:
    """Begin a draft."""
    organisation = organisation_for(slug, *ORGANISERS)
    form = with_clusters(CallForm())
    if form.validate_on_submit():
        competition = services.create(organisation.id, form.call(), current_user.id)
        db.session.commit()
        return redirect(url_for("competitions.rubrics.edit", slug=slug, competition_id=competition.id), 303)
    return render_template("competitions/office/edit.html", organisation=organisation, form=form, competition=None)


@bp.route("/<int:competition_id>/")
@roles(*ORGANISERS)
def show(slug: str, competition_id: int) -> str:
    """The bench: where the competition stands, what comes next, its teams."""
    organisation, competition = competition_for(slug, competition_id)
    page = db.paginate(queries.teams_in(competition.id), per_page=25, max_per_page=25)
    now = received()
    return render_template(
        "competitions/office/show.html",
        organisation=organisation,
        competition=competition,
        page=page,
        sizes=queries.sizes_of([team.id for team in page.items]),
        counts=queries.counts_of([competition.id])[competition.id],
        judges=queries.judges_of(competition.id),
        methods=METHODS,
        is_settled=now >= competition.closes_at + SETTLING,
        now=now,
    )


@bp.route("/<int:competition_id>/edit/", methods=["GET", "POST"])
@roles(*ORGANISERS)
def edit(slug: str, competition_id: int) -> Any:
    """Change a draft, or the words of a competition that is open."""
    organisation, competition = competition_for(slug, competition_id)
    if competition.is_draft:
        form = with_clusters(CallForm(data=call_values(competition)))
    else:
        form = WordsForm(data=call_values(competition))
    if form.validate_on_submit():
        if competition.is_draft:
            services.revise(competition, form.call())
        else:
            services.reword(
                competition,
                form.title_zh.data,
                form.title_en.data or "",
                form.body_zh.data or "",
                form.body_en.data or "",
            )
        db.session.commit()
        return redirect(url_for(".show", slug=slug, competition_id=competition_id), 303)
    return render_template(
        "competitions/office/edit.html", organisation=organisation, form=form, competition=competition
    )


@bp.route("/<int:competition_id>/opening/", methods=["POST"])
@roles(*ORGANISERS)
def announce(slug: str, competition_id: int) -> Response:
    """Open it: from now on it is public."""
    _organisation, competition = competition_for(slug, competition_id)
    services.open_competition(competition, received(), current_user.id)
    db.session.commit()
    flash(_("The competition is public. Teams can enter within its window."), "success")
    return redirect(url_for(".show", slug=slug, competition_id=competition_id), 303)


def competition_for(slug: str, competition_id: int) -> tuple[Organisation, Competition]:
    """The organisation at `slug`, of which the person is an organiser, and one of its competitions; else 404."""
    organisation = organisation_for(slug, *ORGANISERS)
    return organisation, queries.competition_in(organisation.id, competition_id) or abort(404)


def with_clusters(form: CallForm) -> CallForm:
    """The form with the clusters to choose from."""
    clusters = (SelectChoice(cluster.code, words(cluster, "name")) for cluster in reference.clusters())
    form.cluster_code.choices = [SelectChoice("", "–"), *clusters]
    return form
