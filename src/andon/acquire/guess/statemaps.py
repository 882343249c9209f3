"""Which state map fits what a machine says: a preset by its words or its name, else the words one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...plant.states import STATE_MAPS
from .vocabulary import AMBIGUOUS, STATES, spaced

NAMED: Mapping[str, re.Pattern[str]] = {
    "packml": re.compile(r"packml|state ?current|current ?state ?number|unit ?state\b|packtags", re.IGNORECASE),
    "mtconnect": re.compile(r"\bexecution\b|mtconnect", re.IGNORECASE),
    "machinery": re.compile(r"machinery|item ?state", re.IGNORECASE),
    "opcua-tobacco": re.compile(r"tobacco|tmc\b", re.IGNORECASE),
    "opcua-cnc": re.compile(r"cnc.*(status|state)|program ?status", re.IGNORECASE),
    "semi-e10": re.compile(r"\be10\b|arams", re.IGNORECASE),
}
"""Words in a name that speak of a preset."""
TRUTH = ("0", "1", "false", "true")


@dataclass(frozen=True, slots=True)
class StateMap:
    """A state map for what was heard.

    `states` is the name of a preset, or words and states; `open` are the words whose state a person must say, with what
    Andon would take them for ("" where it does not know).
    """

    states: str | Mapping[str, str]
    why: str
    open: Mapping[str, str] = field(default_factory=dict)


def state_map(name: str, words: Sequence[str], running: str = "") -> StateMap:
    """The state map for what a state says.

    Parameters
    ----------
    name
        What the state is called, with the names around it.
    words
        What it said while it was watched; numbers as "2".
    running
        The one of them during which parts were counted, "" where that was not seen.

    Examples
    --------
    >>> state_map("Press 3 Execution", ["ACTIVE", "READY"]).states
    'mtconnect'
    >>> state_map("Status", ["läuft", "Störung"]).states
    {'läuft': 'producing', 'Störung': 'fault'}
    >>> state_map("Status", ["2", "7"], running="2").open
    {'2': 'producing', '7': ''}
    """
    preset = _preset(name, words)
    if preset:
        return preset
    if words and all(w.casefold() in TRUTH for w in words):
        return _of_truth(name, words)
    states: dict[str, str] = {}
    asked: dict[str, str] = {}
    for word in words:
        found = STATES.get(spaced(word), STATES.get(word.lower(), ""))
        if word == running and found in ("", "producing"):
            found = "producing"
            asked |= {word: found} if word not in STATES else {}
        elif not found or word.lower() in AMBIGUOUS:
            asked[word] = found
            continue
        states[word] = found
    known = {w: s for w, s in states.items() if w not in asked}
    return StateMap(known, _said(known, asked, running), asked)


def _preset(name: str, words: Sequence[str]) -> StateMap | None:
    """The preset that knows every word; a number alone speaks of none unless the name does."""
    hinted = next((p for p, pattern in NAMED.items() if pattern.search(name) or pattern.search(spaced(name))), "")
    fitting = [p for p, known in STATE_MAPS.items() if words and all(w in known for w in words)]
    spoken = [w for w in words if not _is_number(w)]
    if hinted in fitting and spoken:
        return StateMap(hinted, f"{_listed(spoken)} and its name speak of {hinted}")
    if hinted in fitting:
        return StateMap(hinted, f"its name speaks of {hinted}, whose numbers these may be", {"": hinted})
    telling = [p for p in fitting if p != "opcua-tobacco"]
    if spoken and len(telling) == 1 and (len(spoken) > 1 or telling[0] != "andon"):
        return StateMap(telling[0], f"only {telling[0]} says {_listed(spoken)}")
    return None


def _of_truth(name: str, words: Sequence[str]) -> StateMap:
    """A state that is true or false: what true means is in its name, what false means nobody says."""
    from_name = next((STATES[w] for w in spaced(name).split()[::-1] if w in STATES), "")
    yes, no = ("1", "0") if set(words) <= {"0", "1"} else ("true", "false")
    if not from_name:
        return StateMap({}, "it is true or false, and its name does not say of what", {yes: "", no: ""})
    return StateMap(
        {yes: from_name}, f"true is {from_name} by its name", {no: "idle_no_order" if from_name == "producing" else ""}
    )


def _said(known: Mapping[str, str], asked: Mapping[str, str], running: str) -> str:
    parts = [f"it says {_listed(list(known))}"] if known else []
    parts += [f"parts were counted while it said {running}"] if running else []
    parts += [f"what {_listed(list(asked))} mean it does not tell"] if asked else []
    return "; ".join(parts) or "it said nothing while it was watched"


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - 4} more" if len(words) > 4 else ""
    return ", ".join(words[:4]) + more


def _is_number(word: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", word))
