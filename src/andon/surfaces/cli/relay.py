"""A plant as an edge: keep what its machines say, and send it to a central Andon."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...errors import BadQuestion
from .desk import Desk
from .options import Options
from .show import Shape, print_line, show

UNITS = {"skew": "us", "rate": "/s", "waiting": "By", "bytes": "By"}
SIZES = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 1 << 20, "GiB": 1 << 30}


def relay(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        to: str = o.option("", "Where the centre listens: https://central:8686."),
        name: str = o.option("", "This edge's name at the centre; by default the plant's."),
        ca: Path | None = o.option(None, "File of the certificates to trust (PEM); by default the system's."),
        limit: str = o.option("20 GB", "How much may wait on disk; then no more is acknowledged to the machines."),
        status: bool = o.flag("Show how the relay is doing, and end.", "--status"),
        verbose: bool = o.flag("Tell more of what happens.", "--verbose", "-v"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        if status:
            show(desk, desk.rooms.relayed(plant), Shape(in_json, in_csv), units=UNITS)
            return
        if not to:
            raise BadQuestion("Say where to: andon relay EDGE --to https://central:8686.")
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
        logging.getLogger("andon").setLevel(logging.DEBUG if verbose else logging.INFO)

        def tell(relaying: Any) -> None:
            said = desk.say("{plant} is relayed to {to}; Ctrl-C stops it.", plant=plant, to=to)
            print_line(said)

        desk.rooms.relay(plant, desk.rooms.Route(to, name, ca), limit=size(limit), tell=tell)
        print_line(desk.say("Stopped; everything acknowledged is on disk."))

    return command


def size(text: str) -> int:
    """Bytes that a size such as `20 GB` means.

    >>> size("1.5 GB")
    1500000000
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", text)
    if not found or found[2] not in SIZES:
        raise BadQuestion(f"{text!r} is no size: write a number and one of {', '.join(SIZES)}: '20 GB'.")
    return round(float(found[1]) * SIZES[found[2]])


COMMANDS = {"relay": relay}
