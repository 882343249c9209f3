"""A Sparkplug host seen from outside: a server that writes down every byte it sends; nodes told what is heard when."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from listening import at_work, write_plant

from andon.acquire.link import Link
from andon.acquire.sparkplug.nodes import Nodes
from andon.acquire.sparkplug.table import Wanted
from andon.acquire.spb import Metric, Type, born, encode
from andon.plant import Signal
from servers import until

STATE = "spBv1.0/STATE/andon"
NOW, TEMP, UP = 1_700_000_000_000, "works/line-1/press/Temp", "works/line-1//Up"
METRIC = {"temp": ("number", TEMP), "up": ("number", UP)}


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


class Heard:
    """Nodes that are told messages at given seconds, what they ask, and the rows that they make."""

    def __init__(self, reorder: float = 2.0, patience: float = 5.0) -> None:
        signals = tuple(
            Signal(path=f"l/m/{n}", machine="l/m", name=n, role="other", kind="number", address=a)
            for n, a in (("temp", TEMP), ("up", UP))
        )
        self.asked: list[tuple[str, str]] = []
        link = Link("hall", signals, Path())
        self.nodes = Nodes(Wanted.of(link), self.asked.append, reorder=reorder, patience=patience)

    def tell(self, kind: str, raw: bytes, at: float = 0.0) -> None:
        device = "/press" if kind[0] == "D" else ""
        self.nodes.hear(f"spBv1.0/works/{kind}/line-1{device}", raw, NOW + round(at * 1000), at)

    def birth(self, at: float = 0.0, births: int = 0) -> "Heard":
        sent = NOW + round(at * 1000)
        self.tell("NBIRTH", born([Metric("Up", Type.DOUBLE, 1.0, alias=1)], sent, births), at)
        self.tell("DBIRTH", encode([Metric("Temp", Type.DOUBLE, 20.0, alias=2)], sent, 1, birth=True), at)
        return self

    def data(self, seq: int, value: float, at: float = 0.0, alias: int = 2) -> None:
        sent = NOW + 1000 + seq
        self.tell("DDATA", encode([Metric("", Type.DOUBLE, value, sent, alias=alias)], sent, seq), at)

    def tick(self, at: float) -> None:
        self.nodes.tick(NOW + round(at * 1000), at)

    def rows(self, at: float = 0.0) -> list[tuple[str, int, float | None, int]]:
        """New rows: address, milliseconds since NOW, value, quality."""
        rows = self.nodes.rows(at).table().to_pylist()
        return [(r["address"], round(r["at"].timestamp() * 1000) - NOW, r["value"], r["quality"]) for r in rows]
