"""An agent over HTTP: its documents, and its endless sample answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from ...errors import BadInput, NotConnected
from .document import DataItem, Document, Observation
from .parts import Parts, boundary

if TYPE_CHECKING:
    import httpx2

Piece = tuple[bytes, bool]
HEADERS = {"Accept": "text/xml, */*", "Accept-Encoding": "identity"}
"""Nothing compressed: what unpacks to a thousand times its size would not be read in constant memory."""


def where(url: str, device: str = "") -> str:
    """The beginning of an agent's addresses, without what is asked of it.

    >>> where("mtconnect://cell-1"), where("http://cell-1:5001/probe"), where("http://cell-1:5001/", "VMC-3Axis")
    ('http://cell-1:5000', 'http://cell-1:5001', 'http://cell-1:5001/VMC-3Axis')
    """
    parts = urlsplit(url if "://" in url else f"mtconnect://{url}")
    if parts.scheme not in ("http", "https", "mtconnect") or not parts.hostname:
        raise BadInput(f"{url!r} is no address of an MTConnect agent. Write http://10.0.0.7:5000.")
    ours = parts.scheme == "mtconnect"
    place = parts.netloc if not ours or ":" in parts.netloc else f"{parts.netloc}:5000"
    path = parts.path.rstrip("/")
    for asked in ("/probe", "/current", "/sample"):
        path = path.removesuffix(asked)
    path = f"{path}/{device}" if device else path
    return urlunsplit(("http" if ours else parts.scheme, place, path, "", ""))


@dataclass(slots=True)
class Agent:
    """An agent that is asked; use it as a context."""

    base: str
    patience: float
    login: tuple[str, str] | None = field(default=None, repr=False)
    client: httpx2.AsyncClient = field(init=False)

    async def __aenter__(self) -> Agent:
        import httpx2

        logging.getLogger("httpx2").setLevel(logging.WARNING)  # or it tells of every request
        self.client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(5.0, read=self.patience), auth=self.login, headers=HEADERS
        )
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.client.aclose()

    async def probe(self, seen: Callable[[DataItem], None]) -> Document:
        """What devices and data items there are."""
        return await self._whole("probe", Document(seen), "MTConnectDevices")

    async def current(self, seen: Callable[[Observation], None], at: int | None = None) -> Document:
        """What holds now, or held at a sequence number."""
        asked = "current" if at is None else f"current?at={at}"
        return await self._whole(asked, Document(seen), "MTConnectStreams")

    async def pieces(self, asked: str) -> AsyncGenerator[Piece, None]:
        """The documents of an answer as they arrive, in pieces; each says whether a document ends with it.

        Raises
        ------
        NotConnected
            Nobody answers, or not in time, or the answer ends.
        """
        import httpx2

        url = f"{self.base}/{asked}"
        try:
            async with self.client.stream("GET", url) as answer:
                if answer.status_code in (401, 403) or answer.status_code >= 500 or answer.is_redirect:
                    raise NotConnected(f"{url} answered {answer.status_code} {answer.reason_phrase}.{hint(answer)}")
                mark = boundary(answer.headers.get("content-type", ""))
                if mark is None:
                    async for part in answer.aiter_bytes():
                        yield part, False
                    yield b"", True
                    return
                parts = Parts(mark)
                async for part in answer.aiter_bytes():
                    for piece in parts.feed(part):
                        yield piece
        except httpx2.TimeoutException:
            raise NotConnected(f"The agent at {self.base} gave no sign of life for {self.patience:g} s.") from None
        except httpx2.HTTPError as error:
            said = str(error) or type(error).__name__
            raise NotConnected(f"The agent at {self.base} does not answer: {said}.") from None
        raise NotConnected(f"The agent at {self.base} ended its answer.")

    async def _whole(self, asked: str, document: Document, kind: str) -> Document:
        async with aclosing(self.pieces(asked)) as pieces:
            async for piece, ends in pieces:
                document.feed(piece, last=ends)
                if ends:
                    break
        return checked(document, kind, f"{self.base}/{asked}")


def checked(document: Document, kind: str, url: str) -> Document:
    """A document that is of the kind that was asked for. Raises `NotConnected` with what the agent says instead."""
    if document.kind == "MTConnectError":
        said = "; ".join(f"{code}: {text}" if text else code for code, text in document.errors) or "an error"
        raise NotConnected(f"{url}: the agent answers {said}")
    if document.kind != kind:
        raise NotConnected(f"{url} answers with {document.kind}, where {kind} was asked.")
    return document


def hint(answer: httpx2.Response) -> str:
    if answer.is_redirect:
        return f" It wants to be asked at {answer.headers.get('location', 'another address')}."
    if answer.status_code in (401, 403):
        return " It wants a user (setting `user`) and a password (the secret `password` of this source)."
    return ""
