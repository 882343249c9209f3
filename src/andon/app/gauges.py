"""Planned gauge studies: who measures which parts how often, in an order by chance, as a sheet to print or fill in."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

from ..acts.gauges import NAME, Planned, keep, kept, planned
from ..answer import Plain, plain
from ..errors import BadQuestion, UnknownName
from ..model import Found, Window
from ..model.measured import texts
from ..plant.reports import FORMATS
from ..surfaces.report import MEDIA, Line, Sheet, drawn
from ..words import LANGUAGES
from .opening import paper, reading
from .recorded import Doer, recorded
from .reported import Document

MOST = 2000
"""Readings of one study."""
RECORDED = ("name", "machine", "test", "trials", "seed")
"""What the audit log has of a plan."""


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
    lines = ordered(parts, people, wanted.trials, wanted.seed)
    study = Planned(
        name,
        wanted.at,
        wanted.test.strip(),
        wanted.trials,
        wanted.seed,
        time.time_ns() // 1000,
        by[0],
        tuple((x.order, x.appraiser, x.trial, x.part) for x in lines),
    )
    told = _told(study)
    with recorded(folder, "gauge_plan", by, "operator", {k: told[k] for k in RECORDED}):
        keep(folder, study)
    return told


def gauge_studies(folder: Path) -> list[dict[str, Plain]]:
    """The gauge studies that were planned, the newest first, without their readings."""
    machines = paper(folder).machines
    found = sorted((x for x in kept(folder) if x.machine in machines), key=lambda x: -x.made_at)
    return [_about(x) for x in found]


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
    plant, study = paper(folder), _planned(folder, name)
    said = plant.machines[study.machine].characteristics.of(study.test)
    sheet = Sheet(
        name=name,
        plant=plant.name,
        machine=study.machine,
        zone=plant.zone,
        language=language or plant.language,
        test=said.title or study.test if form != "xlsx" else study.test,
        unit=said.unit,
        low=said.low,
        high=said.high,
        made_at=study.made_at,
        made_by=study.made_by,
        lines=tuple(Line(*line) for line in study.lines),
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
    study = _planned(folder, name)
    test = study.test
    with reading(folder) as (plant, history):
        said = plant.machines[study.machine].characteristics.of(test)
        measured = history.measurements(study.machine, Window(study.made_at, 1 << 62), [test])
    made = _readings(measured.take(test), name) if test in measured.names else {}
    lines: list[Plain] = []
    for order, appraiser, trial, part in study.lines:
        value, at = made.get((appraiser, part, trial), (None, None))
        line: dict[str, Plain] = {"order": order, "appraiser": appraiser, "trial": trial, "part": part}
        lines.append(line | {"value": value, "at": at})
    about: dict[str, Plain] = {"title": said.title or test, "unit": said.unit, "low": said.low, "high": said.high}
    return _about(study) | about | {"gauge": said.gauge, "lines": lines}


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


def _planned(folder: Path, name: str) -> Planned:
    """A study of a machine that the asking person may see."""
    study, machines = planned(folder, name), paper(folder).machines
    if study.machine not in machines:
        raise UnknownName("planned gauge study", name, [x.name for x in kept(folder) if x.machine in machines])
    return study


def _told(study: Planned) -> dict[str, Plain]:
    told = plain(study)
    assert isinstance(told, dict)
    return told


def _about(study: Planned) -> dict[str, Plain]:
    """A study without its readings."""
    return {k: v for k, v in _told(study).items() if k != "lines"}


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
