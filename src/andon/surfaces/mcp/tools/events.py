"""What happened: stops, states, alarms, orders, notes, lost connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from ....answer import Plain
from ....model import Window
from ....units import MINUTE, SECOND
from ..desk import Desk
from ..figures import local, number
from ..links import Link, stretch
from ..register import tool
from ..reply import Reply, Row, Table, figure_line
from ..trust import evidence

FOUND = 2_000
"""Stretches that a search gives at most; all of them are counted."""
OF_STATES = {"stop", "unexplained", "state"}
STOPS = {"stop": False, "unexplained": True}
"""Kinds of events that are stops, and whether only those that want a reason are meant."""


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
        stop, unexplained (stops that want a reason), state, alarm, order, product, shift, note, reason, scrap, call,
        connection (lost ones).
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
    kept = [r for r in found if _fits(desk, r, text.casefold(), at_least * SECOND)]
    rows = sorted(({**r, "what": desk.say(str(r["what"]))} for r in kept), key=ORDERS[order])
    since, until = local(window.since, desk.zone), local(window.until, desk.zone)
    counted = "{n} events, {minutes} min in all; lengths are within the window"
    head = [
        f"{', '.join(map(desk.say, kinds))} · {at or desk.say('whole plant')} · {since} – {until} {desk.zone}",
        desk.say(counted, n=len(kept), minutes=number(sum(map(_lasts, kept)) / MINUTE)),
        *(_known(desk, at, said) if OF_STATES & set(kinds) else []),
    ]
    shown = rows if len(set(kinds)) > 1 else [{k: v for k, v in r.items() if k != "kind"} for r in rows]
    link = Link("events", "", {"kinds": ",".join(kinds), **({"at": at} if at else {}), **said})
    return Reply(head, Table(shown, {"since": "us{1970}", "lasts": "us"}), [evidence(desk, link)])


@tool()
def search(desk: Desk, condition: str, when: str, at: str = "") -> Reply:
    """When a condition on signals and states held, and for how long.

    Parameters
    ----------
    condition
        Such as: temperature > 80 for 5 min while running; signals by name or role, several joined with and.
    when
        As for `ask`.
    at
        Machine or line; empty: the whole plant.
    """
    window = desk.house.moments(desk.folder, at, last=when)
    said = stretch(window)
    found = desk.house.searched(desk.folder, condition, at, **said, limit=FOUND)
    since, until = local(window.since, desk.zone), local(window.until, desk.zone)
    figures = [("times", found["total"], ""), ("held", found["time"], "us"), ("coverage", found["coverage"], "1")]
    able = desk.say("{n} machines have the signals", n=len(found["machines"]))
    head = [
        f"{found['condition']} · {at or desk.say('whole plant')} · {since} – {until} {desk.zone}",
        f"{figure_line(figures, desk.say, desk.zone)}; {able}",
    ]
    rows: list[Row] = [
        {"since": r["since"], "lasts": r["until"] - r["since"], "machine": r["machine"]} for r in found["rows"]
    ]
    link = Link("search", "", {"condition": condition, **({"at": at} if at else {}), **said})
    return Reply(head, Table(rows, {"since": "us{1970}", "lasts": "us"}), [evidence(desk, link)])


def _of(desk: Desk, kind: str, at: str, window: Window) -> list[Row]:
    said = stretch(window)
    if kind == "state":
        lanes = desk.house.timelines(desk.folder, at, **said)["machines"]
        return [
            _row(kind, lane["machine"], (since, until), state, _two(reason, told), window)
            for lane in lanes
            for since, until, state, reason, told in lane["spells"]
        ]
    if kind in STOPS:
        return [
            _row(kind, s["machine"], (s["since"], s["until"]), s["state"], _stop(desk, s), window)
            for s in desk.house.stops_at(desk.folder, at, pending=STOPS[kind], **said)
        ]
    rows = desk.house.spelled(desk.folder, kind, at, **said)
    if kind == "connection":
        return _lost(rows, window)
    return [_row(kind, r["place"], (r["since"], r["until"]), r["text"], _detail(r["detail"]), window) for r in rows]


def _stop(desk: Desk, stop: Mapping[str, Any]) -> str:
    """Why it stood, as far as anybody said; and whether somebody should."""
    said = _two(stop["reason"], stop["why"] or stop["said"])
    notes = [
        desk.say(n) for n, is_so in (("still on", stop["ongoing"]), ("wants a reason", stop["needs_reason"])) if is_so
    ]
    return "; ".join([*([said] if said else []), *notes])


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


def _fits(desk: Desk, row: Row, needle: str, least: float) -> bool:
    said = f"{row['what']} {row['detail']} {desk.say(str(row['what']))}".casefold()
    return needle in said and _lasts(row) >= least


def _known(desk: Desk, at: str, said: Mapping[str, str]) -> list[str]:
    """How much of the time the states are known: in the rest there may have been stops, too."""
    spells = [s for lane in desk.house.timelines(desk.folder, at, **said)["machines"] for s in lane["spells"]]
    total = sum(until - since for since, until, *_ in spells)
    unknown = sum(until - since for since, until, state, *_ in spells if state == "unknown")
    share = f"{1 - unknown / total:.1%}" if total else desk.say("unknown")
    return [f"{desk.say('coverage')} {share} ({desk.say('state')})"]


def _begin(row: Row) -> int:
    return int(str(row["since"]))


def _lasts(row: Row) -> int:
    return int(str(row["lasts"] or 0))


ORDERS: Mapping[str, Callable[[Row], int]] = {
    "time": _begin,
    "newest": lambda row: -_begin(row),
    "longest": lambda row: -_lasts(row),
}
