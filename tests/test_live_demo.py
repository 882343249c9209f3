"""`andon demo` at work: what its machines said is what is stored, and a fault thrown at it is felt and gone again."""

import signal
import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from andon.acquire.simulated.play import Player
from andon.acquire.simulated.score import Score
from andon.app.opening import open_plant
from andon.historian import RemoteHistorian
from andon.model import Window
from processes import Andon, done
from servers import until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    made = tmp_path_factory.mktemp("live") / "demo"
    log = made.parent / "log"
    demo = Andon("demo", made, "--days", 1, out=log)
    try:
        until(lambda: "is running with" in log.read_text("utf-8") or demo.poll() is not None, 180, "the demo")
        assert demo.poll() is None, log.read_text("utf-8")
        yield made
    finally:
        demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 0, log.read_text("utf-8")


def asked(folder: Path, question: Callable[[Any], Any]) -> Any:
    """Ask the running demo."""
    with closing(open_plant(folder)) as plant:
        assert isinstance(plant.history, RemoteHistorian)
        return question(plant.history)


def sources(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["source"]: row for row in asked(folder, lambda h: h.call("sources"))}


def now() -> int:
    return time.time_ns() // 1000


def test_every_protocol_is_heard(folder):
    until(lambda: {row["health"] for row in sources(folder).values()} == {"connected"}, 90, str(sources(folder)))
    assert {row["connector"] for row in sources(folder).values()} == {
        "files",
        "modbus",
        "mqtt",
        "mtconnect",
        "opcua",
        "push",
        "sparkplug",
    }


@pytest.mark.parametrize(
    ("source", "machine", "step"),
    [
        ("lathes", "line-3/lathe-3", 1),
        ("cell-3", "line-3/cell-3", 1),
        ("packing", "line-3/packer-3", 1000),  # Sparkplug counts in milliseconds
    ],
)
def test_what_a_machine_says_is_stored_with_its_own_time(folder, source, machine, step):
    """From one sample that arrived to another a while later, everything that was said between is there.

    The machines are of line 3, which works day and night.
    """
    path = f"{machine}/power"
    since = now()

    def stored() -> list[tuple[int, float]]:
        table = asked(folder, lambda h: h.samples(path, Window(since, now() + 1)))
        return list(zip(table["at"].to_pylist(), table["value"].to_pylist(), strict=True))

    score = Player(Score.open(folder / "floor" / f"{source}.parquet"))

    def scored(until: int) -> dict[int, float]:
        return {at // step * step: v for p, at, v, _, _ in score.between(since, until) if p == path}

    # What a server says anew to a new connection is not in the score: wait for two that are.
    until(lambda: len(dict(stored()).keys() & scored(now()).keys()) >= 2, 60, path)
    rows = dict(stored())
    said = scored(max(rows))
    assert {at: rows[at] for at in said if at in rows} == pytest.approx(
        {at: v for at, v in said.items() if at >= min(rows)}
    )


def test_the_past_ends_where_the_present_begins(folder):
    """A counter of a machine grows over the seam by one at a time."""
    window = Window(now() - 3_600_000_000 * 3, now())
    table = asked(folder, lambda h: h.samples("line-3/cell-3/total_count", window))
    counts = table["value"].to_pylist()
    assert {b - a for a, b in pairwise(counts)} <= {0, 1}


def test_a_fault_is_felt_and_goes_again(folder):
    sessions = sources(folder)["press-3"]["sessions"]
    said = done("demo", folder, "--fault", "kill", "--at", "press-3", "--seconds", "2")
    assert said.stdout.strip() == "kill: press-3, for 2 s."
    until(lambda: sources(folder)["press-3"]["sessions"] > sessions, 90, "the recovery")


def test_a_fault_that_there_is_not_is_told_by_name(folder):
    said = done("demo", folder, "--fault", "kil")
    assert said.returncode == 2
    assert "Did you mean 'kill'?" in said.stderr
    assert "Did you mean 'press-3'?" in done("demo", folder, "--fault", "kill", "--at", "press3").stderr
