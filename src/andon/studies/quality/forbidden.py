"""Combinations of levels that an experiment must not try, as people write them: `temperature=200 & time>=30`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers
from .coding import Mask
from .designs import Barred, Holds
from .factors import Factor

CONDITION = re.compile(r"(.+?)\s*(<=|>=|!=|=|<|>)\s*(.+)")
ORDERS: Mapping[str, Callable[[Numbers, float], Mask]] = {"<": operator.lt, ">": operator.gt}
NEAR = 1e-9
"""Of the range of a factor: two settings that are nearer are the same."""


def barred(of: Sequence[Factor], levels: Sequence[Sequence[float]], text: str) -> Barred:
    """Forbidden combinations from a text: rules with semicolons, conditions of each with `&`.

    Raises
    ------
    BadQuestion
        A condition cannot be read, or holds for none of its factor's levels.

    Examples
    --------
    >>> from .factors import factors_of
    >>> factors = factors_of("temperature 150..200, catalyst A|B")
    >>> rule = barred(factors, [[-1.0, 1.0]] * 2, "temperature=200 & catalyst=B")
    >>> rule.may(np.array([[-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])).tolist()
    [True, True, False]
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return Barred(tuple(tuple(_condition(of, levels, c.strip()) for c in part.split("&")) for part in parts))


def _condition(of: Sequence[Factor], levels: Sequence[Sequence[float]], text: str) -> tuple[int, Holds]:
    """The place of the factor that a condition is about, and whether it holds."""
    read = CONDITION.fullmatch(text)
    names = [f.name for f in of]
    if read is None or read[1] not in names:
        known = ", ".join(names)
        raise BadQuestion(f"{text!r} is no condition on a factor ({known}): write `name=level`, with `&` between.")
    place = names.index(read[1])
    factor = of[place]
    holds = _named(factor, *read.groups()[1:]) if factor.texts else _measured(factor, *read.groups()[1:])
    if not holds(np.array(levels[place])).any():
        said = ", ".join(factor.said(c) for c in levels[place])
        raise BadQuestion(f"{text!r} holds for no level of {factor.name}: they are {said}.")
    return place, holds


def _named(factor: Factor, sign: str, value: str) -> Holds:
    if sign not in ("=", "!="):
        raise BadQuestion(f"{factor.name} {sign} {value}: names have no order, write = or !=.")
    return lambda coded: np.array([(factor.said(float(c)) == value) is (sign == "=") for c in coded], np.bool_)


def _measured(factor: Factor, sign: str, value: str) -> Holds:
    try:
        limit = float(value)
    except ValueError:
        raise BadQuestion(f"{factor.name} {sign} {value}: {factor.name} is a number, {value!r} is none.") from None

    def holds(coded: Numbers) -> Mask:
        setting = factor.setting(coded)
        same = np.abs(setting - limit) <= NEAR * factor.half
        if sign in ("=", "!="):
            return same if sign == "=" else ~same
        strict = ORDERS[sign[0]](setting, limit) & ~same
        return strict | same if "=" in sign else strict

    return holds
