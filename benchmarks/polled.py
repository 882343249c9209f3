"""Polled machines: Modbus registers and MTConnect observations for a second of CPU, beside what is physically needed.

    python benchmarks/polled.py [--seconds 3] [--signals 1000]

The Modbus server is a process of its own, so only the reading side's CPU is counted. The floor for Modbus is a socket
and `struct` without any checks; the floor for MTConnect is expat with handlers that do nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from xml.parsers import expat

from andon.acquire.link import rows_of
from andon.acquire.modbus.poll import Poll, Reach
from andon.acquire.modbus.wire import Wire, where
from andon.acquire.mtconnect.document import Document, Observation
from andon.acquire.mtconnect.said import Said
from andon.acquire.rounds import Changes, Rounds


class Answers(asyncio.Protocol):
    """A Modbus TCP server that answers any read of registers; `still` or with other values each time."""

    values = itertools.count()
    still = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        for at in range(0, len(data), 12):
            number, _, _, unit, function, _, count = struct.unpack(">HHHBBHH", data[at : at + 12])
            value = 17000 if self.still else 17000 + next(self.values) % 1000
            body = struct.pack(f">BB{count}H", function, 2 * count, *(value,) * count)
            self.transport.write(struct.pack(">HHHB", number, 0, len(body) + 1, unit) + body)  # type: ignore[attr-defined]


def serve(port: int, still: bool) -> None:
    Answers.still = still

    async def work() -> None:
        server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(work())


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def tell(name: str, count: int, cpu: float, wall: float, what: str) -> None:
    print(f"{name:52} {count / cpu:13,.0f} {what}/CPU s {count / wall:13,.0f} /s   {100 * cpu / wall:3.0f} % of a core")


def floor(port: int, seconds: float) -> None:
    """Registers in blocks of 125 by socket and struct."""
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count, cpu, wall = 0, time.process_time(), time.perf_counter()
        while time.perf_counter() - wall < seconds:
            s.sendall(struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 125))
            answer = s.recv(300)
            while len(answer) < 259:
                answer += s.recv(300)
            struct.unpack(">125H", answer[9:259])
            count += 125
        tell("socket and struct (floor)", count, time.process_time() - cpu, time.perf_counter() - wall, "registers")


async def pymodbus_alone(port: int, seconds: float) -> None:
    """The same blocks by the library."""
    wire = Wire(where(f"modbus://127.0.0.1:{port}"), 1.0)
    await wire.connect()
    count, cpu, wall = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - wall < seconds:
        count += len(await wire.cells(1, "holding", 0, 125))
    tell("pymodbus, blocks of 125", count, time.process_time() - cpu, time.perf_counter() - wall, "registers")
    wire.close()


async def ours(port: int, seconds: float, signals: int, name: str) -> None:
    """Float signals through planning, decoding, the filter of changes and tables, as gather gets them."""
    reach = Reach(1, "abcd", 0, 125, 10)
    points, _ = reach.points(f"holding:{2 * n}:float32" for n in range(signals))
    wire = Wire(where(f"modbus://127.0.0.1:{port}"), 1.0)
    await wire.connect()
    rounds = Rounds(Poll(wire, points, reach.plans(points.values()), {}), 1000, Changes(60_000_000))
    cpu, wall, rows = time.process_time(), time.perf_counter(), 0
    done = 0
    async with aclosing(rounds.packets()) as packets:
        async for packet in packets:
            rows += packet.rows.num_rows if packet.rows is not None else 0
            done += 1
            if time.perf_counter() - wall >= seconds:
                break
    reads = wire.client.ctx.next_tid  # requests that were sent (begins anew after 65,000)
    count = reads * 124
    tell(f"{name} ({rows:,} rows in {done:,} packets)", count, time.process_time() - cpu, time.perf_counter() - wall,
         "registers")  # fmt: skip
    wire.close()


def documents(count: int) -> bytes:
    lines = "".join(
        f'<Position dataItemId="x{n % 200}" name="Xact" sequence="{10_000 + n}" subType="ACTUAL" '
        f'timestamp="2026-11-22T03:{n // 60_000 % 60:02d}:{n // 1000 % 60:02d}.{n % 1000:03d}Z">'
        f"{n * 0.001:.4f}</Position>"
        for n in range(count)
    )
    return (
        '<MTConnectStreams xmlns="urn:mtconnect.org:MTConnectStreams:2.0"><Header instanceId="1" nextSequence="2"/>'
        '<Streams><DeviceStream name="d" uuid="u"><ComponentStream component="Linear" componentId="x"><Samples>'
        f"{lines}</Samples></ComponentStream></DeviceStream></Streams></MTConnectStreams>"
    ).encode()


def timed(name: str, count: int, work: Callable[[], object]) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    tell(name, count, time.process_time() - cpu, time.perf_counter() - wall, "observations")


def mtconnect(count: int) -> None:
    raw = documents(count)
    pieces = [raw[at : at + 65_536] for at in range(0, len(raw), 65_536)]

    def bare() -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, attributes: None
        parser.EndElementHandler = lambda name: None
        parser.CharacterDataHandler = lambda text: None
        for piece in pieces:
            parser.Parse(piece)

    def whole(wanted: int) -> None:
        said = Said([f"x{n}" for n in range(wanted)])
        rows: list[tuple[str, int, float | None, str | None, int]] = []

        def seen(observation: Observation) -> None:
            rows.extend(said.rows(observation))
            if len(rows) >= 5000:
                rows_of(rows)
                rows.clear()

        document = Document(seen)
        for piece in pieces:
            document.feed(piece)

    timed("expat with empty handlers (floor)", count, bare)
    timed("MTConnect, all wanted, to tables", count, lambda: whole(200))
    timed("MTConnect, one in ten wanted, to tables", count, lambda: whole(20))


def with_server(still: bool, work: Callable[[int], Awaitable[None] | None]) -> None:
    port = free_port()
    process = multiprocessing.Process(target=serve, args=(port, still), daemon=True)
    process.start()
    try:
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        waits = work(port)
        if waits is not None:
            asyncio.run(waits)  # type: ignore[arg-type]  # a coroutine
    finally:
        process.kill()
        process.join()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--signals", type=int, default=1000)
    options.add_argument("--observations", type=int, default=200_000)
    chosen = options.parse_args()
    with_server(False, lambda port: floor(port, chosen.seconds))
    with_server(False, lambda port: pymodbus_alone(port, chosen.seconds))
    with_server(True, lambda port: ours(port, chosen.seconds, chosen.signals, "Modbus, nothing changes"))
    with_server(False, lambda port: ours(port, chosen.seconds, chosen.signals, "Modbus, everything changes"))
    mtconnect(chosen.observations)
