"""The readings of a gauge study: which part, who, which trial."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from ...errors import BadQuestion, NoData
from ...model import Found, Names, Numbers

NOBODY = "none"
"""The setting `appraiser` of a gauge that nobody handles."""


@dataclass(frozen=True, slots=True)
class Readings:
    """All readings of a study as an array of appraisers x parts x trials.

    `parts` has a name for each place; where parts are nested in appraisers, the names of each appraiser's own stand in
    the same place. `left_out` counts readings beyond the trials that every cell has.
    """

    appraisers: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    values: Numbers
    nested: bool
    left_out: int

    @property
    def trials(self) -> int:
        """Readings of each part by each appraiser."""
        return int(self.values.shape[2])


def planned(found: Found, plan: str) -> Found:
    """Only the readings that were made for one gauge study; all where `plan` is "".

    Where readings say which trial they are, one that was made again counts as it was made last.

    Raises
    ------
    NoData
        No reading carries the name of that study.
    """
    if not plan:
        return found
    said = found.units.facts.get("plan")
    kept = found.pick(np.asarray(said[found.row] == plan, dtype=np.bool_)) if said is not None else None
    if kept is None or not len(kept.row):
        known = sorted({p for p in (said.tolist() if said is not None else []) if p})
        raise NoData(
            f"No reading of {found.name} in that window carries plan = {plan!r}. Plans there: "
            f"{', '.join(known[:12]) or 'none'}."
        )
    return _last(kept)


def _last(found: Found) -> Found:
    """Of the readings of the same part, person and trial the last one."""
    trial = found.units.facts.get("trial")
    if trial is None:
        return found
    who = found.units.facts.get("who", found.units.unit)
    said = zip(found.units.unit[found.row], who[found.row], trial[found.row], strict=True)
    last = {key if key[2] else (*key, place): place for place, key in enumerate(said)}
    return found.pick(np.array(sorted(last.values()), np.intp))


def labels(found: Found, part: str, appraiser: str) -> tuple[Names, Names]:
    """Part and appraiser of each reading.

    Raises
    ------
    BadQuestion
        Nobody said who measured, or which part.
    """
    parts = found.units.column(part)[found.row]
    if (parts == "").any():
        raise BadQuestion(f"{int((parts == '').sum())} readings of {found.name} do not say which {part} they are of.")
    if appraiser == NOBODY:
        return parts, np.full(len(parts), "", dtype=object)
    if appraiser == "who" and "who" not in found.units.facts:
        raise BadQuestion(
            f"Nobody said `who` measured {found.name}: say it with the values, name another column by `appraiser`, "
            f"or give appraiser = {NOBODY} for a gauge that nobody handles."
        )
    people = found.units.column(appraiser)[found.row]
    if (people == "").any():
        raise BadQuestion(f"{int((people == '').sum())} readings of {found.name} do not say {appraiser}.")
    return parts, people


def readings(found: Found, *, part: str = "unit", appraiser: str = "who", design: str = "") -> Readings:
    """Arrange the readings: crossed if each appraiser measured each part, nested if each part has one appraiser.

    Parameters
    ----------
    found
        The readings, numbers only, in order of time: the first of a part by an appraiser is trial 1.
    part, appraiser
        Columns of the units.
    design
        "crossed", "nested", or "" for what the readings are.

    Raises
    ------
    BadQuestion
        The readings are neither, or a part was measured only once by somebody.
    """
    if design not in ("", "crossed", "nested"):
        raise BadQuestion(f"design = {design!r} is neither 'crossed' nor 'nested'.")
    parts, people = labels(found, part, appraiser)
    cells: dict[tuple[str, str], list[float]] = defaultdict(list)
    for who, what, value in zip(people.tolist(), parts.tolist(), found.value.tolist(), strict=True):
        cells[who, what].append(value)
    of: dict[str, list[str]] = defaultdict(list)
    for who, what in cells:
        of[who].append(what)
    nested = design == "nested" or (design == "" and len(of) > 1 and len({w for _, w in cells}) == len(cells))
    rows = _nested(of) if nested else _crossed(of)
    _enough(rows, cells, found.name)
    trials = min(len(cells[who, what]) for who, parts_of in rows for what in parts_of)
    values = np.array([[cells[who, what][:trials] for what in parts_of] for who, parts_of in rows])
    return Readings(
        tuple(who for who, _ in rows), tuple(tuple(p) for _, p in rows), values, nested, len(found.row) - values.size
    )


def _crossed(of: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    parts = list(dict.fromkeys(p for own in of.values() for p in own))
    for who, own in of.items():
        if missing := [p for p in parts if p not in set(own)]:
            raise BadQuestion(
                f"{who or 'Somebody'} did not measure {', '.join(missing[:8])}{', ...' if len(missing) > 8 else ''}: "
                "in a crossed study each appraiser measures each part. Measure what is missing, or, where each part "
                "was measured by one appraiser only, give design = nested."
            )
    return [(who, parts) for who in of]


def _nested(of: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    fewest = min(len(own) for own in of.values())
    return [(who, own[:fewest]) for who, own in of.items()]


def _enough(rows: list[tuple[str, list[str]]], cells: dict[tuple[str, str], list[float]], test: str) -> None:
    if len(rows[0][1]) < 2:
        raise NoData(f"A gauge study takes two parts at least, ten to be sure; {test} has {len(rows[0][1])}.")
    once = [f"{what} by {who}" if who else what for who, own in rows for what in own if len(cells[who, what]) < 2]
    if once:
        raise BadQuestion(
            f"{test} was measured once only: {', '.join(once[:8])}{', ...' if len(once) > 8 else ''}. Repeatability "
            "takes two trials of each part by each appraiser."
        )
