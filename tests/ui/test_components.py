"""Components give valid, labelled HTML that needs neither script nor inline style."""

import re
from pathlib import Path
from types import SimpleNamespace

import html5lib
import pytest
from bs4 import BeautifulSoup
from wtforms import BooleanField, Form, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.ui import icons

UI = Path(icons.__file__).parent
ERRORS = (400, 403, 404, 409, 413, 429, 500)


def use(file, *names):
    """The line that brings macros into a template."""
    return f'{{% from "components/{file}.html" import {", ".join(names)} %}}'


def parse(text):
    """The page, having failed if its HTML is not valid to a strict parser."""
    html5lib.HTMLParser(strict=True).parse(
        str(text) if "<!doctype" in text.lower() else f"<!doctype html><title>x</title>{text}"
    )
    return BeautifulSoup(text, "html5lib")


def check_page(page):
    """One title and h1, landmarks, unique ids, names for all controls, no gap in headings, nothing inline."""
    assert page.title.text.strip(" ·")
    assert len(page.find_all("h1")) == 1
    assert len(page.find_all("main")) == 1
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for element in page.find_all(True):
        assert not element.has_attr("style"), element
        assert not [name for name in element.attrs if name.startswith("on")], element
        for name in ("aria-describedby", "aria-labelledby", "for"):
            for target in str(element.get(name, "")).split():
                assert target in ids, element
    for control in page.find_all(["input", "select", "textarea"]):
        if control.get("type") in ("hidden", "submit"):
            continue
        label = page.find("label", attrs={"for": control["id"]}) if control.get("id") else None
        assert label or control.find_parent("label") or control.get("aria-label"), control
    for control in page.find_all(["a", "button", "summary"]):
        assert control.get_text(strip=True) or control.get("aria-label"), control
    for script in page.find_all("script"):
        assert script.get("src") or script.get("type") == "application/json"
    level = 1
    for heading in page.find_all(re.compile("^h[1-6]$")):
        assert int(heading.name[1]) <= level + 1, heading
        level = int(heading.name[1])
    for nav in page.find_all("nav"):
        assert nav.get("aria-label")


@pytest.mark.parametrize("query", ["", "?theme=dark", "?theme=light", "?theme=<script>"])
def test_the_gallery_shows_every_component_in_order(app, query):
    answer = app.test_client().get(f"/design/{query}")
    page = parse(answer.text)
    check_page(page)
    assert page.html["lang"] == "zh-CN"
    assert page.html.get("data-theme") == {"?theme=dark": "dark", "?theme=light": "light"}.get(query)


def test_every_component_stands_in_the_gallery():
    gallery = (UI / "templates" / "ui" / "gallery.html").read_text("utf-8")
    # The first belongs to the layouts, the second repeats field.html, the third is a progress bar that asks its page.
    inner = {"flash.html", "form_errors.html", "job_progress.html"}
    for component in (UI / "templates" / "components").glob("*.html"):
        assert component.name in inner or f"components/{component.name}" in gallery, component.name


def test_every_macro_is_explained():
    for component in (UI / "templates" / "components").glob("*.html"):
        source = component.read_text("utf-8")
        for name in re.findall(r"{% macro ([a-z]\w*)\(", source):
            assert re.search(rf"{{# [^\n]*\b{name}\(", source), f"{component.name}: {name}"


def test_a_page_is_in_english_for_an_english_reader(render):
    page = parse(render('{% extends "layouts/app.html" %}{% block title %}Today{% endblock %}'))
    assert page.html["lang"] == "en"
    assert page.h1.text == "Today"


def test_parts_that_a_page_does_not_give_leave_no_empty_boxes(render):
    page = parse(render('{% extends "layouts/app.html" %}{% block title %}Today{% endblock %}'))
    check_page(page)
    for css in (
        ".kicker",
        ".lead",
        ".page-actions",
        ".page-opening",
        ".page-aside",
        ".with-aside",
        ".flashes",
        ".crumbs",
    ):
        assert not page.select(css), css


def test_a_page_may_call_its_own_values_as_the_layout_calls_its_parts(render):
    content = "{% block content %}[{{ page }} {{ menu }} {{ foot }}]{% endblock %}"
    source = '{% extends "layouts/app.html" %}{% block title %}T{% endblock %}' + content
    assert "[3 soup feet]" in render(source, page=3, menu="soup", foot="feet")


def test_the_rail_is_told_again_at_the_foot_of_a_phone_four_and_more(render):
    page = parse(render('{% extends "layouts/app.html" %}{% block title %}T{% endblock %}'))
    assert len(page.select(".rail nav li")) == 5
    assert len(page.select(".tabbar > ul > li")) == 5
    assert page.select_one(".tabbar .sheet > a.menu-row").get_text(strip=True) == "竞赛"
    assert [link.get_text(strip=True) for link in page.select(".rail [aria-current=page]")] == ["今天"]


def test_nobody_signed_in_sees_a_bar_instead_of_a_rail(app, render):
    app.jinja_env.globals.update(nav_items=list, acting_for=lambda: None)
    page = parse(render('{% extends "layouts/app.html" %}{% block title %}T{% endblock %}'))
    check_page(page)
    assert page.select(".topbar .brand")
    assert not page.select(".rail, .tabbar")


def test_the_account_menu_signs_out_by_post(app, render):
    entry = SimpleNamespace(label="Sign out", url="/out/", icon="sign-out", post=True)
    app.jinja_env.globals["account_menu"] = lambda: [entry]
    page = parse(render('{% extends "layouts/app.html" %}{% block title %}T{% endblock %}'))
    form = page.select_one(".rail form[action='/out/']")
    assert form["method"] == "post"
    assert form.find("input", attrs={"name": "csrf_token"})["value"]


def test_only_the_other_language_is_offered_and_leads_back_here(render):
    page = parse(render('{% extends "layouts/auth.html" %}{% block title %}T{% endblock %}', "zh"))
    check_page(page)
    form = page.select_one(".page-foot form")
    assert [button["value"] for button in form.find_all("button")] == ["en"]
    assert form.find("input", attrs={"name": "next"})["value"] == "/list/?q=shoes&page=3"


@pytest.mark.parametrize("layout", ["app", "reading", "auth", "print"])
def test_each_layout_is_a_whole_page(render, layout):
    blocks = "".join(f"{{% block {name} %}}{name}{{% endblock %}}" for name in ("kicker", "headline", "lead"))
    page = parse(render(f'{{% extends "layouts/{layout}.html" %}}{{% block title %}}T{{% endblock %}}{blocks}'))
    check_page(page)
    assert page.h1.text == "headline"


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_says_what_happened_and_shows_the_reason_given(app, render, code):
    source = f'{{% include "errors/{code}.html" %}}'
    page = parse(render(source, message=None))
    check_page(page)
    assert page.select_one(".lead").text
    assert parse(render(source, message="Because of the rule.")).select_one(".lead").text == "Because of the rule."


def test_messages_are_announced_each_in_its_own_way(app):
    with app.test_request_context("/"):
        from flask import flash

        flash("Saved.", "success")
        flash("Too <b>late</b>.", "error")
        page = parse(
            app.jinja_env.from_string('{% extends "layouts/app.html" %}{% block title %}T{% endblock %}').render()
        )
    assert [(n["role"], n.select_one(".notice-words").text.strip()) for n in page.select(".flashes .notice")] == [
        ("status", "Saved."),
        ("alert", "Too <b>late</b>."),
    ]


class Posting(Form):
    """One field of each kind that has its own shape."""

    title = StringField("Title", [InputRequired("Give it a title.")], description="As students read it.")
    about = TextAreaField("About")
    region = SelectField("Region", choices=[SelectChoice("a", "A")])
    mode = RadioField("Mode", [InputRequired("Choose one.")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    agreed = BooleanField("Agreed", [InputRequired("Tick this.")], description="Read it first.")
    secret = PasswordField("Secret")


@pytest.fixture
def form_page(render):
    form = Posting()
    form.process(region="a")
    form.validate()
    fields = "{% for f in form %}{{ field(f) }}{% endfor %}"
    source = use("field", "field", "form_errors") + "<h1>T</h1><form>{{ form_errors(form) }}" + fields + "</form>"
    return parse(render(source, form=form))


def test_a_field_is_tied_to_its_label_hint_and_error(form_page):
    box = form_page.find("input", id="title")
    assert form_page.find("label", attrs={"for": "title"}).text.strip() == "Title"
    assert [form_page.find(id=name).get_text(strip=True) for name in box["aria-describedby"].split()] == [
        "As students read it.",
        "Give it a title.",
    ]
    assert box["aria-invalid"] == "true"
    assert not form_page.find("textarea", id="about").has_attr("aria-invalid")


def test_what_may_be_left_out_says_so_and_what_must_be_given_does_not(form_page):
    assert "(optional)" in form_page.find("label", attrs={"for": "about"}).text
    assert "(optional)" not in form_page.find("label", attrs={"for": "title"}).text


def test_radios_stand_in_a_group_with_a_name_and_an_error(form_page):
    group = form_page.find("fieldset", id="mode")
    assert group.legend.get_text(strip=True) == "Mode"
    assert form_page.find(id=group["aria-describedby"]).get_text(strip=True) == "Choose one."
    assert len(group.find_all("input", type="radio")) == 2


def test_the_summary_leads_to_each_field_that_needs_mending(form_page):
    links = form_page.select(".errors a")
    assert [link["href"] for link in links] == ["#title", "#mode", "#agreed"]
    assert all(form_page.find(id=link["href"][1:]) for link in links)
    assert form_page.select_one(".errors")["role"] == "alert"


def test_a_form_without_errors_has_no_summary(render):
    assert not render(use("form_errors", "form_errors") + "{{ form_errors(form) }}", form=Posting()).strip()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("3", "Level 3 shown"),
        ("2, 3", "Level 2 shown, level 3 likely but not yet certain"),
        ("0, 1, 2", "Not yet shown, level 1 likely but not yet certain · Asked for: level 2"),
        ("none", "Not yet shown"),
        ("3, 2", "Level 3 shown"),
    ],
)
def test_a_level_meter_says_in_words_what_it_draws(render, arguments, words):
    page = parse(
        render(f'{{% from "components/level_meter.html" import level_meter %}}{{{{ level_meter({arguments}) }}}}')
    )
    assert page.select_one(".sr-only").get_text(strip=True) == words
    assert len(page.select(".notch")) == 4


def test_no_ratio_stands_without_its_interval(render):
    source = use("interval_line", "interval_line") + '{{ interval_line(3.1, 2.1, 4.5, label="Customs") }}'
    page = parse(render(source))
    assert page.select_one(".sr-only").get_text() == "Customs: 3.10, between 2.10 and 4.50"
    assert page.select_one("svg")["class"] == ["interval", "shortage"]


def test_a_button_that_changes_something_is_a_post_with_a_token_and_may_ask_first(render):
    source = use("button", "button_form") + '{{ button_form("Withdraw", "/w/", confirm="?", fields={"id": 7}) }}'
    page = parse(render(source))
    form = page.select_one("details.confirm form")
    assert (form["method"], form["action"]) == ("post", "/w/")
    assert {field["name"] for field in form.find_all("input")} == {"csrf_token", "id"}


def test_what_people_typed_is_never_taken_for_markup(render):
    evil = "<script>alert(1)</script>\"'>"
    sources = (
        use("badge", "badge") + "{{ badge(evil) }}",
        use("button", "button", "button_link", "button_form") + "{{ button(evil, name=evil, value=evil, title=evil) }}"
        "{{ button_link(evil, evil) }}{{ button_form(evil, evil, confirm=evil, fields={'x': evil}) }}",
        use("card", "card") + "{% call card(evil, url=evil, link=evil) %}{{ evil }}{% endcall %}",
        use("sparkline", "sparkline") + "{{ sparkline([1], evil) }}",
        use("chart", "chart") + '{{ chart({"a": evil}, evil, [evil], [[evil]], evil) }}',
        use("choice_list", "choice_list") + "{{ choice_list(evil, [dict(value=evil, label=evil, key=evil)], evil) }}",
        use("avatar", "avatar") + "{{ avatar(evil) }}",
        "{{ icon('home', evil, evil) }}",
        use("thread", "thread", "thread_point")
        + "{% call thread(evil) %}{{ thread_point(evil, evil, url=evil) }}{% endcall %}",
    )
    for source in sources:
        page = parse(render(source, evil=evil))
        assert not [script for script in page.find_all("script") if script.get("type") != "application/json"], source


def test_a_chart_has_a_twin_table_that_is_open_until_the_picture_stands(render):
    columns = ["Region", {"label": "Places", "num": True}]
    source = use("chart", "chart") + '{{ chart({"mark": "bar"}, "Places", columns, [["浙江", 4]]) }}'
    page = parse(render(source, columns=columns))
    assert page.find("details").has_attr("open")
    assert [cell.text for cell in page.find_all("td")] == ["浙江", "4"]
    assert page.find("script", type="application/json").string == '{"mark": "bar"}'


def test_pages_of_a_list(render):
    shown = SimpleNamespace(
        page=2,
        pages=3,
        total=50,
        first=21,
        last=40,
        has_prev=True,
        has_next=True,
        prev_num=1,
        next_num=3,
        iter_pages=lambda **_: [1, 2, 3],
    )
    source = use("pagination", "pagination") + "{{ pagination(page, url) }}"
    page = parse(render(source, page=shown, url=lambda number: f"?page={number}"))
    assert [link["href"] for link in page.select(".pages a")] == ["?page=1", "?page=1", "?page=3", "?page=3"]
    assert page.select_one("[aria-current=page]").text == "2"
    assert "21–40 of 50" in page.text
    alone = SimpleNamespace(pages=1)
    assert not render(source, page=alone, url=None).strip()


def test_a_missing_drawing_is_a_dot_and_a_line_in_the_log(caplog):
    icons._drawing.cache_clear()
    assert "<circle" in icons.icon("no-such-drawing")
    assert "no-such-drawing" in caplog.text


def test_a_drawing_is_hidden_from_readers_unless_it_has_a_name():
    for name in icons.names():
        assert str(icons.icon(name)).startswith('<svg class="icon" aria-hidden="true" focusable="false" viewBox=')
    assert 'role="img" aria-label="Closed"' in icons.icon("lock", "Closed")


def test_other_names_lead_to_drawings():
    assert set(icons.OTHER_NAMES.values()) <= set(icons.names())
    assert not set(icons.OTHER_NAMES) & set(icons.names())


def test_static_files_are_served_with_a_digest_of_their_content(app, render):
    address = render("{{ asset('css/tokens.css') }}")
    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{10}", address)
    with app.test_client().get(address) as answer:
        assert answer.status_code == 200


def test_a_page_that_names_a_missing_file_is_broken(render):
    with pytest.raises(FileNotFoundError):
        render("{{ asset('css/none.css') }}")


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_a_mail_is_whole_and_says_why_it_came(app, kind):
    blocks = "{% block title %}T{% endblock %}{% block content %}C{% endblock %}"
    source = f'{{% extends "emails/base.{kind}" %}}{blocks}'
    with app.test_request_context("/"):
        text = app.jinja_env.from_string(source).render()
    assert "C" in text
    assert "account with Yangfan" in text
