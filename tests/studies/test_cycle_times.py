"""Cycle times from parts, rows and the machine's own signal; drift; ideal cycles that cannot be right."""

import csv
import os
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import BadQuestion, NoData
from andon.model import Calendar, Counts, Output, Products, Rate, Spells, States, Values, Window, micros
from andon.studies.production.cycle_times import CycleTimes, cycle_times
from andon.studies.production.quantiles import weighted_quantiles
from andon.units import HOUR, MINUTE, SECOND

DAY = 24 * HOUR
DATA = Path(os.environ.get("ANDON_DATA", Path(__file__).parents[3] / "shared" / "data"))
SHOP_FLOOR = DATA / "internal" / "sme_manufacturing" / "company_A_labelled_subset.csv"


def ideal(seconds: float | None, product: str = "") -> Products:
    return Products({product: (Rate(0, seconds * SECOND if seconds is not None else None, None),)})


def ask(
    made: list[tuple[float, float]],
    *,
    products: Products | None = None,
    until: float | None = None,
    states: list[tuple[float, float, str]] | None = None,
    product: Spells | None = None,
) -> CycleTimes:
    """Ask about parts finished at given seconds."""
    window = Window(0, round((until or made[-1][0] + 1) * SECOND))
    counts = Counts.of([(round(at * SECOND), n) for at, n in made])
    told = States.of([(round(s * SECOND), round(u * SECOND), x) for s, u, x in states]) if states else None
    return cycle_times(
        Output(window, counts, None, product=product), Calendar(window, ()), products or Products({}), told
    )


def test_a_steady_machine_has_one_cycle_time() -> None:
    found = ask([(12 * i, 1) for i in range(1, 101)])
    row = found.rows[0]
    assert (found.basis, row.parts, row.median, row.spread, row.best) == ("parts", 99, 12.0, 0.0, 12.0)
    assert row.ideal is None
    assert row.faster is None
    assert not row.suspicious


@pytest.mark.parametrize(
    ("seconds", "faster", "suspicious"),
    [
        (10.0, 0.0, False),  # the machine is slower than its ideal
        (12.0, 0.0, False),  # just right
        (13.0, 1.0, True),  # every part beat the ideal: wrong master data
    ],
)
def test_an_ideal_cycle_that_is_beaten_is_suspicious(seconds: float, faster: float, suspicious: bool) -> None:
    found = ask([(12 * i, 1) for i in range(1, 101)], products=ideal(seconds))
    assert (found.rows[0].faster, found.rows[0].suspicious) == (faster, suspicious)
    assert found.rows[0].against_ideal == pytest.approx(12 / seconds)
    assert bool(found.remarks) == suspicious


def test_the_remark_names_ideal_share_and_best() -> None:
    made = np.cumsum([10.0] * 25 + [14.0] * 75)
    found = ask([(at, 1) for at in made], products=ideal(12))
    # The first part has no part before it, so 24 of 99 parts are quicker than 12 s.
    assert found.rows[0].faster == pytest.approx(24 / 99)
    assert found.remarks == (
        "the ideal cycle of the machine (12 s) is slower than what the machine did on 24.2% of "
        "its parts: best demonstrated 10 s",
    )


def test_a_pause_is_no_cycle_when_the_states_say_so() -> None:
    made = [(10 * i, 1) for i in range(1, 11)] + [(1000 + 10 * i, 1) for i in range(1, 11)]
    states = [(0, 100, "producing"), (100, 1000, "fault"), (1000, 1101, "producing")]
    found = ask(made, states=states)
    assert (found.rows[0].parts, found.rows[0].slowest, found.left_out) == (18, 10.0, 2)


def test_parts_in_unknown_time_are_left_out() -> None:
    states = [(0, 50, "producing"), (50, 101, "unknown")]
    found = ask([(10 * i, 1) for i in range(1, 11)], states=states)
    assert (found.rows[0].parts, found.left_out) == (4, 6)


def test_rows_of_several_parts_give_the_mean_of_each_row() -> None:
    # 5-minute rows of a machine that makes a part in 15 s, standing for 2 of the 5 minutes in every third row.
    made, states = [], []
    for row in range(60):
        at, works = 300 * row, 180 if row % 3 == 2 else 300
        states += [(at, at + works, "producing")] + ([(at + works, at + 300, "fault")] if works < 300 else [])
        made.append((at + 300, works / 15))
    found = ask(made, states=states, products=ideal(15), until=18001)
    assert found.basis == "rows"
    assert found.resolution == 20
    assert found.rows[0].median == pytest.approx(15.0)
    assert found.rows[0].spread == pytest.approx(0.0, abs=1e-9)
    assert found.rows[0].faster == 0  # within what counting whole parts can tell


def test_a_row_is_surely_quicker_only_if_one_part_less_would_be() -> None:
    made = [(300 * (i + 1), 21) for i in range(50)]  # 14.29 s a part, or 15.0 s if one of the 21 had begun before
    assert ask(made, products=ideal(14.9), until=15001).rows[0].faster == 0
    assert ask(made, products=ideal(15.1), until=15001).rows[0].faster == 1


def test_products_are_told_apart_and_the_biggest_comes_first() -> None:
    made = [(10 * i, 1) for i in range(1, 31)] + [(300 + 20 * i, 1) for i in range(1, 61)]
    product = Spells.of([(0, 300 * SECOND, "A"), (300 * SECOND, 1501 * SECOND, "B")])
    found = ask(made, product=product)
    assert [(r.product, r.parts, r.median) for r in found.rows] == [("B", 60, 20.0), ("A", 29, 10.0)]


def test_the_ideal_that_was_valid_then_is_compared() -> None:
    products = Products({"": (Rate(0, 9.0 * SECOND, None), Rate(505 * SECOND, 11.0 * SECOND, None))})
    found = ask([(10 * i, 1) for i in range(1, 102)], products=products)
    assert (found.rows[0].ideal, found.rows[0].faster) == (11.0, pytest.approx(51 / 100))


def test_a_drift_is_found_and_odd_parts_do_not_move_it() -> None:
    generator = np.random.default_rng(5)
    days = np.linspace(0, 14, 4000)
    times = 30 + 0.2 * days + generator.normal(0, 0.5, len(days))
    times[::50] *= 4
    found = cycle_times(None, Calendar(Window(0, 15 * DAY), ()), Products({}), cycle_time=values(days * DAY, times))
    row = found.rows[0]
    assert (found.basis, row.parts) == ("signal", 4000)
    assert row.drift == pytest.approx(0.2, abs=0.02)
    assert (row.drift_low or 0) < 0.2 < (row.drift_high or 0)
    assert row.drifting


def test_without_a_drift_the_limits_hold_zero() -> None:
    times = 30 + np.random.default_rng(6).normal(0, 0.5, 3000)
    found = cycle_times(
        None, Calendar(Window(0, 15 * DAY), ()), Products({}), cycle_time=values(np.linspace(0, 14, 3000) * DAY, times)
    )
    assert not found.rows[0].drifting


def test_a_right_ideal_that_scattering_parts_beat_now_and_then_is_not_suspicious() -> None:
    """Cycles scatter by 2.5 % around 3 % above the ideal: one part in nine beats it, none by much."""
    times = 20 * 1.03 * np.exp(np.random.default_rng(9).normal(0, 0.025, 4000))
    signal = values(np.linspace(0, 4, 4000) * DAY, times)
    row = cycle_times(None, Calendar(Window(0, 5 * DAY), ()), ideal(20), cycle_time=signal).rows[0]
    assert row.faster is not None
    assert 0.05 < row.faster < 0.20
    assert not row.suspicious


def test_an_ideal_at_165_per_cent_of_what_the_machine_needs_is_suspicious() -> None:
    times = 20 * np.exp(np.random.default_rng(10).normal(0, 0.04, 4000))
    signal = values(np.linspace(0, 4, 4000) * DAY, times)
    found = cycle_times(None, Calendar(Window(0, 5 * DAY), ()), ideal(33), cycle_time=signal)
    assert found.rows[0].suspicious
    assert len(found.remarks) == 1


@pytest.mark.parametrize(("slope", "drifting"), [(0.02, False), (0.2, True), (-0.2, True)])
def test_a_drift_is_told_only_where_it_comes_to_something(slope: float, drifting: bool) -> None:
    """Over 14 days 0.02 s/d come to 1 % of 30 s, which the limits tell from 0, and 0.2 s/d to 9 %."""
    days = np.linspace(0, 14, 4000)
    times = 30 + slope * days + np.random.default_rng(11).normal(0, 0.1, len(days))
    found = cycle_times(None, Calendar(Window(0, 15 * DAY), ()), Products({}), cycle_time=values(days * DAY, times))
    row = found.rows[0]
    assert (row.drift_low or 0) * (row.drift_high or 0) > 0
    assert row.drifting == drifting


def test_bad_and_missing_values_of_the_signal_are_no_cycles() -> None:
    signal = values(np.arange(1, 7) * MINUTE, np.array([20.0, np.nan, 0.0, -1.0, 99.0, 22.0]))
    signal.quality[4] = 0x80000000  # OPC UA Bad
    found = cycle_times(None, Calendar(Window(0, HOUR), ()), Products({}), cycle_time=signal)
    assert (found.rows[0].parts, found.rows[0].best, found.rows[0].slowest) == (2, 20.0, 22.0)


def test_the_unit_of_the_signal_is_honoured_and_an_unknown_one_refused() -> None:
    at = np.arange(1, 4) * MINUTE
    found = cycle_times(
        None, Calendar(Window(0, HOUR), ()), Products({}), cycle_time=values(at, np.array([20_000.0] * 3), unit="ms")
    )
    assert found.rows[0].median == 20.0
    with pytest.raises(BadQuestion, match="'kW' cannot be read as a time"):
        cycle_times(None, Calendar(Window(0, HOUR), ()), Products({}), cycle_time=values(at, at * 1.0, unit="kW"))


def test_the_bins_hold_the_parts_between_their_edges() -> None:
    generator = np.random.default_rng(8)
    found = ask([(at, 1) for at in np.cumsum(generator.normal(20, 2, 2000))])
    bins = found.rows[0].bins
    assert all(a.high == b.low for a, b in pairwise(bins))
    assert sum(b.parts for b in bins) >= 0.98 * found.rows[0].parts


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 9)), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_weighted_quantiles_are_those_of_the_parts_one_by_one(rows: list[tuple[int, int]], share: float) -> None:
    values_, weights = (np.array(c, dtype=np.float64) for c in zip(*rows, strict=True))
    each = sorted(v for v, n in rows for _ in range(n))
    expected = next(v for i, v in enumerate(each) if (i + 1) / len(each) >= share * (1 - 1e-9))
    assert weighted_quantiles(values_, weights, (share,)) == [expected]


@pytest.mark.skipif(not SHOP_FLOOR.exists(), reason=f"no {SHOP_FLOOR.name}: set ANDON_DATA to the data folder")
@pytest.mark.parametrize("asset", ["0", "1", "2"])
def test_five_minute_rows_of_a_real_shop_floor_agree_with_the_cycle_time_that_its_machines_say(asset: str) -> None:
    with SHOP_FLOOR.open() as rows:
        told = {micros(datetime.fromisoformat(r["ts"])): r for r in csv.DictReader(rows) if r["asset"] == asset}
    at = np.array(sorted(told), dtype=np.int64)
    spells = [
        (s, min(s + 5 * MINUTE, n), "producing" if float(told[s]["status"]) == 2 else "idle_no_order")
        for s, n in zip(at.tolist(), [*at[1:].tolist(), at[-1] + 5 * MINUTE], strict=True)
    ]
    gaps = [(a, b, "unknown") for (_, a, _), (b, _, _) in pairwise(spells) if b > a]
    states = States.of(sorted(spells + gaps))
    made = Counts.of([(t + 5 * MINUTE, float(told[t]["items"] or 0)) for t in at.tolist()])
    found = cycle_times(Output(states.window, made, None), Calendar(states.window, ()), Products({}), states)
    said = [c for t in at.tolist() if (c := float(told[t]["cycle_time"] or 0)) > 0]
    assert found.basis == "rows"
    # A row of 4 or 5 parts tells its cycle to about one part in four or five.
    assert found.rows[0].median == pytest.approx(float(np.median(said)), rel=0.26)


@pytest.mark.parametrize("settings", [{"best": 0.0}, {"best": 5.0}, {"tolerance": -0.1}])
def test_shares_outside_0_and_1_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(BadQuestion, match="are shares"):
        cycle_times(None, Calendar(Window(0, 1), ()), Products({}), None, None, **settings)


def test_no_parts_and_no_signal_is_no_data() -> None:
    with pytest.raises(NoData, match="No cycle time can be told"):
        ask([(5, 1)])


def values(at: np.ndarray, value: np.ndarray, unit: str = "s") -> Values:
    window = Window(0, int(at[-1]) + 1)
    return Values(
        window,
        at.astype(np.int64),
        value.astype(np.float64),
        np.zeros(len(at), np.uint32),
        Spells.of([(0, window.until, "")]),
        unit=unit,
    )
