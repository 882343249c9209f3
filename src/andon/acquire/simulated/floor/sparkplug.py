"""A Sparkplug B 3.0 edge node that plays its machines as devices; while its host is away it keeps what they say."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Sequence
from itertools import groupby

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ...spb import NAMESPACE, REBIRTH, Metric, Order, Type, born, died, encode, parse, topic
from ..play import Player
from ..score import Line
from .addresses import EDGE, GROUP, HOST, PRIMARY
from .kinds import kind_of
from .post import Post

TYPES = {
    "Double": Type.DOUBLE,
    "Int16": Type.INT16,
    "String": Type.STRING,
    "UInt32": Type.UINT32,
    "UInt64": Type.UINT64,
}
KEPT = 200_000
"""Lines kept while nobody is there to hear them."""
MOST = 2_000
"""Metrics in one message of what was kept."""


async def serve(post: Post) -> None:
    """Publish until killed."""
    edge = Edge(post.player(), asyncio.get_running_loop())
    edge.connect(post.port)
    async for lines in post.lots(edge.player):
        edge.say(lines)
        post.sent(lines)


class Edge:
    """The node: its session, its aliases, its numbering, and what it keeps for a host that is away.

    A host is away until it says `online` on its STATE topic; then the node is born, and sends what it kept as
    historical values.
    """

    def __init__(self, player: Player, loop: asyncio.AbstractEventLoop) -> None:
        self.player, self._loop = player, loop
        self._alias = {path: number for number, path in enumerate(player.paths, 1)}
        self._order, self._births, self._online, self._joined = Order(), -1, False, False
        self._kept: deque[Line] = deque(maxlen=KEPT)
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"demo-{EDGE}", clean_session=True)
        self.client.reconnect_delay_set(1, 2)
        self.client.on_pre_connect = lambda client, data: self._will()
        self.client.on_connect = lambda client, data, flags, code, properties: self._hear(code.is_failure)
        self.client.on_disconnect = lambda client, data, flags, code, properties: self._soon(self._left)
        self.client.on_message = lambda client, data, message: self._soon(self._told, message.topic, message.payload)

    def connect(self, port: int) -> None:
        self._port = port
        self.client.connect_async(HOST, port, keepalive=15)
        self.client.loop_start()

    def say(self, lines: Sequence[Line]) -> None:
        """Publish, or keep."""
        if self._online and self._joined:
            self._publish(lines)
        else:
            self._kept.extend(lines)

    def _will(self) -> None:
        """Before every connection: the will with the number of the birth that follows."""
        self._births = (self._births + 1) % 256
        self.client.will_set(topic(GROUP, "NDEATH", EDGE), died(_now(), self._births), qos=1)

    def _hear(self, failed: bool) -> None:
        if not failed:
            self.client.subscribe([(topic(GROUP, "NCMD", EDGE), 1), (f"{NAMESPACE}/STATE/{PRIMARY}", 1)])
            self._soon(self._arrived)

    def _soon(self, what: object, *given: object) -> None:
        self._loop.call_soon_threadsafe(what, *given)  # type: ignore[arg-type]  # methods of this class

    def _arrived(self) -> None:
        self._joined = True

    def _left(self) -> None:
        self._joined = self._online = False

    def _told(self, where: str, payload: bytes) -> None:
        if where.startswith(f"{NAMESPACE}/STATE/"):
            online = json.loads(payload or b"{}").get("online") is True
            if online and not self._online:
                self._birth()
            if self._online and not online:
                self._leave()
            self._online = online
        elif any(m.name == REBIRTH and m.boolean_value for m in parse(payload).metrics):
            self._birth()

    def _leave(self) -> None:
        """The host is away: a death, and a new session that waits for it."""
        self._send("NDEATH", "", died(_now(), self._births))
        self.client.disconnect()
        self.client.loop_stop()
        self.connect(self._port)

    def _birth(self) -> None:
        """NBIRTH, a DBIRTH for each device, then what was kept."""
        at = _now()
        self._order.born()
        self._send("NBIRTH", "", born([], at, self._births))
        for device, lines in _by_device(self.player.now(at * 1000)):
            metrics = [self._metric(x, birth=True) for x in lines]
            self._send("DBIRTH", device, encode(metrics, at, self._order.next(), birth=True))
        while self._kept:
            lot = [self._kept.popleft() for _ in range(min(MOST, len(self._kept)))]
            self._publish(lot, historical=True)

    def _publish(self, lines: Sequence[Line], *, historical: bool = False) -> None:
        for device, own in _by_device(lines):
            metrics = [self._metric(x, historical=historical) for x in own]
            self._send("DDATA", device, encode(metrics, _now(), self._order.next()))

    def _metric(self, line: Line, *, birth: bool = False, historical: bool = False) -> Metric:
        path, at, value, text, quality = line
        kind = kind_of(path)
        said = text if kind == "String" else value if kind == "Double" or value is None else int(value)
        name = path.rpartition("/")[2]
        bad = quality >> 30 == 2
        return Metric(
            name, TYPES[kind], None if bad else said, at // 1000, self._alias[path], historical=historical and not birth
        )

    def _send(self, kind: str, device: str, payload: bytes) -> None:
        self.client.publish(topic(GROUP, kind, EDGE, device), payload, qos=0)


def _by_device(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    ordered = sorted(lines, key=lambda x: (_device(x), x[1]))
    return [(device, list(own)) for device, own in groupby(ordered, key=_device)]


def _device(line: Line) -> str:
    return line[0].split("/")[-2]


def _now() -> int:
    return time.time_ns() // 1_000_000
