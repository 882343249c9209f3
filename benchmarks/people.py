"""What people cost: 50 browsers on the Now page, a month of 8 signals and its zoom steps, every study, at a live demo.

`python benchmarks/people.py` makes the demo plant with 30 days behind it; `--plant FOLDER` takes one that `andon demo`
has made. Times are those of the caller; CPU is that of the server's process, which other work beside does not change.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect

TICKS = os.sysconf("SC_CLK_TCK")
DAY = 86_400_000_000
ROUNDS = 7
SLICE = 2.0


@dataclass(frozen=True, slots=True)
class Server:
    """A plant that is served: its process and its address."""

    pid: int
    url: str

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """MB in use."""
        said = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", said)[1]) / 1024

    def get(self, path: str, **query: object) -> bytes:
        address = f"{self.url}/api/{path}?{urllib.parse.urlencode(query, doseq=True)}"
        with urllib.request.urlopen(address, timeout=120) as answer:
            return bytes(answer.read())


@contextmanager
def demo(folder: Path) -> Iterator[Server]:
    """`andon demo`, with live machines."""
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        env = os.environ | {"PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            [sys.executable, "-m", "andon", "demo", str(folder)], stdout=out, stderr=out, env=env
        )
    try:
        while not (found := re.search(r"Its page: (\S+)", log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.2)
        server = Server(process.pid, found[1])
        server.get("plant")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


async def slices(server: Server, clients: int, seconds: float) -> tuple[float, int, int]:
    """Median share of a core over slices of two seconds, with so many clients; messages and bytes that they get."""
    got = [0, 0]

    async def watch() -> None:
        async with connect(f"{server.url.replace('http', 'ws')}/api/live", proxy=None) as socket:
            async for message in socket:
                got[0] += 1
                got[1] += len(message)

    tasks = [asyncio.create_task(watch()) for _ in range(clients)]
    async with asyncio.timeout(60):
        while got[0] < clients:
            await asyncio.sleep(0.1)
            assert not any(t.done() for t in tasks), "a client was let go of"
    got[:] = 0, 0
    shares = []
    for _ in range(round(seconds / SLICE)):
        before = server.cpu
        await asyncio.sleep(SLICE)
        shares.append((server.cpu - before) / SLICE)
    told = got[0], got[1]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return statistics.median(shares), *told


def browsers(server: Server, clients: int, seconds: float) -> list[str]:
    """CPU in slices, of which the median counts: now and then a running plant closes shifts and seals days."""
    calm(server)
    alone = asyncio.run(slices(server, 0, seconds))[0]
    busy, messages, size = asyncio.run(slices(server, clients, seconds))
    each = f"{messages / clients / seconds:.2f} frames/s, {size / clients / seconds / 1e3:.2f} kB/s"
    return [
        row(f"{clients} browsers at 1 Hz, CPU of the server beyond {alone:.1%}", "< 30 %", f"{busy - alone:.1%}"),
        row("the same, memory of the whole process", "< 400 MB", f"{server.memory:.0f} MB"),
        row("the same, a browser gets", "", each),
    ]


def calm(server: Server) -> None:
    """Until the shifts of 30 days are closed and their days sealed: that is the work of a new plant."""
    late, quiet = time.monotonic() + 240, 0
    while time.monotonic() < late and quiet < 3:
        before = server.cpu
        time.sleep(5)
        quiet = quiet + 1 if server.cpu - before < 0.75 else 0


def timed(server: Server, path: str, **query: object) -> tuple[float, float, int]:
    """Median milliseconds of a caller, milliseconds of CPU a call, bytes."""
    server.get(path, **query)
    walls, before = [], server.cpu
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        size = len(server.get(path, **query))
        walls.append(1e3 * (time.perf_counter() - begun))
    return statistics.median(walls), 1e3 * (server.cpu - before) / ROUNDS, size


def trends(server: Server) -> list[str]:
    plant = json.loads(server.get("plant"))
    numbers = [s["path"] for m in plant["machines"] for s in m["signals"] if s["kind"] == "number"][:8]
    lines, middle = [], plant["now"] - 10 * DAY
    for what, length, bar in (
        ("30 d", 30 * DAY, 300),
        ("zoom to 7 d", 7 * DAY, 150),
        ("1 d", DAY, 150),
        ("1 h", DAY // 24, 150),
    ):
        until = plant["now"] if what == "30 d" else middle
        wall, cpu, size = timed(server, "trend", signal=numbers, since=until - length, until=until, pixels=1200)
        lines.append(
            row(
                f"trend of 8 signals, {what}, 1,200 pixels",
                f"< {bar} ms",
                f"{wall:.0f} ms ({cpu:.0f} ms CPU, {size / 1e3:.0f} kB)",
            )
        )
    return lines


def studies(server: Server) -> list[str]:
    lines = []
    for study in json.loads(server.get("studies")):
        for at, last in (("", "week"), ("line-1/press-1", "week")):
            wall, cpu, size = timed(server, f"studies/{study['name']}", at=at, last=last)
            what = f"{study['name']}, a week of {at or 'the whole plant'}"
            lines.append(row(what, "< 1 s", f"{wall:.0f} ms ({cpu:.0f} ms CPU, {size / 1e3:.0f} kB)"))
    return lines


def row(what: str, bar: str, measured: str) -> str:
    line = f"| {what} | {bar} | {measured} |"
    print(line, flush=True)
    return line


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plant", type=Path, help="a plant that `andon demo` has made")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--only", default="browsers,trends,studies", help="parts, with commas")
    parser.add_argument("--write", type=Path, help="a Markdown file for the results")
    given = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="andon-people-") as fresh,
        demo(given.plant or Path(fresh) / "demo") as server,
    ):
        parts = {"browsers": lambda s: browsers(s, given.clients, given.seconds), "trends": trends, "studies": studies}
        lines = [line for name in given.only.split(",") for line in parts[name](server)]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    if given.write:
        head = [
            "# People: what they cost",
            "",
            f"2 cores, load {load} (other work ran beside).",
            "",
            "| what | bar | measured |",
            "|---|---|---|",
        ]
        given.write.write_text("\n".join([*head, *lines, ""]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
