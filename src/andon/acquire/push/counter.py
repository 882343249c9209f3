"""The counter where requests are served: checks the sender, reads the body, stores the rows, answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial as bound
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..link import Link
from .answers import NAMED, Refused, behind, partial
from .body import read_body, unpack
from .desk import Desk
from .heard import Heard
from .metrics import read_metrics
from .plain import read_arrow, read_json
from .points import Read, read_points
from .relayed import Edges
from .series import Matcher, read_line_address, read_metric_address
from .tokens import Tokens

VERSION = "1.8.10"
"""The InfluxDB whose answers senders expect (they read it off /ping)."""
RELAYED = 64 << 20
"""Bytes of batches that an edge may send at once."""
CODES = {401: "unauthorized", 403: "forbidden", 413: "request too large", 429: "too many requests"} | {
    408: "request timeout",
    415: "unsupported media type",
    503: "unavailable",
}
JSON_LIMIT = 4 << 20
"""JSON becomes ten times as big in memory."""


@dataclass(slots=True)
class Counter:
    """Everything that an endpoint needs."""

    link: Link
    desk: Desk
    tokens: Tokens
    heard: Heard
    edges: Edges
    limit: int
    lines: Matcher = field(init=False)
    metrics: Matcher = field(init=False)
    parsing: asyncio.Lock = field(default_factory=asyncio.Lock)
    relaying: dict[str, asyncio.Lock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = Matcher(read_line_address, self.link.addresses)
        self.metrics = Matcher(read_metric_address, self.link.addresses)

    def sender(self, request: Request) -> str:
        """Who sends, if he may."""
        return self.tokens.sender(request.headers, request.query_params)

    @asynccontextmanager
    async def body(self, request: Request, limit: int) -> AsyncIterator[bytes]:
        """The body of a request, if it could be stored; its room is taken until the block ends."""
        self.desk.open()
        with self.desk.body() as body:
            yield await read_body(request.stream(), request.headers, limit=limit, body=body)

    async def take(self, request: Request, read: Callable[[bytes], Read], limit: int = 0) -> Response:
        """Store what a request says; on disk when this answers 204."""
        self.sender(request)
        limit = limit or self.limit
        encoding = request.headers.get("content-encoding", "")
        packed = "" if encoding == "snappy" else encoding
        async with self.body(request, limit) as raw:
            async with self.parsing:  # one at a time: memory stays small, and taking apart uses all cores as it is
                found = await asyncio.to_thread(lambda: read(unpack(raw, packed, limit=limit)))
            await self.desk.store(found.rows, found.rows.nbytes)
        if found.faults:
            raise partial(found.faults, found.values)
        return Response(status_code=204)


def application(counter: Counter) -> Starlette:
    """All endpoints of a push source."""
    posts = {
        "/write": _lines,
        "/api/v2/write": _lines,
        "/api/v1/write": _metrics,
        "/json": _json,
        "/arrow": _arrow,
        "/relay": _relay,
        "/query": _query,
    }
    return Starlette(
        routes=[
            *(Route(path, bound(endpoint, counter), methods=["POST"]) for path, endpoint in posts.items()),
            Route("/query", bound(_query, counter), methods=["GET"]),
            Route("/ping", _ping, methods=["GET", "HEAD"]),
            Route("/health", bound(_health, counter), methods=["GET"]),
        ],
        exception_handlers={Refused: _refused, ClientDisconnect: _gone, HTTPException: _unknown},
    )


async def _lines(counter: Counter, request: Request) -> Response:
    """InfluxDB 1.x and 2.x: the database, bucket and organisation are the sender's business."""
    precision = request.query_params.get("precision", "ns")
    return await counter.take(request, lambda b: read_points(b, precision, now(), counter.lines, counter.heard))


async def _metrics(counter: Counter, request: Request) -> Response:
    if "io.prometheus.write.v2" in request.headers.get("content-type", ""):
        raise Refused(415, "Remote write 2.0 is not understood here; 1.0 is.")
    try:
        return await counter.take(
            request, lambda b: read_metrics(b, counter.limit, now(), counter.metrics, counter.heard)
        )
    except Refused as refused:
        if refused.status == 429:  # Prometheus drops what is answered 429, and sends again after 503
            refused.status = 503
        raise


async def _json(counter: Counter, request: Request) -> Response:
    precision = request.query_params.get("precision", "ms")
    limit = min(counter.limit, JSON_LIMIT)
    return await counter.take(request, lambda b: read_json(b, precision, now(), counter.heard), limit)


async def _arrow(counter: Counter, request: Request) -> Response:
    return await counter.take(request, lambda b: read_arrow(b, now(), counter.heard))


async def _relay(counter: Counter, request: Request) -> Response:
    """Batches of an edge; without a body: a sign of life."""
    name, spool = counter.edges.admit(counter.sender(request), request.headers)
    async with counter.relaying.setdefault(name, asyncio.Lock()):
        async with counter.body(request, RELAYED) as raw:
            encoding = request.headers.get("content-encoding", "")
            async with counter.parsing:
                body = await asyncio.to_thread(unpack, raw, encoding, limit=RELAYED)
                delivery = await asyncio.to_thread(counter.edges.delivery, name, spool, body, request.headers)
            try:
                counter.edges.expect(delivery)
            except OSError:
                raise behind("The disk is full. Nothing of this was stored.", retry=5) from None
            await counter.desk.store(delivery.batches, delivery.size)
        counter.edges.settle(delivery)
    return Response(status_code=204, headers={"Andon-Now": str(now())})


async def _query(counter: Counter, request: Request) -> Response:
    """Telegraf begins with CREATE DATABASE; nothing else is answered here."""
    counter.sender(request)
    asked = request.query_params.get("q", "")
    if request.method == "POST" and not asked:
        async with counter.body(request, 1 << 16) as raw:
            form = parse_qs(raw.decode("utf-8", "replace"))
        asked = form.get("q", [""])[0]
    if not asked.strip().upper().startswith("CREATE DATABASE"):
        raise Refused(400, "Only writing is possible here. Ask with `andon ask` or `andon sql`.")
    return JSONResponse({"results": [{"statement_id": 0}]})


async def _ping(request: Request) -> Response:
    return Response(status_code=204, headers={"X-Influxdb-Version": VERSION, "X-Influxdb-Build": "OSS"})


async def _health(counter: Counter, request: Request) -> Response:
    try:
        counter.desk.open()
    except Refused as refused:
        return JSONResponse({"name": "andon", "status": "fail", "message": refused.said}, status_code=503)
    return JSONResponse({"name": "andon", "status": "pass", "message": "ready for writes", "version": VERSION})


async def _refused(request: Request, error: Exception) -> Response:
    """Why nothing, or not all, was stored: in the words of InfluxDB 1.x (error) and 2.x (code, message)."""
    assert isinstance(error, Refused)
    code = error.code or CODES.get(error.status, "invalid")
    said: dict[str, object] = {"code": code, "message": error.said, "error": error.said}
    if error.faults:
        said["line"] = error.faults[0].line
        said["lines"] = [{"line": f.line, "field": f.field, "said": f.why} for f in error.faults[:NAMED]]
    headers = {"Retry-After": str(error.retry)} if error.retry else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="andon"'
    return JSONResponse(said, status_code=error.status, headers=headers)


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)  # nobody is there to read it


async def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(
        {"code": "not found", "message": str(error.detail), "error": str(error.detail)}, error.status_code
    )


def now() -> int:
    """Microseconds since 1970 on this computer's clock."""
    return time.time_ns() // 1000
