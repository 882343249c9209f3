"""What every study in the catalog must keep to, asked of each one; and that the checks catch what they are for."""

from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import get_args, get_type_hints

import pytest

import andon.studies
from andon import catalog
from andon.catalog import SHELF, Study, figures, find, study
from andon.checks import CHECKS, check_study
from andon.model import States


@pytest.mark.parametrize("name", catalog.study_names())
def test_keeps_the_rules_of_the_house(name: str) -> None:
    assert check_study(find(name)) == []


def test_every_study_lies_where_the_shelf_says() -> None:
    for module in walk_packages(andon.studies.__path__, "andon.studies."):
        import_module(module.name)
    assert {s.name: s.function.__module__ for s in catalog.studies()} == SHELF


SHARELESS = {
    "alpha",
    "alpha_likely",
    "alike",
    "apart",
    "ar",
    "chi2",
    "clustered",
    "clustering",
    "correlation",
    "effect",
}
SHARELESS |= {"f", "lag", "misfit", "poisson", "radial", "shape", "statistic", "t", "variance"}
"""Counts, statistics and coefficients: they are above one or below nought, so per cent would mislead."""


def test_what_is_no_share_is_not_told_in_per_cent() -> None:
    told = {s.name: s.answer for s in catalog.studies()}
    seen = [(name, f) for name, answer in told.items() for kind in _kinds(answer) for f in figures(kind)]
    assert {f.name for _, f in seen} >= SHARELESS
    assert [(name, f.name) for name, f in seen if f.name in SHARELESS and f.unit == "1"] == []
    assert {f.unit for name, f in seen if name == "wafer-map" and f.name == "expected"} == {"{statistic}"}


def _kinds(answer: type) -> set[type]:
    """The type of an answer and those of its rows."""
    rows = [a for hint in get_type_hints(answer).values() for a in get_args(hint) if is_dataclass(a)]
    return {answer, *(k for row in rows if isinstance(row, type) for k in _kinds(row))}


@pytest.fixture
def unsound(monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study that breaks most rules; it leaves the catalog with the test."""
    monkeypatch.setattr(catalog, "STUDIES", {})

    @study()
    def hours(states: States) -> list:
        """How many hours

        Parameters
        ----------
        states
            What the machine was doing.

        Examples
        --------
        >>> 1 + 1
        3
        """
        return [states.known]

    return catalog.STUDIES["hours"]


@pytest.mark.parametrize(
    "wrong",
    [
        "must end with a full stop",
        "has no part 'References'",
        "must answer with a frozen dataclass",
        "does not do what it says",
        "never calls it",
    ],
)
def test_an_unsound_study_is_told_what_is_wrong(unsound: Study, wrong: str) -> None:
    assert any(wrong in said for said in check_study(unsound))


def test_each_check_says_what_it_asks_for() -> None:
    assert all((check.__doc__ or "").endswith(".") for check in CHECKS)
