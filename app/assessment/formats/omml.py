"""Word's formulas as LaTeX, and as they would be typed on one line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

MAX_LATEX = 480

_SPECIAL = re.compile(r"([{}$%#&_])")
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]+")
_LARGE = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "": r"\int", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup"}
_SIGNS = {"×": r"\times ", "÷": r"\div ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "±": r"\pm ", "·": r"\cdot ",
          "∞": r"\infty ", "→": r"\to ", "\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim "}  # fmt: skip
_KEPT = {"box", "borderBox", "phant", "oMath", "oMathPara", "e", "num", "den", "sub", "sup", "deg", "fName", "lim"}
_IGNORED = {"rPr", "ctrlPr", "argPr", "oMathParaPr", "boxPr", "borderBoxPr", "phantPr"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in both notations; `latex` is empty where it cannot be written."""

    latex: str
    plain: str


class _Unknown(Exception):
    """A construct that is not written as LaTeX."""


def local(tag: str) -> str:
    """A tag's name without its namespace."""
    return tag.rpartition("}")[2]


def formula(node: Element) -> Formula:
    """The formula in an m:oMath or m:oMathPara element."""
    try:
        latex = " ".join(_latex(node).split())
    except _Unknown:
        latex = ""
    return Formula(
        latex if len(latex) <= MAX_LATEX and "$" not in latex.replace(r"\$", "") else "", _plain(node).strip()
    )


def _value(node: Element, properties: str, name: str, default: str) -> str:
    """The w:val of a property such as begChr; `default` where it is not set."""
    for child in node:
        if local(child.tag) == properties:
            for each in child:
                if local(each.tag) == name:
                    return next((v for key, v in each.attrib.items() if local(key) == "val"), default)
    return default


def _child(node: Element, name: str) -> Element | None:
    return next((child for child in node if local(child.tag) == name), None)


def _text(node: Element) -> str:
    return "".join(child.text or "" for child in node if local(child.tag) == "t")


def _latex_text(text: str) -> str:
    pieces, end = [], 0
    for found in _CHINESE.finditer(text):
        pieces += [_latex_signs(text[end : found.start()]), rf"\text{{{found[0]}}}"]
        end = found.end()
    return "".join([*pieces, _latex_signs(text[end:])])


def _latex_signs(text: str) -> str:
    return "".join(_SIGNS.get(sign) or _SPECIAL.sub(r"\\\1", sign) for sign in text)


def _both(node: Element, write: Callable[[Element], str], *names: str) -> list[str]:
    """What `write` makes of the children called `names`."""
    found = [_child(node, name) for name in names]
    return ["" if child is None else write(child) for child in found]


def _hides_degree(node: Element) -> bool:
    return _value(node, "radPr", "degHide", "0") in ("1", "on", "true")


def _latex(node: Element) -> str:
    name = local(node.tag)
    match name:
        case "r":
            return _latex_text(_text(node))
        case "f":
            above, below = _both(node, _latex, "num", "den")
            return rf"\frac{{{above}}}{{{below}}}"
        case "sSup":
            base, high = _both(node, _latex, "e", "sup")
            return f"{{{base}}}^{{{high}}}"
        case "sSub":
            base, low = _both(node, _latex, "e", "sub")
            return f"{{{base}}}_{{{low}}}"
        case "sSubSup":
            base, low, high = _both(node, _latex, "e", "sub", "sup")
            return f"{{{base}}}_{{{low}}}^{{{high}}}"
        case "rad":
            degree, inside = _both(node, _latex, "deg", "e")
            degree = "" if _hides_degree(node) else degree
            return rf"\sqrt[{degree}]{{{inside}}}" if degree else rf"\sqrt{{{inside}}}"
        case "d":
            inside = ",".join(_latex(child) for child in node if local(child.tag) == "e")
            left, right = _value(node, "dPr", "begChr", "("), _value(node, "dPr", "endChr", ")")
            return rf"\left{_fence(left)} {inside} \right{_fence(right)}"
        case "nary":
            sign = _LARGE.get(_value(node, "naryPr", "chr", "∫"))
            if sign is None:
                raise _Unknown
            low, high, inside = _both(node, _latex, "sub", "sup", "e")
            return sign + (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "") + f" {inside}"
        case "func":
            called, inside = _both(node, _latex, "fName", "e")
            known = called.strip() in ("sin", "cos", "tan", "log", "ln", "lim", "max", "min", "exp")
            return (f"\\{called.strip()} " if known else f"{called} ") + inside
        case "limLow":
            base, low = _both(node, _latex, "e", "lim")
            return f"{base}_{{{low}}}" if not base.isalpha() else f"\\{base}_{{{low}}}"
        case _ if name in _KEPT:
            return "".join(_latex(child) for child in node if local(child.tag) not in _IGNORED)
    raise _Unknown


def _fence(sign: str) -> str:
    return {"": ".", "{": r"\{", "}": r"\}"}.get(sign, sign if sign in "()[]|" else ".")


def _plain(node: Element) -> str:
    match local(node.tag):
        case "r":
            return _text(node)
        case "f":
            above, below = _both(node, _plain, "num", "den")
            return f"{_grouped(above)}/{_grouped(below)}"
        case "sSup":
            base, high = _both(node, _plain, "e", "sup")
            return f"{base}^{_grouped(high)}"
        case "sSub":
            base, low = _both(node, _plain, "e", "sub")
            return f"{base}_{_grouped(low)}"
        case "sSubSup":
            base, low, high = _both(node, _plain, "e", "sub", "sup")
            return f"{base}_{_grouped(low)}^{_grouped(high)}"
        case "rad":
            degree, inside = _both(node, _plain, "deg", "e")
            return f"{'' if _hides_degree(node) else degree}√{_grouped(inside)}"
        case "d":
            inside = ",".join(_plain(child) for child in node if local(child.tag) == "e")
            return _value(node, "dPr", "begChr", "(") + inside + _value(node, "dPr", "endChr", ")")
        case "nary":
            low, high, inside = _both(node, _plain, "sub", "sup", "e")
            return f"{_value(node, 'naryPr', 'chr', '∫')}_{_grouped(low)}^{_grouped(high)} {inside}"
        case _:
            return "".join(_plain(child) for child in node if not local(child.tag).endswith("Pr"))


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"
