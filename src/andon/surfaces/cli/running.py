"""A plant at work: run it, see how its machines and sources are doing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import BadQuestion
from .desk import Desk
from .options import Options
from .show import Shape, console, print_line, show

RATIOS = ("oee", "availability", "effectiveness", "quality", "coverage")
TILES = {"lasts": "us", "made": "{part}", "good": "{part}", "rejects": "{part}", "target": "{part}"}
TILES |= dict.fromkeys(RATIOS, "1")
UNITS = {"skew": "us", "rate": "/s"}


def run(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        port: int | None = o.option(None, "Port of the page; the first free one from 8800 on, unless given.", "--port"),
        host: str = o.option(
            "127.0.0.1",
            "Address at which the page is served; any but this computer's own needs TLS and an account.",
            "--host",
        ),
        tls_cert: Path | None = o.option(
            None, "Certificate with its chain (PEM), to serve the page over TLS.", "--tls-cert"
        ),
        tls_key: Path | None = o.option(None, "Key of the certificate (PEM).", "--tls-key"),
        behind_proxy: bool = o.flag(
            "A proxy stands before it, speaks TLS and says who asks (X-Forwarded-For, -Proto, -Host).",
            "--insecure-behind-proxy",
        ),
        verbose: bool = o.flag("Tell more of what happens.", "--verbose", "-v"),
    ) -> None:
        logging.basicConfig(
            level=logging.DEBUG if verbose else logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
        )
        logging.getLogger("andon").setLevel(logging.DEBUG if verbose else logging.INFO)

        def tell(running: Any) -> None:
            count = len(running.gather.status())
            print_line(desk.say("{plant} is running with {n} sources; Ctrl-C stops it.", plant=plant, n=count))
            print_line(desk.say("Its page: {url}", url=running.serving.url))

        if (tls_cert is None) != (tls_key is None):
            raise BadQuestion("A certificate and its key belong together: give both --tls-cert and --tls-key.")
        tls = (tls_cert, tls_key) if tls_cert and tls_key else None
        desk.rooms.run(plant, host=host, port=port, tls=tls, behind_proxy=behind_proxy, tell=tell)
        print_line(desk.say("Stopped; everything acknowledged is on disk."))

    return command


def sources(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_here, in_json: bool = o.in_json, in_csv: bool = o.in_csv) -> None:
        show(desk, desk.rooms.sources(plant), Shape(in_json, in_csv), units=UNITS)

    return command


def now(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        watch: bool = o.flag("Show it anew every second, until Ctrl-C.", "--watch", "-w"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        shape = Shape(in_json, in_csv)
        if not watch:
            show(desk, desk.rooms.now(plant), shape, units=TILES)
            return
        with suppress(KeyboardInterrupt):
            for rows in desk.rooms.watching(plant):
                console().clear()
                show(desk, rows, shape, units=TILES)

    return command


COMMANDS = {"now": now, "run": run, "sources": sources}
