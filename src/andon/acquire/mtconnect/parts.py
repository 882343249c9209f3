"""The endless answer of an agent cut into its documents: multipart/x-mixed-replace, read as it arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...errors import BadInput

HEADERS = 8192
"""Bytes that the headers of a part may take."""
Piece = tuple[bytes, bool]
"""Bytes of a document, and whether it ends with them."""


def boundary(content_type: str) -> bytes | None:
    """The boundary of a multipart answer, None where it is a single document.

    >>> boundary('multipart/x-mixed-replace;boundary="abc"'), boundary("text/xml")
    (b'abc', None)
    """
    if not content_type.casefold().startswith("multipart/"):
        return None
    found = re.search(r'boundary="?([^";,\s]+)', content_type)
    return found[1].encode("latin-1") if found else None


@dataclass(slots=True)
class Parts:
    """Bytes in, pieces of documents out.

    >>> parts = Parts(b"b")
    >>> list(parts.feed(b"--b\\r\\nContent-length: 5\\r\\n\\r\\n<a/"))
    [(b'<a/', False)]
    >>> list(parts.feed(b"> \\r\\n--b\\r\\n"))
    [(b'> ', True)]
    """

    mark: bytes
    held: bytearray = field(default_factory=bytearray)
    left: int | None = None
    inside: bool = False

    def feed(self, part: bytes) -> Iterator[Piece]:
        """The pieces that more bytes bring."""
        self.held += part
        while True:
            if not self.inside and not self._opened():
                return
            piece = self._measured() if self.left is not None else self._marked()
            if piece is None:
                return
            yield piece

    def _opened(self) -> bool:
        """Take the boundary and the headers of the next part, once they are whole."""
        begin = self.held.find(b"--" + self.mark)
        end = self.held.find(b"\r\n\r\n", begin) if begin >= 0 else -1
        if end < 0:
            if len(self.held) > HEADERS:
                raise BadInput("The agent sent no boundary where the next document was to begin.")
            return False
        found = re.search(rb"content-length:\s*(\d+)", bytes(self.held[begin:end]), re.IGNORECASE)
        self.left = int(found[1]) if found else None
        del self.held[: end + 4]
        self.inside = True
        return True

    def _measured(self) -> Piece | None:
        """What there is of a part that told its length."""
        assert self.left is not None
        if not self.held and self.left:
            return None
        piece = bytes(self.held[: self.left])
        del self.held[: self.left]
        self.left -= len(piece)
        if not self.left:
            self.inside, self.left = False, None
        return piece, not self.inside

    def _marked(self) -> Piece | None:
        """What there is of a part that ends where the next boundary begins."""
        mark = b"\r\n--" + self.mark
        end = self.held.find(mark)
        sure = end if end >= 0 else len(self.held) - len(mark)
        if sure < 0 or (sure == 0 and end < 0):
            return None
        piece = bytes(self.held[:sure])
        del self.held[:sure]
        self.inside = end < 0
        return piece, end >= 0
