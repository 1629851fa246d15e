"""Language and zone of a request: the person's own, then the chosen or the browser's, else Chinese and Shanghai."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask_babel
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import get_locale, get_translations
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.extensions import babel

LANGUAGES = ("zh", "en")
COOKIE = "language"
MOST = 10_000  # sentences without values that a process keeps written; there are fewer in the catalogue

__all__ = ["LANGUAGES", "force_locale", "init_app", "language"]


def init_app(app: Flask) -> None:
    """Bind Babel with our selectors."""
    babel.init_app(app, locale_selector=_language_of_request, timezone_selector=_zone_of_request)
    gettext = _template_gettext()
    app.jinja_env.globals.update(
        {"_": gettext, "gettext": gettext, "language": language, "languages": (("zh", "简体中文"), ("en", "English"))}
    )


def _template_gettext() -> Any:
    """`_()` for templates. A page says a hundred sentences, and asking Babel anew for each took a third of its time."""
    catalogues: dict[str, Any] = {}
    without_values: dict[tuple[str, str], Markup] = {}

    @pass_eval_context
    def gettext(eval_ctx: EvalContext, sentence: str, **values: Any) -> str:
        spoken = language()
        if eval_ctx.autoescape and not values and (kept := without_values.get((spoken, sentence))) is not None:
            return kept
        if spoken not in catalogues:
            catalogues[spoken] = get_translations()
        said: str = catalogues[spoken].ugettext(sentence)
        if not eval_ctx.autoescape:
            return said % values
        written = Markup(said) % values  # noqa: S704  the sentence is ours; its values are escaped
        if not values and len(without_values) < MOST:
            without_values[spoken, sentence] = written
        return written

    return gettext


def _language_of_request() -> str:
    if not has_request_context():
        return "zh"
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def _zone_of_request() -> str:
    if has_request_context() and current_user and current_user.is_authenticated:
        return str(current_user.time_zone)
    return "Asia/Shanghai"


def language() -> str:
    """The language of the answer being made: `zh` or `en`."""
    if not has_app_context():
        return "zh"
    spoken: str | None = g.get("language")
    if spoken is None:  # asked some hundred times for a page, so Babel is asked once
        locale = get_locale()
        spoken = g.language = "en" if locale is not None and locale.language == "en" else "zh"
    return spoken


@contextmanager
def force_locale(code: str) -> Iterator[None]:
    """Speak `code` meanwhile, whatever the reader's language is: in a mail to somebody else."""
    before = g.pop("language", None)
    try:
        with flask_babel.force_locale(code):
            yield
    finally:
        g.language = before
