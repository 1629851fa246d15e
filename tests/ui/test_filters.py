"""Values are written as the reader expects them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest


@pytest.mark.parametrize(
    ("language", "thing", "expected"),
    [
        ("zh", SimpleNamespace(title_zh="海关", title_en="Customs"), "海关"),
        ("en", SimpleNamespace(title_zh="海关", title_en="Customs"), "Customs"),
        ("en", SimpleNamespace(title_zh="海关", title_en=""), "海关"),
        ("zh", {"title_zh": None, "title_en": "Customs"}, "Customs"),
        ("zh", {"title": "两种语言"}, "两种语言"),
        ("zh", {}, ""),
    ],
)
def test_a_title_is_in_the_readers_language_else_in_the_other(render, language, thing, expected):
    assert render("{{ thing | words('title') }}", language, thing=thing) == expected


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("{{ 180 | money }}", "¥180", "CN¥180"),
        ("{{ 1234.5 | money }}", "¥1,234.50", "CN¥1,234.50"),
        ("{{ none | money }}", "–", "–"),
        ("{{ 1214 | number }}", "1,214", "1,214"),
        ("{{ 0.3333 | number(2) }}", "0.33", "0.33"),
        ("{{ none | number }}", "–", "–"),
        ("{{ 0.64 | percent }}", "64%", "64%"),
        ("{{ 0.645 | percent(1) }}", "64.5%", "64.5%"),
        ("{{ none | percent }}", "–", "–"),
        ("{{ '林小雨' | initial }}", "林", "林"),
        ("{{ ' wen' | initial }}", "W", "W"),
    ],
)
def test_numbers(render, source, zh, en):
    assert render(source, "zh") == zh
    assert render(source, "en") == en


def test_money_takes_exact_amounts(render):
    assert render("{{ amount | money }}", "zh", amount=Decimal("0.10")) == "¥0.10"


@pytest.mark.parametrize(
    ("style", "zh", "en"),
    [
        ("long", "2026年11月23日", "23 November 2026"),
        ("short", "11月23日", "23 Nov"),
        ("weekday", "11月23日 星期一", "Monday, 23 November"),
        ("month", "2026年11月", "November 2026"),
    ],
)
def test_days(render, style, zh, en):
    for language, expected in (("zh", zh), ("en", en)):
        assert render("{{ day | day(style) }}", language, day=date(2026, 11, 23), style=style) == expected


def test_a_moment_is_written_in_the_readers_zone_and_in_utc_for_machines(render):
    late = datetime(2026, 11, 23, 18, 30, 5, tzinfo=UTC)
    assert (
        render("{{ t | moment }}", "zh", t=late) == '<time datetime="2026-11-23T18:30:05Z">2026年11月24日 02:30</time>'
    )
    assert (
        render("{{ t | moment('short') }}", "en", t=late)
        == '<time datetime="2026-11-23T18:30:05Z">24 Nov, 02:30</time>'
    )
    assert render("{{ t | moment_text('clock') }}", "zh", t=late) == "02:30:05"
    assert render("{{ t | day }}", "zh", t=late) == "2026年11月24日"
    assert render("{{ t | moment }}", "zh", t=late.replace(tzinfo=None)) == render("{{ t | moment }}", "zh", t=late)
    assert render("{{ none | moment }}", "zh") == "–"


@pytest.mark.parametrize(
    ("away", "words"),
    [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (8, "in 8 days"), (-3, "3 days ago")],
)
def test_near_days_are_named(render, away, words):
    today = date(2026, 11, 23)
    assert render("{{ day | relative_days(today) }}", "en", day=today + timedelta(days=away), today=today) == words


def test_another_page_of_a_list_keeps_its_filters(app):
    @app.get("/organisations/<slug>/postings/", endpoint="list")
    def postings(slug):
        return app.jinja_env.from_string("{{ page_url(4) | safe }}").render()

    address = app.test_client().get("/organisations/demo/postings/?q=鞋&tag=a&tag=b&page=3").text
    assert address == "/organisations/demo/postings/?q=%E9%9E%8B&tag=a&tag=b&page=4"
