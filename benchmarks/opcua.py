"""OPC UA: how much of a core a subscription costs, and whether anything is lost, with and without storing it.

    python benchmarks/opcua.py [--items 10000] [--hertz 1 10] [--seconds 20]

The sender is a process of its own (opcua_load.py). What is measured is the CPU time of this process alone: first the
client that hands on Arrow rows and forgets them, then all of it: gather, wiring, and the historian's fsync.
"""

import argparse
import asyncio
import logging
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path

from asyncua.client.client import Client

from andon.acquire.gather import Gather, Site
from andon.acquire.link import Link
from andon.acquire.opcua import opcua
from andon.config import read_plant
from andon.historian import Historian
from andon.plant import Plant, Signal

PLANT = """[plant]
name = "load"
zone = "UTC"
[[source]]
name = "load"
connector = "opcua"
url = "{url}"
publishing = "{publishing} ms"
[[machine]]
path = "line-1/load"
"""


@contextmanager
def sender(items: int, hertz: float) -> Iterator[tuple[str, Callable[[], int]]]:
    """A running sender: its address, and how many values it has sent."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("opcua_load.py")
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen([sys.executable, str(script), str(port), str(items), str(hertz)], stdout=told)

        def sent() -> int:
            told.seek(0)
            lines = told.read().split()
            return int(lines[-1]) if lines else 0

        try:
            while socket.socket().connect_ex(("127.0.0.1", port)):
                time.sleep(0.1)
            yield f"opc.tcp://127.0.0.1:{port}", sent
        finally:
            process.kill()
            process.wait()


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


Measured = tuple[float, float, int, int]
"""Seconds, CPU seconds, values that came, values lost (-1: not told)."""


def report(what: str, items: int, hertz: float, measured: Measured) -> None:
    wall, used, got, lost = measured
    print(
        f"{what:<22}{items:>7} items {hertz:>4g} Hz {got / wall:>10,.0f} values/s {used / wall:>7.1%} of a core "
        f"{got / used:>12,.0f} values/CPU-s   lost {'?' if lost < 0 else f'{lost:,}'}   RSS {rss():.0f} MB",
        flush=True,
    )


def rss() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def signals(items: int) -> tuple[Signal, ...]:
    return tuple(
        Signal(
            path=f"line-1/load/v{n}",
            machine="line-1/load",
            name=f"v{n}",
            role="other",
            kind="number",
            source="load",
            address=f"nsu=urn:load;s=v{n}",
        )
        for n in range(items)
    )


def plant(folder: Path, url: str, items: int, publishing: int) -> Plant:
    """A machine with so many signals; made here, for reading a plant.toml of that size is not what is measured."""
    (folder / "plant.toml").write_text(PLANT.format(url=url, publishing=publishing // 1000), "utf-8")
    read = read_plant(folder)
    machine = replace(read.machines["line-1/load"], signals={s.name: s for s in signals(items)})
    return replace(read, machines={machine.path: machine})


async def client(url: str, items: int, seconds: float, publishing: int) -> Measured:
    """The client alone; lost is what its messages' numbers, which are its values, leave out."""
    with tempfile.TemporaryDirectory() as home:
        async with aclosing(opcua(Link("load", signals(items), Path(home)), url, publishing=publishing)) as stream:
            got, began, first, last, used = 0, 0.0, 0.0, 0.0, 0.0
            async for packet in stream:
                if packet.rows is None or not packet.rows.num_rows:
                    continue
                values = packet.rows["value"]
                if not began:
                    began, used, first = time.monotonic(), cpu(), values[-1].as_py()
                    continue
                got, last = got + len(values), values[-1].as_py()
                if time.monotonic() > began + seconds:
                    break
            return time.monotonic() - began, cpu() - used, got, round((last - first) * items) - got


async def peer(url: str, items: int, seconds: float, publishing: int) -> Measured:
    """The asyncua library as it comes: its own publish loop, decoder and callbacks."""

    class Counted:
        values = 0

        def datachange_notification(self, node: object, value: object, data: object) -> None:
            self.values += 1

    logging.disable(logging.CRITICAL)
    counted = Counted()
    async with Client(url, timeout=20) as other:
        subscription = await other.create_subscription(publishing / 1000, counted)
        nodes = [other.get_node(f"ns=1;s=v{n}") for n in range(items)]
        for first in range(0, items, 1000):
            await subscription.subscribe_data_change(nodes[first : first + 1000], queuesize=20)
        while not counted.values:
            await asyncio.sleep(0.1)
        began, used, before = time.monotonic(), cpu(), counted.values
        await asyncio.sleep(seconds)
        return time.monotonic() - began, cpu() - used, counted.values - before, -1


def stored(
    url: str, sent: Callable[[], int], items: int, seconds: float, publishing: int
) -> tuple[float, float, int, int]:
    """All of it; lost is what was sent and is not in the history after a last wait."""
    with tempfile.TemporaryDirectory() as folder:
        load = plant(Path(folder), url, items, publishing)
        with Historian.open(Path(folder) / "history") as history:
            gather = Gather(Site(Path(folder) / "sources", history, lambda source, key: None))
            gather.change(load)
            while gather.status()["load"].samples < items * 2:
                time.sleep(0.1)
            began, used, before = time.monotonic(), cpu(), gather.status()["load"].samples
            time.sleep(seconds)
            wall, used, got = time.monotonic() - began, cpu() - used, gather.status()["load"].samples - before
            all_sent, late = sent(), time.monotonic() + 20
            while gather.status()["load"].samples < all_sent and time.monotonic() < late:
                time.sleep(0.05)
            lost = max(0, all_sent - gather.status()["load"].samples)
            gather.stop()
            return wall, used, got, lost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--hertz", type=float, nargs="+", default=[1.0, 10.0])
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    with sender(given.items, 1.0) as (url, _):
        report("asyncua by itself", given.items, 1.0, asyncio.run(peer(url, given.items, given.seconds, 500_000)))
    for hertz in given.hertz:
        publishing = min(500_000, round(1e6 / hertz))
        with sender(given.items, hertz) as (url, _):
            measured = asyncio.run(client(url, given.items, given.seconds, publishing))
            report("client", given.items, hertz, measured)
        with sender(given.items, hertz) as (url, sent):
            report("stored", given.items, hertz, stored(url, sent, given.items, given.seconds, publishing))


if __name__ == "__main__":
    main()
