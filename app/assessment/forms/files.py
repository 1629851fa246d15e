"""Forms of the bank that are no questions: files of them, and marking anew."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.assessment.forms.questions import LEVEL_CHOICES


class RegradeForm(FlaskForm):
    """Why answers are marked anew."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(), Length(max=300)],
        description=_l("Everyone whose mark changes reads it."),
    )


class ImportForm(FlaskForm):
    """A file of questions to look at."""

    file = FileField(
        _l("File of questions"),
        [FileRequired()],
        description=_l(
            "Word, Excel, CSV or plain text with 答案：; GIFT, Aiken, Moodle XML; QTI 1.2 and 2; Common Cartridge. "
            "Up to 20 MB. You see what would be taken before anything is kept."
        ),
    )
    language = SelectField(
        _l("Language of the questions"),
        choices=[
            SelectChoice("auto", _l("Find out")),
            SelectChoice("zh", _l("Chinese")),
            SelectChoice("en", _l("English")),
        ],
        default="auto",
    )
    skill = SelectField(
        _l("Skill of questions that name none"), [Optional()], description=_l("A tag in the file wins over this.")
    )
    level = SelectField(_l("Their level"), choices=LEVEL_CHOICES)

    def validate_level(self, field: Any) -> None:
        """Skill and level come together."""
        if bool(field.data) != bool(self.skill.data):
            raise ValidationError(_("Choose skill and level together, or neither."))


class TakeForm(FlaskForm):
    """The file that has been looked at, and is now taken."""

    ticket = HiddenField(_l("File"), [InputRequired()])
    file_name = HiddenField(_l("Name"))
    language = HiddenField(_l("Language"), [InputRequired()])
    skill = HiddenField(_l("Skill"))
    level = HiddenField(_l("Level"))
