"""Pieces from counters: resets, rollovers, corrections, gaps and deltas resolved."""

import numpy as np
import pyarrow as pa

from ..model import Counts, Numbers, Times, Window
from ..plant import Signal
from .quality import Mask, usable
from .raw import Rows, read_rows
from .stretches import Stretches, edges

NEVER = np.iinfo(np.int64).max


def counts(table: pa.Table, signal: Signal, window: Window, connected: Stretches | None) -> Counts:
    """Pieces finished in `window`, with resets and rollovers resolved.

    A running counter (`counting = "total"`): each step from one usable row to the next is judged by itself, so any
    partition of a window adds up to the whole.

    * Forward: that many pieces. But three quarters of a named range or more, in time that was observed, is an old
      reading from before the rollover: a correction, too.
    * Back, and the way forward over the top is short: a rollover. Short is at most a quarter of the range if
      `signal.rollover` names the range, a sixteenth if it is only guessed to be a 16- or 32-bit counter.
    * Back, but nearer to where it was than to zero, in time that was observed: a correction (an operator took pieces
      back, or an old reading came late). The pieces are taken back, so that the sum stays what the counter says; when
      the counter returns, they count again. Over a gap only a step of a tenth or less is a correction.
    * Any other step back is a reset: the pieces made since are what the counter shows now.

    The first row ever gives no count. Name a range that it never reaches for a counter that never rolls over. A step
    over a gap (silence longer than `signal.holds`, a lost connection, a row that is bad, stale or empty) is spread from
    the moment of silence to the row; any other belongs to its row.

    Deltas (`counting = "delta"`): a row holds the pieces since the row before (stamp "end") or until the row after
    (stamp "start"), at most `signal.holds` long, and is spread over that stretch. Rows that are not usable are skipped.

    Parameters
    ----------
    table
        Raw rows: from the last usable one before the window (stamp "start": the one before) to the first usable one
        after it, and all between.
    signal
        Whose rows they are. Stored pieces are counts times its scale, and so is the range of the counter.
    window
        The stretch that is asked about.
    connected
        As in `known`, not cut to the window: it must reach from the first row to the last.

    Examples
    --------
    >>> press = Signal(path="p/n", machine="p", name="n", role="good_count", kind="count", rollover=999)
    >>> rows = pa.table({"at": [0, 10, 20, 30], "value": [995.0, 998.0, 3.0, 4.0]})
    >>> counts(rows, press, Window(0, 100), None).count.tolist()
    [3.0, 5.0, 1.0]
    """
    rows = read_rows(table)
    good = usable(rows.quality)[0] & np.isfinite(rows.value)
    if signal.counting == "delta":
        since, until, count = _deltas(rows.at[good], rows.value[good], signal)
    else:
        since, until, count = _steps(rows, good, signal, connected)
    some = np.flatnonzero(count)  # most rows of a counter say what the row before said
    since, until, count = since[some], until[some], count[some]
    whole = signal.unit[:1] in ("1", "{", "") and bool(np.all(count == np.floor(count)))
    return Counts(since, until, count, whole).within(window)


def _steps(rows: Rows, good: Mask, signal: Signal, connected: Stretches | None) -> tuple[Times, Times, Numbers]:
    """The steps of a running counter from one good row to the next: since, until, pieces."""
    at, value, place = rows.at[good], rows.value[good], np.flatnonzero(good)
    before, after = at[:-1], at[1:]
    silent = _silence(before, after, signal.holds, connected)
    silent = np.where((np.diff(place) > 1) & (silent == after), before, silent)
    return silent, after, _resolved(value[:-1], value[1:], silent < after, signal)


def _silence(before: Times, after: Times, holds: int | None, connected: Stretches | None) -> Times:
    """Of each step, when it fell silent: `after` if it never did."""
    if holds is not None:
        return np.where(after - before > holds, before, after)
    if connected is None:
        return after.copy()
    borders = np.append(edges(connected), [NEVER, NEVER])
    place = np.searchsorted(borders, before, "right")
    return np.minimum(np.where(place % 2 == 1, borders[place], before), after)


def _resolved(before: Numbers, after: Numbers, gap: Mask, signal: Signal) -> Numbers:
    """The pieces in each step of a counter; the rules are those of `counts`."""
    step = after - before
    if signal.rollover is None and not len(step[step < 0]):
        return step
    near = np.where(gap, after >= 0.9 * before, after > 0.5 * before)
    found = np.where((step >= 0) | near, step, after)
    ranges = [(signal.rollover + 1, 4)] if signal.rollover is not None else [(2**32, 16), (2**16, 16)]
    for size, part in ((length * abs(signal.scale), part) for length, part in ranges):
        over = (step < 0) & (before < size) & (step + size > 0) & (step + size <= size / part)
        found = np.where(over, step + size, found)
    if signal.rollover is None:
        return found
    size = (signal.rollover + 1) * abs(signal.scale)
    return np.where(~gap & (step >= 0.75 * size), step - size, found)


def _deltas(at: Times, value: Numbers, signal: Signal) -> tuple[Times, Times, Numbers]:
    """The pieces of each row of a signal that counts in deltas: since, until, pieces."""
    longest = signal.holds if signal.holds is not None else NEVER
    length = np.minimum(np.diff(at), longest)
    if signal.stamp == "start":
        return at, at + np.append(length, signal.holds or 0), value
    return at - np.append([0], length), at, value
