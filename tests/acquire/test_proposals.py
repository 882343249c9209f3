"""What Andon proposes for a file: the way of counting, the machines and kinds of tags, and what it asks."""

from pathlib import Path

import pytest

from acquire.plants import PRESS, a_plant
from andon.acquire.files import Proposal, fits, propose, read_mapping
from andon.plant import Plant

TOTAL = {"kind": "count", "role": "total_count", "counting": "total"}


def proposed(path: Path, rows: list[str], plant: Plant | None = None) -> Proposal:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return propose(path, plant)


def counting(proposal: Proposal) -> list[str]:
    return [g.counting for g in proposal.columns if g.what == "count"]


def a_line(n: int, machine: str = "press-1", count: int | None = None) -> str:
    said = f'state="RUN",total_count={n if count is None else count}i,temp=2.5'
    return f"machine,machine={machine} {said} {1_767_960_000 + 60 * n}000000000"


def test_a_rising_counter_in_line_protocol_is_a_running_total(tmp_path):
    found = proposed(tmp_path / "rows.lp", [a_line(n) for n in range(20)])
    assert counting(found) == ["total"]
    assert found.machines["line-1/press-1"]["total_count"]["counting"] == "total"


def test_counters_of_two_machines_in_line_protocol_are_judged_apart(tmp_path):
    rows = [a_line(n, m, n + base) for n in range(20) for m, base in (("press-1", 0), ("press-2", 90_000))]
    assert counting(proposed(tmp_path / "rows.lp", rows)) == ["total"]


def test_parts_a_row_in_line_protocol_stay_parts_a_row(tmp_path):
    rows = [a_line(n, count=5 + n % 3) for n in range(20)]
    assert counting(proposed(tmp_path / "rows.lp", rows)) == ["delta"]


NIGHT = [f"25.10.2026 {h:02}:{m:02}:00" for h in (1, 2, 2, 3) for m in range(0, 60, 10)]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("zone", ["Europe/Berlin", ""])
def test_a_total_over_the_repeated_hour_is_a_running_total(tmp_path, zone, backwards):
    rows = [f"{at};{105 + 5 * n}" for n, at in enumerate(NIGHT)]
    plant = a_plant({}, zone=zone) if zone else None
    found = proposed(tmp_path / "night.csv", ["time;total_count", *(rows[::-1] if backwards else rows)], plant)
    assert counting(found) == ["total"]


def test_rows_in_no_order_are_judged_in_order_of_time(tmp_path):
    rows = [f"2026-01-09 03:{n:02}:00,{n}" for n in [m * 7 % 60 for m in range(60)]]
    assert counting(proposed(tmp_path / "rows.csv", ["time,total_count", *rows])) == ["total"]


@pytest.mark.parametrize(
    ("name", "cells", "what", "role"),
    [
        ("good_count", ["1", "2", "3", "x4", "5"], "count", "good_count"),
        ("temp", ["20.5", "n.i.O.", "21", "20"], "number", "temperature"),
        ("druck [bar]", ["1.5", "2.5", "aus", "1.7"], "number", "pressure"),
        ("note", ["1", "2", "3", "x4", "5"], "text", "other"),
        ("good_count", ["one", "two", "3", "four", "5"], "text", "other"),
    ],
)
def test_a_bad_cell_makes_no_text_of_a_column_whose_name_says_number(tmp_path, name, cells, what, role):
    rows = [f"2026-01-09T03:0{n}:00Z,{cell}" for n, cell in enumerate(cells)]
    guess = proposed(tmp_path / "rows.csv", [f"time,{name}", *rows]).columns[1]
    assert (guess.what, guess.role) == (what, role)
    assert what == "text" or "1 of" in guess.why


def long_rows(tags: dict[str, list[str]]) -> list[str]:
    rows = [f"2026-01-09T03:{n:02}:00Z,{tag},{cell}" for tag, cells in tags.items() for n, cell in enumerate(cells)]
    return ["time,tag,value", *sorted(rows)]


STATES = ["RUN", "RUN", "STOP", "RUN", "STOP"]
COUNTS = ["100", "105", "105", "110", "115"]


def test_the_tags_of_a_long_file_name_their_machines_and_are_judged_by_their_own_cells(tmp_path):
    tags = {"press-1.state": STATES, "press-1.total_count": COUNTS, "press-2.total_count": ["5", "4", "6", "3", "5"]}
    found = proposed(tmp_path / "long.csv", long_rows({**tags, "press-2.Temp_C": ["20.5"] * 5}))
    assert set(found.machines) == {"line-1/press-1", "line-1/press-2"}
    assert found.machines["line-1/press-1"]["state"]["kind"] == "state"
    assert found.machines["line-1/press-1"]["total_count"]["counting"] == "total"
    assert found.machines["line-1/press-2"]["total_count"]["counting"] == "delta"
    assert found.machines["line-1/press-2"]["temperature"]["unit"] == "Cel"
    assert found.mapping.signal is not None
    assert found.mapping.signal.map["press-1.state"] == "line-1/press-1/state"
    assert found.states == {"long": {"RUN": "producing", "STOP": "idle_no_order"}}


def test_tags_of_machines_that_the_plant_has_lead_to_its_signals(tmp_path):
    plant = a_plant({"parts": {"kind": "count", "role": "total_count", "counting": "total"}})
    found = proposed(tmp_path / "long.csv", long_rows({"press-3/state": STATES, "press-3/total": COUNTS}), plant)
    assert found.mapping.signal is not None
    assert dict(found.mapping.signal.map) == {"press-3/state": f"{PRESS}/state", "press-3/total": f"{PRESS}/parts"}
    assert set(found.machines[PRESS]) == {"state"}


def test_tags_without_a_machine_are_judged_each_for_itself(tmp_path):
    found = proposed(tmp_path / "long.csv", long_rows({"state": STATES, "total_count": COUNTS}))
    kinds = {n: k["kind"] for n, k in found.machines["line-1/machine-1"].items()}
    assert kinds == {"state": "state", "total_count": "count"}


@pytest.mark.parametrize("word", ["STOP", "stopped", "停机", "停止", "Manual"])
def test_a_state_word_that_may_mean_several_losses_is_asked_about(tmp_path, word):
    rows = [f"2026-01-09T03:0{n}:00Z,{s}" for n, s in enumerate(["RUN", word, "RUN", word])]
    found = proposed(tmp_path / "rows.csv", ["time,status", *rows])
    asked = [r["why"] for r in found.explain() if r["what"] == "question"]
    assert any(q.startswith(f"{word} of 'status' counts as ") and q.endswith("is that right?") for q in asked)
    assert not any(q.startswith("RUN") for q in asked)


def test_a_column_that_counts_otherwise_than_the_plants_signal_becomes_a_signal_of_its_own(tmp_path):
    rows = [f"2026-01-09T03:{n:02}:00Z,{5 + n % 3}" for n in range(20)]
    found = proposed(tmp_path / "rows.csv", ["time,total_count", *rows], a_plant({"total_count": TOTAL}))
    assert found.settings["columns"] == {"total_count": "total_count_2"}
    assert found.machines[PRESS]["total_count_2"]["role"] == "other"
    assert any("of its own" in q for q in found.questions)


WIDE = {"time": "t", "machine": PRESS, "columns": {"x": "temp"}, "format": "csv"}
LINES = {"machine": {"column": "machine", "map": {"press-1": PRESS}}, "format": "lineprotocol"}
FIELDS = {"columns": {"state": "state", "total_count": "parts", "temp": "temp"}}
LONG = {"time": "t", "signal": {"column": "tag", "map": {"a": "temp", "b": "state"}}, "value": "v", "machine": PRESS}


@pytest.mark.parametrize(
    ("mapping", "name", "text", "expected"),
    [
        (WIDE, "a.csv", "t,x\n1767960000,1\n", True),
        (WIDE, "a.csv", "t,y\n1767960000,1\n", False),
        (WIDE, "a.lp", "t,x\n1767960000,1\n", False),
        (WIDE, "a.jsonl", '{"t": 1767960000, "x": 1}\n', False),
        (LINES | FIELDS, "a.lp", a_line(0), True),
        (LINES | FIELDS, "a.lp", "machine,machine=press-1 temp=1 1767960000000000000", True),
        (LINES | FIELDS, "a.lp", "oven,machine=press-1 heat=1 1767960000000000000", False),
        (LINES | FIELDS, "a.lp", "oven,machine=press-1 temp=2,heat=1,gas=4 1767960000000000000", False),
        (LINES | FIELDS, "a.lp", a_line(0, "press-2"), False),
        (LINES | FIELDS, "a.csv", a_line(0), False),
        (LONG, "a.csv", "t,tag,v\n1767960000,a,1\n", True),
        (LONG, "a.csv", "t,tag,v\n1767960000,c,1\n", False),
    ],
)
def test_a_mapping_fits_files_of_its_format_with_its_names(tmp_path, mapping, name, text, expected):
    path = tmp_path / name
    path.write_text(text + "\n")
    assert fits(path, read_mapping(mapping)) is expected
