"""Who may do what: people, tokens, and the right with which each of them asks."""

from .principal import LOCAL, Principal

__all__ = ["LOCAL", "Principal"]
