"""What was measured on units, over HTTP: what there is, units, one unit's tests, values, wafer maps."""

import base64
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest
from fastapi.testclient import TestClient

from andon import model
from andon.app.opening import Lent, lending
from andon.app.serving import site
from andon.config import read_plant
from andon.historian import Historian
from measuring import LATHE, PLANT, PROBER, SPECIFIED, batch, bins, parts, wafers

NOW = 1_795_762_800_000_000
WHEN = {"since": NOW - 30 * 86_400_000_000, "until": NOW}
PARTS, WAFERS = parts(NOW), wafers(NOW, lots=1, each=8)


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("measuring")
    (folder / "plant.toml").write_text(PLANT + SPECIFIED, "utf-8")
    with Historian.own(folder / "history") as history:
        history.write(batch("gauges", 1, LATHE, PARTS))
        history.write(batch("tester", 1, PROBER, WAFERS, bins(PROBER, NOW)))
        history.write(batch("tester", 2, PROBER, again()))
        with (
            lending(folder, Lent(lambda: read_plant(folder), history, {})),
            TestClient(site(folder), base_url="http://127.0.0.1", headers={"x-andon": "1"}) as client,
        ):
            yield client


def again() -> model.Measurements:
    """The first failing die of the first wafer, tested once more and now good."""
    units, place = WAFERS.units, failing()
    columns = {n: [getattr(units, n)[place]] for n in ("lot", "wafer", "step", "x", "y", "site")}
    made = model.Units.of([NOW - 1000], [units.unit[place]], **columns, hard=[1], soft=[1], passed=[1], attempt=[1])
    test = (model.Test("leakage", "nA", None, 4.5, 1000),)
    return model.Measurements.sorted(made, test, np.zeros(1, np.int32), np.zeros(1, np.int32), np.array([2.5]))


def failing() -> int:
    return int(np.flatnonzero((WAFERS.units.passed == 0) & (WAFERS.units.wafer == "01"))[0])


def told(asks: TestClient, path: str, **more: object) -> dict[str, object]:
    answer = asks.get(f"/api/measured{path}", params=WHEN | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_was_measured_is_listed_with_limits_and_counts(asks: TestClient) -> None:
    machines = {m["machine"]: m for m in told(asks, "")["machines"]}
    tests = {t["name"]: t for t in machines[LATHE]["tests"]}
    assert (tests["diameter"]["low"], tests["diameter"]["high"], tests["diameter"]["count"]) == (24.96, 25.04, 600)
    assert machines[LATHE]["facts"] == ["who"]
    assert machines[PROBER]["wafers"] == 8
    assert machines[PROBER]["lot"] == ["LOT01"]


def test_what_plant_toml_describes_is_listed_and_wins(asks: TestClient) -> None:
    described = asks.get("/api/measured/tests").json()
    assert [(d["machine"], d["test"], d["target"]) for d in described] == [(LATHE, "diameter", 25.0)]
    tests = {t["name"]: t for m in told(asks, "")["machines"] for t in m["tests"]}
    assert (tests["diameter"]["title"], tests["diameter"]["target"]) == ("Diameter of the shaft", 25.0)
    assert (tests["roughness"]["title"], tests["roughness"]["high"]) == ("", 1.6)


def test_everything_streams_as_plain_rows(asks: TestClient) -> None:
    asked = WHEN | {"at": LATHE, "kind": "measurements", "format": "arrow"}
    rows = pa.ipc.open_stream(asks.get("/api/measured/rows", params=asked).content).read_all()
    assert rows.num_rows == len(PARTS)
    diameters = rows.filter(pa.compute.equal(rows["test"], "diameter"))
    assert np.allclose(np.sort(diameters["value"].to_numpy()), np.sort(PARTS.take("diameter").value))
    text = asks.get("/api/measured/rows", params=asked | {"kind": "units", "format": ""}).text.splitlines()
    assert text[0].startswith("machine,at,unit_id,step")
    assert len(text) == 601
    assert asks.get("/api/measured/rows", params=asked | {"kind": "spells"}).status_code == 404


def test_units_come_newest_first_page_by_page(asks: TestClient) -> None:
    first = told(asks, "/units", at=LATHE, limit=2)
    second = told(asks, "/units", at=LATHE, limit=2, skip=2)
    assert first["total"] == 600
    assert [r["unit"] for r in first["rows"] + second["rows"]] == ["P00599", "P00598", "P00597", "P00596"]


def test_a_die_is_found_by_its_place_with_each_of_its_tests(asks: TestClient) -> None:
    units, place = WAFERS.units, failing()
    x, y = int(units.x[place]), int(units.y[place])
    found = told(asks, "/units", at=PROBER, lot="LOT01", wafer="01", x=x, y=y)["rows"]
    assert [r["passed"] for r in found] == [True, False]
    one = told(asks, "/unit", at=PROBER, unit=found[1]["unit"], moment=found[1]["at"], lot="LOT01", wafer="01")
    assert one["hard_name"] in ("leakage", "open", "speed", "short")
    tests = {t["name"]: t for t in one["tests"]}
    assert tests["leakage"]["value"] == WAFERS.take("leakage").value[place]
    assert (tests["delay"]["low"], tests["delay"]["high"]) == (9.5, 12.5)


def test_values_are_those_that_were_found(asks: TestClient) -> None:
    columns = told(asks, "/values", at=LATHE, test="diameter", lot="L2")["columns"]
    chosen = PARTS.take("diameter").value[PARTS.units.lot[PARTS.take("diameter").row] == "L2"]
    assert columns["value"] == chosen.tolist()
    assert set(columns["lot"]) == {"L2"}


@pytest.mark.parametrize("shown", ["hard", "leakage"])
def test_a_map_holds_each_die_where_it_lies(asks: TestClient, shown: str) -> None:
    said = told(asks, "/maps", shown=shown)
    assert len(said["maps"]) == 8
    one = next(m for m in said["maps"] if m["wafer"] == "03")
    cells = np.frombuffer(base64.b64decode(one["cells"]), "<i2" if shown == "hard" else "<f4")
    cells = cells.reshape(one["height"], one["width"])
    dies = WAFERS.units.wafer == "03"
    expected = WAFERS.units.hard if shown == "hard" else WAFERS.take("leakage").value.astype(np.float32)
    rows, columns = WAFERS.units.y[dies] - one["y"], WAFERS.units.x[dies] - one["x"]
    assert (cells[rows, columns] == expected[dies]).all()
    empty = cells == -32768 if shown == "hard" else np.isnan(cells)
    assert empty.sum() == cells.size - dies.sum()


def test_a_die_that_was_tested_again_shows_its_last_test_or_its_first(asks: TestClient) -> None:
    last, first = (told(asks, "/maps", wafer="01", first=f)["maps"][0] for f in (False, True))
    assert last["good"] == first["good"] + 1
    assert last["dies"] == first["dies"] == int((WAFERS.units.wafer == "01").sum())


@pytest.mark.parametrize("first", [False, True])
def test_bins_are_those_of_the_dies_that_are_shown(asks: TestClient, first: bool) -> None:
    said = told(asks, "/maps", first=first)
    hard = WAFERS.units.hard.copy()
    if not first:
        hard[failing()] = 1
    numbers, counts = np.unique(hard, return_counts=True)
    assert {b["bin"]: b["count"] for b in said["bins"]} == dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    assert {b["bin"]: (b["name"], b["passed"]) for b in said["bins"]}[1] == ("good", True)


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/unit", {"at": LATHE, "unit": "nobody", "moment": 5}, 409),
        ("/values", {"at": LATHE, "test": "nothing"}, 409),
        ("/units", {"at": "line-9"}, 404),
        ("/units", {"limit": 0}, 422),
    ],
)
def test_what_is_not_there_is_said(asks: TestClient, path: str, asked: dict[str, object], status: int) -> None:
    answer = asks.get(f"/api/measured{path}", params=WHEN | asked)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
