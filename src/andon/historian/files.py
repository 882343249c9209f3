"""Bytes that survive a power cut."""

import os
from pathlib import Path


def fsync(path: Path) -> None:
    """Make a file's bytes, or a folder's entries, survive a power cut."""
    if os.name == "nt" and path.is_dir():  # Windows has no fsync of a folder
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
