"""Files on their way in: which mapping fits, what Andon proposes, what was stored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ..acquire.files import (
    Choice,
    FileMapping,
    Loaded,
    Progress,
    Proposal,
    Report,
    fits,
    is_tested,
    load,
    propose,
    read_mapping,
    take_all,
    watch_folder,
)
from ..answer import Plain
from ..config import confirm_machines, confirm_mapping, read_plant
from ..errors import BadInput, BadQuestion, UnknownName
from ..plant import Plant, Source
from .opening import open_plant

Row = dict[str, Plain]


def proposed(folder: Path | None, file: Path, at: str = "") -> Proposal:
    """What each column of a file is, and why; `at` is the machine that it is of."""
    return propose(file, read_plant(folder) if folder else None, at=at)


def confirm(folder: Path, file: Path, at: str = "") -> str:
    """Write the proposed mapping, and the machines and signals it needs, into plant.toml; the new source's name."""
    found = proposed(folder, file, at)
    confirm_machines(folder, _tables(found))
    confirm_mapping(folder, {"name": found.name, "connector": "files", **found.settings})
    return found.name


def mapped(folder: Path, file: Path, at: str = "") -> bool:
    """Whether plant.toml says how to read a file, and has the machine `at` that it is of: else both are proposed."""
    plant = read_plant(folder)
    if at and at not in plant.machines:
        return False
    return bool(at and is_tested(file, FileMapping())) or bool(_fitting(plant, file))


def loaded(folder: Path, file: Path, source: str, tell: Callable[[Progress], None] | None, *, at: str = "") -> Loaded:
    """Store a file; refused rows go to `quarantine/` in the plant folder.

    `at` is the machine that it is of, where the file does not name it; a tester's file then needs no `[[source]]`.
    """
    with open_plant(folder) as plant:
        mapping = _mapping(plant.plant, file, source, at=at)
        (folder / "quarantine").mkdir(exist_ok=True)
        return load(
            file,
            mapping,
            plant.plant,
            plant.history,
            progress=tell,
            quarantine=folder / "quarantine" / f"{file.name}.csv",
        )


def summary(folder: Path, done: Loaded) -> Row:
    """What came of a file, as one row."""
    return {
        "source": done.source,
        "rows": done.rows,
        "samples": done.samples,
        "refused": done.refused,
        "batches": done.batches,
        "repeated": done.repeated,
        "since": done.since,
        "until": done.until,
        "quarantine": str(done.quarantine) if done.quarantine else None,
    }


def watched(folder: Path, inbox: Path, source: str, *, every: float, once: bool) -> Iterator[Report]:
    """Store files as they appear in a folder; each is reported once it is on disk."""
    if not inbox.is_dir():
        raise BadInput(f"There is no folder {inbox}.")
    with open_plant(folder) as plant:
        mapping = _mapping(plant.plant, None, source)
        if once:
            yield from take_all(inbox, mapping, plant.plant, plant.history)
        else:
            yield from watch_folder(inbox, mapping, plant.plant, plant.history, stop=threading.Event(), every=every)


def _tables(found: Proposal) -> Iterator[dict[str, object]]:
    """The proposed machines as `[[machine]]` tables, each signal with its state map written out."""
    for path, signals in found.machines.items():
        own = {
            name: {**keys, "states": found.states[str(keys["states"])]} if keys.get("states") in found.states else keys
            for name, keys in signals.items()
        }
        yield {"path": path, "class": "machine", "signals": own}


def _mapping(plant: Plant, file: Path | None, source: str, *, at: str = "") -> FileMapping:
    """The mapping by name, else the one that fits the file; for a folder the only one there is."""
    known = _sources(plant)
    if at and file and is_tested(file, FileMapping()):
        return read_mapping({"format": "stdf", "machine": plant.machine(at).path})
    if at:
        return replace(_mapping(plant, file, source), machine=Choice(fixed=plant.machine(at).path))
    if source:
        if source not in known:
            raise UnknownName("source", source, known)
        return read_mapping(known[source].settings, name=source)
    fitting = _fitting(plant, file) if file else list(known)
    if len(fitting) != 1:
        which = ", ".join(fitting) or "none"
        raise BadQuestion(f"Say which source of plant.toml reads {file or 'that folder'} with --source: {which} fit.")
    return read_mapping(known[fitting[0]].settings, name=fitting[0])


def _fitting(plant: Plant, file: Path) -> list[str]:
    """The sources that read files like this one."""
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    return [n for n, s in _sources(plant).items() if fits(file, read_mapping(s.settings, name=n))]


def _sources(plant: Plant) -> dict[str, Source]:
    return {s.name: s for s in plant.sources if s.connector == "files"}
