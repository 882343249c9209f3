"""Acts on samples: enter by hand what no machine says, such as counts and meter readings."""

from __future__ import annotations

import math

from ..errors import BadInput, UnknownName
from ..model import State, Window, moment
from ..plant import Signal
from .register import Desk, Done, may

TRUTH = {"1": 1.0, "true": 1.0, "yes": 1.0, "on": 1.0, "0": 0.0, "false": 0.0, "no": 0.0, "off": 0.0}
Said = tuple[float | None, str | None]


@may("operator")
def enter(desk: Desk, machine: str, signal: str, value: str, at: Window | None = None, why: str = "") -> Done:
    """Enter a value of a signal by hand: a count, a meter reading, a state.

    It is a sample like any other: studies read it, and closed shifts that it touches are closed again.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    signal
        Name of the signal, such as energy.
    value
        What it says: a number in the signal's unit, a text, or a state as the machine says it.
    at
        When it was so; now, unless given.
    why
        What there is to say about it.
    """
    found = desk.plant.machine(machine)
    if signal not in found.signals:
        raise UnknownName("signal", signal, found.signals)
    of = found.signals[signal]
    meant = desk.now if at is None else at.since
    if meant > desk.now:
        raise BadInput(f"{desk.clock(meant)} is yet to come. Give a moment until now.")
    desk.enter(machine, of.path, meant, _said(of, value.strip()), value=value, why=why)
    return {"signal": of.path, "value": value.strip(), "unit": of.unit, "at": f"{moment(meant):%Y-%m-%dT%H:%M:%SZ}"}


def _said(signal: Signal, value: str) -> Said:
    """A value as the signal's kind has it."""
    if signal.kind == "text":
        return None, value
    if signal.kind == "state":
        return None, _state(signal, value)
    if signal.kind == "boolean":
        if value.casefold() not in TRUTH:
            raise BadInput(f"{signal.path} is true or false, not {value!r}.")
        return TRUTH[value.casefold()], None
    if signal.kind == "waveform":
        raise BadInput(f"{signal.path} is a waveform, and none can be entered by hand.")
    return _number(signal, value), None


def _state(signal: Signal, value: str) -> str:
    known = list(signal.states) or [s.value for s in State]
    if value not in known:
        raise UnknownName(f"state of {signal.path}", value, known)
    return value


def _number(signal: Signal, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise BadInput(f"{signal.path} is a {signal.kind} in {signal.unit}, and {value!r} is no number.") from None
    if not math.isfinite(number):
        raise BadInput(f"{signal.path} is a {signal.kind}, and {value!r} is no value that it can have.")
    if signal.kind == "integer" and not number.is_integer():
        raise BadInput(f"{signal.path} is a whole number, not {value!r}.")
    if signal.kind == "count" and number < 0:
        raise BadInput(f"{signal.path} counts, and a count is not below 0: {value!r}.")
    return number
