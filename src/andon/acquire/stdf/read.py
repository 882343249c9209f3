"""STDF read piece by piece: parts with their results, in memory that does not grow with the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from .chain import HEAD, Bytes, Order, Places, Records, chain, joined, sync
from .distinct import Codes
from .parts import LEAST as PART_LEAST
from .parts import Clock, Events, Parts, events, owners, parts
from .records import KINDS, LATER, NAMES, code_of, take_apart
from .source import Torn
from .tally import Tally, names_of
from .values import LEAST, Kind, Results, Tests

PIECE = 4 << 20
"""Bytes that are read before they are taken apart."""
NEAR = 1 << 17
"""What stands so near the end of what was read is judged when more was read."""
LARGEST = 256 << 20
"""A part whose results take more than this is cut."""
PIR, PRR, PTR, MPR, FTR = (KINDS[n].code for n in ("PIR", "PRR", "PTR", "MPR", "FTR"))
STR = code_of(*LATER["STR"])
READ = {KINDS[n].code: n for n in ("MIR", "SDR", "WIR", "WRR", "HBR", "SBR", "PCR", "PMR", "MRR")}
"""Records that are seldom, and are read one by one."""
SELDOM, EDGE = np.zeros((2, 1 << 16), np.bool_)
SELDOM[list(READ)] = EDGE[[PIR, PRR]] = True
"""By type and subtype: whether a record is one of them; whether a part begins or ends with it."""
NONE = np.zeros(0, np.int64)
FACTS = {
    "tester": "NODE_NAM",
    "tester_type": "TSTR_TYP",
    "program": "JOB_NAM",
    "revision": "JOB_REV",
    "sublot": "SBLOT_ID",
    "who": "OPER_NAM",
    "temperature": "TST_TEMP",
    "mode": "MODE_COD",
    "retest": "RTST_COD",
    "flow": "FLOW_ID",
}
EQUIPMENT = {"handler": ("HAND_ID", "HAND_TYP"), "probe_card": ("CARD_ID", "CARD_TYP")} | {
    "load_board": ("LOAD_ID", "LOAD_TYP")
}
"""What is said of all parts (MIR), and of the parts of a head (SDR)."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Parts and their results out of one piece of a file.

    `row` is the place of a result's part, `kind` its test in `Reading.kinds`; `at` when each part's test ended (seconds
    and on since 1970, in microseconds); `position` how far the file was read.
    """

    parts: Parts
    names: list[str]
    wafers: list[str]
    at: Codes
    row: Codes
    kind: Codes
    value: NDArray[np.float64]
    passed: NDArray[np.int8]
    position: int


@dataclass(slots=True)
class Reading:
    """One file as it is read: what was said of all of it, what was lost, and how much of what there was."""

    order: Order = "<"
    lot: str = ""
    product: str = ""
    step: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    equipment: dict[int, dict[str, str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    tests: Tests = field(init=False)
    wafers: dict[int, str] = field(default_factory=dict)
    clocks: dict[int, Clock] = field(default_factory=dict)
    started: int = 0
    finished: bool = False
    unowned: int = 0

    @property
    def kinds(self) -> list[Kind]:
        """Every test with its limits, as `Tested.kind` numbers them."""
        return self.tests.kinds

    def read(self, pieces: Iterable[tuple[bytes, int]]) -> Iterator[Tested]:
        """Take a file apart; what is damaged is named in `lost`, with its place in the unpacked file.

        Raises
        ------
        BadInput
            It does not begin as STDF does, or was written by a VAX.
        """
        offset, wanted = 0, PIECE
        stream = _Stream(iter(pieces))
        while not stream.ended:
            data = stream.more(wanted)
            if stream.torn:
                self.lost.append(f"{stream.torn} after byte {offset + len(data)}: what comes then is lost.")
            if not self.counts:
                self._begin(data[:6].tobytes())
            records, end = self._chained(data, offset, last=stream.ended)
            last = stream.ended or len(data) > LARGEST
            used, tested = self._taken(data, records, end, offset, last=last)
            if tested is not None:
                yield Tested(*tested, stream.position)
            wanted = PIECE if used else 2 * len(data)
            stream.drop(used)
            offset += used
        if stream.size:
            self.lost.append(f"The file ends in the middle of a record, at byte {offset} of {offset + stream.size}.")
        if not self.finished:
            self.lost.append("The file has no end (MRR): the tester was still writing, or it was cut off.")

    def _begin(self, head: bytes) -> None:
        """The order of bytes, by the first record."""
        if head[2:4] != b"\0\x0a" or head[:2] not in (b"\2\0", b"\0\2") or len(head) < 6:
            raise BadInput("This is no STDF: it does not begin with a FAR record (nor as ATDF with 'FAR:').")
        if head[4] == 0:
            raise BadInput("This STDF was written by a VAX, whose numbers are written otherwise; it cannot be read.")
        if head[5] != 4:
            raise BadInput(f"This is STDF version {head[5]}; versions 4 and 4-2007 can be read.")
        self.order = "<" if head[:2] == b"\2\0" else ">"
        self.tests = Tests(self.order)

    def _chained(self, data: Bytes, offset: int, *, last: bool) -> tuple[Records, int]:
        """The records, and where they end; over what is damaged to the next record that others follow."""
        found: list[Records] = []
        begin = 0
        while True:
            links = chain(data, begin, self.order)
            if not links.broken or (not last and links.end > len(data) - NEAR):
                return joined([*found, links.records]), links.end
            kept = max(len(links.records) - 1, 0)
            bad = int(links.records.place[kept]) if len(links.records) else begin
            found.append(links.records.upto(kept))
            begin = sync(data, bad + HEAD, self.order, last=last)
            if begin >= len(data) and not last:
                return joined(found), bad
            self.lost.append(f"Bytes {offset + bad} to {offset + begin} are damaged: the records there are lost.")
            if begin >= len(data):
                return joined(found), begin

    def _taken(
        self, data: Bytes, records: Records, end: int, offset: int, *, last: bool
    ) -> tuple[
        int, tuple[Parts, list[str], list[str], Codes, Codes, Codes, NDArray[np.float64], NDArray[np.int8]] | None
    ]:
        """How many bytes were used, and the parts in them; what belongs to parts that are still open waits."""
        if not len(records):
            return end, None
        at = np.flatnonzero(EDGE[records.code] & (records.size >= PART_LEAST))
        of = events(data, at, records.place[at] + HEAD, records.code[at] == PRR)
        if not last and len(of.left_open()) and of.left_open()[-1] > (of.closed()[-1] if len(of.closed()) else -1):
            cut = int(of.closed()[-1]) + 1 if len(of.closed()) else 0
            if not cut:
                return 0, None
            end = int(records.place[cut]) if cut < len(records) else end
            records = records.upto(cut)
            kept = at < cut
            of, at = Events(of.place[kept], of.key[kept], of.ends[kept]), at[kept]
        many = np.bincount(records.code)
        for number in np.flatnonzero(many).tolist():
            self.counts[NAMES.get(number, f"{number >> 8},{number & 255}")] += int(many[number])
        self._orphans(of, records.place, offset)
        lots = self._seldom(data, records)
        found = self._results(data, records, many)
        made = parts(data, of, records.place[at] + HEAD, records.size[at].astype(np.int64), self.order)
        return end, self._joined(made, of, found, lots)

    def _orphans(self, of: Events, places: Places, offset: int) -> None:
        for place in of.left_open().tolist():
            where = offset + int(places[place])
            self.lost.append(f"The part that begins at byte {where} has no end (PRR): its results are left out.")

    def _seldom(self, data: Bytes, records: Records) -> list[tuple[int, int, str, int]]:
        """Records read one by one; of wafers: the place, the head, its name ("" where it ends), when it began."""
        wafers: list[tuple[int, int, str, int]] = []
        for i in np.flatnonzero(SELDOM[records.code]).tolist():
            name, begin = READ[int(records.code[i])], int(records.place[i]) + HEAD
            row = take_apart(name, data[begin : begin + int(records.size[i])].tobytes(), self.order)
            if name == "MIR":
                self._told(row)
            elif name == "SDR":
                said = {k: str(row[a] or row[b] or "") for k, (a, b) in EQUIPMENT.items()}
                self.equipment[_int(row["HEAD_NUM"])] = {k: v for k, v in said.items() if v}
            elif name == "PMR":
                pin = str(row["LOG_NAM"] or row["PHY_NAM"] or row["CHAN_NAM"] or row["PMR_INDX"])
                self.tests.pins[_int(row["PMR_INDX"])] = pin
            elif name == "WIR":
                wafers.append((i, _int(row["HEAD_NUM"]), str(row["WAFER_ID"] or ""), _int(row["START_T"])))
            elif name == "MRR":
                self.finished = True
            else:
                self.tally.told.append((name, row))
        return wafers

    def _told(self, row: Mapping[str, object]) -> None:
        """What the file says of all of its parts."""
        self.lot, self.product, self.step = (str(row[n] or "") for n in ("LOT_ID", "PART_TYP", "TEST_COD"))
        self.facts = {k: text for k, n in FACTS.items() if (text := str(row[n] or "").strip())}
        self.started = _int(row["START_T"]) or _int(row["SETUP_T"])

    def _results(self, data: Bytes, records: Records, many: Codes) -> list[Results]:
        """The results in the records, of which there are so `many` of each kind."""
        found = []
        ways = ((PTR, self.tests.parametric), (FTR, self.tests.functional), (MPR, self.tests.several))
        for number, way in (*ways, (STR, self.tests.scan)):
            if number >= len(many) or not many[number]:
                continue
            rows = np.flatnonzero((records.code == number) & (records.size >= LEAST[number]))
            if short := int(many[number]) - len(rows):
                self.lost.append(f"{short} {NAMES[number]} records are too short to hold a result.")
            if len(rows):
                found.append(way(data, rows, records.place[rows] + HEAD, records.size[rows].astype(np.int64)))
        return found

    def _joined(
        self, made: Parts, of: Events, found: list[Results], wafers: list[tuple[int, int, str, int]]
    ) -> tuple[Parts, list[str], list[str], Codes, Codes, Codes, NDArray[np.float64], NDArray[np.int8]] | None:
        """Parts with the wafers they lay on, when each was tested, and their results."""
        under, at = self._placed(made, of, wafers)
        if not len(made):
            self.unowned += sum(len(r.place) for r in found)
            return None
        names = names_of(made)
        self.tally.add(made, names, under)
        row = np.concatenate([NONE, *(owners(made, r.place, r.key) for r in found)])
        kind = np.concatenate([NONE, *(r.kind for r in found)])
        value = np.concatenate([np.zeros(0), *(r.value for r in found)])
        passed = np.concatenate([np.zeros(0, np.int8), *(r.passed for r in found)])
        kept = row >= 0
        if not kept.all():
            self.unowned += int((~kept).sum())
            row, kind, value, passed = row[kept], kind[kept], value[kept], passed[kept]
        return made, names, under, at, row, kind, value, passed

    def _placed(self, made: Parts, of: Events, wafers: list[tuple[int, int, str, int]]) -> tuple[list[str], Codes]:
        """The wafer of each part and when its test ended, head by head."""
        under, at = np.full(len(made), "", object), np.zeros(len(made), np.int64)
        touchdown = of.touchdowns(made.begin)
        heads = sorted({*(made.key >> 8).tolist(), *(w[1] for w in wafers)})
        for head in heads:
            mine = np.flatnonzero(made.key >> 8 == head)
            begun = [w for w in wafers if w[1] == head]
            clock = self.clocks.get(head, Clock(self.started * 1_000_000))
            cuts = np.searchsorted(made.end[mine], [w[0] for w in begun])
            for n, rows in enumerate(np.split(mine, cuts)):
                if n:
                    self.wafers[head] = begun[n - 1][2]
                    clock = clock.set(begun[n - 1][3] * 1_000_000)
                under[rows] = self.wafers.get(head, "")
                at[rows], clock = clock.ended(touchdown[rows], made.time[rows])
            self.clocks[head] = clock
        return under.tolist(), at


@dataclass(slots=True)
class _Stream:
    """What comes of a file, in one place of memory: how much of it waits, whether it has ended, how it was torn.

    `position` is how far the file was read.
    """

    source: Iterator[tuple[bytes, int]]
    ended: bool = False
    torn: str = ""
    position: int = 0
    size: int = 0
    _held: Bytes = field(default_factory=lambda: np.empty(PIECE, np.uint8))

    def more(self, wanted: int) -> Bytes:
        """What waits and as much more as makes so many bytes; what was given before is gone."""
        while self.size < wanted:
            try:
                piece, self.position = next(self.source)
            except StopIteration:
                self.ended = True
                break
            except Torn as torn:
                self.ended, self.torn = True, str(torn)
                break
            until = self.size + len(piece)
            if until > len(self._held):
                self._held = np.concatenate([self._held[: self.size], np.empty(until + wanted, np.uint8)])
            self._held[self.size : until] = np.frombuffer(piece, np.uint8)
            self.size = until
        return self._held[: self.size]

    def drop(self, used: int) -> None:
        """The first bytes are done with."""
        self._held[: self.size - used] = self._held[used : self.size].copy()
        self.size -= used


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
