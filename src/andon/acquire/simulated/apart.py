"""Processes of the simulated plant: where the system can, forks of one that has loaded what all of them need."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext, SpawnContext

LOADED = ("__main__", "andon.acquire.simulated", "andon.acquire.simulated.floor.post")


def apart(*more: str) -> ForkServerContext | SpawnContext:
    """The context in which such processes begin.

    Parameters
    ----------
    more
        Further modules to load once for all of them; too late where one has begun already.

    Examples
    --------
    >>> apart().get_start_method() in ("forkserver", "spawn")
    True
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*LOADED, *more])
    return context
