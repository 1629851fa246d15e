"""Forms of cohorts, what comes before a course, and learning paths: their shape and wording."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.assessment.forms import LEVELS
from app.clock import WALL_FORMATS
from app.ui.form_parts import plausible
from courses.forms.seen import SeenForm


class CodeForm(FlaskForm):
    """The code of a cohort."""

    code = StringField(
        _l("Cohort code"),
        [DataRequired(), Length(max=40)],
        description=_l("Eight letters and digits from your teacher; capitals and spaces do not matter."),
    )


class RequestForm(FlaskForm):
    """A note to those who decide."""

    note = TextAreaField(
        _l("Note to the teachers"),
        [Optional(), Length(max=1000)],
        description=_l("Why you want to learn this, or what they should know."),
    )


class AnswerForm(FlaskForm):
    """A word to who asked."""

    word = StringField(_l("A word with it"), [Optional(), Length(max=300)])


class WeeklyForm(FlaskForm):
    """Dates of all lessons by one rule."""

    first = DateField(_l("First day"), [InputRequired(), plausible])
    per_week = IntegerField(_l("Lessons a week"), [InputRequired(), NumberRange(1, 14)], default=1)
    days_to_do = IntegerField(
        _l("Days to do one"),
        [InputRequired(), NumberRange(1, 200)],
        default=7,
        description=_l("A lesson is due at 23:59 of its last day."),
    )


class ShiftForm(FlaskForm):
    """All dates some days later or earlier."""

    days = IntegerField(
        _l("Days"), [InputRequired(), NumberRange(-400, 400)], description=_l("A number below 0 moves them earlier.")
    )


def dates_form(lessons: Sequence[tuple[int, str]]) -> type[SeenForm]:
    """A form with the two moments of each lesson (id, title), named `opens_<id>` and `due_<id>`."""
    fields: dict[str, Any] = {}
    for lesson_id, title in lessons:
        opens = _("“%(lesson)s” opens at", lesson=title)
        for name, label in (("opens", opens), ("due", _("“%(lesson)s” is due at", lesson=title))):
            fields[f"{name}_{lesson_id}"] = DateTimeLocalField(label, [Optional(), plausible], format=WALL_FORMATS)
    return type("DatesForm", (SeenForm,), fields)


class AnnouncementForm(SeenForm):
    """What a cohort is told."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    body_zh = TextAreaField(_l("Text in Chinese"), [Optional(), Length(max=5000)], description=_l("Markdown."))
    body_en = TextAreaField(_l("Text in English"), [Optional(), Length(max=5000)])


class MaterialForm(FlaskForm):
    """A piece that a cohort's teachers add to its course."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    body_zh = TextAreaField(_l("Text in Chinese"), [Optional(), Length(max=20_000)], description=_l("Markdown."))
    body_en = TextAreaField(_l("Text in English"), [Optional(), Length(max=20_000)], description=_l("Markdown."))
    link = StringField(_l("Link"), [Optional(), Length(max=300)])
    place = SelectField(_l("Where it stands"))
    visible_from = DateTimeLocalField(
        _l("Learners see it from"),
        [Optional(), plausible],
        format=WALL_FORMATS,
        description=_l("Beijing time. Empty: at once."),
    )
    files = MultipleFileField(
        _l("Files"),
        [Optional()],
        description=_l("PDF, Office, pictures, sound, video, CSV, text or ZIP; several at once."),
    )
    revision = HiddenField(default="0")


class RequiredCourseForm(FlaskForm):
    """Another course that comes first."""

    course = SelectField(_l("Course to complete first"), [InputRequired()], coerce=int)


class RequiredSkillForm(FlaskForm):
    """A skill that has to be shown first."""

    skill = SelectField(_l("Skill to show first"), [InputRequired()])
    level = SelectField(
        _l("At least at level"), [InputRequired()], choices=[SelectChoice(str(one), str(one)) for one in LEVELS]
    )


class PathForm(SeenForm):
    """What a path is called and leads to."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    summary_zh = TextAreaField(
        _l("Summary in Chinese"),
        [Optional(), Length(max=5000)],
        description=_l("Where the path leads, and for whom it is. Markdown."),
    )
    summary_en = TextAreaField(_l("Summary in English"), [Optional(), Length(max=5000)])
    is_strict = BooleanField(
        _l("Each step requires the one before"),
        description=_l(
            "Holds for your university’s own courses, and for all who want to enrol in them, on this path or not."
        ),
    )


class StepForm(FlaskForm):
    """One more course on a path."""

    course = SelectField(_l("Course"), [InputRequired()], coerce=int)
    is_required = BooleanField(_l("Needed to complete the path"), default=True)
