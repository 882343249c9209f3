"""Live tiles of many machines: CPU for a tick a second, memory, and the running shift asked from memory and from disk.

python benchmarks/live.py --machines 200 --seconds 30 --days 2
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from andon.acquire.gather.connections import OPEN
from andon.ask import Question, ask
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Batch, Window
from andon.plant import Plant
from andon.units import HOUR, SECOND
from andon.watch import Live

START = 1_709_596_800_000_000  # 2024-03-05T00:00Z
STATES = ("run", "stop", "wait", "run")


def plant_of(folder: Path, machines: int) -> Plant:
    """A plant in three shifts whose machines have a state, two counters, a product, an order, and power."""
    text = '[plant]\nname = "works"\nzone = "UTC"\n'
    for name, start, end in (("early", "06:00", "14:00"), ("late", "14:00", "22:00"), ("night", "22:00", "06:00")):
        text += f'[[shift]]\nname = "{name}"\nstart = "{start}"\nend = "{end}"\n'
    text += (
        '[[source]]\nname = "plc"\nconnector = "simulated"\n[[product]]\nname = "A"\ncycles = [{ideal_cycle = "5 s"}]\n'
    )
    for n in range(machines):
        text += f'[[machine]]\npath = "line-{n // 20}/m{n}"\n'
        text += '[machine.signals.state]\nstates = { run = "producing", stop = "fault", wait = "starved" }\n'
        text += "".join(
            f"[machine.signals.{s}]\n" for s in ("total_count", "reject_count", "product", "order", "power")
        )
    (folder / "plant.toml").write_text(text, encoding="utf-8")
    return read_plant(folder)


class Plc:
    """Says the states, counts and power of all machines, every second or over a stretch of the past."""

    def __init__(self, plant: Plant, history: Historian, cycle: int) -> None:
        self.paths, self.history, self.cycle, self.number = list(plant.machines), history, cycle, 0
        self.counts = np.zeros(len(self.paths))
        spell = {"kind": ["connection"], "place": ["plc"], "since": [0], "until": [OPEN], "text": ["connected"]}
        history.write(Batch("gather", 1, spells=pa.table(spell)))

    def past(self, since: int, until: int) -> None:
        """A part every ten cycles, a state every quarter of an hour."""
        for path in self.paths:
            at = np.arange(since, until, 10 * self.cycle * SECOND)
            turns = np.arange(since, until, 900 * SECOND)
            self.write(
                [f"{path}/total_count"] * len(at) + [f"{path}/state"] * len(turns) + [f"{path}/product"],
                [*at, *turns, since],
                [*map(float, range(len(at))), *[None] * (len(turns) + 1)],
                [*[None] * len(at), *(STATES[i % 4] for i in range(len(turns))), "A"],
            )
        self.counts[:] = len(at) - 1

    def second(self, now: int) -> None:
        """One second: power of all machines, parts of those whose cycle is over, now and then another state."""
        made = np.flatnonzero(np.arange(len(self.paths)) % self.cycle == (now // SECOND) % self.cycle)
        self.counts[made] += 1
        rows = [(f"{p}/power", 5.0, None) for p in self.paths]
        rows += [(f"{self.paths[i]}/total_count", float(self.counts[i]), None) for i in made]
        rows += [(f"{p}/state", None, random.choice(STATES)) for p in random.sample(self.paths, len(self.paths) // 200)]
        names, values, texts = zip(*rows, strict=True)
        self.write(list(names), [now - SECOND // 2] * len(rows), list(values), list(texts))

    def write(self, signal: list[str], at: list[int], value: list[float | None], text: list[str | None]) -> None:
        self.number += 1
        columns = {
            "signal": signal,
            "at": pa.array([int(t) for t in at], pa.int64()).cast(pa.timestamp("us", "UTC")),
            "value": pa.array(value, pa.float64()),
        }
        self.history.write(Batch("plc", self.number, pa.table({**columns, "text": pa.array(text, pa.string())})))


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU time (of this thread) that something takes."""
    since = time.thread_time()
    work()
    return time.thread_time() - since


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--machines", type=int, default=200)
    given.add_argument("--seconds", type=int, default=60)
    given.add_argument("--days", type=float, default=1.0, help="days of history before")
    given.add_argument("--cycle", type=int, default=5, help="seconds a part")
    args = given.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, now = Path(name), START + 12 * HOUR
        clock = [now]
        plant = plant_of(folder, args.machines)
        with Historian.own(folder / "history", clock=lambda: clock[0] * 1000) as history:
            plc = Plc(plant, history, args.cycle)
            plc.past(now - round(args.days * 24 * HOUR), now)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            live = Live(plant, history)
            first = cpu(live.tiles)
            ticks = []
            for _ in range(args.seconds):
                clock[0] += SECOND
                plc.second(clock[0])
                ticks.append(cpu(live.tiles))
            question = Question("oee", next(iter(plant.machines)), Window(START + 6 * HOUR, clock[0]))
            kept, read = (
                min(cpu(work) for _ in range(10))
                for work in (lambda: live.ask(question), lambda: ask(question, plant, history))
            )
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            live.close()
    print(f"{args.machines} machines, a part every {args.cycle} s, {args.days:g} days of history")
    print(f"first look            {first:8.3f} s of CPU")
    print(
        f"a tick                {1000 * np.mean(ticks):8.1f} ms of CPU: {100 * np.mean(ticks):.1f} % of a core at 1 Hz"
    )
    print(f"the longest tick      {1000 * max(ticks):8.1f} ms")
    print(
        f"oee of one shift      {1000 * kept:8.1f} ms from memory, {1000 * read:.1f} ms from the history (this thread)"
    )
    print(f"memory beside it      {grown / 1024:8.1f} MiB")


if __name__ == "__main__":
    main()
