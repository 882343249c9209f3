"""Fewer, larger batches: a past has nobody who waits for its receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pyarrow as pa

from ...model import Batch

TOGETHER = 30_000
"""Samples in a batch."""


def joined(batches: Iterable[Batch], together: int = TOGETHER) -> Iterator[Batch]:
    """The same samples in fewer batches, each number of a source once; in order of arrival for each source."""
    waiting: dict[str, list[Batch]] = {}
    known: set[tuple[str, int]] = set()
    for batch in batches:
        if (batch.source, batch.number) in known:
            continue
        known.add((batch.source, batch.number))
        held = waiting.setdefault(batch.source, [])
        held.append(batch)
        if sum(b.samples.num_rows for b in held if b.samples is not None) >= together:
            yield _one(waiting.pop(batch.source))
    yield from map(_one, waiting.values())


def _one(held: Sequence[Batch]) -> Batch:
    samples, spells, measurements = (
        pa.concat_tables(tables) if (tables := [t for b in held if (t := getattr(b, name)) is not None]) else None
        for name in ("samples", "spells", "measurements")
    )
    return replace(held[0], samples=samples, spells=spells, measurements=measurements)
