"""Aggregates of stored signals: through the whole historian, with gaps, in both tiers and from many signals."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import UnknownName
from andon.historian import AggregateRules, Historian
from andon.historian.processed import silenced
from andon.model import Batch, Window
from andon.plant import Signal

T0, SECOND, MINUTE = 1_700_000_000_000_000, 1_000_000, 60_000_000
POWER = Signal(path="line/press/power", machine="line/press", name="power", role="power", kind="number", unit="kW")


def samples(path, seconds, values, quality=None):
    return pa.table(
        {
            "signal": [path] * len(seconds),
            "at": pa.array([T0 + round(s * SECOND) for s in seconds], pa.timestamp("us", "UTC")),
            "value": pa.array(values, pa.float64()),
            "quality": pa.array(quality or [0] * len(seconds), pa.uint32()),
        }
    )


def connection(*stretches):
    return pa.table(
        {
            "kind": ["connection"] * len(stretches),
            "place": ["plc"] * len(stretches),
            "text": [""] * len(stretches),
            "since": pa.array([T0 + s * SECOND for s, _ in stretches], pa.timestamp("us", "UTC")),
            "until": pa.array([T0 + u * SECOND for _, u in stretches], pa.timestamp("us", "UTC")),
            "detail": ["{}"] * len(stretches),
        }
    )


@pytest.fixture
def history(tmp_path):
    with Historian.open(tmp_path) as opened:
        yield opened


def window(since, until):
    return Window(T0 + since * SECOND, T0 + until * SECOND)


def test_one_minute_averages_are_the_same_before_and_after_sealing(history):
    seconds = list(range(0, 600, 7))
    history.write(Batch("plc", 1, samples(POWER.path, seconds, [float(s % 50) for s in seconds])))
    hot = history.aggregate(POWER.path, "TimeAverage2", window(0, 540), MINUTE)
    history.seal()
    cold = history.aggregate(POWER, "TimeAverage2", window(0, 540), MINUTE)
    assert hot.value.tolist() == cold.value.tolist()
    assert len(hot.value) == 9
    assert set(hot.quality.tolist()) == {0x401}


def test_time_without_a_connection_is_bad_and_left_out_of_the_average(history):
    history.write(
        Batch(
            "plc", 1, samples(POWER.path, [0, 30, 90, 200], [2.0, 2.0, 8.0, 8.0]), spells=connection((0, 40), (90, 300))
        )
    )
    whole = window(0, 120)
    assert history.aggregate(POWER.path, "DurationBad", whole, 2 * MINUTE).value.tolist() == [50_000]
    stepped = history.aggregate(POWER.path, "TimeAverage2", whole, 2 * MINUTE, AggregateRules(stepped=True))
    assert stepped.value.tolist() == pytest.approx([(40 * 2 + 30 * 8) / 70])


def test_silence_longer_than_a_signal_holds_is_bad(history):
    history.write(Batch("plc", 1, samples(POWER.path, [0, 30, 100], [2.0, 2.0, 8.0])))
    held = replace(POWER, holds=20 * SECOND, stepped=True)
    found = history.aggregate(held, "DurationBad", window(0, 120), 2 * MINUTE)
    assert found.value.tolist() == [60_000]
    assert history.aggregate(held, "TimeAverage2", window(0, 120), 2 * MINUTE).value.tolist() == [4.0]


def test_silence_on_a_living_connection_goes_on_to_the_end_of_the_window(history):
    history.write(Batch("plc", 1, samples(POWER.path, [0], [5.0]), spells=connection((0, 600))))
    found = history.aggregate(replace(POWER, stepped=True), "TimeAverage2", window(0, 300), MINUTE)
    assert found.value.tolist() == [5.0] * 5


def test_bounds_that_skip_bad_samples_reach_far_for_a_good_one(history):
    said = samples(POWER.path, [0, 4000, 8000, 9000, 10_000], [0.0, 1, 1, 1, 100.0], [0, *[0x808C0000] * 3, 0])
    history.write(Batch("plc", 1, said))
    found = history.aggregate(POWER.path, "Interpolative", window(5000, 5001), SECOND)
    assert found.value.tolist() == [50.0]
    assert found.quality.tolist() == [0x40A40402]


def test_many_signals_at_once_are_the_same_as_one_by_one(history):
    paths = [f"line/press/{n}" for n in "abc"]
    for number, path in enumerate(paths):
        history.write(Batch("plc", number, samples(path, [0, 60, 120], [number, 2.0 * number, 5.0])))
    together = history.aggregates(paths, "TimeAverage", window(0, 120), MINUTE)
    assert {p: a.value.tolist() for p, a in together.items()} == {
        p: history.aggregate(p, "TimeAverage", window(0, 120), MINUTE).value.tolist() for p in paths
    }


def test_a_signal_that_never_spoke_has_no_data(history):
    found = history.aggregate("line/press/unheard", "Average", window(0, 120), MINUTE)
    assert np.isnan(found.value).all()
    assert found.quality.tolist() == [0x809B0000] * 2


def test_an_unknown_aggregate_is_refused(history):
    with pytest.raises(UnknownName, match="TimeAverage2"):
        history.aggregate(POWER.path, "TimeAvrage2", window(0, 120), MINUTE)


GAPS = (
    st.lists(st.integers(0, 60), max_size=6, unique=True)
    .map(sorted)
    .map(lambda edges: list(zip(edges[::2], edges[1::2], strict=False)))
)
TIMES = st.lists(st.integers(-20, 80), min_size=1, max_size=10, unique=True).map(sorted)


@settings(deadline=None)
@given(TIMES, GAPS)
def test_a_moment_of_the_window_is_bad_exactly_where_it_was_not_heard(times, heard):
    value = np.arange(len(times), dtype=float)
    at, numbers, codes = silenced(np.array(times), value, np.zeros(len(times), np.uint32), Window(0, 60), heard)
    assert bool(np.all(np.diff(at) > 0))
    for moment in range(max(0, times[0] + 1), 60):
        governing = int(np.searchsorted(at, moment, "right")) - 1
        begin = max([until for _, until in heard if until <= moment], default=0)
        if any(since <= moment < until for since, until in heard):
            assert numbers[governing] == np.searchsorted(times, moment, "right") - 1
        elif moment != begin and begin != times[-1]:  # a sample at the begin of a gap stays
            assert codes[governing] >> 30 == 2


def test_without_a_word_of_connections_the_data_end_with_the_last_sample(history):
    history.write(Batch("csv", 1, samples(POWER.path, [0, 30, 60, 90], [1.0, 2.0, 3.0, 4.0])))
    found = history.aggregate(POWER.path, "TimeAverage2", window(0, 180), MINUTE)
    assert found.value[:2] == pytest.approx([2.0, 3.5], abs=1e-6)
    assert [hex(q) for q in found.quality] == ["0x401", "0x40a40405", "0x809b0000"]
    assert history.aggregate(POWER.path, "Count", window(0, 180), MINUTE).value[:2].tolist() == [2, 2]
