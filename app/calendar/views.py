"""The calendar as a page, as a file, and as a feed under a secret address."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from app.accounts.guards import me, public, roles
from app.accounts.models import Role
from app.accounts.services import link_to
from app.calendar import queries, services
from app.calendar.services import day_at
from app.clock import end_of, received, today
from app.db import db
from app.extensions import limiter
from app.i18n import force_locale
from app.registry import NavEntry, NavLink, registry

bp = Blueprint("calendar", __name__, template_folder="templates", url_prefix="/calendar")
WHO = (Role.STUDENT, Role.TEACHER, Role.RECRUITER)
# The agenda looks four weeks ahead, the feed half a year back and a year ahead.
AGENDA = timedelta(weeks=4)
FEED_BACK, FEED_AHEAD = timedelta(days=180), timedelta(days=365)


def start_of(day: date) -> datetime:
    """The first moment of a day."""
    return end_of(day - timedelta(days=1))


def hour(moment: datetime) -> str:
    """The hour of a moment in the reader's zone, as 20:00."""
    return str(format_datetime(moment, "HH:mm"))


@bp.route("/")
@roles(*WHO)
def index() -> Any:
    """The agenda by day: from today on, or of the month in `?month=2026-11`, which stands above it as a grid."""
    day = today()
    asked = request.args.get("month", "")
    try:
        month = date.fromisoformat(f"{asked}-01") if asked else None
    except ValueError:
        abort(404)
    if month is not None and not 2000 <= month.year <= 2100:
        abort(404)
    shown = month or day.replace(day=1)
    weeks = services.weeks_of(shown)
    first, last = weeks[0][0], weeks[-1][-1]
    until = last if month else max(last, day + AGENDA)
    found = services.deadlines_of(me(), start_of(first), end_of(until))
    in_agenda = [one for one in found if (day_at(one) >= day if month is None else day_at(one).month == shown.month)]
    counts = {each: list(those) for each, those in groupby(found, key=day_at)}
    token = queries.token_of(me().id)
    return render_template(
        "calendar/index.html",
        day=day,
        month=shown,
        is_month=month is not None,
        weeks=weeks,
        by_day=counts,
        agenda=[(each, list(those)) for each, those in groupby(in_agenda, key=day_at)],
        hour=hour,
        before=(shown - timedelta(days=1)).replace(day=1),
        after=(shown + timedelta(days=32)).replace(day=1),
        feed_url=link_to("calendar.feed", token=token.token) if token else "",
    )


@bp.route("/download.ics")
@roles(*WHO)
def download() -> Response:
    """The calendar as a file."""
    return _ics(as_attachment=True)


@bp.route("/feed/", methods=["POST"])
@roles(*WHO)
def new_feed() -> Answer:
    """A feed at a new secret address."""
    services.new_token(me(), received())
    db.session.commit()
    flash(_("The feed has a new address. An older one opens nothing any more."), "success")
    return redirect(url_for(".index", _anchor="feed"), 303)


@bp.route("/feed/deletion/", methods=["POST"])
@roles(*WHO)
def delete_feed() -> Answer:
    """No feed any more."""
    services.delete_token(me())
    db.session.commit()
    flash(_("The feed is closed; its address opens nothing any more."), "success")
    return redirect(url_for(".index", _anchor="feed"), 303)


@bp.route("/<token>.ics")
@limiter.limit("120 per hour")
@public
def feed(token: str) -> Response:
    """The feed that a calendar program reads, in the language of the person whose it is."""
    found = queries.feed_by_token(token) or abort(404)
    if not found.person.is_active:
        abort(404)
    with force_locale(found.person.language or "zh"):
        return _ics(found.person)


def _ics(person: Any = None, *, as_attachment: bool = False) -> Response:
    now = received()
    who = person or me()
    found = services.deadlines_of(who, now - FEED_BACK, now + FEED_AHEAD)
    content = services.as_ics(found, _("Yangfan"), now)
    answer = Response(content, mimetype="text/calendar", headers={"Cache-Control": "private, no-store"})
    if as_attachment:
        answer.headers.set("Content-Disposition", "attachment", filename="yangfan.ics")
    return answer


def init_app(app: Flask) -> None:
    """Put the calendar into the rail of those who learn, teach or recruit."""

    def entries(person: Any) -> list[NavLink]:
        if not person.is_authenticated or not person.has_role(*WHO):
            return []
        return [NavLink(_("Calendar"), url_for("calendar.index"), "calendar")]

    registry(app).nav.append(NavEntry(40, entries))
