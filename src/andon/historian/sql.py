"""SQL for people: views over the whole history in a database of its own that can neither write nor open files."""

import duckdb
import pyarrow as pa

from ..errors import BadQuestion
from .hot import Store, snapshot, table

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
MEASUREMENTS = (
    'SELECT place AS machine, make_timestamptz(m."at") AS "at", unit_id, step, test, value, low, high, '
    "passed FROM measurements m"
)


def sql(store: Store, text: str) -> pa.Table:
    """Answer one SELECT; see `Historian.sql`."""
    _refuse_others(text)
    with snapshot(store) as db:
        segments = dict(db.execute("SELECT id, path FROM segments").fetchall())
        doubled = {i for (i,) in db.execute(DOUBLED).fetchall()}
        blocks = [p for (p,) in db.execute("SELECT path FROM blocks WHERE kind = 'measurements'").fetchall()]
        tables = {name: table(db, query) for name, query in TABLES.items()}
        hot, measured = table(db, HOT), table(db, MEASUREMENTS)
        desk = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
        try:
            for name, rows in {**tables, "hot": hot, "measured": measured}.items():
                desk.register(name, rows)
            desk.execute(_samples(store, segments, doubled))
            desk.execute(_measurements(store, blocks))
            return _answered(desk, store, text)
        finally:
            desk.close()


def _refuse_others(text: str) -> None:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise BadQuestion(f"This SQL cannot be read: {error}") from error
    kinds = [s.type for s in statements]
    if kinds not in ([duckdb.StatementType.SELECT], [duckdb.StatementType.EXPLAIN]):
        raise BadQuestion(
            "One SELECT at a time, please: this door only reads. To change what is stored, write a batch "
            "or use `andon forget`."
        )


def _answered(desk: duckdb.DuckDBPyConnection, store: Store, text: str) -> pa.Table:
    desk.execute("SET TimeZone = 'UTC'; SET memory_limit = '2GB'")
    desk.execute(f"SET allowed_directories = ['{_quoted(store, 'cold')}', '{_quoted(store, 'measurements')}']")
    desk.execute("SET enable_external_access = false")
    desk.execute("SET lock_configuration = true")
    try:
        rows: pa.Table = desk.sql(text).to_arrow_table()
        return rows
    except duckdb.Error as error:
        raise BadQuestion(
            f"{error} (The tables are samples, spells, measurements, signals, receipts, quarantine and "
            'forgotten; write the column "at" in double quotes, AT is a word of DuckDB\'s.)'
        ) from error


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


def _measurements(store: Store, blocks: list[str]) -> str:
    old = f"""SELECT place AS machine, f."at", unit_id, step, test, value, low, high, passed
              FROM read_parquet([{_files(store, blocks)}], hive_partitioning = false) f UNION ALL BY NAME """
    return f"CREATE VIEW measurements AS {old if blocks else ''} SELECT * FROM measured"


def _files(store: Store, paths: list[str]) -> str:
    return ", ".join(f"'{_quoted(store, p)}'" for p in paths)


def _quoted(store: Store, path: str) -> str:
    return str((store.folder / path).absolute()).replace("'", "''")
