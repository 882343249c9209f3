"""What a machine without counters made, from the units that were tested on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model import NO_BIN, NOWHERE, Counts, Output, Spells, Times, Units, Window
from ..model.measured import coded, texts
from ..units import HOUR

AGAIN = 24 * HOUR
"""A test is one of the same unit again if it ended at most so long after the last: what comes later is counted anew."""
Flags = NDArray[np.bool_]


def judged(units: Units) -> Units:
    """The units that a test ended for: with a verdict or a bin; a value that was only measured ends nothing.

    Where nobody said whether a unit passed, the meaning of its bin does.
    """
    found = units.pick((units.passed >= 0) | (units.hard != NO_BIN) | (units.soft != NO_BIN))
    columns = {name: getattr(found, name) for name in Units.__dataclass_fields__}
    return Units(**{**columns, "passed": found.verdicts})


def superseded(units: Units) -> Flags:
    """Which tests were made again, on the same unit in the same step, within `AGAIN`.

    A unit without a name is told by its place on the wafer; one without either is itself alone.

    >>> superseded(Units.of([0, 5, 9], ["a", "b", "a"], passed=[0, 1, 1])).tolist()
    [True, False, False]
    """
    places = zip(units.unit.tolist(), units.x.tolist(), units.y.tolist(), strict=True)
    names = texts(
        name or (f"{x} {y}" if x != NOWHERE else f"unit without a name {i}") for i, (name, x, y) in enumerate(places)
    )
    codes = coded(names, units.lot, units.wafer, units.step)
    order = np.lexsort((np.arange(len(codes)), codes))
    same = codes[order[1:]] == codes[order[:-1]]
    soon = units.at[order[1:]] - units.at[order[:-1]] <= AGAIN
    found = np.zeros(len(units), np.bool_)
    found[order[:-1]] = same & soon
    return found


def output_of(units: Units, window: Window, product: Spells | None = None) -> Output:
    """Output from units: every test is a part made, its fate that of the unit: good, reject, or tested again (rework).

    So parts made = good + rejects + rework, and those of which nobody said whether they passed. `units` reach `AGAIN`
    beyond `window`, so that what is found does not depend on where time is cut.
    """
    found, again = judged(units), superseded(judged(units))
    fates = (np.ones(len(found), np.bool_), (found.passed == 1) & ~again, (found.passed == 0) & ~again, again)
    inside = (found.at >= window.since) & (found.at < window.until)
    total, good, rejects, rework = (_counts(found.at[f & inside]) for f in fates)
    on = product if product is not None else _products(found, window)
    if len(found) and not (found.passed >= 0).any():
        return Output(window, total, None, product=on)
    return Output(window, total, good, rejects, rework, on, retests=True)


def rejected(units: Units, window: Window) -> list[tuple[int, str]]:
    """When each unit was finally rejected, and why: its bin."""
    found = judged(units)
    bad = found.pick((found.passed == 0) & ~superseded(found) & (found.at >= window.since) & (found.at < window.until))
    bins = zip(bad.at.tolist(), bad.soft.tolist(), bad.hard.tolist(), strict=True)
    return [(at, _reason(bad, soft, hard)) for at, soft, hard in bins]


def _reason(units: Units, soft: int, hard: int) -> str:
    """The soft bin, which says more of the cause, else the hard one; "" for a unit without a bin."""
    number, known = (soft, units.soft_bins) if soft != NO_BIN else (hard, units.hard_bins)
    name = known[number].name if number in known else ""
    return "" if number == NO_BIN else f"bin {number} {name}".rstrip()


def _counts(at: Times) -> Counts:
    return Counts(at, at, np.ones(len(at)))


def _products(units: Units, window: Window) -> Spells | None:
    """The product of the unit that was finished next holds, as far as `AGAIN` back."""
    if not any(units.product.tolist()):
        return None
    rows: list[tuple[int, int, str]] = []
    last = window.since
    for at, product in zip(units.at.tolist(), units.product.tolist(), strict=True):
        since, until = max(last, at - AGAIN), min(at + 1, window.until)
        if until > since and rows and rows[-1][1] == since and rows[-1][2] == product:
            rows[-1] = (rows[-1][0], until, product)
        elif until > since:
            rows.append((since, until, product))
        last = max(last, until)
    return Spells.of(r for r in rows if r[2])
