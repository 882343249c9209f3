"""What every study in the catalog must keep to, asked of each one; and that the checks catch what they are for."""

import re
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import get_args, get_type_hints

import pytest

import andon.studies
from andon import catalog, page
from andon.catalog import SHELF, Study, figures, find, study
from andon.checks import CHECKS, check_study
from andon.model import States
from andon.surfaces.cli import show
from andon.surfaces.cli.desk import Desk
from andon.surfaces.mcp.figures import figure
from andon.surfaces.report.dossier import written
from andon.surfaces.report.writing import Writing

CHANCES = re.compile(r"p|q|\w+_p|false_share|lots_chance|site_chance|rarity")
"""How figures are called that are p-values, or made of them."""


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


def test_a_p_value_is_a_probability_and_not_a_ratio_that_is_told_in_per_cent() -> None:
    modules = [import_module(m.name) for m in walk_packages(andon.studies.__path__, "andon.studies.")]
    rows = {c for m in modules for n, c in vars(m).items() if is_dataclass(c) and not n.startswith("_")}
    rows = {c for c in rows if any(CHANCES.fullmatch(f.name) for f in fields(c))}
    found = {(c.__name__, f.name): f.unit for c in rows for f in figures(c) if CHANCES.fullmatch(f.name)}
    assert list(found.values()).count("{p}") > 30
    assert [name for name, unit in found.items() if unit == "1"] == []


@pytest.mark.parametrize(("value", "said"), [(0.00041, "0.0004"), (3e-9, "< 0.0001"), (0.25, "0.2500")])
def test_every_face_tells_a_p_value_alike(value: float, said: str) -> None:
    desk = Desk("en", lambda: andon)
    assert (show.figure(value, "{p}", desk), show.heading(desk, "p", "{p}")) == (said, "p")
    assert figure(value, "{p}", "UTC") == written(Writing("en", "UTC"), value, "{p}") == said
    assert page.text_list([("p", value, "{p}")]) == [f"p {said}"]


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
