"""What moved first before something went bad: when each signal left its usual course, and what was changed then."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1
from typing import Annotated

import numpy as np

from ...catalog import study
from ...errors import BadQuestion, NoData
from ...model import Measurements, Numbers, Process, Spells, Times
from ...picture import Picture, timeline
from ...units import SECOND, Moment, Probability, Ratio, Seconds, Unit
from .amounts import Size, discoveries
from .bad import rows

ALLOWANCE = 0.5
"""Half of a shift of one standard deviation: what the cumulative sum takes off each time."""
CLIPPED = 4.0
"""One odd value counts no more than so many standard deviations."""
USUAL = 30
"""So many buckets at least tell what the usual course is."""
Shown = Annotated[float, Unit("{value}")]


@dataclass(frozen=True, slots=True)
class Mover:
    """One signal that moved, or one text that changed.

    Attributes
    ----------
    name
        The signal.
    kind
        "number" or "text".
    at
        When it left its usual course, or when the text changed.
    lead
        How long before it went bad; negative: after.
    direction
        "up", "down", or what the text became.
    size
        How far it went from its usual middle, in usual standard deviations; None of a text.
    usual, then
        The median of its usual course, and that from when it moved until it went bad; None of a text.
    p
        That a signal which stays on its course would seem to leave it so clearly in that time; None of a text.
    q
        Share of false ones among all that are no less clear; None of a text.
    """

    name: str
    kind: str
    at: Moment
    lead: Seconds
    direction: str
    size: Size | None
    usual: Shown | None
    then: Shown | None
    p: Probability | None
    q: Probability | None


@dataclass(frozen=True, slots=True)
class FirstMover:
    """What moved first.

    Attributes
    ----------
    question
        What was called bad.
    begun
        When it went bad.
    first
        The signal that left its usual course first, "" where none did.
    lead
        How long before it went bad; None where none did.
    looked
        Signals that could be followed.
    rows
        What moved or was changed, in order of time.
    remarks
        What to bear in mind.
    """

    HEADLINE = ("first", "lead", "begun", "looked")

    question: str
    begun: Moment
    first: str
    lead: Seconds | None
    looked: int
    rows: tuple[Mover, ...]
    remarks: tuple[str, ...]


def first_mover_picture(answer: FirstMover) -> Picture:
    """From when each signal moved until it went bad."""
    shown = [(r.name, r.at, max(answer.begun, r.at + 1), r.direction) for r in answer.rows[:20]]
    return timeline(f"What moved before {answer.question}", shown)


@study(picture=first_mover_picture)
def first_mover(
    process: Process,
    measurements: Measurements | None = None,
    bad: str = "",
    before: Seconds = 3600.0,
    false: Ratio = 0.05,
    every: Seconds | None = None,
) -> FirstMover:
    """What moved first before something went bad, and which settings were changed.

    The usual course of each signal is what it did in good time up to `before` the first bad moment: its median, its
    spread, and how much of each value the one before foretells (an autoregression of order one is taken out). From
    there on a two-sided cumulative sum is kept; its highest level gives a p by the average run length that level has
    by chance (Siegmund; how well the usual course is known is taken off), and the signal moved when that sum last left
    zero. Texts that changed are told beside.

    What moved first need not be the cause, but what moved after is not. Use `what_moved` for all that differs.

    Parameters
    ----------
    process
        All that the machine said, in buckets.
    measurements
        Units, where `bad` is about units: it goes bad with the first bad one.
    bad
        What is bad: `failed` (units), `last 4 h`, `SINCE/UNTIL` in UTC, a text such as `state=fault`, or a number
        such as `oil>60`; the first such moment counts that has enough good time before it.
    before
        How long before it went bad to look for movers.
    false
        Share of false ones that is allowed among those told.
    every
        Length of a bucket of the machine's process; by default as fits the window. Moments are known to a bucket.

    Returns
    -------
    FirstMover
        What moved, in order of time.

    Raises
    ------
    BadQuestion
        What is bad cannot be read.
    NoData
        There is too little good time before it went bad.

    Examples
    --------
    >>> air = [20.0 + i * 37 % 11 / 10 for i in range(200)]
    >>> oil = [50.0 + i * 29 % 13 / 10 + max(0, i - 170) / 2 for i in range(200)]
    >>> edges = [i * SECOND for i in range(201)]
    >>> process = Process.of(edges, {"oil": oil, "air": air}, {"recipe": [(0, 175 * SECOND, "A")]})
    >>> found = first_mover(process, bad=f"{190 * SECOND}/{200 * SECOND}", before=40.0)
    >>> [(r.name, r.lead, r.direction) for r in found.rows]
    [('oil', 19.0, 'up')]

    References
    ----------
    E. S. Page: Continuous Inspection Schemes. Biometrika 41 (1954), 100-115.
    D. Siegmund: Sequential Analysis. Springer 1985, section 2.6.
    """
    if before <= 0 or not 0 < false < 1:
        raise BadQuestion(f"before = {before} must be longer than 0 s, and false = {false} is a share: 0.05 for 5 %.")
    given = rows(process, measurements, bad)
    begun = _begun(process, given.at[given.bad], before)
    searched = begun - round(before * SECOND)
    usual, then = _stretches(process, given.at[given.bad], searched, begun)
    found = [m for name in process.numbers if (m := _followed(process, name, (usual, then), begun)) is not None]
    q = discoveries([m.p or 0.0 for m in found])
    moved = [
        Mover(m.name, m.kind, m.at, m.lead, m.direction, m.size, m.usual, m.then, m.p, share)
        for m, share in zip(found, q, strict=True)
        if share < false
    ]
    changed = [c for name, spells in process.texts.items() for c in _changes(name, spells, searched, begun)]
    told = sorted([*moved, *changed], key=lambda m: (m.at, m.name))
    first = min(moved, key=lambda m: m.at, default=None)
    return FirstMover(
        given.said,
        begun,
        first.name if first else "",
        first.lead if first else None,
        len(found),
        tuple(told),
        tuple(_remarks(process, moved)),
    )


def _begun(process: Process, bad: Times, before: float) -> int:
    """The first bad moment with enough good time before the stretch that is looked at."""
    bad = np.sort(bad)
    starts = bad[np.concatenate([[True], np.diff(bad) > 2 * process.width])]
    for moment in starts.tolist():
        good = process.since < moment - round(before * SECOND)
        good &= ~np.isin(process.place(process.since), process.place(bad))
        if good.sum() >= USUAL:
            return int(moment)
    raise NoData(
        f"There are fewer than {USUAL} good buckets of {process.width / SECOND:g} s before it went bad: ask about a "
        "longer window, or shorten `before` or `every`."
    )


def _stretches(process: Process, bad: Times, searched: int, begun: int) -> tuple[Times, Times]:
    """The buckets of the usual course, and those that are looked at: up to the one in which it went bad."""
    since = process.since
    is_bad = np.zeros(len(since), np.bool_)
    places = process.place(bad)
    is_bad[places[places >= 0]] = True
    return np.flatnonzero((since < searched) & ~is_bad), np.flatnonzero((since >= searched) & (since <= begun))


def _followed(process: Process, name: str, of: tuple[Times, Times], begun: int) -> Mover | None:
    """When a number left its usual course; None where there is none to leave, or nothing was said."""
    mean = process.numbers[name].mean
    usual, then = (places[~np.isnan(mean[places])] for places in of)
    if len(usual) < USUAL or not len(then):
        return None
    middle = float(np.median(mean[usual]))
    foretold = _foretold(mean, usual, middle)
    step = _innovations(mean, np.concatenate([usual, then]), middle, foretold)
    own, new = step[: len(usual)], step[len(usual) :]
    spread = 1.4826 * float(np.median(np.abs(own - np.median(own)))) or float(own.std())
    scale = float(np.abs(mean[usual]).max()) or 1.0
    if spread <= 1e-12 * scale:
        return _from_rest(name, mean, usual, then, process, begun)
    unsure = 1 / np.sqrt(len(own))  # so well is the usual course known: its middle, and its spread half again as ill
    score = np.clip((new - float(np.median(own))) / (spread * (1 + 1.5 * unsure)), -CLIPPED, CLIPPED)
    taken = ALLOWANCE + float(unsure)
    best, start, direction = max(_cumulated(score, "up", taken), _cumulated(-score, "down", taken))
    at = int(process.since[then[start]])
    after = mean[then[start:]]
    usual_spread = 1.4826 * float(np.median(np.abs(mean[usual] - middle))) or float(mean[usual].std())
    size = (float(np.median(after)) - middle) / usual_spread
    p = chance(best, len(then))
    return Mover(name, "number", at, (begun - at) / SECOND, direction, size, middle, float(np.median(after)), p, None)


def _from_rest(name: str, mean: Numbers, usual: Times, then: Times, process: Process, begun: int) -> Mover | None:
    """A number that never changed and now does."""
    middle = float(np.median(mean[usual]))
    other = np.flatnonzero(mean[then] != middle)
    if not len(other):
        return Mover(name, "number", begun, 0.0, "", 0.0, middle, middle, 1.0, None)
    at, value = int(process.since[then[other[0]]]), float(np.median(mean[then[other]]))
    p = 1 / (len(usual) + 1)  # it may change as often as once in so many buckets
    return Mover(
        name, "number", at, (begun - at) / SECOND, "up" if value > middle else "down", None, middle, value, p, None
    )


def _foretold(mean: Numbers, usual: Times, middle: float) -> float:
    """How much of a value the one before foretells, from neighbouring buckets of the usual course."""
    next_to = usual[1:][np.diff(usual) == 1]
    if len(next_to) < USUAL // 2:
        return 0.0
    now, last = mean[next_to] - middle, mean[next_to - 1] - middle
    power = float((last * last).sum())
    return float(np.clip((now * last).sum() / power, 0.0, 0.95)) if power else 0.0


def _innovations(mean: Numbers, places: Times, middle: float, foretold: float) -> Numbers:
    """What each value adds to what the one before foretold."""
    about = mean[places] - middle
    next_to = np.concatenate([[False], np.diff(places) == 1])
    last = np.concatenate([[0.0], about[:-1]])
    return np.where(next_to, about - foretold * last, about * (1 - foretold))


def _cumulated(score: Numbers, direction: str, taken: float) -> tuple[float, int, str]:
    """The highest level of a cumulative sum, and where it last left zero before that."""
    level, start, best = 0.0, 0, (0.0, 0, direction)
    for i, value in enumerate(score.tolist()):
        if level == 0:
            start = i
        level = max(0.0, level + value - taken)
        if level > best[0]:
            best = (level, start, direction)
    return best


def chance(level: float, count: int) -> float:
    """How probably one of two cumulative sums of so many standard normal values gets to a level by chance.

    >>> round(chance(5.0, 465), 2)
    0.63
    """
    raised = 2 * ALLOWANCE * (level + 1.166)
    run_length = (exp(min(raised, 700.0)) - 1 - raised) / (2 * ALLOWANCE**2)
    return -expm1(-2 * count / run_length)


def _changes(name: str, spells: Spells, searched: int, begun: int) -> list[Mover]:
    """Texts that became another one in the stretch that is looked at."""
    found = []
    for i in range(1, len(spells)):
        at = int(spells.since[i])
        if searched <= at <= begun and spells.text[i] != spells.text[i - 1]:
            lead = (begun - at) / SECOND
            found.append(Mover(name, "text", at, lead, spells.text[i], None, None, None, None, None))
    return found


def _remarks(process: Process, moved: list[Mover]) -> list[str]:
    found = [f"moments are known to {process.width / SECOND:g} s"]
    if len(moved) > 1 and moved[0].at == moved[1].at:
        found.append("several moved within the same bucket: ask with a shorter `every` to tell them apart")
    return found if moved else ["no signal left its usual course before it went bad"]
