"""The factors of an experiment as people write them: a name with its levels, numbers or names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np

from ...errors import BadQuestion
from ...model import Numbers
from .coding import Names

MOST = 15
Coded = TypeVar("Coded", float, Numbers)


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its name and its levels, lowest first; texts are its names where it is no number."""

    name: str
    levels: tuple[float, ...]
    texts: tuple[str, ...] = ()

    def said(self, coded: float) -> str:
        """The setting of a coded level, from -1 to 1."""
        if self.texts:
            return self.texts[round((coded + 1) / 2 * (len(self.texts) - 1))]
        return f"{self.setting(coded):.6g}"

    @property
    def half(self) -> float:
        """Half of the way from its lowest level to its highest."""
        return (self.levels[-1] - self.levels[0]) / 2

    def setting(self, coded: Coded) -> Coded:
        """The number that a coded level is, or those that several are."""
        return (self.levels[-1] + self.levels[0]) / 2 + coded * self.half

    @property
    def coded(self) -> list[float]:
        """Its levels from -1 to 1."""
        return np.interp(self.levels, (self.levels[0], self.levels[-1]), (-1.0, 1.0)).tolist()


def factors_of(text: str) -> list[Factor]:
    """Names with levels.

    Raises
    ------
    BadQuestion
        A factor cannot be read, is there twice, or there are too many.
    """
    found = [_factor(part.strip()) for part in text.split(",") if part.strip()]
    names = [f.name for f in found]
    if not 2 <= len(found) <= MOST or len(set(names)) < len(names):
        raise BadQuestion(f"{len(found)} factors ({', '.join(names)}): name 2 to {MOST} different ones, with commas.")
    return found


def names_of(of: list[Factor]) -> Names:
    """How many names each factor has; 0 of a number."""
    return tuple(len(f.texts) for f in of)


def _factor(text: str) -> Factor:
    name, _, said = text.rpartition(" ")
    levels = [t.strip() for t in re.split(r"\.\.|\|", said)]
    if not name or len(levels) < 2 or len(set(levels)) < len(levels):
        raise BadQuestion(f"{text!r} is no factor: write a name and its levels, `time 10..30` or `catalyst A|B`.")
    try:
        numbers = sorted(float(t) for t in levels)
    except ValueError:
        return Factor(name.strip(), tuple(np.linspace(-1.0, 1.0, len(levels)).tolist()), tuple(levels))
    if any(a == b for a, b in pairwise(numbers)):
        raise BadQuestion(f"{name} has the same level twice: {said}.")
    return Factor(name.strip(), tuple(numbers))
