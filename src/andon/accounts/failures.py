"""Failed logins: an account rests after some of them, and so does an address."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from ..units import HOUR, MINUTE
from .schema import Accounts

FREE = 5
"""So many times in a row may a password be wrong before the account rests."""
LONGEST = HOUR
FORGOTTEN = 24 * HOUR
KNOWN = 10_000
"""So many names and addresses are remembered."""


def resting(accounts: Accounts, key: str) -> int:
    """Microseconds until the account of that key, which need not exist, may be tried again."""
    found = accounts.rows("SELECT until FROM failures WHERE key = ?", [key])
    return max(0, int(str(found[0][0])) - accounts.now) if found else 0


def failed(accounts: Accounts, key: str) -> None:
    """Count one more: from `FREE` on the account rests a minute, then two, four... an hour at most."""
    now = accounts.now
    with accounts.writing() as write:
        write("DELETE FROM failures WHERE last < ?", [now - FORGOTTEN])
        oldest = "SELECT key FROM failures ORDER BY last DESC LIMIT -1 OFFSET ?"
        write(f"DELETE FROM failures WHERE key IN ({oldest})", [KNOWN])
        write(
            "INSERT INTO failures VALUES (?, 1, ?, 0) "
            "ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last",
            [key, now],
        )
        write(
            "UPDATE failures SET until = last + min(?, ? << min(count - ?, 10)) WHERE key = ? AND count >= ?",
            [LONGEST, MINUTE, FREE, key, FREE],
        )


def forgiven(accounts: Accounts, key: str) -> None:
    """Nothing is held against the account any more."""
    with accounts.writing() as write:
        write("DELETE FROM failures WHERE key = ?", [key])


class Throttle:
    """How often each address has failed lately; IPv6 addresses of one network are one."""

    def __init__(self, free: int = 20, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._seconds, self._clock = free, seconds, clock
        self._turn = threading.Lock()
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def resting(self, address: str) -> float:
        """Seconds until the address may try again."""
        with self._turn:
            recent = self._recent(_network(address))
            return self._seconds - (self._clock() - recent[-self._free]) if len(recent) >= self._free else 0.0

    def failed(self, address: str) -> None:
        key = _network(address)
        with self._turn:
            self._failures[key] = [*self._recent(key)[-self._free :], self._clock()]
            self._failures.move_to_end(key)
            while len(self._failures) > KNOWN:
                self._failures.popitem(last=False)

    def _recent(self, key: str) -> list[float]:
        since = self._clock() - self._seconds
        return [at for at in self._failures.get(key, []) if at > since]


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if found.version == 6 else address
