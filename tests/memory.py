"""The historian in memory: the one double that tests may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from andon.model import Batch, Receipt


@dataclass
class Memory:
    """Keeps batches as the historian does: each (source, number) once, the last of equal (signal, at) wins."""

    batches: dict[tuple[str, int], Batch] = field(default_factory=dict)
    written: int = 0

    def write(self, batch: Batch) -> Receipt:
        key = (batch.source, batch.number)
        table = batch.samples or batch.measurements or batch.spells
        rows = table.num_rows if table is not None else 0
        if key in self.batches:
            return Receipt(batch.source, batch.number, 0, 0, repeated=True)
        self.batches[key] = batch
        self.written += 1
        return Receipt(batch.source, batch.number, self.written, rows)

    def last_number(self, source: str) -> int:
        return max((n for s, n in self.batches if s == source), default=-1)

    def table(self) -> pa.Table:
        """All samples, in the order of the batches."""
        return pa.concat_tables([b.samples for b in self.batches.values() if b.samples is not None])

    def rows(self, signal: str) -> list[tuple[int, float | str | None, int]]:
        """(at, value or text, quality) of one signal, by time."""
        kept: dict[int, tuple[float | str | None, int]] = {}
        for batch in self.batches.values():
            for row in batch.samples.to_pylist() if batch.samples is not None else []:
                if row["signal"] == signal:
                    said = row["text"] if row["text"] is not None else row["value"]
                    kept[int(row["at"].timestamp() * 1e6)] = (said, row["quality"])
        return [(at, *kept[at]) for at in sorted(kept)]

    def said(self, signal: str) -> list[float | str | None]:
        """What one signal said, by time."""
        return [value for _, value, _ in self.rows(signal)]

    def counts(self) -> Mapping[str, int]:
        names = self.table()["signal"].to_pylist()
        return {n: names.count(n) for n in dict.fromkeys(names)}
