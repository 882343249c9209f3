"""What a file says of itself (HBR, SBR, PCR, WRR) against the parts that are in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .parts import Parts
from .records import MISSING

ALL = 255
"""The head number of a summary over all heads and sites."""
UNKNOWN = 0xFFFFFFFF
Row = Mapping[str, object]
Place = tuple[int, int]
BINS = {"HBR": ("hard", "HBIN_NUM", "HBIN_CNT", "HBIN_PF", "HBIN_NAM")} | {
    "SBR": ("soft", "SBIN_NUM", "SBIN_CNT", "SBIN_PF", "SBIN_NAM")
}


@dataclass(frozen=True, slots=True)
class _Part:
    """What counts of one part."""

    wafer: str
    place: Place
    hard: int
    soft: int
    passed: int


@dataclass(slots=True)
class Tally:
    """Parts as they were tested (`every`), and as they were tested last (`latest`); what the summaries say."""

    every: Counter[_Part] = field(default_factory=Counter)
    latest: dict[tuple[str, str], _Part] = field(default_factory=dict)
    told: list[tuple[str, Row]] = field(default_factory=list)

    def add(self, parts: Parts, names: list[str], wafers: list[str]) -> None:
        """Take in parts with the names by which each is the same when it is tested again."""
        columns = (parts.key, parts.hard, parts.soft, parts.passed)
        for name, wafer, key, hard, soft, passed in zip(names, wafers, *(c.tolist() for c in columns), strict=True):
            part = _Part(wafer, (key >> 8, key & 255), hard, soft, passed)
            self.every[part] += 1
            self.latest[wafer, name] = part

    def bins(self) -> dict[str, dict[int, tuple[str, bool | None]]]:
        """What each hard and soft bin means: its name, and whether what falls into it passed."""
        found: dict[str, dict[int, tuple[str, bool | None]]] = {"hard": {}, "soft": {}}
        for name, row in self.told:
            if name in BINS:
                kind, number, _, verdict, title = BINS[name]
                passed = {"P": True, "F": False}.get(str(row[verdict] or ""))
                before = found[kind].get(_int(row[number]), ("", None))
                said = (str(row[title] or "") or before[0], before[1] if passed is None else passed)
                found[kind][_int(row[number])] = said
        return found

    def differences(self) -> list[str]:
        """Where a summary fits neither all tests of parts nor the last test of each."""
        return [*self._of_bins("HBR"), *self._of_bins("SBR"), *self._of_parts(), *self._of_wafers()]

    def _both(self) -> tuple[Counter[_Part], Counter[_Part]]:
        return self.every, Counter(self.latest.values())

    def _of_bins(self, name: str) -> Iterator[str]:
        """Bin counts; those of head 255 are over all sites, and are not added to those of sites."""
        kind, number, count, _, _ = BINS[name]
        told: dict[Place | None, dict[int, int]] = {}
        for row in (row for n, row in self.told if n == name):
            place = None if row["HEAD_NUM"] == ALL else (_int(row["HEAD_NUM"]), _int(row["SITE_NUM"]))
            bins = told.setdefault(place, {})
            bins[_int(row[number])] = bins.get(_int(row[number]), 0) + _int(row[count])
        for place, bins in told.items():
            sums = [_by(parts, kind, place) for parts in self._both()]
            if any(all(bins.get(b, 0) == s.get(b, 0) for b in bins.keys() | s.keys()) for s in sums):
                continue
            for b in sorted(bins.keys() | sums[0].keys()):
                if all(bins.get(b, 0) != s.get(b, 0) for s in sums):
                    yield (
                        f"{name} counts {bins.get(b, 0)} parts in {kind} bin {b}{_at(place)}; the file has "
                        f"{sums[0].get(b, 0)}, and {sums[1].get(b, 0)} when retests replace what was before."
                    )

    def _of_parts(self) -> Iterator[str]:
        for row in (row for n, row in self.told if n == "PCR"):
            place = None if row["HEAD_NUM"] == ALL else (_int(row["HEAD_NUM"]), _int(row["SITE_NUM"]))
            yield from self._counts("PCR", row, _at(place), lambda p, at=place: at is None or p.place == at)

    def _of_wafers(self) -> Iterator[str]:
        for row in (row for n, row in self.told if n == "WRR"):
            wafer = str(row["WAFER_ID"] or "")
            yield from self._counts("WRR", row, f" on wafer {wafer!r}", lambda p, w=wafer: p.wafer == w)

    def _counts(self, name: str, row: Row, where: str, mine: object) -> Iterator[str]:
        """Parts and good parts of a summary."""
        assert callable(mine)
        for field_, what in (("PART_CNT", "parts"), ("GOOD_CNT", "good parts")):
            said = row[field_]
            if not isinstance(said, int) or said == UNKNOWN:
                continue
            sums = [
                sum(n for p, n in parts.items() if mine(p) and (what == "parts" or p.passed == 1))
                for parts in self._both()
            ]
            if said not in sums:
                yield (
                    f"{name} counts {said} {what}{where}; the file has {sums[0]}, and {sums[1]} when retests replace "
                    "what was before."
                )


def names_of(parts: Parts) -> list[str]:
    """By what each part is the same when it is tested again: its place on the wafer, else its id.

    A part with neither is told from others by its place in the file.
    """
    columns = (parts.x.tolist(), parts.y.tolist(), parts.id, parts.end.tolist())
    return [
        f"{x},{y}" if x != MISSING and y != MISSING else name or f"#{end}"
        for x, y, name, end in zip(*columns, strict=True)
    ]


def _by(parts: Counter[_Part], kind: str, place: Place | None) -> dict[int, int]:
    found: dict[int, int] = {}
    for part, count in parts.items():
        number = part.hard if kind == "hard" else part.soft
        if number >= 0 and place in (None, part.place):
            found[number] = found.get(number, 0) + count
    return found


def _at(place: Place | None) -> str:
    return "" if place is None else f" at head {place[0]}, site {place[1]}"


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
