"""Inputs and expected figures of the production oracles, typed in.

O1: one 8 h shift (domain oracle O1: oee_shift_events.csv, oee_expected.json "shift"; hand arithmetic, checkable).
O2: two machines (oee_expected.json "aggregate_machines"). O4: the classic worked example published by oee.com
(oee_expected.json "classic"). O5: rolled throughput yield (oee_expected.json "rty").
"""

from __future__ import annotations

from andon.model import Calendar, Counts, Element, Output, Products, Rate, Reason, Shift, States, StopRules, Window
from andon.units import MINUTE

NO_PEOPLE = {"no operator": Reason("no operator", "No operator", element=Element.DOWN)}
RULES = StopRules({}, {}, NO_PEOPLE, 10 * MINUTE)

O1_EVENTS = [  # start_min, end_min, state, reason; class and reason as in oee_shift_events.csv
    (0, 10, "idle_no_order", ""),  # planned_down: shift handover meeting (calendar)
    (10, 32, "setup", ""),  # changeover A->B
    (32, 120, "producing", ""),
    (120, 127, "fault", ""),  # delay, micro-stop: jam
    (127, 200, "producing", ""),
    (200, 230, "idle_no_order", ""),  # planned_down: lunch break (calendar)
    (230, 268, "fault", ""),  # delay, breakdown: spindle drive fault
    (268, 390, "producing", ""),
    (390, 405, "starved", ""),  # down: no order, no material
    (405, 470, "producing", ""),
    (470, 480, "held_operator", "no operator"),  # down
]


def o1():
    """States, output, calendar, products and rules of O1: PRI 0.75 min, PQ 428, GQ 409, SQ 8, RQ 11."""
    window = Window(0, 480 * MINUTE)
    states = States.of([(s * MINUTE, u * MINUTE, x) for s, u, x, _ in O1_EVENTS], [r for *_, r in O1_EVENTS])
    fates = ([(100, 228), (300, 200)], [(100, 209), (300, 200)], [(100, 8)], [(100, 11)])
    output = Output(window, *(Counts.of([(at * MINUTE, n) for at, n in rows]) for rows in fates))
    breaks = (Window(0, 10 * MINUTE), Window(200 * MINUTE, 230 * MINUTE))
    calendar = Calendar(window, (Shift("early", "2026-01-05", window, breaks),))
    return states, output, calendar, Products({"": (Rate(0, 0.75 * MINUTE, 4.0),)}), RULES


def machine(pbt, apt, *, ideal, made, good):
    """A machine that ran `apt` of `pbt` minutes, then stood still; its ideal cycle is in minutes."""
    window = Window(0, pbt * MINUTE)
    states = States.of([(0, apt * MINUTE, "producing"), (apt * MINUTE, pbt * MINUTE, "fault")])
    output = Output(window, Counts.of([(MINUTE, made)]), Counts.of([(MINUTE, good)]))
    calendar = Calendar(window, (Shift("early", "2026-01-05", window),))
    return states, output, calendar, Products({"": (Rate(0, ideal * MINUTE, None),)}), RULES


def o2():
    """(PBT 480, APT 400, PRI 1, PQ 380, GQ 370) and (120, 60, .5, 110, 60)."""
    return [machine(480, 400, ideal=1.0, made=380, good=370), machine(120, 60, ideal=0.5, made=110, good=60)]


def o4():
    """A 480 min shift with 60 min of breaks and 47 min of downtime; ideal 1.0 s, 19 271 parts, 423 of them rejects."""
    window = Window(0, 480 * MINUTE)
    states = States.of([(0, 433 * MINUTE, "producing"), (433 * MINUTE, 480 * MINUTE, "fault")])
    output = Output(window, Counts.of([(100 * MINUTE, 19_271)]), None, Counts.of([(100 * MINUTE, 423)]))
    calendar = Calendar(window, (Shift("day", "2026-01-05", window, (Window(0, 60 * MINUTE),)),))
    return states, output, calendar, Products({"": (Rate(0, 1e6, None),)}), RULES
