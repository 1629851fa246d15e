"""What only a real browser can tell: answers outlive the connection, nothing scrolls sideways, the policy holds."""

import threading
from datetime import UTC, datetime

import pytest
from flask import jsonify, redirect, request
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from app.security import POLICY
from tools import browser as chromium

pytestmark = pytest.mark.slow

QUESTION = """{% extends "layouts/app.html" %}
{% from "components/receipt.html" import autosave_attributes, kept_answers, receipt %}
{% from "components/choice_list.html" import choice_list %}
{% block title %}Question{% endblock %}
{% block content %}
{{ receipt(id="saved") }}
{{ kept_answers([(1, other_revision)], "/answer/{id}/") }}
<form method="post" action="/answer/" {{ autosave_attributes("/answer/", "saved", now, kept_revision) }}>
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
  {{ choice_list("answer", [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}], "Which?") }}
  <button>Save</button>
</form>
{% endblock %}"""


NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
LOST = "No connection"


@pytest.fixture
def received():
    """What has reached the server."""
    return []


@pytest.fixture
def others():
    """What the server has of a question that is on another page."""
    return {"revision": 0}


@pytest.fixture
def site(app, received, others):
    """The address of the small application, served with the policy of the real one."""

    @app.get("/question/")
    def question():
        revision = max((int(one["revision"]) for one in received), default=0)
        return app.jinja_env.from_string(QUESTION).render(
            now=NOW, kept_revision=revision, other_revision=others["revision"]
        )

    @app.post("/answer/1/")
    def other_answer():
        others.update(request.form.to_dict(), revision=int(request.form["revision"]))
        return jsonify(saved_at=NOW.isoformat())

    @app.post("/answer/")
    def answer():
        received.append(dict(request.form))
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


def lose_connection(context):
    """Nothing that is sent arrives; other than Chromium's own switch, a page that closes does not undo it."""
    context.route("**/answer/", lambda route: route.abort("internetdisconnected"))


def answers(received):
    """The answers among what was received."""
    return [one.get("answer") for one in received]


def test_an_answer_given_without_a_connection_is_kept_and_sent_later(context, received):
    page = context.new_page()
    page.goto("/question/")
    page.check("input[value=a]")
    expect(page.locator("#saved")).to_contain_text("Saved 10:32:07")
    lose_connection(context)
    page.check("input[value=b]")
    expect(page.locator("#saved.waiting")).to_contain_text(LOST)
    page.close(run_before_unload=False)
    assert answers(received) == ["a"]
    context.unroute_all()
    again = context.new_page()
    again.goto("/question/")
    expect(again.locator("input[value=b]")).to_be_checked()
    expect(again.locator("#saved")).to_contain_text("Saved 10:32:07")
    assert answers(received) == ["a", "b"]
    assert again.evaluate("localStorage.length") == 0


def test_each_answer_says_when_it_was_given_by_the_servers_clock(context, received):
    page = context.new_page()
    page.goto("/question/")
    for sign in "aba":
        page.check(f"input[value={sign}]")
        expect(page.locator("#saved:not(.waiting)")).to_contain_text("Saved 10:32:07")
    moments = [int(one["revision"]) for one in received]
    assert moments == sorted(set(moments))
    opened = int(NOW.timestamp()) * 1_000_000
    assert all(opened < moment < opened + 60_000_000 for moment in moments)


def test_what_waited_on_this_device_yields_to_what_was_saved_after_it(context, received):
    page = context.new_page()
    page.goto("/question/")
    lose_connection(context)
    page.check("input[value=b]")
    expect(page.locator("#saved.waiting")).to_contain_text(LOST)
    page.close(run_before_unload=False)
    context.unroute_all()
    # Meanwhile the person has answered on another device.
    received.append({"answer": "a", "revision": str(int(NOW.timestamp() + 3600) * 1_000_000)})
    again = context.new_page()
    again.goto("/question/")
    expect(again.locator("input[value=b]")).not_to_be_checked()
    assert answers(received) == ["a"]
    assert again.evaluate("localStorage.length") == 0


def test_an_answer_that_is_handed_over_stays_until_a_page_shows_that_it_is_kept(context, received):
    page = context.new_page()
    page.goto("/question/")
    lose_connection(context)
    page.check("input[value=b]")
    expect(page.locator("#saved.waiting")).to_contain_text(LOST)
    page.get_by_role("button", name="Save").click()  # the browser's own page says that nothing can be reached
    context.unroute_all()
    page.goto("/question/")
    expect(page.locator("#saved")).to_contain_text("Saved 10:32:07")
    assert answers(received) == ["b"]
    page.check("input[value=a]")
    expect(page.locator("#saved:not(.waiting)")).to_contain_text("Saved 10:32:07")
    page.get_by_role("button", name="Save").click()
    page.goto("/question/")
    assert answers(received) == ["b", "a", "a"]
    assert page.evaluate("localStorage.length") == 0


def test_what_waits_for_another_page_of_the_same_attempt_is_sent_from_this_one(context, others):
    page = context.new_page()
    page.goto("/question/")
    page.evaluate("localStorage.setItem('yangfan.autosave:/answer/1/', 'answer=c&revision=7')")
    page.goto("/question/")
    page.wait_for_function("localStorage.length === 0")
    assert (others["answer"], others["revision"]) == ("c", 7)
    others["answer"] = "later"
    page.evaluate("localStorage.setItem('yangfan.autosave:/answer/1/', 'answer=b&revision=6')")
    page.goto("/question/")
    page.wait_for_function("localStorage.length === 0")
    assert others["answer"] == "later"


def test_without_a_connection_the_button_stays_on_the_page_and_says_so(context, received):
    page = context.new_page()
    page.goto("/question/")
    context.set_offline(True)
    page.check("input[value=b]")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved.waiting")).to_contain_text(LOST)
    assert page.url.endswith("/question/")
    assert received == []
    context.set_offline(False)
    expect(page.locator("#saved:not(.waiting)")).to_contain_text("Saved 10:32:07")
    assert answers(received) == ["b"]


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


KEPT = """{% extends "layouts/app.html" %}
{% block title %}Comments{% endblock %}
{% block content %}
{% if saved %}<div class="flashes"><div class="notice success">Saved</div></div>{% endif %}
<form method="post" action="/comments/" data-keep="comments 7 of 3">
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
  <div hidden data-keep-offer>
    <p>Not saved</p>
    <button type="button" data-keep-take>Put back</button><button type="button" data-keep-drop>Throw away</button>
  </div>
  <label for="fresh">Fresh</label><textarea id="fresh" name="fresh"></textarea>
  <label for="old">Old</label><textarea id="old" name="old">{{ old }}</textarea>
  <button id="save">Save</button>
</form>
{% endblock %}"""


@pytest.fixture
def comments(app):
    """A page with a comment that is saved and a box for another; the server may refuse."""
    state = {"old": "As saved", "refuses": False, "saved": False}

    @app.get("/comments/")
    def comments_page():
        shown = app.jinja_env.from_string(KEPT).render(old=state["old"], saved=state["saved"])
        state["saved"] = False
        return shown

    @app.post("/comments/")
    def save_comments():
        if not state["refuses"]:
            state.update(old=request.form["old"], saved=True)
        return redirect("/comments/", 303)

    return state


def type_comments(page):
    page.goto("/comments/")
    page.fill("#fresh", "A new one")
    page.fill("#old", "Begun anew")


def test_words_that_were_not_saved_come_back_after_a_crash_and_never_over_others(comments, context):
    page = context.new_page()
    type_comments(page)
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto("/comments/")
    expect(again.locator("#fresh")).to_have_value("A new one")
    expect(again.locator("#old")).to_have_value("As saved")
    again.click("text=Put back")
    expect(again.locator("#old")).to_have_value("Begun anew")
    expect(again.locator("[data-keep-offer]")).to_be_hidden()
    again.click("#save")
    expect(again.locator("#old")).to_have_value("Begun anew")
    expect(again.locator("[data-keep-offer]")).to_be_hidden()
    assert again.evaluate("localStorage.length") == 0


def test_words_that_the_server_refused_are_still_offered(comments, context):
    comments["refuses"] = True
    page = context.new_page()
    type_comments(page)
    page.click("#save")
    expect(page.locator("#fresh")).to_have_value("A new one")
    page.click("text=Throw away")
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(page.locator("#fresh")).to_have_value("")
    expect(page.locator("[data-keep-offer]")).to_be_hidden()


ORDER = """{% extends "layouts/app.html" %}
{% block title %}Order{% endblock %}
{% block content %}
<p role="status" id="order-status" data-saved="Saved" data-moved="Now at {place}" data-failed="Failed"></p>
<form method="post" action="/order/" data-order-form hidden>
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
</form>
{% for key in (0, 4, 5) %}
<div{% if key %} data-group{% endif %}>
  {% if key %}<button type="button" data-group-handle hidden aria-label="Move {{ key }}">=</button>{% endif %}
  <ol data-order="{{ key }}">
    <li data-lesson="{{ key }}1"><button type="button" data-handle hidden>=</button>Lesson</li>
  </ol>
</div>
{% endfor %}
<script src="{{ asset('js/order.js') }}" defer></script>
{% endblock %}"""


def test_a_module_moves_with_its_lessons_by_keys_and_never_before_those_in_none(app, context):
    orders = []

    @app.get("/order/")
    def order_page():
        return app.jinja_env.from_string(ORDER).render()

    @app.post("/order/")
    def keep_order():
        orders.append(request.form["order"])
        return jsonify(saved=True)

    page = context.new_page()
    page.goto("/order/")
    handle = page.locator("[data-group-handle]").last
    handle.press("ArrowUp")
    expect(page.locator("#order-status")).to_have_text("Saved")
    page.locator("[data-group-handle]").first.press("ArrowUp")
    page.locator("[data-handle]").first.press("ArrowDown")
    expect(page.locator("#order-status")).to_have_text("Saved")
    assert orders == ["0:01 5:51 4:41", "0: 5:01,51 4:41"]
