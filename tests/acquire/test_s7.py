"""Siemens S7 against the Snap7 server, which is C and not by the makers of the client: values, refusals, outages."""

import asyncio
import time

import pytest
from hearing import gathered, hear, last, link_of, stored

from andon.acquire.gather import Health
from andon.acquire.s7 import s7
from andon.acquire.s7.address import place, said
from andon.acquire.s7.look import browse, trial
from andon.errors import BadInput, NotConnected
from servers import PEERS, free_port, needs_node, node, running, until

pytest.importorskip("snap7", reason="needs python-snap7")
BUILT = PEERS / "node_modules" / "node-snap7" / "build" / "Release" / "node_snap7.node"
needs_snap7 = pytest.mark.skipif(not BUILT.exists(), reason="needs node-snap7, compiled by `make peers`")
UNKNOWN, OUT_OF_RANGE, WRONG = 0x80340000, 0x803C0000, 0x80890000
QUICK = {"every": 50_000}


@pytest.fixture(scope="module")
def plc(tmp_path_factory):
    with running(node(tmp_path_factory.mktemp("s7"), "s7_plc.js", free_port())) as server:
        yield server


def url(server) -> str:
    return f"s7://127.0.0.1:{server.port}"


VALUES = [
    ("DB1.DBD0:real", 21.5, None),
    ("DB1.DBD0", float(0x41AC0000), None),
    ("DB1.DBW4:int", -12.0, None),
    ("DB1.DBX6.0", 1.0, None),
    ("DB1.DBX6.1", 0.0, None),
    ("DB1.DBX6.5", 1.0, None),
    ("DB1.DBB6", 33.0, None),
    ("DB1.DBD8:dint", -70000.0, None),
    ("DB1.DBB12:lreal", -1234.56789, None),
    ("DB1.DBB20:ulint", 9007199254740992.0, "9007199254740993"),
    ("DB1.DBB30:string10", None, "PRESS 3"),
    ("DB1.DBB50:wstring4", None, "\u6b62\u7ebf"),
    ("DB1.DBD590:udint", 4e9, None),
    ("M10.1", 1.0, None),
    ("m10.0", 0.0, None),
]


@needs_node
@needs_snap7
def test_every_type_is_read_as_the_controller_holds_it(tmp_path, plc):
    link = link_of(tmp_path, [a for a, _, _ in VALUES])
    rows = hear(s7(link, url(plc), **QUICK), lambda rows: len(rows) == len(VALUES))
    assert {a: last(rows, a) for a, _, _ in VALUES} == {a: (value, text, 0) for a, value, text in VALUES}


@needs_node
@needs_snap7
def test_what_does_not_exist_spoils_only_itself(tmp_path, plc):
    bad = {
        "DB9.DBW0:int": UNKNOWN,
        "DB2.DBD8:real": UNKNOWN,  # two of its bytes are beyond the end
        "DB1.DBD60:real": OUT_OF_RANGE,
        "DB1.DBW0:real": WRONG,
    }
    good = ["DB1.DBD0:real", "DB2.DBW0:int", "DB2.DBW6:int", "M10.1"]
    link = link_of(tmp_path, [*good, *bad])
    rows = hear(s7(link, url(plc), **QUICK), lambda rows: len(rows) == len(good) + len(bad))
    assert {a: last(rows, a)[2] for a in [*good, *bad]} == dict.fromkeys(good, 0) | bad


@needs_node
@needs_snap7
@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_a_controller_that_is_switched_off_or_hangs_is_read_again_within_15_s(tmp_path, harm):
    server = node(tmp_path, "s7_plc.js", free_port())
    plant = gathered(tmp_path, "s7", {"url": url(server), "every": "50 ms"}, {"clock": "MW0:uint"})
    with running(server), plant as (gather, history):
        until(lambda: len(stored(history, "clock")) > 5)
        getattr(server, harm)()
        until(lambda: gather.status()["it"].health is Health.LOST)
        since = time.monotonic()
        server.start() if harm == "kill" else server.thaw()
        count = len(stored(history, "clock"))
        until(lambda: len(stored(history, "clock")) > count + 5)
        assert time.monotonic() - since < 15


@needs_node
@needs_snap7
def test_a_trial_and_browsing_say_what_is_there_and_what_to_do(tmp_path, plc):
    link = link_of(tmp_path, ["DB1.DBD0:real", "DB9.DBW0", "DB1.DBD600:real", "DB1.X0"])
    steps = {s.step: s for s in asyncio.run(trial(link, url(plc)))}
    assert steps["address DB1.DBD0:real"].said == "says 21.5."
    assert steps["address DB9.DBW0"].said == "Refused: there is no such data block."
    assert "PUT/GET" in steps["address DB1.DBD600:real"].said
    assert "no address of a Siemens controller" in steps["address DB1.X0"].said
    found = {o.address: o.value for o in asyncio.run(browse(link, url(plc)))}
    assert found["DB1.DBD0:real"] == 21.5
    assert {"DB1.DBW0:int", "DB2.DBW0:int"} <= set(found)


def test_a_controller_that_nobody_finds_is_told_with_rack_and_slot(tmp_path):
    with pytest.raises(NotConnected, match="rack 0, slot 1 does not take the connection"):
        hear(s7(link_of(tmp_path, ["M0.0"]), f"s7://127.0.0.1:{free_port()}"), lambda rows: True)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("DB1", "no address of a Siemens controller"),
        ("DB1.DBX6", "a bit is written with its byte and its number"),
        ("DB1.DBX6.8", "bits 0 to 7"),
        ("DB1.DBW0:real", "takes 4 bytes: write it with D, not W"),
        ("DB1.DBD0:lreal", "takes 8 bytes: write it with B, not D"),
        ("DB1.DBX0.0:int", "a single bit is a bool"),
        ("MB0:bool", "write its number too"),
        ("MW0:float", "'float' is no type"),
        ("DB1.DBB0:string255", "'string255' is no type"),
    ],
)
def test_an_address_that_is_none_is_told_with_what_is_wrong(address, says):
    with pytest.raises(BadInput) as told:
        place(address)
    assert says in str(told.value)


def test_a_text_that_claims_to_be_longer_than_it_is_ends_where_it_does():
    assert said(place("DB1.DBB0:string3"), b"\x03\xffABC") == (None, "ABC", 0)
