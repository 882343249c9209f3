"""Do signals that follow from others make sense: is there such a signal, and are the levels in order?"""

from __future__ import annotations

from collections.abc import Iterator

from .draft import Draft
from .kinds import nearest
from .mistakes import Finding
from .places import Place
from .roles import kind_of
from .written import MachineTable, SignalTable

NUMBERS = ("number", "integer", "boolean", "count")
OF_STATES = ("levels", "otherwise", "at_least")
OF_COUNTS = ("above", "below", "debounce")


def derived(draft: Draft) -> Iterator[Finding]:
    """What is wrong with signals that follow from others."""
    for row, machine in enumerate(draft.file.machine):
        for name, signal in machine.signals.items():
            place = draft.place("machine", row, "signals", name)
            if signal.from_:
                yield from _from(machine, name, signal, place)
            for key in (*OF_STATES, *OF_COUNTS):
                if key in signal.model_fields_set and not signal.from_:
                    yield Finding(
                        (*place, key), f"'{key}' is for a signal that follows from another: name it in `from`."
                    )


def _from(machine: MachineTable, name: str, signal: SignalTable, place: Place) -> Iterator[Finding]:
    path, others = f"{machine.path}/{name}", [n for n in machine.signals if n != name]
    if signal.from_ not in others:
        where = "it must be one of the same machine" if "/" in signal.from_ else f"{machine.path} has no such signal"
        yield Finding(
            (*place, "from"),
            f"Signal '{path}' follows from {signal.from_!r}, but {where}. {nearest(signal.from_, others)}",
        )
        return
    raw = machine.signals[signal.from_]
    if raw.from_:
        yield Finding((*place, "from"), f"'{signal.from_}' follows from another signal itself. Name the one measured.")
    kind = kind_of(raw, signal.from_)
    if kind not in NUMBERS:
        yield Finding((*place, "from"), f"'{signal.from_}' is a {kind}, and only a number has levels.")
    for key in ("source", "address", "states", "rollover"):
        if key in signal.model_fields_set:
            yield Finding((*place, key), f"Signal '{path}' follows from '{signal.from_}', so it has no `{key}`.")
    kind = kind_of(signal, name)
    if kind == "state":
        yield from _unfit(signal, OF_COUNTS, path, "state", place)
        yield from _levels(signal, path, place)
    elif kind == "count":
        yield from _unfit(signal, OF_STATES, path, "count", place)
        yield from _count(signal, path, place)
    else:
        yield Finding(
            (*place, "from"), f"Signal '{path}' is a {kind}: only states and counts follow from another signal."
        )


def _unfit(signal: SignalTable, keys: tuple[str, ...], path: str, kind: str, place: Place) -> Iterator[Finding]:
    for key in keys:
        if key in signal.model_fields_set:
            yield Finding((*place, key), f"Signal '{path}' is a {kind}, which has no `{key}`.")


def _levels(signal: SignalTable, path: str, place: Place) -> Iterator[Finding]:
    """At least one level, each for a state of its own, apart from each other."""
    if not signal.levels:
        yield Finding(
            place,
            f"Signal '{path}' needs levels, such as levels = [{{ above = 5.0, below = 4.0, state = \"producing\" }}].",
        )
        return
    ordered = sorted(signal.levels, key=lambda level: level.above)
    states = [level.state for level in ordered] + [signal.otherwise]
    if len(set(states)) < len(states):
        twice = next(s for s in states if states.count(s) > 1)
        yield Finding(
            (*place, "levels"), f"Signal '{path}' has two levels for {twice!r}. Each level has its own state."
        )
    floor = None
    for level in ordered:
        below = level.above if level.below is None else level.below
        if below > level.above:
            yield Finding(
                (*place, "levels"), f"A level of '{path}' is on above {level.above:g}: `below` = {below:g} lies higher."
            )
        if floor is not None and below < floor:
            yield Finding(
                (*place, "levels"),
                f"The level of '{path}' above {level.above:g} is off below {below:g}, where the one above {floor:g} "
                "may be off, too: leave room between them.",
            )
        floor = level.above


def _count(signal: SignalTable, path: str, place: Place) -> Iterator[Finding]:
    if signal.above is None:
        yield Finding(place, f"Signal '{path}' needs the level that a pulse rises above, such as above = 0.5.")
    elif signal.below is not None and signal.below > signal.above:
        yield Finding(
            (*place, "below"), f"Signal '{path}': `below` = {signal.below:g} lies over above = {signal.above:g}."
        )
    if signal.counting != "total":
        yield Finding((*place, "counting"), f"Signal '{path}' counts pulses, so it is a running total.")
