"""Visits to sources on behalf of people at a page: few at a time, each of one person, ended when nobody comes back."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast

from ..acquire.guess.proposal import SourceProposal
from ..acquire.link import Offer, Trial
from ..answer import Plain, plain
from ..errors import AndonError, BadQuestion, NotAllowed, UnknownName
from ..ledger import audit
from ..plant import ROLES
from .connecting import Guest, answering, guest, reached, without_user, written_source
from .correcting import confirmed, corrected, numbered, state_told
from .opening import lent_of, paper
from .reaching import Way, checked, known_connectors, source_of

Row = dict[str, Plain]
MOST, EACH = 8, 2
"""Visits at the same time, in all and of one person: each holds a connection to a machine."""
LOOKS = 2
"""Addresses that are tried at the same time."""
IDLE = 600.0
"""Seconds after which a visit is over that nobody came back to."""
SHOWN = 400
"""Offers shown of a browse; more are only counted."""
NEVER = ("169.254.169.254", "fd00:ec2::254", "metadata.google.internal")
"""Addresses that hand out the secrets of the computer Andon may run on; no machine is there."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who visits: a person or token, with their right and their lines (all where empty)."""

    who: str
    right: str
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Stay:
    """One visit under way."""

    guest: Guest
    who: str
    used: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    proposal: SourceProposal | None = None


class Visits:
    """The visits of one plant folder that are under way."""

    def __init__(self, folder: Path, idle: float = IDLE) -> None:
        self._folder, self._idle = folder, idle
        self._stays: dict[str, Stay] = {}
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._looks = threading.BoundedSemaphore(LOOKS)

    def ways(self, visitor: Visitor, said: str) -> Row:
        """Who answers at an address: each way with how its trial went, and the user that the address names."""
        bare, user = without_user(said.strip())
        checked(bare)
        _allowed(bare)
        if not self._looks.acquire(blocking=False):
            raise NotAllowed("Others are trying addresses just now. Try again in ten seconds.")
        try:
            tried = answering(self._folder, reached(bare))
        finally:
            self._looks.release()
        audit.append(
            self._folder / "ledger",
            who=visitor.who,
            right=visitor.right,
            act="connect_look",
            arguments={"address": bare},
            result={"state": "done", "answered": [w.connector for w, s in tried if s.well]},
        )
        rows = [{"connector": w.connector, "url": w.url, **_step(s)} for w, s in tried]
        return {"user": user, "ways": cast(list[Plain], sorted(rows, key=lambda r: not r["well"]))}

    def begin(
        self,
        visitor: Visitor,
        *,
        source: str = "",
        way: tuple[str, str] = ("", ""),
        name: str = "",
        login: tuple[str, str] = ("", ""),
        given: Sequence[str] = (),
    ) -> Row:
        """Begin a visit: to a source of the plant by name, or on a way (connector, URL) to a new one.

        Raises
        ------
        NotAllowed
            Too many visits are under way.
        """
        self._leave_idle()
        if source:
            source_of(paper(self._folder), source)
        _allowed(way[1])
        with self._lock:
            own = sum(s.who == visitor.who for s in self._stays.values())
            if own >= EACH or len(self._stays) >= MOST:
                raise NotAllowed(
                    "Too many sources are being looked at. Close one, or wait ten minutes until it is left."
                )
            found = guest(
                self._folder, None if source else Way(*way), source=source, user=login[0], name=name, given=given
            )
            if login[1]:
                found.log_in(login[0], login[1])
            key = secrets.token_urlsafe(16)
            self._stays[key] = Stay(found, visitor.who, time.monotonic())
        self._watch_over()
        return {"visit": key, **_told_of(found)}

    def log_in(self, visitor: Visitor, key: str, user: str, password: str) -> Row:
        """Try as this user from now on."""
        with self._stay(visitor, key) as stay:
            stay.guest.log_in(user, password)
            return {"visit": key, **_told_of(stay.guest)}

    def trial(self, visitor: Visitor, key: str) -> list[Row]:
        """Try it, step by step."""
        with self._stay(visitor, key) as stay:
            return [_step(s) for s in stay.guest.trial()]

    def browse(self, visitor: Visitor, key: str, patterns: Sequence[str]) -> Row:
        """What it offers; what it says is watched from now on."""
        with self._stay(visitor, key) as stay:
            if stay.guest.watching:
                stay.guest.watching.stop()
            offers = stay.guest.browse(patterns)
            if offers:
                stay.guest.watch()
            return {"total": len(offers), "offers": [_offer(o) for o in offers[:SHOWN]]}

    def values(self, visitor: Visitor, key: str) -> Row:
        """What was heard until now: how many values, the last of each address, why nothing more is heard."""
        stay = self._found(visitor, key)
        watch = stay.guest.watching
        if watch is None:
            return {"rows": 0, "said": "", "values": {}}
        shown = [o.address for o in stay.guest.offers[:SHOWN]]
        heard = watch.heard()
        last: Row = {a: heard[a].last for a in shown if a in heard}
        return {"rows": watch.rows, "said": watch.said, "values": last}

    def proposal(self, visitor: Visitor, key: str, *, anew: bool = False) -> Row:
        """What it would be in plant.toml: by what was heard until now, or as it was corrected."""
        with self._stay(visitor, key) as stay:
            if stay.proposal is None or anew:
                stay.proposal = stay.guest.proposal()
            return _shown(stay.proposal)

    def correct(self, visitor: Visitor, key: str, words: Sequence[str]) -> Row:
        """One correction, as `andon connect` takes it: `role 3 power`, `drop press-3`."""
        with self._stay(visitor, key) as stay:
            stay.proposal = corrected(_made(stay), words)
            return _shown(stay.proposal)

    def answer(
        self, visitor: Visitor, key: str, signal: tuple[str, str], *, right: bool, states: Mapping[str, str] | None
    ) -> Row:
        """What was asked of a signal (machine, address): is it what it seems; or what the words of its state mean."""
        with self._stay(visitor, key) as stay:
            made = _made(stay)
            if signal not in {(m.path, s.address) for m, s in numbered(made)}:
                raise UnknownName("signal", signal[1], [s.address for _, s in numbered(made)])
            stay.proposal = (
                confirmed(made, *signal, right=right) if states is None else state_told(made, *signal, states)
            )
            return _shown(stay.proposal)

    def confirm(self, visitor: Visitor, key: str) -> Row:
        """Write it into plant.toml; what is still in doubt is stored and plays no role.

        Raises
        ------
        NotAllowed
            A machine of it is not on the lines of whoever asks.
        """
        with self._stay(visitor, key) as stay:
            made = _made(stay)
            machines = [m.path for m in made.machines if m.taken and any(s.taken for s in m.signals)]
            _within(visitor, machines)
            arguments = {"source": made.name, "url": str(made.source.get("url", "")), "machines": machines}
            with self._audited(visitor, arguments):
                written_source(self._folder, made, stay.guest)
            taken = list(made.taken())
            open_ = [f"{m.path}/{s.name}" for m, s in made.asked()]
        self.leave(visitor, key)
        return {
            "source": made.name,
            "machines": cast(list[Plain], machines),
            "signals": len(taken),
            "open": cast(list[Plain], open_),
        }

    def leave(self, visitor: Visitor, key: str) -> None:
        """End a visit."""
        stay = self._found(visitor, key)
        with self._lock:
            self._stays.pop(key, None)
        with stay.lock:
            stay.guest.close()

    def close(self) -> None:
        """End all."""
        with self._lock:
            stays, self._stays = list(self._stays.values()), {}
            if self._timer:
                self._timer.cancel()
        for stay in stays:
            stay.guest.close()

    @contextmanager
    def _stay(self, visitor: Visitor, key: str) -> Iterator[Stay]:
        """The visit, for this caller alone; one thing at a time."""
        stay = self._found(visitor, key)
        with stay.lock:
            try:
                yield stay
            finally:
                stay.used = time.monotonic()

    def _found(self, visitor: Visitor, key: str) -> Stay:
        stay = self._stays.get(key)
        if stay is None or stay.who != visitor.who:
            raise BadQuestion("This visit is over. Begin again with the address.")
        stay.used = time.monotonic()
        return stay

    @contextmanager
    def _audited(self, visitor: Visitor, arguments: Mapping[str, object]) -> Iterator[None]:
        """Intent before, outcome after, as for any act."""
        ledger, told = self._folder / "ledger", {"who": visitor.who, "right": visitor.right, "act": "connect"}
        begun = audit.append(ledger, **told, arguments=arguments, result={"state": "begun"})
        try:
            yield
        except AndonError as error:
            failed = {"state": "failed", "of": begun.number, "says": str(error)}
            audit.append(ledger, **told, arguments=arguments, result=failed)
            raise
        audit.append(ledger, **told, arguments=arguments, result={"state": "done", "of": begun.number})

    def _leave_idle(self) -> None:
        late = time.monotonic() - self._idle
        with self._lock:
            gone = [k for k, s in self._stays.items() if s.used < late and not s.lock.locked()]
            stays = [self._stays.pop(k) for k in gone]
        for stay in stays:
            stay.guest.close()

    def _watch_over(self) -> None:
        """Look again in a while, for as long as there are visits."""
        self._leave_idle()
        with self._lock:
            if self._timer:
                self._timer.cancel()
            if self._stays:
                self._timer = threading.Timer(self._idle / 4, self._watch_over)
                self._timer.daemon = True
                self._timer.start()


def source_cards(folder: Path) -> list[Row]:
    """Each source with its health and what comes from it; moments in microseconds, `said` why data stopped."""
    plant = paper(folder)
    fed: dict[str, list[str]] = {}
    for machine in plant.machines.values():
        for signal in machine.signals.values():
            fed.setdefault(signal.source, []).append(machine.path)
    lent = lent_of(folder)
    statuses = lent.offered["statuses"]() if lent and "statuses" in lent.offered else {}
    known = {n: {k: plain(v) for k, v in asdict(s).items()} for n, s in cast(Mapping[str, object], statuses).items()}  # type: ignore[call-overload]  # a Status, as the plant offers it
    rows: list[Row] = []
    for source in plant.sources:
        stopped: Row = {"source": source.name, "connector": source.connector, "health": "stopped", "said": ""}
        machines = sorted(set(fed.get(source.name, [])))
        rows.append(
            {
                **known.get(source.name, stopped),
                "url": str(source.settings.get("url", "")),
                "signals": len(fed.get(source.name, [])),
                "machines": cast(list[Plain], machines),
            }
        )
    return rows


def roles() -> list[tuple[str, str]]:
    """What a signal can mean to a study, with what that is."""
    return list(ROLES.items())


def spoken_protocols() -> list[Row]:
    """What Andon can connect to by an address: name, what it is, its schemes, whether it can be browsed."""
    return [
        {"name": c.name, "summary": c.summary, "schemes": list(c.schemes), "browse": c.browse is not None}
        for c in known_connectors()
        if c.schemes
    ]


def _made(stay: Stay) -> SourceProposal:
    if stay.proposal is None:
        stay.proposal = stay.guest.proposal()
    return stay.proposal


def _within(visitor: Visitor, machines: Sequence[str]) -> None:
    if not visitor.lines:
        return
    outside = [m for m in machines if not any(m == line or m.startswith(line + "/") for line in visitor.lines)]
    if outside:
        raise NotAllowed(f"{visitor.who} may change {', '.join(visitor.lines)} only, and {outside[0]} is not there.")


def _allowed(url: str) -> None:
    if any(n in url.casefold() for n in NEVER):
        raise NotAllowed("This address holds secrets of the computer that Andon runs on; no machine is there.")


def _told_of(found: Guest) -> Row:
    return {
        "name": found.name,
        "connector": found.visit.connector.name,
        "url": str(found.table.get("url", "")),
        "known": found.known,
        "wants_user": found.wants_user,
        "lacks_password": found.lacks_password,
    }


def _step(step: Trial) -> Row:
    return {"step": step.step, "well": step.well, "said": step.said}


def _offer(offer: Offer) -> Row:
    return {
        "address": offer.address,
        "path": list(offer.path),
        "kind": offer.kind,
        "unit": offer.unit,
        "value": offer.value,
        "role": offer.role,
        "why": offer.why,
    }


def _shown(made: SourceProposal) -> Row:
    """The proposal with its lines numbered as corrections name them."""
    numbers = {(m.path, s.address): n for n, (m, s) in enumerate(numbered(made), 1)}
    machines: list[Plain] = [
        {
            "path": m.path,
            "title": m.title,
            "known": m.known,
            "taken": m.taken,
            "signals": [
                {**{k: plain(v) for k, v in asdict(s).items()}, "line": numbers[m.path, s.address]} for s in m.signals
            ],
        }
        for m in made.machines
    ]
    return {
        "name": made.name,
        "machines": machines,
        "notes": cast(list[Plain], list(made.notes)),
        "asked": len(made.asked()),
        "signals": len(list(made.taken())),
    }
