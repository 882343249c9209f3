"""Memory and processor time of `andon run` at 10,000 signals, once a second each, for as long as you like.

A sender in this process posts line protocol to the `push` source of a real `andon run`; every minute one line says how
much memory and processor time the plant takes and how many values were acknowledged; the end says how many of them are
stored. Flat is when the last quarter takes no more memory than the second one.

    python benchmarks/soak.py --minutes 60
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx2

from andon.historian import Historian

MACHINES = 100
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str]) -> int:
    """Run it; 0 where memory stayed under the bar and flat, and nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--bar", type=float, default=300, help="megabytes")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="andon-soak-") as folder:
        works = Path(folder) / "works"
        port = _free_port()
        _plant(works, given.signals, port)
        with (Path(folder) / "log").open("wb") as log:
            run = subprocess.Popen([sys.executable, "-m", "andon", "run", str(works)], stdout=log, stderr=log)
        try:
            sent, memory = _send(run.pid, port, given.signals, given.minutes)
        finally:
            run.send_signal(signal.SIGTERM)
            run.wait(60)
        with Historian.open(works / "history") as history:
            stored = history.sql("SELECT count(*) AS n FROM samples")["n"][0].as_py()
    quarter = max(1, len(memory) // 4)
    early, late = max(memory[quarter : 2 * quarter] or memory), max(memory[-quarter:])
    print(f"acknowledged {sent:,}, stored {stored:,}, lost {max(0, sent - stored):,}")
    print(f"memory: most {max(memory):.0f} MB (bar {given.bar:.0f}), second quarter {early:.0f}, last {late:.0f} MB")
    return 0 if stored >= sent and max(memory) <= given.bar and late <= early * 1.1 else 1


def _send(pid: int, port: int, signals: int, minutes: float) -> tuple[int, list[float]]:
    """Values acknowledged, and the memory in MB minute by minute."""
    sent, memory = 0, list[float]()
    with httpx2.Client(timeout=60) as client:
        _wait(client, port)
        began = time.monotonic()
        cpu, at, lines = _cpu(pid), began, 0
        while (now := time.monotonic()) < began + minutes * 60:
            body = _lines(signals, time.time_ns(), sent)
            while (answer := client.post(f"http://127.0.0.1:{port}/write", content=body)).status_code == 503:
                time.sleep(float(answer.headers.get("retry-after", 1)))
            answer.raise_for_status()
            sent += signals
            if now - at >= min(60, minutes * 6):
                used, lines = _cpu(pid), lines + 1
                memory.append(_memory(pid))
                print(
                    f"{(now - began) / 60:6.1f} min  {memory[-1]:6.1f} MB  {(used - cpu) / (now - at):6.1%} of a core  "
                    f"{sent:>12,} values",
                    flush=True,
                )
                cpu, at = used, now
            time.sleep(max(0.0, 1.0 - (time.monotonic() - now)))
    return sent, memory or [_memory(pid)]


def _lines(signals: int, at: int, base: int) -> bytes:
    """One value of each signal, as an agent on each machine would send them: a line a machine."""
    own = signals // MACHINES
    return "\n".join(
        f"m,machine={m} " + ",".join(f"f{s}={(base + m * s) % 997 / 10}" for s in range(own)) + f" {at}"
        for m in range(MACHINES)
    ).encode()


def _plant(works: Path, signals: int, port: int) -> None:
    parts = [
        '[plant]\nname = "soak"\nzone = "UTC"\n',
        f'[[source]]\nname = "agents"\nconnector = "push"\nlisten = "127.0.0.1:{port}"\n',
    ]
    for m in range(MACHINES):
        parts.append(f'[[machine]]\npath = "line-{m // 10}/machine-{m}"\n')
        parts += [
            f'[machine.signals.f{s}]\nrole = "other"\nsource = "agents"\naddress = "m,machine={m}.f{s}"\n'
            for s in range(signals // MACHINES)
        ]
    works.mkdir()
    (works / "plant.toml").write_text("\n".join(parts), encoding="utf-8")


def _wait(client: httpx2.Client, port: int) -> None:
    late = time.monotonic() + 60
    while time.monotonic() < late:
        try:
            client.get(f"http://127.0.0.1:{port}/ping")
            return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise SystemExit("andon run did not begin to listen within a minute")


def _memory(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
