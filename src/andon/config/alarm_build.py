"""From the written alarms to one alarm a machine: what it watches, when it is on, what people read."""

from collections.abc import Iterator, Mapping

from ..plant import Machine, Signal
from ..plant.alarms import Advice, Alarm, Held, Level, Notify, Pace, Said, Stale, SystemAlarms, When
from .alarms import AlarmTable, NotifyTable
from .written import LimitTable, MachineTable, PlantFile

CONDITIONS = ("high", "low", "rise", "fall", "state", "equals", "text", "stale")


def alarms(file: PlantFile, machines: Mapping[str, Machine]) -> tuple[Alarm, ...]:
    """Every alarm of every machine that has its signal."""
    limits = {x.signal: x for x in file.limit}
    return tuple(
        _alarm(written, machines[machine.path].signals[name], limits)
        for written in file.alarm
        for machine, name in targets(written, file.machine)
    )


def targets(written: AlarmTable, machines: list[MachineTable]) -> Iterator[tuple[MachineTable, str]]:
    """The machines that an alarm is for, with the name of the signal that it watches there."""
    for machine in machines:
        name = _signal(written, machine)
        if name and is_at(machine, places_of(written)):
            yield machine, name


def places_of(written: AlarmTable) -> list[str]:
    """The places that an alarm is for; empty: all."""
    return [written.at] if isinstance(written.at, str) else list(written.at)


def is_at(machine: MachineTable, places: list[str]) -> bool:
    """Is the machine at one of the places, or is every place meant?"""
    return not places or any(p in (machine.path, machine.area) or machine.path.startswith(p + "/") for p in places)


def watched(written: AlarmTable) -> str:
    """The signal as it is written, or what an alarm on a state means without one."""
    return written.signal or ("state" if written.state is not None else "")


def _signal(written: AlarmTable, machine: MachineTable) -> str:
    """The name of the machine's signal that is meant: by path, by name, or the first with that role; "" if none."""
    path, _, own = watched(written).rpartition("/")
    if path:
        return own if path == machine.path and own in machine.signals else ""
    if own in machine.signals:
        return own
    return next((n for n, s in machine.signals.items() if s.role == own), "")


def _alarm(written: AlarmTable, signal: Signal, limits: Mapping[str, LimitTable]) -> Alarm:
    said = written.message or written.name
    return Alarm(
        name=written.name,
        place=signal.machine,
        signal=signal.path,
        when=_when(written, limits.get(signal.path)),
        on_delay=written.longer_than or written.on_delay or 0,
        off_delay=written.off_delay or 0,
        priority=written.priority,
        messages={"en": said, "zh": written.message_zh or said},
        advice=Advice(written.advice.cause, written.advice.consequence, written.advice.action, written.advice.within),
        group=written.group,
        suppressed_while=frozenset(written.suppressed_while),
        latching=written.latching,
        unit=signal.unit,
    )


def _when(written: AlarmTable, limit: LimitTable | None) -> When:
    """The condition; `check` has seen to it that there is exactly one."""
    if written.state is not None:
        return Held(frozenset([written.state] if isinstance(written.state, str) else written.state))
    if written.stale is not None:
        return Stale(written.stale)
    if written.text is not None:
        return Said((written.text,))
    if written.equals is not None:
        return Said(tuple(map(_word, written.equals if isinstance(written.equals, list) else [written.equals])))
    for key, by, sign in (("rise", written.rise, 1), ("fall", written.fall, -1)):
        if by is not None:
            assert written.per is not None, key
            return Pace(by, written.per, sign, written.deadband)
    if written.high is not None:
        return Level(_bound(written.high, limit.high if limit else None), 1, written.deadband)
    assert written.low is not None
    return Level(_bound(written.low, limit.low if limit else None), -1, written.deadband)


def _bound(written: float | str, limit: float | None) -> float:
    found = limit if isinstance(written, str) else float(written)
    assert found is not None
    return found


def _word(said: object) -> str:
    """A value as the machine's words are compared: whole numbers without decimals, truth as 1 or 0."""
    if isinstance(said, bool):
        return "1" if said else "0"
    if isinstance(said, float) and said.is_integer():
        return str(int(said))
    return str(said).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")


def system_alarms(file: PlantFile) -> SystemAlarms:
    """Andon's own alarms."""
    written = file.system_alarms
    return SystemAlarms(
        source_lost=written.source_lost,
        no_values=written.no_values,
        clock_skew=written.clock_skew,
        disk_full=written.disk_full,
    )


def receivers(file: PlantFile) -> tuple[Notify, ...]:
    """Who is told, and how."""
    return tuple(_receiver(n, file.plant.language) for n in file.notify)


def _receiver(written: NotifyTable, language: str) -> Notify:
    return Notify(
        name=written.name,
        by=written.by,
        settings={k: getattr(written, k) for k in SETTINGS[written.by]},
        priorities=frozenset(written.priorities),
        at=tuple(written.at),
        shifts=tuple(written.shifts),
        after=written.after or 0,
        most=written.most,
        returned=written.returned,
        language=written.language or language,
    )


SETTINGS: Mapping[str, tuple[str, ...]] = {
    "webhook": ("url", "body"),
    "email": ("server", "security", "user", "sender", "to"),
    "mqtt": ("url", "user", "topic"),
}
"""The keys that belong to each way of telling."""
