"""Forms of applications: applying, reasons, offers, interviews, messages, what applicants say of themselves."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.clock import moment_on_the_wall, on_the_wall
from app.ui.form_parts import plausible
from internships.rules.stages import ENTERPRISE_REASONS, STUDENT_REASONS, Because
from internships.wording import BECAUSE


class ApplicationForm(FlaskForm):
    """What a student says with an application."""

    statement = TextAreaField(
        _l("Why you, in a few sentences"),
        [Optional(), Length(max=3000)],
        description=_l("The enterprise reads it beside what you have shown. You may leave it empty."),
    )


class ReasonForm(FlaskForm):
    """Why something ends: a choice, and words. The other side reads both."""

    because = SelectField(_l("Reason"), [Optional()])
    reason = TextAreaField(_l("In your words"), [Optional(), Length(max=500)])
    offered: tuple[Because, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.because.choices = [SelectChoice(value, label) for value, label in self.pairs()]

    def pairs(self) -> list[tuple[str, Any]]:
        """The choices with their words."""
        return [("", _l("Choose")), *((one.value, BECAUSE[one]) for one in self.offered)]

    def why(self) -> Because | None:
        """The choice, if one was made."""
        return Because(self.because.data) if self.because.data else None

    def words(self) -> str:
        """The words, trimmed."""
        return (self.reason.data or "").strip()


class DeclineForm(ReasonForm):
    """Why an enterprise says no."""

    offered = ENTERPRISE_REASONS


class LeaveForm(ReasonForm):
    """Why a student does not want a place."""

    offered = STUDENT_REASONS


class OfferForm(FlaskForm):
    """Until when an offer stands, and what is said with it."""

    until = DateTimeLocalField(
        _l("The offer stands until"), [InputRequired(), plausible], description=_l("Beijing time. It holds a seat.")
    )
    words = TextAreaField(_l("What you say with it"), [Optional(), Length(max=1000)])

    def moment(self) -> datetime:
        """The end of the offer."""
        if self.until.data is None:
            raise ValueError("the form has not been validated")
        return moment_on_the_wall(self.until.data)


def first_offer(now: datetime) -> dict[str, datetime]:
    """What the form of an offer begins with: a week from now, at six in the evening."""
    return {"until": on_the_wall(now).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=7)}


class MessageForm(FlaskForm):
    """A message to the other side."""

    body = TextAreaField(_l("Your message"), [DataRequired(), Length(max=2000)])


class InterviewForm(FlaskForm):
    """Moments to choose from, and where."""

    slot_1 = DateTimeLocalField(_l("First time"), [InputRequired(), plausible], description=_l("Beijing time."))
    slot_2 = DateTimeLocalField(_l("Second time"), [Optional(), plausible])
    slot_3 = DateTimeLocalField(_l("Third time"), [Optional(), plausible])
    slot_4 = DateTimeLocalField(_l("Fourth time"), [Optional(), plausible])
    slot_5 = DateTimeLocalField(_l("Fifth time"), [Optional(), plausible])
    minutes = IntegerField(_l("Minutes"), [InputRequired(), NumberRange(5, 480)], default=30)
    place = StringField(_l("Meeting place"), [Optional(), Length(max=200)])
    link = StringField(_l("Or a link"), [Optional(), Length(max=300)], description=_l("It begins with https://."))
    words = TextAreaField(_l("What to prepare"), [Optional(), Length(max=1000)])

    def slots(self) -> list[datetime]:
        """The moments that were filled in."""
        fields = (self.slot_1, self.slot_2, self.slot_3, self.slot_4, self.slot_5)
        return [moment_on_the_wall(one.data) for one in fields if one.data is not None]


class WordsForm(FlaskForm):
    """A few words that the other side reads."""

    words = TextAreaField(_l("Why"), [DataRequired(), Length(min=5, max=500)])


class ApplicantProfileForm(FlaskForm):
    """What a student says about themselves to enterprises."""

    words = TextAreaField(
        _l("About you, in your words"),
        [Optional(), Length(max=3000)],
        description=_l("Enterprises read it beside your applications."),
    )
    languages = TextAreaField(
        _l("Languages"), [Optional(), Length(max=500)], description=_l("One in a line, with how well you speak it.")
    )
    links = TextAreaField(
        _l("Links"), [Optional(), Length(max=2000)], description=_l("One in a line: a shop, a portfolio, a video.")
    )


class UploadForm(FlaskForm):
    """A file from the applicant."""

    file = FileField(
        _l("File"), description=_l("PDF, Word document or picture, at most 10 MB. Only those who may read it can.")
    )
