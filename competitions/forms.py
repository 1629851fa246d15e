"""Forms of competitions: their shape and wording."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateTimeLocalField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from app.assessment.models import Rubric, RubricRow
from app.assessment.services.work import Criterion
from app.clock import WALL_FORMATS, moment_on_the_wall, on_the_wall
from app.ui.filters import words
from app.ui.form_parts import RowForm, finite, plausible
from competitions.models import Competition, RankingMethod
from competitions.services.contests import Call

CRITERIA = 8
LEVELS = (1, 2, 3, 4)
MOST_WEIGHT = Decimal(1000)
MOST_MARKS = Decimal(1000)
MARK_PLACES = 2
METHODS = {
    RankingMethod.MIXED: _l("Corrected for the severity of judges (mixed model)"),
    RankingMethod.TRIMMED: _l("Mean without the highest and the lowest mark"),
    RankingMethod.MEAN: _l("Mean of all marks"),
}


class WordsForm(FlaskForm):
    """What a competition is called, and its rulebook."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    body_zh = TextAreaField(
        _l("Rulebook in Chinese"),
        [Optional(), Length(max=100_000)],
        description=_l("The task, what to hand in, what is not allowed. Markdown."),
    )
    body_en = TextAreaField(_l("Rulebook in English"), [Optional(), Length(max=100_000)])


class CallForm(WordsForm):
    """All that a competition announces."""

    cluster_code = SelectField(_l("Industrial cluster"), [Optional()], description=_l("Whose task it is, if anyone’s."))
    opens_at = DateTimeLocalField(
        _l("Opens at"), [InputRequired(), plausible], format=WALL_FORMATS, description=_l("Beijing time.")
    )
    closes_at = DateTimeLocalField(
        _l("Closes at"),
        [InputRequired(), plausible],
        format=WALL_FORMATS,
        description=_l("Beijing time. What is wholly received before this moment is in time."),
    )
    team_min = IntegerField(_l("Members at least"), [InputRequired(), NumberRange(1, 50)], default=3)
    team_max = IntegerField(_l("Members at most"), [InputRequired(), NumberRange(1, 50)], default=5)
    judges_per_entry = IntegerField(
        _l("Judges per entry"),
        [InputRequired(), NumberRange(1, 15)],
        default=3,
        description=_l("Each entry gets exactly this many. With fewer than two, nobody’s severity can be told."),
    )
    method = SelectField(
        _l("How marks become a ranking"), choices=[SelectChoice(key.value, text) for key, text in METHODS.items()]
    )

    def call(self) -> Call:
        """What was entered; moments are taken as Beijing time."""
        return Call(
            title_zh=self.title_zh.data,
            title_en=self.title_en.data or "",
            body_zh=self.body_zh.data or "",
            body_en=self.body_en.data or "",
            cluster_code=self.cluster_code.data or None,
            opens_at=moment_on_the_wall(self.opens_at.data),
            closes_at=moment_on_the_wall(self.closes_at.data),
            team_min=self.team_min.data,
            team_max=self.team_max.data,
            judges_per_entry=self.judges_per_entry.data,
            method=RankingMethod(self.method.data),
        )

    def validate_closes_at(self, field: Any) -> None:
        """A competition closes after it opens."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("A competition closes after it opens."))

    def validate_team_max(self, field: Any) -> None:
        """The largest team is not smaller than the smallest."""
        if field.data and self.team_min.data and field.data < self.team_min.data:
            raise ValidationError(_("The largest team is not smaller than the smallest."))


def call_values(competition: Competition) -> dict[str, Any]:
    """A competition as its form shows it."""
    return {
        **{name: getattr(competition, name) for name in ("title_zh", "title_en", "body_zh", "body_en", "cluster_code")},
        **{name: getattr(competition, name) for name in ("team_min", "team_max", "judges_per_entry")},
        "method": competition.method.value,
        "opens_at": on_the_wall(competition.opens_at),
        "closes_at": on_the_wall(competition.closes_at),
    }


class CriterionForm(RowForm):
    """One row of a rubric; a row without title and weight is left out."""

    # What a row that is used may not leave empty, the whole form asks: Optional() ends the chain for an empty field.
    title_zh = StringField(_l("Criterion in Chinese"), [Optional(), Length(max=120)])
    title_en = StringField(_l("Criterion in English"), [Optional(), Length(max=120)])
    weight = DecimalField(_l("Weight"), [Optional(), finite, NumberRange(0, MOST_WEIGHT)], places=None)
    marks_max = DecimalField(_l("Most marks"), [Optional(), finite, NumberRange(1, MOST_MARKS)], places=None)
    skill_code = SelectField(_l("Skill that it shows"), [Optional()])
    level = SelectField(_l("At level"), [Optional()])
    descriptor_zh = TextAreaField(_l("What full marks ask for, in Chinese"), [Optional(), Length(max=2000)])
    descriptor_en = TextAreaField(_l("What full marks ask for, in English"), [Optional(), Length(max=2000)])

    @property
    def is_used(self) -> bool:
        """Whether the row says anything."""
        return bool(self.title_zh.data or self.title_en.data or self.weight.data is not None)

    def criterion(self) -> Criterion:
        """The row as the rubric takes it."""
        return Criterion(
            title_zh=self.title_zh.data,
            title_en=self.title_en.data or "",
            weight=self.weight.data,
            marks_max=self.marks_max.data or Decimal(100),
            skill_code=self.skill_code.data or None,
            level=int(self.level.data) if self.level.data else None,
            descriptor_zh=self.descriptor_zh.data or "",
            descriptor_en=self.descriptor_en.data or "",
        )


class RubricForm(FlaskForm):
    """Up to eight criteria."""

    rows = FieldList(FormField(CriterionForm), min_entries=CRITERIA, max_entries=CRITERIA)

    def offer(self, skills: Sequence[Any]) -> None:
        """Let each row choose among the skills and levels."""
        named = (SelectChoice(skill.code, f"{skill.code} {words(skill, 'name')}") for skill in skills)
        choices = [SelectChoice("", "–"), *named]
        levels = [SelectChoice("", "–"), *(SelectChoice(str(level), str(level)) for level in LEVELS)]
        for row in self.rows:
            row.form.skill_code.choices = choices
            row.form.level.choices = levels

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields, and what a row that is used may not leave empty."""
        valid = super().validate(extra_validators)
        used = [row.form for row in self.rows if row.form.is_used]
        for row in used:
            for field, sentence in (
                (row.title_zh, _("Give the criterion a title in Chinese.")),
                (row.weight, _("Give the criterion a weight.")),
            ):
                if field.data in (None, "") and not field.errors:
                    field.errors = [sentence]
                    valid = False
            if bool(row.level.data) != bool(row.skill_code.data):
                row.level.errors = [_("A skill goes with a level, and a level with a skill.")]
                valid = False
        if valid and not any(row.weight.data > 0 for row in used):
            self.form_errors.append(_("A rubric needs at least one criterion with a weight above zero."))
            valid = False
        return bool(valid)

    @property
    def is_wrong(self) -> bool:
        """Whether anything has to be mended."""
        return bool(self.form_errors) or any(field.errors for row in self.rows for field in row.form)

    def criteria(self) -> list[Criterion]:
        """The rows that are used, in order."""
        return [row.form.criterion() for row in self.rows if row.form.is_used]


def rubric_values(rubric: Rubric) -> dict[str, Any]:
    """A rubric as its form shows it."""
    names = ("title_zh", "title_en", "descriptor_zh", "descriptor_en", "skill_code")
    return {
        "rows": [
            {
                **{name: getattr(row, name) for name in names},
                "weight": plain(row.weight),
                "marks_max": plain(row.marks_max),
                "level": str(row.level or ""),
            }
            for row in rubric.rows
        ]
    }


def plain(value: Decimal) -> Decimal:
    """A decimal without needless zeros, never in powers of ten."""
    return Decimal(f"{value.normalize():f}")


class HandInForm(FlaskForm):
    """A file with a note."""

    file = FileField(
        _l("File of the entry"),
        [FileRequired()],
        description=_l("PDF, Word, Excel, PowerPoint, ZIP, pictures, video or text."),
    )
    note = TextAreaField(
        _l("Note for the judges"),
        [Optional(), Length(max=2000)],
        description=_l(
            "Judges do not know who you are: name neither yourselves nor your university, here or in the file."
        ),
    )


def marks_form(rows: Sequence[RubricRow]) -> type[FlaskForm]:
    """A form with a mark and a comment for each row: `mark_7`, `comment_7`."""
    fields: dict[str, Any] = {}
    for row in rows:
        most = plain(row.marks_max)
        outside = _("A mark lies between 0 and %(most)s.", most=most)
        fields[f"mark_{row.id}"] = DecimalField(
            _("Mark, 0 to %(most)s", most=most),
            [
                Optional(),
                finite,
                NumberRange(0, row.marks_max, outside),
                _two_places,
            ],
            places=None,
        )
        fields[f"comment_{row.id}"] = TextAreaField(_("Comment"), [Optional(), Length(max=4000)])
    return type("MarksForm", (FlaskForm,), fields)


def _two_places(form: Any, field: Any) -> None:
    exponent = field.data.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MARK_PLACES:
        raise ValidationError(_("A mark has at most two decimals."))


def marks_values(rows: Sequence[RubricRow], given: Sequence[Any]) -> dict[str, Any]:
    """What a judge has given as the form shows it."""
    by_row = {mark.row_id: mark for mark in given}
    values: dict[str, Any] = {}
    for row in rows:
        mark = by_row.get(row.id)
        if mark is not None:
            values[f"mark_{row.id}"] = None if mark.mark is None else plain(mark.mark)
            values[f"comment_{row.id}"] = mark.comment
    return values


def marks_given(form: FlaskForm, rows: Sequence[RubricRow]) -> dict[int, tuple[Decimal | None, str]]:
    """What was entered: {row id: (mark or none, comment)}."""
    return {row.id: (form[f"mark_{row.id}"].data, (form[f"comment_{row.id}"].data or "").strip()) for row in rows}
