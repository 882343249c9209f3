"""SAMPLES -> SERIES: durable before acknowledged; nobody outside sees where a day lies."""

from .aggregate import AGGREGATES, AggregateRules, Aggregates
from .forget import Forgotten
from .historian import Historian
from .lean import lean, trim
from .remote import RemoteHistorian
from .verify import Report

__all__ = [
    "AGGREGATES",
    "AggregateRules",
    "Aggregates",
    "Forgotten",
    "Historian",
    "RemoteHistorian",
    "Report",
    "lean",
    "trim",
]
