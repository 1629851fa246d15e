"""The two limits that pages are measured against. Only the bench's own server has them.

The bare limit is what the framework costs: one row by primary key and a template of 10 kB. The signed-in limit is what
every page inside costs: session, person, memberships, rail and layout, and one row by primary key, without a feature.
"""

from typing import Any

from flask import Blueprint, Flask, abort, render_template

from app.accounts.guards import public, signed_in
from app.db import db
from courses.models import Course

bp = Blueprint("bench", __name__, url_prefix="/bench", template_folder="templates")


@bp.route("/bare/<int:course_id>/")
@public
def bare(course_id: int) -> Any:
    """One row, 10 kB."""
    return render_template("bench/bare.html", course=db.session.get(Course, course_id) or abort(404))


@bp.route("/signed-in/<int:course_id>/")
@signed_in
def inside(course_id: int) -> Any:
    """One row in the layout of every page inside."""
    return render_template("bench/inside.html", course=db.session.get(Course, course_id) or abort(404))


def init_app(app: Flask) -> None:
    """Register the two pages."""
    app.register_blueprint(bp)
