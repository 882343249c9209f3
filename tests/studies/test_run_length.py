"""Average run lengths against the R package spc, against Champ & Woodall, and against a simulation."""

import csv
from pathlib import Path

import numpy as np
import pytest

from andon.studies.quality.rules import broken, chosen
from andon.studies.quality.run_length import cusum_run_length, ewma_run_length, of_normal, run_length

ORACLE = list(
    csv.DictReader((Path(__file__).parent.parent / "oracles" / "spc_arl.csv").read_text("utf-8").splitlines())
)


@pytest.mark.parametrize("row", ORACLE, ids=lambda r: f"{r['chart']} {r['par']} {r['shift']}")
def test_run_lengths_are_those_of_the_r_package_spc(row: dict[str, str]) -> None:
    given = {name: float(value) for name, _, value in (part.partition("=") for part in row["par"].split(";"))}
    shift = float(row["shift"])
    if row["chart"].startswith("cusum"):
        found = cusum_run_length(given["k"], given["h"], shift, sides=1 if "one_sided" in row["chart"] else 2)
    elif row["chart"].startswith("ewma"):
        found = ewma_run_length(given["lambda"], given["L"], shift, exact="exact" in row["chart"])
    else:
        found = run_length(chosen("1"), of_normal(given["L"], shift))
    assert found == pytest.approx(float(row["arl"]), rel=1e-6)


@pytest.mark.parametrize(
    ("rules", "published"),
    [("1", 370.40), ("1 5", 225.44), ("1 6", 166.05), ("1 2:8", 152.73), ("western-electric", 91.75)],
)
def test_run_lengths_of_western_electric_rules_are_those_of_champ_and_woodall(rules: str, published: float) -> None:
    # their chains signal before a window of 3 or 5 points is full, which is worth 0.2 of a point
    assert run_length(chosen(rules)) == pytest.approx(published, abs=0.25)


@pytest.fixture(scope="module")
def first_signals() -> dict[str, np.ndarray]:
    """Where each rule signals first, in 3,000 series of standard normal values."""
    rules, draws = chosen("nelson"), np.random.default_rng(7)
    found = np.full((len(rules), 3000), 4001)
    for series in range(found.shape[1]):
        for place, flags in enumerate(broken(draws.standard_normal(4000), rules)):
            found[place, series] = flags.argmax() + 1 if flags.any() else 4001
    return {r.name: found[i] for i, r in enumerate(rules)}


@pytest.mark.parametrize("rules", ["3", "4", "1 2", "1 2 3", "1 2 3 4", "1 2 5 6", "nelson"])
def test_run_lengths_agree_with_a_simulation(rules: str, first_signals: dict[str, np.ndarray]) -> None:
    lengths = np.min([first_signals[r.name] for r in chosen(rules)], axis=0)
    error = lengths.std() / len(lengths) ** 0.5
    put_together = 0.06 if {"3", "4"} & set(rules.split()) or rules == "nelson" else 0.0
    assert run_length(chosen(rules)) == pytest.approx(lengths.mean(), abs=3 * error + put_together * lengths.mean())


def test_a_head_start_shortens_the_run_length_where_something_changed_most_of_all() -> None:
    # Lucas & Crosier 1982, table 1: k 0.5, h 5, head start 2.5: 430 in control, 6.35 at a shift of one sigma
    assert cusum_run_length(0.5, 5, headstart=2.5) == pytest.approx(430, abs=1)
    assert cusum_run_length(0.5, 5, 1.0, headstart=2.5) == pytest.approx(6.35, abs=0.03)


def test_without_rules_nothing_ever_signals() -> None:
    assert run_length(()) == float("inf")
