"""The simulated shop floor: real servers, heard by other makers' clients, say what the score has them say."""

import asyncio
import json
import struct
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from asyncua import Client
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

from andon.acquire.files import read_mapping, take_all
from andon.acquire.simulated.floor.floor import Floor
from andon.acquire.simulated.gauged import HIGH, LOW
from andon.acquire.simulated.hours import days_around
from andon.acquire.simulated.inspector import INBOX, Inspector
from andon.acquire.simulated.live import live_plant
from andon.acquire.simulated.play import Player
from andon.acquire.simulated.score import Score
from andon.acquire.spb import Wire, parse
from andon.config import read_plant
from andon.units import HOUR, MINUTE
from memory import Memory
from servers import until

TICK = 100_000


def patient(true: Callable[[], bool]) -> None:
    """Wait as long as a computer may need that runs other tests as well."""
    until(true, 90)


def now() -> int:
    return time.time_ns() // 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("floor") / "plant"
    at = now()
    live_plant(made, 1, days_around(at, back=1, ahead=2), at, ticks=TICK)[1].write()
    return made / "floor"


@pytest.fixture(scope="module")
def floor(folder: Path):
    floor = Floor(folder)
    floor.start()
    yield floor
    floor.stop()


def played(folder: Path, name: str, at: int) -> dict[str, tuple]:
    """What the score has a server say at a moment."""
    return {line[0]: line for line in Player(Score.open(folder / f"{name}.parquet")).now(at)}


def browsed(port: int) -> dict[str, tuple[object, int, int]]:
    """What another maker's client reads of the OPC UA server: value, status, source time, by path."""

    async def read() -> dict[str, tuple[object, int, int]]:
        async with Client(f"opc.tcp://127.0.0.1:{port}/demo", timeout=60) as client:
            space = await client.get_namespace_index("urn:andon:demo:machines")
            said = {}
            for machine in ("press-1", "cell-1"):
                place = client.get_node(f"ns={space};s=line-1/{machine}")
                for node in await place.get_children():
                    value = await node.read_data_value(raise_on_bad_status=False)
                    at = value.SourceTimestamp.timestamp()
                    said[node.nodeid.Identifier] = value.Value.Value, value.StatusCode.value, round(at * 1e6)
            return said

    return asyncio.run(read())


def test_what_is_measured_comes_as_files_when_its_time_has_come_and_is_not_handed_over_twice(folder, tmp_path):
    plant, begun, inbox = read_plant(folder.parent), now(), folder.parent / INBOX
    inspector, sink = Inspector(folder.parent, folder), Memory()
    assert inspector.hand_over(0) == 0
    count = inspector.hand_over(begun + 16 * HOUR)
    assert count > 3
    assert inspector.hand_over(begun + 16 * HOUR) == 0
    (source,) = (s for s in plant.sources if s.name == "gauges")
    reports = list(take_all(inbox, read_mapping(source.settings), plant, sink))
    assert [r.failed for r in reports] == [False] * count
    found = list(sink.batches.values())
    values = [v for b in found for v in b.measurements.to_pylist()]
    assert len(values) == sum(b.units.num_rows for b in found)
    assert all((v["test"], v["unit"], v["low"], v["high"]) == ("diameter", "mm", LOW, HIGH) for v in values)
    assert {u["machine"] for b in found for u in b.units.to_pylist()} <= set(plant.machines)
    assert all(
        begun - MINUTE < u["at"].timestamp() * 1e6 <= begun + 16 * HOUR for b in found for u in b.units.to_pylist()
    )


def test_an_opcua_client_reads_what_the_score_says_with_its_source_time(floor, folder):
    said = browsed(floor.servers["plc-1"].shown)
    true = played(folder, "plc-1", now())
    assert set(said) == set(true)
    for path, (value, status, at) in said.items():
        if path.endswith(("state", "product", "order", "reason", "total_count")):
            assert (value, status) == (true[path][2] if true[path][3] is None else true[path][3], 0)
            assert at == true[path][1]


def test_a_modbus_client_reads_registers_of_the_score(floor, folder):
    with ModbusTcpClient("127.0.0.1", port=floor.servers["press-3"].shown, timeout=60) as client:
        registers = client.read_holding_registers(0, count=50, device_id=1).registers
    true = played(folder, "press-3", now())
    assert registers[0] == true["line-3/press-3/state"][2]
    assert registers[2] == true["line-3/press-3/total_count"][2] <= 65_535
    [tick] = struct.unpack(">Q", struct.pack(">4H", *registers[20:24]))
    assert abs(tick * TICK - now()) < 5_000_000
    product = b"".join(r.to_bytes(2, "big") for r in registers[30:38]).rstrip(b"\0").decode()
    assert product == true["line-3/press-3/product"][3]


def observed(text: bytes) -> tuple[dict[str, str], list[tuple[int, str, str | None]]]:
    """A streams document's header, and its observations: sequence, data item, value."""
    root = ET.fromstring(text)
    found = [
        (int(e.attrib["sequence"]), e.attrib["dataItemId"], e.text) for e in root.iter() if "dataItemId" in e.attrib
    ]
    return dict(root[0].attrib), sorted(found)


def test_an_mtconnect_agent_numbers_what_it_observes_and_leaves_nothing_out(floor):
    base = f"http://127.0.0.1:{floor.servers['lathes'].shown}"
    probe = ET.fromstring(httpx2.get(f"{base}/probe", timeout=60).content)
    items = {e.attrib["id"] for e in probe.iter() if e.tag.endswith("DataItem")}
    header, said = observed(httpx2.get(f"{base}/current", timeout=60).content)
    assert {i for _, i, _ in said} <= items
    assert "line-1.lathe-1.state" in {i for _, i, _ in said}
    following, ticks = int(header["nextSequence"]), []
    patient(
        lambda: int(observed(httpx2.get(f"{base}/current", timeout=60).content)[0]["nextSequence"]) > following + 20
    )
    header, said = observed(httpx2.get(f"{base}/sample?from={following}&count=1000", timeout=60).content)
    assert [s for s, _, _ in said] == list(range(following, following + len(said)))
    assert int(header["nextSequence"]) == following + len(said)
    ticks = [int(v or 0) for _, item, v in said if item == "floor.lathes.tick"]
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))


def test_an_mtconnect_stream_goes_on_by_itself_and_a_number_it_no_longer_has_is_refused(floor):
    base = f"http://127.0.0.1:{floor.servers['lathes'].shown}"
    with httpx2.stream("GET", f"{base}/sample?interval=100&heartbeat=1000", timeout=60) as answer:
        assert answer.headers["content-type"].startswith("multipart/x-mixed-replace")
        body = b""
        for piece in answer.iter_raw():
            body += piece
            if body.count(b"Content-length") > 4:
                break
    refused = httpx2.get(f"{base}/sample?from=999999999", timeout=60)
    assert refused.status_code == 404
    assert b"OUT_OF_RANGE" in refused.content


def test_a_cell_publishes_json_with_its_own_time_and_every_tick_once(floor):
    heard: list[dict[str, object]] = []
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda c, d, message: heard.append(json.loads(message.payload))
    client.connect("127.0.0.1", floor.servers["broker"].shown)
    client.subscribe("demo/floor/cell-2/tick", 1)
    client.loop_start()
    patient(lambda: len(heard) >= 15)
    client.disconnect()
    client.loop_stop()
    ticks = [int(m["value"]) for m in heard]
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
    patient(lambda: ticks[-1] in floor.numbers("cell-2", "acknowledged"))


def test_an_edge_node_is_born_when_its_host_is_there_and_keeps_what_it_says_while_it_is_not(floor):
    heard: list[tuple[str, Wire]] = []
    state = "spBv1.0/STATE/andon"
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda c, d, message: heard.append((message.topic.split("/")[2], parse(message.payload)))
    client.connect("127.0.0.1", floor.servers["broker"].shown)
    client.subscribe("spBv1.0/demo/#", 1)
    client.loop_start()
    client.publish(state, json.dumps({"online": True, "timestamp": now() // 1000}), qos=1, retain=True)
    patient(lambda: [k for k, _ in heard].count("DDATA") >= 20)
    client.publish(state, json.dumps({"online": False, "timestamp": now() // 1000}), qos=1, retain=True)
    patient(lambda: heard[-1][0] == "NDEATH")
    away = now()
    patient(lambda: now() - away > 1_000_000)
    client.publish(state, json.dumps({"online": True, "timestamp": now() // 1000}), qos=1, retain=True)
    patient(lambda: [k for k, _ in heard].count("NBIRTH") == 2 and heard[-1][0] == "DDATA")
    client.disconnect()
    client.loop_stop()
    births = [p.metrics[0].long_value for k, p in heard if k == "NBIRTH"]
    assert births[1] == births[0] + 1
    numbers = [p.seq for k, p in heard if k != "NDEATH"]
    second = [k for k, _ in heard if k != "NDEATH"].index("NBIRTH", 1)
    assert numbers[:second] == [n % 256 for n in range(second)]
    assert numbers[second:] == [n % 256 for n in range(len(numbers) - second)]
    born = {m.name: m.alias for k, p in heard if k == "DBIRTH" for m in p.metrics}
    said = [m for k, p in heard if k == "DDATA" for m in p.metrics if m.alias == born["tick"]]
    ticks = [m.long_value for m in said]
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
    assert sum(m.is_historical for m in said) >= 9


def test_a_gateway_sends_line_protocol_again_until_it_is_taken(floor):
    taken: list[bytes] = []
    refusals = [503, 500]

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = refusals.pop() if refusals else 204
            if status == 204:
                taken.append(body)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    sink = ThreadingHTTPServer(("127.0.0.1", floor.servers["cell-3"].shown), Sink)
    Thread(target=sink.serve_forever, daemon=True).start()
    patient(lambda: len(taken) > 3)
    sink.shutdown()
    sink.server_close()
    lines = b"".join(taken).decode().splitlines()
    ticks = [float(line.split("tick=")[1].split()[0]) for line in lines if "tick=" in line]
    assert ticks == [ticks[0] + n for n in range(len(ticks))]
    assert set(floor.numbers("cell-3", "acknowledged")) <= set(map(int, ticks))
    assert any(line.startswith("machine,name=line-3/cell-3 state=") for line in lines)


def test_a_killed_server_comes_back_on_its_port_and_goes_on_with_what_is_true_then(floor, folder):
    floor.kill("press-3")
    with (
        pytest.raises(ModbusException),
        ModbusTcpClient("127.0.0.1", port=floor.servers["press-3"].shown, timeout=1, retries=0) as client,
    ):
        client.read_holding_registers(0, count=1, device_id=1)
    floor.begin("press-3")
    with ModbusTcpClient("127.0.0.1", port=floor.servers["press-3"].shown, timeout=60) as client:
        count = client.read_holding_registers(2, count=1, device_id=1).registers[0]
    assert count == played(folder, "press-3", now())["line-3/press-3/total_count"][2]
