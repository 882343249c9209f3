"""The live demo's calendar and scores: what comes is what the past would have become, bent by what people do."""

from datetime import date, timedelta

import pytest

from andon.acquire.simulated import simulation
from andon.acquire.simulated.delivery import table_of
from andon.acquire.simulated.hours import days_around
from andon.acquire.simulated.layout import LOST, MACHINES
from andon.acquire.simulated.live import SOURCES
from andon.acquire.simulated.play import STOPPED, Bends, Player
from andon.acquire.simulated.score import Score, write_scores
from andon.acquire.simulated.wires import GATEWAYS
from andon.model import Window

HOUR, SECOND = 3_600_000_000, 1_000_000
NOW = 1_793_800_000_000_000  # a Wednesday in November 2026, 14:26 in Berlin, in a shift of every line
PRESS = "line-1/press-1"


@pytest.fixture(scope="module")
def made():
    days = days_around(NOW, back=1, ahead=2)
    return simulation(1, days, Window(days.window.since, NOW), GATEWAYS)


@pytest.fixture(scope="module")
def score(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    write_scores(made.voices, Window(NOW, made.days.window.until), folder)
    return Score.open(folder / "gateway-1.parquet")


@pytest.mark.parametrize("later", range(0, 400, 23))
def test_whenever_the_demo_is_made_its_special_days_are_in_its_past_and_on_their_weekdays(later):
    now = NOW + later * 24 * HOUR
    days = days_around(now)
    assert days.moved % 7 == 0
    for written in ("2026-10-03T00:00", LOST[1], LOST[2], "2026-10-21T06:00", "2026-10-24T00:00"):
        assert days.window.since <= days.local(written) <= now
    assert date.fromisoformat(days.day("2026-10-03")).weekday() == date(2026, 10, 3).weekday()
    assert days.last - days.first == timedelta(44)


def test_the_score_goes_on_where_the_history_ended(made, score):
    """A counter's history and its score make one row a part, without a seam."""
    run = next(r for r in made.runs if r.machine.path == PRESS)
    past = sum(1 for at in run.finished if at < NOW)
    until = NOW + 6 * HOUR
    said = [(at, v) for p, at, v, _, _ in score.between(NOW - 1, until) if p == f"{PRESS}/total_count"]
    assert said[0] == (NOW, past)
    assert [at for at, _ in said[1:]] == [int(at) for at in run.finished if NOW < at <= until]
    assert [v for _, v in said] == list(range(past, past + len(said)))


def test_every_signal_has_a_value_from_the_first_moment_and_keeps_the_last_one(made, score):
    on_line_1 = {t.path for m in made.voices.tracks(Window(NOW, NOW + HOUR))["gateway-1"] for t in [m]}
    assert set(score.last(NOW)) == on_line_1
    late = NOW + 30 * HOUR
    naive = {line[0]: line for line in score.between(NOW - 1, late)}
    assert score.last(late) == naive


def test_a_score_is_read_back_as_it_was_told(made, score):
    part = Window(NOW, NOW + HOUR)
    told = table_of(made.voices.since(NOW).tracks(Window(NOW, NOW + 24 * HOUR) & made.days.window)["gateway-1"])
    paths = told["signal"].cast("string").to_pylist()
    states = [(p, at) for p, at in zip(paths, told["at"].cast("int64").to_pylist(), strict=True) if "state" in p]
    assert [x[:2] for x in score.between(NOW - 1, part.until) if "state" in x[0]] == [
        s for s in states if s[1] <= part.until
    ]


def test_a_machine_that_was_stopped_does_everything_later_by_as_much(score):
    begin, end = NOW + 60 * SECOND, NOW + 120 * SECOND
    plain = Player(score)
    bent = Player(score, Bends(stops={PRESS: [(begin, end)]}))
    said = [x for x in bent.between(begin - 1, end) if x[0].startswith(PRESS)]
    assert {x[0]: x[2] if x[3] is None else x[3] for x in said[:2]} == {
        f"{PRESS}/state": 3.0,  # the press's code for a fault
        f"{PRESS}/alarm": STOPPED,
    }
    assert [x[1] for x in said[2:]] == [end, end]  # it says what it does again, and nothing in between
    until = NOW + 2 * HOUR
    later = [x for x in bent.between(end, until) if x[0].startswith(PRESS)]
    true = [x for x in plain.between(begin, until - 60 * SECOND) if x[0].startswith(PRESS)]
    assert later == [(p, at + 60 * SECOND, v, t, q) for p, at, v, t, q in true]
    other = {x for x in bent.between(NOW, until) if not x[0].startswith(PRESS)}
    assert other == {x for x in plain.between(NOW, until) if not x[0].startswith(PRESS)}


def test_a_counter_that_was_reset_says_zero_and_counts_on(score):
    reset, until = NOW + 600 * SECOND, NOW + 2 * HOUR
    path = f"{PRESS}/total_count"
    bent = [x for x in Player(score, Bends(resets={PRESS: [reset]})).between(NOW, until) if x[0] == path]
    true = [x for x in Player(score).between(NOW, until) if x[0] == path]
    after = [x for x in bent if x[1] >= reset]
    assert after[0] == (path, reset, 0.0, None, 0)
    assert [v for _, _, v, _, _ in after] == list(range(len(after)))
    assert [x for x in bent if x[1] < reset] == [x for x in true if x[1] < reset]


def test_a_server_that_starts_later_knows_what_was_done_to_its_machines(score, tmp_path):
    Bends(stops={PRESS: [(NOW + SECOND, NOW + 600 * SECOND)]}).write(tmp_path / "bends.json")
    player = Player(score, Bends.read(tmp_path / "bends.json"))
    said = {x[0]: x for x in player.now(NOW + 60 * SECOND)}
    assert said[f"{PRESS}/state"][1:3] == (NOW + SECOND, 3.0)
    assert len(said) == len(score.paths)


def test_every_machine_is_played_by_one_server():
    played = [m for row in SOURCES for m in row.machines]
    assert sorted(played) == sorted(m.path for m in MACHINES)
