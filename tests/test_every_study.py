"""What every study in the catalog must keep to, asked of each one; and that the checks catch what they are for."""

import pytest

from andon import studies
from andon.catalog import STUDIES, Study, study
from andon.checks import CHECKS, check_study
from andon.model import States

assert studies  # importing them fills the catalog


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_keeps_the_rules_of_the_house(name: str) -> None:
    assert check_study(STUDIES[name]) == []


@pytest.fixture
def unsound(monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study that breaks most rules; it leaves the catalog with the test."""
    import andon.catalog

    monkeypatch.setattr(andon.catalog, "STUDIES", {})

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

    return andon.catalog.STUDIES["hours"]


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
