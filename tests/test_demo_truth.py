"""What the studies and the books say of the demo plant is what really happened in it.

The simulation writes down, beside what its machines said, the true time in each ISO 22400 element and loss and the
true parts of each machine and shift. The answers go another way: through batches that come late, counters
that roll over and reset, the historian, and the studies.
"""

import json
from collections import Counter, defaultdict

import pytest

import andon
from andon.__main__ import house
from andon.ledger import Which
from andon.model import Loss, moment
from andon.surfaces.cli import run
from andon.units import HOUR

LINE_3_WRONG = "line-3/packer-3"  # its ideal cycle in plant.toml is wrong master data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("truth") / "demo"
    assert run(["demo", str(made), "--days", "20", "--no-walk"], house) == 0
    return made


@pytest.fixture(scope="module")
def truth(folder):
    return json.loads((folder / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def closings(folder):
    with andon.open(folder) as plant:
        return {(c.machine, c.day, c.shift): c for c in plant.books.closings()}


@pytest.fixture(scope="module")
def losses(folder):
    found = defaultdict(Counter)
    with andon.open(folder) as plant:
        for e in plant.books.entries(Which()):
            found[e.machine, e.day, e.shift][e.loss] += e.micros
    return found


def key(shift):
    return shift["machine"], shift["day"], shift["shift"]


def heard(truth):
    """The shifts in which no connection was lost."""
    lost = truth["lost"]
    return [
        s
        for s in truth["shifts"]
        if s["machine"] not in lost["machines"] or s["until"] <= lost["since"] or s["since"] >= lost["until"]
    ]


def test_every_shift_that_was_is_closed(truth, closings):
    assert {key(s) for s in truth["shifts"]} == set(closings)


@pytest.mark.parametrize(
    ("element", "figure"),
    [("APT", "production"), ("AUST", "setup"), ("ADET", "delay"), ("ADOT", "down"), ("planned_down", "planned_down")],
)
def test_time_in_each_element_is_the_true_one_to_the_microsecond(truth, closings, element, figure):
    assert {key(s): s["elements"].get(element, 0) for s in heard(truth)} == {
        key(s): getattr(closings[key(s)], figure) for s in heard(truth)
    }


@pytest.mark.parametrize("loss", [Loss.BREAKDOWN, Loss.SETUP, Loss.MINOR_STOP, Loss.DELAY, Loss.IDLE])
def test_each_loss_of_time_is_the_true_one_to_the_microsecond(truth, losses, loss):
    assert {key(s): s["losses"].get(loss, 0) for s in heard(truth)} == {
        key(s): losses[key(s)][loss] for s in heard(truth)
    }


def test_good_parts_rejects_and_rework_are_the_true_ones(truth, folder):
    """Each counter counts every part once, whatever came late, twice, rolled over or was reset."""
    since = min(s["since"] for s in truth["shifts"])
    until = max(s["until"] for s in truth["shifts"])
    with andon.open(folder) as plant:
        for machine in sorted({s["machine"] for s in truth["shifts"]}):
            said = plant.ask("oee", machine, since=moment(since), until=moment(until)).answer
            made = sum(s["good"] for s in truth["shifts"] if s["machine"] == machine)
            inside = said.good + said.made_unknown + said.made_planned_down + said.made_unscheduled
            assert inside >= made
            assert said.good <= made


def test_productive_time_is_the_true_one_where_the_master_data_are_right(truth, losses):
    right = [s for s in heard(truth) if s["machine"] != LINE_3_WRONG]
    told = {key(s): losses[key(s)][Loss.PRODUCTIVE] for s in right}
    true = {key(s): s["losses"].get("productive", 0) for s in right}
    assert told == true


def test_wrong_master_data_are_named(folder):
    with andon.open(folder) as plant:
        asked = plant.ask("oee", LINE_3_WRONG, since="2026-10-26", until="2026-10-31")
    assert asked.answer.effectiveness > 1
    assert any("wrong master data" in flag for flag in asked.answer.flags)


def test_the_lost_connection_is_unknown_time_and_no_more(truth, closings):
    lost = truth["lost"]
    touched = [
        s
        for s in truth["shifts"]
        if s["machine"] in lost["machines"] and s["since"] < lost["until"] and lost["since"] < s["until"]
    ]
    assert touched
    assert all(0 < closings[key(s)].unknown <= lost["until"] - lost["since"] for s in touched)
    assert all(closings[key(s)].unknown == 0 for s in heard(truth))


def test_the_night_of_the_clock_change_has_an_hour_more(closings):
    nights = {
        day: {c.planned_operation for (_, d, shift), c in closings.items() if (d, shift) == (day, "night-12")}
        for day in ("2026-10-24", "2026-10-25")
    }
    assert nights == {"2026-10-24": {13 * HOUR}, "2026-10-25": {12 * HOUR}}


@pytest.fixture(scope="module")
def by_shift(folder, truth):
    """A study of all machines, split by machine and shift: {(machine, "day shift"): answer}."""
    since, until = map(moment, truth["window"])
    with andon.open(folder) as plant:
        yield lambda study: {
            (dict(p.key)["machine"], dict(p.key)["shift"]): p.answer
            for p in plant.ask(study, since=since, until=until, by="machine,shift").pieces
        }


def test_every_state_of_every_shift_has_its_true_time(truth, by_shift):
    told = by_shift("states")
    for shift in heard(truth):
        rows = Counter()
        for row in told[shift["machine"], f"{shift['day']} {shift['shift']}"].rows:
            rows[str(row.state)] += row.micros
        assert rows == Counter(shift["states"])


def test_every_stop_is_there_with_its_moments_and_its_reason(truth, by_shift):
    told = by_shift("states")
    for shift in heard(truth):
        answer = told[shift["machine"], f"{shift['day']} {shift['shift']}"]
        stops = {(s.since, s.until, str(s.state), s.reason) for s in answer.spells}
        assert {tuple(stop) for stop in shift["stops"]} <= stops


def test_every_shift_has_its_true_parts_and_their_ideal_time(truth, by_shift):
    told = by_shift("oee")
    for shift in heard(truth):
        said, lost = told[shift["machine"], f"{shift['day']} {shift['shift']}"], shift["losses"]
        assert (said.good, said.rejects, said.rework or 0) == (shift["good"], shift["reject"], shift["rework"])
        assert said.made == shift["total"]
        assert said.ideal_good == lost["productive"]
        assert said.ideal_made == lost["productive"] + lost["defects"] + lost["startup"]


def test_no_part_is_lost_with_the_connection(truth, folder):
    """The counters ran on: what was made while nobody listened is counted when they are heard again."""
    with andon.open(folder) as plant:
        for machine in truth["lost"]["machines"]:
            since, until = map(moment, truth["window"])
            said = plant.ask("counts", machine, since=since, until=until).answer
            own = [s for s in truth["shifts"] if s["machine"] == machine]
            assert (said.good, said.made) == (sum(s["good"] for s in own), sum(s["total"] for s in own))


def test_the_chart_shows_the_wrong_insert_and_hardly_anything_else(folder, truth):
    """The rule cries wolf once in 370 points; a mean that moves by 1.75 sigma shows in four of five subgroups."""
    (wrong,) = truth["measured"]["shifts"]
    with andon.open(folder) as plant:
        span = {"since": moment(truth["window"][0]).isoformat(), "until": moment(truth["window"][1]).isoformat()}
        told = plant.ask("control-chart", wrong["machine"], test=wrong["test"], **span).answer
        calm = plant.ask("control-chart", "line-1/lathe-1", test=wrong["test"], **span).answer
    inside = [p for p in told.points if p.panel == "mean" and wrong["since"] <= p.at < wrong["until"]]
    assert sum(bool(p.rules) for p in inside) > 0.6 * len(inside) > 5
    outside = [p for p in told.points if not wrong["since"] <= p.at < wrong["until"] + HOUR]
    assert sum(bool(p.rules) for p in outside) < 0.03 * len(outside)
    assert sum(bool(p.rules) for p in calm.points) < 0.03 * len(calm.points)


def test_the_gauge_study_finds_what_the_gauge_was_made_to_be(folder, truth):
    study = truth["measured"]["study"]
    with andon.open(folder) as plant:
        span = {"since": moment(truth["window"][0]).isoformat(), "until": moment(truth["window"][1]).isoformat()}
        told = plant.ask("gauge-rr", study["machine"], test=study["test"], **span).answer
    repeat = next(c for c in told.components if c.component.startswith("repeatability"))
    assert repeat.sigma == pytest.approx(study["repeat"], rel=0.25)
    assert told.categories >= 5
