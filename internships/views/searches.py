"""A student's saved searches: keep, open, mail on and off, delete; and ending the mail from the mail itself."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.guards import me, public, roles
from app.accounts.models import Role
from app.clock import received, today
from app.db import db
from internships.filters import Filters
from internships.models import SavedSearch
from internships.queries import searches as queries
from internships.services import searches as services

bp = Blueprint("searches", __name__)
LONGEST_NAME = 60


@bp.route("/saved-searches/", methods=["GET", "POST"])
@roles(Role.STUDENT)
def index() -> Any:
    """What somebody has saved; a POST saves one more."""
    if request.method == "POST":
        wanted = Filters.of_address(request.form.get("filters", ""))
        name = request.form.get("name", "").strip()[:LONGEST_NAME] or wanted.words or _("My search")
        services.save(me(), name, wanted, now=received(), today=today())
        db.session.commit()
        flash(_("Saved. Each morning you hear what is new in it."), "success")
        return redirect(url_for(".index"), 303)
    found = queries.searches_of(current_user.id)
    return render_template("internships/searches/index.html", searches=found)


@bp.route("/saved-searches/<int:search_id>/mail/", methods=["POST"])
@roles(Role.STUDENT)
def mail(search_id: int) -> Response:
    """Mail on or off."""
    search = _own(search_id)
    search.by_mail = request.form.get("by_mail") == "1"
    db.session.commit()
    return redirect(url_for(".index"), 303)


@bp.route("/saved-searches/<int:search_id>/deletion/", methods=["POST"])
@roles(Role.STUDENT)
def delete(search_id: int) -> Response:
    """Forget a search."""
    db.session.delete(_own(search_id))
    db.session.commit()
    flash(_("Deleted."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/saved-searches/mail/<token>/", methods=["GET", "POST"])
@public
def stop(token: str) -> Any:
    """End the mail of a search, by the link of the mail: its reader need not sign in."""
    search = services.search_of(token) or abort(404)
    if request.method == "POST":
        search.by_mail = False
        db.session.commit()
        return redirect(url_for(".stop", token=token), 303)
    return render_template("internships/searches/stop.html", search=search)


def _own(search_id: int) -> SavedSearch:
    return queries.search_of(current_user.id, search_id) or abort(404)
