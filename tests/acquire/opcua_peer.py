"""What the tests of the OPC UA client share: sources, and what comes from them."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from andon.acquire.link import Link, Packet
from andon.acquire.opcua import opcua
from andon.plant import Signal
from servers import ROOT, Server

PRESS = "nsu=urn:andon:press;s="
Rows = dict[str, list[dict[str, object]]]


def link(home: Path, *addresses: str, heard: int | None = None, password: str | None = None) -> Link:
    """A source with a signal for each address."""
    signals = tuple(
        Signal(path=f"l/m/{n}", machine="l/m", name=str(n), role="other", kind="number", source="press", address=a)
        for n, a in enumerate(addresses)
    )
    return Link("press", signals, home, lambda key: password, heard)


async def heard(
    source: Link, url: str, enough: Callable[[Rows], bool], packets: list[Packet] | None = None, **settings: object
) -> Rows:
    """What a source says by address, until it is enough; whether it does not fall silent before is part of it."""
    rows: Rows = {}
    kept = [] if packets is None else packets
    async with asyncio.timeout(40), aclosing(opcua(source, url, **settings)) as stream:  # type: ignore[type-var]
        async for packet in stream:
            kept.append(packet)
            for row in packet.rows.to_pylist() if packet.rows is not None else ():
                rows.setdefault(row["address"], []).append(row)
            if enough(rows):
                break
    return rows


def plain(folder: Path, port: int, *spaces: str) -> Server:
    """A server of the asyncua library on this port, its namespaces in this order."""
    script = ROOT / "tests" / "peers" / "opcua_plain.py"
    command = [sys.executable, str(script), str(port), ",".join(spaces)]
    return Server(command, port, cwd=folder, log=folder / "plain.log")
