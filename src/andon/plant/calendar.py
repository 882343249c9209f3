"""Shifts, breaks, holidays and production days: local rules, materialised to UTC spells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShiftBook:
    """The plant's shift rules."""
