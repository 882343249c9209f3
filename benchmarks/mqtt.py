"""How fast messages of a broker become durable: acknowledged after the fsync, beside a client that stores nothing.

    python benchmarks/mqtt.py [--messages 100000] [--payloads 3000]

Needs Mosquitto. JSON: one value a message at QoS 1, queued by the broker for our session, then taken; paho-mqtt takes
the same messages, acknowledges each at once and throws it away. Sparkplug: DDATA with 100 metrics each, at QoS 1 so
that nothing is dropped; a bare client takes the same payloads, parses nothing and throws them away. Rates are of the
wall clock and of this process' own CPU seconds (the broker has the other core).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.client as paho

from andon.acquire.broker import access, connect
from andon.acquire.broker.packets import Hello, publish
from andon.acquire.gather import Gather, Site
from andon.acquire.link import Link
from andon.acquire.spb import Metric, Order, Type, born, encode, topic
from andon.config import read_plant
from andon.historian import Historian

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from servers import free_port, mosquitto, running, until

METRICS, SIGNALS = 100, 50
PLANT = (
    '[plant]\nname = "b"\nzone = "UTC"\n[[source]]\nname = "hall"\nconnector = "{}"\nurl = "mqtt://127.0.0.1:{}"\n{}\n'
)
MACHINE = '[[machine]]\npath = "line-1/press"\n'
SIGNAL = '[machine.signals.s{i}]\nrole = "other"\nkind = "number"\nsource = "hall"\naddress = "{address}"\n'


def send(port: int, packets: list[bytes]) -> threading.Thread:
    """Publish packets at QoS 1 as fast as the broker takes them; the thread ends when it has all."""

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port)) as s:
            s.sendall(Hello(f"sender-{time.time_ns()}", 600).packet())
            s.recv(4)
            reader = threading.Thread(target=_until_acked, args=(s, len(packets)))
            reader.start()
            for first in range(0, len(packets), 200):
                s.sendall(b"".join(packets[first : first + 200]))
            reader.join()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _until_acked(s: socket.socket, count: int) -> None:
    left = count * 4
    while left > 0 and (got := s.recv(1 << 16)):
        left -= len(got)


def json_packets(count: int) -> list[bytes]:
    """Messages with a value and its own time, each value once."""
    start = time.time_ns() // 1_000_000 - count
    return [
        publish(
            f"b/s{i % SIGNALS}", json.dumps({"ts": start + i, "v": i + 0.5}).encode(), "3.1.1", number=i % 65_535 + 1
        )
        for i in range(count)
    ]


def spb_packets(count: int) -> list[bytes]:
    """A node's birth and its data: every metric in every payload."""
    start, order = time.time_ns() // 1_000_000 - count, Order()
    metrics = [Metric(f"s{k}", Type.DOUBLE, 0.0, alias=k + 1) for k in range(METRICS)]
    order.born()
    told = [(topic("g", "NBIRTH", "n"), born([], start, 0))]
    told.append((topic("g", "DBIRTH", "n", "d"), encode(metrics, start, order.next(), birth=True)))
    for i in range(1, count + 1):
        data = [Metric("", Type.DOUBLE, i + k / 1000, start + i, alias=k + 1) for k in range(METRICS)]
        told.append((topic("g", "DDATA", "n", "d"), encode(data, start + i, order.next())))
    return [publish(t, p, "3.1.1", number=i % 65_535 + 1) for i, (t, p) in enumerate(told)]


def timed(what: str, count: int, work: Callable[[], None]) -> float:
    """Run something that takes `count` values; its rate."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"  {what:<58}{count / wall:>10,.0f} /s {count / cpu:>10,.0f} /cpu-s", flush=True)
    return count / wall


def stored(folder: Path, rows: int, begun: Callable[[], object] = lambda: None) -> None:
    """Run the plant until so many rows are stored."""
    with Historian.own(folder / "history") as history:
        gather = Gather(Site(folder / "sources", history, lambda s, k: None))
        gather.change(read_plant(folder))
        until(lambda: gather.status()["hall"].sessions > 0)
        begun()
        until(lambda: gather.status()["hall"].samples >= rows, 300)
        gather.stop()


def plant(folder: Path, connector: str, port: int, more: str, addresses: list[str]) -> Path:
    text = PLANT.format(connector, port, more) + MACHINE
    text += "".join(SIGNAL.format(i=i, address=a) for i, a in enumerate(addresses))
    folder.mkdir(parents=True)
    (folder / "plant.toml").write_text(text, "utf-8")
    return folder


def paho_takes(port: int, count: int, session: str) -> None:
    """paho-mqtt: the messages that wait for a session, acknowledged at once and thrown away."""
    taken = [0]

    def on_message(client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        taken[0] += 1

    client = paho.Client(paho.CallbackAPIVersion.VERSION2, session, clean_session=False, manual_ack=True)
    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.subscribe("b/#", 1)
    client.loop_start()
    until(lambda: taken[0] >= count, 300)
    client.disconnect()
    client.loop_stop()


def bare(port: int, count: int, session: str, pattern: str, begun: Callable[[], object] = lambda: None) -> None:
    """Our own client: the same messages, acknowledged at once and thrown away."""

    async def take() -> None:
        link = Link("bare", (), Path(tempfile.mkdtemp()))
        broker = await connect(access(link, f"mqtt://127.0.0.1:{port}", client_id=session, expiry=60_000_000))
        await broker.subscribe([pattern])
        begun()
        left = count
        while left > 0:
            lot = await broker.messages(most=50_000, linger=0.0, patience=10)
            broker.acknowledge(lot)
            left -= len(lot)
        await broker.close()

    asyncio.run(take())


def json_part(folder: Path, port: int, count: int) -> None:
    packets = json_packets(count)
    where = plant(folder / "json", "mqtt", port, 'time = "$.ts"', [f"b/s{i}#$.v" for i in range(SIGNALS)])
    print(f"JSON, one value a message, {count:,} messages at QoS 1")
    stored(where, 0)  # so that the broker has our session
    for session in ("paho", "bare"):
        bare(port, 0, session, "b/#")
    send(port, packets).join()
    timed("paho-mqtt, nothing stored", count, lambda: paho_takes(port, count, "paho"))
    timed("our client, nothing stored", count, lambda: bare(port, count, "bare", "b/#"))
    timed("Andon: durable, then acknowledged", count, lambda: stored(where, count))


def spb_part(folder: Path, port: int, count: int) -> None:
    packets, addresses = spb_packets(count), [f"g/n/d/s{k}" for k in range(METRICS)]
    where = plant(folder / "spb", "sparkplug", port, "", addresses)
    print(f"Sparkplug B, {METRICS} metrics a payload, {count:,} payloads")
    total = count * METRICS
    timed(
        "our client, nothing parsed, nothing stored",
        total,
        lambda: bare(port, count, "bare-spb", "spBv1.0/g/#", lambda: send(port, packets)),
    )
    timed("Andon: durable", total, lambda: stored(where, total, lambda: send(port, packets)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--payloads", type=int, default=5_000)
    asked = parser.parse_args()
    port, folder = free_port(), Path(tempfile.mkdtemp())
    with running(mosquitto(folder / "broker", port)) as broker:
        conf = folder / "broker" / "mosquitto.conf"
        told = conf.read_text().replace("max_inflight_messages 500", "max_inflight_messages 10000")
        conf.write_text(told.replace("max_queued_messages 200000", "max_queued_messages 0") + "persistence false\n")
        broker.kill()
        broker.start()
        json_part(folder, port, asked.messages)
        spb_part(folder, port, asked.payloads)


if __name__ == "__main__":
    main()
