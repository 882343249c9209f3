"""Asks when nobody is asking: closes shifts into the ledger."""

from .closing import Closed, close

__all__ = ["Closed", "close"]
