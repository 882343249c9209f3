"""Sessions of browsers: a random number in a cookie, of which only the hash is kept; any of them can be ended."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

from ..units import HOUR, MINUTE
from .people import By, Person, key
from .principal import Principal
from .schema import Accounts

IDLE = 12 * HOUR
"""A browser that asks nothing for so long is logged out: a shift and its overtime."""
LONGEST = 7 * 24 * HOUR
"""After so long one logs in again, whatever happened."""
NOTED = MINUTE
"""How exactly it is known when a session was seen last: not every request is written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is logged in; moments in microseconds."""

    person: str
    made: int
    seen: int
    until: int
    address: str
    agent: str


def begin(accounts: Accounts, person: Person, *, address: str, agent: str, instead: str = "") -> str:
    """Log somebody in: the secret for their cookie, always a new one; the session that they had `instead` ends."""
    secret, now = secrets.token_urlsafe(32), accounts.now
    with accounts.writing() as write:
        write("DELETE FROM sessions WHERE until < ? OR seen < ? OR hash = ?", [now, now - IDLE, _hash(instead)])
        values = (_hash(secret), key(person.name), now, now, now + LONGEST, address[:64], agent[:200])
        write("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        write("UPDATE people SET seen = ? WHERE key = ?", [now, key(person.name)])
    return secret


def principal(accounts: Accounts, secret: str) -> Principal | None:
    """Whoever the session of this secret belongs to, with the right and the lines that they have now."""
    found = accounts.rows(
        "SELECT p.name, p.right, p.lines, s.seen, s.until FROM sessions s JOIN people p ON p.key = s.person "
        "WHERE s.hash = ?",
        [_hash(secret)],
    )
    if not found:
        return None
    name, right, lines, seen, until = found[0]
    now = accounts.now
    if now >= int(str(until)) or now - int(str(seen)) >= IDLE:
        return None
    if now - int(str(seen)) >= NOTED:
        with accounts.writing() as write:
            write("UPDATE sessions SET seen = ? WHERE hash = ?", [now, _hash(secret)])
    return Principal(str(name), str(right), tuple(json.loads(str(lines))))


def end(accounts: Accounts, secret: str) -> None:
    """Log one browser out."""
    with accounts.writing() as write:
        write("DELETE FROM sessions WHERE hash = ?", [_hash(secret)])


def end_all(accounts: Accounts, name: str, *, by: By) -> int:
    """Log somebody out everywhere; returns of how many browsers."""
    with accounts.writing() as write:
        count = write("DELETE FROM sessions WHERE person = ?", [key(name)])
        accounts.log("end_sessions", by, {"name": name, "count": count})
    return count


def listed(accounts: Accounts, name: str = "") -> list[Session]:
    """Who is logged in, the newest first."""
    now = accounts.now
    found = accounts.rows(
        "SELECT p.name, s.made, s.seen, s.until, s.address, s.agent FROM sessions s JOIN people p ON p.key = s.person "
        "WHERE s.until > ? AND s.seen > ? AND (? = '' OR s.person = ?) ORDER BY s.seen DESC",
        [now, now - IDLE, key(name), key(name)],
    )
    return [
        Session(
            person=str(person),
            made=int(str(made)),
            seen=int(str(seen)),
            until=int(str(until)),
            address=str(address),
            agent=str(agent),
        )
        for person, made, seen, until, address, agent in found
    ]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
