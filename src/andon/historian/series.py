"""Raw rows of one signal made into the series that a study reads.

The rows are an Arrow table: `at` (int64 microseconds, or a timestamp), `value` (double, nullable), `text` (string or
dictionary, nullable; may be absent), `quality` (uint32 status codes; may be absent: good). They need not be in order;
of rows with the same `at` the last one counts. Give the rows of the window, and from before and after it what is named
at each function.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Codes, Counts, Numbers, Spells, State, States, Texts, Times, Values, Window
from ..plant import Signal
from .quality import Mask, name, usable

HEARD, NOT_HEARD = "heard", "not heard"
EXACT = 2**53
"""Integers below this are exact as floats."""
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
TRUTH = {"false": 0.0, "true": 1.0}
OWN_WORDS = frozenset(State)
T = TypeVar("T")
Stretches = Sequence[tuple[int, int]]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a raw table as arrays of one length, in order of time, one row a moment.

    `text` is the place of each row's text in `texts`, -1 for none.
    """

    at: Times
    value: Numbers
    texts: tuple[str, ...]
    text: Index
    quality: Codes


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


def states(table: pa.Table, signal: Signal, window: Window, known: Stretches) -> States:
    """What the machine was doing, spell by spell, covering `window` wholly.

    What the machine said is looked up in `signal.states`: a text exactly, a number by its value ("2" is 2.0), a
    boolean as "true" or "false" (or "1", "0"). With no state map at all, Andon's own words stand for themselves. What
    is not in the map is unknown, and `said` tells it; so is the time from a sample that is bad, stale or empty to the
    next good one, and the time that was not heard. Neighbours that are the same in state and words are one spell.

    Parameters
    ----------
    table
        Raw rows: those in the window, and the last one before it if there is one.
    signal
        Whose rows they are.
    window
        The stretch to cover.
    known
        The stretches heard, from `known`.

    Examples
    --------
    >>> press = Signal(path="p/s", machine="p", name="s", role="state", kind="state", states={"2": "producing"})
    >>> rows = pa.table({"at": [0, 60], "value": [2.0, 7.0]})
    >>> seen = states(rows, press, Window(0, 100), [(0, 90)])
    >>> list(zip(seen.since.tolist(), seen.state, seen.said))
    [(0, <State.PRODUCING: 'producing'>, '2'), (60, <State.UNKNOWN: 'unknown'>, '7'), (90, <State.UNKNOWN: 'unknown'>, 'not heard')]
    """  # noqa: E501  # the output of an example cannot be folded
    rows = _rows(table)
    words, code = _words(rows)
    meaning = [_state(word, signal.states) for word in words]
    good = usable(rows.quality)[0]
    bad_codes, bad = np.unique(rows.quality[~good], return_inverse=True)
    code[~good] = len(words) + bad
    said = [*(_said(word) for word in words), *(name(int(c)) for c in bad_codes), NOT_HEARD]
    state = [*meaning, *[State.UNKNOWN] * (len(bad_codes) + 1)]
    first = {pair: place for place, pair in reversed(list(enumerate(zip(state, said, strict=True))))}
    alike = np.array([first[pair] for pair in zip(state, said, strict=True)])
    since, code = _pieces(rows.at, alike[code], window, known, gap=alike[-1])
    until = np.append(since[1:], window.until)[: len(since)]
    return States(window, since, until, tuple(_objects(state)[code]), tuple(_objects(said)[code]), ("",) * len(since))


def counts(table: pa.Table, signal: Signal, window: Window, connected: Stretches | None) -> Counts:
    """Pieces finished in `window`, with resets and rollovers resolved.

    A running counter (`counting = "total"`): each step from one usable row to the next is judged by itself, so any
    partition of a window adds up to the whole.

    * Forward: that many pieces.
    * Back, and the way forward over the top is short: a rollover. Short is at most a quarter of the range if
      `signal.rollover` names the range, a sixteenth if it is only guessed to be a 16- or 32-bit counter.
    * Back, but nearer to where it was than to zero, in time that was observed: a correction (an operator took pieces
      back, or an old reading came late). The pieces are taken back, so that the sum stays what the counter says; when
      the counter returns, they count again. Over a gap only a step of a tenth or less is a correction.
    * Any other step back is a reset: the pieces made since are what the counter shows now.

    The first row ever gives no count. A step over a gap (silence longer than `signal.holds`, a lost connection, a row
    that is bad, stale or empty) is spread from the moment of silence to the row; any other belongs to its row.

    Deltas (`counting = "delta"`): a row holds the pieces since the row before (stamp "end") or until the row after
    (stamp "start"), at most `signal.holds` long, and is spread over that stretch. Rows that are not usable are skipped.

    Parameters
    ----------
    table
        Raw rows: from the last usable one before the window (stamp "start": the one before) to the first usable one
        after it, and all between.
    signal
        Whose rows they are; its scale makes pieces of counts.
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
    rows = _rows(table)
    good = usable(rows.quality)[0] & np.isfinite(rows.value)
    if signal.counting == "delta":
        since, until, count = _deltas(rows.at[good], rows.value[good], signal)
    else:
        since, until, count = _steps(rows, good, signal, connected)
    count = count * signal.scale
    whole = signal.unit[:1] in ("1", "{", "") and bool(np.all(count == np.floor(count)))
    return Counts(since, until, count, whole).within(window)


def values(table: pa.Table, signal: Signal, window: Window, known: Stretches) -> Values:
    """A number over time: the rows of the window and the last one before it.

    A bad row has no value (NaN); a stale one keeps it. Neither is known time: the stretches in `known` are cut where
    a row was bad, stale or empty, until the next good one. Scale and offset of the signal are applied.

    Parameters
    ----------
    table, signal, window, known
        As for `states`.

    Examples
    --------
    >>> oil = Signal(path="p/t", machine="p", name="t", role="temperature", kind="number", unit="Cel", scale=0.1)
    >>> values(pa.table({"at": [0, 60], "value": [215, None]}), oil, Window(0, 100), [(0, 100)]).known.rows()
    [(0, 60, 'heard')]
    """
    rows = _cut(_rows(table), window)
    good, _, bad = usable(rows.quality)
    value = np.where(bad, np.nan, rows.value * signal.scale + signal.offset)
    heard = _heard(rows.at, good & np.isfinite(value), window, known)
    return Values(window, rows.at, value, rows.quality, heard, signal.stepped or signal.kind == "boolean", signal.unit)


def texts(table: pa.Table, signal: Signal, window: Window, known: Stretches) -> Texts:
    """A text over time: the rows of the window and the last one before it; a number is written out.

    Known time is cut where a row was bad, stale or empty, as in `values`; such a row's text is "" if it was empty.

    Parameters
    ----------
    table, signal, window, known
        As for `states`.

    Examples
    --------
    >>> order = Signal(path="p/o", machine="p", name="o", role="order", kind="text")
    >>> rows = pa.table({"at": [0, 60], "text": ["000123", "A7"]})
    >>> texts(rows, order, Window(0, 100), [(0, 100)]).text
    ('000123', 'A7')
    """
    rows = _cut(_rows(table), window)
    words, code = _words(rows)
    said = _objects([_said(word) for word in words])
    empty = np.array([word is None for word in words], dtype=bool)
    heard = _heard(rows.at, usable(rows.quality)[0] & ~empty[code], window, known)
    return Texts(window, rows.at, tuple(said[code]), rows.quality, heard)


# ---- rows ----


def _rows(table: pa.Table) -> Rows:
    """The table's columns in order of time; of rows with one time the last."""
    size, names = table.num_rows, table.column_names
    value = table["value"].cast(pa.float64()).to_numpy() if "value" in names else np.full(size, np.nan)
    quality = np.nan_to_num(table["quality"].to_numpy()) if "quality" in names else np.zeros(size)
    texts, text = _texts(table) if "text" in names else ((), np.full(size, -1))
    rows = Rows(_micros(table), value, texts, text, quality.astype(np.uint32, copy=False))
    if size < 2 or bool(np.all(np.diff(rows.at) > 0)):
        return rows
    order = np.argsort(rows.at, kind="stable")
    return _picked(rows, order[np.append(np.diff(rows.at[order]) > 0, True)])


def _picked(rows: Rows, pick: Index) -> Rows:
    return Rows(rows.at[pick], rows.value[pick], rows.texts, rows.text[pick], rows.quality[pick])


def _cut(rows: Rows, window: Window) -> Rows:
    """The rows in the window, and the last one up to its start."""
    first = max(0, int(np.searchsorted(rows.at, window.since, "right")) - 1)
    return _picked(rows, np.arange(first, max(first, int(np.searchsorted(rows.at, window.until)))))


def _micros(table: pa.Table) -> Times:
    column = table["at"]
    if pa.types.is_timestamp(column.type):
        return column.to_numpy().astype("datetime64[us]").astype(np.int64)
    return column.to_numpy().astype(np.int64, copy=False)


def _texts(table: pa.Table) -> tuple[tuple[str, ...], Index]:
    """The different texts of the table, and the place of each row's text among them."""
    coded = table["text"].cast(pa.string()).combine_chunks().dictionary_encode()
    places = np.nan_to_num(coded.indices.to_numpy(zero_copy_only=False), nan=-1)
    return tuple(str(text) for text in coded.dictionary.to_pylist()), places.astype(np.int64)


# ---- what was said ----


def _words(rows: Rows) -> tuple[list[str | float | None], Index]:
    """The different things that were said, and which of them each row says: its text, else its number, else None."""
    numbers, code = np.unique(rows.value, return_inverse=True)
    words = [*rows.texts, *(None if number != number else number for number in numbers.tolist())]
    return words, np.where(rows.text >= 0, rows.text, code + len(rows.texts))


def _said(word: str | float | None) -> str:
    """What was said, as text: 2.0 is "2", nothing is ""."""
    if isinstance(word, float):
        return str(int(word)) if word.is_integer() and abs(word) < EXACT else repr(word)
    return word or ""


def _state(word: str | float | None, states: Mapping[str, str]) -> State:
    """The state that a word stands for."""
    if word is None:
        return State.UNKNOWN
    if isinstance(word, float):
        found = next((state for key, state in states.items() if _number(key) == word), None)
    else:
        found = states.get(word) if states else word if word in OWN_WORDS else None
    return State(found) if found else State.UNKNOWN


def _number(key: str) -> float | None:
    """The number that a key of a state map means, if it means one."""
    if key.lower() in TRUTH:
        return TRUTH[key.lower()]
    return float(key) if NUMBER.fullmatch(key) else None


def _objects(things: Sequence[T]) -> NDArray[np.object_]:
    found = np.empty(len(things), dtype=object)
    found[:] = things
    return found


# ---- stretches ----


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


def _pieces(at: Times, code: Index, window: Window, known: Stretches, *, gap: int) -> tuple[Times, Index]:
    """Where the code changes in `window`, and to what: that of the last row, or `gap` where nothing was heard."""
    edges = _edges(known)
    inside = [x[(x > window.since) & (x < window.until)] for x in (at, edges)]
    since = np.sort(np.concatenate([[window.since], *inside]), kind="stable")
    since = since[np.append(True, np.diff(since) > 0)] if window.duration else at[:0]
    row = np.searchsorted(at, since, "right") - 1
    heard = (np.searchsorted(edges, since, "right") % 2 == 1) & (row >= 0)
    found = np.full(len(since), gap)
    found[heard] = code[row[heard]]
    change = np.append(True, found[1:] != found[:-1])[: len(since)]
    return since[change], found[change]


def _edges(known: Stretches) -> Times:
    """The begins and ends of stretches, apart from each other, in one row."""
    edges = np.array(known, dtype=np.int64).reshape(-1)
    return edges if bool(np.all(np.diff(edges) > 0)) else np.array(_merged(known), dtype=np.int64).reshape(-1)


def _heard(at: Times, good: Mask, window: Window, known: Stretches) -> Spells:
    """The stretches of `known` in which the last row was good."""
    since, code = _pieces(at, good.astype(np.int64), window, known, gap=0)
    until = np.append(since[1:], window.until)[: len(since)]
    return Spells(since[code == 1], until[code == 1], (HEARD,) * int((code == 1).sum()))


# ---- pieces ----


def _steps(rows: Rows, good: Mask, signal: Signal, connected: Stretches | None) -> tuple[Times, Times, Numbers]:
    """The steps of a running counter from one good row to the next: since, until, pieces."""
    at, value, place = rows.at[good], rows.value[good], np.flatnonzero(good)
    before, after = at[:-1], at[1:]
    silent = _silence(before, after, signal.holds, connected)
    silent = np.where((np.diff(place) > 1) & (silent == after), before, silent)
    return silent, after, _resolved(value[:-1], value[1:], silent < after, signal.rollover)


def _silence(before: Times, after: Times, holds: int | None, connected: Stretches | None) -> Times:
    """Of each step, when it fell silent: `after` if it never did."""
    if holds is not None:
        return np.where(after - before > holds, before, after)
    if connected is None:
        return after.copy()
    edges = np.append(_edges(connected), [np.iinfo(np.int64).max] * 2)
    place = np.searchsorted(edges, before, "right")
    return np.minimum(np.where(place % 2 == 1, edges[place], before), after)


def _resolved(before: Numbers, after: Numbers, gap: Mask, rollover: int | None) -> Numbers:
    """The pieces in each step of a counter; the rules are those of `counts`."""
    step = after - before
    near = np.where(gap, after >= 0.9 * before, after > 0.5 * before)
    found = np.where((step >= 0) | near, step, after)
    ranges = [(rollover + 1, 4)] if rollover is not None else [(2**32, 16), (2**16, 16)]
    for size, part in ranges:
        over = (step < 0) & (before < size) & (step + size > 0) & (step + size <= size / part)
        found = np.where(over, step + size, found)
    return found


def _deltas(at: Times, value: Numbers, signal: Signal) -> tuple[Times, Times, Numbers]:
    """The pieces of each row of a signal that counts in deltas: since, until, pieces."""
    longest = signal.holds if signal.holds is not None else np.iinfo(np.int64).max
    length = np.minimum(np.diff(at), longest)
    if signal.stamp == "start":
        return at, at + np.append(length, signal.holds or 0), value
    return at - np.append([0], length), at, value
