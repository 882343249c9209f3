"""How a chart is computed: the law that its limits follow from, and the panels that are drawn by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...model import Numbers
from .places import Places
from .rules import Flags, Rule


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody set: how far the limits are, how the spread is estimated, the weights of charts with memory."""

    width: float = 3.0
    spread: str = ""
    center: float | None = None
    weight: float = 0.2
    asymptotic: bool = False
    shift: float = 1.0
    interval: float = 5.0
    headstart: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """What limits follow from: center and spread of what is charted, and how the spread was found.

    `second` is the spread within subgroups of a three-way chart, or Laney's factor.
    """

    center: float
    sigma: float
    basis: str = ""
    second: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One panel (n points): `rows` are their places, `z` their distances from the center in standard deviations.

    `lower`, `upper` and `sigma` are NaN where there is none. `out` are points beyond the limits. A panel that is not
    `watched` by all rules is judged by its limits alone.
    """

    panel: str
    rows: NDArray[np.intp]
    value: Numbers
    center: Numbers
    lower: Numbers
    upper: Numbers
    sigma: Numbers
    z: Numbers
    out: Flags
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A kind of chart: how its law is found, how it is drawn, and how often its first panel cries wolf.

    `counts`: it is of counts and not of measured values. `memory`: its points depend on those before, so that only
    its limits judge them.
    """

    name: str
    law: Callable[[Places, Options], Law]
    draw: Callable[[Places, Law, Options], tuple[Drawn, ...]]
    length: Callable[[Places, Law, Options, tuple[Rule, ...]], float | None]
    counts: bool = False
    memory: bool = False
    needs: int = field(default=2)


def panel(
    name: str,
    rows: NDArray[np.intp],
    value: Numbers,
    center: Numbers | float,
    sigma: Numbers | float,
    *,
    width: float,
    floor: float = -np.inf,
    ceiling: float = np.inf,
    watched: bool = True,
) -> Drawn:
    """A panel whose limits are so many standard deviations from its center, but within what is possible."""
    middle, spread = (np.broadcast_to(c, value.shape).astype(np.float64) for c in (center, sigma))
    lower, upper = np.maximum(middle - width * spread, floor), np.minimum(middle + width * spread, ceiling)
    z = np.divide(value - middle, spread, out=np.zeros(len(value)), where=spread > 0)
    return Drawn(name, rows, value, middle, lower, upper, spread, z, beyond(value, lower, upper), watched)


def beyond(value: Numbers, lower: Numbers, upper: Numbers) -> Flags:
    """The points beyond limits; one that is on a limit, but for rounding, is not."""
    edge = 1e-9 * np.maximum(np.abs(upper - lower), 1e-300)
    edge = np.where(np.isfinite(edge), edge, 0.0)
    return np.asarray((value > upper + edge) | (value < lower - edge))
