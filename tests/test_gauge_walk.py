"""A gauge study that is walked through at the tablet: each reading belongs to it, and one made again counts once."""

from pathlib import Path

import pytest

from andon import app
from andon.acts import act
from andon.app.gauges import Wanted
from andon.config import read_plant
from andon.errors import BadInput, UnknownName
from andon.historian import Historian
from andon.model import Window
from andon.studies.quality.readings import planned, readings
from test_acts_inspect import PLANT, SAW

BY = ("eva", "operator")
PARTS = {"7": 10.0, "8": 10.05}


def value(part: str, who: str, trial: int) -> float:
    return round(PARTS[part] + (0.01 if who == "Li" else 0.0) + 0.001 * trial, 4)


def test_a_study_is_walked_through_line_by_line_and_judged_by_what_was_read_last(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    plant = read_plant(tmp_path)
    app.plan_gauge_study(tmp_path, "G-1", Wanted(SAW, "width", "7, 8", "Li, Bo", 2, seed=3), by=BY)
    begun = app.gauge_study(tmp_path, "G-1")
    assert (begun["unit"], begun["low"], begun["gauge"]) == ("mm", 9.9, "G-7")
    lines = begun["lines"]
    assert [x["order"] for x in lines] == list(range(1, 9))
    assert {x["value"] for x in lines} == {None}
    with Historian.own(tmp_path / "history") as history:
        for x in [lines[0], *lines[:-1]]:  # the first one is made again
            first = x is lines[0] and not len(history.units(SAW, Window(0, 1 << 61)))
            said = {"unit": x["part"], "appraiser": x["appraiser"], "trial": x["trial"], "plan": "G-1"}
            said |= {"machine": SAW, "test": "width", "value": 99.0 if first else value(*tuple(said.values())[:3])}
            act("inspect", said, plant=plant, history=history, folder=tmp_path, who="eva", right="operator")
        alone = {"machine": SAW, "test": "width", "unit": "7", "value": 10.0}
        act("inspect", alone, plant=plant, history=history, folder=tmp_path, who="eva", right="operator")
    done = app.gauge_study(tmp_path, "G-1")["lines"]
    assert [x["value"] for x in done] == [value(x["part"], x["appraiser"], x["trial"]) for x in lines[:-1]] + [None]
    with Historian.own(tmp_path / "history") as history:
        last = {"machine": SAW, "test": "width", "unit": lines[-1]["part"], "appraiser": lines[-1]["appraiser"]}
        last |= {"trial": lines[-1]["trial"], "plan": "G-1", "value": 10.0}
        act("inspect", last, plant=plant, history=history, folder=tmp_path, who="eva", right="operator")
        found = planned(history.measurements(SAW, Window(0, 1 << 61)).take("width"), "G-1")
    judged = readings(found)
    assert (judged.appraisers and set(judged.appraisers), judged.trials, judged.left_out) == ({"Li", "Bo"}, 2, 0)
    assert 99.0 not in judged.values


@pytest.mark.parametrize(
    ("other", "error", "says"),
    [
        ({"trial": 0}, BadInput, "the trial, 1 or more"),
        ({"plan": "G-9"}, UnknownName, "planned gauge study 'G-9'. Did you mean 'G-1'"),
        ({"unit": "9"}, BadInput, r"part '9'.*: parts 7, 8; by Li, Bo; trials 1 to 2\."),
        ({"appraiser": "eva"}, BadInput, "by 'eva' in trial 1"),
        ({"appraiser": ""}, BadInput, "by 'eva' in trial 1"),
        ({"trial": 3}, BadInput, "in trial 3"),
        ({"test": "length"}, BadInput, "of length of part '7'.* Planned is width at line-1/saw"),
    ],
)
def test_a_reading_that_is_in_no_plan_is_refused_with_what_is_planned(
    tmp_path: Path, other: dict[str, object], error: type[Exception], says: str
) -> None:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    app.plan_gauge_study(tmp_path, "G-1", Wanted(SAW, "width", "7, 8", "Li, Bo", 2), by=BY)
    said = {"machine": SAW, "test": "width", "unit": "7", "value": 10.0, "plan": "G-1", "appraiser": "Li", "trial": 1}
    with Historian.own(tmp_path / "history") as history, pytest.raises(error, match=says):
        act(
            "inspect",
            said | other,
            plant=read_plant(tmp_path),
            history=history,
            folder=tmp_path,
            who="eva",
            right="operator",
        )
    with pytest.raises(UnknownName, match="planned gauge study 'G-9'"):
        app.gauge_study(tmp_path, "G-9")
