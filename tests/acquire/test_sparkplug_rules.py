"""Every requirement that Sparkplug 3.0 has for a host application, each by the test that proves it."""

import csv
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import dying
import pytest
from listening import at_work, micros, speaker, write_plant
from on_the_wire import METRIC, NOW, STATE, TEMP, UP, Heard, host_on_the_wire

from andon import catalog
from andon.acquire import find_connector
from andon.acquire.link import BAD_NO_COMMUNICATION
from andon.acquire.spb import Metric, Type, born, died, encode, parse
from andon.errors import DiskFull
from andon.historian import Historian
from andon.model import Batch, Receipt
from processes import Process
from servers import ROOT, Server, free_port, mosquitto, needs_mosquitto, running, until

PROVED: dict[str, list[str]] = {}
"""Requirement to the tests that prove it."""


def proves(*requirements: str):
    def named(test):
        for one in requirements:
            PROVED.setdefault(one, []).append(test.__name__)
        return test

    return named


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@proves(
    "host-topic-phid-death-qos", "host-topic-phid-death-retain", "host-topic-phid-death-topic",
    "host-topic-phid-death-required", "host-topic-phid-death-payload",
    "host-topic-phid-death-payload-timestamp-connect", "message-flow-phid-sparkplug-clean-session-311",
    "message-flow-phid-sparkplug-clean-session-50", "operational-behavior-host-application-connect-will",
    "operational-behavior-host-application-connect-will-topic",
    "operational-behavior-host-application-connect-will-payload",
    "operational-behavior-host-application-connect-will-qos",
    "operational-behavior-host-application-connect-will-retained", "payloads-state-will-message",
    "payloads-state-will-message-qos", "payloads-state-will-message-retain", "payloads-state-will-message-payload",
)  # fmt: skip
def test_connect_is_clean_and_has_our_death_as_will(tmp_path, version):
    before = micros() // 1000
    with host_on_the_wire(tmp_path / "w", version) as wire:
        _, connect = wire.of(1)[0]
        flags = connect[7]
        assert flags & 0b0000_0010  # clean session, clean start
        assert flags & 0b0011_1100 == 0b0010_1100  # a will, QoS 1, retained
        if version == "5":
            properties = connect[11 : 11 + connect[10]]
            assert properties[:5] == b"\x11\0\0\0\0"  # session expiry 0
        topic, payload = wire.will()
        said = json.loads(payload)
        assert (topic, set(said), said["online"]) == (STATE, {"online", "timestamp"}, False)
        assert before <= said["timestamp"] <= micros() // 1000


@pytest.mark.parametrize("version", ["3.1.1", "5"])
@proves(
    "principles-birth-certificates-order", "host-topic-phid-birth-message", "host-topic-phid-birth-retain",
    "host-topic-phid-birth-topic", "host-topic-phid-birth-sub-required", "host-topic-phid-birth-required",
    "host-topic-phid-birth-payload", "host-topic-phid-birth-payload-timestamp",
    "message-flow-phid-sparkplug-subscription", "message-flow-phid-sparkplug-state-publish",
    "message-flow-phid-sparkplug-state-publish-payload",
    "message-flow-phid-sparkplug-state-publish-payload-timestamp",
    "operational-behavior-primary-application-state-with-multiple-servers-state",
    "operational-behavior-primary-application-state-with-multiple-servers-state-subs",
    "operational-behavior-host-application-connect-birth", "operational-behavior-host-application-connect-birth-topic",
    "operational-behavior-host-application-connect-birth-payload",
    "operational-behavior-host-application-connect-birth-qos",
    "operational-behavior-host-application-connect-birth-retained",
    "operational-behavior-host-application-multi-server-timestamp", "payloads-state-subscribe", "payloads-state-birth",
    "payloads-state-birth-payload", "topic-structure", "topic-structure-namespace-a",
)  # fmt: skip
def test_the_first_thing_published_is_our_birth_after_subscribing_at_every_server(tmp_path, version):
    with host_on_the_wire(tmp_path / "a", version) as one, host_on_the_wire(tmp_path / "b", version) as other:
        for wire in (one, other):
            assert [first >> 4 for first, _ in wire.packets[:3]] == [1, 8, 3]  # CONNECT, SUBSCRIBE, PUBLISH
            subscribed = wire.of(8)[0][1]
            assert STATE.encode() in subscribed
            assert b"spBv1.0/works/+/line-1/#" in subscribed
            flags, topic, payload = wire.said()[0]
            assert (flags & 0b0110, flags & 1, topic) == (0b0010, 1, STATE)  # QoS 1, retained
            said = json.loads(payload)
            assert (set(said), said["online"]) == ({"online", "timestamp"}, True)
            assert said["timestamp"] == json.loads(wire.will()[1])["timestamp"]
        assert json.loads(one.will()[1]) != json.loads(other.will()[1])


@proves(
    "topics-ncmd-topic", "topics-ncmd-mqtt", "topics-ncmd-timestamp", "topics-ncmd-payload", "payloads-ncmd-timestamp",
    "payloads-ncmd-seq", "payloads-ncmd-qos", "payloads-ncmd-retain", "payloads-name-cmd-requirement",
    "operational-behavior-data-commands-ncmd-rebirth-verb", "operational-behavior-data-commands-ncmd-rebirth-name",
    "operational-behavior-data-commands-ncmd-rebirth-value", "operational-behavior-data-commands-ncmd-verb",
    "operational-behavior-data-commands-ncmd-metric-name", "operational-behavior-data-commands-ncmd-metric-value",
)  # fmt: skip
def test_births_are_asked_for_as_the_standard_says(tmp_path):
    with host_on_the_wire(tmp_path / "w") as wire:
        until(lambda: len(wire.said()) > 1)
        flags, topic, raw = wire.said()[1]
        command = parse(raw)
        assert (flags, topic) == (0, "spBv1.0/works/NCMD/line-1")  # QoS 0, not retained
        assert not command.HasField("seq")
        assert abs(command.timestamp - micros() / 1000) < 10_000
        (metric,) = command.metrics
        assert (metric.name, metric.boolean_value, metric.HasField("alias")) == ("Node Control/Rebirth", True, False)


# ---- what a broker carries ----


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    with running(mosquitto(tmp_path / "broker", free_port())) as server:
        yield server


@contextmanager
def watched(broker: Server) -> Iterator[tuple[list[tuple[bool, int]], object]]:
    """Another client that sees each STATE of ours: (online, timestamp)."""
    seen: list[tuple[bool, int]] = []
    with speaker(broker.port) as client:
        client.on_message = lambda c, d, m: seen.append(tuple(json.loads(m.payload).values()))
        client.subscribe(STATE, 1)
        yield seen, client


@needs_mosquitto
@proves(
    "conformance-primary-host", "intro-sparkplug-host-state", "components-ph-state",
    "host-topic-phid-death-payload-timestamp-disconnect-clean", "operational-behavior-host-application-termination",
    "operational-behavior-host-application-death-topic", "operational-behavior-host-application-death-payload",
    "operational-behavior-host-application-death-qos", "operational-behavior-host-application-death-retained",
    "operational-behavior-host-application-disconnect-intentional",
)  # fmt: skip
def test_going_says_offline_with_the_time_of_going_and_only_once(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "sparkplug", METRIC, url=f"mqtt://127.0.0.1:{broker.port}")
    with watched(broker) as (seen, client):
        with at_work(folder) as work:
            work.connected()
            until(lambda: len(seen) == 1)
            going = micros() // 1000
        until(lambda: len(seen) == 2)
        (online, since), (offline, at) = seen
        assert (online, offline) == (True, False)
        assert since < going <= at
        client.subscribe("spBv1.0/#", 1)  # what the broker keeps: sent again to who asks again
        until(lambda: len(seen) == 3)
        assert seen[2] == (False, at)


@needs_mosquitto
@proves("message-flow-hid-sparkplug-state-message-delivered")
def test_an_offline_of_ours_that_others_say_is_put_right_at_once(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "sparkplug", METRIC, url=f"mqtt://127.0.0.1:{broker.port}")
    with watched(broker) as (seen, client), at_work(folder) as work:
        work.connected()
        until(lambda: len(seen) == 1)
        client.publish(STATE, json.dumps({"online": False, "timestamp": 1}), qos=1, retain=True)
        until(lambda: len(seen) == 3)
        assert seen[1:] == [(False, 1), seen[0]]


@needs_mosquitto
@proves("host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet")
def test_a_host_that_cannot_store_says_offline_so_that_nodes_keep_their_data(tmp_path, broker, monkeypatch):
    monkeypatch.setattr("andon.acquire.sparkplug.host.STALLED", 1.0)
    full = Event()

    def filling(history: Historian):
        def write(batch: Batch) -> Receipt:
            if full.is_set():
                raise DiskFull("the disk took no more")
            return history.write(batch)

        return write

    folder = write_plant(tmp_path / "w", "sparkplug", METRIC, url=f"mqtt://127.0.0.1:{broker.port}")
    with watched(broker) as (seen, client), at_work(folder, write=filling) as work:
        work.connected()
        full.set()
        client.publish("spBv1.0/works/NBIRTH/line-1", born([Metric("Up", Type.DOUBLE, 1.0)], micros() // 1000, 0))
        until(lambda: work.health() == "blocked")
        before = micros() // 1000
        until(lambda: len(seen) >= 2)
        assert seen[1][0] is False
        assert before <= seen[1][1] <= micros() // 1000
        full.clear()
        until(lambda: seen[-1][0])
        until(lambda: work.gather.status()["hall"].sessions == 2)


@needs_mosquitto
def test_a_killed_host_is_said_to_be_offline_by_its_will(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "sparkplug", METRIC, url=f"mqtt://127.0.0.1:{broker.port}")
    with watched(broker) as (seen, _):
        assert Process(dying.main, folder, 1, out=tmp_path / "log").wait(60) == -signal.SIGKILL
        until(lambda: len(seen) == 2)
        assert seen == [(True, seen[0][1]), (False, seen[0][1])]


# ---- order, deaths, births: no network ----


@proves("operational-behavior-host-reordering-param")
def test_the_reorder_timeout_is_a_setting():
    find_connector("sparkplug")
    assert {p.name: p.default for p in catalog.CONNECTORS["sparkplug"].settings}["reorder"] == 2_000_000


@proves("operational-behavior-host-reordering-start", "operational-behavior-host-reordering-success")
def test_messages_that_overtook_each_other_are_put_in_order():
    heard = Heard().birth()
    heard.rows()
    heard.data(3, 3.0, at=1.0)
    heard.data(4, 4.0, at=1.1)
    assert heard.rows() == []
    assert heard.nodes.due(1.5) == pytest.approx(1.5)
    heard.data(2, 2.0, at=1.9)
    assert [value for _, _, value, _ in heard.rows()] == [2.0, 3.0, 4.0]
    heard.tick(60)
    assert heard.asked == []
    heard.data(5, 5.0, at=61)
    assert [value for _, _, value, _ in heard.rows()] == [5.0]


@proves("operational-behavior-host-reordering-rebirth")
def test_a_message_that_stays_away_leads_to_a_rebirth_and_what_came_is_kept():
    heard = Heard().birth()
    heard.rows()
    heard.data(3, 3.0, at=1.0)
    heard.tick(2.9)
    assert heard.asked == []
    heard.tick(3.0)
    assert heard.asked == [("works", "line-1")]
    assert [value for _, _, value, _ in heard.rows()] == [3.0]


@proves("payloads-sequence-num-incrementing", "topics-ddata-seq-num", "topics-ndata-seq-num")
def test_sequence_numbers_go_round_at_256():
    heard = Heard().birth()
    heard.rows()
    for number in range(2, 600):
        heard.data(number % 256, float(number))
    assert len(heard.rows()) == 598
    assert heard.asked == []


@proves(
    "operational-behavior-edge-node-termination-host-action-ndeath-node-offline",
    "operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale",
    "operational-behavior-edge-node-termination-host-action-ndeath-devices-offline",
    "operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale",
)  # fmt: skip
def test_the_death_of_a_node_ends_all_of_it_by_our_clock():
    heard = Heard().birth(births=7)
    heard.rows()
    heard.tell("NDEATH", died(NOW - 9_000_000, 7), at=4.0)  # a will has the time of the node's connect
    assert heard.rows() == [(UP, 4000, None, BAD_NO_COMMUNICATION), (TEMP, 4000, None, BAD_NO_COMMUNICATION)]
    assert not heard.nodes.nodes["works", "line-1"].online
    heard.data(2, 2.0, at=5.0)
    assert heard.rows() == []
    assert heard.asked == [("works", "line-1")]


@proves("topics-nbirth-bdseq-matching", "payloads-ndeath-bdseq")
def test_the_death_of_an_earlier_session_is_nothing():
    heard = Heard().birth(births=8)
    heard.rows()
    heard.tell("NDEATH", died(NOW, 7), at=4.0)
    assert heard.rows() == []
    assert heard.nodes.nodes["works", "line-1"].online


@proves(
    "operational-behavior-edge-node-termination-host-action-ddeath-devices-offline",
    "operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale",
)  # fmt: skip
def test_the_death_of_a_device_ends_it_by_the_time_of_the_message():
    heard = Heard().birth()
    heard.rows()
    heard.tell("DDEATH", encode([], NOW + 2500, 2), at=9.0)
    assert heard.rows() == [(TEMP, 2500, None, BAD_NO_COMMUNICATION)]
    heard.tell("DBIRTH", encode([Metric("Temp", Type.DOUBLE, 21.0, alias=2)], NOW + 9500, 3, birth=True), at=9.5)
    assert heard.rows() == [(TEMP, 9500, 21.0, 0)]


def test_a_value_that_was_measured_before_the_death_holds_again_from_the_birth_on():
    heard = Heard().birth()
    heard.tell("NDEATH", died(NOW, 0), at=4.0)
    heard.rows()
    heard.tell("NBIRTH", born([Metric("Up", Type.DOUBLE, 1.0, NOW - 5000, alias=1)], NOW + 3000, 1), at=5.0)
    assert heard.rows() == [(UP, -5000, 1.0, 0), (UP, 4001, 1.0, 0)]  # its clock is behind ours


def test_a_device_that_is_not_born_again_is_stale():
    heard = Heard().birth()
    heard.rows()
    heard.tell("NBIRTH", born([Metric("Up", Type.DOUBLE, 2.0, alias=1)], NOW + 1000, 0), at=1.0)
    heard.tell("NDATA", encode([Metric("", Type.DOUBLE, 3.0, alias=1)], NOW + 2000, 1), at=2.0)
    assert heard.rows() == [
        (UP, 1000, 2.0, 0), (TEMP, 2000, None, BAD_NO_COMMUNICATION), (UP, 2000, 3.0, 0)
    ]  # fmt: skip


@pytest.mark.parametrize("alias", [2, 77])
@proves("payloads-alias-data-cmd-requirement")
def test_data_of_what_was_not_born_asks_for_births_but_not_again_and_again(alias):
    heard = Heard(patience=5.0)
    if alias == 77:
        heard.birth()
    for second in range(60):
        heard.data(2 + second, 1.0, at=float(second), alias=alias)
        heard.rows(float(second))
    assert 3 <= len(heard.asked) <= 5  # after 0, 5, 15, 35 s
    heard.birth(at=60.0)
    heard.data(2, 5.0, at=60.0)
    assert heard.rows(60.0)[-1][2] == 5.0


def test_a_node_that_does_not_answer_is_stale_and_is_asked_again_now_and_then():
    heard = Heard()
    heard.nodes.expect([("works", "line-1")], 0.0)
    for second in range(200):
        heard.tick(float(second))
    assert heard.rows() == [(TEMP, 2000, None, BAD_NO_COMMUNICATION), (UP, 2000, None, BAD_NO_COMMUNICATION)]
    assert heard.nodes.silent == ["works/line-1"]
    assert len(heard.asked) == 7  # after 2, 7, 17, 37, 77, 137, 197 s
    heard.birth(at=201.0)
    assert heard.nodes.silent == []
    assert [value for _, _, value, _ in heard.rows()] == [1.0, 20.0]


# ---- all of them ----

HOST = ("host-topic-phid-", "message-flow-phid-", "message-flow-hid-", "operational-behavior-host-",
        "operational-behavior-primary-application-state-with-multiple-servers-state", "payloads-state-",
        "operational-behavior-edge-node-termination-host-action-", "topics-ncmd-", "payloads-ncmd-",
        "operational-behavior-data-commands-ncmd-", "conformance-primary-host", "intro-sparkplug-host-state",
        "components-ph-state", "principles-birth-certificates-order")  # fmt: skip
NOT_OURS = {
    "topics-dcmd-": "Andon writes nothing to devices",
    "payloads-dcmd-": "Andon writes nothing to devices",
    "operational-behavior-data-commands-dcmd-": "Andon writes nothing to devices",
    "conformance-mqtt-": "what an MQTT server must do",
}


def test_every_requirement_for_a_host_has_its_proof():
    with (ROOT / "tests" / "oracles" / "sparkplug3_ids.csv").open() as file:
        known = [row["tck_id"] for row in csv.DictReader(file)]
    assert len(known) == 295
    assert [i for i in known if i.startswith(HOST) and i not in PROVED] == []
    assert set(PROVED) <= set(known)
    assert not [i for i in PROVED if i.startswith(tuple(NOT_OURS))]
