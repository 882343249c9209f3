"""The rules of control charts and their constants, against qcc 3.0 and the exact distribution of the range."""

import csv
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from andon.errors import BadQuestion
from andon.studies.quality.constants import c4, c5, d2, d3, d4
from andon.studies.quality.rules import broken, chosen

ORACLES = Path(__file__).parent.parent / "oracles"
CONSTANTS = list(csv.DictReader((ORACLES / "spc_constants.csv").read_text("utf-8").splitlines()))
COLUMNS = {"1": "nelson1", "2": "nelson2", "3": "nelson3", "4": "nelson4"} | {
    "5": "nelson5",
    "6": "nelson6",
    "7": "nelson7",
    "8": "nelson8",
    "2:8": "we4_run8",
}


@pytest.mark.parametrize("row", CONSTANTS, ids=lambda r: r["n"].strip())
def test_constants_are_those_of_the_exact_distribution(row: dict[str, str]) -> None:
    n = int(row["n"])
    found = {
        "d2": d2(n),
        "d3": d3(n),
        "c4": c4(n),
        "A2": 3 / d2(n) / n**0.5,
        "A3": 3 / c4(n) / n**0.5,
        "B4": 1 + 3 * c5(n) / c4(n),
        "D3": max(0.0, 1 - 3 * d3(n) / d2(n)),
        "D4": 1 + 3 * d3(n) / d2(n),
        "E2": 3 / d2(n),
    }
    assert found == pytest.approx(
        {k: float(row[k]) for k in found}, rel=1e-7, abs=1e-7
    )  # ptukey's own error reaches 7e-8
    assert d4(n) == pytest.approx(float(row["d4_median_range"]), rel=1e-6)


def test_constants_of_small_samples_are_known_in_closed_form() -> None:
    assert d2(2) == pytest.approx(2 / np.pi**0.5, rel=1e-11)
    assert d3(2) == pytest.approx((2 - 4 / np.pi) ** 0.5, rel=1e-10)
    assert d2(3) == pytest.approx(3 / np.pi**0.5, rel=1e-11)


@pytest.mark.parametrize(("n", "printed"), [(2, 1.128), (5, 2.326), (10, 3.078), (25, 3.931)])
def test_d2_is_what_tables_print(n: int, printed: float) -> None:
    assert d2(n) == pytest.approx(printed, abs=5e-4)


def series() -> list[tuple[str, list[dict[str, str]]]]:
    rows = list(csv.DictReader((ORACLES / "spc_rules_nelson_we.csv").read_text("utf-8").splitlines()))
    return [(name, list(found)) for name, found in groupby(rows, key=lambda r: r["series"])]


@pytest.mark.parametrize(("name", "rows"), series(), ids=[name for name, _ in series()])
def test_rules_flag_what_qcc_flags(name: str, rows: list[dict[str, str]]) -> None:
    z = np.array([float(r["z"]) for r in rows])
    for rule, column in COLUMNS.items():
        flags = broken(z, chosen(rule))[0]
        assert flags.tolist() == [r[column] == "1" for r in rows], (name, rule)


def test_after_a_gap_a_run_begins_anew() -> None:
    z, gap = np.full(12, 0.5), np.zeros(12, bool)
    assert broken(z, chosen("2"))[0].sum() == 4
    gap[6] = True
    assert broken(z, chosen("2"), begin=gap)[0].sum() == 0


@pytest.mark.parametrize("wrong", ["9", "2:99", "montgomery", "1 x"])
def test_a_rule_that_nobody_knows_is_refused(wrong: str) -> None:
    with pytest.raises(BadQuestion):
        chosen(wrong)
