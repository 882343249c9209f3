"""The long form of the kill -9 test: `python benchmarks/crash.py --rounds 5000`.

A writer is killed at a random instant, again and again, while it opens, repairs, writes, seals or compacts. The next
one checks what it left: every acknowledged batch is there, whole and once. Stops at the first fault, keeps its folder.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "historian")]

from test_store_damage import killed_round  # noqa: E402  (found on the path of the tests)

FRESH = 40
"""Rounds after which a new folder is begun."""


def main(arguments: Sequence[str]) -> int:
    """Kill as often as asked; the exit code says whether anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="to repeat a run's choices")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="andon-crash-"))
    print(f"seed {given.seed}, in {folder}", flush=True)
    acknowledged = total = 0
    for number in range(given.rounds):
        if number % FRESH == 0:
            total += acknowledged
            shutil.rmtree(folder)
            acknowledged = 0
        acknowledged, wrong = killed_round(folder, acknowledged, given.seed * 100_000 + number)
        if wrong:
            print(f"round {number}: {wrong}; the folder is kept")
            return 1
        if (number + 1) % 100 == 0:
            print(f"{number + 1} rounds, {total + acknowledged:,} batches acknowledged, none lost", flush=True)
    shutil.rmtree(folder)
    print(f"killed {given.rounds} times, {total + acknowledged:,} batches acknowledged, none lost")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
