"""How a broker is reached: its address, its certificate, who we are there."""

from __future__ import annotations

import re
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ...errors import NotConnected
from ..link import Link
from .packets import Hello, Version, Will

PORTS = {"mqtt": 1883, "mqtts": 8883, "tcp": 1883, "ssl": 8883}


@dataclass(frozen=True, slots=True)
class Tls:
    """The `tls` table of a source: how the broker proves who it is, and how we do.

    Attributes
    ----------
    ca
        File with the certificate (PEM) that the broker's is signed by; "": those that this computer trusts.
    certificate, key
        Files with our own certificate and its key (PEM), where the broker asks for one; the key's password is the
        secret `key_password`.
    verify
        False takes any certificate: for trying only, since then anybody may answer in the broker's place.
    """

    ca: str = ""
    certificate: str = ""
    key: str = ""
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """A broker and how to reach it; `context` is None for a connection in the clear."""

    host: str
    port: int
    hello: Hello
    context: ssl.SSLContext | None = None

    @property
    def place(self) -> str:
        """The broker's address, for people."""
        return f"{self.host}:{self.port}"


def parse_url(url: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS is used, of a broker's address.

    >>> parse_url("mqtts://broker.works")
    ('broker.works', 8883, True)
    >>> parse_url("sparkplug+mqtt://127.0.0.1:1884")
    ('127.0.0.1', 1884, False)
    """
    parts = urlsplit(url if "://" in url else f"mqtt://{url}")
    scheme = parts.scheme.removeprefix("sparkplug+")
    try:
        port = parts.port
    except ValueError:
        raise NotConnected(f"The port in {url!r} is no number from 0 to 65535.") from None
    if scheme not in PORTS or not parts.hostname:
        raise NotConnected(f"{url!r} is no address of a broker. Write mqtt://host:1883, or mqtts://host:8883 for TLS.")
    if parts.password or parts.username:
        raise NotConnected(
            "The address of a broker names no user here: set `user`, and keep the password as the secret 'password'."
        )
    return parts.hostname, port or PORTS[scheme], PORTS[scheme] == 8883


def access(
    link: Link,
    url: str,
    *,
    user: str = "",
    client_id: str = "",
    version: Version = "3.1.1",
    tls: Tls | None = None,
    keepalive: int = 10_000_000,
    expiry: int = 0,
    will: Will | None = None,
) -> Access:
    """Read a source's settings into how its broker is reached; times in microseconds.

    Raises
    ------
    NotConnected
        The address, or a file of a certificate, cannot be used.
    """
    host, port, secure = parse_url(url)
    hello = Hello(
        client_id or own_id(link),
        keepalive=max(1, min(keepalive // 1_000_000, 65_535)),
        version=version,
        expiry=min(expiry // 1_000_000, 0xFFFF_FFFE),
        user=user,
        password=link.secret("password") if user else None,
        will=will,
    )
    return Access(host, port, hello, _context(link, tls or Tls()) if secure else None)


def own_id(link: Link) -> str:
    """The name under which a broker keeps this source's session: made once, then the same for ever."""
    file = link.home / "client-id"
    try:
        return file.read_text("utf-8").strip()
    except FileNotFoundError:
        plain = re.sub(r"[^0-9A-Za-z]", "", link.source)[:8]  # 23 letters and digits are what every broker takes
        made = f"andon-{plain}-{secrets.token_hex(4)}"
        link.home.mkdir(parents=True, exist_ok=True)
        file.write_text(made + "\n", "utf-8")
        return made


def _context(link: Link, tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=_file(link, tls.ca) or None)
        if tls.certificate:
            context.load_cert_chain(
                _file(link, tls.certificate), _file(link, tls.key) or None, link.secret("key_password") or ""
            )
    except (OSError, ssl.SSLError) as error:
        raise NotConnected(
            f"A certificate of `tls` cannot be used ({error.strerror or error}): "
            f"{', '.join(f for f in (tls.ca, tls.certificate, tls.key) if f)}. Give PEM files, relative to the plant "
            "folder or whole paths."
        ) from None
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _file(link: Link, named: str) -> str:
    """A file as settings name it: relative to the plant folder."""
    return str(link.home.parent.parent / Path(named).expanduser()) if named else ""
