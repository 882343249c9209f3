"""Proving the books: what must hold in every version that was ever posted, asked of the file itself."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import BadInput
from ..model import moment


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that must hold in the books: over how many cases, and every case where it does not."""

    says: str
    cases: int
    imbalances: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.imbalances


@dataclass(frozen=True, slots=True)
class Balance:
    """All proofs of the books."""

    proofs: tuple[Proof, ...]

    @property
    def holds(self) -> bool:
        return all(p.holds for p in self.proofs)


def balance(connection: sqlite3.Connection) -> Balance:
    """Ask every proof of the whole file, old versions too."""
    return Balance(tuple(_proof(connection, *row) for row in PROOFS))


def refuse_overlap(connection: sqlite3.Connection, machines: Iterable[str]) -> None:
    """No instant of a machine is in two closed shifts; asked inside the transaction that posts them."""
    for machine in sorted(set(machines)):
        row = connection.execute(OVERLAP, [machine]).fetchone()
        if row:
            raise BadInput(
                f"{machine}: the shift from {moment(row[0]):%Y-%m-%d %H:%M} UTC would overlap the one "
                f"until {moment(row[1]):%Y-%m-%d %H:%M} UTC. Post the changed shifts together. "
                "Nothing was posted."
            )


OVERLAP = """
SELECT since, before FROM (
  SELECT since, LAG(until) OVER (ORDER BY since) AS before FROM closing
  WHERE current = 1 AND planned_operation > 0 AND machine = (SELECT id FROM term WHERE text = ?))
WHERE before > since LIMIT 1
"""

# 719163 = date(1970, 1, 1).toordinal()
NAMED = "m.text || ' ' || date((c.day - 719163) * 86400, 'unixepoch') || ' ' || s.text || ' version ' || c.version"
OF = "closing AS c JOIN term AS m ON m.id = c.machine JOIN term AS s ON s.id = c.shift"

PROOFS = (
    (
        "productive time and losses of each shift sum to its planned busy time",
        "SELECT COUNT(*) FROM closing",
        f"""SELECT {NAMED}, COALESCE(SUM(e.micros), 0) || ' us booked, ' || c.planned_busy || ' us planned busy'
         FROM {OF} LEFT JOIN entry AS e ON e.closing = c.id
         GROUP BY c.id HAVING COALESCE(SUM(e.micros), 0) <> c.planned_busy""",
    ),
    (
        "the ISO 22400 elements of each shift sum to its planned busy time",
        "SELECT COUNT(*) FROM closing",
        f"""SELECT {NAMED}, 'elements do not add up' FROM {OF}
         WHERE c.production + c.setup + c.delay + c.down + c.unknown <> c.planned_busy
            OR c.planned_operation - c.planned_down <> c.planned_busy""",
    ),
    (
        "parts made are good parts, rejects, rework and unsorted, and each part is booked under one cause",
        "SELECT COUNT(*) FROM closing",
        f"""SELECT {NAMED}, 'the parts of its entries are not the parts of the shift'
         FROM {OF} LEFT JOIN entry AS e ON e.closing = c.id LEFT JOIN term AS f ON f.id = e.fate
         GROUP BY c.id
         HAVING c.made <> COALESCE(c.good, 0) + COALESCE(c.rejects, 0) + COALESCE(c.rework, 0) + c.unsorted
             OR SUM(CASE WHEN f.text = 'good' THEN e.parts ELSE 0 END) <> COALESCE(c.good, 0)
             OR SUM(CASE WHEN f.text = 'reject' THEN e.parts ELSE 0 END) <> COALESCE(c.rejects, 0)
             OR SUM(CASE WHEN f.text = 'rework' THEN e.parts ELSE 0 END) <> COALESCE(c.rework, 0)
             OR SUM(CASE WHEN f.text = 'unsorted' THEN e.parts ELSE 0 END) <> c.unsorted""",
    ),
    (
        "a line's ledger is the sum of its machines'",
        "SELECT COUNT(*) FROM entry",
        f"""SELECT {NAMED}, 'entry ' || e.id || ' is booked elsewhere than its shift'
         FROM {OF} JOIN entry AS e ON e.closing = c.id JOIN term AS l ON l.id = c.line
         WHERE e.machine <> c.machine OR e.line <> c.line OR e.day <> c.day OR e.month <> c.month
            OR e.shift <> c.shift OR e.since <> c.since OR e.current <> c.current OR e.version <> c.version
            OR l.text <> RTRIM(RTRIM(m.text, REPLACE(m.text, '/', '')), '/')""",
    ),
    (
        "each machine and shift has one current version, the last one, and none is missing",
        "SELECT COUNT(DISTINCT machine || ' ' || day || ' ' || shift) FROM closing",
        f"""SELECT {NAMED}, COUNT(*) || ' versions, ' || SUM(c.current) || ' current' FROM {OF}
         GROUP BY c.machine, c.day, c.shift
         HAVING SUM(c.current) <> 1 OR MAX(c.version) <> COUNT(*)
             OR MAX(CASE WHEN c.current THEN c.version END) <> COUNT(*)""",
    ),
    (
        "no instant of a machine is in two closed shifts",
        "SELECT COUNT(*) FROM closing WHERE current = 1",
        f"""SELECT {NAMED}, 'overlaps the shift before' FROM (
           SELECT *, LAG(until) OVER (PARTITION BY machine ORDER BY since) AS before FROM closing
           WHERE current = 1 AND planned_operation > 0) AS c
         JOIN term AS m ON m.id = c.machine JOIN term AS s ON s.id = c.shift WHERE c.before > c.since""",
    ),
)


def _proof(connection: sqlite3.Connection, says: str, cases: str, broken: str) -> Proof:
    return Proof(
        says,
        int(connection.execute(cases).fetchone()[0]),
        tuple(": ".join(map(str, row)) for row in connection.execute(broken)),
    )
