"""A running plant that measures parts and wafers, for the tests of its pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import measuring
from andon.historian import Historian
from runs import run_plant

SPECIFIED = """
[[characteristic]]
machine = "line-1/lathe-1"
test = "diameter"
title = "Diameter of the shaft"
unit = "mm"
low = 24.96
high = 25.04
target = 25.0
subgroup = "5"
"""


@contextmanager
def measuring_plant(folder: Path) -> Iterator[object]:
    """The plant of `measuring`, with a characteristic, its parts and its wafers, at work."""
    now = time.time_ns() // 1000
    folder.mkdir(parents=True)
    (folder / "in").mkdir()
    (folder / "plant.toml").write_text(measuring.PLANT + SPECIFIED, "utf-8")
    with Historian.own(folder / "history") as history:
        history.write(measuring.batch("gauges", 1, measuring.LATHE, measuring.parts(now)))
        bins = measuring.bins(measuring.PROBER, now)
        history.write(measuring.batch("tester", 1, measuring.PROBER, measuring.wafers(now), bins))
    with run_plant(folder) as run:
        yield run
