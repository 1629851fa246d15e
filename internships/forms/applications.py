"""Forms of applications: applying, and declining one."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional


class ApplicationForm(FlaskForm):
    """What a student says with an application."""

    statement = TextAreaField(
        _l("Why you, in a few sentences"),
        [Optional(), Length(max=3000)],
        description=_l("The enterprise reads it beside what you have shown. You may leave it empty."),
    )


class DeclineForm(FlaskForm):
    """Why an applicant is declined. They read it."""

    reason = TextAreaField(
        _l("Reason"), [DataRequired(), Length(min=5, max=500)], description=_l("The applicant reads it.")
    )
