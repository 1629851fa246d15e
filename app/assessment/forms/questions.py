"""Forms of the question bank. Each kind that is written here has one; it turns contents into fields and back.

Rows that repeat are simply there, a few empty ones at the end, so that no script is needed; empty rows are passed over.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
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
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.assessment.forms.steps import StepRow, blame_steps, step_line_values, steps_in
from app.assessment.models import RubricRow
from app.assessment.rules.content import (
    Choice,
    Content,
    Essay,
    FileUpload,
    Format,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Pair,
    ShortText,
    Single,
    TextAnswer,
    TrueFalse,
    Unit,
    letter,
    letters_hiding_order,
)
from app.assessment.rules.rubrics import MOST_STEPS
from app.assessment.rules.tagging import tags_of
from app.assessment.services.work import Criterion
from app.files import ALLOWED
from app.ui.form_parts import RowForm

LANGUAGES = ("zh", "en")
ROWS = 6
CRITERIA = 4
MARKS = Decimal(10)
WEIGHT = Decimal(1)
MOST_MARKS = Decimal(1000)
MORE = 4
LEVELS = (1, 2, 3, 4)
LEVEL_CHOICES = [SelectChoice("", "–"), *(SelectChoice(str(level), str(level)) for level in LEVELS)]
Contents = dict[str, Content]


def skill_choices(names: Mapping[str, str], kept: str | None = None) -> list[SelectChoice]:
    """Skills to choose from, by code and name; `kept` is offered even if it has been retired."""
    extra = [SelectChoice(kept, kept)] if kept and kept not in names else []
    return [SelectChoice("", "–"), *(SelectChoice(code, f"{code} {name}") for code, name in names.items()), *extra]


class TagForm(FlaskForm):
    """What every question has: a name in the bank, tags, and the skill and level that it tests."""

    name = StringField(
        _l("Name in the bank"),
        [Optional(), Length(max=200)],
        description=_l("How it is called in your bank. Empty: its first words."),
    )
    skill = SelectField(_l("Skill that it tests"), [Optional()])
    level = SelectField(
        _l("Level"),
        choices=LEVEL_CHOICES,
        description=_l("The level that a right answer shows. Without skill and level it gives no evidence."),
    )

    tag_line = StringField(
        _l("Tags"),
        [Optional(), Length(max=500)],
        description=_l("Words to find it by, with commas between them."),
    )

    def validate_level(self, field: Any) -> None:
        """Skill and level come together."""
        if bool(field.data) != bool(self.skill.data):
            raise ValidationError(_("Choose skill and level together, or neither."))

    @property
    def tag_words(self) -> list[str]:
        """The tags, each once."""
        return tags_of([self.tag_line.data or ""])

    @property
    def tags(self) -> tuple[str | None, int | None]:
        """Skill and level."""
        return self.skill.data or None, int(self.level.data) if self.level.data else None

    def more_rows(self) -> None:
        """Add empty rows where the kind has rows."""
        for field in self:
            if isinstance(field, FieldList):
                for _number in range(MORE):
                    field.append_entry()


class QuestionForm(TagForm):
    """What is asked, in Chinese and perhaps in English."""

    text_zh = TextAreaField(_l("Question in Chinese"), [InputRequired(), Length(max=20_000)])
    text_en = TextAreaField(_l("Question in English"), [Optional(), Length(max=20_000)])
    general_zh = TextAreaField(
        _l("Explanation in Chinese"),
        [Optional(), Length(max=20_000)],
        description=_l("Everyone reads it after the quiz is handed in."),
    )
    general_en = TextAreaField(_l("Explanation in English"), [Optional(), Length(max=20_000)])

    def languages(self) -> list[str]:
        """The languages that are filled in."""
        return ["zh", "en"] if (self.text_en.data or "").strip() else ["zh"]

    def common(self, language: str, old: Mapping[str, Content]) -> dict[str, Any]:
        """The fields that all contents have; what the form does not show is kept from `old`."""
        kept = old.get(language) or next(iter(old.values()), None)
        values: dict[str, Any] = {
            "text": self[f"text_{language}"].data.strip(),
            "format": kept.format if kept else Format.MARKDOWN,
            "general_feedback": (self[f"general_{language}"].data or "").strip(),
            "points": kept.points if kept else 1.0,
        }
        same = old.get(language)
        if same is not None:
            values |= {
                name: getattr(same, name)
                for name in (
                    "general_feedback_format", "right_feedback", "partly_feedback", "wrong_feedback", "attachments",
                    "hints", "penalty",
                )
            }  # fmt: skip
        return values

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """The contents that the form describes. `old` is what the question said before, empty for a new one."""
        raise NotImplementedError

    @classmethod
    def holds(cls, contents: Mapping[str, Content]) -> bool:
        """Whether nothing of these contents would be lost by revising them here."""
        return bool(contents)

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """The fields' values for contents."""
        values = {}
        for language, content in contents.items():
            values[f"text_{language}"] = content.text
            values[f"general_{language}"] = content.general_feedback
        return values


class OptionRow(RowForm):
    """One option in both languages."""

    key = HiddenField()
    text_zh = StringField(_l("In Chinese"), [Length(max=2000)])
    text_en = StringField(_l("In English"), [Length(max=2000)])
    right = BooleanField(_l("Right"))
    feedback_zh = StringField(_l("What who chooses it reads, in Chinese"), [Length(max=2000)])
    feedback_en = StringField(_l("In English"), [Length(max=2000)])


class ChoiceForm(QuestionForm):
    """One or several right options."""

    kind: type[Single] | type[Multiple] = Single
    options = FieldList(FormField(OptionRow), _l("Options"), min_entries=ROWS, max_entries=60)

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """Fractions that an import brought stay while the same options are right; else they are shared evenly."""
        rows = [row for row in self.options if (row.text_zh.data or "").strip() or (row.text_en.data or "").strip()]
        before = next((content for content in old.values() if isinstance(content, Single | Multiple)), None)
        fractions = {option.key: option.fraction for option in before.options} if before else {}
        used = set(fractions)
        keyed = []
        for row in rows:
            key = row.key.data if row.key.data in fractions else _unused(used)
            used.add(key)
            keyed.append((key, row))
        right = {key for key, row in keyed if row.right.data}
        kept = {key for key, fraction in fractions.items() if fraction > 0} == right and set(fractions) == used
        if not kept:
            share = 1 / max(len(right), 1)
            several = self.kind is Multiple
            fractions = {
                key: (share if several else 1.0) if key in right else (-share if several else 0.0)
                for key, _row in keyed
            }
        return {
            language: self.kind(
                options=tuple(
                    Option(
                        key=key,
                        text=(row[f"text_{language}"].data or "").strip(),
                        fraction=fractions[key],
                        feedback=(row[f"feedback_{language}"].data or "").strip(),
                    )
                    for key, row in keyed
                ),
                shuffle=before.shuffle if before else True,
                **self.common(language, old),
            )
            for language in self.languages()
        }

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """One row an option, by key."""
        values = QuestionForm.values_of(contents)
        rows: dict[str, dict[str, Any]] = {}
        for language, content in contents.items():
            if isinstance(content, Single | Multiple):
                for option in content.options:
                    row = rows.setdefault(option.key, {"key": option.key, "right": option.fraction > 0})
                    row |= {f"text_{language}": option.text, f"feedback_{language}": option.feedback}
        return {**values, "options": list(rows.values())}


class SingleForm(ChoiceForm):
    """One option is chosen."""


class MultipleForm(ChoiceForm):
    """Any number of options are chosen."""

    kind = Multiple


class TrueFalseForm(QuestionForm):
    """A statement."""

    right = RadioField(
        _l("The statement is"),
        [InputRequired()],
        choices=[SelectChoice("true", _l("True")), SelectChoice("false", _l("False"))],
    )

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """The statement and whether it is true."""
        return {
            language: TrueFalse(right=self.right.data == "true", **self.common(language, old))
            for language in self.languages()
        }

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """Whether it is true."""
        first = next(iter(contents.values()))
        right = "true" if isinstance(first, TrueFalse) and first.right else "false"
        return {**QuestionForm.values_of(contents), "right": right}


class NumericForm(QuestionForm):
    """A number with its tolerance."""

    value = DecimalField(_l("Right number"), [InputRequired()], places=None)
    tolerance = DecimalField(
        _l("Tolerance"), [Optional()], places=None, description=_l("How far off still counts. Empty: not at all.")
    )
    unit = StringField(_l("Unit"), [Optional(), Length(max=20)], description=_l("May be left out in answers."))

    def validate_value(self, field: Any) -> None:
        """NaN and infinity are no numbers."""
        if field.data is not None and not field.data.is_finite():
            raise ValidationError(_("Enter a number."))

    def validate_tolerance(self, field: Any) -> None:
        """A tolerance is zero or more."""
        if field.data is not None and not (field.data.is_finite() and field.data >= 0):
            raise ValidationError(_("Enter a number of zero or more."))

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """One accepted number."""
        answer = NumericAnswer(value=self.value.data, fraction=1.0, tolerance=self.tolerance.data or Decimal(0))
        unit = (self.unit.data or "").strip()
        units = (Unit(name=unit),) if unit else ()
        return {
            language: Numeric(answers=(answer,), units=units, **self.common(language, old))
            for language in self.languages()
        }

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """The one accepted number."""
        values = QuestionForm.values_of(contents)
        first = next(iter(contents.values()))
        if isinstance(first, Numeric):
            values |= {"value": first.answers[0].value, "tolerance": first.answers[0].tolerance}
            values["unit"] = first.units[0].name if first.units else ""
        return values


class TextRow(RowForm):
    """One accepted answer in both languages."""

    text_zh = StringField(_l("In Chinese"), [Length(max=500)])
    text_en = StringField(_l("In English"), [Length(max=500)])


class ShortTextForm(QuestionForm):
    """Accepted answers."""

    answers = FieldList(FormField(TextRow), _l("Accepted answers"), min_entries=ROWS, max_entries=60)
    match_case = BooleanField(_l("Capital letters matter"))

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """Each filled row is accepted in full."""
        found: Contents = {}
        for language in self.languages():
            typed = [(row[f"text_{language}"].data or "").strip() for row in self.answers]
            answers = tuple(TextAnswer(text=text, fraction=1.0) for text in dict.fromkeys(typed) if text)
            found[language] = ShortText(answers=answers, match_case=self.match_case.data, **self.common(language, old))
        return found

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """One row an accepted answer."""
        values = QuestionForm.values_of(contents)
        rows: list[dict[str, Any]] = []
        for language, content in contents.items():
            if isinstance(content, ShortText):
                values["match_case"] = content.match_case
                for number, answer in enumerate(content.answers):
                    if number == len(rows):
                        rows.append({})
                    rows[number][f"text_{language}"] = answer.text
        return {**values, "answers": rows}


class PairRow(RowForm):
    """A row and what belongs to it, in both languages; a row without its left side is a choice that fits nothing."""

    left_zh = StringField(_l("Row in Chinese"), [Length(max=1000)])
    right_zh = StringField(_l("What belongs to it, in Chinese"), [Length(max=1000)])
    left_en = StringField(_l("Row in English"), [Length(max=1000)])
    right_en = StringField(_l("What belongs to it, in English"), [Length(max=1000)])


class MatchingForm(QuestionForm):
    """Rows and what belongs to each."""

    pairs = FieldList(FormField(PairRow), _l("Pairs"), min_entries=ROWS, max_entries=60)

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """Keys come from the Chinese choices, so that both languages share them."""
        rows = [row for row in self.pairs if any((field.data or "").strip() for field in row)]
        keys = letters_hiding_order(row.right_zh.data.strip() for row in rows if (row.right_zh.data or "").strip())
        found: Contents = {}
        for language in self.languages():
            pairs: list[Pair] = []
            choices: dict[str, Choice] = {}
            for row in rows:
                key = keys.get((row.right_zh.data or "").strip(), "")
                left = (row[f"left_{language}"].data or "").strip()
                choices.setdefault(key, Choice(key=key, text=(row[f"right_{language}"].data or "").strip()))
                if (row.left_zh.data or "").strip():
                    pairs.append(Pair(key=str(len(pairs) + 1), text=left, choice=key))
            ordered = tuple(choices[key] for key in sorted(choices, key=lambda key: (len(key), key)))
            found[language] = Matching(pairs=tuple(pairs), choices=ordered, **self.common(language, old))
        return found

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """One row a pair, then the choices that fit nothing."""
        values = QuestionForm.values_of(contents)
        rows: dict[str, dict[str, Any]] = {}
        for language, content in contents.items():
            if isinstance(content, Matching):
                texts = {choice.key: choice.text for choice in content.choices}
                for pair in content.pairs:
                    row = rows.setdefault(f"pair {pair.key}", {})
                    row |= {f"left_{language}": pair.text, f"right_{language}": texts[pair.choice]}
                for key in texts.keys() - {pair.choice for pair in content.pairs}:
                    rows.setdefault(f"left over {key}", {})[f"right_{language}"] = texts[key]
        return {**values, "pairs": list(rows.values())}


class CriterionRow(RowForm):
    """One criterion by which people mark; a row without titles, weight and steps is passed over."""

    title_zh = StringField(_l("Criterion in Chinese"), [Length(max=120)])
    title_en = StringField(_l("Criterion in English"), [Length(max=120)])
    weight = DecimalField(_l("Weight"), [Optional()], places=None)
    marks_max = DecimalField(_l("Most marks"), [Optional()], places=None)
    descriptor_zh = TextAreaField(_l("What full marks ask for, in Chinese"), [Length(max=2000)])
    descriptor_en = TextAreaField(_l("What full marks ask for, in English"), [Length(max=2000)])
    steps = FieldList(FormField(StepRow), _l("Steps of the criterion"), min_entries=MOST_STEPS, max_entries=MOST_STEPS)

    @property
    def used_steps(self) -> list[StepRow]:
        """The lines of steps that say anything."""
        return [each.form for each in self.steps if each.form.is_used]

    @property
    def is_used(self) -> bool:
        """Whether the row says anything."""
        titles = (self.title_zh.data or "").strip() or (self.title_en.data or "").strip()
        return bool(titles or self.weight.data or self.used_steps)

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields, and what a row that is used may not leave empty: Optional() ends the chain for an empty field."""
        valid = bool(super().validate(extra_validators))
        if not self.is_used:
            return valid
        weight, most = self.weight.data, self.marks_max.data
        is_most_wrong = most is not None and not (most.is_finite() and 1 <= most <= MOST_MARKS)
        for field, is_wrong, sentence in (
            (self.title_zh, not (self.title_zh.data or "").strip(), _("Give the criterion a title in Chinese.")),
            (
                self.weight,
                weight is not None and not (weight.is_finite() and 0 < weight <= MOST_MARKS),
                _("Give the criterion a weight above zero."),
            ),
            (self.marks_max, is_most_wrong, _("Enter a number from 1 to 1000.")),
        ):
            if is_wrong and not field.errors:
                field.errors = [sentence]
                valid = False
        if blame_steps(self.used_steps, None if is_most_wrong or self.marks_max.errors else most or MARKS):
            self.steps.errors = [each.form.errors for each in self.steps]
            valid = False
        return valid

    def criterion(self) -> Criterion:
        """The row as the rubric takes it; without a weight it weighs as much as another such row."""
        return Criterion(
            title_zh=self.title_zh.data.strip(),
            title_en=(self.title_en.data or "").strip(),
            weight=self.weight.data or WEIGHT,
            marks_max=self.marks_max.data or MARKS,
            descriptor_zh=(self.descriptor_zh.data or "").strip(),
            descriptor_en=(self.descriptor_en.data or "").strip(),
            steps=steps_in(self.used_steps),
        )


class MarkedForm(QuestionForm):
    """What people mark: a guide, and perhaps criteria."""

    guide_zh = TextAreaField(
        _l("Guide for marking in Chinese"),
        [Optional(), Length(max=20_000)],
        description=_l("Only those who mark read it."),
    )
    guide_en = TextAreaField(_l("Guide for marking in English"), [Optional(), Length(max=20_000)])
    criteria = FieldList(FormField(CriterionRow), _l("Criteria"), min_entries=CRITERIA, max_entries=12)

    def rubric(self) -> list[Criterion]:
        """The criteria that are filled in, in order; none where one mark is given."""
        return [each.form.criterion() for each in self.criteria if each.form.is_used]

    def guide(self, language: str) -> str:
        """The guide in a language."""
        return (self[f"guide_{language}"].data or "").strip()

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """The guides."""
        guides = {
            f"guide_{language}": content.guide
            for language, content in contents.items()
            if isinstance(content, Essay | FileUpload)
        }
        return {**QuestionForm.values_of(contents), **guides}


class EssayForm(MarkedForm):
    """Free text."""

    template_zh = TextAreaField(
        _l("Template in Chinese"), [Optional(), Length(max=20_000)], description=_l("The answer begins from it.")
    )
    template_en = TextAreaField(_l("Template in English"), [Optional(), Length(max=20_000)])

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """The task with its guide and template."""
        return {
            language: Essay(
                guide=self.guide(language),
                template=(self[f"template_{language}"].data or "").strip(),
                **self.common(language, old),
            )
            for language in self.languages()
        }

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """Guides and templates."""
        templates = {f"template_{key}": one.template for key, one in contents.items() if isinstance(one, Essay)}
        return {**MarkedForm.values_of(contents), **templates}


class FileForm(MarkedForm):
    """Files."""

    most = IntegerField(_l("Files at most"), [InputRequired(), NumberRange(1, 20)], default=1)
    suffixes = SelectMultipleField(
        _l("Kinds of files"),
        choices=[SelectChoice(suffix, suffix) for suffix in ALLOWED],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None ticked: any of these."),
    )

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """The task with its guide, and which files it takes."""
        return {
            language: FileUpload(
                guide=self.guide(language),
                most=self.most.data,
                suffixes=tuple(self.suffixes.data or ()),
                **self.common(language, old),
            )
            for language in self.languages()
        }

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """Guides, and which files are taken."""
        values = MarkedForm.values_of(contents)
        first = next(iter(contents.values()))
        if isinstance(first, FileUpload):
            values |= {"most": first.most, "suffixes": list(first.suffixes)}
        return values


def criteria_values(rows: Iterable[RubricRow]) -> list[dict[str, Any]]:
    """The criteria of a rubric as the form shows them."""
    return [
        {
            "title_zh": row.title_zh,
            "title_en": row.title_en,
            "weight": Decimal(f"{row.weight.normalize():f}"),
            "marks_max": Decimal(f"{row.marks_max.normalize():f}"),
            "descriptor_zh": row.descriptor_zh,
            "descriptor_en": row.descriptor_en,
            "steps": step_line_values(row),
        }
        for row in rows
    ]


def _unused(used: set[str]) -> str:
    number = 0
    while letter(number) in used:
        number += 1
    return letter(number)
