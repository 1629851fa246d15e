"""The official's page: what a place is short of, in a sentence, a table, a picture, a file."""

import csv
import io
import json
import re

import pytest

from reports.figures import COLUMNS
from tests.page import page


def test_an_official_sees_their_own_region_first(sign_in, cast, figures):
    shown = page(sign_in(cast.official), "/reports/gap/", language="en")
    assert shown.h1.startswith("Zhejiang is short of “")
    assert shown.h1.endswith("”, not of “Listing creation”")
    assert "Shortage" in shown.text
    assert "Surplus" in shown.text
    assert "Cannot tell" in shown.text


def test_the_same_page_in_chinese(sign_in, cast, figures):
    assert page(sign_in(cast.official), "/reports/gap/?place=WZ-SHOE", language="zh").h1.startswith("温州鞋革缺会")


def test_a_hidden_cell_shows_a_c_and_no_number_anywhere(sign_in, cast, figures):
    shown = page(sign_in(cast.official), "/reports/gap/?place=CN-FJ", language="en")
    row = next(row for row in shown.select("tbody tr") if "export" in row.text().lower() or "CC02" in row.html)
    assert "confidential" in row.text()
    spec = shown.select("script[type='application/json']")
    drawn = json.loads(spec[0].text())["data"]["values"] if spec else []
    assert all("ustoms" not in value["label"] for value in drawn)


def test_the_file_holds_what_the_page_shows(sign_in, cast, figures):
    answer = sign_in(cast.official).get("/reports/gap/download/?place=CN-ZJ")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    row = next(row for row in rows if (row["skill"], row["level"]) == ("CC02", "2"))
    assert (row["demand"], row["supply"], row["call"]) == ("150", "25", "shortage")
    assert (row["demand_effective"], row["skill_name"], row["place_name"]) == ("30", "出口监管方式", "浙江省")


@pytest.mark.parametrize("place", ["CN-ZJ", "WZ-SHOE", "CN", "CN-FJ"])
def test_the_file_of_a_place_and_the_door_say_the_same(app, sign_in, cast, figures, place):
    answer = sign_in(cast.official).get(f"/reports/gap/download/?place={place}")
    file = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    option = "--region" if place.startswith("CN") else "--cluster"
    printed = app.test_cli_runner().invoke(args=["reports", "gap", option, place]).stdout
    door = list(csv.DictReader(io.StringIO(printed)))
    assert [{name: row[name] for name in COLUMNS} for row in file] == door
    assert len(door) > 4


def test_filters_stand_in_the_address(sign_in, cast, figures):
    shown = page(sign_in(cast.official), "/reports/gap/?place=CN-ZJ&call=surplus&family=ST", language="en")
    assert len(shown.select("table.dense tbody tr")) >= 1
    assert "Cannot tell" not in shown.select("table.dense tbody")[0].text()


def test_before_the_first_snapshot_the_page_says_what_to_do(sign_in, cast):
    assert "flask reports snapshot" in page(sign_in(cast.official), "/reports/gap/", language="en").text


@pytest.mark.parametrize(
    "path", ["/reports/gap/?place=CN-XX", "/reports/skills/XX99/", "/reports/figures/CC02/9/CN-ZJ/"]
)
def test_an_unknown_place_or_skill_is_not_found(sign_in, cast, figures, path):
    assert sign_in(cast.official).get(path).status_code == 404


def test_students_and_strangers_do_not_read_figures(client, client_of, cast, figures):
    assert client_of(cast.student).get("/reports/gap/").status_code == 404
    assert "/sign-in/" in client.get("/reports/gap/").headers["Location"]


def test_one_skill_shows_all_regions_and_clusters(sign_in, cast, figures):
    shown = page(sign_in(cast.official), "/reports/skills/CC02/?level=2&by=clusters", language="en")
    assert "Wenzhou footwear" in shown.text
    assert "Zhejiang" in page(sign_in(cast.official), "/reports/skills/CC02/?level=2", language="en").text


def test_a_figure_opens_to_its_formula_inputs_and_counts(sign_in, cast, figures):
    shown = page(sign_in(cast.official), "/reports/figures/CC02/2/CN-ZJ/", language="en")
    assert "150 / 25 = 6" in shown.text
    nation = page(sign_in(cast.official), "/reports/figures/CC02/2/CN/", language="en")
    assert re.search(r"marked by machine\s+55\b", nation.text)  # 56 people, however many rows each, rounded to 5
    here = [bool(row.css("[aria-current=page]")) for row in nation.select("table.dense tbody tr")]
    assert here == [False, True, False, False]
    assert "open only to the person" in shown.text


def test_a_hidden_figure_opens_without_a_number(sign_in, cast, figures):
    shown = page(sign_in(cast.official), "/reports/figures/CC02/2/CN-FJ/", language="en")
    assert "confidential here" in shown.h1


def test_a_coordinator_goes_on_from_the_figure_to_their_own_rows(sign_in, cast, figures):
    shown = page(sign_in(cast.coordinator), "/reports/figures/CC02/2/CN-ZJ/", language="en")
    assert any("/organisations/demo-university/evidence/" in url for url in shown.links.values())


def test_the_method_is_public(client, db):
    assert "Benjamini" in page(client, "/reports/methodology/", language="en").text


def test_a_page_of_figures_asks_the_database_little(sign_in, cast, figures, statements):
    client = sign_in(cast.official)
    client.get("/reports/gap/")
    with statements() as asked:
        client.get("/reports/gap/")
    assert len(asked) <= 6
