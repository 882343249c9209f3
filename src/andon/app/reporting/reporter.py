"""Makes the reports of a running plant when their shifts have closed, again when they close anew, and brings them."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...errors import BadQuestion
from ...ledger import Books, Closing
from ...model import Window
from ...plant import Machine, Plant
from ...plant.reports import Scheduled
from ...surfaces.notify import Message
from ...surfaces.report import drawn, sentences, title
from ...units import HOUR, MINUTE, SECOND
from ...words import say
from ..opening import open_plant
from .gather import of_period
from .kept import Kept, Made
from .periods import Period, periods, shifts_of

log = logging.getLogger("andon.reports")
PATIENCE = 30.0
"""Seconds that a report under way is given to end."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it works, in microseconds.

    Attributes
    ----------
    look
        Between looks.
    calm
        The books must have been still for so long: shifts close one machine after the other.
    latest
        A report is made so long after its end, although a machine's shift was not closed: that machine may be dead.
    corrected
        It is made again when the last correction is so long ago: somebody may be giving reasons to one stop after the
        other.
    back
        What was missed is made up for so far back.
    retry
        After a failure.
    """

    look: int = 2 * SECOND
    calm: int = 5 * SECOND
    latest: int = 3 * MINUTE
    corrected: int = 10 * MINUTE
    back: int = 31 * 24 * HOUR
    retry: int = MINUTE


@dataclass(slots=True)
class Reporter:
    """The reports of a plant that this process runs.

    A report's files are on disk before the journal says that it was made, and the journal says so before it is sent:
    after a kill what was not made is made, what was not brought is brought, and a mail has the same Message-ID as
    before. Reports about a time before their [[report]] was written are made only on demand.

    Parameters
    ----------
    folder
        The plant folder.
    plant
        The plant as plant.toml says it now.
    send
        Puts a mail into the outbox; the same key only once.
    clock
        Microseconds since 1970.
    """

    folder: Path
    plant: Callable[[], Plant]
    send: Callable[[Message], None]
    clock: Callable[[], int] = lambda: time.time_ns() // 1000
    pace: Pace = Pace()
    stopped: threading.Event = field(default_factory=threading.Event)
    kept: Kept = field(init=False)
    thread: threading.Thread | None = None
    seen: tuple[int, str, int] = (-1, "", -1)
    still: int = 0
    due: int = 0

    def __post_init__(self) -> None:
        self.kept = Kept.open(self.folder)

    def start(self) -> None:
        self.thread = threading.Thread(target=self.work, name="andon reports", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()
        if self.thread is not None and self.thread.is_alive():
            self.thread.join(PATIENCE)

    def work(self) -> None:
        """Look again and again until `stopped` is set; the books are opened here, for they belong to one thread."""
        with Books.open(self.folder / "ledger") as books:
            while not self.stopped.wait(self.pace.look / SECOND):
                try:
                    self.look(books)
                except Exception as error:  # the outermost frame of this thread
                    log.error("reports: %s", error)
                    log.debug("reporting failed", exc_info=True)
                    self.stopped.wait(self.pace.retry / SECOND)

    def look(self, books: Books) -> int:
        """Make and bring what is due; how many reports were made."""
        now = self.clock()
        plant = self.plant()
        if not plant.reports:
            return 0
        self.kept.read()
        news = (books.newest(), plant.digest, self.kept.offset)
        if news != self.seen:
            self.seen, self.still, self.due = news, now, now + self.pace.calm
        if now < self.due:
            return 0
        self.due = now + self.pace.back
        return sum(self._tended(r, plant, books, now) for r in plant.reports)

    def _tended(self, report: Scheduled, plant: Plant, books: Books, now: int) -> int:
        """One report: what is due is made, what is made is brought; one that fails does not stop the others."""
        try:
            if report.name not in self.kept.begun:
                self.kept.write({"begun": report.name, "at": now})
            count = sum(self._made(report, p, closings) for p, closings in self._periods(report, plant, books, now))
            for made in [m for n, m in self.kept.made.items() if m.report == report.name and self.kept.waiting[n]]:
                self._brought(made, report)
        except Exception as error:  # whatever it is, the other reports go on, and this one is tried again
            log.error("report %s: %s; trying again in %d s", report.name, error, self.pace.retry // SECOND)
            log.debug("reporting failed", exc_info=True)
            self.kept.fail(report.name, str(error), now)
            self.due = min(self.due, now + self.pace.retry)
            return 0
        finally:
            self.seen = (self.seen[0], self.seen[1], self.kept.offset)
        return count

    def _periods(
        self, report: Scheduled, plant: Plant, books: Books, now: int
    ) -> list[tuple[Period, Sequence[Closing]]]:
        """The periods that are to be reported, or reported again, with their closed shifts."""
        machines, begun = plant.at(report.at), self.kept.begun[report.name]
        asked = {period for name, period in self.kept.again if name == report.name}
        reach = Window(now - self.pace.back, now)
        found: list[tuple[Period, Sequence[Closing]]] = []
        for period in periods(plant, machines, report.every, reach):
            wanted = period.name in asked
            if period.window.until > now or (period.window.until <= begun and not wanted):
                continue
            closings = [c for c in books.closings(period.which) if c.planned_operation]
            whole = _expected(plant, machines, period) <= {c.key for c in closings}
            if closings and (wanted or self._is_due((report.name, period.name), period, closings, whole)):
                found.append((period, closings))
        return found

    def _is_due(self, key: tuple[str, str], period: Period, closings: Sequence[Closing], whole: bool) -> bool:
        """Whether a period is to be reported now: `whole` says that all of its shifts are closed."""
        before = self.kept.last.get(key)
        if before is None:
            return whole or self._is_past(period.window.until + self.pace.latest)
        if before.stamp == stamp_of(closings):
            return False
        return self._is_past(max(c.posted_at for c in closings) + self.pace.corrected)

    def _is_past(self, at: int) -> bool:
        """Whether a moment is past; if not, it is looked again then."""
        past = self.clock() >= at
        if not past:
            self.due = min(self.due, at)
        return past

    def _made(self, report: Scheduled, period: Period, closings: Sequence[Closing]) -> int:
        """Make one report: files first, then the line in the journal."""
        before = self.kept.last.get((report.name, period.name))
        stamp = stamp_of(closings)
        version = 1 if before is None else before.version + (before.stamp != stamp)
        with open_plant(self.folder) as opened:
            contents = replace(of_period(opened, report.at, period, report.language), version=version)
        home = self.kept.folder / report.name
        home.mkdir(parents=True, exist_ok=True)
        files, missing = [], {}
        for form in report.formats:
            try:
                data = drawn(contents, form)
            except BadQuestion as error:  # this computer cannot make it; what it can make is made
                log.warning("report %s: %s", report.name, error)
                missing[form] = str(error)
                continue
            files.append(f"{_slug(period.name)}{'' if version == 1 else f'-v{version}'}.{form}")
            _put(home / files[-1], data)
        made = Made(
            number=max(self.kept.made, default=0) + 1,
            report=report.name,
            every=period.every,
            period=period.name,
            at=report.at,
            since=period.window.since,
            until=period.window.until,
            version=version,
            stamp=stamp,
            made_at=contents.made_at,
            title=title(contents),
            text="\n".join((*sentences(contents), *contents.remarks)),
            language=report.language,
            files=tuple(files),
            missing=missing,
            machines=tuple(m.name for m in contents.machines),
            due=tuple(where for where, wanted in (("folder", report.folder), ("mail", report.mail)) if wanted),
        )
        self.kept.keep(made)
        log.info("report %s: %s%s", report.name, period.name, f", version {version}" if version > 1 else "")
        if made.due:
            self._brought(made, report)
        return 1

    def _brought(self, made: Made, report: Scheduled) -> None:
        """Bring one report where it has to go; what is brought is noted at once."""
        waiting = self.kept.waiting[made.number]
        if "folder" in waiting:
            if report.folder:
                self._copied(made, report)
            self.kept.done(made.number, "folder")
        if "mail" in waiting:
            if report.mail:
                self.send(mail(made, report))
            self.kept.done(made.number, "mail")

    def _copied(self, made: Made, report: Scheduled) -> None:
        target = self.folder / report.folder  # an absolute one stays what it is
        target.mkdir(parents=True, exist_ok=True)
        for name in made.files:
            _put(target / f"{report.name}-{name}", (self.kept.folder / report.name / name).read_bytes())


def mail(made: Made, report: Scheduled) -> Message:
    """The mail that brings a report: what it says in a few sentences, the files beside it."""
    again = ""
    if made.version > 1:
        again = say("Corrected, version {n}", report.language).format(n=made.version)
    subject = f"{made.title} ({again})" if again else made.title
    lines = [made.title, *([again] if again else []), "", made.text]
    lines += [f"{form}: {said}" for form, said in made.missing.items()]
    return Message(
        keys=(f"report/{made.report}/{made.period}/{made.version}/{made.number}",),
        receiver=report.mail,
        about="report",
        subject=subject,
        text="\n".join(lines).strip() + "\n",
        alarms=(),
        at=made.made_at,
        to=report.to,
        files=tuple(f"reports/{made.report}/{name}" for name in made.files),
    )


def stamp_of(closings: Sequence[Closing]) -> str:
    """What tells one state of closed shifts from another: their versions."""
    rows = sorted((*c.key, c.version) for c in closings)
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _expected(plant: Plant, machines: Sequence[Machine], period: Period) -> set[tuple[str, str, str]]:
    """The machines' shifts that a period is made of."""
    return {(m.path, s.day, s.name) for m in machines for s in shifts_of(plant, m, period)}


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name)


def _put(file: Path, data: bytes) -> None:
    """A file that is there wholly or not at all."""
    draft = file.with_name(f".{file.name}.part")
    with draft.open("wb") as made:
        made.write(data)
        made.flush()
        os.fsync(made.fileno())
    shutil.move(draft, file)


__all__ = ["Pace", "Reporter", "mail", "stamp_of"]
