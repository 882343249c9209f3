"""A process that writes numbered batches until it is killed, and checks at its start what the one before it left."""

import random
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

import numpy as np
import pyarrow as pa

from andon.historian import Historian
from andon.model import Batch, Window

SIGNALS, ROWS = 5, 40
START = 19_674 * 86_400_000_000
STEP = 30_000_000
"""A sample every 30 s: 20 minutes a batch, 72 batches a day."""
BULK_ROWS = 210_000


def numbered(number: int) -> Batch:
    """Batch `number`: every value is its number."""
    at = START + (number * ROWS + np.arange(ROWS, dtype=np.int64)) * STEP
    return Batch(
        "line",
        number,
        pa.table(
            {
                "signal": pa.array([f"p/s{i}" for i in range(SIGNALS) for _ in range(ROWS)]),
                "at": pa.array(np.tile(at, SIGNALS)).cast(pa.timestamp("us", "UTC")),
                "value": np.full(SIGNALS * ROWS, float(number)),
            }
        ),
    )


def faults(history: Historian, acknowledged: int) -> str:
    """What is wrong, "" if nothing: the first n batches are there whole and once, n at least those acknowledged."""
    found = history.many([f"p/s{i}" for i in range(SIGNALS)], Window(0, 1 << 61))
    count = history.last_number("line") + 1
    if count < acknowledged:
        return f"{acknowledged} batches were acknowledged, {count} are there"
    expected = np.repeat(np.arange(count, dtype=np.float64), ROWS)
    for path, rows in found.items():
        if not np.array_equal(rows["value"].to_numpy(), expected):
            return f"{path} has {rows.num_rows} rows, {len(expected)} were written, or they are not the ones"
    return "; ".join(f"{d.file}: {d.what}" for d in history.verify().damages)


def write_until_killed(folder: Path, pipe: Connection, acknowledged: int, seed: int) -> None:
    """Check, then write for ever, sealing and compacting beside it; each receipt is reported once it is there."""
    chance = random.Random(seed)
    with Historian.own(folder) as history:
        pipe.send(("found", faults(history, acknowledged)))
        number = history.last_number("line") + 1
        if number and not history.write(numbered(number - 1)).repeated:
            pipe.send(("found", f"batch {number - 1} was stored twice"))
        Thread(target=_keep_house, args=(history, chance), daemon=True).start()
        while True:
            history.write(numbered(number))
            number += 1
            pipe.send(("stored", number))


def write_some(folder: Path, pipe: Connection, count: int) -> None:
    """Write `count` batches and wait to be killed, so that they are still in the log."""
    history = Historian.own(folder)
    for number in range(count):
        history.write(numbered(number))
    pipe.send(("stored", count))
    pipe.recv()


def _keep_house(history: Historian, chance: random.Random) -> None:
    while True:
        last = START + (history.last_number("line") + 1) * ROWS * STEP
        history.seal(None if chance.random() < 0.3 else last - chance.randrange(40) * ROWS * STEP)
        if chance.random() < 0.5:
            history.compact((last // 86_400_000_000) - chance.randrange(3))
