"""MTConnect agents: streamed samples, events and conditions, gaps filled from the agent's buffer."""

from .mtconnect import mtconnect

__all__ = ["mtconnect"]
