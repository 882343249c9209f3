"""Processes apart: where the system can, forks of one that has loaded what they need, and not what else is here."""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, SpawnContext


def apart(*loaded: str) -> ForkServerContext | SpawnContext:
    """Where such processes begin.

    Parameters
    ----------
    loaded
        The modules that the one that is forked loads; it is too late for them where it has begun already.

    Examples
    --------
    >>> apart().get_start_method() in ("forkserver", "spawn")
    True
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", *loaded])
    return context


def load_apart(*loaded: str) -> None:
    """Let the one that is forked begin to load modules, while this process does something else."""
    if isinstance(apart(*loaded), ForkServerContext):
        forkserver.ensure_running()
