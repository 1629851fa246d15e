"""Forms of questions that need more than words: drawn numbers, and places in a picture."""

import base64
import random
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DecimalField, FieldList, FormField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.assessment.forms.questions import Contents, QuestionForm
from app.assessment.rules.content import (
    Area,
    Attachment,
    Calculated,
    CalculatedAnswer,
    Content,
    Hotspot,
    Shape,
    ToleranceKind,
    Unit,
    Variable,
    letter,
)
from app.assessment.rules.formulas import NAME
from app.ui.form_parts import RowForm, finite

DRAWS = 20
VARIABLES = 4
AREAS = 4
MOST_PICTURE = 2_000_000
# What a browser shows, by the bytes that it begins with.
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


class VariableRow(RowForm):
    """A name, and between what its numbers are drawn."""

    name = StringField(_l("Variable"), [Length(max=40)])
    low = DecimalField(_l("Lowest"), [Optional(), finite], places=None)
    high = DecimalField(_l("Highest"), [Optional(), finite], places=None)
    decimals = IntegerField(_l("Decimals"), [Optional(), NumberRange(0, 6)], default=0)

    @property
    def is_used(self) -> bool:
        """Whether the row says anything."""
        return bool((self.name.data or "").strip())


class CalculatedForm(QuestionForm):
    """A formula over drawn numbers."""

    formula = StringField(
        _l("Formula of the right number"),
        [InputRequired(), Length(max=1000)],
        description=_l("Names in braces, + - * / and functions such as round, sqrt, min: ({cost} + {freight}) * 1.1"),
    )
    tolerance = DecimalField(
        _l("Tolerance (percent)"), [Optional(), finite, NumberRange(0, 100)], default=Decimal(1), places=None
    )
    digits = IntegerField(_l("Decimals of the answer"), [InputRequired(), NumberRange(0, 8)], default=2)
    unit = StringField(_l("Unit"), [Optional(), Length(max=20)], description=_l("May be left out in answers."))
    variables = FieldList(FormField(VariableRow), _l("Drawn numbers"), min_entries=VARIABLES, max_entries=20)

    def validate_variables(self, field: Any) -> None:
        """Every name that is used has its range, and the other way round."""
        used = {row.form.name.data.strip(): row.form for row in field if row.form.is_used}
        for name, row in used.items():
            if NAME.fullmatch(f"{{{name}}}") is None:
                raise ValidationError(_("“%(name)s” is no name: letters, digits and spaces.", name=name))
            ends = row.low.data, row.high.data
            if not all(end is not None and end.is_finite() for end in ends) or ends[0] > ends[1]:
                raise ValidationError(_("Say from what to what “%(name)s” is drawn.", name=name))
        asked = set(NAME.findall(f"{self.formula.data} {self.text_zh.data} {self.text_en.data or ''}"))
        if lost := asked - set(used):
            raise ValidationError(_("“%(name)s” has no range.", name=min(lost)))

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """Numbers are drawn once, when it is saved; those of a range that has not changed stay."""
        before = next((content for content in old.values() if isinstance(content, Calculated)), None)
        kept = {variable.name: variable for variable in before.variables} if before else {}
        variables = tuple(_drawn(row.form, kept) for row in self.variables if row.form.is_used)
        answer = CalculatedAnswer(
            formula=self.formula.data.strip(),
            fraction=1.0,
            tolerance=(self.tolerance.data or Decimal(0)) / 100,
            tolerance_kind=ToleranceKind.SHARE,
            digits=self.digits.data,
        )
        unit = (self.unit.data or "").strip()
        units = (Unit(name=unit),) if unit else ()
        return {
            language: Calculated(answers=(answer,), variables=variables, units=units, **self.common(language, old))
            for language in self.languages()
        }

    @classmethod
    def holds(cls, contents: Mapping[str, Content]) -> bool:
        """One formula, right in full, with a tolerance in per cent and at most one unit."""
        return all(
            isinstance(content, Calculated)
            and len(content.answers) == 1
            and content.answers[0].fraction == 1
            and not content.answers[0].feedback
            and content.answers[0].tolerance_kind is ToleranceKind.SHARE
            and content.answers[0].rounding.value == "decimals"
            and len(content.units) < 2
            for content in contents.values()
        )

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """The formula, and the range in which each variable's numbers lie."""
        values = QuestionForm.values_of(contents)
        first = next(iter(contents.values()))
        if isinstance(first, Calculated):
            answer = first.answers[0]
            values |= {"formula": answer.formula, "digits": answer.digits, "tolerance": answer.tolerance * 100}
            values["unit"] = first.units[0].name if first.units else ""
            values["variables"] = [
                {
                    "name": variable.name,
                    "low": min(variable.values),
                    "high": max(variable.values),
                    "decimals": max(max(-int(value.as_tuple().exponent), 0) for value in variable.values),
                }
                for variable in first.variables
            ]
        return values


def _drawn(row: Any, kept: Mapping[str, Variable]) -> Variable:
    """The numbers of a variable: both ends, and as many between them as are wanted; the same range draws the same."""
    name, low, high, decimals = row.name.data.strip(), row.low.data, row.high.data, row.decimals.data or 0
    step = Decimal(1).scaleb(-decimals)
    before = kept.get(name)
    if before and (min(before.values), max(before.values)) == (low, high):
        return before
    chance = random.Random(f"{name}:{low}:{high}:{decimals}")  # noqa: S311, exercises and no secrets
    between = [low + (high - low) * Decimal(chance.random()) for _number in range(DRAWS - 2)]
    values = [number.quantize(step, ROUND_HALF_UP) for number in (low, high, *between)]
    chance.shuffle(values)
    return Variable(name=name, values=tuple(values))


class AreaRow(RowForm):
    """One place in the picture."""

    text_zh = StringField(_l("What it is, in Chinese"), [Length(max=200)])
    text_en = StringField(_l("In English"), [Length(max=200)])
    shape = SelectField(
        _l("Outline"),
        choices=[
            SelectChoice(Shape.RECTANGLE.value, _l("Rectangle: left, top, right, bottom")),
            SelectChoice(Shape.CIRCLE.value, _l("Circle: centre and radius")),
            SelectChoice(Shape.ELLIPSE.value, _l("Ellipse: centre and two radii")),
            SelectChoice(Shape.POLYGON.value, _l("Polygon: its corners")),
        ],
    )
    coordinates = StringField(_l("Coordinates in pixels, with commas"), [Length(max=500)])
    right = BooleanField(_l("Right"))

    @property
    def numbers(self) -> tuple[float, ...] | None:
        """The coordinates; None where they are none."""
        try:
            return tuple(float(part) for part in (self.coordinates.data or "").replace("，", ",").split(","))
        except ValueError:
            return None

    @property
    def is_used(self) -> bool:
        """Whether the row says anything."""
        return bool((self.coordinates.data or "").strip())


class HotspotForm(QuestionForm):
    """A picture, and the places in it."""

    picture = FileField(
        _l("Picture"), description=_l("PNG, JPEG or GIF, up to 2 MB. Leave it out to keep the old one.")
    )
    width = IntegerField(_l("Width in pixels"), [InputRequired(), NumberRange(1, 20_000)])
    height = IntegerField(_l("Height in pixels"), [InputRequired(), NumberRange(1, 20_000)])
    areas = FieldList(FormField(AreaRow), _l("Places"), min_entries=AREAS, max_entries=30)

    def validate_picture(self, field: Any) -> None:
        """A picture that a browser shows."""
        if field.data:
            content = field.data.stream.read(MOST_PICTURE + 1)
            field.data.stream.seek(0)
            if len(content) > MOST_PICTURE or not any(content.startswith(magic) for magic in PICTURES):
                raise ValidationError(_("Choose a PNG, JPEG or GIF picture of at most 2 MB."))

    def validate_areas(self, field: Any) -> None:
        """Coordinates are numbers."""
        for number, row in enumerate(field, start=1):
            if row.form.is_used and row.form.numbers is None:
                raise ValidationError(
                    _("Place %(number)s: coordinates are numbers with commas between them.", number=number)
                )

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """One right place is chosen alone; several share the mark."""
        before = next((content for content in old.values() if isinstance(content, Hotspot)), None)
        rows = [row.form for row in self.areas if row.form.is_used]
        right = sum(bool(row.right.data) for row in rows)
        several = right > 1
        name, attachments = self._picture(before)
        found: Contents = {}
        for language in self.languages():
            areas = tuple(
                Area(
                    key=letter(number),
                    shape=Shape(row.shape.data),
                    coordinates=row.numbers or (),
                    fraction=(1 / right if row.right.data else -1 / right if several else 0.0) if right else 0.0,
                    text=(row[f"text_{language}"].data or "").strip(),
                )
                for number, row in enumerate(rows)
            )
            common = {**self.common(language, old), "attachments": attachments}
            found[language] = Hotspot(
                picture=name, width=self.width.data, height=self.height.data, areas=areas, several=several, **common
            )
        return found

    def _picture(self, before: Hotspot | None) -> tuple[str, tuple[Attachment, ...]]:
        if self.picture.data:
            content = self.picture.data.stream.read()
            kind = next(kind for magic, kind in PICTURES.items() if content.startswith(magic))
            name = f"picture.{kind.removeprefix('image/')}"
            return name, (Attachment(name=name, media_type=kind, data=base64.b64encode(content).decode()),)
        return (before.picture, before.attachments) if before else ("", ())

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """One row a place."""
        values = QuestionForm.values_of(contents)
        rows: dict[str, dict[str, Any]] = {}
        for language, content in contents.items():
            if isinstance(content, Hotspot):
                values |= {"width": content.width, "height": content.height}
                for area in content.areas:
                    row = rows.setdefault(area.key, {"shape": area.shape.value, "right": area.fraction > 0})
                    row |= {
                        f"text_{language}": area.text,
                        "coordinates": ", ".join(f"{number:g}" for number in area.coordinates),
                    }
        return {**values, "areas": list(rows.values())}

    @classmethod
    def holds(cls, contents: Mapping[str, Content]) -> bool:
        """No feedback by place, which the form does not show."""
        return not any(area.feedback for c in contents.values() if isinstance(c, Hotspot) for area in c.areas)
