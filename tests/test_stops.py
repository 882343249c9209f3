"""The stops of machines as an operator sees them: what is one stop, which want a reason, who gave it."""

from collections.abc import Iterator

import pytest

from andon.app.opening import Lent, lending, seen_by
from andon.app.stopping import recent_reasons, stops_at, stops_of
from andon.errors import BadQuestion, UnknownName
from andon.model import States, StopRules
from andon.units import MINUTE
from works import PRESS, START, Works, works  # noqa: F401  (a fixture)

DAY = {"since": "2024-03-04T06:00:00Z", "until": "2024-03-05T06:00:00Z"}
STATES = (
    '"run" = "producing", setup = "setup", stop = "fault", '
    'none = "idle_no_order", hold = "held_operator", wait = "starved"'
)


@pytest.fixture
def floor(works: Works) -> Iterator[Works]:  # noqa: F811
    """A press with every kind of stop; breaks are 06:00-06:10 and 09:20-09:50, a minor stop is shorter than 10 min."""
    works.change(('run = "producing", setup = "setup", stop = "fault", none = "idle_no_order"', STATES))
    said = [
        (0, "run"),
        (20, "stop"),  # 20 min in two states without a pause: one stop
        (30, "hold"),
        (40, "run"),
        (60, "stop"),  # 4 min: minor
        (64, "run"),
        (80, "wait"),  # says itself why
        (110, "run"),
        (195, "hold"),  # 35 min, of which 30 in the break
        (230, "run"),
        (300, "setup"),  # no delay
        (330, "run"),
        (990, "stop"),  # 22:30: no shift
        (1020, "run"),
        (1030, "run"),
    ]
    works.say("state", said)
    with lending(works.folder, Lent(lambda: works.plant, works.history, {})):
        yield works


def minutes(row) -> tuple[int, int]:
    return (row["since"] - START) // MINUTE, (row["until"] - START) // MINUTE


def test_only_a_delay_in_planned_time_that_is_no_minor_stop_wants_a_reason(floor):
    rows = stops_at(floor.folder, **DAY)
    assert [minutes(r) for r in rows] == [(990, 1020), (300, 330), (195, 230), (80, 110), (60, 64), (20, 40)]
    assert [minutes(r) for r in rows if r["needs_reason"]] == [(20, 40)]
    assert stops_at(floor.folder, pending=True, **DAY) == [rows[-1]]
    assert [(r["minor"], r["planned"] // MINUTE) for r in rows] == [
        (False, 0),
        (False, 30),
        (False, 5),
        (False, 30),
        (True, 4),
        (False, 20),
    ]


def test_a_reason_is_told_with_who_gave_it_and_a_split_stop_is_two(floor):
    floor.do("reason", stop=f"{START + 20 * MINUTE}/{START + 40 * MINUTE}", code="tool", why="worn")
    (row,) = [r for r in stops_at(floor.folder, PRESS, **DAY) if minutes(r) == (20, 40)]
    assert (row["reason"], row["who"], row["why"], row["needs_reason"]) == ("tool", "bob", "worn", False)
    floor.do("split_stop", at=f"{START + 35 * MINUTE}", after="burr")
    parts = [(minutes(r), r["reason"]) for r in stops_at(floor.folder, PRESS, **DAY) if 20 <= minutes(r)[0] < 40]
    assert parts == [((35, 40), "burr"), ((20, 35), "tool")]


def test_reasons_given_lately_come_first_and_those_of_the_same_class_after_a_machines_own(floor, monkeypatch):
    monkeypatch.setattr("andon.app.stopping.time.time_ns", lambda: (START + 600 * MINUTE) * 1000)
    for at, code in ((25, "burr"), (62, "tool"), (200, "burr")):
        floor.do("reason", stop=f"{START + at * MINUTE}", code=code)
    floor.do("scrap", quantity=3, code="burr", at=f"{START + 50 * MINUTE}")
    assert recent_reasons(floor.folder, PRESS) == {PRESS: {"stops": ["burr", "tool"], "scrap": ["burr"]}}


def test_without_shifts_all_time_counts(floor):
    text = (floor.folder / "plant.toml").read_text()
    begin, end = text.index("[[shift]]"), text.index("[[reason]]")
    (floor.folder / "plant.toml").write_text(text[:begin] + text[end:])
    floor.change(("works", "works"))
    assert {minutes(r) for r in stops_at(floor.folder, pending=True, **DAY)} == {(990, 1020), (195, 230), (20, 40)}


def test_whoever_may_see_other_lines_only_sees_no_stop(floor):
    with seen_by(["line-2"]):
        assert stops_at(floor.folder, **DAY) == []
        with pytest.raises(UnknownName):
            stops_at(floor.folder, PRESS, **DAY)


def test_more_than_a_month_at_once_is_refused(floor):
    with pytest.raises(BadQuestion, match="31 days"):
        stops_at(floor.folder, last="40 d")


def test_stops_tile_the_time_that_was_neither_produced_nor_unknown():
    said = [(0, 9, "fault"), (9, 12, "producing"), (12, 20, "held_operator"), (20, 21, "unknown"), (21, 30, "setup")]
    found = stops_of(States.of([(s * MINUTE, u * MINUTE, x) for s, u, x in said]), StopRules({}, {}, {}, 5 * MINUTE))
    assert [(s.since // MINUTE, s.until // MINUTE, s.state) for s in found] == [
        (0, 9, "fault"),
        (12, 20, "held_operator"),
        (21, 30, "setup"),
    ]
    assert all(p[0] < p[1] for s in found for p in s.pieces)
