"""Logging in by the company's own provider: a real one of another maker, and what it says that does not hold."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from andon.config import check, keep_secret, read_plant
from andon.errors import NotAllowed
from andon.plant.login import Login
from andon.surfaces.gate.provider import Provider
from guarded import Guarded, guarded
from servers import free_port, needs_node, node, running, until

SECRET = "a secret of the tests"
LOGIN = """
[login]
issuer = "http://127.0.0.1:{port}"
client_id = "andon"
title = "Works login"
rights = {{ fitters = "operator", it = "admin" }}
lines = {{ fitters = ["line-1"] }}
"""


@dataclass
class Company:
    """A running plant, and the provider beside it."""

    works: Guarded
    port: int
    groups: Path

    def enter(self, who: str, *groups: str) -> tuple[httpx2.Client, httpx2.Response]:
        """Somebody of these groups clicks the button, logs in at the provider and comes back."""
        self.groups.write_text(json.dumps({who: groups}))
        asks = httpx2.Client(follow_redirects=True, trust_env=False, timeout=30)
        self.works.clients.append(asks)
        page = asks.get(f"{self.works.url}/api/oidc")
        while form := re.search(r'action="([^"]+)"', page.text) if str(self.port) in str(page.url) else None:
            prompt = re.search(r'name="prompt" value="([^"]+)"', page.text)
            assert prompt
            page = asks.post(form[1], data={"prompt": prompt[1], "login": who, "password": "x"})
        return asks, page


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Iterator[Company]:
    folder, port = tmp_path_factory.mktemp("company"), free_port()
    with guarded(folder / "works") as works:
        plant = works.folder / "plant.toml"
        plant.write_text(plant.read_text() + LOGIN.format(port=port))
        keep_secret(works.folder, "login", "client_secret", SECRET)
        back = f"{works.url}/api/oidc/back"
        groups = folder / "groups.json"
        with running(node(folder, "oidc_provider.js", port, back, SECRET, groups)):
            until(lambda: works.client().get("/api/login").json()["company"] == "Works login", 20, "the changed plant")
            yield Company(works, port, groups)


@needs_node
def test_whoever_the_provider_vouches_for_gets_the_right_of_their_groups(company):
    asks, page = company.enter("dora", "fitters", "sports")
    assert str(page.url) == company.works.url + "/"
    assert asks.get(company.works.url + "/api/me").json() == {
        "who": "dora",
        "right": "operator",
        "lines": ["line-1"],
        "kind": "person",
        "accounts": True,
    }
    assert asks.get(company.works.url + "/api/accounts").status_code == 403


@needs_node
def test_another_group_is_another_right_from_the_next_login_on(company):
    company.enter("erin", "fitters")
    asks, _ = company.enter("erin", "fitters", "it")
    said = asks.get(company.works.url + "/api/me").json()
    assert (said["right"], said["lines"]) == ("admin", [])
    people = [p["name"] for p in asks.get(company.works.url + "/api/accounts").json()]
    assert people.count("erin") == 1


@needs_node
def test_whoever_is_in_no_group_is_not_let_in_and_the_page_says_why(company):
    asks, page = company.enter("mallory", "sports")
    assert parse_qs(urlsplit(str(page.url)).query)["login"] == ["refused"]
    assert asks.get(company.works.url + "/api/me").status_code == 401
    lines = company.works.client(company.works.token["admin"]).get("/api/audit?act=login&limit=3").json()
    assert "mallory" in lines[0]["arguments"]["says"]


@needs_node
def test_nobody_takes_over_an_account_that_bears_their_name(company):
    asks, page = company.enter("ann", "it")
    assert parse_qs(urlsplit(str(page.url)).query)["login"] == ["refused"]
    assert asks.get(company.works.url + "/api/me").status_code == 401


@needs_node
def test_an_answer_of_the_provider_counts_once_in_the_browser_that_asked(company):
    """A code that was caught, or that somebody sends to another's browser, is worth nothing."""
    url = company.works.url
    victim, thief = (httpx2.Client(follow_redirects=False, trust_env=False, timeout=30) for _ in range(2))
    company.works.clients += [victim, thief]
    sent = urlsplit(victim.get(f"{url}/api/oidc").headers["location"])
    asked = {k: v[0] for k, v in parse_qs(sent.query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40
    back = {"state": asked["state"], "code": "caught"}
    assert thief.get(f"{url}/api/oidc/back", params=back).headers["location"] == "/?login=late"
    assert victim.get(f"{url}/api/oidc/back", params=back).headers["location"] == "/?login=late", "it was used up"
    for params in ({}, {"state": "made up", "code": "x"}, {"error": "access_denied"}):
        assert "login=" in victim.get(f"{url}/api/oidc/back", params=params).headers["location"]
    assert victim.get(f"{url}/api/me").status_code == 401


def signed(claims: dict[str, object], key: object, **header: str) -> str:
    from joserfc import jwt

    return jwt.encode({"alg": "RS256", **header}, claims, key, algorithms=["RS256", "HS256"])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "https://evil.example"}, "another provider"),
        ({"aud": "another"}, "for another program"),
        ({"nonce": "another"}, "replayed"),
        ({"exp": 1}, "over"),
        ({"exp": None}, "without an end"),
        ({"azp": "another"}, "given to another program"),
        ({}, "signed by another key"),
        ({}, "signed with our own secret"),
        ({}, "not signed"),
        ({}, "holds"),
    ],
)
def test_what_the_provider_says_must_hold_in_all(change, why):
    from joserfc.jwk import KeySet, OctKey, RSAKey

    theirs, other = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("theirs", "other"))
    issuer = "https://login.example"
    login = Login(
        issuer=issuer,
        client_id="andon",
        title="",
        scopes=("openid",),
        name="preferred_username",
        groups="groups",
        rights={},
        lines={},
    )
    described = {"issuer": issuer, "jwks_uri": "http://127.0.0.1:9/none"}
    keys = KeySet([theirs]).as_dict(private=False)
    provider = Provider(login, SECRET, described=described, keys=keys, at=time.monotonic())
    now = int(time.time())
    claims = {"iss": issuer, "aud": "andon", "sub": "1", "nonce": "n", "iat": now, "exp": now + 60} | change
    claims = {k: v for k, v in claims.items() if v is not None}
    key, header = theirs, {"kid": "theirs"}
    if why == "signed by another key":
        key = other
    if why == "signed with our own secret":
        key, header = OctKey.import_key(SECRET), {"alg": "HS256"}
    token = signed(claims, key, **header)
    if why == "not signed":
        token = "eyJhbGciOiJub25lIn0." + token.split(".")[1] + "."
    if why == "holds":
        assert provider.claims(token, "n")["sub"] == "1"
        return
    with pytest.raises(Exception, match=r"hold|another program|answer") as refused:
        provider.claims(token, "n")
    assert isinstance(refused.value, NotAllowed) or "answer" in str(refused.value)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('issuer = "http://login.example"\nclient_id = "x"\notherwise = "viewer"', "https"),
        ('issuer = "https://a"\nclient_id = "x"', "Nobody gets a right"),
        ('issuer = "https://a"\nclient_id = "x"\notherwise = "boss"', "otherwise"),
        ('issuer = "https://a"\nclient_id = "x"\nscopes = ["profile"]\notherwise = "viewer"', "openid"),
        ('issuer = "https://a"\nclient_id = "x"\nrights = { a = "viewer" }\nlines = { a = ["line-9"] }', "line-9"),
        ('issuer = "https://a"\nclient_id = "x"\nrights = { a = "viewer" }\nlines = { b = ["line-1"] }', "has lines"),
        ('issuer = "https://a"\nclient_id = "x"\nclient_secret = "x"\notherwise = "viewer"', "secret"),
        ('client_id = "x"', "issuer"),
    ],
)
def test_a_mistake_in_login_is_named_with_its_line(tmp_path, table, says):
    head = '[plant]\nname = "works"\nzone = "UTC"\n\n[[machine]]\npath = "line-1/press"\n\n[login]\n'
    (tmp_path / "plant.toml").write_text(head + table + "\n")
    wrong = [m for m in check(tmp_path) if not m.warning]
    assert any(says in m.text for m in wrong), [str(m) for m in wrong]
    assert all(m.line >= 8 for m in wrong)


def test_a_plant_without_login_has_none(tmp_path):
    (tmp_path / "plant.toml").write_text('[plant]\nname = "works"\nzone = "UTC"\n')
    assert read_plant(tmp_path).login is None
