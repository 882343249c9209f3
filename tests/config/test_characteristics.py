"""Characteristics in plant.toml: what is wrong is named with its line, what is right becomes a machine's knowledge."""

from pathlib import Path

import pytest

from andon.config import check, read_plant, schema
from andon.model import Characteristic

PLANT = """[plant]
name = "works"
zone = "UTC"
[[product]]
name = "A"
cycles = [{ ideal_cycle = "1 s" }]
[[machine]]
path = "line-1/press-3"
[[machine]]
path = "line-1/lathe"
[[characteristic]]
test = "width"
"""


def mistakes(file: Path, *, warning: bool = False) -> list[tuple[int, str]]:
    return [(m.line, m.text) for m in check(file) if m.warning is warning]


@pytest.mark.parametrize(
    ("keys", "line", "text"),
    [
        ('machine = "line-1/pres-3"', 13, "no machine, line or area 'line-1/pres-3'. Did you mean 'line-1/press-3'?"),
        ('product = "B"', 13, "there is no product 'B'"),
        ("low = 2\nhigh = 1", 11, "its limits are not in order"),
        ("low = 1\nhigh = 2\ntarget = 3", 11, "its limits are not in order"),
        ('unit = "milimeter"', 13, "milimeter"),
        ('rules = "1 9"', 13, "There is no rule '9'"),
        ('rules = "3:99"', 13, "Rule 3 looks at 4 to 12 points, not at 99"),
        ('subgroup = "5 each hour"', 13, "'5 each hour' says nothing about subgroups"),
        ("subgroup = 0", 13, "subgroup"),
        ('chart = "xbar"', 13, "chart"),
        ('chart = "short-run"', 13, "deviations from nominal"),
        ('[[characteristic]]\ntest = "width"\nmachine = "line-1/lathe"', 14, "there are two of it at line-1/lathe"),
        ('chart = "t2"', 13, "several tests together: name them in `tests`"),
        ('tests = ["a", "a"]', 13, "from two different ones on"),
        ('tests = ["a", "b"]\nchart = "xbar-r"', 14, "a chart of one test"),
        ('tests = ["a", "b"]\nhigh = 3', 14, "high is of one test"),
        ("lsl = 1", 13, "lsl"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, keys: str, line: int, text: str) -> None:
    (file := tmp_path / "plant.toml").write_text(PLANT + keys + "\n", encoding="utf-8")
    found = mistakes(file)
    assert [(n, text in said) for n, said in found] == [(line, True)], found


def test_a_watched_chart_without_reaction_is_warned_of(tmp_path: Path) -> None:
    (file := tmp_path / "plant.toml").write_text(PLANT + "watch = true\n", encoding="utf-8")
    assert any("nobody says what to do" in said for _, said in mistakes(file, warning=True))


def test_what_is_written_is_known_at_its_machines(tmp_path: Path) -> None:
    written = """machine = "line-1/lathe"
product = "A"
unit = "mm"
low = 9.9
high = 10.1
target = 10
subgroup = 5
chart = "xbar-r"
rules = "1 2"
gauge = "calliper 7"
reaction = "Stop. Change the tool."
watch = true
priority = "high"
[[characteristic]]
test = "width"
subgroup = "5 every 1 h"
"""
    (tmp_path / "plant.toml").write_text(PLANT + written, encoding="utf-8")
    plant = read_plant(tmp_path)
    lathe = plant.machine("line-1/lathe").characteristics
    assert lathe.of("width", "A") == Characteristic(
        "width",
        unit="mm",
        low=9.9,
        high=10.1,
        target=10.0,
        product="A",
        subgroup=5,
        gauge="calliper 7",
        reaction="Stop. Change the tool.",
        chart="xbar-r",
        rules="1 2",
        watch=True,
        priority="high",
    )
    assert lathe.of("width", "B").subgroups == "5 every 1 h"
    assert [c.product for c in plant.machine("line-1/press-3").characteristics.rows] == [""]


def test_editors_complete_it() -> None:
    assert "xbar-r" in str(schema()["$defs"]["CharacteristicTable"]["properties"]["chart"])
