"""Chaos: real servers, a real `andon run`, faults one after the other, and an exact account of every sample."""

from .account import Account
from .sequence import accounts
from .trials import LONG, SHORT, Trial

__all__ = ["LONG", "SHORT", "Account", "Trial", "accounts"]
