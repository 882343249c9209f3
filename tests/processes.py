"""`andon` in processes of their own: forks of one that has loaded it, so that a start takes a sixth of the time.

Each is whole: it has a number, its own memory and files, and can be killed. What a bare `python -m andon` loads and
prints is what `test_cli.py` and `.ci/smoke` look at.
"""

import atexit
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from andon.apart import apart, load_apart

LOADED = ("andon.app.making", "andon.app.running", "andon.app.serving", "andon.__main__", "pandas")
"""What all of them need; pyarrow imports pandas where it is installed."""
FORKS = apart(*LOADED)


def load() -> None:
    """Begin the one that is forked: it loads Andon while the tests are collected."""
    load_apart(*LOADED)


class Process:
    """A process that does some work; what it says goes to a file, or to two. It is used as `subprocess.Popen` is."""

    def __init__(
        self,
        do: Callable[..., None],
        *arguments: object,
        out: Path,
        err: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        out.touch()
        environ = dict(os.environ if env is None else env)
        self._work = FORKS.Process(target=_do, args=(do, arguments, out, err or out, environ))
        self._work.start()
        self.args, self.pid = arguments, self._work.pid
        atexit.register(self.kill)

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        return self._work.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._work.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired([str(a) for a in self.args], timeout or 0)
        atexit.unregister(self.kill)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Andon(Process):
    """A command of `andon` at work."""

    def __init__(self, *arguments: object, **more: Any) -> None:
        super().__init__(_andon, *map(str, arguments), **more)


def done(*arguments: object, env: Mapping[str, str] | None = None, timeout: float = 120):
    """What a command said, and its exit code, once it has ended."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        work = Andon(*arguments, out=out, err=err, env=env)
        try:
            code = work.wait(timeout)
        except subprocess.TimeoutExpired:
            work.kill()
            raise
        return subprocess.CompletedProcess(list(arguments), code, out.read_text("utf-8"), err.read_text("utf-8"))


def _andon(*arguments: str) -> None:
    from andon.__main__ import main

    sys.argv = ["andon", *arguments]
    main()


def _do(do: Callable[..., None], arguments: tuple[Any, ...], out: Path, err: Path, environ: dict[str, str]) -> None:
    for number, file in ((1, out), (2, err)):
        with file.open("ab") as log:
            os.dup2(log.fileno(), number)
    sys.stdout, sys.stderr = (os.fdopen(n, "w", 1, "utf-8", closefd=False) for n in (1, 2))
    os.environ.clear()
    os.environ.update(environ)
    do(*arguments)
