"""Sums of squares and regressions against the certified values of NIST's Statistical Reference Datasets."""

import os
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.model import Measurements
from andon.studies.quality.anova import anova
from andon.studies.quality.least_squares import Columns, least_squares, powers
from andon.studies.quality.regression import fitting, regression

DATA = Path(os.environ.get("ANDON_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
STRD = ("SiRstv", "AtmWtAg", *(f"SmLs0{i}" for i in range(1, 10)))
DIGITS = 12
"""Certified values have 15; the data themselves are rounded where the hardest sets begin."""


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"{name} is not here: set ANDON_DATA to the folder of data sets")
    return DATA / name


def rows(file: str, skip: int = 0) -> np.ndarray:
    found = []
    for line in (folder("nist_dataplot") / file).read_text().splitlines()[skip:]:
        try:
            found.append([float(v) for v in line.split()])
        except ValueError:
            continue
    return np.array([r for r in found if r])


def digits(found: float, certified: float) -> float:
    """How many significant digits agree (NIST's log relative error)."""
    return 15.0 if found == certified else -np.log10(abs(found - certified) / abs(certified or 1.0))


def measured(groups: list[str], values: list[float]) -> Measurements:
    return Measurements.of([(i, str(i), "y", v) for i, v in enumerate(values)], lot=groups)


@pytest.mark.parametrize("name", STRD)
def test_variance_is_analysed_to_the_certified_digits_however_many_leading_digits_are_shared(name):
    text = (folder("nist_strd_scipy") / f"{name}.dat").read_text()
    told = [line.split() for line in text.splitlines() if re.match(r"\s*(Between|Within)", line)]
    begin, end = map(int, re.search(r"Data\s*\(lines\s+(\d+)\s+to\s+(\d+)\)", text).groups())
    data = [line.split() for line in text.splitlines()[begin - 1 : end] if line.strip()]
    found = anova(measured([g for g, _ in data], [float(v) for _, v in data]))
    between, within, _ = found.rows
    certified = float(told[0][-3]), float(told[1][-2]), float(told[0][-1])
    assert (between.freedom, within.freedom) == (int(told[0][-4]), int(told[1][-3]))
    assert min(map(digits, (between.squares, within.squares, between.f), certified)) > DIGITS


def numbers(text: str) -> list[float]:
    return [float(v) for v in text.split()]


LONGLEY = (
    numbers("""-3482258.63459582 15.0618722713733 -0.0358191792925910 -2.02022980381683 -1.03322686717359
            -0.0511041056535807 1829.15146461355"""),
    numbers("""890420.383607373 84.9149257747669 0.0334910077722432 0.488399681651699 0.214274163161675
            0.226073200069370 455.478499142212"""),
)
FILIP = (
    numbers("""-1467.48961422980 -2772.17959193342 -2316.37108160893 -1127.97394098372 -354.478233703349
            -75.1242017393757 -10.8753180355343 -1.06221498588947 -0.0670191154593408 -0.00246781078275479
            -0.0000402962525080404"""),
    numbers("""298.084530995537 559.779865474950 466.477572127796 227.204274477751 71.6478660875927 15.2897178747400
            2.23691159816033 0.221624321934227 0.0142363763154724 0.000535617408889821 0.00000896632837373868"""),
)


def test_longley_collinear_as_it_is_comes_out_to_the_certified_digits():
    data = rows("LONGLEY.DAT", 20)
    names = [f"x{j}" for j in range(1, 7)]
    told = Measurements.of(
        [(i, str(i), n, v) for i, row in enumerate(data) for n, v in zip(["y", *names], row, strict=True)]
    )
    found = regression(told, test="y", tests=", ".join(names))
    assert min(digits(r.coefficient, c) for r, c in zip(found.rows, LONGLEY[0], strict=True)) > DIGITS
    assert min(digits(r.error, c) for r, c in zip(found.rows, LONGLEY[1], strict=True)) > DIGITS
    assert digits(found.deviation, 304.854073561965) > DIGITS
    assert digits(found.r2, 0.995479004577296) > DIGITS
    assert digits(found.f, 330.285339234588) > DIGITS


def test_filip_tenth_power_comes_out_to_the_certified_digits():
    data = rows("FILIP.DAT", 25)
    model = fitting(data[:, 1:2], data[:, 0], ("x",), degree=10)
    assert len(data) == 82
    assert min(map(digits, model.fit.coefficient, FILIP[0])) > DIGITS
    assert min(map(digits, model.fit.error, FILIP[1])) > DIGITS
    assert digits(model.fit.sigma, 0.00334801051324544) > DIGITS


@pytest.mark.parametrize("base", [1.0, 0.1])  # Wampler1 and Wampler2
def test_wampler_quintics_have_no_residual(base):
    x, certified = np.arange(21.0), [base**k for k in range(6)]
    fit = least_squares(powers(x, 5), sum(c * x**k for k, c in enumerate(certified)))
    assert min(map(digits, fit.coefficient, certified)) > 9
    assert fit.sigma < 1e-9


# Wampler's noise: +759, -2048 and so on, orthogonal to all powers up to the fifth (StRD Wampler3 to 5).
NOISE = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048]
NOISE = np.array([*NOISE, *NOISE[-2::-1]], np.float64)


@pytest.mark.parametrize("times", [1, 100, 10_000])  # Wampler3, 4 and 5
def test_wampler_quintics_come_out_whatever_the_noise(times):
    x = np.arange(21.0)
    fit = least_squares(powers(x, 5), sum(x**k for k in range(6)) + times * NOISE)
    assert min(map(digits, fit.coefficient, [1.0] * 6)) > 9
    assert digits(fit.sigma, times * 2360.14502379268) > DIGITS
    assert digits(fit.error[0], times * 2152.32624678170) > DIGITS


def test_norris_is_a_line():
    lines = (folder("nist_strd_scipy") / "Norris.dat").read_text().splitlines()[60:96]
    data = np.array([numbers(line) for line in lines])
    model = fitting(data[:, 1:2], data[:, 0], ("x",))
    certified = [-0.262323073774029, 1.00211681802045]
    assert min(map(digits, model.fit.coefficient, certified)) > DIGITS
    assert min(map(digits, model.fit.error, [0.232818234301152, 0.000429796848199937])) > DIGITS
    assert digits(model.fit.sigma, 0.884796396144373) > DIGITS


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50), st.integers(-99, 99)), min_size=5, max_size=12),
    st.sampled_from([0, 10**6]),
)
def test_least_squares_are_those_of_exact_arithmetic(points, far):
    x = np.array([[1, a + far, b] for a, b, _ in points], np.float64)
    y = np.array([c for *_, c in points], np.float64)
    normal = [[sum(Fraction(r[i]) * Fraction(r[j]) for r in x.tolist()) for j in range(3)] for i in range(3)]
    right = [sum(Fraction(r[i]) * Fraction(v) for r, v in zip(x.tolist(), y.tolist(), strict=True)) for i in range(3)]
    exact = solved(normal, right)
    if exact is None:
        return
    found = least_squares(Columns.of(x), y).coefficient
    for ours, theirs in zip(found, exact, strict=True):
        assert ours == pytest.approx(float(theirs), rel=1e-12, abs=1e-12)


def solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """Gauss in fractions; None of a singular system."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = next((r for r in range(i, len(rows)) if rows[r][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(len(rows)):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]
