"""Bottlenecks by the active-period method: an independent program, a naive twin, a simulated line."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.errors import NoData
from andon.model import Calendar, States, Window
from andon.studies.production.bottleneck import Bottleneck, bottleneck
from andon.units import SECOND

ORACLES = Path(__file__).parent.parent / "oracles"

Spell = tuple[int, int, str]


def line(machines: dict[str, list[Spell]], window: Window | None = None) -> Bottleneck:
    """Ask about machines whose spells are given in seconds."""
    states = {name: States.of([(s * SECOND, u * SECOND, x) for s, u, x in rows]) for name, rows in machines.items()}
    whole = Window(min(s.window.since for s in states.values()), max(s.window.until for s in states.values()))
    return bottleneck(states, Calendar(window or whole, ()))


def shares(found: Bottleneck) -> dict[str, tuple[int, int]]:
    return {r.machine: (r.sole // SECOND, r.shifting // SECOND) for r in found.rows}


def table(name: str) -> dict[str, list[dict[str, str]]]:
    cases: dict[str, list[dict[str, str]]] = {}
    with (ORACLES / name).open() as rows:
        for row in csv.DictReader(rows):
            cases.setdefault(row["case"], []).append(row)
    return cases


# Computed by active_period_method 0.9.0 (Fraunhofer IPA and ifakt, MIT) from random states.
SHOWN = table("bottleneck_states.csv")
EXPECTED = table("bottleneck_expected.csv")


@pytest.mark.parametrize("case", sorted(EXPECTED))
def test_sole_and_shifting_time_are_those_of_an_independent_program(case: str) -> None:
    machines: dict[str, list[Spell]] = {}
    for row in SHOWN[case]:
        state = "producing" if row["active"] == "1" else "starved"
        machines.setdefault(row["machine"], []).append((int(row["since_s"]), int(row["until_s"]), state))
    expected = {r["machine"]: (int(r["sole_s"]), int(r["shifting_s"])) for r in EXPECTED[case]}
    assert shares(line(machines)) == expected


@pytest.mark.parametrize(
    ("machines", "expected", "free"),
    [
        # One machine is always the bottleneck while it works.
        ({"a": [(0, 60, "producing"), (60, 100, "starved")]}, {"a": (60, 0)}, 40),
        # The bottleneck passes from a to b while both are active.
        (
            {"a": [(0, 60, "producing"), (60, 100, "blocked")], "b": [(0, 40, "starved"), (40, 100, "producing")]},
            {"a": (40, 20), "b": (40, 20)},
            0,
        ),
        # A short active period inside a long one holds nobody up.
        (
            {"a": [(0, 100, "producing")], "b": [(0, 40, "starved"), (40, 60, "producing"), (60, 100, "starved")]},
            {"a": (100, 0), "b": (0, 0)},
            0,
        ),
        # Setup and fault do not end an active period; waiting does.
        (
            {
                "a": [(0, 30, "producing"), (30, 50, "fault"), (50, 100, "setup")],
                "b": [(0, 48, "producing"), (48, 52, "starved"), (52, 100, "producing")],
            },
            {"a": (100, 0), "b": (0, 0)},
            0,
        ),
        # Nobody active: no bottleneck.
        ({"a": [(0, 100, "off")], "b": [(0, 100, "idle_no_order")]}, {"a": (0, 0), "b": (0, 0)}, 100),
        # Unknown time ends an active period: nobody knows whether it went on.
        (
            {"a": [(0, 40, "producing"), (40, 60, "unknown"), (60, 100, "producing")], "b": [(0, 100, "producing")]},
            {"a": (0, 0), "b": (100, 0)},
            0,
        ),
    ],
)
def test_the_longest_active_machine_holds_the_line_up(
    machines: dict[str, list[Spell]], expected: dict[str, tuple[int, int]], free: int
) -> None:
    found = line(machines)
    assert shares(found) == expected
    assert found.free == free * SECOND


spells = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=12)


@given(st.dictionaries(st.sampled_from("abcd"), spells, min_size=1, max_size=4))
def test_agrees_with_the_obvious_twin(drawn: dict[str, list[tuple[int, bool]]]) -> None:
    machines = {name: rows(lengths) for name, lengths in drawn.items()}
    assert shares(line(machines)) == naive({n: active(r) for n, r in machines.items()})


@given(
    st.dictionaries(st.sampled_from("abcd"), spells, min_size=1, max_size=4), st.integers(0, 60), st.integers(1, 120)
)
def test_parts_of_a_window_add_up_to_the_window(
    drawn: dict[str, list[tuple[int, bool]]], first: int, length: int
) -> None:
    machines = {name: rows(lengths) for name, lengths in drawn.items()}
    cuts = [0, first, first + length, 400]
    whole = shares(line(machines, Window(0, 400 * SECOND)))
    parts = [shares(line(machines, Window(a * SECOND, b * SECOND))) for a, b in pairwise(cuts)]
    assert whole == {n: (sum(p[n][0] for p in parts), sum(p[n][1] for p in parts)) for n in whole}


@pytest.mark.parametrize("slow", [0, 1, 2, 3])
def test_the_slowest_machine_of_a_simulated_line_is_the_bottleneck(slow: int) -> None:
    cycles = [9, 8, 9, 8]
    cycles[slow] = 13
    found = line(serial_line(cycles, parts=300))
    assert found.worst == f"machine-{slow}"
    assert found.rows[0].sole_share > 0.9


def test_a_line_without_state_signals_is_refused() -> None:
    with pytest.raises(NoData, match="No machine of the line has a state signal"):
        bottleneck({}, Calendar(Window(0, 1), ()))


def rows(lengths: list[tuple[int, bool]]) -> list[Spell]:
    at, found = 0, []
    for length, works in lengths:
        found.append((at, at + length, "producing" if works else "starved"))
        at += length
    return found


def active(spells: list[Spell]) -> list[tuple[int, int]]:
    """Second by second: the stretches in which a machine was active."""
    seconds = [any(s <= t < u and x == "producing" for s, u, x in spells) for t in range(spells[-1][1] + 1)]
    edges = [t for t in range(len(seconds)) if seconds[t] != (seconds[t - 1] if t else False)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def naive(periods: dict[str, list[tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    """The method as it is told: walk second by second, at the end of each bottleneck period look for the longest."""
    chain: list[tuple[str, int, int]] = []
    end = max((u for found in periods.values() for _, u in found), default=0)
    for t in range(end):
        if chain and t < chain[-1][2]:
            continue
        now = [(name, s, u) for name, found in periods.items() for s, u in found if s <= t < u]
        if now:
            chain.append(min(now, key=lambda p: (p[1] - p[2], p[1], p[0])))
    result = dict.fromkeys(periods, (0, 0))
    for place, (name, s, u) in enumerate(chain):
        beside = [chain[i] for i in (place - 1, place + 1) if 0 <= i < len(chain)]
        shifting = sum(any(a <= t < b for _, a, b in beside) for t in range(s, u))
        result[name] = (result[name][0] + u - s - shifting, result[name][1] + shifting)
    return result


def serial_line(cycles: list[int], parts: int) -> dict[str, list[Spell]]:
    """Machines in a row without buffers, by the recursion of departure times; each works, is blocked, or starves."""
    left = [[0] * (len(cycles) + 1) for _ in range(parts + 1)]
    found: dict[str, list[Spell]] = {f"machine-{m}": [] for m in range(len(cycles))}
    for part in range(1, parts + 1):
        before = left[part - 1]
        here = left[part]
        come = before[0] if part > 1 else 0
        for machine, cycle in enumerate(cycles):
            begin = max(come, before[machine])
            done = begin + cycle
            gone = max(done, before[machine + 1]) if machine + 1 < len(cycles) else done
            spells = found[f"machine-{machine}"]
            free = spells[-1][1] if spells else 0
            spells += [
                (s, u, x)
                for s, u, x in ((free, begin, "starved"), (begin, done, "producing"), (done, gone, "blocked"))
                if u > s
            ]
            here[machine] = come = gone
    return found
