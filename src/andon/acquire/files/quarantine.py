"""The quarantine: a CSV file with each thing that was refused, its line, and why."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .rows import Refusal

HEADER = ("line", "column", "value", "reason")
LONGEST = 500


@dataclass(slots=True)
class Quarantine:
    """A file that comes into being with the first refusal; an older one of the same name is replaced."""

    path: Path
    count: int = 0
    stream: IO[str] | None = None

    def add(self, refused: Iterable[Refusal]) -> None:
        """Write down what was refused."""
        for one in refused:
            if self.stream is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                # utf-8-sig: spreadsheets take a file without the mark for the local code page
                self.stream = self.path.open("w", encoding="utf-8-sig", newline="")
                csv.writer(self.stream).writerow(HEADER)
            csv.writer(self.stream).writerow((one.line, one.column, one.value[:LONGEST], one.reason))
            self.count += 1

    def close(self) -> None:
        if self.stream is None:
            self.path.unlink(missing_ok=True)
        else:
            self.stream.close()
