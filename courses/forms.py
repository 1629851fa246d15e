"""Forms of courses: their shape and wording."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget


class CourseForm(FlaskForm):
    """What a course is called and about."""

    title_zh = StringField(_l("Title in Chinese"), [InputRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    summary_zh = TextAreaField(
        _l("Summary in Chinese"),
        [Optional(), Length(max=5000)],
        description=_l("Whom the course is for and what they can do afterwards. Markdown."),
    )
    summary_en = TextAreaField(_l("Summary in English"), [Optional(), Length(max=5000)])


class LessonForm(FlaskForm):
    """A lesson's title and text."""

    title_zh = StringField(_l("Title in Chinese"), [InputRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    minutes = IntegerField(
        _l("Minutes"),
        [InputRequired(), NumberRange(1, 600)],
        default=20,
        description=_l("How long reading takes, about."),
    )
    body_zh = TextAreaField(
        _l("Text in Chinese"),
        [Optional(), Length(max=200_000)],
        description=_l("Markdown: tables, code, $formulas$, pictures, footnotes[^1]."),
    )
    body_en = TextAreaField(_l("Text in English"), [Optional(), Length(max=200_000)])


class QuizForm(FlaskForm):
    """The rules of a lesson's quiz."""

    minutes = IntegerField(
        _l("Minutes"), [Optional(), NumberRange(1, 600)], description=_l("Empty: as long as they like.")
    )
    attempts_allowed = IntegerField(_l("Attempts"), [InputRequired(), NumberRange(1, 20)], default=3)
    pass_percent = IntegerField(_l("Passed from (percent)"), [InputRequired(), NumberRange(1, 100)], default=60)
    shuffles = BooleanField(_l("Shuffle the options"), default=True)


class CohortForm(FlaskForm):
    """A running of a course."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("Name in English"), [Optional(), Length(max=120)])
    starts_on = DateField(_l("Starts on"), [InputRequired()])
    ends_on = DateField(_l("Ends on"), [InputRequired()], description=_l("Students can enrol up to this day."))
    capacity = IntegerField(_l("Seats"), [Optional(), NumberRange(1, 10_000)], description=_l("Empty: no limit."))
    is_open = BooleanField(_l("Students of the university may enrol themselves"), default=True)
    teacher_ids = SelectMultipleField(
        _l("Teachers"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=True,
    )

    def validate_ends_on(self, field: Any) -> None:
        """A cohort does not end before it starts."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_("A cohort ends on or after the day on which it starts."))


class RosterForm(FlaskForm):
    """A class as a CSV file."""

    file = FileField(
        _l("Class list (CSV)"),
        [FileRequired()],
        description=_l("Columns email and name, one student a line. Excel's Chinese CSV is read too."),
    )


def share_of_percent(percent: int) -> Decimal:
    """60 → 0.6."""
    return Decimal(percent) / 100
