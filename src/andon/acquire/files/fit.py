"""Whether a mapping fits a file: it can be read, and has the columns, tags and machines that the mapping speaks of."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import BadInput, UnknownName
from .bind import LINE_FIELD
from .load import ENDINGS, READERS, format_of
from .mapping import FileMapping
from .propose import looked_at
from .rows import Block, Column
from .samples import distinct, plain
from .tested import fits_tested, is_tested


def fits(path: Path, mapping: FileMapping) -> bool:
    """Read the first block of a file by a mapping: is it of that format, and are most of its names the mapping's?

    Parameters
    ----------
    path : Path
        Any file.
    mapping : FileMapping
        How a source of the plant reads its files.

    Returns
    -------
    bool
        False, too, where none of its rows is of a machine that the mapping knows.

    Raises
    ------
    BadInput
        There is no such file.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    if mapping.format == "stdf":
        return fits_tested(path, mapping)
    if is_tested(path, FileMapping()):
        return False
    try:
        chosen = replace(mapping, format=format_of(path, mapping))
        if ENDINGS.get(_ending(path), chosen.format) != chosen.format:
            return False
        block = next(READERS[chosen.format](path, chosen), None)
    except (BadInput, UnknownName):
        return False
    if block is None or not block.table.num_rows:
        return True
    return _machines_fit(block, chosen) and _names_fit(block, chosen) and not _has_more(path, chosen)


def _ending(path: Path) -> str:
    return (path.with_suffix("") if path.suffix.lower() == ".gz" else path).suffix.lower()


def _has_more(path: Path, mapping: FileMapping) -> bool:
    """Has a file more columns than a mapping that knows no time speaks of? One of them may be the time."""
    if not mapping.time.every:
        return False
    table = looked_at(path, mapping.format)[0]
    said = [n for n in table.column_names if table[n].null_count < table.num_rows]
    return bool(set(said) - set(mapping.needed()))


def _machines_fit(block: Block, mapping: FileMapping) -> bool:
    """Is any row of a machine that the mapping names?"""
    chosen = mapping.machine
    if not chosen.column or not chosen.map:
        return True
    return any(w in chosen.map or plain(w) in chosen.map for w in _words(block.table[chosen.column]))


def _names_fit(block: Block, mapping: FileMapping) -> bool:
    """Are most of the mapping's names in the file, or most of the file's in the mapping?

    Not all need be: a field that is only written when it changes may be missing from a day's file.
    """
    if mapping.format == "lineprotocol":
        fields = _words(block.table[LINE_FIELD])
        return not mapping.columns or _overlap(fields, list(mapping.columns), dotted=True)
    if mapping.signal and mapping.signal.map:
        return _overlap(_words(block.table[mapping.signal.column]), list(mapping.signal.map), dotted=False)
    if mapping.format == "jsonl":
        said = [n for n in mapping.columns if block.table[n].null_count < block.table.num_rows]
        return not mapping.columns or 2 * len(said) > len(mapping.columns)
    return True


def _overlap(found: Sequence[str], wanted: Sequence[str], *, dotted: bool) -> bool:
    """Do more than half of either side stand on the other? A dotted name may be wanted by its end alone."""
    hits = {f: w for f in found for w in wanted if f == w or (dotted and f.endswith("." + w))}
    return 2 * len(hits) > len(found) or 2 * len(set(hits.values())) > len(wanted)


def _words(column: Column) -> list[str]:
    return [w for w in distinct(column)[0] if w]
