"""Series of one signal: its rows, when it was heard, and both made into what a study reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa

from ..errors import BadQuestion
from ..model import Counts, S, Spells, States, Texts, Times, Values, Waveforms, Window
from ..plant import Signal
from ..units import MINUTE
from .cold import Shelf, Span
from .columns import whole
from .found import spells, waveforms
from .hot import Store
from .quality import usable
from .rows import ROW, extent, read_many
from .series import counts, known, states, texts, values

Stretches = list[tuple[int, int]]
TOGETHER = 32
"""Signals whose rows are in memory at once."""
EVER = Window(-(1 << 62), 1 << 62)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: which signal, over which window, of which store."""

    store: Store
    shelf: Shelf
    signal: Signal
    window: Window


def read(store: Store, shelf: Shelf, kind: type[S], signal: Signal, window: Window) -> S:
    """A signal's series; see `Historian.read`."""
    return reads(store, shelf, kind, [signal], window)[signal.path]


def reads(store: Store, shelf: Shelf, kind: type[S], signals: Sequence[Signal], window: Window) -> dict[str, S]:
    """The series of many signals; see `Historian.reads`."""
    found = {
        s.path: series(Asked(store, shelf, s, window), kind, rows)
        for s, rows in _rows_of(store, shelf, kind, signals, window)
    }
    assert all(isinstance(f, kind) for f in found.values())
    return cast(dict[str, S], found)


def _rows_of(
    store: Store, shelf: Shelf, kind: type, signals: Sequence[Signal], window: Window
) -> Iterator[tuple[Signal, pa.Table]]:
    """Raw rows for each signal, a few dozen signals at a time: a file is opened once for all of them."""
    if kind not in OF_ROWS:
        yield from ((s, ROW.empty_table()) for s in signals)
        return
    span = Span.of(window, before=True, after=kind is Counts)
    for i in range(0, len(signals), TOGETHER):
        rows = read_many(store, shelf, [s.path for s in signals[i : i + TOGETHER]], span)
        yield from ((s, rows[s.path]) for s in signals[i : i + TOGETHER])


def series(asked: Asked, kind: type, rows: pa.Table) -> object:
    """The series that a study reads, from the raw rows of its window and the edges that it needs."""
    if kind in OF_ROWS:
        return OF_ROWS[kind](asked, rows)
    if kind in OTHERS:
        return OTHERS[kind](asked)
    raise BadQuestion(
        f"The historian keeps no {kind.__name__} of a signal ({asked.signal.path}). It reads "
        f"{', '.join(k.__name__ for k in (*OF_ROWS, *OTHERS))}."
    )


def coverages(store: Store, shelf: Shelf, signals: Sequence[Signal], window: Window) -> dict[str, Spells]:
    """When signals were heard; rows are read only of those that are known for a while after each row."""
    held = [s for s in signals if s.holds is not None]
    found: dict[str, Spells] = {}
    for i in range(0, len(held), TOGETHER):
        group = held[i : i + TOGETHER]
        rows = read_many(store, shelf, [s.path for s in group], Span.of(window, before=True, after=True))
        found |= {s.path: heard(store, s, rows[s.path]["at"].to_numpy(), window) for s in group}
    for s in signals:
        if s.holds is None:
            first, last = extent(store, s.path)
            at = np.array([first, last], dtype=np.int64) if first <= last else np.empty(0, np.int64)
            found[s.path] = heard(store, s, at, window)
    return found


def heard(store: Store, signal: Signal, at: Times, window: Window) -> Spells:
    """When a signal was heard, from the moments of its rows."""
    stretches = known(at, signal, window, connected(store, signal))
    return Spells.of((since, until, "heard") for since, until in stretches)


def connected(store: Store, signal: Signal) -> Stretches | None:
    """When the signal's source was connected; if nobody ever said, from its first sample to the source's last one."""
    number = store.names.ids.get(signal.path)
    if number is None:
        return None
    source = signal.source or store.names.sources[number]
    if source in store.connected:
        # What is connected now is known until now, not until its spell will have ended.
        now = store.now()
        return [(s, min(u, now)) for s, u in told(store, source) if s < now]
    first, last = extent(store, signal.path)
    heard = store.heard.get(source, store.heard.get(store.names.sources[number]))
    return None if last < first or heard is None else [(first, max(heard, last))]  # each file is a source of its own


def told(store: Store, source: str) -> Sequence[tuple[int, int]]:
    """When a source was connected, as it was told: what is on lasts for ever."""
    return store.spoken.of(source, lambda: spells(store, "connection", source, EVER).rows())


def _states(asked: Asked, rows: pa.Table) -> States:
    return states(_lean(_changes(rows)), asked.signal, asked.window, _known(asked, rows))


def _counts(asked: Asked, rows: pa.Table) -> Counts:
    for before in (True, False):
        rows = _to_usable(asked, rows, before=before)
    return counts(_lean(rows), asked.signal, asked.window, connected(asked.store, asked.signal))


def _values(asked: Asked, rows: pa.Table) -> Values:
    return values(_lean(rows), asked.signal, asked.window, _known(asked, rows))


def _texts(asked: Asked, rows: pa.Table) -> Texts:
    return texts(rows, asked.signal, asked.window, _known(asked, rows))


def _spells(asked: Asked, rows: pa.Table) -> Spells:
    """What a text signal said, stretch by stretch, where it was known; neighbours that say the same are one."""
    said = _texts(asked, rows)
    until = np.append(said.at[1:], asked.window.until)
    found: list[tuple[int, int, str]] = []
    for since, end, _ in said.known.rows():
        low, high = int(np.searchsorted(until, since, side="right")), int(np.searchsorted(said.at, end))
        for i in range(low, high):
            piece = (max(since, int(said.at[i])), min(end, int(until[i])), said.text[i])
            if found and found[-1][1] == piece[0] and found[-1][2] == piece[2]:
                found[-1] = (found[-1][0], piece[1], piece[2])
            elif piece[1] > piece[0]:
                found.append(piece)
    return Spells.of(found).within(asked.window)


def _waveforms(asked: Asked) -> Waveforms:
    found = waveforms(asked.store, asked.signal.path, asked.window)
    return Waveforms(asked.window, found.at, found.rate, found.blocks, asked.signal.unit)


def _lean(rows: pa.Table) -> pa.Table:
    """Without the columns that say nothing: no text, all good."""
    idle = ["text"] if rows["text"].null_count == rows.num_rows else []
    idle += ["quality"] if not rows["quality"].to_numpy().any() else []
    return rows.drop_columns(idle) if idle else rows


def _rows(store: Store, shelf: Shelf, signal: Signal, span: Span) -> pa.Table:
    return read_many(store, shelf, [signal.path], span)[signal.path]


def _changes(rows: pa.Table) -> pa.Table:
    """The rows that say something else than the row before: of a state said again and again one is enough."""
    if rows.num_rows < 2:
        return rows
    new = np.zeros(rows.num_rows, dtype=np.bool_)
    new[0] = True
    for name in ("value", "quality"):
        column = rows[name].to_numpy()
        new[1:] |= column[1:] != column[:-1]
    if rows["text"].null_count < rows.num_rows:
        text = whole(rows["text"])
        code = np.nan_to_num(text.dictionary_encode().indices.to_numpy(zero_copy_only=False), nan=-1)
        new[1:] |= code[1:] != code[:-1]
    return rows.filter(pa.array(new))


def _known(asked: Asked, rows: pa.Table) -> Stretches:
    told = None if asked.signal.holds is not None else connected(asked.store, asked.signal)
    return known(rows["at"].to_numpy(), asked.signal, asked.window, told)


def _to_usable(asked: Asked, rows: pa.Table, *, before: bool) -> pa.Table:
    """Reach further out, in growing steps, until the edge row is a usable one or there is no row."""
    reach = 10 * MINUTE
    while rows.num_rows:
        edge = rows.slice(0 if before else rows.num_rows - 1, 1)
        if usable(edge["quality"].to_numpy())[0][0] and edge["value"].null_count == 0:
            break
        at = edge["at"][0].as_py()
        span = Span(at - reach, at, before=True) if before else Span(at + 1, at + 1 + reach, after=True)
        more = _rows(asked.store, asked.shelf, asked.signal, span)
        if not more.num_rows:
            break
        rows, reach = pa.concat_tables([more, rows] if before else [rows, more]), reach * 4
    return rows


OF_ROWS: Mapping[type, Callable[[Asked, pa.Table], object]] = {
    States: _states,
    Counts: _counts,
    Values: _values,
    Texts: _texts,
    Spells: _spells,
}
OTHERS: Mapping[type, Callable[[Asked], object]] = {Waveforms: _waveforms}
