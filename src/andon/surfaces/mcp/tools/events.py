"""What happened: stops, states, alarms, orders, notes, lost connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ....answer import Plain
from ....model import Window
from ..desk import Desk
from ..figures import local
from ..links import Link, stretch
from ..register import tool
from ..reply import Reply, Row, Table
from ..trust import evidence

GOING = ("producing", "unknown")
"""States that are no stops."""


@tool()
def events(
    desk: Desk,
    kinds: list[str],
    when: str,
    at: str = "",
    text: str = "",
    at_least: float = 0.0,
    order: Literal["time", "newest", "longest"] = "time",
) -> Reply:
    """What happened at a place: each with its begin, length, place and what was said of it.

    Parameters
    ----------
    kinds
        stop, state, alarm, order, product, shift, note, reason, scrap, call, connection (lost ones).
    when
        As for `ask`.
    at
        Machine or line; empty: the whole plant.
    text
        Only what has this text in it, such as a reason, an order or an alarm.
    at_least
        Only what lasted so many seconds.
    order
        What comes first.
    """
    window = desk.house.moments(desk.folder, at, last=when)
    said = stretch(window)
    found = [row for kind in dict.fromkeys(kinds) for row in _of(desk, kind, at, window)]
    needle = text.casefold()
    kept = [r for r in found if needle in f"{r['what']} {r['detail']} {desk.say(str(r['what']))}".casefold()]
    kept = [r for r in kept if not at_least or float(str(r["lasts"] or 0)) >= at_least * 1_000_000]
    keys = {"time": _begin, "newest": lambda r: -_begin(r), "longest": lambda r: -int(str(r["lasts"] or 0))}
    since, until = local(window.since, desk.zone), local(window.until, desk.zone)
    total = sum(int(str(r["lasts"] or 0)) for r in kept)
    head = [
        f"{', '.join(map(desk.say, kinds))} · {at or desk.say('whole plant')} · {since} – {until} {desk.zone}",
        desk.say(
            "{n} events, {minutes} min in all; lengths are within the window",
            n=len(kept),
            minutes=round(total / 6e7, 1),
        ),
    ]
    rows = sorted(({**r, "what": desk.say(str(r["what"]))} for r in kept), key=keys[order])
    shown = rows if len(set(kinds)) > 1 else [{k: v for k, v in r.items() if k != "kind"} for r in rows]
    link = Link("events", "", {"kinds": ",".join(kinds), **({"at": at} if at else {}), **said})
    return Reply(head, Table(shown, {"since": "us{1970}", "lasts": "us"}), [evidence(desk, link)])


def _of(desk: Desk, kind: str, at: str, window: Window) -> list[Row]:
    said = stretch(window)
    if kind in ("stop", "state"):
        return [
            row for lane in desk.house.timelines(desk.folder, at, **said)["machines"] for row in _spells(lane, kind)
        ]
    rows = desk.house.spelled(desk.folder, kind, at, **said)
    if kind == "connection":
        return _lost(rows, window)
    return [_row(kind, r["place"], (r["since"], r["until"]), r["text"], _detail(r["detail"]), window) for r in rows]


def _spells(lane: Mapping[str, Any], kind: str) -> list[Row]:
    return [
        {
            "kind": kind,
            "since": since,
            "lasts": until - since,
            "place": lane["machine"],
            "what": state,
            "detail": _two(reason, said),
        }
        for since, until, state, reason, said in lane["spells"]
        if kind == "state" or state not in GOING
    ]


def _two(reason: str, said: str) -> str:
    """The reason, and what the machine said."""
    return f"{reason} ({said})" if reason and said else reason or said


def _lost(rows: Sequence[Mapping[str, Any]], window: Window) -> list[Row]:
    """The stretches in which a source was not connected, between the spells in which it was."""
    found: list[Row] = []
    for source in dict.fromkeys(r["place"] for r in rows):
        reached = window.since
        spells = sorted((r["since"], r["until"] or window.until) for r in rows if r["place"] == source)
        for since, until in [*spells, (window.until, window.until)]:
            if since > reached:
                found.append(_row("connection", source, (reached, since), "not connected", "", window))
            reached = max(reached, until)
    return found


def _row(kind: str, place: str, span: tuple[int, int | None], what: str, detail: str, window: Window) -> Row:
    since, until = span
    held = min(until or window.until, window.until) - max(since, window.since)
    return {"kind": kind, "since": since, "lasts": max(0, held), "place": place, "what": what, "detail": detail}


def _detail(detail: Mapping[str, Plain]) -> str:
    """What else was said, without what only programs need."""
    shown = {k: v for k, v in detail.items() if k not in ("act", "breaks", "messages") and v not in ("", None, {}, [])}
    return ", ".join(f"{k} {v}" for k, v in shown.items())


def _begin(row: Row) -> int:
    return int(str(row["since"]))
