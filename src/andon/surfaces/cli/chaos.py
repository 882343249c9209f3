"""Chaos: faults thrown at real servers and a real Andon, and the table of what became of every sample."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import typer

from .desk import Desk
from .options import Options
from .show import Shape, print_line, show

UNITS = {"recovery": "s", "gap": "s"}


def chaos(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        folder: Path = typer.Argument(None, help=desk.say("Where to make the plant; by default a folder that is new.")),
        everything: bool = o.flag("All faults, a quarter of an hour; else the three that matter most.", "--long"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers are ended, too
        place, quiet = folder or Path(mkdtemp(prefix="andon-chaos-")), in_json or in_csv
        if not quiet:
            print_line(desk.say("Making a plant and starting its machines in {folder}...", folder=place))
        rows = list[dict[str, Any]]()

        def tell(said: str) -> None:
            if not quiet:
                print_line(f"[dim]{said}[/dim]")

        for found in desk.rooms.accounts(place, desk.rooms.LONG if everything else desk.rooms.SHORT, tell=tell):
            rows.append(_row(found))
            tell("  " + ", ".join(f"{name} {value}" for name, value in rows[-1].items() if value is not None))
        show(desk, rows, Shape(in_json, in_csv), units=UNITS)
        if failed := sum(not row["well"] for row in rows):
            print_line(desk.say("{n} of {all} were not well.", n=failed, all=len(rows)))
            raise typer.Exit(1)
        if not quiet:
            print_line(desk.say("All well: nothing acknowledged was lost, nothing was doubled, no gap was hidden."))

    return command


def _row(found: Any) -> dict[str, Any]:
    return asdict(found) | {"well": found.well}


COMMANDS = {"chaos": chaos}
