"""A proposal is looked at, corrected line by line, and confirmed: plain prompts, no screen to learn."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from typing import Any

import typer

from ...errors import AndonError
from .desk import Desk
from .proposals import show_proposal
from .show import console, print_line

Proposal = Any
LIVE = 5.0
"""Seconds for which `values` shows them moving."""
HELP = """  accept                    write it, after what is marked ? was asked
  show all | show MACHINE   every line; values: what they say now
  drop 3 | drop press-3     leave a line or a machine out; keep 3 takes it back
  rename press-3 line-2/press-3 | rename 3 spindle_speed
  role 3 power | unit 3 kW | kind 3 number | states 3 packml | states 3 1=producing 2=fault
  quit                      change nothing"""


def confirmed_by(desk: Desk, guest: Any, proposal: Proposal) -> Proposal | None:
    """What a person makes of a proposal; None where nothing is to be written."""
    print_line(f"[dim]{desk.say('accept, drop 3, role 3 power... ; help shows all; quit changes nothing.')}[/dim]")
    while True:
        said = typer.prompt(desk.say("What now?"), default="accept", prompt_suffix=" ")
        words = _words(said)
        verb = words[0].lower() if words else "help"
        if verb in ("quit", "q", "no", "n"):
            print_line(desk.say("Nothing was changed."))
            return None
        if verb in ("accept", "a", "yes", "y", "ok"):
            return _asked(desk, proposal)
        proposal = _one(desk, guest, proposal, [verb, *words[1:]])


def _one(desk: Desk, guest: Any, proposal: Proposal, words: list[str]) -> Proposal:
    """One thing that a person said to do; a mistake is told, and nothing is changed by it."""
    if words[0] in ("help", "h", "?"):
        console().print(desk.say(HELP), markup=False)
        return proposal
    if words[0] == "show":
        which = words[1] if len(words) > 1 else ""
        show_proposal(desk, proposal, only="" if which == "all" else which, whole=which == "all")
        return proposal
    if words[0] in ("values", "v"):
        _live(desk, guest, proposal)
        return proposal
    try:
        changed = desk.rooms.corrected(proposal, words)
    except AndonError as error:
        console().print(desk.explained(error), style="red", markup=False)
        return proposal
    show_proposal(desk, changed)
    return changed


def _asked(desk: Desk, proposal: Proposal) -> Proposal:
    """Everything in doubt, one by one."""
    for machine, one in proposal.asked():
        where = f"{machine.path}/{one.name}"
        console().print(f"{where} ({one.address}): {desk.told(one.ask)}", style="bold", markup=False)
        if one.role == "state" and "" not in one.open and one.kind == "state":
            proposal = _states(desk, proposal, machine.path, one)
        else:
            question = desk.say("Take it as {role}? Else it is kept without a role.", role=one.role)
            right = typer.confirm(question, default=False)
            proposal = desk.rooms.confirmed(proposal, machine.path, one.address, right=right)
    return proposal


def _states(desk: Desk, proposal: Proposal, path: str, one: Any) -> Proposal:
    """What each word of a state means; Enter leaves a word unknown where nothing speaks for a state."""
    names = desk.rooms.choices("states")
    print_line(
        f"[dim]{desk.say('One of: {names}. Enter takes what stands in brackets.', names=', '.join(names))}[/dim]"
    )
    told: dict[str, str] = {}
    for word, likely in one.open.items():
        told[word] = _state(desk, f"  {word} =", names, likely)
    while word := typer.prompt(
        desk.say("  another word it says (Enter: none)"), default="", show_default=False
    ).strip():
        told[word] = _state(desk, f"  {word} =", names, "")
    return desk.rooms.state_told(proposal, path, one.address, told)


def _state(desk: Desk, question: str, names: tuple[str, ...], likely: str) -> str:
    """One of the states, or "" for not known."""
    while True:
        said = typer.prompt(question, default=likely or desk.say("unknown"), prompt_suffix=" ").strip()
        fits = [n for n in names if n == said] or [n for n in names if n.startswith(said)]
        if said in ("unknown", desk.say("unknown")):
            return ""
        if len(fits) == 1:
            return fits[0]
        print_line(desk.say("There is no such state: {names}", names=", ".join(names)))


def _live(desk: Desk, guest: Any, proposal: Proposal) -> None:
    """The values as they are now; on a terminal they move for a while."""

    from .show import drawn_table

    def drawn() -> Any:
        heard = guest.watching.heard() if guest.watching else {}
        rows = [
            {
                "signal": f"{m.path}/{s.name}",
                "now": heard[s.address].last if s.address in heard else s.value,
                "unit": s.unit if s.unit != "{part}" else "",
            }
            for m, s in list(proposal.taken())[: max(10, console().height - 4)]
        ]
        return drawn_table(desk, rows, title="", units={}, codes=("signal", "unit", "now"))[0]

    _moving(drawn) if console().is_terminal else console().print(drawn())


def _moving(drawn: Callable[[], Any]) -> None:
    from rich.live import Live  # only for a person who looks

    with Live(drawn(), console=console(), refresh_per_second=4) as live:
        late = time.monotonic() + LIVE
        while time.monotonic() < late:
            time.sleep(0.25)
            live.update(drawn())


def _words(said: str) -> list[str]:
    try:
        return shlex.split(said)
    except ValueError:  # an open quote
        return said.split()
