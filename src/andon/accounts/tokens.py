"""Tokens of programs: `andon_<id>_<secret>`, of which only the hash is kept, with a right, lines and an expiry."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadInput, UnknownName
from ..units import MINUTE
from .people import NAME, NAMES, By, checked
from .principal import Principal
from .schema import Accounts

TOKEN = re.compile(r"andon_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
NOTED = MINUTE
"""How exactly it is known when a token was used last."""
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a program asks with; moments in microseconds, `until` None where it never expires."""

    id: str
    name: str
    right: str
    lines: tuple[str, ...]
    made: int
    made_by: str
    until: int | None
    seen: int | None


def add(
    accounts: Accounts, name: str, *, right: str, lines: Sequence[str] = (), until: int | None, by: By
) -> tuple[Token, str]:
    """Make a token; its text is told this once and never again.

    Raises
    ------
    BadInput
        The name is none, or the token would have expired already.
    """
    checked(right, lines)
    if not NAME.fullmatch(name) or name != name.strip():
        raise BadInput(f"{name!r} is no name: {NAMES}.")
    now = accounts.now
    if until is not None and until <= now:
        raise BadInput("The token would have expired already: give a time to come.")
    number = "".join(secrets.choice(LETTERS) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    made = Token(id=number, name=name, right=right, lines=tuple(lines), made=now, made_by=by[0], until=until, seen=None)
    values = (number, name, _hash(secret), right, json.dumps(list(lines), ensure_ascii=False), now, by[0], until)
    with accounts.writing() as write:
        if accounts.rows("SELECT 1 FROM tokens WHERE name = ?", [name]):
            raise BadInput(f"There is a token {name!r} already: revoke it first, or give this one another name.")
        write("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", values)
        said = {"id": number, "name": name, "right": right, "lines": list(lines), "until": until}
        accounts.log("add_token", by, said)
    return made, f"andon_{number}_{secret}"


def revoke(accounts: Accounts, named: str, *, by: By) -> Token:
    """Take a token away, by its name or its id; it is refused from now on.

    Raises
    ------
    UnknownName
        There is no such token.
    """
    known = listed(accounts)
    found = next((t for t in known if named in (t.id, t.name)), None)
    if found is None:
        raise UnknownName("token", named, [t.name for t in known])
    with accounts.writing() as write:
        write("DELETE FROM tokens WHERE id = ?", [found.id])
        accounts.log("revoke_token", by, {"id": found.id, "name": found.name})
    return found


def principal(accounts: Accounts, text: str) -> Principal | None:
    """Whoever asks with this token, None where it is wrong, revoked or has expired."""
    parts = TOKEN.fullmatch(text)
    if not parts:
        return None
    rows = accounts.rows("SELECT name, right, lines, until, seen, hash FROM tokens WHERE id = ?", [parts[1]])
    name, right, lines, until, seen, kept = rows[0] if rows else ("", "", "[]", None, None, b"")
    if not isinstance(kept, bytes) or not hmac.compare_digest(kept, _hash(parts[2])):
        return None
    now = accounts.now
    if until is not None and now >= int(str(until)):
        return None
    if seen is None or now - int(str(seen)) >= NOTED:
        with accounts.writing() as write:
            write("UPDATE tokens SET seen = ? WHERE id = ?", [now, parts[1]])
    return Principal(f"token {name}", str(right), tuple(json.loads(str(lines))), kind="token")


def listed(accounts: Accounts) -> list[Token]:
    """Every token, the newest first."""
    found = accounts.rows("SELECT id, name, right, lines, made, made_by, until, seen FROM tokens ORDER BY made DESC")
    return [
        Token(
            id=str(number),
            name=str(name),
            right=str(right),
            lines=tuple(json.loads(str(lines))),
            made=int(str(made)),
            made_by=str(made_by),
            until=None if until is None else int(str(until)),
            seen=None if seen is None else int(str(seen)),
        )
        for number, name, right, lines, made, made_by, until, seen in found
    ]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
