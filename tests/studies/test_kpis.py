"""The ISO 22400-2 list against hand-checked figures; what cannot be told says what it lacks."""

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.model import Calendar, Counts, Orders, Output, Products, Rate, Shift, States, Window
from andon.studies.production.indicators import ONTOLOGY
from andon.studies.production.kpis import kpis
from andon.units import MINUTE
from shop import Floor, floors, pieces
from worked import RULES, o1


def orders(*rows):
    """Orders that ran, as (since, until) in minutes; one of None never did."""
    since, until = (np.array([-1 if r is None else r[i] * MINUTE for r in rows], np.int64) for i in (0, 1))
    none = np.full(len(rows), -1, np.int64)
    names = tuple(f"order {i}" for i in range(len(rows)))
    return Orders(names, ("",) * len(rows), none, none, since, until, np.full(len(rows), np.nan))


@pytest.mark.parametrize(
    ("name", "value"),
    [  # oee_expected.json, "shift"
        ("availability", 0.7909090909090909),
        ("effectiveness", 0.9224137931034483),
        ("quality ratio", 0.955607476635514),
        ("OEE", 0.6971590909090909),
        ("NEE", 0.7412323667711598),
        ("allocation efficiency", 0.9431818181818182),
        ("utilization efficiency", 0.8385542168674699),
        ("technical efficiency", 0.8854961832061069),
        ("setup ratio", 0.05945945945945946),
        ("scrap ratio", 0.018691588785046728),
        ("rework ratio", 0.02570093457943925),
        ("first pass yield", 0.955607476635514),
        ("MTBF", 370 / 60),
        ("MTTF", 370 / 60),
        ("MTTR", 38 / 60),
    ],
)
def test_o1_indicators(name, value):
    assert kpis(*o1()).value(name) == pytest.approx(value, rel=1e-12)


def test_o1_has_one_failure_because_the_jam_was_a_minor_stop():
    assert kpis(*o1()).failures == 1


def test_the_list_is_whole_and_each_row_has_a_value_or_says_what_is_missing():
    rows = kpis(*o1()).rows
    assert [r.number for r in rows] == list(range(1, 35))
    assert all((r.value is None) == bool(r.missing) for r in rows)
    assert all(r.semantic_id == "" or r.semantic_id.startswith(ONTOLOGY) for r in rows)
    assert next(r.semantic_id for r in rows if r.name == "OEE index").endswith("#OverallEquipmentEffectiveness")


@pytest.mark.parametrize(
    ("sign", "value", "name"),
    [  # O1; names of IDTA 02066 in aas_submodel_elements.csv
        ("PBT", 440, "PlannedBusyTime"),
        ("APT", 348, "ActualProductionTime"),
        ("AUST", 22, "ActualSetupTime"),
        ("ADET", 45, "ActualUnitDelayTime"),
        ("ADOT", 25, "ActualUnitDownTime"),
        ("AUBT", 415, "ActualUnitBusyTime"),
        ("AUPT", 370, "ActualUnitProcessingTime"),
    ],
)
def test_o1_elements_carry_the_semantic_id_of_the_official_template(sign, value, name):
    found = next(e for e in kpis(*o1()).elements if e.sign == sign)
    assert (found.value, found.unit) == (value * MINUTE, "us")
    assert found.semantic_id == f"http://www.w3id.org/hsu-aut/ISO22400-2#{name}"


def test_orders_give_the_indicators_on_execution_time():
    """An order from minute 60 to 180 of O1: 2 h, of which 7 min were a jam; no part of the shift but production."""
    found = kpis(*o1(), orders((60, 180)))
    assert found.order_time == 120 * MINUTE
    assert found.value("allocation ratio") == 1.0
    assert found.value("production process ratio") == pytest.approx(113 / 120)
    assert found.value("throughput rate") == pytest.approx(228 / 2)


def test_an_order_that_never_ran_gives_nothing():
    found = kpis(*o1(), orders(None))
    assert found.order_time is None
    assert "orders that ran" in next(r.missing for r in found.rows if r.name == "allocation ratio")


def test_without_a_failure_there_is_no_mean_time_between_them():
    window = Window(0, 60 * MINUTE)
    states = States.of([(0, 60 * MINUTE, "producing")])
    output = Output(window, Counts.of([(MINUTE, 1)]), None)
    calendar = Calendar(window, (Shift("early", "2026-01-05", window),))
    found = kpis(states, output, calendar, Products({"": (Rate(0, 60e6, None),)}), RULES)
    assert found.value("MTBF") is None
    assert "reliability" in next(r.missing for r in found.rows if r.name.startswith("MTBF"))


def test_a_failure_split_by_reasons_is_one_failure():
    window = Window(0, 60 * MINUTE)
    rows = [(0, 20 * MINUTE, "producing"), (20 * MINUTE, 35 * MINUTE, "fault"), (35 * MINUTE, 60 * MINUTE, "fault")]
    output = Output(window, Counts.of([(MINUTE, 1)]), None)
    calendar = Calendar(window, (Shift("early", "2026-01-05", window),))
    found = kpis(States.of(rows, ["", "a", "b"]), output, calendar, Products({}), RULES)
    assert (found.failures, found.repair) == (1, 40 * MINUTE)


def test_corrective_over_all_maintenance():
    window = Window(0, 60 * MINUTE)
    rows = [
        (0, 30 * MINUTE, "fault"),
        (30 * MINUTE, 40 * MINUTE, "maintenance_planned"),
        (40 * MINUTE, 60 * MINUTE, "off"),
    ]
    output = Output(window, Counts.of([]), None)
    calendar = Calendar(window, (Shift("early", "2026-01-05", window),))
    assert kpis(States.of(rows), output, calendar, Products({}), RULES).value("corrective") == 0.75


@given(
    floors(),
    st.lists(st.integers(0, 180 * MINUTE), max_size=4),
    st.lists(st.tuples(st.integers(0, 80), st.integers(90, 180)), max_size=2),
)
def test_the_pieces_of_a_window_add_up_to_it_exactly(floor: Floor, cuts, ran):
    asked = [kpis(*f.arguments, orders(*ran)) for f in map(floor.seen, pieces(floor.calendar.window, cuts))]
    assert reduce(add, asked) == kpis(*floor.arguments, orders(*ran))


@given(floors(), floors(), floors())
def test_machines_add_up_in_any_order(a: Floor, b: Floor, c: Floor):
    one, two, three = (kpis(*f.arguments, orders((3, 90))) for f in (a, b, c))
    assert (one + two) + three == three + (two + one)
