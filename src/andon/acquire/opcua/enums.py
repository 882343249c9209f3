"""Enumerations: the text of each number, and the states that such texts speak of."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import State
from ...plant.states import STATE_MAPS

MORE: Mapping[str, State] = {
    "run": State.PRODUCING,
    "production": State.PRODUCING,
    "automatic": State.PRODUCING,
    "running": State.PRODUCING,
    "producing": State.PRODUCING,
    "working": State.PRODUCING,
    "stop": State.IDLE,
    "standby": State.IDLE,
    "ready": State.IDLE,
    "waiting": State.STARVED,
    "starved": State.STARVED,
    "blocked": State.BLOCKED,
    "pause": State.HELD,
    "paused": State.HELD,
    "hold": State.HELD,
    "error": State.FAULT,
    "fault": State.FAULT,
    "faulted": State.FAULT,
    "failure": State.FAULT,
    "alarm": State.FAULT,
    "setup": State.SETUP,
    "changeover": State.SETUP,
    "maintenance": State.MAINTENANCE,
    "service": State.MAINTENANCE,
    "cleaning": State.MAINTENANCE,
    "off": State.OFF,
    "unknown": State.UNKNOWN,
    "undefined": State.UNKNOWN,
}
"""What machine builders call their states, beside the standards' words."""
TELLING = {State.PRODUCING, State.IDLE, State.HELD, State.FAULT, State.STARVED}


def texts_of(definition: object, strings: object, values: object) -> Mapping[int, str]:
    """The text of each number, from a data type's definition or from the properties of a variable.

    >>> texts_of(None, ["Off", "On"], None)
    {0: 'Off', 1: 'On'}
    """
    if isinstance(strings, list):
        return {n: str(text) for n, text in enumerate(strings) if text is not None}
    fields = definition.get("Fields") if isinstance(definition, dict) else values
    if not isinstance(fields, list):
        return {}
    rows = [f for f in fields if isinstance(f, dict) and isinstance(f.get("Value"), int)]
    return {int(f["Value"]): str(f.get("DisplayName") or f.get("Name") or f["Value"]) for f in rows}


def states_of(texts: Mapping[int, str]) -> Mapping[str, str] | None:
    """The state map that the texts of an enumeration speak of; None where they speak of something else.

    >>> states_of({0: "Stopped", 1: "Running", 2: "Fault"})
    {'0': 'idle_no_order', '1': 'producing', '2': 'fault'}
    >>> states_of({0: "Left", 1: "Right"})
    """
    words: dict[str, State] = {name.casefold(): State(s) for name, s in STATE_MAPS["packml"].items()} | dict(MORE)
    found = {n: words.get(text.strip().casefold()) for n, text in texts.items()}
    known = {state for state in found.values() if state is not None}
    if None in found.values() or State.PRODUCING not in known or len(known & TELLING) < 2:
        return None
    return {str(n): str(state) for n, state in found.items()}


def listed(texts: Mapping[int, str]) -> str:
    """An enumeration in words: `0 Stopped, 1 Running`."""
    shown = [f"{n} {text}" for n, text in texts.items()]
    return ", ".join(shown[:12]) + (", ..." if len(shown) > 12 else "")
