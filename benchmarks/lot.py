"""A lot of 25 wafers x 1,000 dies x 1,000 tests, stored: how long each study over it takes, and how much memory."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from andon.ask import Question, ask
from andon.catalog import studies
from andon.errors import AndonError
from andon.historian import Historian
from andon.model import Batch, Measurements, Units, Window
from andon.plant import Plant
from andon.units import SECOND
from stdf import TESTER, plant

Spent = tuple[float, float]
"""Seconds on the clock and of the processor."""
WAFERS, DIES, TESTS, SITES = 25, 1_000, 1_000, 4
BAR, MEMORY = 2.0, 2.0
START = 1_790_000_000 * SECOND
ALL = Window(START, START + WAFERS * DIES * SECOND)
ONE: Mapping[str, object] = {"test": "0 test"}
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "anova": ONE | {"factors": "site"},
    "attribute-agreement": ONE | {"appraiser": "site"},
    "capability": ONE,
    "comparison": ONE | {"factor": "wafer"},
    "control-chart": ONE | {"subgroup": "wafer"},
    "gauge-rr": ONE | {"appraiser": "site"},
    "gauge-stability": ONE,
    "histogram": ONE,
    "multivariate-chart": {"tests": ("0 test", "1 test", "2 test")},
    "regression": ONE | {"tests": "1 test, 2 test"},
    "defect-density": ONE | {"area": 25.0},
    "yield-model": {"area": 25.0},
    "lot-acceptance": {"group": "wafer"},
    "parametric-map": ONE,
    "what-moved": {"bad": "failed"},
}
"""What a study has to be told before it can answer."""


def lot(seed: int = 1) -> Iterator[Batch]:
    """One lot, every test on every die, a batch a wafer; one test with two humps, one site that is off, a pair."""
    random = np.random.default_rng(seed)
    test = pa.DictionaryArray.from_arrays(
        pa.array(np.repeat(np.arange(TESTS, dtype=np.int32), DIES)), pa.array([f"{n} test" for n in range(TESTS)])
    )
    number = pa.array(np.repeat(np.arange(TESTS, dtype=np.int32), DIES))
    die = np.arange(DIES)
    for wafer in range(WAFERS):
        passed = random.random(DIES) > 0.08
        value = random.normal(size=(TESTS, DIES))
        value[1] = value[0] + 0.3 * random.normal(size=DIES)
        value[2] += 3.5 * (random.random(DIES) > 0.5)
        value[3] += die % SITES == 2
        units = {
            "machine": [TESTER] * DIES,
            "at": pa.array(START + (wafer * DIES + die) * SECOND).cast(pa.timestamp("us", "UTC")),
            "unit_id": [f"{d % 40},{d // 40}" for d in die.tolist()],
            "lot": ["L1"] * DIES,
            "wafer": [f"W{wafer:02}"] * DIES,
            "product": ["P7"] * DIES,
            **{n: pa.array(c.astype(np.int32)) for n, c in (("x", die % 40), ("y", die // 40), ("site", die % SITES))},
            **{n: pa.array(np.where(passed, 1, b).astype(np.int32)) for n, b in (("hard", 5), ("soft", 7))},
            "passed": passed,
            "seconds": np.full(DIES, 0.8),
        }
        values = {
            "row": pa.array(np.tile(die, TESTS)),
            "test": test,
            "number": number,
            "unit": pa.array(["V"] * TESTS * DIES),
            **{n: pa.array(np.full(TESTS * DIES, limit)) for n, limit in (("low", -5.0), ("high", 5.0))},
            "value": pa.array(value.ravel()),
        }
        yield Batch("lot", wafer, units=pa.table(units), measurements=pa.table(values))


def asked(folder: Path, only: str) -> Iterator[tuple[str, Sequence[Spent], str]]:
    """Each study that reads units or measurements: what it took, twice, and what it said."""
    works, made = plant(), not folder.exists()
    with Historian.own(folder) as history:
        for batch in lot() if made else ():
            history.write(batch)
        for study in studies():
            kinds = {p.kind for p in study.parameters}
            if not kinds & {Units, Measurements} or (only and study.name not in only.split(",")):
                continue
            question = Question(study.name, TESTER, ALL, (), SETTINGS.get(study.name, {}))
            spent, said = zip(*(_once(question, works, history) for _ in range(2)), strict=True)
            yield study.name, spent, said[0]


def _once(question: Question, works: Plant, history: Historian) -> tuple[Spent, str]:
    clock, busy, said = time.perf_counter(), time.process_time(), ""
    try:
        ask(question, works, history)
    except AndonError as error:
        said = str(error)
    return (time.perf_counter() - clock, time.process_time() - busy), said


def main() -> None:
    """Print the seconds of each study, and the most memory that was held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names of studies, with commas")
    parser.add_argument("--folder", type=Path, help="where the lot is kept, and taken from if it is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for name, spent, said in asked(given.folder or Path(place) / "history", given.only):
            told = ", again ".join(f"{took:6.2f} s ({worked:5.2f} s of the processor)" for took, worked in spent)
            print(f"{name:20} {told} {'(missed)' if spent[0][0] > BAR else ''} {said}", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'memory':20} {memory:6.2f} GB {'(missed)' if memory > MEMORY else ''}")


if __name__ == "__main__":
    main()
