"""Pages of certificates: check one by its code, and a person's own list."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.guards import public, signed_in
from app.credentials import policies, queries, services
from app.db import db

bp = Blueprint("credentials", __name__, template_folder="../templates")


@bp.route("/certificates/")
@public
def find() -> Any:
    """Type a code to check it."""
    code = services.normal_code(request.args.get("code", ""))
    if code:
        return redirect(url_for(".show", code=code), 303)
    return render_template("credentials/find.html", code="")


@bp.route("/certificates/mine/")
@signed_in
def index() -> str:
    """A person's own certificates."""
    certificates = db.paginate(queries.certificates_of(current_user.id), per_page=25)
    return render_template("credentials/index.html", certificates=certificates)


@bp.route("/certificates/<code>/")
@public
def show(code: str) -> Any:
    """What is certified of whom, by whom and when, and whether it still holds."""
    plain = services.normal_code(code)
    if plain and plain != code:
        return redirect(url_for(".show", code=plain), 301)
    certificate = queries.certificate_by_code(plain)
    if certificate is None:
        return render_template("credentials/unknown.html", code=code[:40]), 404
    may_keep = current_user.is_authenticated and policies.may_keep(current_user, certificate)
    return render_template("credentials/show.html", certificate=certificate, may_keep=may_keep)
