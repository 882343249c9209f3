"""The example of a real shop floor: valid, and its figures follow from the data by the rule it states."""

import csv
import os
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from andon.config import check, read_plant

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "sme" / "plant.toml"
DATA = Path(os.environ.get("ANDON_DATA", ROOT.parent / "shared" / "data"))
FILE = DATA / "internal" / "sme_manufacturing" / "company_A_labelled_subset.csv"


def test_the_example_has_no_mistake_and_no_warning():
    assert check(EXAMPLE) == []
    plant = read_plant(EXAMPLE)
    assert list(plant.machines) == ["line-1/machine-0", "line-1/machine-1", "line-1/machine-2"]
    assert set(plant.products) == {str(n) for n in range(14)}
    made = {p for m in plant.machines.values() for p, rates in m.products.rates.items() if rates[0].ideal_cycle}
    assert made == set(plant.products)


@pytest.fixture(scope="module")
def rows():
    """The rows of the file by machine, in order: (at, status, items, product)."""
    if not FILE.exists():
        pytest.skip(f"{FILE} is not here: set ANDON_DATA to the folder of shared data")
    found = defaultdict(list)
    with FILE.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            at = datetime.fromisoformat(row["ts"])
            found[row["asset"]].append((at, float(row["status"]), float(row["items"]), row["product"]))
    return {machine: sorted(said) for machine, said in found.items()}


def test_the_ideal_cycles_are_the_best_hours_of_the_data(rows):
    rates = {name: machine.products.rates for name, machine in read_plant(EXAMPLE).machines.items()}
    for machine, said in rows.items():
        best = best_hours(said)
        for product, parts in best.items():
            cycle = rates[f"line-1/machine-{machine}"][product][0].ideal_cycle
            assert cycle == pytest.approx(3_600e6 / parts, abs=0.05e6), (machine, product)
        assert {r for r, (rate, *_) in rates[f"line-1/machine-{machine}"].items() if rate.ideal_cycle} - set(best) <= {
            "8"
        }


def best_hours(said):
    """By product, the parts that 95 % of its undisturbed hours do not exceed (nearest rank)."""
    hours, run = defaultdict(list), []
    for (before, was, _, made), (at, status, items, product) in pairwise(said):
        five = timedelta(minutes=5)
        undisturbed = status == was == 2 and product == made and at - before == five and at.minute % 5 == at.second == 0
        run = [*run[-11:], items] if undisturbed else []
        if len(run) == 12:
            hours[product].append(sum(run))
    return {product: sorted(found)[round(0.95 * (len(found) - 1))] for product, found in hours.items()}


def test_a_row_off_the_grid_says_the_state_that_begins(rows):
    agree = [
        nxt[1] == row[1]
        for said in rows.values()
        for row, nxt in pairwise(said)
        if off_grid(row[0]) and not off_grid(nxt[0])
    ]
    assert len(agree) > 500
    assert sum(agree) / len(agree) > 0.98


def off_grid(at):
    return bool(at.minute % 5 or at.second)


def test_every_part_is_made_inside_the_shifts_of_the_example(rows):
    plant = read_plant(EXAMPLE)
    made = [at for said in rows.values() for at, _, items, _ in said if items]
    outside = [at for at in made if plant.shifts.shift_at(int(at.timestamp()) * 1_000_000, "line-1/machine-0") is None]
    assert outside == []
