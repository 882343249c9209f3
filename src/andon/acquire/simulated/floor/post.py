"""A server's post on the simulated shop floor: its port, its score, and what it is to say from moment to moment."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ..play import Bends, Player
from ..score import Line, Score

PACE = 0.1
"""Seconds between two lots."""
STANDSTILL = 3_000_000
"""A server that stood still for so many microseconds goes on with what is true now: what it missed is missed."""


@dataclass(slots=True)
class Post:
    """What a server process knows of itself.

    Attributes
    ----------
    name, kind
        Its source's name in plant.toml and its protocol.
    folder
        The floor's folder: scores, bends, logs.
    port
        Where it listens, or for one that calls somebody else (MQTT, push) whom it calls.
    shown
        The port under which others reach it: that of the cable in front of it.
    ticks
        Path and period (microseconds) of a signal that counts its own samples, if there is one.
    """

    name: str
    kind: str
    folder: Path
    port: int
    shown: int
    ticks: tuple[str, int] | None = None
    seen: int = 0
    bends: Bends = field(default_factory=Bends)

    @classmethod
    def read(cls, folder: Path, name: str) -> Post:
        """The post that `floor.json` describes."""
        row = json.loads((folder / "floor.json").read_text("utf-8"))["servers"][name]
        ticks = (str(row["ticks"][0]), int(row["ticks"][1])) if row["ticks"] else None
        post = cls(name, row["kind"], folder, row["port"], row["shown"], ticks)
        post.bends = Bends.read(folder / "bends.json")
        return post

    def player(self) -> Player:
        return Player(Score.open(self.folder / f"{self.name}.parquet"), self.bends, self.ticks)

    async def lots(self, player: Player) -> AsyncIterator[list[Line]]:
        """What is to be said, every tenth of a second; first what everybody last said."""
        at = _clock()
        yield self._told(player.now(at))
        while True:
            await asyncio.sleep(PACE)
            self._look(player)
            now = _clock()
            said = player.between(at, now) if now - at < STANDSTILL else player.now(now)
            said += self._flood(player, at, now)
            at = now
            if said:
                yield self._told(said)

    def sent(self, lines: Iterable[Line]) -> None:
        """Write down the ticks that were said."""
        self._note("sent", lines)

    def acknowledged(self, lines: Iterable[Line]) -> None:
        """Write down the ticks that the other side said it has."""
        self._note("acknowledged", lines)

    def _note(self, what: str, lines: Iterable[Line]) -> None:
        if self.ticks is None:
            return
        numbers = "".join(f"{value:.0f}\n" for path, _, value, _, _ in lines if path == self.ticks[0])
        if numbers:
            with (self.folder / f"{self.name}.{what}").open("a") as log:
                log.write(numbers)

    def _told(self, lines: list[Line]) -> list[Line]:
        """The lines by this server's own clock."""
        skew = self.bends.skew.get(self.name, 0)
        return [(p, at + skew, v, t, q) for p, at, v, t, q in lines] if skew else lines

    def _flood(self, player: Player, since: int, until: int) -> list[Line]:
        """Every number again and again, each a little different."""
        times = self.bends.flood.get(self.name, 0)
        if not times:
            return []
        said = [x for x in player.now(until) if x[2] is not None and x[0].endswith(FLOODED)]
        step = max(1, (until - since) // times)
        return [(p, until - i * step, (v or 0.0) + i / 1000, None, 0) for p, _, v, _, _ in said for i in range(times)]

    def _look(self, player: Player) -> None:
        """See whether somebody did something to the machines."""
        file = self.folder / "bends.json"
        stamp = file.stat().st_mtime_ns if file.exists() else 0
        if stamp != self.seen:
            self.seen, self.bends = stamp, Bends.read(file)
            player.bends = self.bends


FLOODED = ("/power", "/temperature", "/vibration")


def _clock() -> int:
    return time.time_ns() // 1000
