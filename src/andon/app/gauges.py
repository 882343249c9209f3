"""Planned gauge studies: who measures which parts how often, in an order by chance, as a sheet to print or fill in."""

from __future__ import annotations

import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

from ..acts.inspections import STUDY
from ..answer import Plain
from ..errors import BadQuestion, UnknownName
from ..model import Found, Window
from ..model.measured import texts
from ..plant.reports import FORMATS
from ..surfaces.report import MEDIA, Line, Sheet, drawn
from ..words import LANGUAGES
from .opening import paper, reading
from .recorded import Doer, recorded
from .reported import Document

FOLDER = "gauge-studies"
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
    if not STUDY.fullmatch(name):
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
    found = [_read(file) for file in sorted((folder / FOLDER).glob("*.json"))]
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
    plant, told = paper(folder), _planned(folder, name)
    machine, test = str(told["machine"]), str(told["test"])
    said = plant.machines[machine].characteristics.of(test)
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
        lines=tuple(Line(*line) for line in _lines(told)),
    )
    return Document(f"{name}.{form}", MEDIA[form], drawn(sheet, form))


def gauge_study(folder: Path, name: str) -> dict[str, Plain]:
    """One planned gauge study, with what was read so far: how far a walk through it has come.

    Returns
    -------
    dict
        The study as it was planned, the `title`, `unit`, `low`, `high` and `gauge` of its test, and `lines`: each
        reading in the order in which it is to be made, with `value` (None: not yet) and `at`.

    Raises
    ------
    UnknownName
        No study of that name was planned.
    """
    told = _planned(folder, name)
    machine, test = str(told["machine"]), str(told["test"])
    with reading(folder) as (plant, history):
        said = plant.machines[machine].characteristics.of(test)
        measured = history.measurements(machine, Window(int(str(told["made_at"])), 1 << 62), [test])
    made = _readings(measured.take(test), name) if test in measured.names else {}
    lines: list[Plain] = []
    for order, appraiser, trial, part in _lines(told):
        value, at = made.get((appraiser, part, trial), (None, None))
        line: dict[str, Plain] = {"order": order, "appraiser": appraiser, "trial": trial, "part": part}
        lines.append(line | {"value": value, "at": at})
    about: dict[str, Plain] = {"title": said.title or test, "unit": said.unit, "low": said.low, "high": said.high}
    return told | about | {"gauge": said.gauge, "lines": lines}


def _readings(found: Found, name: str) -> dict[tuple[str, str, int], tuple[float, int]]:
    """Value and moment of each reading of a study, by who, part and trial.

    A reading that says no trial, as from the printed sheet, is the next one of its part by who made it.
    """
    units, made = found.units, dict[tuple[str, str, int], tuple[float, int]]()
    plan, who, trial = (units.facts.get(n, texts([""] * len(units))) for n in ("plan", "who", "trial"))
    for row, value in zip(found.row.tolist(), found.value.tolist(), strict=True):
        if plan[row] != name or value != value:
            continue
        key = (str(who[row]), str(units.unit[row]))
        said = str(trial[row])
        nth = int(said) if said.isdigit() else 1 + sum(k[:2] == key for k in made)
        made[*key, nth] = (value, int(units.at[row]))
    return made


def _planned(folder: Path, name: str) -> dict[str, Plain]:
    known = [str(told["name"]) for told in gauge_studies(folder)]
    if name not in known:
        raise UnknownName("planned gauge study", name, known)
    return _read(folder / FOLDER / f"{name}.json")


def _lines(told: dict[str, Plain]) -> list[tuple[int, str, int, str]]:
    """The readings of a study as they were planned: order, appraiser, trial, part."""
    lines = told["lines"]
    assert isinstance(lines, list)
    return [tuple(line) for line in lines]  # type: ignore[misc, arg-type]  # as plan_gauge_study wrote them


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
    home = folder / FOLDER
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
