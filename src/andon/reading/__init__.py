"""What a study needs of one machine, read from the historian: states with reasons, output, orders, plain signals."""

from .ahead import COUNT_ROLES, EVERYWHERE, History, ReadAhead, Told, counter, told
from .bench import REACH, Bench, gathered, orders, output, states, written_off
from .overlay import text_spells

__all__ = [
    "COUNT_ROLES",
    "EVERYWHERE",
    "REACH",
    "Bench",
    "History",
    "ReadAhead",
    "Told",
    "counter",
    "gathered",
    "orders",
    "output",
    "states",
    "text_spells",
    "told",
    "written_off",
]
