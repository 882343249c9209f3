"""Means, lowest and highest values in buckets: the same as the OPC UA aggregates, and the same from roll-ups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.historian import Historian
from andon.model import Buckets, Process, Window, bucket_edges
from andon.plant import Signal
from store_rows import MONDAY, SECOND, batch, said

HOUR, MINUTE = 3_600 * SECOND, 60 * SECOND
OIL = Signal(path="line/press/oil", machine="line/press", name="oil", role="temperature", kind="number", unit="Cel")


def told(history, signal, window, width) -> Buckets:
    return history.means([signal], window, width)[signal.path]


@pytest.mark.parametrize("stepped", [True, False])
@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 600), st.integers(-50, 50)), min_size=1, max_size=40, unique_by=lambda r: r[0]
    ),
    since=st.integers(0, 5),
)
def test_few_samples_are_averaged_as_opc_ua_says(tmp_path_factory, stepped, rows, since):
    rows = sorted(rows)
    signal = Signal(path="p/x", machine="p", name="x", role="other", kind="number", stepped=stepped)
    window = Window(MONDAY + since * MINUTE, MONDAY + 10 * MINUTE)
    with Historian.open(tmp_path_factory.mktemp("h")) as history:
        at = [MONDAY + s * SECOND for s, _ in rows]
        history.write(batch(1, said("p/x", at, [float(v) for _, v in rows])))
        ours = told(history, signal, window, MINUTE)
        theirs = history.aggregate(signal, "TimeAverage2", window, MINUTE)
    np.testing.assert_allclose(ours.mean, theirs.value, rtol=1e-9, atol=1e-9)
    there = ~np.isnan(ours.mean)
    assert np.all(ours.low[there] <= ours.mean[there] + 1e-9)
    assert np.all(ours.high[there] >= ours.mean[there] - 1e-9)
    assert np.all((ours.known >= 0) & (ours.known <= 1 + 1e-12))
    assert np.array_equal(ours.known > 0, there)


def test_many_samples_are_told_from_roll_ups_and_no_spike_is_lost(tmp_path):
    chance = np.random.default_rng(1)
    at = MONDAY + np.arange(6 * 3600, dtype=np.int64) * SECOND
    value = np.round(np.cumsum(chance.normal(0, 0.1, len(at))), 2)
    value[5000] = 1000.0
    window = Window(MONDAY, MONDAY + 6 * HOUR)
    with Historian.open(tmp_path) as history:
        history.write(batch(1, said(OIL.path, at.tolist(), value.tolist())))
        history.seal()
        found = told(history, OIL, window, 30 * MINUTE)
    mean = value.reshape(12, -1).mean(axis=1)
    np.testing.assert_allclose(found.mean[:-1], mean[:-1], rtol=1e-9)
    np.testing.assert_allclose(found.mean[-1], mean[-1], rtol=1e-4)  # heard until its last second begins
    assert np.nanmax(found.high) == 1000.0
    assert found.low.tolist() == value.reshape(12, -1).min(axis=1).tolist()
    np.testing.assert_allclose(found.known, 1.0, atol=1e-3)


def test_a_value_holds_over_empty_buckets_but_not_longer_than_the_signal_holds(tmp_path):
    busy = [MONDAY + i * SECOND for i in range(1200)]
    holds = Signal(path=OIL.path, machine="line/press", name="oil", role="other", kind="number", holds=HOUR)
    window = Window(MONDAY, MONDAY + 4 * HOUR)
    with Historian.open(tmp_path) as history:
        history.write(batch(1, said(OIL.path, busy, [2.0] * len(busy))))
        found = told(history, holds, window, 20 * MINUTE)
    assert found.mean[:4].tolist() == [2.0] * 4
    assert np.isnan(found.mean[5:]).all()
    assert found.known[5:].sum() == 0


def test_a_signal_that_said_nothing_is_unknown(tmp_path):
    with Historian.open(tmp_path) as history:
        found = told(history, OIL, Window(MONDAY, MONDAY + HOUR), MINUTE)
    assert np.isnan(found.mean).all()
    assert found.known.sum() == 0


@given(since=st.integers(0, 10_000), length=st.integers(1, 5_000), width=st.integers(1, 700))
def test_buckets_cover_the_window_and_begin_at_whole_multiples(since, length, width):
    edges = bucket_edges(Window(since, since + length), width)
    assert (edges[0], edges[-1]) == (since, since + length)
    assert np.all(np.diff(edges) > 0)
    assert np.all(np.diff(edges) <= width)
    assert np.all(edges[1:-1] % width == 0)


def test_a_process_says_what_held_at_each_moment():
    process = Process.of([0, 10, 20, 30], {"oil": [1.0, 2.0, 3.0]}, {"order": [(5, 15, "A"), (20, 30, "B")]})
    at = np.array([0, 5, 15, 29, 30])
    assert process.text_at("order", at) == ("", "A", "", "B", "")
    assert process.at("oil", at).tolist()[:4] == [1.0, 1.0, 2.0, 3.0]
    assert np.isnan(process.at("oil", at)[4])
    assert process.within(Window(10, 30)).numbers["oil"].mean.tolist() == [2.0, 3.0]
