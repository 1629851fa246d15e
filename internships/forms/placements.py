"""Forms of placements."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired


class MentorForm(FlaskForm):
    """Who looks after an intern."""

    mentor = SelectField(_l("Mentor"), [InputRequired()])

    def offer(self, people: list[tuple[int, str]]) -> None:
        """Say who can be chosen."""
        self.mentor.choices = [SelectChoice(str(person), name) for person, name in people]
