"""Accounts and tokens of a plant, and the log of what people and tokens did, page by page."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ..accounts import Accounts, Person, is_kept, people, tokens
from ..answer import Plain
from ..config import secret
from ..errors import UnknownName
from ..ledger import audit
from ..plant import Plant
from ..plant.login import Login
from ..plant.zones import clock_text
from ..units import duration
from .opening import for_the_whole_plant, paper
from .start import is_plant, no_plant

Row = dict[str, Plain]
OWNER = "admin"
"""Whoever may change the folder's files has every right."""
NEVER = "never"


def accounts_of(folder: Path) -> list[Row]:
    """Everybody with an account."""
    zone = _plant(folder).zone
    if not is_kept(folder):
        return []
    with Accounts(folder) as opened:
        return [_person(p, zone) for p in people.listed(opened)]


def account_added(folder: Path, name: str, *, right: str, lines: Sequence[str], password: str, who: str) -> None:
    """Make an account; the first one is an admin's, and from then on everybody logs in."""
    known_lines(folder, lines)
    with Accounts(folder) as opened:
        person = Person(name=name, right=right, lines=tuple(lines))
        people.add(opened, person, password=password, by=(who, OWNER))


def account_changed(
    folder: Path, name: str, *, right: str | None, lines: Sequence[str] | None, password: str | None, who: str
) -> None:
    """Change somebody's right, lines or password."""
    known_lines(folder, lines or ())
    with Accounts(folder) as opened:
        people.change(opened, name, right=right, lines=lines, password=password, by=(who, OWNER))


def account_removed(folder: Path, name: str, *, who: str) -> None:
    """Take an account away; its sessions end at once."""
    _plant(folder)
    with Accounts(folder) as opened:
        people.remove(opened, name, by=(who, OWNER))


def account_there(folder: Path, name: str) -> None:
    """Is there such an account? Asked before somebody is asked for a password.

    Raises
    ------
    UnknownName
        There is none.
    """
    with Accounts(folder) as opened:
        people.found(opened, name)


def tokens_of(folder: Path) -> list[Row]:
    """Every token that programs ask with."""
    zone = _plant(folder).zone
    if not is_kept(folder):
        return []
    with Accounts(folder) as opened:
        return [_token(t, zone) for t in tokens.listed(opened)]


def token_added(folder: Path, name: str, *, right: str, lines: Sequence[str], expires: str, who: str) -> str:
    """Make a token that lasts so long ('90 d'), or for ever (`never`); returns its text, which is told this once."""
    known_lines(folder, lines)
    until = None if expires == NEVER else time.time_ns() // 1000 + duration(expires)
    with Accounts(folder) as opened:
        return tokens.add(opened, name, right=right, lines=lines, until=until, by=(who, OWNER))[1]


def token_revoked(folder: Path, name: str, *, who: str) -> None:
    """Take a token away, by its name or its id."""
    _plant(folder)
    with Accounts(folder) as opened:
        tokens.revoke(opened, name, by=(who, OWNER))


def company_login(folder: Path) -> tuple[Login, str] | None:
    """The company's own login as plant.toml says it now, with its secret, "" where it has none."""
    said = _plant(folder).login
    return (said, secret(folder, "login", "client_secret", environ=os.environ) or "") if said else None


def known_lines(folder: Path, lines: Sequence[str]) -> None:
    """Are these lines or areas of the plant, or machines?

    Raises
    ------
    UnknownName
        One of them is none.
    """
    machines = list(_plant(folder).machines.values())
    known = {place for m in machines for place in _above(m.path)} | {m.area for m in machines if m.area}
    for line in lines:
        if line not in known:
            raise UnknownName("line", line, known)


def log_lines(
    folder: Path, *, before: int | None = None, most: int = 100, who: str = "", act: str = ""
) -> list[dict[str, object]]:
    """Lines of the audit log, the newest first: moments in microseconds."""
    for_the_whole_plant("The audit log")
    found = audit.newest(folder / "ledger", before=before)
    wanted = (x for x in found if (not who or x.who == who) and (not act or x.act == act))
    return [asdict(line) for line, _ in zip(wanted, range(most), strict=False)]


def log_verdict(folder: Path) -> dict[str, object]:
    """Does the chain of the audit log hold: how many lines are sound, and what is wrong with the next."""
    for_the_whole_plant("The audit log")
    found = audit.verify(folder / "ledger")
    return {"holds": found.holds, "lines": found.lines, "last": found.last, "broken": found.broken, "says": found.says}


def _plant(folder: Path) -> Plant:
    if not is_plant(folder):
        raise no_plant(folder)
    return paper(folder)


def _above(path: str) -> list[str]:
    """A machine and what it stands in: line-1/press-3 and line-1."""
    parts = path.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _person(person: Person, zone: str) -> Row:
    return {
        "name": person.name,
        "right": person.right,
        "lines": ", ".join(person.lines),
        "password": "yes" if person.hash else "",
        "made": clock_text(person.made, zone),
        "seen": None if person.seen is None else clock_text(person.seen, zone),
    }


def _token(token: tokens.Token, zone: str) -> Row:
    return {
        "name": token.name,
        "id": token.id,
        "right": token.right,
        "lines": ", ".join(token.lines),
        "made": clock_text(token.made, zone),
        "by": token.made_by,
        "until": None if token.until is None else clock_text(token.until, zone),
        "seen": None if token.seen is None else clock_text(token.seen, zone),
    }
