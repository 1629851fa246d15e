"""Parts of pages that depend on nothing but their arguments and the language are drawn once and kept.

A list of twenty postings draws a hundred level meters, most of them alike; a template draws each anew.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

from flask import Flask

from app.i18n import language

MOST = 1000  # parts; beyond it they are forgotten and drawn anew


def _typed(value: Any) -> Any:
    """A key that tells equal values of different kinds apart: escaped from plain text, above all, and True from 1."""
    kind = type(value)
    if kind is not tuple and kind is not list:
        return (kind, value)
    if {*map(type, value)} == {tuple}:
        # The options of a choice: some hundred pairs of plain text, told from others without looking into each.
        parts = [*chain.from_iterable(value)]
        if {*map(type, parts)} == {str}:
            return (tuple(map(len, value)), tuple(parts))
    return tuple([_typed(part) for part in value])


def init_app(app: Flask) -> None:
    """Offer `kept` to templates."""
    parts: dict[Any, Any] = {}

    def kept(macro: Callable[..., Any], *values: Any) -> Any:
        """`macro(*values)`, from memory where it was drawn before in this language.

        The macro reads nothing but its arguments, which are hashable or lists of such, and no other macro that is
        kept has its name.
        """
        key = (macro.name, language(), _typed(values))  # type: ignore[attr-defined]
        part = parts.get(key)
        if part is None:
            if len(parts) >= MOST:
                parts.clear()
            part = parts[key] = macro(*values)
        return part

    app.jinja_env.globals["kept"] = kept
