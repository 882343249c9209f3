"""What every connector must keep to, asked of each one; and that the checks catch what they are for."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

import andon.catalog
from andon.acquire import OURS, connectors
from andon.catalog import connector
from andon.checks import CONNECTOR_CHECKS, check_connector
from andon.checks.connectors import documented

HERE = [n for n in connectors() if n not in OURS or find_spec(f"andon.acquire.{OURS[n]}")]


@pytest.mark.parametrize("name", HERE)
def test_keeps_the_rules_of_the_house(name: str) -> None:
    assert check_connector(name) == []


@pytest.fixture
def unsound(monkeypatch: pytest.MonkeyPatch) -> str:
    """A connector that breaks most rules; it leaves the catalog with the test."""
    monkeypatch.setattr(andon.catalog, "CONNECTORS", dict(andon.catalog.CONNECTORS))
    monkeypatch.setattr("andon.acquire.CONNECTORS", andon.catalog.CONNECTORS)

    async def browse(link: object, host: str, timeout: str = "") -> list[object]:
        return []

    @connector(schemes=("ECHO://",), browse=browse)
    def echo(source: str, password: str, timeout: int = 3) -> Iterator[int]:
        """Echo

        Parameters
        ----------
        password
            What it wants.
        timeout
            How long it takes.

        Examples
        --------
        ::

            [[source]]
            name = "echo"
            connector = "echo"
            timeout = "long"
        """
        yield 1

    return "echo"


@pytest.mark.parametrize(
    "wrong",
    [
        "must end with a full stop",
        "'password' is a secret",
        "must be an async generator",
        "first parameter must be the link",
        "no scheme of a URL",
        "no setting `url`",
        "it has no trial",
        "browse takes 'host', which is no setting",
        "browse takes 'timeout' as",
        "its example is wrong",
        "needs 'password'",
        "no [machine.signals] with an address",
    ],
)
def test_an_unsound_connector_is_told_what_is_wrong(unsound: str, wrong: str) -> None:
    assert any(wrong in said for said in check_connector(unsound))


def test_each_check_says_what_it_asks_for() -> None:
    assert documented in CONNECTOR_CHECKS
    assert all((check.__doc__ or "").endswith(".") for check in CONNECTOR_CHECKS)
