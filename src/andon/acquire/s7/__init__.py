"""Siemens S7 controllers: block reads planned from the addresses."""

from .s7 import s7

__all__ = ["s7"]
