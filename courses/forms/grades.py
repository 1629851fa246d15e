"""Forms of the gradebook and of the rules by which marks make a total."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DecimalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.ui.form_parts import RowForm, finite, two_places
from courses.rules.grading import MOST_DROPS

SPARE_ROWS = 3


class OverrideForm(FlaskForm):
    """Points given by hand."""

    seen = HiddenField()
    points = DecimalField(_l("Points"), [InputRequired(), finite, NumberRange(0, 100_000), two_places])
    reason = StringField(
        _l("Reason"),
        [DataRequired(), Length(max=300)],
        description=_l("The learner reads it, and it stays in the history of this cell."),
    )


class ClearForm(FlaskForm):
    """Why points are taken back, and what was seen then."""

    seen = HiddenField()
    reason = StringField(
        _l("Reason"), [DataRequired(), Length(max=300)], description=_l("It stays in the history of this cell.")
    )


class ColumnForm(FlaskForm):
    """A column of a cohort's own."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    points_max = DecimalField(
        _l("Most points"), [InputRequired(), finite, NumberRange(Decimal("0.01"), 10_000), two_places], default=100
    )
    category = SelectField(_l("Counts in"), default="")


class TableFileForm(FlaskForm):
    """A gradebook as a file."""

    file = FileField(
        _l("Table (XLSX or CSV)"),
        [FileRequired()],
        description=_l("As you downloaded it, with other points; or any table with a column ID or E-mail."),
    )


class ImportForm(FlaskForm):
    """The changes that were looked at."""

    name = HiddenField()
    wishes = HiddenField()


class CategoryRow(RowForm):
    """A category: what counts together."""

    name = HiddenField()
    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    weight = DecimalField(_l("Weight"), [Optional(), finite, NumberRange(Decimal("0.01"), 1000), two_places])
    drop = IntegerField(_l("Lowest dropped"), [Optional(), NumberRange(0, MOST_DROPS)])


class LessonRow(RowForm):
    """Where a lesson counts, and whether it is required."""

    lesson_id = HiddenField()
    category = SelectField(_l("Counts in"), [Optional()])
    is_required = BooleanField(_l("Required"))


class GradingForm(FlaskForm):
    """How marks make a total, and what completes the course."""

    seen = HiddenField()
    categories = FieldList(FormField(CategoryRow))
    lessons = FieldList(FormField(LessonRow))
    pass_percent = DecimalField(
        _l("Total needed (percent)"),
        [Optional(), finite, NumberRange(0, 100), two_places],
        description=_l("Empty: the required lessons are enough."),
    )
    valid_months = IntegerField(
        _l("The certificate holds for (months)"),
        [Optional(), NumberRange(1, 1200)],
        description=_l("Empty: for ever. An expired one can be renewed by your university."),
    )
    sequential = BooleanField(_l("Lessons open in order: each when the required ones before it are done"))
