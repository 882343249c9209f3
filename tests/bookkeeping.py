"""Shifts and entries to post: short ways to make them, and the shift of oracle O1."""

from dataclasses import replace
from pathlib import Path

import pytest

from andon.ledger import Books, Closing, Entry, Fate
from andon.model import Loss, Window
from andon.units import HOUR, MINUTE

PRESS = "line-1/press-3"
MONDAY = 1_772_409_600_000_000  # 2026-03-02T00:00Z


def shift(entries: list[Entry], *, planned_down: int = 0, **figures: object) -> tuple[Closing, list[Entry]]:
    """A closing that fits its entries, as the studies would make it."""
    first, known = entries[0], {Loss.UNKNOWN: "unknown", Loss.IDLE: "down", Loss.SETUP: "setup"}
    stops = {Loss.BREAKDOWN: "delay", Loss.MINOR_STOP: "delay", Loss.DELAY: "delay"}
    elements = dict.fromkeys(("production", "setup", "delay", "down", "unknown"), 0)
    for e in entries:
        elements[(known | stops).get(e.loss, "production")] += e.micros
    fates = {
        name: sum(e.parts or 0.0 for e in entries if e.fate is fate)
        for fate, name in ((Fate.GOOD, "good"), (Fate.REJECT, "rejects"), (Fate.REWORK, "rework"))
    }
    busy = sum(e.micros for e in entries)
    closing = Closing(
        machine=first.machine,
        day=first.day,
        shift=first.shift,
        window=first.window,
        planned_operation=busy + planned_down,
        planned_down=planned_down,
        planned_busy=busy,
        made=sum(fates.values()),
        **elements,
        **fates,
    )
    return replace(closing, **figures), entries


def entry(loss: Loss, micros: int, *, machine: str = PRESS, day: int = 2, name: str = "early", **more: object) -> Entry:
    begin = MONDAY + (day - 2) * 24 * HOUR + {"early": 6, "late": 14, "night": 22}[name] * HOUR
    return Entry(
        machine=machine,
        day=f"2026-03-{day:02}",
        shift=name,
        window=Window(begin, begin + 8 * HOUR),
        loss=loss,
        micros=micros,
        **more,
    )


def oracle(**more: object) -> tuple[Closing, list[Entry]]:
    """Oracle O1 (oee_shift_events.csv): PBT 440 min, PRI 0.75 min, 428 parts of which 409 are good."""
    rows = [
        (Loss.PRODUCTIVE, 306.75, 409.0, Fate.GOOD),
        (Loss.BREAKDOWN, 38, None, Fate.NOT_MADE),
        (Loss.SETUP, 22, None, Fate.NOT_MADE),
        (Loss.MINOR_STOP, 7, None, Fate.NOT_MADE),
        (Loss.IDLE, 25, None, Fate.NOT_MADE),
        (Loss.SPEED, 27, 36.0, Fate.NOT_MADE),
        (Loss.DEFECTS, 14.25, 19.0, Fate.REJECT),
    ]
    entries = [
        entry(loss, round(minutes * MINUTE), parts=parts, fate=fate, **more) for loss, minutes, parts, fate in rows
    ]
    apt = 348 * MINUTE
    return shift(
        entries, planned_down=40 * MINUTE, rated=apt, ideal_made=321 * MINUTE, ideal_good=round(306.75 * MINUTE)
    )


@pytest.fixture
def books(tmp_path: Path):
    with Books.open(tmp_path / "ledger", clock=lambda: 5_000_000_000) as opened:
        yield opened
