"""A watched chart of a test that is made every two seconds: what judging one more value costs after 30 days of them."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from andon.ask import Question, ask
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch, Window
from andon.plant.alarms import Alarm
from andon.units import HOUR, SECOND
from andon.watch.charts import Charts

PRESS, TEST = "line-1/press", "width"
START, DAY = 1_790_000_000 * SECOND, 24 * HOUR
PAPER = f"""
[plant]
name = "works"
zone = "UTC"
[[machine]]
path = "{PRESS}"
[[characteristic]]
test = "{TEST}"
unit = "mm"
watch = true
"""


def values(number: int, since: int, count: int, step: int) -> Batch:
    """Normal values, `step` microseconds apart."""
    at = since + step * np.arange(count)
    found = {
        "machine": pa.array([PRESS] * count),
        "at": pa.array(at).cast(pa.timestamp("us", "UTC")),
        "unit_id": [str(a // SECOND) for a in at.tolist()],
        "test": [TEST] * count,
        "value": np.random.default_rng(number).normal(10.0, 0.1, count),
    }
    return Batch("gauge", number, measurements=pa.table(found))


def figures(folder: Path, days: int, step: int) -> Iterator[tuple[str, float, str]]:
    """The cost of the whole chart, and of looks at what is new."""
    (folder / "plant.toml").write_text(PAPER, encoding="utf-8")
    plant, now = read_plant(folder), START + days * DAY
    with Historian.own(folder / "history") as history:
        for day in range(days):
            history.write(values(day, START + day * DAY, DAY // step, step))
        charts = Charts(lambda: plant, history, _turn, folder / "charts.json", clock=lambda: now)
        charts.look()
        looks = []
        for n in range(6):
            now += step
            history.write(values(1000 + n, now - 1, 1, step))
            begun = time.monotonic()
            looks.append(_spent(charts.look))
            time.sleep(5 * (time.monotonic() - begun) + 0.1)  # a look rests five times as long as it took
        yield "values", days * DAY / step, ""
        yield "first look", looks[0], "s of the processor"
        yield "each later look", min(looks[1:]), "s of the processor"
        question = Question("control-chart", PRESS, Window(now - 30 * DAY, now), (), {"test": TEST})
        yield "the chart of all", _spent(lambda: ask(question, plant, history)), "s of the processor"
    yield "memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB"


def _turn(alarm: Alarm, at: int, *, on: bool, value: float | None = None) -> None:
    """Alarms are not what is timed."""


def _spent(what: object) -> float:
    assert callable(what)
    begun = time.process_time()
    what()
    return time.process_time() - begun


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two values")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for what, measured, unit in figures(Path(place), given.days, round(given.every * SECOND)):
            print(f"{what:20} {measured:12,.3f} {unit}", flush=True)


if __name__ == "__main__":
    main()
