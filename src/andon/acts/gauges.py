"""Planned gauge studies as they lie in the plant folder: a file each, written once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import BadInput, BadQuestion, UnknownName

FOLDER = "gauge-studies"
NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,59}")
"""How a planned gauge study is called."""
SHOWN = 12
"""How many parts or appraisers of a study are named."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A gauge study as it was planned; `lines` are its readings: order, appraiser, trial, part."""

    name: str
    machine: str
    test: str
    trials: int
    seed: int
    made_at: int
    made_by: str
    lines: tuple[tuple[int, str, int, str], ...]


def keep(folder: Path, study: Planned) -> None:
    """Write a study once, for good: whole, or not at all.

    Raises
    ------
    BadQuestion
        There is a study of that name.
    """
    home = folder / FOLDER
    home.mkdir(exist_ok=True)
    file, part = home / f"{study.name}.json", home / f".{study.name}.{os.getpid()}.part"
    with part.open("w", encoding="utf-8") as out:
        json.dump(asdict(study), out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(part, file)
    except FileExistsError:
        raise BadQuestion(f"There is a gauge study {study.name!r} already: give this one another name.") from None
    finally:
        part.unlink()


def kept(folder: Path) -> Iterator[Planned]:
    """All studies that were planned, by name."""
    for file in sorted((folder / FOLDER).glob("*.json")):
        told = json.loads(file.read_text("utf-8"))
        yield Planned(**{**told, "lines": tuple(tuple(line) for line in told["lines"])})


def planned(folder: Path, name: str) -> Planned:
    """One of them.

    Raises
    ------
    UnknownName
        No study of that name was planned.
    """
    known = {study.name: study for study in kept(folder)}
    if name not in known:
        raise UnknownName("planned gauge study", name, known)
    return known[name]


def expected(study: Planned, of: tuple[str, str], who: str, trial: int, part: str) -> None:
    """Refuse a reading that is not in the plan; `of` are the machine and the test.

    Raises
    ------
    BadInput
        It says what is planned.
    """
    if of == (study.machine, study.test) and (who, trial, part) in {line[1:] for line in study.lines}:
        return
    machine, test = of
    parts, people = ([str(line[at]) for line in study.lines] for at in (3, 1))
    raise BadInput(
        f"Gauge study {study.name!r} has no reading of {test} of part {part!r} at {machine} by {who!r} in trial "
        f"{trial}. Planned is {study.test} at {study.machine}: parts {_some(parts)}; by {_some(people)}; trials 1 to "
        f"{study.trials}."
    )


def _some(names: list[str]) -> str:
    different = list(dict.fromkeys(names))
    different.sort(key=lambda n: (not n.isdecimal(), int(n) if n.isdecimal() else 0))
    return ", ".join(different[:SHOWN]) + (" …" if len(different) > SHOWN else "")
