"""What one offer of a source is: its role, kind, unit and keys, each with its reason; what is unsure is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...plant import ROLES
from ...plant.ucum import is_unit, nearest_unit
from ..link import Offer
from .counters import ROLLOVERS
from .heard import FEW, Heard
from .limits import GENERIC, HOUSEKEEPING, NOT_PARTS, OF_A_PART, SET
from .measures import MEASURES, fits, role_of_unit, unit_of
from .statemaps import state_map
from .vocabulary import COUNTED, STATES, WORDED, roles_of, spaced

MODEL, NAMED, ABOVE, MEASURED, UNTOLD = 4, 3, 2, 1, 0
"""What speaks for a role: the source's own model, its name, the name above it, its unit, nothing."""
WIDE = {"UInt16": 65_535, "UInt32": 4_294_967_295, "Int16": 32_767, "Int32": 2_147_483_647}
WIDTH = re.compile(r"\b(u?int|uint|int)(16|32)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What an offer is; `ask` is what a person must confirm, "" where nothing is in doubt.

    `open` has what of a state is not known: words and what they may mean. `rank` says how much speaks for the role
    (MODEL, NAMED, ABOVE, MEASURED, UNTOLD), so that of two the better takes it.
    """

    role: str
    kind: str
    unit: str = ""
    keys: Mapping[str, object] = field(default_factory=dict)
    why: str = ""
    ask: str = ""
    open: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0
    left_out: bool = False


def judge(offer: Offer, heard: Heard, *, running: str = "") -> Judged:
    """Judge one offer.

    Parameters
    ----------
    offer
        As the source's connector gave it.
    heard
        What it said while it was watched.
    running
        The code that it said while parts were counted, "" where that was not seen.

    Examples
    --------
    >>> found = judge(Offer("40001", ("GoodCount",), "integer", why="UInt16"), Heard((7.0, 8.0, 9.0)))
    >>> found.role, found.kind, found.keys, found.ask
    ('good_count', 'count', {'counting': 'total', 'rollover': 65535}, '')
    """
    unit, unit_why = _unit(offer)
    role, why, rank = _role(offer, unit, heard)
    if role in COUNTED:
        return _counter(offer, heard, role, (why, unit_why), rank)
    if role == "state":
        return _state(offer, heard, (why, unit_why), rank, running)
    kind, note = _kind(offer, role)
    if not rank and _is_housekeeping(offer):
        return Judged(
            role="other", kind=kind, unit=unit, keys=_keys(offer), why="what it is, not what it does", left_out=True
        )
    said = _joined(offer.why if rank == MODEL else "", why, unit_why, note) or "nothing tells what it means"
    return Judged(role=role, kind=kind, unit=unit, keys=_keys(offer), why=said, rank=rank)


def _unit(offer: Offer) -> tuple[str, str]:
    """The unit as the source tells it, else as its name does, in UCUM."""
    if offer.unit:
        code = offer.unit if is_unit(offer.unit) else nearest_unit(offer.unit) or ""
        return (code, f"the source says {offer.unit}") if is_unit(code) else ("", f"its unit {offer.unit!r} is no UCUM")
    if offer.kind not in ("number", "integer", "waveform"):
        return "", ""
    code, written = unit_of(offer.path[-1] if offer.path else offer.address)
    return (code, f"unit {written!r} in its name") if is_unit(code) else ("", "")


def _role(offer: Offer, unit: str, heard: Heard) -> tuple[str, str, int]:
    """The role, why, and how much speaks for it."""
    if offer.role in ROLES:
        return offer.role, "" if offer.why else "the source's own model says so", MODEL
    name = offer.path[-1] if offer.path else offer.address
    if _is_housekeeping(offer):
        return "other", "", UNTOLD
    doubt = ""
    for text, rank in ((name, NAMED), (" ".join(offer.path[-2:]), ABOVE)):
        if rank == ABOVE and not GENERIC.fullmatch(spaced(name)):
            break
        for role, word in roles_of(text):
            doubted = _doubt(role, text, unit, offer)
            if not doubted:
                return role, f"{word!r} in its name" if rank == NAMED else f"{word!r} in the name above it", rank
            doubt = doubt or doubted
    if doubt:
        return "other", doubt, UNTOLD
    return _by_unit_or_values(offer, spaced(name), unit, heard)


def _by_unit_or_values(offer: Offer, name: str, unit: str, heard: Heard) -> tuple[str, str, int]:
    """The role of what has no telling name."""
    wish = SET.search(name)
    if role := role_of_unit(unit):
        return (
            ("other", f"{wish[0]!r} in its name: not measured", UNTOLD)
            if wish
            else (role, f"by its unit {unit}", MEASURED)
        )
    if offer.kind == "state" and "states" in offer.keys and not OF_A_PART.search(name):
        return "state", "what it can say are states of a machine", MEASURED
    if offer.kind == "text" and len(heard.words) > 1 and all(spaced(w) in STATES for w in heard.words):
        return "state", "what it said are states of a machine", MEASURED
    numeric = offer.kind in ("number", "integer") and not unit
    if numeric and heard.counts and heard.rises > 1 and not NOT_PARTS.search(name) and not wish:
        return "total_count", "it only rises, by small whole steps", MEASURED
    return "other", "", UNTOLD


def _doubt(role: str, text: str, unit: str, offer: Offer) -> str:
    """Why a name's word is not to be believed, "" where it is."""
    said = spaced(text)
    if wish := SET.search(said):
        return f"{wish[0]!r} in its name: what should be, not what is"
    if role in COUNTED and (other := NOT_PARTS.search(said)):
        return f"it counts, and {other[0]!r} in its name says: no parts"
    if role in COUNTED and (offer.kind in ("text", "boolean", "state") or (unit and "{" not in unit and unit != "1")):
        return f"a {offer.kind}{f' in {unit}' if unit else ''} counts no parts"
    if role in MEASURES and not fits(role, unit):
        return f"{role!r} is not measured in {unit}"
    if role in MEASURES and offer.kind in ("text", "state", "boolean"):
        return f"a {offer.kind} measures no {role}"
    if role == "state" and (part := OF_A_PART.search(said)):
        return f"the state of a part: {part[0]!r} in its name"
    if role == "alarm" and offer.kind != "boolean":
        return "an alarm's code or text: it does not say by itself whether one is active"
    return ""


def _counter(offer: Offer, heard: Heard, role: str, why: tuple[str, str], rank: int) -> Judged:
    """A counter of parts: a running total unless it was seen to fall again and again."""
    keys = {k: v for k, v in offer.keys.items() if k not in ("counting", "rollover")}
    seen = f"it rose {heard.rises} times while watched" if heard.counts else ""
    falls = heard.falls and heard.falls >= heard.rises
    counting = str(offer.keys.get("counting") or ("delta" if falls else "total"))
    keys["counting"] = counting
    full, wide = _rollover(offer)
    if counting == "total" and full:
        keys["rollover"] = full
    ask = "it falls as often as it rises: is each value the parts since the last one?" if falls else ""
    if not falls and not heard.counts and heard.rises and rank < MODEL:
        ask = "it does not rise by small whole steps: does it count parts?"
    if rank == MEASURED:
        ask = "it counts, and its name does not say what: are these parts?"
    unit = offer.unit if offer.unit and "{" in offer.unit and is_unit(offer.unit) else "{part}"
    said = _joined(offer.why if rank == MODEL else "", *why, seen, wide)
    return Judged(role=role, kind="count", unit=unit, keys=keys, why=said, ask=ask, rank=rank)


def _rollover(offer: Offer) -> tuple[int | None, str]:
    """The value after which a counter starts again, and why."""
    told = offer.keys.get("rollover")
    if isinstance(told, int):
        return told, f"starts again at 0 after {told:,}"
    width = WIDTH.search(f"{offer.why} {offer.address}")
    name = f"{width[1].title().replace('Uint', 'UInt')}{width[2]}" if width else ""
    full = WIDE.get(name)
    return (full, f"{name}: starts again at 0 after {full:,}") if full in ROLLOVERS else (None, "")


def _state(offer: Offer, heard: Heard, why: tuple[str, str], rank: int, running: str) -> Judged:
    """A state with its map; one with too many values is none."""
    words = heard.words
    given = offer.keys.get("states")
    if len(words) > FEW or (offer.kind == "number" and heard.values and not heard.whole):
        return Judged(
            role="other", kind=_kind(offer, "")[0], keys=_keys(offer), why="it says too many things for a state"
        )
    keys = _keys(offer)
    if given:
        return Judged(role="state", kind="state", keys=keys, why=_joined(offer.why, *why), rank=rank)
    if offer.kind == "boolean":
        words = ("1", "0") if not set(words) & {"true", "false"} else ("true", "false")
    found = state_map(" ".join(offer.path[-3:]), words, running)
    keys["states"] = found.states if isinstance(found.states, str) else dict(found.states)
    ask = _asked(found.open, words)
    said = _joined(offer.why if rank == MODEL else "", *why, found.why)
    return Judged(role="state", kind="state", keys=keys, why=said, ask=ask, open=found.open, rank=rank)


def _asked(asked: Mapping[str, str], words: tuple[str, ...]) -> str:
    if not words:
        return "it said nothing while it was watched: what do its words mean?"
    if "" in asked:
        return f"are its numbers those of {asked['']}?"
    return f"what do {', '.join(asked)} mean?" if asked else ""


def _kind(offer: Offer, role: str) -> tuple[str, str]:
    """The kind of the signal: the source's, but texts where the role is one."""
    if role in WORDED or role == "mode":
        return "text", "" if offer.kind in ("text", "state") else "kept as text: its digits are a name"
    if role == "energy" and offer.kind == "integer":
        return "number", ""
    return ("text" if offer.kind == "state" else "number" if offer.kind == "count" else offer.kind), ""


def _keys(offer: Offer) -> dict[str, object]:
    """The source's own keys for plant.toml, without those that another kind would not have."""
    return {k: v for k, v in offer.keys.items() if k not in ("counting", "rollover", "states")} | (
        {"states": offer.keys["states"]} if offer.role == "state" and "states" in offer.keys else {}
    )


def _is_housekeeping(offer: Offer) -> bool:
    name = spaced(offer.path[-1]) if offer.path else ""
    above = any(re.fullmatch(r"identification|build ?info|nameplate|typenschild", spaced(p)) for p in offer.path[:-1])
    return above or bool(HOUSEKEEPING.search(name))


def _joined(*parts: str) -> str:
    return "; ".join(dict.fromkeys(p for p in parts if p))
