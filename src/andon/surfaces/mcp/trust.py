"""What stands beside every figure: how much of it is known, and where it can be looked into."""

from __future__ import annotations

from collections.abc import Sequence

from ...answer import Heard
from .desk import Desk
from .links import Link


def known(desk: Desk, coverage: Sequence[Heard]) -> str:
    """The coverage of the least heard role, and of the others that are not whole."""
    roles = dict.fromkeys(h.role for h in coverage)
    shares = {r: _share([h for h in coverage if h.role == r]) for r in roles}
    heard = {r: s for r, s in shares.items() if s is not None}
    if not heard:
        return desk.say("coverage unknown")
    least = min(heard, key=lambda r: heard[r])
    others = [f"{r} {s:.1%}" for r, s in sorted(heard.items(), key=lambda x: x[1]) if r != least and s < 0.9995]
    silent = f"; {', '.join(others)}" if others else ""
    return f"{desk.say('coverage')} {heard[least]:.1%} ({desk.say('least heard')}: {least}{silent})"


def evidence(desk: Desk, link: Link) -> str:
    """The link that opens what a figure rests on, and the page where a person sees it."""
    page = link.page(desk.site)
    return f"{desk.say('evidence')}: {link.uri()}{f' {page}' if page else ''}"


def _share(heard: Sequence[Heard]) -> float | None:
    asked = sum(h.asked for h in heard)
    return sum(h.known for h in heard) / asked if asked else None
