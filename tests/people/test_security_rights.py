"""Every route of the OpenAPI document, asked with every right and with none; lines that one may not see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from websockets.sync.client import connect

from guarded import HIDDEN, MARK, RIGHTS, Guarded, guarded

LAST = {"last": "3 d"}
VALUES = {
    "signal": "line-1/press/temperature",
    "name": "oee",
    "entry": "1",
    "kind": "alarm",
    "condition": "temperature > 70",
    **LAST,
}


@pytest.fixture(scope="module")
def works(tmp_path_factory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("rights") / "works") as made:
        yield made


def operations(works: Guarded) -> list[tuple[str, str, dict]]:
    paths = works.openapi()["paths"]
    return [(method, path, operation) for path, methods in paths.items() for method, operation in methods.items()]


def status(client: httpx2.Client, method: str, path: str, **more) -> int:
    """The status alone: some answers never end."""
    address = re.sub(r"\{\w+\}", "no-such-thing", path)
    with client.stream(method.upper(), address, **more) as said:
        return said.status_code


def test_every_operation_says_which_right_it_needs(works):
    for method, path, operation in operations(works):
        assert operation["x-right"] in ("", *RIGHTS), (method, path)
        assert operation["security"] if operation["x-right"] else True


def test_a_stranger_is_told_to_log_in_at_every_route(works):
    stranger = works.client(**MARK)
    for method, path, operation in operations(works):
        if operation["x-right"]:
            assert status(stranger, method, path) == 401, (method, path)
    assert status(stranger, "get", "/api/openapi.json") == 401
    assert status(stranger, "get", "/api/no-such-route") == 401


@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_reaches_what_needs_it_or_less_and_nothing_else(works, right):
    asks = works.client(works.token[right])
    for method, path, operation in operations(works):
        needed = operation["x-right"]
        found = status(asks, method, path)
        if needed and RIGHTS.index(right) < RIGHTS.index(needed):
            assert found == 403, (method, path, found)
        elif path != "/api/acts/{name}" and needed:
            assert found not in (401, 403, 500), (method, path, found)


def test_an_act_is_refused_to_whoever_lacks_its_right_and_the_log_says_so(works):
    admin = works.client(works.token["admin"])
    for act in admin.get("/api/acts").json():
        for right in RIGHTS:
            said = works.client(works.token[right]).post(f"/api/acts/{act['name']}", json={})
            allowed = RIGHTS.index(right) >= RIGHTS.index(act["right"])
            assert (said.status_code == 403) is not allowed, (act["name"], right, said.text)
    refused = [line for line in admin.get("/api/audit?limit=1000").json() if line["result"]["state"] == "refused"]
    assert {line["who"] for line in refused} >= {"token whole operator"}


@pytest.mark.parametrize("right", RIGHTS)
def test_nothing_that_is_read_tells_of_a_line_that_one_may_not_see(works, right):
    whole, some = works.client(works.token["admin"]), works.client(works.scoped[right])
    told = 0
    for method, path, operation in operations(works):
        if method != "get" or path in ("/api/live", "/api/backup"):
            continue
        asked = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        query = {name: value for name, value in VALUES.items() if name in asked}
        address = re.sub(r"\{(\w+)\}", lambda m: VALUES.get(m[1], "1"), path)
        told += HIDDEN in whole.get(address, params=query).text
        said = some.get(address, params=query)
        assert said.status_code < 500, (path, said.text)
        assert HIDDEN not in said.text, (path, said.text[:2000])
    assert told > 12, "the line is there for whoever may see it, so its absence says something"


def test_a_place_that_one_may_not_see_is_unknown(works):
    some = works.client(works.scoped["admin"])
    for method, path, operation in operations(works):
        asked = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        if method != "get" or "at" not in asked or path == "/api/live":
            continue
        query = {name: value for name, value in VALUES.items() if name in asked} | {"at": "line-2"}
        said = some.get(re.sub(r"\{(\w+)\}", lambda m: VALUES.get(m[1], "1"), path), params=query)
        empty = said.status_code == 200 and not re.search(HIDDEN, said.text.replace('"at":"line-2"', ""))
        assert said.status_code in (404, 409, 422) or empty, (path, said.status_code, said.text[:300])
    signal = {"signal": "line-2/press/temperature", **LAST}
    for path in ("samples", "trend", "latest"):
        assert some.get(f"/api/{path}", params=signal).status_code == 404, path


def test_entries_of_the_books_of_another_line_are_unknown(works):
    whole, some = works.client(works.token["admin"]), works.client(works.scoped["viewer"])
    rows = whole.get("/api/ledger", params={"by": "entry", **LAST}).json()["rows"]
    assert {r["machine"] for r in rows} == {"line-1/press", "line-2/press"}
    for row in rows:
        mine = row["machine"].startswith("line-1")
        assert (some.get(f"/api/ledger/entries/{row['entry']}").status_code == 200) is mine
        assert (some.get("/api/ledger/versions", params={"entry": row["entry"]}).status_code == 200) is mine


def test_nobody_changes_anything_on_a_line_that_they_may_not_see(works):
    whole, some = works.client(works.token["admin"]), works.client(works.scoped["admin"])
    before = whole.get("/api/audit?limit=1").json()[0]["number"]
    values = {
        "machine": "line-2/press",
        "place": "line-2/press",
        "text": "x",
        "order": "1",
        "alarm": "hot",
        "code": "jam",
    }
    values |= {"signal": "temperature", "value": "1", "quantity": 1, "why": "x", "time": "1 h", "kind": "quality"}
    for act in whole.get("/api/acts").json():
        names = {a["name"] for a in act["arguments"]}
        if not names & {"machine", "place", "machines"}:
            continue
        given = {k: v for k, v in values.items() if k in names}
        given |= {a["name"]: "now" for a in act["arguments"] if a["type"] == "window"}
        said = some.post(f"/api/acts/{act['name']}", json=given)
        assert said.status_code in (404, 422), (act["name"], said.status_code, said.text)
        assert "no machine" in said.json()["detail"] or said.status_code == 422, (act["name"], said.text)
    done = [
        x for x in whole.get("/api/audit?limit=50").json() if x["number"] > before and x["result"]["state"] == "done"
    ]
    assert done == []


def test_live_frames_leave_out_what_one_may_not_see(works):
    def first(token: str) -> str:
        url = works.url.replace("http", "ws") + "/api/live"
        with connect(url, additional_headers={"authorization": f"Bearer {token}"}) as socket:
            return str(socket.recv(timeout=20))

    assert HIDDEN in first(works.token["viewer"])
    assert "line-1" in first(works.scoped["viewer"])
    assert HIDDEN not in first(works.scoped["viewer"])


def test_what_is_of_the_whole_plant_is_refused_to_an_admin_of_one_line(works):
    some = works.client(works.scoped["admin"])
    for method, path in (
        ("GET", "/api/accounts"),
        ("GET", "/api/tokens"),
        ("GET", "/api/audit"),
        ("GET", "/api/audit/verify"),
        ("POST", "/api/accounts"),
        ("GET", "/api/backup"),
        ("GET", "/api/paper"),
    ):
        given = (
            {"json": {"name": "eve", "right": "admin", "password": "long enough for it"}} if method == "POST" else {}
        )
        assert some.request(method, path, **given).status_code == 403, path


def test_a_closing_that_somebody_of_one_line_causes_leaves_the_other_line_to_be_closed(works):
    """Late data of line-2, looked at first by somebody who may not see it: its shift is closed again all the same."""
    whole, some = works.client(works.token["admin"]), works.client(works.scoped["viewer"])
    rows = [
        r for r in whole.get("/api/ledger", params={"by": "entry", **LAST}).json()["rows"] if HIDDEN in r["machine"]
    ]
    day, before = rows[0]["day"], max(r["version"] for r in rows)
    given = {"machine": "line-2/press", "stop": f"{day}T01:46:00Z", "code": "jam"}
    assert whole.post("/api/acts/reason", json=given).status_code == 200
    assert some.get("/api/ledger", params=LAST).status_code == 200
    rows = [
        r for r in whole.get("/api/ledger", params={"by": "entry", **LAST}).json()["rows"] if HIDDEN in r["machine"]
    ]
    assert max(r["version"] for r in rows) > before
    assert json.dumps(rows).count('"jam"') >= 1
