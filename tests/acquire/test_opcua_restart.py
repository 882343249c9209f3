"""The OPC UA client through restarts: killed, renumbered, absent at first, stalled by a full disk."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from asyncua.client.client import Client
from cryptography import x509
from opcua_peer import heard, link, plain

from andon.acquire.gather import Gather, Health, Site
from andon.acquire.gather.connections import OPEN
from andon.acquire.link import Packet
from andon.acquire.opcua import feed, opcua, session, stream
from andon.acquire.opcua.security import own
from andon.config import read_plant
from andon.errors import NotConnected
from andon.historian import Historian
from andon.model import Window
from servers import Server, free_port, running, until

LATHE = "nsu=urn:andon:lathe;s="
PLANT = """[plant]
name = "works"
zone = "UTC"
[[source]]
name = "lathe"
connector = "opcua"
url = "opc.tcp://127.0.0.1:{port}/plain"
[[machine]]
path = "line-1/lathe"
[machine.signals.total_count]
source = "lathe"
address = "nsu=urn:andon:lathe;s=Parts"
"""


@pytest.fixture(scope="module")
def lathe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(plain(tmp_path_factory.mktemp("lathe"), free_port(), "urn:andon:lathe")) as server:
        yield server


def test_a_killed_server_that_renumbers_its_namespaces_is_found_again(tmp_path):
    """Absent at the start, then there, then killed, then back with its namespaces in another order."""
    port = free_port()
    (tmp_path / "plant.toml").write_text(PLANT.format(port=port), "utf-8")
    with Historian.open(tmp_path / "history") as history:
        gather = Gather(Site(tmp_path / "sources", history, lambda source, key: None))
        gather.change(read_plant(tmp_path))
        until(lambda: "no OPC UA server listens on this port" in gather.status()["lathe"].said)
        with running(plain(tmp_path, port, "urn:other", "urn:andon:lathe")):
            until(lambda: gather.status()["lathe"].samples >= 5)
        until(lambda: gather.status()["lathe"].health is Health.LOST)
        before = gather.status()["lathe"].samples
        with running(plain(tmp_path, port, "urn:andon:lathe", "urn:new", "urn:other")):
            until(lambda: gather.status()["lathe"].samples >= before + 5)
            gather.stop()
        spells = history.spells("connection", "lathe", Window(0, OPEN)).rows()
        assert len([s for s in spells if s[2] == "connected"]) == 2
        for since, ended, _ in (s for s in spells if s[2] == "connected"):
            assert history.samples("line-1/lathe/total_count", Window(since, ended)).num_rows >= 3


def test_a_node_that_appears_later_is_taken_up(lathe, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "AGAIN", 0.5)
    packets: list[Packet] = []
    url = f"opc.tcp://127.0.0.1:{lathe.port}/plain"

    async def grown() -> dict[str, list[dict[str, object]]]:
        source = link(tmp_path, LATHE + "Late", LATHE + "Parts")
        there = lambda r: any(p.said == "" for p in packets[1:]) and len(r[LATHE + "Late"]) > 1  # noqa: E731
        listening = asyncio.create_task(heard(source, url, there, packets))
        while not any(p.said for p in packets):
            await asyncio.sleep(0.05)
        async with Client(url) as other:
            index = await other.get_namespace_index("urn:andon:lathe")
            await other.get_node(f"ns={index};s=Grow").write_value(True)
        return await listening

    rows = asyncio.run(grown())
    assert [(r["value"], r["quality"]) for r in rows[LATHE + "Late"]] == [(None, 0x80340000), (1.5, 0)]


def test_while_nothing_is_stored_the_session_lives_and_memory_is_bounded(lathe, tmp_path, monkeypatch):
    """As with a full disk: the stream is not resumed; then it is, and goes on in the same session."""
    monkeypatch.setattr(feed, "HELD", 5)
    url = f"opc.tcp://127.0.0.1:{lathe.port}/plain"

    async def stalled() -> list[float]:
        values: list[float] = []
        async with aclosing(opcua(link(tmp_path, LATHE + "Parts"), url, queue=1_000)) as packets:
            async for packet in packets:
                values += packet.rows["value"].to_pylist() if packet.rows is not None else []
                if len(values) > 1:
                    break
            async with Client(url) as other:
                parts = other.get_node(f"ns={await other.get_namespace_index('urn:andon:lathe')};s=Parts")
                while await parts.read_value() < values[-1] + 30:
                    await asyncio.sleep(0.1)
                reached = await parts.read_value()
            async with asyncio.timeout(10):
                async for packet in packets:
                    values += packet.rows["value"].to_pylist() if packet.rows is not None else []
                    if values[-1] >= reached:
                        return values
        raise AssertionError("the stream ended")

    values = asyncio.run(stalled())
    assert values == sorted(values)
    assert len(values) > 20  # the server's queue had kept what we did not ask for


def test_a_server_that_accepts_and_says_nothing_is_left_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(session, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as mute:  # the kernel accepts; nobody reads
        url = f"opc.tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(NotConnected, match="no answer in time"):
            asyncio.run(heard(link(tmp_path, LATHE + "Parts"), url, bool))


def test_our_certificate_stays_for_years_and_its_key_is_ours_alone(tmp_path):
    certificate, key = own(tmp_path, "urn:here:andon:press")
    made = x509.load_der_x509_certificate(certificate.read_bytes())
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days > 15 * 365
    assert key.stat().st_mode & 0o077 == 0
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ["urn:here:andon:press"]
    assert own(tmp_path, "urn:here:andon:press")[0].read_bytes() == certificate.read_bytes()
