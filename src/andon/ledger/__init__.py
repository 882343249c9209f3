"""ENTRIES -> BOOKS: what was lost and why, per machine and shift, in versions that balance; and who changed what."""

from .balance import Balance, Proof
from .books import Books, Draft
from .entries import Closing, Entry, Evidence, Fate, imbalances
from .rank import Figures, Total, Which
from .versions import Change, Version

__all__ = [
    "Balance", "Books", "Change", "Closing", "Draft", "Entry", "Evidence", "Fate", "Figures", "Proof", "Total",
    "Version", "Which", "imbalances",
]
