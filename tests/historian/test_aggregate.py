"""OPC UA Part 13 aggregates against the standard's own examples and an independent implementation."""

import csv
from functools import reduce
from operator import or_
from pathlib import Path

import numpy as np
import pytest

from andon.historian.aggregate import AggregateRules, Aggregates, aggregate
from andon.historian.quality import CODES
from andon.model import Window

ORACLES = Path(__file__).parent.parent / "oracles"
SECOND = 1_000_000
WINDOW = Window(0, 100 * SECOND)
"""The examples run from 12:00:00 to 12:01:40; here 12:00:00 is 0."""
RULES = {
    "1": AggregateRules(treat_uncertain_as_bad=False, resolution=1000),
    "2": AggregateRules(resolution=1000),
    "3": AggregateRules(percent_bad=50, percent_good=50, stepped=True, resolution=1000),
    "4": AggregateRules(stepped=True, resolution=1000),
}
BITS = {"Calculated": 0x401, "HistorianCalculated": 0x401, "Interpolated": 0x402, "HistorianInterpolated": 0x402,
        "Partial": 0x404, "HistorianPartial": 0x404}
SHORT = {"Interpolate": "Interpolative", "Min": "Minimum", "Max": "Maximum"}
MISTYPED = ("4", "12:01:12")
"""The table of historians has true here; A.1.4 of the standard has FALSE, and so A.20 and A.21 want it."""


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open(newline="") as file:
        return list(csv.DictReader(file))


def at(text: str) -> int:
    hours, minutes, seconds = text.removesuffix("Z").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds) - 12 * 3600) * SECOND)


def number(row: dict[str, str]) -> float:
    if (row["historian"], row["time"]) == MISTYPED:
        return 0.0
    return {"": np.nan, "true": 1.0, "false": 0.0}.get(row["value"]) if row["value"] in ("", "true", "false") \
        else float(row["value"])


def historian(which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = [row for row in rows("opcua_part13_historians.csv") if row["historian"] == which]
    return (np.array([at(row["time"]) for row in found]), np.array([number(row) for row in found]),
            np.array([CODES[row["status"]] for row in found], dtype=np.uint32))


def code(text: str) -> int:
    name, *bits = text.replace("#", ", ").replace("|", ", ").split(", ")
    return reduce(or_, (BITS[bit] for bit in bits), CODES[name])


def computed(name: str, which: str, interval: int) -> Aggregates:
    return aggregate(name, *historian(which), WINDOW, interval, RULES[which])


def spec_cases() -> list[object]:
    found = rows("opcua_part13_spec_tables.csv") + rows("opcua_part13_annex.csv")
    return [pytest.param(r["aggregate"], r["historian"], int(r["interval_s"]) * SECOND, at(r["timestamp"]), r["value"],
                         r["status"], id=f"{r['aggregate']}-{r['historian']}-{r['timestamp']}") for r in found]


@pytest.mark.parametrize(("name", "which", "interval", "when", "value", "status"), spec_cases())
def test_it_agrees_with_the_tables_of_the_standard(name, which, interval, when, value, status):
    found = computed(name, which, interval)
    place = found.at.tolist().index(when)
    assert found.value[place] == pytest.approx(float(value or "nan"), abs=1e-3, nan_ok=True)
    assert hex(found.quality[place]) == hex(code(status))


AGAINST_THE_STANDARD = {
    # The text of 5.4.3.11 sets Calculated unless the maximum is on the begin of the interval; these maxima are not.
    ("Maximum", "1", "12:01:20.000Z"): ("90", "Good, Calculated, Partial"),
    ("Maximum", "2", "12:00:48.000Z"): ("50", "Good, Calculated"),
    ("Maximum", "3", "12:00:48.000Z"): ("50", "Good, Calculated"),
    # PercentGood is DurationGood over the interval (5.4.3.33), and A.29 has DurationGood 0, Good, Calculated here.
    ("PercentGood", "1", "12:00:32.000Z"): ("0", "Good, Calculated"),
    # One of two samples is uncertain, thus bad: half, and the limit is half; bad is looked at first (5.4.3.2.1).
    ("Count", "3", "12:01:04.000Z"): ("", "Bad"),
}


def implementation_cases() -> list[object]:
    cases = []
    for r in rows("opcua_part13_nodeopcua_expected.csv"):
        name = SHORT.get(word := r["test"].split()[1], word)
        interval = int(np.prod([int(n) for n in r["interval_ms"].split("*")])) * 1000
        value, status = AGAINST_THE_STANDARD.get((name, r["historian"], r["timestamp"]), (r["value"], r["status"]))
        cases.append(pytest.param(name, r["historian"], interval, int(r["i"]), (at(r["timestamp"]), value, status),
                                  id=f"{name}-{r['historian']}-{r['timestamp']}"))
    return cases


@pytest.mark.parametrize(("name", "which", "interval", "place", "expected"), implementation_cases())
def test_it_agrees_with_an_independent_implementation(name, which, interval, place, expected):
    when, value, status = expected
    found = computed(name, which, interval)
    assert found.at[place] == when
    assert found.value[place] == pytest.approx(float(value or "nan"), abs=1e-3, nan_ok=True)
    assert hex(found.quality[place]) == hex(code(status))
