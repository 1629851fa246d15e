"""Pages of people and organisations. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

from app.accounts.views import (
    invitations,
    organisations,
    password_resets,
    people,
    profiles,
    rosters,
    sessions,
    settings,
    sign_ups,
    verifications,
)

bp = Blueprint("accounts", __name__, template_folder="../templates")
bp.register_blueprint(sessions.bp)
bp.register_blueprint(password_resets.bp)
bp.register_blueprint(sign_ups.bp)
bp.register_blueprint(invitations.bp)
bp.register_blueprint(profiles.bp)
bp.register_blueprint(settings.bp)
bp.register_blueprint(organisations.bp)
bp.register_blueprint(people.bp)
bp.register_blueprint(rosters.bp)
bp.register_blueprint(verifications.bp)
