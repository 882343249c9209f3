"""People: a name, a right, the lines that it is for, and how they prove who they are."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..acts import RIGHTS
from ..errors import BadInput, NotAllowed, UnknownName
from . import failures, passwords
from .principal import Principal
from .schema import Accounts

NAME = re.compile(r"\w[\w .@'+-]{0,63}")
NAMES = "a letter or digit, then letters, digits, spaces and . _ @ ' + -, 64 at most"
By = tuple[str, str]
"""Who does it, and with which right: for the audit log."""
COLUMNS = "key, name, right, lines, hash, subject, made, seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account.

    Attributes
    ----------
    name
        How they log in, and what the audit log keeps of them.
    right
        viewer, operator, engineer or admin.
    lines
        Lines or areas that they may see and change; everything where empty.
    hash
        Of the password; None where they log in elsewhere only.
    subject
        Who they are to the OpenID provider: its address, a space, and their number there.
    made, seen
        When the account was made and when it was last logged in; microseconds.
    """

    name: str
    right: str
    lines: tuple[str, ...] = ()
    hash: str | None = field(default=None, repr=False)
    subject: str | None = None
    made: int = 0
    seen: int | None = None

    @property
    def principal(self) -> Principal:
        return Principal(self.name, self.right, self.lines)

    @property
    def governs(self) -> bool:
        """May they change accounts?"""
        return self.right == "admin" and not self.lines


def listed(accounts: Accounts) -> list[Person]:
    """Everybody, by name."""
    return [_person(row) for row in accounts.rows(f"SELECT {COLUMNS} FROM people ORDER BY key")]


def found(accounts: Accounts, name: str) -> Person:
    """One person.

    Raises
    ------
    UnknownName
        Nobody has that name.
    """
    person = _find(accounts, "key", key(name))
    if person is None:
        raise UnknownName("account", name, [p.name for p in listed(accounts)])
    return person


def are_there(accounts: Accounts) -> bool:
    return bool(accounts.rows("SELECT 1 FROM people LIMIT 1"))


def can_govern(accounts: Accounts) -> bool:
    """Is there an admin of the whole plant?"""
    return any(p.governs for p in listed(accounts))


def add(accounts: Accounts, person: Person, *, password: str | None, by: By) -> Person:
    """Make an account.

    Raises
    ------
    BadInput
        The name is taken or no name, the password is too easy, or the first account is no admin's.
    """
    _check(person)
    if not person.governs and not are_there(accounts):
        raise BadInput("The first account is that of an admin of the whole plant, who can make the others.")
    if not (password or person.subject):
        raise BadInput(f"{person.name} needs a password.")
    made = replace(person, hash=_hash(person.name, password), made=accounts.now)
    with accounts.writing() as write:
        if _find(accounts, "key", key(made.name)):
            raise BadInput(f"There is an account {made.name!r} already.")
        who = (key(made.name), made.name, made.right, _json(made.lines), made.hash, made.subject)
        write("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", [*who, made.made, made.made])
        accounts.log("add_account", by, {"name": made.name, "right": made.right, "lines": list(made.lines)})
    return made


def change(
    accounts: Accounts,
    name: str,
    *,
    right: str | None = None,
    lines: Sequence[str] | None = None,
    password: str | None = None,
    by: By,
) -> Person:
    """Change what is given; another right or other lines hold at once, a new password ends every session.

    Raises
    ------
    NotAllowed
        Nobody would be left who may change accounts.
    """
    fresh = _hash(found(accounts, name).name, password)
    with accounts.writing() as write:
        old = found(accounts, name)
        new = replace(
            old,
            right=old.right if right is None else right,
            lines=old.lines if lines is None else tuple(lines),
            hash=fresh or old.hash,
        )
        _check(new)
        if old.governs and not new.governs:
            _keep_one(accounts, old.name)
        values = (new.right, _json(new.lines), new.hash, accounts.now, key(old.name))
        write("UPDATE people SET right = ?, lines = ?, hash = ?, changed = ? WHERE key = ?", values)
        if fresh:
            write("DELETE FROM sessions WHERE person = ?", [key(old.name)])
            write("DELETE FROM failures WHERE key = ?", [key(old.name)])
        said = {"right": right, "lines": None if lines is None else list(lines), "password": "new" if fresh else None}
        accounts.log("change_account", by, {"name": old.name} | {k: v for k, v in said.items() if v is not None})
    return new


def remove(accounts: Accounts, name: str, *, by: By) -> None:
    """Take an account away; its sessions end at once.

    Raises
    ------
    NotAllowed
        Nobody would be left who may change accounts, though others have some.
    """
    with accounts.writing() as write:
        old = found(accounts, name)
        if old.governs and len(listed(accounts)) > 1:
            _keep_one(accounts, old.name)
        write("DELETE FROM people WHERE key = ?", [key(old.name)])
        accounts.log("remove_account", by, {"name": old.name})


def proven(accounts: Accounts, name: str, password: str) -> Person | None:
    """The person, if the password is theirs; whoever is unknown takes as long as whoever is wrong."""
    person = _find(accounts, "key", key(name))
    if not passwords.is_right(password, person.hash if person else None) or person is None:
        failures.failed(accounts, key(name))
        return None
    failures.forgiven(accounts, key(name))
    if passwords.is_outdated(str(person.hash)):
        with accounts.writing() as write:
            write("UPDATE people SET hash = ? WHERE key = ?", [passwords.again(password), key(name)])
    return person


def brought(accounts: Accounts, person: Person, *, by: By) -> Person:
    """Whoever an OpenID provider vouches for: known by their number there, with the right that it says today.

    Raises
    ------
    NotAllowed
        Somebody else here has that name, or it is the last admin whose right would go.
    """
    known = _find(accounts, "subject", str(person.subject))
    if known is None:
        if _find(accounts, "key", key(person.name)):
            raise NotAllowed(f"There is an account {person.name!r} already, and it is another's. Ask an admin.")
        return add(accounts, person, password=None, by=by)
    if (known.right, known.lines) != (person.right, person.lines):
        return change(accounts, known.name, right=person.right, lines=person.lines, by=by)
    return known


def key(name: str) -> str:
    """What makes two names the same: `Ann` is `ann`.

    >>> key("Ann") == key("ann"), key("李明")
    (True, '李明')
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked(right: str, lines: Iterable[str]) -> None:
    """Is there such a right, and can the lines be lines?

    Raises
    ------
    UnknownName
        There is no such right.
    BadInput
        A line is empty.
    """
    if right not in RIGHTS:
        raise UnknownName("right", right, RIGHTS)
    for line in lines:
        if not line.strip("/") or line != line.strip() or line.endswith("/"):
            raise BadInput(f"{line!r} is no line: write it as in plant.toml, such as line-1.")


def _check(person: Person) -> None:
    if not NAME.fullmatch(person.name) or person.name != person.name.strip():
        raise BadInput(f"{person.name!r} is no name: {NAMES}.")
    checked(person.right, person.lines)


def _hash(name: str, password: str | None) -> str | None:
    return None if password is None else passwords.hashed(password, name)


def _keep_one(accounts: Accounts, but: str) -> None:
    if not any(p.governs for p in listed(accounts) if p.name != but):
        raise NotAllowed(f"{but} is the last admin of the whole plant: make another one first.")


def _find(accounts: Accounts, column: str, value: str) -> Person | None:
    rows = accounts.rows(f"SELECT {COLUMNS} FROM people WHERE {column} = ?", [value])
    return _person(rows[0]) if rows else None


def _person(row: tuple[object, ...]) -> Person:
    _, name, right, lines, hash_, subject, made, seen = row
    return Person(
        name=str(name),
        right=str(right),
        lines=tuple(json.loads(str(lines))),
        hash=None if hash_ is None else str(hash_),
        subject=None if subject is None else str(subject),
        made=int(str(made)),
        seen=None if seen is None else int(str(seen)),
    )


def _json(lines: Sequence[str]) -> str:
    return json.dumps(list(lines), ensure_ascii=False)
