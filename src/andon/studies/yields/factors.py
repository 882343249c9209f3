"""All that was said of units, as factors with levels: where, when, with what; at this machine and at others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import NoData
from ...model import NO_SITE, Times, Units
from ...model.measured import COLUMNS as ALL
from ...model.measured import coded, texts
from ...units import HOUR
from .picked import Codes, grouped, places

DAY = 24 * HOUR
COLUMNS = ("lot", "wafer", "product", "step")
BESIDE = 0.05
"""Machines with fewer of their units in common than this share work side by side."""
LEVELS = 2000
"""A column with more different texts than this, or one for nearly every unit, is a name and no factor."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its name, its levels ("" for nothing known), and the level of each unit."""

    name: str
    levels: tuple[str, ...]
    code: Codes


def judged_by(units: Mapping[str, Units]) -> tuple[str, Units]:
    """The machine that judges most units, and each unit as it was judged there last.

    Raises
    ------
    NoData
        Nobody said which units passed.
    """
    counts = {path: int((u.verdicts >= 0).sum()) for path, u in units.items()}
    path = max(counts, key=lambda p: (counts[p], p), default="")
    if not path or not counts[path]:
        raise NoData("Nobody said which units passed: there are no bad ones to look at.")
    return path, _judged(units[path])


def _judged(units: Units) -> Units:
    """Each unit by its last test, where that was judged."""
    return units.pick(units.last & (units.verdicts >= 0))


def judged_beside(units: Mapping[str, Units]) -> tuple[tuple[str, ...], Units]:
    """The machines that judge side by side, each units of its own, and each unit as it was judged there last.

    Where there are several, the fact `machine` says which; a machine at which many of the same units were is not one of
    them, but one before or after.
    """
    judge, judged = judged_by(units)
    found = {judge: judged}
    for path in (p for p in units if p != judge):
        own = _judged(units[path])
        if len(own) and float((met(own, judged) >= 0).mean()) < BESIDE:
            found[path] = own
    return tuple(found), _together(found) if len(found) > 1 else judged


def _together(units: Mapping[str, Units]) -> Units:
    """Units of several machines in order of time, and where each was."""
    order = np.argsort(np.concatenate([u.at for u in units.values()]), kind="stable")
    columns: dict[str, Any] = {n: np.concatenate([getattr(u, n) for u in units.values()])[order] for n in ALL}
    columns["passed"] = np.concatenate([u.verdicts for u in units.values()])[order]
    facts = {
        name: np.concatenate([u.facts.get(name, texts([""] * len(u))) for u in units.values()])[order]
        for name in dict.fromkeys(n for u in units.values() for n in u.facts)
    }
    facts["machine"] = texts(path for path, u in units.items() for _ in range(len(u)))[order]
    return Units(next(iter(units.values())).window, **columns, facts=facts)


def factors(judges: Sequence[str], judged: Units, units: Mapping[str, Units]) -> Iterator[Factor]:
    """What was said of judged units where they were judged, and then at each other machine."""
    for name in COLUMNS:
        yield from _useful(name, *grouped(judged, name))
    if (judged.site != NO_SITE).any():
        yield from _useful("site", *grouped(judged, "site"))
    for name in judged.facts:
        yield from _useful(name, *grouped(judged, name))
    yield from _when("", judged.at, np.ones(len(judged), np.bool_))
    for path, there in units.items():
        if path not in judges and len(there):
            yield from _elsewhere(path, judged, there)


def met(judged: Units, there: Units) -> Codes:
    """The last row in `there` of each judged unit, -1 where it was not there: the same lot, wafer and name, or place.

    >>> met(Units.of([5, 6], ["a", "b"]), Units.of([1, 2], ["b", "b"])).tolist()
    [-1, 1]
    """
    both = [np.concatenate([getattr(judged, n), getattr(there, n)]) for n in ("lot", "wafer", "unit")]
    codes = coded(*both)
    last = np.full(int(codes.max(initial=-1)) + 1, -1, np.int64)
    last[codes[len(judged) :]] = np.arange(len(there))
    return last[codes[: len(judged)]]


def _elsewhere(path: str, judged: Units, there: Units) -> Iterator[Factor]:
    """Whether units were at another machine, and what was said of them there."""
    row = met(judged, there)
    was = row >= 0
    if not was.any():
        return
    yield from _useful("machine", was.astype(np.int64), ("", path))
    names = [*COLUMNS[2:], *there.facts, *(["site"] if (there.site != NO_SITE).any() else [])]
    for name in names:
        code, levels = grouped(there, name)
        yield from _useful(f"{path} {name}", *_moved(code, levels, row))
    yield from _when(f"{path} ", there.at[np.maximum(row, 0)], was)


def _moved(code: Codes, levels: Sequence[str], row: Codes) -> tuple[Codes, tuple[str, ...]]:
    """The levels of rows elsewhere, as those of the judged units; "" where a unit was not there."""
    return np.where(row >= 0, code[np.maximum(row, 0)] + 1, 0), ("", *levels)


def _when(prefix: str, at: Times, known: np.ndarray) -> Iterator[Factor]:
    """The day and the hour of the day (UTC) in which each unit was there."""
    days, hours = at // DAY, at % DAY // HOUR
    dates = np.datetime_as_string(days.astype("datetime64[D]"))
    for name, said in (("day", dates.tolist()), ("hour", [f"{h:02}:00" for h in hours.tolist()])):
        named = np.empty(len(at), dtype=object)
        named[:] = [t if k else "" for t, k in zip(said, known.tolist(), strict=True)]
        yield from _useful(f"{prefix}{name}", *places(named))


def _useful(name: str, code: Codes, levels: Sequence[str]) -> Iterator[Factor]:
    """A factor that tells units apart without naming each."""
    if 1 < len(levels) <= min(LEVELS, max(2, len(code) // 2)):
        yield Factor(name, tuple(levels), np.asarray(code, np.int64))
