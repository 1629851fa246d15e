"""Pages of the skill passport."""

from flask import Blueprint

from app.skills.views import passport

bp = Blueprint("skills", __name__, template_folder="../templates")
bp.register_blueprint(passport.bp)
