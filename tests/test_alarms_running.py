"""Alarms of a plant that runs: a real process, killed in the middle, acted on from others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import andon.app
from alarmed import PRESS, Works
from andon.app.alarming import alarms
from andon.errors import BadInput, BadQuestion
from andon.ledger import audit
from andon.surfaces.cli import run
from servers import until

BAD = 0x80310000


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    made = Works(tmp_path)
    made.start()
    try:
        yield made
    finally:
        made.kill()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Works]:
    """The plant runs in this process, which is quicker where nobody is killed."""
    made = Works(tmp_path)
    with made.here():
        yield made


def test_an_alarm_survives_a_kill_and_ends_when_its_value_does(works: Works) -> None:
    at = works.say("temperature", 75.0)
    until(lambda: works.stage() == "unacknowledged", what="the alarm")
    works.kill()
    assert works.last().is_open
    over = works.say("temperature", 60.0)  # stored while nobody keeps the alarms
    works.start()
    until(lambda: works.stage() == "returned", what="the return")
    (only,) = works.alarms()
    assert (only.since, only.until, only.value) == (at, over, 75.0)
    assert only.messages == {"en": f"{PRESS} is 75 Cel", "zh": f"{PRESS} 温度 75"}


def test_what_was_acknowledged_stays_so_after_a_kill(works: Works) -> None:
    works.say("temperature", 75.0)
    until(lambda: works.stage() == "unacknowledged", what="the alarm")
    works.act("acknowledge", "hot")
    until(lambda: works.stage() == "acknowledged", what="the acknowledgement")
    works.kill()
    works.start()
    works.say("temperature", 69.0)  # inside the deadband: still on
    works.say("temperature", 80.0, quality=BAD)
    works.say("state", "jam")
    until(lambda: works.stage("down") == "unacknowledged", what="the other alarm")
    assert works.stage() == "acknowledged"
    works.say("temperature", 60.0)
    until(lambda: works.stage() == "normal", what="the end")
    assert [(o.by, o.is_open) for o in works.alarms()] == [("ann", False)]


def test_an_act_while_nobody_keeps_the_alarms_counts_when_somebody_does(works: Works) -> None:
    works.say("temperature", 75.0)
    until(lambda: works.stage() == "unacknowledged", what="the alarm")
    works.kill()
    works.act("acknowledge", "hot")
    works.start()
    until(lambda: works.stage() == "acknowledged", what="the acknowledgement")
    with pytest.raises(BadQuestion, match="is not waiting"):
        works.act("acknowledge", "hot")


def test_shelving_hides_an_alarm_and_it_comes_back_by_itself(here: Works) -> None:
    here.act("shelve", "hot", time="2 s", why="sensor is being changed")
    here.say("temperature", 75.0)
    until(lambda: here.stage() == "shelved", what="the shelved alarm")
    assert here.last().shown is None
    until(lambda: here.stage() == "unacknowledged", what="the end of the shelf")
    with pytest.raises(BadInput, match="24 h at most"):
        here.act("shelve", "hot", time="25 h", why="no time")
    here.act("out_of_service", "hot", why="broken")
    until(lambda: here.stage() == "out_of_service", what="out of service")
    here.act("in_service", "hot")
    until(lambda: here.stage() == "unacknowledged", what="in service")
    done = [line.act for line in audit.lines(here.folder / "ledger") if line.result["state"] == "done"]
    assert done == ["shelve", "out_of_service", "in_service"]


def test_a_machine_that_is_off_suppresses_what_means_nothing_then(here: Works) -> None:
    here.say("state", "off")
    here.say("temperature", 75.0)
    until(lambda: here.stage() == "suppressed", what="the suppressed alarm")
    here.say("state", "run")
    until(lambda: here.stage() == "unacknowledged", what="the alarm")


def test_a_changed_plant_ends_what_is_no_alarm_any_more(here: Works) -> None:
    here.say("temperature", 75.0)
    until(lambda: here.stage() == "unacknowledged", what="the alarm")
    text = (here.folder / "plant.toml").read_text("utf-8")
    (here.folder / "plant.toml").write_text(text.replace("high = 70", "high = 90"), "utf-8")
    until(lambda: here.stage() == "returned", what="the new limit")
    (here.folder / "plant.toml").write_text(text.replace('name = "hot"', 'name = "warm"'), "utf-8")
    until(lambda: here.stage("warm") == "unacknowledged", what="the new alarm")
    assert here.last().ended == "it is gone from plant.toml"


def test_the_list_shows_what_stands_in_both_languages(here: Works, capsys: pytest.CaptureFixture[str]) -> None:
    here.say("temperature", 75.0)
    until(lambda: here.stage() == "unacknowledged", what="the alarm")
    for language, words in (("en", f"{PRESS} is 75 Cel"), ("zh", "未确认")):
        assert run(["--lang", language, "alarms", str(here.folder)], lambda: andon.app) == 0
        assert words in capsys.readouterr().out
    (row,) = alarms(here.folder)
    assert (row["state"], row["priority"], row["action"]) == ("unacknowledged", "high", "Open the cooling valve.")
    here.act("acknowledge", "hot")
    here.say("temperature", 20.0)
    until(lambda: here.stage() == "normal", what="the end")
    assert alarms(here.folder) == []
    assert len(alarms(here.folder, everything=True)) == len(alarms(here.folder, last="1 d")) == 1
