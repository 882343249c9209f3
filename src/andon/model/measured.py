"""What was found on produced units: the units as they were tested, and the values measured on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import NoData, UnknownName
from .moments import Numbers, Times, Window

Names = np.ndarray[tuple[int, ...], np.dtype[np.object_]]
"""Texts, one a row (dtype object): equal ones are one object, so a column of few different texts is small."""
Integers = NDArray[np.int32]
Verdicts = NDArray[np.int8]
"""1: passed, 0: failed, -1: nobody said."""
NOWHERE = -32768
"""The coordinate of a unit that has none (as in STDF)."""
NO_BIN = -1
NO_SITE = -1


@dataclass(frozen=True, slots=True)
class Bin:
    """What a bin number means: its name, and whether what falls into it passed (None: nobody said)."""

    name: str
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """Produced units as they were tested, a row each time that one was (n rows, in order of `at`).

    A unit is a part, a die or a wafer. `at` is when its test ended (microseconds), `seconds` how long that took (NaN
    where not known). `unit` is its serial number or part id; with `lot` and `wafer` it says which unit it is. `step` is
    the test step, `attempt` how often the same unit was in that step before. `lot`, `wafer`, `product` are "" where
    there are none. `x`, `y` are die coordinates (`NOWHERE`), `site` the test site (`NO_SITE`), `hard` and `soft` the
    bins (`NO_BIN`). `facts` are other texts that were said of each unit: tester, handler, probe card, who, gauge...
    """

    window: Window
    at: Times
    unit: Names
    step: Names
    lot: Names
    wafer: Names
    product: Names
    x: Integers
    y: Integers
    site: Integers
    hard: Integers
    soft: Integers
    passed: Verdicts
    attempt: Integers
    seconds: Numbers
    facts: Mapping[str, Names] = field(default_factory=dict)
    hard_bins: Mapping[int, Bin] = field(default_factory=dict)
    soft_bins: Mapping[int, Bin] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        at: Iterable[int],
        unit: Iterable[str],
        *,
        window: Window | None = None,
        hard_bins: Mapping[int, Bin] | None = None,
        soft_bins: Mapping[int, Bin] | None = None,
        **columns: Iterable[object],
    ) -> Units:
        """Build from columns; those that are not given are empty, others than the fields' names become `facts`.

        Rows are put in order of time, and attempts are counted where they are not given.

        >>> Units.of([3, 1], ["b", "a"], hard=[2, 1], passed=[False, True], who=["Li", "Li"]).unit.tolist()
        ['a', 'b']
        """
        moments, names = np.fromiter(at, np.int64), texts(unit)
        order = np.argsort(moments, kind="stable")
        count = len(moments)
        made: dict[str, np.ndarray] = {"at": moments[order], "unit": names[order]}
        for name in ("step", "lot", "wafer", "product"):
            made[name] = texts(columns.pop(name, [""] * count))[order]
        for name, empty in {"x": NOWHERE, "y": NOWHERE, "site": NO_SITE, "hard": NO_BIN, "soft": NO_BIN}.items():
            made[name] = np.array(list(columns.pop(name, [empty] * count)), np.int32)[order]
        made["passed"] = np.array(list(columns.pop("passed", [-1] * count)), np.int8)[order]
        made["seconds"] = np.array(list(columns.pop("seconds", [np.nan] * count)), np.float64)[order]
        given = columns.pop("attempt", None)
        keys = (made["lot"], made["wafer"], made["unit"], made["step"])
        made["attempt"] = attempts(*keys) if given is None else np.array(list(given), np.int32)[order]
        facts = {name: texts(column)[order] for name, column in columns.items()}
        span = window or (Window(int(moments.min()), int(moments.max()) + 1) if count else Window(0, 0))
        return cls(span, **made, facts=facts, hard_bins=hard_bins or {}, soft_bins=soft_bins or {})

    def __len__(self) -> int:
        return len(self.at)

    @property
    def first(self) -> NDArray[np.bool_]:
        """The rows that are a unit's first attempt in its step: what first-pass yield counts."""
        return np.asarray(self.attempt == 0)

    @property
    def last(self) -> NDArray[np.bool_]:
        """The rows that no later attempt of the same unit and step supersedes: what final yield counts."""
        codes = coded(self.lot, self.wafer, self.unit, self.step)
        found = np.zeros(len(self), dtype=np.bool_)
        found[len(codes) - 1 - np.unique(codes[::-1], return_index=True)[1]] = True
        return found

    @property
    def verdicts(self) -> Verdicts:
        """Whether each passed: what was said, else what its hard bin means, else its soft bin (-1: nobody said).

        >>> Units.of([0, 1], ["a", "b"], hard=[1, 4], hard_bins={1: Bin("good", True)}).verdicts.tolist()
        [1, -1]
        """
        said = self.passed.copy()
        for column, bins in ((self.hard, self.hard_bins), (self.soft, self.soft_bins)):
            for number, meaning in bins.items():
                if meaning.passed is not None:
                    said[(said < 0) & (column == number)] = int(meaning.passed)
        return said

    def pick(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Units:
        """Some of the rows: a mask, or places in order."""
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        facts = {name: column[rows] for name, column in self.facts.items()}
        return Units(self.window, **columns, facts=facts, hard_bins=self.hard_bins, soft_bins=self.soft_bins)

    def within(self, window: Window) -> Units:
        """Those whose test ended in `window`."""
        found = self.pick((self.at >= window.since) & (self.at < window.until))
        return Units(
            window & self.window,
            **{name: getattr(found, name) for name in COLUMNS},
            facts=found.facts,
            hard_bins=self.hard_bins,
            soft_bins=self.soft_bins,
        )

    def column(self, name: str) -> Names:
        """A column of texts by name: `lot`, `wafer`, `product`, `step`, `site` (as text), or one of the facts.

        Raises
        ------
        UnknownName
            Nothing of that name was said of these units.
        """
        if name == "site":
            return texts("" if s == NO_SITE else str(s) for s in self.site.tolist())
        if name in ("unit", "step", "lot", "wafer", "product"):
            return np.asarray(getattr(self, name))
        if name in self.facts:
            return self.facts[name]
        raise UnknownName("fact of units", name, ("lot", "wafer", "product", "step", "site", *self.facts))


COLUMNS = (
    "at",
    "unit",
    "step",
    "lot",
    "wafer",
    "product",
    "x",
    "y",
    "site",
    "hard",
    "soft",
    "passed",
    "attempt",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Test:
    """One thing that is measured, with the limits that held: a test whose limits changed is there once for each.

    `low` and `high` are None where there is no such limit; `number` is the tester's, -1 where there is none.
    """

    name: str
    unit: str = "1"
    low: float | None = None
    high: float | None = None
    number: int = -1
    step: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """How many values there are of a test, and how many of them failed."""

    test: Test
    count: int
    failed: int


@dataclass(frozen=True, slots=True)
class Found:
    """All values of one test in order of time (n rows): `row` is the place in `units` of the unit it was found on."""

    units: Units
    name: str
    unit: str
    row: Integers
    value: Numbers
    low: Numbers
    high: Numbers
    passed: Verdicts

    @property
    def at(self) -> Times:
        """When each was found (microseconds)."""
        return np.asarray(self.units.at[self.row])

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The latest limits that were in force, None where there are none."""
        if not len(self.row):
            return None, None
        low, high = float(self.low[-1]), float(self.high[-1])
        return None if np.isnan(low) else low, None if np.isnan(high) else high

    def pick(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Found:
        """Some of the rows: a mask, or places in order."""
        return Found(
            self.units,
            self.name,
            self.unit,
            self.row[rows],
            self.value[rows],
            self.low[rows],
            self.high[rows],
            self.passed[rows],
        )


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured on units: values by test (n rows), each with the unit it was found on.

    The values of `tests[j]` are the rows `first[j]:first[j + 1]` of `row` (the place in `units`), `value` (NaN where
    there is none) and `passed`, in order of time.
    """

    window: Window
    units: Units
    tests: tuple[Test, ...]
    first: Times
    row: Integers
    value: Numbers
    passed: Verdicts

    @classmethod
    def of(
        cls,
        rows: Iterable[tuple[int, str, str, float]],
        *,
        window: Window | None = None,
        limits: Mapping[str, tuple[float | None, float | None]] | None = None,
        unit: str = "1",
        **columns: Iterable[object],
    ) -> Measurements:
        """Build from (at, unit, test, value) rows; rows of one unit and moment are one test of it.

        `limits` are (low, high) by test. `columns` say more about the unit of each row, as in `Units.of`.

        >>> Measurements.of([(0, "a", "width", 5.0), (1, "b", "width", 5.2)]).take("width").value.tolist()
        [5.0, 5.2]
        """
        rows = list(rows)
        extra = {name: list(column) for name, column in columns.items()}
        places = {key: i for i, key in enumerate(dict.fromkeys((at, name) for at, name, _, _ in rows))}
        firsts: dict[tuple[int, str], int] = {}
        for i, (at, name, _, _) in enumerate(rows):
            firsts.setdefault((at, name), i)
        tested = sorted(places, key=lambda k: (k[0], places[k]))
        units = Units.of(
            [at for at, _ in tested],
            [name for _, name in tested],
            window=window,
            **{name: [column[firsts[k]] for k in tested] for name, column in extra.items()},  # type: ignore[arg-type]
        )
        where = {key: i for i, key in enumerate(tested)}
        names = list(dict.fromkeys(test for _, _, test, _ in rows))
        tests = tuple(Test(n, unit, *(limits or {}).get(n, (None, None))) for n in names)
        of_test = {name: j for j, name in enumerate(names)}
        return cls.sorted(
            units,
            tests,
            np.array([of_test[test] for _, _, test, _ in rows], np.int32),
            np.array([where[at, name] for at, name, _, _ in rows], np.int32),
            np.array([value for _, _, _, value in rows], np.float64),
        )

    @classmethod
    def sorted(
        cls,
        units: Units,
        tests: Sequence[Test],
        test: Integers,
        row: Integers,
        value: Numbers,
        passed: Verdicts | None = None,
    ) -> Measurements:
        """Put values in order of test, then of time; where nobody said whether one passed, its limits do."""
        order = np.lexsort((row, test))
        test, row, value = test[order], row[order], value[order]
        first = np.searchsorted(test, np.arange(len(tests) + 1)).astype(np.int64)
        said = np.full(len(row), -1, np.int8) if passed is None else passed[order]
        low, high = (np.array([np.nan if (v := getattr(t, e)) is None else v for t in tests]) for e in ("low", "high"))
        judged = ~(np.isnan(low) & np.isnan(high))[test] & ~np.isnan(value) & (said < 0) if len(tests) else said < 0
        inside = ~(value < low[test]) & ~(value > high[test]) if len(tests) else judged
        said = np.where(judged, inside.astype(np.int8), said).astype(np.int8)
        return cls(units.window, units, tuple(tests), first, row, value, said)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def at(self) -> Times:
        """When each value was found (microseconds)."""
        return np.asarray(self.units.at[self.row])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tests, each once."""
        return tuple(dict.fromkeys(t.name for t in self.tests))

    def take(self, name: str = "") -> Found:
        """All values of one test, whatever its limits were; without a name those of the only test there is.

        Raises
        ------
        NoData
            Nothing was measured, or several tests were and no name is given.
        UnknownName
            There is no test of that name.
        """
        names = self.names
        if not names:
            raise NoData("Nothing was measured there in that window.")
        if not name and len(names) > 1:
            raise NoData(f"Say which `test`: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}.")
        name = name or names[0]
        if name not in names:
            raise UnknownName("test", name, names)
        blocks = [j for j, t in enumerate(self.tests) if t.name == name]
        tests = [self.tests[j] for j in blocks]
        rows = np.concatenate([np.arange(self.first[j], self.first[j + 1]) for j in blocks])
        order = np.argsort(self.row[rows], kind="stable")
        rows = rows[order]
        of = np.repeat(np.arange(len(blocks)), [int(self.first[j + 1] - self.first[j]) for j in blocks])[order]
        low, high = (
            np.array([np.nan if (v := getattr(t, e)) is None else v for t in tests])[of] for e in ("low", "high")
        )
        return Found(self.units, name, tests[-1].unit, self.row[rows], self.value[rows], low, high, self.passed[rows])


def texts(given: Iterable[object]) -> Names:
    """Texts as an array of objects."""
    rows = [str(g) for g in given]
    found = np.empty(len(rows), dtype=object)
    found[:] = rows
    return found


def coded(*columns: Names) -> NDArray[np.int64]:
    """One number for each different row of some columns of texts.

    >>> coded(texts(["a", "a", "b"]), texts(["x", "y", "x"])).tolist()
    [0, 1, 2]
    """
    rows = list(zip(*(c.tolist() for c in columns), strict=True))
    codes: dict[tuple[str, ...], int] = {}
    return np.fromiter((codes.setdefault(r, len(codes)) for r in rows), np.int64, len(rows))


def attempts(*columns: Names) -> Integers:
    """How often each row was there before.

    >>> attempts(texts(["a", "b", "a", "a"])).tolist()
    [0, 0, 1, 2]
    """
    codes = coded(*columns)
    order = np.argsort(codes, kind="stable")
    placed = codes[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(placed)) + 1]) if len(placed) else np.array([], np.int64)
    lengths = np.diff(np.append(starts, len(placed)))
    found = np.empty(len(placed), np.int32)
    found[order] = np.arange(len(placed)) - np.repeat(starts, lengths)
    return found
