"""Looking after a plant folder: signals at a glance, SQL, export, verification, retention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..answer import Plain, plain
from ..errors import BadInput
from ..historian.backup import digest_of
from ..ledger import audit
from ..model import Window
from ..picture import Picture
from ..picture import trend as trend_picture
from ..plant import Machine, Signal
from ..plant.zones import clock_text
from .opening import Andon, for_the_whole_plant, open_plant, restricted
from .photos import PHOTOS

Row = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Trend:
    """A signal's buckets, and its picture."""

    title: str
    rows: list[Row]
    picture: Picture


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found."""

    rows: list[Row]
    damaged: bool


def latest(folder: Path, at: str = "") -> list[Row]:
    """The last value of every signal of a place."""
    with open_plant(folder) as plant:
        signals = {s.path: s for m in plant.plant.at(at) for s in m.signals.values()}
        found = plant.history.latest(list(signals)).to_pylist()
        return [
            {
                "signal": r["signal"],
                "value": r["text"] if r["value"] is None else plain(r["value"]),
                "unit": _unit(signals[r["signal"]]),
                "at": clock_text(r["at"], plant.plant.zone),
                "quality": ("good", "uncertain", "bad", "bad")[r["quality"] >> 30],
            }
            for r in found
        ]


def coverage(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> list[Row]:
    """How much of a window each signal was heard, and its longest gap."""
    with open_plant(folder) as plant:
        window = plant.window(at, since=since, until=until, last=last)
        return [_heard(plant, s, window) for m in plant.plant.at(at) for s in m.signals.values()]


def trend(folder: Path, signal: str, *, since: str = "", until: str = "", last: str = "", pixels: int = 80) -> Trend:
    """A signal's lowest, highest, first and last value in each of `pixels` buckets."""
    with open_plant(folder) as plant:
        known = plant.plant.signal(signal)
        window = plant.window(known.machine, since=since, until=until, last=last)
        found = plant.history.trend(signal, window, pixels).to_pylist()
        rows: list[Row] = [
            {
                **{k: plain(v) for k, v in r.items()},
                "at": clock_text(r["at"], plant.plant.zone),
                "pixel": (r["at"] - window.since) * pixels // window.duration,
            }
            for r in found
        ]
        return Trend(f"{signal} [{known.unit}]", rows, _drawn(signal, known, found))


def sql(folder: Path, text: str) -> list[Row]:
    """One SELECT over the history."""
    for_the_whole_plant("SQL")
    with open_plant(folder) as plant:
        return [{k: plain(v) for k, v in r.items()} for r in plant.history.sql(text).to_pylist()]


def exported(
    folder: Path, target: Path, *, kind: str = "samples", at: str = "", since: str = "", until: str = ""
) -> int:
    """Copy samples, units or measurements to a Parquet or CSV file; returns how many."""
    if target.suffix not in (".parquet", ".csv"):
        raise BadInput(f"{target} ends in {target.suffix or 'nothing'!r}; name a .parquet or a .csv file.")
    with open_plant(folder) as plant:
        window = plant.window(at, since=since, until=until) if since else None
        machines = plant.plant.at(at) if at or restricted() else None
        paths = None if machines is None else [p for m in machines for p in _kept_of(m, kind)]
        return plant.history.export(target, kind=kind, window=window, paths=paths, format=target.suffix[1:])


def sealed(folder: Path) -> int:
    for_the_whole_plant("Sealing")
    with open_plant(folder) as plant:
        return plant.history.seal()


def verified(folder: Path, *, deep: bool = False) -> Verdict:
    """Check history, books, audit log and photos."""
    for_the_whole_plant("Verification")
    with open_plant(folder) as plant:
        report = plant.history.verify(deep=deep)
        rows: list[Row] = [r for d in report.damages if isinstance(r := plain(d), dict)]
        log = audit.verify(folder / "ledger")
        books = plant.books.balance()
    if not log.holds:
        rows.append({"file": "ledger/audit.jsonl", "what": f"line {log.broken}: {log.says}"})
    rows += [
        {"file": f"{PHOTOS}/{photo.name}", "what": "is not as it was written"}
        for photo in sorted((folder / PHOTOS).glob("[!.]*"))
        if digest_of(photo) != photo.stem
    ]
    rows += [{"file": "ledger/books.sqlite", "what": str(plain(p))} for p in books.proofs if not p.holds]
    return Verdict(rows, bool(rows))


def forgotten(folder: Path, *, really: bool) -> list[Row]:
    """Delete what is older than its retention class says; without `really` only say what would go."""
    for_the_whole_plant("Retention")
    with open_plant(folder) as plant:
        classes = {p: c for c, paths in plant.plant.kept().items() for p in paths}
        keep = {p: plant.plant.retention[c] for p, c in classes.items() if c in plant.plant.retention}
        return [
            {"path": f.path, "before": clock_text(f.window.until, plant.plant.zone), "rows": f.rows}
            for f in plant.history.expire(keep, really=really)
        ]


def _kept_of(machine: Machine, kind: str) -> list[str]:
    """The paths under which rows of a kind are kept of a machine."""
    return [s.path for s in machine.signals.values()] if kind == "samples" else [machine.path]


def _heard(plant: Andon, signal: Signal, window: Window) -> Row:
    spells = plant.history.coverage(signal, window)
    edges = [
        window.since,
        *[e for s, u in zip(spells.since.tolist(), spells.until.tolist(), strict=True) for e in (s, u)],
        window.until,
    ]
    gaps = [b - a for a, b in zip(edges[::2], edges[1::2], strict=True)]
    known = window.duration - sum(gaps)
    share = known / window.duration if window.duration else None
    return {
        "signal": signal.path,
        "role": signal.role,
        "coverage": share,
        "known": known,
        "asked": window.duration,
        "longest gap": max(gaps),
    }


def _drawn(title: str, signal: Signal, found: Sequence[Mapping[str, float]]) -> Picture:
    bands = [(int(r["at"]), r["low"], r["high"]) for r in found]
    return trend_picture(title, bands, signal.unit)


def _unit(signal: Signal) -> str:
    return "" if signal.unit == "1" else signal.unit
