"""The books together with shifts that are not closed yet: added up as if these were in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date

from .books import Books, Draft
from .entries import Closing, Entry, millionths, plain
from .figures import Figures
from .rank import Total, Which

OF_ENTRY: Mapping[str, Callable[[Entry], str]] = {
    "machine": lambda e: e.machine,
    "line": lambda e: e.line,
    "shift": lambda e: e.shift,
    "day": lambda e: e.day,
    "week": lambda e: _week(e.day),
    "month": lambda e: e.day[:7],
    "order": lambda e: e.order,
    "product": lambda e: e.product,
    "loss": lambda e: e.loss.value,
    "element": lambda e: e.element or "",
    "reason": lambda e: e.reason,
    "fate": lambda e: e.fate.value,
}
"""The value of each dimension, as the books write it."""
OF_CLOSING: Mapping[str, Callable[[Closing], str]] = {
    "machine": lambda c: c.machine,
    "line": lambda c: c.line,
    "shift": lambda c: c.shift,
    "day": lambda c: c.day,
    "week": lambda c: _week(c.day),
    "month": lambda c: c.day[:7],
}
SUMS = tuple(f.name for f in fields(Figures) if f.name not in ("key", "shifts"))


def entries_together(books: Books, which: Which, drafts: Iterable[Draft]) -> list[Entry]:
    """The entries that are meant, of the books and of the drafts."""
    return [*books.entries(which), *(e for _, entries in drafts for e in entries if meant(e, which))]


def totals_together(books: Books, by: Sequence[str], which: Which, drafts: Iterable[Draft]) -> list[Total]:
    """As `Books.totals`, with the entries of the drafts among them."""
    drafts = list(drafts)
    found = {t.key: t for t in books.totals(by, which)}
    for entry in (e for _, entries in drafts for e in entries if meant(e, which)):
        one = _total(tuple(OF_ENTRY[name](entry) for name in by), entry)
        found[one.key] = _sum(found[one.key], one) if one.key in found else one
    of_shifts = Which(at=which.at, window=which.window, shift=which.shift, day=which.day, days=which.days)
    busy = sum(f.planned_busy for f in figures_together(books, (), of_shifts, drafts))
    shared = [_shared(t, busy) for t in found.values()]
    return sorted(shared, key=lambda t: (-t.micros, t.key))


def figures_together(books: Books, by: Sequence[str], which: Which, drafts: Iterable[Draft]) -> list[Figures]:
    """As `Books.figures`, with the drafts among the closed shifts."""
    found = {f.key: f for f in books.figures(by, which)}
    for closing in (c for c, _ in drafts if c.planned_operation and _placed(c, which)):
        key = tuple(OF_CLOSING[name](closing) for name in by)
        one = Figures(key, 1, **{name: getattr(closing, name) for name in SUMS})
        found[key] = _both(found[key], one) if key in found else one
    return sorted(found.values(), key=lambda f: f.key)


def meant(entry: Entry, which: Which) -> bool:
    """Is an entry among those that are meant?"""
    wanted = (("order", which.order), ("product", which.product), ("reason", which.reason))
    return (
        _placed(entry, which)
        and (not which.losses or entry.loss in which.losses)
        and all(value is None or getattr(entry, name) == value for name, value in wanted)
    )


def _placed(of: Entry | Closing, which: Which) -> bool:
    return (
        (not which.at or any(of.machine == p or of.machine.startswith(p + "/") for p in which.at))
        and (which.window is None or which.window.since <= of.window.since < which.window.until)
        and (which.shift is None or of.shift == which.shift)
        and (which.day is None or of.day == which.day)
        and (which.days is None or which.days[0] <= of.day <= which.days[1])
    )


def _total(key: tuple[str, ...], e: Entry) -> Total:
    unpriced = e.micros if e.money is None else 0
    parts, kwh, kgco2e, money = (plain(millionths(n)) for n in (e.parts, e.kwh, e.kgco2e, e.money))
    return Total(key, e.micros, parts, kwh, kgco2e, money, unpriced, None, 1, e.coverage)


def _sum(a: Total, b: Total) -> Total:
    return Total(
        a.key,
        a.micros + b.micros,
        _plus(a.parts, b.parts),
        _plus(a.kwh, b.kwh),
        _plus(a.kgco2e, b.kgco2e),
        _plus(a.money, b.money),
        a.unpriced + b.unpriced,
        None,
        a.entries + b.entries,
        _weighed(a, b),
    )


def _weighed(a: Total, b: Total) -> float | None:
    known = [(t.coverage, abs(t.micros)) for t in (a, b) if t.coverage is not None]
    weight = sum(w for _, w in known)
    return sum(c * w for c, w in known) / weight if weight else (known[0][0] if known else None)


def _shared(t: Total, busy: int) -> Total:
    share = t.micros / busy if busy else None
    return Total(t.key, t.micros, t.parts, t.kwh, t.kgco2e, t.money, t.unpriced, share, t.entries, t.coverage)


def _both(a: Figures, b: Figures) -> Figures:
    """Sums; one with an unknown part is unknown."""
    sums = {name: _known_sum(getattr(a, name), getattr(b, name)) for name in SUMS}
    return Figures(a.key, a.shifts + b.shifts, **sums)  # type: ignore[arg-type]  # names are its fields


def _known_sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def _plus(a: float | None, b: float | None) -> float | None:
    """The sum of what is known, in millionths as the books add."""
    return b if a is None else a if b is None else plain((millionths(a) or 0) + (millionths(b) or 0))


def _week(day: str) -> str:
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"
