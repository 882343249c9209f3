"""Counters and plain values: pieces survive rollovers, resets, gaps and any partition."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.historian.series import counts, states, texts, values
from andon.model import Window
from rows import COUNT, DAY, INITIAL, LAST_USABLE, NOT_ACCURATE, POWER, SENSOR_FAILURE, STATE, table


@pytest.mark.parametrize(
    ("readings", "signal", "pieces"),
    [
        ([5, 5, 7, 10], COUNT, [0, 2, 3]),
        ([10, 12, 0, 3], COUNT, [2, 0, 3]),  # reset
        ([1000, 3], COUNT, [3]),  # reset, three made since
        ([65530, 65534, 2], COUNT, [4, 4]),  # a 16-bit counter
        ([65000, 10], replace(COUNT, rollover=65535), [546]),
        ([4294967290, 5], COUNT, [11]),  # a 32-bit counter
        ([32767, -32768, -32760], COUNT, [1, 8]),  # a signed 16-bit counter
        ([40000, 0, 5], replace(COUNT, rollover=65535), [0, 5]),  # far from the top: a reset
        ([995, 2], replace(COUNT, rollover=999), [7]),
        ([995, 2], COUNT, [2]),  # nobody said that it rolls over there
        ([70000, 200], COUNT, [200]),  # above 16 bits, far below 32: a reset
        ([100, 105, 103, 105, 110], COUNT, [5, -2, 2, 5]),  # a late old reading: taken back, counted again
        ([100, 99, 100], COUNT, [-1, 1]),  # an operator took one back
        ([5, 4, 6], COUNT, [-1, 2]),
        ([998, 2, 998, 3], replace(COUNT, rollover=999), [4, -4, 5]),  # a late old reading from before the rollover
        ([7], COUNT, []),  # the first reading ever says nothing
        ([], COUNT, []),
    ],
)
def test_the_pieces_in_each_step_of_a_counter(readings, signal, pieces):
    rows = table([(10 * i, float(value)) for i, value in enumerate(readings)])
    found = counts(rows, signal, DAY, None)
    assert dict(zip(found.at.tolist(), found.count.tolist(), strict=True)) == {
        10 * (i + 1): float(n) for i, n in enumerate(pieces) if n
    }


@pytest.mark.parametrize(
    ("signal", "connected", "rows", "since"),
    [
        (replace(COUNT, holds=20), None, [(0, 10), (100, 18)], 0),
        (COUNT, [(0, 30), (60, 200)], [(0, 10), (100, 18)], 30),  # while connected, silence meant none
        (COUNT, [(60, 200)], [(0, 10), (100, 18)], 0),
        (COUNT, None, [(0, 10), (50, 14, SENSOR_FAILURE), (100, 18)], 0),
        (COUNT, None, [(0, 10), (50, 14, LAST_USABLE), (100, 18)], 0),
        (COUNT, None, [(0, 10), (50, None), (100, 18)], 0),
    ],
)
def test_pieces_made_in_a_gap_are_spread_over_it(signal, connected, rows, since):
    found = counts(table(rows), signal, DAY, connected)
    assert (found.since.tolist(), found.at.tolist(), found.count.tolist()) == ([since], [100], [8.0])


def test_over_a_gap_a_lower_reading_is_a_reset():
    found = counts(table([(0, 1000), (500, 600)]), replace(COUNT, holds=20), DAY, None)
    assert found.total == 600


def test_a_reading_a_little_lower_after_a_gap_is_an_old_one():
    found = counts(table([(0, 1000), (500, 995), (510, 1003)]), replace(COUNT, holds=20), DAY, None)
    assert found.total == 3


@pytest.mark.parametrize(
    ("signal", "spans"),
    [
        (replace(COUNT, counting="delta", holds=300), [(0, 0), (0, 300), (300, 600), (700, 1000)]),
        (replace(COUNT, counting="delta"), [(0, 0), (0, 300), (300, 600), (600, 1000)]),
        (replace(COUNT, counting="delta", holds=300, stamp="start"), [(0, 300), (300, 600), (600, 900), (1000, 1300)]),
    ],
)
def test_deltas_are_pieces_of_the_stretch_before_or_after_their_row(signal, spans):
    rows = table([(0, 1), (300, 2), (600, 3), (1000, 4), (900, 99, SENSOR_FAILURE)])
    found = counts(rows, signal, Window(0, 2000), None)
    assert list(zip(found.since.tolist(), found.at.tolist(), strict=True)) == spans
    assert found.count.tolist() == [1, 2, 3, 4]


def test_a_delta_stamped_at_the_end_of_the_shift_belongs_to_the_shift():
    rows, signal = table([(0, 9), (300, 5), (600, 7)]), replace(COUNT, counting="delta", holds=300)
    assert [counts(rows, signal, Window(s, s + 300), None).total for s in (0, 300, 600)] == [14, 7, 0]


def test_a_counter_in_units_of_its_scale_rolls_over_in_them():
    dozens = replace(COUNT, rollover=99, scale=12.0)
    assert counts(table([(0, 98 * 12.0), (10, 1 * 12.0)]), dozens, DAY, None).total == 36


STEPS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 24), st.sampled_from("...db")), min_size=1, max_size=25)


def observed(steps, modulus):
    """A true count that only grows, as a counter shows it: with repeated rows, bad rows, gaps and rollovers."""
    at, true, rows = 0, 0, [(0, 90.0, 0)]
    for pause, made, what in steps:
        at, true = at + pause, true + made
        rows.append((at, float((90 + true) % modulus), 0))
        if what == "d":
            rows.append(rows[-1])
        if what == "b":
            at += 1
            rows.append((at, 12345.0, SENSOR_FAILURE))
    return rows, true, at


def around(rows, window):
    """What a store gives: the rows of the window, and on each side those up to the nearest usable one."""
    good = [at for at, _, quality in rows if not quality]
    since = max((at for at in good if at < window.since), default=-1)
    until = min((at for at in good if at >= window.until), default=10**9)
    return [row for row in rows if since <= row[0] <= until]


@settings(deadline=None)
@given(STEPS, st.sampled_from([100, 1000, 65536]), st.sampled_from([None, 15]), st.randoms(use_true_random=False))
def test_a_true_count_survives_rollovers_repeats_gaps_and_any_order(steps, modulus, holds, chance):
    rows, true, end = observed(steps, modulus)
    chance.shuffle(rows)
    signal = replace(COUNT, rollover=modulus - 1, holds=holds)
    assert counts(table(rows), signal, Window(0, end + 1), None).total == true


@settings(deadline=None)
@given(
    STEPS,
    st.sampled_from([100, 1000]),
    st.sampled_from([None, 15]),
    st.booleans(),
    st.lists(st.integers(0, 400), max_size=6),
)
def test_any_partition_of_a_window_has_as_many_pieces_as_the_whole(steps, modulus, holds, disconnected, cuts):
    rows, true, end = observed(steps, modulus)
    signal = replace(COUNT, rollover=modulus - 1, holds=holds)
    connected = [(-10, 40), (55, 10**9)] if disconnected else None
    edges = sorted({0, end + 1, *(cut for cut in cuts if cut <= end)})
    parts = [
        counts(table(around(rows, window)), signal, window, connected).total for window in map(Window, edges, edges[1:])
    ]
    assert sum(parts) == true


@settings(deadline=None)
@given(STEPS, st.sampled_from(["start", "end"]), st.sampled_from([None, 15]), st.lists(st.integers(0, 400), max_size=6))
def test_any_partition_of_a_window_has_all_deltas(steps, stamp, holds, cuts):
    signal = replace(COUNT, counting="delta", stamp=stamp, holds=holds)
    times = np.cumsum([pause for pause, _, _ in steps]).tolist()
    rows = [(at, float(made), 0) for at, (_, made, _) in zip(times, steps, strict=True)]
    edges = sorted({-100, times[-1] + 100, *cuts} - {cut for cut in cuts if cut > times[-1] + 100})
    parts = [
        counts(table(around(rows, window)), signal, window, None).total for window in map(Window, edges, edges[1:])
    ]
    assert sum(parts) == sum(made for _, made, _ in steps)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=20))
def test_late_old_readings_neither_add_nor_lose_pieces(steps):
    true, rows = 100, [(0, 100.0)]
    for made, late in steps:
        rows += [(len(rows), float(true + made))] + ([(len(rows) + 1, float(true))] if late else [])
        true += made
    rows.append((len(rows), float(true)))
    assert counts(table(rows), COUNT, DAY, None).total == true - 100


# ---- values and texts ----


def test_values_are_the_rows_of_the_window_and_the_last_one_before_it():
    found = values(table([(-20, 1), (-10, 2), (50, 3), (1000, 4)]), POWER, DAY, [(0, 1000)])
    assert (found.at.tolist(), found.value.tolist()) == ([-10, 50], [2, 3])
    assert (found.unit, found.stepped, found.window) == ("kW", False, DAY)


def test_a_bad_value_is_none_and_neither_bad_nor_stale_time_is_known():
    rows = [(0, 1), (10, 2, SENSOR_FAILURE), (20, 3, LAST_USABLE), (30, 4, NOT_ACCURATE), (40, 5, INITIAL), (50, None)]
    found = values(table(rows), POWER, Window(0, 60), [(0, 60)])
    assert found.value == pytest.approx([1, np.nan, 3, 4, np.nan, np.nan], nan_ok=True)
    assert found.quality.tolist() == [0, SENSOR_FAILURE, LAST_USABLE, NOT_ACCURATE, INITIAL, 0]
    assert found.known.rows() == [(0, 10, "heard"), (30, 40, "heard")]


def test_values_stay_as_stored_whatever_the_signal_s_scale():
    found = values(table([(0, 7.5)]), replace(POWER, scale=0.1, offset=3.0), DAY, [(0, 1000)])
    assert found.value.tolist() == [7.5]


def test_texts_stay_what_they_were():
    found = texts(table([(-5, "000123"), (10, 42.0), (20, "2.50"), (30, None)]), POWER, DAY, [(0, 100)])
    assert found.text == ("000123", "42", "2.50", "")
    assert found.known.rows() == [(0, 30, "heard")]


def test_rows_in_any_order_make_the_same_series():
    rows = [(at, float(at % 7)) for at in range(0, 1000, 10)]
    mixed = random.Random(7).sample(rows, len(rows))
    heard = [(0, 1000)]
    assert values(table(mixed), POWER, DAY, heard).value.tolist() == [value for _, value in rows]
    assert states(table(mixed), STATE, DAY, heard).said == states(table(rows), STATE, DAY, heard).said
