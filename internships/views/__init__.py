"""Pages of internships. Each module owns a small blueprint with full paths; they are nested here."""

from flask import Blueprint

from internships.views import (
    applicant_files,
    applicants,
    applications,
    checks,
    clusters,
    interviews,
    pipeline,
    placements,
    postings,
    ratings,
    round_parts,
    round_runs,
    rounds,
    searches,
    unplaced,
)

bp = Blueprint("internships", __name__, template_folder="../templates")
for module in (
    postings,
    applications,
    applicants,
    pipeline,
    interviews,
    applicant_files,
    rounds,
    round_runs,
    round_parts,
    placements,
    ratings,
    checks,
    searches,
    clusters,
    unplaced,
):
    bp.register_blueprint(module.bp)
