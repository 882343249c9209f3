"""Making a plant: init, check, schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import typer

from .desk import Desk
from .options import Options
from .show import Shape, print_line, show


def init(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        folder: Path = o.argument("The folder to make."),
        name: str = o.option("", "The plant's name; by default the folder's."),
        zone: str = o.option("", "Its IANA time zone, such as Europe/Rome; by default this machine's."),
        currency: str = o.option("EUR", "Its currency."),
    ) -> None:
        made = desk.rooms.create(
            folder, name=name or folder.resolve().name, zone=zone, currency=currency, language=desk.language
        )
        print_line(
            desk.say(
                "Made {folder}. Describe the machines in {file}, then: andon check {folder}", folder=folder, file=made
            )
        )

    return command


def check(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = typer.Argument(Path("."), help=desk.say("Plant folder or plant.toml.")),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        mistakes = desk.rooms.check(plant)
        rows = [
            {"where": f"{m.file}:{m.line}", "severity": "warning" if m.warning else "error", "what": desk.told(m.text)}
            for m in mistakes
        ]
        if rows or in_json or in_csv:
            show(desk, rows, Shape(in_json, in_csv))
        if any(not m.warning for m in mistakes):
            raise typer.Exit(2)
        if not in_json and not in_csv:
            print_line(desk.say("{plant} is right.", plant=plant))

    return command


def schema(desk: Desk) -> Callable[..., None]:
    def command() -> None:
        print(json.dumps(desk.rooms.schema(), ensure_ascii=False, indent=2))

    return command


COMMANDS = {"init": init, "check": check, "schema": schema}
