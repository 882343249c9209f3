"""Real servers for the tests: other makers' brokers and machines, started on free ports of this computer and ended."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from processes import Process

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "build" / "peers"
NODE = shutil.which("node")
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
PROMETHEUS = shutil.which("prometheus")
needs_node = pytest.mark.skipif(
    NODE is None or not (PEERS / "node_modules").is_dir(), reason="needs node and the peers of `make peers`"
)
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto (Debian's package)")
needs_prometheus = pytest.mark.skipif(PROMETHEUS is None, reason="needs prometheus (Debian's package)")


def free_port() -> int:
    """A port of this computer on which nobody listens now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as s:
        s.settimeout(0.5)
        return s.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], bool], seconds: float = 15, what: str = "it") -> None:
    """Wait until something is true; fail after so many seconds."""
    late = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < late, f"{what} did not come true in {seconds} s"
        time.sleep(0.02)


class Server:
    """A server process that can be killed, frozen and started again on the same port."""

    def __init__(self, command: Sequence[str], port: int, *, cwd: Path | None = None, log: Path, patience: float = 40):
        self.command, self.port, self.cwd, self.log, self.patience = list(command), port, cwd, log, patience
        self.process: subprocess.Popen[bytes] | Process | None = None

    def start(self) -> "Server":
        self.process = self._begun()
        until(self._up, self.patience, f"{self.command[0]} on port {self.port} (see {self.log})")
        return self

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _begun(self) -> subprocess.Popen[bytes] | Process:
        with self.log.open("ab") as log:
            return subprocess.Popen(self.command, cwd=self.cwd, stdout=log, stderr=log, env=os.environ.copy())

    def _up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"it ended: {self.log.read_text('utf-8', 'replace')[-2000:]}"
        return listens(self.port)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """A started server, killed at the end."""
    try:
        yield server.start()
    finally:
        server.kill()


def mosquitto(folder: Path, port: int, more: str = "") -> Server:
    """A Mosquitto broker that keeps sessions on disk; `more` is appended to its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "mosquitto.conf"
    file.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 500\nmax_queued_messages 200000\n"
        f"persistence true\npersistence_location {folder}/\nautosave_interval 1\nuser root\n{more}\n"
    )
    return Server([str(MOSQUITTO), "-c", str(file)], port, log=folder / "mosquitto.log")


def node(folder: Path, script: str, port: int, *arguments: object) -> Server:
    """A script of tests/peers run by node; its first argument is the port."""
    command = [str(NODE), str(ROOT / "tests" / "peers" / script), str(port), *map(str, arguments)]
    os.environ["NODE_PATH"] = str(PEERS / "node_modules")
    return Server(command, port, cwd=folder, log=folder / f"{script}.log", patience=60)
