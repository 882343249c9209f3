"""Acts on stops: give a reason, split a stop in two, merge several under one reason. No time is gained or lost."""

from __future__ import annotations

import numpy as np

from ..errors import BadConfig, BadQuestion, UnknownName
from ..model import State, States, Window, moment
from ..plant import Machine, Plant
from ..units import HOUR
from .register import Desk, Done, may

REACHES = (24 * HOUR, 31 * 24 * HOUR, 366 * 24 * HOUR)
"""How far to each side the ends of a stop are looked for, until both are found."""


@may("operator")
def reason(desk: Desk, machine: str, stop: Window, code: str, why: str = "") -> Done:
    """Give a stop its reason.

    The later of two reasons for the same time holds. Time in which the machine was producing keeps none.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    stop
        A moment in the stop, or SINCE/UNTIL for just that stretch.
    code
        Code from the reasons tree in plant.toml; "" takes the reason away.
    why
        What there is to say about it.
    """
    found = desk.plant.machine(machine)
    _check(desk.plant, code)
    window, state, ongoing = (stop, "", False) if stop.duration else _stop(desk, found, stop.since)
    desk.write("reason", machine, [(window, code)], why=why, **_still(ongoing))
    return {**_said(window), "state": state, "reason": code}


@may("operator")
def split_stop(desk: Desk, machine: str, at: Window, after: str, why: str = "") -> Done:
    """Split a stop in two: from a moment on it has another reason; both parts last as long as the whole did.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    at
        The moment inside the stop at which its second part begins.
    after
        Reason code of the second part; the first part keeps its own.
    why
        What there is to say about it.
    """
    found = desk.plant.machine(machine)
    _check(desk.plant, after)
    window, state, ongoing = _stop(desk, found, at.since)
    if window.since == at.since:
        raise BadQuestion(
            f"{machine}: a stop ({state}) begins at {desk.clock(at.since)}, so there is nothing before it to "
            "split from. Give it a reason with `reason`."
        )
    second = Window(at.since, window.until)
    desk.write("reason", machine, [(second, after)], why=why, **_still(ongoing))
    return {**_said(second), "state": state, "reason": after, "stop_since": _utc(window.since)}


@may("operator")
def merge_stops(desk: Desk, machine: str, stops: Window, code: str, why: str = "") -> Done:
    """Give all stops in a stretch one reason; what was produced between them stays produced.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    stops
        SINCE/UNTIL of the stretch.
    code
        Code from the reasons tree in plant.toml.
    why
        What there is to say about it.
    """
    found = desk.plant.machine(machine)
    _check(desk.plant, code)
    stopped = [Window(s, u) for s, u, state in _rows(_states(desk, found, stops)) if state is not State.PRODUCING]
    if not stopped:
        raise BadQuestion(
            f"{machine} did not stop between {desk.clock(stops.since)} and {desk.clock(stops.until)}. Give a stretch "
            "with the stops in it, as SINCE/UNTIL."
        )
    joined = _joined(stopped)
    desk.write("reason", machine, [(w, code) for w in joined], why=why)
    return {"stops": len(joined), "micros": sum(w.duration for w in joined), "reason": code}


def _check(plant: Plant, code: str) -> None:
    if not plant.reasons:
        raise BadConfig("plant.toml has no reasons. Add a [[reason]] with code and text for each.")
    if code and code not in plant.reasons:
        raise UnknownName("reason", code, plant.reasons)


def _still(ongoing: bool) -> dict[str, object]:
    return {"ongoing": True} if ongoing else {}


def _stop(desk: Desk, machine: Machine, at: int) -> tuple[Window, State, bool]:
    """The stop at a moment: one state of the machine, cut at the edges of reasons given so far; and is it still on?"""
    for reach in REACHES:
        span = Window(at - reach, at + reach)
        states = _states(desk, machine, span)
        place = int(np.searchsorted(states.since, at, side="right")) - 1
        window, state = Window(int(states.since[place]), int(states.until[place])), states.state[place]
        if window.since > span.since and window.until < span.until:
            break
    if state in (State.PRODUCING, State.UNKNOWN):
        was = "was producing" if state is State.PRODUCING else "was not heard"
        raise BadQuestion(
            f"{machine.path} {was} at {desk.clock(at)}, so there is no stop to speak of. Name a moment in a "
            "stop, or a stretch as SINCE/UNTIL."
        )
    rows = desk.told("reason", machine.path, window)
    edges = [e for r in rows for e in ((r.since,) if r.detail.get("ongoing") else (r.since, r.until))]
    first = max((e for e in edges if window.since < e <= at), default=window.since)
    last = min((e for e in edges if at < e < window.until), default=window.until)
    unheard = all(s is State.UNKNOWN for s in states.state[place + 1 :])
    return Window(first, last), state, last == window.until and unheard


def _states(desk: Desk, machine: Machine, window: Window) -> States:
    signal = machine.role("state")
    if signal is None:
        raise BadQuestion(f"{machine.path} has no signal with role 'state', so its stops are not known.")
    return desk.history.read(States, signal, window)


def _rows(states: States) -> list[tuple[int, int, State]]:
    return list(zip(states.since.tolist(), states.until.tolist(), states.state, strict=True))


def _joined(windows: list[Window]) -> list[Window]:
    """Windows in order of time, neighbours that touch as one."""
    found: list[Window] = []
    for window in windows:
        if found and found[-1].until == window.since:
            found[-1] = Window(found[-1].since, window.until)
        else:
            found.append(window)
    return found


def _said(window: Window) -> dict[str, object]:
    return {"since": _utc(window.since), "until": _utc(window.until), "micros": window.duration}


def _utc(at: int) -> str:
    return f"{moment(at):%Y-%m-%dT%H:%M:%SZ}"
