"""Alarms as spells in the history: written when they begin, change and end; read back after a kill.

An occurrence is a spell of kind "alarm" at its place, its text the alarm's name, the rest its detail. What people do is
written by the acts: "acknowledged" and "reset" for a moment, "shelved" and "out_of_service" for as long as they hold,
at place/alarm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Protocol, TypeVar

import pyarrow as pa

from ...model import Batch, Receipt, Window
from ...plant.alarms import ACKNOWLEDGED, ALARM, OUT_OF_SERVICE, RESET, SHELVED, Advice
from ...reading import History
from ...units import HOUR
from .life import Stage
from .occurrence import OPEN, Occurrence
from .panel import Key

SOURCE = "alarms"
HIDES: Mapping[str, Stage] = {SHELVED: Stage.SHELVED, OUT_OF_SERVICE: Stage.OUT_OF_SERVICE}
ACTS = (ACKNOWLEDGED, RESET, *HIDES)
BACK = 30 * 24 * HOUR
"""How far back an alarm that has gone still waits for somebody after a restart."""
KEY = ("place", "name", "since", "until")
DETAIL = tuple(f.name for f in fields(Occurrence) if f.name not in KEY)
T = TypeVar("T")


class Memory(History, Protocol):
    """What alarms need of a historian."""

    def write(self, batch: Batch) -> Receipt: ...

    def last_number(self, source: str) -> int: ...

    def many(
        self, paths: Sequence[str], window: Window, *, before: bool = False, after: bool = False
    ) -> Mapping[str, pa.Table]: ...


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did to an alarm: acknowledged or reset it, or hid it in [since, until)."""

    kind: str
    place: str
    name: str
    since: int
    until: int
    on: bool
    who: str
    act: int = 0


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the history knows: what stands, the newest moment of each alarm, what was done."""

    standing: Mapping[Key, Occurrence] = field(default_factory=dict)
    edges: Mapping[Key, int] = field(default_factory=dict)
    done: tuple[Done, ...] = ()


def write(memory: Memory, changed: Sequence[Occurrence]) -> None:
    """Have occurrences on disk before this returns; one with the same place and beginning takes the old one's place."""
    spells = pa.table(
        {
            "kind": [ALARM] * len(changed),
            "place": [o.place for o in changed],
            "since": pa.array([o.since for o in changed], pa.int64()),
            "until": pa.array([o.until for o in changed], pa.int64()),
            "text": [o.name for o in changed],
            "detail": [json.dumps(_detail(o), ensure_ascii=False) for o in changed],
        }
    )
    memory.write(Batch(SOURCE, memory.last_number(SOURCE) + 1, spells=spells))


def occurrences(memory: History, window: Window, place: str = "*") -> list[Occurrence]:
    """The occurrences that touch a window, in order of time."""
    rows = memory.spell_rows(ALARM, place, window).to_pylist()
    found = [_occurrence(r["place"], r["text"], (r["since"], r["until"]), json.loads(r["detail"])) for r in rows]
    return sorted(found, key=lambda o: (o.since, o.key))


def recover(memory: Memory, now: int) -> Remembered:
    """How all alarms stood when they were last written down, and what people did since then or before."""
    window = Window(now - BACK, OPEN)
    found = occurrences(memory, window)
    edges: dict[Key, int] = {}
    for o in found:
        edges[o.key] = max(edges.get(o.key, 0), o.since if o.is_open else o.until)
    standing = {o.key: o for o in found if o.stands}
    done = [d for kind in ACTS for d in acts(memory.spell_rows(kind, "*", window)) if d.until > now or _moment(d)]
    return Remembered(standing, edges, tuple(sorted(done, key=lambda d: (d.act, d.since))))


def acts(spells: pa.Table) -> list[Done]:
    """What people did, of spells that were written or read."""
    return [_done(r) for r in spells.to_pylist() if r["kind"] in ACTS]


def _moment(done: Done) -> bool:
    return done.kind in (ACKNOWLEDGED, RESET)


def _done(row: Mapping[str, object]) -> Done:
    place, _, name = str(row["place"]).rpartition("/")
    detail = json.loads(str(row["detail"] or "{}"))
    since, until = int(str(row["since"])), int(str(row["until"]))
    who, act = str(detail.get("who", "")), int(detail.get("act", 0))
    return Done(str(row["kind"]), place, name, since, until, bool(row["text"]), who, act)


def _detail(o: Occurrence) -> dict[str, object]:
    whole = asdict(o)
    return {k: whole[k] for k in DETAIL if not (whole[k] is None or whole[k] is False or whole[k] in ("", {}))}


def _occurrence(place: str, name: str, span: tuple[int, int], detail: dict[str, object]) -> Occurrence:
    known = {k: v for k, v in detail.items() if k in DETAIL}
    advice, stage = detail.get("advice"), str(detail.get("stage", Stage.NORMAL))
    known["advice"] = Advice(**advice) if isinstance(advice, dict) else Advice()
    known["stage"] = Stage(stage)
    return Occurrence(place=place, name=name, since=span[0], until=span[1], **known)  # type: ignore[arg-type]  # as written
