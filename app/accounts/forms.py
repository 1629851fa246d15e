"""Shape and wording of what people type about themselves and their organisations."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    MonthField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    URL,
    DataRequired,
    EqualTo,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from app.accounts.models import Role
from app.accounts.rules import credit_code

YOUNGEST = 14
"""Below this age a guardian has to consent (Personal Information Protection Law, article 31); so young nobody joins."""
OLDEST = 100
GRADUATION_YEARS = 10


def stripped(value: str | None) -> str | None:
    """A filter: no spaces around, single ones within."""
    return " ".join(value.split()) if value else value


def trimmed(value: str | None) -> str | None:
    """A filter: no spaces around."""
    return value.strip() if value else value


def email_field(**more: Any) -> EmailField:
    """The field of an e-mail address; services check it."""
    label = more.pop("label", _l("E-mail"))
    return EmailField(
        label, [InputRequired(_l("Enter an e-mail address.")), Length(max=254)], filters=[trimmed], **more
    )


def name_field() -> StringField:
    """The field of a person's name."""
    required = DataRequired(_l("Enter a name."))
    return StringField(_l("Name"), [required, Length(max=100)], filters=[stripped])


def new_password_field() -> PasswordField:
    """The field of a new password; services check it."""
    return PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password."))],
        description=_l("At least 10 characters. A few unrelated words make a good one."),
    )


class SignInForm(FlaskForm):
    """Who are you?"""

    email = email_field()
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])
    next = HiddenField()


class EmailForm(FlaskForm):
    """Where to send a link."""

    email = email_field()


class SignUpForm(FlaskForm):
    """The beginning of a new account: who, and where to send the link that finishes it."""

    name = name_field()
    email = email_field(description=_l("We send a link to this address; it opens the account."))
    agreed = BooleanField(
        _l("I have read the privacy notice and the terms of use, and agree to both."),
        [InputRequired(_l("An account needs your agreement to both."))],
    )


class NewPasswordForm(FlaskForm):
    """A password, for an account that has proved its address."""

    password = new_password_field()


class JoinForm(FlaskForm):
    """A new account made on an invitation."""

    name = name_field()
    email = email_field()
    password = new_password_field()
    agreed = BooleanField(
        _l("I have read the privacy notice and the terms of use, and agree to both."),
        [InputRequired(_l("An account needs your agreement to both."))],
    )


class InvitationForm(FlaskForm):
    """A role in an organisation, perhaps for one address."""

    role = SelectField(_l("Role"))
    email = EmailField(
        _l("E-mail"),
        [Optional(), Length(max=254)],
        filters=[trimmed],
        description=_l("With an address, the link is mailed there and works for that address only."),
    )

    def __init__(self, roles: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(**more)
        self.role.choices = roles

    @property
    def chosen_role(self) -> Role:
        """The role, as a role."""
        return Role(self.role.data)


class RosterFileForm(FlaskForm):
    """A table of people."""

    file = FileField(
        _l("Table (CSV)"),
        [FileRequired(_l("Choose a file."))],
        description=_l("Columns email and name, in any order; at most 5,000 rows. UTF-8 and GB18030 are both read."),
    )


class RosterForm(FlaskForm):
    """A table that has been looked at and is now taken in."""

    table = HiddenField(_l("Table"), [InputRequired(), Length(max=2_000_000)])


class ProfileForm(FlaskForm):
    """What eligibility for an internship needs to know of a student, and a few words."""

    major = StringField(_l("Major"), [DataRequired(_l("Enter your major.")), Length(max=100)], filters=[stripped])
    year = IntegerField(
        _l("Year of study"),
        [InputRequired(_l("Enter your year of study, 1 to 7.")), NumberRange(1, 7, _l("The year of study is 1 to 7."))],
        description=_l("1 to 7, counted through from the first year at a university."),
    )
    graduates_on = MonthField(
        _l("Month of graduation"),
        [InputRequired(_l("Enter the month in which you will graduate."))],
        description=_l("As year and month, for example 2027-06."),
    )
    birth_month = MonthField(
        _l("Month of birth"),
        [InputRequired(_l("Enter the month in which you were born."))],
        description=_l("Internships have a lowest age by law. The day is not needed, so it is not asked."),
    )
    about = TextAreaField(
        _l("About you"),
        [Length(max=2000)],
        filters=[trimmed],
        description=_l("A few sentences that enterprises read when you apply. Markdown."),
    )

    def __init__(self, today: date, **more: Any) -> None:
        super().__init__(**more)
        self.today = today

    def validate_birth_month(self, field: MonthField) -> None:
        """An age that a student can have."""
        if field.data is None:
            return
        months = (self.today.year - field.data.year) * 12 + self.today.month - field.data.month
        if months < YOUNGEST * 12:
            raise ValidationError(_l("Yangfan is for people of 14 and older."))
        if months > OLDEST * 12:
            raise ValidationError(_l("Check the year of birth."))

    def validate_graduates_on(self, field: MonthField) -> None:
        """Not far off in either direction."""
        if field.data is not None and abs(field.data.year - self.today.year) > GRADUATION_YEARS:
            raise ValidationError(_l("Check the year of graduation."))


class SettingsForm(FlaskForm):
    """How a person is called and spoken to."""

    name = name_field()
    language = SelectField(_l("Language"))
    time_zone = SelectField(_l("Time zone"), description=_l("Times on all pages are shown in this zone."))


class PasswordForm(FlaskForm):
    """Another password, by somebody who knows the present one."""

    current = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])
    password = new_password_field()
    again = PasswordField(
        _l("New password again"), [EqualTo("password", _l("The two entries of the new password differ."))]
    )


def _name_zh() -> StringField:
    required = DataRequired(_l("Enter the name in Chinese."))
    return StringField(_l("Name in Chinese"), [required, Length(min=2, max=100)], filters=[stripped])


def _name_en() -> StringField:
    return StringField(_l("Name in English"), [Optional(), Length(max=150)], filters=[stripped])


class EnterpriseForm(FlaskForm):
    """An enterprise that registers."""

    name_zh = _name_zh()
    name_en = _name_en()
    credit_code = StringField(
        _l("Unified social credit code"),
        [InputRequired(_l("Enter the 18 characters of the credit code."))],
        filters=[lambda value: credit_code.normal(value) if value else value],
        description=_l("18 characters, as on the business licence."),
    )
    region_code = SelectField(_l("Province"), [InputRequired(_l("Choose the province."))])
    cluster_code = SelectField(
        _l("Industrial cluster"), [Optional()], description=_l("Only if the enterprise belongs to one of these.")
    )
    city_zh = StringField(
        _l("City in Chinese"), [DataRequired(_l("Enter the city.")), Length(max=60)], filters=[stripped]
    )
    city_en = StringField(_l("City in English"), [Optional(), Length(max=60)], filters=[stripped])

    def validate_credit_code(self, field: StringField) -> None:
        """Eighteen characters whose check digits fit."""
        fault = credit_code.fault_of(field.data)
        if fault is not None:
            raise ValidationError(FAULTS[fault])


FAULTS = {
    credit_code.Fault.LENGTH: _l("A unified social credit code has 18 characters; count again."),
    credit_code.Fault.CHARACTER: _l(
        "Only digits and capital letters stand in a credit code, and never I, O, S, V or Z."
    ),
    credit_code.Fault.CHECK: _l("The last character does not fit the others; one of the 18 is probably mistyped."),
}


class AboutForm(FlaskForm):
    """What an organisation says of itself."""

    name_en = _name_en()
    about_zh = TextAreaField(
        _l("About, in Chinese"), [Length(max=10_000)], filters=[trimmed], description=_l("Markdown.")
    )
    about_en = TextAreaField(
        _l("About, in English"), [Length(max=10_000)], filters=[trimmed], description=_l("Markdown.")
    )
    website = StringField(
        _l("Website"),
        [Optional(), Length(max=300), URL(require_tld=True), Regexp(r"https?://", message=_l("Begin with https://"))],
        filters=[trimmed],
    )


class VerificationForm(FlaskForm):
    """What somebody checked before saying that an enterprise is what it says."""

    note = StringField(
        _l("What you checked"),
        [Optional(), Length(max=200)],
        filters=[trimmed],
        description=_l("For example: the business licence, a call, a visit. Everybody reads it."),
    )


class SuspensionForm(FlaskForm):
    """Why an enterprise may not publish for now."""

    reason = StringField(
        _l("Reason"), [DataRequired(), Length(max=200)], filters=[trimmed], description=_l("Its people read it.")
    )
