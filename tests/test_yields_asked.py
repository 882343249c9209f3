"""Studies of yield, asked over HTTP of wafers that were stored; their maps are drawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from andon.app.opening import Lent, lending
from andon.app.serving import site
from andon.config import read_plant
from andon.historian import Historian
from assisted import Here
from measuring import PLANT, PROBER, batch, bins, wafers

NOW = 1_795_762_800_000_000
WAFERS = wafers(NOW, lots=1, each=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yields")


@pytest.fixture(scope="module")
def asks(folder: Path) -> Iterator[TestClient]:
    (folder / "plant.toml").write_text(PLANT, "utf-8")
    with Historian.own(folder / "history") as history:
        history.write(batch("tester", 1, PROBER, WAFERS, bins(PROBER, NOW)))
        with (
            lending(folder, Lent(lambda: read_plant(folder), history, {})),
            TestClient(site(folder), base_url="http://127.0.0.1", headers={"x-andon": "1"}) as client,
        ):
            yield client


def told(asks: TestClient, study: str, **settings: object) -> dict[str, object]:
    when = {"since": NOW - 30 * 86_400_000_000, "until": NOW}
    answer = asks.get(f"/api/studies/{study}", params={"at": PROBER, **when, **settings})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("study", ["wafer-map", "wafer-pattern"])
def test_maps_are_told_with_a_picture_of_every_die(asks: TestClient, study: str) -> None:
    found = told(asks, study)
    assert found["picture"]["kind"] == "wafer"
    assert len(found["picture"]["rows"]) == len(WAFERS.units)
    assert len({row[0] for row in found["picture"]["rows"]}) == 4
    assert {row[4] for row in found["picture"]["rows"]} <= set(found["picture"]["colors"])


def test_yield_is_the_same_by_bins_maps_and_models(asks: TestClient) -> None:
    good = (WAFERS.units.passed == 1).mean()
    assert told(asks, "bins")["answer"]["final_yield"] == pytest.approx(good)
    assert told(asks, "wafer-map")["answer"]["wafer_yield"] == pytest.approx(good)
    assert told(asks, "yield-model", area=20)["answer"]["die_yield"] == pytest.approx(good)


def test_what_an_answer_says_of_itself_is_told_with_it(asks: TestClient) -> None:
    found = told(asks, "commonality", lang="zh")
    assert "all units are of one lot: what differs between lots cannot be seen" in found["answer"]["notes"]
    assert "所有单元属于同一批：看不到批次间的差异" in found["notes"]


def test_a_test_is_drawn_by_name(asks: TestClient) -> None:
    found = told(asks, "parametric-map", test="leakage", show="stacked")
    assert (found["answer"]["test"], found["picture"]["unit"]) == ("leakage", "nA")
    assert len({row[0] for row in found["picture"]["rows"]}) == 1


def test_the_reader_is_answered_in_chinese(asks: TestClient) -> None:
    when = {"since": NOW - 30 * 86_400_000_000, "until": NOW}
    answer = asks.get("/api/studies/wafer-map", params={"at": PROBER, **when}, headers={"accept-language": "zh"})
    assert answer.json()["picture"]["title"] == "硬分档图"


def test_measured_figures_are_marked_so_that_no_digit_is_rounded_away(asks: TestClient) -> None:
    found = told(asks, "parametric-map", test="leakage")
    assert {f["name"] for f in found["figures"] if f["measured"]} == {"median", "sigma"}
    assert {c["name"] for c in found["tables"]["wafers"]["columns"] if c["measured"]} == {"median", "sigma"}


def test_settings_that_are_several_names_are_written_with_commas(asks: TestClient) -> None:
    found = told(asks, "multivariate-chart", tests="leakage, delay")
    assert found["answer"]["places"] > 0


def test_a_model_learns_what_was_measured_and_reads_it_to_six_digits(asks: TestClient, folder: Path) -> None:
    here = Here(folder)
    assert f"{PROBER}|leakage|nA||4.5|" in here.call("plant", part="tests")
    said = here.call("ask", study="histogram", at=PROBER, when="30 d", settings={"test": "leakage"})
    mean = told(asks, "histogram", test="leakage")["answer"]["mean"]
    assert f"mean {mean:.6g} nA" in said
    assert "low||nA" not in said


def test_what_was_measured_is_told_where_the_signals_of_the_machine_were_silent(asks: TestClient) -> None:
    found = told(asks, "histogram", test="leakage")
    assert (found["coverage"], found["answer"]["count"] > 0) == (0.0, True)
