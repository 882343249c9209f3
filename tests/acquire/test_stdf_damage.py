"""STDF that is cut, torn or damaged: what stands before and after is kept, what is lost is named."""

import gzip
import random
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from stdf_writer import Writer, a_lot, read, results, written

from andon.acquire.stdf.chain import chain, sync
from andon.acquire.stdf.parts import Parts, owners


def test_a_file_cut_anywhere_gives_every_part_before_the_cut_and_says_so(tmp_path: Path) -> None:
    lot = a_lot()
    body = bytes(lot)
    whole = results(*read(written(tmp_path, body)))
    ends = np.cumsum([len(r) for r in lot.records])
    closed = [int(e) for e, r in zip(ends, lot.records, strict=True) if r[2:4] == b"\x05\x14"]
    for cut in random.Random(5).sample(range(100, len(body) - 1), 40):
        reading, found = read(written(tmp_path, body[:cut]))
        parts = sum(e <= cut for e in closed)
        told = results(reading, found)
        assert told == {name: rows[:parts] for name, rows in whole.items() if parts}
        assert reading.lost


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_bytes_that_are_damaged_cost_what_stands_there_and_nothing_else(tmp_path_factory, data) -> None:
    lot = a_lot(30, 20)
    body = bytearray(bytes(lot))
    begin = data.draw(st.integers(len(lot.records[0]) + len(lot.records[1]), len(body) - 400))
    junk = data.draw(st.binary(min_size=1, max_size=60))
    how = data.draw(st.sampled_from(("over", "in", "out")))
    body[begin : begin + (0 if how == "in" else len(junk))] = b"" if how == "out" else junk
    tmp_path = tmp_path_factory.mktemp("stdf")
    whole = results(*read(written(tmp_path, bytes(lot))))
    reading, found = read(written(tmp_path, bytes(body), "bad.std"))
    told = results(reading, found)
    before = sum(rows[2:4] == b"\x05\x14" for rows in _records_until(lot, begin))
    for name, rows in whole.items():
        assert (
            told.get(name, [])[: max(before - 1, 0)] == rows[: max(before - 1, 0)]
        )  # all parts that ended well before
    kept = sum(len(rows) for rows in told.values())
    assert kept >= 20 * 30 - 20 * 8, (reading.lost, kept)  # what comes after is found again


def _records_until(lot: Writer, byte: int) -> list[bytes]:
    ends = np.cumsum([len(r) for r in lot.records])
    return [r for r, e in zip(lot.records, ends.tolist(), strict=True) if e <= byte]


def test_a_record_of_an_unknown_kind_is_passed_over_and_counted(tmp_path: Path) -> None:
    lot = a_lot()
    whole = results(*read(written(tmp_path, bytes(lot))))
    lot.records.insert(50, bytes([3, 0, 77, 7, 1, 2, 3]))
    reading, found = read(written(tmp_path, bytes(lot)))
    assert results(reading, found) == whole
    assert (reading.counts["77,7"], reading.lost) == (1, [])


def test_a_torn_archive_gives_what_it_has(tmp_path: Path) -> None:
    random.seed(1)
    packed = gzip.compress(bytes(a_lot(400, 40)))
    reading, found = read(written(tmp_path, packed[: len(packed) // 2], "lot.std.gz"))
    parts = sum(len(t.parts) for t in found)
    assert 20 < parts < 400
    assert "the archive ends in the middle" in reading.lost[0]


def test_the_chain_of_records_is_the_one_that_a_loop_finds() -> None:
    body = np.frombuffer(bytes(a_lot(300, 200)), np.uint8)
    places, at = [], 0
    while at < len(body):
        places.append(at)
        at += 4 + int(body[at]) + 256 * int(body[at + 1])
    found = chain(body, 0, "<")
    assert found.records.place.tolist() == places
    assert (found.end, found.broken) == (len(body), False)
    cut = places[len(places) // 2]
    assert chain(body[: cut + 3], 0, "<").end == cut
    assert sync(body, places[1000] + 1, "<", last=True) in places


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=400), st.integers(0, 3))
def test_a_chain_of_records_full_of_what_looks_like_records_is_still_the_true_one(bodies, seed) -> None:
    head = bytes([12, 0, 15, 10])
    fill = random.Random(seed)
    records = [
        bytes([len(b) & 255, len(b) >> 8, 15, 10]) + b
        for b in (b if fill.random() < 0.5 else (head * 75)[: len(b)] for b in bodies)
    ]
    records = records * 12
    data = np.frombuffer(b"".join(records) or b"", np.uint8)
    if len(data):
        places = np.cumsum([0, *(len(r) for r in records)])
        found = chain(data, 0, "<")
        assert found.records.place.tolist() == places[:-1].tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("BRE"), st.integers(0, 2)), max_size=60))
def test_a_result_is_of_the_part_of_its_site_that_has_begun_and_not_ended(records) -> None:
    before: dict[int, int] = {}
    begin, end, key, found, place, site = [], [], [], {}, [], []
    for at, (kind, s) in enumerate(records):
        if kind == "R":
            place.append(at)
            site.append(s)
        elif kind == "B":
            before[s] = at
        else:
            begin.append(before.get(s, -1))
            end.append(at)
            key.append(s)
            found |= {p: len(end) - 1 for p, q in zip(place, site, strict=True) if q == s and begin[-1] < p}
            before[s] = at
    none = np.zeros(len(end), np.int64)
    columns = [np.array(c, np.int64) for c in (begin, end, key)]
    parts = Parts(*columns, *[none] * 6, none.astype(np.int8), [""] * len(end), [""] * len(end))
    row = owners(parts, np.array(place, np.int64), np.array(site, np.int64))
    assert row.tolist() == [found.get(p, -1) for p in place]
