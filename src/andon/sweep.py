"""One study over many machines and days: on these cores, or wherever a runner takes it.

A runner is a function that maps a study over the arguments of its units of work and yields the answers in order; ten
lines bring a cluster. Nothing in a study knows where it runs, and sums are of integers, so the figure is the same.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from .answer import Asked
from .ask import Question, Run, ask
from .plant import Plant
from .reading import History

Unit = Mapping[str, object]


def sweep(question: Question, plant: Plant, history: History, *, workers: int | None = None) -> Asked:
    """Ask one question with its units of work (a machine's shift, day, product...) mapped over `workers` processes.

    Parameters
    ----------
    question
        As for `ask`; split it `by` machine, shift or day, so that there are units to spread.
    plant, history
        The plant on paper and its history.
    workers
        How many processes; by default as many as this machine has cores.
    """
    return ask(question, plant, history, processes(workers or os.cpu_count() or 1))


def processes(workers: int) -> Run:
    """The runner that uses a pool of processes on this machine."""

    def run(function: Callable[..., object], units: Sequence[Unit]) -> Iterable[object]:
        size = max(1, min(64, len(units) // (4 * workers) or 1))
        with ProcessPoolExecutor(workers) as pool:
            return list(pool.map(_Call(function), units, chunksize=size))

    return run


@dataclass(frozen=True, slots=True)
class _Call:
    """Calls a study with one unit's arguments, in whichever process it finds itself."""

    function: Callable[..., object]

    def __call__(self, unit: Unit) -> object:
        return self.function(**unit)
