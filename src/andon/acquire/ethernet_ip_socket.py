"""A socket for pycomm3 that notices when the other side has gone: its own reads nothing for ever then (pycomm3 1.2)."""

from __future__ import annotations

from pycomm3.const import HEADER_SIZE
from pycomm3.exceptions import CommError
from pycomm3.socket_ import Socket

LENGTH = slice(2, 4)
"""Of what follows the header, little-endian: EtherNet/IP encapsulation header, CIP volume 2, 2-3.1."""


class Whole(Socket):
    """Receives whole messages, or says that the connection is broken."""

    def receive(self, timeout: float = 0) -> bytes:
        """A message: its header and as much as that says."""
        try:
            if timeout:
                self.sock.settimeout(timeout)
            header = self._exactly(HEADER_SIZE)
            return header + self._exactly(int.from_bytes(header[LENGTH], "little"))
        except OSError as error:
            raise CommError("socket connection broken") from error

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.sock.recv(size - len(data))
            if not piece:
                raise ConnectionAbortedError("it closed the connection, as what does not speak EtherNet/IP does")
            data += piece
        return data
