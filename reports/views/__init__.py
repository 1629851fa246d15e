"""Pages of the reports. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from reports.views import evidence, figures, gaps, methods, skills

bp = Blueprint("reports", __name__, template_folder="../templates")
bp.register_blueprint(gaps.bp, url_prefix="/reports/gap")
bp.register_blueprint(skills.bp, url_prefix="/reports/skills")
bp.register_blueprint(figures.bp, url_prefix="/reports/figures")
bp.register_blueprint(methods.bp, url_prefix="/reports/methodology")
bp.register_blueprint(evidence.bp, url_prefix="/organisations/<slug>/evidence")
