"""How many alarms people get: the oracle's counts, figures worked by hand, and that places and times add up."""

import json
from functools import reduce
from itertools import pairwise
from operator import add

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.ask import Question, ask
from andon.config import read_plant
from andon.historian import Historian
from andon.model import Alarms, Batch, Window
from andon.studies.alarms.load import AlarmLoad, alarm_load, picture
from andon.units import HOUR, MINUTE, SECOND

# Oracle O40: moments in seconds; fixed ten-minute counts 12, 1, 11, 0, 1; floods in the first and third; sliding 12.
O40 = [0, 30, 45, 60, 70, 90, 120, 150, 200, 240, 260, 300, 900, 1500, *range(1510, 1601, 10), 2400]


def load(window: Window, *rows: tuple[float, float, str, str], **more: object) -> AlarmLoad:
    """Rows in seconds."""
    scaled = [(round(s * SECOND), round(u * SECOND), n, p) for s, u, n, p in rows]
    return alarm_load(Alarms.of(window, scaled, "press", **more))


def test_the_oracle_of_floods():
    # Each alarm has a name of its own, so that none chatters.
    found = load(Window(0, 45 * MINUTE), *[(t, t + 60, f"a{i}", "low") for i, t in enumerate(O40)])
    assert (found.alarms, found.peak_10min, found.floods) == (25, 12, 2)
    assert found.per_10min == pytest.approx(25 / 4.5)
    assert found.in_flood == pytest.approx(20 / 45)
    assert (found.chattering, found.fleeting) == (0, 0)


def test_neighbouring_periods_of_a_flood_are_one_flood():
    rows = [(t, t + 60, "a", "low") for t in range(0, 1800, 50)]
    assert load(Window(0, HOUR), *rows).floods == 1


@pytest.mark.parametrize(
    ("moments", "chatters"),
    [
        ([0, 30, 60], True),  # three in 60 s
        ([0, 30, 60.000001], False),
        ([0, 61, 122], False),
        ([0, 1], False),
        ([0, 100, 110, 120], True),
    ],
)
def test_three_times_in_a_minute_is_chattering(moments: list[float], chatters: bool):
    found = load(Window(0, HOUR), *[(t, t + 0.5, "a", "low") for t in moments])
    assert found.chattering == chatters


def test_a_table_worked_by_hand():
    window = Window(0, 48 * HOUR)
    rows = [
        (0, 30, "hot", "high"),
        (3600, 3605, "hot", "high"),  # fleeting
        (7200, 7200 + 25 * 3600, "dry", "low"),  # reaches 24 h
        (9000, 9060, "dull", "medium"),  # shelved: nobody saw it
    ]
    shown = [0, 3600 * SECOND, 7200 * SECOND, -1]
    answered = [20 * SECOND, -1, 7300 * SECOND, -1]
    found = load(window, *rows, shown=shown, acknowledged=answered)
    assert [(r.alarm, r.count, r.share, r.fleeting, r.active // SECOND) for r in found.rows] == [
        ("hot", 2, 2 / 3, 1, 35),
        ("dry", 1, 1 / 3, 0, 90_000),
    ]
    assert [(p.priority, p.count, p.target) for p in found.priorities] == [
        ("critical", 0, None),
        ("high", 2, 0.05),
        ("medium", 0, 0.15),
        ("low", 1, 0.8),
    ]
    assert (found.hidden, found.standing, found.fleeting) == (1, 1, 1)
    assert (found.per_hour, found.top_share) == (3 / 48, 1.0)
    assert (found.acknowledged, found.median_answer) == (2 / 3, 60 * SECOND)  # 20 s and 100 s
    assert picture(found).rows[0][:2] == ("press hot", 2.0)


def test_what_is_worse_than_the_standards_want_is_said():
    flood = load(Window(0, HOUR), *[(t * 4, t * 4 + 1, "a", "low") for t in range(200)])
    assert [f.split()[0] for f in flood.flags] == ["200.0", "33.3%", "1"]
    assert load(Window(0, HOUR), (0, 60, "a", "low")).flags == ()


def test_nothing_is_an_answer_too():
    none = load(Window(0, HOUR))
    assert (none.alarms, none.per_hour, none.peak_10min, none.in_flood, none.top_share) == (0, 0.0, 0, 0.0, None)


ROWS = st.lists(
    st.tuples(st.integers(0, 7000), st.integers(1, 4000), st.sampled_from("abc"), st.sampled_from(["high", "low"])),
    max_size=40,
)


@given(ROWS, st.lists(st.integers(1, 7199), max_size=4))
def test_the_parts_of_a_time_add_up_to_the_whole(rows, cuts):
    spells = [(s, s + length, n, p) for s, length, n, p in rows]
    edges = sorted({0, 7200, *cuts})
    parts = [load(Window(a * SECOND, b * SECOND), *spells) for a, b in pairwise(edges)]
    assert reduce(add, parts) == load(Window(0, 7200 * SECOND), *spells)


def test_places_together_are_the_load_of_one_operator():
    window = Window(0, HOUR)
    one = [load(window, *[(t, t + 60, f"a{t}", "low") for t in range(0, 60, 10)]) for _ in range(2)]
    both = one[0] + one[1]
    assert (both.time, both.alarms, both.peak_10min, both.floods) == (HOUR, 12, 12, 1)


PLANT = '[plant]\nname = "works"\nzone = "UTC"\n' + "".join(
    f'[[machine]]\npath = "line-1/{name}"\n[machine.signals.temperature]\n' for name in ("press", "lathe")
)


def test_it_is_asked_of_what_the_running_plant_wrote_down(tmp_path):
    (tmp_path / "plant.toml").write_text(PLANT)
    start = 1_709_532_000_000_000
    detail = [
        {"shown": start + 5, "priority": "high", "acknowledged": start + 65},
        {"priority": "low"},
        {"shown": start},
    ]
    spells = pa.table(
        {
            "kind": ["alarm"] * 3,
            "place": ["line-1/press", "line-1/press", "line-1/lathe"],
            "since": [start + 5, start + 10, start],
            "until": [start + MINUTE, start + MINUTE, start + MINUTE],
            "text": ["hot", "dull", "hot"],
            "detail": list(map(json.dumps, detail)),
        }
    )
    with Historian.open(tmp_path / "history") as history:
        history.write(Batch("alarms", 1, spells=spells))
        plant, window = read_plant(tmp_path), Window(start, start + HOUR)
        whole = ask(Question("alarm-load", "", window), plant, history)
        by_machine = ask(Question("alarm-load", "", window, ("machine",)), plant, history)
        day = ask(Question("alarm-load", "line-1/press", window, ("day",)), plant, history)
    assert isinstance(whole.answer, AlarmLoad)
    assert (whole.answer.alarms, whole.answer.hidden, whole.answer.median_answer) == (2, 1, 60)
    assert [(dict(p.key)["machine"], p.answer.alarms) for p in by_machine.pieces] == [
        ("line-1/press", 1),
        ("line-1/lathe", 1),
    ]
    assert day.answer == by_machine.pieces[0].answer
    assert whole.table("rows")[0]["place"] == "line-1/lathe"
