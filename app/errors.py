"""Refusals and error pages. A rule that says no raises a named `Refused`; one handler tells the user why."""

from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, current_app, flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from app.db import db
from app.logs import log
from app.security import own_path

PAGES = (400, 403, 404, 405, 409, 413, 429, 500)


class Refused(Exception):
    """A rule says no. Subclasses are named by the state that refuses and carry the sentence that the user reads."""

    message: Any = _l("This is not possible.")

    def __init__(self, message: Any = None, **values: Any) -> None:
        self.message = message or self.message
        self.values = values
        super().__init__(type(self).__name__)

    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(self.message) % self.values if self.values else str(self.message)


def wants_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OverflowError, _number_too_large)
    app.register_error_handler(sa.exc.DataError, _number_too_large)
    app.register_error_handler(Exception, _unexpected)


def _refused(refusal: Refused) -> Any:
    db.session.rollback()
    if wants_json():
        return jsonify(error=type(refusal).__name__, message=refusal.sentence()), 409
    if request.method == "POST":
        flash(refusal.sentence(), "error")
        return redirect(_page_before(), 303)
    return render_template("errors/409.html", message=refusal.sentence()), 409


def _page_before() -> str:
    """The page that the form was on, if it is ours; else this address, else home."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return "/"
    return own_path(before.path + (f"?{before.query}" if before.query else ""))


def _stale_form(error: CSRFError) -> Any:
    message = _("This form was open too long or in another session. Please send it again.")
    if wants_json():
        return jsonify(error="CSRFError", message=message), 400
    return render_template("errors/400.html", message=message), 400


def _http_error(error: HTTPException) -> Any:
    if isinstance(error.get_response(), Response) and error.code is not None and error.code < 400:
        return error
    code = error.code or 500
    if wants_json():
        return jsonify(error=error.name, message=error.description), code
    page = code if code in PAGES else (500 if code >= 500 else 400)
    if page == 405:
        page = 404
    return render_template(f"errors/{page}.html", message=None), code


def _number_too_large(_error: Exception) -> Any:
    """A number in the address or form that no row can have: there is nothing there."""
    db.session.rollback()
    return _http_error(NotFound())


def _unexpected(error: Exception) -> Any:
    db.session.rollback()
    log.error("unexpected", exc_info=error)
    if current_app.testing or current_app.debug:
        raise error
    if wants_json():
        return jsonify(error="Internal Server Error"), 500
    return render_template("errors/500.html", message=None), 500
