"""The different descriptions of tests: each text that follows a test's result is read once, however often it comes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .chain import Bytes, Places

Codes = NDArray[np.int64]
TRIES = 12
"""A record is compared with so many known descriptions of its number; after them it is looked up one by one."""
SMALL = 1 << 22
"""Test numbers below this are looked up in an array."""


@dataclass(slots=True)
class Distinct:
    """Pairs of a number and some bytes, numbered in the order in which they first came (within a number).

    Examples
    --------
    >>> data = np.frombuffer(b"abcabxab", np.uint8)
    >>> known = Distinct()
    >>> known.codes(data, np.array([7, 7, 7]), np.array([0, 3, 6]), np.array([2, 2, 2]))
    array([0, 0, 0])
    >>> known.codes(data, np.array([7, 8]), np.array([3, 0]), np.array([3, 2])), known.said
    (array([2, 1]), [b'ab', b'ab', b'abx'])
    """

    number: list[int] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    _first: Codes = field(default_factory=lambda: np.full(1 << 12, -1, np.int64))
    _large: dict[int, int] = field(default_factory=dict)
    _next: Codes = field(default_factory=lambda: np.full(64, -1, np.int64))
    _begin: Codes = field(default_factory=lambda: np.zeros(64, np.int64))
    _length: Codes = field(default_factory=lambda: np.zeros(64, np.int64))
    _bytes: bytearray = field(default_factory=bytearray)
    _exact: dict[tuple[int, bytes], int] = field(default_factory=dict)

    def codes(self, data: Bytes, number: Codes, begin: Places, length: Codes) -> Codes:
        """The number of each pair (`number[i]`, the `length[i]` bytes of `data` from `begin[i]` on)."""
        found = self._firsts(number)
        open_ = np.flatnonzero(~self._agrees(data, (number, begin, length), found))
        tried = self._next[found[open_]]
        for _ in range(TRIES):
            if not len(open_):
                return found
            same = self._agrees(data, (number[open_], begin[open_], length[open_]), tried)
            found[open_[same]] = tried[same]
            open_, tried = open_[~same], self._next[tried[~same]]
        for i in open_.tolist():
            found[i] = self._code(int(number[i]), data[begin[i] : begin[i] + length[i]].tobytes())
        return found

    def _firsts(self, number: Codes) -> Codes:
        highest = int(number.max(initial=0))
        if highest < SMALL:
            if highest >= len(self._first):
                self._first = _longer(self._first, highest + 1, -1)
            return self._first[number]
        known, back = np.unique(number, return_inverse=True)
        return np.array([self._head(n) for n in known.tolist()], np.int64)[back]

    def _head(self, number: int) -> int:
        if number < SMALL:
            return int(self._first[number]) if number < len(self._first) else -1
        return self._large.get(number, -1)

    def _agrees(self, data: Bytes, pairs: tuple[Codes, Places, Codes], tried: Codes) -> NDArray[np.bool_]:
        """Whether each pair is that of a code; a number all of whose codes were tried (-1) gets a new one."""
        number, begin, length = pairs
        new = np.flatnonzero(tried < 0)
        if len(new):
            numbers, first, back = np.unique(number[new], return_index=True, return_inverse=True)
            codes = [
                self._code(n, data[begin[i] : begin[i] + length[i]].tobytes())
                for n, i in zip(numbers.tolist(), new[first].tolist(), strict=True)
            ]
            tried[new] = np.array(codes, np.int64)[back]
        return self._same(data, begin, length, tried)

    def _code(self, number: int, said: bytes) -> int:
        """The code of one pair, a new one where it is not known."""
        known = self._exact.get((number, said))
        if known is not None:
            return known
        code = len(self.said)
        self._exact[number, said] = code
        self.number.append(number)
        self.said.append(said)
        if code >= len(self._next):
            self._next, self._begin, self._length = (
                _longer(a, 2 * code, e) for a, e in ((self._next, -1), (self._begin, 0), (self._length, 0))
            )
        self._begin[code], self._length[code] = len(self._bytes), len(said)
        self._bytes += said
        self._chain(number, code)
        return code

    def _chain(self, number: int, code: int) -> None:
        """Compare with this one first from now on: what came last comes again."""
        self._next[code] = self._head(number)
        if number < SMALL:
            if number >= len(self._first):
                self._first = _longer(self._first, number + 1, -1)
            self._first[number] = code
        else:
            self._large[number] = code

    def _same(self, data: Bytes, begin: Places, length: Codes, code: Codes) -> NDArray[np.bool_]:
        """Whether the bytes of each pair are those of a code."""
        same = self._length[code] == length
        known = np.frombuffer(self._bytes, np.uint8)
        for size in np.flatnonzero(np.bincount(length)).tolist():
            mine = np.flatnonzero(same & (length == size))
            if not size or not len(mine):
                continue
            rows = mine if len(mine) < len(same) else slice(None)
            there = slices(data, begin[rows], size)
            same[rows] = equal(there, slices(known, self._begin[code[rows]], size))
        return np.asarray(same)


def slices(data: Bytes, begin: Places, size: int) -> NDArray[np.uint8]:
    """So many bytes from each place on, a row each."""
    every = np.ndarray((len(data) - size + 1,), np.dtype(f"V{size}"), data, 0, (1,))
    return every[begin].view(np.uint8).reshape(len(begin), size)


def equal(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether the rows of two arrays are the same; eight bytes are compared at a time."""
    size = a.shape[1]
    whole = size // 8 * 8
    same = np.ones(len(a), dtype=np.bool_)
    for at in range(0, whole, 8):
        words = (np.ndarray((len(x),), np.dtype("u8"), x, at, (size,)) for x in (a, b))
        same &= next(words) == next(words)
    for at in range(whole, size):
        same &= a[:, at] == b[:, at]
    return same


def _longer(array: Codes, size: int, empty: int) -> Codes:
    longer = np.full(max(size, 2 * len(array)), empty, np.int64)
    longer[: len(array)] = array
    return longer
