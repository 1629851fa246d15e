"""The form of a posting."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.i18n import language
from app.ui.form_parts import RowForm, finite, plausible, two_places
from internships.filters import language_names
from internships.models import AllowanceKind, PayPeriod, Posting, RankedBy
from internships.services.postings import Asked, Given

SKILL_ROWS = 8
EMPTY = SelectChoice("", "–")
IMPORTANCE = [
    SelectChoice("0.5", _l("helpful: counts half")),
    SelectChoice("1", _l("needed")),
    SelectChoice("2", _l("important: counts double")),
    SelectChoice("3", _l("decisive: counts threefold")),
]
ALLOWANCES = {
    AllowanceKind.MEALS: _l("Meals"),
    AllowanceKind.HOUSING: _l("Housing"),
    AllowanceKind.TRANSPORT: _l("Transport"),
    AllowanceKind.PHONE: _l("Telephone"),
    AllowanceKind.INSURANCE: _l("Accident insurance"),
    AllowanceKind.OTHER: _l("Something else"),
}
LEVELS = [EMPTY, *(SelectChoice(str(level), str(level)) for level in range(1, 5))]


class SkillRow(RowForm):
    """One skill that a posting asks for. An empty row is passed over."""

    skill = SelectField(_l("Skill"), [Optional()])
    level = SelectField(_l("Level"), choices=LEVELS, default="")
    weight = SelectField(_l("Importance"), choices=IMPORTANCE, default="1")

    def validate_level(self, field: Any) -> None:
        """Skill and level come together."""
        if bool(field.data) != bool(self.skill.data):
            raise ValidationError(_("Choose both a skill and a level, or neither."))


class AllowanceRow(RowForm):
    """What is given of one kind, as a sum for the period of the pay or in words. An empty row is passed over."""

    amount = DecimalField(_l("Yuan"), [Optional(), finite, NumberRange(0, 100_000), two_places], places=2)
    note = StringField(_l("In words"), [Optional(), Length(max=120)])


class PostingForm(FlaskForm):
    """Everything that a posting says."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    body_zh = TextAreaField(
        _l("What the work is, in Chinese"),
        [DataRequired(), Length(max=20_000)],
        description=_l("Duties, who looks after the intern, what is offered. Markdown."),
    )
    body_en = TextAreaField(_l("What the work is, in English"), [Optional(), Length(max=20_000)])
    city_zh = StringField(_l("City in Chinese"), [DataRequired(), Length(max=60)])
    city_en = StringField(_l("City in English"), [Optional(), Length(max=60)])
    region_code = SelectField(_l("Region"), [InputRequired()])
    cluster_code = SelectField(_l("Industrial cluster"), [Optional()])
    is_remote = BooleanField(_l("Can be done from afar"))
    seats = IntegerField(_l("Seats"), [InputRequired(), NumberRange(1, 500)], default=1)
    pay = DecimalField(
        _l("Pay in yuan"),
        [InputRequired(), finite, NumberRange(0, 100_000), two_places],
        places=2,
        description=_l("In money and in full. Taking fees or deposits from interns is unlawful."),
    )
    pay_period = SelectField(
        _l("Paid per"),
        choices=[SelectChoice(PayPeriod.DAY.value, _l("day")), SelectChoice(PayPeriod.MONTH.value, _l("month"))],
    )
    hours_a_week = IntegerField(_l("Hours a week"), [InputRequired(), NumberRange(1, 44)], default=40)
    languages = SelectMultipleField(
        _l("Languages of the work"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Those that the intern reads, writes or speaks at work."),
    )
    opens_on = DateField(_l("Applications from"), [InputRequired(), plausible])
    closes_on = DateField(
        _l("Applications until"), [InputRequired(), plausible], description=_l("This day still counts.")
    )
    starts_on = DateField(_l("First day"), [InputRequired(), plausible])
    ends_on = DateField(_l("Last day"), [InputRequired(), plausible])
    min_year = IntegerField(
        _l("From year of study"),
        [InputRequired(), NumberRange(2, 7)],
        default=2,
        description=_l("First-year students may not be sent to posts."),
    )
    majors = StringField(
        _l("Majors"), [Optional(), Length(max=300)], description=_l("Separated by commas. Empty: all are welcome.")
    )
    ranked_by = SelectField(
        _l("Applicants are ranked"),
        choices=[
            SelectChoice(RankedBy.FIT.value, _l("by fit with the skills asked for")),
            SelectChoice(RankedBy.HAND.value, _l("by hand")),
            SelectChoice(RankedBy.BOTH.value, _l("by hand first, the rest by fit")),
        ],
    )
    skills = FieldList(FormField(SkillRow), min_entries=SKILL_ROWS, max_entries=SKILL_ROWS)
    allowances = FieldList(FormField(AllowanceRow), min_entries=len(ALLOWANCES), max_entries=len(ALLOWANCES))

    def offer(self, skills: Mapping[str, str], regions: Mapping[str, str], clusters: Mapping[str, str]) -> None:
        """Say what can be chosen: names by code."""
        self.region_code.choices = [EMPTY, *(SelectChoice(code, name) for code, name in regions.items())]
        self.cluster_code.choices = [EMPTY, *(SelectChoice(code, name) for code, name in clusters.items())]
        offered = [EMPTY, *(SelectChoice(code, f"{code} {name}") for code, name in skills.items())]
        for row in self.skills:
            row.form.skill.choices = offered
            kept = row.form.weight.object_data
            if kept and kept not in {choice.value for choice in IMPORTANCE}:
                row.form.weight.choices = [*IMPORTANCE, SelectChoice(kept, _("counts %(weight)s times", weight=kept))]
        self.languages.choices = [SelectChoice(code, name) for code, name in language_names(language()).items()]

    def values(self) -> dict[str, Any]:
        """What the services take."""
        plain = {
            name: field.data
            for name, field in self._fields.items()
            if name not in ("csrf_token", "skills", "allowances", "majors", "cluster_code", "pay_period", "ranked_by")
        }
        for name in ("title_en", "body_en", "city_en"):
            plain[name] = plain[name] or ""
        commas = (self.majors.data or "").replace("，", ",").replace("、", ",")
        plain["majors"] = [major.strip() for major in commas.split(",") if major.strip()]
        plain["cluster_code"] = self.cluster_code.data or None
        plain["pay_period"] = PayPeriod(self.pay_period.data)
        plain["ranked_by"] = RankedBy(self.ranked_by.data)
        return plain

    def asked(self) -> list[Asked]:
        """The skills of the filled rows."""
        return [
            Asked(row.form.skill.data, int(row.form.level.data), Decimal(row.form.weight.data or 1))
            for row in self.skills
            if row.form.skill.data and row.form.level.data
        ]

    def given(self) -> list[Given]:
        """The allowances of the filled rows; the page has a row for each kind and sends them all."""
        return [
            Given(kind, row.form.amount.data, (row.form.note.data or "").strip())
            for kind, row in zip(ALLOWANCES, self.allowances, strict=True)
            if row.form.amount.data is not None or row.form.note.data
        ]


def moved(values: dict[str, Any], today: date) -> dict[str, Any]:
    """First values of a form with its dates moved so that applications begin today; the distances stay."""
    by = today - values["opens_on"]
    return values | {name: values[name] + by for name in ("opens_on", "closes_on", "starts_on", "ends_on")}


class CheckForm(FlaskForm):
    """What comes of a check."""

    reason = TextAreaField(
        _l("Reason"),
        [Optional(), Length(max=1000)],
        description=_l("Needed to send it back; the enterprise reads it."),
    )


class ClosureForm(FlaskForm):
    """Why a posting is closed before its day."""

    reason = StringField(_l("Reason"), [Optional(), Length(max=200)], description=_l("Whoever has applied reads it."))


def filled(posting: Posting) -> dict[str, Any]:
    """A posting as the form's first values."""
    values = {name: getattr(posting, name) for name in PostingForm.__dict__ if hasattr(posting, name)}
    values["majors"] = "，".join(posting.majors)
    values["cluster_code"] = posting.cluster_code or ""
    values["pay_period"], values["ranked_by"] = posting.pay_period.value, posting.ranked_by.value
    rows: list[dict[str, Any]] = [
        {"skill": one.skill_code, "level": str(one.level), "weight": f"{one.weight.normalize():f}"}
        for one in posting.skills
    ]
    kept = {one.kind: one for one in posting.allowances}
    values["allowances"] = [
        {"amount": kept[kind].amount, "note": kept[kind].note} if kind in kept else {} for kind in ALLOWANCES
    ]
    values["skills"] = rows + [{} for _row in range(SKILL_ROWS - len(rows))]
    return values
