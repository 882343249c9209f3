"""The audit log: who did what, when and with which result, one JSON line an act, each bound to the one before.

A line's hash is the SHA-256 of its canonical JSON with the hash of the line before in it. So a changed, removed or
inserted line breaks the chain at its place, and `verify` names it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

from ..errors import Damaged, DiskFull
from .entries import sha256

FILE = "audit.jsonl"
LOCK = "audit.lock"
START = "0" * 64
TAIL = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One act, or its outcome.

    Attributes
    ----------
    number
        Of the line, from 1.
    at
        Microseconds since 1970.
    who
        The person or token.
    right
        The right it was done with.
    act
        Name of the act.
    arguments
        What it was given.
    result
        {"state": "begun"} before the act, then {"state": "done" or "failed", "of": number, ...}.
    previous
        Hash of the line before, 64 zeros for the first.
    hash
        Hash of this line.
    """

    number: int
    at: int
    who: str
    right: str
    act: str
    arguments: Mapping[str, object]
    result: Mapping[str, object]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many lines are sound, the hash of the last one, and what is wrong with the next."""

    lines: int
    last: str
    broken: int | None = None
    says: str = ""

    @property
    def holds(self) -> bool:
        return self.broken is None


def append(
    folder: Path, *, who: str, right: str, act: str, arguments: Mapping[str, object], result: Mapping[str, object]
) -> Line:
    """Write one line and have it on disk before this returns; processes take turns.

    A last line that a power cut tore is put aside first, and a line of its own says so.

    Raises
    ------
    Damaged
        The last line is whole, yet not what Andon wrote.
    DiskFull
        There was no room; what was written of the line was taken back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        last = _mend(folder)
        return _write(folder, _next(last, (who, right, act), arguments, result))


def lines(folder: Path) -> Iterator[Line]:
    """All lines that were wholly written, the first one first; not verified."""
    if (folder / FILE).exists():
        with (folder / FILE).open("rb") as log:
            yield from (line for text in log if text.endswith(b"\n") and (line := _line(text)))


def newest(folder: Path, *, before: int | None = None) -> Iterator[Line]:
    """The wholly written lines, the last one first, from before that number on; read from the end, not verified."""
    if (folder / FILE).exists():
        with (folder / FILE).open("rb") as log:
            found = (line for text in _backwards(log) if (line := _line(text)))
            yield from (line for line in found if before is None or line.number < before)


def _backwards(log: BinaryIO) -> Iterator[bytes]:
    """The lines of a file from its end; what comes after the last line break is torn and left out."""
    at, rest, first = log.seek(0, os.SEEK_END), b"", True
    while at:
        step = min(TAIL, at)
        at = log.seek(at - step)
        rest, *whole = (log.read(step) + rest).split(b"\n")
        if first and whole:
            whole, first = whole[:-1], False
        yield from reversed(whole)
    if not first:
        yield rest


def after(folder: Path, offset: int) -> tuple[list[Line], int]:
    """The lines that were wholly written from a place in the file on, and the place after them; not verified."""
    file = folder / FILE
    if not file.exists():
        return [], 0
    with file.open("rb") as log:
        log.seek(offset)
        whole, line_break, _ = log.read().rpartition(b"\n")
    found = [line for text in whole.splitlines() if (line := _line(text))]
    return found, offset + len(whole) + len(line_break)


def unfinished(folder: Path) -> list[Line]:
    """Acts that were begun and of which no outcome was written: the process died between."""
    begun: dict[int, Line] = {}
    for line in lines(folder):
        if line.result.get("state") == "begun":
            begun[line.number] = line
        of = line.result.get("of")
        if isinstance(of, int):
            begun.pop(of, None)
    return list(begun.values())


def verify(folder: Path, *, last: str = "") -> Verdict:
    """Go through the whole chain.

    Parameters
    ----------
    folder
        The plant's `ledger` folder.
    last
        A hash that was noted elsewhere (printed, mailed): a log that was cut off before it is found out by it.

    Returns
    -------
    Verdict
        The first broken line by number, and what is wrong with it.
    """
    number, previous, seen = 0, START, not last or last == START
    if (folder / FILE).exists():
        with (folder / FILE).open("rb") as log:
            for text in log:
                line = _line(text)
                if wrong := _wrong(text, line, number + 1, previous):
                    return Verdict(number, previous, number + 1, wrong)
                assert line is not None
                number, previous = line.number, line.hash
                seen = seen or previous == last
    if not seen:
        return Verdict(number, previous, number + 1, f"the log ends without the line whose hash is {last}: it was cut")
    return Verdict(number, previous)


def _wrong(text: bytes, line: Line | None, number: int, previous: str) -> str:
    if not text.endswith(b"\n"):
        return "the line is torn: the power went while it was written. The next act puts it aside and says so"
    if line is None:
        return "the line is not JSON with the fields of an audit line"
    if line.number != number:
        return f"the line says it is number {line.number}: lines were removed, inserted or moved"
    if line.previous != previous:
        return "the line does not follow the one before: that one or this one was changed"
    if line.hash != _hash(line):
        return "the content of the line was changed after it was written"
    return ""


def _next(
    last: Line | None, by: tuple[str, str, str], arguments: Mapping[str, object], result: Mapping[str, object]
) -> Line:
    who, right, act = by
    number, previous = (last.number + 1, last.hash) if last else (1, START)
    # Through JSON and back, so that the hash is of what a reader will find.
    arguments, result = json.loads(json.dumps([arguments, result], allow_nan=False))
    line = Line(
        number=number,
        at=time.time_ns() // 1000,
        who=who,
        right=right,
        act=act,
        arguments=arguments,
        result=result,
        previous=previous,
        hash="",
    )
    return _from({**asdict(line), "hash": _hash(line)})


def _hash(line: Line) -> str:
    content = asdict(line)
    del content["hash"]
    return sha256(content)


def _write(folder: Path, line: Line) -> Line:
    new = not (folder / FILE).exists()
    text = json.dumps(asdict(line), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    # Unbuffered: nothing is left to be written when a full disk makes us take the line back.
    with (folder / FILE).open("ab", buffering=0) as log:
        size = log.tell()
        try:
            _put(log, text)
        except OSError as error:
            os.truncate(folder / FILE, size)
            raise DiskFull(f"{folder / FILE} could not be written ({error}). Nothing was done; make room.") from error
    if new:
        _sync_folder(folder)
    return line


def _put(log: RawIOBase, text: bytes) -> None:
    """All of the bytes, on disk."""
    rest = memoryview(text)
    while rest:
        rest = rest[log.write(rest) or 0 :]
    os.fsync(log.fileno())


def _mend(folder: Path) -> Line | None:
    """The last line; if it is torn, a copy of it is put aside and a note of that becomes the last line."""
    file = folder / FILE
    if not file.exists():
        return None
    body, torn = _tail(file)
    last = _line(body.splitlines()[-1]) if body else None
    if body and (last is None or last.hash != _hash(last)):
        raise Damaged(
            f"The last line of {file} is not as it was written. Nothing is added to a log that does not "
            "hold: see `andon audit --verify`, and restore the file from a backup."
        )
    if not torn:
        return last
    aside = folder / f"audit.torn-{time.time_ns()}"
    with aside.open("xb", buffering=0) as copy:
        _put(copy, torn)
    os.truncate(file, file.stat().st_size - len(torn))
    note = {"state": "done", "put_aside": aside.name, "bytes": len(torn)}
    return _write(folder, _next(last, ("andon", "", "mend_audit_log"), {}, note))


def _tail(file: Path) -> tuple[bytes, bytes]:
    """The end of the file: whole lines, and what comes after the last line break (a torn line, or zeros)."""
    size, reach = file.stat().st_size, TAIL
    while True:
        with file.open("rb") as log:
            log.seek(max(0, size - reach))
            body, line_break, torn = log.read().rpartition(b"\n")
        # A whole line is needed: one break before it, or the start of the file.
        if reach >= size or b"\n" in body:
            return body + line_break, torn
        reach *= 2


def _line(text: bytes) -> Line | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or set(found) != {f.name for f in fields(Line)}:
        return None
    return _from(found)


def _from(content: dict[str, object]) -> Line:
    return Line(**content)  # type: ignore[arg-type]  # exactly the fields; a wrong type breaks the hash


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time: the operating system lets go of the lock when its holder dies."""
    with (folder / LOCK).open("ab") as lock:
        if os.name == "nt":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]  # only there
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
