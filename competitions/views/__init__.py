"""Pages of competitions. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

bp = Blueprint("competitions", __name__, template_folder="../templates")
