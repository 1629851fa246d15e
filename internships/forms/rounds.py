"""The form of a match round."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from app.clock import moment_on_the_wall, on_the_wall
from app.ui.form_parts import plausible


class RoundForm(FlaskForm):
    """What a round is called, and from when until when both sides may put their choices in order."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    opens_at = DateTimeLocalField(_l("Opens"), [InputRequired(), plausible], description=_l("Beijing time."))
    closes_at = DateTimeLocalField(
        _l("Closes"),
        [InputRequired(), plausible],
        description=_l("Beijing time. Both sides order their choices until then."),
    )

    def validate_closes_at(self, field: Any) -> None:
        """It closes after it opens."""
        if self.opens_at.data and field.data and field.data <= self.opens_at.data:
            raise ValidationError(_("A round closes after it opens."))

    def moments(self) -> tuple[datetime, datetime]:
        """Opening and closing as moments."""
        opens, closes = self.opens_at.data, self.closes_at.data
        if opens is None or closes is None:
            raise ValueError("the form has not been validated")
        return moment_on_the_wall(opens), moment_on_the_wall(closes)


def first_moments(now: datetime) -> dict[str, datetime]:
    """What a new round's form begins with: from tomorrow for two weeks, until six in the evening."""
    day = on_the_wall(now).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {"opens_at": day, "closes_at": day.replace(hour=18) + timedelta(days=14)}
