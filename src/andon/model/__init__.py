"""The nouns: what a machine says, and the shapes in which a study reads it."""

from .kinds import Element, Loss, State
from .knowledge import Calendar, Products, Rate, Reason, Shift, StopRules
from .moments import BAD, EPOCH, GOOD, UNCERTAIN, Codes, Numbers, Times, Window, micros, moment
from .series import Alarms, Counts, Measurements, Orders, Output, S, Series, Spells, States, Texts, Values, Waveforms
from .storing import Batch, Reader, Receipt, Sink

__all__ = [
    "BAD",
    "EPOCH",
    "GOOD",
    "UNCERTAIN",
    "Alarms",
    "Batch",
    "Calendar",
    "Codes",
    "Counts",
    "Element",
    "Loss",
    "Measurements",
    "Numbers",
    "Orders",
    "Output",
    "Products",
    "Rate",
    "Reader",
    "Reason",
    "Receipt",
    "S",
    "Series",
    "Shift",
    "Sink",
    "Spells",
    "State",
    "States",
    "StopRules",
    "Texts",
    "Times",
    "Values",
    "Waveforms",
    "Window",
    "micros",
    "moment",
]
