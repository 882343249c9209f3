"""What became of the parts that were not good: the losses know their time, the counters and operators their cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..ledger import Closing, Entry, Fate
from ..ledger.entries import FATES, millionths, plain
from ..model import Element, Loss
from ..units import HOUR

NOT_GOOD = (Loss.STARTUP, Loss.DEFECTS)
Demand = tuple[Fate, str, int]


@dataclass(frozen=True, slots=True)
class Rework:
    """Rework that costs its time and no part, by what an hour of the machine costs (None: nobody said)."""

    hour_value: float | None

    def cost(self, micros: int) -> int | None:
        """Millionths of money; None where the time or its price is not known."""
        return round(micros / HOUR * self.hour_value * 1e6) if self.hour_value is not None and micros else None


def sorted_out(
    closing: Closing, entries: Sequence[Entry], scrapped: Iterable[tuple[str, float]], rework: Rework | None = None
) -> list[Entry]:
    """Split the entries of parts that were not good by what became of them and why.

    The parts of each fate sum to those of the shift, and time and money to what they were: each share gets them by its
    parts, the last one the rest. Scrap that an operator gave a reason comes first, then other rejects, then rework.

    Parameters
    ----------
    closing
        The figures of the shift.
    entries
        Its entries; defects and start-up losses have the fate `unsorted`.
    scrapped
        Reason and quantity of what operators wrote off.
    rework
        What rework costs, where no part is lost by it; None: as much as other parts that were not good.
    """
    mixed = [e for e in entries if e.loss in NOT_GOOD and e.fate is Fate.UNSORTED]
    mixed.sort(key=lambda e: (NOT_GOOD.index(e.loss), -(e.parts or 0.0), e.cause))
    others = [e for e in entries if e not in mixed]
    shares = _shares(mixed, _demands(closing, scrapped), rework)
    return _complete(closing, _joined([*others, *shares]))


def _demands(closing: Closing, scrapped: Iterable[tuple[str, float]]) -> list[Demand]:
    """Millionths of parts by fate and reason; operators' reasons stand for no more parts than were rejected."""
    left = millionths(closing.rejects) or 0
    found: list[Demand] = []
    for reason, quantity in scrapped:
        part = min(left, millionths(quantity) or 0)
        if part > 0 and reason:
            found.append((Fate.REJECT, reason, part))
            left -= part
    return [
        *found,
        (Fate.REJECT, "", left),
        (Fate.REWORK, "", millionths(closing.rework) or 0),
        (Fate.UNSORTED, "", max(0, millionths(closing.unsorted) or 0)),
    ]


def _shares(mixed: Sequence[Entry], demands: Sequence[Demand], rework: Rework | None) -> list[Entry]:
    """Give each entry's parts to the demands in turn."""
    found: list[Entry] = []
    waiting = [d for d in demands if d[2]]
    for entry in mixed:
        taken: list[Demand] = []
        left = millionths(entry.parts) or 0
        while left > 0 and waiting:
            fate, reason, wanted = waiting.pop(0)
            part = min(left, wanted)
            taken.append((fate, reason, part))
            left -= part
            if wanted > part:
                waiting.insert(0, (fate, reason, wanted - part))
        found += _split(entry, taken, rework) if taken else [replace(entry, parts=0.0)]
    return found


def _split(entry: Entry, taken: Sequence[Demand], rework: Rework | None) -> list[Entry]:
    parts = [part for _, _, part in taken]
    times = _parted(entry.micros, parts)
    costs = _costs(entry, taken, times, rework)
    return [
        replace(entry, fate=fate, reason=reason or entry.reason, parts=part / 1e6, micros=time, money=plain(cost))
        for (fate, reason, part), time, cost in zip(taken, times, costs, strict=True)
    ]


def _costs(entry: Entry, taken: Sequence[Demand], times: Sequence[int], rework: Rework | None) -> Sequence[int | None]:
    """Millionths of money of each share: rework has its own price, the others get the rest by their parts."""
    money, others = millionths(entry.money), [0 if fate is Fate.REWORK else part for fate, _, part in taken]
    if money is None:
        return [None] * len(taken)
    if rework is None or not any(others) or all(others):
        return _parted(money, [part for _, _, part in taken])
    own = [None if part else rework.cost(time) for part, time in zip(others, times, strict=True)]
    rest = _parted(money - sum(cost or 0 for cost in own), others)
    return [b if part else a for a, b, part in zip(own, rest, others, strict=True)]


def _parted(amount: int, parts: Sequence[int]) -> list[int]:
    """An amount shared by parts; the last one that has any gets the rest."""
    whole, last = sum(parts), max(i for i, part in enumerate(parts) if part)
    shares = [amount * part // whole for part in parts]
    shares[last] += amount - sum(shares)
    return shares


def _joined(entries: Iterable[Entry]) -> list[Entry]:
    found: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        found[entry.cause] = both(found[entry.cause], entry) if entry.cause in found else entry
    return list(found.values())


def both(a: Entry, b: Entry) -> Entry:
    """Two entries of the same cause as one; a sum with an unknown part is unknown."""
    spells = tuple(sorted({*a.evidence.spells, *b.evidence.spells}))
    parts, money = (
        (None if x is None or y is None else plain((millionths(x) or 0) + (millionths(y) or 0)))
        for x, y in ((a.parts, b.parts), (a.money, b.money))
    )
    return replace(a, micros=a.micros + b.micros, parts=parts, money=money, evidence=replace(a.evidence, spells=spells))


def _complete(closing: Closing, entries: list[Entry]) -> list[Entry]:
    """Book what the rows of the losses leave out: parts that took no rated time, and counters that disagree."""
    for fate, name in FATES.items():
        booked = sum(millionths(e.parts) or 0 for e in entries if e.fate is fate)
        left = (millionths(getattr(closing, name)) or 0) - booked
        if left:
            loss = Loss.PRODUCTIVE if fate is Fate.GOOD else Loss.DEFECTS
            rest = Entry(
                machine=closing.machine,
                day=closing.day,
                shift=closing.shift,
                window=closing.window,
                loss=loss,
                element=Element.PRODUCTION,
                fate=fate,
                micros=0,
                parts=left / 1e6,
                money=0.0 if fate is Fate.GOOD else None,
            )
            entries = _joined([*entries, rest])
    return entries
