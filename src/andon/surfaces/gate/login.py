"""Logging in and out: the session is always a new one, and whoever fails too often rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ...accounts import Person, Principal, failures, people, sessions
from ...errors import NotAllowed
from ...plant.login import Login
from .arrival import Arrival
from .asked import arrival, asks, by, tagged
from .door import Door
from .refusal import EMPTY, Refusal, language_of, too_often

WRONG = Refusal(401, "WrongLogin", "The name or the password is wrong.")
Text = Annotated[str, Field(min_length=1, max_length=256)]


class Credentials(BaseModel):
    """Who somebody says they are."""

    model_config = ConfigDict(extra="forbid")
    name: Text = Field(description="Name of the account.")
    password: Text = Field(description="Its password.")


class NewPassword(BaseModel):
    """A password instead of another."""

    model_config = ConfigDict(extra="forbid")
    old: Text = Field(description="The password until now.")
    new: Text = Field(description="The password from now on.")


class Me(BaseModel):
    """Whoever asks."""

    who: str = Field(description="The name that the audit log keeps.")
    right: str = Field(description="viewer, operator, engineer or admin.")
    lines: list[str] = Field(description="Lines that they may see and change; everything where empty.")
    kind: str = Field(description="local, person or token.")
    accounts: bool = Field(description="Has the plant accounts?")


class Ways(BaseModel):
    """How one can log in."""

    accounts: bool = Field(description="Has the plant accounts?")
    company: str = Field(description="What the button of the company's own login says; empty where there is none.")


def routes(found: APIRouter, door: Door, company: Callable[[], tuple[Login, str] | None]) -> None:
    """me, login, logout, password; `company` tells of the company's own login."""
    _comes(found, door, company)
    _goes(found, door)


def _comes(found: APIRouter, door: Door, company: Callable[[], tuple[Login, str] | None]) -> None:
    @found.get("/me", **tagged("viewer", "me"))
    def me(request: Request) -> Me:
        """Who asks, with which right, of which lines."""
        return _me(door, asks(request))

    @found.get("/login", **tagged("", "login_ways"))
    def ways() -> Ways:
        """How one can log in here."""
        said = company()
        return Ways(accounts=door.is_guarded, company=said[0].title if said else "")

    @found.post("/login", **tagged("", "login"), response_model=Me)
    def login(given: Credentials, request: Request) -> Response:
        """Log in with a password; the session is in a cookie."""
        came = arrival(request)
        if refusal := _waits(door, given.name, came):
            return refusal.response(language_of(request.scope))
        person = people.proven(door.accounts, given.name, given.password)
        if person is None:
            door.throttle.failed(came.address)
            _note_failure(door, given.name, came)
            return WRONG.response(language_of(request.scope))
        return entered(door, person, request)


def _goes(found: APIRouter, door: Door) -> None:
    @found.post("/logout", status_code=204, **tagged("", "logout"))
    def logout(request: Request) -> Response:
        """End the session of this browser."""
        gone = Response(status_code=204)
        if door.is_guarded:
            secure = arrival(request).secure
            if secret := door.secret(request.headers, secure=secure):
                left = sessions.principal(door.accounts, secret)
                sessions.end(door.accounts, secret)
                if left:
                    door.accounts.log("logout", by(left), {})
            gone.delete_cookie(door.cookie(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
        return gone

    @found.put("/password", **tagged("viewer", "change_password"), response_model=Me)
    def password(given: NewPassword, request: Request) -> Response:
        """Change one's own password; every other browser is logged out."""
        who = asks(request)
        if who.kind != "person":
            raise NotAllowed("Only a person with an account has a password.")
        if refusal := _waits(door, who.who, arrival(request)):
            return refusal.response(language_of(request.scope))
        if people.proven(door.accounts, who.who, given.old) is None:
            door.throttle.failed(arrival(request).address)
            raise NotAllowed("The password until now is wrong.")
        person = people.change(door.accounts, who.who, password=given.new, by=by(who))
        return entered(door, person, request)


def entered(door: Door, person: Person, request: Request, response: Response | None = None) -> Response:
    """Log somebody in: the answer says who they are, and carries the cookie of a new session."""
    came, accounts = arrival(request), door.accounts
    agent, old = request.headers.get("user-agent", ""), door.secret(request.headers, secure=came.secure)
    secret = sessions.begin(accounts, person, address=came.address, agent=agent, instead=old)
    accounts.log("login", by(person.principal), {"address": came.address})
    done = response or Response(_me(door, person.principal).model_dump_json(), media_type="application/json")
    done.set_cookie(
        door.cookie(secure=came.secure),
        secret,
        max_age=sessions.LONGEST // 1_000_000,
        path="/",
        secure=came.secure,
        httponly=True,
        samesite="lax",
    )
    done.headers["cache-control"] = "no-store"
    return done


def _me(door: Door, who: Principal) -> Me:
    return Me(who=who.who, right=who.right, lines=list(who.lines), kind=who.kind, accounts=door.is_guarded)


def _waits(door: Door, name: str, came: Arrival) -> Refusal | None:
    """Somebody who must wait, because of their address or of the account, which need not exist."""
    if not door.is_guarded:
        return EMPTY
    account = failures.resting(door.accounts, people.key(name)) / 1_000_000
    wait = max(door.throttle.resting(came.address), account)
    return too_often(wait) if wait > 0 else None


def _note_failure(door: Door, name: str, came: Arrival) -> None:
    """A name that nobody has is not written down: it may be a password in the wrong field."""
    known = [p.name for p in people.listed(door.accounts) if people.key(p.name) == people.key(name)]
    said = {"address": came.address, "account": known[0] if known else ""}
    door.accounts.log("login", (known[0] if known else "nobody", ""), said, "refused")
