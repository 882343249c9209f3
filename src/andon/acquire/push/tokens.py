"""Who may push: a token for each sender, as Bearer, as InfluxDB's Token, or as a password."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from ...errors import NotConnected
from .answers import Refused

SHORTEST = 16
LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The senders and the digests of their tokens; none: whoever is on this computer may push."""

    digests: Mapping[str, bytes]

    def sender(self, headers: Mapping[str, str], query: Mapping[str, str]) -> str:
        """The sender whose token a request carries; "" where no tokens are asked for.

        Raises
        ------
        Refused
            It carries none, or one that nobody has; without tokens: it comes out of a page in a browser.
        """
        if not self.digests:
            _check_local(headers)
            return ""
        given = sha256(_given(headers, query).encode()).digest()
        found = [name for name, digest in self.digests.items() if compare_digest(digest, given)]
        if not found:
            raise Refused(401, "This token is not known here. Send `Authorization: Bearer <token>`.")
        return found[0]


def read_tokens(senders: Sequence[str], secret: Callable[[str], str | None], source: str) -> Tokens:
    """The tokens of the senders, each a secret of the source by the sender's name.

    Raises
    ------
    NotConnected
        A sender has no token, or one that can be guessed.
    """
    found: dict[str, bytes] = {}
    for name in senders:
        token = secret(name)
        if token is None:
            raise NotConnected(
                f'The sender {name!r} of source {source!r} has no token. Put a line `{name} = "..."` under '
                f"[{source}] into secrets.toml (mode 600)."
            )
        if len(token) < SHORTEST:
            raise NotConnected(f"The token of {name!r} is shorter than {SHORTEST} characters: it could be guessed.")
        found[name] = sha256(token.encode()).digest()
    return Tokens(found)


def _given(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The token of a request, wherever it stands."""
    kind, _, rest = headers.get("authorization", "").partition(" ")
    rest = rest.strip()
    if kind.casefold() == "basic":
        try:
            rest = base64.b64decode(rest, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return ""
    if kind.casefold() in ("basic", "token") and ":" in rest:  # InfluxDB 1.x: user:password
        return rest.partition(":")[2]
    return rest or query.get("p", "")


def _check_local(headers: Mapping[str, str]) -> None:
    """A page in a browser on this computer must not be able to push."""
    host = headers.get("host", "localhost").rpartition(":")[0] or headers.get("host", "")
    if "origin" in headers or host.strip("[]") not in LOCAL:
        raise Refused(403, "Without tokens only programs on this computer may push. Name `senders` in plant.toml.")
