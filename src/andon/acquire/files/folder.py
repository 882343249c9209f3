"""A watched folder: files that have stopped growing are loaded, then moved to done/ or, with the reason, to failed/."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import AndonError, BadInput, Damaged, DiskFull, NotConnected, Owned
from ...model import Sink
from ...plant import Plant
from .load import Loaded, load
from .mapping import FileMapping

UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~")
OURS_TO_MEND = (Damaged, DiskFull, NotConnected, Owned)  # the historian's trouble, not the file's
Looks = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file: where it lies now, whether it failed, and a line about it."""

    file: Path
    failed: bool
    text: str
    loaded: Loaded | None = None


def watch_folder(
    folder: Path, mapping: FileMapping, plant: Plant, sink: Sink, *, stop: threading.Event, every: float
) -> Iterator[Report]:
    """Load the files of a folder as they appear, until `stop` is set.

    A file is taken when two looks, `every` seconds apart, found it with the same size and time. It moves to `done/`
    only after its last receipt, so a crash at any moment leaves it where it was; loading it again adds nothing. A file
    that cannot be read moves to `failed/` with the reason in a text file beside it, and the others go on.

    Parameters
    ----------
    folder : Path
        The folder; files whose name begins with a dot or ends like a half-written one are left alone.
    mapping : FileMapping
        How its files are written: one mapping for all.
    plant : Plant
        The plant whose signals they feed.
    sink : Sink
        The historian.
    stop : threading.Event
        Set it to end the watch after the file in hand.
    every : float
        Seconds between looks.

    Yields
    ------
    Report
        One for each file that was moved.

    Raises
    ------
    BadInput
        There is no such folder.
    DiskFull, Damaged, Owned, NotConnected
        The historian cannot take more; the file in hand stays where it is.
    """
    seen: Looks = {}
    while not stop.is_set():
        now = _look(folder)
        for name in sorted(n for n, look in now.items() if seen.get(n) == look):
            if stop.is_set():
                return
            yield take_file(folder, name, mapping, plant, sink)
        seen = now
        stop.wait(every)


def take_all(folder: Path, mapping: FileMapping, plant: Plant, sink: Sink) -> Iterator[Report]:
    """Load what lies in the folder now, and stop: nothing is writing there any more."""
    for name in sorted(_look(folder)):
        yield take_file(folder, name, mapping, plant, sink)


def take_file(folder: Path, name: str, mapping: FileMapping, plant: Plant, sink: Sink) -> Report:
    """Load one file of the folder and move it to done/ or failed/."""
    path = folder / name
    done = _free_name(folder / "done" / name)
    try:
        loaded = load(path, mapping, plant, sink, quarantine=done.with_name(done.name + ".refused.csv"))
    except OURS_TO_MEND:
        raise
    except (AndonError, OSError) as error:
        kept = _free_name(folder / "failed" / name)
        _write_reason(kept.with_name(kept.name + ".txt"), str(error))
        _move(path, kept)
        return Report(kept, True, str(error))
    _move(path, done)
    return Report(done, False, _sentence(loaded), loaded)


def _look(folder: Path) -> Looks:
    """Size and time of the files that may be taken."""
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.")
    with os.scandir(folder) as entries:
        return {
            e.name: (e.stat().st_size, e.stat().st_mtime_ns)
            for e in entries
            if e.is_file() and not e.name.startswith(".") and not e.name.lower().endswith(UNFINISHED)
        }


def _sentence(loaded: Loaded) -> str:
    if loaded.known:
        return "already stored, nothing was added"
    refused = f", {loaded.refused:,} refused" if loaded.refused else ""
    return f"{loaded.samples:,} samples from {loaded.rows:,} rows{refused}"


def _free_name(path: Path) -> Path:
    """The path, or one with a number, so that nothing is overwritten."""
    path.parent.mkdir(exist_ok=True)
    tries = (path if n == 1 else path.with_name(f"{path.stem} ({n}){path.suffix}") for n in range(1, 1_000_000))
    return next(p for p in tries if not p.exists())


def _write_reason(path: Path, reason: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(reason + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _move(path: Path, kept: Path) -> None:
    """Rename within the folder, and make both folders' entries survive a power cut."""
    os.replace(path, kept)
    if os.name == "nt":  # Windows has no fsync of a folder
        return
    for folder in (kept.parent, path.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
