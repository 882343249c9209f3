"""Raw rows of one signal made into the series that a study reads.

Numbers are taken as they are stored: in the signal's own unit, which is where its connector brought them. Give the rows
of the window, and from before and after it what is named at each function.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..model import Spells, State, States, Texts, Times, Values, Window
from ..plant import Signal
from .counter import counts
from .quality import Mask, name, usable
from .raw import Index, Word, cut, read_rows, said, words
from .stretches import Stretches, edges, known

__all__ = ["counts", "known", "state_of", "states", "texts", "values"]

HEARD, NOT_HEARD = "heard", "not heard"
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
TRUTH = {"false": 0.0, "true": 1.0}
OWN_WORDS = frozenset(State)
T = TypeVar("T")


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
    rows = read_rows(table)
    spoken, code = words(rows)
    good = usable(rows.quality)[0]
    bad_codes, bad = np.unique(rows.quality[~good], return_inverse=True)
    code[~good] = len(spoken) + bad
    texts = [*(said(word) for word in spoken), *(name(int(c)) for c in bad_codes), NOT_HEARD]
    state = [*(state_of(word, signal.states) for word in spoken), *[State.UNKNOWN] * (len(bad_codes) + 1)]
    first = {pair: place for place, pair in reversed(list(enumerate(zip(state, texts, strict=True))))}
    alike = np.array([first[pair] for pair in zip(state, texts, strict=True)])
    since, code = _pieces(rows.at, alike[code], window, known, gap=int(alike[-1]))
    until = np.append(since[1:], window.until)[: len(since)]
    return States(window, since, until, tuple(_objects(state)[code]), tuple(_objects(texts)[code]), ("",) * len(since))


def values(table: pa.Table, signal: Signal, window: Window, known: Stretches) -> Values:
    """A number over time: the rows of the window and the last one before it.

    A bad row has no value (NaN); a stale one keeps it. Neither is known time: the stretches in `known` are cut where
    a row was bad, stale or empty, until the next good one.

    Parameters
    ----------
    table, signal, window, known
        As for `states`.

    Examples
    --------
    >>> oil = Signal(path="p/t", machine="p", name="t", role="temperature", kind="number", unit="Cel")
    >>> values(pa.table({"at": [0, 60], "value": [21.5, None]}), oil, Window(0, 100), [(0, 100)]).known.rows()
    [(0, 60, 'heard')]
    """
    rows = cut(read_rows(table), window)
    good, _, bad = usable(rows.quality)
    value = np.where(bad, np.nan, rows.value)
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
    rows = cut(read_rows(table), window)
    spoken, code = words(rows)
    empty = np.array([word is None for word in spoken], dtype=bool)
    heard = _heard(rows.at, usable(rows.quality)[0] & ~empty[code], window, known)
    return Texts(window, rows.at, tuple(_objects([said(word) for word in spoken])[code]), rows.quality, heard)


def state_of(word: Word, states: Mapping[str, str]) -> State:
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


def _pieces(at: Times, code: Index, window: Window, known: Stretches, *, gap: int) -> tuple[Times, Index]:
    """Where the code changes in `window`, and to what: that of the last row, or `gap` where nothing was heard."""
    borders = edges(known)
    inside = [x[(x > window.since) & (x < window.until)] for x in (at, borders)]
    since = np.sort(np.concatenate([[window.since], *inside]), kind="stable")
    since = since[np.append(True, np.diff(since) > 0)] if window.duration else at[:0]
    row = np.searchsorted(at, since, "right") - 1
    heard = (np.searchsorted(borders, since, "right") % 2 == 1) & (row >= 0)
    found = np.full(len(since), gap)
    found[heard] = code[row[heard]]
    change = np.append(True, found[1:] != found[:-1])[: len(since)]
    return since[change], found[change]


def _heard(at: Times, good: Mask, window: Window, known: Stretches) -> Spells:
    """The stretches of `known` in which the last row was good."""
    since, code = _pieces(at, good.astype(np.int64), window, known, gap=0)
    until = np.append(since[1:], window.until)[: len(since)]
    return Spells(since[code == 1], until[code == 1], (HEARD,) * int((code == 1).sum()))
