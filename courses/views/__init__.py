"""Pages of courses. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

bp = Blueprint("courses", __name__, template_folder="../templates")
