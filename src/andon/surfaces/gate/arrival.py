"""Where a request comes from: address, host, scheme, and whether it may be taken for somebody at this computer."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a request comes from.

    Attributes
    ----------
    address
        Of whoever asks; behind a proxy, as the proxy tells it.
    host
        What they asked for: name and port, as the browser shows it.
    secure
        Did it come over TLS, to us or to the proxy?
    forwarded
        Did a proxy hand it on?
    origin
        The page that sent it, "" where no page did.
    within
        It came from this process, not from a network.
    """

    address: str
    host: str
    secure: bool
    forwarded: bool
    origin: str
    within: bool

    @property
    def is_loopback(self) -> bool:
        return self.within or _is_loopback(self.address)

    @property
    def names_loopback(self) -> bool:
        """A page of another host, of which the name was bent to this computer (DNS rebinding), does not."""
        return self.within or self._name in LOOPBACK_NAMES or _is_loopback(self._name.strip("[]"))

    @property
    def is_sound(self) -> bool:
        return bool(HOST.fullmatch(self.host))

    @property
    def is_foreign(self) -> bool:
        """Was it sent by a page that is not ours?"""
        if not self.origin:
            return False
        scheme, _, host = self.origin.partition("://")
        ours = {"https"} if self.secure else {"http"}
        return scheme not in ours or _with_port(scheme, host) != _with_port(scheme, self.host)

    @property
    def _name(self) -> str:
        return self.host.rpartition(":")[0] if re.search(r":\d+$", self.host) else self.host


def arrived(scope: Scope, behind_proxy: bool) -> Arrival:
    """What the connection and its headers say; a proxy is believed only where there is known to be one."""
    headers = Headers(scope=scope)
    client = str((scope.get("client") or ("",))[0])
    secure, host, address = scope["scheme"] in ("https", "wss"), headers.get("host", ""), client
    if behind_proxy:
        secure = headers.get("x-forwarded-proto", scope["scheme"]).rpartition(",")[2].strip() in ("https", "wss")
        host = headers.get("x-forwarded-host", host).rpartition(",")[2].strip()
        told = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        address = told if _is_address(told) else client
    return Arrival(
        address=address,
        host=host.lower(),
        secure=secure,
        forwarded=any(name in headers for name in FORWARDED),
        origin=headers.get("origin", "").lower(),
        within=not _is_address(client),
    )


def _with_port(scheme: str, host: str) -> str:
    return host if re.search(r":\d+$", host) else f"{host}:{DEFAULT_PORTS[scheme]}"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    if not _is_address(text):
        return False
    found = ipaddress.ip_address(text)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
