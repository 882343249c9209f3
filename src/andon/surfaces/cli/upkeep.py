"""Looking after the plant folder: export, seal, backup, restore, verify, forget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from .desk import Desk
from .options import Options
from .show import Shape, print_line, show


def export(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant,
        target: Path = o.argument("File to write; its ending says the format: .parquet or .csv."),
        at: str = o.at,
        kind: str = o.option("samples", "What to copy: samples, units (as they were tested) or measurements."),
        since: str = o.since,
        until: str = o.until,
    ) -> None:
        rows = desk.rooms.exported(plant, target, kind=kind, at=at, since=since, until=until)
        print_line(desk.say("{n} rows written to {file}.", n=f"{rows:,}", file=target))

    return command


def seal(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_here) -> None:
        print_line(desk.say("{n} samples sealed.", n=f"{desk.rooms.sealed(plant):,}"))

    return command


def backup(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant, target: Path = o.argument("New folder to copy it to.")) -> None:
        desk.rooms.backed_up(plant, target)
        print_line(desk.say("Copied to {file}.", file=target))

    return command


def restore(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        copy: Path = o.argument("The backup."), folder: Path = o.argument("New folder to bring it back to.")
    ) -> None:
        desk.rooms.restored(copy, folder)
        print_line(desk.say("Brought back to {file}.", file=folder))

    return command


def verify(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        deep: bool = o.flag("Compare roll-ups with samples, too.", "--deep"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        found = desk.rooms.verified(plant, deep=deep)
        show(desk, found.rows, Shape(in_json, in_csv))
        if not in_json and not in_csv and not found.damaged:
            print_line(desk.say("Everything is as it was written."))
        if found.damaged:
            raise typer.Exit(4)

    return command


def forget(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant,
        yes: bool = o.flag("Delete; without it, only say what would go.", "--yes", "-y"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        show(desk, desk.rooms.forgotten(plant, really=yes), Shape(in_json, in_csv))

    return command


COMMANDS = {"export": export, "seal": seal, "backup": backup, "restore": restore, "verify": verify, "forget": forget}
