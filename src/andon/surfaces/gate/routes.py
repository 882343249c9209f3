"""The routes of accounts: people, their sessions, tokens, the audit log; for admins of the whole plant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Query
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from ...accounts import Person, Principal, is_kept, people, sessions, tokens
from . import login, oidc
from .asked import by, governing, tagged
from .door import Door

Right = Literal["viewer", "operator", "engineer", "admin"]
Lines = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Password = Annotated[str, Field(min_length=1, max_length=256)]
Row = dict[str, object]
OURS = ConfigDict(extra="forbid")
ADMIN: Principal = governing()
NAMED = InPath(description="Name of the account.", max_length=64)


class NewAccount(BaseModel):
    """Somebody who gets an account."""

    model_config = OURS
    name: Name = Field(description="How they log in.")
    right: Right = Field(description="What they may do.")
    lines: Lines = Field(default=[], description="Lines or areas that they may see and change; everything where empty.")
    password: Password = Field(description="Their first password.")


class ChangedAccount(BaseModel):
    """What is to be different."""

    model_config = OURS
    right: Right | None = Field(default=None, description="What they may do.")
    lines: Lines | None = Field(default=None, description="Lines that they may see and change; everything where empty.")
    password: Password | None = Field(default=None, description="Their new password.")


class NewToken(BaseModel):
    """A program that gets a token."""

    model_config = OURS
    name: Name = Field(description="What it is called in the audit log.")
    right: Right = Field(default="viewer", description="What it may do.")
    lines: Lines = Field(default=[], description="Lines that it may see and change; everything where empty.")
    until: int | None = Field(
        default=None, ge=0, lt=1 << 62, description="When it expires, microseconds since 1970; null: never."
    )


def install(app: FastAPI, house: ModuleType, folder: Path, door: Door) -> None:
    """Put the routes under /api that the gate answers itself into an application."""
    found = APIRouter(prefix="/api", tags=["access"], dependencies=app.router.dependencies)
    login.routes(found, door, lambda: house.company_login(folder))
    oidc.routes(found, lambda: house.company_login(folder), door)
    _people(found, house, folder, door)
    _tokens(found, house, folder, door)
    _audit(found, house, folder)
    app.router.routes += found.routes


def _people(found: APIRouter, house: ModuleType, folder: Path, door: Door) -> None:
    @found.get("/accounts", **tagged("admin", "accounts"))
    def listed(admin: Principal = ADMIN) -> list[Row]:
        """Everybody with an account, and how many browsers they are logged in with."""
        if not door.is_guarded:
            return []
        open_ = [s.person for s in sessions.listed(door.accounts)]
        return [_person(p) | {"sessions": open_.count(p.name)} for p in people.listed(door.accounts)]

    @found.post("/accounts", status_code=201, **tagged("admin", "add_account"))
    def add(given: NewAccount, admin: Principal = ADMIN) -> Row:
        """Make an account; the first one is an admin's, and from then on everybody logs in."""
        house.known_lines(folder, given.lines)
        made = Person(name=given.name, right=given.right, lines=tuple(given.lines))
        return _person(people.add(door.accounts, made, password=given.password, by=by(admin)))

    @found.patch("/accounts/{name}", **tagged("admin", "change_account"))
    def change(given: ChangedAccount, name: str = NAMED, admin: Principal = ADMIN) -> Row:
        """Change somebody's right, lines or password; it holds at once."""
        house.known_lines(folder, given.lines or ())
        values = given.model_dump()
        return _person(people.change(door.accounts, name, **values, by=by(admin)))

    @found.delete("/accounts/{name}", status_code=204, **tagged("admin", "remove_account"))
    def remove(name: str = NAMED, admin: Principal = ADMIN) -> None:
        """Take an account away; its sessions end at once."""
        people.remove(door.accounts, name, by=by(admin))

    @found.get("/accounts/{name}/sessions", **tagged("admin", "sessions"))
    def opened(name: str = NAMED, admin: Principal = ADMIN) -> list[Row]:
        """The browsers that somebody is logged in with."""
        person = people.found(door.accounts, name)
        return [dict(asdict(s)) for s in sessions.listed(door.accounts, person.name)]

    @found.delete("/accounts/{name}/sessions", status_code=204, **tagged("admin", "end_sessions"))
    def end(name: str = NAMED, admin: Principal = ADMIN) -> None:
        """Log somebody out everywhere."""
        sessions.end_all(door.accounts, people.found(door.accounts, name).name, by=by(admin))


def _tokens(found: APIRouter, house: ModuleType, folder: Path, door: Door) -> None:
    @found.get("/tokens", **tagged("admin", "tokens"))
    def listed(admin: Principal = ADMIN) -> list[Row]:
        """Every token that programs ask with; never its secret."""
        return [_token(t) for t in tokens.listed(door.accounts)] if is_kept(folder) else []

    @found.post("/tokens", status_code=201, **tagged("admin", "add_token"))
    def add(given: NewToken, admin: Principal = ADMIN) -> Row:
        """Make a token; `token` is its text, told this once."""
        house.known_lines(folder, given.lines)
        made, text = tokens.add(
            door.accounts, given.name, right=given.right, lines=given.lines, until=given.until, by=by(admin)
        )
        return _token(made) | {"token": text}

    @found.delete("/tokens/{id}", status_code=204, **tagged("admin", "revoke_token"))
    def revoke(
        id: str = InPath(description="Id or name of the token.", max_length=64), admin: Principal = ADMIN
    ) -> None:
        """Take a token away; it is refused from now on."""
        tokens.revoke(door.accounts, id, by=by(admin))


def _audit(found: APIRouter, house: ModuleType, folder: Path) -> None:
    @found.get("/audit", **tagged("admin", "audit"))
    def lines(
        before: int | None = Query(None, ge=1, lt=1 << 62, description="Lines before this number only."),
        limit: int = Query(100, ge=1, le=1000, description="How many lines at most."),
        who: str = Query("", max_length=64, description="Only what this person or token did."),
        act: str = Query("", max_length=64, description="Only this act."),
        admin: Principal = ADMIN,
    ) -> list[Row]:
        """What people and tokens did, the newest first."""
        shown: list[Row] = house.log_lines(folder, before=before, most=limit, who=who, act=act)
        return shown

    @found.get("/audit/verify", **tagged("admin", "verify_audit"))
    def verify(admin: Principal = ADMIN) -> Mapping[str, object]:
        """Go through the whole chain of hashes: `holds`, the lines that are sound, and what is wrong with the next."""
        said: Mapping[str, object] = house.log_verdict(folder)
        return said


def _person(person: Person) -> Row:
    ways = [way for way, has in (("password", person.hash), ("company", person.subject)) if has]
    return {
        "name": person.name,
        "right": person.right,
        "lines": list(person.lines),
        "ways": ways,
        "made": person.made,
        "seen": person.seen,
    }


def _token(token: tokens.Token) -> Row:
    return asdict(token) | {"lines": list(token.lines)}
