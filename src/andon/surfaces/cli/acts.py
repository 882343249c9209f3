"""Changing things: reasons, splits, orders, scrap; each with who and why, in the audit log."""

from __future__ import annotations

import getpass
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from .desk import Desk
from .options import Options
from .show import Shape, print_line, show


def act(desk: Desk) -> typer.Typer:
    app = typer.Typer(
        no_args_is_help=True, help=desk.say("Change something else: stops, orders, scrap, notes, alarms.")
    )
    for known in desk.rooms.acts():
        app.command(known.name, help=desk.say(known.summary))(_command(desk, known))
    return app


def reason(desk: Desk) -> Callable[..., None]:
    return _command(desk, next(a for a in desk.rooms.acts() if a.name == "reason"))


def _command(desk: Desk, known: Any) -> Callable[..., None]:
    """The command of one act: its own arguments in order, then who."""

    def command(**given: Any) -> None:
        plant, who = given.pop("plant"), given.pop("who") or getpass.getuser()
        done = desk.rooms.acted(plant, known.name, who, {k: v for k, v in given.items() if v is not None})
        print_line(desk.say("Done, and written down as number {number}.", number=done))

    o = Options(desk)
    plant = inspect.Parameter("plant", inspect.Parameter.KEYWORD_ONLY, annotation=Path, default=o.plant)
    own = [_parameter(p) for p in known.parameters]
    who = inspect.Parameter("who", inspect.Parameter.KEYWORD_ONLY, annotation=str, default=o.who)
    command.__signature__ = inspect.Signature([plant, *own, who])  # type: ignore[attr-defined]  # typer reads it
    command.__annotations__ = {p.name: p.annotation for p in (plant, *own, who)}
    return command


def _parameter(p: Any) -> inspect.Parameter:
    """A required argument by position, the rest as options."""
    kind = p.kind if p.kind in (int, float, bool) else str
    default = (
        typer.Argument(..., help=p.help)
        if p.required
        else typer.Option(p.default, f"--{p.name.replace('_', '-')}", help=p.help)
    )
    return inspect.Parameter(p.name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)


def audit(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        verify: bool = o.flag("Check the chain of hashes.", "--verify"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        if verify:
            print_line(desk.say("The log is whole: {n} lines.", n=desk.rooms.verified_audit(plant)))
            return
        show(desk, desk.rooms.audit(plant), Shape(in_json, in_csv))

    return command


COMMANDS = {"act": act, "reason": reason, "audit": audit}
