"""Forms of discussion: a question, an answer, a reason."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

LONGEST = 10_000


def _stripped(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class AnswerForm(FlaskForm):
    """What is written, and a mark by which the same sending is known again."""

    body = TextAreaField(
        _l("Write an answer"),
        [DataRequired(), Length(max=LONGEST)],
        filters=[_stripped],
        description=_l("Markdown and formulas. Name somebody of your cohort with @ and their name."),
    )
    token = HiddenField(validators=[Optional(), Length(max=64)])

    def __init__(self, *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        if not self.token.data:
            self.token.data = secrets.token_hex(16)


class QuestionForm(AnswerForm):
    """A question, or what somebody contributes to a discussion."""

    title = StringField(
        _l("Title"), [DataRequired(), Length(max=150)], filters=[_stripped], description=_l("In one sentence.")
    )
    body = TextAreaField(
        _l("Text"),
        [DataRequired(), Length(max=LONGEST)],
        filters=[_stripped],
        description=_l("Markdown and formulas. Name somebody of your cohort with @ and their name."),
    )


class ReasonForm(FlaskForm):
    """Why a post is objected to or hidden."""

    because = StringField(_l("Reason"), [DataRequired(), Length(max=300)], filters=[_stripped])


class NoteForm(FlaskForm):
    """A private note."""

    body = TextAreaField(_l("Your note"), [Optional(), Length(max=50_000)])
