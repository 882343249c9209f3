"""A machine that publishes JSON over MQTT with QoS 1: a topic for each signal, its last value kept by the broker."""

from __future__ import annotations

import json

from ....model import moment
from ..score import Line
from .addresses import ROOT
from .post import Post
from .publisher import Publisher


async def serve(post: Post) -> None:
    """Publish until killed."""
    publisher = Publisher(f"demo-{post.name}", post.acknowledged)
    publisher.connect(post.port)
    async for lines in post.lots(post.player()):
        for line in lines:
            publisher.publish(*message(line), [line], retain=True)
        post.sent(lines)


def message(line: Line) -> tuple[str, bytes]:
    """Topic and payload.

    >>> message(("line-2/cell-2/power", 1_000_000, 6.4, None, 0))
    ('demo/line-2/cell-2/power', b'{"at": "1970-01-01T00:00:01.000000Z", "value": 6.4}')
    """
    path, at, value, text, _ = line
    said = {"at": f"{moment(at):%Y-%m-%dT%H:%M:%S.%fZ}", "value": value if text is None else text}
    return f"{ROOT}/{path}", json.dumps(said).encode()
