"""The sheet of a gauge study: who measures which part in which order, with room for what was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One reading that is to be made: its place in the order, who, which trial, which part."""

    order: int
    appraiser: str
    trial: int
    part: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A planned gauge study.

    Attributes
    ----------
    name
        Its name: readings that carry it as the fact `plan` belong to it.
    plant, machine, zone, language
        Where it is made, and how it is written.
    test, unit, low, high
        What is measured, and its limits (None: there is none).
    made_at, made_by
        When and by whom it was planned.
    lines
        The readings in the order in which they are to be made.
    """

    name: str
    plant: str
    machine: str
    zone: str
    language: str
    test: str
    unit: str
    low: float | None
    high: float | None
    made_at: int
    made_by: str
    lines: tuple[Line, ...]

    @property
    def appraisers(self) -> tuple[str, ...]:
        """Who measures, in order of their first reading."""
        return tuple(dict.fromkeys(x.appraiser for x in self.lines))

    def of(self, appraiser: str) -> tuple[Line, ...]:
        """The readings of one of them."""
        return tuple(x for x in self.lines if x.appraiser == appraiser)
