"""ENTRIES -> BOOKS: what was lost and why, per machine and shift, in versions that balance; and who changed what."""

from .balance import Balance, Proof
from .books import Books, Draft, Key
from .entries import MICROS, Closing, Entry, Evidence, Fate, imbalances
from .evidence import Opened, evidence
from .figures import Figures
from .rank import Total, Which
from .together import entries_together, figures_together, totals_together
from .versions import Change, Version

__all__ = [
    "MICROS",
    "Balance",
    "Books",
    "Change",
    "Closing",
    "Draft",
    "Entry",
    "Evidence",
    "Fate",
    "Figures",
    "Key",
    "Opened",
    "Proof",
    "Total",
    "Version",
    "Which",
    "entries_together",
    "evidence",
    "figures_together",
    "imbalances",
    "totals_together",
]
