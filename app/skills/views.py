"""Pages of the skill passport."""

from flask import Blueprint, Flask

bp = Blueprint("skills", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Offer the passport's place in the rail."""
