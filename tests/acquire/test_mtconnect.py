"""An MTConnect agent in a process of its own: what it says, what its buffer fills, its restarts and silences."""

import asyncio
import os
import sys
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import pytest
from hearing import ALL, gathered, hear, last, link_of, stored

from andon.acquire.gather import Health
from andon.acquire.link import Link
from andon.acquire.mtconnect import mtconnect
from andon.acquire.mtconnect.look import browse, trial
from servers import Server, free_port, running, until

AGENT = Path(__file__).with_name("mtconnect_agent.py")
OKUMA = (
    Path(os.environ.get("ANDON_DATA", Path(__file__).parents[3] / "shared" / "data")) / "mtconnect_cppagent/demo/agent"
)
UNAVAILABLE, UNKNOWN, NO_DATA = 0x80310000, 0x80340000, 0x809B0000
QUICK = {"interval": 20_000, "heartbeat": 500_000}


def agent_of(folder: Path, *options: object) -> Server:
    port = free_port()
    return Server([sys.executable, str(AGENT), str(port), *map(str, options)], port, log=folder / f"{port}.log")


@pytest.fixture
def agent(tmp_path):
    with running(agent_of(tmp_path)) as server:
        yield server


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def say(server: Server, *lines: str) -> None:
    urllib.request.urlopen(f"{url(server)}/say", "\n".join(lines).encode(), timeout=5).close()


def spells(history) -> list[tuple[int, int, str]]:
    return history.spells("connection", "it", ALL).rows()


def values(history, name: str) -> list[object]:
    return [value for _, value, _, quality in stored(history, name) if not quality]


def test_samples_events_sets_tables_and_positions_are_read_each_by_its_data_item(tmp_path, agent):
    say(agent, "xp|12.5", "ex|ACTIVE", "serial|000123", "pc|7", "pos|1 -2.5 3", "mode|UNAVAILABLE")
    say(agent, "vars|a=1 b=2.5", "vars|b=", "tools|T1={LENGTH=80.5 RADIUS=3} T2={LENGTH=90}")
    wanted = {
        "xp": (12.5, None, 0),
        "mill/xp": (12.5, None, 0),
        "ex": (None, "ACTIVE", 0),
        "serial": (None, "000123", 0),
        "pos": (None, "1 -2.5 3", 0),
        "pos[1]": (-2.5, None, 0),
        "vars": (None, '{"a": "1"}', 0),
        "vars[a]": (1.0, None, 0),
        "tools[T1.LENGTH]": (80.5, None, 0),
        "tools[T2.LENGTH]": (90.0, None, 0),
        "mode": (None, None, UNAVAILABLE),
        "yp": (None, None, UNKNOWN),
        "lathe/xp": (None, None, UNKNOWN),
    }
    rows = hear(mtconnect(link_of(tmp_path, list(wanted)), url(agent), **QUICK), lambda rows: len(rows) == len(wanted))
    assert {a: last(rows, a) for a in wanted} == wanted


def test_what_the_stream_changes_is_heard_with_the_agents_own_times(tmp_path, agent):
    said = []

    def enough(rows) -> bool:
        if not said:
            said.append(
                say(agent, "2026-11-27T06:00:00.25Z|xp|1", "2026-11-27T06:00:00.5Z|xp|2", "vars|k=1", "vars|k=")
            )
        return "vars[k]" in rows and rows["vars[k]"][-1]["quality"] == NO_DATA

    rows = hear(mtconnect(link_of(tmp_path, ["xp", "vars[k]"]), url(agent), **QUICK), enough)
    found = [(row["at"].isoformat(), row["value"]) for row in rows["xp"]][-2:]
    assert found == [("2026-11-27T06:00:00.250000+00:00", 1.0), ("2026-11-27T06:00:00.500000+00:00", 2.0)]


def test_a_time_series_ends_at_its_timestamp_and_goes_back_at_its_rate(tmp_path, agent):
    say(agent, "2026-11-27T06:00:01Z|vib|1 2 3")
    rows = hear(mtconnect(link_of(tmp_path, ["vib"]), url(agent), **QUICK), lambda rows: len(rows.get("vib", ())) == 3)
    found = [(row["at"].microsecond, row["value"]) for row in rows["vib"]]
    assert found == [(980_000, 1.0), (990_000, 2.0), (0, 3.0)]


def test_a_condition_names_all_that_is_active_until_each_becomes_normal(tmp_path, agent):
    steps: Iterable[tuple[str, tuple[object, object, object]]] = [
        ("cond|FAULT|104|1|HIGH|spindle hot", (1.0, "Fault 104 HIGH: spindle hot", 0)),
        ("cond|WARNING|22|||coolant low", (1.0, "Fault 104 HIGH: spindle hot; Warning 22: coolant low", 0)),
        ("cond|NORMAL|104", (0.0, "Warning 22: coolant low", 0)),
        ("cond|NORMAL", (0.0, "Normal", 0)),
        ("cond|UNAVAILABLE", (None, None, UNAVAILABLE)),
    ]
    todo = list(steps)

    def enough(rows) -> bool:
        if len(todo) < 5 and last(rows, "cond") != list(steps)[4 - len(todo)][1]:
            return False
        if todo:
            say(agent, todo.pop(0)[0])
            return False
        return True

    rows = hear(mtconnect(link_of(tmp_path, ["cond"]), url(agent), **QUICK), enough)
    assert [last({"cond": [row]}, "cond") for row in rows["cond"]][-5:] == [said for _, said in steps]


def test_what_was_said_while_nobody_listened_is_filled_from_the_buffer(tmp_path, agent):
    say(agent, "xp|0", "cond|FAULT|104|||hot")
    signals = {"x": "xp", "fault": "cond"}
    with gathered(tmp_path, "mtconnect", {"url": url(agent), "interval": "20 ms"}, signals) as (_, history):
        until(lambda: values(history, "x") and values(history, "fault"))
        say(agent, "xp|1")
        until(lambda: 1.0 in values(history, "x"))
    say(agent, *(f"xp|{n}" for n in range(2, 50)), "cond|WARNING|22|||low")
    with gathered(tmp_path, "mtconnect", {"url": url(agent), "interval": "20 ms"}, signals) as (_, history):
        until(lambda: any(text == "filled" for _, _, text in spells(history)))
        assert set(map(float, range(50))) <= set(values(history, "x"))
        assert stored(history, "fault")[-1][2] == "Fault 104: hot; Warning 22: low"  # the fault is from before
        (_, lost, _), (since, until_, _) = sorted(s for s in spells(history) if s[1] < ALL.until)[:2]
        assert (since, until_) == (lost, next(s for s, u, _ in spells(history) if u >= ALL.until))


def test_what_the_buffer_no_longer_holds_stays_a_gap_and_the_rest_is_brought(tmp_path):
    source = {"interval": "20 ms"}
    with running(agent_of(tmp_path, "--buffer", 40)) as agent:
        with gathered(tmp_path, "mtconnect", {"url": url(agent)} | source, {"x": "xp"}) as (_, history):
            say(agent, "xp|0")
            until(lambda: 0.0 in values(history, "x"))
            until(lambda: (tmp_path / "sources" / "it" / "agent.json").exists())
        say(agent, *(f"xp|{n}" for n in range(1, 100)))
        with gathered(tmp_path, "mtconnect", {"url": url(agent)} | source, {"x": "xp"}) as (_, history):
            until(lambda: any(text == "filled" for _, _, text in spells(history)))
            assert {float(n) for n in range(60, 100)} <= set(values(history, "x"))
            assert 30.0 not in values(history, "x")
            lost = min(u for _, u, _ in spells(history))
            assert next(s for s, _, text in spells(history) if text == "filled") > lost


@pytest.mark.parametrize("harm", ["kill", "freeze"])
def test_an_agent_that_is_restarted_or_hangs_is_followed_again_within_15_s(tmp_path, harm):
    server = agent_of(tmp_path)
    source = {"url": url(server), "interval": "20 ms", "heartbeat": "500 ms"}
    with running(server), gathered(tmp_path, "mtconnect", source, {"x": "xp"}) as (gather, history):
        until(lambda: gather.status()["it"].health is Health.CONNECTED)
        say(server, "xp|1")
        until(lambda: 1.0 in values(history, "x"))
        getattr(server, harm)()
        until(lambda: gather.status()["it"].health is Health.LOST)
        assert str(server.port) in gather.status()["it"].said
        server.start() if harm == "kill" else server.thaw()
        since = time.monotonic()
        say(server, "xp|2")  # a new life of the agent counts from 1 again
        until(lambda: 2.0 in values(history, "x"))
        until(lambda: gather.status()["it"].health is Health.CONNECTED)
        assert time.monotonic() - since < 15


def test_an_agent_that_sends_one_document_at_a_time_is_asked_again_and_again(tmp_path):
    with running(agent_of(tmp_path, "--plain")) as agent:
        said: list[None] = []

        def enough(rows) -> bool:
            if len(said) < 3 and (not said or rows["xp"][-1]["value"] == float(len(said))):
                said.append(say(agent, f"xp|{len(said) + 1}"))
            return rows["xp"][-1]["value"] == 3.0

        hear(mtconnect(link_of(tmp_path, ["xp"]), url(agent), **QUICK), enough)


def test_an_observation_that_spoils_its_document_is_left_out_and_the_others_are_not(tmp_path, agent):
    said: list[None] = []

    def enough(rows) -> bool:
        if not said:
            said.append(say(agent, "xp|1", "serial|\x01 is no XML", "xp|2"))
        return rows["xp"][-1]["value"] == 2.0

    rows = hear(mtconnect(link_of(tmp_path, ["xp"]), url(agent), **QUICK), enough)
    assert [row["value"] for row in rows["xp"]][-2:] == [1.0, 2.0]


def test_browsing_guesses_roles_kinds_units_and_says_why(tmp_path, agent):
    say(agent, "xp|12.5", "ex|ACTIVE", "cond|FAULT|104")
    found = {o.address: o for o in asyncio.run(browse(Link("it", (), tmp_path), url(agent)))}
    guessed = {a: (o.role, o.kind, o.unit, o.value) for a, o in found.items()}
    assert guessed["xp"] == ("position", "number", "mm", 12.5)
    assert guessed["ex"] == ("state", "state", "", "ACTIVE")
    assert found["ex"].keys == {"states": "mtconnect"}
    assert guessed["pc"] == ("good_count", "count", "", None)
    assert guessed["cond"] == ("alarm", "boolean", "", 1.0)
    assert guessed["pos[2]"] == ("other", "number", "mm", None)
    assert found["xp"].path == ("mill", "base", "X", "Xact")
    assert found["xp"].why == "MTConnect sample POSITION (ACTUAL)"


def test_a_trial_says_what_is_wrong_and_what_to_try(tmp_path, agent):
    say(agent, "xp|1")
    steps = {s.step: s for s in asyncio.run(trial(link_of(tmp_path, ["xp", "Xact", "pos[1]"]), url(agent)))}
    assert steps["address xp"].well
    assert steps["address pos[1]"].well
    assert steps["address Xact"].said == "The agent has no data item with the id 'Xact'. Did you mean 'xp'?"
    assert steps["stream"].well
    wrong = asyncio.run(trial(link_of(tmp_path, []), url(agent), device="lathe"))
    assert "NO_DEVICE" in wrong[-1].said
    nobody = asyncio.run(trial(link_of(tmp_path, []), f"http://127.0.0.1:{free_port()}"))
    assert "does not answer" in nobody[-1].said


@pytest.mark.skipif(not OKUMA.is_dir(), reason=f"{OKUMA} is not here: set ANDON_DATA to the folder of shared data")
def test_a_real_machines_recording_is_followed_without_a_loss(tmp_path):
    with running(agent_of(tmp_path, "--devices", OKUMA / "Devices.xml", "--buffer", 100_000)) as agent:
        found = asyncio.run(browse(Link("it", (), tmp_path), url(agent)))
        names = {o.path[-1]: o.address for o in found}
        wanted: dict[str, list[float]] = {}
        lines = []
        for line in (OKUMA / "okuma.txt").read_text("utf-8", "replace").splitlines()[:4000]:
            at, *rest = line.split("|")
            for name, value in zip(rest[::2], rest[1::2], strict=False):
                if name in ("Xabs", "Zabs", "S1speed", "p1Fact") and value not in ("UNAVAILABLE", ""):
                    lines.append(f"{at}|{names[name]}|{value}")
                    wanted.setdefault(names[name], []).append(float(value))
        assert len(wanted) >= 2

        said: list[None] = []

        def enough(rows) -> bool:
            if not said:
                said.append(say(agent, *lines))
            return all(len(rows.get(a, ())) >= len(v) for a, v in wanted.items())

        rows = hear(mtconnect(link_of(tmp_path, list(wanted)), url(agent), **QUICK), enough, 20)
        assert {a: [r["value"] for r in rows[a] if not r["quality"]] for a in wanted} == wanted
