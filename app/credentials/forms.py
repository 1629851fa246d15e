"""Forms of the register of certificates, and of checking a credential."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from app.ui.form_parts import plausible


class RevocationForm(FlaskForm):
    """Why a certificate is taken back."""

    because = StringField(
        _l("Reason"),
        [DataRequired(), Length(max=300)],
        description=_l("Everybody who opens the page of the certificate reads it."),
    )


class RenewalForm(FlaskForm):
    """How long the new certificate is valid."""

    valid_until = DateField(
        _l("Valid until"),
        [Optional(), plausible],
        description=_l("The last day on which it is valid. Leave it empty for a certificate without an end."),
    )

    def ends(self) -> date | None:
        """The last day, if there is one."""
        return self.valid_until.data


class CheckForm(FlaskForm):
    """A credential that somebody wants to have checked."""

    credential = TextAreaField(
        _l("Text of the credential"),
        [Optional(), Length(max=100_000)],
        description=_l("It begins with “eyJ” and has two points in it."),
    )
    file = FileField(
        _l("Or its file"),
        description=_l(
            "The PDF of a certificate, which carries the credential inside, or the file that ends with “.jwt”."
        ),
    )
