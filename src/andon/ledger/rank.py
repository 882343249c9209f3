"""Reading the books: entries by filter, and losses and figures added up by place, time, product or cause."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..errors import BadQuestion, UnknownName
from ..model import Element, Loss, Window
from .entries import MICROS, ORIGIN, PARTS, Closing, Entry, Evidence, Fate, plain
from .figures import Figures
from .figures import ratio as _ratio

DIMENSIONS: Mapping[str, str] = {
    "machine": "machine",
    "line": "line",
    "shift": "shift",
    "day": "day",
    "week": "(day - 1) / 7",
    "month": "month",
    "order": '"order"',
    "product": "product",
    "loss": "loss",
    "element": "element",
    "reason": "reason",
    "fate": "fate",
}
"""What the books add up by, and its SQL; day 1 of `date.toordinal` was a Monday, so weeks are ISO weeks."""
OF_SHIFTS = ("machine", "line", "shift", "day", "week", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which entries are meant; whatever is left out is not asked for.

    Attributes
    ----------
    at
        Machines or lines by path; all where empty.
    window
        Shifts that start in it.
    shift, day, order, product, reason
        Equal to this; "" is a value ("nobody gave one").
    days
        The first and the last production day.
    losses
        Classes of loss; all, productive time included, where empty.
    version
        A number: that version, current or not. None: the current one of each machine and shift.
    """

    at: tuple[str, ...] = ()
    window: Window | None = None
    shift: str | None = None
    day: str | None = None
    days: tuple[str, str] | None = None
    order: str | None = None
    product: str | None = None
    reason: str | None = None
    losses: tuple[Loss, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """One row of a ranking.

    Attributes
    ----------
    key
        The value of each dimension asked for, in that order.
    micros
        Microseconds.
    parts
        Parts made or not made; None where no ideal cycle is known for any of it.
    kwh, kgco2e, money
        Sums of what is known; None where nothing is.
    unpriced
        Microseconds of entries that nothing prices: `money` leaves them out.
    share
        Of the planned busy time of the same machines and shifts; None where there was none.
    entries
        How many entries were added up.
    coverage
        Known part of the planned busy time of the shifts they lie in, each weighing as much as it has of the time; None
        where no shift has any.
    """

    key: tuple[str, ...]
    micros: int
    parts: float | None
    kwh: float | None
    kgco2e: float | None
    money: float | None
    unpriced: int
    share: float | None
    entries: int
    coverage: float | None = None


Terms = Mapping[str, int]


def entries(connection: sqlite3.Connection, terms: Terms, which: Which) -> list[Entry]:
    """The entries that are meant, in order of time, machine and size."""
    where, values = condition(terms, which)
    return read_entries(connection, terms, f"{where} ORDER BY e.since, e.machine, e.micros DESC, e.id", values)


def read_entries(connection: sqlite3.Connection, terms: Terms, where: str, values: Sequence[object]) -> list[Entry]:
    """Entries by a condition in SQL on `e`."""
    said = {number: text for text, number in terms.items()}
    rows = connection.execute(
        'SELECT e.id, e.version, e.machine, e.day, e.shift, c.since, c.until, e."order", e.product, e.loss, '
        "e.element, e.reason, e.fate, e.micros, e.parts, e.kwh, e.kgco2e, e.money, e.coverage, v.spells, v.signals "
        "FROM entry AS e JOIN closing AS c ON c.id = e.closing JOIN evidence AS v ON v.entry = e.id "
        f"WHERE {where}",
        list(values),
    )
    return [_entry(row, said) for row in rows]


def totals(connection: sqlite3.Connection, terms: Terms, by: Sequence[str], which: Which) -> list[Total]:
    """Entries added up by dimensions, the most time first."""
    keys = columns(by, tuple(DIMENSIONS))
    where, values = condition(terms, which)
    rows = connection.execute(
        f"SELECT {''.join(k + ', ' for k in keys)} SUM(micros), SUM(parts), SUM(kwh), SUM(kgco2e), SUM(money), "
        "SUM(CASE WHEN money IS NULL THEN micros ELSE 0 END), COUNT(*), "
        "SUM(coverage * ABS(micros)), SUM(CASE WHEN coverage IS NULL THEN 0 ELSE ABS(micros) END) "
        f"FROM entry AS e WHERE {where} {_group(keys)}",
        values,
    ).fetchall()
    busy = _busy(connection, terms, which)
    said = _labels(by, terms)
    found = [_total(row, said, busy) for row in rows if row[len(said) + 6]]
    return sorted(found, key=lambda t: (-t.micros, t.key))


def figures(connection: sqlite3.Connection, terms: Terms, by: Sequence[str], which: Which) -> list[Figures]:
    """Closed shifts added up by place or time, in order of the key."""
    if which.losses or any(v is not None for v in (which.order, which.product, which.reason)):
        raise BadQuestion(
            "The figures of a shift are not kept by order, product, reason or loss. Ask `totals` for "
            "the losses, or the study `oee` for one product."
        )
    keys = columns(by, OF_SHIFTS)
    where, values = condition(terms, which)
    # A sum with an unknown part is unknown.
    sums = ", ".join(f"CASE WHEN COUNT({n}) = COUNT(*) THEN SUM({n}) END" for n in MICROS + PARTS)
    rows = connection.execute(
        f"SELECT {''.join(k + ', ' for k in keys)} COUNT(*), {sums} FROM closing AS e "
        f"WHERE planned_operation > 0 AND {where} {_group(keys)}",
        values,
    ).fetchall()
    said, n = _labels(by, terms), len(keys)
    return sorted(
        (
            Figures(_key(r, said), r[n], *r[n + 1 : n + 1 + len(MICROS)], *map(plain, r[n + 1 + len(MICROS) :]))
            for r in rows
            if r[n]
        ),
        key=lambda f: f.key,
    )


def closings(connection: sqlite3.Connection, terms: Terms, where: str, values: Sequence[object]) -> list[Closing]:
    """Closings by a condition in SQL on `e`, in order of time and version."""
    said = {number: text for text, number in terms.items()}
    names = ", ".join((*MICROS, *PARTS, *ORIGIN))
    rows = connection.execute(
        f"SELECT machine, day, shift, since, until, version, posted_at, who, why, {names} "
        f"FROM closing AS e WHERE {where} ORDER BY since, machine, version",
        list(values),
    )
    return [_closing(row, said) for row in rows]


def condition(terms: Terms, which: Which) -> tuple[str, list[object]]:
    """The filter as SQL on `e` (entries or closings) with its values."""
    parts: list[tuple[str, list[object]]] = [_places(terms, which.at)] if which.at else []
    if which.version is None:
        parts.append(("e.current = 1", []))
    else:
        parts.append(("e.version = ?", [which.version]))
    if which.window is not None:
        parts.append(("e.since >= ? AND e.since < ?", [which.window.since, which.window.until]))
    if which.day is not None:
        parts.append(("e.day = ?", [ordinal(which.day)]))
    if which.days is not None:
        parts.append(("e.day BETWEEN ? AND ?", [ordinal(d) for d in which.days]))
    for name in ("shift", "order", "product", "reason"):
        if (value := getattr(which, name)) is not None:
            parts.append((f'e."{name}" = ?', [terms.get(value, -1)]))
    if which.losses:
        parts.append((f"e.loss IN ({_marks(which.losses)})", [terms.get(x, -1) for x in which.losses]))
    return " AND ".join(sql for sql, _ in parts), [v for _, values in parts for v in values]


def columns(by: Sequence[str], known: Sequence[str]) -> list[str]:
    """The SQL of each dimension.

    Raises
    ------
    UnknownName
        There is no such dimension.
    """
    for name in by:
        if name not in known:
            raise UnknownName("way to add up the ledger:", name, known)
    return [DIMENSIONS[name] for name in by]


def ordinal(day: str) -> int:
    """The number of an ISO date; the books keep days as numbers."""
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError as error:
        raise BadQuestion(f"{day!r} is not a day. Write it as 2026-03-31.") from error


def _busy(connection: sqlite3.Connection, terms: Terms, which: Which) -> int:
    """The planned busy time that shares are of: that of the machines and shifts, whatever the cause."""
    of_shifts = replace(which, order=None, product=None, reason=None, losses=())
    where, values = condition(terms, of_shifts)
    row = connection.execute(f"SELECT SUM(planned_busy) FROM closing AS e WHERE {where}", values).fetchone()
    return int(row[0] or 0)


def _places(terms: Terms, at: Iterable[str]) -> tuple[str, list[object]]:
    places = tuple(at)
    inside = tuple(p + "/" for p in places)
    numbers: list[object] = [n for text, n in terms.items() if text in places or text.startswith(inside)]
    return f"e.machine IN ({_marks(numbers)})", numbers


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _group(keys: Sequence[str]) -> str:
    return f"GROUP BY {', '.join(keys)}" if keys else ""


def _labels(by: Sequence[str], terms: Terms) -> list[Callable[[int], str]]:
    said = {number: text for text, number in terms.items()}
    of_time: Mapping[str, Callable[[int], str]] = {"day": _day, "week": _week, "month": _month}
    return [of_time.get(name, said.__getitem__) for name in by]


def _key(row: Sequence[int], said: Sequence[Callable[[int], str]]) -> tuple[str, ...]:
    return tuple(label(number) for label, number in zip(said, row, strict=False))


def _day(number: int) -> str:
    return date.fromordinal(number).isoformat()


def _week(number: int) -> str:
    year, week, _ = date.fromordinal(number * 7 + 1).isocalendar()
    return f"{year}-W{week:02}"


def _month(number: int) -> str:
    return f"{number // 100}-{number % 100:02}"


def _total(row: Sequence[int], said: Sequence[Callable[[int], str]], busy: int) -> Total:
    micros, parts, kwh, kgco2e, money, unpriced, count, known, heard = row[len(said) :]
    return Total(
        _key(row, said),
        micros,
        plain(parts),
        plain(kwh),
        plain(kgco2e),
        plain(money),
        unpriced,
        _ratio(micros, busy),
        count,
        _ratio(known, heard),
    )


def _entry(row: Sequence[int], said: Mapping[int, str]) -> Entry:
    number, version, machine, day, shift, since, until, order, product, loss, element, reason, fate, micros = row[:14]
    parts, kwh, kgco2e, money = map(plain, row[14:18])
    return Entry(
        machine=said[machine],
        day=_day(day),
        shift=said[shift],
        window=Window(since, until),
        order=said[order],
        product=said[product],
        loss=Loss(said[loss]),
        element=Element(said[element]) if said[element] else None,
        reason=said[reason],
        fate=Fate(said[fate]),
        micros=micros,
        parts=parts,
        kwh=kwh,
        kgco2e=kgco2e,
        money=money,
        coverage=row[18],
        evidence=_evidence(str(row[19]), str(row[20])),
        id=number,
        version=version,
    )


def _evidence(spells: str, signals: str) -> Evidence:
    return Evidence(tuple((s, u) for s, u in json.loads(spells)), tuple(json.loads(signals)))


def _closing(row: Sequence[int], said: Mapping[int, str]) -> Closing:
    machine, day, shift, since, until, version, posted_at, who, why = row[:9]
    micros: dict[str, int] = dict(zip(MICROS, row[9:], strict=False))
    parts = dict(zip(PARTS, map(plain, row[9 + len(MICROS) : 9 + len(MICROS) + len(PARTS)]), strict=True))
    digest, plant_digest, study_version = map(str, row[-len(ORIGIN) :])
    return Closing(
        machine=said[machine],
        day=_day(day),
        shift=said[shift],
        window=Window(since, until),
        version=version,
        posted_at=posted_at,
        who=str(who),
        why=str(why),
        digest=digest,
        plant_digest=plant_digest,
        study_version=study_version,
        **micros,
        **parts,  # type: ignore[arg-type]  # names are its fields
    )
