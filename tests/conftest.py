"""Fixtures that several files of tests share, and which tests stay together on one core."""

from pathlib import Path

import pytest

from bookkeeping import books
from disks import small_disk
from works import oracle, works

__all__ = ["books", "oracle", "small_disk", "works"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file stay together, so that what they are about is made once; the tests of pages all do."""
    for item in items:
        page = bool({"visit", "served", "browser"} & set(getattr(item, "fixturenames", ())))
        item.add_marker(pytest.mark.xdist_group("pages" if page else str(Path(item.path).name)))
