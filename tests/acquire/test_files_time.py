"""Time stamps become UTC, in any way of writing, and in the nights in which the clocks change."""

from itertools import pairwise
from pathlib import Path

import pytest

from acquire.plants import PRESS, a_plant
from andon.acquire.files import Loaded, load, read_mapping
from andon.errors import BadInput
from andon.model import moment
from memory import Memory


def loaded(folder: Path, rows: list[str], *, zone: str = "UTC", **time: str) -> tuple[Loaded, list[str]]:
    """Load one value for each time stamp; the UTC times as text, in the order of the file."""
    path, sink = folder / "times.csv", Memory()
    path.write_text("t;x\n" + "".join(f"{at};{n}\n" for n, at in enumerate(rows)), encoding="utf-8")
    mapping = read_mapping({"time": {"column": "t", **time}, "machine": PRESS, "columns": {"x": "x"}, "delimiter": ";"})
    plant = a_plant({"x": {"kind": "number"}}, zone=zone)
    done = load(path, mapping, plant, sink, quarantine=folder / "refused.csv")
    found = {value: at for at, value, _ in sink.rows(f"{PRESS}/x")}
    return done, [
        moment(found[n]).strftime("%Y-%m-%dT%H:%M:%S.%f").removesuffix(".000000") if n in found else "-"
        for n in range(len(rows))
    ]


@pytest.mark.parametrize(
    ("format", "written", "utc"),
    [
        ("iso", "2026-01-09T03:05:07Z", "2026-01-09T03:05:07"),
        ("iso", "2026-01-09 03:05:07.123456+02:00", "2026-01-09T01:05:07.123456"),
        ("iso", "2026-01-09T03:05:07,5-0330", "2026-01-09T06:35:07.500000"),
        ("iso", "2026-01-09 03:05", "2026-01-09T03:05:00"),
        ("iso", "2026-01-09", "2026-01-09T00:00:00"),
        ("iso", "2026-01-09T03:05:07.123456789Z", "2026-01-09T03:05:07.123456"),
        ("s", "1767927907", "2026-01-09T03:05:07"),
        ("s", "1767927907.25", "2026-01-09T03:05:07.250000"),
        ("ms", "1767927907001", "2026-01-09T03:05:07.001000"),
        ("us", "1767927907000001", "2026-01-09T03:05:07.000001"),
        ("ns", "1767927907000001999", "2026-01-09T03:05:07.000001"),
        ("excel", "46031.5", "2026-01-09T12:00:00"),
        ("%d.%m.%Y %H:%M:%S", "9.1.2026 3:05:07", "2026-01-09T03:05:07"),
        ("%d.%m.%Y %H:%M:%S,%f", "09.01.2026 03:05:07,250", "2026-01-09T03:05:07.250000"),
        ("%m/%d/%Y %I:%M:%S %p", "1/9/2026 3:05:07 PM", "2026-01-09T15:05:07"),
        ("%Y年%m月%d日 %H:%M", "2026年1月9日 3:05", "2026-01-09T03:05:00"),
        ("%Y%m%d%H%M%S", "20260109030507", "2026-01-09T03:05:07"),
        ("%d-%b-%Y %H:%M", "09-Jan-2026 03:05", "2026-01-09T03:05:00"),
        ("%Y-%m-%d %H:%M:%S%z", "2026-01-09 03:05:07+0100", "2026-01-09T02:05:07"),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_a_time_is_read_as_it_is_written(tmp_path, format, written, utc, told):
    other = {"%m/%d/%Y %I:%M:%S %p": ["1/31/2026 3:05:07 PM"], "%d.%m.%Y %H:%M:%S": ["31.1.2026 3:05:07"]}
    _, found = loaded(tmp_path, [written, *other.get(format, [])], **({"format": format} if told else {}))
    assert found[0] == utc


@pytest.mark.parametrize("rows", [["01/02/2026 03:00"], ["hello"], ["12"]])
def test_a_time_that_can_be_read_two_ways_or_none_is_asked_about(tmp_path, rows):
    with pytest.raises(BadInput, match=r"Set time\.format"):
        loaded(tmp_path, rows)


def test_bad_times_among_good_ones_are_refused_one_by_one(tmp_path):
    rows = [
        "2026-01-09 03:05:07",
        "2026-02-30 00:00:00",
        "",
        "2026-01-09 24:01:00",
        "1899-12-30 00:00:00",
        "9999-01-01",
        "2026-01-09 03:05:08",
    ]
    done, found = loaded(tmp_path, rows, zone="Europe/Berlin", format="iso")
    assert found == ["2026-01-09T02:05:07", "-", "-", "-", "-", "-", "2026-01-09T02:05:08"]
    assert done.refused == 5


BERLIN, LORD_HOWE, NEW_YORK = "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "rows", "utc"),
    [
        # clocks in Berlin go from 03:00 CEST back to 02:00 CET on 2026-10-25 at 01:00 UTC
        (
            BERLIN,
            ["10-25 01:30", "10-25 02:00", "10-25 02:30", "10-25 02:00", "10-25 02:30", "10-25 03:00"],
            ["24T23:30", "25T00:00", "25T00:30", "25T01:00", "25T01:30", "25T02:00"],
        ),
        (
            BERLIN,
            ["10-25 01:00", "10-25 02:00", "10-25 02:00", "10-25 03:00"],  # hourly rows
            ["24T23:00", "25T00:00", "25T01:00", "25T02:00"],
        ),
        (
            BERLIN,
            ["10-25 03:00", "10-25 02:30", "10-25 02:00", "10-25 02:30", "10-25 02:00", "10-25 01:30"],  # newest first
            ["25T02:00", "25T01:30", "25T01:00", "25T00:30", "25T00:00", "24T23:30"],
        ),
        # clocks on Lord Howe go back by half an hour, 02:00 +11 to 01:30 +10:30 on 2026-04-05, 15:00 UTC of the 4th
        (
            LORD_HOWE,
            ["04-05 01:29", "04-05 01:30", "04-05 01:59", "04-05 01:30", "04-05 01:59", "04-05 02:00"],
            ["04T14:29", "04T14:30", "04T14:59", "04T15:00", "04T15:29", "04T15:30"],
        ),
        (
            NEW_YORK,
            ["11-01 00:30", "11-01 01:30", "11-01 01:00", "11-01 02:00"],
            ["01T04:30", "01T05:30", "01T06:00", "01T07:00"],
        ),
    ],
)
def test_the_second_pass_of_a_repeated_hour_is_seen_by_the_clock_going_back(tmp_path, zone, rows, utc):
    done, found = loaded(tmp_path, [f"2026-{r}" for r in rows], zone=zone)
    assert [f[8:16] for f in found] == utc
    assert done.notes == ()


def test_nothing_shows_which_pass_it_was_so_it_is_taken_as_the_first_and_said(tmp_path):
    rows = ["2026-10-25 01:55", "2026-10-25 02:10", "2026-10-25 02:20", "2026-10-25 03:00"]
    done, found = loaded(tmp_path, rows, zone=BERLIN)
    assert [f[11:16] for f in found] == ["23:55", "00:10", "00:20", "02:00"]
    assert [n for n in done.notes if n.startswith("2 rows are in an hour that the clocks of Europe/Berlin repeat")]


@pytest.mark.parametrize(("policy", "utc"), [("first", "00:10"), ("second", "01:10"), ("reject", "-")])
def test_the_mapping_can_say_which_pass_is_meant(tmp_path, policy, utc):
    done, found = loaded(tmp_path, ["2026-10-25 02:10", "2026-10-25 12:00"], zone=BERLIN, ambiguous=policy)
    assert (found[0][11:16] if found[0] != "-" else "-", done.refused) == (utc, policy == "reject")


def test_two_machines_in_one_file_each_have_their_own_second_pass(tmp_path):
    rows = [("a", "02:00"), ("b", "02:40"), ("a", "02:50"), ("a", "02:10"), ("b", "02:45"), ("b", "02:05")]
    path, sink = tmp_path / "two.csv", Memory()
    path.write_text("t,m,x\n" + "".join(f"2026-10-25 {at},{m},{n}\n" for n, (m, at) in enumerate(rows)))
    mapping = read_mapping(
        {"time": "t", "columns": {"x": "x"}, "machine": {"column": "m", "map": {"a": "l/a", "b": "l/b"}}}
    )
    load(path, mapping, a_plant({"x": {"kind": "number"}}, ("l/a", "l/b"), BERLIN), sink, quarantine=tmp_path / "r.csv")
    times = {m: [moment(at).strftime("%H:%M") for at, _, _ in sink.rows(f"l/{m}/x")] for m in "ab"}
    assert times == {"a": ["00:00", "00:50", "01:10"], "b": ["00:40", "00:45", "01:05"]}


def test_a_repeated_hour_that_is_cut_by_a_block_is_read_like_one_that_is_not(tmp_path):
    minutes = [f"2026-10-25 0{h}:{m:02}:{s:02}" for h in (1, 2, 2, 3) for m in range(60) for s in range(0, 60, 10)]
    path, sink = tmp_path / "night.csv", Memory()
    path.write_text("t,x\n" + "".join(f"{at},{n}\n" for n, at in enumerate(minutes)))
    mapping = read_mapping({"time": "t", "machine": PRESS, "columns": {"x": "x"}, "block": 1024})
    done = load(path, mapping, a_plant({"x": {"kind": "number"}}, zone=BERLIN), sink, quarantine=tmp_path / "r.csv")
    assert done.batches > 20
    rows = sink.rows(f"{PRESS}/x")
    assert [x for _, x, _ in rows] == list(range(len(minutes)))
    assert {b[0] - a[0] for a, b in pairwise(rows)} == {10_000_000}


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        (
            BERLIN,
            "2026-03-29 02:30",
            "2026-03-29T01:30:00",
        ),  # 02:30 does not exist: half an hour after the jump, 03:30 CEST
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03T15:45:00"),
    ],
)
def test_a_time_that_the_clock_skipped_is_moved_on_and_said_or_refused(tmp_path, zone, local, utc):
    done, found = loaded(tmp_path, [local], zone=zone)
    assert found == [utc]
    assert "1 rows are in an hour that the clocks" in done.notes[0]
    done, found = loaded(tmp_path, [local], zone=zone, missing="reject")
    assert (found, done.refused) == (["-"], 1)


def test_the_mapping_s_zone_wins_over_the_plant_s(tmp_path):
    _, found = loaded(tmp_path, ["2026-07-01 12:00"], zone=BERLIN)
    assert found == ["2026-07-01T10:00:00"]
    path, sink = tmp_path / "x.csv", Memory()
    path.write_text("t,x\n2026-07-01 12:00,1\n")
    mapping = read_mapping({"time": {"column": "t", "zone": "Asia/Shanghai"}, "machine": PRESS, "columns": {"x": "x"}})
    load(path, mapping, a_plant({"x": {"kind": "number"}}, zone=BERLIN), sink, quarantine=tmp_path / "r.csv")
    assert moment(sink.rows(f"{PRESS}/x")[0][0]).isoformat() == "2026-07-01T04:00:00+00:00"


def test_a_date_and_a_time_of_day_in_two_columns_make_one_time(tmp_path):
    path, sink = tmp_path / "x.csv", Memory()
    path.write_text("day;clock;x\n31.01.2026;23:59:59;1\n01.02.2026;00:00:00;2\n")
    mapping = read_mapping({"time": {"columns": ["day", "clock"]}, "machine": PRESS, "columns": {"x": "x"}})
    load(path, mapping, a_plant({"x": {"kind": "number"}}), sink, quarantine=tmp_path / "r.csv")
    assert [moment(at).isoformat() for at, _, _ in sink.rows(f"{PRESS}/x")] == [
        "2026-01-31T23:59:59+00:00",
        "2026-02-01T00:00:00+00:00",
    ]
