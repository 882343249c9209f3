"""Programs that assist people: serve MCP to one of them, look through what they proposed."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from .desk import Desk
from .options import Options
from .show import Shape, local, print_line, show


def mcp(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        right: Literal["viewer", "operator", "engineer"] = o.option(
            "viewer", "With operator or engineer it may propose changes; a person confirms them.", "--right"
        ),
        line: list[str] = o.option([], "Only this line or area; may be given several times.", "--line"),
        who: str = o.option("", "The name that the audit log keeps; by default the user of this machine.", "--who"),
    ) -> None:
        if not desk.rooms.is_plant(plant):
            raise desk.rooms.no_plant(plant)
        if sys.stdin.isatty():
            said = "This speaks MCP to a program over standard input and output; docs/mcp.md says how to set one up."
            print(desk.say(said), file=sys.stderr)
        desk.rooms.assist(
            plant, who=who or f"{getpass.getuser()} (mcp)", right=right, lines=line, language=desk.language
        )

    return command


def proposals(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        confirm: int | None = o.option(None, "Do what the proposal of this number says.", "--confirm"),
        dismiss: int | None = o.option(None, "Put the proposal of this number away.", "--dismiss"),
        everything: bool = o.flag("Show also those that are closed.", "--all"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        mine = {"who": getpass.getuser(), "right": "admin"}  # who owns the folder's files has every right
        if confirm is not None:
            done = desk.rooms.act_confirmed(plant, confirm, **mine)
            print_line(desk.say("Done, and written down as number {number}.", number=done.done))
        elif dismiss is not None:
            desk.rooms.act_dismissed(plant, dismiss, **mine)
            print_line(desk.say("Put away; nothing was changed."))
        else:
            zone = desk.rooms.paper(plant).zone
            found = [_row(p, zone) for p in desk.rooms.act_proposals(plant, everything=everything)]
            show(desk, found, Shape(in_json, in_csv))

    return command


def _row(proposal: Any, zone: str) -> Mapping[str, Any]:
    given = ", ".join(f"{k}={v}" for k, v in proposal.arguments.items() if v != "")
    return {
        "number": proposal.number,
        "at": local(proposal.at // 1_000_000 * 1_000_000, zone),
        "state": proposal.state,
        "who": proposal.who,
        "act": proposal.act,
        "arguments": given,
        "why": proposal.why,
        "by": proposal.by,
    }


COMMANDS = {"mcp": mcp, "proposals": proposals}
