"""MCP over both ways in, with the official client: a process spoken to by standard input, and HTTP with tokens."""

import json
import os
import re
import subprocess
import sys

import httpx2
import pytest

from andon import app
from andon.ledger import audit
from andon.surfaces.mcp.server import ORDER
from assisted import DAY, Http, Stdio, asked, made, one
from processes import done
from runs import Run
from runs import asked as said_by

READING = [n for n in ORDER if n not in ("acts", "propose")]
OEE = {"study": "oee", "when": f"{DAY} 06:00/{DAY} 14:00", "at": "line-1/press-3"}
NOTE = {"act": "note", "arguments": {"machine": "line-1/press-3", "text": "checked"}, "why": "because"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
PLAIN = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def open_plant(tmp_path_factory):
    """A running plant without accounts."""
    folder = made(tmp_path_factory.mktemp("mcp") / "works")
    run = Run(folder).start()
    yield folder, re.search(r"Its page: (\S+)", run.said())[1]
    run.kill()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A running plant with accounts, and the tokens of a viewer, an operator and a viewer of line-2."""
    folder = made(tmp_path_factory.mktemp("mcp") / "guarded")
    app.account_added(folder, "ann", right="admin", lines=(), password="a long passphrase", who="ann")

    def token(name: str, right: str, lines: tuple[str, ...] = ()) -> dict[str, str]:
        text = app.token_added(folder, name, right=right, lines=lines, expires="1 d", who="ann")
        return {"authorization": f"Bearer {text}"}

    found = {
        "viewer": token("viewer", "viewer"),
        "operator": token("operator", "operator"),
        "saw": token("saw", "viewer", ("line-2",)),
    }
    run = Run(folder).start()
    yield folder, re.search(r"Its page: (\S+)", run.said())[1], found
    run.kill()


@pytest.mark.parametrize(("language", "says", "mode"), [("en", "coverage", "auto"), ("zh", "覆盖率", "legacy")])
@pytest.mark.parametrize("way", ["stdio", "http"])
def test_the_same_figure_with_its_receipt_over_each_way_in(open_plant, way, language, says, mode):
    folder, url = open_plant
    spoken = {"accept-language": f"{language}-XX,{language};q=0.9"}
    way_in = Stdio(folder, ["--lang", language], mode) if way == "stdio" else Http(url, spoken, mode)

    async def talk(client):
        tools = [t.name for t in (await client.list_tools()).tools]
        return tools, await one(client, "ask", OEE), await one(client, "ask", {"study": "oe", "when": DAY})

    tools, (said, refused), (wrong, was_refused) = asked(way_in, talk)
    assert tools == (READING if way == "stdio" else list(ORDER))
    assert not refused
    assert "69.7%" in said
    assert says in said
    assert "evidence: andon://study/oee?at=line-1/press-3" in said or "依据: andon://study/oee" in said
    assert f"{url}/studies/oee?at=line-1/press-3&since=2024-03-04T06:00:00Z" in said
    assert was_refused
    assert ("Did you mean 'oee'?" if language == "en" else "您是指 'oee' 吗") in wrong


def test_stdio_prints_nothing_but_the_protocol(tmp_path):
    folder = made(tmp_path / "works")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    said = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "now", "arguments": {}}},
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "andon", "mcp", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    for message in said:
        process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(2)]
    rest, wrong = process.communicate(timeout=30)
    assert [a["id"] for a in answers] == [1, 2]
    assert "Ask, never guess" in answers[0]["result"]["instructions"]
    assert (process.returncode, rest, wrong) == (0, "", "")


def test_stdio_of_a_folder_that_is_no_plant_says_so(tmp_path):
    said = done("mcp", tmp_path)
    assert (said.returncode, said.stdout) == (2, "")
    assert "plant.toml" in said.stderr


def test_stdio_with_a_right_proposes_within_its_lines_only(open_plant):
    folder, _ = open_plant
    options = ["--right", "operator", "--line", "line-2", "--who", "claude"]

    async def talk(client):
        other = NOTE | {"arguments": {"machine": "line-2/saw", "text": "checked"}}
        return await one(client, "propose", NOTE), await one(client, "propose", other)

    (denied, was_denied), (kept, was_kept_back) = asked(Stdio(folder, options), talk)
    assert was_denied
    assert "no machine 'line-1/press-3'" in denied
    assert not was_kept_back
    assert [(p.who, p.act, p.place) for p in app.act_proposals(folder)] == [("claude", "note", "line-2/saw")]
    assert f"Proposal {app.act_proposals(folder)[0].number} waits for a person" in kept


def test_without_a_token_a_guarded_plant_answers_401(guarded):
    _, url, _ = guarded
    for headers in ({}, {"authorization": "Bearer andon_x_y"}, {"cookie": "andon=1"}):
        answer = httpx2.post(f"{url}/mcp", headers=PLAIN | headers, json=LIST, timeout=60)
        assert answer.status_code == 401
        assert "Bearer" in answer.headers["www-authenticate"]


def test_a_viewers_token_reads_and_changes_nothing(guarded):
    folder, url, tokens = guarded

    async def talk(client):
        tools = [t.name for t in (await client.list_tools()).tools]
        return tools, await one(client, "ask", OEE), await one(client, "propose", NOTE)

    tools, (said, refused), (denied, was_denied) = asked(Http(url, tokens["viewer"]), talk)
    assert tools == READING
    assert (refused, was_denied) == (False, True)
    assert "69.7%" in said
    assert "no tool 'propose'" in denied
    assert app.act_proposals(folder) == []


def test_a_token_of_one_line_sees_nothing_of_the_other(guarded):
    _, url, tokens = guarded

    async def talk(client):
        return await one(client, "plant", {}), await one(client, "ask", OEE)

    (plant, _), (said, refused) = asked(Http(url, tokens["saw"]), talk)
    assert "line-2/saw" in plant
    assert "press-3" not in plant
    assert refused
    assert "no machine or line 'line-1/press-3'" in said


def test_what_an_operators_token_proposes_is_done_only_when_a_person_confirms(guarded):
    folder, url, tokens = guarded
    said, refused = asked(Http(url, tokens["operator"]), lambda client: one(client, "propose", NOTE))
    assert not refused
    number = app.act_proposals(folder)[0].number
    assert f"{url}/proposals" in said
    assert app.spelled(folder, "note", last=f"{DAY}/2031-01-01", at="line-1/press-3")[-1]["text"] != "checked"
    app.act_confirmed(folder, number, who="ann", right="admin")
    assert app.spelled(folder, "note", last=f"{DAY}/2031-01-01", at="line-1/press-3")[-1]["text"] == "checked"
    lines = [x for x in audit.lines(folder / "ledger") if x.act in ("propose", "note", "confirm_proposal")]
    done = [(x.act, x.who, x.result["state"]) for x in lines]
    assert done[-4:] == [
        ("propose", "token operator", "done"),
        ("note", "ann", "begun"),
        ("note", "ann", "done"),
        ("confirm_proposal", "ann", "done"),
    ]
    assert audit.verify(folder / "ledger").holds


def test_a_token_cannot_confirm_what_it_proposed(guarded):
    folder, url, tokens = guarded
    asked(Http(url, tokens["operator"]), lambda client: one(client, "propose", NOTE))
    number = app.act_proposals(folder)[0].number
    for how in ("confirm", "dismiss"):
        answer = httpx2.post(f"{url}/api/proposals/{number}/{how}", headers=tokens["operator"], timeout=60)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/NotAllowed")
    rows = httpx2.get(f"{url}/api/proposals", headers=tokens["operator"], timeout=60).json()
    assert [(r["number"], r["allowed"], r["title"]) for r in rows] == [
        (number, False, "Leave a note about a moment or a stretch of time.")
    ]
    assert httpx2.get(f"{url}/api/proposals", headers=tokens["saw"], timeout=60).json() == []


def test_the_command_line_shows_confirms_and_dismisses(guarded):
    folder, url, tokens = guarded
    asked(Http(url, tokens["operator"]), lambda client: one(client, "propose", NOTE))
    number, *rest = [p.number for p in app.act_proposals(folder)]
    rows = json.loads(said_by("proposals", str(folder), "--json"))
    assert (rows[0]["number"], rows[0]["who"], rows[0]["why"]) == (number, "token operator", "because")
    assert "written down as number" in said_by("proposals", str(folder), "--confirm", str(number))
    for other in rest:
        assert "nothing was changed" in said_by("proposals", str(folder), "--dismiss", str(other))
    states = {r["number"]: r["state"] for r in json.loads(said_by("proposals", str(folder), "--all", "--json"))}
    assert states[number] == "confirmed"
    assert app.act_proposals(folder) == []


def test_every_call_over_http_is_in_the_log_under_the_name_of_its_token(guarded):
    folder, url, tokens = guarded
    asked(Http(url, tokens["viewer"]), lambda client: one(client, "studies", {"name": "oee"}))
    last = list(audit.lines(folder / "ledger"))[-1]
    assert (last.act, last.right, last.arguments) == ("mcp studies", "viewer", {"name": "oee"})
    assert "viewer" in last.who


@pytest.mark.parametrize(
    ("headers", "status"), [({"origin": "http://evil.example"}, 403), ({"host": "evil.example"}, 403)]
)
def test_a_page_of_another_site_cannot_reach_it(open_plant, headers, status):
    _, url = open_plant
    assert httpx2.post(f"{url}/mcp", headers=PLAIN | headers, json=LIST).status_code == status


def test_only_short_posts_of_json_are_read(open_plant):
    _, url = open_plant
    assert httpx2.get(f"{url}/mcp", headers=PLAIN).status_code == 405
    assert httpx2.delete(f"{url}/mcp", headers=PLAIN).status_code == 405
    assert httpx2.post(f"{url}/mcp", headers=PLAIN, content=b"x" * 300_000).status_code == 413
    assert httpx2.post(f"{url}/mcp", headers=PLAIN | {"content-type": "text/plain"}, json=LIST).status_code == 400
    assert httpx2.post(f"{url}/mcp", headers=PLAIN, content=b"not json").status_code == 400
    assert httpx2.post(f"{url}/mcp/", headers=PLAIN, json=LIST).status_code != 200
