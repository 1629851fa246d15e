"""Language and time zone of a request: the person's own, then the chosen or the browser's, else Chinese and Shanghai."""

from flask import Flask, has_request_context, request
from flask_babel import force_locale, get_locale
from flask_login import current_user

from app.extensions import babel

LANGUAGES = ("zh", "en")
COOKIE = "language"

__all__ = ["LANGUAGES", "force_locale", "init_app", "language"]


def init_app(app: Flask) -> None:
    """Bind Babel with our selectors."""
    babel.init_app(app, locale_selector=_language_of_request, timezone_selector=_zone_of_request)
    app.jinja_env.globals.update(language=language, languages=(("zh", "简体中文"), ("en", "English")))


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
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"
