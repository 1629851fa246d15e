"""Formulas of calculated questions: `{price} * (1 + {rate} / 100)`, worked out for drawn numbers.

The notation is Moodle's: names in braces, + - * / %, and the functions below. Nothing else is understood: a formula is
data from a stranger, and is read as a tree of known nodes, never run.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

MAX_LENGTH = 1_000
MAX_DEPTH = 100
# Sums and products are exact as long as anybody writes them; what a function gives is as exact as a float.
WORK = Context(prec=50, Emax=400, Emin=-400)
DIGITS = 15
NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_ -]{0,40})\}")


class FormulaError(ValueError):
    """A formula that cannot be read, or has no finite value for these numbers."""


def _in_floats(function: Callable[..., float]) -> Callable[..., Decimal]:
    return lambda *arguments: Decimal(repr(float(function(*(float(argument) for argument in arguments)))))


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    """Half away from zero, as people round."""
    return value.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP, WORK)


def _whole(rounding: str) -> Callable[[Decimal], Decimal]:
    return lambda value: value.to_integral_value(rounding, WORK)


FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "abs": WORK.abs, "max": max, "min": min, "round": _round, "sqrt": WORK.sqrt,
    "ceil": _whole(ROUND_CEILING), "floor": _whole(ROUND_FLOOR), "fmod": WORK.remainder,
    **{name: _in_floats(getattr(math, name)) for name in (
        "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "exp", "expm1", "log", "log10",
        "log1p", "pow", "sin", "sinh", "tan", "tanh",
    )},
    "deg2rad": _in_floats(math.radians), "rad2deg": _in_floats(math.degrees), "pi": _in_floats(lambda: math.pi),
}  # fmt: skip
OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: WORK.add,
    ast.Sub: WORK.subtract,
    ast.Mult: WORK.multiply,
    ast.Div: WORK.divide,
    ast.Mod: WORK.remainder,
}


def names_in(formula: str) -> list[str]:
    """The names in braces, each once, in order."""
    return list(dict.fromkeys(NAME.findall(formula)))


def value_of(formula: str, numbers: Mapping[str, Decimal]) -> Decimal:
    """The value of `formula` where each name stands for its number. Raises FormulaError."""
    tree, names = _read(formula)
    try:
        given = {placeholder: numbers[name] for placeholder, name in names.items()}
        value = Context(prec=DIGITS).create_decimal(_work_out(tree, given))
    except KeyError as error:
        raise FormulaError(f"{error.args[0]} has no number") from error
    except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise FormulaError(str(error)) from error
    if not value.is_finite():
        raise FormulaError("not finite")
    return value


@lru_cache(maxsize=1024)
def _read(formula: str) -> tuple[ast.expr, dict[str, str]]:
    if len(formula) > MAX_LENGTH:
        raise FormulaError("too long")
    names: dict[str, str] = {}

    def placeholder(found: re.Match[str]) -> str:
        if found[1] not in names.values():
            names[f"v{len(names)}_"] = found[1]
        return f"({next(place for place, name in names.items() if name == found[1])})"

    try:
        tree = ast.parse(NAME.sub(placeholder, formula).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("not a formula") from error
    return tree, names


def _work_out(node: ast.expr, given: Mapping[str, Decimal], depth: int = 0) -> Decimal:
    if depth > MAX_DEPTH:
        raise FormulaError("too deeply nested")
    depth += 1
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Decimal(repr(number))
        case ast.Name(id=name) if name in given:
            return given[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return WORK.minus(_work_out(operand, given, depth))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _work_out(operand, given, depth)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            return OPERATORS[type(operator)](_work_out(left, given, depth), _work_out(right, given, depth))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_work_out(argument, given, depth) for argument in arguments))
        case _:
            raise FormulaError("not a formula")
