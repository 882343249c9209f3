"""Sparkplug B payloads: read by the host, written by the demo's edge node."""

from .edge import NAMESPACE, QUALITY, REBIRTH, Metric, Order, born, died, encode, rebirth, topic
from .schema import Wire, parse
from .values import Given, Said, Type, integer, value

__all__ = [
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
    "parse",
    "rebirth",
    "topic",
    "value",
]
