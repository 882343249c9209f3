"""Formulas as people write them: read by Python's grammar, never executed, computed with their exact derivatives."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers
from .least_squares import Matrix

LONGEST, DEEPEST, MOST = 1_000, 100, 20
LARGEST = 1e300
CONSTANTS = {"pi": np.pi}
Curve = Callable[[Numbers], Numbers]
FUNCTIONS: Mapping[str, tuple[Curve, Curve]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda v: 1 / v),
    "ln": (np.log, lambda v: 1 / v),
    "log10": (np.log10, lambda v: 1 / (v * np.log(10))),
    "sqrt": (np.sqrt, lambda v: 0.5 / np.sqrt(v)),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda v: -np.sin(v)),
    "tan": (np.tan, lambda v: 1 / np.cos(v) ** 2),
    "arctan": (np.arctan, lambda v: 1 / (1 + v**2)),
    "atan": (np.arctan, lambda v: 1 / (1 + v**2)),
    "sinh": (np.sinh, np.cosh),
    "cosh": (np.cosh, np.sinh),
    "tanh": (np.tanh, lambda v: 1 - np.tanh(v) ** 2),
    "abs": (np.abs, np.sign),
}
"""What may be called, and the derivative of each."""
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


@dataclass(frozen=True, slots=True)
class Dual:
    """n values, and how each grows with each of p coefficients (n x p); a `slope` of None is 0 everywhere."""

    value: Numbers
    slope: Matrix | None


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: its text, its names that are no numbers (the coefficients, in their natural order), what to compute.

    `outcome` is the left side, what is done with the measured value before it is fitted; None where it is fitted as
    it is.
    """

    text: str
    coefficients: tuple[str, ...]
    tree: ast.expr
    outcome: ast.expr | None

    def at(self, numbers: Mapping[str, Numbers], coefficients: Numbers) -> tuple[Numbers, Matrix]:
        """The values (n) and their derivatives by the coefficients (n x p); not finite where the formula is not.

        >>> value, slope = formula_of("a * exp(-b * x)", ["x"]).at({"x": np.array([0.0, 1.0])}, np.array([2.0, 0.0]))
        >>> value.tolist(), (slope + 0.0).tolist()
        ([2.0, 2.0], [[1.0, 0.0], [1.0, -2.0]])
        """
        n, p = len(next(iter(numbers.values()))), len(self.coefficients)
        known = {name: Dual(v, None) for name, v in numbers.items()}
        for name, value, row in zip(self.coefficients, coefficients.tolist(), np.eye(p), strict=True):
            known[name] = Dual(np.full(n, value), np.tile(row, (n, 1)))
        with np.errstate(all="ignore"):
            found = _computed(self.tree, known, n)
        return found.value, np.zeros((n, p)) if found.slope is None else found.slope

    def values(self, numbers: Mapping[str, Numbers], coefficients: Numbers) -> Numbers:
        """The values alone."""
        n = len(next(iter(numbers.values())))
        known = {name: Dual(v, None) for name, v in numbers.items()}
        known |= {c: Dual(np.full(n, v), None) for c, v in zip(self.coefficients, coefficients.tolist(), strict=True)}
        with np.errstate(all="ignore"):
            return _computed(self.tree, known, n).value

    def fitted_to(self, y: Numbers, name: str) -> Numbers:
        """The left side of measured values.

        Raises
        ------
        BadQuestion
            It cannot be computed of one of them.
        """
        if self.outcome is None:
            return y
        with np.errstate(all="ignore"):
            found = _computed(self.outcome, {"y": Dual(y, None), name: Dual(y, None)}, len(y)).value
        if not np.isfinite(found).all():
            lost = float(y[~np.isfinite(found)][0])
            raise BadQuestion(f"{self.text.partition('~')[0].strip()} cannot be computed of {name} = {lost:g}.")
        return found


def formula_of(text: str, numbers: list[str], outcome: str = "y") -> Formula:
    """Read a formula, `b1 * (1 - exp(-b2*x))` or `log(y) ~ a + b*x`; whatever is not the name of a number is found.

    Raises
    ------
    BadQuestion
        It cannot be read, says something that is not arithmetic, or has no coefficient.
    """
    left, tilde, right = text.rpartition("~")
    tree, names = _read(right), set(numbers) | set(CONSTANTS)
    side = _read(left) if tilde and left.strip() not in ("y", outcome) else None
    unknown = sorted(set(_names(side)) - {"y", outcome, *CONSTANTS}) if side is not None else []
    if unknown:
        raise BadQuestion(f"left of ~ stands only {outcome}, called y: there is no {unknown[0]!r}.")
    found = sorted({n for n in _names(tree) if n not in names}, key=_natural)
    if not 1 <= len(found) <= MOST:
        said = ", ".join(found) or "none"
        raise BadQuestion(f"The formula has {len(found)} coefficients ({said}): 1 to {MOST} names that are no numbers.")
    if outcome in found or "y" in found:
        raise BadQuestion(f"{outcome} is what the formula is to explain: it may only stand left of ~.")
    return Formula(text.strip(), tuple(found), tree, side)


def _read(text: str) -> ast.expr:
    """The grammar is Python's; ^ is a power and [] are brackets as well."""
    if len(text) > LONGEST:
        raise BadQuestion(f"A formula may have {LONGEST} characters; this one has {len(text)}.")
    plain = text.strip().replace("^", "**").replace("[", "(").replace("]", ")")
    try:
        tree = ast.parse(plain, mode="eval").body
        _arithmetic(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadQuestion(f"{text.strip()!r} is no formula: write one like b1 * (1 - exp(-b2*x)).") from None
    return tree


def _arithmetic(node: ast.expr, deep: int = 0) -> None:
    """Refuse whatever is not numbers, names, + - * / **, and the known functions of one argument."""
    parts: list[ast.expr] = []
    match node:
        case ast.Constant(value=bool()):
            raise _not_understood(node)
        case ast.Constant(value=int() | float() as number) if number < LARGEST:
            pass
        case ast.Name():
            pass
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            parts = [inner]
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, OPERATORS):
            parts = [left, right]
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
            parts = [inner]
        case _:
            raise _not_understood(node)
    if deep == DEEPEST:
        raise BadQuestion(f"A formula may have {DEEPEST} brackets and signs one in the other.")
    for part in parts:
        _arithmetic(part, deep + 1)


def _not_understood(node: ast.expr) -> BadQuestion:
    known = ", ".join(FUNCTIONS)
    return BadQuestion(f"{ast.unparse(node)!r} is not understood in a formula: it has + - * / ^, brackets and {known}.")


def _names(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.UnaryOp):
        yield from _names(node.operand)
    elif isinstance(node, ast.BinOp):
        yield from _names(node.left)
        yield from _names(node.right)
    elif isinstance(node, ast.Call):
        yield from _names(node.args[0])


def _natural(name: str) -> tuple[str, int]:
    """b2 before b10."""
    stem, digits = re.fullmatch(r"(.*?)(\d*)", name).groups()  # type: ignore[union-attr]  # it matches any text
    return stem, int(digits or 0)


def _computed(node: ast.expr, known: Mapping[str, Dual], n: int) -> Dual:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Dual(np.full(n, float(number)), None)
        case ast.Name(id=name):
            return known[name] if name in known else Dual(np.full(n, CONSTANTS[name]), None)
        case ast.UnaryOp(op=op, operand=inner):
            found = _computed(inner, known, n)
            return _scaled(found, -found.value, -1.0) if isinstance(op, ast.USub) else found
        case ast.BinOp(left=left, op=op, right=right):
            return _joined(op, _computed(left, known, n), _computed(right, known, n))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            curve, slope = FUNCTIONS[name]
            found = _computed(argument, known, n)
            return _scaled(found, curve(found.value), 1.0 if found.slope is None else slope(found.value))
    raise AssertionError(ast.dump(node))


def _scaled(of: Dual, value: Numbers, factor: Numbers | float) -> Dual:
    """A value whose derivatives are those of another, times a factor."""
    return Dual(value, None if of.slope is None else of.slope * np.reshape(factor, (-1, 1)))


def _joined(op: ast.operator, a: Dual, b: Dual) -> Dual:
    """Two values in one, by the rules of the sum, the product, the quotient and the power."""
    u, v = a.value, b.value
    match op:
        case ast.Add():
            return _sum(u + v, a, 1.0, b, 1.0)
        case ast.Sub():
            return _sum(u - v, a, 1.0, b, -1.0)
        case ast.Mult():
            return _sum(u * v, a, v, b, u)
        case ast.Div():
            return _sum(u / v, a, 1 / v, b, -u / v**2)
    power = u**v
    return _sum(power, a, v * u ** (v - 1), b, np.where(power == 0, 0.0, power * np.log(u)))


def _sum(value: Numbers, a: Dual, by: Numbers | float, b: Dual, other: Numbers | float) -> Dual:
    parts = [d.slope * np.reshape(f, (-1, 1)) for d, f in ((a, by), (b, other)) if d.slope is not None]
    return Dual(value, sum(parts[1:], parts[0]) if parts else None)
