"""How a request is refused: problem+json in the reader's language, or a closed WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ...words import say, told

POLICY_VIOLATION = 1008
TITLES = {
    400: "Not understood",
    401: "Not logged in",
    403: "Not allowed",
    404: "Not found",
    408: "Too slow",
    413: "Too large",
    429: "Too often",
    431: "Too large",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not let in: a status of HTTP, the kind of problem, and what to do about it."""

    status: int
    name: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, language: str) -> Response:
        """RFC 9457 problem+json."""
        body = {
            "type": f"/problems/{self.name}",
            "title": say(TITLES[self.status], language),
            "status": self.status,
            "detail": told(say(self.detail, language), language),
        }
        headers = {"cache-control": "no-store", **self.headers}
        return Response(orjson.dumps(body), self.status, headers, "application/problem+json")

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or close the WebSocket before it opens."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": self.name})
            return
        await self.response(language_of(scope))(scope, receive, send)


def language_of(scope: Scope) -> str:
    """The language that whoever asks reads: `lang=`, else Accept-Language, else English."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    spoken = asked or Headers(scope=scope).get("accept-language", "")
    return "zh" if spoken.lower().startswith("zh") else "en"


BEARER = {"www-authenticate": "Bearer"}
STRANGER = Refusal(401, "NotLoggedIn", "Log in, or send a token: `Authorization: Bearer andon_...`.", BEARER)
EMPTY = Refusal(
    401,
    "NotLoggedIn",
    "This plant has no accounts, so it answers at its own computer only. Make one there: `andon account add`.",
    BEARER,
)
BAD_TOKEN = Refusal(401, "NotLoggedIn", "The token is wrong, was revoked or has expired.", BEARER)
BAD_HOST = Refusal(400, "BadHost", "The request names no host that can be.")
REBOUND = Refusal(
    403, "BadHost", "Without accounts the page is for this computer only: open it as http://127.0.0.1 with the port."
)
PROXIED = Refusal(
    403,
    "Proxied",
    "A proxy hands requests on to this plant, and without accounts nobody can tell who asks. Make an account with "
    "`andon account add` and start with `andon run --insecure-behind-proxy`.",
)
FOREIGN = Refusal(403, "ForeignPage", "A page of another host sent this request.")
UNMARKED = Refusal(403, "NoMark", "A browser's request that changes something needs the header `X-Andon: 1`.")
TOO_LONG = Refusal(431, "TooLarge", "The head of the request is larger than 32 KiB.")
TOO_LARGE = Refusal(413, "TooLarge", "The request is larger than 4 MiB.")
TOO_SLOW = Refusal(408, "TooSlow", "The request did not arrive within 30 s.")


def too_often(seconds: float) -> Refusal:
    """Somebody who has to wait."""
    wait = max(1, round(seconds))
    return Refusal(429, "TooOften", f"Too many failed logins: try again in {wait} s.", {"retry-after": str(wait)})
