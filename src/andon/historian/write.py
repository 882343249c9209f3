"""A batch to disk: one transaction, once only, acknowledged when it would survive a power cut."""

from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model import Batch, Receipt, Window
from . import measured
from .admit import SPELLS, WAVEFORMS, Admitted, admit, fitted
from .arrange import arrange, stretches
from .hot import Connection, Store, raise_if_full, snapshot, transaction
from .names import Ids
from .segment import DAY, Segment, write_segment

BULK, BULK_A_DAY = 200_000, 50_000
"""From this many rows on (in all, and a day) a batch becomes sealed files at once and skips the hot tier."""
INSERTS = {
    "spells": "INSERT INTO spells SELECT kind, place, epoch_us(since), epoch_us(until), text, coalesce(detail, '{}'), "
    "{seq}, row_number() OVER () FROM arrived",
    "waveforms": 'INSERT INTO waveforms SELECT signal, epoch_us(arrived."at"), rate, block, {seq} FROM arrived',
}
SCHEMAS = {"spells": SPELLS, "waveforms": WAVEFORMS}
UNITS_A_BATCH = 26
"""Bits of a unit's number that count it within its batch; the others are the receipt number."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A batch ready to be stored: sorted samples with signal numbers, those they replaced, and the other tables."""

    batch: Batch
    seq: int
    admitted: Admitted
    rows: pa.Table
    lost: pa.Table
    others: dict[str, pa.Table]
    measured: measured.Formed | None

    @property
    def count(self) -> int:
        """How many rows of all kinds."""
        found = self.measured.count if self.measured else 0
        return self.rows.num_rows + sum(t.num_rows for t in self.others.values()) + found

    @property
    def first(self) -> int:
        """The number of its first unit."""
        return self.seq << UNITS_A_BATCH


def write(store: Store, batch: Batch) -> Receipt:
    """Store a batch; see `Historian.write`."""
    others = {
        name: fitted(given, schema, f"{name} of batch {batch.number} of {batch.source!r}")
        for name, schema in SCHEMAS.items()
        if (given := getattr(batch, name)) is not None
    }
    found = measured.form(batch)
    with store.writing:
        known = _earlier(store, batch)
        if known is not None:
            return known
        admitted = admit(batch, max(store.now(), store.latest_receipt))
        new = store.names.unknown(admitted.paths)
        store.names.keep(new, batch.source)
        try:
            return _stored(store, _arrived(store, batch, admitted, others, found), new)
        except BaseException:
            if len(store.names.paths) and new and store.names.paths[-1] == new[-1]:
                store.names.drop(len(new))
            raise


def _earlier(store: Store, batch: Batch) -> Receipt | None:
    """The receipt of the same (source, number), if it was stored before."""
    if batch.number > store.numbers.get(batch.source, -1 << 62):
        return None
    with snapshot(store) as db:
        found = (
            db.execute(
                'SELECT "at", rows, refused, since, until FROM receipts WHERE source = ? AND number = ?',
                [batch.source, batch.number],
            ).fetchall()
            or db.execute(
                'SELECT "at", 0, 0, NULL, NULL FROM known WHERE source = ? AND ? BETWEEN "first" AND "last"',
                [batch.source, batch.number],
            ).fetchall()
        )
    if not found:
        return None
    at, rows, refused, since, until = found[0]
    told = (f"{refused} samples were refused when the batch came first",) if refused else ()
    return Receipt(batch.source, batch.number, at, rows, True, None if since is None else Window(since, until), told)


def _arrived(
    store: Store, batch: Batch, admitted: Admitted, others: dict[str, pa.Table], found: measured.Formed | None
) -> Arrived:
    ids = np.array([store.names.ids[p] for p in admitted.paths], dtype=np.int32)
    rows = admitted.rows
    if len(ids):
        rows = rows.set_column(0, "signal", pa.array(ids[rows["signal"].to_numpy()]))
    sorted_rows, lost = arrange(rows, store.names.ranks() if rows.num_rows >= BULK else None)
    return Arrived(batch, store.seq + 1, admitted, sorted_rows, lost, others, found)


def _stored(store: Store, arrived: Arrived, new: list[str]) -> Receipt:
    signal, at = arrived.rows["signal"].to_numpy(), arrived.rows["at"].to_numpy()
    edges = stretches(signal)
    seen, lo, hi = signal[edges[:-1]], at[edges[:-1]], at[edges[1:] - 1]
    bulk = _is_bulk(store, arrived, (seen, lo, hi))
    receipt = _receipt(store, arrived)
    segments = _sealed(store, arrived) if bulk else []
    blocks = _blocks(store, arrived)
    with store.index.swapping() if bulk else nullcontext(), transaction(store) as db:
        _insert_names(db, store, new)
        if bulk:
            enter(db, segments)
        else:
            _insert(db, "INSERT INTO hot SELECT *, {seq} FROM arrived", arrived.rows, arrived.seq)
        for name, given in arrived.others.items():
            _insert(db, INSERTS[name], given, arrived.seq)
        if arrived.measured and blocks:
            measured.enter(db, blocks)
        elif arrived.measured:
            measured.insert(db, arrived.measured, arrived.first, arrived.seq)
        _insert(db, "INSERT INTO quarantine SELECT {seq}, * FROM arrived", arrived.admitted.refused, arrived.seq)
        _insert(db, "INSERT INTO overwritten SELECT * FROM arrived", arrived.lost, arrived.seq)
        span = receipt.touched or Window(0, 0)
        db.execute(
            "INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                arrived.seq,
                receipt.source,
                receipt.number,
                receipt.at,
                receipt.rows,
                arrived.admitted.refused.num_rows,
                span.since if receipt.touched else None,
                span.until if receipt.touched else None,
            ],
        )
    _remember(store, arrived, receipt)
    if not bulk:
        store.fresh.widen(seen, lo, hi)
        store.fresh.rows += arrived.rows.num_rows
    if arrived.measured and not blocks:
        store.measured += arrived.measured.units.num_rows + arrived.measured.values.num_rows
    for follower in store.followers:
        follower(arrived.rows, arrived.others)
    return receipt


def enter(db: Connection, segments: list[Segment]) -> None:
    """Make written segments part of the history: from the commit on they count."""
    for s in segments:
        seq, lo, hi = (pc.max(s.runs["seq"]).as_py(), pc.min(s.runs["lo"]).as_py(), pc.max(s.runs["hi"]).as_py())
        db.execute(
            "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [s.number, s.samples.path, s.day, s.samples.rows, lo, hi, seq, s.samples.size, s.samples.digest],
        )
        for level, file in s.levels.items():
            db.execute(
                "INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?)",
                [s.number, level, file.path, file.rows, file.size, file.digest],
            )
        _insert(db, "INSERT INTO runs BY NAME SELECT * FROM arrived", s.runs, 0)


def _is_bulk(store: Store, arrived: Arrived, span: tuple[Ids, np.ndarray, np.ndarray]) -> bool:
    """Big enough, and nothing in the hot tier that its rows might have to replace."""
    rows = arrived.rows
    if rows.num_rows < BULK:
        return False
    days = (pc.max(rows["at"]).as_py() // DAY) - (pc.min(rows["at"]).as_py() // DAY) + 1
    return rows.num_rows >= BULK_A_DAY * days and not any(
        store.fresh.touches(int(s), int(low), int(high) + 1) for s, low, high in zip(*span, strict=True)
    )


def _sealed(store: Store, arrived: Arrived) -> list[Segment]:
    rows = arrived.rows.append_column("seq", pa.array(np.full(arrived.rows.num_rows, arrived.seq)))
    try:
        return write_days(store, rows)
    except OSError as error:
        raise_if_full(store, error)
        raise


def _blocks(store: Store, arrived: Arrived) -> measured.Blocks | None:
    """The sealed files of a batch with many measurements; None where they are few."""
    if arrived.measured is None or not measured.bulky(arrived.measured):
        return None
    try:
        return measured.write_blocks(store, arrived.measured, arrived.first, arrived.seq)
    except OSError as error:
        raise_if_full(store, error)
        raise


def write_days(store: Store, rows: pa.Table) -> list[Segment]:
    """Write rows, sorted by rank and time, as one segment a day."""
    day = rows["at"].to_numpy() // DAY
    days = np.unique(day)
    with store.writing:
        numbers = list(range(store.segment + 1, store.segment + 1 + len(days)))
        store.segment += len(days)
    parts = (
        (n, rows if len(days) == 1 else rows.filter(pa.array(day == d))) for n, d in zip(numbers, days, strict=True)
    )
    return [write_segment(store.folder, n, part.combine_chunks(), store.names.paths) for n, part in parts]


def _receipt(store: Store, arrived: Arrived) -> Receipt:
    spans = [(arrived.rows["at"], 1)] + [
        (pc.cast(t["at"], pa.int64()), 1) for n, t in arrived.others.items() if n != "spells" and t.num_rows
    ]
    if arrived.measured and arrived.measured.units.num_rows:
        spans.append((arrived.measured.units["at"], 1))
    lows = [pc.min(a).as_py() for a, _ in spans if len(a)]
    highs = [pc.max(a).as_py() + 1 for a, _ in spans if len(a)]
    touched = Window(min(lows), max(highs)) if lows else None
    return Receipt(
        arrived.batch.source, arrived.batch.number, store.now(), arrived.count, False, touched, arrived.admitted.told()
    )


def _remember(store: Store, arrived: Arrived, receipt: Receipt) -> None:
    source = receipt.source
    store.seq = arrived.seq
    if "spells" in arrived.others:
        kinds, places = (arrived.others["spells"][c].to_pylist() for c in ("kind", "place"))
        named = {str(p) for k, p in zip(kinds, places, strict=True) if k == "connection"}
        store.connected |= named
        store.spoken.told(named)
    store.latest_receipt = max(store.latest_receipt, receipt.at)
    store.numbers[source] = max(store.numbers.get(source, receipt.number), receipt.number)
    if receipt.touched:
        store.heard[source] = max(store.heard.get(source, 0), receipt.touched.until)


def _insert_names(db: Connection, store: Store, new: list[str]) -> None:
    if new:
        rows = pa.table(
            {
                "id": [store.names.ids[p] for p in new],
                "path": new,
                "source": [store.names.sources[store.names.ids[p]] for p in new],
            }
        )
        _insert(db, "INSERT INTO signals SELECT * FROM arrived", rows, 0)


def _insert(db: Connection, query: str, rows: pa.Table, seq: int) -> None:
    if rows.num_rows:
        db.register("arrived", rows)
        db.execute(query.replace("{seq}", str(int(seq))))
        db.unregister("arrived")
