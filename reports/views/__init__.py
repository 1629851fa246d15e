"""Pages of reports. Each module owns a small blueprint; they are nested here."""

from flask import Blueprint

bp = Blueprint("reports", __name__, template_folder="../templates")
