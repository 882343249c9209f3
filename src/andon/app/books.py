"""The ledger as people read it: rankings, entries opened, versions side by side, proofs."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..answer import Plain, plain
from ..errors import BadQuestion
from ..ledger import MICROS, Change, Entry, Total, Version, Which
from ..model import Loss, Window
from ..plant.zones import clock_text, local
from ..units import MINUTE
from ..watch import Closed, close
from .opening import Andon, for_the_whole_plant, open_plant, restricted, whole

Row = dict[str, Plain]
TIMELESS = "Productive time is the last row; lost time, parts and money are what could have been had."


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows of the ledger with what they are about."""

    title: str
    rows: list[Row]
    currency: str
    note: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry, the stops it is the sum of, and the samples of the longest of them."""

    entry: Row
    stops: list[Row]
    samples: list[Row]
    currency: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """What was proved about the books."""

    rows: list[Row]
    shifts: int
    wrong: int


def closed(
    folder: Path,
    at: str = "",
    *,
    since: str = "",
    until: str = "",
    everything: bool = False,
    who: str = "",
    why: str = "",
) -> Row:
    """Close finished shifts: how many were closed, closed again, and left as they were."""
    with open_plant(folder) as plant:
        done = _closed(plant, at, _window(plant, at, since, until, ""), everything=everything, who=who, why=why)
    return {"closed": done.first, "again": done.again, "same": done.same}


def losses(
    folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "", by: str = "loss"
) -> Ranking:
    """Rank the ledger by loss, reason, machine, shift...; shifts that have finished since are closed first.

    `by="entry"` lists the entries themselves, with the numbers by which they are opened.
    """
    groups = tuple(g for g in by.replace(" ", "").split(",") if g)
    with open_plant(folder) as plant:
        window = _window(plant, at, since, until, last)
        _closed(plant, "", None, everything=False, who="", why="")
        which = Which(at=_places(plant, at), window=window)
        if "entry" in groups:
            rows = [_entry_row(e) for e in _largest(plant.books.entries(which))]
        elif "loss" in groups:
            rows = _ranked(groups, plant.books.totals(groups, which))
        else:
            rows = _pivoted(groups, plant.books.totals((*groups, "loss"), which))
        return Ranking(f"{at or plant.plant.name}", rows, plant.plant.currency, TIMELESS if "loss" in groups else "")


def opened(folder: Path, entry: str, *, spoken: bool = True) -> Opened:
    """One entry down to its stops and to the samples behind the longest; moments in words, or in microseconds."""
    with open_plant(folder) as plant:
        found = plant.books.open_entry(_number(entry))
        if restricted():
            plant.plant.machine(found.machine)  # an entry of a machine that may not be seen is unknown
        spells = sorted(found.evidence.spells, key=lambda s: s[0] - s[1])
        zone = plant.plant.zone
        stops: list[Row] = [
            {"since": local(s, zone).isoformat(), "until": local(u, zone).isoformat(), "time": u - s}
            if spoken
            else {"since": s, "until": u, "time": u - s}
            for s, u in sorted(spells)
        ]
        samples = _samples(plant, found, spells)
        rows = [r | {"at": clock_text(int(str(r["at"])), zone)} for r in samples] if spoken else samples
        return Opened(_entry_row(found), stops, rows, plant.plant.currency)


def versions(folder: Path, entry: str, *, spoken: bool = True) -> list[Row]:
    """All versions of a closed shift, by an entry's number or by "machine day shift", with what changed."""
    with open_plant(folder) as plant:
        words = entry.split()
        if restricted():  # the shift of a machine that may not be seen is unknown
            plant.plant.machine(words[0] if len(words) == 3 else plant.books.open_entry(_number(entry)).machine)
        found = plant.books.history(*words) if len(words) == 3 else plant.books.history_of(_number(entry))
        if restricted():
            for version in found:
                plant.plant.machine(version.closing.machine)
        return [_version_row(plant, v) | ({} if spoken else {"at": v.closing.posted_at}) for v in found]


def balance(folder: Path) -> Proofs:
    """Prove that every closed shift adds up, in every version."""
    for_the_whole_plant("The proof of the books")
    with open_plant(folder) as plant:
        found = plant.books.balance()
        rows = [r for p in found.proofs if isinstance(r := plain(p), dict)]
        return Proofs(rows, len(plant.books.closings()), sum(not p.holds for p in found.proofs))


def _closed(plant: Andon, at: str, window: Window | None, *, everything: bool, who: str, why: str) -> Closed:
    machines = plant.plant.at(at) if at else list(plant.plant.machines.values())
    return close(
        whole(plant) if restricted() else plant.plant,  # what is left to close must not depend on who asks
        plant.history,
        plant.books,
        machines=machines,
        window=window,
        everything=everything,
        who=who or getpass.getuser(),
        why=why,
    )


def _window(plant: Andon, at: str, since: str, until: str, last: str) -> Window | None:
    return plant.window(at, since=since, until=until, last=last) if since or last else None


def _places(plant: Andon, at: str) -> tuple[str, ...]:
    """Paths, where not everything is meant: the books also know machines that plant.toml names no more."""
    return tuple(m.path for m in plant.plant.at(at)) if at or restricted() else ()


def _ranked(groups: Sequence[str], totals: Sequence[Total]) -> list[Row]:
    """Losses by time, what is productive after them."""
    place = list(groups).index("loss")
    order = sorted(totals, key=lambda t: (t.key[place] == Loss.PRODUCTIVE, -t.micros))
    return [{**dict(zip(groups, t.key, strict=True)), **_amounts(t)} for t in order]


def _pivoted(groups: Sequence[str], totals: Sequence[Total]) -> list[Row]:
    """One row a shift, machine...: planned busy time, productive share, what was lost and the worst of it."""
    keys: Mapping[tuple[str, ...], list[Total]] = {
        k: [t for t in totals if t.key[:-1] == k] for k in dict.fromkeys(t.key[:-1] for t in totals)
    }
    rows: list[Row] = []
    for key, found in keys.items():
        planned = sum(t.micros for t in found)
        lost = [t for t in found if t.key[-1] != Loss.PRODUCTIVE]
        worst = max(lost, key=lambda t: t.micros, default=None)
        productive = planned - sum(t.micros for t in lost)
        rows.append(
            {
                **dict(zip(groups, key, strict=True)),
                "planned busy time": planned,
                "productive": productive / planned if planned else None,
                "time": sum(t.micros for t in lost),
                "parts": _sum([t.parts for t in lost]),
                "money": _sum([t.money for t in lost]),
                "worst loss": worst.key[-1] if worst else "",
                "length": worst.micros if worst else None,
            }
        )
    return sorted(rows, key=lambda r: -float(r["time"] or 0))  # type: ignore[arg-type]  # a number, put in above


def _amounts(t: Total) -> Row:
    return {
        "time": t.micros,
        "share": t.share,
        "parts": t.parts,
        "kwh": t.kwh,
        "kgco2e": t.kgco2e,
        "money": t.money,
        "entries": t.entries,
    }


def _sum(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def _largest(entries: Sequence[Entry]) -> list[Entry]:
    return sorted((e for e in entries if e.loss is not Loss.PRODUCTIVE), key=lambda e: -e.micros)[:200]


def _entry_row(e: Entry) -> Row:
    return {
        "entry": e.id,
        "machine": e.machine,
        "day": e.day,
        "shift": e.shift,
        "loss": e.loss.value,
        "reason": e.reason,
        "product": e.product,
        "order": e.order,
        "time": e.micros,
        "parts": e.parts,
        "money": e.money,
        "coverage": e.coverage,
        "version": e.version,
    }


def _version_row(plant: Andon, v: Version) -> Row:
    made = v.closing
    return {
        "version": made.version,
        "at": clock_text(made.posted_at, plant.plant.zone),
        "who": made.who,
        "why": made.why,
        "planned busy time": made.planned_busy,
        "coverage": made.coverage,
        "changes": "; ".join(map(_change, v.changes)),
    }


def _change(c: Change) -> str:
    """One difference in words: times in minutes."""
    timed = c.figure in MICROS or c.figure == "micros"
    old, new = (x if x is None or not timed else round(x / MINUTE, 2) for x in (c.old, c.new))
    return f"{c.what.replace('micros', 'minutes')}: {old} -> {new}"


def _samples(plant: Andon, entry: Entry, spells: Sequence[tuple[int, int]]) -> list[Row]:
    if not spells:
        return []
    window = Window(*spells[0])
    rows: list[Row] = []
    for path in entry.evidence.signals:
        for r in plant.history.samples(path, window, before=True).to_pylist()[:200]:
            rows.append(
                {"signal": path, "at": r["at"], "value": plain(r["value"]), "text": r["text"], "quality": r["quality"]}
            )
    return sorted(rows, key=lambda r: int(str(r["at"])))


def _number(entry: str) -> int:
    if not entry.isdigit():
        raise BadQuestion(f"{entry!r} is no entry. Give a number of `andon losses --by entry`, or 'machine day shift'.")
    return int(entry)
