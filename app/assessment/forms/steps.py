"""The steps of a rubric's row in forms: written by authors, chosen by those who mark."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from app.assessment.models import RubricRow
from app.assessment.rules.rubrics import FEWEST_STEPS, Step, mark_meant
from app.ui.form_parts import RowForm


class StepRow(RowForm):
    """One step of a criterion; a line without marks and words is passed over."""

    points = DecimalField(_l("Marks"), [Optional()], places=None)
    text_zh = TextAreaField(_l("What work at this step shows, in Chinese"), [Length(max=1000)])
    text_en = TextAreaField(_l("What work at this step shows, in English"), [Length(max=1000)])

    @property
    def is_used(self) -> bool:
        """Whether the line says anything."""
        words = (self.text_zh.data or "").strip() or (self.text_en.data or "").strip()
        return bool(words) or self.points.data is not None or bool(self.points.errors)

    def step(self) -> Step:
        """The line as the rubric takes it."""
        return Step(self.points.data, (self.text_zh.data or "").strip(), (self.text_en.data or "").strip())


def blame_steps(lines: Sequence[StepRow], most: Decimal | None) -> bool:
    """Say beside each line what is wrong with it in a row of at most `most` marks; whether anything is."""
    seen: set[Decimal] = set()
    for line in lines:
        points = line.points.data
        if not line.points.errors:
            if points is None or not points.is_finite() or points < 0 or (most is not None and points > most):
                outside = _("Give the step marks from 0 to the most marks of the criterion.")
                line.points.errors = [outside]
            elif points in seen:
                line.points.errors = [_("Each step has marks of its own.")]
            else:
                seen.add(points)
        if not (line.text_zh.data or "").strip() and not line.text_zh.errors:
            line.text_zh.errors = [_("Say in Chinese what work at this step shows.")]
    if 0 < len(lines) < FEWEST_STEPS and not lines[0].points.errors:
        lines[0].points.errors = [_("One step alone tells nothing apart: write a second one, or none.")]
    return any(line.errors for line in lines)


def steps_in(lines: Iterable[StepRow]) -> tuple[Step, ...]:
    """The steps that were written, the best first."""
    return tuple(sorted((line.step() for line in lines), key=lambda step: -step.points))


def step_line_values(row: RubricRow) -> list[dict[str, Any]]:
    """The steps of a row as its form shows them."""
    return [{"points": Decimal(step.key), "text_zh": step.text_zh, "text_en": step.text_en} for step in row.scale]


# Choosing


def step_fields(row: RubricRow) -> dict[str, Any]:
    """What a marks form has beside `mark_7` where row 7 has steps: the step, and the mark that the page showed."""
    if not row.steps:
        return {}
    choices = [SelectChoice(step.key, step.key) for step in row.scale]
    return {
        # Which step an unknown value means is nobody's: then the mark alone counts.
        f"step_{row.id}": RadioField(_("Step"), choices=choices, validate_choice=False),
        f"was_{row.id}": DecimalField(_("Mark"), [Optional()], places=None),
    }


def step_values(row: RubricRow, mark: Decimal | None) -> dict[str, Any]:
    """The step that a mark stands on, and the mark itself, as the form shows them."""
    if not row.steps:
        return {}
    step = next((step.key for step in row.scale if step.points == mark), None)
    return {f"step_{row.id}": step, f"was_{row.id}": mark}


def mark_entered(form: FlaskForm, row: RubricRow) -> Decimal | None:
    """The mark that was typed, or that the chosen step brings."""
    typed: Decimal | None = form[f"mark_{row.id}"].data
    if not row.steps:
        return typed
    key = form[f"step_{row.id}"].data
    chosen = next((step.points for step in row.scale if step.key == key), None)
    return mark_meant(chosen, typed, form[f"was_{row.id}"].data)
