"""SQL for people: views over the whole history in a database of its own that can neither write nor open files."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from ..errors import BadQuestion
from .hot import Store, snapshot, table

HINT = (
    "(The tables are samples, spells, units, measurements, signals, receipts, quarantine and forgotten; "
    'write the column "at" in double quotes, AT is a word of DuckDB\'s.)'
)
COLD = """
SELECT signal, f."at", coalesce(value, scaled / power(10, decimals)) AS value, text, quality{rank}
FROM read_parquet([{files}], hive_partitioning = false) f
"""
DOUBLED = """
SELECT DISTINCT a.segment FROM runs a JOIN runs b
ON a.signal = b.signal AND a.segment <> b.segment AND a.lo <= b.hi AND b.lo <= a.hi
UNION SELECT r.segment FROM runs r JOIN (SELECT signal, min("at") AS lo, max("at") AS hi FROM hot GROUP BY signal) h
ON r.signal = h.signal AND r.lo <= h.hi AND h.lo <= r.hi
"""
HOT = """
SELECT s.path AS signal, make_timestamptz(h."at") AS "at", value, text, quality, 1000000000000 + seq AS rank
FROM hot h JOIN signals s ON s.id = h.signal
"""
TABLES = {
    "receipts": 'SELECT seq, source, number, make_timestamptz(r."at") AS "at", rows, refused, make_timestamptz(since) '
    "AS since, make_timestamptz(until) AS until FROM receipts r",
    "signals": "SELECT path, source FROM signals",
    "spells": "SELECT kind, place, make_timestamptz(since) AS since, make_timestamptz(until) AS until, text, detail, "
    "seq AS receipt FROM spells",
    "quarantine": 'SELECT seq AS receipt, signal, "at", value, text, quality, reason FROM quarantine',
    "forgotten": 'SELECT make_timestamptz(f."at") AS "at", who, why, path, make_timestamptz(since) AS since, '
    "make_timestamptz(until) AS until, rows FROM forgotten f",
}
SEALED = """
SELECT * REPLACE (epoch_us(f."at") AS "at") FROM read_parquet([{files}], hive_partitioning = false) f UNION ALL BY NAME
"""
UNITS = """
CREATE VIEW units AS SELECT place AS machine, make_timestamptz(u."at") AS "at", unit_id, step, lot, wafer, product, x,
    y, site, hard, soft, passed, attempt, seconds, facts FROM ({sealed} SELECT * FROM hot_units) u
QUALIFY row_number() OVER (PARTITION BY place, u."at", unit_id, step, lot, wafer, x, y, site ORDER BY seq DESC) = 1
"""
MEASUREMENTS = """
CREATE VIEW measurements AS SELECT place AS machine, make_timestamptz(u."at") AS "at", unit_id, m.step, test, number,
    value, unit, low, high, coalesce(m.passed, CASE WHEN value IS NOT NULL AND NOT isnan(value) AND (low IS NOT NULL OR
    high IS NOT NULL) THEN value >= coalesce(low, value) AND value <= coalesce(high, value) END) AS passed, lot, wafer,
    product, x, y, site
FROM ({sealed_values} SELECT * FROM hot_values) m JOIN ({sealed} SELECT * FROM hot_units) u USING (tested)
{latest}
"""
LATEST = """
QUALIFY rank() OVER (PARTITION BY place, u."at", unit_id, m.step, lot, wafer, x, y, site, test ORDER BY seq DESC) = 1
"""
TWICE = """
SELECT EXISTS (SELECT 1 FROM tested a JOIN tested b ON a.place = b.place AND a.block < b.block AND a.lo <= b.hi
    AND b.lo <= a.hi) OR EXISTS (SELECT 1 FROM units)
"""
"""Whether two batches whose units lie in different files may have spoken of the same test of a unit."""
MIXED = """
SELECT EXISTS (SELECT 1 FROM read_parquet(?, hive_partitioning = false)
    GROUP BY place, "at", unit_id, step, lot, wafer, x, y, site HAVING min(seq) < max(seq))
"""
"""Whether two batches spoke of the same unit of a file: files of earlier days hold all that both of them said."""


def sql(store: Store, text: str) -> pa.Table:
    """Answer one SELECT; see `Historian.sql`."""
    _refuse_others(text)
    with snapshot(store) as db:
        segments = dict(db.execute("SELECT id, path FROM segments").fetchall())
        doubled = {i for (i,) in db.execute(DOUBLED).fetchall()}
        blocks = db.execute("SELECT kind, path FROM blocks WHERE kind <> 'waveforms'").fetchall()
        (twice,) = db.execute(TWICE).fetchall()[0]
        tables = {name: table(db, query) for name, query in TABLES.items()}
        hot = {"hot": table(db, HOT), "hot_units": table(db, "SELECT * FROM units")}
        hot["hot_values"] = table(db, "SELECT * FROM measurements")
        desk = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
        try:
            for name, rows in {**tables, **hot}.items():
                desk.register(name, rows)
            desk.execute(_samples(store, segments, doubled))
            twice = twice or any(_mixed(store, desk, path) for kind, path in blocks if kind == "units")
            for view in _measured(store, blocks, twice=twice):
                desk.execute(view)
            return _answered(desk, store, text)
        finally:
            desk.close()


def _refuse_others(text: str) -> None:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise BadQuestion(f"This SQL cannot be read: {error} {HINT}") from error
    kinds = [s.type for s in statements]
    if kinds not in ([duckdb.StatementType.SELECT], [duckdb.StatementType.EXPLAIN]):
        raise BadQuestion(
            "One SELECT at a time, please: this door only reads. To change what is stored, write a batch "
            "or use `andon forget`."
        )


def _answered(desk: duckdb.DuckDBPyConnection, store: Store, text: str) -> pa.Table:
    desk.execute("SET TimeZone = 'UTC'; SET memory_limit = '2GB'")
    folders = ", ".join(f"'{_quoted(store, name)}'" for name in ("cold", "measurements", "units"))
    desk.execute(f"SET allowed_directories = [{folders}]")
    desk.execute("SET enable_external_access = false")
    desk.execute("SET lock_configuration = true")
    try:
        rows: pa.Table = desk.sql(text).to_arrow_table()
        return rows
    except duckdb.Error as error:
        raise BadQuestion(f"{error} {HINT}") from error


def _samples(store: Store, segments: dict[int, str], doubled: set[int]) -> str:
    """The view of all samples; only files that speak of the same time as others are searched for the last writer."""
    plain = [path for number, path in segments.items() if number not in doubled]
    parts = [COLD.format(rank="", files=_files(store, plain))] if plain else []
    mixed = [COLD.format(rank=f", {n} AS rank", files=_files(store, [segments[n]])) for n in sorted(doubled)]
    if mixed:
        every = " UNION ALL ".join([*mixed, "SELECT * FROM hot"])
        parts.append(
            f'SELECT signal, m."at", value, text, quality FROM ({every}) m QUALIFY row_number() OVER '
            '(PARTITION BY signal, m."at" ORDER BY rank DESC) = 1'
        )
    else:
        parts.append(
            'SELECT signal, h."at", value, text, quality FROM hot h QUALIFY row_number() OVER '
            '(PARTITION BY signal, h."at" ORDER BY rank DESC) = 1'
        )
    return "CREATE VIEW samples AS " + " UNION ALL ".join(f"({p})" for p in parts)


def _mixed(store: Store, desk: duckdb.DuckDBPyConnection, path: str) -> bool:
    """What `MIXED` says of a file, which never changes."""

    def look() -> tuple[bool, int]:
        (found,) = desk.execute(MIXED, [str(store.folder / path)]).fetchall()[0]
        return bool(found), 1

    return store.drawer.of(f"mixed {path}", look)


def _measured(store: Store, blocks: list[tuple[str, str]], *, twice: bool) -> Iterator[str]:
    """The views of units and measurements; only where two batches may speak of the same is the last writer searched."""
    units, values = ([path for kind, path in blocks if kind == name] for name in ("units", "measurements"))
    sealed = SEALED.format(files=_files(store, units)) if units else ""
    sealed_values = SEALED.replace(' REPLACE (epoch_us(f."at") AS "at")', "").format(files=_files(store, values))
    yield UNITS.format(sealed=sealed)
    yield MEASUREMENTS.format(
        sealed=sealed, sealed_values=sealed_values if values else "", latest=LATEST if twice else ""
    )


def _files(store: Store, paths: list[str]) -> str:
    return ", ".join(f"'{_quoted(store, p)}'" for p in paths)


def _quoted(store: Store, path: str) -> str:
    return str((store.folder / path).absolute()).replace("'", "''")
