"""Results of tests out of records: parametric, several pins at once, functional; and what each test is."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .chain import Bytes, Places
from .distinct import Codes, Distinct, slices
from .records import KINDS, take_apart, text_of

TEST = 12
"""Bytes of a parametric record that always are there: number, head, site, flags, result."""
NOT_A_RESULT, NOT_A_PARAMETER = 0x3F, 0x07
"""Bits of TEST_FLG and PARM_FLG that say that the result is none: alarm, unreliable, timeout, not executed, aborted;
scale error, drift, oscillation."""
NO_VERDICT, FAILED = 0x40, 0x80
NO_LOW, NO_HIGH, LOW_AS_FIRST, HIGH_AS_FIRST = 0x40, 0x80, 0x10, 0x20


@dataclass(frozen=True, slots=True)
class Kind:
    """One test with the limits that hold: what a value of it is."""

    name: str
    number: int
    unit: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Results:
    """Results in the order of their records (n rows).

    `place` is where in the chain the record stands, `key` its head and site as one number, `kind` the place of the test
    in `Tests.kinds`, `value` NaN where there is none, `passed` -1 where nobody said.
    """

    place: Places
    key: Codes
    kind: Codes
    value: NDArray[np.float64]
    passed: NDArray[np.int8]


@dataclass(slots=True)
class Tests:
    """What every test is: its name, unit and limits, of which later records may be silent.

    Attributes
    ----------
    kinds
        Each different test with different limits once.
    pins
        Names of pins by their index (PMR).
    """

    order: str
    kinds: list[Kind] = field(default_factory=list)
    pins: dict[int, str] = field(default_factory=dict)
    _known: dict[Kind, int] = field(default_factory=dict)
    _parametric: Distinct = field(default_factory=Distinct)
    _functional: Distinct = field(default_factory=Distinct)
    _parametric_kinds: list[int] = field(default_factory=list)
    _functional_kinds: list[int] = field(default_factory=list)
    _first: dict[tuple[int, str], tuple[Kind, str]] = field(default_factory=dict)
    _first_of: dict[int, tuple[Kind, str]] = field(default_factory=dict)
    _pins_of: dict[int, list[int]] = field(default_factory=dict)

    def parametric(self, data: Bytes, place: Places, begin: Places, length: Codes) -> Results:
        """PTR records that begin (after their heads) at `begin`."""
        fixed = self._fixed([("num", "u4"), ("head", "u1"), ("site", "u1"), ("flag", "u1"), ("parm", "u1")], "f4")
        rows = _records(data, begin, fixed)
        number = rows["num"].astype(np.int64)
        code = self._parametric.codes(data, number, begin + TEST, length - TEST)
        self._parametric_kinds += [
            self._of_kind(self._described(self._parametric.number[c], self._parametric.said[c]))
            for c in range(len(self._parametric_kinds), len(self._parametric.said))
        ]
        kind = np.array(self._parametric_kinds, np.int64)[code]
        good = ((rows["flag"] & NOT_A_RESULT) == 0) & ((rows["parm"] & NOT_A_PARAMETER) == 0)
        value = np.where(good, rows["result"], np.nan).astype(np.float64)
        return Results(place, _key(rows), kind, value, verdicts(rows["flag"]))

    def functional(self, data: Bytes, place: Places, begin: Places, length: Codes) -> Results:
        """FTR records: whether each passed; they have no value."""
        rows = _records(data, begin, self._fixed([("num", "u4"), ("head", "u1"), ("site", "u1"), ("flag", "u1")]))
        since, size = self._vector_text(data, begin, begin + length)
        code = self._functional.codes(data, rows["num"].astype(np.int64), since, size)
        for c in range(len(self._functional_kinds), len(self._functional.said)):
            number, text = self._functional.number[c], text_of(self._functional.said[c])
            kind = Kind(_name(number, text), number, "1", None, None)
            if not text and number in self._first_of:
                kind = self._first_of[number][0]
            self._first_of.setdefault(number, (kind, text))
            self._functional_kinds.append(self._of_kind(kind))
        kind_of = np.array(self._functional_kinds, np.int64)[code]
        done = (rows["flag"] & NOT_A_RESULT) == 0
        passed = np.where(done | ((rows["flag"] & FAILED) > 0), verdicts(rows["flag"]), -1).astype(np.int8)
        return Results(place, _key(rows), kind_of, np.full(len(place), np.nan), passed)

    def several(self, data: Bytes, place: Places, begin: Places, length: Codes) -> Results:
        """MPR records: a result of each pin."""
        found: list[tuple[int, int, int, float, int]] = []
        for at, since, size in zip(place.tolist(), begin.tolist(), length.tolist(), strict=True):
            record = take_apart("MPR", data[since : since + size].tobytes(), self.order)
            found += [(at, *row) for row in self._of_pins(record)]
        columns = list(zip(*found, strict=True)) or [()] * 5
        return Results(
            np.array(columns[0], np.int64),
            np.array(columns[1], np.int64),
            np.array(columns[2], np.int64),
            np.array(columns[3], np.float64),
            np.array(columns[4], np.int8),
        )

    def scan(self, data: Bytes, place: Places, begin: Places, length: Codes) -> Results:
        """STR records of V4-2007: whether a scan test passed; the failing cycles are not kept."""
        found: list[tuple[int, int, int, int]] = []
        for at, since, size in zip(place.tolist(), begin.tolist(), length.tolist(), strict=True):
            body = data[since : since + size].tobytes()
            if size < 10:
                continue
            _, number, head, site, _, flag = struct.unpack_from(self.order + "BIBBHB", body)
            texts = _texts(body, 10, 2)
            kind = Kind(_name(number, texts[1]), number, "1", None, None)
            found.append((at, head << 8 | site, self._of_kind(kind), int(verdicts(np.array([flag], np.uint8))[0])))
        columns = list(zip(*found, strict=True)) or [()] * 4
        at_, key, kinds, passed = (np.array(c, np.int64) for c in columns)
        return Results(at_, key, kinds, np.full(len(at_), np.nan), passed.astype(np.int8))

    def _fixed(self, fields: list[tuple[str, str]], result: str = "") -> np.dtype[np.void]:
        pairs = [*fields, *([("result", result)] if result else [])]
        return np.dtype([(n, self.order + t if t != "u1" else t) for n, t in pairs])

    def _of_kind(self, kind: Kind) -> int:
        if kind not in self._known:
            self._known[kind] = len(self.kinds)
            self.kinds.append(kind)
        return self._known[kind]

    def _described(self, number: int, said: bytes) -> Kind:
        """What the bytes after a parametric result say of its test; of what they are silent, its first record spoke."""
        told = take_apart("PTR", bytes(TEST) + said, self.order)
        return self._of_first(number, told)

    def _of_first(self, number: int, told: Mapping[str, object]) -> Kind:
        text = str(told["TEST_TXT"] or "")
        first = self._first.get((number, text)) or (self._first_of.get(number) if not text else None)
        kind, name = first if first else (None, text)
        low = _limit(told, ("LO_LIMIT", NO_LOW, LOW_AS_FIRST), kind.low if kind else None)
        high = _limit(told, ("HI_LIMIT", NO_HIGH, HIGH_AS_FIRST), kind.high if kind else None)
        unit = str(told["UNITS"] or (kind.unit if kind else "") or "1")
        found = Kind(_name(number, text or name), number, unit, low, high)
        self._first.setdefault((number, text), (found, text or name))
        self._first_of.setdefault(number, (found, text or name))
        return found

    def _of_pins(self, record: Mapping[str, object]) -> list[tuple[int, int, float, int]]:
        """Key, kind, value and verdict of each pin's result; the verdict is that of all of them together."""
        values = record["RTN_RSLT"]
        if not isinstance(values, list) or record["PARM_FLG"] is None:
            return []
        number, flag, parm = (int(str(record[n])) for n in ("TEST_NUM", "TEST_FLG", "PARM_FLG"))
        one = self._of_first(number, record)
        indices = record["RTN_INDX"]
        pins = [int(str(i)) for i in indices] if isinstance(indices, list) else self._pins_of.get(number, [])
        self._pins_of.setdefault(number, pins)
        good = not flag & NOT_A_RESULT and not parm & NOT_A_PARAMETER
        passed = -1 if flag & NO_VERDICT else int(not flag & FAILED)
        key = int(str(record["HEAD_NUM"])) << 8 | int(str(record["SITE_NUM"]))
        found = []
        for i, value in enumerate(values):
            pin = self.pins.get(pins[i], str(pins[i])) if i < len(pins) else str(i + 1)
            kind = self._of_kind(Kind(f"{one.name} [{pin}]", number, one.unit, one.low, one.high))
            within = passed if passed != 0 or one.low is one.high is None else -1  # which pin failed, its limits say
            found.append((key, kind, float(str(value)) if good else math.nan, within))
        return found

    def _vector_text(self, data: Bytes, begin: Places, end: Places) -> tuple[Places, Codes]:
        """Where the text of each functional record stands, behind fields of many lengths."""
        at = begin + 34
        returned, programmed = (_number(data, at + 2 * i, end, self.order) for i in (0, 1))
        at = at + 4 + 2 * returned + (returned + 1) // 2 + 2 * programmed + (programmed + 1) // 2
        at = at + 2 + (_number(data, at, end, self.order) + 7) // 8
        for _ in range(3):  # VECT_NAM, TIME_SET, OP_CODE
            at = at + 1 + _byte(data, at, end)
        size = _byte(data, at, end)
        there = at + 1 + size <= end
        return np.where(there, at + 1, begin), np.where(there, size, 0)


def verdicts(flag: NDArray[np.uint8]) -> NDArray[np.int8]:
    """1: passed, 0: failed, -1: the tester says that it does not say."""
    return np.where(flag & NO_VERDICT, -1, (flag & FAILED) == 0).astype(np.int8)


def _limit(told: Mapping[str, object], of: tuple[str, int, int], first: float | None) -> float | None:
    """A limit: none, as the first record of the test had it, or as this one says."""
    name, none, as_first = of
    flags, value = told["OPT_FLAG"], told[name]
    if not isinstance(flags, int) or (flags & as_first and not flags & none) or (value is None and not flags & none):
        return first
    return None if flags & none or not isinstance(value, float) or not math.isfinite(value) else value


def _name(number: int, text: str) -> str:
    return " ".join([str(number), *text.split()])


def _key(rows: NDArray[np.void]) -> Codes:
    return np.asarray(rows["head"].astype(np.int64) << 8 | rows["site"])


def _records(data: Bytes, begin: Places, fixed: np.dtype[np.void]) -> NDArray[np.void]:
    return slices(data, begin, fixed.itemsize).view(fixed)[:, 0]


def _number(data: Bytes, at: Places, end: Places, order: str) -> Codes:
    """The two bytes at each place as a number, 0 where the record ends before."""
    there = at + 2 <= end
    low, high = (data[np.where(there, at + i, 0)].astype(np.int64) for i in ((0, 1) if order == "<" else (1, 0)))
    return np.where(there, high << 8 | low, 0)


def _byte(data: Bytes, at: Places, end: Places) -> Codes:
    there = at < end
    return np.where(there, data[np.where(there, at, 0)], 0).astype(np.int64)


def _texts(body: bytes, at: int, count: int) -> list[str]:
    """Some texts one after the other, "" for those that are missing."""
    found = []
    for _ in range(count):
        size = body[at] if at < len(body) else 0
        found.append(text_of(body[at + 1 : at + 1 + size]))
        at += 1 + size
    return found


LEAST = {KINDS["PTR"].code: TEST, KINDS["FTR"].code: 7, KINDS["MPR"].code: 12, 15 << 8 | 30: 10}
"""Bytes that a record of results must have."""
