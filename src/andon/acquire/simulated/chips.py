"""A simulated chip house: what two wafer probers write, a file of STDF a wafer, and what is wrong with it.

Everything follows from the seed, the prober and the number of the wafer, so a wafer is the same whenever it is made.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model import Numbers, Window
from ...units import MINUTE, SECOND
from ..stdf.write import Writer

PRODUCT, PROGRAM, STEP = "AX7", "AX7_WS1", "WS1"
ACROSS, DOWN, SITES, SLOTS = 21, 19, 4, 25
PERIOD = 60 * MINUTE
"""From one wafer to the next."""
TOUCH = 40_000
"""Milliseconds of a touchdown: four dies side by side."""
CONTACT, LEAK, SPEED, SUPPLY = 2, 7, 5, 3
BINS = {
    1: "pass",
    CONTACT: "contact",
    SUPPLY: "supply current",
    4: "reference",
    SPEED: "oscillator",
    6: "amplifier",
    LEAK: "leakage",
}
HBR = ("HBIN_NUM", "HBIN_CNT", "HBIN_PF", "HBIN_NAM")
SBR = tuple(n.replace("H", "S", 1) for n in HBR)
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class ProberRow:
    """A prober, with its probe card; `begun` is by how much its wafers begin later than the full hour."""

    name: str
    card: str
    begun: int

    @property
    def path(self) -> str:
        return f"probe/{self.name}"


PROBERS = (ProberRow("prober-1", "PC-11", 0), ProberRow("prober-2", "PC-12", 30 * MINUTE))
DIRTY = ("prober-2", 3, 0.09)
"""A site whose needles are dirty: so many dies have no contact at first, and most of them at a second try."""
OFF_SITE = ("prober-2", 2, "VREF", 0.006)
"""A site that measures too much."""
CHAMBER = 7
"""The second half of each seventh lot went through an etch chamber that spoils the edge."""


@dataclass(frozen=True, slots=True)
class TestRow:
    """A test: its number and name, what it finds on a good die, its limits, and the bin of who fails it.

    `radial` is by how much the edge differs from the middle; a `log` one is spread by that factor.
    """

    number: int
    name: str
    unit: str
    mean: float
    sigma: float
    low: float | None
    high: float | None
    bin: int
    radial: float = 0.0
    log: bool = False


TESTS = (
    TestRow(1000, "CONT_VDD", "V", 0.62, 0.012, 0.5, 0.74, CONTACT),
    TestRow(1010, "IDD_STATIC", "A", 1.2e-3, 4.5e-5, 0.9e-3, 1.5e-3, SUPPLY),
    TestRow(1020, "IDDQ", "A", 2.2e-8, 0.35, None, 2e-7, SUPPLY, log=True),
    TestRow(1100, "VREF", "V", 1.25, 0.0042, 1.23, 1.27, 4),
    TestRow(1110, "VREF_TC", "1", 18e-6, 5e-6, None, 45e-6, 4),
    TestRow(1200, "FOSC", "Hz", 16.03e6, 55e3, 15.7e6, 16.3e6, SPEED, radial=-95e3),
    TestRow(1210, "DUTY", "%", 50.0, 0.5, 47.0, 53.0, SPEED),
    TestRow(1300, "GAIN", "dB", 40.0, 0.22, 39.0, 41.0, 6),
    TestRow(1310, "OFFSET", "V", 0.0, 0.8e-3, -4e-3, 4e-3, 6),
    TestRow(1320, "RON", "Ohm", 84.0, 1.9, None, 96.0, 6),
    TestRow(1400, "LEAK_PAD", "A", 3e-10, 0.4, None, 5e-9, LEAK, log=True),
    TestRow(1410, "TRIM_CODE", "1", 15.5, 3.4, 0.0, 31.0, 4),
)
LOW = np.array([-np.inf if t.low is None else t.low for t in TESTS])
HIGH = np.array([np.inf if t.high is None else t.high for t in TESTS])
COLUMN = {t.name: j for j, t in enumerate(TESTS)}
PATTERNS: Mapping[str, tuple[float, str, float]] = {
    "edge-ring": (0.10, "LEAK_PAD", 4e-8),
    "scratch": (0.08, "CONT_VDD", 0.9),
    "centre": (0.07, "FOSC", 15.4e6),
    "loc": (0.06, "IDD_STATIC", 1.9e-3),
}
"""How many wafers have a pattern, and what is found on a die that it kills: in which test, how much."""


@dataclass(frozen=True, slots=True)
class Wafer:
    """One wafer that was probed: by whom, the number of its turn, and what was really wrong with it."""

    seed: int
    prober: ProberRow
    turn: int

    @property
    def window(self) -> Window:
        """From its first touchdown to its end."""
        begin = self.turn * PERIOD + self.prober.begun
        return Window(begin, begin + PERIOD - 4 * MINUTE)

    @property
    def lot(self) -> str:
        return f"{'AB'[PROBERS.index(self.prober)]}{self.turn // SLOTS % 10_000:04d}"

    @property
    def slot(self) -> int:
        return self.turn % SLOTS + 1

    @property
    def label(self) -> str:
        """Its name in its lot."""
        return f"W{self.slot:02d}"

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.lot}-{self.label}.stdf"

    @property
    def chance(self) -> Chance:
        return np.random.default_rng((self.seed, PROBERS.index(self.prober), self.turn))

    @property
    def pattern(self) -> str:
        """The pattern that it has: "" for most."""
        if self.turn // SLOTS % CHAMBER == 0 and self.slot > SLOTS // 2:
            return "edge-ring"
        drawn, shares = self.chance.random(), np.cumsum([share for share, _, _ in PATTERNS.values()])
        found = int(np.searchsorted(shares, drawn))
        return [*PATTERNS, ""][found]

    @property
    def thin(self) -> bool:
        """Whether its metal is thinner than it ought to be, so that RON has two humps over many wafers."""
        return self.turn // 5 % 5 == 2

    def file(self) -> bytes:
        """What the prober writes of it."""
        return _file(self)


def due(seed: int, window: Window) -> list[Wafer]:
    """The wafers that end in a window, in order of time."""
    turns = range(window.since // PERIOD - 2, window.until // PERIOD + 1)
    found = [Wafer(seed, p, turn) for turn in turns for p in PROBERS]
    return sorted((w for w in found if w.window.until in window), key=lambda w: w.window.until)


def places() -> tuple[Whole, Whole, Numbers]:
    """x and y of the dies of a wafer in the order in which they are probed, and how far out each is (1: the edge)."""
    y, x = np.mgrid[0:DOWN, 0:ACROSS].reshape(2, -1)
    radius = np.hypot(*_from_middle(x, y))
    there = radius <= 0.99
    return x[there], y[there], radius[there]


def _from_middle(x: Whole, y: Whole) -> tuple[Numbers, Numbers]:
    """Where dies are, -1 to 1 across and down the wafer."""
    across, down = ((at - (count - 1) / 2) / (count / 2) for at, count in ((x, ACROSS), (y, DOWN)))
    return np.asarray(across, np.float64), np.asarray(down, np.float64)


def _killed(kind: str, x: Whole, y: Whole, radius: Numbers, chance: Chance) -> Flags:
    """The dies that a pattern kills."""
    across, up = _from_middle(x, y)
    hit = chance.random(len(x))
    turn = chance.uniform(0, 2 * np.pi)
    if kind == "edge-ring":
        return np.asarray((radius > chance.uniform(0.82, 0.9)) & (hit < 0.8))
    if kind == "centre":
        return np.asarray((np.hypot(across, up) < chance.uniform(0.28, 0.42)) & (hit < 0.85))
    if kind == "loc":
        away = np.hypot(across - 0.5 * np.cos(turn), up - 0.5 * np.sin(turn))
        return np.asarray((away < chance.uniform(0.2, 0.28)) & (hit < 0.9))
    if kind == "scratch":
        along = np.linspace(-0.6, 0.6, 240)
        bend = chance.uniform(-0.5, 0.5) * along**2
        line = along * np.cos(turn) - bend * np.sin(turn), along * np.sin(turn) + bend * np.cos(turn)
        near = np.min(np.hypot(across[:, None] - line[0], up[:, None] - line[1]), axis=1)
        return np.asarray((near < 0.055) & (hit < 0.95))
    return np.zeros(len(x), np.bool_)


def _found(wafer: Wafer, radius: Numbers, site: Whole, chance: Chance) -> Numbers:
    """What the tests find (dies x tests) where nothing kills a die."""
    value = np.empty((len(radius), len(TESTS)))
    for j, t in enumerate(TESTS):
        drawn = chance.normal(size=len(radius))
        value[:, j] = t.mean * np.exp(t.sigma * drawn) if t.log else t.mean + t.sigma * drawn
        value[:, j] += t.radial * (radius**2 - 0.5)
    value[:, COLUMN["GAIN"]] += (value[:, COLUMN["IDD_STATIC"]] - 1.2e-3) * 4_000
    value[:, COLUMN["VREF"]] += 0.00025 * (wafer.slot - 13)
    value[:, COLUMN["RON"]] += 6.5 * wafer.thin
    value[:, COLUMN["TRIM_CODE"]] = np.clip(np.round(value[:, COLUMN["TRIM_CODE"]]), 0, 31)
    name, off, test, by = OFF_SITE
    if wafer.prober.name == name:
        value[site == off, COLUMN[test]] += by
    stray = chance.random(len(radius)) < 0.004
    value[stray, COLUMN["LEAK_PAD"]] *= 9.0
    return value


def _file(wafer: Wafer) -> bytes:
    chance = wafer.chance
    chance.random()
    x, y, radius = places()
    site = np.arange(len(x)) % SITES
    value = _found(wafer, radius, site, chance)
    killed = _killed(wafer.pattern, x, y, radius, chance) | (chance.random(len(x)) < 0.012)
    _, test, much = PATTERNS.get(wafer.pattern, (0.0, "IDDQ", 3e-6))
    value[killed, COLUMN[test]] = much * chance.uniform(0.97, 1.03, int(killed.sum()))
    name, dirty, share = DIRTY
    missed = chance.random(len(x)) < np.where((site == dirty) & (wafer.prober.name == name), share, 0.004)
    first = value.copy()
    first[missed, COLUMN["CONT_VDD"]] = 1.2
    again = np.flatnonzero(_bins(_failed(first)) == CONTACT)
    still = again[chance.random(len(again)) < 0.15]
    value[still, COLUMN["CONT_VDD"]] = 1.2
    return _written(wafer, [(x, y, site, first, False), (x[again], y[again], site[again], value[again], True)])


def _failed(value: Numbers) -> Flags:
    """Which tests each die fails (dies x tests)."""
    return np.asarray((value < LOW) | (value > HIGH))


def _bins(failed: Flags) -> Whole:
    """The hard bin of each die: that of the first test that it fails."""
    return np.where(failed.any(axis=1), np.array([t.bin for t in TESTS])[failed.argmax(axis=1)], 1)


Pass = tuple[Whole, Whole, Whole, Numbers, bool]
"""x, y, site and values of the dies that were probed, and whether they were probed before."""


def _written(wafer: Wafer, passes: list[Pass]) -> bytes:
    begin = wafer.window.since // SECOND
    made = Writer().add("FAR", CPU_TYPE=2, STDF_VER=4)
    who = {"LOT_ID": wafer.lot, "PART_TYP": PRODUCT, "NODE_NAM": wafer.prober.name, "TSTR_TYP": "simulated"}
    who |= {"JOB_NAM": PROGRAM, "JOB_REV": "C", "TEST_COD": STEP, "TST_TEMP": "25"}
    made.add("MIR", SETUP_T=begin, START_T=begin, STAT_NUM=1, MODE_COD="P", **who)
    equipment = {"HAND_ID": wafer.prober.name, "CARD_ID": wafer.prober.card}
    made.add("SDR", HEAD_NUM=1, SITE_GRP=255, SITE_CNT=SITES, SITE_NUM=range(SITES), **equipment)
    made.add("WIR", HEAD_NUM=1, SITE_GRP=255, START_T=begin, WAFER_ID=wafer.label)
    last: dict[tuple[int, int], int] = {}
    told: set[int] = set()
    for one in passes:
        last |= _probed(made, one, told)
    hard = list(last.values())
    sums = {"PART_CNT": sum(len(p[0]) for p in passes), "RTST_CNT": len(passes[1][0]), "GOOD_CNT": hard.count(1)}
    until = wafer.window.until // SECOND
    made.add("WRR", HEAD_NUM=1, SITE_GRP=255, FINISH_T=until, WAFER_ID=wafer.label, **sums)
    for number, text in BINS.items():
        about = ("P" if number == 1 else "F", text)
        made.add("HBR", HEAD_NUM=255, **dict(zip(HBR, (number, hard.count(number), *about), strict=True)))
        made.add("SBR", HEAD_NUM=255, **dict(zip(SBR, (10 * number, hard.count(number), *about), strict=True)))
    made.add("PCR", HEAD_NUM=255, **sums)
    return bytes(made.add("MRR", FINISH_T=until))


def _probed(made: Writer, one: Pass, told: set[int]) -> dict[tuple[int, int], int]:
    """Write the touchdowns of a pass; the hard bin of each die."""
    x, y, site, value, again = one
    failed = _failed(value)
    bins = _bins(failed)
    side = 1 if again else SITES  # what is probed again is probed alone
    for touch in range(0, len(x), side):
        dies = range(touch, min(touch + side, len(x)))
        made.records.extend(struct.pack("<HBBBB", 2, 5, 10, 1, site[i]) for i in dies)
        for i in dies:
            count = 1 if failed[i, 0] else len(TESTS)  # without contact nothing else is tested
            for j in range(count):
                _result(made, j, int(site[i]), float(value[i, j]), bool(failed[i, j]), told)
            flag, spent = (2 if again else 0) | (8 if bins[i] != 1 else 0), TOUCH if count > 1 else 2_000
            said = (1, site[i], flag, count, bins[i], bins[i] * 10, x[i], y[i], spent)
            made.records.append(struct.pack("<HBBBBBHHHhhI", 17, 5, 20, *said))
    return dict(zip(zip(x.tolist(), y.tolist(), strict=True), bins.tolist(), strict=True))


def _result(made: Writer, j: int, site: int, value: float, failed: bool, told: set[int]) -> None:
    t, flag = TESTS[j], 0x80 if failed else 0
    if j in told:
        made.records.append(struct.pack("<HBBIBBBBf", 12, 15, 10, t.number, 1, site, flag, 0, value))
        return
    told.add(j)
    limits = {n: limit for n, limit in (("LO_LIMIT", t.low), ("HI_LIMIT", t.high)) if limit is not None}
    open_ = (0x40 if t.low is None else 0) | (0x80 if t.high is None else 0)
    said: dict[str, object] = {"TEST_TXT": t.name, "OPT_FLAG": open_ | 0x0E, "UNITS": t.unit, **limits}
    made.add("PTR", TEST_NUM=t.number, HEAD_NUM=1, SITE_NUM=site, TEST_FLG=flag, RESULT=value, **said)


def truth_of(wafer: Wafer) -> dict[str, object]:
    """What is really wrong with a wafer."""
    return {"machine": wafer.prober.path, "lot": wafer.lot, "wafer": wafer.label, "pattern": wafer.pattern}
