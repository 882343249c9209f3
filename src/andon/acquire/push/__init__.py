"""Push: whoever has data sends it here over HTTP, as line protocol, Prometheus remote write, JSON or Arrow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from ...catalog import connector
from ...errors import NotConnected
from ...model import Batch
from ..link import ALIVE, Link, Offer, Packet, Trial
from .browse import offers
from .tokens import read_tokens

if TYPE_CHECKING:
    from .heard import Heard
    from .relayed import Edges

PATIENCE = 2.0
"""Seconds between signs that it still listens."""
MEBI = 1 << 20


async def browse(link: Link) -> Sequence[Offer]:
    """What was pushed so far, whether plant.toml has a signal for it or not."""
    return await asyncio.to_thread(offers, link)


async def trial(
    link: Link, listen: str = "127.0.0.1:8686", senders: tuple[str, ...] = (), certificate: str = "", key: str = ""
) -> Sequence[Trial]:
    """Whether one could listen there, and whether each sender has a token."""
    from .listening import Door, listening  # the web server takes long to load

    try:
        host, port = where(listen)
        tokens = read_tokens(senders, link.secret, link.source)
        _check_open(host, bool(tokens.digests))
        yours = Trial("tokens", True, f"{len(tokens.digests)} senders have a token." if senders else NO_TOKENS)
    except NotConnected as error:
        return [Trial("tokens", False, str(error))]
    from starlette.applications import Starlette

    try:
        async with listening(Starlette(), Door(host, port, *_files(link, certificate, key))):
            return [yours, Trial("listen", True, f"{listen} is free: senders can reach it there.")]
    except NotConnected as error:
        return [yours, Trial("listen", False, str(error))]


NO_TOKENS = "No tokens are asked for: any program on this computer may push."


@connector(browse=browse, trial=trial)
async def push(
    link: Link,
    listen: str = "127.0.0.1:8686",
    senders: tuple[str, ...] = (),
    certificate: str = "",
    key: str = "",
    largest: int = 16,
    edges: dict[str, str] | None = None,
) -> AsyncIterator[Packet | Batch]:
    """Take what agents, scripts and other Andons send over HTTP; they are answered 2xx once it is on disk.

    `POST /write` and `/api/v2/write` take InfluxDB line protocol (Telegraf: `outputs.influxdb`, `influxdb_v2`),
    `/api/v1/write` Prometheus remote write 1.0, `/json` and `/arrow` lists of samples, `/relay` what `andon relay`
    sends. Signals are addressed as `measurement,tag=value.field`, `metric{label="value"}`, or by their own path; tags
    that an address does not name may have any value.

    Parameters
    ----------
    listen
        Address and port to listen on. Any but this computer's own (127.0.0.1) needs `senders`.
    senders
        Names of those who may push. Each has a token, a secret of this source by that name.
    certificate
        File of the TLS certificate (PEM, with its chain); a relative path is in the source's own folder. Empty: HTTP.
    key
        File of the certificate's key (PEM).
    largest
        Size in MiB that a body may have once it is unpacked; bigger ones are refused (413).
    edges
        Under which path the signals of a relay are stored, by the relay's name; by default under that name.
    """
    from .counter import Counter, application  # these take long to load: only where it runs
    from .desk import Desk, parcels, settle
    from .heard import read_heard
    from .listening import Door, listening
    from .relayed import FILE, Edges

    host, port = where(listen)
    tokens = read_tokens(senders, link.secret, link.source)
    _check_open(host, bool(tokens.digests))
    desk, heard, centre = Desk(), read_heard(link.home), Edges(link.home / FILE, edges or {})
    counter = Counter(link, desk, tokens, heard, centre, largest * MEBI)
    try:
        async with listening(application(counter), Door(host, port, *_files(link, certificate, key))) as serving:
            yield ALIVE
            for ended in centre.begin():
                yield ended
            desk.closed = False
            while not serving.done():
                lot = await desk.lot(PATIENCE)
                if not lot:
                    yield ALIVE
                for parcel in parcels(lot):
                    yield parcel
                settle(lot)
                await asyncio.to_thread(_noted, heard, centre)
                for ended in centre.fallen():
                    yield ended
            raise NotConnected(f"The HTTP server on {listen} ended.")
    finally:
        desk.close()


def _noted(heard: Heard, edges: Edges) -> None:
    """What is to be known after a kill; a full disk passes, and the next note may fit."""
    with suppress(OSError):
        heard.keep()
        edges.keep()


def where(listen: str) -> tuple[str, int]:
    """Address and port of `listen`.

    >>> where("127.0.0.1:8686"), where("[::1]:80")
    (('127.0.0.1', 8686), ('::1', 80))
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise NotConnected(f"listen = {listen!r} is no address with a port: write '127.0.0.1:8686'.")
    return host.strip("[]"), int(port)


def _check_open(host: str, tokens: bool) -> None:
    """Nobody listens to the whole network without asking who it is."""
    try:
        here = ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    if not (here or tokens):
        raise NotConnected(
            f"listen = {host!r} can be reached from other computers, and no `senders` are named: name them in "
            "plant.toml and give each a token, or listen on 127.0.0.1."
        )


def _files(link: Link, certificate: str, key: str) -> tuple[str | None, str | None]:
    """The files of certificate and key; None where there is none."""
    found = [str(link.home / Path(f)) if f else None for f in (certificate, key)]
    return found[0], found[1]
