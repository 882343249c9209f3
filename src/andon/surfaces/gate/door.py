"""Who asks: the session of a cookie, a token, or somebody at this computer while there are no accounts."""

from __future__ import annotations

import threading
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from ...accounts import LOCAL, Accounts, Principal, Throttle, is_kept, people, sessions, tokens
from .arrival import Arrival
from .refusal import BAD_TOKEN, EMPTY, STRANGER, Refusal, too_often

COOKIE = "andon"


class Door:
    """What the gate knows of one plant: its accounts, once there are any, and who has failed lately."""

    def __init__(self, folder: Path, *, behind_proxy: bool = False) -> None:
        self.folder, self.behind_proxy = folder, behind_proxy
        self.throttle = Throttle()
        self._turn = threading.Lock()
        self._accounts: Accounts | None = None

    @property
    def accounts(self) -> Accounts:
        """The accounts; their file is made if there is none."""
        with self._turn:
            self._accounts = self._accounts or Accounts(self.folder)
            return self._accounts

    @property
    def is_guarded(self) -> bool:
        """Are there accounts? They may be made while the plant runs, also by another process."""
        return (self._accounts is not None or is_kept(self.folder)) and people.are_there(self.accounts)

    def close(self) -> None:
        if self._accounts:
            self._accounts.close()

    def principal(self, scope: Scope, arrival: Arrival) -> Principal | Refusal:
        """Whoever asks, or why nobody is let in."""
        headers = Headers(scope=scope)
        kind, _, text = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._of_token(text.strip(), arrival)
        guarded = self.is_guarded
        if guarded and not scope["path"].startswith("/mcp"):
            secret = self.secret(headers, secure=arrival.secure)
            return (sessions.principal(self.accounts, secret) if secret else None) or STRANGER
        if guarded:
            return STRANGER
        return LOCAL if arrival.is_loopback and not self.behind_proxy else EMPTY

    def secret(self, headers: Headers, *, secure: bool) -> str:
        """What the cookie of the session says, "" without one."""
        return cookie_parser(headers.get("cookie", "")).get(self.cookie(secure=secure), "")

    def cookie(self, *, secure: bool) -> str:
        """The cookie's name: with the plant's own mark, and bound to this host where it comes over TLS."""
        return f"{'__Host-' if secure else ''}{COOKIE}-{self.accounts.mark}"

    def _of_token(self, text: str, arrival: Arrival) -> Principal | Refusal:
        if wait := self.throttle.resting(arrival.address):
            return too_often(wait)
        found = tokens.principal(self.accounts, text) if is_kept(self.folder) else None
        if found is None:
            self.throttle.failed(arrival.address)
        return found or BAD_TOKEN
