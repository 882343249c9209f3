"""Where each record begins: the chain of their lengths, followed from many places at once and proved to be one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .records import LONGEST

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Order = Literal["<", ">"]
SEGMENT = 9_973
"""Bytes after which another walker starts: no power of two, or all would use the same lines of the cache."""
LOOKED = 128
"""Bytes at the begin of a segment among which its walker looks for the begin of a record."""
SURE = 8
"""So many known records in a row are no accident."""
HEAD = 4


@dataclass(frozen=True, slots=True)
class Records:
    """Whole records: where each begins (n places), its type and subtype as one number, its bytes after the head."""

    place: Places
    code: NDArray[np.uint16]
    size: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.place)

    def upto(self, count: int) -> Records:
        """The first ones."""
        return Records(self.place[:count], self.code[:count], self.size[:count])


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole records of some bytes, and where what follows the last one begins.

    `broken`: what stands there is no record, or one of a kind that nobody knows and after which none comes.
    """

    records: Records
    end: int
    broken: bool


def joined(found: list[Records]) -> Records:
    """Records that follow one another."""
    if len(found) == 1:
        return found[0]
    place = np.concatenate([r.place for r in found])
    code, size = (np.concatenate([getattr(r, name) for r in found]) for name in ("code", "size"))
    return Records(place, code, size)


def chain(data: Bytes, begin: int, order: Order) -> Chain:
    """Follow the records of `data` from one that begins at `begin`.

    Walkers start where the begin of a record is likely, and go on together, an array at a time. One that was right from
    its start arrives exactly where the next one started; where it does not, the next one was wrong, and the records
    there are walked one by one. So the outcome never rests on a guess.

    >>> far = np.frombuffer(bytes([2, 0, 0, 10, 2, 4]), np.uint8)
    >>> found = chain(far, 0, "<")
    >>> found.records.place, found.records.code, found.end, found.broken
    (array([0]), array([10], dtype=uint16), 6, False)
    """
    length = lengths(data, order)
    starts = _likely(data, begin, length)
    table, landed = _walk(length, starts, len(data))
    places, end = _proved(length, starts, table, landed, len(data))
    return _known(data, places, end, order)


def lengths(data: Bytes, order: Order) -> NDArray[np.uint16]:
    """For each byte the length of a record that would begin there."""
    if len(data) < 2:
        return np.zeros(0, np.uint16)
    return np.ndarray((len(data) - 1,), np.dtype(order + "u2"), data, 0, (1,))


def sync(data: Bytes, begin: int, order: Order, *, last: bool) -> int:
    """The first place from `begin` on after which records follow one another; the end of the data if there is none.

    `last`: nothing comes after these bytes, so a chain that ends exactly with them is one, however short.
    """
    length = lengths(data, order)
    for since in range(begin, len(data) - HEAD + 1, 1 << 16):
        tried = np.arange(since, min(since + (1 << 16), len(data) - HEAD + 1))
        tried = tried[_is_known(data, tried, length)]
        place = tried.copy()
        done = np.zeros(len(tried), dtype=np.bool_)
        for _ in range(SURE):
            going = ~done & (place <= len(data) - HEAD)
            place[going] += HEAD + length[place[going]].astype(np.int64)
            done |= (place == len(data)) & last
            fits = done | ((place <= len(data) - HEAD) & _is_known(data, np.minimum(place, len(data) - HEAD), length))
            tried, place, done = tried[fits], place[fits], done[fits]
        if len(tried):
            return int(tried[0])
    return len(data)


def _is_known(data: Bytes, places: Places, length: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Whether a record of a known kind, no longer than one can be, may begin at each place."""
    codes = np.ndarray((max(len(data) - 3, 0),), np.dtype(">u2"), data, min(2, len(data)), (1,))
    return np.asarray(length[places] <= LONGEST[codes[places]])


def _likely(data: Bytes, begin: int, length: NDArray[np.uint16]) -> Places:
    """Where walkers start: `begin`, and in each later segment the first place from which known records follow."""
    cuts = np.arange(begin + SEGMENT, len(data) - SEGMENT, SEGMENT)
    tried = (cuts[:, None] + np.arange(LOOKED)).ravel()
    tried = tried[_is_known(data, tried, length)]
    place = tried.copy()
    for _ in range(SURE // 2):
        place = place + HEAD + length[place]
        fits = place <= len(data) - HEAD
        fits[fits] = _is_known(data, place[fits], length)
        tried, place = tried[fits], place[fits]
    segment = (tried - begin) // SEGMENT
    return np.concatenate([[begin], tried[np.unique(segment, return_index=True)[1]]]).astype(np.int64)


def _walk(length: NDArray[np.uint16], starts: Places, end: int) -> tuple[Places, Places]:
    """All walkers to the start of the next one: places, a row a step (-1 where one had arrived); where each landed."""
    until = np.append(starts[1:], end - HEAD + 1)
    landed, table = starts.copy(), np.full((256, len(starts)), -1, np.int64)
    going = np.flatnonzero(starts < until)
    place, until = starts[going], until[going]
    step = 0
    while len(going):
        if step == len(table):
            table = np.concatenate([table, np.full_like(table, -1)])
        table[step, going if len(going) < len(starts) else slice(None)] = place
        place += length[place]
        place += HEAD
        inside = place < until
        if not inside.all():
            landed[going[~inside]] = place[~inside]
            going, place, until = going[inside], place[inside], until[inside]
        step += 1
    return table[:step], landed


def _proved(length: NDArray[np.uint16], starts: Places, table: Places, landed: Places, end: int) -> tuple[Places, int]:
    """The places of the walkers that are proved to be of the one chain, in order; what is between walked one by one.

    The last record may be a part of one only: where it begins is the end.
    """
    if (landed[:-1] == starts[1:]).all():
        across = np.ascontiguousarray(table.T)
        return _whole(across[across >= 0], int(landed[-1]), end)
    index = {int(s): k for k, s in enumerate(starts.tolist())}
    found: list[Places] = []
    walker = 0
    while True:
        column = table[:, walker]
        found.append(column[column >= 0])
        place = int(landed[walker])
        single: list[int] = []
        while place not in index and place <= end - HEAD:
            single.append(place)
            place += HEAD + int(length[place])
        found.append(np.array(single, np.int64))
        if place not in index:
            return _whole(np.concatenate(found), place, end)
        walker = index[place]


def _whole(places: Places, landed: int, end: int) -> tuple[Places, int]:
    return (places[:-1], int(places[-1])) if landed > end else (places, landed)


def _heads(data: Bytes, places: Places, order: Order) -> Records:
    """The heads of the records at some places, read at once."""
    every = np.ndarray((max(len(data) - 3, 0),), np.dtype("u4"), data, 0, (1,))
    halves = every[places].view(np.uint16).reshape(-1, 2)
    size, code = halves[:, 0].view(np.dtype(order + "u2")), halves[:, 1].view(np.dtype(">u2"))
    return Records(places, code.astype(np.uint16), size.astype(np.uint16))


def _known(data: Bytes, places: Places, end: int, order: Order) -> Chain:
    """The chain up to the first record of an unknown kind that may be none.

    It is one if known ones follow it, one after the other, and none are in it: a broken length swallows them.
    """
    length = lengths(data, order)
    records = _heads(data, places, order)
    for n in np.flatnonzero(records.size > LONGEST[records.code]).tolist():
        place = int(places[n])
        after = place + HEAD + int(records.size[n])
        if not _follow(data, after, length) or sync(data[:after], place + HEAD, order, last=False) < after:
            return Chain(records.upto(n), place, True)
    ended = end <= len(data) - HEAD and not _is_known(data, np.array([end]), length)[0]
    return Chain(records, end, bool(ended))


def _follow(data: Bytes, place: int, length: NDArray[np.uint16]) -> bool:
    """Whether known records follow from a place on: enough of them to be sure, or exactly to the end of the data."""
    for _ in range(SURE):
        if place == len(data):
            return True
        if place > len(data) - HEAD or not _is_known(data, np.array([place]), length)[0]:
            return False
        place += HEAD + int(length[place])
    return True
