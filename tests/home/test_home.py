"""The landing page, the first page, and plain pages."""

import re
from pathlib import Path

import pytest

from app.registry import NextStep, Panel, PanelView, registry
from tests.courses.counting import statements
from tests.page import page

TEXTS = Path(__file__).parents[2] / "app" / "home" / "templates" / "home" / "texts"


@pytest.fixture
def offered(app, monkeypatch):
    """The panels of this test only."""
    panels = []
    monkeypatch.setattr(registry(app), "panels", panels)
    return panels


def step(title):
    return NextStep("kicker", title, "text", "Go", "/settings/")


def test_a_stranger_reads_what_it_is_and_how_to_come_in(client, cast):
    found = page(client, "/", language="en")
    assert found.h1 == "What people can do, shown by what they have done"
    assert "/sign-in/" in found.links.values()
    assert "/sign-up/" in found.links.values()


def test_the_lowest_order_wins_the_first_card(sign_in, cast, offered):
    offered.append(Panel(5, "main", lambda person, today: PanelView("", next=step("second"))))
    offered.append(Panel(1, "side", lambda person, today: PanelView("", next=step("first"))))
    offered.append(Panel(0, "main", lambda person, today: None))
    found = page(sign_in(cast.student), "/", language="en")
    assert found.words(".next-card h2") == ["first"]
    assert found.h1 == "林小雨, this comes next"


def test_a_panel_reads_its_values_under_its_name(sign_in, cast, offered):
    values = {"count": 0, "since": None, "url": "/x/"}
    offered.append(Panel(1, "side", lambda person, today: PanelView("accounts/panels/verifications.html", values)))
    found = page(sign_in(cast.student), "/", language="en")
    assert found.words("main .card-title") == ["Verification"]
    assert "/x/" in found.links.values()


def test_what_stands_beside_something_stands_alone_without_it(sign_in, cast, offered):
    values = {"count": 0, "since": None, "url": "/x/"}
    offered.append(Panel(1, "side", lambda person, today: PanelView("accounts/panels/verifications.html", values)))
    client = sign_in(cast.student)
    assert not page(client, "/", language="en").select("aside")
    offered.append(Panel(1, "main", lambda person, today: PanelView("accounts/panels/verifications.html", values)))
    assert page(client, "/", language="en").words("aside .card-title") == ["Verification"]


def test_who_has_nothing_to_do_is_told_so(sign_in, cast, offered):
    found = page(sign_in(cast.student), "/", language="en")
    assert found.h1 == "林小雨, nothing is waiting for you today"
    assert "/help/" in found.links.values()


def test_the_first_page_opens_for_everybody_of_the_cast(client_of, cast):
    for person in (cast.student, cast.recruiter, cast.coordinator, cast.official, *cast.judges):
        assert person.name in page(client_of(person), "/", language="en").h1


def test_the_rail_marks_where_one_is(sign_in, cast):
    client = sign_in(cast.coordinator)
    current = page(client, "/organisations/demo-university/people/", language="en").words(".rail [aria-current]")
    assert current == ["Members"]
    assert page(client, "/", language="en").words(".rail [aria-current]") == ["Today"]


def test_the_own_menu_leads_to_settings_and_out(sign_in, cast):
    found = page(sign_in(cast.student), "/", language="en")
    assert {"Profile", "Settings", "Help"} <= set(found.links)
    assert found.select(".me-menu form[action='/sign-out/']")


def test_the_foot_leads_to_the_plain_pages_and_shows_the_licence(client, cast, app, monkeypatch):
    monkeypatch.setitem(app.jinja_env.globals, "icp_number", "浙ICP备00000000号")
    found = page(client, "/", language="en")
    for label in ("Help", "Privacy", "Terms of use", "Check a certificate"):
        assert page(client, found.links[label], language="en").h1
    assert found.links["浙ICP备00000000号"] == "https://beian.miit.gov.cn/"


@pytest.mark.parametrize("name", ["help", "privacy", "terms"])
def test_a_plain_page_says_the_same_in_both_languages(client, db, name):
    english, chinese = ((TEXTS / f"{name}.{language}.md").read_text(encoding="utf-8") for language in ("en", "zh"))
    shape = re.compile(r"^(#+ |\d+\. |- |\|)", re.MULTILINE)
    assert shape.findall(english) == shape.findall(chinese)
    found = page(client, f"/{name}/", language="en")
    assert found.words(".prose h2") == re.findall(r"^## (.+)$", english, re.MULTILINE)


def test_a_person_keeps_the_chosen_language(sign_in, db, cast):
    client = sign_in(cast.student)
    assert client.post("/language/", data={"language": "en", "next": "/help/"}).location == "/help/"
    db.session.expire_all()
    assert cast.student.language == "en"
    client.post("/language/", data={"language": "xx"})
    db.session.expire_all()
    assert cast.student.language == "en"


def test_a_stranger_keeps_it_in_a_cookie(client, db):
    client.post("/language/", data={"language": "en"})
    assert page(client, "/help/", language="zh").language == "en"


def test_the_process_says_whether_it_can_work(client, db):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 503, "these tables were not made by a migration"


def test_the_own_panels_of_the_platform_cost_few_statements(sign_in, cast, app, monkeypatch):
    ours = [panel for panel in registry(app).panels if panel.build.__module__.startswith("app.")]
    monkeypatch.setattr(registry(app), "panels", ours)
    client = sign_in(cast.student)
    page(client, "/", language="en")
    with statements() as sent:
        page(client, "/", language="en")
    assert len(sent) <= 4
