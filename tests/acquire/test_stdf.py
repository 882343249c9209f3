"""STDF: real files against an independent reader, the rules of the standard, damage, and its way into a plant."""

import bz2
import csv
import gzip
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from plants import a_plant
from stdf_writer import START, Writer, a_lot, read, results, written

from andon.acquire.files import fits, load, propose, read_mapping
from andon.acquire.stdf import looks_like
from andon.acquire.stdf.records import KINDS
from andon.errors import BadConfig, BadInput, UnknownName
from andon.historian import Historian
from andon.model import Window

DATA = Path(os.environ.get("ANDON_DATA") or Path(__file__).resolve().parents[2] / ".." / "shared" / "data") / "stdf"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real STDF files are not here: set ANDON_DATA to their folder")
TESTER, ALL = "test/tester-1", Window(0, 1 << 61)
RECORDS = (Path(__file__).parents[1] / "oracles" / "stdf_v4_records.csv").read_text(encoding="utf-8").splitlines()
PLANT = a_plant({}, (TESTER, "test/tester-2"))
MAPPING = read_mapping({"format": "stdf", "machine": TESTER})


def expected(name: str) -> dict:
    return json.loads((DATA / "EXPECTED_from_pystdf.json").read_text())[name.removesuffix(".gz")]


def stored(path: Path, tmp_path: Path, mapping=MAPPING):
    with Historian.own(tmp_path / "history") as history:
        loaded = load(path, mapping, PLANT, history, quarantine=tmp_path / "refused.csv")
        return loaded, history.measurements(TESTER, ALL)


# ---- real files ----


@real
@pytest.mark.parametrize(
    "name", ["lot2.stdf.gz", "a530_demofile.stdf.gz", "a595.stdf.gz", "makechip_d10_1.std", "makechip_d10_2.std"]
)
def test_a_real_file_has_the_records_bins_and_wafers_that_an_independent_reader_found(name: str) -> None:
    told, (reading, found) = expected(name), read(DATA / name)
    assert dict(reading.counts) == told["counts"]
    assert reading.lost == []
    assert reading.tally.differences() == []
    assert list(dict.fromkeys(w for t in found for w in t.wafers if w)) == told["wafers"]
    failed = {}
    for t in found:
        for b, p in zip(t.parts.hard.tolist(), t.parts.passed.tolist(), strict=True):
            failed[f"{b}|{not p}"] = failed.get(f"{b}|{not p}", 0) + 1
    assert failed == told["prr_hardbin_fail"]
    assert sum(len(t.value) for t in found) == told["counts"]["PTR"] + told["counts"].get("FTR", 0)
    assert (reading.lot, reading.product) == (told["mir"]["LOT_ID"], told["mir"]["PART_TYP"])


@real
@pytest.mark.parametrize("name", ["lot2.stdf.gz", "a595.stdf.gz"])
def test_first_pass_and_final_yield_by_place_on_the_wafer_are_those_found_elsewhere(name: str, tmp_path: Path) -> None:
    loaded, found = stored(DATA / name, tmp_path)
    units = found.units
    for wafer, told in expected(name)["computed_here_yield_by_xy"].items():
        mine = units.pick(units.wafer == wafer)
        good = [int((mine.passed[rows] == 1).sum()) for rows in (mine.first, mine.last)]
        assert good == [told["first_pass_good"], told["final_good"]]
        assert int(mine.first.sum()) == told["dies"]
        assert [int(mine.x.min()), int(mine.x.max())] == told["x"]
    assert loaded.rows == len(units)


@real
def test_the_count_of_executions_and_failures_of_each_test_is_that_of_its_summary(tmp_path: Path) -> None:
    _, found = stored(DATA / "a595.stdf.gz", tmp_path)
    told = expected("a595.stdf.gz")["tsr_head"]
    assert len(told) == 6
    for said in told:
        (mine,) = {t.name for t in found.tests if t.number == said["num"]}
        take = found.take(mine)
        assert (len(take.value), int((take.passed == 0).sum())) == (said["exec"], said["fail"])


@real
@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lambda b: pa.compress(b, "zstd", asbytes=True)], ids=["gz", "bz2", "zstd"]
)
def test_a_packed_file_reads_as_the_plain_one(tmp_path: Path, pack) -> None:
    plain = (DATA / "makechip_d10_1.std").read_bytes()
    packed = written(tmp_path, pack(plain), "lot.std.packed")
    assert looks_like(packed)
    assert results(*read(packed)) == results(*read(DATA / "makechip_d10_1.std"))


@pytest.mark.parametrize("row", list(csv.DictReader(RECORDS)), ids=lambda r: f"{r['record']}.{r['field']}")
def test_the_records_are_those_of_the_standard(row: dict[str, str]) -> None:
    kind = KINDS[row["record"]]
    assert kind.code == int(row["rec_typ"]) << 8 | int(row["rec_sub"])
    assert kind.fields[int(row["field_no"]) - 1] == (row["field"], row["type"])


# ---- the rules ----


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_orders_of_bytes_read_alike(tmp_path: Path, order: str) -> None:
    lot = Writer(order).begin().part([1.0, 2.5], PART_ID="a").part([0.5, 1.5], PART_ID="b").finish()
    assert results(*read(written(tmp_path, bytes(lot)))) == {
        "1000 t1000": [("a", 1.0), ("b", 0.5)],
        "1001 t1001": [("a", 2.5), ("b", 1.5)],
    }


def test_limits_text_and_unit_come_from_the_first_record_and_none_is_not_as_first(tmp_path: Path) -> None:
    lot = Writer().begin().part([1.0], PART_ID="a").add("PIR", HEAD_NUM=1, SITE_NUM=1)
    lot.ptr(1000, 1.1, TEST_TXT="t1000")  # shortened: limits as first
    lot.ptr(1000, 1.2, TEST_TXT="t1000", OPT_FLAG=0x30, LO_LIMIT=-9.0, HI_LIMIT=9.0)  # "use the first's"
    lot.ptr(1000, 1.3, TEST_TXT="t1000", OPT_FLAG=0xC0, LO_LIMIT=-9.0, HI_LIMIT=9.0)  # "there is none"
    lot.ptr(1000, 1.4, TEST_TXT="t1000", OPT_FLAG=0, LO_LIMIT=-9.0, HI_LIMIT=9.0, UNITS="V")  # its own
    reading, found = read(written(tmp_path, bytes(lot.end(PART_ID="b").finish())))
    kinds = [reading.kinds[k] for k in found[0].kind.tolist()]
    assert [(k.name, k.unit, k.low, k.high) for k in kinds] == [
        ("1000 t1000", "V", 0.0, 2.0),
        ("1000 t1000", "V", 0.0, 2.0),
        ("1000 t1000", "V", 0.0, 2.0),
        ("1000 t1000", "V", None, None),
        ("1000 t1000", "V", -9.0, 9.0),
    ]


def test_a_number_that_is_used_for_two_tests_is_two_tests(tmp_path: Path) -> None:
    lot = Writer().begin().add("PIR", HEAD_NUM=1, SITE_NUM=1)
    lot.ptr(7, 1.0, TEST_TXT="gain").ptr(7, 2.0, TEST_TXT="offset").ptr(7, 3.0, TEST_TXT="gain")
    told = results(*read(written(tmp_path, bytes(lot.end(PART_ID="a").finish()))))
    assert told == {"7 gain": [("a", 1.0), ("a", 3.0)], "7 offset": [("a", 2.0)]}


@pytest.mark.parametrize(
    ("flags", "value", "passed"),
    [
        ({"TEST_FLG": 0}, 1.0, 1),
        ({"TEST_FLG": 0x80}, 1.0, 0),
        ({"TEST_FLG": 0x40}, 1.0, -1),  # nobody says
        ({"TEST_FLG": 0x02}, None, 1),  # result is none
        ({"TEST_FLG": 0x01}, None, 1),  # alarm
        ({"TEST_FLG": 0x90}, None, 0),  # not executed, failed
        ({"PARM_FLG": 0x01}, None, 1),  # scale error
        ({"PARM_FLG": 0x08}, 1.0, 1),  # above the high limit: a value all the same
    ],
)
def test_flags_say_what_is_no_value_and_what_is_no_verdict(tmp_path: Path, flags, value, passed) -> None:
    lot = (
        Writer().begin().add("PIR", HEAD_NUM=1, SITE_NUM=1).ptr(1, 1.0, **flags, TEST_TXT="t").end(PART_ID="a").finish()
    )
    reading, found = read(written(tmp_path, bytes(lot)))
    assert results(reading, found) == {"1 t": [("a", value)]}
    assert found[0].passed.tolist() == [passed]


def test_sites_that_test_at_once_keep_their_results_apart(tmp_path: Path) -> None:
    lot = Writer().begin()
    for part in range(2):
        for site in (1, 2, 3):
            lot.add("PIR", HEAD_NUM=1, SITE_NUM=site)
        for test in (1000, 1001):
            for site in (1, 2, 3):
                lot.ptr(test, site + part / 10 + test, site=site)
        for site in (3, 1, 2):
            lot.end(site=site, PART_ID=f"{part}-{site}", TEST_T=1000 * site)
    reading, found = read(written(tmp_path, bytes(lot.finish())))
    for name, rows in results(reading, found).items():
        test = int(name.split()[0])
        assert [v for _, v in rows] == pytest.approx([int(u[2]) + int(u[0]) / 10 + test for u, _ in rows], rel=1e-6)
    assert found[0].at.tolist() == sorted(found[0].at.tolist())
    ends = {n: (at - START * 10**6) / 1e6 for n, at in zip(found[0].names, found[0].at.tolist(), strict=True)}
    assert ends["0-3"] == 3  # the second touchdown begins when the longest of the first is over
    assert ends["1-3"] == 6


def test_results_of_several_pins_and_of_patterns(tmp_path: Path) -> None:
    lot = Writer().begin()
    lot.add("PMR", PMR_INDX=4, CHAN_NAM="c4", LOG_NAM="VDD", HEAD_NUM=1, SITE_NUM=1)
    lot.add("PMR", PMR_INDX=5, CHAN_NAM="c5", HEAD_NUM=1, SITE_NUM=1).add("PIR", HEAD_NUM=1, SITE_NUM=1)
    told = {
        "TEST_NUM": 9,
        "HEAD_NUM": 1,
        "SITE_NUM": 1,
        "RTN_ICNT": 2,
        "RSLT_CNT": 2,
        "RTN_STAT": [0x21],
        "TEST_TXT": "leak",
    }
    lot.add("MPR", **told, RTN_RSLT=[1.0, 5.0], LO_LIMIT=0.0, HI_LIMIT=2.0, RTN_INDX=[4, 5], UNITS="uA", TEST_FLG=0x80)
    lot.add("FTR", TEST_NUM=11, HEAD_NUM=1, SITE_NUM=1, TEST_FLG=0x80, TEST_TXT="scan", VECT_NAM="v")
    lot.add("FTR", TEST_NUM=11, HEAD_NUM=1, SITE_NUM=1, TEST_FLG=0)
    lot.end(PART_ID="a").finish()
    loaded, found = stored(written(tmp_path, bytes(lot)), tmp_path)
    said = {n: (found.take(n).value.tolist(), found.take(n).passed.tolist()) for n in found.names if n != "11 scan"}
    assert said == {"9 leak [VDD]": ([1.0], [1]), "9 leak [c5]": ([5.0], [0])}
    assert found.take("11 scan").passed.tolist() == [0, 1]
    assert np.isnan(found.take("11 scan").value).all()
    assert loaded.samples == 4


def test_summaries_of_all_heads_are_not_added_to_those_of_sites_and_differences_are_told(tmp_path: Path) -> None:
    lot = Writer().begin().part([1.0], PART_ID="a").part([1.0], PART_ID="b", HARD_BIN=2, PART_FLG=8)
    for head, site in ((1, 1), (255, 0)):
        lot.add("HBR", HEAD_NUM=head, SITE_NUM=site, HBIN_NUM=1, HBIN_CNT=1, HBIN_PF="P", HBIN_NAM="Good")
        lot.add("HBR", HEAD_NUM=head, SITE_NUM=site, HBIN_NUM=2, HBIN_CNT=1 if head == 1 else 3, HBIN_PF="F")
    lot.add("PCR", HEAD_NUM=255, SITE_NUM=0, PART_CNT=2, RTST_CNT=0, ABRT_CNT=0, GOOD_CNT=1)
    reading, _ = read(written(tmp_path, bytes(lot.finish())))
    assert reading.tally.differences() == [
        "HBR counts 3 parts in hard bin 2; the file has 1, and 1 when retests replace what was before."
    ]
    assert reading.tally.bins()["hard"] == {1: ("Good", True), 2: ("", False)}


def test_a_retest_replaces_the_first_test_in_final_yield_only(tmp_path: Path) -> None:
    lot = Writer().begin().add("WIR", HEAD_NUM=1, SITE_GRP=255, START_T=START + 50, WAFER_ID="W1")
    lot.part([3.0], X_COORD=1, Y_COORD=2, PART_ID="1", HARD_BIN=2, PART_FLG=8)
    lot.part([1.0], X_COORD=2, Y_COORD=2, PART_ID="2")
    lot.part([1.0], X_COORD=1, Y_COORD=2, PART_ID="3", PART_FLG=2)
    lot.add("HBR", HEAD_NUM=255, SITE_NUM=0, HBIN_NUM=1, HBIN_CNT=2)  # a tester that counts the last test only
    loaded, found = stored(written(tmp_path, bytes(lot.finish())), tmp_path)
    units = found.units
    assert units.unit.tolist() == ["1,2", "2,2", "1,2"]
    assert units.attempt.tolist() == [0, 0, 1]
    assert (units.passed[units.first].tolist(), units.passed[units.last].tolist()) == ([0, 1], [1, 1])
    assert units.facts["part"].tolist() == ["1", "2", "3"]
    assert units.at[0] == (START + 50 + 1) * 10**6
    assert any("1 of the tests of parts are retests" in n for n in loaded.notes)
    assert not any("HBR" in n for n in loaded.notes)


def test_bins_keep_their_names_and_verdicts(tmp_path: Path) -> None:
    lot = Writer().begin().part([1.0], PART_ID="a")
    lot.add("HBR", HEAD_NUM=255, SITE_NUM=0, HBIN_NUM=1, HBIN_CNT=1, HBIN_PF="P", HBIN_NAM="Good die")
    lot.add("SBR", HEAD_NUM=255, SITE_NUM=0, SBIN_NUM=1, SBIN_CNT=1, SBIN_NAM="All passed")
    _, found = stored(written(tmp_path, bytes(lot.finish())), tmp_path)
    assert {n: (b.name, b.passed) for n, b in found.units.hard_bins.items()} == {1: ("Good die", True)}
    assert {n: (b.name, b.passed) for n, b in found.units.soft_bins.items()} == {1: ("All passed", None)}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"time;value\n1;2\n", "does not begin with a FAR record"),
        (bytes([2, 0, 0, 10, 0, 4]), "VAX"),
        (bytes([2, 0, 0, 10, 2, 3]), "version 3"),
        (b"", "does not begin with a FAR record"),
    ],
)
def test_what_is_no_stdf_is_refused(tmp_path: Path, body: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        load(written(tmp_path, body), MAPPING, PLANT, None, quarantine=tmp_path / "q.csv")  # type: ignore[arg-type]


# ---- into a plant ----


def test_the_same_file_twice_adds_nothing_and_a_killed_import_goes_on(tmp_path: Path) -> None:
    path = written(tmp_path, bytes(a_lot()))
    with Historian.own(tmp_path / "history") as history:
        first = load(path, MAPPING, PLANT, history, quarantine=tmp_path / "q.csv")
        again = load(path, MAPPING, PLANT, history, quarantine=tmp_path / "q.csv")
        assert (first.known, again.known, first.samples, first.rows) == (False, True, 1200, 40)
        assert len(history.measurements(TESTER, ALL)) == 1200
        assert (first.refused, first.quarantine) == (0, None)


def test_what_was_lost_of_a_file_stands_in_its_quarantine(tmp_path: Path) -> None:
    body = bytes(a_lot())
    loaded, found = stored(written(tmp_path, body[: len(body) // 2]), tmp_path)
    assert loaded.refused >= 2
    assert "no end (MRR)" in (tmp_path / "refused.csv").read_text()
    assert 0 < len(found.units) < 40


def test_a_tester_is_the_machine_that_the_mapping_says(tmp_path: Path) -> None:
    path = written(tmp_path, bytes(a_lot()), "lot.stdf")
    mapping = read_mapping({"format": "stdf", "machine": {"column": "tester", "map": {"T1": "test/tester-2"}}})
    other = read_mapping({"format": "stdf", "machine": {"column": "tester", "map": {"T9": "test/tester-2"}}})
    assert (fits(path, mapping), fits(path, other)) == (True, False)
    with Historian.own(tmp_path / "history") as history:
        load(path, mapping, PLANT, history, quarantine=tmp_path / "q.csv")
        assert len(history.units("test/tester-2", ALL)) == 40
        with pytest.raises(UnknownName, match="T1"):
            load(path, other, PLANT, history, quarantine=tmp_path / "q.csv")
        with pytest.raises(UnknownName, match="tester-7"):
            load(
                path,
                read_mapping({"format": "stdf", "machine": "test/tester-7"}),
                PLANT,
                history,
                quarantine=tmp_path / "q",
            )
        with pytest.raises(BadConfig, match="'machine' is missing"):
            load(path, read_mapping({"format": "stdf"}), PLANT, history, quarantine=tmp_path / "q.csv")
    proposal = propose(path, PLANT)
    assert proposal.settings["machine"] == {"column": "tester", "map": {"T1": "test/T1"}}
    assert ("lot L1", "it says so of all of its parts") in proposal.facts


def test_local_time_of_a_tester_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, bytes(a_lot(1, 1)))
    mapping = read_mapping({"format": "stdf", "machine": TESTER, "time": {"zone": "Asia/Shanghai"}})
    _, found = stored(path, tmp_path, mapping)
    assert found.units.at[0] == (START + 1 - 8 * 3600) * 10**6


ATDF = """FAR:A|4|2|U
MIR:L1|chip|prog|T1|93K|8:14:59 23-JUL-2026|8:23:02 23-JUL-2026|Li|P|1
PMR:4|0|c4||VDD|1|1
WIR:1|8:23:02 23-JUL-2026||W1
PIR:1|1
PTR:1000|1|1|1.5|P||gain|||V|0|2
FTR:1001|1|1|F||v1|||||||||||||||scan
MPR:1002|1|1|1,2|3.5m,
 4.5m|P||leak|||A|0|1||||4
PRR:1|1|A1|2|F|3|13|1|2|||2500|note
PIR:1|1
PTR:1000|1|1|1.75|P
PTR:1003|1|1||F|N|late
PRR:1|1|A2|2|P|1|1|2|2
HBR:|0|3|1|F|Scan
WRR:1|8:40:00 23-JUL-2026|2|W1||0|0|1|0
MRR:8:41:00 23-JUL-2026
"""


def test_atdf_reads_as_the_same_records(tmp_path: Path) -> None:
    loaded, found = stored(written(tmp_path, ATDF.encode(), "lot.atd"), tmp_path)
    units = found.units
    assert units.unit.tolist() == ["1,2", "2,2"]
    assert (units.hard.tolist(), units.passed.tolist(), units.facts["part"].tolist()) == ([3, 1], [0, 1], ["A1", "A2"])
    assert units.at[0] == 1_784_794_984_500_000  # 2026-07-23 08:23:02 UTC and 2.5 s
    gain = found.take("1000 gain")
    assert (gain.value.tolist(), gain.unit, gain.limits) == ([1.5, 1.75], "V", (0.0, 2.0))
    assert found.take("1002 leak [VDD]").value.tolist() == pytest.approx([3.5e-3])
    assert found.take("1001 scan").passed.tolist() == [0]
    late = found.take("1003 late")
    assert (np.isnan(late.value).tolist(), late.passed.tolist()) == ([True], [0])
    assert loaded.refused == 0
