"""The examples of CONTRIBUTING.md are what they claim to be: a sound study and a connector, ready to use."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest

from andon import acquire, catalog
from andon.acquire.link import Link, Packet
from andon.checks import check_connector, check_study
from andon.errors import NotConnected

PAGE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"


@pytest.fixture
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One code block of the page as a module; the registers are as before afterwards."""
    monkeypatch.setattr(catalog, "STUDIES", {s.name: s for s in catalog.studies()})
    monkeypatch.setattr(catalog, "CONNECTORS", dict(catalog.CONNECTORS))
    monkeypatch.setattr(acquire, "CONNECTORS", catalog.CONNECTORS)
    text = PAGE.read_text(encoding="utf-8").partition(f"<!-- {request.param} -->\n```python\n")[2].partition("```")[0]
    module = ModuleType(f"contributed.{request.param}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(text, str(PAGE), "exec"), vars(module))
    return module


@pytest.mark.parametrize("example", ["study"], indirect=True)
def test_the_example_study_keeps_every_rule(example: ModuleType) -> None:
    assert check_study(catalog.find("longest-run")) == []


@pytest.mark.parametrize("example", ["connector"], indirect=True)
def test_the_example_connector_keeps_every_rule(example: ModuleType) -> None:
    assert example.__doc__
    assert check_connector("plain-log") == []


async def collect(stream: AsyncIterator[Packet], into: list[Packet]) -> None:
    async for packet in stream:
        into.append(packet)


async def logs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A logger: says its lines to whoever comes, and hangs up."""
    writer.write(LINES)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


LINES = b"".join(b"2026-10-01T06:00:%02dZ power %d\n" % (i, i) for i in range(25))


@pytest.mark.parametrize("example", ["connector"], indirect=True)
def test_the_example_connector_hears_a_logger_over_tcp(example: ModuleType, tmp_path: Path) -> None:
    async def heard() -> tuple[list[Packet], list[str], list[bool]]:
        server = await asyncio.start_server(logs, "127.0.0.1", 0)
        url = f"lines://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        link = Link("log", (), tmp_path)
        packets: list[Packet] = []
        async with server:
            with pytest.raises(NotConnected, match="has ended the connection"):
                await collect(example.plain_log(link, url, most=10), packets)
            steps = await example.trial(link, url)
            return packets, [o.address for o in await example.browse(link, url)], [s.well for s in steps]

    packets, names, well = asyncio.run(heard())
    assert [p.rows.num_rows for p in packets if p.rows is not None] == [10, 10, 5]
    assert [v for p in packets if p.rows is not None for v in p.rows["value"].to_pylist()] == list(range(25))
    assert (names, well) == (["power"], [True, True])
