"""Fixtures that several files of tests share, and which tests run after each other in one process."""

import pytest

from bookkeeping import books
from disks import small_disk
from works import oracle, works

__all__ = ["books", "oracle", "small_disk", "works"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file stay together; so do all that visit the one running plant, for there is one of it."""
    for item in items:
        visits = "served" in getattr(item, "fixturenames", ()) and not hasattr(item.module, "served")
        item.add_marker(pytest.mark.xdist_group("people" if visits else item.nodeid.split("::")[0]))
