"""A standing question in a plant that runs: it is answered, raises an alarm, outlives a restart, and takes it along."""

from pathlib import Path

from alarmed import PRESS, Works, now
from andon.app import standing
from andon.app.alarming import alarms
from andon.app.changes import acted
from andon.app.opening import seen_by
from andon.app.start import check
from andon.units import HOUR
from servers import until

SHIFTS = """
[[shift]]
name = "first"
start = "00:00"
end = "12:00"

[[shift]]
name = "second"
start = "12:00"
end = "00:00"
"""


def test_a_question_in_a_running_plant_raises_an_alarm_that_outlives_a_restart_and_ends_with_it(tmp_path: Path) -> None:
    works = Works(tmp_path, SHIFTS)
    assert [m for m in check(tmp_path) if not m.warning] == []
    for hours in range(40, -1, -1):  # it stands still all the time, and says so
        works.say("state", "jam", now() - hours * HOUR - 1_000_000)
    question = {"study": "states", "at": PRESS, "name": "stands still", "figure": "producing", "side": "below"}
    with works.here():
        number = acted(tmp_path, "ask_again", "ann", {**question, "limit": 0.5, "priority": "high"})
        until(lambda: works.stage("stands still") == "unacknowledged", 60, "the alarm")
    last = works.last("stands still")
    assert (last.place, last.priority, last.value, last.unit) == (PRESS, "high", 0.0, "%")
    line = PRESS.rpartition("/")[0]
    with works.here():
        acted(tmp_path, "ask_again", "ann", {**question, "at": line, "name": "the line stands still", "limit": 0.5})
        until(lambda: works.stage("the line stands still") == "unacknowledged", 60, "the alarm of the line")
    for at, seen in (("", [line]), (line, [line]), ("", [])):
        with seen_by(seen):
            assert {a["place"] for a in alarms(tmp_path, at)} == {PRESS, line}
    assert {a["place"] for a in alarms(tmp_path, PRESS)} == {PRESS}
    (given,) = standing.schedule(tmp_path, number)["answers"]
    assert (given["value"], given["on"], given["problem"]) == (0.0, True, "")
    with works.here():
        works.act("acknowledge", "stands still")
        until(lambda: works.stage("stands still") == "acknowledged", 60, "the acknowledgement")
        acted(tmp_path, "stop_asking", "ann", {"number": number})
        until(lambda: not works.last("stands still").is_open, 60, "the end of the alarm")
    assert len(works.alarms("stands still")) == 1
    assert [s["at"] for s in standing.schedules(tmp_path)] == [line]
