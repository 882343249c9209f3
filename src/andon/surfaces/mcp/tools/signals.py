"""What signals did over time, in few points."""

from __future__ import annotations

from typing import Any

from ....errors import BadQuestion
from ....units import MINUTE
from ..desk import Desk
from ..figures import local, number
from ..links import Link, stretch
from ..register import tool
from ..reply import Reply, Row, Table
from ..trust import evidence

POINTS, MOST = 12, 200
TOGETHER = 8
WORDY = ("text", "state")


@tool()
def trend(desk: Desk, signals: list[str], when: str, points: int = POINTS) -> Reply:
    """How up to 8 numeric signals went: lowest..highest in each of a few stretches, true extremes, with coverage.

    Parameters
    ----------
    signals
        Paths such as line-1/press-3/temperature; `plant` lists them.
    when
        As for `ask`.
    points
        Stretches, up to 200.
    """
    if not 1 <= len(signals) <= TOGETHER or not 1 <= points <= MOST:
        raise BadQuestion(f"A trend tells 1 to {TOGETHER} signals in 1 to {MOST} points.")
    paper = desk.house.paper(desk.folder)
    for path in signals:
        if paper.signal(path).kind in WORDY:
            raise BadQuestion(f"{path} says words, not numbers: ask `events` for states, orders and products.")
    window = desk.house.moments(desk.folder, signals[0].rpartition("/")[0], last=when)
    found = desk.house.trends(desk.folder, signals, window, points)
    names = _names([c.signal.path for c in found.curves])
    merged: dict[int, dict[str, Any]] = {}
    for curve in found.curves:
        for row in curve.buckets.to_pylist():
            merged.setdefault(_at(row["at"]), {})[names[curve.signal.path]] = _span(row["low"], row["high"])
    rows: list[Row] = [{"at": max(at, window.since), **merged[at]} for at in sorted(merged)]
    since, until = local(window.since, desk.zone), local(window.until, desk.zone)
    head = [
        desk.say("trend {since} – {until} {zone}", since=since, until=until, zone=desk.zone),
        desk.say("rows begin at `at`, {minutes} min each: lowest..highest", minutes=number(found.width / MINUTE)),
        *[_summary(desk, names[c.signal.path], c) for c in found.curves],
    ]
    said = stretch(window)
    foot = [evidence(desk, Link("samples", path, said)) for path in signals[:3]]
    return Reply(head, Table(rows, {"at": "us{1970}"}), foot)


def _names(paths: list[str]) -> dict[str, str]:
    """Short names, where they tell the signals apart."""
    short = {p: p.rpartition("/")[2] for p in paths}
    return short if len(set(short.values())) == len(paths) else {p: p for p in paths}


def _summary(desk: Desk, name: str, curve: Any) -> str:
    unit = "" if curve.signal.unit == "1" else f" [{curve.signal.unit}]"
    rows = [r for r in curve.buckets.to_pylist() if r["low"] is not None]
    share = desk.say("unknown") if curve.coverage is None else f"{curve.coverage:.1%}"
    if not rows:
        return f"{name}{unit}: {desk.say('nothing was heard')}, {desk.say('coverage')} {share}"
    said = {
        "first value": rows[0]["first"],
        "last value": rows[-1]["last"],
        "lowest": min(r["low"] for r in rows),
        "highest": max(r["high"] for r in rows),
    }
    told = ", ".join(f"{desk.say(word)} {number(value)}" for word, value in said.items())
    return f"{name}{unit}: {told}, {desk.say('coverage')} {share}"


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    first, last = number(low), number(high)
    return first if first == last else f"{first}..{last}"


def _at(said: Any) -> int:
    """Microseconds of what Arrow gives as a moment or as a number."""
    return int(said) if isinstance(said, int) else int(said.timestamp() * 1_000_000)
