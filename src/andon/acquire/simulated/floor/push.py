"""A gateway that sends line protocol over HTTP, as Telegraf does: what was not answered with 2xx is sent again."""

from __future__ import annotations

import asyncio
import http.client
from collections import deque
from contextlib import suppress

from ..score import Line
from .addresses import HOST
from .post import Post

KEPT = 200_000
"""Lines kept while nobody takes them; then the oldest go."""
PATH = "/write?precision=ns"
MOST = 2_000
"""Lines in one request."""


async def serve(post: Post) -> None:
    """Send until killed."""
    waiting: deque[Line] = deque(maxlen=KEPT)
    arrived = asyncio.Event()
    sending = asyncio.create_task(_send(post, waiting, arrived))
    async for lines in post.lots(post.player()):
        waiting.extend(lines)
        post.sent(lines)
        arrived.set()
        if sending.done():
            sending.result()


async def _send(post: Post, waiting: deque[Line], arrived: asyncio.Event) -> None:
    while True:
        await arrived.wait()
        arrived.clear()
        while waiting:
            lot = [waiting[i] for i in range(min(MOST, len(waiting)))]
            if await asyncio.to_thread(_posted, post, "".join(map(written, lot)).encode()):
                post.acknowledged(lot)
                for line in lot:  # the oldest may have gone meanwhile, where nobody took them for long
                    if waiting and waiting[0] is line:
                        waiting.popleft()
            else:
                await asyncio.sleep(1)


def _posted(post: Post, body: bytes) -> bool:
    """Whether the other side has taken it."""
    link = http.client.HTTPConnection(HOST, post.port, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        try:
            link.request("POST", PATH, body, {"Content-Type": "text/plain; charset=utf-8"})
            return 200 <= link.getresponse().status < 300
        finally:
            link.close()
    return False


def written(line: Line) -> str:
    r"""A line of line protocol, with microseconds as nanoseconds.

    >>> written(("line-3/cell-3/state", 1_000_000, None, "Störung", 0))
    'machine,name=line-3/cell-3 state="Störung" 1000000000\n'
    """
    path, at, value, text, _ = line
    machine, _, name = path.rpartition("/")
    if text is not None:
        said = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        said = repr(value if value is not None else 0.0)
    return f"machine,name={machine} {name}={said} {at * 1000}\n"
