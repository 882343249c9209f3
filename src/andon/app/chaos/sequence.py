"""Runs trials one after the other on a fresh plant, and gives the account of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ...errors import NotConnected
from ...model import Window
from .account import Account, account
from .site import ChaosSite, until
from .trials import Trial

QUIET = 3.0
"""Seconds of normal running before each fault, and after it."""
SETTLED = 60.0
"""Seconds that what was kept meanwhile is given to arrive."""
PATIENCE = 90.0


def accounts(
    folder: Path, trials: Sequence[Trial], *, tell: Callable[[str], None] = lambda said: None
) -> Iterator[Account]:
    """Throw faults at a plant of real servers and a real Andon, and account for every sample.

    Parameters
    ----------
    folder
        Where to make the plant; it stays, with its logs.
    trials
        What to do.
    tell
        Is told what happens, and what was left out and why.

    Yields
    ------
    Account
        One for each source that a fault befell, once it has recovered.
    """
    site = ChaosSite.make(folder)
    try:
        site.start()
        for trial in trials:
            if trial.fault == "full disk" and not site.small:
                tell("full disk: left out, this user cannot mount a small disk")
                continue
            yield from _tried(site, trial, tell)
    finally:
        site.stop()


def _tried(site: ChaosSite, trial: Trial, tell: Callable[[str], None]) -> Iterator[Account]:
    felt = trial.felt(site)
    _wait_all(site, felt, _now(), PATIENCE)
    since = _now()
    time.sleep(QUIET)
    tell(f"{trial.fault} {trial.at}")
    trial.begin(site)
    time.sleep(trial.seconds)
    ending = _now()
    trial.end(site)
    ended = ending if trial.at == "andon" else _now()  # Andon's own start is part of recovering, a server's is not
    recovery = _wait_all(site, felt, ended, PATIENCE)
    time.sleep(QUIET)
    window = Window(since, _now())
    _wait_all(site, felt, window.until, PATIENCE)
    for source in felt:
        yield _settled(site, source, window, (trial.fault, trial.at), recovery[source])


def _settled(site: ChaosSite, source: str, window: Window, fault: tuple[str, str], recovery: float | None) -> Account:
    """The account once nothing more arrives, or nothing is missing."""
    late = time.monotonic() + SETTLED
    while True:
        found = account(site, source, window, fault=fault, recovery=recovery)
        if not (found.lost or found.hidden) or time.monotonic() > late:
            return found
        time.sleep(0.5)


def _wait_all(site: ChaosSite, sources: Sequence[str], at: int, patience: float) -> dict[str, float | None]:
    """Wait until each source has a sample stored that was said after a moment; the seconds since then."""
    found: dict[str, float | None] = dict.fromkeys(sources)

    def arrived() -> bool:
        for source in [s for s in sources if found[s] is None]:
            if site.newest(source) > at:
                found[source] = round((_now() - at) / 1e6, 1)
        return None not in found.values()

    with suppress(NotConnected):  # what did not come back stays None: that is the result
        until(arrived, patience, "not all sources came back")
    return found


def _now() -> int:
    return time.time_ns() // 1000
