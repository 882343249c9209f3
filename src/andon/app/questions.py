"""Questions as people ask them: which studies there are, who can answer them, the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..answer import Asked, Plain
from ..ask import can_answer
from ..catalog import Study, studies, study_names
from ..catalog import find as study
from ..plant import Machine, Plant
from .opening import open_plant, paper

__all__ = ["answerable", "answerable_of", "answered", "studies", "study", "study_names"]

Row = dict[str, Plain]


def answerable(folder: Path, at: str = "") -> list[Row]:
    """Each study with how many of the machines can answer it, and what the others lack."""
    plant = paper(folder)
    machines = plant.at(at)
    return [_row(study, machines, plant) for study in studies()]


def answerable_of(folder: Path, paths: Sequence[str]) -> list[Row]:
    """As `answerable`, of some machines only."""
    plant = paper(folder)
    machines = [plant.machine(path) for path in paths]
    return [_row(study, machines, plant) for study in studies()]


def answered(
    folder: Path,
    study: str,
    *,
    at: str,
    since: str,
    until: str,
    last: str = "",
    by: str = "",
    workers: int = 1,
    settings: Mapping[str, object],
) -> Asked:
    """Ask one study and close the plant again."""
    with open_plant(folder) as plant:
        return plant.ask(study, at, since=since, until=until, last=last, by=by, workers=workers, **settings)


def _row(study: Study, machines: list[Machine], plant: Plant) -> Row:
    lacks = {m.path: can_answer(study, m, plant) for m in machines}
    able = sum(not lack for lack in lacks.values())
    missing = dict.fromkeys(" and ".join(lack) for lack in lacks.values() if lack)
    advice = "; ".join(f"give {_which(lacks, lack)} {lack}" for lack in missing)
    return {"study": study.name, "answer": study.summary, "machines": f"{able}/{len(machines)}", "missing": advice}


def _which(lacks: Mapping[str, tuple[str, ...]], lack: str) -> str:
    """The machines that lack just this: one by name, several by number."""
    found = [path for path, lacking in lacks.items() if " and ".join(lacking) == lack]
    return found[0] if len(found) == 1 else f"{len(found)} machines"
