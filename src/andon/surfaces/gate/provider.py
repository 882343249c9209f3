"""An OpenID provider: where it sends people, and whom it vouches for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from ...errors import NotAllowed, NotConnected
from ...plant.login import Login

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Signed by a key that only the provider has: no `none`, and nothing that our own secret could sign."""
PATIENCE = 8.0
LEEWAY = 60
"""Seconds by which the provider's clock may differ."""
FRESH = 3600.0
"""Seconds for which the provider's description and keys hold."""
INSTALL = "pip install 'andon[oidc]'"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom the provider vouches for."""

    subject: str
    name: str
    groups: tuple[str, ...]


@dataclass(slots=True)
class Provider:
    """One provider, with what it said of itself."""

    login: Login
    secret: str
    described: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    at: float = 0.0

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send somebody who wants to log in."""
        with self._client(back) as client:
            where = self._description()["authorization_endpoint"]
            to, _ = client.create_authorization_url(where, state=state, nonce=nonce, code_verifier=verifier)
        return str(to)

    def identity(self, back: str, code: str, nonce: str, verifier: str) -> Identity:
        """Who came back with this code.

        Raises
        ------
        NotAllowed
            What the provider says of them does not hold.
        NotConnected
            It does not answer.
        """
        described = self._description()
        with self._client(back) as client:
            token = self._token(client, described["token_endpoint"], code, verifier)
            claims = self.claims(str(token.get("id_token", "")), nonce)
            lacks = self.login.name not in claims or self.login.groups not in claims
            if lacks and "userinfo_endpoint" in described:
                more = self._json(client.get(described["userinfo_endpoint"]))
                if more.get("sub") != claims["sub"]:
                    raise NotAllowed("The provider told of somebody else than it vouched for.")
                claims = {**more, **claims}
        name = str(claims.get(self.login.name) or claims.get("email") or claims["sub"])
        said = claims.get(self.login.groups, [])
        groups = said if isinstance(said, list) else [said]
        return Identity(str(claims["sub"]), name, tuple(str(g) for g in groups))

    def _token(self, client: Any, where: str, code: str, verifier: str) -> Mapping[str, Any]:
        from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]  # it has no types

        try:
            found: Mapping[str, Any] = client.fetch_token(where, code=code, code_verifier=verifier)
        except OAuthError as error:
            raise NotAllowed(f"The provider did not take the code: {error}.") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise NotConnected(f"{where} does not answer ({error}).") from error
        return found

    def claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        """What the signed token says, once all of it was checked; with new keys, if an unknown one signed it."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        for last in (False, True):
            try:
                keys = KeySet.import_key_set({"keys": list(self._keys(new=last)["keys"])})
                found = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
                break
            except (JoseError, ValueError, KeyError) as error:
                if last:
                    raise NotAllowed(f"The provider's signature does not hold ({error}).") from error
        wanted = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._description()["issuer"]},
            aud={"essential": True, "value": self.login.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            wanted.validate(found.claims)
        except JoseError as error:
            raise NotAllowed(f"What the provider says does not hold ({error}).") from error
        if found.claims.get("azp", self.login.client_id) != self.login.client_id:
            raise NotAllowed("The provider vouched for somebody to another program.")
        return dict(found.claims)

    def _description(self) -> Mapping[str, Any]:
        if not self.described or time.monotonic() - self.at > FRESH:
            where = self.login.issuer.rstrip("/") + "/.well-known/openid-configuration"
            said = self._fetched(where)
            if str(said.get("issuer", "")).rstrip("/") != self.login.issuer.rstrip("/"):
                raise NotConnected(f"{where} speaks for {said.get('issuer')!r}, not for {self.login.issuer!r}.")
            missing = [k for k in ("authorization_endpoint", "token_endpoint", "jwks_uri") if k not in said]
            if missing:
                raise NotConnected(f"{where} does not say its {', '.join(missing)}.")
            self.described, self.keys, self.at = said, {}, time.monotonic()
        return self.described

    def _keys(self, *, new: bool) -> Mapping[str, Any]:
        if new or not self.keys:
            self.keys = self._fetched(str(self._description()["jwks_uri"]))
        return self.keys

    def _fetched(self, where: str) -> dict[str, Any]:
        with httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client:
            try:
                return self._json(client.get(where))
            except httpx2.HTTPError as error:
                raise NotConnected(f"{where} does not answer ({error}).") from error

    def _json(self, response: httpx2.Response) -> dict[str, Any]:
        if response.status_code != 200:
            raise NotConnected(f"{response.url} answered {response.status_code}.")
        try:
            found = response.json()
        except ValueError as error:
            raise NotConnected(f"{response.url} answered no JSON.") from error
        if not isinstance(found, dict):
            raise NotConnected(f"{response.url} answered no JSON object.")
        return found

    def _client(self, back: str) -> Any:
        try:
            from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]  # no types
        except ImportError as error:
            raise NotConnected(f"The company login needs two more packages: {INSTALL}.") from error
        return OAuth2Client(
            client_id=self.login.client_id,
            client_secret=self.secret or None,
            token_endpoint_auth_method="client_secret_basic" if self.secret else "none",
            scope=" ".join(self.login.scopes),
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=PATIENCE,
            follow_redirects=False,
            trust_env=False,
        )
