"""Runs the sources: each on a thread of its own, restarted when it falls, its connection recorded as spells."""

from .gather import Gather, Site
from .status import Health, Status

__all__ = ["Gather", "Health", "Site", "Status"]
