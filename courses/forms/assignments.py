"""Forms of assignments: what is asked, and the marks that are given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    DecimalField,
    FieldList,
    FormField,
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

from app.assessment.forms.questions import CRITERIA, LEVEL_CHOICES, CriterionRow, criteria_values, skill_choices
from app.assessment.forms.steps import mark_entered, step_fields, step_values
from app.assessment.models import Rubric, RubricRow
from app.assessment.rules.rubrics import Step
from app.assessment.services.work import Criterion
from app.clock import WALL_FORMATS
from app.ui.form_parts import finite, plausible
from courses.forms.seen import SeenForm
from courses.models import Assignment, CompletesOn, Takes
from courses.rules import bounds
from courses.services.assignments import AssignmentRules
from courses.services.submission_marks import Marks, mark_in

# Marks go in these steps.
STEP = Decimal("0.5")
TAKES = {
    Takes.TEXT: _l("Text, written in the page"),
    Takes.FILES: _l("Files"),
    Takes.LINK: _l("A link"),
    Takes.RECORDING: _l("A recording of the voice"),
}


def plain(value: Decimal) -> Decimal:
    """A decimal without needless zeros, never in powers of ten."""
    return Decimal(f"{value.normalize():f}")


class SkillRow(CriterionRow):
    """A criterion, and the skill and level that full marks show."""

    skill_code = SelectField(_l("Skill that it shows"), [Optional()])
    level = SelectField(_l("At level"), choices=LEVEL_CHOICES)

    def validate_level(self, field: Any) -> None:
        """Skill and level come together."""
        if bool(field.data) != bool(self.skill_code.data):
            raise ValidationError(_("Choose skill and level together, or neither."))

    def criterion(self) -> Criterion:
        """The row as the rubric takes it."""
        level = int(self.level.data) if self.level.data else None
        return replace(super().criterion(), skill_code=self.skill_code.data or None, level=level)


class AssignmentForm(SeenForm):
    """What is to be handed in, how it is marked, what lateness costs."""

    takes = SelectMultipleField(
        _l("What can be handed in"),
        choices=[SelectChoice(key.value, text) for key, text in TAKES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        default=[Takes.TEXT.value],
    )
    files_max = IntegerField(_l("Files at most"), [InputRequired(), NumberRange(*bounds.FILES)], default=5)
    points_max = DecimalField(
        _l("Points"), [InputRequired(), finite, NumberRange(*bounds.WORK_POINTS)], default=100, places=None
    )
    group_size = IntegerField(
        _l("People who hand in together"),
        [InputRequired(), NumberRange(*bounds.GROUP_SIZE)],
        default=1,
        description=_l("1: each alone. More: groups of at most so many, who get the same marks."),
    )
    completes_on = RadioField(
        _l("What completes the lesson"),
        choices=[
            SelectChoice(CompletesOn.PASSED.value, _l("Released marks that are enough")),
            SelectChoice(CompletesOn.HANDED_IN.value, _l("That something was handed in")),
        ],
        default=CompletesOn.PASSED.value,
    )
    pass_percent = IntegerField(
        _l("Enough from (percent)"), [InputRequired(), NumberRange(*bounds.PASS_PERCENT)], default=60
    )
    late_percent = IntegerField(
        _l("Taken off for each day late (percent)"),
        [InputRequired(), NumberRange(*bounds.LATE_PERCENT)],
        default=0,
        description=_l("Of the most points, for each day begun. 0: lateness costs nothing."),
    )
    late_days_max = IntegerField(
        _l("Days after which nothing is taken"),
        [Optional(), NumberRange(*bounds.LATE_DAYS)],
        description=_l("0: nothing is taken late. Empty: always."),
    )
    criteria = FieldList(FormField(SkillRow), _l("Criteria"), min_entries=CRITERIA, max_entries=12)

    def offer(self, names: Mapping[str, str]) -> None:
        """Let each criterion choose among the skills."""
        for row in self.criteria:
            row.form.skill_code.choices = skill_choices(names, row.form.skill_code.data)

    def validate_takes(self, field: Any) -> None:
        """Something is taken."""
        if not field.data:
            raise ValidationError(_("Say what can be handed in: text, files, a link or a recording."))

    def rules(self) -> AssignmentRules:
        """What was entered."""
        return AssignmentRules(
            takes=tuple(one for one in Takes if one.value in self.takes.data),
            files_max=self.files_max.data,
            points_max=self.points_max.data,
            completes_on=CompletesOn(self.completes_on.data),
            pass_share=Decimal(self.pass_percent.data) / 100,
            late_share_per_day=Decimal(self.late_percent.data) / 100,
            late_days_max=self.late_days_max.data,
            group_size=self.group_size.data,
        )

    def rubric(self) -> list[Criterion]:
        """The criteria that are filled in, in order; none where one mark is given."""
        return [row.form.criterion() for row in self.criteria if row.form.is_used]


def assignment_values(assignment: Assignment | None) -> dict[str, Any]:
    """An assignment as its form shows it; the form's own defaults where there is none yet."""
    if assignment is None:
        return {}
    return {
        "takes": list(assignment.takes),
        "files_max": assignment.files_max,
        "points_max": plain(assignment.points_max),
        "group_size": assignment.group_size,
        "completes_on": assignment.completes_on.value,
        "pass_percent": int(assignment.pass_share * 100),
        "late_percent": int(assignment.late_share_per_day * 100),
        "late_days_max": assignment.late_days_max,
        "criteria": _criteria(assignment.rubric),
    }


def _criteria(rubric: Rubric | None) -> list[dict[str, Any]]:
    rows = rubric.rows if rubric else []
    return [
        {**shown, "skill_code": row.skill_code, "level": str(row.level or "")}
        for row, shown in zip(rows, criteria_values(rows), strict=True)
    ]


# Marks


def _mark_field(most: Decimal, scale: Sequence[Step] = ()) -> DecimalField:
    """A mark in halves, or any that a step of the row brings."""

    def in_steps(form: Any, field: Any) -> None:
        if field.data % STEP and all(field.data != step.points for step in scale):
            raise ValidationError(_("Marks go in steps of %(step)s.", step=STEP))

    shown = plain(most)
    outside = _("A mark lies between 0 and %(most)s.", most=shown)
    checks = [Optional(), finite, NumberRange(0, most, outside), in_steps]
    return DecimalField(_("Mark, 0 to %(most)s", most=shown), checks, places=None)


def marks_form(rows: Sequence[RubricRow], points_max: Decimal) -> type[FlaskForm]:
    """A mark and a comment for each row (`mark_7`, `comment_7`), else `points`; a general comment; a note.

    A row with steps has also `step_7`, and `was_7`: the mark that the page showed.
    `version` is what was read, `seen` how often marks had been saved then.
    """
    fields: dict[str, Any] = {"version": HiddenField(), "seen": HiddenField()}
    for row in rows:
        fields |= {f"mark_{row.id}": _mark_field(row.marks_max, row.scale), **step_fields(row)}
        fields[f"comment_{row.id}"] = TextAreaField(_("Comment"), [Optional(), Length(max=4000)])
    if not rows:
        fields["points"] = _mark_field(points_max)
    fields["comment"] = TextAreaField(_("Comment on the whole"), [Optional(), Length(max=10_000)])
    fields["note"] = TextAreaField(_("Note beside the chosen line"), [Optional(), Length(max=4000)])
    fields["reason"] = StringField(
        _("Reason"), [Optional(), Length(max=300)], description=_("The learner reads why the marks changed.")
    )
    return type("MarksForm", (FlaskForm,), fields)


def marks_values(rows: Sequence[RubricRow], kept: Any) -> dict[str, Any]:
    """What has been given as the form shows it."""
    if kept is None:
        return {}
    values: dict[str, Any] = {"comment": kept.comment, "points": None if kept.points is None else plain(kept.points)}
    for row in rows:
        mark = mark_in(kept.rows, row.id)
        values |= {f"mark_{row.id}": mark, **step_values(row, mark)}
        values[f"comment_{row.id}"] = kept.rows.get(str(row.id), {}).get("comment", "")
    return values


def marks_entered(form: FlaskForm, rows: Sequence[RubricRow]) -> Marks:
    """What was entered."""
    return Marks(
        {row.id: mark_entered(form, row) for row in rows},
        {row.id: (form[f"comment_{row.id}"].data or "").strip() for row in rows},
        None if rows else form["points"].data,
        (form["comment"].data or "").strip(),
    )


class UntilForm(FlaskForm):
    """Until when somebody may hand in."""

    until = DateTimeLocalField(
        _l("Until"), [InputRequired(), plausible], format=WALL_FORMATS, description=_l("Beijing time.")
    )


class ExtensionForm(UntilForm):
    """More time for one learner."""

    person = SelectField(_l("Who"), [InputRequired()], coerce=int)


class CodeForm(FlaskForm):
    """The code of a group."""

    code = StringField(_l("Code of the group"), [DataRequired(), Length(max=20)])
