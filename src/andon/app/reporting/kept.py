"""What was reported: a journal of the reports that were made, where they have yet to go, and which are asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

FOLDER, FILE = "reports", "made.jsonl"
Line = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One report that was made.

    Attributes
    ----------
    number
        1, 2, 3... in the order in which they were made.
    report
        Name of the [[report]].
    every, period, at, since, until
        What it is about; microseconds.
    version
        1, and one more each time that its shifts were closed again.
    stamp
        The versions of the closed shifts that it was made of.
    made_at
        Microseconds.
    title, text, language
        As it says itself, and in a few sentences.
    files
        Their names, in the folder of the report.
    missing
        Formats that could not be made, with the reason.
    machines
        Those that it is about.
    due
        Where it has yet to go: folder, mail.
    """

    number: int
    report: str
    every: str
    period: str
    at: str
    since: int
    until: int
    version: int
    stamp: str
    made_at: int
    title: str
    text: str
    language: str
    files: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    machines: tuple[str, ...] = ()
    due: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.report, self.period


@dataclass(slots=True)
class Kept:
    """The journal, read as far as it goes.

    Each line is on disk before what it says is relied on: that a report was made ("made"), has gone where it had to go
    ("done"), that a [[report]] is known from a moment on ("begun"), that somebody wants one again ("again"), or why one
    was not made ("failed"). A line that a power cut tore is left out.
    """

    folder: Path
    made: dict[int, Made] = field(default_factory=dict)
    last: dict[tuple[str, str], Made] = field(default_factory=dict)
    waiting: dict[int, set[str]] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    again: set[tuple[str, str]] = field(default_factory=set)
    failed: dict[str, tuple[int, str]] = field(default_factory=dict)
    offset: int = 0

    @classmethod
    def open(cls, plant: Path) -> Kept:
        """The journal of a plant folder; there may be none yet."""
        kept = cls(plant / FOLDER)
        kept.read()
        return kept

    def read(self) -> None:
        """Take in what was written since, by whomever."""
        try:
            with (self.folder / FILE).open("rb") as file:
                file.seek(self.offset)
                text = file.read()
        except FileNotFoundError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self.offset += len(whole)
        for row in whole.split(b"\n"):
            try:
                line = json.loads(row)
            except ValueError:  # torn by a power cut
                continue
            if isinstance(line, dict):
                self._take(line)

    def write(self, line: Line) -> None:
        """Have a line on disk, and take it in."""
        self.folder.mkdir(exist_ok=True)
        text = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        with (self.folder / FILE).open("ab+") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                text = text if file.read(1) == b"\n" else b"\n" + text  # after a line that was torn
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self.read()

    def keep(self, made: Made) -> None:
        """A report was made, and its files are on disk."""
        self.write({"made": asdict(made)})

    def done(self, number: int, where: str) -> None:
        """A report has gone to its folder, or into the outbox of mails."""
        self.write({"done": number, "where": where})

    def fail(self, report: str, said: str, now: int) -> None:
        """Why a report was not made or not sent; the same is not said twice."""
        if self.failed.get(report, (0, ""))[1] != said:
            self.write({"failed": report, "says": said, "at": now})

    def _take(self, line: Line) -> None:
        made = line.get("made")
        if isinstance(made, dict):
            self._take_made(made)
        elif isinstance(number := line.get("done"), int):
            self.waiting.get(number, set()).discard(str(line.get("where")))
            self.failed.pop(self.made[number].report if number in self.made else "", None)
        elif isinstance(name := line.get("begun"), str):
            self.begun.setdefault(name, int(str(line["at"])))
        elif isinstance(name := line.get("again"), str):
            self.again.add((name, str(line["period"])))
        elif isinstance(name := line.get("failed"), str):
            self.failed[name] = int(str(line["at"])), str(line["says"])

    def _take_made(self, written: Mapping[str, object]) -> None:
        known = {f.name for f in fields(Made)}
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in written.items() if k in known}
        made = Made(**values)  # type: ignore[arg-type]  # as it was written
        self.made[made.number] = self.last[made.key] = made
        self.waiting[made.number] = set(made.due)
        self.again.discard(made.key)
        self.failed.pop(made.report, None)
