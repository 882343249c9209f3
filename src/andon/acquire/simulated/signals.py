"""What the machines of the demo say: states, counters and texts when they change, analog values every ten seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model import Codes, Numbers, State, Times, Window
from .flow import GOOD, REJECT, REWORK
from .layout import MACHINES
from .timeline import BREAK, Run

STEP = 10_000_000
BAD_SENSOR_FAILURE = 0x808C0000
BROKEN = ("line-2/press-2", "2026-10-22T09:10", "2026-10-22T09:50")
"""The machine whose temperature sensor failed for a while, in local time."""
COUNTED = {
    "total_count": (GOOD, REJECT, REWORK),
    "good_count": (GOOD,),
    "reject_count": (REJECT,),
    "rework_count": (REWORK,),
}
WARMTH = {State.PRODUCING: 1.0, State.SETUP: 0.5, State.OFF: 0.0}
SHAKE = {State.PRODUCING: 1.0, State.SETUP: 0.45, State.OFF: 0.02}
LAG = 25 * 60e6
"""Time constant of a machine's temperature, in microseconds."""


@dataclass(frozen=True, slots=True)
class Track:
    """The samples of one signal in order of time: a value (NaN: none) or a word of `words` (-1: none)."""

    path: str
    at: Times
    value: Numbers
    word: NDArray[np.int32]
    words: tuple[str, ...]
    quality: Codes

    def within(self, window: Window) -> "Track":
        a, b = np.searchsorted(self.at, [window.since, window.until])
        return Track(self.path, self.at[a:b], self.value[a:b], self.word[a:b], self.words, self.quality[a:b])

    def without(self, lost: Window) -> "Track":
        """The same signal when nobody heard it for a while: its value is said again afterwards."""
        before, after = np.searchsorted(self.at, [lost.since, lost.until])
        keep = np.r_[0:before, max(0, after - 1) : len(self.at)]
        at = self.at[keep].copy()
        if after > 0:
            at[before] = lost.until
        return Track(self.path, at, self.value[keep], self.word[keep], self.words, self.quality[keep])


def numbers(path: str, at: Times, value: Numbers, quality: Codes | None = None) -> Track:
    """A track of numbers."""
    good = np.zeros(len(at), dtype=np.uint32)
    return Track(path, at, value, np.full(len(at), -1, dtype=np.int32), (), good if quality is None else quality)


def texts(path: str, at: Times, said: Sequence[str]) -> Track:
    """A track of texts, without repetitions."""
    words, code = np.unique(np.array(said, dtype=np.str_), return_inverse=True)
    new = np.r_[True, code[1:] != code[:-1]] if len(code) else np.zeros(0, dtype=np.bool_)
    count = int(new.sum())
    return Track(
        path,
        at[new],
        np.full(count, np.nan),
        code[new].astype(np.int32),
        tuple(words.tolist()),
        np.zeros(count, dtype=np.uint32),
    )


def changes(run: Run) -> Iterator[Track]:
    """The signals that speak when something changes."""
    path = run.machine.path
    yield _state(run)
    for name in run.machine.row.counters:
        yield _counter(run, name)
    at = np.array([o[0] for o in run.orders], dtype=np.int64)
    yield texts(f"{path}/order", at, [o[1] for o in run.orders])
    made = [o for o in run.orders if o[1]]
    yield texts(f"{path}/product", np.array([o[0] for o in made], dtype=np.int64), [o[2] for o in made])
    yield texts(f"{path}/alarm", run.since, ["" if a == BREAK else a for a in run.alarm])
    yield texts(f"{path}/reason", run.since, run.reason)
    bad = np.flatnonzero(run.verdict != GOOD)
    yield _scrap_cause(run, bad)


def _state(run: Run) -> Track:
    codes = run.codes
    if isinstance(codes[0], str):
        return texts(f"{run.machine.path}/state", run.since, [str(c) for c in codes])
    value = np.array([float(c) for c in codes])
    new = np.r_[True, value[1:] != value[:-1]]
    return numbers(f"{run.machine.path}/state", run.since[new], value[new])


def _scrap_cause(run: Run, bad: NDArray[np.intp]) -> Track:
    """The cause beside every part that is not good: said each time, also when it is the same again."""
    words = tuple(sorted({run.cause[i] for i in bad.tolist()}))
    code = np.array([words.index(run.cause[i]) for i in bad.tolist()], dtype=np.int32)
    return Track(
        f"{run.machine.path}/scrap_cause",
        run.finished[bad],
        np.full(len(bad), np.nan),
        code,
        words,
        np.zeros(len(bad), dtype=np.uint32),
    )


def _counter(run: Run, name: str) -> Track:
    """A running counter: one row a part, its peculiarities included, and one row at the start of the window."""
    machine = run.machine
    at = run.finished[np.isin(run.verdict, COUNTED[name])]
    value = machine.counter_start + np.arange(1, len(at) + 1)
    if machine.rollover is not None and name == "total_count":
        value = value % (machine.rollover + 1)
    at, value = np.r_[run.since[0], at], np.r_[machine.counter_start, value]
    if machine.counter_reset and (reset := run.days.local(machine.counter_reset)) in run.days.window:
        first = int(np.searchsorted(at, reset))
        value[first:] -= value[first - 1]
        at, value = np.insert(at, first, reset), np.insert(value, first, 0)
    return numbers(f"{machine.path}/{name}", at, value.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Physics:
    """What a machine's states do to its analog values, one figure a spell: power, heat, vibration, meter."""

    run: Run
    off: NDArray[np.bool_]
    power: Numbers
    target: Numbers
    began: Numbers
    shake: Numbers
    edges: Times
    meter: Numbers


def physics(run: Run) -> Physics:
    """Work out, once, what `analogs` needs of a machine."""
    row = run.machine.row
    target = np.array([WARMTH.get(s, 0.25) for s in run.state]) * row.heat
    last = run.kilowatt_hours(Window(int(run.since[-1]), int(run.until[-1])))
    return Physics(
        run,
        np.array([s is State.OFF for s in run.state]),
        np.array([row.power[s] for s in run.state]),
        target,
        _warmth(run, target),
        np.array([SHAKE.get(s, 0.3) for s in run.state]) * row.vibration,
        np.append(run.since, run.until[-1]),
        np.append(run.energy, run.energy[-1] + last),
    )


def analogs(made: Physics, part: Window, chance: np.random.Generator) -> Iterator[Track]:
    """Power, temperature, vibration and the energy meter of one stretch."""
    run, path = made.run, made.run.machine.path
    phase = STEP // 12 * (1 + [m.path for m in MACHINES].index(path))
    at = np.arange(-(-(part.since - phase) // STEP) * STEP + phase, part.until, STEP, dtype=np.int64)
    spell = np.searchsorted(run.since, at, side="right") - 1
    heard = ~made.off[spell] | (np.arange(len(at)) % 30 == 0)
    at, spell = at[heard], spell[heard]
    noise = chance.standard_normal((3, len(at)))
    yield numbers(f"{path}/power", at, np.round(made.power[spell] * (1 + 0.025 * noise[0]), 2))
    yield _temperature(made, at, spell, noise[1])
    worn = 1 + run.machine.wear * _share(run, at) ** 4
    yield numbers(f"{path}/vibration", at, np.round(made.shake[spell] * worn * np.abs(1 + 0.06 * noise[2]), 3))
    minute = at // 60_000_000
    minutes = at[np.diff(minute, prepend=-1) != 0]
    yield numbers(f"{path}/energy", minutes, np.round(np.interp(minutes, made.edges, made.meter), 2))


def _temperature(made: Physics, at: Times, spell: NDArray[np.intp], noise: Numbers) -> Track:
    """A first-order lag towards a level that the state sets, a slow drift, the day's warmth, and a failed sensor."""
    run, target = made.run, made.target[spell]
    warm = target + (made.began[spell] - target) * np.exp((run.since[spell] - at) / LAG)
    day = 2.5 * np.sin(2 * np.pi * (at / 86_400e6 - 0.375))
    value = np.round(22 + warm + run.machine.heat_drift * _share(run, at) + day + 0.05 * noise, 1)
    bad = np.zeros(len(at), dtype=np.bool_)
    if run.machine.path == BROKEN[0]:
        bad = (at >= run.days.local(BROKEN[1])) & (at < run.days.local(BROKEN[2]))
    new = np.r_[True, (value[1:] != value[:-1]) | (bad[1:] != bad[:-1])] if len(at) else bad
    quality = np.where(bad, BAD_SENSOR_FAILURE, 0).astype(np.uint32)
    return numbers(f"{run.machine.path}/temperature", at[new], np.where(bad, np.nan, value)[new], quality[new])


def _warmth(run: Run, target: Numbers) -> Numbers:
    """The temperature over ambient at the start of each spell."""
    fade = np.exp((run.since - run.until) / LAG).tolist()
    began, warm = [], 0.0
    for level, left in zip(target.tolist(), fade, strict=True):
        began.append(warm)
        warm = level + (warm - level) * left
    return np.array(began)


def _share(run: Run, at: Times) -> Numbers:
    """How much of the window is over, 0 to 1."""
    return np.asarray((at - run.since[0]) / (run.until[-1] - run.since[0]), dtype=np.float64)
