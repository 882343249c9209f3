"""How long a machine runs between failures: MTBF with limits, Weibull, Kaplan-Meier, trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Calendar, Spells, State, States, Window
from ...picture import Picture, survival
from ...units import SECOND, Micros, Moment, Ratio, Seconds, Unit
from .lifetimes import Shape, Survivors, Weibull, kaplan_meier, weibull_fit
from .repairs import PowerLaw, laplace, mtbf_bound, mtbf_interval, power_law
from .stretches import held, inside

__all__ = [
    "Lifetime",
    "PowerLaw",
    "Reliability",
    "Survivors",
    "Weibull",
    "kaplan_meier",
    "laplace",
    "mtbf_bound",
    "mtbf_interval",
    "power_law",
    "reliability",
    "weibull_fit",
]

CLOCKS: Mapping[str, tuple[State, ...]] = {
    "producing": (State.PRODUCING,),
    "up": (State.PRODUCING, State.SETUP, State.STARVED, State.BLOCKED, State.HELD, State.IDLE),
}
"""States in which a machine ages, by the name of the clock."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """One stretch of running from a repair to the next failure.

    Attributes
    ----------
    until
        When it ended.
    time
        How long the machine ran in it.
    failed
        True if it ended in a failure, false if it was cut off.
    """

    until: Moment
    time: Seconds
    failed: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often a machine fails, and whether that changes with age.

    Attributes
    ----------
    failures
        Failures that began in the window.
    running
        Time that the machine ran, on the chosen clock.
    repair
        Time in fault that belongs to the failures.
    unknown
        Time in which nobody knows what the machine did.
    left_out
        Failures whose lifetime is not known, because its beginning was not seen; they count for the MTBF only.
    confidence
        Of all limits, two-sided.
    mtbf_low, mtbf_high
        Limits of the MTBF if failures come at a constant rate; there is no upper one without failures.
    trend
        Laplace's U: beyond +2 failures come ever faster, beyond -2 ever slower; None without failures.
    weibull
        Weibull distribution of the lifetimes (log-scale limits); None where fewer than two different failures tell one.
    growth
        Power-law process of the failures; None without failures.
    survivors
        Kaplan-Meier curve of the lifetimes.
    lifetimes
        Each stretch of running.
    """

    failures: int
    running: Micros
    repair: Micros
    unknown: Micros
    left_out: int
    confidence: Ratio
    mtbf_low: Seconds | None
    mtbf_high: Seconds | None
    trend: Annotated[float, Unit("{U}")] | None
    weibull: Weibull | None
    growth: PowerLaw | None
    survivors: tuple[Survivors, ...]
    lifetimes: tuple[Lifetime, ...]

    @property
    def mtbf(self) -> Seconds | None:
        """Mean running time between failures."""
        return self.running / self.failures / SECOND if self.failures else None

    @property
    def mttr(self) -> Seconds | None:
        """Mean time in fault of a failure."""
        return self.repair / self.failures / SECOND if self.failures else None

    @property
    def inherent_availability(self) -> Ratio | None:
        """MTBF / (MTBF + MTTR): what failures alone leave of the time."""
        return self.running / (self.running + self.repair) if self.failures else None

    @property
    def shape(self) -> Shape | None:
        """Weibull shape: below 1 early failures, near 1 failures by chance, above 1 wear."""
        return self.weibull.shape if self.weibull else None

    @property
    def characteristic_life(self) -> Seconds | None:
        """Weibull scale: the running time by which 63.2 % have failed."""
        return self.weibull.scale if self.weibull else None

    @property
    def b10(self) -> Seconds | None:
        """The running time by which one in ten has failed."""
        return self.weibull.b10 if self.weibull else None

    @property
    def mttf(self) -> Seconds | None:
        """Mean running time to a failure, by the Weibull distribution."""
        return self.weibull.mttf if self.weibull else None

    @property
    def growth_shape(self) -> Shape | None:
        """Power-law shape: below 1 the machine gets better, above 1 it wears."""
        return self.growth.shape if self.growth else None

    @property
    def changes(self) -> bool:
        """Failures come faster or slower with time, so one distribution of lifetimes misleads."""
        return self.trend is not None and abs(self.trend) > 1.96


def survivors_picture(answer: Reliability) -> Picture:
    """The share of lifetimes still running, with the fitted distribution through it."""
    rows: list[tuple[str, float, float, float | None, float | None]] = [("Kaplan-Meier", 0.0, 1.0, None, None)]
    rows += [("Kaplan-Meier", s.time / 3600, s.share, s.low, s.high) for s in answer.survivors]
    if answer.weibull and answer.survivors:
        last = answer.survivors[-1].time
        rows += [
            ("Weibull", last * i / 60 / 3600, answer.weibull.reliability(last * i / 60), None, None) for i in range(61)
        ]
    return survival(
        "Share still running since the last repair",
        rows if answer.survivors else [],
        "h",
        x="running time",
        smooth=["Weibull"],
    )


@study(picture=survivors_picture)
def reliability(
    states: States,
    calendar: Calendar,
    clock: Literal["producing", "up"] = "producing",
    shortest: Seconds = 0.0,
    bridge: Seconds = 600.0,
    confidence: Ratio = 0.9,
) -> Reliability:
    """How long the machine runs between failures, and whether it wears.

    A failure is a fault; faults between which the machine did not run are one failure. A lifetime is the running time
    from one failure to the next; one that the end of the window or a longer gap cut off counts as a suspension.
    MTBF = running time / failures, limits 2T / chi2. Look at `trend` first: if failures come faster or slower, trust
    `growth` (power law) and not `weibull`, which takes each repair to be as good as new.

    Use `kpis` instead when you want MTBF, MTTF and MTTR as ISO 22400-2 defines them.

    Parameters
    ----------
    states
        What the machine did; what lies before the window tells the age at its beginning.
    calendar
        Its window is the one that is asked about.
    clock
        What ages the machine: "producing" (only production), or "up" (all known time but fault, maintenance and off).
    shortest
        Faults that are shorter than this are no failures.
    bridge
        Unknown time up to this long is taken for a pause; a longer gap cuts the lifetime off.
    confidence
        Of all limits, two-sided.

    Returns
    -------
    Reliability
        Failures, running time, MTBF, fits and the lifetimes they rest on.

    Raises
    ------
    BadQuestion
        The clock is not known.
    NoData
        The machine did not run in the window.

    Examples
    --------
    >>> from andon.units import HOUR
    >>> rows = [(0, 4, "producing"), (4, 5, "fault"), (5, 11, "producing"), (11, 13, "fault"), (13, 16, "producing")]
    >>> states = States.of([(a * HOUR, b * HOUR, s) for a, b, s in rows])
    >>> found = reliability(states, Calendar(Window(0, 16 * HOUR), ()))
    >>> found.failures, found.mtbf, [(x.time, x.failed) for x in found.lifetimes]
    (2, 23400.0, [(21600.0, True), (10800.0, False)])

    References
    ----------
    NIST/SEMATECH e-Handbook of Statistical Methods, 8.1.7, 8.4.1, 8.4.5 (the figures of the tests).
    H. Ascher, H. Feingold: Repairable Systems Reliability. Dekker 1984.
    """
    if clock not in CLOCKS:
        raise BadQuestion(f"There is no clock {clock!r}. Use one of: {', '.join(CLOCKS)}.")
    if not 0 < confidence < 1:
        raise BadQuestion(f"A confidence of {confidence} is not between 0 and 1: for 90 % write 0.9.")
    window = calendar.window & states.window
    ages = held(states, CLOCKS[clock])
    failures = _failures(states, ages, round(shortest * SECOND))
    mine = [f for f in failures if f.since in window]
    running, unknown, repair = (_spent(s, window) for s in (ages, held(states, (State.UNKNOWN,)), _faults(failures)))
    if not running:
        raise NoData(f"The machine did not run in that window (clock {clock!r}): nobody can say how often it fails.")
    lives, left_out = _lifetimes(states, ages, failures, window, round(bridge * SECOND))
    low, high = mtbf_interval(running / SECOND, len(mine), confidence=confidence)
    moments = [t / SECOND for t in _aged(ages, window.since, [f.since for f in mine]) if t]
    times, censored = [x.time for x in lives], [not x.failed for x in lives]
    return Reliability(
        len(mine),
        running,
        repair,
        unknown,
        left_out,
        confidence,
        low,
        high,
        laplace(moments, running / SECOND) if moments else None,
        weibull_fit(times, censored, confidence=confidence) if _tells(lives) else None,
        power_law(moments, running / SECOND, confidence=confidence)
        if moments and moments[0] < running / SECOND
        else None,
        kaplan_meier(times, censored, confidence=confidence) if lives else (),
        tuple(lives),
    )


@dataclass(frozen=True, slots=True)
class _Failure:
    """Faults between which the machine did not run: from the first to the last, and the time in fault."""

    since: int
    until: int
    faults: tuple[tuple[int, int], ...]


def _failures(states: States, ages: Spells, shortest: int) -> list[_Failure]:
    faults = held(states, (State.FAULT,))
    before = inside(ages, np.append(states.window.since, faults.until)[:-1], faults.since).tolist()
    found: list[_Failure] = []
    for (since, until, _), ran in zip(faults.rows(), before, strict=True):
        if ran or not found:
            found.append(_Failure(since, until, ((since, until),)))
        else:
            found[-1] = _Failure(found[-1].since, until, (*found[-1].faults, (since, until)))
    return [f for f in found if sum(u - s for s, u in f.faults) >= shortest]


def _faults(failures: list[_Failure]) -> Spells:
    return Spells.of((s, u, "") for f in failures for s, u in f.faults)


def _lifetimes(
    states: States, ages: Spells, failures: list[_Failure], window: Window, bridge: int
) -> tuple[list[Lifetime], int]:
    """Running times that ended in the window; failures whose lifetime began unseen are only counted."""
    gaps = [(s, u) for s, u, _ in held(states, (State.UNKNOWN,)).rows() if u - s > bridge]
    events = sorted([(f.since, f.until, True) for f in failures] + [(s, u, False) for s, u in gaps])
    events.append((window.until, window.until, False))
    ended, begun = (_aged(ages, states.window.since, [e[i] for e in events]) for i in (0, 1))
    lives, left_out, born = [], 0, -1
    for place, (since, _, failed) in enumerate(events):
        if since > window.until:
            break
        time = ended[place] - born if born >= 0 else 0
        if time and (since in window or since == window.until):
            lives.append(Lifetime(since, time / SECOND, failed and since < window.until))
        elif failed and since in window:
            left_out += 1
        born = begun[place] if failed else -1
    return lives, left_out


def _aged(ages: Spells, since: int, moments: Sequence[int]) -> list[int]:
    """How long the machine ran from `since` to each moment."""
    until = np.array(moments, dtype=np.int64)
    return [int(t) for t in inside(ages, np.full(len(until), since), until)]


def _spent(spells: Spells, window: Window) -> int:
    return int(inside(spells, np.array([window.since]), np.array([window.until]))[0]) if window.duration else 0


def _tells(lives: list[Lifetime]) -> bool:
    ended = [x.time for x in lives if x.failed]
    return len(ended) > 1 and max(x.time for x in lives) > min(ended)
