"""The stops of machines as an operator sees them: how long each lasted, its reason, and which still want one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from ..answer import Plain
from ..errors import BadQuestion
from ..model import Calendar, Element, Loss, Shift, State, States, StopRules, Window
from ..plant import Machine, Plant
from ..reading import EVERYWHERE, History, Told, each_ahead, gathered, told, wide
from ..studies.production.elements import Leaves, elements
from ..units import HOUR, SECOND
from .opening import Andon, open_plant

Row = dict[str, Plain]
EXPLAINED = (State.STARVED, State.BLOCKED)
"""States that say themselves why a machine stands."""
FRESH = 30 * SECOND
"""A stop whose last word is no older than this is still on."""
LONGEST = 31 * 24 * HOUR
"""More than this is not looked through for stops at once."""
LATELY, FEW = 30 * 24 * HOUR, 6
"""Reasons given in this time are offered first, this many."""


@dataclass(slots=True)
class Stop:
    """One stop of a machine: it stood in one element of the time model, and with one reason or none.

    Attributes
    ----------
    since, until
        Microseconds; `until` is the last moment known of a stop that is still on.
    pieces
        (since, until, state, reason) of what it is made of.
    element
        ISO 22400 element, as if all its time were planned.
    minor
        Shorter than the machine's minor stop.
    ongoing
        It is still on.
    planned
        Microseconds of it that lie in shifts and in no break; all of it where the plant has no shifts.
    who, why
        Who gave the reason, and what they said; "" where the machine did, or nobody.
    """

    since: int
    until: int
    element: Element
    minor: bool
    reason: str
    pieces: list[tuple[int, int, State, str]] = field(default_factory=list)
    said: str = ""
    ongoing: bool = False
    planned: int = 0
    who: str = ""
    why: str = ""

    @property
    def state(self) -> State:
        """The state that it was in for longest."""
        lengths: dict[State, int] = {}
        for since, until, state, _ in self.pieces:
            lengths[state] = lengths.get(state, 0) + until - since
        return max(lengths, key=lambda s: lengths[s])


def stops_at(
    folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "", pending: bool = False
) -> list[Row]:
    """The stops of the machines at a place, the newest first.

    Stretches in which a machine stood without a pause are one stop while they lie in one element of the time model and
    have one reason. A stop wants a reason where it has none, counts as a delay, lies in planned time for at least the
    machine's minor stop, and was not starved or blocked: then the machine has said why it stands.

    Parameters
    ----------
    folder
        The plant folder.
    at
        A machine, a line or several with commas; everything by default.
    since, until, last
        When: stops that touch this.
    pending
        Only those that want a reason.

    Raises
    ------
    BadQuestion
        The time is longer than 31 days.
    """
    with open_plant(folder) as plant:
        window = plant.window(_first(at), since=since, until=until, last=last)
        if window.duration > LONGEST:
            raise BadQuestion("Stops are listed for 31 days at most. Ask `losses` about longer times.")
        rows = stops_in(plant.plant, plant.history, _machines(plant, at), window)
    return [r for r in rows if r["needs_reason"] or not pending]


def stops_in(plant: Plant, history: History, machines: Sequence[Machine], window: Window) -> list[Row]:
    """The stops of some machines that touch a window, the newest first; see `stops_at`."""
    able = [m for m in machines if m.role("state")]
    rows = [row for m, ahead in each_ahead(history, able, wide(window)) for row in _rows(plant, ahead, m, window)]
    return sorted(rows, key=lambda r: (not r["ongoing"], -int(str(r["since"]))))


def recent_reasons(folder: Path, at: str) -> dict[str, Plain]:
    """What was given lately as reasons of stops and of scrap, the last first: {machine: {stops, scrap}}.

    Those of a machine itself come before those of the others of its class.
    """
    now = time.time_ns() // 1000
    window = Window(now - LATELY, now)
    with open_plant(folder) as plant:
        known = plant.plant.machines
        rows = {kind: _given(plant, kind, window) for kind in ("reason", "scrap")}
        return {
            m.path: {
                name: cast(list[Plain], _latest(rows[kind], m, known))
                for name, kind in (("stops", "reason"), ("scrap", "scrap"))
            }
            for m in _machines(plant, at)
        }


def stops_of(states: States, rules: StopRules) -> list[Stop]:
    """The stops in the states of one machine, in order of time; what is known of planned time is left to others.

    >>> from andon.units import MINUTE
    >>> told = States.of([(0, 9 * MINUTE, "fault"), (9 * MINUTE, 20 * MINUTE, "held_operator")])
    >>> [(s.since, s.until // MINUTE, s.state.value) for s in stops_of(told, StopRules({}, {}, {}, 5 * MINUTE))]
    [(0, 20, 'held_operator')]
    """
    whole = Calendar(states.window, (Shift("", "", states.window),))
    leaves = elements(states, whole, rules)
    found: list[Stop] = []
    for since, until, element, minor, state, reason, said in _leaf_rows(leaves):
        if state in (State.PRODUCING, State.UNKNOWN):
            continue
        last = found[-1] if found else None
        if last is None or last.until != since or (last.element, last.reason) != (element, reason):
            last = Stop(since, until, element, minor, reason)
            found.append(last)
        last.until, last.said = until, said or last.said
        last.pieces.append((since, until, state, reason))
    return found


def _leaf_rows(leaves: Leaves) -> Iterable[tuple[int, int, Element, bool, State, str, str]]:
    states = leaves.states
    places = (states.since.searchsorted(leaves.since, side="right") - 1).tolist()
    for at, (since, until, element, loss) in zip(places, leaves.rows(), strict=True):
        yield since, until, element, loss is Loss.MINOR_STOP, states.state[at], states.reason[at], states.said[at]


def _rows(plant: Plant, history: History, machine: Machine, window: Window) -> list[Row]:
    now = time.time_ns() // 1000
    read = gathered(machine, [States, Calendar, StopRules], window, plant, history)
    states, rules = cast(States, read[States]), cast(StopRules, read[StopRules])
    given = told(history, "reason", machine.path, states.window)
    planned = _planned(plant.shifts.calendar(states.window, machine.path))
    found = stops_of(states, rules)
    if found and found[-1].until >= now - FRESH:
        found[-1].ongoing = True
    touched = [s for s in found if s.since < window.until and s.until > window.since]
    for stop in touched:
        whole = Window(stop.since, stop.until)
        stop.planned = whole.duration if planned is None else sum((w & whole).duration for w in planned)
        stop.who, stop.why = _giver(stop, given)
    return [_row(machine, s, rules) for s in touched]


def _row(machine: Machine, stop: Stop, rules: StopRules) -> Row:
    return {
        "machine": machine.path,
        "title": machine.title,
        "since": stop.since,
        "until": stop.until,
        "ongoing": stop.ongoing,
        "state": stop.state.value,
        "said": stop.said,
        "reason": stop.reason,
        "who": stop.who,
        "why": stop.why,
        "element": stop.element.value,
        "minor": stop.minor,
        "planned": stop.planned,
        "needs_reason": _wants(stop, rules),
        "pieces": [[since, until, state.value, reason] for since, until, state, reason in stop.pieces],
    }


def _wants(stop: Stop, rules: StopRules) -> bool:
    if stop.reason or stop.element is not Element.DELAY or stop.minor:
        return False
    return stop.state not in EXPLAINED and stop.planned >= rules.minor_stop


def _planned(calendar: Calendar) -> list[Window] | None:
    """Shifts without their breaks; None where the plant has no shifts for the machine."""
    if not calendar.shifts and not calendar.described:
        return None
    found: list[Window] = []
    for shift in calendar.shifts:
        begun = shift.window.since
        for pause in sorted(shift.breaks, key=lambda b: b.since):
            found.append(Window(begun, max(begun, pause.since)))
            begun = max(begun, pause.until)
        found.append(Window(begun, max(begun, shift.window.until)))
    return [w for w in found if w.duration]


def _giver(stop: Stop, given: Sequence[Told]) -> tuple[str, str]:
    """Who gave the reason that holds, and what they said about it."""
    for row in reversed(given):
        if row.text == stop.reason and row.since < stop.until and (row.until > stop.since or row.detail.get("ongoing")):
            return (str(row.detail.get("who", "")), str(row.detail.get("why", ""))) if row.text else ("", "")
    return "", ""


def _given(plant: Andon, kind: str, window: Window) -> list[tuple[str, str]]:
    """Machine and code of every reason given, the last first."""
    rows = plant.history.spell_rows(kind, EVERYWHERE, window).to_pylist()
    return [
        (r["place"], r["text"]) for r in sorted(rows, key=lambda r: -r["receipt"]) if r["text"] in plant.plant.reasons
    ]


def _latest(given: Sequence[tuple[str, str]], machine: Machine, known: Mapping[str, Machine]) -> list[str]:
    own = [code for place, code in given if place == machine.path]
    alike = {p for p, m in known.items() if m.machine_class == machine.machine_class}
    return list(dict.fromkeys([*own, *(code for place, code in given if place in alike)]))[:FEW]


def _machines(plant: Andon, at: str) -> list[Machine]:
    places = [p.strip() for p in at.split(",") if p.strip()] or [""]
    return list({m.path: m for p in places for m in plant.plant.at(p)}.values())


def _first(at: str) -> str:
    return at.partition(",")[0].strip()
