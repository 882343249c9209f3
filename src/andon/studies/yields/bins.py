"""Which bins units fall into, and how many pass: at the first test, at the last, by lot, wafer and site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from ...catalog import study
from ...model import Times, Units
from ...model.measured import NO_BIN, Bin, Names, Verdicts, texts
from ...picture import Picture, pareto
from ...units import Ratio
from .results import Flags, Results, chosen, named, results
from .shares import Contrast, contrast, limits

BY = ("step", "product", "lot", "wafer", "site")


@dataclass(frozen=True, slots=True)
class BinRow:
    """How many units fell into one bin.

    Attributes
    ----------
    kind
        "hard" or "soft".
    bin
        Its number; -1: no bin was said.
    name
        What it is called.
    passed
        Whether what falls into it passed; None where nobody said, or both were said.
    first
        Units that their first test put there.
    units
        Units that their last test put there.
    share
        Of all units that were tested.
    of_failed
        Of all units that failed in the end; None for a bin that passed.
    cumulative
        `of_failed` of this bin and all that hold more.
    recovered
        Units that their first test put there as failed, and that passed in the end.
    recovery
        `recovered` over the units of `first` that were tested again; None where none was.
    """

    kind: str
    bin: int
    name: str
    passed: bool | None
    first: int
    units: int
    share: Ratio
    of_failed: Ratio | None
    cumulative: Ratio | None
    recovered: int
    recovery: Ratio | None


@dataclass(frozen=True, slots=True)
class YieldRow:
    """The yield of one group of units.

    Attributes
    ----------
    grouping
        \"step", "product", "lot", "wafer" or "site" (that of the unit's first test).
    name
        Which one.
    units
        Units with a verdict in their last test.
    passed
        Those that passed in the end.
    final_yield
        `passed` over `units`.
    low, high
        Its Clopper-Pearson limits at 95 % confidence.
    first_units
        Units with a verdict in their very first test.
    first_passed
        Those that passed it.
    first_pass_yield
        `first_passed` over `first_units`.
    retested
        Units that failed at first and were tested again.
    recovered
        Those of them that passed in the end.
    """

    grouping: str
    name: str
    units: int
    passed: int
    final_yield: Ratio | None
    low: Ratio | None
    high: Ratio | None
    first_units: int
    first_passed: int
    first_pass_yield: Ratio | None
    retested: int
    recovered: int


@dataclass(frozen=True, slots=True)
class Bins:
    """Where units ended, and how many passed at once and in the end.

    Attributes
    ----------
    units
        Units with a verdict in their last test; a unit counts once in each test step.
    passed
        Those that passed in the end.
    low, high
        Clopper-Pearson limits of the final yield at 95 % confidence.
    first_units
        Units with a verdict in their very first test.
    first_passed
        Those that passed it.
    tests
        How often a unit was tested, all together.
    retested
        Units that failed at first and were tested again.
    recovered
        Those of them that passed in the end.
    lost
        Units that passed at first and failed in the end.
    unknown
        Units of which nobody said whether they passed in the end.
    begun_before
        Units whose first test was before the window; they are in the final yield only.
    bins
        A row for each hard and each soft bin, those that failed most first.
    groups
        A row for each step, product, lot, wafer and site, where there are several.
    contrasts
        Whether steps, products, lots, wafers and sites differ by more than chance, by their first-pass yield.
    """

    HEADLINE: ClassVar = ("first_pass_yield", "final_yield", "low", "high", "recovery", "units", "retested")

    units: int
    passed: int
    low: Ratio | None
    high: Ratio | None
    first_units: int
    first_passed: int
    tests: int
    retested: int
    recovered: int
    lost: int
    unknown: int
    begun_before: int
    bins: tuple[BinRow, ...]
    groups: tuple[YieldRow, ...]
    contrasts: tuple[Contrast, ...]

    @property
    def final_yield(self) -> Ratio | None:
        """Units that passed in the end, over all with a verdict."""
        return self.passed / self.units if self.units else None

    @property
    def first_pass_yield(self) -> Ratio | None:
        """Units that passed their very first test, over all with a verdict in it."""
        return self.first_passed / self.first_units if self.first_units else None

    @property
    def recovery(self) -> Ratio | None:
        """Units that a retest made pass, over all that were tested again after they had failed."""
        return self.recovered / self.retested if self.retested else None

    @property
    def rolled_yield(self) -> Ratio | None:
        """The product of the final yields of the steps: what passes all of them; None with a step without a verdict."""
        steps = [g.final_yield for g in self.groups if g.grouping == "step"]
        known = [y for y in steps if y is not None]
        return prod(known) if steps and len(known) == len(steps) else self.final_yield if not steps else None

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong or remarkable, in words."""
        steps = sum(g.grouping == "step" for g in self.groups)
        weak = [c for c in self.contrasts if c.grouping == "site" and c.p is not None and c.p < 0.01]
        said = (
            (self.unknown, f"{self.unknown} units have no verdict: they are in no yield"),
            (self.begun_before, f"{self.begun_before} units were first tested before the window"),
            (steps > 1, f"units were tested in {steps} steps, and count once in each: name one `step`"),
        )
        return (
            *(text for wrong, text in said if wrong),
            *(f"site {c.lowest} passes {c.gap:.1%} less than site {c.highest}: p = {c.p:.2g}" for c in weak),
        )


def picture(answer: Bins) -> Picture:
    """The hard bins that failed units ended in, the fullest first; soft ones where there are no hard ones."""
    failed = [b for b in answer.bins if b.of_failed is not None and b.units]
    kind = "hard" if any(b.kind == "hard" and b.bin != NO_BIN for b in failed) else "soft"
    rows = [(f"{b.bin} {b.name}".strip(), float(b.units)) for b in failed if b.kind == kind]
    final = "" if answer.final_yield is None else f"{answer.final_yield:.1%}"
    return pareto("Bins of what failed", rows, "units", subtitle=final and f"final yield {final}")


@study(picture=picture)
def bins(units: Units, lot: str = "", wafer: str = "", step: str = "") -> Bins:
    """Which bins units fall into, and what share passes: first-pass and final.

    Each unit counts once in each test step: by its very first test (first-pass yield) and by its last (final yield);
    what lies between is what retesting recovered. A unit passed if the tester said so, else if its bin means so; a unit
    of which nobody said it is in no yield. Sites are compared by the first test, as retests go where there is room.

    Use `wafer_map` when the place on the wafer matters, `commonality` for what bad units have in common.

    Parameters
    ----------
    units
        The units that were tested.
    lot
        Only units of this lot.
    wafer
        Only units of this wafer.
    step
        Only units of this test step.

    Returns
    -------
    Bins
        Yields, and rows by bin and by group.

    Raises
    ------
    NoData
        Nothing was tested in the window.
    UnknownName
        There is no such lot, wafer or step.

    Examples
    --------
    Of four units one fails and passes when it is tested again, one fails for good:

    >>> tested = Units.of([0, 1, 2, 3, 4], "abcda", hard=[5, 1, 1, 7, 1], passed=[0, 1, 1, 0, 1])
    >>> found = bins(tested)
    >>> found.first_pass_yield, found.final_yield, found.recovery
    (0.5, 0.75, 1.0)
    >>> [(b.bin, b.first, b.units, b.recovered) for b in found.bins]
    [(7, 1, 1, 0), (5, 1, 0, 1), (1, 2, 3, 0)]

    References
    ----------
    C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial.
    Biometrika 26 (1934), 404-413.
    Standard Test Data Format (STDF) V4: PRR, HBR and SBR records, retest and superseding.
    """
    found = results(chosen(units, lot=lot, wafer=wafer, step=step))
    told = _yields("all", [""], np.zeros(len(found), np.int64), found)[0]
    rows = tuple(row for by in BY for row in _groups(by, found))
    return Bins(
        told.units,
        told.passed,
        told.low,
        told.high,
        told.first_units,
        told.first_passed,
        len(found.units),
        told.retested,
        told.recovered,
        int((found.whole & (found.before == 1) & (found.after == 0)).sum()),
        int((found.after < 0).sum()),
        int((~found.whole).sum()),
        (*_bins("hard", found, found.units.hard_bins), *_bins("soft", found, found.units.soft_bins)),
        rows,
        tuple(c for by in BY if (c := _contrast(by, rows)) is not None),
    )


def _groups(by: str, found: Results) -> list[YieldRow]:
    """The yields by one column, if it tells units apart."""
    column = _column(by, found)
    names = [n for n in named(column) if n]
    if len(names) < 2 and (by in ("step", "product") or not names):
        return []
    codes = {name: place for place, name in enumerate(names)} | {"": len(names)}
    return _yields(by, names, np.array([codes[n] for n in column.tolist()], np.int64), found)


def _column(by: str, found: Results) -> Names:
    """What each unit belongs to, by its first test; a wafer is named with its lot where there are several lots."""
    first = found.units.pick(found.first)
    if by == "wafer" and len(set(first.lot.tolist())) > 1:
        return texts(f"{a} {b}" if b else "" for a, b in zip(first.lot.tolist(), first.wafer.tolist(), strict=True))
    return first.column(by)


def _yields(by: str, names: list[str], of: Times, found: Results) -> list[YieldRow]:
    """The yields of groups; `of` is the place in `names` of each unit's group (beyond them: of none)."""

    def count(mask: Flags) -> list[int]:
        return [int(n) for n in np.bincount(of[mask], minlength=len(names))]

    again = found.whole & (found.before == 0) & (found.first != found.last)
    columns = zip(
        names,
        count(found.after >= 0),
        count(found.after == 1),
        count(found.whole & (found.before >= 0)),
        count(found.whole & (found.before == 1)),
        count(again),
        count(again & (found.after == 1)),
        strict=False,
    )
    return [
        YieldRow(by, name, n, good, _share(good, n), *limits(good, n), begun, once, _share(once, begun), more, back)
        for name, n, good, begun, once, more, back in columns
    ]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _contrast(by: str, rows: tuple[YieldRow, ...]) -> Contrast | None:
    of = [r for r in rows if r.grouping == by]
    return contrast(by, [r.name for r in of], [r.first_passed for r in of], [r.first_units for r in of])


def _bins(kind: str, found: Results, meaning: Mapping[int, Bin]) -> list[BinRow]:
    """The bins of one kind: those that failed most first, then those that passed."""
    column = getattr(found.units, kind)
    begun, ended = column[found.first], column[found.last]
    if (begun == NO_BIN).all() and (ended == NO_BIN).all():
        return []
    failed = int((found.after == 0).sum())
    rows = []
    for number in np.union1d(begun[found.whole], ended).tolist():
        there, then = ended == number, (begun == number) & found.whole
        again = then & (found.before == 0) & (found.first != found.last)
        recovered = int((again & (found.after == 1)).sum())
        passed = _passed(np.concatenate([found.after[there], found.before[begun == number]]))
        lost = int((there & (found.after == 0)).sum())
        share = None if passed or not failed else lost / failed
        count, retested = int(there.sum()), int(again.sum())
        name = meaning[number].name if number in meaning else ""
        rows.append((name, number, passed, int(then.sum()), count, share, recovered, _share(recovered, retested)))
    rows.sort(key=lambda r: (r[5] is None, -(r[5] or 0.0), -r[4], r[1]))
    sums = np.cumsum([r[5] or 0.0 for r in rows]).tolist()
    return [
        BinRow(kind, number, name, passed, first, n, n / len(found), share, None if share is None else s, got, back)
        for (name, number, passed, first, n, share, got, back), s in zip(rows, sums, strict=True)
    ]


def _passed(said: Verdicts) -> bool | None:
    """Whether a bin is one of those that passed, by the verdicts on the units in it; None where they differ."""
    kinds = set(said[said >= 0].tolist())
    return bool(kinds.pop()) if len(kinds) == 1 else None
