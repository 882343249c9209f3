"""Formulas that people write: NIST's nonlinear sets from both of their starts, and what is refused."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import AndonError, BadQuestion
from andon.model import Measurements
from andon.studies.quality.formulas import formula_of
from andon.studies.quality.regression import bending, regression

STRD = json.loads((Path(__file__).parents[1] / "oracles" / "nist_strd_nonlinear.json").read_text())
ROUNDED = {"Lanczos1": 2.5}
"""Digits of its errors: the data have no noise but their rounding."""
FOUND = ("Misra1a", "MGH09", "Eckerle4")


def digits(found: float, certified: float) -> float:
    """How many significant digits agree (NIST's log relative error)."""
    return 15.0 if found == certified else -np.log10(abs(found - certified) / abs(certified))


def fitted(name: str, start: str):
    said = STRD[name]
    data = np.array(said["data"])
    return bending(data[:, 1:], data[:, 0], ("y", *"uv"[: data.shape[1] - 1]), said["formula"], start)


@pytest.mark.parametrize("begin", [0, 1])
@pytest.mark.parametrize("name", STRD)
def test_a_formula_comes_out_to_the_certified_digits_from_either_start(name, begin):
    said = STRD[name]
    found = fitted(name, ", ".join(map(repr, said["starts"][begin])))
    assert min(map(digits, found.fit.coefficient, said["certified"])) > 9.5
    assert min(map(digits, found.fit.error, said["errors"])) > ROUNDED.get(name, 9.5)
    assert digits(found.fit.sigma, said["deviation"]) > ROUNDED.get(name, 9.5)


@pytest.mark.parametrize("name", FOUND)
def test_start_values_are_found(name):
    found, said = fitted(name, ""), STRD[name]
    assert min(map(digits, found.fit.coefficient, said["certified"])) > 9.5
    assert any("search" in r for r in found.remarks)


def test_what_a_fitted_formula_tells():
    data = STRD["Misra1a"]["data"]
    rows = [(i, str(i), t, v) for i, row in enumerate(data) for t, v in zip(("volume", "pressure"), row, strict=True)]
    found = regression(
        Measurements.of(rows),
        test="volume",
        tests="pressure",
        formula="b1 * (1 - exp(-b2*pressure))",
        start="b1=500, b2=0.0001",
    )
    b1, b2 = found.rows
    assert (b1.term, b2.term, found.formula) == ("b1", "b2", "b1 * (1 - exp(-b2*pressure))")
    reach = 2.17881282966723  # t of 12 degrees, 97.5 %
    assert b1.high - b1.coefficient == pytest.approx(reach * 2.7070075241, rel=1e-9)
    assert found.correlations[0].correlation == pytest.approx(-0.999, abs=5e-4)
    assert (found.f, b1.inflation, len(found.points)) == (None, None, 14)
    assert found.r2 > 0.9999


def test_exact_derivatives_are_those_of_small_steps():
    read = formula_of("a*sin(b*x)^2/(1+sqrt(x)) + log(c+x)*tanh(x/c) - abs(a)**b + atan(x)*-a", ["x"])
    x, at, step = np.linspace(0.1, 3, 7), np.array([1.3, 0.7, 2.1]), 1e-6
    slope = read.at({"x": x}, at)[1]
    for j, unit in enumerate(np.eye(3)):
        up, down = (read.values({"x": x}, at + s * step * unit) for s in (1, -1))
        assert slope[:, j] == pytest.approx((up - down) / (2 * step), rel=1e-7, abs=1e-8)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("__import__('os').system('ls')", "not understood"),
        ("a.real * x", "not understood"),
        ("a if x else b", "not understood"),
        ("eval(a)", "not understood"),
        ("a * x; b", "no formula"),
        ("a * (x", "no formula"),
        ("", "no formula"),
        ("2 * x", "0 coefficients"),
        ("a * 'x'", "not understood"),
        ("True * a * x", "not understood"),
        ("a + y * x", "left of ~"),
        ("log(z) ~ a + b * x", "no 'z'"),
        ("log(y - 9) ~ a + b * x", "cannot be computed"),
        ("a*x+" * 300 + "b", "characters"),
        ("a * x + " + "9" * 400, "not understood"),
        ("-" * 200 + "a*x", "one in the other"),
        ("(" * 300 + "a" + ")" * 300, "no formula"),
    ],
)
def test_what_is_no_formula_is_refused_by_its_part(formula, said):
    with pytest.raises(BadQuestion, match=said):
        bending(np.arange(1.0, 9)[:, None], np.arange(1.0, 9), ("y", "x"), formula)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"start": "b1=1, b2=x"}, "no start value"),
        ({"start": "b9=1"}, "no start value"),
        ({"start": "1"}, "give one each"),
        ({"degree": 2}, "whole model"),
        ({"formula": "", "start": "1, 2"}, "have a start"),
        ({"formula": "b1 + b2 + x"}, "combination"),
        ({"formula": "log(b1)", "start": "1e160"}, "no slope"),
        ({"formula": "b1 * log(-x - b2)", "start": "1, 1"}, "cannot be computed"),
    ],
)
def test_settings_that_do_not_fit_a_formula(changed, said):
    rows = [(i, str(i), t, v) for i in range(9) for t, v in (("x", float(i)), ("y", 1.0 + i % 4))]
    with pytest.raises(AndonError, match=said):
        regression(Measurements.of(rows), **{"test": "y", "tests": "x", "formula": "b1 * b2^x"} | changed)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab xy12.+-*/^()[]~,eE%!'_", max_size=40))
def test_no_text_does_more_than_being_refused(text):
    with suppress(AndonError):
        bending(np.arange(1.0, 7)[:, None], np.arange(1.0, 7) ** 1.5, ("y", "x"), text, "")
