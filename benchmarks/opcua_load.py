"""An OPC UA server that does nothing but send: PORT ITEMS HERTZ; every item changes every time, the sum is printed.

Real servers are not fast enough to tell how fast a client is. This one answers what a subscriber asks, unprotected,
and fills its notifications with NumPy: 30 bytes a value (Double, source and server time), as other stacks do.
"""

import asyncio
import struct
import sys
import time

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary, struct_to_binary

CHUNK = 60_000
NONE = b"http://opcfoundation.org/UA/SecurityPolicy#None"
EPOCH = 116_444_736_000_000_000
ITEM = np.dtype([("handle", "<u4"), ("mask", "u1"), ("kind", "u1"), ("value", "<f8"), ("at", "<i8"), ("server", "<i8")])
IDS = ua.ObjectIds
NAMED = (
    "GetEndpoints",
    "CreateSession",
    "ActivateSession",
    "CloseSession",
    "Read",
    "CreateSubscription",
    "CreateMonitoredItems",
    "Publish",
    "SetPublishingMode",
)
NAMES = {getattr(IDS, f"{name}Request_Encoding_DefaultBinary"): name for name in NAMED}


class Connection:
    """One client: its subscription, and the publish requests that it has left with us."""

    def __init__(self, writer: asyncio.StreamWriter, items: int, period: float) -> None:
        self.writer, self.period = writer, period
        self.sequence = self.message = 0
        self.waiting: asyncio.Queue[tuple[int, int]] = asyncio.Queue()
        self.records = np.zeros(items, ITEM)
        self.monitored = 0
        self.sent = 0

    def send(self, request: int, body: bytes, kind: bytes = b"MSG") -> None:
        """An answer, in chunks."""
        for first in range(0, len(body), CHUNK):
            part = body[first : first + CHUNK]
            self.sequence += 1
            last = b"F" if first + CHUNK >= len(body) else b"C"
            if kind == b"OPN":
                head = (
                    struct.pack("<i", 47)
                    + b"http://opcfoundation.org/UA/SecurityPolicy#None"
                    + struct.pack("<ii", -1, -1)
                )
            else:
                head = struct.pack("<I", 1)
            head = struct.pack("<I", 1) + head + struct.pack("<II", self.sequence, request)
            self.writer.write(kind + last + struct.pack("<I", 8 + len(head) + len(part)) + head + part)

    def answer(self, name: str, header: ua.RequestHeader, body: Buffer, request: int) -> None:
        response = getattr(ua, f"{name}Response")()
        response.ResponseHeader.RequestHandle = header.RequestHandle
        getattr(self, name, lambda *_: None)(response, body)
        self.send(request, struct_to_binary(response))

    def CreateSession(self, response: ua.CreateSessionResponse, body: Buffer) -> None:  # noqa: N802
        said = response.Parameters
        said.SessionId, said.AuthenticationToken = ua.NodeId(1, 1), ua.NodeId(2, 1)
        said.RevisedSessionTimeout = 60_000
        said.ServerEndpoints = [
            ua.EndpointDescription(
                EndpointUrl="opc.tcp://127.0.0.1",
                SecurityMode=ua.MessageSecurityMode.None_,
                SecurityPolicyUri=NONE.decode(),
                UserIdentityTokens=[ua.UserTokenPolicy(PolicyId="anonymous", TokenType=ua.UserTokenType.Anonymous)],
            )
        ]

    def Read(self, response: ua.ReadResponse, body: Buffer) -> None:  # noqa: N802
        asked = struct_from_binary(ua.ReadParameters, body).NodesToRead
        names = ua.DataValue(
            ua.Variant(["http://opcfoundation.org/UA/", "urn:load"], ua.VariantType.String, is_array=True)
        )
        zero = ua.DataValue(ua.Variant(0, ua.VariantType.UInt32))
        response.Results = [names if a.NodeId.Identifier == 2255 else zero for a in asked]

    def CreateSubscription(self, response: ua.CreateSubscriptionResponse, body: Buffer) -> None:  # noqa: N802
        asked = struct_from_binary(ua.CreateSubscriptionParameters, body)
        said = response.Parameters
        said.SubscriptionId = 1
        said.RevisedPublishingInterval = asked.RequestedPublishingInterval
        said.RevisedLifetimeCount, said.RevisedMaxKeepAliveCount = asked.RequestedLifetimeCount, 10
        self.task = asyncio.create_task(self.publish())

    def CreateMonitoredItems(self, response: ua.CreateMonitoredItemsResponse, body: Buffer) -> None:  # noqa: N802
        asked = struct_from_binary(ua.CreateMonitoredItemsParameters, body)
        for one in asked.ItemsToCreate:
            self.records["handle"][self.monitored] = one.RequestedParameters.ClientHandle
            self.monitored += 1
        response.Results = [ua.MonitoredItemCreateResult(MonitoredItemId=1) for _ in asked.ItemsToCreate]

    async def publish(self) -> None:
        """A message every period; without a publish request it comes later, and nothing is dropped."""
        while self.monitored < len(self.records):
            await asyncio.sleep(0.01)
        self.records["mask"], self.records["kind"] = 0x0D, 11
        due = time.monotonic()
        while True:
            due += self.period
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            request, handle = await self.waiting.get()
            self.message += 1
            ticks = time.time_ns() // 1000 * 10 + EPOCH
            self.records["at"], self.records["server"], self.records["value"] = ticks, ticks, self.message
            self.send(request, self.notification(handle, ticks))
            self.sent += len(self.records)
            await self.writer.drain()
            print(self.sent, flush=True)

    def notification(self, handle: int, ticks: int) -> bytes:
        change = struct.pack("<i", len(self.records)) + self.records.tobytes() + struct.pack("<i", 0)
        return b"".join(
            (
                struct.pack("<BBH", 1, 0, IDS.PublishResponse_Encoding_DefaultBinary),
                struct.pack("<qIIBiBBB", ticks, handle, 0, 0, 0, 0, 0, 0),
                struct.pack("<IiB", 1, 0, 0),
                struct.pack("<Iqi", self.message, ticks, 1),
                struct.pack("<BBHBi", 1, 0, IDS.DataChangeNotification_Encoding_DefaultBinary, 1, len(change)),
                change,
                struct.pack("<ii", 0, 0),
            )
        )


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, items: int, period: float) -> None:
    one = Connection(writer, items, period)
    whole = b""
    try:
        while True:
            head = await reader.readexactly(8)
            data = await reader.readexactly(struct.unpack("<I", head[4:])[0] - 8)
            if head[:3] == b"HEL":
                writer.write(b"ACKF" + struct.pack("<IIIIII", 28, 0, 65_535, 65_535, 0, 0))
            elif head[:3] == b"OPN":
                opened(one, data)
            elif head[:3] == b"CLO":
                break
            else:
                whole += data[16:]
                if head[3:4] == b"F":
                    asked(one, Buffer(whole), struct.unpack_from("<I", data, 12)[0])
                    whole = b""
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


def opened(one: Connection, data: bytes) -> None:
    at = 4
    for _ in range(3):
        (length,) = struct.unpack_from("<i", data, at)
        at += 4 + max(length, 0)
    (request,) = struct.unpack_from("<I", data, at + 4)
    response = ua.OpenSecureChannelResponse()
    response.Parameters.SecurityToken.ChannelId = response.Parameters.SecurityToken.TokenId = 1
    response.Parameters.SecurityToken.RevisedLifetime = 3_600_000
    response.Parameters.ServerNonce = b""
    one.send(request, struct_to_binary(response), b"OPN")


def asked(one: Connection, body: Buffer, request: int) -> None:
    name = NAMES[nodeid_from_binary(body).Identifier]
    header = struct_from_binary(ua.RequestHeader, body)
    if name == "Publish":
        one.waiting.put_nowait((request, header.RequestHandle))
    else:
        one.answer(name, header, body, request)


async def main(port: int, items: int, hertz: float) -> None:
    server = await asyncio.start_server(lambda r, w: serve(r, w, items, 1 / hertz), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
