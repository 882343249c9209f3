"""What was tested at a machine, without what was found: out of the indexes of sealed files, where they say it all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...model import Listed, Test, Times, Window
from ..hot import Store, snapshot, table
from .look import HOT_VALUES, in_order, together
from .pieces import Contents, Kind, Sealed, contents, sealed
from .seen import FOUND, Seen, see, units_of

EVER = Window(0, 1 << 62)
HOT_ENDED = """
SELECT EXISTS (SELECT 1 FROM units WHERE place = ? AND "at" < ? AND "at" >= ?
    AND (passed IS NOT NULL OR hard IS NOT NULL OR soft IS NOT NULL))
"""


def tests(store: Store, place: str, window: Window) -> Sequence[Listed]:
    """Each test, once for each pair of limits that it had: how many values there are, how many of them failed.

    Values are read only where an index does not say it: at the edges of the window, where another batch spoke of the
    same units, and what is not yet sealed.
    """
    with snapshot(store) as db:
        seen, files = see(store, db, place, window)
        hot = table(db, HOT_VALUES, [place, window.until, window.since, None])
    mine = [(n, path) for n, path in enumerate(files) if path and (seen.source == n).any()]
    doubled = _doubled(seen)
    found: dict[Kind, tuple[int, int]] = {}
    rest: list[Sealed] = []
    for n, path in mine:
        held = contents(store, path)
        if seen.whole[n] and n not in doubled and min(held.failed, default=0) >= 0:
            _add(found, held)
        else:
            rest.append(sealed(store, path, seen, n))
    other = together(seen, rest, hot)
    for j, t in enumerate(other.tests):
        kind = (t.name, t.step, t.number, t.unit, t.low, t.high)
        count, failed = found.get(kind, (0, 0))
        passed = other.passed[other.first[j] : other.first[j + 1]]
        found[kind] = count + len(passed), failed + int((passed == 0).sum())
    return [
        Listed(Test(name, unit, low, high, number, step), *found[name, step, number, unit, low, high])
        for name, step, number, unit, low, high in in_order(found)
    ]


def tested(store: Store, place: str, window: Window) -> bool:
    """Whether the test of a unit ended at a machine in the window; the newest files are looked at first."""
    params = [place, window.until, window.since]
    with snapshot(store) as db:
        (hot,) = db.execute(HOT_ENDED, params).fetchall()[0]
        files = db.execute(FOUND, params).fetchall()
    return bool(hot) or any(
        ((ends >= window.since) & (ends < window.until)).any()
        for path, _, _ in reversed(files)
        if len(ends := _ends(store, path, place))
    )


def _ends(store: Store, path: str, place: str) -> Times:
    """When tests of units ended, of those of a place in a sealed file."""

    def read() -> tuple[Times, int]:
        rows = units_of(store, path, place, EVER)
        said = np.zeros(rows.num_rows, np.bool_)
        for name in ("passed", "hard", "soft"):
            said |= rows[name].is_valid().to_numpy()
        ends = rows["at"].to_numpy()[said]
        return ends, len(ends) + 1

    return store.drawer.of(f"{path} of {place}", read)


def _doubled(seen: Seen) -> set[int]:
    """The sources with a unit of which more than one batch spoke."""
    if not seen.doubled:
        return set()
    again = np.bincount(seen.row)[seen.row] > 1
    return set(np.unique(seen.source[again]).tolist())


def _add(found: dict[Kind, tuple[int, int]], held: Contents) -> None:
    for kind, rows, failed in zip(held.kinds, np.diff(held.edges).tolist(), held.failed, strict=True):
        before = found.get(kind, (0, 0))
        found[kind] = before[0] + rows, before[1] + failed
