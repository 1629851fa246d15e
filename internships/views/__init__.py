"""Pages of internships. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

bp = Blueprint("internships", __name__, template_folder="../templates")
