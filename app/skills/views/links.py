"""A passport for others: as a PDF, and under secret addresses that expire and can be revoked."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.accounts.guards import me, public, roles
from app.accounts.models import Role
from app.accounts.services import link_to
from app.clock import received, today
from app.db import db
from app.extensions import limiter
from app.skills import paper, queries, reading, services
from app.skills.models import PassportLink

bp = Blueprint("links", __name__)
DAYS = (7, 30, 90, 365)


@bp.route("/passport.pdf")
@roles(Role.STUDENT)
def pdf() -> Response:
    """The student's own passport on paper."""
    return _paper(queries.passport_with_skills(current_user.id), current_user.name)


def _paper(found: Any, holder: str) -> Response:
    answer = Response(paper.pdf(found, holder, today()), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename="passport.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.route("/passport-links/")
@roles(Role.STUDENT)
def index() -> str:
    """The addresses under which the passport is shown, how often each was read, and a new one."""
    links = queries.links_of(current_user.id)
    return render_template(
        "skills/links/index.html",
        links=links,
        addresses={one.id: link_to("skills.links.show", token=one.token) for one in links},
        days=DAYS,
        now=received(),
    )


@bp.route("/passport-links/", methods=["POST"])
@roles(Role.STUDENT)
def new() -> Any:
    """Make an address."""
    days = request.form.get("days", type=int)
    if days not in DAYS:
        abort(400)
    services.show_by_link(me(), days, request.form.get("name") == "1", received())
    db.session.commit()
    flash(_("The link is open. Whoever has it reads your levels, nothing else."), "success")
    return redirect(url_for(".index"), 303)


@bp.route("/passport-links/<int:link_id>/revocation/", methods=["POST"])
@roles(Role.STUDENT)
def delete(link_id: int) -> Any:
    """Let an address open nothing any more."""
    link = queries.link_of(current_user.id, link_id) or abort(404)
    services.revoke_link(link, received())
    db.session.commit()
    flash(_("Revoked. The address opens nothing any more."), "success")
    return redirect(url_for(".index"), 303)


def _open(token: str) -> PassportLink:
    link = queries.link_by_token(token)
    if link is None or not link.is_open(received()) or not link.person.is_active:
        abort(404)
    return link


@bp.route("/passports/<token>/")
@limiter.limit("120 per hour")
@public
def show(token: str) -> Response:
    """A passport under its secret address: levels and when they were last shown, read-only; it counts readings."""
    link = _open(token)
    found = queries.passport_with_skills(link.person_id)
    lines = [(estimate, skill, reading.likely_level(estimate.mean)) for estimate, skill in found]
    families = [list(part) for _family, part in groupby(lines, key=lambda line: line[1].family)]
    answer = make_response(
        render_template(
            "skills/links/show.html",
            link=link,
            holder=link.person.name if link.shows_name else "",
            families=[(family[0][1], family) for family in families],
            shown=sum(estimate.shown > 0 for estimate, _skill in found),
            as_of=min((estimate.as_of for estimate, _skill in found), default=today()),
        )
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    if not (current_user.is_authenticated and current_user.id == link.person_id):
        # In a transaction of its own that begins by writing: on SQLite one that has read would have to wait in vain.
        link_id = link.id
        db.session.commit()
        services.count_view(link_id, received())
        db.session.commit()
    return answer


@bp.route("/passports/<token>.pdf")
@limiter.limit("30 per hour")
@public
def paper_of(token: str) -> Response:
    """The same on paper."""
    link = _open(token)
    return _paper(queries.passport_with_skills(link.person_id), link.person.name if link.shows_name else "")
