"""How a proposal is shown: a table a machine, each line with what it would be, its value now, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from .desk import Desk
from .show import Row, console, print_line, table

LINES = 120
"""More lines than this are told machine by machine; `show MACHINE` opens one."""
NEWS = 12
"""Lines without a role that are shown of a machine before the rest is only counted."""
CODES = ("#", "signal", "role", "kind", "unit", "now", "address", "why", "machine", "roles", "title")
"""Columns that hold names and codes as plant.toml has them."""
Proposal = Any


def show_proposal(desk: Desk, proposal: Proposal, *, only: str = "", whole: bool = False) -> None:
    """Print a proposal: every line where they fit, else each machine in short."""
    lines = desk.rooms.numbered(proposal)
    chosen = [m for m in proposal.machines if only in ("", m.path) or m.path.endswith("/" + only)]
    if sum(len(m.signals) for m in chosen) > LINES and not whole and not only:
        _in_short(desk, proposal)
    else:
        numbers = {(m.path, s.address): n for n, (m, s) in enumerate(lines, 1)}
        for machine in chosen:
            _machine(desk, machine, numbers, whole=whole or bool(only))
    for note in proposal.notes:
        console().print(f"! {desk.told(note)}", style="yellow", markup=False)
    asked = len(proposal.asked())
    if asked:
        said = desk.say("{n} lines are marked ?: they are asked before anything is written.", n=asked)
        console().print(said, style="yellow", markup=False)


def numbered_machines(proposal: Proposal) -> tuple[int, int]:
    """How many machines and signals would be written."""
    taken = list(proposal.taken())
    return len({m.path for m, _ in taken}), len(taken)


def title_of(desk: Desk, machine: Any) -> str:
    """A machine's heading: its path, its title, whether it is new."""
    parts = [machine.path] + ([f"({machine.title})"] if machine.title else [])
    parts += [desk.say("in the plant already")] if machine.known else []
    parts += [desk.say("left out")] if not machine.taken else []
    return " ".join(parts)


def row_of(desk: Desk, number: int, one: Any) -> Row:
    """One line of the table."""
    value = one.value[:24] if isinstance(one.value, str) else one.value
    if isinstance(value, float) and abs(value) >= 1e12:
        value = f"{value:.6g}"
    return {
        "#": str(number),
        "signal": one.name,
        "role": f"{one.role} ?" if one.ask else one.role if one.role != "other" else "",
        "kind": one.kind,
        "unit": one.unit if one.unit != "{part}" else "",
        "now": value,
        "why": desk.told(one.ask or one.why),
        "address": one.address,
    }


def _machine(desk: Desk, machine: Any, numbers: dict[tuple[str, str], int], *, whole: bool) -> None:
    """The lines of one machine; those with a role first, of the others the first few."""
    taken = [s for s in machine.signals if s.taken and machine.taken]
    telling = [s for s in taken if s.role != "other" or s.ask]
    others = [s for s in taken if s not in telling]
    shown = [*telling, *(others if whole else others[:NEWS])]
    rows = [row_of(desk, numbers[machine.path, s.address], s) for s in shown]
    table(desk, rows, title=title_of(desk, machine), units={}, codes=CODES)
    if len(others) > NEWS and not whole:
        more = desk.say("{n} more without a role: show {machine}", n=len(others) - NEWS, machine=machine.path)
        console().print(more, style="dim", markup=False)
    left = [s for s in machine.signals if not s.taken]
    if left:
        names = ", ".join(s.name for s in left[:6])
        print_line(f"[dim]{desk.say('{n} left out: {names}', n=len(left), names=names)}[/dim]")


def _in_short(desk: Desk, proposal: Proposal) -> None:
    """A row a machine."""
    table(desk, list(_short_rows(proposal.machines)), title=desk.say("What it would be"), units={}, codes=CODES)
    print_line(f"[dim]{desk.say('show MACHINE shows its lines; show all shows every one.')}[/dim]")


def _short_rows(machines: Sequence[Any]) -> Iterator[Row]:
    for machine in machines:
        taken = [s for s in machine.signals if s.taken and machine.taken]
        roles = Counter(s.role for s in taken if s.role != "other")
        said = ", ".join(r if n == 1 else f"{n} {r}" for r, n in roles.items())
        yield {
            "machine": machine.path,
            "signals": len(taken),
            "in doubt": sum(bool(s.ask) for s in taken),
            "roles": said,
            "title": machine.title,
        }
