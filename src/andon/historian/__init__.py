"""SAMPLES -> SERIES: durable before acknowledged; nobody outside sees where a day lies."""

from .forget import Forgotten
from .historian import Historian, RemoteHistorian
from .verify import Report

__all__ = ["Forgotten", "Historian", "RemoteHistorian", "Report"]
