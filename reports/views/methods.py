"""How the figures are made, for anyone."""

from flask import Blueprint, render_template

from app.accounts.guards import public
from app.skills.rules import levels
from reports.rules import disclosure

bp = Blueprint("methods", __name__)


@bp.route("/")
@public
def show() -> str:
    """The method, with its constants read from the code that uses them."""
    return render_template("reports/methods/show.html", levels=levels, disclosure=disclosure)
