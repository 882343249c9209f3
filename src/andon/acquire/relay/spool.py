"""A relay's memory on disk: batches in numbered files, synced before they count, deleted once the centre has them."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition

from ...errors import DiskFull
from ..frames import HEADER, LARGEST, MAGIC, Frame, frame_at, frames

log = logging.getLogger("andon.relay")
SEGMENT = 16 << 20
"""Bytes after which a new file is begun."""
ENDING = ".batches"
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place between two batches: in which file, how many bytes in."""

    segment: int
    offset: int


@dataclass(slots=True)
class Spool:
    """The files of a folder, written at the end by many threads and read from the beginning by one.

    Only whole batches count: what a kill or a power cut left of a last one was never acknowledged, and is cut off.
    Where bytes went bad later, the next whole batch is looked for, and what is missing is told.
    """

    folder: Path
    limit: int
    sizes: dict[int, int] = field(default_factory=dict)
    came: Condition = field(default_factory=Condition)
    file: int = -1
    damaged: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        found = sorted(int(p.stem) for p in self.folder.glob(f"*{ENDING}"))
        self.sizes = {n: self._path(n).stat().st_size for n in found}
        if found:
            self._mend(found[-1])

    @property
    def end(self) -> Place:
        """Behind the last batch."""
        last = max(self.sizes, default=0)
        return Place(last, self.sizes.get(last, 0))

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(self.sizes.values())

    def append(self, frame: bytes, *, always: bool = False) -> None:
        """Put a batch at the end; on disk when this returns. `always`: even where the limit is reached.

        Raises
        ------
        DiskFull
            The disk or the spool is full; nothing of this batch is kept.
        """
        with self.came:
            if not always and self.size + len(frame) > self.limit:
                raise DiskFull(
                    f"The spool {self.folder} has reached its limit of {self.limit:,} bytes: the centre takes nothing. "
                    "What was acknowledged is safe; no more is taken until it is sent. If the disk has room, raise "
                    "--limit."
                )
            if self.file < 0 or self.sizes[max(self.sizes)] >= SEGMENT:
                self._begin(max(self.sizes, default=0) + 1)
            self._write(max(self.sizes), frame)
            self.came.notify_all()

    def read(self, place: Place, most: int) -> tuple[bytes, Place]:
        """Whole batches from a place on, up to `most` bytes but at least one; and the place behind them."""
        while place.segment <= (last := max(self.sizes, default=0)):
            size = self.sizes.get(place.segment, 0)
            if place.offset < size:
                found = self._read(place, size, most)
                if found[0]:
                    return found
                place = found[1]
            elif place.segment == last:
                break
            else:
                place = Place(min(n for n in self.sizes if n > place.segment), 0)
        return b"", place

    def done(self, place: Place) -> None:
        """The centre has everything before this place: files that lie before it are deleted."""
        with self.came:
            for n in [n for n in self.sizes if n < place.segment]:
                del self.sizes[n]
                self._path(n).unlink(missing_ok=True)

    def tail(self) -> Iterator[Frame]:
        """The batches of the last file."""
        last = max(self.sizes, default=0)
        if last in self.sizes:
            yield from frames(self._path(last).read_bytes())

    def wait(self, place: Place, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait until there is something behind a place, or it is to stop (then `came` has to be notified)."""
        with self.came:
            self.came.wait_for(lambda: self.end > place or stopped(), seconds)

    def close(self) -> None:
        with self.came:
            if self.file >= 0:
                os.close(self.file)
                self.file = -1

    def _begin(self, number: int) -> None:
        if self.file >= 0:
            os.close(self.file)
            self.file = -1
        try:
            self.file = os.open(self._path(number), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            sync_folder(self.folder)
        except OSError as error:
            raise _full(error, self.folder) from error
        self.sizes[number] = 0

    def _write(self, number: int, frame: bytes) -> None:
        """Write and sync; after a failure the file is cut back to its last whole batch."""
        view = memoryview(frame)
        try:
            while view:
                view = view[os.write(self.file, view) :]
            os.fsync(self.file)
        except OSError as error:
            os.ftruncate(self.file, self.sizes[number])
            raise _full(error, self.folder) from error
        self.sizes[number] += len(frame)

    def _read(self, place: Place, size: int, most: int) -> tuple[bytes, Place]:
        with self._path(place.segment).open("rb") as file:
            file.seek(place.offset)
            buffer = file.read(min(most, size - place.offset))
            if len(buffer) >= HEADER.size:
                magic, said, body, _ = HEADER.unpack_from(buffer)
                whole = HEADER.size + said + body
                if magic == MAGIC and len(buffer) < whole <= min(size - place.offset, LARGEST):
                    buffer += file.read(whole - len(buffer))
        view, end = memoryview(buffer), 0
        while (frame := frame_at(view, end)) is not None:
            end = frame.end
        if end:
            return buffer[:end], Place(place.segment, place.offset + end)
        return b"", self._skipped(place, size)

    def _skipped(self, place: Place, size: int) -> Place:
        """The next whole batch behind bytes that went bad."""
        data = self._path(place.segment).read_bytes()[:size]
        view, at = memoryview(data), place.offset
        while (at := data.find(MAGIC, at + 1)) >= 0 and frame_at(view, at) is None:
            pass
        end = at if at >= 0 else size
        self.damaged += end - place.offset
        log.error(
            "%s: %d bytes at %d are damaged and cannot be sent",
            self._path(place.segment),
            end - place.offset,
            place.offset,
        )
        return Place(place.segment, end)

    def _mend(self, number: int) -> None:
        """Cut off what a kill left of a last batch, unless whole batches follow it (then it is damage, not a tear)."""
        data = self._path(number).read_bytes()
        view, end = memoryview(data), 0
        while (frame := frame_at(view, end)) is not None:
            end = frame.end
        at = end
        while (at := data.find(MAGIC, at + 1)) >= 0:
            if frame_at(view, at) is not None:
                return
        if end < len(data):
            log.warning("%s: its last %d bytes were never acknowledged: cut off", self._path(number), len(data) - end)
            os.truncate(self._path(number), end)
            self.sizes[number] = end

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:012d}{ENDING}"


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name itself survive a power cut (Windows does so by itself)."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _full(error: OSError, folder: Path) -> Exception:
    if error.errno not in FULL:
        return error
    return DiskFull(
        f"The disk under {folder} is full. What was acknowledged is safe, this batch is not kept. Make space; it goes "
        "on by itself."
    )
