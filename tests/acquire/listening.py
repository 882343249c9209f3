"""A source at work in a test: gather with one connector over a real server, its history, and a paho client to speak."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho

from andon.acquire import find_connector
from andon.acquire.gather import Gather, Health, Site
from andon.acquire.link import Link
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Window
from servers import until

ALL = Window(0, 4_102_444_800_000_000)
PLANT = """[plant]
name = "works"
zone = "UTC"
[[source]]
name = "hall"
connector = "{connector}"
{settings}
[[machine]]
path = "line-1/press"
"""
SIGNAL = """[machine.signals.{name}]
role = "{role}"
kind = "{kind}"
source = "hall"
address = {address}
"""


def write_plant(folder: Path, connector: str, signals: dict[str, tuple[str, str]], **settings: object) -> Path:
    """A plant folder with one source `hall` and one machine; signals by name: (kind, address)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(f"{k} = {_table(v) if isinstance(v, dict) else json.dumps(v)}" for k, v in settings.items())
    text = PLANT.format(connector=connector, settings=lines)
    text += "".join(
        SIGNAL.format(name=n, role="state" if k == "state" else "other", kind=k, address=json.dumps(a))
        for n, (k, a) in signals.items()
    )
    (folder / "plant.toml").write_text(text, "utf-8")
    return folder


def _table(values: dict[str, object]) -> str:
    return "{" + ", ".join(f"{k} = {json.dumps(v)}" for k, v in values.items()) + "}"


class AtWork:
    """A running source `hall` and what it stored."""

    def __init__(self, gather: Gather, history: Historian) -> None:
        self.gather, self.history = gather, history

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The samples of a signal of line-1/press, at in microseconds."""
        table = self.history.samples(f"line-1/press/{name}", ALL)
        return [r | {"at": int(r["at"])} for r in table.to_pylist()]

    def values(self, name: str) -> list[object]:
        return [r["value"] if r["text"] is None else r["text"] for r in self.rows(name)]

    def spells(self) -> list[tuple[int, int, str]]:
        return list(self.history.spells("connection", "hall", ALL).rows())

    def health(self) -> Health:
        return self.gather.status()["hall"].health

    def said(self) -> str:
        return self.gather.status()["hall"].said

    def connected(self, seconds: float = 20) -> AtWork:
        until(lambda: self.health() is Health.CONNECTED, seconds, f"connected ({self.said()})")
        return self


@contextmanager
def at_work(folder: Path, secrets: dict[str, str] | None = None, write: Any = None) -> Iterator[AtWork]:
    """Gather on a plant folder, until the end of the block."""
    with Historian.own(folder / "history") as history:
        site = Site(folder / "sources", history, lambda source, key: (secrets or {}).get(key), write and write(history))
        gather = Gather(site)
        try:
            gather.change(read_plant(folder))
            yield AtWork(gather, history)
        finally:
            gather.stop()


@contextmanager
def speaker(port: int, **will: Any) -> Iterator[paho.Client]:
    """Another maker's client that is connected to a broker, and comes back by itself."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(1000)
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", port, keepalive=30)
    client.loop_start()
    until(client.is_connected)
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def say(client: paho.Client, topic: str, payload: object, **how: Any) -> None:
    """Publish at QoS 1 and wait until the broker has it."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    client.publish(topic, raw, qos=1, **how).wait_for_publish(10)


def micros() -> int:
    return time.time_ns() // 1000


def looked(connector: str, link: Link, count: int = 1, **settings: object) -> list[dict[str, Any]]:
    """The first rows of a connector for somebody who only looks: nothing is stored."""

    async def look() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        stream = find_connector(connector).function(replace(link, visit=True), **settings)
        try:
            async with asyncio.timeout(20):
                while len(rows) < count:
                    packet = await anext(stream)
                    rows += packet.rows.to_pylist() if packet.rows is not None else []
        finally:
            await stream.aclose()
        return rows

    return asyncio.run(look())
