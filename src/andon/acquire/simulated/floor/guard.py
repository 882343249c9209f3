"""A guard beside a process that does not look after itself: whatever becomes of us, it does not outlive us."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

WORD = "read -r _; kill -9 $0"
"""The pipe ends when whoever holds it has ended, in whatever way; then so does the process."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A process by its number, and its guard; where there is no shell (Windows), there is no guard.

    Examples
    --------
    >>> guarded = Guarded.of(subprocess.Popen(["sleep", "60"]).pid)                  # doctest: +SKIP
    >>> guarded.dismiss()                                                            # doctest: +SKIP
    """

    process: int
    guard: subprocess.Popen[bytes] | None

    @classmethod
    def of(cls, process: int) -> Guarded:
        if os.name != "posix":
            return cls(process, None)
        command = ["/bin/sh", "-c", WORD, str(process)]
        quiet = subprocess.DEVNULL
        guard = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)
        return cls(process, guard)

    def dismiss(self) -> None:
        """Send the guard away; to be called before the process is ended, for its number may then be another's."""
        if self.guard is None:
            return
        self.guard.kill()
        self.guard.wait()
        if self.guard.stdin:
            self.guard.stdin.close()
