"""Receipts of long ago put together: a source that wrote a batch a second for years must not weigh on every start."""

from .hot import Store, transaction

KEPT = 10_000
"""Receipts kept one by one of each source: its newest."""

OLD = """
CREATE TEMP TABLE old AS SELECT r.* FROM (
    SELECT *, row_number() OVER (PARTITION BY source ORDER BY seq DESC) AS age FROM receipts) r
WHERE age > {kept} AND source IN (SELECT source FROM receipts GROUP BY source HAVING count(*) > 2 * {kept})
    AND seq NOT IN (SELECT seq FROM hot)
"""
TOGETHER = """
CREATE TEMP TABLE together AS SELECT source, min("first") AS "first", max("last") AS "last", max(k."at") AS "at",
    max(until) AS until FROM (
    SELECT *, sum(new) OVER (PARTITION BY source ORDER BY "first") AS island FROM (
        SELECT *, CASE WHEN "first" <= 1 + max("last") OVER (PARTITION BY source ORDER BY "first"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS new FROM (
            SELECT source, number AS "first", number AS "last", o."at" AS "at", until FROM old o
            UNION ALL SELECT * FROM known WHERE source IN (SELECT source FROM old)))) k
GROUP BY source, island
"""


def condense(store: Store, kept: int = KEPT) -> int:
    """Put the old receipts of busy sources together, so that each batch is still known; how many were.

    What is not sealed yet keeps its receipt. A batch that comes again is still stored once; its first receipt is then
    told without its rows.
    """
    with store.sealing, store.writing, transaction(store) as db:
        db.execute(OLD.replace("{kept}", str(int(kept))))
        (count,) = db.execute("SELECT count(*) FROM old").fetchall()[0]
        if count:
            db.execute(TOGETHER)
            db.execute("DELETE FROM known WHERE source IN (SELECT source FROM old)")
            db.execute("INSERT INTO known SELECT * FROM together")
            db.execute("DELETE FROM receipts WHERE seq IN (SELECT seq FROM old)")
            db.execute("DROP TABLE together")
        db.execute("DROP TABLE old")
    return int(count)
