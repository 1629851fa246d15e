"""The landing page, the first page, plain pages, language, health."""

from typing import Any

from flask import Blueprint, Flask, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import public
from app.clock import today
from app.db import db
from app.home import queries, sitemaps
from app.i18n import COOKIE, LANGUAGES
from app.registry import NavEntry, NavLink, registry
from app.security import own_path

bp = Blueprint("home", __name__, template_folder="templates")
bp.register_blueprint(sitemaps.bp)
YEAR = 365 * 24 * 3600


@bp.route("/")
@public
def index() -> str:
    """The landing page for strangers; for people their first page, made of what the features offer them."""
    if not current_user.is_authenticated:
        return render_template("home/landing.html")
    day = today()
    offered = sorted(registry().panels, key=lambda panel: panel.order)
    built = [(panel.place, view) for panel in offered if (view := panel.build(current_user, day)) is not None]
    return render_template(
        "home/index.html",
        next=next((view.next for _place, view in built if view.next), None),
        main=[view for place, view in built if place == "main" and view.template],
        side=[view for place, view in built if place == "side" and view.template],
    )


@bp.route("/language/", methods=["POST"])
@public
def language() -> Response:
    """Choose a language: kept with the person, or in a cookie for strangers."""
    chosen = request.form.get("language", "")
    response = redirect(own_path(request.form.get("next")), 303)
    if chosen in LANGUAGES:
        if current_user.is_authenticated:
            current_user.language = chosen
            db.session.commit()
        response.set_cookie(COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@bp.route("/privacy/")
@public
def privacy() -> str:
    """What is kept of whom, why, how long."""
    return render_template("home/privacy.html")


@bp.route("/terms/")
@public
def terms() -> str:
    """What users agree to."""
    return render_template("home/terms.html")


@bp.route("/help/")
@public
def guide() -> str:
    """How to do the few things that each role comes for."""
    return render_template("home/help.html")


@bp.route("/healthz")
@public
def health() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.route("/readyz")
@public
def ready() -> Any:
    """The process can do its work: the database answers and is migrated."""
    if not queries.is_ready():
        return make_response(jsonify(status="database not ready"), 503)
    return jsonify(status="ok")


def init_app(app: Flask) -> None:
    """Put the first page at the top of the rail."""

    def entries(person: Any) -> list[NavLink]:
        return [NavLink(_("Today"), "/", "home")] if person.is_authenticated else []

    registry(app).nav.append(NavEntry(0, entries))
