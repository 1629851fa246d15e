"""Pages of competitions. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint, Flask

from app.accounts.guards import guard_request
from competitions.views import contests, judges, judging, office, rankings, results, rubrics, teams

bp = Blueprint("competitions", __name__, template_folder="../templates")
for module in (contests, rankings, teams, office, rubrics, judges, results, judging):
    bp.register_blueprint(module.bp)


def init_app(app: Flask) -> None:
    """Register the pages, and the clock that decides whether a hand-in is in time."""
    app.register_blueprint(bp)
    # Ahead of the guard, who asks the database: a team must not be late because others were before it in that queue.
    steps = app.before_request_funcs[None]
    steps.insert(steps.index(guard_request), teams.note_receipt)
