"""MQTT with real brokers: nothing acknowledged is lost, whoever falls; what cannot be read spoils only itself."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import dying
import pytest
from listening import AtWork, at_work, looked, micros, say, speaker, write_plant

from andon.acquire.broker import Tls
from andon.acquire.gather import Health
from andon.acquire.link import (
    BAD_CONFIGURATION_ERROR,
    BAD_NO_DATA,
    BAD_TYPE_MISMATCH,
    UNCERTAIN,
    UNCERTAIN_LAST_USABLE_VALUE,
    Link,
)
from andon.acquire.mqtt.browse import browse, trial
from andon.config import read_plant
from andon.errors import DiskFull
from andon.historian import Historian
from andon.model import Batch, Receipt
from processes import Process
from servers import Server, free_port, mosquitto, needs_mosquitto, running, until

pytestmark = needs_mosquitto
VERSIONS = ["3.1.1", "5"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Server]:
    with running(mosquitto(tmp_path / "broker", free_port())) as server:
        yield server


def url(server: Server) -> str:
    return f"mqtt://127.0.0.1:{server.port}"


def counted(work: AtWork, name: str, count: int, seconds: float = 20) -> list[object]:
    until(lambda: len(work.rows(name)) >= count, seconds, f"{count} rows of {name} ({work.said()})")
    return work.values(name)


@pytest.mark.parametrize("version", VERSIONS)
def test_topics_and_paths_become_rows_with_the_payloads_own_time(tmp_path, broker, version):
    signals = {
        "power": ("number", "p/power"),
        "serial": ("text", "p/serial"),
        "on": ("boolean", "p/on"),
        "state": ("state", "p/status#$.state"),
        "temp": ("number", "p/+/climate#$['air temp'].v"),
        "batch": ("number", "p/batch#$.samples[*].v"),
        "tag": ("number", "p/tags#$[?@.id == 'Press.T1'].v"),
        "big": ("integer", "p/big#$.n"),
    }
    folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(broker), version=version, time=["@.t", "$.ts"])
    with at_work(folder) as work, speaker(broker.port) as client:
        work.connected()
        for topic, payload in [
            ("p/power", b"12.5"), ("p/serial", b"000123"), ("p/on", b"true"),
            ("p/status", {"state": "run", "ts": "2026-10-01T06:00:00+08:00"}),
            ("p/hall-2/climate", {"air temp": {"v": 21.5, "t": 1790805600.25}}),
            ("p/batch", {"samples": [{"t": 1790805600000 + i, "v": i} for i in range(5)]}),
            ("p/tags", [{"id": "Press.T0", "v": 1}, {"id": "Press.T1", "v": 7, "t": 1790805600000000}]),
            ("p/big", {"n": 2**53 + 1, "ts": 1790805600000000000}),
        ]:  # fmt: skip
            say(client, topic, payload)
        assert counted(work, "big", 1) == ["9007199254740993"]
        assert (work.values("power"), work.values("serial"), work.values("on")) == ([12.5], ["000123"], [1.0])
        assert [(r["at"], r["text"]) for r in work.rows("state")] == [(1790805600_000_000, "run")]
        assert [(r["at"], r["value"]) for r in work.rows("temp")] == [(1790805600_250_000, 21.5)]
        assert [(r["at"] % 1_000_000, r["value"]) for r in work.rows("batch")] == [(i * 1000, i) for i in range(5)]
        assert [(r["at"], r["value"]) for r in work.rows("tag")] == [(1790805600_000_000, 7.0)]


def test_what_cannot_be_read_spoils_only_itself(tmp_path, broker):
    signals = {
        "state": ("state", "p/status#$.state"),
        "temp": ("number", "p/status#$.temp"),
        "power": ("number", "p/power"),
        "wrong": ("number", "p/status#state"),
    }
    folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(broker), time="$.ts")
    with at_work(folder) as work, speaker(broker.port) as client:
        work.connected()
        say(client, "p/status", b"\xff\xfe garbage")
        say(client, "p/power", b"n/a")
        say(client, "p/power", bytes(9 << 20))  # longer than what is read
        say(client, "p/status", {"state": "run", "temp": None, "ts": "yesterday"})
        say(client, "p/power", b"3.5")
        counted(work, "power", 3)
        assert [r["quality"] for r in work.rows("state")] == [BAD_TYPE_MISMATCH, UNCERTAIN]
        assert [r["quality"] for r in work.rows("temp")] == [BAD_TYPE_MISMATCH, BAD_NO_DATA]
        assert [(r["value"], r["quality"]) for r in work.rows("power")] == [
            (None, BAD_TYPE_MISMATCH), (None, BAD_TYPE_MISMATCH), (3.5, 0)
        ]  # fmt: skip
        assert [r["quality"] for r in work.rows("wrong")] == [BAD_CONFIGURATION_ERROR]
        assert work.gather.status()["hall"].sessions == 1
        assert work.said().startswith("the address 'p/status#state' is left out")
        say(client, "p/status", b"{")
        until(lambda: "the last payload of p/status cannot be read" in work.said())
        say(client, "p/status", {"state": "stop"})
        until(lambda: "p/status cannot" not in work.said())


@pytest.mark.parametrize(
    ("retained", "stored"), [("uncertain", [(4.5, UNCERTAIN_LAST_USABLE_VALUE)]), ("good", [(4.5, 0)]), ("skip", [])]
)
def test_a_retained_value_without_a_time_is_not_taken_for_a_new_one(tmp_path, broker, retained, stored):
    signals = {"power": ("number", "p/power#$.v"), "speed": ("number", "p/speed#$.v")}
    folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(broker), time="$.ts", retained=retained)
    with speaker(broker.port) as client:
        say(client, "p/power", {"v": 4.5}, retain=True)
        say(client, "p/speed", {"v": 7, "ts": 1790805600}, retain=True)
        with at_work(folder) as work:
            assert counted(work, "speed", 1) == [7.0]
            assert [(r["value"], r["quality"]) for r in work.rows("power")] == stored
            assert [(r["at"], r["quality"]) for r in work.rows("speed")] == [(1790805600_000_000, 0)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_broker_killed_and_started_again_is_heard_again_within_15_s(tmp_path, broker, version):
    folder = write_plant(tmp_path / "w", "mqtt", {"power": ("number", "p/power")}, url=url(broker), version=version)
    with at_work(folder) as work, speaker(broker.port) as client:
        work.connected()
        say(client, "p/power", 1)
        counted(work, "power", 1)
        broker.kill()
        until(lambda: work.health() is Health.LOST)
        assert "Nobody listens" in work.said() or "closed" in work.said() or "broke" in work.said()
        broker.start()
        began = time.monotonic()
        until(client.is_connected)
        work.connected(15)
        say(client, "p/power", 2)
        assert counted(work, "power", 2) == [1.0, 2.0]
        assert time.monotonic() - began < 15
        assert len(work.spells()) >= 2


def test_a_broker_that_freezes_is_noticed_and_comes_back(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "mqtt", {"power": ("number", "p/power")}, url=url(broker), keepalive="2 s")
    with at_work(folder) as work:
        work.connected()
        broker.freeze()
        until(lambda: work.health() is Health.LOST, 15)
        assert "not answer" in work.said()
        broker.thaw()
        work.connected(15)
        with speaker(broker.port) as client:
            say(client, "p/power", 2)
            assert counted(work, "power", 1) == [2.0]


def test_a_broker_that_is_not_there_at_the_start_is_waited_for(tmp_path):
    server = mosquitto(tmp_path / "broker", free_port())
    folder = write_plant(tmp_path / "w", "mqtt", {"power": ("number", "p/power")}, url=url(server))
    with at_work(folder) as work:
        until(lambda: work.health() is Health.LOST)
        assert work.said().startswith(f"Nobody listens at 127.0.0.1:{server.port}.")
        with running(server), speaker(server.port) as client:
            work.connected()
            say(client, "p/power", 2)
            assert counted(work, "power", 1) == [2.0]


@pytest.mark.parametrize(("time_path", "version"), [("$.ts", "5"), ("", "3.1.1")])
def test_killed_between_commit_and_acknowledgement_nothing_is_lost_and_nothing_doubled(
    tmp_path, broker, time_path, version
):
    signals = {"count": ("number", "p/count#$.v")}
    folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(broker), time=time_path, version=version)
    start, said = micros() // 1000, 0
    with speaker(broker.port) as client:
        for commits in (2,):
            work = Process(dying.main, folder, commits, out=tmp_path / "log")
            until(lambda: (folder / "sources" / "hall" / "subscribed.json").exists())
            while work.poll() is None:
                client.publish("p/count", f'{{"v": {said}, "ts": {start + said}}}', qos=1).wait_for_publish(10)
                said += 1
            assert work.returncode == -signal.SIGKILL
        with at_work(folder) as work:
            work.connected()
            say(client, "p/count", {"v": said, "ts": start + said})
            until(lambda: work.values("count")[-1:] == [float(said)], 20)
            assert sorted(work.values("count")) == [float(i) for i in range(said + 1)]


def test_what_the_broker_kept_while_we_were_away_fills_the_gap(tmp_path, broker):
    signals = {"count": ("number", "p/count#$.v")}
    folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(broker), time="$.ts")
    with speaker(broker.port) as client:
        with at_work(folder) as work:
            work.connected()
            say(client, "p/count", {"v": 0, "ts": micros()})
            counted(work, "count", 1)
        for i in range(1, 6):
            say(client, "p/count", {"v": i, "ts": micros()})
        with at_work(folder) as work:
            assert counted(work, "count", 6) == [float(i) for i in range(6)]
            until(lambda: any(text == "filled" for _, _, text in work.spells()))
            (since, end) = next((s, u) for s, u, text in work.spells() if text == "filled")
            assert all(since <= r["at"] <= end for r in work.rows("count")[1:])


def test_topics_that_are_no_longer_wanted_are_given_up_at_the_broker(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "mqtt", {"power": ("number", "p/power")}, url=url(broker))
    with at_work(folder) as work, speaker(broker.port) as client:
        work.connected()
        say(client, "p/power", 1)
        counted(work, "power", 1)
    write_plant(tmp_path / "w", "mqtt", {"speed": ("number", "p/speed")}, url=url(broker))
    with at_work(folder) as work, speaker(broker.port) as client:
        work.connected()
        say(client, "p/power", 2)
        say(client, "p/speed", 3)
        assert counted(work, "speed", 1) == [3.0]
        assert work.values("power") == [1.0]
        assert work.gather.status()["hall"].samples == 1


@pytest.mark.parametrize("qos", [0, 1])
def test_a_full_disk_holds_the_broker_back_and_loses_nothing_that_it_keeps(tmp_path, broker, qos, monkeypatch):
    monkeypatch.setattr("andon.acquire.broker.broker.ROOM", 2000)
    monkeypatch.setattr("andon.acquire.broker.broker.HELD", 1.0)
    full = Event()

    def filling(history: Historian):
        def write(batch: Batch) -> Receipt:
            if full.is_set():
                raise DiskFull("the disk took no more")
            return history.write(batch)

        return write

    signals = {"count": ("number", "p/count#$.v")}
    folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(broker), time="$.ts", keepalive="3 s")
    with at_work(folder, write=filling) as work, speaker(broker.port) as client:
        work.connected()
        full.set()
        start = micros()
        for i in range(6000):
            client.publish("p/count", f'{{"v": {i}, "ts": {start + i}}}', qos=qos)
        until(lambda: work.health() is Health.BLOCKED)
        if qos:
            time.sleep(5)  # longer than the broker waits for a client that does not ping
        else:
            until(lambda: "Client andon-hall" in broker.log.read_text().rpartition("as andon-hall")[2])
        full.clear()
        if qos:
            assert counted(work, "count", 6000, 30) == [float(i) for i in range(6000)]
            assert work.gather.status()["hall"].sessions == 1
        else:
            until(lambda: work.gather.status()["hall"].sessions == 2)
            assert work.values("count") == [float(i) for i in range(len(work.values("count")))]


def test_a_look_takes_nothing_from_the_source_that_runs(tmp_path, broker):
    folder = write_plant(tmp_path / "w", "mqtt", {"power": ("number", "p/power")}, url=url(broker), time="$.ts")
    signals = tuple(read_plant(folder).machine("line-1/press").signals.values())
    with at_work(folder) as work, speaker(broker.port) as client:
        work.connected()
        say(client, "p/power", 2.5, retain=True)
        counted(work, "power", 1)
        rows = looked("mqtt", Link("hall", signals, folder / "sources" / "hall"), url=url(broker))
        assert [r["value"] for r in rows] == [2.5]
        say(client, "p/power", 3.5)
        assert counted(work, "power", 2) == [2.5, 3.5]
        assert work.gather.status()["hall"].sessions == 1


def certificates(folder: Path) -> None:
    """An authority, a broker's certificate for 127.0.0.1 and a client's, made by OpenSSL."""
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=works", "-days", "9")
    (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
    for name in ("server", "client"):
        openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9", "-extfile", "san"]
        openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", *sign)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    certificates(folder)
    return folder


def secured(folder: Path, keys: Path, more: str = "") -> Server:
    lines = f"cafile {keys}/ca.pem\ncertfile {keys}/server.pem\nkeyfile {keys}/server.key\n{more}"
    return mosquitto(folder, free_port(), lines)


@pytest.mark.parametrize("version", VERSIONS)
def test_tls_with_a_certificate_of_ours(tmp_path, keys, version):
    tls = {"ca": str(keys / "ca.pem"), "certificate": str(keys / "client.pem"), "key": str(keys / "client.key")}
    with running(secured(tmp_path / "b", keys, "require_certificate true")) as server:
        folder = write_plant(
            tmp_path / "w", "mqtt", {"power": ("number", "p/power")}, url=f"mqtts://127.0.0.1:{server.port}",
            tls=tls, version=version,
        )  # fmt: skip
        with at_work(folder) as work:
            work.connected()
            words = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(server.port), "--cafile", tls["ca"], "-q", "1"]
            words += ["--cert", tls["certificate"], "--key", tls["key"], "-t", "p/power", "-m", "2.5"]
            subprocess.run(words, check=True)
            assert counted(work, "power", 1) == [2.5]


def tried(link: Link, **settings: object) -> list[tuple[str, bool, str]]:
    return [(t.step, t.well, t.said) for t in asyncio.run(trial(link, **settings))]  # type: ignore[arg-type]


def test_a_trial_names_what_is_wrong_with_tls(tmp_path, keys):
    link = Link("hall", (), tmp_path / "works" / "sources" / "hall")
    with running(secured(tmp_path / "b", keys, "require_certificate true")) as server:
        place = f"mqtts://127.0.0.1:{server.port}"
        assert "does not hold" in tried(link, url=place)[0][2]
        (_, well, said) = tried(link, url=place, tls=Tls(ca=str(keys / "ca.pem")))[-1]
        assert not well
        assert "tls.certificate" in said
        assert "cannot be used" in tried(link, url=place, tls=Tls(ca="no-such.pem"))[0][2]
        assert "TLS or not" in tried(link, url=f"mqtt://127.0.0.1:{server.port}")[-1][2]
    assert tried(link, url=place)[0][2].startswith("Nobody listens")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_password_is_told_in_plain_words(tmp_path, version):
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(tmp_path / "passwd"), "press", "right"], check=True)
    (tmp_path / "acl").write_text("user press\ntopic read p/power\n")
    more = f"allow_anonymous false\npassword_file {tmp_path}/passwd\nacl_file {tmp_path}/acl"
    with running(mosquitto(tmp_path / "b", free_port(), more)) as server:
        signals = {"power": ("number", "p/power")}
        folder = write_plant(tmp_path / "w", "mqtt", signals, url=url(server), user="press", version=version)
        with at_work(folder, {"password": "wrong"}) as work:
            until(lambda: work.health() is Health.LOST)
            assert "refuses" in work.said()
            assert "password" in work.said()
        with at_work(folder, {"password": "right"}) as work:
            work.connected()
        if version == "5":
            return
        link = Link("hall", (), tmp_path / "w" / "sources" / "hall", lambda key: "right")
        found = tried(link, url=url(server), user="press", version=version, topics=("p/power",))
        assert [(step, well) for step, well, _ in found] == [
            ("connection", True), ("login", True), ("subscription", True), ("first message", False)
        ]  # fmt: skip
        assert "nothing came" in found[-1][2]


def test_browse_offers_every_value_with_what_the_payload_tells(tmp_path, broker):
    link = Link("hall", (), tmp_path / "w" / "sources" / "hall")
    with speaker(broker.port) as client:
        say(client, "acme/hall-2/press/status", {"state": "run", "ts": 1790805600, "n": 4}, retain=True)
        say(client, "acme/hall-2/press/power", {"value": 2.5, "unit": "kW", "t": 1}, retain=True)
        say(client, "acme/hall-2/press/tags", [{"id": "a.b", "v": True}, {"id": "c", "v": 1.5}], retain=True)
        found = asyncio.run(browse(link, url(broker), topics=("acme/{line}/{machine}/#",)))
    offers = {o.address.removeprefix("acme/hall-2/press/"): o for o in found}
    assert {a: (o.path[1:], o.kind, o.unit, o.value) for a, o in offers.items()} == {
        "status#$.state": (("press", "status", "state"), "text", "", "run"),
        "status#$.n": (("press", "status", "n"), "integer", "", 4.0),
        "power#$.value": (("press", "power", "value"), "number", "kW", 2.5),
        "tags#$[?@.id == 'a.b'].v": (("press", "tags", "a.b"), "boolean", "", 1.0),
        "tags#$[?@.id == 'c'].v": (("press", "tags", "c"), "number", "", 1.5),
    }
