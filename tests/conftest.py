"""Fixtures that several files of tests share."""

from bookkeeping import books
from disks import small_disk
from works import oracle, works

__all__ = ["books", "oracle", "small_disk", "works"]
