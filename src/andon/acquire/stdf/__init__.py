"""STDF and ATDF: what testers of chips write."""

from .batches import Brought, Lot, head_of, looks_like
from .read import Reading

__all__ = ["Brought", "Lot", "Reading", "head_of", "looks_like"]
