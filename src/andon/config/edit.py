"""Changes to plant.toml that a person confirmed: comments, order and everything else stay as they are."""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, InlineTable, Item, Table

from ..errors import BadConfig
from .draft import draft
from .meaning import meaning


def confirm_mapping(path: str | Path, table: Mapping[str, object]) -> None:
    """Write a confirmed `[[source]]` into plant.toml; one of the same name is changed to it.

    Parameters
    ----------
    path
        The plant folder or its plant.toml.
    table
        The keys of the source: `name`, `connector` and the connector's settings. Tables in it are written in place:
        `time = { column = "ts" }`.

    Raises
    ------
    BadConfig
        The plant would have a mistake that it has not now; nothing is written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "plant.toml"
    ...     _ = file.write_text('[plant]  # ours\\nname = "works"\\nzone = "UTC"\\n')
    ...     confirm_mapping(file, {"name": "export", "connector": "files", "time": {"column": "ts"}})
    ...     print(file.read_text())
    [plant]  # ours
    name = "works"
    zone = "UTC"
    <BLANKLINE>
    [[source]]
    name = "export"
    connector = "files"
    time = {column = "ts"}
    <BLANKLINE>
    """

    def change(document: TOMLDocument) -> None:
        _put(_tables(document, "source"), "name", table)

    _edit(path, change)


def confirm_machines(path: str | Path, machines: Iterable[Mapping[str, object]]) -> None:
    """Write confirmed `[[machine]]` tables into plant.toml; machines that it has get only the signals they lack.

    Parameters
    ----------
    path
        The plant folder or its plant.toml.
    machines
        Keys of each machine: `path`, `signals` (by name) and others as in plant.toml.

    Raises
    ------
    BadConfig
        The plant would have a mistake that it has not now; nothing is written then.
    """

    def change(document: TOMLDocument) -> None:
        for machine in machines:
            _add_machine(_tables(document, "machine"), machine)

    _edit(path, change)


def confirm_source(path: str | Path, table: Mapping[str, object], machines: Iterable[Mapping[str, object]]) -> None:
    """Write a confirmed `[[source]]` and the machines that it brings, both or neither.

    Parameters
    ----------
    path
        The plant folder or its plant.toml.
    table
        As for `confirm_mapping`.
    machines
        As for `confirm_machines`.

    Raises
    ------
    BadConfig
        The plant would have a mistake that it has not now; nothing is written then.
    """

    def change(document: TOMLDocument) -> None:
        _put(_tables(document, "source"), "name", table)
        for machine in machines:
            _add_machine(_tables(document, "machine"), machine)

    _edit(path, change)


def _edit(path: str | Path, change: Callable[[TOMLDocument], None]) -> None:
    given = Path(path)
    file = given / "plant.toml" if given.is_dir() else given
    before = file.read_bytes().decode("utf-8-sig")
    document = tomlkit.parse(before)
    change(document)
    after = tomlkit.dumps(document)
    wrong = sorted(_wrong(after) - _wrong(before))
    if wrong:
        raise BadConfig("\n".join([f"{file} was not changed: it would say things that do not fit.", *wrong]))
    replace_text(file, after)


def _wrong(text: str) -> set[str]:
    return {f.text for f in meaning(draft(tomllib.loads(text))) if not f.warning}


def replace_text(file: Path, text: str) -> None:
    """Put the new text in place of the old one at once: a power cut leaves one of them whole."""
    with NamedTemporaryFile("w", dir=file.parent, prefix=".plant-", delete=False, encoding="utf-8", newline="") as new:
        new.write(text)
        new.flush()
        os.fsync(new.fileno())
    os.chmod(new.name, file.stat().st_mode)
    os.replace(new.name, file)


def _tables(document: TOMLDocument, section: str) -> AoT:
    if section not in document:
        document.append(section, tomlkit.aot())
    found = document[section]
    if not isinstance(found, AoT):
        raise BadConfig(
            f"'{section}' is written as a list in plant.toml. Write [[{section}]] tables, so that one can be added."
        )
    return found


def _put(tables: AoT, key: str, table: Mapping[str, object]) -> None:
    """Add a table, or change the one with the same name to it."""
    for existing in tables:
        if existing.get(key) == table[key]:
            for gone in [k for k in existing if k not in table]:
                existing.remove(gone)
            for name, value in table.items():
                if existing.get(name) != value:
                    existing[name] = _written(value)
            return
    _append(tables, table)


def _append(tables: AoT, keys: Mapping[str, object]) -> None:
    """Add a table at the end, after a blank line."""
    new = _block(keys)
    new.trivia.indent = "\n"
    tables.append(new)


def _add_machine(tables: AoT, machine: Mapping[str, object]) -> None:
    signals = machine.get("signals", {})
    existing = next((m for m in tables if m.get("path") == machine["path"]), None)
    if existing is None:
        _append(tables, {name: value for name, value in machine.items() if name != "signals"})
        existing = tables[-1]
    if signals and "signals" not in existing:
        existing.append("signals", tomlkit.table(is_super_table=True))
    present = existing.get("signals")
    for name, signal in signals.items() if isinstance(signals, Mapping) else ():
        if isinstance(present, Table) and name not in present:
            block = _block(signal)
            block.trivia.indent = "\n" if len(present) else ""
            present.append(name, block)


def _block(keys: Mapping[str, object]) -> Table:
    table = tomlkit.table()
    for name, value in keys.items():
        table.append(name, _written(value))
    return table


def _written(value: object) -> Item:
    """A value as TOML; tables in one line."""
    if isinstance(value, Mapping):
        inline: InlineTable = tomlkit.inline_table()
        for key, inner in value.items():
            inline.append(str(key), _written(inner))
        return inline
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for inner in value:
            array.append(_written(inner))
        return array
    return tomlkit.item(value)
