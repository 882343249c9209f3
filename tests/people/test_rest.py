"""What programs get over HTTP is what the house knows: the same rows in every form, each problem in words."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import pairwise

import httpx2
import pyarrow as pa
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import andon
from andon.surfaces.gate.patient import HEAD
from andon.surfaces.rest.streams import harmless
from guarded import MARK, two_lines
from runs import Run, run_plant
from servers import until

PRESS, TEMPERATURE = "line-1/press", "line-1/press/temperature"
DAYS = {"last": "3 d"}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Iterator[Run]:
    with run_plant(two_lines(tmp_path_factory.mktemp("rest") / "works")) as started:
        with httpx2.Client(trust_env=False) as client:
            until(lambda: client.get(f"{started.url}/api/plant", timeout=60).status_code == 200, 60, "the API")
        yield started


@pytest.fixture
def client(run) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"{run.url}/api", headers=MARK, timeout=60, trust_env=False) as made:
        yield made


def rows_of_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# ---- samples and trends ----


def test_pages_one_after_another_are_all_rows_and_so_are_csv_and_arrow(client):
    asked = {"signal": [TEMPERATURE, f"{PRESS}/state"], **DAYS}
    paged, after = [], ""
    while True:
        page = client.get("/samples", params={**asked, "limit": 100, "after": after})
        paged += page.json()
        if not (after := page.headers.get("x-next", "")):
            break
        assert len(page.json()) == 100
        assert 'rel="next"' in page.headers["link"]
    streamed = pa.ipc.open_stream(client.get("/samples", params={**asked, "format": "arrow"}).content).read_all()
    text = client.get("/samples", params=asked, headers={"accept": "text/csv"}).text
    keys = [(r["signal"], r["at"], r["value"], r["text"]) for r in paged]
    columns = (streamed["signal"], streamed["at"].cast(pa.int64()), streamed["value"], streamed["text"])
    assert len(keys) == 2 * 288
    assert keys == list(zip(*(c.to_pylist() for c in columns), strict=True))
    assert [(r["signal"], micros(r["at"]), float(r["value"]) if r["value"] else None) for r in rows_of_csv(text)] == [
        k[:3] for k in keys
    ]


def micros(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1e6)


def test_a_trend_has_the_true_lowest_and_highest_of_each_bucket(client):
    rows = client.get("/samples", params={"signal": TEMPERATURE, **DAYS}).json()
    asked = {"signal": TEMPERATURE, "since": rows[0]["at"], "until": rows[-1]["at"] + 1, "pixels": 10}
    found = client.get("/trend", params=asked).json()
    (series,) = found["series"]
    for at, low, high in zip(series["at"], series["low"], series["high"], strict=True):
        inside = [r["value"] for r in rows if at <= r["at"] < at + found["width"]]
        assert (low, high) == (min(inside), max(inside))
    as_rows = rows_of_csv(client.get("/trend", params={**asked, "format": "csv"}).text)
    assert [(micros(r["at"]), float(r["high"])) for r in as_rows] == list(
        zip(series["at"], series["high"], strict=True)
    )


def test_states_of_a_machine_leave_no_gap_and_do_not_overlap(client):
    found = client.get("/states", params=DAYS).json()
    assert [m["machine"] for m in found["machines"]] == [PRESS, "line-2/press"]
    for machine in found["machines"]:
        edges = [(s[0], s[1]) for s in machine["spells"]]
        assert (edges[0][0], edges[-1][1]) == (found["since"], found["until"])
        assert all(before[1] == after[0] for before, after in pairwise(edges))
    assert {s[2] for s in found["machines"][0]["spells"]} >= {"producing", "fault"}


def test_coverage_piece_by_piece_adds_up_to_the_whole(client):
    found = client.get("/coverage", params={**DAYS, "pieces": 7}).json()
    for signal in found["signals"]:
        assert sum(signal["pieces"]) / 7 == pytest.approx(signal["coverage"], abs=1e-3)
        assert 0 <= signal["longest_gap"] <= found["until"] - found["since"]


def test_what_is_still_to_come_is_no_gap(client):
    now = time.time_ns() // 1000
    past = client.get("/coverage", params={"since": now - 10**11, "until": now}).json()["signals"]
    ahead = client.get("/coverage", params={"since": now - 10**11, "until": now + 10**12}).json()["signals"]
    for before, after in zip(past, ahead, strict=True):
        assert after["coverage"] == pytest.approx(before["coverage"], abs=1e-3)
        assert after["longest_gap"] == pytest.approx(before["longest_gap"], abs=10**7)


def test_a_window_may_be_named_in_microseconds(client):
    now = time.time_ns() // 1000
    found = client.get("/states", params={"since": now - 10**9, "until": now}).json()
    assert (found["since"], found["until"]) == (now - 10**9, now)


# ---- studies and the ledger ----


def test_a_study_tells_what_a_notebook_gets(client, run):
    said = client.get("/studies/oee", params={"at": PRESS, "last": "yesterday"}).json()
    with andon.open(run.folder) as plant:
        asked = plant.ask("oee", at=PRESS, last="yesterday")
    assert said["answer"] == json.loads(json.dumps(asked.plain()["answer"]))
    assert {f["name"]: f["value"] for f in said["figures"]}["oee"] == asked.answer.oee
    assert next(f["name"] for f in said["figures"] if f["headline"]) == "oee"
    assert said["coverage"] == asked.known
    assert said["picture"]["kind"] == "waterfall"


def test_every_study_can_be_asked_or_says_why_not(client):
    for study in client.get("/studies").json():
        said = client.get(f"/studies/{study['name']}", params={"at": PRESS, **DAYS})
        assert said.status_code in (200, 409, 422), said.text
        about = client.get(f"/studies/{study['name']}/about", params={"lang": "zh"}).json()
        assert about["figures"]
        assert about["source"]


def test_titles_are_in_the_readers_language_and_codes_stay(client):
    asked = {"at": PRESS, "last": "yesterday"}
    english, chinese = (client.get("/ledger", params=asked | {"lang": lang}).json() for lang in ("en", "zh"))
    assert english["rows"] == chinese["rows"]
    assert [c["title"] for c in english["columns"]] != [c["title"] for c in chinese["columns"]]
    assert chinese["words"]["productive"]


# ---- problems ----


def test_a_problem_says_what_the_command_line_says_in_both_languages(client):
    said = client.get("/studies/oee", params={"at": "line-1/pres", "last": "week"})
    assert (said.status_code, said.headers["content-type"]) == (404, "application/problem+json")
    assert said.json()["type"] == "/problems/UnknownName"
    assert said.json()["detail"] == "There is no machine or line 'line-1/pres'. Did you mean 'line-1/press'?"
    chinese = client.get(
        "/studies/oee", params={"at": "line-1/pres", "last": "week"}, headers={"accept-language": "zh"}
    )
    assert "line-1/press" in chinese.json()["detail"]
    assert chinese.json()["title"] != said.json()["title"]


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/studies/ooe?last=week", 404, "UnknownName"),
        ("/studies/oee?last=wek", 422, "BadQuestion"),
        ("/studies/oee", 422, "BadQuestion"),
        ("/studies/oee?since=2001-01-01&until=2001-01-02", 409, "NoData"),
        ("/trend?signal=line-1/press/none&last=week", 404, "UnknownName"),
        ("/samples?signal=line-1/press/state&last=week&limit=0", 422, "BadQuestion"),
        ("/samples?signal=line-1/press/state&last=week&after=nowhere", 422, "BadQuestion"),
        ("/ledger/entries/99999999", 404, "UnknownName"),
        ("/nothing/here", 404, "404"),
    ],
)
def test_each_problem_has_its_status(client, path, status, name):
    said = client.get(path)
    assert (said.status_code, said.json()["type"]) == (status, f"/problems/{name}"), said.text


def test_a_wrong_method_is_told_which_is_right(client):
    said = client.delete("/plant")
    assert (said.status_code, said.headers["allow"]) == (405, "GET")


def test_what_is_known_already_is_not_sent_again(client):
    first = client.get("/plant")
    again = client.get("/plant", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/plant?lang=zh").headers["etag"] != first.headers["etag"]


def test_a_text_that_a_spreadsheet_would_run_is_written_as_a_text():
    said = pa.chunked_array([["=1+1", "+x", "-x", "@x", "plain", None]])
    assert harmless(said).to_pylist() == ["'=1+1", "'+x", "'-x", "'@x", "plain", None]


# ---- acts ----


def test_the_same_key_is_the_same_act_also_after_a_restart(tmp_path):
    folder, note = two_lines(tmp_path / "works"), {"machine": PRESS, "text": "seen"}
    numbers = []
    for _ in range(2):
        with run_plant(folder) as started, httpx2.Client(base_url=started.url, timeout=60, trust_env=False) as asks:
            for key in ("one", "one", "two"):
                said = asks.post("/api/acts/note", json=note, headers=MARK | {"Idempotency-Key": key})
                numbers.append((key, said.json()["number"]))
            notes = asks.get("/api/spells", params={"kind": "note", "last": "1 h"}).json()
    assert len(set(numbers)) == 2
    assert [n["text"] for n in notes] == ["seen", "seen"]


def test_an_act_without_the_header_that_only_our_page_sends_is_refused(client):
    said = httpx2.post(f"{client.base_url}acts/note", json={"machine": PRESS, "text": "x"}, trust_env=False, timeout=60)
    assert said.status_code == 403


# ---- live ----


def frames(socket, wanted: str, patience: float = 15) -> dict:
    """The next frame that has something."""
    late = time.monotonic() + patience
    while time.monotonic() < late:
        frame = json.loads(socket.recv(timeout=patience))
        if wanted in frame:
            return frame
    raise AssertionError(f"no frame with {wanted}")


def test_first_all_then_what_changed_and_the_newest_value_of_what_is_followed(client, run):
    with connect(f"{run.url.replace('http', 'ws')}/api/live", proxy=None) as socket:
        whole = json.loads(socket.recv(timeout=15))
        assert whole["whole"] is True
        assert [t["machine"] for t in whole["tiles"]] == [PRESS, "line-2/press"]
        socket.send(json.dumps({"follow": [TEMPERATURE, "no/such/signal"]}))
        assert list(frames(socket, "latest")["latest"]) == [TEMPERATURE]
        done = client.post("/acts/enter", json={"machine": PRESS, "signal": "temperature", "value": "71.5"})
        assert done.status_code == 200, done.text
        assert frames(socket, "latest")["latest"][TEMPERATURE][1] == 71.5
        begun = client.post("/acts/start_order", json={"machine": PRESS, "order": "A-1"})
        assert begun.status_code == 200, begun.text
        changes = (t for _ in range(15) for t in frames(socket, "tiles")["tiles"] if t["machine"] == PRESS)
        change = next(t for t in changes if "order" in t)  # figures may change before
        assert change["order"] == "A-1"
        assert "title" not in change


def test_a_socket_lasts_longer_than_the_head_of_a_request_may_take(run):
    with connect(f"{run.url.replace('http', 'ws')}/api/live", proxy=None) as socket:
        late = time.monotonic() + HEAD + 2
        while time.monotonic() < late:
            assert json.loads(socket.recv(timeout=15))["at"]


def test_a_page_of_another_site_may_not_watch(run):
    with (
        pytest.raises(InvalidStatus),
        connect(f"{run.url.replace('http', 'ws')}/api/live", origin="http://elsewhere.example", proxy=None),
    ):
        pass


def test_who_talks_nonsense_is_let_go_of(run):
    with connect(f"{run.url.replace('http', 'ws')}/api/live", proxy=None) as socket:
        socket.send("[1, 2")
        with suppress(ConnectionClosed):
            while True:
                socket.recv(timeout=15)
        assert socket.close_code == 1008


def test_the_same_frames_come_as_server_sent_events(client):
    with client.stream("GET", "/live", params={"signal": TEMPERATURE}) as said:
        assert said.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in said.iter_lines() if line.startswith("data: "))
        assert json.loads(next(lines)[6:])["whole"] is True
        assert any(TEMPERATURE in json.loads(line[6:]).get("latest", {}) for line in lines)


# ---- what Grafana's Infinity data source asks, as docs/rest.md describes it ----


def test_grafana_gets_rows_of_a_trend_with_moments_it_can_read(client):
    now = time.time_ns() // 1_000_000
    since = datetime.fromtimestamp((now - 3 * 86_400_000) / 1000).astimezone().isoformat()
    asked = {"signal": TEMPERATURE, "since": since, "pixels": 200, "format": "csv"}
    rows = rows_of_csv(client.get("/trend", params=asked, headers={"user-agent": "Grafana/12"}).text)
    assert set(rows[0]) == {"signal", "at", "low", "high", "first", "last"}
    assert rows[0]["at"].endswith("Z")
    assert datetime.fromisoformat(rows[0]["at"]).tzinfo


def test_grafana_gets_a_table_of_a_study_and_of_the_ledger(client):
    rows = client.get("/studies/oee", params={**DAYS, "by": "day,machine"}).json()["tables"]["pieces"]["rows"]
    assert {"day", "machine", "oee"} <= set(rows[0])
    ledger = rows_of_csv(client.get("/ledger", params={**DAYS, "by": "loss", "format": "csv"}).text)
    assert {"loss", "time", "share"} <= set(ledger[0])
