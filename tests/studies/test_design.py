"""Planned experiments: what textbooks say of designs, and effects that were planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion
from andon.studies.quality import designs, forbidden
from andon.studies.quality.design import design
from andon.studies.quality.effects import lenth
from andon.studies.quality.factors import factors_of

FIVE = ", ".join(f"{n} 1..2" for n in "ABCDE")


@pytest.mark.parametrize(
    ("kind", "factors", "settings", "runs", "resolution"),
    [
        ("full", "A 1..2, B 1..2, C 1..2", {}, 8, "full"),
        ("full", "A 1|2|4, B 1..2, C 1..2", {}, 12, "full"),
        ("fraction", FIVE, {"wanted": 5}, 16, "V"),
        ("fraction", FIVE, {"wanted": 3}, 8, "III"),
        ("fraction", ", ".join(f"{n} 1..2" for n in "ABCDEFG"), {"wanted": 4}, 16, "IV"),
        ("screening", ", ".join(f"x{i} 1..2" for i in range(11)), {}, 12, "III"),
        ("full", "A p|q|r, B 1..2, C s|t|u|v", {}, 24, "full"),
        ("optimal", "A p|q|r, B 1..2, C s|t|u|v", {"model": "linear"}, 11, ""),
        ("composite", "A 1..2, B 1..2, C 1..2", {"centres": 6}, 20, ""),
        ("box-behnken", "A 1..2, B 1..2, C 1..2", {"centres": 3}, 15, ""),
        ("optimal", "A 1..2, B 1..2, C 1..2", {"runs": 10}, 10, ""),
    ],
)
def test_designs_have_the_runs_and_the_resolution_of_the_books(kind, factors, settings, runs, resolution):
    found = design(factors, kind, **settings)
    assert (found.runs, len(found.rows), found.resolution) == (runs, runs, resolution)
    assert sorted(r.standard for r in found.rows) == list(range(1, runs + 1))


@pytest.mark.parametrize("k", [3, 7, 11, 15, 19])
def test_plackett_burman_columns_are_orthogonal(k):
    coded = designs.screening(k)
    assert len(coded) % 4 == 0
    assert np.array_equal(coded.T @ coded, len(coded) * np.eye(k))


@pytest.mark.parametrize(("k", "wanted"), [(5, 3), (5, 5), (6, 4), (7, 3), (7, 4), (9, 4)])
def test_fractions_hide_nothing_below_their_resolution(k, wanted):
    coded = designs.fraction(k, wanted)
    found = designs.resolution(coded)
    assert found is None or found >= wanted
    mixed = designs.aliases(coded)
    if wanted >= 4:
        assert all(len(other) == 2 for term, others in mixed.items() if len(term) == 1 for other, _ in others) is True
        assert not any(others for term, others in mixed.items() if len(term) == 1)
    if wanted >= 5:
        assert not any(mixed.values())


def test_optimal_runs_are_the_orthogonal_ones_where_these_exist():
    levels = [[-1.0, 1.0]] * 3
    found = designs.optimal(levels, "linear", 8, 1)
    assert designs.efficiency(found, "linear") == pytest.approx(1.0)


def test_optimal_runs_are_no_worse_than_the_librarys():
    """pyDOE3 by Fedorov's exchange over the same 27 points, full quadratic model of three factors, 14 runs."""
    from pyDOE3.doe_optimal import optimal_design

    grid = designs.factorial(3, [3, 3, 3])
    theirs, _ = optimal_design(candidates=grid, n_points=14, degree=2, criterion="D", method="fedorov")
    ours = designs.optimal([[-1.0, 0.0, 1.0]] * 3, "quadratic", 14, 1)
    assert designs.efficiency(ours, "quadratic") >= designs.efficiency(theirs, "quadratic") - 1e-9


@pytest.mark.parametrize(
    ("levels", "names", "runs"),
    [
        ([[-1.0, 0.0, 1.0]] * 2, (3, 3), 9),
        ([[-1.0, 0.0, 1.0]] * 4, (3, 3, 3, 3), 9),  # Taguchi's L9
        ([[-1.0, 0.0, 1.0], [-1.0, 1.0], [-1.0, 1.0]], (3, 0, 2), 12),
    ],
)
def test_optimal_runs_of_names_are_the_orthogonal_ones_where_these_exist(levels, names, runs):
    found = designs.optimal(levels, "linear", runs, 1, names)
    assert designs.efficiency(found, "linear", names) == pytest.approx(1.0)


def wrong_oven(t, minutes, catalyst):
    return (float(t) >= 175 and minutes == "30") or (catalyst != "A" and float(minutes) < 20)


def wrong_press(t, minutes, pressure):
    return (t == "200" and minutes == "30") or (float(t) > 175 and pressure == "1")


@pytest.mark.parametrize(
    ("factors", "model", "forbidden", "wrong"),
    [
        ("T 150|175|200, t 10|20|30, c A|B|C", "linear", "T>=175 & t=30; c!=A & t<20", wrong_oven),
        ("T 150..200, t 10..30, p 1..3", "quadratic", "T=200 & t=30; T > 175 & p=1.0", wrong_press),
        ("T 150..200, t 10..30, p 1..3", "linear", "T=200 & t=30; T > 175 & p=1", wrong_press),
    ],
)
def test_an_optimal_plan_leaves_out_what_is_forbidden_and_still_tells_its_model(factors, model, forbidden, wrong):
    found = design(factors, "optimal", model, forbidden=forbidden)
    for run in found.rows:
        assert not wrong(*(part.split("=")[1] for part in run.settings.split(", ")))
    assert 0.2 < found.efficiency <= design(factors, "optimal", model).efficiency + 1e-9


def test_optimal_runs_without_forbidden_ones_are_no_worse_than_the_librarys():
    """pyDOE3 by Fedorov's exchange over the points that are left, full quadratic model of three factors, 14 runs."""
    from pyDOE3.doe_optimal import optimal_design

    levels = [[-1.0, 0.0, 1.0]] * 3
    barred = forbidden.barred(factors_of("A -1..1, B -1..1, C -1..1"), levels, "A=1 & B=1; B<0 & C>=0; A=-1 & C=-1")
    grid = designs.factorial(3, [3, 3, 3])
    left = grid[barred.may(grid)]
    assert len(left) == 27 - 3 - 6 - 3
    theirs, _ = optimal_design(candidates=left, n_points=14, degree=2, criterion="D", method="fedorov")
    ours = designs.optimal(levels, "quadratic", 14, 1, barred=barred)
    assert barred.may(ours).all()
    assert designs.efficiency(ours, "quadratic") >= designs.efficiency(theirs, "quadratic") - 1e-9


def test_names_have_no_squares():
    found = design("A p|q|r, B 1..2, C s|t", "optimal", "quadratic", seed=3)
    assert found.efficiency > 0.3
    assert {r.settings.split(", ")[0] for r in found.rows} == {"A=p", "A=q", "A=r"}
    assert {r.settings.split(", ")[1] for r in found.rows} == {"B=1", "B=1.5", "B=2"}


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 5), st.sampled_from([2, 4]), st.integers(0, 9))
def test_blocks_are_equal_and_hide_no_main_effect(k, blocks, seed):
    factors = ", ".join(f"f{i} 1..2" for i in range(k))
    found = design(factors, blocks=blocks, seed=seed)
    of = np.array([r.block for r in sorted(found.rows, key=lambda r: r.standard)])
    coded = designs.factorial(k, [2] * k)
    assert {int((of == b).sum()) for b in range(1, blocks + 1)} == {2**k // blocks}
    for b in range(1, blocks + 1):
        assert np.all(coded[of == b].sum(axis=0) == 0)
    assert [r.block for r in found.rows] == sorted(r.block for r in found.rows)


def test_the_same_seed_gives_the_same_order_and_another_seed_another():
    one, two, other = (design(FIVE, seed=s) for s in (4, 4, 5))
    assert one == two
    assert [r.standard for r in one.rows] != [r.standard for r in other.rows]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(-9, 9), min_size=6, max_size=6), st.integers(0, 99))
def test_planted_coefficients_come_back_whatever_the_order(coefficients, seed):
    """y = a + bA + cB + dC + eAB + fAC in coded units, without noise."""
    plan = design("A 10..20, B 1..3, C -5..5", seed=seed)
    a, b, c, d, e, f = coefficients
    results = []
    for row in plan.rows:
        said = dict(part.split("=") for part in row.settings.split(", "))
        x, y, z = (float(said["A"]) - 15) / 5, float(said["B"]) - 2, float(said["C"]) / 5
        results.append(a + b * x + c * y + d * z + e * x * y + f * x * z)
    found = design("A 10..20, B 1..3, C -5..5", seed=seed, results=", ".join(map(str, results)))
    told = {t.term: t.coefficient for t in found.effects}
    names = ("constant", "A", "B", "C", "A x B", "A x C", "B x C")
    assert [told[n] for n in names] == pytest.approx([*coefficients, 0], abs=1e-9)


# Box, Hunter & Hunter's pilot plant: temperature, concentration, catalyst; yields in standard order.
PILOT = [60, 72, 54, 68, 52, 83, 45, 80]


def test_box_hunter_and_hunters_pilot_plant():
    """Effects 23, -5, 1.5 and T x K 10 (Statistics for Experimenters, 2nd edition, table 5.4)."""
    factors = "T 160..180, C 20..40, K A|B"
    order = [r.standard for r in design(factors).rows]
    found = design(factors, results=", ".join(str(PILOT[s - 1]) for s in order))
    told = {e.term: e.effect for e in found.effects}
    assert [told[n] for n in ("T", "C", "K", "T x C", "T x K", "C x K")] == pytest.approx([23, -5, 1.5, 1.5, 10, 0])
    active = [e.term for e in found.effects if e.active]
    assert {"T", "T x K"} <= set(active)


# Montgomery's batteries: hours by plate material and temperature, four of each.
BATTERIES = {
    ("1", "cold"): [130, 155, 74, 180],
    ("1", "mild"): [34, 40, 80, 75],
    ("1", "hot"): [20, 70, 82, 58],
    ("2", "cold"): [150, 188, 159, 126],
    ("2", "mild"): [136, 122, 106, 115],
    ("2", "hot"): [25, 70, 58, 45],
    ("3", "cold"): [138, 110, 168, 160],
    ("3", "mild"): [174, 120, 150, 139],
    ("3", "hot"): [96, 104, 82, 60],
}


def test_montgomerys_batteries_with_three_names_each():
    """Design and Analysis of Experiments, 8th edition, table 5.5: the table of variance, and the means of table 5.4."""
    factors = "material m1|m2|m3, air cold|mild|hot"
    left = {key: list(values) for key, values in BATTERIES.items()}
    results = []
    for run in design(factors, replicates=4).rows:
        said = dict(part.split("=") for part in run.settings.split(", "))
        results.append(left[said["material"][1:], said["air"]].pop())
    found = design(factors, replicates=4, results=", ".join(map(str, results)))
    told = [(s.term, s.freedom, round(s.squares, 2), round(s.f, 2)) for s in found.sources]
    assert told == [("material", 2, 10683.72, 7.91), ("air", 2, 39118.72, 28.97), ("material x air", 4, 9613.78, 3.56)]
    assert [s.p for s in found.sources] == pytest.approx([0.0020, 0.0, 0.0186], abs=5e-5)
    assert found.deviation**2 == pytest.approx(675.21, abs=5e-3)
    size = {e.term: e.coefficient for e in found.effects}
    assert size["constant"] == pytest.approx(105.53, abs=5e-3)
    assert [size["constant"] + size[f"material=m{i}"] for i in (1, 2, 3)] == pytest.approx(
        [83.17, 108.33, 125.08], abs=5e-3
    )
    cell = "material=m1", "air=cold", "material=m1 x air=cold"
    assert size["constant"] + sum(size[t] for t in cell) == pytest.approx(134.75)
    one = next(e for e in found.effects if e.term == "air=hot")
    assert (one.effect, one.margin) == (None, None)
    assert one.error == pytest.approx(found.deviation * np.sqrt((1 / 12) * (1 - 1 / 3)))


def test_lenth_is_that_of_his_paper():
    """Box & Meyer's welding data as in Lenth 1989: 15 contrasts, PSE 0.15, ME 0.385 by t(0.975; 5)."""
    contrasts = [0.13, -0.15, -0.30, -0.15, 0.40, -0.03, 0.38, 0.40, -0.05, 0.43, 0.13, 0.13, -0.38, 2.15, 3.10]
    sizes = np.abs(contrasts)
    first = 1.5 * np.median(sizes)
    pse = 1.5 * np.median(sizes[sizes < 2.5 * first])
    assert lenth(contrasts, 0.95) == pytest.approx(2.571 * pse, rel=1e-3)


def test_centre_points_show_curvature():
    factors = "A 1..3, B 1..3"
    plan = design(factors, centres=4)
    values = [10.0 + (0.1 * i if r.point == "centre" else 5.0) for i, r in enumerate(plan.rows)]
    found = design(factors, centres=4, results=", ".join(map(str, values)))
    assert found.curvature_p is not None
    assert found.curvature_p < 0.01


def test_results_by_run_may_be_missing():
    plan = design("A 1..3, B 1..3", replicates=2)
    said = ", ".join(f"{r.run}={r.standard}" for r in plan.rows if r.run != 3)
    found = design("A 1..3, B 1..3", replicates=2, results=said)
    assert any("without a result" in r for r in found.remarks)
    assert found.deviation is not None


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"factors": "A 1..2"}, "name 2 to"),
        ({"factors": "A, B 1..2"}, "no factor"),
        ({"factors": "A 1..1, B 1..2"}, "no factor"),
        ({"factors": "A x|y|z, B 1..2", "kind": "fraction"}, "takes two levels; A has 3"),
        ({"factors": "A x|y|z, B 1..2", "kind": "optimal", "runs": 5}, "6 coefficients"),
        ({"factors": "A x|y, B 1..2", "centres": 2}, "no middle"),
        ({"factors": "A x|y, B 1..2", "kind": "composite"}, "must be numbers"),
        ({"factors": "A 1..2, B 1..2", "kind": "box-behnken"}, "three factors"),
        ({"factors": "A 1..2, B 1..2", "kind": "optimal", "model": "quadratic", "runs": 3}, "coefficients"),
        ({"factors": "A 1..2, B 1..2", "results": "1, 2"}, "2 results for 4"),
        ({"factors": "A 1..2, B 1..2", "results": "9=1"}, "no result|no run"),
        ({"factors": "A 1..2, B 1..2", "blocks": 3}, "2, 4 or 8"),
        ({"factors": "A 1..2, B 1..2", "forbidden": "A=1 & B=1"}, "leave combinations out of an optimal one"),
        ({"factors": "A 1..2, B 1..2", "kind": "optimal", "forbidden": "C=1"}, r"no condition on a factor \(A, B\)"),
        ({"factors": "A 1..2, B 1..2", "kind": "optimal", "forbidden": "A=3"}, "holds for no level of A"),
        ({"factors": "A 1..2, B 1..2", "kind": "optimal", "forbidden": "A=x"}, "A is a number"),
        ({"factors": "A x|y, B 1..2", "kind": "optimal", "forbidden": "A>x"}, "names have no order"),
        (
            {"factors": "A 1..2, B 1..2", "kind": "optimal", "forbidden": "A=1 & B=1; A=2; B=2"},
            "Hardly any|cannot be told",
        ),
        ({"factors": "A 1..2, B 1..2", "kind": "optimal", "centres": 1, "forbidden": "A>1 & B>1"}, "middle of the"),
    ],
)
def test_what_is_no_plan_is_told(given_, said):
    with pytest.raises(BadQuestion, match=said):
        design(**given_)
