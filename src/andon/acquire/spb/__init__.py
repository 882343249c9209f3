"""Sparkplug B payloads: read by the host, written by the demo's edge node."""

from .edge import NAMESPACE, QUALITY, REBIRTH, Metric, Order, born, died, encode, rebirth, topic
from .scan import numbers, scan
from .schema import Wire, parse, parse_metric
from .values import LATEST, Given, Said, Type, integer, value, words

__all__ = [
    "LATEST",
    "NAMESPACE",
    "QUALITY",
    "REBIRTH",
    "Given",
    "Metric",
    "Order",
    "Said",
    "Type",
    "Wire",
    "born",
    "died",
    "encode",
    "integer",
    "numbers",
    "parse",
    "parse_metric",
    "rebirth",
    "scan",
    "topic",
    "value",
    "words",
]
