"""Formulas of calculated questions: `{price} * (1 + {rate} / 100)`, worked out for drawn numbers.

The notation is Moodle's: names in braces, + - * / %, and the functions below. Nothing else is understood: a formula is
data from a stranger, and is read as a tree of known nodes, never run.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

MAX_LENGTH = 1_000
MAX_DEPTH = 100
# What a float keeps for sure; beyond it 0.1 + 0.2 would not be 0.3.
DIGITS = 15
NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_ -]{0,40})\}")


class FormulaError(ValueError):
    """A formula that cannot be read, or has no finite value for these numbers."""


def _round(value: float, digits: float = 0) -> float:
    """Half away from zero, as people round."""
    factor = 10 ** int(digits)
    return float(math.copysign(math.floor(abs(value) * factor + 0.5), value) / factor)


FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs, "acos": math.acos, "acosh": math.acosh, "asin": math.asin, "asinh": math.asinh, "atan": math.atan,
    "atan2": math.atan2, "atanh": math.atanh, "ceil": math.ceil, "cos": math.cos, "cosh": math.cosh,
    "deg2rad": math.radians, "exp": math.exp, "expm1": math.expm1, "floor": math.floor, "fmod": math.fmod,
    "log": math.log, "log10": math.log10, "log1p": math.log1p, "max": max, "min": min, "pi": lambda: math.pi,
    "pow": math.pow, "rad2deg": math.degrees, "round": _round, "sin": math.sin, "sinh": math.sinh, "sqrt": math.sqrt,
    "tan": math.tan, "tanh": math.tanh,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.Mod: math.fmod,
}


def names_in(formula: str) -> list[str]:
    """The names in braces, each once, in order."""
    return list(dict.fromkeys(NAME.findall(formula)))


def value_of(formula: str, numbers: Mapping[str, Decimal]) -> Decimal:
    """The value of `formula` where each name stands for its number. Raises FormulaError."""
    tree, names = _read(formula)
    try:
        given = {placeholder: float(numbers[name]) for placeholder, name in names.items()}
        value = float(_work_out(tree, given))
    except KeyError as error:
        raise FormulaError(f"{error.args[0]} has no number") from error
    except (ArithmeticError, ValueError, TypeError, RecursionError) as error:
        raise FormulaError(str(error)) from error
    if not math.isfinite(value):
        raise FormulaError("not finite")
    return Decimal(f"{value:.{DIGITS}g}")


@lru_cache(maxsize=1024)
def _read(formula: str) -> tuple[ast.expr, dict[str, str]]:
    if len(formula) > MAX_LENGTH:
        raise FormulaError("too long")
    names: dict[str, str] = {}

    def placeholder(found: re.Match[str]) -> str:
        names.setdefault(f"v{len(names)}_", found[1])
        return "(" + next(place for place, name in names.items() if name == found[1]) + ")"

    try:
        tree = ast.parse(NAME.sub(placeholder, formula).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError("not a formula") from error
    return tree, names


def _work_out(node: ast.expr, given: Mapping[str, float], depth: int = 0) -> float:
    if depth > MAX_DEPTH:
        raise FormulaError("too deeply nested")
    depth += 1
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in given:
            return given[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_work_out(operand, given, depth)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _work_out(operand, given, depth)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            return OPERATORS[type(operator)](_work_out(left, given, depth), _work_out(right, given, depth))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_work_out(argument, given, depth) for argument in arguments))
        case _:
            raise FormulaError("not a formula")
