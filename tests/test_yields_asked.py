"""Studies of yield, asked over HTTP of wafers that were stored; their maps are drawn."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from andon.app.opening import Lent, lending
from andon.app.serving import site
from andon.config import read_plant
from andon.historian import Historian
from measuring import PLANT, PROBER, batch, bins, wafers

NOW = 1_795_762_800_000_000
WAFERS = wafers(NOW, lots=1, each=4)


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("yields")
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
