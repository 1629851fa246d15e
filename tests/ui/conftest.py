"""A small application around app.ui, with stand-ins for what the factory and accounts supply to templates."""

from types import SimpleNamespace

import pytest
from flask import Flask, session
from flask_babel import Babel, force_locale, get_locale
from flask_wtf import CSRFProtect

LANGUAGES = (("zh", "简体中文"), ("en", "English"))


@pytest.fixture
def app():
    from app import ui

    app = Flask("small", static_folder=None)
    app.config.update(SECRET_KEY="test", TESTING=True, WTF_CSRF_TIME_LIMIT=None)
    Babel(
        app,
        default_locale="zh",
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: session.get("language", "zh"),
    )
    CSRFProtect(app)
    ui.init_app(app)

    @app.post("/language", endpoint="home.language")
    def language():
        return ""

    app.jinja_env.globals.update(
        acting_for=lambda: SimpleNamespace(label="林小雨", sub="温州商学院 · 学生"),
        current_user=SimpleNamespace(is_authenticated=True, display_name="林小雨", home_label="今天"),
        demo=lambda: True,
        icp_number="浙ICP备00000000号",
        language=lambda: get_locale().language,
        languages=LANGUAGES,
        nav_items=lambda: [
            SimpleNamespace(label=label, url=f"/{name}/", icon=icon, current=name == "today")
            for name, label, icon in (
                ("today", "今天", "home"),
                ("courses", "课程", "book"),
                ("passport", "技能护照", "passport"),
                ("internships", "实习", "briefcase"),
                ("competitions", "竞赛", "trophy"),
            )
        ],
    )
    return app


@pytest.fixture
def render(app):
    """Render a template text in a request, in `language`."""

    def _render(source, language="en", **values):
        with app.test_request_context("/list/?q=shoes&page=3"), force_locale(language):
            return app.jinja_env.from_string(source).render(**values)

    return _render
