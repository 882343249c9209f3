"""Yield models: formulas, fault density from windows of dies, and counted defects."""

import csv
from math import exp
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData
from andon.model import Measurements, Units
from andon.studies.yields.defect_density import defect_density
from andon.studies.yields.models import MODELS, dies_per_wafer, faults, share
from andon.studies.yields.places import dies
from andon.studies.yields.windows import counted
from andon.studies.yields.yield_model import picture, yield_model
from tested import disc, wafers

ORACLES = Path(__file__).parent.parent / "oracles"
COLUMNS = {
    "poisson": ("poisson", 1.0),
    "murphy": ("murphy", 1.0),
    "seeds_exponential": ("exponential", 1.0),
    "moore_sqrt": ("root", 1.0),
    "uniform_rect": ("uniform", 1.0),
    "nb_alpha0.5": ("negative binomial", 0.5),
    "nb_alpha1": ("negative binomial", 1.0),
    "nb_alpha2": ("negative binomial", 2.0),
    "nb_alpha5": ("negative binomial", 5.0),
    "bose_einstein_n8": ("bose-einstein", 8.0),
}
RADIUS = 16
X, Y = disc(RADIUS)


def oracle() -> list[dict[str, str]]:
    with (ORACLES / "yield_models.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("column", COLUMNS)
def test_each_formula_gives_the_known_yields(column: str) -> None:
    model, shape = COLUMNS[column]
    for row in oracle():
        assert share(model, float(row["AD"]), shape) == pytest.approx(float(row[column]), rel=1e-6)


@settings(deadline=None)
@given(st.sampled_from(sorted(MODELS)), st.floats(0.01, 0.999), st.floats(0.3, 20.0))
def test_faults_undo_the_yield(model: str, yield_: float, shape: float) -> None:
    found = faults(model, yield_, shape)
    assert found is not None
    assert share(model, found, shape) == pytest.approx(yield_, rel=1e-6)


@settings(deadline=None)
@given(st.floats(0.01, 5.0))
def test_models_are_each_others_limits(x: float) -> None:
    assert share("negative binomial", x, 1.0) == pytest.approx(share("exponential", x))
    assert share("negative binomial", x, 1e9) == pytest.approx(share("poisson", x), rel=1e-6)
    assert share("poisson", x) <= share("murphy", x) <= share("uniform", x) <= share("exponential", x)


def test_dies_on_a_wafer_are_those_of_the_formula() -> None:
    assert dies_per_wafer(300, 100) == pytest.approx(640.2151, abs=1e-4)
    assert dies_per_wafer(200, 25) == pytest.approx(1167.779, abs=1e-3)
    with pytest.raises(BadQuestion, match="no room"):
        dies_per_wafer(10, 5, edge=6)


def test_windows_are_counted_like_by_hand() -> None:
    rng = np.random.default_rng(3)
    failed = rng.random(len(X)) < 0.2
    found = dies(wafers({"W": failed}, RADIUS))
    good = {(x, y): not f for x, y, f in zip(X.tolist(), Y.tolist(), failed, strict=True)}
    shapes = {(a, b) for a in range(1, 5) for b in range(1, 5) if a * b == 6}
    whole = [[good.get((x + i, y + j)) for i in range(a) for j in range(b)] for a, b in shapes for x, y in good]
    kept = [w for w in whole if None not in w]
    told = counted(found, ~failed[np.lexsort((X, Y))])
    place = told.sizes.tolist().index(6)
    assert (told.windows[0, place], told.passed[0, place]) == (len(kept), sum(all(w) for w in kept))


def lots(seed: int, number: int, faults_: float, *, alpha: float | None = None, systematic: float = 1.0) -> Units:
    """Wafers whose faults fall by chance (for alpha: more on some), after columns were lost."""
    rng = np.random.default_rng(seed)
    lost = np.quantile(X, systematic, method="inverted_cdf") < X
    failed = {}
    for k in range(number):
        rate = faults_ if alpha is None else rng.gamma(alpha, faults_ / alpha)
        failed[str(k)] = (rng.random(len(X)) > exp(-rate)) | lost
    return wafers(failed, RADIUS)


@pytest.mark.parametrize("seed", range(3))
def test_faults_that_fall_by_chance_are_told_as_such(seed: int) -> None:
    found = yield_model(lots(seed, 25, 0.15), area=50.0)
    assert found.best == "poisson"
    assert found.faults == pytest.approx(0.15, abs=0.01)
    assert found.systematic == pytest.approx(1.0, abs=0.01)
    assert found.d0 == pytest.approx(0.30, abs=0.02)
    assert found.d0 == pytest.approx(found.faults * 2)


def test_a_systematic_loss_is_no_fault_density() -> None:
    found = yield_model(lots(1, 25, 0.1, systematic=0.85))
    lost = (np.quantile(X, 0.85, method="inverted_cdf") < X).mean()
    assert found.systematic == pytest.approx(1 - lost, abs=0.02)
    assert found.faults == pytest.approx(0.1, abs=0.015)
    alone = next(m.faults_alone for m in found.models if m.model == "poisson")
    assert alone > 0.2  # what single dies alone would make of it


@pytest.mark.parametrize("seed", range(2))
def test_clustered_faults_tell_their_alpha(seed: int) -> None:
    found = yield_model(lots(seed, 300, 0.3, alpha=2.0))
    assert found.best == "negative binomial"
    assert found.alpha == pytest.approx(2.0, rel=0.4)
    assert found.faults_low < 0.3 < found.faults_high


def test_limits_hold_the_truth_as_often_as_they_say() -> None:
    held = [(f := yield_model(lots(seed, 12, 0.2)), f.faults_low <= 0.2 <= f.faults_high)[1] for seed in range(40)]
    assert np.mean(held) >= 0.95 - 3 * (0.95 * 0.05 / 40) ** 0.5


def test_yield_is_what_is_systematic_times_what_is_random() -> None:
    found = yield_model(lots(2, 10, 0.2, systematic=0.9), area=40.0)
    assert found.systematic * found.random_yield == pytest.approx(found.die_yield, abs=0.01)
    same = next(a for a in found.areas if a.area == 40.0)
    assert same.die_yield == pytest.approx(found.die_yield, abs=0.01)
    assert same.good == pytest.approx(same.dies * same.die_yield)
    assert [a.die_yield for a in found.areas] == sorted((a.die_yield for a in found.areas), reverse=True)


def test_few_wafers_and_perfect_ones_are_said() -> None:
    found = yield_model(wafers({"W1": X > 99}, RADIUS))
    assert (found.die_yield, found.best) == (1.0, "")
    assert any("no model" in f for f in found.flags)
    assert any("1 wafers are too few" in f for f in found.flags)
    assert picture(found).rows


def test_impossible_settings_are_refused() -> None:
    units = wafers({"W1": X > 9}, RADIUS)
    for wrong in ({"area": 0.0}, {"alpha": -1.0}, {"layers": 0}):
        with pytest.raises(BadQuestion, match="must be above 0"):
            yield_model(units, **wrong)
    with pytest.raises(NoData, match="verdict"):
        yield_model(Units.of([0], "a", wafer="W", x=[0], y=[0]))


def counts() -> list[int]:
    return [int(row) for row in (ORACLES / "defects_per_die_nb.csv").read_text().split()[1:]]


def defects(found: list[float]) -> Measurements:
    return Measurements.of([(i, f"die {i}", "defects", d) for i, d in enumerate(found)])


def test_alpha_of_counted_defects_is_the_known_one() -> None:
    found = defect_density(defects(counts()), area=50.0)
    assert found.mean == pytest.approx(0.746667, abs=1e-6)
    assert found.variance == pytest.approx(1.193133, abs=1e-6)
    assert found.alpha == pytest.approx(1.24872, abs=1e-5)
    assert found.alpha_likely == pytest.approx(1.238732, abs=1e-6)
    assert found.d0 == pytest.approx(0.746667 * 2, abs=2e-6)
    assert found.flags == ("defects cluster: Poisson's yield is too low",)


def test_the_expected_numbers_of_units_add_up() -> None:
    found = defect_density(defects(counts()))
    assert sum(c.units for c in found.counts) == found.units
    assert sum(c.poisson for c in found.counts) == pytest.approx(found.units, rel=1e-3)
    assert sum(c.clustered for c in found.counts) == pytest.approx(found.units, rel=0.02)
    yields = {m.model: m.defect_free for m in found.models}
    assert yields["negative binomial"] == pytest.approx(found.counts[0].clustered / found.units)
    assert yields["poisson"] == pytest.approx(exp(-found.mean))


def test_defects_that_do_not_cluster_have_no_alpha() -> None:
    found = defect_density(defects([1] * 50))
    assert (found.alpha, found.alpha_likely, found.p) == (None, None, pytest.approx(1.0))


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(BadQuestion, match="which is no number of defects"):
        defect_density(defects([1, 0.5]))
