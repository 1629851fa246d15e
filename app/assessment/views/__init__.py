"""Pages of the question bank and of taking a quiz. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

bp = Blueprint("assessment", __name__, template_folder="../templates")
