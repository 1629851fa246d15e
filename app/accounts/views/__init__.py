"""Pages of people and organisations. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, template_folder="../templates")
