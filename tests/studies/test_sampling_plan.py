"""Acceptance plans against NIST's example, R's AcceptanceSampling and the tables of ISO 2859-1."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion
from andon.studies.quality.acceptance import (
    AQLS,
    LEVELS,
    Plan,
    code_letter,
    probability,
    rectified,
    standard_plan,
    switched,
)
from andon.studies.quality.sampling_plan import sampling_plan

SPECIAL = ("S-1", "S-2", "S-3", "S-4")
ORACLES = Path(__file__).parents[1] / "oracles"
EXPECTED = json.loads((ORACLES / "acceptance_expected.json").read_text())


def rows(name):
    return list(csv.DictReader((ORACLES / name).read_text().splitlines()))


def test_the_plan_of_52_and_3_lets_through_what_nist_says():
    """O21: in a lot of 10,000 the worst outgoing is about 3.7 % at 6 %."""
    found = sampling_plan("single", lot=10_000, size=52, accept=3)
    assert found.worst_outgoing == pytest.approx(0.0372, abs=2e-4)
    assert found.worst_at == pytest.approx(0.06, abs=0.005)


@pytest.mark.parametrize("row", rows("acceptance_single_n52_c3.csv"), ids=lambda r: f"p={r['p']}")
def test_what_goes_out_and_what_is_inspected(row):
    plan, p = Plan.single(52, 3, 10_000), np.array([float(row["p"])])
    outgoing, total = rectified(plan, p)
    assert probability(plan, p)[0] == pytest.approx(float(row["Pa"]), rel=1e-12)
    assert outgoing[0] == pytest.approx(float(row["AOQ"]), rel=1e-12)
    assert total[0] == pytest.approx(float(row["ATI"]), rel=1e-12)


@pytest.mark.parametrize(
    ("curve", "lot", "expected"),
    [
        ("binomial", 0, EXPECTED["find_plan_p1_01_p2_05"]["binomial"]),
        ("poisson", 0, EXPECTED["find_plan_p1_01_p2_05"]["poisson"]),
        ("hypergeometric", 1000, EXPECTED["find_plan_p1_01_p2_05"]["hypergeom_N1000"]),
    ],
)
def test_the_smallest_plan_for_two_qualities(curve, lot, expected):
    found = sampling_plan("find", lot=lot, good=1.0, bad=5.0, curve=curve)
    assert [found.size, found.accept] == expected


@pytest.mark.parametrize(
    ("basis", "said"),
    [("find variables", "variables_sigma_unknown"), ("find variables, sigma known", "variables_sigma_known")],
)
def test_the_smallest_plan_by_variables(basis, said):
    expected = EXPECTED["find_plan_p1_01_p2_05"][said]
    found = sampling_plan(basis, good=1.0, bad=5.0)
    assert found.size == expected["n"]
    assert found.k == pytest.approx(expected["k"], abs=2e-6)  # R looks for its root to 1e-6


@pytest.mark.parametrize(("p", "accepted"), EXPECTED["double"]["Pa"].items())
def test_a_double_plan_accepts_as_often_as_r_says(p, accepted):
    plan = Plan(36, 0, 3, 59, 3)
    assert probability(plan, np.array([float(p)]))[0] == pytest.approx(accepted, abs=5e-9)


@pytest.mark.parametrize("row", rows("acceptance_iso2859_oc.csv"), ids=lambda r: f"{r['plan'][0]} p={r['p']}")
def test_plans_of_the_standard_have_their_curves(row):
    """O22."""
    n, accept = (int(part[len(name) :]) for part, name in zip(row["plan"].split()[-2:], ("n", "Ac"), strict=True))
    found = probability(Plan.single(n, accept), np.array([float(row["p"])]))[0]
    assert found == pytest.approx(float(row["Pa"]), rel=1e-12)


@pytest.mark.parametrize("row", rows("iso2859_code_letters.csv"), ids=lambda r: r["lot_size"])
def test_code_letters_are_those_of_table_1(row):
    """O23."""
    low, _, high = row["lot_size"].lstrip(">").partition("-")
    ends = (int(low), int(high)) if high else (int(low) + 1, 10**7)
    for level, column in (("I", "GI"), ("II", "GII"), ("III", "GIII")):
        assert {code_letter(end, level) for end in ends} == {row[column]}


def lot_of(letter: str) -> tuple[int, str]:
    """A lot size and a level whose code letter is that one."""
    for level in ("II", "III", "I"):
        for lot in (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000, 10**6):
            if code_letter(lot, level) == letter:
                return lot, level
    raise AssertionError(letter)


@pytest.mark.parametrize("row", rows("iso2859_single_normal.csv"), ids=lambda r: f"{r['code_letter']} {r['AQL_pct']}")
def test_the_master_table_of_normal_inspection(row):
    """O23: a plan, or an arrow that leads to the next plan above or below in the same column."""
    column = [r for r in rows("iso2859_single_normal.csv") if r["AQL_pct"] == row["AQL_pct"]]
    place = column.index(row)
    while column[place]["Ac"] in ("up", "down"):
        place += -1 if column[place]["Ac"] == "up" else 1
    lot, level = lot_of(row["code_letter"])
    if int(column[place]["n"]) >= lot:
        pytest.skip("the whole lot is inspected")
    found = standard_plan(lot, level, float(row["AQL_pct"]))
    assert (found.n, found.accept, found.reject) == (
        int(column[place]["n"]),
        int(column[place]["Ac"]),
        int(column[place]["Re"]),
    )


@pytest.mark.parametrize("row", rows("iso2859_special_levels.csv"), ids=lambda r: r["lot_size"])
def test_code_letters_of_the_special_levels(row):
    low, _, high = row["lot_size"].lstrip(">").partition("-")
    ends = (int(low), int(high)) if high else (int(low) + 1, 10**7)
    assert {level: {code_letter(e, level) for e in ends} for level in SPECIAL} == {s: {row[s]} for s in SPECIAL}


def plans_of(row: dict[str, str]) -> dict[str, list[int]]:
    """The plan of one code letter at each AQL."""
    return {aql: [int(v) for v in cell.split(":")] for aql, cell in row.items() if aql != "code_letter"}


@pytest.mark.parametrize("severity", ["tightened", "reduced"])
@pytest.mark.parametrize("letter", [row["code_letter"] for row in rows("iso2859_single_tightened.csv")])
def test_the_master_tables_of_tightened_and_of_reduced_inspection(severity, letter):
    lot, level = lot_of(letter)
    (row,) = (row for row in rows(f"iso2859_single_{severity}.csv") if row["code_letter"] == letter)
    for aql, (size, accept) in plans_of(row).items():
        found = standard_plan(lot, level, float(aql), severity)
        assert (found.n, found.accept) == (min(size, lot), accept), aql


@pytest.mark.parametrize(
    "row", rows("iso2859_single_above_10.csv"), ids=lambda r: f"{r['severity']} {r['code_letter']}"
)
def test_the_master_tables_of_nonconformities_per_100_units(row):
    lot, level = lot_of(row["code_letter"])
    for aql in AQLS[16:]:
        size, accept = map(int, row[f"{aql:g}"].split(":"))
        found = standard_plan(lot, level, aql, row["severity"])
        assert (found.n, found.accept) == (min(size, lot), accept), aql


@pytest.mark.parametrize("aql", [15.0, 100.0, 1000.0])
def test_lots_with_the_acceptable_nonconformities_are_mostly_accepted(aql):
    found = sampling_plan(lot=400, aql=aql)
    assert found.curve == "poisson"
    assert 0.87 < np.interp(aql / 100, [r.share for r in found.rows], [r.accepted for r in found.rows]) < 0.999
    assert found.even_share * found.size == pytest.approx(found.accept + 2 / 3, abs=0.02)  # the median of Poisson's law
    assert "nonconformities, reject with" in found.plan
    assert any("per 100 units" in r for r in found.remarks)


@pytest.mark.parametrize("row", rows("z14_single_reduced.csv"), ids=lambda r: r["code_letter"])
def test_reduced_plans_lie_in_the_gap_that_the_standard_closed(row):
    """Same sizes as in ANSI/ASQ Z1.4, and an Ac between its Ac and its Re; ISO has arrows for its plans of 0 and 2."""
    lot, level = lot_of(row["code_letter"])
    for aql, (size, accept, reject) in plans_of(row).items():
        found = standard_plan(lot, level, float(aql), "reduced")
        if (accept, reject) != (0, 2):
            assert found.n == min(size, lot), aql
            assert accept <= found.accept < reject, aql


@given(st.sampled_from(AQLS[:16]), st.integers(2, 10**6), st.sampled_from(sorted(LEVELS)))
def test_tightened_plans_accept_less_and_reduced_ones_inspect_less(aql, lot, level):
    p = np.array([aql / 100, 4 * aql / 100])
    normal, tight, reduced = (standard_plan(lot, level, aql, s) for s in ("normal", "tightened", "reduced"))
    assert np.all(probability(tight, p) <= probability(normal, p) + 1e-12)
    assert reduced.n <= normal.n
    assert all(plan.accept < plan.n <= lot for plan in (normal, tight, reduced))


@pytest.mark.parametrize("severity", ["normal", "tightened"])
@pytest.mark.parametrize("aql", AQLS[:16])
def test_lots_of_the_acceptable_quality_are_mostly_accepted(aql, severity):
    """As the standard intends: from 88 to 99 % of them under normal inspection (domain of ISO 2859-1, 5.1)."""
    for lot in (500, 5000, 50_000):
        accepted = probability(standard_plan(lot, "II", aql, severity), np.array([aql / 100]))[0]
        assert accepted > (0.87 if severity == "normal" else 0.75)


@pytest.mark.parametrize(
    ("found", "severities", "then"),
    [
        ([0] * 10, ["normal"] * 10, "reduced"),  # ten lots that would pass a tighter AQL: 10 x 3 = 30
        ([0] * 9, ["normal"] * 9, "normal"),
        ([3, 0, 0, 0, 3], ["normal"] * 5, "tightened"),  # 2 of 5
        ([3, 0, 0, 0, 0, 3], ["normal"] * 6, "normal"),  # 2 of 6
        ([3, 3, 0, 0, 0, 0, 0], ["normal"] * 2 + ["tightened"] * 5, "normal"),
        ([3, 3, 0, 0, 0, 0], ["normal"] * 2 + ["tightened"] * 4, "tightened"),
        ([3, 3, 9, 9, 0, 9, 9, 9], ["normal"] * 2 + ["tightened"] * 6, "stopped"),
        ([*[0] * 10, 5], ["normal"] * 10 + ["reduced"], "normal"),
        ([0] * 5 + [2] + [0] * 5, ["normal"] * 11, "normal"),  # one that would not pass a tighter AQL: 0 again
    ],
)
def test_switching_rules(found, severities, then):
    """Code letter J, AQL 1.0: 80 units, Ac 2; with an AQL of 0.65 Ac 1."""
    lots, after = switched(found, 1000, "II", 1.0)
    assert [lot.severity for lot in lots] == severities
    assert after == then


@given(st.integers(1, 200), st.integers(0, 10), st.floats(0, 1), st.floats(0, 1))
def test_better_lots_are_never_accepted_less(n, accept, p, q):
    if accept >= n:
        return
    found = probability(Plan.single(n, accept), np.sort(np.array([p, q])))
    assert found[0] >= found[1] - 1e-12


def test_a_small_lot_is_inspected_whole():
    found = sampling_plan(lot=10, level="II", aql=0.65)
    assert found.size == 10
    assert any("every unit" in r for r in found.remarks)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"aql": 1.1}, "none of the standard's"),
        ({"aql": 15.0, "curve": "hypergeometric"}, "nonconformities per 100 units"),
        ({"lot": 1}, "at least 2"),
        ({"history": "0, x"}, "bad units of each lot"),
        ({"basis": "single", "size": 5, "accept": 5}, "no plan"),
        ({"basis": "double", "size": 5, "accept": 1, "reject": 2, "size2": 5, "accept2": 3}, "double plan"),
        ({"basis": "find", "good": 5.0, "bad": 1.0}, "must be better"),
        ({"basis": "single", "lot": 0, "size": 5, "curve": "hypergeometric"}, "of one lot"),
    ],
)
def test_what_is_no_plan_is_told(settings, said):
    with pytest.raises(BadQuestion, match=said):
        sampling_plan(**settings)
