"""Modbus against devices of other makers in processes of their own: values, refusals, silence, cables pulled."""

import asyncio
import itertools
import time

import pytest
from hearing import ALL, gathered, hear, last, link_of, stored

from andon.acquire import find_connector
from andon.acquire.gather import Health
from andon.acquire.link import Link
from andon.acquire.modbus import modbus
from andon.acquire.modbus.look import browse, trial
from servers import free_port, needs_node, node, running, until

UNKNOWN, NO_COMMUNICATION, OUT_OF_RANGE, DECODING, WRONG = 0x80340000, 0x80310000, 0x803C0000, 0x80070000, 0x80890000
QUICK = {"every": 100_000, "timeout": 300_000}


@pytest.fixture(scope="module")
def device(tmp_path_factory):
    server = node(tmp_path_factory.mktemp("modbus"), "modbus_device.js", free_port())
    with running(server):
        yield server


def url(server) -> str:
    return f"modbus://127.0.0.1:{server.port}"


VALUES = [
    # as Node's Buffer wrote them
    ("holding:10:float32", 21.5, None),
    ("holding:12:float64", -1234.56789, None),
    ("holding:20:int16", -12.0, None),
    ("40021:int16", -12.0, None),
    ("400021:int16", -12.0, None),
    ("holding:20", 65524.0, None),
    ("holding:21:int32", -70000.0, None),
    ("holding:23:uint32", 4e9, None),
    ("holding:25:uint64", 9007199254740992.0, "9007199254740993"),
    ("holding:29:int64", -9007199254740992.0, "-9007199254740993"),
    ("holding:40:float32:cdab", 21.5, None),
    ("holding:42:float32:badc", 21.5, None),
    ("holding:44:float32:dcba", 21.5, None),
    ("holding:46:bcd32", 12345678.0, None),
    ("holding:50:string10", None, "PRESS 3"),
    ("holding:56:bit3", 1.0, None),
    ("holding:56:bit4", 0.0, None),
    ("input:7:int16", 1007.0, None),
    ("30008", 1007.0, None),
    ("coil:3", 1.0, None),
    ("coil:4", 0.0, None),
    ("discrete:4", 1.0, None),
    ("3/holding:10", 7.0, None),
]


@needs_node
def test_every_type_and_order_is_read_as_another_maker_wrote_it(tmp_path, device):
    link = link_of(tmp_path, [a for a, _, _ in VALUES])
    rows = hear(modbus(link, url(device), **QUICK), lambda rows: len(rows) == len(VALUES))
    assert {a: last(rows, a) for a, _, _ in VALUES} == {a: (value, text, 0) for a, value, text in VALUES}


@needs_node
def test_a_bad_address_or_register_spoils_only_itself(tmp_path, device):
    bad = {
        "holding:62": UNKNOWN,  # in the hole
        "holding:300:float32": UNKNOWN,  # beyond the end
        "holding:48:bcd": DECODING,
        "holding:58:float32": OUT_OF_RANGE,  # not a number
        "hodling:3": WRONG,
        "2/holding:10": NO_COMMUNICATION,  # a unit that does not answer
    }
    good = ["holding:56", "holding:59", "holding:72", "holding:10:float32", "3/holding:1"]
    link = link_of(tmp_path, [*good, *bad])
    rows = hear(modbus(link, url(device), spare=20, **QUICK), lambda rows: len(rows) == len(good) + len(bad))
    assert {a: last(rows, a)[2] for a in [*good, *bad]} == dict.fromkeys(good, 0) | bad
    assert all(last(rows, a)[0] is None for a in bad)


@needs_node
def test_registers_that_a_device_does_not_even_refuse_spoil_only_themselves(tmp_path, device):
    wanted = {"holding:10:float32": 0, "holding:152": NO_COMMUNICATION, "holding:190": 0}
    stream = modbus(link_of(tmp_path, list(wanted)), url(device), spare=5, **QUICK)
    rows = hear(stream, lambda rows: len(rows) == 3)
    assert {a: last(rows, a)[2] for a in rows} == wanted


@needs_node
def test_a_unit_that_is_silent_does_not_slow_the_others_down(tmp_path, device):
    link = link_of(tmp_path, ["1/holding:0", "2/holding:0", "3/holding:0"])
    rows = hear(modbus(link, url(device), **QUICK), lambda rows: len(rows.get("1/holding:0", [])) >= 25)
    at = [row["at"].timestamp() for row in rows["1/holding:0"][1:]]  # after the first round
    waits = sorted(b - a for a, b in itertools.pairwise(at))
    assert waits[len(waits) // 2] < 0.25  # 0.1 s, the rounds' clock; a silence in each would cost 0.3 s
    assert last(rows, "2/holding:0")[2] == NO_COMMUNICATION


@needs_node
def test_the_time_of_a_value_lies_between_request_and_answer(tmp_path, device):
    before = time.time()
    rows = hear(modbus(link_of(tmp_path, ["holding:10"]), url(device), **QUICK), lambda rows: bool(rows))
    assert before < rows["holding:10"][0]["at"].timestamp() < time.time()


@needs_node
def test_what_stays_the_same_is_kept_once_in_again_and_what_changes_with_its_last_moment(tmp_path, device):
    addresses = ["holding:0", "holding:10:float32"]  # a clock of tenths of a second, and a constant
    link = link_of(tmp_path, addresses)
    stream = modbus(link, url(device), every=20_000, again=1_000_000)
    rows = hear(stream, lambda rows: len(rows.get("holding:10:float32", [])) == 3)
    at = [row["at"].timestamp() for row in rows["holding:10:float32"]]
    assert all(1.0 <= b - a < 2.0 for a, b in itertools.pairwise(at))
    clock = [(row["at"].timestamp(), row["value"]) for row in rows["holding:0"]]
    assert len(clock) < 60  # of some 100 rounds: two for each of the 20 changes
    waits = sorted(b[0] - a[0] for a, b in itertools.pairwise(clock) if a[1] != b[1])
    assert waits[len(waits) // 2] < 0.06  # the old value is told to have held until the round before the new one


@needs_node
@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_a_device_that_is_switched_off_or_hangs_is_read_again_within_15_s(tmp_path, harm):
    server = node(tmp_path, "modbus_device.js", free_port())
    plant = gathered(
        tmp_path, "modbus", {"url": url(server), "every": "100 ms", "timeout": "300 ms"}, {"clock": "holding:0"}
    )
    with running(server), plant as (gather, history):
        until(lambda: len(stored(history, "clock")) > 5)
        getattr(server, harm)()
        until(lambda: gather.status()["it"].health is Health.LOST)
        assert f"127.0.0.1:{server.port}" in gather.status()["it"].said
        since = time.monotonic()
        server.start() if harm == "kill" else server.thaw()
        until(lambda: gather.status()["it"].health is Health.CONNECTED, 15)
        count = len(stored(history, "clock"))
        until(lambda: len(stored(history, "clock")) > count + 5)
        assert time.monotonic() - since < 15
        gather.stop()
        (_, lost, _), (back, _, _) = history.spells("connection", "it", ALL).rows()[:2]
        assert not [at for at, *_ in stored(history, "clock") if lost + 1_000_000 < at < back - 1_000_000]


def test_a_connection_that_nobody_takes_is_told_with_its_address(tmp_path):
    port = free_port()
    with pytest.raises(Exception, match=rf"Nobody takes the connection at 127\.0\.0\.1:{port}"):
        hear(modbus(link_of(tmp_path, ["holding:0"]), f"modbus://127.0.0.1:{port}"), lambda rows: True)


@needs_node
def test_a_trial_says_what_is_wrong_and_what_to_try(tmp_path, device):
    link = link_of(tmp_path, ["holding:10:float32", "holding:300", "holding:x", "2/holding:0", "holding:48:bcd"])
    steps = {s.step: s for s in asyncio.run(trial(link, url(device), timeout=300_000))}
    assert steps["connect"].well
    assert steps["address holding:10:float32"].said == "says 21.5."
    assert "Try input:300" in steps["address holding:300"].said
    assert "after 'holding:' comes the number" in steps["address holding:x"].said
    assert "Is 2 the unit id" in steps["address 2/holding:0"].said
    assert "(12f4) are no bcd16" in steps["address holding:48:bcd"].said
    assert [s.well for s in steps.values()].count(False) == 4


@needs_node
def test_a_range_is_scanned_only_when_asked_and_shows_what_exists(tmp_path, device):
    nothing = Link("source", (), tmp_path)
    assert asyncio.run(browse(nothing, url(device), timeout=300_000)) == []
    found = asyncio.run(browse(nothing, url(device), timeout=300_000, scan="holding:55-75"))
    assert [o.address for o in found] == [f"holding:{n}" for n in range(55, 76) if not 60 <= n < 70]


def test_the_connector_is_found_by_its_name_with_its_schemes():
    found = find_connector("modbus")
    assert found.schemes == ("modbus", "modbus+tcp", "modbus+rtu")
