"""Stretches of time: when a signal was heard, and which stretches make one."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..model import Times, Window
from ..plant import Signal

Stretches = Sequence[tuple[int, int]]


def known(at: Times, signal: Signal, window: Window, connected: Stretches | None) -> list[tuple[int, int]]:
    """The stretches of `window` in which a signal was heard.

    With `signal.holds` each sample is known for that long at most: from the sample on, or, for counts stamped "end",
    back from it. Without it the connection decides: silence while connected means unchanged, from the first sample on.
    With neither, silence means unchanged from the first sample to the last.

    Parameters
    ----------
    at
        Moments of the samples, n of them in any order, with the last one before the window if there is one (for
        counts stamped "end", also the first one after it).
    signal
        Whose samples they are.
    window
        The stretch that is asked about.
    connected
        Stretches in which the signal's source was connected; None if nobody ever said. A store that knows when the
        source was last heard passes that here: `[(first sample, last sample of the source)]`.

    Returns
    -------
    list of (since, until)
        In order, apart from each other, cut to the window.

    Examples
    --------
    >>> press = Signal(path="p/state", machine="p", name="state", role="state", kind="state", holds=10)
    >>> known(np.array([0, 5, 40]), press, Window(0, 100), None)
    [(0, 15), (40, 50)]
    """
    if not len(at):
        return []
    at = np.sort(at)
    if signal.holds is not None:
        backward = signal.kind == "count" and signal.stamp == "end"
        return _within(_held(at - signal.holds if backward else at, signal.holds), window)
    spells = [(int(at[0]), int(at[-1]))] if connected is None else connected
    return _within(_merged((max(s, int(at[0])), u) for s, u in spells), window)


def edges(known: Stretches) -> Times:
    """The begins and ends of stretches, apart from each other, in one row."""
    found = np.array(known, dtype=np.int64).reshape(-1)
    return found if bool(np.all(np.diff(found) > 0)) else np.array(_merged(known), dtype=np.int64).reshape(-1)


def _held(since: Times, length: int) -> Iterable[tuple[int, int]]:
    """The union of stretches of one length that begin at `since` (in order)."""
    new = np.flatnonzero(np.append(True, np.diff(since) > length))
    last = np.append(new[1:] - 1, len(since) - 1)
    return zip(since[new].tolist(), (since[last] + length).tolist(), strict=True)


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of stretches in any order."""
    found: list[tuple[int, int]] = []
    for since, until in sorted(s for s in stretches if s[1] > s[0]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _within(stretches: Iterable[tuple[int, int]], window: Window) -> list[tuple[int, int]]:
    cut = ((max(s, window.since), min(u, window.until)) for s, u in stretches)
    return [(s, u) for s, u in cut if u > s]
