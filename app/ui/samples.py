"""Invented values for the component gallery."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from app.ui.charts import call_of

AXIS = _l("Share of places asking over share of people able")
PLACES = _l("Open places")
FORM = {
    "name": _l("Name of the posting"),
    "name_hint": _l("As students will read it in a list."),
    "name_error": _l("Give the posting a name of 4 to 60 characters."),
    "about": _l("What the intern will do"),
    "region": _l("Region"),
    "mode": _l("Place of work"),
    "days": _l("Days of the week"),
    "file": _l("Work to hand in"),
    "file_hint": _l("PDF, up to 20 MB."),
    "agreed": _l("I have read the rules of the contest"),
}
REGIONS = [
    SelectChoice("CN-ZJ", _l("Zhejiang")),
    SelectChoice("CN-GD", _l("Guangdong")),
    SelectChoice("CN-FJ", _l("Fujian")),
]
MODES = [SelectChoice("site", _l("On site")), SelectChoice("remote", _l("From anywhere"))]
DAYS = [SelectChoice("1", _l("Monday")), SelectChoice("2", _l("Tuesday")), SelectChoice("3", _l("Wednesday"))]

GAPS: list[dict[str, Any]] = [
    {
        "skill": _l("Customs declaration and supervision codes"),
        "level": 3,
        "places": 410,
        "people": 130,
        "ratio": (3.1, 2.1, 4.0),
    },
    {"skill": _l("Overseas warehouse planning"), "level": 3, "places": 235, "people": 120, "ratio": (1.9, 1.2, 2.7)},
    {"skill": _l("Cross-border live streaming"), "level": 2, "places": 510, "people": 390, "ratio": (1.3, 0.9, 1.8)},
    {"skill": _l("Payment settlement and FX cover"), "level": 2, "places": 165, "people": None, "ratio": None},
    {"skill": _l("Store operation"), "level": 2, "places": 640, "people": 700, "ratio": (0.85, 0.7, 1.1)},
    {"skill": _l("Product photography"), "level": 1, "places": 95, "people": 290, "ratio": (0.38, 0.26, 0.52)},
]
TIGHTNESS: dict[str, float | None] = {
    "CN-ZJ": 1.4, "CN-GD": 1.2, "CN-FJ": 0.9, "CN-SH": 1.1, "CN-JS": 0.6, "CN-SD": 0.8, "CN-SC": None, "CN-BJ": 0.5,
}  # fmt: skip
UNSURE = ("CN-SH", "CN-FJ")
SERIES = [
    {"day": f"2026-{month:02d}-01", "value": value, "low": value - 60, "high": value + 60}
    for month, value in enumerate((820, 860, 905, 880, 960, 1010, 1090, 1120, 1160, 1214), start=1)
]
TEXT = """\
# 监管方式：货走哪条路

跨境电商出口常用四个**监管方式代码**。选错了代码，退税和统计都会受影响[^1]。

| 代码 | 名称 | 适用 |
|------|------|:----:|
| 9610 | 跨境电商零售出口 | B2C |
| 9810 | 跨境电商出口海外仓 | B2B |

到岸成本 $C$ 由货值 $V$、运费 $F$ 与保险费率 $r$ 算得：

$$
C = \\frac{V + F}{1 - 1.1\\,r}
$$

```python
def landed_cost(value: float, freight: float, rate: float) -> float:
    \"\"\"Cost, insurance and freight.\"\"\"
    return (value + freight) / (1 - 1.1 * rate)  # 1.1: cover of 110 %
```

> 代码写在报关单的“监管方式”一栏。

[^1]: 海关总署公告 2020 年第 75 号。
"""


def call_words() -> dict[str, str]:
    """The three calls in the reader's language."""
    return {"shortage": str(_l("Shortage")), "surplus": str(_l("Surplus")), "unsure": str(_l("Cannot tell"))}


def gap_rows() -> list[dict[str, Any]]:
    """The rows of `GAPS` that may be shown, as the interval chart takes them."""
    rows = []
    for gap in GAPS:
        if gap["ratio"] is not None:
            value, low, high = gap["ratio"]
            rows.append(
                {"label": str(gap["skill"]), "value": value, "low": low, "high": high, "call": call_of(low, high)}
            )
    return rows


def calls() -> dict[str, str]:
    """A call for each region of `TIGHTNESS`."""
    return {
        code: "unsure" if code in UNSURE else "shortage" if value > 1 else "surplus"
        for code, value in TIGHTNESS.items()
        if value is not None
    }
