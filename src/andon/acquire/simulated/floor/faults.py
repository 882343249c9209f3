"""What may be done to a running floor: each fault by name, what it befalls, how it begins and how it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Timer

from ....errors import BadQuestion, UnknownName
from ..layout import MACHINES
from .floor import BROKER, CALLERS, Floor

SLOW = 2.0
"""Seconds that a slow cable takes for each piece."""
FLOOD = 200
"""How many times a flooding server says each number in a tenth of a second."""
WRONG_CLOCK = 90_000_000
"""How far a wrong clock is ahead, in microseconds."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: what it is in words, what it befalls (a server, a cable, a machine), how it begins and ends."""

    said: str
    befalls: str
    begin: Callable[[Floor, str, int], None]
    end: Callable[[Floor, str], None]


def _kill(floor: Floor, name: str, until: int) -> None:
    floor.kill(name)


def _restart(floor: Floor, name: str, until: int) -> None:
    floor.kill(name)
    floor.begin(name)


def _renumber(floor: Floor, name: str, until: int) -> None:
    floor.bend(renumbered=floor.bends.renumbered + 1)
    _restart(floor, name, until)


def _skew(floor: Floor, name: str, until: int) -> None:
    floor.bend(skew={**floor.bends.skew, name: WRONG_CLOCK})


def _right(floor: Floor, name: str) -> None:
    floor.bend(skew={n: s for n, s in floor.bends.skew.items() if n != name})


def _flood(floor: Floor, name: str, until: int) -> None:
    floor.bend(flood={**floor.bends.flood, name: FLOOD})


def _calm(floor: Floor, name: str) -> None:
    floor.bend(flood={n: s for n, s in floor.bends.flood.items() if n != name})


def _stop(floor: Floor, machine: str, until: int) -> None:
    stops = floor.bends.stops
    floor.bend(stops={**stops, machine: [*stops.get(machine, ()), (_now(), until)]})


def _reset(floor: Floor, machine: str, until: int) -> None:
    resets = floor.bends.resets
    floor.bend(resets={**resets, machine: [*resets.get(machine, ()), _now()]})


def _nothing(floor: Floor, name: str) -> None:
    """It ends by itself."""


FAULTS: dict[str, Fault] = {
    "kill": Fault("end the server as a power cut would, and start it again", "server", _kill, Floor.begin),
    "freeze": Fault(
        "let the server hang: it holds its connections and does nothing",
        "server",
        lambda floor, name, until: floor.freeze(name),
        Floor.thaw,
    ),
    "restart": Fault("start the server anew at once", "server", _restart, _nothing),
    "cut": Fault(
        "cut the cable",
        "cable",
        lambda floor, name, until: floor.cables.cut(name),
        lambda floor, name: floor.cables.mend(name),
    ),
    "slow": Fault(
        "let every piece of data take two seconds longer",
        "cable",
        lambda floor, name, until: floor.cables.slow(name, SLOW),
        lambda floor, name: floor.cables.mend(name),
    ),
    "renumber": Fault("start the OPC UA server anew with another namespace index", "opcua", _renumber, _nothing),
    "skew": Fault("set the server's clock 90 s ahead", "server", _skew, _right),
    "flood": Fault("let the server say every number 200 times in a tenth of a second", "server", _flood, _calm),
    "stop": Fault("stop a machine by hand", "machine", _stop, _nothing),
    "reset": Fault("set a machine's counters to zero", "machine", _reset, _nothing),
}


def befallen(floor: Floor, fault: str) -> list[str]:
    """What a fault may befall on a floor."""
    if fault not in FAULTS:
        raise UnknownName("fault", fault, FAULTS)
    servers = {
        "server": [n for n, s in floor.servers.items()],
        "cable": [n for n, s in floor.servers.items() if s.kind not in CALLERS or s.kind == "push"],
        "opcua": [n for n, s in floor.servers.items() if s.kind == "opcua"],
        "machine": [m.path for m in MACHINES],
    }[FAULTS[fault].befalls]
    return [n for n in servers if n != BROKER or fault not in ("skew", "flood")]


def throw(floor: Floor, fault: str, at: str = "", seconds: float = 10.0) -> str:
    """Throw a fault and have it end by itself after some seconds; what was befallen.

    Parameters
    ----------
    floor
        The running floor.
    fault
        One of `FAULTS`.
    at
        The server, cable or machine; by default the first that it may befall.
    seconds
        How long it lasts.

    Raises
    ------
    UnknownName
        There is no such fault, or nothing of that name that it could befall.
    """
    places = befallen(floor, fault)
    chosen = at or _first(places)
    if chosen not in places:
        raise UnknownName(FAULTS[fault].befalls, chosen, places)
    FAULTS[fault].begin(floor, chosen, _now() + int(seconds * 1e6))
    ending = Timer(seconds, FAULTS[fault].end, (floor, chosen))
    ending.daemon = True
    ending.start()
    return chosen


def _first(places: Sequence[str]) -> str:
    if not places:
        raise BadQuestion("There is nothing on this floor that this fault could befall.")
    return next((p for p in places if p != BROKER), places[0])


def _now() -> int:
    return time.time_ns() // 1000
