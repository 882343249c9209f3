"""What standing questions were answered: a file of JSON lines for each, only ever appended to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ...answer import Plain
from ...errors import DiskFull


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer: of which shift or day, the figures that tell the most, the one that is watched, and how it was then.

    `since`, `until` and `asked` are microseconds; `known` is the coverage (0 to 1); `on`: the limit was passed (None:
    there is none, or no figure); `stamp` tells which versions of the closed shifts it rests on; `again` counts how
    often it was asked anew; `problem` says why there is no answer.
    """

    since: int
    until: int
    label: str
    asked: int
    stamp: str
    figures: Mapping[str, Plain]
    value: float | None = None
    on: bool | None = None
    known: float | None = None
    again: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of all standing questions, in a folder."""

    folder: Path

    def of(self, number: int) -> list[Given]:
        """The newest answer of each shift, in order of time; a line that a power cut tore is left out."""
        try:
            text = self._file(number).read_bytes()
        except FileNotFoundError:
            return []
        found: dict[int, Given] = {}
        for line in text.splitlines(keepends=True):
            if line.endswith(b"\n"):
                given = Given(**json.loads(line))
                found[given.since] = given
        return [found[since] for since in sorted(found)]

    def keep(self, number: int, given: Given) -> None:
        """Write one answer, on disk when this returns.

        Raises
        ------
        DiskFull
            There was no room.
        """
        self.folder.mkdir(exist_ok=True)
        line = json.dumps(asdict(given), ensure_ascii=False).encode() + b"\n"
        with self._file(number).open("a+b") as file:
            _mend(file.fileno())
            end = os.fstat(file.fileno()).st_size
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                os.ftruncate(file.fileno(), end)
                raise DiskFull(f"The answer of standing question {number} was not kept: {error}.") from error

    def _file(self, number: int) -> Path:
        return self.folder / f"{number}.jsonl"


def _mend(file: int) -> None:
    """Take away what a power cut left of a last line."""
    size = os.fstat(file).st_size
    tail = os.pread(file, min(size, 1 << 20), max(0, size - (1 << 20)))
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file, size - len(tail) + tail.rfind(b"\n") + 1)
