"""Photos of inspected parts, kept in the plant folder under the digest of what they show."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from ..acts.inspections import PHOTO
from ..errors import BadInput, UnknownName

PHOTOS = "photos"
LARGEST = 4 << 20
"""Bytes of a photo at most."""


def keep_photo(folder: Path, content: bytes) -> dict[str, str]:
    """Keep a photo; its name is what the act `inspect` takes. The same photo twice is kept once.

    Raises
    ------
    BadInput
        It is too large, or no picture in JPEG, PNG or WebP.
    """
    if len(content) > LARGEST:
        raise BadInput(f"The photo has {len(content)} bytes, and {LARGEST} are allowed: take it smaller.")
    name = f"{sha256(content).hexdigest()}.{_kind(content)}"
    home = folder / PHOTOS
    home.mkdir(exist_ok=True)
    if not (home / name).exists():
        draft = home / f".{os.getpid()}-{name}"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(home / name)
    return {"name": name}


def photo_file(folder: Path, name: str) -> Path:
    """Where a photo is kept.

    Raises
    ------
    UnknownName
        There is none of that name.
    """
    path = folder / PHOTOS / name
    if not PHOTO.fullmatch(name) or not path.is_file():
        raise UnknownName("photo", name, ())
    return path


def _kind(content: bytes) -> str:
    """What a picture is by its first bytes: what its sender calls it is not asked."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise BadInput("This is no photo in JPEG, PNG or WebP.")
