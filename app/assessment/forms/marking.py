"""Forms of marking by people: the marks of one answer, and one mark for many."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DecimalField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.assessment.forms.steps import mark_entered, step_fields, step_values
from app.assessment.models import QuizItem, RubricRow
from app.assessment.services.handmarks import Marks, most_of
from app.ui.form_parts import finite

MARK_PLACES = 2
LONGEST_COMMENT = 4000


def plain(value: Decimal) -> Decimal:
    """A decimal without needless zeros, never in powers of ten."""
    return Decimal(f"{value.normalize():f}")


def _two_places(form: Any, field: Any) -> None:
    exponent = field.data.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MARK_PLACES:
        raise ValidationError(_("A mark has at most two decimals."))


def _mark_field(most: Decimal, first: Any) -> DecimalField:
    shown = plain(most)
    outside = _("A mark lies between 0 and %(most)s.", most=shown)
    label = _("Mark, 0 to %(most)s", most=shown)
    return DecimalField(label, [first, finite, NumberRange(0, most, outside), _two_places], places=None)


def answer_form(item: QuizItem, rows: Sequence[RubricRow]) -> type[FlaskForm]:
    """A form with a mark for each row of the rubric (`mark_7`), else one for the answer (`mark`), and a comment.

    A row with steps has also `step_7`, and `was_7`: the mark that the page showed.
    """
    fields: dict[str, Any] = {}
    for row in rows:
        fields |= {f"mark_{row.id}": _mark_field(row.marks_max, Optional()), **step_fields(row)}
    if not rows:
        fields["mark"] = _mark_field(most_of(item), Optional())
    fields["comment"] = TextAreaField(
        _("Comment"),
        [Optional(), Length(max=LONGEST_COMMENT)],
        description=_("The learner reads it once the answer has its mark."),
    )
    return type("AnswerForm", (FlaskForm,), fields)


def values_of(marks: Marks, rows: Sequence[RubricRow]) -> dict[str, Any]:
    """What a marker has given as the form shows it."""
    values: dict[str, Any] = {}
    for row in rows:
        mark = marks.rows.get(row.id)
        values |= {f"mark_{row.id}": mark, **step_values(row, mark)}
    return {**values, "mark": None if marks.mark is None else plain(marks.mark), "comment": marks.comment}


def marks_in(form: FlaskForm, rows: Sequence[RubricRow]) -> Marks:
    """What was entered."""
    return Marks(
        {row.id: mark_entered(form, row) for row in rows},
        None if rows else form["mark"].data,
        (form["comment"].data or "").strip(),
    )


class ManyForm(FlaskForm):
    """One finished mark for several answers."""

    mark = DecimalField(_l("Mark"), [InputRequired(), finite, _two_places], places=None)
    comment = TextAreaField(_l("Comment"), [Optional(), Length(max=LONGEST_COMMENT)])
