"""Relay: an edge that keeps what its machines say on disk until the centre has it."""

from .forward import Centre, Forward, RelayStatus
from .sink import RelaySink

__all__ = ["Centre", "Forward", "RelaySink", "RelayStatus"]
