"""Pages of internships. Each module owns a small blueprint with full paths; they are nested here."""

from flask import Blueprint

from internships.views import applicants, applications, placements, postings, ratings, round_parts, round_runs, rounds

bp = Blueprint("internships", __name__, template_folder="../templates")
for module in (postings, applications, applicants, rounds, round_runs, round_parts, placements, ratings):
    bp.register_blueprint(module.bp)
