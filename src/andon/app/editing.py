"""plant.toml as a text that people edit: checked, saved only if it is right and nobody changed it meanwhile."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
import tomllib
from calendar import timegm
from pathlib import Path
from threading import Lock

from ..answer import Plain
from ..config import Mistake, check_text, replace_text
from ..errors import BadConfig, Changed, NotAllowed, UnknownName
from ..plant.zones import clock_text
from .opening import paper
from .recorded import Doer, allowed, recorded

Row = dict[str, Plain]
COPIES = "papers"
"""Where the texts that were replaced are kept."""
KEPT = 100
"""How many of them."""
NAME = re.compile(r"plant-\d{8}T\d{6}(\d{3})?Z\.toml")
_saving = Lock()
"""Between looking whether the text is still as it was read and replacing it, nobody else in this process may."""


def written_plant(folder: Path, *, by: Doer) -> Row:
    """The text of plant.toml, the digest that saving it needs, and its mistakes."""
    allowed(by, "engineer", "plant.toml")
    text = _text(folder / "plant.toml")
    mistakes: list[Plain] = [*map(_row, check_text(text))]
    copies: list[Plain] = [*_copies(folder)]
    return {"text": text, "digest": _digest(text), "mistakes": mistakes, "copies": copies}


def _login(text: str) -> object:
    """What a text says of the company's own login."""
    try:
        return tomllib.loads(text).get("login")
    except tomllib.TOMLDecodeError:
        return None


def checked_plant(folder: Path, text: str, *, by: Doer) -> list[Row]:
    """The mistakes and warnings that a text would have as plant.toml, in the order of lines."""
    allowed(by, "engineer", "plant.toml")
    return [_row(m) for m in check_text(text)]


def rewritten(folder: Path, text: str, digest: str, *, by: Doer, why: str = "") -> Row:
    """Put a new text in place of plant.toml; a copy of the old one is kept in `papers/`.

    Parameters
    ----------
    folder
        The plant folder.
    text
        The new text, whole.
    digest
        What `written_plant` said of the text that it was made from.
    by
        Who does it, and with which right.
    why
        What there is to say about it; it goes to the audit log.

    Raises
    ------
    BadConfig
        The text has mistakes; nothing was written.
    Changed
        plant.toml is not the text any more that the new one was made from; nothing was written.
    """
    file = folder / "plant.toml"
    with recorded(folder, "write_plant", by, "engineer", {"digest": _digest(text), "why": why}), _saving:
        wrong = [m for m in check_text(text) if not m.warning]
        if wrong:
            raise BadConfig("\n".join(["plant.toml was not saved: the text has mistakes.", *map(str, wrong)]))
        old = _text(file)
        if _digest(old) != digest:
            raise Changed("plant.toml was changed by somebody else meanwhile; nothing was saved. Read it again first.")
        if by[1] != "admin" and _login(old) != _login(text):
            raise NotAllowed("[login] says who gets which right, so only an admin may change it. Nothing was saved.")
        if old != text:
            copy = _copied(folder, file)
            replace_text(file, text)
        else:
            copy = ""
    return {**written_plant(folder, by=by), "copy": copy}


def earlier_plant(folder: Path, name: str, *, by: Doer) -> Row:
    """One of the texts that plant.toml had before, by the name that `written_plant` lists."""
    allowed(by, "engineer", "plant.toml")
    known = [str(c["name"]) for c in _copies(folder)]
    if name not in known:
        raise UnknownName("copy of plant.toml", name, known)
    return {"name": name, "text": _text(folder / COPIES / name)}


def _text(file: Path) -> str:
    """As it is, line ends and all; a mark of the byte order at its begin is no part of it."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadConfig(f"{file.name} is not UTF-8 ({wrong.reason} at byte {wrong.start}). Save it as UTF-8.") from None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _copied(folder: Path, file: Path) -> str:
    """Keep the text as it was; the oldest copies go when there are too many."""
    home = folder / COPIES
    home.mkdir(exist_ok=True)
    now = time.time_ns()
    name = f"plant-{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now // 10**9))}{now // 10**6 % 1000:03}Z.toml"
    shutil.copy2(file, home / name)
    with (home / name).open("rb") as kept:
        os.fsync(kept.fileno())
    for old in sorted(f for f in home.iterdir() if NAME.fullmatch(f.name))[:-KEPT]:
        old.unlink()
    return name


def _copies(folder: Path) -> list[Row]:
    """The newest first, with the moment at which each was replaced."""
    home, zone = folder / COPIES, paper(folder).zone
    names = sorted((f.name for f in home.iterdir() if NAME.fullmatch(f.name)), reverse=True) if home.is_dir() else []
    return [{"name": n, "replaced": clock_text(_moment(n), zone)} for n in names]


def _moment(name: str) -> int:
    """The microseconds that a copy's name tells."""
    return timegm(time.strptime(name[6:21], "%Y%m%dT%H%M%S")) * 1_000_000


def _row(m: Mistake) -> Row:
    return {"line": m.line, "text": m.text, "warning": m.warning}
