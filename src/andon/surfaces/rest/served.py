"""How a request is answered: who asks, in which language, what they may see; JSON with an ETag, problems in words."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
from fastapi import Query, Request
from fastapi.responses import Response

from ...accounts import LOCAL, Principal
from ...words import LANGUAGES

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asking:
    """A request: who asks, in which language, of which plant."""

    house: ModuleType
    folder: Path
    who: Principal
    language: str
    request: Request

    @property
    def by(self) -> tuple[str, str]:
        """Who asks, and the right that they have."""
        """Who asks, and with which right."""
        return self.who.who, self.who.right

    def ask(self, name: str, *given: object, **named: object) -> Any:
        """A function of the house, as far as whoever asks may see the plant."""
        with self.seeing():
            return getattr(self.house, name)(self.folder, *given, **named)

    def seeing(self) -> AbstractContextManager[None]:
        """Within this, the plant is what whoever asks may see of it."""
        seen: AbstractContextManager[None] = self.house.seen_by(self.who.lines)
        return seen

    def told(self, value: object, *, tag: str = "", headers: Mapping[str, str] | None = None) -> Response:
        """The answer as JSON; only its tag, where the asker has it already."""
        body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
        tag = f'W/"{tag or blake2b(body, digest_size=12).hexdigest()}"'
        kept = {"etag": tag, "cache-control": "no-cache", "vary": "accept, accept-language", **(headers or {})}
        known = self.request.headers.get("if-none-match", "")
        if self.request.method == "GET" and tag in [t.strip() for t in known.split(",")]:
            return Response(status_code=304, headers=kept)
        return Response(body, media_type=JSON, headers={**kept, "content-language": self.language})


@dataclass(frozen=True, slots=True)
class Door:
    """What turns a request to a plant into an `Asking`; a dependency of every route."""

    house: ModuleType
    folder: Path

    def __call__(
        self,
        request: Request,
        lang: str = Query("", description="Language of the texts: en or zh; by default what Accept-Language says."),
    ) -> Asking:
        return Asking(self.house, self.folder, principal(request), language(request, lang), request)


def principal(request: Request) -> Principal:
    """Whoever the gate found to be asking."""
    found: Principal = getattr(request.state, "principal", LOCAL)
    return found


def language(request: Request, said: str = "") -> str:
    """The reader's language: as the address says, else as the browser does, else English."""
    said = said or request.query_params.get("lang", "")
    if said in LANGUAGES:
        return said
    for wanted in request.headers.get("accept-language", "").split(","):
        tongue = wanted.partition(";")[0].strip().partition("-")[0].lower()
        if tongue in LANGUAGES:
            return tongue
    return LANGUAGES[0]
