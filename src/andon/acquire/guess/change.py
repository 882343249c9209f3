"""A person's corrections of a proposal: drop, keep, rename, another role, unit, kind or state map."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ...errors import BadQuestion, UnknownName
from ...model import State
from ...plant import ROLES
from ...plant.states import STATE_MAPS
from ...plant.ucum import is_unit, nearest_unit
from .heard import word
from .proposal import Candidate, SourceProposal, Suggestion
from .statemaps import state_map
from .vocabulary import COUNTED, WORDED

KINDS = ("number", "integer", "boolean", "text", "state", "count", "waveform")
STATE_NAMES = tuple(s.value for s in State if s is not State.UNKNOWN)
NAME, PATH = re.compile(r"[\w.-]+"), re.compile(r"[\w.-]+(/[\w.-]+)*")
Line = tuple[Candidate, Suggestion]


def numbered(proposal: SourceProposal) -> list[Line]:
    """Every suggestion with its machine; line 1 is the first."""
    return [(m, s) for m in proposal.machines for s in m.signals]


def corrected(proposal: SourceProposal, words: Sequence[str]) -> SourceProposal:
    """The proposal with one correction.

    Parameters
    ----------
    proposal
        What was proposed.
    words
        `drop 3`, `drop press-3`, `keep 3`, `rename press-3 line-2/press-3`, `rename 3 speed_2`, `role 3 power`,
        `unit 3 kW`, `kind 3 number`, `states 3 packml`, `title press-3 Press 3`; a number is that of a line.

    Raises
    ------
    BadQuestion, UnknownName
        The correction makes no sense; the text says what would.

    Examples
    --------
    >>> from .proposal import Candidate
    >>> power = Suggestion(address="a", name="power", role="power", kind="number")
    >>> before = SourceProposal(source={"name": "plc"}, machines=(Candidate(path="line-1/m", signals=(power,)),))
    >>> after = corrected(before, ["unit", "1", "kW"])
    >>> next(after.taken())[1].unit
    'kW'
    """
    verb, what, rest = words[0], words[1] if len(words) > 1 else "", list(words[2:])
    if verb not in (*OF_LINE, *OF_MACHINE):
        raise UnknownName("correction", verb, {*OF_LINE, *OF_MACHINE})
    if not what:
        raise BadQuestion(f"Say of what: {verb} 3, or {verb} press-3.")
    if what.isdigit():
        return _of_line(proposal, verb, int(what), rest)
    if verb not in OF_MACHINE:
        raise BadQuestion(f"Say of which line: {verb} 3. {what!r} is no number of a line.")
    machine = proposal.machine(what)
    return proposal.with_machine(machine.path, OF_MACHINE[verb](machine, rest))


def confirmed(proposal: SourceProposal, path: str, address: str, *, right: bool) -> SourceProposal:
    """What was asked of a signal is answered: it is what it seems, or it is kept without a role."""
    _, one = _found(proposal, path, address)
    if right:
        return proposal.with_signal(path, address, replace(one, ask="", open={}))
    return proposal.with_signal(path, address, _with_role(one, "other"))


def state_told(proposal: SourceProposal, path: str, address: str, told: Mapping[str, str]) -> SourceProposal:
    """A person said what some words of a state mean; those of which nothing is said stay unknown."""
    _, one = _found(proposal, path, address)
    before = one.keys.get("states")
    states = dict(before) if isinstance(before, Mapping) else {}
    states |= {w: _state(s) for w, s in told.items() if s}
    return proposal.with_signal(path, address, replace(one, keys={**one.keys, "states": states}, ask="", open={}))


def _found(proposal: SourceProposal, path: str, address: str) -> Line:
    return next((m, s) for m, s in numbered(proposal) if m.path == path and s.address == address)


def _of_line(proposal: SourceProposal, verb: str, number: int, rest: list[str]) -> SourceProposal:
    lines = numbered(proposal)
    if not 1 <= number <= len(lines):
        raise BadQuestion(f"There is no line {number}; the last is {len(lines)}.")
    if verb not in OF_LINE:
        raise BadQuestion(f"{verb} is for a machine: {verb} press-3 ...")
    if not rest and verb not in ("drop", "keep"):
        raise BadQuestion(f"Say which {verb}: {verb} {number} ...")
    machine, one = lines[number - 1]
    changed = OF_LINE[verb](one, rest)
    if changed.name != one.name and changed.name in {s.name for s in machine.signals}:
        if verb == "rename":
            raise BadQuestion(f"{machine.path} has a signal {changed.name!r} already. Choose another name.")
        changed = replace(changed, name=one.name)
    return proposal.with_signal(machine.path, one.address, changed)


def _with_role(one: Suggestion, role: str) -> Suggestion:
    """The suggestion with another role, and with what belongs to it."""
    if role not in ROLES:
        raise UnknownName("role", role, ROLES)
    keys = {k: v for k, v in one.keys.items() if k not in ("states", "counting", "rollover")}
    name = role if role != "other" and one.name in (one.role, "signal") else one.name
    plain = replace(one, role=role, name=name, keys=keys, why="you said so", ask="", open={})
    if role in COUNTED:
        if one.kind == "text":
            raise BadQuestion(f"{one.address} says texts, which count nothing.")
        counting = {k: one.keys[k] for k in ("counting", "rollover") if k in one.keys}
        return replace(plain, kind="count", unit="{part}", keys={**keys, "counting": "total"} | counting)
    if role == "state":
        said = () if one.value is None else (word(one.value),)
        found = state_map(" ".join(one.path[-3:]), said)
        states = found.states if isinstance(found.states, str) else dict(found.states)
        ask = f"what do {', '.join(w for w in found.open if w) or 'its words'} mean?" if found.open or not said else ""
        return replace(plain, kind="state", keys={**keys, "states": states}, ask=ask, open=found.open)
    if role in WORDED or role == "mode":
        return replace(plain, kind="text", unit="")
    kind = {"state": "text", "count": "number"}.get(one.kind, one.kind)
    return replace(plain, kind=kind, unit="" if one.unit == "{part}" else one.unit)


def _role(one: Suggestion, rest: list[str]) -> Suggestion:
    return _with_role(one, rest[0])


def _unit(one: Suggestion, rest: list[str]) -> Suggestion:
    unit = " ".join(rest)
    code = unit if is_unit(unit) else nearest_unit(unit)
    if not code:
        raise BadQuestion(f"{unit!r} is no UCUM unit. Examples: kW, kW.h, Cel, mm/s, {{part}}.")
    return replace(one, unit=code)


def _kind(one: Suggestion, rest: list[str]) -> Suggestion:
    if rest[0] not in KINDS:
        raise UnknownName("kind of signal", rest[0], KINDS)
    wanted = {"state": "state", "count": "total_count"}.get(rest[0])
    if wanted and one.role not in (wanted, *COUNTED):
        return _with_role(one, wanted)
    return replace(one, kind=rest[0])


def _states(one: Suggestion, rest: list[str]) -> Suggestion:
    """A preset by its name, or words and states: `2=producing 7=fault`."""
    if "=" not in rest[0]:
        if rest[0] not in STATE_MAPS:
            raise UnknownName("state map", rest[0], STATE_MAPS)
        states: object = rest[0]
    else:
        states = {w: _state(s) for w, _, s in (pair.rpartition("=") for pair in rest)}
    return replace(one, role="state", kind="state", keys={**one.keys, "states": states}, ask="", open={})


def _state(said: str) -> str:
    if said not in STATE_NAMES:
        raise UnknownName("state", said, STATE_NAMES)
    return said


def _rename(one: Suggestion, rest: list[str]) -> Suggestion:
    if not NAME.fullmatch(rest[0]):
        raise BadQuestion(f"{rest[0]!r} is no name: letters, digits, '-', '_' and '.' only.")
    return replace(one, name=rest[0])


def _moved(machine: Candidate, rest: list[str]) -> Candidate:
    if not rest or not PATH.fullmatch(rest[0]):
        raise BadQuestion("Say line and machine: rename press-3 line-2/press-3.")
    if machine.known:
        raise BadQuestion(f"{machine.path} is a machine of the plant: rename it in plant.toml.")
    return replace(machine, path=rest[0] if "/" in rest[0] else f"{machine.path.rpartition('/')[0]}/{rest[0]}")


OF_LINE: Mapping[str, Callable[[Suggestion, list[str]], Suggestion]] = {
    "drop": lambda one, rest: replace(one, taken=False),
    "keep": lambda one, rest: replace(one, taken=True),
    "rename": _rename,
    "role": _role,
    "unit": _unit,
    "kind": _kind,
    "states": _states,
}
OF_MACHINE: Mapping[str, Callable[[Candidate, list[str]], Candidate]] = {
    "drop": lambda machine, rest: replace(machine, taken=False),
    "keep": lambda machine, rest: replace(machine, taken=True),
    "rename": _moved,
    "title": lambda machine, rest: replace(machine, title=" ".join(rest)),
}
