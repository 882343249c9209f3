"""A mapping and a plant brought together: which signal each column, machine and tag of a file stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...errors import BadConfig, UnknownName
from ...plant import Plant, Signal
from ..guess.scales import line
from .cells import Way
from .mapping import Choice, FileMapping, Target, TimeColumn

REFUSED, LEFT_OUT = -1, -2
LINE_TIME, LINE_FIELD, LINE_VALUE, LINE_MEASUREMENT = "_time", "_field", "_value", "_measurement"


@dataclass(frozen=True, slots=True)
class Feed:
    """One column of a wide file: the number of its signal for each machine (LEFT_OUT where a machine has none)."""

    column: str
    quality: str
    signals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bound:
    """A mapping whose names are those of a plant: signals by number, how their cells are read, and the columns."""

    mapping: FileMapping
    zone: str
    plant: Plant
    signals: tuple[Signal, ...]
    ways: tuple[Way, ...]
    feeds: tuple[Feed, ...]


def bind(mapping: FileMapping, plant: Plant) -> Bound:
    """Look up the machines and signals of a mapping in the plant.

    Parameters
    ----------
    mapping : FileMapping
        How the file is written.
    plant : Plant
        The plant on paper; its zone is that of times without an offset.

    Returns
    -------
    Bound
        What `load` needs to read the rows.

    Raises
    ------
    UnknownName
        The plant has no such machine or signal.
    BadConfig
        A unit cannot be converted, or the mapping does not say which machine the rows are of.
    """
    mapping = _as_long(mapping) if mapping.format == "lineprotocol" else mapping
    for path in _machines(mapping):
        plant.machine(path)
    if mapping.kind != "samples":
        _need_machine(mapping)
        return Bound(mapping, mapping.time.zone or plant.zone, plant, (), (), ())
    found = [] if mapping.long else [(c, t, dict(_wide(c, t, mapping, plant))) for c, t in mapping.columns.items()]
    signals = [s for _, _, row in found for s in row.values()]
    ways = [way(s, t) for _, t, row in found for s in row.values()]
    numbers = iter(range(len(signals)))
    feeds = tuple(Feed(c, t.quality, {m: next(numbers) for m in row}) for c, t, row in found)
    return Bound(mapping, mapping.time.zone or plant.zone, plant, tuple(signals), tuple(ways), feeds)


def way(signal: Signal, target: Target) -> Way:
    """How the cells of a signal are read: the mapping's scale, offset and unit, else the signal's own."""
    scale = signal.scale if target.scale is None else target.scale
    offset = signal.offset if target.offset is None else target.offset
    if signal.kind == "waveform":
        raise BadConfig(f"{signal.path} is a waveform: a file of single values cannot feed it.")
    return Way(signal.kind, line(scale=scale, offset=offset, unit=target.unit, wanted=signal.unit))


def _as_long(mapping: FileMapping) -> FileMapping:
    """Line protocol is a long table: measurement.field names the signal."""
    machine = mapping.machine
    return replace(
        mapping,
        signal=Choice(column=LINE_FIELD),
        value=LINE_VALUE,
        machine=machine,
        time=TimeColumn(column=LINE_TIME, format=mapping.precision),
    )


def _machines(mapping: FileMapping) -> Iterator[str]:
    yield from ([mapping.machine.fixed] if mapping.machine.fixed else [])
    yield from (path for path in mapping.machine.map.values() if path)


def _need_machine(mapping: FileMapping) -> None:
    if not mapping.machine.fixed and not mapping.machine.column:
        raise BadConfig("'machine' is missing: write machine = \"line-1/press-3\" or machine = { column = ... }.")


def _wide(column: str, target: Target, mapping: FileMapping, plant: Plant) -> Iterator[tuple[str, Signal]]:
    """For each machine the signal that a column feeds; "" stands for every row where the signal is a whole path."""
    machine, slash, _ = target.signal.rpartition("/")
    if slash and machine in plant.machines:
        yield "", plant.signal(target.signal)
        return
    _need_machine(mapping)
    paths = sorted(set(_machines(mapping))) or sorted(plant.machines)
    found = [(p, plant.machines[p].signals[target.signal]) for p in paths if target.signal in plant.machines[p].signals]
    if not found:
        known = {n for p in paths for n in plant.machines[p].signals}
        raise UnknownName(f"signal on {' or '.join(paths[:3])} for the column {column!r}", target.signal, known)
    yield from found


def find_tag(bound: Bound, machine: str, tag: str) -> tuple[Signal, Way] | int:
    """The signal that a tag of a long file means on a machine; REFUSED, or LEFT_OUT where nobody wants it."""
    mapping, wanted = bound.mapping, _target(bound.mapping, tag)
    if wanted is None or wanted.signal == "":
        return LEFT_OUT
    owner, slash, _ = wanted.signal.rpartition("/")
    whole = wanted.signal if slash and owner in bound.plant.machines else f"{machine}/{wanted.signal}"
    owner, _, name = whole.rpartition("/")
    found = bound.plant.machines.get(owner)
    if found is None or name not in found.signals:
        chosen = bool(mapping.columns) or bool(mapping.signal and mapping.signal.map)
        return LEFT_OUT if chosen and found is not None else REFUSED
    return found.signals[name], way(found.signals[name], wanted)


def _target(mapping: FileMapping, tag: str) -> Target | None:
    """What the mapping says about a tag; a line-protocol field may be named with its measurement or without."""
    if mapping.columns:
        parts = tag.split(".")
        names = (".".join(parts[i:]) for i in range(len(parts)))
        return next((mapping.columns[n] for n in names if n in mapping.columns), None)
    if mapping.signal and mapping.signal.map:
        name = mapping.signal.map.get(tag)
        return None if name is None else Target(signal=name, unit=mapping.unit)
    name = tag.rpartition(".")[2] if mapping.format == "lineprotocol" else tag
    return Target(signal=name, unit=mapping.unit)


def check_tags(bound: Bound) -> None:
    """Do the whole paths in `signal.map` exist? A name that no machine has is a mistake, too."""
    names = {n for m in bound.plant.machines.values() for n in m.signals}
    for wanted in bound.mapping.signal.map.values() if bound.mapping.signal else ():
        owner = wanted.rpartition("/")[0]
        if owner:
            bound.plant.signal(wanted)
        elif wanted and wanted not in names:
            raise UnknownName("signal", wanted, names)
