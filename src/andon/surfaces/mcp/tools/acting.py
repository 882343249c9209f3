"""What people may change, proposed by a program; a person confirms it."""

from __future__ import annotations

from typing import Any

from ..desk import Desk
from ..figures import local, text
from ..register import tool
from ..reply import Reply, Row, Table, figure_line


@tool("operator")
def acts(desk: Desk) -> Reply:
    """What can be proposed with `propose`, with its arguments; and what became of earlier proposals."""
    rows: list[Row] = [
        {"act": a.name, "does": desk.say(a.summary), "arguments": ", ".join(_argument(p) for p in a.parameters)}
        for a in desk.house.acts()
        if desk.principal.may(a.right)
    ]
    made = desk.house.act_proposals(desk.folder, everything=True)
    lines = [_line(desk, p) for p in made[:10]]
    head = [f"{desk.say('proposals')}: {'' if lines else desk.say('none')}", *lines]
    return Reply(head, Table(rows), [desk.say("codes of reasons: `plant` with part=reasons")])


@tool("operator", writes=True)
def propose(desk: Desk, act: str, arguments: dict[str, object], why: str) -> Reply:
    """Propose a change, such as the reason of a stop; nothing changes until a person confirms it.

    Parameters
    ----------
    act
        Name of the act; `acts` lists them.
    arguments
        What it is given; times in local time or RFC 3339.
    why
        What speaks for it, with the evidence, for the person who decides.
    """
    who, right = desk.principal.who, desk.principal.right
    made = desk.house.act_proposed(desk.folder, act, arguments, who=who, right=right, why=text(why))
    where = f"{desk.site}/proposals" if desk.site else f"andon proposals {desk.folder.name} --confirm {made.number}"
    return Reply(
        [
            desk.say("Proposal {number} waits for a person; nothing has changed.", number=made.number),
            _line(desk, made),
            figure_line([_said(k, v) for k, v in made.said.items()], desk.say, desk.zone),
            desk.say("It is confirmed or dismissed at {where}, within 24 h.", where=where),
        ]
    )


def _said(name: str, value: Any) -> tuple[str, Any, str]:
    """What the act would say: lengths of time in microseconds are called micros there."""
    return ("lasts", value, "us") if name == "micros" else (name, value, "")


def _argument(p: Any) -> str:
    return p.name if p.required else f"{p.name}?"


def _line(desk: Desk, p: Any) -> str:
    given = ", ".join(f"{k}={text(str(v))}" for k, v in p.arguments.items() if v != "")
    by = f" ({p.by})" if p.by else ""
    return f"{p.number} {desk.say(p.state)}{by} · {local(p.at, desk.zone)[:16]} · {p.act}: {given}"
