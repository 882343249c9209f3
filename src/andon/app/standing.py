"""Standing questions as people read them: what stands, and what it was answered."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ..acts.standing import Standing, standing
from ..answer import Plain, plain
from ..catalog import figures, find
from ..errors import UnknownName
from ..plant import Plant
from ..watch.standing import Answers, Given
from .opening import open_plant, restricted

Row = dict[str, Plain]


def schedules(folder: Path) -> list[Row]:
    """The questions that stand, the oldest first, each with its newest answer."""
    with open_plant(folder) as plant:
        shown = [q for q in standing(plant.history) if _is_seen(plant.plant, q.at)]
    answers = Answers(folder / "standing")
    return [_row(q, answers.of(q.number)) for q in shown]


def schedule(folder: Path, number: int, *, limit: int = 100) -> Row:
    """One question with its newest answers, the newest first; each figure with its unit."""
    with open_plant(folder) as plant:
        known = {q.number: q for q in standing(plant.history) if _is_seen(plant.plant, q.at)}
    if number not in known:
        raise UnknownName("standing question", str(number), map(str, known))
    q, found = known[number], Answers(folder / "standing").of(number)
    units: Row = {f.name: f.unit for f in figures(find(q.study).answer)}
    return {**_row(q, found), "answers": [_given(g) for g in reversed(found[-limit:])], "units": units}


def _row(q: Standing, found: list[Given]) -> Row:
    row = {k: plain(v) for k, v in asdict(q).items()}
    return {**row, "count": len(found), "last": _given(found[-1]) if found else None}


def _given(g: Given) -> Row:
    return {k: plain(v) for k, v in asdict(g).items() if k != "stamp"}


def _is_seen(plant: Plant, at: str) -> bool:
    """May whoever asks see the place?"""
    if not restricted():
        return True
    try:
        return at != "" and bool(plant.at(at))
    except UnknownName:
        return False
