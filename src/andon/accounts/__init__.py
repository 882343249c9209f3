"""Who may do what: people, tokens, and the right with which each of them asks."""

from . import people, sessions, tokens
from .failures import Throttle
from .people import Person
from .principal import LOCAL, Principal
from .schema import Accounts, is_kept
from .sessions import Session
from .tokens import Token

__all__ = [
    "LOCAL",
    "Accounts",
    "Person",
    "Principal",
    "Session",
    "Throttle",
    "Token",
    "is_kept",
    "people",
    "sessions",
    "tokens",
]
