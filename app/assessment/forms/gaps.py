"""Forms of questions whose answer is in the text: gaps, and things to put in order."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, StringField
from wtforms.validators import Length, ValidationError

from app.assessment.forms.questions import ROWS, Contents, QuestionForm
from app.assessment.rules.content import Choice, Cloze, Content, Format, Ordering, letters_hiding_order
from app.assessment.rules.gap_notation import GapError, read, written
from app.ui.form_parts import RowForm


class ItemRow(RowForm):
    """One thing to put in order, in both languages."""

    text_zh = StringField(_l("In Chinese"), [Length(max=1000)])
    text_en = StringField(_l("In English"), [Length(max=1000)])


class OrderingForm(QuestionForm):
    """Things in their right order."""

    order = FieldList(FormField(ItemRow), _l("Items"), min_entries=ROWS, max_entries=30)

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """Keys come from the Chinese words, in an order that tells nothing, so that both languages share them."""
        rows = [row for row in self.order if (row.text_zh.data or "").strip() or (row.text_en.data or "").strip()]
        keys = letters_hiding_order((row.text_zh.data or "").strip() for row in rows)
        return {
            language: Ordering(
                items=tuple(
                    Choice(
                        key=keys[(row.text_zh.data or "").strip()],
                        text=(row[f"text_{language}"].data or "").strip(),
                    )
                    for row in rows
                ),
                **self.common(language, old),
            )
            for language in self.languages()
        }

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """One row an item, in the right order."""
        values = QuestionForm.values_of(contents)
        rows: list[dict[str, Any]] = []
        for language, content in contents.items():
            if isinstance(content, Ordering):
                for number, item in enumerate(content.items):
                    if number == len(rows):
                        rows.append({})
                    rows[number][f"text_{language}"] = item.text
        return {**values, "order": rows}


class ClozeForm(QuestionForm):
    """A text whose gaps hold their answers in double brackets."""

    def validate_text_zh(self, field: Any) -> None:
        """The gaps can be read, and there is one."""
        self._look(field)

    def validate_text_en(self, field: Any) -> None:
        """The gaps can be read, and there is one."""
        if (field.data or "").strip():
            self._look(field)

    @staticmethod
    def _look(field: Any) -> None:
        try:
            _text, gaps = read(field.data or "", Format.MARKDOWN)
        except GapError as error:
            raise ValidationError(_("This gap cannot be read: %(gap)s", gap=str(error)[:60])) from error
        if not gaps:
            raise ValidationError(_("Write what belongs into each gap in double brackets: [[9810]]."))

    def contents(self, old: Mapping[str, Content]) -> Contents:
        """The text with its gaps taken out."""
        found: Contents = {}
        for language in self.languages():
            common = self.common(language, old)
            text, gaps = read(common.pop("text"), common["format"])
            found[language] = Cloze(text=text, gaps=gaps, **common)
        return found

    @staticmethod
    def values_of(contents: Mapping[str, Content]) -> dict[str, Any]:
        """The text as its author typed it."""
        values = QuestionForm.values_of(contents)
        for language, content in contents.items():
            if isinstance(content, Cloze):
                values[f"text_{language}"] = written(content)
        return values
