"""The forms of a match round: what is announced, and the caps of a posting in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from app.accounts.models import Organisation, OrganisationKind
from app.clock import moment_on_the_wall, on_the_wall
from app.reference.models import Cluster, Region
from app.ui.filters import words
from app.ui.form_parts import plausible
from internships.models import PostingScope, StudentScope
from internships.rules.caps import Grouping, Span
from internships.services.rounds import MOST_CHOICES, Plan


class RoundForm(FlaskForm):
    """What a round is called, its calendar, for whom and which postings it is, and how many choices one has."""

    title_zh = StringField(_l("Title in Chinese"), [DataRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    opens_at = DateTimeLocalField(_l("Opens"), [InputRequired(), plausible], description=_l("Beijing time."))
    closes_at = DateTimeLocalField(
        _l("Closes"),
        [InputRequired(), plausible],
        description=_l("Beijing time. Both sides order their choices until then."),
    )
    results_at = DateTimeLocalField(
        _l("Results"),
        [Optional(), plausible],
        description=_l("Beijing time. Everybody sees them at this moment; without one, as soon as they are there."),
    )
    students_from = SelectField(
        _l("Students"),
        choices=[
            SelectChoice(StudentScope.OPEN.value, _l("from everywhere")),
            SelectChoice(StudentScope.UNIVERSITY.value, _l("of our university")),
            SelectChoice(StudentScope.REGION.value, _l("of universities in the region")),
        ],
        default=StudentScope.OPEN.value,
    )
    postings_from = SelectField(
        _l("Postings"),
        choices=[
            SelectChoice(PostingScope.OPEN.value, _l("from everywhere")),
            SelectChoice(PostingScope.REGION.value, _l("in the region")),
            SelectChoice(PostingScope.CLUSTER.value, _l("in the industrial cluster")),
        ],
        default=PostingScope.OPEN.value,
    )
    region_code = SelectField(_l("Region"), [Optional()], description=_l("Where the round is for one."))
    cluster_code = SelectField(_l("Industrial cluster"), [Optional()], description=_l("Where the round is for one."))
    most_choices = IntegerField(_l("Choices of each student"), [Optional(), NumberRange(1, 30)], default=MOST_CHOICES)

    def offer(self, organisation: Organisation, regions: Sequence[Region], clusters: Sequence[Cluster]) -> None:
        """Say what can be chosen; without a choice the place is the organiser's own."""
        own = SelectChoice("", _("that of the organiser"))
        self.region_code.choices = [own, *(SelectChoice(one.code, words(one, "name")) for one in regions)]
        self.cluster_code.choices = [own, *(SelectChoice(one.code, words(one, "name")) for one in clusters)]
        if organisation.kind is not OrganisationKind.UNIVERSITY:
            kept = [one for one in self.students_from.choices if one.value != StudentScope.UNIVERSITY.value]
            self.students_from.choices = kept

    def validate_closes_at(self, field: Any) -> None:
        """It closes after it opens."""
        if self.opens_at.data and field.data and field.data <= self.opens_at.data:
            raise ValidationError(_("A round closes after it opens."))

    def validate_results_at(self, field: Any) -> None:
        """Results come after closing."""
        if self.closes_at.data and field.data and field.data < self.closes_at.data:
            raise ValidationError(_("Results are shown after the round has closed."))

    def plan(self) -> Plan:
        """What the services take."""
        opens, closes = self.opens_at.data, self.closes_at.data
        if opens is None or closes is None:
            raise ValueError("the form has not been validated")
        return Plan(
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            opens_at=moment_on_the_wall(opens),
            closes_at=moment_on_the_wall(closes),
            results_at=moment_on_the_wall(self.results_at.data) if self.results_at.data else None,
            students_from=StudentScope(self.students_from.data),
            postings_from=PostingScope(self.postings_from.data),
            region_code=self.region_code.data or None,
            cluster_code=self.cluster_code.data or None,
            most_choices=self.most_choices.data or MOST_CHOICES,
        )


class CapForm(FlaskForm):
    """How many students of one university, and of one programme, a posting takes."""

    university = IntegerField(_l("At most from one university"), [Optional(), NumberRange(1, 500)])
    programme = IntegerField(_l("At most from one programme"), [Optional(), NumberRange(1, 500)])
    span = SelectField(
        _l("Counted over"),
        choices=[
            SelectChoice(Span.EACH_POSTING.value, _l("this posting")),
            SelectChoice(Span.ALL_TOGETHER.value, _l("all our postings in the round together")),
        ],
        default=Span.EACH_POSTING.value,
    )

    def caps(self) -> dict[Grouping, int]:
        """The caps that were given."""
        given = {Grouping.UNIVERSITY: self.university.data, Grouping.PROGRAMME: self.programme.data}
        return {grouping: most for grouping, most in given.items() if most}

    def over(self) -> Span:
        """What they count over."""
        return Span(self.span.data)


def first_moments(now: datetime) -> dict[str, datetime]:
    """What a new round's form begins with: two weeks from tomorrow, until six in the evening; results a day later."""
    day = on_the_wall(now).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    closes = day.replace(hour=18) + timedelta(days=14)
    return {"opens_at": day, "closes_at": closes, "results_at": closes + timedelta(days=1)}
