"""Why a server does not let us in, in plain words."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from asyncua.client.client import Client
from asyncua.ua.status_codes import get_name_and_doc
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from ..link import Link
from .decode import BadAnswer
from .door import Door
from .security import offers

CERTIFICATE = (
    "The server does not trust Andon's certificate. It is in {own}; let the server trust it (most servers show it "
    "under 'rejected' or 'untrusted' certificates)."
)
USER = (
    "The server does not accept the user {user!r} with this password. Check `user` and the secret 'password' of the "
    "source."
)
ANYBODY = "The server lets nobody in without a user. Set `user` and the secret 'password' of the source."
BUSY = "The server has no session left. Close other clients, or raise its number of sessions."
REASONS: Mapping[int, str] = {
    0x80130000: CERTIFICATE,  # BadSecurityChecksFailed
    0x80120000: CERTIFICATE,  # BadCertificateInvalid
    0x801A0000: CERTIFICATE,  # BadCertificateUntrusted
    0x80140000: "The server says that Andon's certificate in {own} is not valid now: compare the clocks.",
    0x80160000: "The server misses a host name in Andon's certificate {own}: remove the file and connect again.",
    0x80170000: "The server misses Andon's application URI in {own}: remove the file and connect again.",
    0x801F0000: USER,  # BadUserAccessDenied
    0x80200000: USER,  # BadIdentityTokenInvalid
    0x80210000: USER,  # BadIdentityTokenRejected
    0x80560000: BUSY,  # BadTooManySessions
    0x80550000: "The server does not offer this security. It offers: {offers}. Change `security` of the source.",
    0x80830000: "The server has no endpoint of this name: check what comes after the port in {url}.",
    0x807D0000: "The server is too busy for another connection.",
}
"""What status codes mean for somebody who wants to connect."""


async def explained(error: BaseException, link: Link, door: Door) -> str:
    """What went wrong on the way to a server, and what to do."""
    where = f"{door.url}: "
    code = error.code if isinstance(error, UaStatusCodeError | BadAnswer) else None
    if code is not None and code in REASONS:
        text = ANYBODY if REASONS[code] == USER and not door.user else REASONS[code]
        told = await _offered(door) if "{offers}" in text else ""
        own = link.home / "own" / "certificate.der"
        return where + text.format(own=own, user=door.user, offers=told, url=door.url)
    if code is not None:
        return f"{where}the server said {status_name(code)}."
    if isinstance(error, socket.gaierror):
        return f"{where}there is no computer of this name on the network. Check the spelling, or write its IP address."
    if isinstance(error, ConnectionError) and door.security != "None" and not isinstance(error, ConnectionRefusedError):
        own = link.home / "own" / "certificate.der"
        return f"{where}the server hung up while keys were exchanged. {CERTIFICATE.format(own=own)}"
    if isinstance(error, ConnectionRefusedError):
        return f"{where}the computer is there, but no OPC UA server listens on this port. Is the server started?"
    if isinstance(error, TimeoutError):
        return f"{where}no answer in time. Is the machine on, the cable in, the port open in the firewall?"
    if isinstance(error, UaError) and "No matching endpoints" in str(error):
        return f"{where}{(REASONS[0x80550000]).format(offers=await _offered(door))}"
    return f"{where}{error or type(error).__name__}"


async def _offered(door: Door) -> str:
    try:
        return offers(await Client(door.url, timeout=4).connect_and_get_server_endpoints())
    except (UaError, OSError, TimeoutError):
        return "(it does not tell)"


def status_name(code: int) -> str:
    """A status code by its name, what its lower bits add left out.

    >>> status_name(0x80340000), status_name(0x00000480)
    ('BadNodeIdUnknown', 'Good')
    """
    return str(get_name_and_doc(code & 0xFFFF0000)[0])
