"""What differs between bad and good: signals, settings, orders, lots, times, ranked, with false discoveries held."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ...catalog import study
from ...cores import on_cores
from ...errors import BadQuestion
from ...model import Measurements, Numbers, Process
from ...picture import Picture, bars
from ...units import Correlation, Probability, Ratio, Statistic, Unit
from .amounts import discoveries
from .bad import Mask, Rows, rows
from .differences import Ranked, fisher, ranked

LEAST = 5
"""So many bad and so many good rows at least must have a number or a text before it is compared."""
BLOCK = 4
"""So many numbers are compared at a time: few calls on long rows leave the interpreter free for the other core."""
MANY = 16
"""From this many blocks on they are compared on two cores."""
LEVELS = 200
"""A text with more different values than this names single parts: it is not compared."""
Shown = Annotated[float, Unit("{value}")]


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that differs between bad and good.

    Attributes
    ----------
    name
        A signal of the machine, a test, or a fact of the units.
    kind
        "level" (its middle differs), "spread" (it varies more or less), "text" (what was on), or "missing" (whether it
        was known at all).
    bad, good
        Of a level the medians, of a spread the median distance from the median, of a text and of what is missing the
        shares of rows.
    text
        Of a text: the value that tells bad from good most.
    effect
        From -1 to 1: how much more often the greater value (or the text) is found on the bad side than on the good.
    p
        That chance makes such a difference, with rows counted as far as they are independent.
    q
        Share of false ones among all that are ranked at least so high (Benjamini-Hochberg).
    certain
        q is below the share of false discoveries that was allowed.
    independent
        As how many independent rows the rows count, for neighbours are alike.
    """

    name: str
    kind: str
    bad: Shown
    good: Shown
    text: str
    effect: Correlation
    p: Probability
    q: Probability
    certain: bool
    independent: Statistic


@dataclass(frozen=True, slots=True)
class WhatMoved:
    """What differs between bad and good.

    Attributes
    ----------
    question
        What was called bad.
    of
        What was compared: "unit", or "bucket" of time.
    bad, good
        How many of each.
    compared
        Differences that were looked at.
    certain
        How many of them are told with the allowed share of false ones.
    first
        What differs most certainly.
    rows
        The differences, the most certain first.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("first", "certain", "compared", "bad", "good")

    question: str
    of: str
    bad: int
    good: int
    compared: int
    certain: int
    first: str
    rows: tuple[Moved, ...]
    remarks: tuple[str, ...]


def what_moved_picture(answer: WhatMoved) -> Picture:
    """How strongly the first dozen differ."""
    shown = [(r.name if not r.text else f"{r.name} = {r.text}", r.kind, 100 * abs(r.effect)) for r in answer.rows[:12]]
    return bars(f"What differs where {answer.question}", shown, "%")


@study(picture=what_moved_picture)
def what_moved(
    process: Process,
    measurements: Measurements | None = None,
    bad: str = "",
    false: Ratio = 0.05,
    limit: int = 40,
    every: Annotated[float, Unit("s")] | None = None,
) -> WhatMoved:
    """What differs between bad and good times, or between bad and good units.

    Every number of the machine is compared by ranks (its level, and its distance from the median for its spread),
    every text (state, order, product, shift, settings) and every fact of the units (lot, site, who) value by value,
    and whether it was known at all. Rows that follow each other are alike, so a p that took them as independent would
    be far too small: each is counted as so many independent rows as the autocorrelations of the number and of good and
    bad allow (Bartlett). Of all that is called certain, a share of `false` is expected to be wrong.

    What differs need not be the cause. Use `first_mover` to see which of them moved first, and `comparison` for one
    test by one fact.

    Parameters
    ----------
    process
        All that the machine said, in buckets.
    measurements
        Units and what was measured on them, where `bad` is about units.
    bad
        What is bad: `failed` (units), `last 4 h`, `first 2 h`, `SINCE/UNTIL` in UTC, a text such as `state=fault` or
        `lot=A7`, or a number such as `oil>60` (a signal or a test). By default the units that failed.
    false
        Share of false discoveries that is allowed among those called certain.
    limit
        Rows at most.
    every
        Length of a bucket of the machine's process; by default as fits the window.

    Returns
    -------
    WhatMoved
        The differences, ranked.

    Raises
    ------
    BadQuestion
        What is bad cannot be read.
    NoData
        All is bad, or nothing.

    Examples
    --------
    >>> oil = [50.0 + i * 7 % 5 + (20 if 40 <= i < 60 else 0) for i in range(100)]
    >>> air = [20.0 + i * 3 % 7 for i in range(100)]
    >>> process = Process.of(range(101), {"oil": oil, "air": air}, {"order": [(0, 100, "A")]})
    >>> found = what_moved(process, bad="40/60")
    >>> [(r.name, r.bad, r.good) for r in found.rows if r.certain]
    [('oil', 72.0, 52.0)]

    References
    ----------
    Y. Benjamini, Y. Hochberg: Controlling the False Discovery Rate. J. R. Statist. Soc. B 57 (1995), 289-300.
    M. S. Bartlett: Some Aspects of the Time-Correlation Problem. J. R. Statist. Soc. 98 (1935), 536-543.
    """
    if not 0 < false < 1 or limit < 1:
        raise BadQuestion(f"false = {false} is a share (0.05 for 5 %), and limit = {limit} at least 1.")
    given = rows(process, measurements, bad)
    autocorrelation = _autocorrelation(given.bad - given.bad.mean())
    raw, skipped = _differences(given, autocorrelation)
    q = discoveries([r.p for r in raw])
    found = [_row(r, v, false) for r, v in zip(raw, q, strict=True)]
    ranked = sorted(found, key=lambda r: (r.q, r.p, -abs(r.effect), r.name, r.kind))
    certain = sum(r.certain for r in found)
    return WhatMoved(
        given.said,
        given.of,
        int(given.bad.sum()),
        int((~given.bad).sum()),
        len(found),
        certain,
        ranked[0].name if certain else "",
        tuple(ranked[:limit]),
        tuple(_remarks(given, skipped, certain)),
    )


@dataclass(frozen=True, slots=True)
class Raw:
    """A difference before the others are thought of."""

    name: str
    kind: str
    bad: float
    good: float
    text: str
    effect: float
    p: float
    independent: float


def _row(r: Raw, q: float, false: float) -> Moved:
    return Moved(r.name, r.kind, r.bad, r.good, r.text, r.effect, r.p, q, q < false, r.independent)


def _differences(given: Rows, autocorrelation: Numbers) -> tuple[list[Raw], list[str]]:
    """Whatever can be compared, and the names of what cannot."""
    blocks = [given.names[i : i + BLOCK] for i in range(0, len(given.names), BLOCK)]
    sides = Sides.of(given.bad, autocorrelation)
    found = [r for raw in on_cores(lambda names: _numeric(names, given, sides), blocks, MANY) for r in raw]
    skipped: list[str] = []
    for name, text in given.texts.items():
        numbers = {level: n for n, level in enumerate(dict.fromkeys(text.tolist()))}
        levels = sorted(level for level in numbers if level)
        if len(levels) > LEVELS:
            skipped.append(name)
            continue
        code = np.array([numbers[t] for t in text.tolist()])
        tried = [_share(name, "text", code == numbers[t], sides, str(t)) for t in levels]
        told = [t for t in tried if t is not None]
        if len(levels) > 1 and told:
            best = min(told, key=lambda t: (t.p, -abs(t.effect)))
            p = min(1.0, best.p * len(told))
            found.append(Raw(name, "text", best.bad, best.good, best.text, best.effect, p, best.independent))
    return found, skipped


@dataclass(frozen=True, slots=True)
class Sides:
    """Which of n rows are bad, the places of those, how many there are of each, and how alike neighbours are."""

    bad: Mask
    places: NDArray[np.intp]
    good: int
    autocorrelation: Numbers

    @classmethod
    def of(cls, bad: Mask, autocorrelation: Numbers) -> Sides:
        places = np.flatnonzero(bad)
        return cls(bad, places, len(bad) - len(places), autocorrelation)

    def few(self) -> bool:
        """Whether there are too few to compare."""
        return min(len(self.places), self.good) < LEAST


def _numeric(names: Sequence[str], given: Rows, sides: Sides) -> list[Raw]:
    """Some numbers by level and spread, and by whether they were known."""
    found: list[Raw] = []
    whole: dict[str, Numbers] = {}
    for name in names:
        value = given.number(name)
        known = np.isfinite(value)
        if known.all():
            whole[name] = value
            continue
        missing = _share(name, "missing", ~known, sides, "") if known.any() else None
        found += [missing] if missing is not None else []
        found += _compared([name], value[np.newaxis, known], Sides.of(sides.bad[known], sides.autocorrelation))
    return found + (_compared(list(whole), np.array(list(whole.values())), sides) if whole else [])


def _compared(names: Sequence[str], values: Numbers, sides: Sides) -> list[Raw]:
    """Numbers, a row each, by their levels, then by their distances from the median of their side."""
    if sides.few():
        return []
    levels = _ranked(names, "level", values, sides)
    moving = [j for j, r in enumerate(levels) if r is not None]
    middle = np.array([[r.bad, r.good] for r in levels if r is not None]).reshape(-1, 2)
    distance = values[moving]
    distance[:, sides.places] += middle[:, 1:] - middle[:, :1]
    distance -= middle[:, 1:]
    np.abs(distance, out=distance)
    spreads = _ranked([names[j] for j in moving], "spread", distance, sides)
    return [r for r in (*levels, *spreads) if r is not None]


def _ranked(names: Sequence[str], kind: str, values: Numbers, sides: Sides) -> list[Raw | None]:
    """Mann and Whitney's test with ties, z less by what neighbours share, of each row of values; None: all equal."""
    count, n, m = values.shape[1], len(sides.places), sides.good
    of = ranked(values, sides.places)
    middle = _middles(of)
    mean = of.about.take(sides.places, axis=1).mean(axis=1)
    near = np.einsum("ij,ij->i", of.about[:, 1:], of.about[:, :-1])
    found: list[Raw | None] = []
    for j, name in enumerate(names):
        if of.square[j] == 0:
            found.append(None)
            continue
        independent = _independent(of.about[j], float(of.square[j]), float(near[j]), sides.autocorrelation)
        z = float(mean[j]) / math.sqrt(of.square[j] * m / (n * count * (count - 1)))
        p = math.erfc(abs(z) * math.sqrt(independent / count / 2))
        bad, good = middle[j].tolist()
        found.append(Raw(name, kind, bad, good, "", 2 * float(mean[j]) / m, p, independent))
    return found


def _middles(of: Ranked) -> Numbers:
    """The medians (k, 2) of the chosen and of the other numbers of each row."""
    row, chosen = np.arange(len(of.ordered)), of.chosen
    before = chosen - np.arange(chosen.shape[1])  # so many of the others are before each

    def middle(count: int, place: Callable[[int], NDArray[np.int64]]) -> Numbers:
        low, high = (of.ordered[row, place(k)] for k in ((count - 1) // 2, count // 2))
        return np.asarray((low + high) / 2)

    one = middle(chosen.shape[1], lambda k: chosen[:, k])
    other = middle(of.about.shape[1] - chosen.shape[1], lambda k: k + (before <= k).sum(axis=1))
    return np.stack([one, other], axis=1)


def _share(name: str, kind: str, there: Mask, sides: Sides, text: str) -> Raw | None:
    """Whether something is found on the bad side more often: exact (Fisher) at the size that counts."""
    n, m, k, count = len(sides.places), sides.good, int(there.sum()), len(there)
    if sides.few() or min(k, count - k) < LEAST:
        return None
    one, two = float(there[sides.bad].mean()), float(there[~sides.bad].mean())
    about = there - there.mean()
    near = float((about[1:] * about[:-1]).sum())
    independent = _independent(about, float(np.square(about).sum()), near, sides.autocorrelation)
    part = independent / count
    bad, good = ((round(share * of * part), round((1 - share) * of * part)) for share, of in ((one, n), (two, m)))
    return Raw(name, kind, one, two, text, one - two, fisher(bad, good), independent)


def _independent(about: Numbers, square: float, near: float, autocorrelation: Numbers) -> float:
    """As how many independent rows n rows count: n / (1 + 2 sum of products of the autocorrelations).

    `about` are the values less their mean, `square` is the sum of their squares, `near` of each times the next.
    """
    count = len(about)
    quiet = 2 / np.sqrt(count)
    if near < quiet * square:
        return float(count)
    own = _autocorrelation(about)
    reach = min(len(own), len(autocorrelation))
    still = np.flatnonzero(own[:reach] < quiet)
    last = int(still[0]) if len(still) else reach
    return count / max(1.0, 1 + 2 * float((own[:last] * autocorrelation[:last]).sum()))


def _autocorrelation(about: Numbers) -> Numbers:
    """From lag 1 to a quarter of the length, of values less their mean."""
    reach = max(len(about) // 4, 1)
    size = 1 << (len(about) + reach - 1).bit_length()
    waves = np.fft.rfft(about.astype(np.float32), size)
    found = np.fft.irfft(waves.real**2 + waves.imag**2, size)[: reach + 1]
    return np.asarray(found[1:] / found[0] if found[0] > 0 else np.zeros(reach))


def _remarks(given: Rows, skipped: list[str], certain: int) -> list[str]:
    found = [f"not compared, for they name single parts: {', '.join(skipped)}"] if skipped else []
    if given.bad.sum() < 10:
        found.append(f"only {int(given.bad.sum())} bad {given.of}s: small differences cannot be seen")
    runs = int((np.diff(given.bad.astype(np.int8)) == 1).sum() + given.bad[0])
    if given.of == "bucket" and runs == 1 and not certain:
        found.append("one single bad stretch: what drifts slowly cannot be told from chance; name more bad stretches")
    return found
