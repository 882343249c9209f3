"""Peers on this machine, each started, asked and ended alike: VictoriaMetrics, InfluxDB 1.x, plain SQLite, iaiops.

What is sent over HTTP is encoded before the clock starts, so a peer is charged for its own work only. Servers listen on
127.0.0.1, keep their files in the benchmark's folder, and are ended by their process id.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import pyarrow as pa

Rows = list[tuple[str, int, float, int]]


class Peer(Protocol):
    """A store that is measured. `write` returns when the store has acknowledged; reads return the number of points."""

    name: str
    remark: str

    def encoded(self, table: pa.Table) -> object: ...
    def write(self, batch: object) -> None: ...
    def settle(self) -> None: ...
    def size(self) -> int: ...
    def raw(self, signal: str, since: int, until: int) -> int: ...
    def minutes(self, signals: Sequence[str], since: int, until: int) -> int: ...
    def trend(self, signals: Sequence[str], since: int, until: int) -> int: ...


def rows_of(table: pa.Table) -> Rows:
    """(signal, microseconds, value, quality) of each sample."""
    return list(
        zip(
            table["signal"].to_pylist(),
            table["at"].cast(pa.int64()).to_pylist(),
            table["value"].to_pylist(),
            table["quality"].to_pylist(),
            strict=True,
        )
    )


@contextmanager
def server(command: Sequence[str], port: int, log: Path, env: dict[str, str] | None = None) -> Iterator[None]:
    """A server process, from the moment it listens to the end of the block."""
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=env)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended at once: {log.read_text()[-500:]}")
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def call(link: http.client.HTTPConnection, method: str, path: str, body: bytes | str = b"") -> bytes:
    """One HTTP call on a kept connection."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if isinstance(body, str) else {}
    link.request(method, path, body, kind)
    answer = link.getresponse()
    said = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
    return said


def folder_size(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


@dataclass(slots=True)
class Victoria:
    """VictoriaMetrics: numbers at millisecond resolution, no quality, acknowledged before fsync."""

    folder: Path
    link: http.client.HTTPConnection
    name: str = "VictoriaMetrics"
    remark: str = "floats at ms, no quality, acknowledged before fsync"

    def encoded(self, table: pa.Table) -> bytes:
        found: dict[str, tuple[list[int], list[float]]] = {}
        for signal, at, value, _ in rows_of(table):
            moments, values = found.setdefault(signal, ([], []))
            moments.append(at // 1000)
            values.append(value)
        return "\n".join(
            json.dumps({"metric": {"__name__": "v", "s": s}, "values": v, "timestamps": t})
            for s, (t, v) in found.items()
        ).encode()

    def write(self, batch: object) -> None:
        assert isinstance(batch, bytes)
        call(self.link, "POST", "/api/v1/import", batch)

    def settle(self) -> None:
        call(self.link, "GET", "/internal/force_flush")
        call(self.link, "GET", "/internal/force_merge")
        time.sleep(3)

    def size(self) -> int:
        return folder_size(self.folder / "data")

    def raw(self, signal: str, since: int, until: int) -> int:
        query = urlencode({"match[]": f'v{{s="{signal}"}}', "start": since / 1e6, "end": until / 1e6})
        rows = call(self.link, "GET", f"/api/v1/export?{query}").splitlines()
        return sum(len(json.loads(row)["values"]) for row in rows)

    def minutes(self, signals: Sequence[str], since: int, until: int) -> int:
        return self._range(f'avg_over_time(v{{s=~"{"|".join(signals)}"}}[1m])', since, until, 60)

    def trend(self, signals: Sequence[str], since: int, until: int) -> int:
        step = (until - since) // 1_000_000_000 or 1
        chosen = f'v{{s=~"{"|".join(signals)}"}}[{step}s]'
        return sum(self._range(f"{f}_over_time({chosen})", since, until, step) for f in ("min", "max"))

    def _range(self, query: str, since: int, until: int, step: int) -> int:
        body = urlencode({"query": query, "start": since / 1e6, "end": until / 1e6, "step": step, "nocache": 1})
        found = json.loads(call(self.link, "POST", "/api/v1/query_range", body))["data"]["result"]
        return sum(len(row["values"]) for row in found)


@dataclass(slots=True)
class Influx:
    """InfluxDB 1.x: line protocol with value and quality."""

    folder: Path
    link: http.client.HTTPConnection
    name: str = "InfluxDB 1.x"
    remark: str = "WAL fsync before acknowledging"

    def encoded(self, table: pa.Table) -> bytes:
        return "\n".join(f"v,s={s} v={v!r},q={q}i {at * 1000}" for s, at, v, q in rows_of(table)).encode()

    def write(self, batch: object) -> None:
        assert isinstance(batch, bytes)
        call(self.link, "POST", "/write?db=b", batch)

    def settle(self) -> None:
        time.sleep(15)  # longer than compact-full-write-cold-duration and cache-snapshot-write-cold-duration set below

    def size(self) -> int:
        return folder_size(self.folder / "data") + folder_size(self.folder / "wal")

    def raw(self, signal: str, since: int, until: int) -> int:
        return self._ask(f"SELECT v, q FROM v WHERE s='{signal}' AND {_between(since, until)}")

    def minutes(self, signals: Sequence[str], since: int, until: int) -> int:
        return self._ask(
            f"SELECT mean(v) FROM v WHERE s=~/^({_any(signals)})$/ AND {_between(since, until)} GROUP BY s, time(1m)"
        )

    def trend(self, signals: Sequence[str], since: int, until: int) -> int:
        step = (until - since) // 1_000_000_000 or 1
        return self._ask(
            f"SELECT min(v), max(v) FROM v WHERE s=~/^({_any(signals)})$/ AND {_between(since, until)} "
            f"GROUP BY s, time({step}s)"
        )

    def _ask(self, query: str) -> int:
        found = json.loads(call(self.link, "GET", "/query?" + urlencode({"db": "b", "q": query, "epoch": "u"})))
        return sum(len(s["values"]) for r in found["results"] for s in r.get("series", []))


def _any(signals: Sequence[str]) -> str:
    return "|".join(s.replace("/", "\\/") for s in signals)


def _between(since: int, until: int) -> str:
    return f"time >= {since * 1000} AND time < {until * 1000}"


@dataclass(slots=True)
class Sqlite:
    """SQLite as one would write it by hand: one table without row ids, WAL, fsync at each commit."""

    folder: Path
    name: str = "SQLite"
    remark: str = "WITHOUT ROWID (signal, at), WAL, synchronous=FULL"
    link: sqlite3.Connection = field(init=False)
    ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.link = sqlite3.connect(self.folder / "history.db")
        self.link.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-200000;"
            "CREATE TABLE v (s INTEGER, at INTEGER, v REAL, q INTEGER, PRIMARY KEY (s, at)) "
            "WITHOUT ROWID"
        )

    def encoded(self, table: pa.Table) -> Rows:
        return rows_of(table)

    def write(self, batch: object) -> None:
        assert isinstance(batch, list)
        known = self.ids
        with self.link:
            self.link.executemany(
                "INSERT OR REPLACE INTO v VALUES (?, ?, ?, ?)",
                ((known.setdefault(s, len(known)), at, v, q) for s, at, v, q in batch),
            )

    def settle(self) -> None:
        self.link.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self) -> int:
        return folder_size(self.folder)

    def raw(self, signal: str, since: int, until: int) -> int:
        return len(
            self.link.execute(
                "SELECT at, v, q FROM v WHERE s = ? AND at >= ? AND at < ?", (self.ids[signal], since, until)
            ).fetchall()
        )

    def minutes(self, signals: Sequence[str], since: int, until: int) -> int:
        return self._grouped("avg(v)", signals, (since, until), 60_000_000)

    def trend(self, signals: Sequence[str], since: int, until: int) -> int:
        return self._grouped("min(v), max(v)", signals, (since, until), (until - since) // 1000)

    def _grouped(self, what: str, signals: Sequence[str], window: tuple[int, int], step: int) -> int:
        return sum(
            len(
                self.link.execute(
                    f"SELECT at / {step}, {what} FROM v WHERE s = ? AND at >= ? AND at < ? GROUP BY 1",
                    (self.ids[s], *window),
                ).fetchall()
            )
            for s in signals
        )


@dataclass(slots=True)
class Iaiops:
    """iaiops' own history sink, in an environment of its own, fed through a pipe that the clock does not charge."""

    folder: Path
    python: Path
    name: str = "iaiops SQLite"
    remark: str = "its sink class as it is; seconds measured inside its own process"
    seconds: float = 0.0

    def encoded(self, table: pa.Table) -> list[dict[str, object]]:
        return [
            {
                "metric": s,
                "timestamp": datetime.fromtimestamp(at / 1e6, UTC).isoformat(),
                "value": v,
                "numeric": True,
                "tags": {"quality": "bad" if q else "good"},
            }
            for s, at, v, q in rows_of(table)
        ]

    def write_all(self, batches: Sequence[object]) -> tuple[float, list[float]]:
        """Write batches in its own process; seconds in all and for each."""
        feed = self.folder / "feed.jsonl"
        feed.write_text("\n".join(json.dumps(b) for b in batches), encoding="utf-8")
        code = (
            "import json, sys, time\nfrom iaiops.core.sink.sqlite_local import SQLiteLocalSink\n"
            "sink = SQLiteLocalSink(sys.argv[2]); sink.connect(); took = []\n"
            "for row in open(sys.argv[1]):\n    points = json.loads(row); t = time.perf_counter()\n"
            "    sink.write(points); took.append(time.perf_counter() - t)\n"
            "sink.close(); print(json.dumps(took))"
        )
        said = subprocess.run([self.python, "-c", code, feed, self.folder / "data.db"], check=True, capture_output=True)
        took = json.loads(said.stdout)
        feed.unlink()
        return sum(took), took

    def size(self) -> int:
        return folder_size(self.folder)


@contextmanager
def victoria(folder: Path) -> Iterator[Victoria]:
    port = free_port()
    command = [
        "victoria-metrics",
        f"-storageDataPath={folder}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=100y",
        "-search.latencyOffset=0s",
        "-search.maxPointsPerTimeseries=100000",
        "-loggerLevel=ERROR",
    ]
    with server(command, port, folder.with_suffix(".log")):
        yield Victoria(folder, http.client.HTTPConnection("127.0.0.1", port, timeout=300))


@contextmanager
def influx(folder: Path) -> Iterator[Influx]:
    port, inner = free_port(), free_port()
    env = {
        "INFLUXDB_REPORTING_DISABLED": "true",
        "INFLUXDB_META_DIR": f"{folder}/meta",
        "INFLUXDB_DATA_DIR": f"{folder}/data",
        "INFLUXDB_DATA_WAL_DIR": f"{folder}/wal",
        "INFLUXDB_HTTP_BIND_ADDRESS": f"127.0.0.1:{port}",
        "INFLUXDB_BIND_ADDRESS": f"127.0.0.1:{inner}",
        "INFLUXDB_DATA_INDEX_VERSION": "tsi1",
        "INFLUXDB_HTTP_LOG_ENABLED": "false",
        "INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION": "5s",
        "INFLUXDB_DATA_CACHE_MAX_MEMORY_SIZE": "4g",
        "INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION": "5s",
        "INFLUXDB_HTTP_MAX_BODY_SIZE": "0",
        "INFLUXDB_MONITOR_STORE_ENABLED": "false",
        "INFLUXDB_COORDINATOR_MAX_CONCURRENT_QUERIES": "0",
    }
    with server(["influxd"], port, folder.with_suffix(".log"), env):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        call(link, "POST", "/query", urlencode({"q": "CREATE DATABASE b"}))
        yield Influx(folder, link)


@contextmanager
def sqlite(folder: Path) -> Iterator[Sqlite]:
    folder.mkdir(parents=True, exist_ok=True)
    peer = Sqlite(folder)
    try:
        yield peer
    finally:
        peer.link.close()


@contextmanager
def iaiops(folder: Path) -> Iterator[Iaiops]:
    """iaiops from the package index, in an environment that is made once beside the benchmark's folder."""
    home = folder.parent / "iaiops-env"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "iaiops==0.32.0"], check=True)
    folder.mkdir(parents=True, exist_ok=True)
    yield Iaiops(folder, python)


def installed(program: str) -> bool:
    return shutil.which(program) is not None
