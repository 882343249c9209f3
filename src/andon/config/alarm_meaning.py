"""Do the alarms of a well-formed plant.toml make sense, and can those be told who are to be told?"""

from collections import Counter
from collections.abc import Iterator
from string import Formatter

from .alarm_build import CONDITIONS, SETTINGS, is_at, places_of, targets, watched
from .alarms import AlarmTable, NotifyTable
from .draft import Draft
from .kinds import nearest
from .mistakes import Finding
from .roles import kind_of
from .written import MachineTable, SignalTable

NUMERIC = ("high", "low", "rise", "fall")
FIELDS = ("machine", "value", "unit")
MANY = 20
"""From so many alarms on the mix of priorities says something."""
MOST_URGENT = 0.1
"""EEMUA 191 and ISA-18.2 want about 5 % of high priority; twice that is told."""
NEEDED = {"webhook": (), "email": ("server", "sender", "to"), "mqtt": ("url", "topic")}
LEFT = {
    "url": "",
    "body": "json",
    "server": "",
    "security": "starttls",
    "user": "",
    "sender": "",
    "to": [],
    "topic": "",
}


def alarms(draft: Draft) -> Iterator[Finding]:
    """Conditions, signals and places of alarms; warnings where nobody knows what to do, or all is urgent."""
    for row, alarm in enumerate(draft.file.alarm):
        wrong = [*_condition(alarm), *_place(draft, alarm), *_texts(alarm)]
        for key, said in wrong:
            yield Finding(draft.place("alarm", row, *key), f"Alarm '{alarm.name}': {said}")
        if not wrong and not alarm.advice.action:
            said = "nobody says what the operator does about it: give `advice` an `action`, or leave the alarm out."
            yield Finding(draft.place("alarm", row), f"Alarm '{alarm.name}': {said}", warning=True)
    yield from _urgency(draft)


Wrong = tuple[tuple[str, ...], str]


def _condition(alarm: AlarmTable) -> Iterator[Wrong]:
    """Exactly one condition, with the keys that belong to it."""
    given = [c for c in CONDITIONS if getattr(alarm, c) is not None]
    if len(given) != 1:
        yield (given[1],) if given else (), f"one of {', '.join(CONDITIONS)} says when it is on, not {len(given)}."
        return
    when = given[0]
    if (alarm.per is not None) != (when in ("rise", "fall")):
        yield ("per",), f"`per` belongs to `rise` and `fall`, and this alarm is on by `{when}`."
    if alarm.longer_than is not None and when != "state":
        yield ("longer_than",), f"`longer_than` belongs to `state`; with `{when}` it is `on_delay`."
    if alarm.longer_than is not None and alarm.on_delay is not None:
        yield ("on_delay",), "`longer_than` is the delay of a state: leave `on_delay` out."
    if alarm.deadband and when not in NUMERIC:
        yield ("deadband",), f"`deadband` belongs to {', '.join(NUMERIC)}, not to `{when}`."
    if not watched(alarm):
        yield (), "it needs a `signal`: a role such as 'temperature', a signal's name, or its path."


def _place(draft: Draft, alarm: AlarmTable) -> Iterator[Wrong]:
    """The machines are there and have the signal, and it is of a kind that the condition can judge."""
    machines = draft.file.machine
    whole = len(machines) == len(draft.names("machine", "path"))
    known = {m.path for m in machines} | {m.area for m in machines if m.area}
    known |= {m.path.rpartition("/")[0] for m in machines if "/" in m.path}
    for place in places_of(alarm):
        if whole and not any(is_at(m, [place]) for m in machines):
            yield ("at",), f"there is no machine, line or area {place!r}. {nearest(place, known)}"
            return
    found = list(targets(alarm, machines))
    if whole and not found and watched(alarm):
        there = [m for m in machines if is_at(m, places_of(alarm))]
        yield ("signal",), f"no machine there has a signal {watched(alarm)!r}. {nearest(watched(alarm), _names(there))}"
    limits = {x.signal: x for x in draft.file.limit}
    for machine, name in found:
        yield from _kind(alarm, f"{machine.path}/{name}", machine.signals[name], name)
        yield from _suppressed(alarm, machine)
        for side in ("high", "low"):
            path = f"{machine.path}/{name}"
            if getattr(alarm, side) == "limit" and getattr(limits.get(path), side, None) is None:
                yield (side,), f"there is no [[limit]] with `{side}` for '{path}'."


def _names(machines: list[MachineTable]) -> set[str]:
    return {n for m in machines for name, s in m.signals.items() for n in (name, s.role or name)}


def _kind(alarm: AlarmTable, path: str, signal: SignalTable, name: str) -> Iterator[Wrong]:
    kind = kind_of(signal, name)
    if kind == "waveform":
        yield ("signal",), f"'{path}' is a waveform; an alarm watches numbers, texts and states."
    elif kind in ("text", "state", "boolean") and any(getattr(alarm, c) is not None for c in NUMERIC):
        yield ("signal",), f"'{path}' is a {kind}, and a limit or a pace needs a number."
    elif kind != "state" and alarm.state is not None:
        yield ("signal",), f"'{path}' is a {kind}, and only a state signal has states."


def _suppressed(alarm: AlarmTable, machine: MachineTable) -> Iterator[Wrong]:
    if alarm.suppressed_while and not any((s.role or n) == "state" for n, s in machine.signals.items()):
        yield ("suppressed_while",), f"'{machine.path}' has no state signal, so it is never suppressed there."


def _texts(alarm: AlarmTable) -> Iterator[Wrong]:
    """The messages ask only for what there is."""
    for key in ("message", "message_zh"):
        try:
            asked = {name for _, name, _, _ in Formatter().parse(getattr(alarm, key)) if name is not None}
        except ValueError as wrong:
            yield (key,), f"{wrong}: braces belong around {', '.join(FIELDS)} only."
            continue
        for name in sorted(asked - set(FIELDS)):
            yield (key,), f"'{{{name}}}' cannot be filled in. {nearest(name, FIELDS)}"


def _urgency(draft: Draft) -> Iterator[Finding]:
    """Where much is urgent, nothing is."""
    mix = Counter(a.priority for a in draft.file.alarm for _ in targets(a, draft.file.machine))
    count, urgent = mix.total(), mix["critical"] + mix["high"]
    if count >= MANY and urgent > MOST_URGENT * count:
        yield Finding(
            draft.place("alarm", 0),
            f"Of {count} alarms {urgent} are critical or high ({urgent / count:.0%}). EEMUA 191 and ISA-18.2 want "
            "about 5 % high, 15 % medium and 80 % low: where everything is urgent, nothing is.",
            warning=True,
        )


def notify(draft: Draft) -> Iterator[Finding]:
    """Who is told: the way has what it needs and nothing of another way; shifts and places are there."""
    for row, receiver in enumerate(draft.file.notify):
        for key, said in (*_way(receiver), *_when(draft, receiver)):
            yield Finding(draft.place("notify", row, *key), f"Notify '{receiver.name}': {said}")


def _way(receiver: NotifyTable) -> Iterator[Wrong]:
    for key in NEEDED[receiver.by]:
        if not getattr(receiver, key):
            yield (), f"by {receiver.by} it needs `{key}`."
    for key, default in LEFT.items():
        if key not in SETTINGS[receiver.by] and getattr(receiver, key) != default:
            yield (key,), f"`{key}` does not belong to {receiver.by}. {nearest(key, SETTINGS[receiver.by])}"


def _when(draft: Draft, receiver: NotifyTable) -> Iterator[Wrong]:
    shifts, machines = draft.names("shift"), draft.file.machine
    for shift in receiver.shifts:
        if shift not in shifts:
            yield ("shifts",), f"there is no shift {shift!r}. {nearest(shift, shifts)}"
    sources = draft.names("source")
    whole = len(machines) == len(draft.names("machine", "path"))
    for place in receiver.at:
        if whole and place not in sources and not any(is_at(m, [place]) for m in machines):
            known = [m.path for m in machines] + sources
            yield ("at",), f"there is no machine, line, area or source {place!r}. {nearest(place, known)}"
