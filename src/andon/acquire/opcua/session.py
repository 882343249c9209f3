"""One session with an OPC UA server: opened, asked, closed; never two of a source at a time."""

from __future__ import annotations

import asyncio
import logging
import struct
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaError

from ...errors import NotConnected
from ..link import Link
from .addresses import NODE
from .decode import BadAnswer, header
from .door import Door
from .said import explained
from .security import secured
from .wire import Said, data_value

A = TypeVar("A")
PATIENCE = 6.0
"""Seconds that an answer may take."""
LEAVE = 3.0
"""Seconds to close a session; a server that is gone does not hold us up."""
SESSION = 30_000
"""Milliseconds after which a server forgets a session that is silent: what a power cut on our side leaves behind."""
VALUE, DEFINITION = 13, 23
NAMESPACES, STARTED, RUNNING = "i=2255", "i=2257", "i=2259"
LIMITS = {"read": "i=11705", "browse": "i=11710", "monitor": "i=11714", "history": "i=12165"}
"""OperationLimits of the server: how many nodes it takes a call."""
WRONG = (UaError, BadAnswer, OSError, TimeoutError, struct.error, IndexError, ValueError)
"""What goes wrong when a server does not answer as it should."""
logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)  # what happens is told by us, once and in plain words


@dataclass(slots=True)
class Session:
    """An open session.

    Attributes
    ----------
    client
        asyncua's client, connected.
    namespaces
        The server's namespaces now; their order may change when it restarts.
    limits
        How many nodes it takes a call, by service.
    """

    client: Client
    namespaces: list[str] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)

    async def raw(self, request: object, patience: float = PATIENCE) -> bytes:
        """Ask; the answer's bytes. A patience of 0 waits for ever, as publishing does."""
        protocol = self.client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the connection is closed")
        answer = await protocol.send_request(request, patience)
        return bytes(answer.read(len(answer)))

    async def call(self, request: object, answer: type[A], patience: float = PATIENCE) -> A:
        """Ask; the answer as asyncua reads it."""
        said = await self.raw(request, patience)
        header(said)
        return struct_from_binary(answer, Buffer(said))

    async def read(self, nodes: Sequence[str], attribute: int = VALUE) -> list[Said]:
        """An attribute of many nodes, in as many calls as the server needs."""
        return await self.read_each([(node, attribute) for node in nodes])

    async def read_each(self, wanted: Sequence[tuple[str, int]]) -> list[Said]:
        """Attributes of nodes, with their timestamps."""
        found: list[Said] = []
        most = self.limits.get("read", 500)
        for first in range(0, len(wanted), most):
            request = ua.ReadRequest()
            request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
            request.Parameters.NodesToRead = [
                ua.ReadValueId(NodeId=node_of(node), AttributeId=AttributeIds(attribute))
                for node, attribute in wanted[first : first + most]
            ]
            found += _values(await self.raw(request))
        return found

    async def parent(self, node: str, reference: str) -> str | None:
        """The node that refers to this one by such a reference."""
        request = _browse(node, reference, ua.BrowseDirection.Inverse)
        (result,) = (await self.call(request, ua.BrowseResponse)).Results
        return result.References[0].NodeId.to_string() if result.References else None

    async def children(self, node: str, reference: str) -> dict[str, str]:
        """The nodes that this one refers to by such a reference, by name."""
        request = _browse(node, reference, ua.BrowseDirection.Forward)
        (result,) = (await self.call(request, ua.BrowseResponse)).Results
        return {str(r.BrowseName.Name): r.NodeId.to_string() for r in result.References or ()}

    async def definition(self, data_type: str) -> object:
        """The DataTypeDefinition of a data type, as it was sent."""
        (said,) = await self.read([data_type], DEFINITION)
        return said.value

    async def alive(self) -> None:
        """Ask whether the server runs; any answer is a sign of life."""
        await self.read([RUNNING])

    async def look(self) -> None:
        """Learn the server's namespaces and limits."""
        names, *limits = await self.read([NAMESPACES, *LIMITS.values()])
        self.namespaces = [str(n) for n in names.value] if isinstance(names.value, list) else []
        for name, said in zip(LIMITS, limits, strict=True):
            most = said.value if isinstance(said.value, int) and said.value > 0 else 1_000
            self.limits[name] = min(most, 1_000)

    async def started(self) -> int:
        """When the server started (microseconds, its clock), 0 where it does not tell."""
        (said,) = await self.read([STARTED])
        try:
            return int(datetime.fromisoformat(str(said.value)).timestamp() * 1_000_000)
        except ValueError:
            return 0


@asynccontextmanager
async def opened(link: Link, door: Door, *, lasting: bool = False) -> AsyncIterator[Session]:
    """A session for as long as it is needed, on a client of its own; closed whatever happens.

    Parameters
    ----------
    lasting
        Whether it is the source's own: its token is kept in the source's folder, so that a process that was killed, or
        a line that was cut, leaves no session behind; whoever comes next takes it over.

    Raises
    ------
    NotConnected
        In plain words why the server is not to be reached or does not let us in.
    """
    client = Client(door.url, timeout=PATIENCE, watchdog_intervall=10.0, auto_reconnect=False)
    client.name, client.product_uri = f"Andon {link.source}", "urn:andon"
    client.session_timeout = SESSION
    client.session_state_path = link.home / "session.json" if lasting else None
    session = Session(client)
    try:
        try:
            await secured(client, link, door)
            if client.session_state_path is not None and client.session_state_path.exists():
                await _remember_tokens(client)
            await client.connect()
            await session.look()
        except WRONG as error:
            raise NotConnected(await explained(error, link, door)) from error
        yield session
    finally:
        await _closed(client)


async def _remember_tokens(client: Client) -> None:
    """Learn how the server names its user tokens: a new session is told, one that is taken over would have to know."""
    policy = client.security_policy
    plain = Client(client.server_url.geturl(), timeout=PATIENCE)
    for endpoint in await plain.connect_and_get_server_endpoints():
        if (endpoint.SecurityMode, endpoint.SecurityPolicyUri) == (policy.Mode, policy.URI):
            client._policy_ids = endpoint.UserIdentityTokens


async def _closed(client: Client) -> None:
    """Close the session, and the connection in any case."""
    protocol = client.uaclient.protocol
    if protocol is None:
        return
    if protocol.is_closed:
        client.session_state_path = None  # the server was not told: its token stays for who comes next
    try:
        await asyncio.wait_for(client.disconnect(), LEAVE)
    except WRONG:
        pass  # gone, or too slow to say goodbye: what can be freed is freed below
    finally:
        client.disconnect_socket()


def _values(b: bytes) -> list[Said]:
    """The values of a ReadResponse."""
    i = header(b)
    (count,) = struct.unpack_from("<i", b, i)
    i += 4
    found = []
    for _ in range(count):
        said, i = data_value(b, i)
        found.append(said)
    return found


def node_of(written: str) -> ua.NodeId:
    """A NodeId from its text; its name may hold anything, semicolons too.

    >>> node_of("ns=2;s=a;b=c").Identifier
    'a;b=c'
    """
    found = NODE.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is no NodeId")
    form, _, name = found["name"].partition("=")
    index = ua.Int16(int(found["index"] or 0))
    if form == "i":
        return ua.NodeId(ua.Int32(int(name)), index)
    if form == "s":
        return ua.NodeId(ua.String(name), index, ua.NodeIdType.String)
    if form == "g":
        return ua.NodeId(cast(ua.Guid, UUID(name)), index, ua.NodeIdType.Guid)
    return ua.NodeId(ua.ByteString(b64decode(name)), index, ua.NodeIdType.ByteString)


def _browse(node: str, reference: str, direction: ua.BrowseDirection) -> ua.BrowseRequest:
    request = ua.BrowseRequest()
    request.Parameters.NodesToBrowse = [
        ua.BrowseDescription(
            NodeId=node_of(node),
            BrowseDirection=direction,
            ReferenceTypeId=node_of(reference),
            IncludeSubtypes=False,
            ResultMask=ua.UInt32(63),
        )
    ]
    return request


def now() -> int:
    """Microseconds since 1970 on this computer's clock."""
    return time.time_ns() // 1000
