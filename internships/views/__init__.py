"""Pages of internships. Each module owns a small blueprint with full paths; they are nested here."""

from flask import Blueprint

from internships.views import (
    applicants,
    applications,
    checks,
    clusters,
    placements,
    postings,
    ratings,
    rounds,
    searches,
    unplaced,
)

bp = Blueprint("internships", __name__, template_folder="../templates")
for module in (postings, applications, applicants, rounds, placements, ratings, checks, searches, clusters, unplaced):
    bp.register_blueprint(module.bp)
