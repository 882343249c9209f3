"""Secrets of sources: from the environment, or from a file that only its owner may read; never from plant.toml."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..errors import BadConfig

FILE = "secrets.toml"


def secret(folder: Path, source: str, key: str, *, environ: Mapping[str, str]) -> str | None:
    """A secret of a source, such as the password of an OPC UA server, or None where there is none.

    Looked for in the environment variable ANDON_<SOURCE>_<KEY> (capitals, other characters as `_`), then as `key` of
    the table `[source]` in secrets.toml in the plant folder.

    Raises
    ------
    BadConfig
        The file may be read by others than its owner, or is no TOML.

    Examples
    --------
    >>> secret(Path("works"), "press-hall", "password", environ={"ANDON_PRESS_HALL_PASSWORD": "x"})
    'x'
    """
    variable = "ANDON_" + re.sub(r"\W", "_", f"{source}_{key}").upper()
    if variable in environ:
        return environ[variable]
    file = folder / FILE
    if not file.exists():
        return None
    # Windows has no such bits: there the folder's own rights count.
    if file.stat().st_mode & 0o077 and file.drive == "":
        raise BadConfig(f"{file} may be read by others than its owner. Say: chmod 600 {file}")
    try:
        table = tomllib.loads(file.read_text("utf-8")).get(source, {})
    except tomllib.TOMLDecodeError as wrong:
        raise BadConfig(f"{file} is no TOML: {wrong}.") from None
    found = table.get(key) if isinstance(table, dict) else None
    return str(found) if found is not None else None
