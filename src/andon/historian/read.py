"""Series of one signal: its rows, when it was heard, and both made into what a study reads."""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from ..errors import BadQuestion
from ..model import Counts, Measurements, S, Spells, States, Texts, Values, Waveforms, Window
from ..plant import Signal
from ..units import MINUTE
from .cold import Shelf, Span
from .found import measurements, spells, waveforms
from .hot import Store, snapshot
from .quality import usable
from .rows import read_many
from .series import counts, known, states, texts, values

Stretches = list[tuple[int, int]]
FIRST = """
SELECT min(lo) FROM (SELECT lo FROM runs WHERE signal = $id UNION ALL SELECT "at" FROM hot WHERE signal = $id)
"""


def read(store: Store, shelf: Shelf, kind: type[S], signal: Signal, window: Window) -> S:
    """A signal's series; see `Historian.read`."""
    if kind not in READERS:
        raise BadQuestion(f"The historian keeps no {kind.__name__} of a signal ({signal.path}). It reads "
                          f"{', '.join(k.__name__ for k in READERS)}.")
    found = READERS[kind](store, shelf, signal, window)
    assert isinstance(found, kind)
    return found


def coverage(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Spells:
    """The stretches of `window` in which `signal` was heard."""
    rows = _rows(store, shelf, signal, Span.of(window, before=True, after=True))
    heard = known(rows["at"].to_numpy(), signal, window, connected(store, signal))
    return Spells.of((since, until, "heard") for since, until in heard)


def connected(store: Store, signal: Signal) -> Stretches | None:
    """When the signal's source was connected; if nobody ever said, from its first sample to the source's last one."""
    number = store.names.ids.get(signal.path)
    if number is None:
        return None
    source = signal.source or store.names.sources[number]
    with snapshot(store) as db:
        told = db.execute("SELECT since, until FROM spells WHERE kind = 'connection' AND place = ? ORDER BY seq",
                          [source]).fetchall()
        if told:
            return [(s, u) for s, u, _ in spells(store, "connection", source, Window(-(1 << 62), 1 << 62)).rows()]
        first = db.execute(FIRST, {"id": number}).fetchall()[0][0]
    heard = store.heard.get(source, store.heard.get(store.names.sources[number]))
    return None if first is None or heard is None else [(first, heard)]


def _states(store: Store, shelf: Shelf, signal: Signal, window: Window) -> States:
    rows = _rows(store, shelf, signal, Span.of(window, before=True))
    return states(rows, signal, window, _known(store, signal, window, rows))


def _counts(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Counts:
    rows = _rows(store, shelf, signal, Span.of(window, before=True, after=True))
    for before in (True, False):
        rows = _to_usable(store, shelf, signal, (rows, before))
    return counts(rows, signal, window, connected(store, signal))


def _values(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Values:
    rows = _rows(store, shelf, signal, Span.of(window, before=True))
    return values(rows, signal, window, _known(store, signal, window, rows))


def _texts(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Texts:
    rows = _rows(store, shelf, signal, Span.of(window, before=True))
    return texts(rows, signal, window, _known(store, signal, window, rows))


def _spells(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Spells:
    """What a text signal said, stretch by stretch, where it was known; neighbours that say the same are one."""
    said = _texts(store, shelf, signal, window)
    until = np.append(said.at[1:], window.until)
    found: list[tuple[int, int, str]] = []
    for since, end, _ in said.known.rows():
        low, high = int(np.searchsorted(until, since, side="right")), int(np.searchsorted(said.at, end))
        for i in range(low, high):
            piece = (max(since, int(said.at[i])), min(end, int(until[i])), said.text[i])
            if found and found[-1][1] == piece[0] and found[-1][2] == piece[2]:
                found[-1] = (found[-1][0], piece[1], piece[2])
            elif piece[1] > piece[0]:
                found.append(piece)
    return Spells.of(found).within(window)


def _waveforms(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Waveforms:
    found = waveforms(store, signal.path, window)
    return Waveforms(window, found.at, found.rate, found.blocks, signal.unit)


def _measurements(store: Store, shelf: Shelf, signal: Signal, window: Window) -> Measurements:
    return measurements(store, signal.machine, window)


def _rows(store: Store, shelf: Shelf, signal: Signal, span: Span) -> pa.Table:
    return read_many(store, shelf, [signal.path], span)[signal.path]


def _known(store: Store, signal: Signal, window: Window, rows: pa.Table) -> Stretches:
    at = rows["at"].to_numpy()
    return known(at, signal, window, connected(store, signal))


def _to_usable(store: Store, shelf: Shelf, signal: Signal, have: tuple[pa.Table, bool]) -> pa.Table:
    """Reach further out, in growing steps, until the edge row is a usable one or there is no row."""
    rows, before = have
    reach = 10 * MINUTE
    while rows.num_rows:
        edge = rows.slice(0 if before else rows.num_rows - 1, 1)
        if usable(edge["quality"].to_numpy())[0][0] and edge["value"].null_count == 0:
            break
        at = edge["at"][0].as_py()
        span = Span(at - reach, at, before=True) if before else Span(at + 1, at + 1 + reach, after=True)
        more = _rows(store, shelf, signal, span)
        if not more.num_rows:
            break
        rows, reach = pa.concat_tables([more, rows] if before else [rows, more]), reach * 4
    return rows


READERS: Mapping[type, Callable[[Store, Shelf, Signal, Window], object]] = {
    States: _states, Counts: _counts, Values: _values, Texts: _texts, Spells: _spells, Waveforms: _waveforms,
    Measurements: _measurements}
