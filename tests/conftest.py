"""Fixtures that several files of tests share, and which tests run after each other in one process."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from multiprocessing.util import Finalize
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

from bookkeeping import books
from disks import small_disk
from processes import load
from works import oracle, works

__all__ = ["books", "oracle", "small_disk", "works"]

PEOPLE = Path(__file__).parent / "people"
MEMORY = Path("/dev/shm")
ROOM = 8_000_000_000
"""Bytes: several times what all tests keep at a time."""
LAST = -200
"""After multiprocessing has removed its own temporary files."""

# Thousands of batches are synced to the disk, one after the other: with files in memory nobody waits for it.
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="andon-tests-", dir=MEMORY)
    Finalize(None, shutil.rmtree, (tempfile.tempdir, True), exitpriority=LAST)

load()


class ByPlant(LoadFileScheduling):
    """The tests of a file stay together; so do the files that visit the one running plant, for each process makes one.

    A file that has a plant of its own says so: it defines `served`.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "people" if file in VISITORS else file


def _visits(file: Path) -> bool:
    text = file.read_text("utf-8")
    return "def served(" not in text and re.search(r"\((visit|served)\b", text) is not None


VISITORS = {f"tests/people/{f.name}" for f in PEOPLE.glob("test_*.py") if _visits(f)}


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPlant:
    return ByPlant(config, log)
