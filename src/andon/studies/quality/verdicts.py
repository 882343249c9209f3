"""The verdicts of an attribute study: who said what about which part, and what is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import BadQuestion, NoData
from ...model import Measurements, Units
from .references import COLUMN

PASSED, FAILED = "pass", "fail"
Ratings = dict[tuple[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts as a table: of each appraiser on each part, as often for all."""

    table: Ratings
    people: tuple[str, ...]
    parts: tuple[str, ...]
    truth: dict[str, str]
    said: tuple[str, ...]
    confidence: float

    @property
    def trials(self) -> int:
        """Verdicts of each appraiser on each part."""
        return len(next(iter(self.table.values())))

    def of(self, who: str, part: str) -> list[str]:
        """All verdicts of one, or of "all", on a part."""
        return [v for w in (self.people if who == "all" else (who,)) for v in self.table[w, part]]


def verdicts_of(units: Units, measurements: Measurements | None, test: str, rating: str) -> tuple[Units, list[str]]:
    """The units that were judged, and the verdict on each."""
    if test:
        if measurements is None or not len(measurements):
            raise NoData(f"Nothing was measured as {test} there in that window.")
        found = measurements.take(test)
        return measurements.units.pick(found.row.astype(np.intp)), [f"{v:g}" for v in found.value.tolist()]
    if rating:
        said = units.column(rating)
        return units.pick(np.asarray(said != "", dtype=np.bool_)), [v for v in said.tolist() if v]
    return units.pick(units.verdicts >= 0), [PASSED if p else FAILED for p in units.verdicts.tolist() if p >= 0]


def ratings_of(units: Units, verdicts: Sequence[str], part: str, appraiser: str) -> tuple[Ratings, dict[str, str]]:
    """Verdicts by appraiser and part, and the right ones by part."""
    parts = units.column(part).tolist()
    if appraiser == "who" and "who" not in units.facts:
        raise BadQuestion("Nobody said `who` judged: say it with the verdicts, or name another column by `appraiser`.")
    people = units.column(appraiser).tolist()
    if "" in parts or "" in people:
        raise BadQuestion(f"Some verdicts do not say {appraiser if '' in people else part}: all must.")
    right = units.facts[COLUMN].tolist() if COLUMN in units.facts else [""] * len(parts)
    ratings: Ratings = defaultdict(list)
    truth: dict[str, str] = {}
    for p, w, v, r in zip(parts, people, verdicts, right, strict=True):
        ratings[w, p].append(v)
        if r and truth.setdefault(p, r) != r:
            raise BadQuestion(f"Part {p} has two references, {truth[p]!r} and {r!r}: a part has one right verdict.")
    return dict(ratings), truth
