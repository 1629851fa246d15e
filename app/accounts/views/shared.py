"""What the forms of this package share."""

from wtforms import Field

from app.errors import Refused


def refuse(field: Field, refusal: Refused) -> None:
    """Show a refusal at the field that caused it, so that what was typed is not lost."""
    field.errors = [*field.errors, refusal.sentence()]
