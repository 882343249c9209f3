"""The nouns: what a machine says, and the shapes in which a study reads it."""

from .charts import Chartbook, ChartName, FrozenLimits, PointNote
from .kinds import Element, Loss, State
from .knowledge import Calendar, Characteristic, Characteristics, Products, Rate, Reason, Shift, StopRules
from .measured import NO_BIN, NO_SITE, NOWHERE, Bin, Found, Listed, Measurements, Names, Test, Units, texts
from .moments import BAD, EPOCH, GOOD, UNCERTAIN, Codes, Numbers, Times, Window, instant, micros, moment
from .process import Buckets, Process, bucket_edges
from .series import Alarms, Counts, Orders, Output, S, Series, Spells, States, Texts, Values, Waveforms
from .storing import Batch, Reader, Receipt, Sink

__all__ = [
    "BAD",
    "EPOCH",
    "GOOD",
    "NOWHERE",
    "NO_BIN",
    "NO_SITE",
    "UNCERTAIN",
    "Alarms",
    "Batch",
    "Bin",
    "Buckets",
    "Calendar",
    "Characteristic",
    "Characteristics",
    "ChartName",
    "Chartbook",
    "Codes",
    "Counts",
    "Element",
    "Found",
    "FrozenLimits",
    "Listed",
    "Loss",
    "Measurements",
    "Names",
    "Numbers",
    "Orders",
    "Output",
    "PointNote",
    "Process",
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
    "Test",
    "Texts",
    "Times",
    "Units",
    "Values",
    "Waveforms",
    "Window",
    "bucket_edges",
    "instant",
    "micros",
    "moment",
    "texts",
]
