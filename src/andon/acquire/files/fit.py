"""Whether a mapping fits a file: it can be read, and has the columns that the mapping speaks of."""

from dataclasses import replace
from pathlib import Path

from ...errors import BadInput, UnknownName
from .load import READERS, format_of
from .mapping import FileMapping


def fits(path: Path, mapping: FileMapping) -> bool:
    """Read the first block of a file by a mapping: does that work?"""
    try:
        chosen = replace(mapping, format=format_of(path, mapping))
        next(READERS[chosen.format](path, chosen), None)
    except (BadInput, UnknownName):
        return False
    return True
