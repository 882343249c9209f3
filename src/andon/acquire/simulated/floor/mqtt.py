"""A machine that publishes JSON over MQTT with QoS 1: one message for each moment at which it says something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

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
        for topic, payload, carried in messages(lines):
            publisher.publish(topic, payload, carried)
        post.sent(lines)


def messages(lines: list[Line]) -> Iterator[tuple[str, bytes, list[Line]]]:
    """A message for each machine and moment: `{"at": "2026-11-27T00:00:00.100000Z", "power": 6.4}`.

    >>> next(messages([("line-2/cell-2/power", 1_000_000, 6.4, None, 0)]))[:2]
    ('demo/line-2/cell-2', b'{"at": "1970-01-01T00:00:01.000000Z", "power": 6.4}')
    """
    ordered = sorted(lines, key=lambda x: (x[0].rpartition("/")[0], x[1]))
    for (machine, at), group in groupby(ordered, key=lambda x: (x[0].rpartition("/")[0], x[1])):
        own = list(group)
        said = {"at": f"{moment(at):%Y-%m-%dT%H:%M:%S.%fZ}"} | {
            path.rpartition("/")[2]: value if text is None else text for path, _, value, text, _ in own
        }
        yield f"{ROOT}/{machine}", json.dumps(said).encode(), own
