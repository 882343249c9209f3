"""Listening to one connector: its rows until something is true; or a whole plant that has it as its source."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from andon.acquire.gather import Gather, Site
from andon.acquire.gather.connections import OPEN
from andon.acquire.link import Link, Packet
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Window
from andon.plant import Signal

ALL = Window(0, OPEN)
Heard = dict[str, list[dict[str, object]]]


def link_of(home: Path, addresses: Sequence[str], heard: int | None = None) -> Link:
    signals = tuple(
        Signal(path=f"line-1/m/s{n}", machine="line-1/m", name=f"s{n}", role="other", kind="number", address=a)
        for n, a in enumerate(addresses)
    )
    return Link("source", signals, home, heard=heard)


def hear(stream: AsyncIterator[Packet], enough: Callable[[Heard], bool], seconds: float = 15) -> Heard:
    """The rows of a connector by address, until there are enough."""
    rows: Heard = {}

    async def listen() -> None:
        async for packet in stream:
            for row in packet.rows.to_pylist() if packet.rows is not None else ():
                rows.setdefault(str(row["address"]), []).append(row)
            if enough(rows):
                break
        await stream.aclose()  # type: ignore[attr-defined]  # connectors are generators

    async def patient() -> None:
        await asyncio.wait_for(listen(), seconds)

    asyncio.run(patient())
    return rows


def last(rows: Heard, address: str) -> tuple[object, object, object]:
    """The newest value, text and quality of an address."""
    row = rows[address][-1]
    return row["value"], row["text"], row["quality"]


@contextmanager
def gathered(
    folder: Path, connector: str, settings: Mapping[str, object], addresses: Mapping[str, str], kind: str = "number"
) -> Iterator[tuple[Gather, Historian]]:
    """A plant with one source and one machine; `addresses` names its signals."""
    lines = ['[plant]\nname = "works"\nzone = "UTC"\n', f'[[source]]\nname = "it"\nconnector = "{connector}"']
    lines += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    lines += ['[[machine]]\npath = "line-1/m"']
    for name, address in addresses.items():
        lines += [f'[machine.signals.{name}]\nrole = "other"\nkind = "{kind}"\nsource = "it"']
        lines += [f"address = {json.dumps(address)}"]
    (folder / "plant.toml").write_text("\n".join(lines), encoding="utf-8")
    with Historian.open(folder / "history") as history:
        gather = Gather(Site(folder / "sources", history, lambda source, key: None))
        gather.change(read_plant(folder))
        try:
            yield gather, history
        finally:
            gather.stop()


def stored(history: Historian, name: str) -> list[tuple[int, object, object, int]]:
    """(at, value, text, quality) of a signal of the machine."""
    rows = history.samples(f"line-1/m/{name}", ALL).to_pylist()
    return [(int(r["at"]), r["value"], r["text"], int(r["quality"])) for r in rows]
