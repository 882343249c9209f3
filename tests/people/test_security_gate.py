"""Attacks on a running plant: other pages, forged hosts, stolen cookies, paths, headers, formulas, bodies, patterns."""

from __future__ import annotations

import csv
import gzip
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from guarded import MARK, PASSWORD, Guarded, guarded, two_lines
from runs import run_plant

EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def works(tmp_path_factory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("gate") / "works") as made:
        yield made


@pytest.fixture(scope="module")
def open_works(tmp_path_factory) -> Iterator[Guarded]:
    """A plant without accounts: whoever is at this computer has every right."""
    folder = two_lines(tmp_path_factory.mktemp("open") / "works")
    with run_plant(folder) as run:
        made = Guarded(run.url, folder, {}, {})
        made.client().get("/api/me")  # it answers
        yield made
        made.close()


def raw(url: str, request: bytes, wait: float = 5.0) -> bytes:
    """What the server answers to these bytes, until it closes or says nothing more."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=wait) as wire:
        wire.sendall(request)
        said = b""
        try:
            while part := wire.recv(65536):
                said += part
        except (TimeoutError, ConnectionResetError):
            pass
    return said


def heard(live: ClientConnection, seconds: float) -> None:
    """Listen for so long; raises once it was closed."""
    late = time.monotonic() + seconds
    while time.monotonic() < late:
        with suppress(TimeoutError):
            live.recv(timeout=1)


def get(path: str, host: str = "127.0.0.1", *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def test_without_accounts_this_computer_has_every_right_and_no_bent_name_gets_in(open_works):
    port = urlsplit(open_works.url).port
    assert (
        json.loads(raw(open_works.url, get("/api/me", f"127.0.0.1:{port}")).partition(b"\r\n\r\n")[2])["right"]
        == "admin"
    )
    assert b" 200 " in raw(open_works.url, get("/api/me", f"localhost:{port}"))[:20]
    for host in (f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "169.254.0.1", "0.0.0.0"):
        assert b" 403 " in raw(open_works.url, get("/api/me", host))[:20], host
    for host in ("a b", "x/../y", "127.0.0.1:99999999", ""):
        assert b" 400 " in raw(open_works.url, get("/api/me", host))[:20], host


def test_without_accounts_nobody_gets_in_through_a_proxy(open_works):
    for header in (
        "X-Forwarded-For: 203.0.113.9",
        "Forwarded: for=203.0.113.9",
        "X-Real-IP: 203.0.113.9",
        "Via: 1.1 proxy",
    ):
        assert b" 403 " in raw(open_works.url, get("/api/me", "127.0.0.1", header))[:20], header


@pytest.mark.parametrize("who", ["local", "session"])
def test_a_page_of_another_host_changes_nothing_and_hears_nothing(works, open_works, who):
    asks = works.browser("ann") if who == "session" else open_works.client()
    url = works.url if who == "session" else open_works.url
    note = {"machine": "line-1/press", "text": "x"}
    assert asks.post("/api/acts/note", json=note, headers={**MARK, "origin": EVIL}).status_code == 403
    assert asks.post("/api/acts/note", json=note, headers={**MARK, "origin": "null"}).status_code == 403
    asks.headers.pop("x-andon", None)
    assert asks.post("/api/acts/note", json=note).status_code == 403, "without the mark that no other page can send"
    assert asks.get("/api/me", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}).status_code == 403
    assert asks.post("/api/acts/note", json=note, headers={**MARK, "origin": url}).status_code == 200
    assert "access-control-allow-origin" not in asks.get("/api/me", headers={"origin": EVIL}).headers
    cookie = "; ".join(f"{c.name}={c.value}" for c in asks.cookies.jar)
    live = url.replace("http", "ws") + "/api/live"
    with pytest.raises(InvalidStatus):
        connect(live, origin=EVIL, additional_headers={"cookie": cookie})
    with connect(live, origin=url, additional_headers={"cookie": cookie}) as socket_:
        assert json.loads(socket_.recv(timeout=20))["whole"] is True


def test_a_cookie_cannot_be_read_by_scripts_nor_chosen_by_others(works):
    stranger = works.client(**MARK)
    name = next(iter(works.browser("ann").cookies.jar)).name
    stranger.cookies.set(name, "chosen-by-somebody-else")
    said = stranger.post("/api/login", json={"name": "ann", "password": PASSWORD})
    cookie = said.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "chosen-by-somebody-else" not in cookie
    assert works.client(cookie=f"{name}=chosen-by-somebody-else").get("/api/me").status_code == 401


def test_logging_out_ends_the_session_and_not_only_the_cookie(works):
    asks = works.browser("ann")
    cookie = {"cookie": "; ".join(f"{c.name}={c.value}" for c in asks.cookies.jar)}
    assert works.client(**cookie).get("/api/me").status_code == 200
    assert asks.post("/api/logout").status_code == 204
    assert works.client(**cookie).get("/api/me").status_code == 401


def test_what_is_open_ends_when_the_session_does(works):
    bob, admin = works.browser("bob"), works.client(works.token["admin"])
    cookie = "; ".join(f"{c.name}={c.value}" for c in bob.cookies.jar)
    with connect(works.url.replace("http", "ws") + "/api/live", additional_headers={"cookie": cookie}) as live:
        live.recv(timeout=20)
        assert admin.delete("/api/accounts/bob/sessions").status_code == 204
        with pytest.raises(ConnectionClosed):
            heard(live, 25)
    assert bob.get("/api/me").status_code == 401


def test_whoever_guesses_passwords_has_to_wait_and_learns_no_names(works):
    said = {}
    for name in ("carl", "nobody-of-that-name"):
        if name == "carl":
            given = {"name": "carl", "right": "viewer", "password": PASSWORD}
            assert works.client(works.token["admin"]).post("/api/accounts", json=given).status_code == 201
        tries = [
            works.client(**MARK).post("/api/login", json={"name": name, "password": f"wrong {n}"}) for n in range(7)
        ]
        said[name] = [(t.status_code, t.json()["type"]) for t in tries]
        assert int(tries[-1].headers["retry-after"]) > 30
    assert said["carl"] == said["nobody-of-that-name"]
    assert [s for s, _ in said["carl"]] == [401] * 5 + [429] * 2
    right = works.client(**MARK).post("/api/login", json={"name": "carl", "password": PASSWORD})
    assert right.status_code == 429, "also the right password waits"
    lines = works.client(works.token["admin"]).get("/api/audit?limit=200&act=login").json()
    refused = [x["arguments"]["account"] for x in lines if x["result"]["state"] == "refused"]
    assert refused.count("carl") == 5
    assert "nobody-of-that-name" not in refused


@pytest.mark.parametrize(
    "path", ["/", "/losses", "/api/me", "/api/no-such-thing", "/assets/none.js", "/api/openapi.json"]
)
def test_every_answer_tells_the_browser_to_trust_nobody_else(works, path):
    for asks in (works.client(), works.client(works.token["viewer"])):
        headers = asks.get(path).headers
        policy = dict(p.strip().partition(" ")[::2] for p in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        assert policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["frame-ancestors"] == "'self'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/../plant.toml",
        "/%2e%2e/%2e%2e/plant.toml",
        "/assets/../../../../../../../../etc/passwd",
        "/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/..%5c..%5cplant.toml",
        "//etc/passwd",
        "/%00",
        "/api/../../plant.toml",
        "/api/paper/copies/..%2fplant.toml",
        "/api/paper/copies/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/quarantine/files/..%2f..%2fplant.toml",
        "/api/reports/..%2f..%2fplant.toml",
    ],
)
def test_no_path_leads_out_of_what_is_served(works, path):
    said = raw(works.url, get(path, "127.0.0.1", f"Authorization: Bearer {works.token['admin']}"))
    assert b"[[machine]]" not in said
    assert b"root:" not in said
    assert b" 500 " not in said[:20]


@pytest.mark.parametrize("text", ["en%0d%0aX-Evil:%201", "%0d%0a%0d%0a<script>", "zh%0aSet-Cookie:%20a=b"])
def test_no_text_becomes_a_header(works, text):
    for path in (
        f"/api/plant?lang={text}",
        f"/?login={text}",
        f"/api/{text}",
        f"/api/oidc/back?error={text}&state={text}",
    ):
        head = raw(works.url, get(path, "127.0.0.1", f"Authorization: Bearer {works.token['admin']}")).partition(
            b"\r\n\r\n"
        )[0]
        names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
        assert not {b"x-evil", b"set-cookie"} & set(names), head


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1"])
def test_what_people_write_is_no_formula_in_a_csv(works, text):
    admin = works.client(works.token["admin"])
    entered = {"machine": "line-1/press", "signal": "product", "value": text}
    assert admin.post("/api/acts/enter", json=entered).status_code == 200
    asked = {"signal": "line-1/press/product", "last": "1 d", "format": "csv"}
    cells = [row["text"] for row in csv.DictReader(io.StringIO(admin.get("/api/samples", params=asked).text))]
    assert "'" + text.strip() in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_body_is_only_so_large_and_a_head_too(works):
    admin = works.client(works.token["admin"])
    large = b"x" * (5 << 20)
    assert admin.post("/api/acts/note", content=large).status_code == 413
    said = admin.post("/api/acts/note", content=iter([large[: 1 << 20]] * 5))
    assert said.status_code == 413, "without a length it is counted"
    for long in (
        get("/", "127.0.0.1", "X-Long: " + "x" * 60_000),
        get("/" + "x" * 60_000),
        get("/?q=" + "x" * 600_000),
    ):
        assert raw(works.url, long).split(b" ")[1] in (b"400", b"431")
    many = raw(works.url, get("/", "127.0.0.1", *(f"X-{n}: {n}" for n in range(20_000))))
    assert many.split(b" ")[1] in (b"400", b"431")
    assert admin.get("/api/me").status_code == 200


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 50_000, b'{"machine": 1e999}', b"\xff\xfe", b'{"machine": "\\ud800"}', b"nul"]
)
def test_a_body_that_is_a_bomb_or_nonsense_is_refused_as_such(works, body):
    admin = works.client(works.token["admin"])
    for path in ("/api/acts/note", "/api/accounts", "/api/tokens", "/api/paper/check", "/mcp"):
        said = admin.post(
            path,
            content=body,
            headers={"content-type": "application/json", "accept": "application/json, text/event-stream"},
        )
        assert 400 <= said.status_code < 500, (path, said.status_code, said.text[:200])


def test_a_packed_body_is_not_unpacked(works):
    bomb = gzip.compress(b"\0" * (64 << 20))
    said = works.client(works.token["admin"]).post(
        "/api/acts/note", content=bomb, headers={"content-encoding": "gzip", "content-type": "application/json"}
    )
    assert said.status_code in (400, 415, 422)


def test_a_message_over_the_websocket_is_only_so_large(works):
    url = works.url.replace("http", "ws") + "/api/live"
    with connect(url, additional_headers={"authorization": f"Bearer {works.token['viewer']}"}) as live:
        live.recv(timeout=20)
        live.send("x" * (1 << 20))
        with pytest.raises(ConnectionClosed):
            heard(live, 25)


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "a " * 10_000, "'" * 5_000, "x" * 3000 + " (" * 3000, "(" * 9_000, ". " * 9_000]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_keeps_a_pattern_busy(works, text, language):
    """What somebody sends comes back in an error, which is put into Chinese by patterns."""
    admin = works.client(works.token["admin"], **{"accept-language": language})
    begun = time.monotonic()
    assert admin.post("/api/acts/note", json={"machine": text, "text": "x"}).status_code in (404, 422)
    assert admin.post("/api/paper/check", json={"text": f'[plant]\nname = "{text[:9000]}"\n'}).status_code < 500
    assert time.monotonic() - begun < 4


@contextmanager
def private_server() -> Iterator[tuple[int, list[str]]]:
    """Something inside the network that has a secret, and what was asked of it."""
    asked: list[str] = []

    class Private(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path.startswith("/away"):
                self.send_response(302)
                self.send_header("location", "/secret")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"the secret of the house")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Private)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()


def test_connecting_is_for_engineers_and_tells_nothing_of_what_is_no_machine(works):
    with private_server() as (port, asked):
        address = {"address": f"http://127.0.0.1:{port}/away"}
        for right in ("viewer", "operator"):
            assert works.client(works.token[right]).post("/api/connect/ways", json=address).status_code == 403
        assert asked == []
        engineer = works.client(works.token["engineer"])
        said = engineer.post("/api/connect/ways", json=address)
        begun = engineer.post(
            "/api/connect/visits", json={"connector": "mtconnect", "url": address["address"], "name": "x"}
        )
        assert "secret of the house" not in said.text + begun.text
        assert not any(path.startswith("/secret") for path in asked), "an answer that points elsewhere is not followed"
        for url in ("file:///etc/passwd", "gopher://127.0.0.1", "ftp://127.0.0.1/x"):
            said = engineer.post("/api/connect/ways", json={"address": url})
            assert said.status_code < 500, said.text
            assert "root:" not in said.text


def test_an_engineer_cannot_become_an_admin_by_editing_the_plant(works):
    engineer = works.client(works.token["engineer"])
    paper = engineer.get("/api/paper").json()
    mine = '\n[login]\nissuer = "https://evil.example"\nclient_id = "x"\notherwise = "admin"\n'
    said = engineer.put("/api/paper", json={"text": paper["text"] + mine, "digest": paper["digest"]})
    assert said.status_code == 403, said.text
    assert "evil.example" not in (works.folder / "plant.toml").read_text()
