"""Sigma within subgroups: against what simulated samples do."""

import numpy as np
import pytest

from andon.errors import UnknownName
from andon.studies.quality.constants import d2
from andon.studies.quality.spread import METHODS, overall, within


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 4])
def test_sigma_is_unbiased_and_scatters_as_its_degrees_of_freedom_say(method: str, size: int) -> None:
    if size == 1 and method != "moving range":
        assert within(np.arange(5.0), np.arange(5), method) is None
        return
    chance = np.random.default_rng(7)
    groups = np.repeat(np.arange(24 // size), size)
    found = [within(chance.normal(3, 2, 24), groups, method) for _ in range(4000)]
    sigmas = np.array([f.value for f in found if f])
    assert sigmas.mean() == pytest.approx(2, rel=0.01)
    assert found[0] is not None
    freedom = found[0].freedom
    assert sigmas.std() / 2 == pytest.approx(np.sqrt(1 / (2 * freedom)), rel=0.04)


def test_subgroups_of_different_sizes_each_count_with_their_own_constant() -> None:
    values, groups = np.array([1.0, 3.0, 2.0, 4.0, 9.0]), np.array([0, 0, 1, 1, 1])
    sigma = within(values, groups, "range")
    assert sigma is not None
    assert sigma.value == pytest.approx((2 / d2(2) + 7 / d2(3)) / 2)


def test_single_values_make_moving_ranges_and_others_are_pooled() -> None:
    values = np.array([1.0, 3.0, 2.0, 4.0])
    assert within(values, np.arange(4)) == within(values, np.arange(4), "moving range")
    assert within(values, np.array([0, 0, 1, 1])) == within(values, np.array([0, 0, 1, 1]), "pooled")
    assert overall(values).freedom == 3


def test_one_value_has_no_spread() -> None:
    assert within(np.array([1.0]), np.array([0])) is None


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(UnknownName, match="way to estimate sigma"):
        within(np.arange(4.0), np.arange(4), "median")
