"""Push and relay: durable values a second over HTTP, beside a server that only discards and the historian's own rate.

    python benchmarks/push.py [--seconds 10] [--only lines|relay]

Senders and receivers share this machine's cores. "CPU" is what the receiving process used: seconds per second.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pyarrow as pa

from andon.acquire.gather import Gather, Site
from andon.acquire.link import MOMENT
from andon.acquire.relay import Centre, Forward, RelaySink
from andon.acquire.wiring import SAMPLES
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch, Window

MACHINES, FIELDS = 200, ("power", "temperature", "speed", "torque")
ALL = Window(0, 1 << 60)
Row = tuple[str, float, str]


def plant(folder: Path, port: int) -> None:
    text = '[plant]\nname = "works"\nzone = "UTC"\n[[source]]\nname = "in"\nconnector = "push"\n'
    text += f'listen = "127.0.0.1:{port}"\n'
    for m in range(MACHINES):
        text += f'[[machine]]\npath = "line-1/m{m}"\n'
        for f in FIELDS:
            text += f'[machine.signals.{f}]\nunit = "1"\nsource = "in"\naddress = "press,machine=m{m}.{f}"\n'
    (folder / "plant.toml").write_text(text)


def bodies(count: int, rows: int) -> list[bytes]:
    """Requests as Telegraf sends them: lines of four fields; times follow each other."""
    now, found = time.time_ns() // 10**6 * 10**6 - 3600 * 10**9, []
    values = np.random.default_rng(1).normal(50, 5, (rows, len(FIELDS))).round(2).tolist()
    for n in range(count):
        lines = (
            f"press,host=edge-7,machine=m{i % MACHINES} "
            + ",".join(f"{f}={v}" for f, v in zip(FIELDS, values[i], strict=True))
            + f" {now + (n * rows + i) // MACHINES * 10**6}"
            for i in range(rows)
        )
        found.append("\n".join(lines).encode())
    return found


def send(port: int, path: str, work: list[bytes], begin: float) -> None:
    """One sender: the next request once the last is answered."""
    time.sleep(max(0.0, begin - time.time()))
    connection = HTTPConnection("127.0.0.1", port)
    for body in work:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 204:
            sys.exit(f"answered {answer.status}")


def senders(port: int, path: str, work: list[bytes], count: int) -> float:
    """Several senders at once; seconds until all is answered."""
    begin = time.time() + 0.5
    parts = [work[n::count] for n in range(count)]
    started = [multiprocessing.Process(target=send, args=(port, path, part, begin)) for part in parts]
    for one in started:
        one.start()
    for one in started:
        one.join()
        if one.exitcode:
            sys.exit("a sender failed")
    return time.time() - begin


class Discard(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def discarding(work: list[bytes]) -> Row:
    with ThreadingHTTPServer(("127.0.0.1", 0), Discard) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        used, took = _measured(lambda: senders(server.server_port, "/", work, 4))
        server.shutdown()
        thread.join()
    values = len(work) * work[0].count(b"\n") * len(FIELDS)
    return "HTTP only, discarded", values / took, f"CPU {used / took:.2f}"


def line_protocol(work: list[bytes], rows: int) -> Row:
    port = _free()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plant(folder, port)
        with Historian.open(folder / "history") as history:
            gather = Gather(Site(folder / "sources", history, lambda s, k: None))
            gather.change(read_plant(folder))
            while gather.status()["in"].health != "connected":
                time.sleep(0.05)
            time.sleep(0.5)
            used, took = _measured(lambda: senders(port, "/write", work, 4))
            batches = gather.status()["in"].batches
            gather.stop()
            stored = sum(history.samples(f"line-1/m{m}/{f}", ALL).num_rows for m in (0, 7) for f in FIELDS)
    expected = len(work) * rows // MACHINES * 2 * len(FIELDS)
    if stored != expected:
        sys.exit(f"{stored} of {expected} values were stored")
    values = len(work) * rows * len(FIELDS)
    return "line protocol, durable", values / took, f"CPU {used / took:.2f}, {batches} writes"


def batches(count: int, rows: int) -> list[Batch]:
    """Batches as gather makes them at an edge."""
    paths = pa.array([f"line-1/m{m}/{f}" for m in range(MACHINES) for f in FIELDS])
    code = np.arange(rows, dtype=np.int32) % len(paths)
    now = time.time_ns() // 1000 - 3600 * 10**6
    value = np.random.default_rng(1).normal(50, 5, rows).round(2)
    return [
        Batch(
            "plc",
            n + 1,
            pa.table(
                {
                    "signal": pa.DictionaryArray.from_arrays(pa.array(code), paths),
                    "at": pa.array(now + (n * rows + np.arange(rows)) // len(paths) * 1000).cast(MOMENT),
                    "value": value,
                    "text": pa.nulls(rows, pa.string()),
                    "quality": np.zeros(rows, np.uint32),
                },
                schema=SAMPLES,
            ),
        )
        for n in range(count)
    ]


def historian_alone(work: list[Batch]) -> Row:
    with tempfile.TemporaryDirectory() as name, Historian.open(name) as history:
        used, took = _measured(lambda: [history.write(b) for b in work] and 0.0)
    return "historian alone", _rows(work) / took, f"CPU {used / took:.2f}"


def relayed(work: list[Batch]) -> list[Row]:
    port = _free()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plant(folder, port)
        sink = RelaySink.open(folder / "spool", 1 << 36)
        used, took = _measured(lambda: [sink.write(b) for b in work] and 0.0)
        spooled = "edge: to the spool, durable", _rows(work) / took, f"CPU {used / took:.2f}"
        with Historian.open(folder / "history") as history:
            gather = Gather(Site(folder / "sources", history, lambda s, k: None))
            gather.change(read_plant(folder))
            while gather.status()["in"].health != "connected":
                time.sleep(0.05)
            time.sleep(0.5)
            forward = Forward(sink, Centre(f"http://127.0.0.1:{port}", "site-2"))
            thread = threading.Thread(target=forward.work)

            def catch_up() -> float:
                thread.start()
                while history.last_number("site-2/plc") < len(work):
                    time.sleep(0.01)
                return 0.0

            used, took = _measured(catch_up)
            forward.stop()
            thread.join()
            gather.stop()
    return [spooled, ("relay: spool to centre, durable", _rows(work) / took, f"CPU {used / took:.2f} (both sides)")]


def _rows(work: list[Batch]) -> int:
    return sum(b.samples.num_rows for b in work if b.samples is not None)


def _measured(run: Callable[[], float]) -> tuple[float, float]:
    """CPU seconds of this process, and seconds (its own count where it gives one)."""
    used, begun = time.process_time(), time.time()
    took = run() or time.time() - begun
    return time.process_time() - used, took


def _free() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="requests of 5,000 lines (20,000 values)")
    parser.add_argument("--only", choices=("lines", "relay"), default="")
    given = parser.parse_args()
    found: list[Row] = []
    if given.only != "relay":
        work = bodies(given.requests, 5000)
        found += [discarding(work), line_protocol(work, 5000)]
    if given.only != "lines":
        made = batches(given.requests, 20_000)
        found += [historian_alone(made), *relayed(made)]
    print(f"{os.cpu_count()} cores, {given.requests} requests or batches of 20,000 values")
    for name, rate, more in found:
        print(f"{name:32} {rate:12,.0f} /s   {more}")


if __name__ == "__main__":
    main()
