"""From an address to a live plant: what is there, what it would be in plant.toml, and what can be asked then."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import cast

from ..acquire import find_connector
from ..acquire.guess.proposal import SourceProposal
from ..acquire.guess.propose import propose_source, selected
from ..acquire.link import Offer, Trial
from ..acquire.visit import Visit, Watch, with_secret
from ..answer import Plain
from ..config import confirm_source, keep_secret, read_plant, secret
from ..errors import BadInput, BadQuestion
from ..plant import Plant, Signal
from .opening import open_plant
from .reaching import Way, is_address, name_for, settings_of, source_of, typed, ways, without_user
from .start import is_plant

Row = dict[str, Plain]
ANSWERING = 12.0
"""Seconds within which whoever speaks a protocol answers in it."""
ARRIVING = 20.0
"""Seconds within which a plant that runs should have taken up a new source."""


@dataclass(slots=True)
class Guest:
    """A visit to one source, on behalf of a plant folder that may not be there yet.

    `table` is the `[[source]]` table as it would be written, `kept` has secrets typed in, to be kept when it is
    confirmed.
    """

    folder: Path
    table: dict[str, object]
    visit: Visit
    rooms: tempfile.TemporaryDirectory[str] = field(repr=False)
    signals: tuple[Signal, ...] = ()
    offers: list[Offer] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict, repr=False)
    watching: Watch | None = None

    @property
    def name(self) -> str:
        return self.visit.source

    @property
    def known(self) -> bool:
        """It is a source of the plant already."""
        return bool(self.signals)

    @property
    def wants_user(self) -> bool:
        """The connector can log in, and nobody said as whom."""
        return any(p.name == "user" for p in self.visit.connector.settings) and not self.table.get("user")

    @property
    def lacks_password(self) -> bool:
        """It logs in as somebody, and no password is known."""
        return bool(self.table.get("user")) and self.visit.secret("password") is None

    def trial(self) -> list[Trial]:
        """Try it, step by step."""
        return self.visit.trial(self.signals)

    def log_in(self, user: str, password: str) -> None:
        """Try as this user from now on; the password is kept in secrets.toml once the source is confirmed."""
        if user:
            self.table["user"] = user
            self.visit = replace(self.visit, settings=settings_of(self.visit.connector, _settings(self.table)))
        self.kept["password"] = password
        self.visit = with_secret(self.visit, "password", password)

    def browse(self, patterns: Sequence[str] = ()) -> list[Offer]:
        """What it offers, narrowed by patterns."""
        self.offers = selected(self.visit.browse(self.signals), patterns)
        return self.offers

    def watch(self) -> Watch:
        """Hear what it says from now on."""
        self.watching = self.visit.watch(self.offers)
        return self.watching

    def proposal(self) -> SourceProposal:
        """What it would be in plant.toml, by what was heard until now."""
        known = read_plant(self.folder).machines if is_plant(self.folder) else {}
        return propose_source(self.table, self.offers, self.watching.heard() if self.watching else {}, known)

    def close(self) -> None:
        if self.watching:
            self.watching.stop()
        self.rooms.cleanup()

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def reached(said: str) -> list[Way]:
    """Who may answer at what was typed."""
    return ways(without_user(said)[0])


def answering(folder: Path, ways: Sequence[Way]) -> list[tuple[Way, Trial]]:
    """Each way tried, all at the same time: the step that tells how it went."""

    answers: dict[Way, Trial] = {}

    def tried(way: Way) -> None:
        with guest(folder, way) as visitor:
            steps = visitor.trial()
        answers[way] = next((s for s in steps if not s.well), steps[-1] if steps else Trial("connect", True, ""))

    # daemons: a protocol that is not spoken there may wait for an answer for long, and is not waited for
    threads = [threading.Thread(target=tried, args=(way,), daemon=True) for way in ways]
    for thread in threads:
        thread.start()
    late = time.monotonic() + ANSWERING
    for thread in threads:
        thread.join(max(0.0, late - time.monotonic()))
    silent = Trial("connect", False, f"It did not answer in {ANSWERING:.0f} s.")
    return [(way, answers.get(way, silent)) for way in ways]


def guest(
    folder: Path, way: Way | None, *, source: str = "", user: str = "", name: str = "", given: Sequence[str] = ()
) -> Guest:
    """A visit to a source of the plant by its name, or on a way to a new one.

    Parameters
    ----------
    folder
        The plant folder; it need not be there yet.
    way
        How it is reached; None for a source of the plant.
    source
        The source of the plant.
    user
        Who we are there.
    name
        What a new source is to be called.
    given
        Settings as typed: `every=500ms`.
    """
    plant = read_plant(folder) if is_plant(folder) else None
    if way is None:
        if plant is None:
            raise BadQuestion(f"{folder} is no plant folder, so it has no source {source!r}. Say --plant FOLDER.")
        found = source_of(plant, source)
        table = {"name": found.name, "connector": found.connector, **found.settings}
    else:
        table = _new(way, plant, name) | ({"user": user} if user else {})
    table |= typed(given)
    return _guest(folder, table, plant)


__all__ = [
    "Guest",
    "answering",
    "arriving",
    "guest",
    "is_running",
    "is_source",
    "proposal_text",
    "reached",
    "read_proposal",
    "without_user",
    "written_source",
]


def is_source(folder: Path, said: str) -> bool:
    """Is it the name of a source of the plant, rather than an address?"""
    if is_plant(folder) and said in {s.name for s in read_plant(folder).sources}:
        return True
    return not is_address(said)


def written_source(folder: Path, proposal: SourceProposal, guest: Guest | None = None) -> None:
    """Write a confirmed proposal into plant.toml, its secrets into secrets.toml."""
    if guest:
        for key, value in guest.kept.items():
            keep_secret(folder, proposal.name, key, value)
        home = folder / "sources" / proposal.name
        if not home.exists():  # certificates made during the visit, which the other side may trust by now
            shutil.copytree(guest.visit.home, home)
    confirm_source(folder, proposal.source, proposal.tables())


def read_proposal(file: Path) -> SourceProposal:
    """A proposal that `andon connect --json` printed and somebody may have changed.

    Raises
    ------
    BadInput
        It is none.
    """
    from ..acquire.guess.text import proposal_of

    try:
        return proposal_of(file.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from None


def proposal_text(proposal: SourceProposal) -> str:
    """A proposal as JSON: to be kept, changed, and given back with --from."""
    from ..acquire.guess.text import text_of

    return text_of(proposal)


def is_running(folder: Path) -> bool:
    """Does `andon run` run this plant?"""
    if not is_plant(folder):
        return False
    with closing(open_plant(folder)) as plant:
        return plant.is_running


def arriving(folder: Path, source: str) -> Iterator[Row]:
    """How the running plant takes up a source, until its first samples are stored."""
    late = time.monotonic() + ARRIVING
    with closing(open_plant(folder)) as plant:
        if not plant.is_running:
            return
        while time.monotonic() < late:
            rows = cast(list[Row], plant.call("sources"))
            found = next((r for r in rows if r["source"] == source), None)
            if found:
                yield found
                if found["samples"] or found["health"] == "wrong":
                    return
            time.sleep(0.5)


def _new(way: Way, plant: Plant | None, name: str) -> dict[str, object]:
    """The table of a new source; that of the plant which has the same address already."""
    same = next((s for s in plant.sources if s.settings.get("url") == way.url), None) if plant else None
    if same and not name:
        return {"name": same.name, "connector": same.connector, **same.settings}
    taken = [s.name for s in plant.sources] if plant else []
    if name in taken:
        raise BadQuestion(f"The plant has a source {name!r} already. Choose another --name.")
    return {"name": name or name_for(way.connector, way.url, taken), "connector": way.connector, "url": way.url}


def _guest(folder: Path, table: dict[str, object], plant: Plant | None) -> Guest:
    connector, name = find_connector(str(table["connector"])), str(table["name"])
    rooms = tempfile.TemporaryDirectory(prefix="andon-")
    home, own = Path(rooms.name) / name, folder / "sources" / name
    if own.is_dir():  # the same certificates as the running source has
        shutil.copytree(own, home)
    settings = settings_of(connector, _settings(table))
    signals = tuple(s for m in plant.machines.values() for s in m.signals.values() if s.source == name) if plant else ()
    visit = Visit(connector, settings, name, home, lambda key: secret(folder, name, key, environ=os.environ))
    return Guest(folder, table, visit, rooms, signals)


def _settings(table: Mapping[str, object]) -> dict[str, object]:
    return {k: v for k, v in table.items() if k not in ("name", "connector")}
