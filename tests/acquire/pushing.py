"""Plants that are pushed to, as real processes: made, started, killed, asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from andon.acquire.gather import Gather, Site
from andon.config import read_plant
from andon.config.secret import secret
from andon.historian import Historian
from andon.model import Batch, Receipt, Window
from processes import Andon
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


class Listening(Server):
    """An `andon` process that listens."""

    def _begun(self) -> Andon:
        return Andon(*self.command, out=self.log)


def process(folder: Path, port: int, command: str, *more: str) -> Server:
    """`andon run` or `andon relay` of a plant folder, listening on a port."""
    return Listening([command, str(folder), *more], port, log=folder / f"{command}.log")


@dataclass
class AtWork:
    """A plant whose sources run in this process."""

    port: int
    history: Historian
    gather: Gather

    def values(self, path: str) -> list[tuple[int, float | str | None, int]]:
        """What is stored of a signal: moment, value or text, quality."""
        rows = self.history.samples(path, Window(0, 1 << 60)).to_pylist()
        return [(r["at"], r["value"] if r["text"] is None else r["text"], r["quality"]) for r in rows]


@contextmanager
def at_work(
    folder: Path, port: int, *, write: Callable[[Historian, Batch], Receipt] = Historian.write
) -> Iterator[AtWork]:
    """The sources of a plant folder at work in this process, until the end of the block."""
    with Historian.open(folder / "history") as history:
        site = Site(
            folder / "sources",
            history,
            lambda s, k: secret(folder, s, k, environ={}),
            write=lambda batch: write(history, batch),
        )
        gather = Gather(site)
        try:
            gather.change(read_plant(folder))
            answers(port)
            yield AtWork(port, history, gather)
        finally:
            gather.stop()


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
