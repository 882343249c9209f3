"""Sparkplug with edge nodes of another maker (Eclipse Tahu) and payloads of a third (pysparkplug)."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from listening import AtWork, at_work, looked, speaker, write_plant

from andon.acquire.gather import Health
from andon.acquire.link import BAD_NO_COMMUNICATION, BAD_NO_DATA, UNCERTAIN_LAST_USABLE_VALUE, Link, rows_of
from andon.acquire.sparkplug.births import offers
from andon.acquire.sparkplug.browse import browse, trial
from andon.acquire.sparkplug.nodes import Nodes
from andon.acquire.sparkplug.table import Table, Wanted
from andon.acquire.spb import Metric, Type, born, encode, integer, numbers, parse, parse_metric, scan, value
from andon.plant import Signal
from servers import ROOT, Server, free_port, mosquitto, needs_mosquitto, needs_node, node, running, until

PAYLOADS = json.loads((ROOT / "tests" / "oracles" / "sparkplug_payloads.json").read_text())["payload_hex"]
RAW = {kind: bytes.fromhex(text) for kind, text in PAYLOADS.items()}
SAID = {
    "Line1/Temp": (21.5, None),
    "Line1/Count": (-5.0, None),
    "Line1/I8": (-1.0, None),
    "Line1/I16": (-300.0, None),
    "Line1/I64": (-9000000000.0 + 0.0, None),
    "Line1/U32": (4000000000.0, None),
    "Line1/U64": (9223372036854775813.0, "9223372036854775813"),
    "Line1/Dbl": (np.pi, None),
    "Line1/State": (None, "RUN"),
}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    with running(mosquitto(tmp_path / "broker", free_port())) as server:
        yield server


def edge(tmp_path: Path, broker: Server, name: str = "line-1", metrics: int = 20, period: int = 100) -> Server:
    return node(tmp_path, "spb_edge.js", broker.port, "works", name, "press", metrics, period)


def link_of(*addresses: str, kind: str = "number") -> Link:
    signals = tuple(
        Signal(path=f"l/m/s{i}", machine="l/m", name=f"s{i}", role="other", kind=kind, address=a)
        for i, a in enumerate(addresses)
    )
    return Link("hall", signals, Path())


def heard(link: Link, *messages: tuple[str, bytes]) -> list[dict[str, object]]:
    """The rows of messages, in their order."""
    nodes = Nodes(Wanted.of(link), lambda name: None, reorder=2, patience=5)
    for topic, raw in messages:
        nodes.hear(topic, raw, 1_700_000_100_000, 0.0)
    return [r | {"at": int(r["at"].timestamp() * 1000)} for r in nodes.rows(0.0).table().to_pylist()]


def test_payloads_of_another_maker_say_what_they_were_made_of():
    """Signed integers travel as two's complement, in their own width or in a wider one."""
    metrics = {m.name: m for m in parse(RAW["NBIRTH"]).metrics}
    assert {name: value(metrics[name], metrics[name].datatype) for name in SAID} == SAID


def test_births_and_data_of_another_maker_become_rows():
    link = link_of("g/e//Line1/Temp", "g/e//Line1/Count")
    rows = heard(link, ("spBv1.0/g/NBIRTH/e", RAW["NBIRTH"]), ("spBv1.0/g/NDATA/e", RAW["NDATA"]))
    assert [(r["address"].rpartition("/")[2], r["at"], r["value"]) for r in rows] == [
        ("Temp", 1700000000000, 21.5), ("Count", 1700000000000, -5.0),
        ("Temp", 1700000000990, 22.25), ("Count", 1700000000995, -6.0),
    ]  # fmt: skip
    rows = heard(link, ("spBv1.0/g/NBIRTH/e", RAW["NBIRTH"]), ("spBv1.0/g/NDEATH/e", RAW["NDEATH"]))
    assert [(r["at"], r["quality"]) for r in rows[2:]] == [(1_700_000_100_000, BAD_NO_COMMUNICATION)] * 2


@given(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8]), st.integers(-(2**63), 2**64 - 1), st.booleans())
def test_an_integer_comes_back_from_either_way_of_writing_it(datatype, number, wide):
    bits = {1: 8, 2: 16, 3: 32, 4: 64, 5: 8, 6: 16, 7: 32, 8: 64}[datatype]
    number %= 2**bits
    number -= 2**bits if datatype <= 4 and number >= 2 ** (bits - 1) else 0
    assert integer(number % (2**64 if wide else 2**bits), datatype) == number


METRICS = st.builds(
    lambda alias, at, typed, null: Metric("x", typed[0], None if null else typed[1], at, alias=alias),
    st.integers(0, 300),
    st.integers(1, 2**42),
    st.one_of(
        st.tuples(st.just(Type.DOUBLE), st.floats(allow_nan=True)),
        st.tuples(st.just(Type.FLOAT), st.floats(width=32)),
        st.tuples(st.sampled_from([Type.INT8, Type.INT32, Type.UINT8]), st.integers(-128, 127)),
        st.tuples(st.sampled_from([Type.INT64, Type.UINT64]), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just(Type.BOOLEAN), st.booleans()),
        st.tuples(st.just(Type.STRING), st.text(max_size=200)),
    ),
    st.booleans(),
)


@given(st.lists(METRICS, max_size=12))
@settings(deadline=None, max_examples=50)
def test_metrics_read_all_at_once_are_those_that_protocol_buffers_read_one_by_one(metrics):
    frame = parse(encode(metrics, 7), "Frame")
    found = scan(frame.metrics)
    values, exact = numbers(found, np.array([m.type for m in metrics], dtype=np.int64))
    for row, (metric, raw) in enumerate(zip(metrics, frame.metrics, strict=True)):
        slow = parse_metric(raw)
        if found.plain[row] and exact[row]:
            assert (int(found.alias[row]), int(found.at[row])) == (slow.alias, slow.timestamp)
            assert values[row] == value(slow, metric.type)[0]
        else:
            number, text = value(slow, metric.type)
            assert number is None or text is not None or slow.is_null


@given(st.sampled_from(["NBIRTH", "NDATA", "DBIRTH", "DDATA"]), st.binary(max_size=40), st.integers(0, 400))
@example("NDATA", b"\x12\x03\x0a\x01\xff", 400)
@example("NBIRTH", b"\x12\x03\x0a\x01\xff", 400)
@example("NDATA", b"\x12\x05\x10\x01\x7a\x01\xff", 400)
@settings(deadline=None)
def test_no_bytes_at_all_stop_the_host(kind, raw, cut):
    link = link_of("g/e//Line1/Temp", "g/e/d/Line1/Temp")
    damaged = RAW["NBIRTH"][:cut] + raw + b"\x18\x01"
    topic = f"spBv1.0/g/{kind}/e" + ("/d" if kind[0] == "D" else "")
    rows = heard(link, ("spBv1.0/g/NBIRTH/e", RAW["NBIRTH"]), (topic, damaged), ("spBv1.0/g/NDATA/e", RAW["NDATA"]))
    assert rows[0]["value"] == 21.5


def test_types_of_all_kinds_are_kept_what_they_are():
    cases = [
        ("when", Type.DATETIME, 1790805600500, "2026-09-30T22:00:00.500Z"),
        ("uuid", Type.UUID, "6f1c", "6f1c"),
        ("bytes", Type.BYTES, b"\x00\xff", "AP8="),
        ("i8", Type.INT8_ARRAY, bytes([0xE9, 0x7B]), "[-23,123]"),
        ("i16", Type.INT16_ARRAY, bytes([0x30, 0x8A, 0x30, 0x7D]), "[-30160,32048]"),
        ("f", Type.FLOAT_ARRAY, np.array([1.5, -2], "<f4").tobytes(), "[1.5,-2.0]"),
        ("b", Type.BOOLEAN_ARRAY, bytes([12, 0, 0, 0, 0b00110101, 0b11010000]),
         "[false,false,true,true,false,true,false,true,true,true,false,true]"),
        ("s", Type.STRING_ARRAY, b"ABC\x00hello\x00", '["ABC","hello"]'),
        ("odd", Type.INT32_ARRAY, b"\x01", "AQ=="),
    ]  # fmt: skip
    link = link_of(*(f"g/e//{name}" for name, *_ in cases), kind="text")
    metrics = [Metric(name, datatype, given, 1000) for name, datatype, given, _ in cases]
    rows = heard(link, ("spBv1.0/g/NBIRTH/e", born(metrics, 1000, 0)))
    assert [r["text"] for r in rows] == [said for *_, said in cases]


def test_data_sets_are_json_and_members_of_templates_have_their_own_address():
    payload = parse(born([], 1000, 0))
    table = payload.metrics.add(name="table", datatype=Type.DATASET)
    table.dataset_value.columns.extend(["n", "text"])
    table.dataset_value.types.extend([Type.INT16, Type.STRING])
    row = table.dataset_value.rows.add()
    row.elements.add(int_value=65535)
    row.elements.add(string_value="x")
    motor = payload.metrics.add(name="Motor 1", datatype=Type.TEMPLATE, alias=9)
    motor.template_value.template_ref = "Motor"
    motor.template_value.metrics.add(name="Speed", datatype=Type.INT16, int_value=65535)
    data = parse(encode([], 2000, 1))
    again = data.metrics.add(alias=9, timestamp=1500)
    again.template_value.metrics.add(name="Speed", int_value=7)
    link = link_of("g/e//table", "g/e//Motor 1/Speed")
    rows = heard(
        link, ("spBv1.0/g/NBIRTH/e", payload.SerializeToString()), ("spBv1.0/g/NDATA/e", data.SerializeToString())
    )
    assert [(r["at"], r["value"], r["text"]) for r in rows] == [
        (1000, None, '{"columns":["n","text"],"rows":[[-1,"x"]]}'), (1000, -1.0, None), (1500, 7.0, None)
    ]  # fmt: skip


def test_quality_null_history_and_transience_are_honoured():
    link = link_of(*(f"g/e//{n}" for n in ("good", "bad", "stale", "null", "old", "passing")))
    metrics = [
        Metric("good", Type.DOUBLE, 1.0, 900, quality=192),
        Metric("bad", Type.DOUBLE, 1.0, 900, quality=0),
        Metric("stale", Type.DOUBLE, 1.0, 900, quality=500),
        Metric("null", Type.DOUBLE, None, 900),
        Metric("old", Type.DOUBLE, 5.0, 1000),
        Metric("passing", Type.DOUBLE, 5.0, 1000),
    ]
    data = parse(encode([Metric("old", Type.DOUBLE, 4.0, 500, historical=True)], 2000, 1))
    data.metrics.add(name="passing", timestamp=2000, double_value=6.0, is_transient=True)
    rows = heard(link, ("spBv1.0/g/NBIRTH/e", born(metrics, 1000, 0)), ("spBv1.0/g/NDATA/e", data.SerializeToString()))
    told = {(r["address"].rpartition("/")[2], r["at"]): (r["value"], r["quality"]) for r in rows}
    assert told == {
        ("good", 900): (1.0, 0), ("good", 1000): (1.0, 0),
        ("bad", 900): (None, 0x80000000), ("bad", 1000): (None, 0x80000000),
        ("stale", 900): (1.0, UNCERTAIN_LAST_USABLE_VALUE), ("stale", 1000): (1.0, UNCERTAIN_LAST_USABLE_VALUE),
        ("null", 900): (None, BAD_NO_DATA), ("null", 1000): (None, BAD_NO_DATA),
        ("old", 1000): (5.0, 0), ("old", 500): (4.0, 0), ("passing", 1000): (5.0, 0),
    }  # fmt: skip


def test_a_birth_table_names_its_units():
    metrics = [Metric("Power", Type.FLOAT, 12.5, properties={"engUnit": "kW"}), Metric("On", Type.BOOLEAN, True)]
    found = offers({("g", "e", "d"): parse(encode(metrics, 1, 1, birth=True))})
    assert [(o.address, o.path, o.kind, o.unit, o.value) for o in found] == [
        ("g/e/d/Power", ("g", "e", "d", "Power"), "number", "kW", 12.5),
        ("g/e/d/On", ("g", "e", "d", "On"), "boolean", "", 1.0),
    ]
    assert rows_of([]).num_rows == 0
    assert Table(Wanted((), {}, frozenset()), "g/e/d/").entries == []


SIGNALS = {
    "m1": ("number", "works/line-1/press/m1"),
    "m9": ("number", "works/line-1/press/m9"),
    "int16": ("integer", "works/line-1//Numbers/Int16"),
    "big": ("integer", "works/line-1/press/Big"),
}


def fresh(work: AtWork, name: str = "m1") -> None:
    """Wait until something good comes that was not there yet."""
    before = len(work.rows(name))
    until(lambda: len(work.rows(name)) > before and work.rows(name)[-1]["quality"] == 0, 20, "new data")


@needs_mosquitto
@needs_node
def test_an_edge_node_is_heard_dies_and_comes_back_and_so_does_the_broker(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "sparkplug", SIGNALS, url=f"mqtt://127.0.0.1:{broker.port}")
    with running(edge(tmp_path, broker)) as server, at_work(folder) as work:
        work.connected()  # the node was born before we came: it is asked for its births
        fresh(work)
        assert set(work.values("int16")) == {-300.0}
        assert {r["quality"] for r in work.rows("m9")} >= {0, BAD_NO_DATA}
        until(lambda: len(work.rows("m1")) >= 8)
        ticks = [int(v) for v in work.values("m1")]
        assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))  # every third is plain, others are compressed
        server.kill()
        until(lambda: work.rows("m1")[-1]["quality"] == BAD_NO_COMMUNICATION)
        server.start()
        fresh(work)
        broker.kill()
        until(lambda: work.health() is Health.LOST)
        broker.start()
        began = time.monotonic()
        work.connected(15)
        fresh(work)
        assert time.monotonic() - began < 15


@needs_mosquitto
@needs_node
def test_browse_asks_for_births_and_a_trial_hears_a_node(tmp_path, broker):
    link = Link("hall", (), tmp_path / "w" / "sources" / "hall")
    url = f"mqtt://127.0.0.1:{broker.port}"
    with running(edge(tmp_path, broker, metrics=2)) as server:
        until(lambda: "listening" in server.log.read_text() or server.process.poll() is None)
        offers = {o.address: (o.kind, o.unit, o.value) for o in asyncio.run(browse(link, url))}
        assert offers["works/line-1/press/Power"] == ("number", "kW", 12.5)
        assert offers["works/line-1//Numbers/Int8"] == ("integer", "", -1.0)
        assert not [a for a in offers if "Node Control" in a or "bdSeq" in a]
        assert [(t.step, t.well) for t in asyncio.run(trial(link, url))] == [
            ("connection", True), ("login", True), ("subscription", True), ("first message", True)
        ]  # fmt: skip


@needs_mosquitto
def test_a_node_that_does_not_answer_is_not_taken_for_unchanged(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "sparkplug", SIGNALS, url=f"mqtt://127.0.0.1:{broker.port}")
    with at_work(folder) as work:
        work.connected()
        until(lambda: [r["quality"] for r in work.rows("m1")] == [BAD_NO_COMMUNICATION])
        until(lambda: work.said() == "edge nodes that are not there: works/line-1")


@needs_mosquitto
def test_a_look_does_not_say_that_a_host_is_there(tmp_path, broker):
    link = link_of("works/line-1//Up")
    birth, seen = born([Metric("Up", Type.DOUBLE, 1.5)], 1_790_805_600_000, 0), []
    with speaker(broker.port) as client:
        client.on_message = lambda c, d, m: seen.append(m.topic)
        client.subscribe("spBv1.0/STATE/#", 1)
        client.publish("spBv1.0/works/NBIRTH/line-1", birth, retain=True)  # as a Sparkplug aware server keeps it
        rows = looked("sparkplug", replace(link, home=tmp_path), url=f"mqtt://127.0.0.1:{broker.port}")
        assert [r["value"] for r in rows] == [1.5]
        client.publish("spBv1.0/STATE/last", b"", qos=1).wait_for_publish(10)
        until(lambda: bool(seen))
        assert seen == ["spBv1.0/STATE/last"]
