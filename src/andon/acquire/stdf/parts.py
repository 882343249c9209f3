"""Parts out of records: which results are of which part, on which wafer it lay, and when its test ended."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .chain import Bytes, Places
from .distinct import Codes
from .records import MISSING, text_of

LEAST = 2
"""Bytes that a record of a part must have: head and site."""
NOT_SAID = 0xFFFF
MILLISECOND = 1000
FIELDS = [("flag", "u1"), ("tests", "u2"), ("hard", "u2"), ("soft", "u2"), ("x", "i2"), ("y", "i2"), ("time", "u4")]
AGAIN_BY_ID, AGAIN_BY_PLACE, ABNORMAL, FAILED, NO_VERDICT = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts in the order in which their tests ended (n rows).

    `begin` and `end` are the places in the chain of its PIR and PRR (of the one before, where it has no PIR), `key` its
    head and site as one number; `x`, `y` are `MISSING` and bins -1 where there are none; `passed` -1 where nobody said.
    """

    begin: Places
    end: Places
    key: Codes
    flag: Codes
    hard: Codes
    soft: Codes
    x: Codes
    y: Codes
    time: Codes
    passed: NDArray[np.int8]
    id: list[str]
    text: list[str]

    def __len__(self) -> int:
        return len(self.end)


@dataclass(frozen=True, slots=True)
class Events:
    """Begins (PIR) and ends (PRR) of parts as they stand in the chain: n places with their keys."""

    place: Places
    key: Codes
    ends: NDArray[np.bool_]

    def closed(self) -> Places:
        """The places of the ends after which no part is open."""
        return np.asarray(self.place[(np.cumsum(self._opened()) == 0) & self.ends])

    def touchdowns(self, place: Places) -> Codes:
        """In which stretch between two such ends each place lies."""
        return np.asarray(np.searchsorted(self.closed(), place), dtype=np.int64)

    def _opened(self) -> Codes:
        """By how many each event changes the number of open parts: a second begin of the same site changes nothing."""
        change = np.zeros(len(self.place), np.int64)
        for key in np.unique(self.key):
            mine = np.flatnonzero(self.key == key)
            state = (~self.ends[mine]).astype(np.int64)
            change[mine] = np.diff(state, prepend=0)
        return change

    def left_open(self) -> Places:
        """Begins that no end follows before the next begin of the same site, or the last record."""
        found = [np.zeros(0, np.int64)]
        for key in np.unique(self.key):
            mine = np.flatnonzero(self.key == key)
            ends = self.ends[mine]
            found.append(self.place[mine[~ends & np.append(~ends[1:], True)]])
        return np.sort(np.concatenate(found))


def events(data: Bytes, place: Places, begin: Places, ends: NDArray[np.bool_]) -> Events:
    """PIR and PRR records whose bytes (after their heads) begin at `begin`."""
    return Events(place, data[begin].astype(np.int64) << 8 | data[begin + 1], ends)


def parts(data: Bytes, of: Events, begin: Places, length: Codes, order: str) -> Parts:
    """The parts whose ends are among some events; `begin` and `length` are those of the events' records."""
    rows = np.flatnonzero(of.ends)
    at, size = begin[rows], length[rows]
    fixed = {n: np.where(size >= e, _field(data, at + b, t, order, size >= e), d) for n, (b, e, t, d) in _SPANS.items()}
    since = np.full(len(rows), -1, np.int64)
    for key in np.unique(of.key):
        mine = np.flatnonzero(of.key == key)
        before = np.concatenate([[-1], of.place[mine][:-1]])
        since[np.searchsorted(rows, mine[of.ends[mine]])] = before[of.ends[mine]]
    flag = fixed["flag"]
    said = np.where(flag & NO_VERDICT, -1, (flag & FAILED) == 0)
    ids, texts = _names(data, at, size)
    hard, soft = (np.where(fixed[n] == NOT_SAID, -1, fixed[n]) for n in ("hard", "soft"))
    return Parts(
        since,
        of.place[rows],
        of.key[rows],
        flag,
        hard,
        soft,
        fixed["x"],
        fixed["y"],
        fixed["time"],
        said.astype(np.int8),
        ids,
        texts,
    )


def owners(of: Parts, place: Places, key: Codes) -> Codes:
    """Which part each result is of: the one of its site whose PIR stands before and whose PRR after it; -1: of none.

    `place` is in order. Between two neighbouring begins and ends of parts the part of each site is one.
    """
    keys = np.unique(of.key)
    rank = np.full(1 << 16, -1, np.int64)
    rank[keys] = np.arange(len(keys))
    edges = np.unique(np.concatenate([of.begin, of.end]))
    reached = np.searchsorted(place, edges)
    used = np.flatnonzero(np.diff(reached, append=len(place)))
    first, last = (np.searchsorted(used, np.searchsorted(edges, e)) for e in (of.begin, of.end))
    spans = last - first
    within = np.arange(spans.sum()) + np.repeat(first - np.cumsum(spans) + spans, spans)
    part = np.full((len(used) + 1, len(keys) + 1), -1, np.int64)
    part[within, np.repeat(rank[of.key], spans)] = np.repeat(np.arange(len(of)), spans)
    bounds = np.concatenate([[0], reached[used], [len(place)]])
    stretch = np.repeat(np.append(len(used), np.arange(len(used))), np.diff(bounds))
    return np.asarray(part.ravel()[stretch * (len(keys) + 1) + rank[key]])


@dataclass(frozen=True, slots=True)
class Clock:
    """When a head is: STDF says when a wafer began and how long each part took, so the parts follow one another.

    Sites of one touchdown run side by side; it lasts as long as its longest part.
    """

    now: int
    last: int = 0

    def set(self, at: int) -> Clock:
        """A record says when it was: time goes on from there, never back."""
        return replace(self, now=max(self.now, at))

    def ended(self, touchdown: Codes, time: Codes) -> tuple[Codes, Clock]:
        """The ends of parts in order, no two the same, and the clock after them."""
        if not len(time):
            return np.zeros(0, np.int64), self
        groups, first = np.unique(touchdown, return_index=True)
        longest = np.maximum.reduceat(time, first) if len(groups) else time
        starts = self.now + np.concatenate([[0], np.cumsum(longest)[:-1]]) * MILLISECOND
        ended = np.repeat(starts, np.diff(np.append(first, len(time)))) + time * MILLISECOND
        step = np.arange(len(ended))
        ended = np.maximum.accumulate(np.maximum(ended, self.last + 1) - step) + step
        now = int(starts[-1] + longest[-1] * MILLISECOND)
        return ended, Clock(max(now, int(ended[-1])), int(ended[-1]))


_SPANS = {
    "flag": (2, 3, "u1", 0),
    "hard": (5, 7, "u2", NOT_SAID),
    "soft": (7, 9, "u2", NOT_SAID),
    "x": (9, 11, "i2", MISSING),
    "y": (11, 13, "i2", MISSING),
    "time": (13, 17, "u4", 0),
}


def _field(data: Bytes, at: Places, kind: str, order: str, there: NDArray[np.bool_]) -> Codes:
    width = int(kind[1])
    form = np.dtype(kind if width == 1 else order + kind)
    every = np.ndarray((len(data) - width + 1,), form, data, 0, (1,))
    return np.asarray(every[np.where(there, at, 0)].astype(np.int64))


def _names(data: Bytes, at: Places, size: Codes) -> tuple[list[str], list[str]]:
    """Part id and text of each part."""
    ids, texts = [], []
    for since, length in zip(at.tolist(), size.tolist(), strict=True):
        body = data[since + 17 : since + length].tobytes() if length > 17 else b""
        first = body[0] if body else 0
        second = body[first + 1] if first + 1 < len(body) else 0
        ids.append(text_of(body[1 : first + 1]))
        texts.append(text_of(body[first + 2 : first + 2 + second]))
    return ids, texts
