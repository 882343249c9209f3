"""Memory given back: what a process that runs for years asks of the allocators, so that a peak is not kept for ever."""

import ctypes
import sys

import pyarrow as pa

ARENAS = -8
"""M_ARENA_MAX of mallopt(3)."""


def lean() -> None:
    """Give memory back to the system: Arrow by the system's allocator, and two heaps for all threads (glibc).

    Arrow's own pool keeps what it once had, and glibc makes heaps for each thread. At 10,000 signals a second both
    together are 35 MB of resident memory. For `andon run`; a notebook keeps its own ways.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(ARENAS, 2)


def trim() -> None:
    """Give back what a large piece of work left in the heaps of glibc: 150 MB after a month of late data was closed."""
    if sys.platform == "linux":
        malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if malloc_trim is not None:
            malloc_trim(0)
