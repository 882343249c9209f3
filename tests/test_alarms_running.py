"""Alarms of a plant that runs: a real process, killed in the middle, acted on from others."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from alarmed import PRESS, Works
from andon.errors import BadInput, BadQuestion
from andon.ledger import audit
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


def test_shelving_hides_an_alarm_and_it_comes_back_by_itself(works: Works) -> None:
    works.act("shelve", "hot", time="2 s", why="sensor is being changed")
    works.say("temperature", 75.0)
    until(lambda: works.stage() == "shelved", what="the shelved alarm")
    assert works.last().shown is None
    until(lambda: works.stage() == "unacknowledged", what="the end of the shelf")
    with pytest.raises(BadInput, match="24 h at most"):
        works.act("shelve", "hot", time="25 h", why="no time")
    works.act("out_of_service", "hot", why="broken")
    until(lambda: works.stage() == "out_of_service", what="out of service")
    works.act("in_service", "hot")
    until(lambda: works.stage() == "unacknowledged", what="in service")
    done = [line.act for line in audit.lines(works.folder / "ledger") if line.result["state"] == "done"]
    assert done == ["shelve", "out_of_service", "in_service"]


def test_a_machine_that_is_off_suppresses_what_means_nothing_then(works: Works) -> None:
    works.say("state", "off")
    works.say("temperature", 75.0)
    until(lambda: works.stage() == "suppressed", what="the suppressed alarm")
    works.say("state", "run")
    until(lambda: works.stage() == "unacknowledged", what="the alarm")


def test_a_changed_plant_ends_what_is_no_alarm_any_more(works: Works) -> None:
    works.say("temperature", 75.0)
    until(lambda: works.stage() == "unacknowledged", what="the alarm")
    text = (works.folder / "plant.toml").read_text("utf-8")
    (works.folder / "plant.toml").write_text(text.replace("high = 70", "high = 90"), "utf-8")
    until(lambda: works.stage() == "returned", what="the new limit")
    (works.folder / "plant.toml").write_text(text.replace('name = "hot"', 'name = "warm"'), "utf-8")
    until(lambda: works.stage("warm") == "unacknowledged", what="the new alarm")
    assert works.last().ended == "it is gone from plant.toml"


def test_the_list_shows_what_stands_in_both_languages(works: Works) -> None:
    works.say("temperature", 75.0)
    until(lambda: works.stage() == "unacknowledged", what="the alarm")
    assert f"{PRESS} is 75 Cel" in works.andon("alarms", str(works.folder))
    assert "未确认" in works.andon("--lang", "zh", "alarms", str(works.folder))
    (row,) = json.loads(works.andon("alarms", str(works.folder), "--json"))
    assert (row["state"], row["priority"], row["action"]) == ("unacknowledged", "high", "Open the cooling valve.")
