"""The ledger: close shifts, rank losses, drill down, show versions, prove the balance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from .desk import Desk
from .options import Options
from .show import Shape, print_line, show

UNITS = {
    "time": "us",
    "share": "1",
    "productive": "1",
    "coverage": "1",
    "planned busy time": "us",
    "sum of losses": "us",
    "length": "us",
}


def close(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        at: str = o.at,
        since: str = o.since,
        until: str = o.until,
        everything: bool = o.flag("Work every shift out again, not only touched ones.", "--everything"),
        who: str = o.who,
        why: str = o.option("", "Why, for a new version."),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        row = desk.rooms.closed(plant, at, since=since, until=until, everything=everything, who=who, why=why)
        if in_json or in_csv:
            show(desk, [row], Shape(in_json, in_csv))
        else:
            print_line(
                desk.say(
                    "{new} shifts closed, {again} closed again as a new version, {same} as they were.",
                    new=row["closed"],
                    again=row["again"],
                    same=row["same"],
                )
            )

    return command


def losses(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        at: str = o.at,
        since: str = o.since,
        until: str = o.until,
        last: str = o.last,
        by: str = o.option("loss", "Rank by loss, reason, machine, line, shift, day, week, product."),
        opened: str = o.option("", "Open one entry down to its stops and samples.", "--open"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        shape = Shape(in_json, in_csv)
        if opened:
            _opened(desk, plant, opened, shape)
            return
        found = desk.rooms.losses(plant, at, since=since, until=until, last=last, by=by)
        show(desk, found.rows, shape, units={**UNITS, "money": found.currency, "shift": ""}, title=found.title)
        if not in_json and not in_csv:
            print_line(f"[dim]{desk.say(found.note)}[/dim]")

    return command


def _opened(desk: Desk, plant: Path, entry: str, shape: Shape) -> None:
    """One entry: its figures, the stops behind it, the samples behind the first of them."""
    found = desk.rooms.opened(plant, entry)
    if shape.json or shape.csv:
        show(desk, found.stops, shape)
        return
    parts = (("entry", [found.entry]), ("stops", found.stops), ("samples of the longest stop", found.samples))
    for title, rows in parts:
        show(desk, rows, shape, title=desk.say(title), units={**UNITS, "money": found.currency})


def history(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant,
        entry: str = o.argument("An entry's number, or 'machine day shift'."),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        show(desk, desk.rooms.versions(plant, entry), Shape(in_json, in_csv), units=UNITS)

    return command


def balance(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_here, in_json: bool = o.in_json, in_csv: bool = o.in_csv) -> None:
        found = desk.rooms.balance(plant)
        show(desk, found.rows, Shape(in_json, in_csv), units=UNITS)
        if not in_json and not in_csv:
            print_line(
                desk.say("{n} closed shifts do not balance.", n=found.wrong)
                if found.wrong
                else desk.say("The books balance: {n} closed shifts, to the microsecond.", n=found.shifts)
            )
        if found.wrong:
            raise typer.Exit(4)

    return command


COMMANDS = {"close": close, "losses": losses, "history": history, "balance": balance}
