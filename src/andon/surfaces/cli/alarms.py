"""Alarms: what stands, and what was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .desk import Desk
from .options import Options
from .show import Shape, local, print_line, show

FOR_PEOPLE = ("priority", "place", "alarm", "state", "since", "until", "message", "first out", "by")


def alarms(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        at: str = o.at,
        everything: bool = o.flag("Show also those that are over.", "--all", "-a"),
        since: str = o.since,
        until: str = o.until,
        last: str = o.last,
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        rows = desk.rooms.alarms(plant, at, everything=everything, since=since, until=until, last=last)
        if in_json or in_csv:
            show(desk, rows, Shape(in_json, in_csv))
            return
        if not rows:
            print_line(desk.say("No alarm stands."))
            return
        zone = desk.rooms.zone(plant)
        chinese = desk.language == "zh"
        shown = [
            {
                **{k: r[k] for k in FOR_PEOPLE},
                "priority": desk.say(f"{r['priority']} priority").removesuffix(" priority"),
                "since": local(r["since"], zone),
                "until": None if r["until"] is None else local(r["until"], zone),
                "message": r["message_zh" if chinese else "message"],
            }
            for r in rows
        ]
        show(desk, shown, Shape())

    return command


COMMANDS = {"alarms": alarms}
