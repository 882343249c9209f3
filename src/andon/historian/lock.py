"""One owner: a lock that the operating system gives back even after kill -9, and a file that says who holds it."""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import Owned
from ..model import moment

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a history folder: process, since when (microseconds), and where and with which key it answers."""

    pid: int
    since: int
    port: int
    key: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A held lock; the operating system lets go of it when this process ends, however it ends."""

    folder: Path
    file: BinaryIO

    def tell(self, owner: Owner) -> None:
        """Say who holds it, readable by this user only."""
        path = self.folder / "owner.json"
        draft = path.with_suffix(".tmp")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(owner), file)
        os.replace(draft, path)

    def release(self) -> None:
        (self.folder / "owner.json").unlink(missing_ok=True)
        self.file.close()


def take(folder: Path) -> Lock | None:
    """Become the owner of a folder, or None if another process is."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "owner.lock").open("ab")
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    (folder / "owner.json").unlink(missing_ok=True)  # left behind by an owner that was killed
    return Lock(folder, file)


def owner_of(folder: Path) -> Owner | None:
    """Who says that it owns the folder; None if nobody does (or is just about to say so)."""
    try:
        return Owner(**json.loads((folder / "owner.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def refusal(folder: Path) -> Owned:
    """The error for a second owner."""
    owner = owner_of(folder)
    who = f"process {owner.pid} since {moment(owner.since):%Y-%m-%d %H:%M:%S} UTC" if owner else "another process"
    return Owned(
        f"{folder} is owned by {who}, and only one process may write it. Ask through that one (any `andon` "
        f"command does so by itself), or stop it first{f' (kill {owner.pid})' if owner else ''}."
    )
