"""Pages of competitions. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint, Flask

from competitions.views import contests, judges, judging, office, rankings, results, rubrics, teams

bp = Blueprint("competitions", __name__, template_folder="../templates")
for module in (contests, rankings, teams, office, rubrics, judges, results, judging):
    bp.register_blueprint(module.bp)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
