"""What an agent offers, what its data items are taken for, and what is wrong where it does not work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from ...errors import AndonError
from ..link import BAD_NO_COMMUNICATION, Link, Offer, Trial
from .agent import Agent, where
from .document import DataItem, Document, Observation, moment
from .said import LEVELS, UNAVAILABLE, number
from .units import ucum

ROLES: Mapping[str, str] = {
    "ACCELERATION": "vibration",
    "AMPERAGE": "current",
    "CONTROLLER_MODE": "mode",
    "ELECTRICAL_ENERGY": "energy",
    "EXECUTION": "state",
    "FLOW": "flow",
    "FUNCTIONAL_MODE": "other",
    "HUMIDITY_RELATIVE": "humidity",
    "LOAD": "torque",
    "PART_ID": "serial",
    "PART_NUMBER": "product",
    "POSITION": "position",
    "PRESSURE": "pressure",
    "PROGRAM": "recipe",
    "ROTARY_VELOCITY": "speed",
    "SERIAL_NUMBER": "serial",
    "SPINDLE_SPEED": "speed",
    "TEMPERATURE": "temperature",
    "TORQUE": "torque",
    "VOLTAGE": "voltage",
    "WATTAGE": "power",
}
"""What types of MTConnect's data items are to Andon."""
COUNTS = {"": "total_count", "ALL": "total_count", "GOOD": "good_count", "BAD": "reject_count"}
"""Sub-types of PART_COUNT."""


async def browse(link: Link, url: str, device: str = "", user: str = "") -> list[Offer]:
    """Every data item of the agent, with what it says now."""
    items: list[DataItem] = []
    now: dict[str, Observation] = {}

    def seen(said: Observation) -> None:
        if said.item not in now or said.element in LEVELS:
            now[said.item] = said

    async with _agent(link, url, device, user) as agent:
        await agent.probe(items.append)
        await agent.current(seen)
    return [offer for item in items for offer in offers(item, now.get(item.attributes.get("id", "")))]


def offers(item: DataItem, said: Observation | None) -> list[Offer]:
    """What a data item is taken for: one offer, or three for a position in space.

    >>> item = DataItem(("mill", "controller"), "mill", {"id": "ex", "type": "EXECUTION", "category": "EVENT"})
    >>> [(o.address, o.role, o.kind, dict(o.keys)) for o in offers(item, None)]
    [('ex', 'state', 'state', {'states': 'mtconnect'})]
    """
    told = item.attributes
    kind, category, sub = told.get("type", ""), told.get("category", ""), told.get("subType", "")
    native = told.get("units", "")
    path = (*item.path, told.get("name") or kind.replace("_", " ").capitalize())
    role, plain, keys = _meaning(kind, category, sub)
    why = f"MTConnect {category.casefold()} {kind}{f' ({sub})' if sub else ''}"
    spread = native.endswith("_3D") or told.get("representation") in ("DATA_SET", "TABLE")
    places = range(3) if native.endswith("_3D") else ()
    value, quality = _now(said, plain)
    one = Offer(told["id"], path, "text" if spread else plain, ucum(native), value, quality, role, keys, why)
    if not places:
        return [one]
    words = said.text.split() if said else []
    return [
        Offer(
            f"{told['id']}[{n}]",
            (*path, "xyz"[n]),
            "number",
            ucum(native),
            number(words[n])[0] if n < len(words) else None,
            quality,
            role,
            {},
            f"{why}, {'xyz'[n]} of it",
        )
        for n in places
    ]


def _meaning(kind: str, category: str, sub: str) -> tuple[str, str, dict[str, object]]:
    """Role, kind of signal, and more keys."""
    if category == "CONDITION":
        return "alarm", "boolean", {}
    if kind == "EXECUTION":
        return "state", "state", {"states": "mtconnect"}
    if kind == "PART_COUNT" and sub in COUNTS:
        return COUNTS[sub], "count", {}
    return ROLES.get(kind, "other"), "number" if category == "SAMPLE" else "text", {}


def _now(said: Observation | None, kind: str) -> tuple[float | str | None, int]:
    if said is None or said.text == UNAVAILABLE or said.element == "Unavailable":
        return None, BAD_NO_COMMUNICATION
    if said.category == "Condition":
        return float(said.element == "Fault"), 0
    value, text, quality = number(said.text)
    return (value if kind in ("number", "count") else said.text) if text is None else text, quality


async def trial(link: Link, url: str, device: str = "", heartbeat: int = 5_000_000, user: str = "") -> list[Trial]:
    """Ask for the devices and for what holds now, look for every address, and listen to the stream for a moment."""
    steps: list[Trial] = []
    items: list[DataItem] = []
    try:
        async with _agent(link, url, device, user) as agent:
            document = await agent.probe(items.append)
            names = sorted({i.device for i in items})
            made = f"version {document.header.get('version', '?')}, {len(items)} data items"
            steps.append(Trial("devices", bool(names), f"{agent.base}: {made} of {', '.join(names) or 'no device'}."))
            steps += _addresses(link.addresses, items)
            steps += await _clock(agent)
            steps.append(await _streams(agent, heartbeat // 1000))
    except AndonError as error:
        steps.append(Trial("connect", False, _advised(str(error))))
    return steps


def _advised(said: str) -> str:
    if "no MTConnect document" in said or "no XML" in said:
        return f"{said} Is it the agent's address, and not that of a web page or of the adapter (port 7878)?"
    return said


def _addresses(addresses: Sequence[str], items: Sequence[DataItem]) -> list[Trial]:
    """Which addresses the agent has."""
    ids = {i.attributes.get("id", "") for i in items}
    named = {i.attributes["name"]: i.attributes.get("id", "") for i in items if "name" in i.attributes}
    known = ids | {f"{i.device}/{i.attributes.get('id', '')}" for i in items}
    steps = []
    for address in addresses:
        name = address.partition("[")[0]
        near = named.get(name) or next(iter(get_close_matches(name, ids, n=1)), "")
        hint = f" Did you mean {near!r}?" if near else ""
        said = "is there." if name in known else f"The agent has no data item with the id {name!r}.{hint}"
        steps.append(Trial(f"address {address}", name in known, said))
    return steps


async def _clock(agent: Agent) -> list[Trial]:
    """What holds now, and how far the agent's clock is from ours."""
    count = [0, 0]

    def seen(said: Observation) -> None:
        count[said.text == UNAVAILABLE or said.element == "Unavailable"] += 1

    document = await agent.current(seen)
    ahead = moment(document.header.get("creationTime", "")) / 1e6 - time.time()
    silent = "" if count[0] else " The agent runs, and has no connection to its machines: look at its adapters."
    return [
        Trial("values", bool(count[0]), f"{count[0]} data items say something, {count[1]} are unavailable.{silent}"),
        Trial(
            "clock", abs(ahead) < 60, f"The agent's clock is {abs(ahead):.1f} s {'ahead' if ahead > 0 else 'behind'}."
        ),
    ]


async def _streams(agent: Agent, heartbeat: int) -> Trial:
    """Does it send by itself?"""
    ignore: Callable[[Observation], None] = lambda said: None  # noqa: E731
    document = Document(ignore)
    began = time.monotonic()
    async for piece, ends in agent.pieces(f"sample?interval=100&count=1&heartbeat={min(heartbeat, 1000)}"):
        document.feed(piece, last=ends)
        if ends:
            break
    took = time.monotonic() - began
    well = document.kind == "MTConnectStreams"
    return Trial("stream", well, f"The agent sent its first document after {took:.1f} s.")


def _agent(link: Link, url: str, device: str, user: str) -> Agent:
    return Agent(where(url, device), 10.0, (user, link.secret("password") or "") if user else None)
