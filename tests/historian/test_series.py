"""Raw rows become series: coverage, states, counts, values and texts, in any order and any partition."""

import csv
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.historian.quality import NAMES, name, usable
from andon.historian.series import known, states
from andon.model import State, Window
from naive import naive_known, naive_states
from rows import COUNT, DAY, LAST_USABLE, NOT_ACCURATE, SENSOR_FAILURE, STATE, spelled, table


def test_the_names_of_status_codes_are_the_foundation_s():
    path = Path(__file__).parent.parent / "oracles" / "opcua_statuscodes.csv"
    with path.open(newline="") as file:
        official = {int(row["code"], 16): row["name"] for row in csv.DictReader(file)}
    assert {code: official.get(code, word) for code, word in NAMES.items()} == dict(NAMES)
    assert name(SENSOR_FAILURE | 0x0480) == "BadSensorFailure"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (0x00000000, "good"),
        (0x00300000, "good"),
        (0x00960000, "good"),
        (0x00DC0000, "good"),  # clamped, override, edited
        (0x40930000, "good"),
        (0x40940000, "good"),
        (0x40950000, "good"),
        (0x42090000, "good"),
        (0x40910000, "good"),
        (0x420A0000, "good"),
        (0x40000000, "good"),
        (0x40930480, "good"),  # information bits do not matter
        (0x40900000, "stale"),
        (0x408F0000, "stale"),
        (0x40920000, "bad"),
        (0x00A50000, "bad"),
        (0x80000000, "bad"),
        (0x809B0000, "bad"),
        (0xC0000000, "bad"),
    ],
)
def test_a_status_code_is_good_stale_or_bad(code, verdict):
    masks = usable(np.array([code], dtype=np.uint32))
    assert [bool(mask[0]) for mask in masks] == [verdict == word for word in ("good", "stale", "bad")]


# ---- coverage ----


@pytest.mark.parametrize(
    ("times", "signal", "connected", "heard"),
    [
        ([100, 105, 300], replace(STATE, holds=10), None, [(100, 115), (300, 310)]),
        ([100, 110], replace(STATE, holds=10), None, [(100, 120)]),  # they touch
        ([300, 100, 105], replace(STATE, holds=10), None, [(100, 115), (300, 310)]),  # order does not matter
        ([100, 300], replace(COUNT, holds=10), None, [(90, 100), (290, 300)]),  # a count speaks of what was
        ([100, 300], replace(COUNT, holds=10, stamp="start"), None, [(100, 110), (300, 310)]),
        ([5, 995], replace(STATE, holds=10), None, [(5, 15), (995, 1000)]),  # cut to the window
        ([100, 300], STATE, [(0, 200), (250, 2000)], [(100, 200), (250, 1000)]),  # silence while connected: unchanged
        ([-50], STATE, [(-100, 200)], [(0, 200)]),  # known from before
        ([100, 300], STATE, [(400, 500), (450, 600)], [(400, 600)]),
        ([100, 300], STATE, [], []),  # it has connection spells, but none here
        ([100, 300], STATE, None, [(100, 300)]),
        ([], STATE, [(0, 1000)], []),  # never a sample: nothing is known
    ],
)
def test_when_a_signal_was_heard(times, signal, connected, heard):
    assert known(np.array(times, dtype=np.int64), signal, DAY, connected) == heard


@settings(deadline=None)
@given(st.lists(st.integers(-30, 80), max_size=8), st.integers(1, 20), st.integers(0, 30), st.integers(0, 60))
def test_known_time_agrees_with_asking_each_moment(times, holds, since, length):
    window = Window(since, since + length)
    found = known(np.array(times, dtype=np.int64), replace(STATE, holds=holds), window, None)
    assert [m for s, u in found for m in range(s, u)] == naive_known(times, holds, window)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(found))


# ---- states ----


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0, 2.0)], [(0, 1000, "producing", "2")]),
        ([(0, "2")], [(0, 1000, "producing", "2")]),
        ([(0, "Execute"), (9, 2.0)], [(0, 9, "producing", "Execute"), (9, 1000, "producing", "2")]),  # words differ
        ([(0, 2.0), (9, 2.0), (20, 0.0)], [(0, 20, "producing", "2"), (20, 1000, "idle_no_order", "0")]),
        ([(0, 2.5)], [(0, 1000, "unknown", "2.5")]),
        ([(0, "execute")], [(0, 1000, "unknown", "execute")]),  # exactly, or not at all
        ([(0, "2.0")], [(0, 1000, "unknown", "2.0")]),  # a text is not a number
        ([(0, 1.0)], [(0, 1000, "fault", "1")]),  # a boolean is 1 or 0
        ([(100, 2.0)], [(0, 100, "unknown", "not heard"), (100, 1000, "producing", "2")]),
        ([(-100, 2.0)], [(0, 1000, "producing", "2")]),
        (
            [(0, 2.0), (50, 0.0, SENSOR_FAILURE), (60, 2.0)],
            [(0, 50, "producing", "2"), (50, 60, "unknown", "BadSensorFailure"), (60, 1000, "producing", "2")],
        ),
        (
            [(0, 2.0), (50, 2.0, LAST_USABLE)],
            [(0, 50, "producing", "2"), (50, 1000, "unknown", "UncertainLastUsableValue")],
        ),
        ([(0, 2.0, NOT_ACCURATE)], [(0, 1000, "producing", "2")]),  # usable, though flagged
        ([(0, 2.0), (50, None)], [(0, 50, "producing", "2"), (50, 1000, "unknown", "")]),
        ([(0, 0.0), (0, 2.0)], [(0, 1000, "producing", "2")]),  # the last writer of a moment wins
        ([(50, 0.0), (0, 2.0)], [(0, 50, "producing", "2"), (50, 1000, "idle_no_order", "0")]),  # late, out of order
        ([], [(0, 1000, "unknown", "not heard")]),
    ],
)
def test_what_a_machine_said_becomes_its_states(rows, expected):
    assert spelled(rows) == [(s, u, State(state), said) for s, u, state, said in expected]


def test_time_that_was_not_heard_is_unknown():
    assert spelled([(0, 2.0), (500, 0.0)], heard=[(0, 100), (300, 400)]) == [
        (0, 100, State.PRODUCING, "2"),
        (100, 300, State.UNKNOWN, "not heard"),
        (300, 400, State.PRODUCING, "2"),
        (400, 1000, State.UNKNOWN, "not heard"),
    ]


def test_without_a_state_map_andon_s_own_words_stand_for_themselves():
    found = spelled([(0, "fault"), (50, "broken")], replace(STATE, states={}))
    assert [row[2] for row in found] == [State.FAULT, State.UNKNOWN]


def test_with_a_state_map_only_the_map_counts():
    assert spelled([(0, "fault")])[0][2] is State.UNKNOWN


def test_timestamps_and_dictionaries_are_read_like_plain_columns():
    plain = table([(0, "2"), (50, "Execute")])
    typed = pa.table(
        {
            "at": plain["at"].cast(pa.timestamp("us", "UTC")),
            "value": plain["value"],
            "text": plain["text"].combine_chunks().dictionary_encode(),
            "quality": plain["quality"],
        }
    )
    assert states(typed, STATE, DAY, [(0, 1000)]).said == states(plain, STATE, DAY, [(0, 1000)]).said


SAMPLES = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(0, 3), st.sampled_from([0, 0, 0, 0x80000000])),
    max_size=12,
    unique_by=lambda row: row[0],
).map(sorted)
STRETCHES = st.lists(st.tuples(st.integers(-10, 50), st.integers(1, 20)), max_size=4).map(
    lambda spans: [(since, since + length) for since, length in spans]
)


@settings(deadline=None)
@given(SAMPLES, STRETCHES, st.integers(0, 20), st.integers(1, 40))
def test_states_agree_with_asking_each_moment(rows, heard, since, length):
    window = Window(since, since + length)
    found = states(table(rows), STATE, window, heard)
    each = [
        (str(state), said)
        for s, u, state, said in zip(found.since, found.until, found.state, found.said, strict=True)
        for _ in range(s, u)
    ]
    assert each == naive_states(rows, {"0": "idle_no_order", "1": "fault", "2": "producing"}, window, heard)
    assert found.since[0] == window.since
    assert found.until[-1] == window.until
    assert found.since[1:].tolist() == found.until[:-1].tolist()
    pairs = list(zip(found.state, found.said, strict=True))
    assert all(a != b for a, b in itertools.pairwise(pairs))


# ---- counts ----
