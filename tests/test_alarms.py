"""Alarms: when they go on and off, whatever the batches; what people do to them; what stays on disk."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from andon.plant.alarms import Alarm, Held, Level, Pace, Said, Stale
from andon.watch.alarms import OPEN, Occurrence, Panel, Stage
from andon.watch.alarms.conditions import condition
from andon.watch.alarms.trigger import Trigger

BAD = 0x80310000
STATES = {"2": "producing", "9": "fault", "run": "producing", "jam": "fault"}
Said_ = tuple[int, float | str | None, int]


def turned(trigger: Trigger, values: Iterable[tuple[object, ...]], until: int = 10**9) -> list[tuple[int, bool]]:
    """When a trigger goes on and off; a value is (at, value or text[, quality])."""
    found: list[tuple[int, bool]] = []
    for at, said, *quality in values:
        number = said if isinstance(said, float | int) else None
        text = said if isinstance(said, str) else None
        edges = trigger.heard(at, None if number is None else float(number), text, quality[0] if quality else 0)
        found += [(e.at, e.on) for e in edges]
    return found + [(e.at, e.on) for e in trigger.until(until)]


@pytest.mark.parametrize(
    ("when", "values", "edges"),
    [
        (Level(70), [(0, 70), (1, 70.5), (2, 70)], [(1, True), (2, False)]),
        (Level(10, sign=-1), [(0, 10), (1, 9.5), (2, 10)], [(1, True), (2, False)]),
        (Level(70, deadband=2), [(0, 71), (1, 69), (2, 68.5), (3, 68), (4, 69)], [(0, True), (3, False)]),
        (Level(10, -1, 2), [(0, 9), (1, 11), (2, 12), (3, 11)], [(0, True), (2, False)]),
        (Level(70), [(0, 71), (1, 20, BAD), (2, None), (3, 69)], [(0, True), (3, False)]),  # bad says nothing
        (Level(70), [(0, 69), (1, 99, BAD)], []),
        (Level(70), [(5, 71), (3, 60), (6, 60)], [(5, True), (6, False)]),  # older than the last: too late
        (Held(frozenset({"fault"})), [(0, "run"), (1, "jam"), (2, "run")], [(1, True), (2, False)]),
        (Held(frozenset({"fault"})), [(0, 2), (1, 9), (2, "?")], [(1, True), (2, False)]),
        (Said(("1",)), [(0, 0), (1, 1), (2, 0)], [(1, True), (2, False)]),
        (
            Said(("E4?", "F*")),
            [(0, "E42"), (1, ""), (2, "FAULT"), (3, "ok")],
            [(0, True), (1, False), (2, True), (3, False)],
        ),
        (Said(("*",)), [(0, ""), (1, "x"), (2, "")], [(1, True), (2, False)]),
        (Stale(10), [(0, 1), (5, 1), (16, 1)], [(10**9 - 10**9 + 15, True), (16, False), (26, True)]),
        (Stale(10), [(0, 1), (5, 1, BAD), (12, 1)], [(10, True), (12, False), (22, True)]),
        (Pace(5, 60), [(0, 1), (30, 4), (50, 7)], [(50, True), (90, False)]),
        (Pace(5, 60, -1), [(0, 7), (30, 4), (50, 1)], [(50, True), (90, False)]),
        (Pace(5, 60), [(0, 1), (61, 7)], [(61, True), (121, False)]),  # 1 held until 61
        (Pace(5, 60), [(0, 1), (61, 4), (122, 7)], []),
        (Pace(5, 60, deadband=2), [(0, 0), (10, 6), (20, 4), (30, 2.9)], [(10, True), (30, False)]),
    ],
)
def test_a_condition_is_on_from_here_to_there(when: object, values: Sequence[Said_], edges: object) -> None:
    assert turned(Trigger(condition(when, STATES)), values) == [e for e in edges if e[0] < 10**9]


@pytest.mark.parametrize(
    ("on", "off", "values", "edges"),
    [
        (10, 0, [(0, 71), (9, 60)], []),
        (10, 0, [(0, 71), (10, 60)], []),  # it must hold for longer than the moment in which the delay ends
        (10, 0, [(0, 71), (11, 60)], [(10, True), (11, False)]),
        (10, 0, [(0, 71), (5, 60), (6, 71), (17, 60)], [(16, True), (17, False)]),
        (0, 10, [(0, 71), (5, 60), (9, 71)], [(0, True)]),
        (0, 10, [(0, 71), (5, 60), (30, 71)], [(0, True), (15, False), (30, True)]),
        (10, 0, [(0, 71), (5, 20, BAD), (20, 60)], [(10, True), (20, False)]),
    ],
)
def test_delays_count_in_the_time_of_the_source(on: int, off: int, values: Sequence[Said_], edges: object) -> None:
    assert turned(Trigger(condition(Level(70), {}), on, off), values) == edges


def naive(
    when: Level | Pace, on: int, off: int, values: Sequence[tuple[int, float]], end: int
) -> list[tuple[int, bool]]:
    """The slow obvious twin: every moment is looked at on its own."""
    holds: list[bool] = []
    state = False
    for t in range(end):
        past = [v for at, v in values if at <= t]
        if past:
            if isinstance(when, Level):
                over = (past[-1] - when.limit) * when.sign
                margin = 0.0
            else:
                ends = [at for at, _ in values[1:]] + [end + when.per]
                back = [v for (at, v), e in zip(values, ends, strict=True) if at <= t and e > t - when.per]
                over, margin = max((past[-1] - v) * when.sign for v in back), when.by
            changed = any(at == t for at, _ in values) or isinstance(when, Pace)
            if changed:
                state = over > margin or (state and over > margin - when.deadband)
        holds.append(state)
    found: list[tuple[int, bool]] = []
    alarm, since = False, 0
    for t, now in enumerate(holds):
        since = t if t == 0 or holds[t - 1] is not now else since
        if now is not alarm and (now or t > 0) and t - since >= (on if now else off):
            alarm = now
            found.append((t, alarm))
    return found


VALUES = st.dictionaries(st.integers(0, 60), st.integers(0, 10), min_size=1, max_size=25)
WHEN = st.builds(Level, st.integers(2, 8), st.sampled_from([1, -1]), st.integers(0, 3)) | st.builds(
    Pace, st.integers(1, 6), st.integers(1, 20), st.sampled_from([1, -1]), st.integers(0, 2)
)


@given(WHEN, st.integers(0, 12), st.integers(0, 12), VALUES, st.sets(st.integers(0, 90)))
@settings(max_examples=400, deadline=None)
def test_the_answer_is_the_same_as_looking_at_every_moment_however_time_is_cut(when, on, off, values, ticks):
    said = sorted(values.items())
    trigger = Trigger(condition(when, {}), on, off)
    found: list[tuple[int, bool]] = []
    for at, what in sorted([*((t, None) for t in ticks), *said], key=lambda x: (x[0], x[1] is not None)):
        edges = trigger.until(at) if what is None else trigger.heard(at, float(what), None, 0)
        found += [(e.at, e.on) for e in edges]
    found += [(e.at, e.on) for e in trigger.until(120)]
    assert found == naive(when, on, off, said, 120)


PRESS = "line-1/press-3"
HOT = Alarm(name="hot", place=PRESS, messages={"en": "{machine} is {value} {unit}"}, unit="Cel")
KEY = HOT.key


def panel(*alarms: Alarm) -> Panel:
    made = Panel()
    for alarm in alarms or (HOT,):
        made.put(alarm)
    return made


def test_an_alarm_is_written_down_with_what_people_read():
    p = panel()
    p.turn(KEY, 100, on=True, value=71.25, told=150)
    (o,) = p.take()
    assert (o.since, o.until, o.stage, o.shown, o.waiting) == (100, OPEN, Stage.UNACKNOWLEDGED, 100, 100)
    assert o.messages["en"] == "line-1/press-3 is 71.25 Cel"
    p.turn(KEY, 300, on=False, value=60.0, told=310)
    assert [(o.until, o.stage, o.value) for o in p.take()] == [(300, Stage.RETURNED, 71.25)]
    assert p.standing()
    p.acknowledge(KEY, 400, "ann")
    assert [(o.stage, o.acknowledged, o.by) for o in p.take()] == [(Stage.NORMAL, 400, "ann")]
    assert not p.standing()


def test_two_alarms_that_begin_in_one_moment_are_told_apart():
    p = panel(HOT, replace(HOT, name="very-hot"))
    p.turn(KEY, 100, on=True, value=1, told=100)
    p.turn((PRESS, "very-hot"), 100, on=True, value=1, told=100)
    assert [(o.name, o.since) for o in p.take()] == [("hot", 100), ("very-hot", 101)]


def test_an_alarm_that_comes_again_has_people_waiting_since_the_first_time():
    p = panel()
    for at in (100, 300, 500):
        p.turn(KEY, at, on=True, value=1, told=at)
        p.turn(KEY, at + 100, on=False, value=1, told=at)
    assert [(o.since, o.waiting, o.ended) for o in p.take()] == [
        (100, None, "it came again"),
        (300, None, "it came again"),
        (500, 100, ""),
    ]


def test_what_is_shelved_is_recorded_and_shown_when_its_time_is_over():
    p = panel()
    p.hide(KEY, Stage.SHELVED)
    p.turn(KEY, 100, on=True, value=1, told=100)
    (o,) = p.take()
    assert (o.stage, o.shown, o.waiting) == (Stage.SHELVED, None, None)
    p.show(KEY, Stage.SHELVED, 900)
    (o,) = p.take()
    assert (o.since, o.stage, o.shown, o.waiting) == (100, Stage.UNACKNOWLEDGED, 900, 900)


def test_the_first_of_a_group_is_marked_also_when_it_is_heard_second():
    a, b, c = (replace(HOT, name=n, group="stop") for n in "abc")
    p = panel(a, b, c)
    p.turn(b.key, 200, on=True, value=1, told=1)
    p.turn(a.key, 100, on=True, value=1, told=2)
    p.turn(c.key, 300, on=True, value=1, told=3)
    assert [(o.name, o.first_out) for o in p.take()] == [("a", True), ("b", False), ("c", False)]
    p.turn(a.key, 400, on=False, value=1, told=4)
    p.acknowledge(a.key, 410, "ann")
    p.turn(a.key, 500, on=True, value=1, told=5)
    assert [o.first_out for o in p.standing()] == [False, False, False]


def test_an_alarm_of_a_plant_that_changed_ends_and_says_why():
    p = panel()
    p.turn(KEY, 100, on=True, value=1, told=1)
    p.end(KEY, 500, "it is gone from plant.toml")
    (o,) = p.take()
    assert (o.until, o.stage, o.stands, o.ended) == (500, Stage.NORMAL, False, "it is gone from plant.toml")
    assert isinstance(o, Occurrence)
