"""From an address to a live plant: other makers' servers tried, browsed, proposed, written, and heard."""

import json
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from andon.__main__ import house
from andon.app.connecting import guest, reached, written_source
from andon.app.reaching import Way
from andon.config import check, keep_secret, read_plant, secret
from andon.errors import BadQuestion, NotConnected
from andon.surfaces.cli import run
from runs import run_plant
from servers import Server, free_port, mosquitto, needs_mosquitto, needs_node, node, running, until

PLANT = """# ours
[plant]   # the works
name = "works"
zone = "Europe/Rome"

[[shift]]
name = "day"
start = "06:00"
end = "22:00"
"""


@pytest.fixture
def works(tmp_path: Path) -> Path:
    folder = tmp_path / "works"
    (folder / "history").mkdir(parents=True)
    (folder / "ledger").mkdir()
    (folder / "plant.toml").write_text(PLANT, "utf-8")
    return folder


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A press of another maker's OPC UA stack, with the companion models."""
    options = {"companions": True, "period": 100}
    with running(node(tmp_path_factory.mktemp("press"), "opcua_server.js", free_port(), json.dumps(options))) as server:
        yield server


def url(server: Server) -> str:
    return f"opc.tcp://127.0.0.1:{server.port}/press"


@needs_node
def test_an_opcua_server_becomes_machines_and_comments_stay(press: Server, works: Path, capsys) -> None:
    assert run(["connect", url(press), "--plant", str(works), "--yes", "--seconds", "2", "--lang", "en"], house) == 0
    said = capsys.readouterr().out
    assert "studies can be asked now" in said
    assert f"andon run {works}" in said.replace("\n", "")
    text = (works / "plant.toml").read_text("utf-8")
    assert text.startswith(PLANT)
    assert [m for m in check(works) if not m.warning] == []
    machine = read_plant(works).machine("line-1/press-3")
    assert machine.title == "Press 3"
    assert {s.role: s.unit for s in machine.signals.values() if s.role in ("pressure", "state", "speed")} == {
        "pressure": "bar",
        "state": "1",
        "speed": "1",
    }
    assert machine.role("state").states["6"] == "producing"  # type: ignore[union-attr]  # PackML Execute


@needs_node
def test_a_proposal_is_edited_as_json_and_given_back(press: Server, works: Path, tmp_path: Path, capsys) -> None:
    line = ["connect", url(press), "--plant", str(works), "--json", "--seconds", "1", "--select", "Press 3/*"]
    assert run(line, house) == 0
    found = json.loads(capsys.readouterr().out)
    (machine,) = found["proposal"]["machines"]
    machine["path"] = "hall-2/press-7"
    machine["signals"] = [s for s in machine["signals"] if s["role"] == "pressure"]
    machine["signals"][0]["name"] = "oil_pressure"
    file = tmp_path / "proposal.json"
    file.write_text(json.dumps(found), "utf-8")
    assert (works / "plant.toml").read_text("utf-8") == PLANT
    assert run(["connect", "--from", str(file), "--plant", str(works)], house) == 0
    (signal,) = read_plant(works).machine("hall-2/press-7").signals.values()
    assert (signal.name, signal.role, signal.unit, signal.source) == ("oil_pressure", "pressure", "bar", "opcua")


@needs_node
def test_looking_again_adds_only_what_is_new(press: Server, works: Path, capsys) -> None:
    with guest(works, Way("opcua", url(press))) as first:
        first.browse(["*Pressure"])
        written_source(works, first.proposal(), first)
    before = (works / "plant.toml").read_text("utf-8")
    with guest(works, None, source="opcua") as again:
        again.browse(["Press 3/*"])
        found = again.proposal()
        assert [s.why for m in found.machines for s in m.signals if s.role == "pressure"] == [
            "the plant has it already"
        ]
        written_source(works, found, again)
    after = (works / "plant.toml").read_text("utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert after.count("s=Pressure") == 1
    assert read_plant(works).machine("line-1/press-3").role("state")
    assert run(["test-source", "opcua", "--plant", str(works)], house) == 0


@needs_node
def test_a_bare_host_with_a_port_finds_who_speaks_there(press: Server, works: Path, capsys) -> None:
    line = ["connect", f"127.0.0.1:{press.port}", "--plant", str(works), "--yes", "--seconds", "1", "--test"]
    assert run(line, house) == 0
    assert "It is an OPC UA server" in capsys.readouterr().out


@needs_mosquitto
def test_topics_of_a_broker_become_machines(tmp_path: Path, works: Path) -> None:
    with running(mosquitto(tmp_path / "broker", free_port())) as broker:
        send = [str(shutil.which("mosquitto_pub")), "-p", str(broker.port), "-r"]
        if not shutil.which("mosquitto_pub"):
            pytest.skip("needs mosquitto_pub (Debian's mosquitto-clients)")
        for topic, payload in {
            "acme/line-4/press-3/status": '{"state": "RUN", "good": 12, "ts": "2026-10-01T06:00:00Z"}',
            "acme/line-4/press-3/power_kW": "12.5",
            "acme/line-4/press-4/status": '{"state": "STOP", "good": 3}',
        }.items():
            subprocess.run([*send, "-t", topic, "-m", payload], check=True)
        with guest(works, Way("mqtt", f"mqtt://127.0.0.1:{broker.port}")) as visitor:
            assert all(s.well for s in visitor.trial())
            visitor.browse()
            with visitor.watch() as watch:
                until(lambda: watch.rows >= 4, what="the retained messages")
                found = visitor.proposal()
        written_source(works, found)
        machine = read_plant(works).machine("line-4/press-3")
        assert {s.role: s.unit for s in machine.signals.values()} == {
            "state": "1",
            "good_count": "{part}",
            "power": "kW",
        }
        assert machine.role("state").states == {"RUN": "producing"}  # type: ignore[union-attr]
        (asked,) = [(m.path, s.ask) for m, s in found.asked()]
        assert asked == ("line-4/press-4", "what do STOP mean?")


@needs_node
def test_a_running_plant_takes_up_what_was_connected(press: Server, works: Path, capsys) -> None:
    with run_plant(works):
        began = time.monotonic()
        line = ["connect", url(press), "--plant", str(works), "--yes", "--seconds", "1", "--lang", "en"]
        assert run(line, house) == 0
        said = capsys.readouterr().out
        assert "it takes up opcua by itself" in said
        assert "samples have arrived" in said
        assert time.monotonic() - began < 60


def test_where_nobody_answers_it_says_what_to_look_at(works: Path, capsys) -> None:
    line = ["connect", f"opc.tcp://127.0.0.1:{free_port()}", "--plant", str(works), "--yes"]
    assert run(line, house) == 1
    assert "✗" in capsys.readouterr().out
    assert (works / "plant.toml").read_text("utf-8") == PLANT
    with pytest.raises(NotConnected, match="Is it switched on"):
        reached(f"127.0.0.1:{free_port()}")


def test_a_password_in_a_url_is_refused_with_what_to_do(works: Path, capsys) -> None:
    assert run(["connect", "mqtt://ann:top@127.0.0.1", "--plant", str(works), "--yes", "--lang", "en"], house) == 2
    said = capsys.readouterr().err
    assert "--user ann" in said
    assert "top" not in said
    with pytest.raises(BadQuestion, match="Andon speaks no 'gopher'"):
        reached("gopher://127.0.0.1")


def test_a_password_that_was_typed_is_kept_where_only_its_owner_reads(works: Path) -> None:
    (works / "secrets.toml").write_text('# mine\n[other]\ntoken = "t"\n', "utf-8")
    file = keep_secret(works, "plc", "password", "x")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret(works, "plc", "password", environ={}) == "x"
    assert secret(works, "other", "token", environ={}) == "t"
    assert "# mine" in file.read_text("utf-8")
    assert "x" not in (works / "plant.toml").read_text("utf-8").split()


def test_a_clash_with_the_plant_is_named(works: Path) -> None:
    from andon.acquire.guess.propose import propose_source
    from andon.acquire.link import Offer

    table = '\n[[source]]\nname = "old"\nconnector = "files"\ntime = { column = "t" }\n'
    machine = '[[machine]]\npath = "line-1/press-3"\n[machine.signals.state]\nsource = "old"\naddress = "S"\n'
    with (works / "plant.toml").open("a", encoding="utf-8") as out:
        out.write(table + machine)
    offers = [Offer("a", ("Press 3", "State"), "text", value="RUN"), Offer("b", ("Press 3", "Power"), "number", "kW")]
    source = {"name": "plc", "connector": "opcua", "url": "opc.tcp://127.0.0.1:4840"}
    found = propose_source(source, offers, {}, read_plant(works).machines)
    assert found.notes == ("line-1/press-3 has the role state already, as 'state' from old.",)
    written_source(works, found)
    signals = read_plant(works).machine("line-1/press-3").signals
    assert {n: (s.role, s.source) for n, s in signals.items()} == {
        "state": ("state", "old"),
        "state_2": ("other", "plc"),
        "power": ("power", "plc"),
    }
