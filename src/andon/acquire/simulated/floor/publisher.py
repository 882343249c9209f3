"""A publisher that keeps what its broker has not acknowledged, and says what it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ..score import Line
from .addresses import HOST


class Publisher:
    """One MQTT client; `publish` hands a message over with the lines that it carries, QoS 1 or 0.

    Parameters
    ----------
    name
        The client's id: the broker knows it again.
    told
        Called with the lines of each message that the broker acknowledged.
    """

    def __init__(self, name: str, told: Callable[[Sequence[Line]], None]) -> None:
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self.client.max_inflight_messages_set(100)
        self.client.reconnect_delay_set(1, 2)
        self.client.on_publish = lambda client, data, mid, code, properties: self._acknowledged(mid)
        self._told, self._waiting, self._early, self._lock = told, dict[int, Sequence[Line]](), set[int](), Lock()

    def connect(self, port: int) -> None:
        """Begin to connect; it goes on until the broker is there, and begins again whenever it goes."""
        self.client.connect_async(HOST, port, keepalive=15)
        self.client.loop_start()

    def publish(
        self, topic: str, payload: bytes, lines: Sequence[Line] = (), *, qos: int = 1, retain: bool = False
    ) -> None:
        mid = self.client.publish(topic, payload, qos=qos, retain=retain).mid
        if not lines or not qos:
            return
        with self._lock:
            if mid not in self._early:
                self._waiting[mid] = lines
                return
            self._early.discard(mid)
        self._told(lines)

    def _acknowledged(self, mid: int) -> None:
        with self._lock:
            lines = self._waiting.pop(mid, None)
            if lines is None:
                self._early.add(mid)  # the acknowledgement overtook the return of publish
        if lines is not None:
            self._told(lines)
