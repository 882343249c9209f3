"""The ledger: where the planned time of closed shifts went."""

from __future__ import annotations

from collections.abc import Sequence

from ....answer import Plain
from ..desk import Desk
from ..figures import local
from ..links import Link, stretch
from ..register import tool
from ..reply import Reply, Row, Table, figure_line
from ..trust import evidence

UNITS = {
    "time": "us",
    "lost time": "us",
    "worst loss time": "us",
    "planned busy time": "us",
    "productive": "1",
    "share": "1",
    "coverage": "1",
}

FASTER = "below 0: faster than the ideal cycle, which is then wrong"


@tool()
def losses(desk: Desk, when: str, at: str = "", by: str = "loss") -> Reply:
    """Where the planned time of closed shifts went: losses ranked in time, parts and money; the books balance.

    Unknown time is a loss of its own, so each row says how much of its time is known.

    Parameters
    ----------
    when
        As for `ask`; shifts that begin in it.
    at
        Machine or line; empty: the whole plant.
    by
        loss, reason, machine, line, shift, day, week, month, product, order, several with commas; or entry.
    """
    window = desk.house.moments(desk.folder, at, last=when)
    said = stretch(window)
    ranking = desk.house.losses(desk.folder, at, **said, by=by)
    groups = [g for g in by.replace(" ", "").split(",") if g]
    whole = ranking.rows if groups == ["loss"] else desk.house.losses(desk.folder, at, **said, by="loss").rows
    rows = ranking.rows if {"loss", "entry"} & set(groups) else _covered(desk, at, said, groups, ranking.rows)
    since, until = local(window.since, desk.zone), local(window.until, desk.zone)
    head = [
        f"{desk.say('losses')} · {at or desk.say('whole plant')} · {since} – {until} {desk.zone}",
        figure_line(_all(whole), desk.say, desk.zone) if whole else desk.say("no shift of that time is closed"),
        *([desk.say("productive time is a row, too")] if groups == ["loss"] else []),
        *([desk.say(FASTER)] if any(_time(r) < 0 for r in ranking.rows) else []),
    ]
    link = Link("ledger", "", {**({"at": at} if at else {}), **said, "by": by})
    foot = [evidence(desk, link)]
    if "entry" in groups:
        foot.insert(0, desk.say("open one with `explain`: andon://entry/NUMBER"))
    return Reply(head, Table([_tidy(r) for r in rows], UNITS | {"money": ranking.currency}), foot)


def _all(rows: Sequence[Row]) -> list[tuple[str, Plain, str]]:
    """Planned busy time, its productive share, and how much of it is known."""
    total = sum(_time(r) for r in rows)
    productive = sum(_time(r) for r in rows if r["loss"] == "productive")
    return [
        ("planned busy time", total, "us"),
        ("productive", productive / total if total else None, "1"),
        ("coverage", _known(rows), "1"),
    ]


def _known(rows: Sequence[Row]) -> float | None:
    total = sum(_time(r) for r in rows)
    return 1 - sum(_time(r) for r in rows if r["loss"] == "unknown") / total if total else None


def _covered(desk: Desk, at: str, said: dict[str, str], groups: list[str], rows: Sequence[Row]) -> list[Row]:
    """Rows of shifts, machines, days... each with how much of its time is known."""
    parts: dict[tuple[Plain, ...], list[Row]] = {}
    for row in desk.house.losses(desk.folder, at, **said, by=",".join([*groups, "loss"])).rows:
        parts.setdefault(tuple(row[g] for g in groups), []).append(row)
    return [{**row, "coverage": _known(parts.get(tuple(row[g] for g in groups), []))} for row in rows]


def _tidy(row: Row) -> Row:
    """Without what only counts rows, and with names that say whose time it is."""
    named = {"time": "lost time", "length": "worst loss time"} if "worst loss" in row else {}
    return {named.get(k, k): v for k, v in row.items() if k not in ("entries", "version")}


def _time(row: Row) -> int:
    return int(str(row["time"]))
