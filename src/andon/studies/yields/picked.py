"""Which tests of a unit count, how units fall into groups, and how many findings among many are chance."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion, UnknownName
from ...model import Names, Numbers, Units
from ..quality.amounts import discoveries

Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]
Attempts = Literal["last", "first", "all"]


def chosen(units: Units, attempts: str) -> Flags:
    """Which rows count: each unit as it was tested last, first, or every time.

    Raises
    ------
    UnknownName
        `attempts` is none of these.
    """
    if attempts not in get_args(Attempts):
        raise UnknownName("choice of attempts", attempts, get_args(Attempts))
    if attempts == "all":
        return np.ones(len(units), np.bool_)
    return units.last if attempts == "last" else units.first


def places(names: Names) -> tuple[Codes, tuple[str, ...]]:
    """The place of each text in the tuple of the different ones, in the order in which they first came.

    >>> from andon.model.measured import texts
    >>> places(texts(["b", "a", "b"]))
    (array([0, 1, 0]), ('b', 'a'))
    """
    found: dict[str, int] = {}
    codes = np.fromiter((found.setdefault(n, len(found)) for n in names.tolist()), np.int64, len(names))
    return codes, tuple(found)


def grouped(units: Units, by: str) -> tuple[Codes, tuple[str, ...]]:
    """Units by a column: lot, wafer (of its lot), product, site, or anything that was said of them."""
    if by == "wafer":
        found = [f"{a} {b}".strip() for a, b in zip(units.lot.tolist(), units.wafer.tolist(), strict=True)]
        names = np.empty(len(found), dtype=object)
        names[:] = found
        return places(names)
    return places(units.column(by))


def adjusted(chances: Numbers) -> Numbers:
    """The share of false findings among those that are at most so likely by chance; NaN where no chance is known.

    >>> adjusted(np.array([0.01, np.nan, 0.03])).round(3).tolist()
    [0.02, nan, 0.03]
    """
    known = np.isfinite(chances)
    found = np.full(len(chances), np.nan)
    found[known] = discoveries(chances[known].tolist())
    return found


def at_least(name: str, value: float, least: float) -> None:
    """Refuse a setting that is too small."""
    if not value >= least:
        raise BadQuestion(f"{name} = {value:g} does not fit: it is at least {least:g}.")
