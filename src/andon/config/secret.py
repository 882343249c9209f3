"""Secrets of sources: from the environment, or from a file that only its owner may read; never from plant.toml."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit

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


def keep_secret(folder: Path, source: str, key: str, value: str) -> Path:
    """Write a secret of a source into secrets.toml, which only its owner may read; comments and the rest stay.

    Raises
    ------
    BadConfig
        The file is no TOML.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = keep_secret(Path(folder), "press-hall", "password", "x")
    ...     secret(Path(folder), "press-hall", "password", environ={})
    'x'
    """
    file = folder / FILE
    try:
        document = tomlkit.parse(file.read_text("utf-8")) if file.exists() else tomlkit.document()
    except tomlkit.exceptions.ParseError as wrong:
        raise BadConfig(f"{file} is no TOML: {wrong}.") from None
    table = document.setdefault(source, tomlkit.table())
    table[key] = value
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(tomlkit.dumps(document))
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)
    return file
