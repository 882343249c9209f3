"""A real `andon run` process for the tests, ended by pid."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from processes import Andon, done
from servers import until

ENV = os.environ | {"LC_ALL": "C.UTF-8"}


class Run:
    """`andon run FOLDER` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.options = options
        self.folder, self.log = folder, folder.parent / f"{folder.name}.log"
        self.process: Andon | None = None

    def start(self) -> "Run":
        before = len(self.said())
        self.process = Andon("run", self.folder, *self.options, out=self.log, env=ENV)
        until(lambda: "Its page: " in self.said()[before:] or self.process.poll() is not None, 90, "andon run")
        assert self.process.poll() is None, self.said()
        return self

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    @property
    def url(self) -> str:
        """Where its page is."""
        return re.findall(r"Its page: (\S+)", self.said())[-1]

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: int) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process = None
        self.log.rename(self.log.with_suffix(f".{code}.log"))
        return code


@contextmanager
def run_plant(folder: Path, *options: str) -> Iterator[Run]:
    """A running plant, killed at the end if it still runs."""
    run = Run(folder, *options)
    try:
        yield run.start()
    finally:
        run.kill()


def asked(*arguments: str) -> str:
    """What an `andon` command in another process prints."""
    said = done(*arguments, env=ENV)
    assert said.returncode == 0, said.stderr
    return said.stdout
