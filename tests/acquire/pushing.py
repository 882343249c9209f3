"""Plants that are pushed to, as real processes: made, started, killed, asked."""

import os
import sys
from pathlib import Path

import httpx2

import andon
from servers import Server, until

SOURCE = """[plant]
name = "{name}"
zone = "UTC"
[[source]]
name = "in"
connector = "push"
listen = "127.0.0.1:{port}"
{more}
"""
MACHINE = """[[machine]]
path = "line-1/{machine}"
"""
SIGNAL = """[machine.signals.{role}]
role = "{role}"
kind = "{kind}"
unit = "1"
source = "in"
address = '{address}'
"""


def plant(
    folder: Path, port: int, signals: list[tuple[str, str, str, str]], *, name: str = "works", more: str = ""
) -> Path:
    """A plant folder with a push source; signals are (machine, role, kind, address)."""
    folder.mkdir(parents=True)
    text = SOURCE.format(name=name, port=port, more=more)
    for machine in dict.fromkeys(m for m, _, _, _ in signals):
        text += MACHINE.format(machine=machine)
        text += "".join(SIGNAL.format(role=r, kind=k, address=a) for m, r, k, a in signals if m == machine)
    (folder / "plant.toml").write_text(text, encoding="utf-8")
    return folder


def secrets(folder: Path, text: str) -> None:
    file = folder / "secrets.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)


def process(folder: Path, port: int, command: str, *more: str) -> Server:
    """`andon run` or `andon relay` of a plant folder, listening on a port."""
    os.environ["PYTHONPATH"] = str(Path(andon.__file__).parent.parent)
    line = [sys.executable, "-m", "andon", command, str(folder), *more]
    return Server(line, port, log=folder / f"{command}.log")


def client(port: int) -> httpx2.Client:
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)


def answers(port: int) -> None:
    """Wait until a push source takes data."""

    def healthy() -> bool:
        try:
            with client(port) as ask:
                return ask.get("/health").status_code == 200
        except httpx2.HTTPError:
            return False

    until(healthy, 30, f"the push source on port {port}")
