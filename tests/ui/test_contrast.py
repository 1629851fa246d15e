"""Every pair of colours that the style sheets put together can be read: WCAG 2.2, 1.4.3 and 1.4.11."""

import re
from pathlib import Path

import pytest

from app.ui import charts

CSS = Path(charts.__file__).parent / "static" / "css"
JS = Path(charts.__file__).parent / "static" / "js"
TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
TOKENS = {
    name: {"light": light, "dark": dark} for name, light, dark in TOKEN.findall((CSS / "tokens.css").read_text("utf-8"))
}

GROUNDS = ("paper", "surface", "sunk")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "accent", "accent-strong") for ground in GROUNDS),
    *((ink, "accent-soft") for ink in ("ink", "ink-2", "accent", "accent-strong")),
    *(
        (tone, ground)
        for tone in ("shortage", "surplus", "good", "warn")
        for ground in (f"{tone}-soft", "paper", "surface")
    ),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *((f"code-{part}", "sunk") for part in ("comment", "keyword", "string", "number", "name")),
]
MARKS = [
    *(
        (mark, ground)
        for mark in ("control", "ink-3", "accent", "shortage", "surplus", "good", "warn")
        for ground in ("paper", "surface")
    ),
    ("accent", "accent-soft"),
    ("accent", "notch"),
    ("shortage", "notch"),
    ("surplus", "notch"),
]


def luminance(colour):
    """Relative luminance of an sRGB colour, WCAG 2.2 definition."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio of two colours, between 1 and 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself_knows_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink, ground, theme):
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_controls_and_figures_can_be_seen(mark, ground, theme):
    assert contrast(TOKENS[mark][theme], TOKENS[ground][theme]) >= 3


def test_the_third_ink_is_never_the_colour_of_text():
    """It fails for small text on the sunken ground, so only icons, fills and separators may take it."""
    allowed = {".me .chevron", ".search .icon", ".empty > .icon", ".crumbs li + li::before"}
    for sheet in CSS.glob("*.css"):
        for found in re.finditer(r"([^{}]+)\{[^{}]*(?<![-\w])color: var\(--ink-3\)", sheet.read_text("utf-8")):
            assert found[1].strip() in allowed, f"{sheet.name}: {found[1].strip()}"


def test_every_token_that_is_used_exists():
    declared = set(re.findall(r"--([a-z0-9-]+):", (CSS / "tokens.css").read_text("utf-8")))
    for sheet in CSS.glob("*.css"):
        used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text("utf-8")))
        assert used <= declared, f"{sheet.name} uses {sorted(used - declared)}"


@pytest.mark.parametrize("call", list(charts.CALL_COLOURS))
def test_the_words_on_a_tile_of_the_map_can_be_read(call):
    assert contrast("#ffffff", charts.CALL_COLOURS[call]) >= 4.5


def test_charts_know_the_dark_twin_of_each_of_their_colours():
    twins = dict(re.findall(r'"(#[0-9a-f]{6})": "(#[0-9a-f]{6})"', (JS / "chart.js").read_text("utf-8")))
    for name in ("ink", "ink-2", "ink-3", "line", "accent", "shortage", "surplus"):
        assert twins[TOKENS[name]["light"]] == TOKENS[name]["dark"]
    for colour in charts.CALL_COLOURS.values():
        assert contrast(twins["#ffffff"], twins[colour]) >= 4.5
