"""Pages of the skill passport."""

from flask import Blueprint

from app.skills.views import links, passport

bp = Blueprint("skills", __name__, template_folder="../templates")
bp.register_blueprint(passport.bp)
bp.register_blueprint(links.bp)
