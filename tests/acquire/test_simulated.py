"""The simulated plant: the same seed gives the same bytes, its truth adds up, and its machines behave like machines."""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from andon.acquire.simulated import Simulation, simulated_plant
from andon.acquire.simulated.floor.floor import write_plan
from andon.acquire.simulated.hours import days_around
from andon.acquire.simulated.joined import joined
from andon.acquire.simulated.live import begin_of_recent, done, is_left, leave, live_plant, older
from andon.model import Batch, State, Window, micros

HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def plant() -> Simulation:
    return simulated_plant(seed=1)


@pytest.fixture(scope="module")
def batches(plant: Simulation) -> list[Batch]:
    return list(plant.batches())


@pytest.fixture(scope="module")
def heard(batches: list[Batch]) -> dict[str, tuple[np.ndarray, np.ndarray, list[str | None]]]:
    """What was said of every signal that speaks when something changes: at, value, text, in order of time."""
    import polars as pl

    tables = {(b.source, b.number): b.samples for b in batches if b.samples is not None}
    rows = pl.concat([pl.from_arrow(t).with_columns(pl.col("signal").cast(pl.String)) for t in tables.values()])
    rows = rows.filter(~pl.col("signal").str.contains("/(power|temperature|vibration)$"))
    return {
        str(path): (part["at"].cast(pl.Int64).to_numpy(), part["value"].to_numpy(), part["text"].to_list())
        for (path,), part in rows.sort("at").group_by("signal", maintain_order=True)
    }


def bytes_of(batches: Iterator[Batch], count: int) -> str:
    """A digest of the first batches."""
    digest = hashlib.sha256()
    for _ in range(count):
        batch = next(batches)
        for table in (batch.samples, batch.spells):
            if table is not None:
                digest.update(repr((batch.source, batch.number)).encode())
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, table.schema) as stream:
                    stream.write_table(table)
                digest.update(sink.getvalue())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes(plant):
    again = simulated_plant(seed=1)
    assert again.plant_toml == plant.plant_toml
    assert json.dumps(again.truth) == json.dumps(plant.truth)
    assert bytes_of(again.batches(), 9) == bytes_of(plant.batches(), 9)


def test_another_seed_gives_another_month_and_fewer_days_are_its_end(plant):
    other = simulated_plant(seed=2, days=2)
    assert (other.window.until, other.window.duration) == (plant.window.until, 48 * HOUR)
    assert {s["day"] for s in other.truth["shifts"]} == {"2026-10-30", "2026-10-31"}
    assert not [s for s in other.truth["shifts"] if s in plant.truth["shifts"]]
    said = [b.samples for b in other.batches() if b.samples is not None]
    assert min(int(t["at"].cast("int64").to_numpy().min()) for t in said) == other.window.since


def test_the_window_holds_thirty_production_days_and_the_hour_the_clocks_went_back(plant):
    assert plant.window.duration == (30 * 24 + 1) * HOUR
    night = next(s for s in plant.truth["shifts"] if s["day"] == "2026-10-24" and s["shift"] == "night-12")
    assert night["until"] - night["since"] == 13 * HOUR


def test_a_holiday_has_no_shifts_and_a_make_up_day_has_those_of_its_weekday(plant):
    days = Counter((s["day"], s["machine"]) for s in plant.truth["shifts"])
    assert not any(day == "2026-10-03" for day, _ in days)
    assert days["2026-10-10", "line-1/press-1"] == 3
    assert days["2026-10-17", "line-1/press-1"] == 0


def test_states_cover_the_window_and_each_differs_from_the_one_before(plant):
    for run in plant.runs:
        assert (run.since[0], run.until[-1]) == (plant.window.since, plant.window.until)
        assert (run.since[1:] == run.until[:-1]).all()
        assert (run.until > run.since).all()
        spells = list(zip(run.state, run.alarm, run.reason, strict=True))
        assert all(a != b or State.HELD in a[:1] for a, b in pairwise(spells))


def test_parts_are_finished_only_while_the_machine_produces(plant):
    """A part may come out at the very moment in which a spell of production ends."""
    for run in plant.runs:
        spell = np.searchsorted(run.since, run.finished, side="right") - 1
        edge = run.since[spell] == run.finished
        before = np.where(edge, spell - 1, spell)
        assert {run.state[i] for i in before.tolist()} <= {State.PRODUCING, State.HELD, State.OFF}


def test_a_machine_takes_no_more_parts_than_its_neighbour_upstream_finished_well(plant):
    for upstream, downstream in pairwise(plant.runs):
        if upstream.machine.line == downstream.machine.line:
            good = upstream.finished[upstream.verdict == 0]
            made = downstream.finished
            assert len(made) <= len(good)
            assert (made > good[: len(made)]).all()


def test_the_truth_of_a_shift_adds_up_to_the_last_microsecond(plant):
    for entry in plant.truth["shifts"]:
        length = entry["until"] - entry["since"]
        assert sum(entry["states"].values()) == sum(entry["elements"].values()) == length
        assert sum(entry["losses"].values()) == entry["busy"] == length - entry["elements"]["planned_down"]
        assert entry["total"] == entry["good"] + entry["reject"] + entry["rework"]
        assert sum(entry["scrap"].values()) == entry["reject"] + entry["rework"]
        assert sum(entry["products"].values()) == entry["total"]


def test_the_truth_knows_one_machine_with_wrong_master_data(plant):
    def effectiveness(machine: str) -> float:
        rows = [s for s in plant.truth["shifts"] if s["machine"] == machine]
        rated = sum(r["losses"][k] for r in rows for k in ("productive", "startup", "defects"))
        return rated / sum(r["elements"]["APT"] for r in rows)

    assert effectiveness("line-3/packer-3") > 1.2
    assert all(effectiveness(r.machine.path) < 1 for r in plant.runs if r.machine.path != "line-3/packer-3")


def test_every_signal_of_the_plant_on_paper_is_heard_and_no_other(plant, batches):
    paper = tomllib.loads(plant.plant_toml)
    on_paper = {f"{m['path']}/{name}" for m in paper["machine"] for name in m["signals"]}
    assert {s for b in batches[1:4] for s in b.samples["signal"].unique().to_pylist()} <= on_paper
    assert {s for b in batches if b.samples is not None for s in b.samples["signal"].unique().to_pylist()} == on_paper


def test_every_code_a_machine_says_is_in_its_state_map(plant):
    states = tomllib.loads(plant.plant_toml)["states"]
    for run in plant.runs:
        assert {str(c) for c in run.codes} <= set(states[run.machine.row.name])


@pytest.mark.parametrize(
    ("machine", "counter", "wrong"),
    [
        ("line-1/press-1", "total_count", 0),  # no peculiarities
        ("line-3/press-3", "total_count", 65_536),  # a 16-bit counter that ran over once
    ],
)
def test_a_counter_counts_every_part(plant, heard, machine, counter, wrong):
    _, value, _ = heard[f"{machine}/{counter}"]
    made = sum(s["total"] for s in plant.truth["shifts"] if s["machine"] == machine)
    assert value[-1] - value[0] == made - wrong
    assert (np.diff(value) < 0).sum() == (wrong > 0)


def test_a_counter_that_was_reset_says_zero_and_goes_on(plant, heard):
    _, value, _ = heard["line-1/lathe-1/good_count"]
    made = sum(s["good"] for s in plant.truth["shifts"] if s["machine"] == "line-1/lathe-1")
    [reset] = np.flatnonzero(np.diff(value) < 0)
    assert value[reset + 1] == 0
    assert value[reset] + value[-1] == made


def test_nobody_hears_a_lost_source_and_its_counters_run_on(plant, heard):
    lost = plant.truth["lost"]
    for machine in lost["machines"]:
        at, value, _ = heard[f"{machine}/reject_count"]
        assert not ((at >= lost["since"]) & (at < lost["until"])).any()
        made = sum(s["reject"] for s in plant.truth["shifts"] if s["machine"] == machine)
        assert value[-1] - value[0] == made
        assert lost["until"] in at


def test_some_batches_arrive_late_and_some_twice(batches):
    numbers = [(b.source, b.number) for b in batches]
    assert max(Counter(numbers).values()) == 2
    by_source = [n for s, n in dict.fromkeys(numbers) if s == "gateway-3"]
    assert by_source != sorted(by_source)
    assert sorted(by_source) == list(range(1, len(by_source) + 1))


def test_some_stops_have_no_reason_and_the_others_have_one_of_the_tree(plant):
    codes = {r["code"] for r in tomllib.loads(plant.plant_toml)["reason"]}
    given = Counter(stop[3] for s in plant.truth["shifts"] for stop in s["stops"] if stop[2] == "fault")
    assert given[""] > 0
    assert {c for c in given if c} <= codes


def test_it_says_a_few_million_things(batches):
    said = {(b.source, b.number): b.samples.num_rows for b in batches if b.samples is not None}
    assert 4_000_000 < sum(said.values()) < 12_000_000


def test_a_past_in_two_parts_is_the_same_past(tmp_path):
    now = micros(datetime(2026, 5, 12, 9, 30, tzinfo=UTC))
    whole, coming = live_plant(tmp_path, 1, days_around(now, back=9), now)
    write_plan(coming.folder, coming.servers)
    edge = begin_of_recent(whole.window)
    assert whole.window.since < edge < now
    leave(tmp_path, 1, 9, now, edge)
    assert is_left(tmp_path)
    recent, before, all_ = (
        said(batches)
        for batches in (joined(whole.batches(Window(edge, now))), older(tmp_path), whole.batches(whole.window))
    )
    again = without(recent, all_)
    assert set(again["at"]) <= {edge}, "a signal says again what it said before, at the edge alone"
    parts = pl.concat([before, without(recent, again)]).unique()
    assert len(without(parts, all_)) == len(without(all_, parts)) == 0
    done(tmp_path)
    assert not is_left(tmp_path)


def said(batches) -> pl.DataFrame:
    """All rows, each once."""
    tables = [b.samples.select(["signal", "at", "value", "text"]) for b in batches if b.samples is not None]
    return pl.concat([pl.from_arrow(t).with_columns(pl.col("at").cast(pl.Int64)) for t in tables]).unique()


def without(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return rows.join(others, on=rows.columns, how="anti", nulls_equal=True)
