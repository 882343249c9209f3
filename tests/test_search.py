"""Conditions as people write them, and the moments in which they held."""

from pathlib import Path

import pyarrow as pa
import pytest

from andon.app.conditions import condition
from andon.app.search import compared, searched
from andon.errors import BadQuestion, UnknownName
from andon.model import Batch
from andon.units import MINUTE
from works import PLANT, PRESS, START, opened, shut

HOT = """
[machine.signals.temperature]
kind = "number"
unit = "Cel"
"""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("temperature > 80", "temperature > 80"),
        ("temperature>80 for 5 min while running", "temperature > 80 for 300 s while producing"),
        ("a ≥ 2.5 mm/s and b != x", "a >= 2.5 and b != x"),
        ("a < -1e3, b = 2", "a < -1e3 and b = 2"),
        ("温度 > 80 持续 5 分钟 当 运行", "温度 > 80 for 300 s while producing"),
        ("温度>80且压力<=2持续30秒", "温度 > 80 and 压力 <= 2 for 30 s"),
        ('serial = "007"', "serial = 007"),
        ("x > 1 while fault or setup", "x > 1 while fault or setup"),
        ("x > 1 for 90 s", "x > 1 for 90 s"),
    ],
)
def test_a_condition_is_read_as_it_is_meant(text: str, read: str) -> None:
    assert str(condition(text)) == read


def test_stopped_is_every_state_but_producing() -> None:
    assert "producing" not in condition("x > 1 while stopped").states
    assert {"fault", "setup", "off"} <= set(condition("x > 1 while stopped").states)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no condition"),
        ("temperature", "is no comparison"),
        ("temperature % 5", "compares nothing"),
        ("temperature > hot", "a number was expected"),
        ("temperature > 5 for ever", "no length of time"),
        ("temperature > 5 while flying", "no state 'flying'"),
        ("x > 1 " * 100, "at most 400 letters"),
    ],
)
def test_what_is_no_condition_is_refused_with_the_word_that_does_not_fit(text: str, says: str) -> None:
    with pytest.raises((BadQuestion, UnknownName), match=says):
        condition(text)


def test_a_condition_of_hostile_length_is_refused_at_once() -> None:
    for text in ("a" * 399, ">" * 399, "1" * 399, "持" * 399, '"' * 399):
        with pytest.raises(BadQuestion):
            condition(text)


@pytest.fixture
def warm(tmp_path: Path) -> Path:
    """A machine with a temperature: 70, 85 from minute 10 to 20, a bad value to 25, 90 to 26, then 60 until 60."""
    works = opened(tmp_path, PLANT + HOT)
    works.say("state", [(0, "run"), (15, "stop"), (18, "run"), (60, "run")])
    rows = [(0, 70.0, 0), (10, 85.0, 0), (20, 99.0, 0x80000000), (25, 90.0, 0), (26, 60.0, 0), (60, 60.0, 0)]
    table = pa.table(
        {
            "signal": [f"{PRESS}/temperature"] * len(rows),
            "at": pa.array([START + minute * MINUTE for minute, *_ in rows], pa.int64()),
            "value": [value for _, value, _ in rows],
            "quality": pa.array([quality for *_, quality in rows], pa.uint32()),
        }
    )
    works.history.write(Batch("plc", 900, table))
    shut(works)
    return tmp_path


def found(folder: Path, text: str) -> list[tuple[float, float]]:
    since, until = "2024-03-04T06:00Z", "2024-03-04T07:00Z"
    rows = searched(folder, text, PRESS, since=since, until=until)["rows"]
    return [((r["since"] - START) / MINUTE, (r["until"] - START) / MINUTE) for r in rows]


def test_a_value_holds_until_the_next_one_and_a_bad_one_holds_nothing(warm: Path) -> None:
    assert found(warm, "temperature > 80") == [(10, 20), (25, 26)]
    assert found(warm, "temperature > 80 for 5 min") == [(10, 20)]
    assert found(warm, "temperature <= 60") == [(26, 60)]


def test_a_state_cuts_what_held(warm: Path) -> None:
    assert found(warm, "temperature > 80 while running") == [(10, 15), (18, 20), (25, 26)]
    assert found(warm, "temperature > 80 while fault") == [(15, 18)]
    assert found(warm, "state = fault") == [(15, 18)]


def test_the_known_part_of_the_window_is_told(warm: Path) -> None:
    answer = searched(warm, "temperature > 80", PRESS, since="2024-03-04T05:00Z", until="2024-03-04T07:00Z", limit=1)
    assert answer["coverage"] == pytest.approx(55 / 120)  # nothing said in the first hour, five minutes of the next bad
    assert (answer["total"], len(answer["rows"]), answer["time"]) == (2, 1, 11 * MINUTE)


def test_a_signal_that_nobody_has_is_named(warm: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'temperature'"):
        found(warm, "temprature > 80")


def test_two_stretches_are_compared_by_their_time_weighted_means(warm: Path) -> None:
    windows = [("2024-03-04T06:00Z", "2024-03-04T06:20Z"), ("2024-03-04T06:26Z", "2024-03-04T06:36Z")]
    answer = compared(warm, [f"{PRESS}/temperature"], windows)
    first, second = answer["signals"][0]["values"]
    assert (first["low"], first["high"], second["mean"]) == (70, 85, 60)
    assert 77 <= first["mean"] <= 85
    states = answer["states"][0]["values"]
    assert states[0] == {"producing": 17 * MINUTE, "fault": 3 * MINUTE}
    assert states[1] == {"producing": 10 * MINUTE}
