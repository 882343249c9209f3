"""Where a plant may be served and how: TLS, behind a proxy, and people who take their time."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.types import ASGIApp

from andon.accounts import Accounts, Person, people
from andon.app.serving import Tls, site
from andon.app.serving import guarded as may_be_served
from andon.errors import BadConfig, NotAllowed
from andon.surfaces.gate import Patient, body, patient
from guarded import MARK, PASSWORD, guarded
from processes import done
from servers import free_port, until

PAPER = '[plant]\nname = "works"\nzone = "UTC"\n'


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that 127.0.0.1 signed for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "works")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files


@pytest.fixture
def bare(tmp_path) -> Path:
    folder = tmp_path / "works"
    folder.mkdir()
    (folder / "plant.toml").write_text(PAPER)
    return folder


def govern(folder: Path) -> None:
    with Accounts(folder) as accounts:
        people.add(accounts, Person(name="ann", right="admin"), password=PASSWORD, by=("x", "admin"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "works.example"])
def test_any_address_but_this_computers_needs_tls_and_an_account(bare, host, tmp_path):
    tls = Tls(*certificate(tmp_path))
    with pytest.raises(NotAllowed, match="--tls-cert"):
        may_be_served(bare, host, tls=None, behind_proxy=False)
    for tls_, proxy in ((tls, False), (None, True)):
        with pytest.raises(NotAllowed, match="andon account add"):
            may_be_served(bare, host, tls=tls_, behind_proxy=proxy)
    govern(bare)
    with pytest.raises(NotAllowed, match="--tls-cert"):
        may_be_served(bare, host, tls=None, behind_proxy=False)
    may_be_served(bare, host, tls=tls, behind_proxy=False)
    may_be_served(bare, host, tls=None, behind_proxy=True)


def test_this_computers_own_address_needs_neither_but_behind_a_proxy_an_account(bare, tmp_path):
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        may_be_served(bare, host, tls=None, behind_proxy=False)
    with pytest.raises(NotAllowed, match="account"):
        may_be_served(bare, "127.0.0.1", tls=None, behind_proxy=True)
    other = certificate(tmp_path)[1]
    with pytest.raises(BadConfig, match="no certificate"):
        may_be_served(bare, "127.0.0.1", tls=Tls(other, other), behind_proxy=False)


def test_the_command_refuses_before_it_touches_anything(bare):
    said = done("run", bare, "--host", "0.0.0.0")
    assert said.returncode == 2
    assert "others could read every password" in said.stderr
    assert not (bare / "history").exists()


def test_over_tls_the_cookie_never_leaves_it(tmp_path):
    cert, key = certificate(tmp_path)
    with guarded(tmp_path / "works", "--tls-cert", str(cert), "--tls-key", str(key)) as works:
        assert works.url.startswith("https://")
        trusted = ssl.create_default_context(cafile=cert)
        with httpx2.Client(base_url=works.url, verify=trusted, trust_env=False, headers=MARK) as asks:
            said = asks.post("/api/login", json={"name": "ann", "password": PASSWORD})
            assert said.headers["set-cookie"].startswith("__Host-andon-")
            assert {"Secure", "HttpOnly"} <= {p.strip() for p in said.headers["set-cookie"].split(";")}
            assert said.headers["strict-transport-security"].startswith("max-age=")
            assert asks.get("/api/me").json()["who"] == "ann"
            assert asks.post("/api/logout", headers={"origin": works.url.replace("https", "http")}).status_code == 403
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(works.url.replace("https", "http"), trust_env=False, timeout=10)


def test_behind_a_proxy_its_word_counts_and_nobody_is_local(tmp_path):
    with guarded(tmp_path / "works", "--insecure-behind-proxy") as works:
        assert works.client().get("/api/me").status_code == 401
        proxied = {
            "x-forwarded-for": "1.1.1.1, 203.0.113.9",
            "x-forwarded-proto": "https",
            "x-forwarded-host": "works.example",
        }
        asks = works.client(**MARK, **proxied)
        said = asks.post(
            "/api/login", json={"name": "ann", "password": PASSWORD}, headers={"origin": "https://works.example"}
        )
        assert said.headers["set-cookie"].startswith("__Host-andon-")
        line = works.client(works.token["admin"], **proxied).get("/api/audit?limit=1").json()[0]
        assert line["arguments"]["address"] == "203.0.113.9", "the one that the proxy saw, not the one that was told it"
        forged = asks.post("/api/logout", headers={"origin": "https://evil.example"})
        assert forged.status_code == 403


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """An application as `andon run` serves it, within this process."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, http=Patient, log_config=None, proxy_headers=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 30, "the server")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def wire(url: str) -> socket.socket:
    return socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=20)


def closed_after(connection: socket.socket, begun: float) -> float:
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - begun


def test_whoever_takes_their_time_is_let_go(bare, monkeypatch):
    """A head that does not end, one letter at a time; a second head on a kept connection; a body that does not come."""
    monkeypatch.setattr(patient, "HEAD", 0.6)
    monkeypatch.setattr(body, "PATIENCE", 0.6)
    with served(site(bare)) as url:
        with wire(url) as nothing:
            assert 0.3 < closed_after(nothing, time.monotonic()) < 5
        with wire(url) as slow:
            begun = time.monotonic()
            head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 400
            with suppress(OSError):
                for letter in head:
                    slow.sendall(bytes([letter]))
                    time.sleep(0.05)
            assert time.monotonic() - begun < 0.05 * len(head), "it was closed before all was said"
        with wire(url) as kept:
            kept.sendall(b"GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200" in kept.recv(65536)
            kept.sendall(b"GET /api/me HT")
            assert closed_after(kept, time.monotonic()) < 5
        with wire(url) as half:
            half.sendall(
                b"POST /api/acts/note HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Andon: 1\r\nContent-Type: application/json\r\n"
                b"Content-Length: 900\r\n\r\n{"
            )
            assert b" 408 " in half.recv(65536)[:20]
        assert httpx2.get(f"{url}/api/me", trust_env=False).status_code == 200


def test_whoever_does_not_take_an_answer_is_let_go(monkeypatch):
    """An answer without end for somebody who reads nothing of it."""
    monkeypatch.setattr(patient, "STUCK", 0.6)
    ended = threading.Event()

    async def endless(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100_000):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            if await is_over(receive):
                ended.set()
                return

    async def is_over(receive) -> bool:
        try:
            message = await asyncio.wait_for(receive(), 0.001)
        except TimeoutError:
            return False
        return message["type"] == "http.disconnect"

    with served(endless) as url, wire(url) as deaf:
        deaf.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert ended.wait(20)


def test_too_many_connections_are_not_kept(bare, monkeypatch):
    monkeypatch.setattr(patient, "MOST", 20)
    with served(site(bare)) as url:
        many = [wire(url) for _ in range(40)]
        try:
            until(lambda: sum(is_gone(c) for c in many) >= 18, 10, "the ones too many")
        finally:
            for connection in many:
                connection.close()
        until(lambda: httpx2.get(f"{url}/api/me", trust_env=False).status_code == 200, 15, "room again")


def is_gone(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
