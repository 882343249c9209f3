"""A plant at work: sources gathered, alarms raised, shifts closed on time; it goes on until it is told to stop."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from ..acquire.gather import Gather, Site, Status
from ..acts.standing import standing
from ..answer import Plain, plain
from ..config import read_plant, secret
from ..historian import Historian, lean
from ..ledger import Books
from ..plant import Plant
from ..plant.zones import clock_text
from ..surfaces.notify import Notifier
from ..watch import Calls, Charts, Clockwork, Live, Tile, charts
from ..watch.alarms import Keeper, Occurrence
from ..watch.standing import Answers, Asking
from ..watch.standing.asking import raised
from .changes import settled
from .inboxes import Inboxes
from .lasting import Rereading, last, sound
from .opening import Lent, lending
from .reporting.reporter import Reporter
from .serving import LOOPBACK, Serving, Tls, guarded

log = logging.getLogger("andon.run")
Row = dict[str, Plain]
LOOK = 1.0
"""Seconds between looks at plant.toml."""
PATIENCE = 20.0
"""Seconds that a closing under way is given to end."""


class Running:
    """A plant folder that this process owns, with everything that works in it.

    `plant.toml` is read again when it changes: what is right takes effect at once, what is wrong is told and the plant
    goes on as it was.
    """

    def __init__(self, folder: Path, serving: Serving | None = None) -> None:
        self.folder, self.serving = folder, serving
        self.plant: Plant = read_plant(folder)
        self.history = Historian.own(folder / "history")
        self.stopped = threading.Event()
        self.gather = Gather(Site(folder / "sources", self.history, self._secret))
        self.inboxes = Inboxes(folder, self.history)
        home = folder / "alarms"
        home.mkdir(exist_ok=True)
        self.notifier = Notifier(home / "outbox.jsonl", lambda name, key: self._secret(f"notify-{name}", key))
        self.calls = Calls(self.history, time.time_ns() // 1000)
        self.alarms = Keeper(
            self.history, home / "seen.json", status=self.statuses, tell=self._tell, theirs=self._asked
        )
        self.history.listen(self.alarms.listener)
        self.live = Live(self.plant, self.history)
        offered = {
            "sources": self.sources,
            "statuses": self.statuses,
            "live": self.tiles,
            "calls": self.calls.standing,
            "page": self.page,
        }
        self.history.offer(offered)
        self.lent = Lent(lambda: self.plant, self.history, offered)
        self.reporter = Reporter(folder, lambda: self.plant, self.notifier.send)
        self._lending = ExitStack()
        self._watching = threading.Thread(target=self._watch, name="andon watch", daemon=True)
        self._asking = threading.Thread(target=self._ask, name="andon standing", daemon=True)
        judging = Charts(lambda: self.plant, self.history, self.alarms.turn, home / "charts.json")
        self._charting = threading.Thread(target=judging.work, args=(self.stopped,), name="andon charts", daemon=True)
        self._paper = Rereading(folder, "plant", log)

    def start(self) -> None:
        settled(self.folder, self.history)
        self._lending.enter_context(lending(self.folder, self.lent))
        if self.serving:
            self.serving.start()
        self._change()
        self._watching.start()
        self.reporter.start()
        self._asking.start()
        self._charting.start()

    def work(self) -> None:
        """Stay until `stopped` is set; look after what changes."""
        while not self.stopped.wait(LOOK):
            self._look()
            if self.serving and self.serving.failed:
                raise self.serving.failed

    def stop(self) -> None:
        self.stopped.set()
        self.reporter.stop()
        if self.serving:
            self.serving.stop()
        for part in (self.gather, self.inboxes, self.alarms, self.notifier):
            part.stop()
        for thread in (self._watching, self._asking, self._charting):
            if thread.is_alive():
                thread.join(PATIENCE)
        self._lending.close()
        self.history.close()

    def sources(self) -> list[Row]:
        """How each source is doing."""
        return [_row(s, self.plant.zone) for s in self.statuses().values()]

    def statuses(self) -> Mapping[str, Status]:
        """How each source is doing, by name: machines and watched folders."""
        found = dict(self.gather.status()) | {s.source: s for s in self.inboxes.status()}
        return {name: found[name] for name in sorted(found)}

    def tiles(self) -> list[Tile]:
        """What every machine is doing, and how its shift goes."""
        return self.live.tiles()

    def page(self) -> str:
        """Where its page is served; "" where it has none."""
        return self.serving.url if self.serving else ""

    def _tell(self, standing: Sequence[Occurrence], changed: Sequence[Occurrence]) -> None:
        """Those who are told of alarms are told of calls for help, too."""
        calls, news = self.calls.told()
        self.notifier.tell([*standing, *calls], [*changed, *news])

    def _change(self) -> None:
        """Bring all parts to what plant.toml says; who is to be told comes before what they are told of."""
        for part in (self.notifier, self.alarms, self.gather, self.inboxes):
            part.change(self.plant)

    def _look(self) -> None:
        plant = self._paper.look(self.plant)
        if plant:
            self.plant = plant
            self._change()
            earlier, self.live = self.live, Live(plant, self.history)
            earlier.close()
            log.info("plant.toml was changed and is in force")

    def _watch(self) -> None:
        """Close shifts on time; the books are opened here, for their connection belongs to one thread."""
        with Books.open(self.folder / "ledger") as books:
            Clockwork(lambda: self.plant, self.history, books, self._caught_up).work(self.stopped)

    def _ask(self) -> None:
        """Ask what stands when a shift has closed; with books of this thread."""
        with Books.open(self.folder / "ledger") as books:
            answers = Answers(self.folder / "standing")
            Asking(lambda: self.plant, self.history, books, answers, self.alarms.turn).work(self.stopped)

    def _asked(self) -> set[tuple[str, str]]:
        """Place and name of the alarms that standing questions and charts may raise."""
        return raised(standing(self.history), self.plant) | charts.raised(self.plant)

    def _caught_up(self, until: int) -> bool:
        """Whether every source that is connected was heard since a moment."""
        return all(
            s.last is not None and s.last >= until for s in self.gather.status().values() if s.health == "connected"
        )

    def _secret(self, owner: str, key: str) -> str | None:
        return secret(self.folder, owner, key, environ=os.environ)


def run(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    tls: tuple[Path, Path] | None = None,
    behind_proxy: bool = False,
    tell: Callable[[Running], None] | None = None,
) -> None:
    """Run a plant until SIGTERM or Ctrl-C; what was acknowledged is on disk whatever happens.

    Parameters
    ----------
    folder
        The plant folder.
    host, port
        Where its page is served; the first free port from 8800 on, unless given.
    tls
        Certificate and key, in PEM.
    behind_proxy
        A proxy that speaks TLS stands before it, and its headers say who asks from where.
    tell
        Is called once it runs.

    Raises
    ------
    BadConfig
        plant.toml has mistakes.
    NotAllowed
        Served so, others could listen in, or nobody could tell who asks.
    Owned
        Another process runs this plant.
    """
    sound(folder)
    lean()
    serving = Serving(folder, host, port, Tls(*tls) if tls else None, behind_proxy)
    guarded(folder, host, tls=serving.tls, behind_proxy=behind_proxy)  # before the history is opened, for it takes time
    last(Running(folder, serving), tell)


def _row(status: Status, zone: str) -> Row:
    row = {name: plain(value) for name, value in asdict(status).items()}
    return row | {
        name: None if row[name] is None else clock_text(int(str(row[name])), zone) for name in ("since", "last")
    }
