"""What a user waits for: importing files, the command line, OEE of many machines for a month, memory at rest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import andon
from andon.acquire.files import load, read_mapping
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch, Window
from andon.watch import close
from figures import OURS, Figure, seconds
from mix import BASE, DAY, SECOND, mix

SHIFTS = """
[[shift]]
name = "{name}"
start = "{start}"
end = "{end}"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""
MACHINE = """
[[machine]]
path = "line-{line}/machine-{number}"
class = "press"
ideal_cycle = "25 s"
minor_stop = "5 min"

[machine.signals.state]
kind = "state"
states = "own"

[machine.signals.total_count]
kind = "count"

[machine.signals.reject_count]
kind = "count"
"""
HEAD = """
[plant]
name = "bench"
zone = "Europe/Berlin"

[states.own]
"0" = "idle_no_order"
"1" = "setup"
"2" = "producing"
"3" = "fault"
"""


def imports(work: Path, rows: int) -> Iterator[Figure]:
    """Long files of 50 signals, one row a sample: Parquet and CSV."""
    folder = work / "imports"
    folder.mkdir()
    made = mix(50, rows // 50, seed=4)
    machines = sorted({n.rpartition("/")[0] for n in made.names})
    (folder / "plant.toml").write_text(HEAD + "".join(_numbers(m, made.names) for m in machines), encoding="utf-8")
    plant = read_plant(folder)
    table = pa.concat_tables(made.batches(500_000)).unify_dictionaries()
    path = table["signal"].cast(pa.string())
    wide = pa.table(
        {
            "ts": table["at"],
            "machine": pa.compute.replace_substring_regex(path, "/[^/]*$", ""),
            "tag": pa.compute.replace_substring_regex(path, "^.*/", ""),
            "value": table["value"],
        }
    )
    pa.parquet.write_table(wide, folder / "long.parquet")
    pa.csv.write_csv(wide, folder / "long.csv")
    mapping = {
        "shape": "long",
        "time": {"column": "ts"},
        "machine": {"column": "machine"},
        "signal": {"column": "tag"},
        "value": "value",
    }
    for ending, bar in (("parquet", 1_000_000), ("csv", 300_000)):
        with Historian.own(folder / f"history-{ending}") as history:
            chosen = read_mapping({**mapping, "format": ending}, name=ending)
            began = time.perf_counter()
            loaded = load(folder / f"long.{ending}", chosen, plant, history)
            took = time.perf_counter() - began
        if loaded.samples != made.rows:
            raise RuntimeError(f"{loaded.samples} of {made.rows} samples arrived: {loaded.notes}")
        yield Figure(f"bulk import, {ending}", OURS, loaded.samples / took, "samples/s", bar, "more")


def _numbers(machine: str, names: tuple[str, ...]) -> str:
    signals = "".join(
        f'\n[machine.signals.{n.rpartition("/")[2]}]\nkind = "number"\nrole = "other"\n'
        for n in names
        if n.startswith(machine + "/")
    )
    return f'\n[[machine]]\npath = "{machine}"\nclass = "press"\n{signals}'


def doors(work: Path, machines: int, days: int) -> Iterator[Figure]:
    """The command line's start and first answer, OEE from samples and from closed shifts, memory of an open plant."""
    folder = work / "plant"
    window = _plant(folder, machines, days)
    yield Figure("andon --help", OURS, _command("--help"), "s", 0.4)
    since, until = (np.datetime64(t, "us").astype(str)[:16] + "Z" for t in (window.since, window.until))
    with andon.open(folder) as plant:
        what = f"OEE of {machines} machines x {days} days"
        took = seconds(lambda: plant.ask("oee", since=f"{since}", until=f"{until}"), 3)
        yield Figure(f"{what}, from samples", OURS, took, "s", 2.0)
        took = seconds(lambda: close(plant.plant, plant.history, plant.books, who="bench", why="first closing"))
        yield Figure(f"closing the shifts of {machines} machines x {days} days", OURS, took, "s")
        took = seconds(lambda: plant.books.figures(("machine",)), 9)
        yield Figure(f"{what}, from closed shifts", OURS, took * 1e3, "ms", 50)
    asked = ("ask", "oee", "--plant", str(folder), "--at", "line-1/machine-1", "--since", since, "--until", until)
    yield Figure("first answer of `andon ask oee`", OURS, _command(*asked), "s", 2.5)
    yield Figure("memory of an open plant at rest", OURS, _memory(folder), "MB", 150)


def _plant(folder: Path, machines: int, days: int) -> Window:
    """A plant folder with states that change every few minutes and counters that speak every half minute."""
    folder.mkdir()
    shifts = [("early", "06:00", "14:00"), ("late", "14:00", "22:00"), ("night", "22:00", "06:00")]
    text = HEAD + "".join(SHIFTS.format(name=n, start=a, end=b) for n, a, b in shifts)
    text += "".join(MACHINE.format(line=m // 10 + 1, number=m + 1) for m in range(machines))
    (folder / "plant.toml").write_text(text, encoding="utf-8")
    window = Window(BASE - days * DAY * SECOND, BASE)
    with Historian.own(folder / "history") as history:
        for m in range(machines):
            history.write(Batch("bench", m + 1, _said(f"line-{m // 10 + 1}/machine-{m + 1}", window, m), spells=None))
        history.seal()
    return window


def _said(machine: str, window: Window, seed: int) -> pa.Table:
    chance = np.random.default_rng([seed, 9])
    length = window.duration // SECOND
    change = np.cumsum(chance.exponential(300, length // 290).astype(np.int64) + 1)
    change = np.concatenate([[0], change[change < length]])
    beat = np.arange(0, length, 30)
    made = np.cumsum(chance.random(len(beat)) < 0.9)
    scrap = np.cumsum(chance.random(len(beat)) < 0.02)
    parts = [
        ("state", change, chance.integers(0, 4, len(change))),
        ("total_count", beat, made),
        ("reject_count", beat, scrap),
    ]
    at = np.concatenate([window.since + t * SECOND for _, t, _ in parts])
    order = np.argsort(at, kind="stable")
    signal = np.repeat(np.arange(3, dtype=np.int32), [len(t) for _, t, _ in parts])[order]
    return pa.table(
        {
            "signal": pa.DictionaryArray.from_arrays(
                pa.array(signal), pa.array([f"{machine}/{n}" for n, _, _ in parts])
            ),
            "at": pa.array(at[order], pa.int64()).cast(pa.timestamp("us", "UTC")),
            "value": pa.array(np.concatenate([v for *_, v in parts]).astype(np.float64)[order]),
            "text": pa.nulls(len(at), pa.string()),
            "quality": pa.array(np.zeros(len(at), dtype=np.uint32)),
        }
    )


def _command(*arguments: str) -> float:
    """The best of three runs of the command line, each a fresh process."""
    command = [sys.executable, "-m", "andon", *arguments]

    def once() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})

    return min(seconds(once) for _ in range(3))


def _memory(folder: Path) -> float:
    """Resident megabytes of a process that opened the plant and waits."""
    code = "import andon, sys\nplant = andon.open(sys.argv[1])\nprint('open', flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()
        time.sleep(2)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        process.stdin.close()
        process.wait(30)
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1000 if found else float("nan")
