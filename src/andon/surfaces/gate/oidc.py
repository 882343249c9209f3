"""The company's own login by OpenID Connect: authorization code with PKCE and nonce, checked by its provider's keys."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from ...accounts import Person, people
from ...errors import AndonError, NotAllowed
from ...plant.login import Login
from .arrival import Arrival
from .asked import arrival, tagged
from .door import Door
from .login import entered
from .provider import Identity, Provider

log = logging.getLogger("andon.web")
COOKIE = "andon-login"
BACK = "/api/oidc/back"
MINUTES = 10
"""So long may somebody take at the provider."""
MOST = 1000
"""So many may be on their way at once."""


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody who was sent to the provider and is to come back with the same browser."""

    browser: bytes
    nonce: str
    verifier: str
    until: float


@dataclass(slots=True)
class Journeys:
    """Everybody who is on their way, by the `state` that the provider gives back."""

    kept: OrderedDict[str, Journey] = field(default_factory=OrderedDict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, browser: str) -> tuple[str, Journey]:
        state = secrets.token_urlsafe(32)
        journey = Journey(
            _hash(browser), secrets.token_urlsafe(32), secrets.token_urlsafe(48), time.monotonic() + MINUTES * 60
        )
        with self.turn:
            self.kept[state] = journey
            while len(self.kept) > MOST:
                self.kept.popitem(last=False)
        return state, journey

    def end(self, state: str, browser: str) -> Journey | None:
        """The journey, once, if it began in this browser and not too long ago."""
        with self.turn:
            found = self.kept.pop(state, None)
        fits = found and time.monotonic() < found.until and hmac.compare_digest(found.browser, _hash(browser))
        return found if fits else None


def routes(found: APIRouter, login: Callable[[], tuple[Login, str] | None], door: Door) -> None:
    """To the provider, and back from it.

    Parameters
    ----------
    login
        `[login]` as plant.toml says it now, with the secret; None where there is none.
    """
    journeys, known = Journeys(), Known()

    @found.get("/oidc", status_code=303, **tagged("", "company_login"), response_class=RedirectResponse)
    def leave(request: Request) -> RedirectResponse:
        """Go to the company's own login."""
        browser, came = secrets.token_urlsafe(32), arrival(request)
        state, journey = journeys.begin(browser)
        try:
            provider = known.provider(login())
            to = provider.address(_back(came), state, journey.nonce, journey.verifier)
        except AndonError as error:
            return _home(error, "unreachable")
        sent = RedirectResponse(to, 303, {"cache-control": "no-store"})
        sent.set_cookie(COOKIE, browser, MINUTES * 60, path=BACK, secure=came.secure, httponly=True, samesite="lax")
        return sent

    @found.get("/oidc/back", status_code=303, **tagged("", "company_login_back"), response_class=RedirectResponse)
    def back(request: Request, state: str = "", code: str = "", error: str = "") -> RedirectResponse:
        """Come back from the company's own login, with a session."""
        journey = journeys.end(state, request.cookies.get(COOKIE, ""))
        if journey is None or error or not code:
            return _home(NotAllowed(f"the provider said {error[:80]!r}"), "denied" if error else "late")
        try:
            provider = known.provider(login())
            identity = provider.identity(_back(arrival(request)), code, journey.nonce, journey.verifier)
            person = _person(door, provider.login, identity)
        except NotAllowed as refused:
            _note(door, arrival(request), str(refused))
            return _home(refused, "refused")
        except AndonError as failed:
            return _home(failed, "unreachable")
        done = RedirectResponse("/", 303)
        done.delete_cookie(COOKIE, path=BACK)
        entered(door, person, request, done)
        return done


@dataclass(slots=True)
class Known:
    """The provider as it was last asked for: a changed `[login]` holds from the next login on."""

    last: Provider | None = None

    def provider(self, said: tuple[Login, str] | None) -> Provider:
        if said is None:
            raise NotAllowed("This plant has no company login: plant.toml has no [login].")
        if self.last is None or (self.last.login, self.last.secret) != said:
            self.last = Provider(*said)
        return self.last


def _person(door: Door, login: Login, identity: Identity) -> Person:
    """The account of somebody whom the provider vouches for, made at the first time."""
    allowed = login.right_of(identity.groups)
    if allowed is None:
        raise NotAllowed(f"{identity.name} is in no group that has a right here. Ask an admin.")
    right, lines = allowed
    person = Person(name=identity.name, right=right, lines=lines, subject=f"{login.issuer} {identity.subject}")
    return people.brought(door.accounts, person, by=(identity.name, right))


def _back(came: Arrival) -> str:
    return f"{'https' if came.secure else 'http'}://{came.host}{BACK}"


def _home(why: AndonError, code: str) -> RedirectResponse:
    """Back to the page, which says in the reader's language what the code means; the log has the rest."""
    log.warning("company login: %s", why)
    return RedirectResponse(f"/?login={code}", 303, {"cache-control": "no-store"})


def _note(door: Door, came: Arrival, says: str) -> None:
    door.accounts.log("login", ("nobody", ""), {"address": came.address, "says": says[:200]}, "refused")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
