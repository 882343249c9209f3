"""The whole history checked against its catalog; what is damaged is named."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..errors import Damaged
from ..model import Window, moment
from .backup import digest_of
from .cold import Shelf, Span, read_rows, read_runs
from .hot import Store, snapshot
from .index import COLUMNS as RUN
from .index import Run
from .rollup import LEVELS, Points, rollup
from .seal import unknown_files
from .segment import DAY


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not as it was written, and what is wrong with it."""

    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` looked at and what it found: `damages` is empty when all is well; `notes` need no action."""

    files: int
    rows: int
    hot_rows: int
    receipts: int
    refused: int
    damages: tuple[Damage, ...]
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Nothing is damaged."""
        return not self.damages


def verify(store: Store, shelf: Shelf, *, deep: bool = False) -> Report:
    """Check every file's SHA-256, each segment's rows and order, the catalog; `deep` also roll-ups against samples."""
    with store.sealing:
        with snapshot(store) as db:
            files = db.execute(
                "SELECT path, digest FROM segments UNION ALL SELECT path, digest FROM rollups UNION ALL "
                "SELECT path, digest FROM blocks ORDER BY path"
            ).fetchall()
            segments = db.execute("SELECT id, path, rows, day FROM segments ORDER BY id").fetchall()
            hot, receipts, refused = (
                int(db.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0]) for t in ("hot", "receipts", "quarantine")
            )
        bad = {
            path: digest_of(store.folder / path) for path, digest in files if digest_of(store.folder / path) != digest
        }
        damages = [
            Damage(path, "is not as it was written" if found else "is missing or unreadable")
            for path, found in bad.items()
        ]
        for number, path, rows, day in segments:
            if path not in bad:
                damages += _segment(store, shelf, (number, path, rows, day), deep=deep)
        damages += _catalog(store)
        notes = [
            f"{path}: belongs to no segment (left by an unfinished seal; the next start removes it)"
            for path in unknown_files(store)
        ] + store.repairs
    return Report(len(files), sum(s[2] for s in segments), hot, receipts, refused, tuple(damages), tuple(notes))


def _segment(store: Store, shelf: Shelf, told: tuple[int, str, int, int], *, deep: bool) -> list[Damage]:
    number, path, rows, day = told
    try:
        found = list(_runs(store, shelf, number))
    except Damaged as error:
        return [Damage(path, str(error))]
    total = sum(t.num_rows for _, t in found)
    faults = [f"holds {total} rows, the catalog says {rows}"] if total != rows else []
    for run, table in found:
        at = table["at"].to_numpy()
        name = store.names.paths[run.signal]
        if len(at) != run.rows or at[0] != run.lo or at[-1] != run.hi or (at[1:] <= at[:-1]).any():
            faults.append(f"rows of {name} are not in order or not the ones in the catalog")
        if at[0] // DAY != day or at[-1] // DAY != day:
            faults.append(f"{name} has rows of another day ({moment(int(at[0])):%Y-%m-%d})")
        if deep:
            faults += [
                f"the {level} roll-up of {name} does not fit its samples"
                for level in LEVELS
                if not _fits(shelf, run, table, level)
            ]
    return [Damage(path, fault) for fault in faults]


def _runs(store: Store, shelf: Shelf, number: int) -> Iterator[tuple[Run, pa.Table]]:
    with snapshot(store) as db:
        rows = db.execute(f'SELECT {RUN} FROM runs WHERE segment = ? ORDER BY "first"', [number]).fetchall()
    runs = [Run(*r) for r in rows]
    for i in range(0, len(runs), 64):  # some signals at a time: a day may be larger than memory
        yield from read_runs(shelf, runs[i : i + 64], Span.of(Window(-(1 << 62), 1 << 62)))


def _fits(shelf: Shelf, run: Run, rows: pa.Table, level: str) -> bool:
    path, first, count = run.level(level)
    if not count:
        return True
    kept = read_rows(shelf, path, first, count)
    points = Points.of(
        np.array([0, rows.num_rows]), rows["at"].to_numpy(), rows["value"].to_numpy(), rows["quality"].to_numpy()
    )
    made = rollup(points, LEVELS[level])[1]
    kept = kept.set_column(kept.schema.get_field_index("at"), "at", kept["at"].cast(pa.int64()))
    return bool(made.select(kept.column_names).cast(kept.schema).equals(kept))


def _catalog(store: Store) -> list[Damage]:
    """Does the catalog agree with itself?"""
    with snapshot(store) as db:
        lost = db.execute("SELECT count(*) FROM runs WHERE segment NOT IN (SELECT id FROM segments)").fetchall()[0][0]
        twice = db.execute("SELECT source, number FROM receipts GROUP BY ALL HAVING count(*) > 1").fetchall()
        strange = db.execute("SELECT count(*) FROM hot WHERE signal NOT IN (SELECT id FROM signals)").fetchall()[0][0]
        late = db.execute("SELECT count(*) FROM hot WHERE seq NOT IN (SELECT seq FROM receipts)").fetchall()[0][0]
    faults = (
        ([f"{lost} runs belong to no segment"] if lost else [])
        + [f"batch {number} of {source!r} is there twice" for source, number in twice]
        + ([f"{strange} rows belong to no signal"] if strange else [])
        + ([f"{late} rows have no receipt"] if late else [])
    )
    return [Damage("hot.duckdb", fault) for fault in faults]
