"""Charts as Vega-Lite specifications, and the geometry of the small figures that stand in lists.

Colours are those of the light theme; `static/js/chart.js` exchanges them where the reader's theme is dark.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Flask

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
INK, INK_2, LINE, SUNK = "#16212b", "#52606c", "#e3e0d8", "#f2f0ea"
ACCENT, SHORTAGE, SURPLUS, UNSURE = "#0b6470", "#a83c22", "#35618e", "#64717d"
PALE_ACCENT, ON_CALL = "#9ccdd2", "#ffffff"
CALL_COLOURS = {"shortage": SHORTAGE, "surplus": SURPLUS, "unsure": UNSURE}
FONT = "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, sans-serif"

# The 34 units of the first level on a grid that keeps neighbours together: column, row, Chinese and English short name.
TILES: Mapping[str, tuple[int, int, str, str]] = {
    "CN-HL": (8, 0, "黑", "HL"), "CN-XJ": (0, 1, "新", "XJ"), "CN-NM": (5, 1, "蒙", "NM"), "CN-BJ": (6, 1, "京", "BJ"),
    "CN-LN": (7, 1, "辽", "LN"), "CN-JL": (8, 1, "吉", "JL"), "CN-QH": (1, 2, "青", "QH"), "CN-GS": (2, 2, "甘", "GS"),
    "CN-NX": (3, 2, "宁", "NX"), "CN-SX": (4, 2, "晋", "SX"), "CN-HE": (5, 2, "冀", "HE"), "CN-TJ": (6, 2, "津", "TJ"),
    "CN-XZ": (1, 3, "藏", "XZ"), "CN-SN": (3, 3, "陕", "SN"), "CN-HA": (4, 3, "豫", "HA"), "CN-SD": (5, 3, "鲁", "SD"),
    "CN-SC": (2, 4, "川", "SC"), "CN-CQ": (3, 4, "渝", "CQ"), "CN-HB": (4, 4, "鄂", "HB"), "CN-AH": (5, 4, "皖", "AH"),
    "CN-JS": (6, 4, "苏", "JS"), "CN-SH": (7, 4, "沪", "SH"), "CN-YN": (2, 5, "云", "YN"), "CN-GZ": (3, 5, "贵", "GZ"),
    "CN-HN": (4, 5, "湘", "HN"), "CN-JX": (5, 5, "赣", "JX"), "CN-ZJ": (6, 5, "浙", "ZJ"), "CN-GX": (3, 6, "桂", "GX"),
    "CN-GD": (4, 6, "粤", "GD"), "CN-FJ": (5, 6, "闽", "FJ"), "CN-TW": (7, 6, "台", "TW"), "CN-HI": (3, 7, "琼", "HI"),
    "CN-MO": (4, 7, "澳", "MO"), "CN-HK": (5, 7, "港", "HK"),
}  # fmt: skip


def _spec(values: Iterable[Mapping[str, Any]], **parts: Any) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": None,
        "data": {"values": [dict(value) for value in values]},
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": INK_2,
                "titleColor": INK_2,
                "gridColor": LINE,
                "domainColor": LINE,
                "tickColor": LINE,
                "labelFontSize": 13,
                "titleFontSize": 13,
                "titleFontWeight": 400,
            },
            "axisY": {"labelLimit": 240},
            "legend": {"labelColor": INK_2, "titleColor": INK_2, "labelFontSize": 13, "titleFontSize": 13},
            "text": {"color": INK},
        },
        **parts,
    }


def call_of(low: float | None, high: float | None) -> str:
    """`shortage`, `surplus` or `unsure`: a call is made only where the 95 % interval of the ratio leaves 1."""
    if low is not None and low > 1:
        return "shortage"
    if high is not None and high < 1:
        return "surplus"
    return "unsure"


def interval_chart(
    rows: Sequence[Mapping[str, Any]], axis: str, words: Mapping[str, str], scale: tuple[float, float] = (0.25, 4.0)
) -> dict[str, Any]:
    """A dot and its 95 % interval for each row, on a log scale around 1.

    Each row has `label`, `value`, `low`, `high` (ratios above 0) and `call` (`shortage`, `surplus`, `unsure`). `axis`
    names the scale; `words` translates the three calls and may hold `value` and `interval` for the tooltip. Intervals
    are cut at the ends of `scale`.
    """
    smallest, largest = scale
    cut = [
        {
            **row,
            "word": words.get(row["call"], row["call"]),
            "from": max(smallest, row["low"]),
            "to": min(largest, row["high"]),
            "at": min(largest, max(smallest, row["value"])),
            "interval": f"{row['low']:.2f}–{row['high']:.2f}",
        }
        for row in rows
    ]
    calls = [call for call in CALL_COLOURS if any(row["call"] == call for row in rows)]
    colour = {
        "field": "word",
        "type": "nominal",
        "title": None,
        "scale": {"domain": [words.get(call, call) for call in calls], "range": [CALL_COLOURS[call] for call in calls]},
        "legend": {"orient": "top"},
    }
    where = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelColor": INK}}
    ratio = {"type": "log", "base": 2, "domain": [smallest, largest]}
    tooltip = [
        {"field": "label", "title": " "},
        {"field": "value", "type": "quantitative", "format": ".2f", "title": words.get("value", axis)},
        {"field": "interval", "title": words.get("interval", "95 %")},
    ]
    across = {
        "field": "from",
        "type": "quantitative",
        "scale": ratio,
        "title": axis,
        "axis": {"values": _doublings(scale)},
    }
    return _spec(
        cut,
        height=28 * max(1, len(rows)),
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.5, "strokeCap": "round"},
                "encoding": {"y": where, "x": across, "x2": {"field": "to"}, "color": colour, "tooltip": tooltip},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
                "encoding": {
                    "y": where,
                    "x": {"field": "at", "type": "quantitative"},
                    "color": colour,
                    "tooltip": tooltip,
                },
            },
            {"mark": {"type": "rule", "strokeDash": [2, 3], "color": UNSURE}, "encoding": {"x": {"datum": 1}}},
        ],
    )


def _doublings(scale: tuple[float, float]) -> list[float]:
    smallest, largest = (round(math.log2(end)) for end in scale)
    return [2.0**power for power in range(smallest, largest + 1)]


def tile_map(
    values: Mapping[str, float | None],
    title: str,
    names: Mapping[str, str],
    language: str = "zh",
    calls: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    withheld: str = "c",
) -> dict[str, Any]:
    """The 34 units of China as a grid of squares, each with its short name and its value.

    `values` maps ISO 3166-2 codes (`CN-ZJ`) to numbers, None where a figure is withheld; units not named are empty.
    `names` gives full names for the tooltip. With `calls` (code → `shortage`, `surplus`, `unsure`) squares take the
    colour of their call, with `words` as its words; otherwise the strength of the accent.
    """
    rows = []
    for code, (column, line, zh, en) in TILES.items():
        value = values.get(code)
        figure = (withheld if code in values else "") if value is None else f"{value:,.4g}"
        row = {
            "code": code,
            "column": column,
            "line": line,
            "short": en if language == "en" else zh,
            "name": names.get(code, code),
        }
        call = (calls or {}).get(code) if value is not None else None
        rows.append({**row, "value": value, "figure": figure, "call": call, "word": (words or {}).get(call or "", "")})
    place = {
        "x": {"field": "column", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.06}},
        "y": {"field": "line", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.06}},
    }
    shade: dict[str, Any]
    label_colour: dict[str, Any]
    if calls is None:
        # The fill stays pale, so that the words can be read on every strength of it.
        strength = {"field": "value", "type": "quantitative", "title": title, "scale": {"range": [SUNK, PALE_ACCENT]}}
        shade = {"condition": {"test": "isValid(datum.value)", **strength, "legend": {"orient": "top"}}, "value": SUNK}
        label_colour = {"value": INK}
    else:
        tests = [{"test": f"datum.call === '{call}'", "value": colour} for call, colour in CALL_COLOURS.items()]
        shade = {"condition": tests, "value": SUNK}
        label_colour = {"condition": {"test": "datum.call !== null", "value": ON_CALL}, "value": INK_2}
    tooltip = [{"field": "name", "title": " "}, {"field": "figure", "title": title}]
    if calls is not None:
        tooltip.append({"field": "word", "title": " "})
    return _spec(
        rows,
        width=9 * 52,
        height=8 * 52,
        autosize={"type": "pad"},
        encoding=place,
        layer=[
            {
                "mark": {"type": "rect", "cornerRadius": 4, "stroke": LINE},
                "encoding": {"color": shade, "tooltip": tooltip},
            },
            *(
                {
                    "transform": [{"filter": f"datum.figure {test} ''"}],
                    "mark": {"type": "text", "dy": rise, "fontSize": 14, "fontWeight": 600},
                    "encoding": {"text": {"field": "short"}, "color": label_colour, "tooltip": tooltip},
                }
                for test, rise in (("===", 0), ("!==", -7))
            ),
            {
                "mark": {"type": "text", "dy": 10, "fontSize": 12},
                "encoding": {"text": {"field": "figure"}, "color": label_colour, "tooltip": tooltip},
            },
        ],
    )


def time_series(
    rows: Sequence[Mapping[str, Any]], axis: str, zero: bool = True, colour: str = ACCENT, height: int = 220
) -> dict[str, Any]:
    """A line over time with its interval as a band.

    Each row has `day` (ISO date), `value`, and `low` and `high` where an interval is known. `axis` names the measure.
    """
    when = {
        "field": "day",
        "type": "temporal",
        "title": None,
        "axis": {"grid": False, "format": "%Y-%m", "labelOverlap": True},
    }
    scale = {"zero": zero, "nice": True}
    line = {"field": "value", "type": "quantitative", "title": axis, "scale": scale}
    tooltip = [
        {"field": "day", "type": "temporal", "format": "%Y-%m-%d", "title": " "},
        {"field": "value", "type": "quantitative", "title": axis},
    ]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "line", "color": colour, "strokeWidth": 2, "point": {"color": colour, "size": 30}},
            "encoding": {"x": when, "y": line, "tooltip": tooltip},
        }
    ]
    if any(row.get("low") is not None for row in rows):
        band = {"type": "area", "color": colour, "opacity": 0.18}
        low = {"field": "low", "type": "quantitative", "title": axis, "scale": scale}
        layers.insert(0, {"mark": band, "encoding": {"x": when, "y": low, "y2": {"field": "high"}}})
    return _spec(rows, height=height, layer=layers)


def scatter(
    rows: Sequence[Mapping[str, Any]],
    across: str,
    upwards: str,
    words: Mapping[str, str],
    line: float | None = None,
    height: int = 320,
) -> dict[str, Any]:
    """Points by two measures, a share from 0 to 1 across and a correlation from -1 to 1 upwards.

    Each row has `label`, `sign` (a few letters that stand at the point), `x`, `y`, its interval `low` to `high`, and
    `call` (`shortage`, `surplus`, `unsure`), which gives colour and shape. `across` and `upwards` name the scales,
    `words` the calls. Lines are drawn at 0 and, dashed, at `line`.
    """
    named = [{**row, "word": words.get(row["call"], row["call"])} for row in rows]
    calls = [call for call in CALL_COLOURS if any(row["call"] == call for row in rows)]
    domain = [words.get(call, call) for call in calls]
    shapes = {"shortage": "diamond", "surplus": "square", "unsure": "circle"}
    coloured = {
        "color": {
            "field": "word",
            "type": "nominal",
            "title": None,
            "scale": {"domain": domain, "range": [CALL_COLOURS[call] for call in calls]},
            "legend": {"orient": "top"},
        },
        "tooltip": [
            {"field": "label", "title": " "},
            {"field": "x", "type": "quantitative", "format": ".0%", "title": across},
            {"field": "y", "type": "quantitative", "format": ".2f", "title": upwards},
            {"field": "word", "title": " "},
        ],
    }
    where = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "title": across,
            "scale": {"domain": [0, 1]},
            "axis": {"format": ".0%", "tickCount": 5},
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "title": upwards,
            "scale": {"domain": [-1, 1]},
            "axis": {"tickCount": 5},
        },
    }
    shape = {"field": "word", "type": "nominal", "title": None}
    shape["scale"] = {"domain": domain, "range": [shapes[call] for call in calls]}  # type: ignore[assignment]
    span = {**where, "y": {**where["y"], "field": "low"}, "y2": {"field": "high"}, **coloured}
    dash: dict[str, Any] = {"type": "rule", "strokeDash": [2, 3], "color": UNSURE}
    return _spec(
        named,
        height=height,
        layer=[
            {"mark": {"type": "rule", "color": UNSURE}, "encoding": {"y": {"datum": 0}}},
            *([{"mark": dash, "encoding": {"y": {"datum": line}}}] if line is not None else []),
            {"mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.3}, "encoding": span},
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {**where, **coloured, "shape": shape},
            },
            {
                "mark": {"type": "text", "dx": 9, "align": "left", "fontSize": 13},
                "encoding": {**where, "text": {"field": "sign"}},
            },
        ],
    )


def bars(rows: Sequence[Mapping[str, Any]], axis: str, upright: bool = False) -> dict[str, Any]:
    """A bar for each label, in the order of the rows; bars of the same label are put end to end.

    Each row has `label`, `value` (a count) and `part`, the words for what is counted; there are at most three kinds of
    parts. `axis` names the counts. `upright` bars stand side by side, for steps of a scale.
    """
    parts = list(dict.fromkeys(row["part"] for row in rows))
    labels = list(dict.fromkeys(row["label"] for row in rows))
    look: dict[str, Any] = {"labelColor": INK}
    if upright:
        look |= {"labelAngle": 0, "labelOverlap": True}
    where = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": look}
    count = {"field": "value", "type": "quantitative", "title": axis, "axis": {"tickMinStep": 1, "format": "d"}}
    colour = {
        "field": "part",
        "type": "nominal",
        "title": None,
        "sort": None,
        "scale": {"domain": parts, "range": [ACCENT, SHORTAGE, UNSURE][: len(parts)]},
        "legend": {"orient": "top"} if len(parts) > 1 else None,
    }
    order = {"field": "order", "type": "quantitative"}
    tooltip = [{"field": "label", "title": " "}, {"field": "part", "title": " "}, {"field": "value", "title": axis}]
    places = {"x": where, "y": count} if upright else {"y": where, "x": count}
    return _spec(
        [{**row, "order": parts.index(row["part"])} for row in rows],
        height=220 if upright else 28 * max(1, len(labels)),
        mark={"type": "bar"},
        encoding={**places, "color": colour, "order": order, "tooltip": tooltip},
    )


def log_place(value: float, smallest: float = 0.25, largest: float = 4.0) -> float:
    """Where a ratio stands on a log scale, in per cent of its length, cut at the ends. Zero stands at the left end."""
    if value <= smallest:
        return 0.0
    if value >= largest:
        return 100.0
    return round(100 * math.log(value / smallest) / math.log(largest / smallest), 2)


def share_of(value: float, largest: float) -> float:
    """A part of a length in per cent, between 0 and 100; 0 where there is no length."""
    return round(min(100.0, max(0.0, 100 * value / largest)), 2) if largest > 0 else 0.0


def spark_path(
    values: Sequence[float | None], width: float = 96, height: float = 24
) -> tuple[str, tuple[float, float] | None]:
    """The SVG path of a sparkline and the place of its last value. Gaps (None) break it; equals lie in the middle."""
    known = [value for value in values if value is not None]
    if not known:
        return "", None
    lowest, highest = min(known), max(known)
    step = width / max(1, len(values) - 1)
    path, last, pen = [], None, "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        rise = 0.5 if highest == lowest else (value - lowest) / (highest - lowest)
        last = (round(place * step, 2), round(height - 2 - rise * (height - 4), 2))
        path.append(f"{pen}{last[0]} {last[1]}")
        pen = "L"
    return "".join(path), last


def init_app(app: Flask) -> None:
    """Offer the geometry of small figures to the components."""
    app.jinja_env.globals.update(log_place=log_place, share_of=share_of, spark_path=spark_path, call_of=call_of)
