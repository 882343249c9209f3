"""OPC UA Part 13 aggregates against the standard's own examples and an independent implementation."""

import csv
import itertools
from functools import reduce
from operator import or_
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.errors import BadQuestion, UnknownName
from andon.historian.aggregate import AGGREGATES, AggregateRules, Aggregates, aggregate
from andon.historian.quality import CODES
from andon.model import Window
from naive import naive_bad_ticks, naive_good_values, naive_time_average

ORACLES = Path(__file__).parent.parent / "oracles"
SECOND = 1_000_000
WINDOW = Window(0, 100 * SECOND)
"""The examples run from 12:00:00 to 12:01:40; here 12:00:00 is 0."""
RULES = {
    "1": AggregateRules(treat_uncertain_as_bad=False, resolution=1000),
    "2": AggregateRules(resolution=1000),
    "3": AggregateRules(percent_bad=50, percent_good=50, stepped=True, resolution=1000),
    "4": AggregateRules(stepped=True, resolution=1000),
}
BITS = {
    "Calculated": 0x401,
    "HistorianCalculated": 0x401,
    "Interpolated": 0x402,
    "HistorianInterpolated": 0x402,
    "Partial": 0x404,
    "HistorianPartial": 0x404,
}
SHORT = {"Interpolate": "Interpolative", "Min": "Minimum", "Max": "Maximum"}
MISTYPED = ("4", "12:01:12")
"""The table of historians has true here; A.1.4 of the standard has FALSE, and so A.20 and A.21 want it."""


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open(newline="") as file:
        return list(csv.DictReader(file))


def at(text: str) -> int:
    hours, minutes, seconds = text.removesuffix("Z").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds) - 12 * 3600) * SECOND)


def number(row: dict[str, str]) -> float:
    if (row["historian"], row["time"]) == MISTYPED:
        return 0.0
    return (
        {"": np.nan, "true": 1.0, "false": 0.0}.get(row["value"])
        if row["value"] in ("", "true", "false")
        else float(row["value"])
    )


def historian(which: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found = [row for row in rows("opcua_part13_historians.csv") if row["historian"] == which]
    return (
        np.array([at(row["time"]) for row in found]),
        np.array([number(row) for row in found]),
        np.array([CODES[row["status"]] for row in found], dtype=np.uint32),
    )


def code(text: str) -> int:
    name, *bits = text.replace("#", ", ").replace("|", ", ").split(", ")
    return reduce(or_, (BITS[bit] for bit in bits), CODES[name])


def computed(name: str, which: str, interval: int) -> Aggregates:
    return aggregate(name, *historian(which), WINDOW, interval, RULES[which])


def spec_cases() -> list[object]:
    found = rows("opcua_part13_spec_tables.csv") + rows("opcua_part13_annex.csv")
    return [
        pytest.param(
            r["aggregate"],
            r["historian"],
            int(r["interval_s"]) * SECOND,
            at(r["timestamp"]),
            r["value"],
            r["status"],
            id=f"{r['aggregate']}-{r['historian']}-{r['timestamp']}",
        )
        for r in found
    ]


@pytest.mark.parametrize(("name", "which", "interval", "when", "value", "status"), spec_cases())
def test_it_agrees_with_the_tables_of_the_standard(name, which, interval, when, value, status):
    found = computed(name, which, interval)
    place = found.at.tolist().index(when)
    assert found.value[place] == pytest.approx(float(value or "nan"), abs=1e-3, nan_ok=True)
    assert hex(found.quality[place]) == hex(code(status))


AGAINST_THE_STANDARD = {
    # The text of 5.4.3.11 sets Calculated unless the maximum is on the begin of the interval; these maxima are not.
    ("Maximum", "1", "12:01:20.000Z"): ("90", "Good, Calculated, Partial"),
    ("Maximum", "2", "12:00:48.000Z"): ("50", "Good, Calculated"),
    ("Maximum", "3", "12:00:48.000Z"): ("50", "Good, Calculated"),
    # PercentGood is DurationGood over the interval (5.4.3.33), and A.29 has DurationGood 0, Good, Calculated here.
    ("PercentGood", "1", "12:00:32.000Z"): ("0", "Good, Calculated"),
    # One of two samples is uncertain, thus bad: half, and the limit is half; bad is looked at first (5.4.3.2.1).
    ("Count", "3", "12:01:04.000Z"): ("", "Bad"),
}


def implementation_cases() -> list[object]:
    cases = []
    for r in rows("opcua_part13_nodeopcua_expected.csv"):
        name = SHORT.get(word := r["test"].split()[1], word)
        interval = int(np.prod([int(n) for n in r["interval_ms"].split("*")])) * 1000
        value, status = AGAINST_THE_STANDARD.get((name, r["historian"], r["timestamp"]), (r["value"], r["status"]))
        cases.append(
            pytest.param(
                name,
                r["historian"],
                interval,
                int(r["i"]),
                (at(r["timestamp"]), value, status),
                id=f"{name}-{r['historian']}-{r['timestamp']}",
            )
        )
    return cases


@pytest.mark.parametrize(("name", "which", "interval", "place", "expected"), implementation_cases())
def test_it_agrees_with_an_independent_implementation(name, which, interval, place, expected):
    when, value, status = expected
    found = computed(name, which, interval)
    assert found.at[place] == when
    assert found.value[place] == pytest.approx(float(value or "nan"), abs=1e-3, nan_ok=True)
    assert hex(found.quality[place]) == hex(code(status))


def test_the_independent_implementation_contradicts_the_standard_in_five_rows_and_no_more():
    theirs = {
        (SHORT.get(word := r["test"].split()[1], word), r["historian"], r["timestamp"]): (r["value"], r["status"])
        for r in rows("opcua_part13_nodeopcua_expected.csv")
    }
    assert len(theirs) == 295
    assert len(AGAINST_THE_STANDARD) == 5
    for key, (value, status) in AGAINST_THE_STANDARD.items():
        assert (theirs[key][0], code(theirs[key][1])) != (value, code(status))


def test_one_value_of_the_table_of_historians_is_not_the_standard_s():
    assert {(r["historian"], r["time"]): r["value"] for r in rows("opcua_part13_historians.csv")}[MISTYPED] == "true"


# ---- against the obvious twins ----

ROWS = st.lists(
    st.tuples(st.integers(-10, 60), st.integers(-9, 9), st.sampled_from([0, 0, 0, CODES["Bad"]])),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[0],
).map(sorted)


def both(name, these, window, interval, **rules):
    moments, numbers, codes = zip(*these, strict=True)
    found = aggregate(
        name,
        np.array(moments),
        np.array(numbers, dtype=float),
        np.array(codes, dtype=np.uint32),
        window,
        interval,
        AggregateRules(**rules),
    )
    edges = [*range(window.since, window.until, interval), window.until]
    return found.value.tolist(), list(itertools.pairwise(edges))


@settings(deadline=None)
@given(ROWS, st.integers(0, 20), st.integers(1, 40), st.integers(1, 15), st.booleans())
def test_time_averages_agree_with_the_mean_over_every_tick(these, since, length, interval, stepped):
    window = Window(since, since + length)
    found, spans = both("TimeAverage2", these, window, interval, stepped=stepped)
    expected = [naive_time_average(these, *span, stepped) for span in spans]
    assert found == pytest.approx([np.nan if x is None else x for x in expected], nan_ok=True, abs=1e-9)


@settings(deadline=None)
@given(ROWS, st.integers(0, 20), st.integers(1, 40), st.integers(1, 15))
def test_the_average_that_skips_bad_samples_is_that_of_the_others_alone(these, since, length, interval):
    window, good = Window(since, since + length), [row for row in these if row[2] == 0]
    found, spans = both("TimeAverage", these, window, interval)
    ever = [*good, (10**6, good[-1][1], 0)] if good else []  # after the last sample its value holds
    expected = [naive_time_average(ever, *span, False) if good else None for span in spans]
    begin = next((at for at, _, _ in these), 0)
    expected = [None if until <= begin else x for x, (_, until) in zip(expected, spans, strict=True)]
    assert found == pytest.approx([np.nan if x is None else x for x in expected], nan_ok=True, abs=1e-9)


@settings(deadline=None)
@given(ROWS, st.integers(0, 20), st.integers(1, 40), st.integers(1, 15))
def test_bad_time_agrees_with_counting_bad_ticks(these, since, length, interval):
    found, spans = both("DurationBad", these, Window(since, since + length), interval)
    last, first = these[-1][0], these[0][0]
    expected = [np.nan if s > last or u <= first else naive_bad_ticks(these, s, u) / 1000 for s, u in spans]
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("Minimum", min),
        ("Maximum", max),
        ("Average", lambda xs: sum(xs) / len(xs)),
        ("Range", lambda xs: max(xs) - min(xs)),
        ("VariancePopulation", lambda xs: sum((x - sum(xs) / len(xs)) ** 2 for x in xs) / len(xs)),
    ],
)
@settings(deadline=None)
@given(these=ROWS, since=st.integers(0, 20), length=st.integers(1, 40), interval=st.integers(1, 15))
def test_what_is_made_of_raw_samples_agrees_with_its_definition(name, twin, these, since, length, interval):
    found, spans = both(name, these, Window(since, since + length), interval, percent_bad=101)
    values = [naive_good_values(these, *span) for span in spans]
    assert found == pytest.approx([twin(xs) if xs else np.nan for xs in values], nan_ok=True, abs=1e-9)


@settings(deadline=None)
@given(ROWS, st.integers(1, 15), st.booleans())
def test_durations_and_time_weighted_areas_of_the_pieces_add_up_to_the_whole(these, interval, stepped):
    window = Window(these[0][0], these[-1][0] + 1)
    for name in ("DurationInStateZero", "DurationInStateNonZero", "DurationBad"):
        pieces, _ = both(name, these, window, interval, stepped=stepped, percent_bad=101)
        whole, _ = both(name, these, window, window.duration, stepped=stepped, percent_bad=101)
        assert np.nansum(pieces) == pytest.approx(np.nansum(whole))


# ---- edges ----


@pytest.mark.parametrize("name", AGGREGATES)
def test_no_samples_are_no_data(name):
    none = np.array([], dtype=np.int64)
    found = aggregate(name, none, none.astype(float), none.astype(np.uint32), Window(0, 100), 30)
    assert found.at.tolist() == [0, 30, 60, 90]
    assert np.isnan(found.value).all()
    assert set(found.quality.tolist()) == {CODES["BadNoData"]}


@pytest.mark.parametrize("name", AGGREGATES)
@pytest.mark.parametrize("status", ["Good", "Bad", "Uncertain", "BadNoData"])
def test_one_sample_of_any_status_is_enough_to_answer(name, status):
    found = aggregate(
        name, np.array([50]), np.array([7.0]), np.array([CODES[status]], dtype=np.uint32), Window(0, 100), 30
    )
    assert len(found.at) == len(found.value) == len(found.quality) == 4
    assert found.value.dtype == np.float64
    assert found.quality.dtype == np.uint32


@pytest.mark.parametrize("name", AGGREGATES)
def test_the_samples_are_left_as_they_were(name):
    at_, value, quality = historian("2")
    before = at_.copy(), value.copy(), quality.copy()
    aggregate(name, at_, value, quality, WINDOW, 7 * SECOND)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, (at_, value, quality), strict=True))


def test_start_and_end_are_raw_samples_at_their_own_times():
    first, last = computed("Start", "1", 16 * SECOND), computed("End", "1", 16 * SECOND)
    assert first.at.tolist()[1:3] == [20 * SECOND, 40 * SECOND]
    assert last.at.tolist()[1:3] == [30 * SECOND, 40 * SECOND]
    assert first.value[1] == 20
    assert np.isnan(first.value[2])  # bad: no value
    assert hex(first.quality[2]) == hex(CODES["Bad"])


def test_transitions_count_changes_against_the_sample_before_the_interval():
    assert computed("NumberOfTransitions", "4", 16 * SECOND).value[:6] == pytest.approx([1, 2, 0, 1, 0, 3])


def test_delta_says_when_samples_had_to_be_skipped():
    found = computed("Delta", "2", 16 * SECOND)
    assert found.value[:6] == pytest.approx([0, 5, 0, 10, 0, 20])
    assert [int(q) >> 30 for q in found.quality[:6]] == [0, 0, 1, 0, 1, 0]


def test_the_worst_quality_is_a_status_code():
    found = computed("WorstQuality", "1", 16 * SECOND)
    assert [int(x) for x in found.value[1:5]] == [0, CODES["Bad"], 0, CODES["Uncertain"]]
    assert hex(found.quality[1]) == hex(code("Good, Calculated") | 0x10)  # more than one is good


def test_two_equal_minima_are_told():
    moments, numbers = np.array([1, 5, 8, 20]), np.array([2.0, 3.0, 2.0, 9.0])
    found = aggregate("Minimum", moments, numbers, np.zeros(4, np.uint32), Window(0, 16), 8)
    assert [int(q) & 0x10 for q in found.quality] == [0, 0]
    found = aggregate("Minimum", moments, numbers, np.zeros(4, np.uint32), Window(0, 9), 9)
    assert [int(q) & 0x10 for q in found.quality] == [0x10]


def test_the_bounds_of_an_interval_and_their_difference():
    start, end, delta = (computed(name, "2", 16 * SECOND).value for name in ("StartBound", "EndBound", "DeltaBounds"))
    assert start[1:3] == pytest.approx([16.087, 26.818], abs=1e-3)
    assert end[1] == start[2]
    assert delta[1] == pytest.approx(26.818 - 16.087, abs=1e-3)


def test_sloped_extrapolation_runs_on():
    rules = AggregateRules(sloped_extrapolation=True)
    found = aggregate(
        "Interpolative", np.array([0, 10]), np.array([1.0, 3.0]), np.zeros(2, np.uint32), Window(0, 30), 10, rules
    )
    assert found.value.tolist() == [1, 3, 5]


def test_a_total_is_the_average_times_seconds():
    mean, area = computed("TimeAverage2", "1", 5 * SECOND), computed("Total2", "1", 5 * SECOND)
    assert area.value == pytest.approx(mean.value * 5, nan_ok=True)
    assert area.quality.tolist() == mean.quality.tolist()


def test_an_unknown_aggregate_is_named_with_the_nearest_one():
    with pytest.raises(UnknownName, match=r"There is no aggregate 'TimeAvg'\. Did you mean 'TimeAverage'"):
        aggregate("TimeAvg", *historian("1"), WINDOW, SECOND)


@pytest.mark.parametrize(("window", "interval"), [(WINDOW, 0), (WINDOW, -5), (Window(5, 5), 10)])
def test_an_interval_or_window_of_nothing_is_refused(window, interval):
    with pytest.raises(BadQuestion, match="longer than 0"):
        aggregate("Count", *historian("1"), window, interval)
