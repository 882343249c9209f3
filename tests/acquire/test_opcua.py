"""The OPC UA client against another maker's server: values, qualities, gaps, freezes, security, browsing."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from asyncua.client.client import Client
from opcua_peer import PRESS, heard, link

from andon.acquire.gather import Gather, Health, Site
from andon.acquire.gather.connections import OPEN
from andon.acquire.link import Packet
from andon.acquire.opcua import browse, opcua, trial
from andon.acquire.opcua.security import own
from andon.config import read_plant
from andon.errors import NotConnected
from andon.historian import Historian
from andon.model import Window
from servers import Server, free_port, needs_node, node, running, until

pytestmark = needs_node
ALL = Window(0, OPEN)
PLANT = """[plant]
name = "works"
zone = "UTC"
[[source]]
name = "press"
connector = "opcua"
url = "{url}"
sampling = "50 ms"
publishing = "200 ms"
[[machine]]
path = "line-1/press"
[machine.signals.total_count]
source = "press"
address = "nsu=urn:andon:press;s=Counter"
[machine.signals.level]
role = "level"
unit = "mm"
source = "press"
address = "nsu=urn:andon:press;s=Level"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("press")


@pytest.fixture(scope="module")
def press(folder: Path) -> Iterator[Server]:
    """A press with the companion models, strict about certificates; items v0 to v99 change ten times a second."""
    options = {"companions": True, "strict": True, "items": 100}
    with running(node(folder, "opcua_server.js", free_port(), json.dumps(options))) as server:
        yield server


@pytest.fixture
def url(press: Server) -> str:
    return f"opc.tcp://127.0.0.1:{press.port}/press"


async def sessions(url: str) -> int:
    """How many sessions the server has, by its own diagnostics, without the one that asks."""
    async with Client(url) as client:
        return int(await client.get_node("i=2277").read_value()) - 1


@pytest.mark.parametrize(
    ("name", "value", "text", "quality"),
    [
        ("Small", -100.0, None, 0),
        ("Int16", -12.0, None, 0),
        ("UInt32", 4294967295.0, None, 0),
        ("Int64", -9007199254740992.0, "-9007199254740993", 0),
        ("UInt64", 18446744073709551616.0, "18446744073709551615", 0),
        ("Float", 21.5, None, 0),
        ("On", 1.0, None, 0),
        ("Serial", None, "000123", 0),
        ("Built", None, "2026-10-01T06:00:00.250000Z", 0),
        ("Guid", None, "72962b91-fa75-4ae6-8d28-b404dc7daf63", 0),
        ("Tag", None, "cafe", 0),
        ("Text", None, "läuft", 0),
        ("State", 1.0, None, 0),
        ("Temps", None, "[1.5,2.5,3.5]", 0),
        ("Temps -> [1]", 2.5, None, 0),
        ("Temps -> [9]", None, None, 0x80370000),  # BadIndexRangeNoData
        ("Grid", None, "[[1,2,3],[4,5,6]]", 0),
        ("Grid -> [1][2]", 6.0, None, 0),
        ("Made -> AccCount", 345.0, None, 0),
        ("Made -> Name", None, "bottles", 0),
        ("Sick", None, None, 0x808B0000),  # BadDeviceFailure
        ("Vague", 7.0, None, 0x40900000),  # UncertainLastUsableValue
        ("Nowhere", None, None, 0x80340000),  # BadNodeIdUnknown
    ],
)
def test_what_the_server_says_arrives_as_it_is(said, name, value, text, quality):
    row = said[PRESS + name][0]
    assert (row["value"], row["text"], row["quality"]) == (value, text, quality)


NAMES = [
    "Small",
    "Int16",
    "UInt32",
    "Int64",
    "UInt64",
    "Float",
    "On",
    "Serial",
    "Built",
    "Guid",
    "Tag",
    "Text",
    "State",
    "Temps",
    "Grid",
    "Sick",
    "Vague",
    "Nowhere",
]
INSIDE = ("Temps -> [1]", "Temps -> [9]", "Grid -> [1][2]", "Made -> AccCount", "Made -> Name")


@pytest.fixture(scope="module")
def said(press: Server, tmp_path_factory: pytest.TempPathFactory):
    source = link(tmp_path_factory.mktemp("said"), *(PRESS + n for n in (*NAMES, *INSIDE)))
    address = f"opc.tcp://127.0.0.1:{press.port}/press"
    return asyncio.run(heard(source, address, lambda rows: len(rows) == len(NAMES) + len(INSIDE)))


def test_a_structure_as_a_whole_is_json(url, tmp_path):
    rows = asyncio.run(heard(link(tmp_path, PRESS + "Made"), url, bool))
    made = json.loads(rows[PRESS + "Made"][0]["text"])
    assert (made["Name"], made["Count"], made["AccCount"]) == ("bottles", 12, 345)
    assert made["Unit"]["NamespaceUri"] == "http://www.opcfoundation.org/UA/units/un/cefact"


def test_refused_addresses_are_told_and_disturb_no_other(url, tmp_path):
    packets: list[Packet] = []
    source = link(tmp_path, PRESS + "Nowhere", "not an address", PRESS + "Counter")
    rows = asyncio.run(heard(source, url, lambda r: len(r.get(PRESS + "Counter", [])) > 5, packets))
    assert [r["quality"] for r in rows["not an address"]] == [0x80330000]  # BadNodeIdInvalid, said once
    told = [p.said for p in packets if p.said]
    assert "2 of 3 addresses are refused" in told[0]
    assert "Nowhere (BadNodeIdUnknown)" in told[0]


def test_a_full_queue_of_the_server_shows_as_the_overflow_bit(url, tmp_path):
    rows = asyncio.run(
        heard(
            link(tmp_path, PRESS + "Counter"),
            url,
            lambda r: any(one["quality"] == 0x480 for one in r.get(PRESS + "Counter", [])),
            queue=2,
            sampling=50_000,
            publishing=1_000_000,
        )
    )
    assert all(
        one["value"] is not None for one in rows[PRESS + "Counter"]
    )  # Good, and a value: only others were dropped


def test_many_items_over_several_subscriptions_arrive(url, tmp_path):
    source = link(tmp_path, *(f"{PRESS}v{n}" for n in range(100)))
    rows = asyncio.run(
        heard(source, url, lambda r: len(r) == 100 and all(len(v) > 3 for v in r.values()), per_subscription=30)
    )
    assert all(one["value"] == int(one["value"]) for v in rows.values() for one in v)


def test_what_history_remembers_fills_the_gap(url, tmp_path):
    since = time.time_ns() // 1000 - 2_000_000
    until(lambda: time.time_ns() // 1000 > since + 4_000_000)  # the server has run longer than the gap is long
    packets: list[Packet] = []
    source = link(tmp_path, PRESS + "Counter", PRESS + "Level", heard=since)
    rows = asyncio.run(heard(source, url, lambda r: any(p.filled for p in packets), packets))
    assert [p.filled for p in packets if p.filled] == [since]
    counted = sorted({one["value"] for one in rows[PRESS + "Counter"] if one["at"].timestamp() * 1e6 >= since})
    assert counted == [counted[0] + n for n in range(len(counted))]
    assert len(counted) >= 30


def test_a_gap_stays_where_one_signal_has_no_history(url, tmp_path):
    packets: list[Packet] = []
    source = link(tmp_path, PRESS + "Counter", PRESS + "v0", heard=time.time_ns() // 1000 - 1_000_000)
    asyncio.run(heard(source, url, lambda r: len(r.get(PRESS + "Counter", [])) > 15, packets))
    assert not any(p.filled for p in packets)


def test_from_the_server_to_the_history_and_the_gap_of_a_restart_is_filled(url, tmp_path):
    (tmp_path / "plant.toml").write_text(PLANT.format(url=url), "utf-8")
    plant = read_plant(tmp_path)
    with Historian.open(tmp_path / "history") as history:

        def count() -> int:
            return history.samples("line-1/press/total_count", ALL).num_rows

        for enough in (5, 40):
            gather = Gather(Site(tmp_path / "sources", history, lambda source, key: None))
            gather.change(plant)
            until(lambda enough=enough: count() >= enough, 20)
            assert gather.status()["press"].health is Health.CONNECTED
            gather.stop()
            at = time.monotonic()
            until(lambda at=at: time.monotonic() > at + 1.5)  # nobody listens meanwhile
        stored = history.samples("line-1/press/total_count", ALL)["value"].to_pylist()
        assert stored == [stored[0] + n for n in range(len(stored))]
        assert "filled" in {text for _, _, text in history.spells("connection", "press", ALL).rows()}
    assert asyncio.run(sessions(url)) == 0


def test_a_frozen_server_is_left_and_found_again_with_one_session(press, url, tmp_path):
    (tmp_path / "plant.toml").write_text(PLANT.format(url=url), "utf-8")
    with Historian.open(tmp_path / "history") as history:
        gather = Gather(Site(tmp_path / "sources", history, lambda source, key: None))
        gather.change(read_plant(tmp_path))
        until(lambda: gather.status()["press"].samples > 5, 20)
        press.freeze()
        try:
            until(lambda: gather.status()["press"].health is Health.LOST, 20)
        finally:
            press.thaw()
        thawed = time.time_ns() // 1000
        until(lambda: gather.status()["press"].health is Health.CONNECTED, 15)
        until(lambda: history.samples("line-1/press/level", Window(thawed, OPEN)).num_rows > 5)
        assert asyncio.run(sessions(url)) == 1
        gather.stop()


KILLED = """
import asyncio, sys
from pathlib import Path
from opcua_peer import PRESS, heard, link
asyncio.run(heard(link(Path(sys.argv[2]), PRESS + "Counter"), sys.argv[1], lambda r: r and print("up", flush=True)))
"""


def test_what_a_killed_process_left_behind_is_taken_over(url, tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = [sys.executable, "-c", KILLED, url, str(tmp_path)]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert killed.stdout is not None
    assert killed.stdout.readline() == b"up\n"
    killed.kill()
    killed.wait()
    killed.stdout.close()

    async def next_one() -> int:
        async with aclosing(opcua(link(tmp_path, PRESS + "Counter"), url)) as stream:
            async for packet in stream:
                if packet.rows is not None:
                    return await sessions(url)
        raise AssertionError("the stream ended")

    assert asyncio.run(next_one()) == 1
    assert asyncio.run(sessions(url)) == 0


def test_browsing_tells_units_kinds_states_and_what_companion_models_mean(url, tmp_path):
    offers = {o.path[-2:] if len(o.path) > 1 else o.path: o for o in asyncio.run(browse(link(tmp_path), url))}
    pressure = offers["Press 3", "Pressure"]
    assert (pressure.address, pressure.kind, pressure.unit) == (PRESS + "Pressure", "number", "bar")
    assert pressure.value == 180.5
    assert "hydraulic pressure" in pressure.why
    assert "0.0 to 250.0" in pressure.why
    assert offers["Press 3", "State"].keys == {"states": {"0": "idle_no_order", "1": "producing", "2": "fault"}}
    told = {name: (o.role, o.kind, dict(o.keys)) for name, o in offers.items() if o.role}
    assert told["Status", "StateCurrent"] == ("state", "state", {"states": "packml"})
    assert told["MachineryItemState", "CurrentState"] == ("state", "state", {"states": "machinery"})
    assert told["MachineryOperationMode", "CurrentState"][0] == "mode"
    assert told["Status", "CurMachSpeed"][:2] == ("speed", "number")
    assert offers["Counter",].kind == "integer"


def test_trying_says_step_by_step_what_is_well_and_what_is_not(url, tmp_path):
    steps = asyncio.run(trial(link(tmp_path, PRESS + "Counter", PRESS + "counter"), url))
    assert [(s.step, s.well) for s in steps] == [
        ("network", True),
        ("endpoints", True),
        ("session", True),
        ("addresses", False),
        ("subscription", True),
    ]
    assert "Basic256Sha256/SignAndEncrypt" in steps[1].said
    assert "Names are case-sensitive" in steps[3].said


def test_nobody_there_is_said_in_plain_words(tmp_path):
    (step,) = asyncio.run(trial(link(tmp_path), f"opc.tcp://127.0.0.1:{free_port()}"))
    assert not step.well
    assert "no OPC UA server listens on this port" in step.said


def accepted(connect: Callable[[], object]) -> bool:
    """Whether the server lets us in; it takes it a moment to see a certificate that was put into its folder."""
    try:
        return bool(connect())
    except NotConnected:
        return False


def moved(rejected: Path, trusted: Path) -> bool:
    """Move what the server rejected so far, for it puts a certificate down after it refused it; whether any was."""
    for certificate in rejected.iterdir():
        shutil.move(certificate, trusted / certificate.name)
    return any(trusted.iterdir())


def test_certificates_are_shown_refused_accepted_and_remembered(url, folder, tmp_path):
    """Both sides meet for the first time: we do not know the server, then it does not know us."""
    source = link(tmp_path, PRESS + "Counter")

    def connect(**more: object) -> object:
        return asyncio.run(heard(source, url, bool, security="SignAndEncrypt", policy="Basic256Sha256", **more))

    with pytest.raises(
        NotConnected, match=r"is not trusted. It is in .*rejected.*; if it is the right one, move it to"
    ):
        connect()
    (shown,) = (tmp_path / "rejected").iterdir()
    shown.rename(tmp_path / "trusted" / shown.name)
    with pytest.raises(NotConnected, match=r"does not trust Andon's certificate. It is in .*certificate.der"):
        connect()
    until(lambda: moved(folder / "pki" / "rejected", folder / "pki" / "trusted" / "certs") and accepted(connect), 60)


@pytest.mark.parametrize(
    ("security", "policy"),
    [("Sign", "Basic256Sha256"), ("SignAndEncrypt", "Aes128Sha256RsaOaep"), ("SignAndEncrypt", "best")],
)
def test_every_safe_policy_carries_values(url, folder, tmp_path, security, policy):
    certificate, _ = own(tmp_path, f"urn:{socket.gethostname()}:andon:press")
    shutil.copy(certificate, folder / "pki" / "trusted" / "certs" / f"{tmp_path.name}.der")
    source = link(tmp_path, PRESS + "Counter", password="secret")

    def connect() -> object:
        return asyncio.run(heard(source, url, bool, security=security, policy=policy, trust="first", user="andon"))

    until(lambda: accepted(connect), 60)


def test_a_wrong_password_is_told_and_the_right_one_lets_in(url, tmp_path):
    with pytest.raises(NotConnected, match="does not accept the user 'andon' with this password"):
        asyncio.run(heard(link(tmp_path, PRESS + "Counter", password="wrong"), url, bool, user="andon"))
    assert asyncio.run(heard(link(tmp_path, PRESS + "Counter", password="secret"), url, bool, user="andon"))
