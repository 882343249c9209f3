"""A server that only writes down what a host sends, byte by byte, and answers no more than it has to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from listening import at_work, write_plant

from servers import until

STATE = "spBv1.0/STATE/andon"
METRIC = {"temp": ("number", "works/line-1/press/Temp"), "up": ("number", "works/line-1//Up")}


class Wire:
    """Takes one connection, answers CONNECT and SUBSCRIBE, and keeps every packet as (first byte, body)."""

    def __init__(self, version: str) -> None:
        self.five, self.packets = version == "5", list[tuple[int, bytes]]()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        connection, _ = self.server.accept()
        self.server.close()
        with connection, connection.makefile("rb") as file:
            while first := file.read(1):
                length, shift = 0, 0
                while True:
                    byte = file.read(1)[0]
                    length, shift = length | (byte & 127) << shift, shift + 7
                    if byte < 128:
                        break
                self.packets.append((first[0], file.read(length)))
                self._answer(connection, *self.packets[-1])

    def _answer(self, connection: socket.socket, first: int, body: bytes) -> None:
        if first == 0x10:
            connection.sendall(b"\x20\x03\0\0\0" if self.five else b"\x20\x02\0\0")
        elif first == 0x82:
            codes = b"\x01" * body.count(b"spBv1.0/")
            rest = body[:2] + (b"\0" if self.five else b"") + codes
            connection.sendall(bytes([0x90, len(rest)]) + rest)
        elif first & 0xF6 == 0x32:
            size = int.from_bytes(body[:2], "big")
            connection.sendall(b"\x40\x02" + body[2 + size : 4 + size])

    def of(self, kind: int) -> list[tuple[int, bytes]]:
        return [(f, b) for f, b in list(self.packets) if f >> 4 == kind]

    def said(self) -> list[tuple[int, str, bytes]]:
        """What was published: flags, topic, payload."""
        found = []
        for first, body in self.of(3):
            size = int.from_bytes(body[:2], "big")
            rest = body[2 + size + (2 if first & 6 else 0) + self.five :]
            found.append((first & 15, body[2 : 2 + size].decode(), rest))
        return found

    def will(self) -> tuple[str, bytes]:
        """Topic and payload of the will in CONNECT."""
        body = self.of(1)[0][1][10:]
        if self.five:
            body = body[1 + body[0] :]
        fields = []
        for skip in (0, self.five, 0):  # our name; no properties of the will, its topic; its payload
            body = body[skip:]
            size = int.from_bytes(body[:2], "big")
            fields.append(body[2 : 2 + size])
            body = body[2 + size :]
        return fields[1].decode(), fields[2]


@contextmanager
def host_on_the_wire(folder: Path, version: str = "3.1.1") -> Iterator[Wire]:
    """A host that has said that it is online, to a server that writes down all of it."""
    wire = Wire(version)
    write_plant(folder, "sparkplug", METRIC, url=f"mqtt://127.0.0.1:{wire.port}", version=version)
    with at_work(folder) as work:
        work.connected()
        until(lambda: bool(wire.said()))
        yield wire
