"""Forms of courses: their shape and wording."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.assessment.forms import LEVELS
from app.assessment.models import Paging
from app.assessment.rules.peer_review import MOST_PEERS
from app.clock import WALL_FORMATS
from app.ui.form_parts import finite, plausible
from courses.forms.seen import SeenForm
from courses.models import Joining, LessonKind
from courses.rules import bounds
from courses.rules.moments import seconds_of


class CourseForm(SeenForm):
    """What a course is called and about."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=bounds.MOST_TITLE)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=bounds.MOST_TITLE)])
    summary_zh = TextAreaField(
        _l("Summary in Chinese"),
        [Optional(), Length(max=bounds.MOST_SUMMARY)],
        description=_l("Whom the course is for and what they can do afterwards. Markdown."),
    )
    summary_en = TextAreaField(_l("Summary in English"), [Optional(), Length(max=bounds.MOST_SUMMARY)])


class ModuleForm(SeenForm):
    """A part of a course."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=bounds.MOST_TITLE)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=bounds.MOST_TITLE)])


KINDS = [
    SelectChoice(LessonKind.PAGE.value, _l("Page: a text to read, with a quiz if you like")),
    SelectChoice(LessonKind.VIDEO.value, _l("Video: with check questions at moments of it")),
    SelectChoice(LessonKind.FILE.value, _l("File: something to download and work with")),
    SelectChoice(LessonKind.QUIZ.value, _l("Quiz: questions only")),
    SelectChoice(LessonKind.ASSIGNMENT.value, _l("Assignment: work that is handed in and marked by people")),
    SelectChoice(LessonKind.DISCUSSION.value, _l("Discussion: everybody writes a contribution")),
]


class NewLessonForm(FlaskForm):
    """What a lesson is called and of which kind; its text comes next."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=bounds.MOST_TITLE)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=bounds.MOST_TITLE)])
    kind = RadioField(_l("Kind"), choices=KINDS, default=LessonKind.PAGE.value)
    module_id = SelectField(_l("Module"), coerce=int)


class LessonForm(FlaskForm):
    """A lesson's title and text, and what its kind asks for."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=bounds.MOST_TITLE)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=bounds.MOST_TITLE)])
    kind = SelectField(_l("Kind"), choices=KINDS)
    minutes = IntegerField(
        _l("Minutes"),
        [InputRequired(), NumberRange(*bounds.LESSON_MINUTES)],
        default=20,
        description=_l("How long it takes, about. It only helps to plan: nothing is completed by time."),
    )
    is_required = BooleanField(_l("Needed to complete the course"), default=True)
    video = SelectField(_l("Video"), [Optional()], description=_l("An MP4 file of this course."))
    captions_zh = SelectField(_l("Chinese captions"), [Optional()], description=_l("A WebVTT file (.vtt)."))
    captions_en = SelectField(_l("English captions"), [Optional()])
    downloads = SelectMultipleField(
        _l("Files to download"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    body_zh = TextAreaField(
        _l("Text in Chinese"),
        [Optional(), Length(max=bounds.MOST_TEXT)],
        description=_l(
            "Markdown: tables, code, $formulas$, footnotes[^1], pictures of this course ![](files/name.png)."
        ),
    )
    body_en = TextAreaField(_l("Text in English"), [Optional(), Length(max=bounds.MOST_TEXT)])
    based_on = HiddenField()

    @property
    def began_from(self) -> int | None:
        """The number of the revision that the page showed; None where the form does not say."""
        told = self.based_on.data or ""
        return int(told) if told.isdecimal() and len(told) < 10 else None


def lesson_form(questions: Sequence[tuple[int, str]]) -> type[LessonForm]:
    """A lesson's form with the moment of the video at which each check question (id, name) stands, named `cue-<id>`."""
    fields = {f"cue-{question_id}": StringField(name, [Optional(), _is_moment]) for question_id, name in questions}
    return type("LessonForm", (LessonForm,), fields)


def _is_moment(form: Any, field: Any) -> None:
    if field.data and seconds_of(field.data) is None:
        raise ValidationError(_("Write the moment as minutes:seconds, such as 1:30, or as seconds, such as 90."))


class FileForm(FlaskForm):
    """A file for a course."""

    file = FileField(
        _l("File"),
        [FileRequired()],
        description=_l(
            "PDF, Office, PNG, JPEG, MP4, WebVTT, CSV, text or ZIP. One of the same name takes the old one’s place."
        ),
    )


class PublishForm(FlaskForm):
    """What is new in a version."""

    note_zh = TextAreaField(
        _l("What is new, in Chinese"),
        [Optional(), Length(max=5000)],
        description=_l("Teachers of running cohorts read it when they decide whether to move."),
    )
    note_en = TextAreaField(_l("What is new, in English"), [Optional(), Length(max=5000)])


class QuizForm(SeenForm):
    """The rules of a lesson's quiz."""

    minutes = IntegerField(
        _l("Minutes"), [Optional(), NumberRange(*bounds.QUIZ_MINUTES)], description=_l("Empty: as long as they like.")
    )
    attempts_allowed = IntegerField(_l("Attempts"), [InputRequired(), NumberRange(*bounds.ATTEMPTS)], default=3)
    pass_percent = IntegerField(
        _l("Passed from (percent)"), [InputRequired(), NumberRange(*bounds.PASS_PERCENT)], default=60
    )
    markers = RadioField(
        _l("Who marks essays and files"),
        choices=[
            SelectChoice("1", _l("One person")),
            SelectChoice("2", _l("Two people who do not see each other’s marks")),
        ],
        default="1",
    )
    peers = IntegerField(
        _l("Peers who review each of them"),
        [Optional(), NumberRange(0, MOST_PEERS)],
        default=0,
        description=_l(
            "Essays and files: 0 leaves them to teachers; up to 5 of those who handed in review each once the quiz has"
            " closed. They read the question’s guide, and begin when a teacher has marked two answers as examples."
        ),
    )
    shuffles = BooleanField(_l("Shuffle the options"), default=True)
    paging = RadioField(
        _l("Pages"),
        choices=[
            SelectChoice(Paging.ONE.value, _l("One question a page")),
            SelectChoice(Paging.ALL.value, _l("All questions on one page")),
            SelectChoice(Paging.CHECKED.value, _l("One question a page, checked at once, with hints: for practice")),
        ],
        default=Paging.ONE.value,
    )
    opens_at = DateTimeLocalField(
        _l("Opens at"),
        [Optional(), plausible],
        format=WALL_FORMATS,
        description=_l("Beijing time. Empty: from the start."),
    )
    closes_at = DateTimeLocalField(
        _l("Closes at"),
        [Optional(), plausible],
        format=WALL_FORMATS,
        description=_l("Beijing time. What is received before this moment counts. Empty: never."),
    )

    def validate_closes_at(self, field: Any) -> None:
        """A quiz closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("A quiz closes after it opens."))


class DrawForm(FlaskForm):
    """Questions drawn at random for each attempt."""

    skill = SelectField(_l("Skill"), [InputRequired()])
    level = SelectField(_l("Level"), [InputRequired()], choices=[SelectChoice(str(one), str(one)) for one in LEVELS])
    take = IntegerField(_l("How many"), [InputRequired(), NumberRange(*bounds.TAKE)], default=3)
    points = DecimalField(_l("Points each"), [InputRequired(), finite, NumberRange(*bounds.ITEM_POINTS)], default=1)


class AllowanceForm(FlaskForm):
    """More time or attempts for one person."""

    person = SelectField(_l("Who"), [InputRequired()], coerce=int)
    minutes = IntegerField(_l("More minutes"), [InputRequired(), NumberRange(0, 1440)], default=0)
    attempts = IntegerField(_l("More attempts"), [InputRequired(), NumberRange(0, 20)], default=0)
    reason = StringField(
        _l("Reason"), [DataRequired(), Length(max=300)], description=_l("Only those who teach read it.")
    )


class CohortForm(SeenForm):
    """A running of a course."""

    name_zh = StringField(_l("Name in Chinese"), [DataRequired(), Length(max=bounds.MOST_TITLE)])
    name_en = StringField(_l("Name in English"), [Optional(), Length(max=bounds.MOST_TITLE)])
    starts_on = DateField(_l("Starts on"), [InputRequired(), plausible])
    ends_on = DateField(
        _l("Ends on"), [InputRequired(), plausible], description=_l("Students can enrol up to this day.")
    )
    capacity = IntegerField(_l("Seats"), [Optional(), NumberRange(1, 10_000)], description=_l("Empty: no limit."))
    joining = RadioField(
        _l("How students come in"),
        choices=[
            SelectChoice(Joining.OPEN.value, _l("Students of the university enrol themselves")),
            SelectChoice(Joining.CODE.value, _l("With a code that their teacher gives them")),
            SelectChoice(Joining.REQUEST.value, _l("They ask, and a teacher lets them in")),
            SelectChoice(Joining.LIST.value, _l("Only by class list")),
        ],
        default=Joining.OPEN.value,
    )
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
