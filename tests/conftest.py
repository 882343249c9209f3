"""Fixtures that several files of tests share."""

from bookkeeping import books
from works import oracle, works

__all__ = ["books", "oracle", "works"]
