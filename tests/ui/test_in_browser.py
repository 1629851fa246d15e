"""What only a real browser can tell: answers outlive the connection, nothing scrolls sideways, the policy holds."""

import threading
from datetime import UTC, datetime

import pytest
from flask import jsonify, request
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from app.security import POLICY
from tools import browser as chromium

pytestmark = pytest.mark.slow

QUESTION = """{% extends "layouts/app.html" %}
{% from "components/receipt.html" import autosave_attributes, receipt %}
{% from "components/choice_list.html" import choice_list %}
{% block title %}Question{% endblock %}
{% block content %}
{{ receipt(id="saved") }}
<form method="post" action="/answer/" {{ autosave_attributes("/answer/", "saved") }}>
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
  {{ choice_list("answer", [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}], "Which?") }}
</form>
{% endblock %}"""


@pytest.fixture
def kept():
    """The answers that have reached the server."""
    return []


@pytest.fixture
def site(app, kept):
    """The address of the small application, served with the policy of the real one."""

    @app.get("/question/")
    def question():
        return app.jinja_env.from_string(QUESTION).render()

    @app.post("/answer/")
    def answer():
        kept.append(request.form["answer"])
        return jsonify(saved_at=datetime(2026, 11, 23, 2, 32, 7, tzinfo=UTC).isoformat(), receipt="Saved 10:32:07")

    @app.after_request
    def guarded(response):
        response.headers["Content-Security-Policy"] = POLICY
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(site):
    """A browser of its own; there being none is a failure."""
    path = chromium.find()
    assert path, "no Chromium found: `make test` brings one, or name it in CHROMIUM"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        yield running.new_context(base_url=site, viewport={"width": 360, "height": 780})
        running.close()


def test_an_answer_given_without_a_connection_is_kept_and_sent_later(context, kept):
    page = context.new_page()
    page.goto("/question/")
    page.check("input[value=a]")
    expect(page.locator("#saved")).to_contain_text("Saved 10:32:07")
    context.set_offline(True)
    page.check("input[value=b]")
    expect(page.locator("#saved.waiting")).to_be_visible()
    page.close(run_before_unload=False)
    assert kept == ["a"]
    context.set_offline(False)
    again = context.new_page()
    again.goto("/question/")
    expect(again.locator("input[value=b]")).to_be_checked()
    expect(again.locator("#saved")).to_contain_text("Saved 10:32:07")
    assert kept == ["a", "b"]
    assert again.evaluate("localStorage.length") == 0


def test_an_answer_that_the_server_refuses_says_why_and_is_not_sent_again(context):
    page = context.new_page()
    page.goto("/question/")
    body = '{"error": "Closed", "message": "The window has closed."}'
    page.route("**/answer/", lambda route: route.fulfill(status=409, content_type="application/json", body=body))
    page.check("input[value=a]")
    expect(page.locator("#saved.failed")).to_contain_text("The window has closed.")
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_gallery_draws_its_charts_within_the_policy_and_within_360_pixels(context, theme):
    said = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"/design/?theme={theme}")
    expect(page.locator(".chart-picture > svg, .chart-picture > div > svg")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert said == []


def test_a_work_list_is_walked_by_keyboard(context):
    page = context.new_page()
    page.goto("/design/")
    for key in "jj":
        page.keyboard.press(key)
    expect(page.locator("table[data-keys] tbody tr").nth(1)).to_have_class("at")
    page.keyboard.press("/")
    expect(page.locator("[data-search-key]")).to_be_focused()
    page.keyboard.type("jk")
    expect(page.locator("[data-search-key]")).to_have_value("jk")
