"""The figures of closed shifts, added up: sums first, ratios made of the sums."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of closed shifts added up: sums first, ratios from the sums (never means of ratios)."""

    key: tuple[str, ...]
    shifts: int
    planned_operation: int
    planned_down: int
    planned_busy: int
    production: int
    setup: int
    delay: int
    down: int
    unknown: int
    rated: int
    ideal_made: int | None
    ideal_good: int | None
    made: float | None
    good: float | None
    rejects: float | None
    rework: float | None
    unsorted: float
    made_unknown: float
    made_planned_down: float

    def __add__(self, other: Figures) -> Figures:
        """Both together, under this one's key; a sum with an unknown part is unknown."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self) if f.name != "key")
        return Figures(self.key, *(None if None in pair else sum(pair) for pair in pairs))  # type: ignore[arg-type]  # each field plus itself

    @property
    def availability(self) -> float | None:
        """APT / PBT."""
        return ratio(self.production, self.planned_busy)

    @property
    def effectiveness(self) -> float | None:
        """Sum of PRI x PQ / APT; over 1 an ideal cycle is wrong."""
        return ratio(_rated(self.ideal_made, self.made), self.production)

    @property
    def quality(self) -> float | None:
        """Sum of PRI x GQ / sum of PRI x PQ; GQ / PQ where no ideal cycle is known."""
        if self.ideal_made and self.ideal_good is not None:
            return ratio(self.ideal_good, self.ideal_made)
        return ratio(self.good, self.made)

    @property
    def oee(self) -> float | None:
        """Sum of PRI x GQ / PBT, on the ISO 22400 base."""
        return ratio(_rated(self.ideal_good, self.good), self.planned_busy)

    @property
    def rated_share(self) -> float | None:
        """The share of APT in which an ideal cycle is known; below 1, OEE is a lower bound."""
        return ratio(self.rated, self.production)

    @property
    def coverage(self) -> float | None:
        """Known planned busy time / PBT."""
        return ratio(self.planned_busy - self.unknown, self.planned_busy)

    @property
    def oee_of_known(self) -> float | None:
        """OEE on that part of PBT in which the state was known."""
        return ratio(_rated(self.ideal_good, self.good), self.planned_busy - self.unknown)


def ratio(part: float | None, whole: float | None) -> float | None:
    """The quotient, None where one side is not known or the whole is 0."""
    return None if part is None or not whole else part / whole


def _rated(ideal: int | None, parts: float | None) -> int | None:
    """Ideal time is not known where parts were made and none of them has an ideal cycle."""
    return None if parts and not ideal else ideal
