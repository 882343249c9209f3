"""Plays a score in real time, bent by what people do to the machines: stops, counter resets, a wrong clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...model import State
from .layout import MACHINES
from .score import Line, Score
from .signals import COUNTED

ROWS = {m.path: m.row for m in MACHINES}
ROLLOVERS = {m.path: m.rollover for m in MACHINES}
STOPPED = "stopped by hand"
"""The alarm of a machine that `--fault stop` stopped."""


@dataclass(frozen=True, slots=True)
class Bends:
    """What was done to the machines of a floor, kept in a small file so that a server that restarts knows it, too.

    `stops` has stretches in which a machine stood; its own time stands still in them, so everything after comes later
    by as much. `resets` has the moments at which its counters were set to zero. `skew` is how far a server's clock is
    wrong, `flood` how many times it says everything that it says; `renumbered` how many namespaces come before ours.
    """

    stops: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    resets: Mapping[str, Sequence[int]] = field(default_factory=dict)
    skew: Mapping[str, int] = field(default_factory=dict)
    flood: Mapping[str, int] = field(default_factory=dict)
    renumbered: int = 0

    @classmethod
    def read(cls, file: Path) -> Bends:
        try:
            return cls(**json.loads(file.read_text("utf-8")))
        except FileNotFoundError:
            return cls()

    def write(self, file: Path) -> None:
        draft = file.with_suffix(".tmp")
        draft.write_text(json.dumps({name: getattr(self, name) for name in self.__slots__}), "utf-8")
        draft.replace(file)


@dataclass(slots=True)
class Player:
    """Says what a server's machines say now.

    Parameters
    ----------
    score
        What they are going to say.
    bends
        What was done to them.
    ticks
        Path and period (microseconds) of a signal that counts its own samples: sample n is said at n x period, so that
        whoever stores them can be held to account.
    """

    score: Score
    bends: Bends = field(default_factory=Bends)
    ticks: tuple[str, int] | None = None

    @property
    def paths(self) -> list[str]:
        return [*self.score.paths, *([self.ticks[0]] if self.ticks else [])]

    def now(self, at: int) -> list[Line]:
        """What every signal last said at a moment."""
        said: dict[str, Line] = {}
        for machine in self._machines():
            own = self._own_time(machine, at)
            said |= {p: self._line(x) for p, x in self.score.last(own).items() if p.startswith(machine + "/")}
            said |= {x[0]: x for x in self._done(machine, 0, at) if x[1] >= said[x[0]][1]}
        if self.ticks:
            said |= {x[0]: x for x in self._ticking(at - self.ticks[1], at)}
        return sorted(said.values(), key=lambda line: line[1])

    def between(self, since: int, until: int) -> list[Line]:
        """What is said after `since`, up to and with `until`."""
        if not self.bends.stops and not self.bends.resets:
            said = self.score.between(since, until)
        else:
            said = [x for m in self._machines() for x in self._bent(m, since, until)]
        return sorted([*said, *self._ticking(since, until)], key=lambda line: line[1])

    def _machines(self) -> list[str]:
        return sorted({p.rpartition("/")[0] for p in self.score.paths})

    def _bent(self, machine: str, since: int, until: int) -> Iterator[Line]:
        own = (self._own_time(machine, since), self._own_time(machine, until))
        if own[0] < own[1]:
            yield from (self._line(x) for x in self.score.between(*own) if x[0].startswith(machine + "/"))
        yield from self._done(machine, since, until)

    def _own_time(self, machine: str, at: int) -> int:
        """A machine's own time: that of the score, which stands still while the machine is stopped."""
        return at - sum(max(0, min(at, u) - s) for s, u in self.bends.stops.get(machine, ()) if s < at)

    def _real_time(self, machine: str, own: int) -> int:
        for since, until in self.bends.stops.get(machine, ()):
            if own > since:
                own += until - since
        return own

    def _line(self, line: Line) -> Line:
        """A line of the score as the bent machine says it."""
        path, own, value, text, quality = line
        machine, _, name = path.rpartition("/")
        at = self._real_time(machine, own)
        resets = [r for r in self.bends.resets.get(machine, ()) if r <= at]
        if name in COUNTED and resets and value is not None:
            value -= self.score.last(self._own_time(machine, resets[-1]))[path][2] or 0.0
            value += (ROLLOVERS.get(machine) or 0) + 1 if value < 0 else 0
        return path, at, value, text, quality

    def _done(self, machine: str, since: int, until: int) -> Iterator[Line]:
        """What a machine says because somebody did something to it."""
        code = ROWS[machine].codes[State.FAULT] if machine in ROWS else 0
        for begin, end in self.bends.stops.get(machine, ()):
            if since < begin <= until:
                yield _saying(f"{machine}/state", begin, code)
                yield _saying(f"{machine}/alarm", begin, STOPPED)
            if since < end <= until:
                for name in ("state", "alarm"):
                    path, _, value, text, quality = self.score.last(self._own_time(machine, end))[f"{machine}/{name}"]
                    yield path, end, value, text, quality
        for at in self.bends.resets.get(machine, ()):
            if since < at <= until:
                yield from ((p, at, 0.0, None, 0) for p in self.score.paths if _counts(p, machine))

    def _ticking(self, since: int, until: int) -> list[Line]:
        if not self.ticks:
            return []
        path, period = self.ticks
        return [(path, n * period, float(n), None, 0) for n in range(since // period + 1, until // period + 1)]


def _counts(path: str, machine: str) -> bool:
    return path.rpartition("/")[0] == machine and path.rpartition("/")[2] in COUNTED


def _saying(path: str, at: int, said: str | int) -> Line:
    return (path, at, None, said, 0) if isinstance(said, str) else (path, at, float(said), None, 0)
