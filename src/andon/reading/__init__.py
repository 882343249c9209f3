"""What a study needs of one machine, read from the historian: states with reasons, output, orders, plain signals."""

from .ahead import COUNT_ROLES, EVERYWHERE, REACH, History, ReadAhead, Told, counter, each_ahead, told, wide
from .bench import Bench, gathered, orders, output, states, written_off
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
    "each_ahead",
    "gathered",
    "orders",
    "output",
    "states",
    "text_spells",
    "told",
    "wide",
    "written_off",
]
