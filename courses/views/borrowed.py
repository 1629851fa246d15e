"""Published courses of other universities, which a university teaches with teachers, dates and learners of its own."""

from flask import Blueprint, render_template, request

from app.accounts.guards import organisation_for, roles
from app.db import db
from courses import queries
from courses.policies import AUTHORS

bp = Blueprint("borrowed", __name__, url_prefix="/organisations/<slug>/courses/borrowed")


@bp.route("/")
@roles(*AUTHORS)
def index(slug: str) -> str:
    """Those that the own university teaches already, then what else there is."""
    organisation = organisation_for(slug, *AUTHORS)
    words = request.args.get("q", "").strip()[:100]
    page = db.paginate(queries.courses_elsewhere(organisation.id, words), per_page=24, max_per_page=24)
    ids = [course.id for course in page.items]
    return render_template(
        "courses/borrowed/index.html",
        organisation=organisation,
        page=page,
        words=words,
        sizes=queries.sizes_of(ids),
        supplied=queries.skills_of_courses(ids),
        taught=queries.cohorts_taught_in(organisation.id, ids),
    )
