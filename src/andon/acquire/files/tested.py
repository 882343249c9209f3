"""Files of chip testers (STDF, ATDF): parts and their results, stored block by block as units and measurements."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import BadConfig, BadInput, UnknownName
from ...model import Batch
from ...plant import Plant
from ..stdf import Brought, Lot, Reading, head_of, looks_like
from .mapping import FileMapping
from .proposal import Proposal
from .rows import Refusal

VERSION = "1"
"""Raised when the same file would be read otherwise, so that it may be loaded again."""
ENDINGS = (".stdf", ".std", ".atd", ".atdf")
PACKED = (".gz", ".bz2", ".zst", ".zstd")
TOLD = 3
"""Texts and differences that are told one by one."""


@dataclass(slots=True)
class TestedLot:
    """One file of a tester while it is loaded."""

    mapping: FileMapping
    plant: Plant
    lot: Lot = field(init=False)

    def __post_init__(self) -> None:
        self.lot = Lot(Reading(), self.machine, self.mapping.time.zone)

    def machine(self, said: dict[str, str]) -> str:
        """The machine that tested: the one that the mapping names, else by what the file says of itself.

        Raises
        ------
        UnknownName
            The mapping does not know what the file says.
        """
        chosen = self.mapping.machine
        if chosen.fixed:
            return chosen.fixed
        word = said.get(chosen.column, "")
        if word not in chosen.map:
            raise UnknownName("tester", word, chosen.map)
        return chosen.map[word]

    def batches(self, path: Path, source: str) -> Iterator[tuple[Batch, Brought]]:
        """Numbered batches, the same whenever the file is read."""
        for number, brought in enumerate(self.lot.batches(path)):
            yield (
                Batch(source, number, units=brought.units, measurements=brought.measurements, spells=brought.spells),
                brought,
            )

    def refused(self) -> list[Refusal]:
        """What of the file could not be read."""
        return [Refusal(0, "", "", text) for text in self.lot.reading.lost]

    def notes(self) -> list[str]:
        """What a person should know of the file."""
        reading, found = self.lot.reading, []
        different = reading.tally.differences()
        found += different[:TOLD]
        if len(different) > TOLD:
            found.append(f"{len(different) - TOLD} more summaries of the file do not fit its parts.")
        if reading.unowned:
            found.append(f"{reading.unowned} results belong to no part and were left out.")
        again = sum(reading.tally.every.values()) - len(reading.tally.latest)
        if again:
            found.append(f"{again} of the tests of parts are retests: the last one of each part counts in final yield.")
        if reading.counts["DTR"]:
            found.append(f"{reading.counts['DTR']} texts of the tester (DTR) are not stored.")
        strange = sum(n for name, n in reading.counts.items() if "," in name)
        if strange:
            found.append(f"{strange} records are of kinds that STDF does not know, and were passed over.")
        if not self.mapping.time.zone and self.lot.parts:
            found.append("The times are taken as UTC, as STDF has them. Set time.zone if the tester writes local time.")
        return found


def is_tested(path: Path, mapping: FileMapping) -> bool:
    """Whether a file is one of a tester: as the mapping says, by its ending, or by how it begins."""
    if mapping.format != "auto":
        return mapping.format == "stdf"
    plain = path.with_suffix("") if path.suffix.lower() in PACKED else path
    return plain.suffix.lower() in ENDINGS or looks_like(path)


def check(mapping: FileMapping, plant: Plant) -> None:
    """Does the plant have the machines of the mapping?

    Raises
    ------
    UnknownName
        It has not.
    BadConfig
        The mapping names none.
    """
    if not mapping.machine.fixed and not mapping.machine.column:
        raise BadConfig(
            '\'machine\' is missing: write machine = "test/tester-1", or machine = { column = "tester", ... }.'
        )
    for path in (mapping.machine.fixed, *mapping.machine.map.values()):
        if path:
            plant.machine(path)


def name_of(path: Path, mapping: FileMapping) -> str:
    """The name of a file as a source: its content, and what of the mapping changes what is stored of it."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    machine = mapping.machine
    digest.update(
        repr((VERSION, machine.fixed, machine.column, sorted(machine.map.items()), mapping.time.zone)).encode()
    )
    return f"files:{digest.hexdigest()}"


def fits_tested(path: Path, mapping: FileMapping) -> bool:
    """Whether a file is one of a tester that the mapping knows."""
    if not looks_like(path):
        return False
    if mapping.machine.fixed:
        return True
    try:
        reading = head_of(path)
    except BadInput:
        return False
    return reading.facts.get(mapping.machine.column, "") in mapping.machine.map


def propose_tested(path: Path, plant: Plant | None, at: str) -> Proposal:
    """What a tester's file says of itself; which machine of the plant the tester is, only a person knows (`at`)."""
    reading = head_of(path)
    tester = reading.facts.get("tester", "")
    known = plant.machines if plant else {}
    machine = next(
        (m for m in known if m.rpartition("/")[2].casefold() == tester.casefold()), f"test/{tester or 'tester'}"
    )
    said = {"lot": reading.lot, "product": reading.product, "step": reading.step, **reading.facts}
    return Proposal(
        name=path.name.partition(".")[0],
        facts=(
            ("stdf", "by how it begins"),
            *((f"{name} {text}", "it says so of all of its parts") for name, text in said.items() if text),
        ),
        columns=(),
        settings={"format": "stdf", "machine": {"column": "tester", "map": {tester: machine}}},
        machines={} if machine in known else {machine: {}},
        known=frozenset(known),
        questions=() if at else (f"Is the tester {tester!r} the machine {machine}?",),
    )
