"""What operators of the demo measure: the turned diameter of a few parts every half hour, and one gauge study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from ...model import Batch, Times, Window
from ...units import MINUTE
from .delivery import HOUR, LENGTH
from .hours import Days
from .timeline import Run

SOURCE, GAUGE, TEST, STUDY = "gauges", "micrometer-7", "diameter", "diameter gauge study"
EVERY, TOGETHER = 30 * MINUTE, 5
LOW, TARGET, HIGH = 24.95, 25.0, 25.05
SIGMA = 0.008
WEAR, EDGE = 0.0002, 24 * HOUR
"""Millimetres that a diameter grows in an hour, and after how long the cutting edge is turned."""
WRONG = ("line-2/lathe-2", "2026-10-20T07:00", "2026-10-20T21:30", 0.014)
"""A wrong insert: which lathe, from when until when in local time, and by how much its parts were too large."""
WHO = ("Li Na", "Wang Jun", "Chen Bo")
STUDIED = ("line-1/lathe-1", "2026-10-15T09:00")
PARTS, APPRAISERS, TRIALS = 10, 3, 3
PART_SIGMA, APPRAISER_BIAS, REPEAT_SIGMA = 0.012, (0.0, 0.0009, -0.0007), 0.0013


Row = tuple[str, int, str, str, float, str, str]
"""Machine, moment, unit, test, value, who, product."""


def gauged(runs: Sequence[Run], seed: int, days: Days, window: Window) -> Iterator[Batch]:
    """Everything that was measured in a window: a batch every four hours, the same whatever window they are told in."""
    for since in range(days.window.since, window.until, LENGTH):
        part = Window(since, since + LENGTH) & window
        rows = measured_rows(runs, seed, days, part) if part.duration else []
        if rows:
            yield Batch(SOURCE, (since - days.window.since) // LENGTH + 1, measurements=_table(rows))


def measured_rows(runs: Sequence[Run], seed: int, days: Days, window: Window) -> list[Row]:
    """What was measured in a window: machine, moment, unit, test, value, who, product."""
    before = Window(window.since - LENGTH, window.until)  # a half hour, or a study, may have begun before it
    lathes = [r for r in runs if r.machine.path.rpartition("/")[2].startswith("lathe")]
    rows = (row for run in lathes for row in (*_inspected(run, seed, days, before), *_studied(run, seed, days, before)))
    return [row for row in rows if row[1] in window]


def measured_truth(days: Days, window: Window) -> dict[str, object]:
    """What a chart and a gauge study could find out."""
    machine, since, until, off = WRONG
    wrong = Window(days.local(since), days.local(until)) & window
    biases = dict(zip(WHO, APPRAISER_BIAS, strict=True))
    study = {"machine": STUDIED[0], "test": STUDY, "parts": PART_SIGMA, "repeat": REPEAT_SIGMA, "biases": biases}
    shift = {"machine": machine, "test": TEST, "since": wrong.since, "until": wrong.until, "off": off}
    return {"sigma": SIGMA, "shifts": [shift] if wrong.duration else [], "study": study}


def _table(rows: Sequence[Row]) -> pa.Table:
    machine, at, unit, test, value, who, product = zip(*sorted(rows, key=lambda r: r[1]), strict=True)
    count = len(rows)
    return pa.table(
        {
            "machine": machine,
            "at": pa.array(at, pa.timestamp("us", "UTC")),
            "unit_id": unit,
            "step": [""] * count,
            "test": test,
            "unit": ["mm"] * count,
            "value": value,
            "low": [LOW] * count,
            "high": [HIGH] * count,
            "who": who,
            "gauge": [GAUGE] * count,
            "product": product,
        }
    )


def _inspected(run: Run, seed: int, days: Days, part: Window) -> Iterator[Row]:
    """The first parts that were finished in each half hour."""
    path = run.machine.path
    lathe, first, last, off = WRONG[0], days.local(WRONG[1]), days.local(WRONG[2]), WRONG[3]
    begin, end = np.searchsorted(run.finished, [part.since, part.until])
    taken = np.arange(begin, end)
    half = run.finished[taken] // EVERY
    for period in np.unique(half):
        places = taken[half == period][:TOGETHER]
        luck = np.random.default_rng([seed, sum(path.encode()), int(period)])
        noise = luck.normal(0, SIGMA, TOGETHER)
        for n, i in enumerate(places.tolist()):
            at = int(run.finished[i])
            wear = WEAR * ((at - days.window.since) % EDGE - EDGE / 2) / HOUR
            wrong = off if path == lathe and first <= at < last else 0.0
            value = round(TARGET + wear + wrong + float(noise[n]), 4)
            who = WHO[int(period * EVERY // (8 * HOUR)) % len(WHO)]
            yield path, at, f"{path.rpartition('-')[2]}-{i:06d}", TEST, value, who, run.product[i]


def _studied(run: Run, seed: int, days: Days, part: Window) -> Iterator[Row]:
    """A crossed gauge study: each of three people measures each of ten parts three times, in random order."""
    begin = days.local(STUDIED[1])
    if run.machine.path != STUDIED[0] or begin not in part:
        return
    luck = np.random.default_rng([seed, PARTS, APPRAISERS, TRIALS])
    sizes = luck.normal(TARGET, PART_SIGMA, PARTS)
    at: Times = begin + 20_000_000 * np.arange(PARTS * APPRAISERS * TRIALS)
    turn = 0
    for _ in range(TRIALS):
        for person, bias in enumerate(APPRAISER_BIAS):
            for n in luck.permutation(PARTS).tolist():
                value = round(float(sizes[n] + bias + luck.normal(0, REPEAT_SIGMA)), 4)
                yield run.machine.path, int(at[turn]), f"study-{n + 1:02d}", STUDY, value, WHO[person], ""
                turn += 1
