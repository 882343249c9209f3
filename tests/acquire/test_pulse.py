"""Pulse: a current becomes states and a pulse counts, the same however rows are cut, and across every restart."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import naive
from andon import model
from andon.acquire.gather.derive import Derived
from andon.acquire.link import MOMENT
from andon.acquire.pulse import Pulses, Rows, States
from andon.config import check, read_plant
from andon.historian import Historian
from andon.model import Batch, Counts, State, Window
from andon.plant import Derivation, Level, Signal
from andon.units import SECOND

CURRENT = Derivation(
    of="current",
    levels=(Level(above=12.0, below=11.0, state="producing"), Level(above=5.0, below=3.0, state="idle_no_order")),
    at_least=10 * SECOND,
)
PULSE = Derivation(of="current", levels=(Level(above=8.0, below=4.0),), debounce=2 * SECOND)
STATE = Signal(path="m/state", machine="m", name="state", role="state", kind="state", derived=CURRENT)
PARTS = Signal(path="m/parts", machine="m", name="parts", role="total_count", kind="count", derived=PULSE)
START = 1_700_000_000 * SECOND
BAD = 0x80310000

VALUE = st.one_of(st.integers(0, 15).map(float), st.sampled_from([3.0, 4.0, 5.0, 8.0, 11.0, 12.0]))
ROW = st.tuples(
    st.integers(1, 15),
    st.one_of(st.none(), *[VALUE] * 9),
    st.sampled_from([0, 0, 0, 0, 0, 0, 0x40000000, BAD, 0x80890000]),
)
ROWS = st.lists(ROW, max_size=30)
CUTS = st.sets(st.integers(0, 30), max_size=5)


def rows_of(steps):
    at = START
    found = []
    for seconds, value, quality in steps:
        at += seconds * SECOND
        found.append((at, value, quality))
    return found


def cut(rows, cuts):
    edges = sorted({0, len(rows), *(c for c in cuts if c < len(rows))})
    return [rows[a:b] for a, b in pairwise(edges)]


def arrays(rows):
    at, value, quality = zip(*rows, strict=True) if rows else ((), (), ())
    return Rows(np.array(at, np.int64), np.array(value, np.float64), np.array(quality, np.uint32))


def taken(detector, rows, cuts):
    return [told for part in cut(rows, cuts) for told in detector.take(arrays(part))]


@given(steps=ROWS, cuts=CUTS)
@example(steps=[(1, None, 0), (1, 6.0, 0), (1, 3.0, 0), (10, None, 0)], cuts={2})  # 3 A holds what 6 A switched on
@example(steps=[(1, None, 0)] * 19 + [(1, 6.0, 0), (1, 3.0, 0), (10, None, 0)], cuts={0, 1, 2, 20})
@example(steps=[(1, 6.0, 0), (1, 2.0, 0), (10, None, 0)], cuts={1, 2})  # it held for just `at_least`: told
@example(steps=[(1, 6.0, 0), (1, 2.0, 0), (9, None, 0)], cuts={1, 2})  # a second less: not told
def test_states_are_those_of_the_naive_twin_however_rows_are_cut(steps, cuts):
    rows = rows_of(steps)
    told = [(at, text, quality) for at, _, text, quality in taken(States(STATE), rows, cuts)]
    assert told == naive.level_states(rows, CURRENT, CURRENT.at_least)


@given(steps=ROWS, cuts=CUTS)
def test_counts_are_those_of_the_naive_twin_however_rows_are_cut(steps, cuts):
    rows = rows_of(steps)
    told = [(at, value, quality) for at, value, _, quality in taken(Pulses(PARTS), rows, cuts)]
    assert told == naive.level_pulses(rows, PULSE)


def table(rows):
    at, value, quality = zip(*rows, strict=True)
    return pa.table(
        {
            "signal": pa.array(["m/current"] * len(rows)).dictionary_encode(),
            "at": pa.array(at, pa.int64()).cast(MOMENT),
            "value": pa.array(value, pa.float64()),
            "text": pa.nulls(len(rows), pa.string()),
            "quality": pa.array(quality, pa.uint32()),
        }
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=ROWS, cuts=CUTS)
@example(steps=[(1, None, 0), (1, None, 0), (1, 4.0, 0), (1, 9.0, 0)], cuts={3})  # 4 A, between the levels, is off
def test_a_restart_between_any_two_batches_loses_no_pulse_and_doubles_none(steps, cuts):
    rows = rows_of(steps)
    with TemporaryDirectory() as folder, Historian.own(Path(folder)) as history:
        for number, part in enumerate(cut(rows, cuts)):
            again = Derived([STATE, PARTS], history)  # as after a kill: nothing is left but what is stored
            again.begin()
            history.write(Batch("plc", number, again.add(table(part), START)))
        stored = history.many(["m/state", "m/parts"], Window(0, 1 << 61))
    states = [(r["at"], r["text"], r["quality"]) for r in stored["m/state"].to_pylist()]
    parts = [(r["at"], r["value"], r["quality"]) for r in stored["m/parts"].to_pylist()]
    assert states == naive.level_states(rows, CURRENT, CURRENT.at_least)
    assert parts == naive.level_pulses(rows, PULSE)


def test_a_current_that_stays_is_a_state_once_its_time_is_over_without_another_row(tmp_path):
    with Historian.own(tmp_path) as history:
        derived = Derived([STATE], history)
        derived.begin()
        derived.add(table([(START, 0.0, 0), (START + SECOND, 13.0, 0)]), START + SECOND)
        assert derived.settle(START + 8 * SECOND) is None
        (row,) = derived.settle(START + 13 * SECOND).to_pylist()
        assert (row["signal"], row["text"], row["at"].timestamp()) == ("m/state", "producing", START / 1e6 + 1)
        assert derived.settle(START + 60 * SECOND) is None


def test_rows_that_come_late_or_twice_change_nothing():
    detector = Pulses(PARTS)
    first = arrays([(START, 0.0, 0), (START + 10, 9.0, 0), (START + 5 * SECOND, 0.0, 0)])
    assert [value for _, value, _, _ in detector.take(first)] == [0.0, 1.0]
    assert detector.take(first) == []
    assert detector.take(arrays([(START + SECOND, 0.0, 0), (START + 4 * SECOND, 9.0, 0)])) == []


def test_a_stroke_that_makes_four_parts_counts_four():
    four = Signal(path="m/n", machine="m", name="n", role="good_count", kind="count", scale=4.0, derived=PULSE)
    told = Pulses(four).take(arrays([(START + i * 3 * SECOND, 9.0 * (i % 2), 0) for i in range(5)]))
    assert [value for _, value, _, _ in told] == [0.0, 4.0, 8.0]


def test_a_million_rows_a_second_are_no_burden():
    at = START + np.arange(1_000_000) * 1000
    value = np.where(np.arange(1_000_000) % 1000 < 500, 0.0, 10.0)
    rows = Rows(at, value, np.zeros(1_000_000, np.uint32))
    assert len(Pulses(Signal(**_parts(debounce=0))).take(rows)) == 1001


def _parts(debounce):
    by = Derivation(of="current", levels=(Level(above=8.0, below=4.0),), debounce=debounce)
    return {"path": "m/p", "machine": "m", "name": "p", "role": "total_count", "kind": "count", "derived": by}


PLANT = """[plant]
name = "works"
zone = "UTC"

[[source]]
name = "clip"
connector = "simulated"

[[machine]]
path = "line-1/saw"

[machine.signals.current]
unit = "A"
address = "40001"

[machine.signals.state]
from = "current"
levels = [{ above = 2.0, below = 1.5, state = "idle_no_order" }, { above = 12.0, below = 10.0, state = "producing" }]
at_least = "10 s"

[machine.signals.total_count]
from = "current"
above = 12.0
below = 8.0
debounce = "200 ms"
"""


def written(folder, old="", new=""):
    assert old in PLANT
    (folder / "plant.toml").write_text(PLANT.replace(old, new), encoding="utf-8")
    return folder


def test_plant_toml_says_how_states_and_counts_follow_from_a_current(tmp_path):
    machine = read_plant(written(tmp_path)).machines["line-1/saw"]
    state, count = machine.signals["state"], machine.signals["total_count"]
    assert (state.source, state.address, count.source) == ("clip", "", "clip")
    assert [x.state for x in state.derived.levels] == ["producing", "idle_no_order"]
    assert (state.derived.otherwise, state.derived.at_least) == ("off", 10 * SECOND)
    assert count.derived == Derivation(of="current", levels=(Level(above=12.0, below=8.0),), debounce=200_000)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'from = "current"\nlevels',
            'from = "curent"\nlevels',
            "line-1/saw has no such signal. Did you mean 'current'?",
        ),
        ('from = "current"\nlevels', 'from = "line-1/mill/current"\nlevels', "it must be one of the same machine"),
        ('from = "current"\nabove', 'from = "state"\nabove', "'state' follows from another signal itself"),
        ("below = 1.5", "below = 2.5", "A level of 'line-1/saw/state' is on above 2: `below` = 2.5 lies higher."),
        ("below = 10.0", "below = 1.0", "leave room between them"),
        ('state = "producing"', 'state = "idle_no_order"', "two levels for 'idle_no_order'"),
        ("above = 12.0\nbelow = 8.0", "below = 8.0", "needs the level that a pulse rises above"),
        ("below = 8.0", "below = 13.0", "`below` = 13 lies over above = 12."),
        ('debounce = "200 ms"', 'at_least = "1 s"', "is a count, which has no `at_least`"),
        ('at_least = "10 s"', 'address = "1"', "so it has no `address`"),
        ('address = "40001"', 'address = "40001"\nabove = 1.0', "'above' is for a signal that follows from another"),
        ('unit = "A"', 'kind = "text"', "'current' is a text, and only a number has levels"),
    ],
)
def test_a_derivation_that_makes_no_sense_is_told_with_its_place(tmp_path, old, new, said):
    wrong = [m.text for m in check(written(tmp_path, old, new)) if not m.warning]
    assert any(said in text for text in wrong), wrong


def test_the_studies_read_derived_signals_like_any_other(tmp_path):
    plant = read_plant(written(tmp_path))
    state, count = (plant.machines["line-1/saw"].signals[n] for n in ("state", "total_count"))
    rows = [
        (START + s * SECOND, v, 0)
        for s, v in ((0, 0.0), (20, 5.0), (60, 13.0), (70, 9.0), (75, 13.0), (80, 7.0), (85, 14.0))
    ]
    with Historian.own(tmp_path / "history") as history:
        derived = Derived([state, count], history)
        derived.begin()
        raw = table(rows).set_column(0, "signal", pa.array(["line-1/saw/current"] * len(rows)).dictionary_encode())
        history.write(Batch("clip", 1, derived.add(raw, START)))
        seen = history.read(model.States, state, Window(START, START + 85 * SECOND))
        assert seen.state == (State.OFF, State.IDLE, State.PRODUCING)
        assert history.read(Counts, count, Window(START, START + 90 * SECOND)).total == 2.0
