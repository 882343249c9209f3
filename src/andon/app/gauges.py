"""Planned gauge studies: who measures which parts how often, in an order by chance, as a sheet to print or fill in."""

from __future__ import annotations

import json
import os
import random
import re
import time
from dataclasses import dataclass
from pathlib import Path

from ..answer import Plain
from ..errors import BadQuestion, UnknownName
from ..plant.reports import FORMATS
from ..surfaces.report import MEDIA, Line, Sheet, drawn
from ..words import LANGUAGES
from .opening import paper
from .recorded import Doer, recorded
from .reported import Document

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,59}")
MOST = 2000
"""Readings of one study."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured: parts and appraisers as a number or as names with commas, trials of each by each."""

    at: str
    test: str
    parts: str = "10"
    appraisers: str = "3"
    trials: int = 3
    seed: int = 0


def plan_gauge_study(folder: Path, name: str, wanted: Wanted, *, by: Doer) -> dict[str, Plain]:
    """Plan a gauge study under a name; it is kept in the plant folder, and audited.

    Within each trial of each appraiser the parts come in an order by chance, which the seed decides. Readings that
    carry the name as the fact `plan` belong to the study, and the studies of gauges take it as their setting `plan`.

    Raises
    ------
    BadQuestion
        There is a study of that name, or what is wanted makes no study.
    NotAllowed
        Whoever asks is no operator.
    UnknownName
        The plant has no such machine.
    """
    if not NAME.fullmatch(name):
        raise BadQuestion(
            f"{name!r} is no name of a gauge study: write letters, digits, '-', '_' and '.', such as G-12."
        )
    plant = paper(folder)
    if wanted.at not in plant.machines:
        raise UnknownName("machine", wanted.at, plant.machines)
    if not wanted.test.strip():
        raise BadQuestion("Say which `test` the gauge measures, such as diameter.")
    parts, people = named(wanted.parts, "part"), named(wanted.appraisers, "appraiser")
    if not 2 <= wanted.trials <= 50 or len(parts) < 2 or len(parts) * len(people) * wanted.trials > MOST:
        raise BadQuestion(
            f"{len(parts)} parts, {len(people)} appraisers, {wanted.trials} trials: a gauge study takes two parts and "
            f"two trials at least, and {MOST} readings at most."
        )
    told: dict[str, Plain] = {
        "name": name,
        "machine": wanted.at,
        "test": wanted.test.strip(),
        "trials": wanted.trials,
        "seed": wanted.seed,
        "made_at": time.time_ns() // 1000,
        "made_by": by[0],
        "lines": [[x.order, x.appraiser, x.trial, x.part] for x in ordered(parts, people, wanted.trials, wanted.seed)],
    }
    arguments: dict[str, Plain] = {k: told[k] for k in ("name", "machine", "test", "trials", "seed")}
    with recorded(folder, "gauge_plan", by, "operator", arguments):
        _keep(folder, name, told)
    return told


def gauge_studies(folder: Path) -> list[dict[str, Plain]]:
    """The gauge studies that were planned, the newest first, without their readings."""
    machines = paper(folder).machines
    found = [_read(file) for file in sorted((folder / "gauge-studies").glob("*.json"))]
    shown = [{k: v for k, v in told.items() if k != "lines"} for told in found if told["machine"] in machines]
    return sorted(shown, key=lambda told: -int(str(told["made_at"])))


def gauge_sheet(folder: Path, name: str, *, form: str = "html", language: str = "") -> Document:
    """The sheet of a planned gauge study: to print (html, pdf), or to fill in and bring back (xlsx).

    Raises
    ------
    UnknownName
        No study of that name was planned, or there is no such language.
    BadQuestion
        There is no such format.
    """
    if form not in FORMATS:
        raise BadQuestion(f"There is no format {form!r} of a report. There are: {', '.join(FORMATS)}.")
    if language and language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    plant = paper(folder)
    known = [str(told["name"]) for told in gauge_studies(folder)]
    if name not in known:
        raise UnknownName("planned gauge study", name, known)
    told = _read(folder / "gauge-studies" / f"{name}.json")
    machine, test = str(told["machine"]), str(told["test"])
    said = plant.machines[machine].characteristics.of(test)
    lines = told["lines"]
    assert isinstance(lines, list)
    sheet = Sheet(
        name=name,
        plant=plant.name,
        machine=machine,
        zone=plant.zone,
        language=language or plant.language,
        test=said.title or test if form != "xlsx" else test,
        unit=said.unit,
        low=said.low,
        high=said.high,
        made_at=int(str(told["made_at"])),
        made_by=str(told["made_by"]),
        lines=tuple(Line(*x) for x in lines),  # type: ignore[misc]  # as plan_gauge_study wrote them
    )
    return Document(f"{name}.{form}", MEDIA[form], drawn(sheet, form))


def named(text: str, kind: str) -> list[str]:
    """Names with commas, or so many of them: parts 1, 2, 3, appraisers A, B, C.

    >>> named("3", "part"), named("2", "appraiser"), named("Li, Wang", "appraiser")
    (['1', '2', '3'], ['A', 'B'], ['Li', 'Wang'])
    """
    names = [n.strip() for n in text.split(",") if n.strip()]
    if len(names) == 1 and names[0].isdigit():
        count, most = int(names[0]), 26 if kind == "appraiser" else MOST
        if not 1 <= count <= most:
            raise BadQuestion(f"{text} is no number of {kind}s: give 1 to {most}, or names with commas.")
        return [chr(65 + i) if kind == "appraiser" else str(i + 1) for i in range(count)]
    if not names or len(set(names)) < len(names):
        raise BadQuestion(f"{text!r} names no {kind}s: give a number, or different names with commas.")
    return names


def ordered(parts: list[str], people: list[str], trials: int, seed: int) -> list[Line]:
    """The readings: trial by trial, all parts by one appraiser after the other, in an order by chance each time."""
    chance = random.Random(seed)
    lines: list[Line] = []
    for trial in range(1, trials + 1):
        for who in people:
            lines += [Line(0, who, trial, part) for part in chance.sample(parts, len(parts))]
    return [Line(n, x.appraiser, x.trial, x.part) for n, x in enumerate(lines, 1)]


def _keep(folder: Path, name: str, told: dict[str, Plain]) -> None:
    """Write it once, for good: whole, or not at all."""
    home = folder / "gauge-studies"
    home.mkdir(exist_ok=True)
    file, part = home / f"{name}.json", home / f".{name}.{os.getpid()}.part"
    with part.open("w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(part, file)
    except FileExistsError:
        raise BadQuestion(f"There is a gauge study {name!r} already: give this one another name.") from None
    finally:
        part.unlink()


def _read(file: Path) -> dict[str, Plain]:
    told: dict[str, Plain] = json.loads(file.read_text("utf-8"))
    return told
