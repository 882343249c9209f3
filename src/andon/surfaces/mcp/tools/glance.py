"""What the plant is, and what it is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from ..desk import Desk
from ..figures import local, text
from ..links import Link
from ..register import tool
from ..reply import Reply, Row, Table

RATIOS = ("oee", "availability", "effectiveness", "quality", "coverage")
SHOWN = ("machine", "state", "since", "reason", "order", "product", "shift", *RATIOS, "good", "target")
FIRST = 8
DAY = 24 * 3_600_000_000
"""Alarms that are told at once."""


@tool()
def now(desk: Desk, at: str = "") -> Reply:
    """What every machine is doing, how its shift goes (OEE so far with coverage), and which alarms stand.

    Parameters
    ----------
    at
        Machine or line; empty: the whole plant.
    """
    places = {m["path"] for m in _machines(desk, at)}
    tiles = [t for t in desk.house.now(desk.folder) if t["machine"] in places]
    states = Counter(str(t["state"]) for t in tiles)
    head = [
        desk.say("now {at}", at=local(int(_paper(desk)["now"]) // 1_000_000 * 1_000_000, desk.zone)),
        ", ".join(f"{n} {desk.say(state)}" for state, n in states.most_common()),
        *_standing(desk, at),
    ]
    rows = [{n: t.get(n) for n in SHOWN} for t in tiles]
    return Reply(head, Table(rows, dict.fromkeys(RATIOS, "1")), [_link(desk, Link("plant"))])


@tool()
def plant(
    desk: Desk,
    at: str = "",
    part: Literal["", "machines", "signals", "tests", "products", "shifts", "reasons", "sources"] = "",
) -> Reply:
    """What the plant consists of: lines and machines, or the signals of a machine with their newest values.

    Parameters
    ----------
    at
        Machine or line; empty: the whole plant.
    part
        What to list; empty: machines, or the signals of one machine; tests: what was measured on parts, and when.
    """
    paper, machines = _paper(desk), _machines(desk, at)
    part = part or ("signals" if len(machines) == 1 and at else "machines")
    lines = dict.fromkeys(m["line"] for m in machines)
    head = [
        f"{paper['name']} · {paper['zone']} · {local(int(paper['now']) // 60_000_000 * 60_000_000, desk.zone)}"
        f" · {paper['currency']}",
        desk.say("{n} machines in lines {lines}", n=len(machines), lines=", ".join(lines)),
        f"{desk.say('shifts')}: {', '.join(paper['shifts']) or desk.say('none')}",
    ]
    return Reply(head, PARTS[part](desk, paper, machines), [_link(desk, Link("plant"))])


def _machine_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    return Table(
        [
            {
                "machine": m["path"],
                "title": m["title"] if m["title"] != m["path"] else "",
                "class": m["class"],
                "roles": " ".join(m["roles"]),
            }
            for m in machines
        ]
    )


def _signal_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    newest = {r["signal"]: r for m in machines for r in desk.house.newest(desk.folder, m["path"])}
    rows: list[Row] = [
        {
            "signal": s["path"],
            "role": s["role"],
            "kind": s["kind"],
            "unit": "" if s["unit"] == "1" else s["unit"],
            "value": _value(newest.get(s["path"], {})),
            "at": newest.get(s["path"], {}).get("at"),
            "quality": _quality(newest.get(s["path"], {}).get("quality")),
        }
        for m in machines
        for s in m["signals"]
    ]
    return Table(rows, {"at": "us{1970}"})


def _test_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    places = {m["path"] for m in machines}
    ever = {"since": "1970-01-02", "until": local(int(paper["now"]) + DAY, desk.zone)}
    found = desk.house.what_was_measured(desk.folder, **ever)["machines"]
    rows: list[Row] = [
        {
            "machine": m["machine"],
            "test": x["name"],
            "unit": x["unit"],
            **{end: None if x[end] is None else f"{x[end]:.6g}" for end in ("low", "high")},
            "values": x["count"],
            "since": m["since"],
            "until": m["until"],
        }
        for m in found
        if m["machine"] in places
        for x in m["tests"]
    ]
    return Table(rows, {"since": "us{1970}", "until": "us{1970}"})


def _product_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    places = {m["path"] for m in machines}
    rows: list[Row] = [
        {
            "product": p["name"],
            "title": p["title"],
            "machine": r["machine"],
            "valid since": r["since"] if int(r["since"]) > 0 else None,
            "ideal cycle": r["ideal_cycle"],
            "value": r["value"],
        }
        for p in desk.house.products(desk.folder)
        for r in p["rates"]
        if r["machine"] in places
    ]
    return Table(rows, {"valid since": "us{1970}", "ideal cycle": "us/{part}", "value": str(paper["currency"])})


def _shift_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    found: dict[tuple[str, ...], Row] = {}
    for m in machines:
        for s in desk.house.shifts(desk.folder, m["path"], last="36 h"):
            key = (m["line"], str(s["day"]), str(s["shift"]))
            row = {"line": m["line"], "day": s["day"], "shift": s["shift"], "since": s["since"], "until": s["until"]}
            found.setdefault(key, row | {"breaks": len(s["breaks"])})
    return Table(list(found.values()), {"since": "us{1970}", "until": "us{1970}"}, "shifts of the last 36 h")


def _reason_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    rows = desk.house.reasons(desk.folder, desk.language)
    return Table([{"code": r["code"], "text": r["text"], "parent": r["parent"], "loss": r["class"]} for r in rows])


def _source_table(desk: Desk, paper: Mapping[str, Any], machines: list[Any]) -> Table:
    return Table(desk.house.sources(desk.folder), {"skew": "us", "rate": "/s"})


PARTS = {
    "machines": _machine_table,
    "signals": _signal_table,
    "tests": _test_table,
    "products": _product_table,
    "shifts": _shift_table,
    "reasons": _reason_table,
    "sources": _source_table,
}


def _paper(desk: Desk) -> Mapping[str, Any]:
    found: Mapping[str, Any] = desk.house.described(desk.folder, desk.language)
    return found


def _machines(desk: Desk, at: str) -> list[Any]:
    """The machines of a place, as they stand on paper."""
    there = {m.path for m in desk.house.paper(desk.folder).at(at)}
    return [m for m in _paper(desk)["machines"] if m["path"] in there]


def _standing(desk: Desk, at: str) -> list[str]:
    alarms = desk.house.alarms(desk.folder, at)
    message = "message_zh" if desk.language == "zh" else "message"
    said = [
        f"{a['place']} {a['alarm']} ({desk.say(a['priority'] + ' priority')}): {text(a[message])}"
        for a in alarms[:FIRST]
    ]
    more = [desk.say("and {n} more", n=len(alarms) - FIRST)] if len(alarms) > FIRST else []
    return [f"{desk.say('standing alarms')}: {'; '.join([*said, *more]) or desk.say('none')}"]


def _value(row: Mapping[str, Any]) -> Any:
    return row.get("text") if row.get("value") is None else row["value"]


def _quality(code: int | None) -> str:
    return "" if code is None else ("good", "uncertain", "bad", "bad")[int(code) >> 30]


def _link(desk: Desk, link: Link) -> str:
    return f"{desk.say('evidence')}: {link.uri()}{f' {desk.site}/' if desk.site else ''}"
