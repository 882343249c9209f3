"""A plant folder copied whole while it runs, and brought back: every file is checked on the way."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from ..accounts import Accounts, is_kept
from ..config.secret import FILE as SECRETS
from ..errors import BadInput
from ..historian import Historian
from ..historian.backup import MANIFEST, checked, digest_of, tell
from .opening import for_the_whole_plant, open_plant

DRAFT = ".backup-"
"""A folder in a plant folder in which a copy is being made."""
LIVE = {"history", "accounts"}
"""Copied by those who write them, as of one moment; so are the books."""
BOOKS = "books.sqlite"
KEYS = "own"
"""In the folder of a source: its certificate and private key."""


def backed_up(folder: Path, target: Path, *, secrets: bool = True) -> None:
    """Copy a plant folder to a new one while the plant may be running.

    All that lies in it goes along: history, books, audit log, accounts (nobody logged in), reports, photos, gauge
    studies, standing questions, what sources remember, plant.toml. Without `secrets`, secrets.toml and the private
    keys of sources stay behind.

    Raises
    ------
    BadInput
        The target is not empty, or lies in the plant folder.
    """
    for_the_whole_plant("A backup")
    if target.exists() and any(target.iterdir()):
        raise BadInput(f"{target} is not empty: a backup goes to a new folder.")
    within = target.resolve().is_relative_to(folder.resolve())
    if within and not target.name.startswith(DRAFT):
        raise BadInput(f"{target} lies in the plant folder itself: a backup goes elsewhere.")
    with open_plant(folder) as plant:
        plant.history.backup(target / "history")
        plant.books.backup(target / "ledger")
    if is_kept(folder):
        with Accounts(folder) as accounts:
            accounts.backup(target)
    shutil.copytree(
        folder,
        target,
        ignore=_left_out(folder, secrets=secrets),
        copy_function=_copied,
        ignore_dangling_symlinks=True,
        dirs_exist_ok=True,
    )
    files = {path: digest_of(target / path) for path in _files(target)}
    tell(target, time.time_ns() // 1000, files)


def restored(copy: Path, folder: Path) -> None:
    """Bring a backup back into a new folder; its manifest names all but the history, which has one of its own.

    Raises
    ------
    BadInput
        The folder is not empty.
    BadQuestion
        The backup was never finished.
    Damaged
        A file of the backup is not as it was written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty: a backup is brought back into a new folder.")
    checked(copy)
    Historian.restore(copy / "history", folder / "history")
    shutil.copytree(copy, folder, ignore=_only_at(copy, {"history", MANIFEST}), dirs_exist_ok=True)


def _files(target: Path) -> list[str]:
    found = (p.relative_to(target) for p in sorted(target.rglob("*")) if p.is_file())
    return [p.as_posix() for p in found if p.parts[0] != "history"]


def _only_at(top: Path, names: set[str]) -> Callable[[str, list[str]], set[str]]:
    """Leaves names out at the top of a tree, and nowhere below."""
    return lambda place, _: names if Path(place) == top else set()


def _left_out(folder: Path, *, secrets: bool) -> Callable[[str, list[str]], set[str]]:
    """What of each folder is copied otherwise, or not at all."""

    def ignored(place: str, names: list[str]) -> set[str]:
        at = Path(place).relative_to(folder).parts
        if not at:
            own = {n for n in names if n.startswith(DRAFT) or n == MANIFEST}
            return LIVE | own | (set() if secrets else {SECRETS})
        if at == ("ledger",):
            return {n for n in names if n.startswith(BOOKS)}
        return {KEYS} if not secrets and len(at) == 2 and at[0] == "sources" else set()

    return ignored


def _copied(source: str, target: str) -> None:
    """Copy a file, unless it went away meanwhile or is none (a pipe, a socket)."""
    try:
        if Path(source).is_file():
            shutil.copy2(source, target)
    except FileNotFoundError:
        return
