"""The component gallery: every component with sample values, in both themes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from wtforms import (
    BooleanField,
    FileField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.ui import charts, samples

bp = Blueprint("ui", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
THEMES = ("light", "dark")


@dataclass(frozen=True)
class SamplePages:
    """A list of 312 things, twenty to a page, of which page 3 is shown."""

    page: int = 3
    pages: int = 16
    total: int = 312
    first: int = 41
    last: int = 60
    has_prev: bool = True
    has_next: bool = True
    prev_num: int = 2
    next_num: int = 4

    def iter_pages(self, **_edges: int) -> list[int | None]:
        """The pages that are linked; None stands for a gap."""
        return [1, 2, 3, 4, None, 16]


class SampleForm(Form):
    """One field of each kind."""

    name = StringField(samples.FORM["name"], [InputRequired()], description=samples.FORM["name_hint"])
    about = TextAreaField(samples.FORM["about"])
    region = SelectField(samples.FORM["region"], [InputRequired()], choices=samples.REGIONS)
    mode = RadioField(samples.FORM["mode"], [InputRequired()], choices=samples.MODES, default="site")
    days = SelectMultipleField(
        samples.FORM["days"], choices=samples.DAYS, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    file = FileField(samples.FORM["file"], description=samples.FORM["file_hint"])
    agreed = BooleanField(samples.FORM["agreed"])


@bp.get("/design/")
def gallery() -> str:
    """All components; `?theme=dark` and `?theme=light` override the system's choice."""
    theme = request.args.get("theme")
    form = SampleForm()
    failed = SampleForm()
    failed.name.errors = [samples.FORM["name_error"]]
    words = samples.call_words()
    shown = samples.gap_rows()
    values: dict[str, Any] = {
        "theme": theme if theme in THEMES else None,
        "form": form,
        "failed": failed,
        "pages": SamplePages(),
        "now": datetime(2026, 11, 23, 2, 32, 7, tzinfo=UTC),
        "closes_at": datetime(2026, 11, 23, 2, 49, 49, tzinfo=UTC),
        "today": date(2026, 11, 23),
        "rows": samples.GAPS,
        "text": samples.TEXT,
        "interval_spec": charts.interval_chart(shown, str(samples.AXIS), words),
        "interval_rows": [(row["label"], row["value"], row["low"], row["high"], words[row["call"]]) for row in shown],
        "map_spec": charts.tile_map(samples.TIGHTNESS, str(samples.AXIS), {}, calls=samples.calls(), words=words),
        "map_rows": list(samples.TIGHTNESS.items()),
        "series_spec": charts.time_series(samples.SERIES, str(samples.PLACES)),
        "series_rows": [(point["day"], point["value"]) for point in samples.SERIES],
    }
    return render_template("ui/gallery.html", **values)


# Open to all. The guard lies above this package and reads the attribute, so it is set here without importing the guard.
gallery.__audience__ = "public"  # type: ignore[attr-defined]
