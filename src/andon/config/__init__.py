"""plant.toml, read once into frozen dataclasses; a mistake is named with its line."""

import re
import tomllib
from pathlib import Path

from ..errors import BadConfig
from ..plant import Plant
from .build import build
from .draft import Draft, draft
from .edit import confirm_machines, confirm_mapping, confirm_source, replace_text
from .meaning import meaning
from .mistakes import Mistake, mistakes
from .places import places
from .secret import keep_secret, secret
from .template import template
from .written import PlantFile

__all__ = [
    "Mistake",
    "check",
    "check_text",
    "confirm_machines",
    "confirm_mapping",
    "confirm_source",
    "keep_secret",
    "read_plant",
    "replace_text",
    "schema",
    "secret",
    "template",
]

FILE = "plant.toml"


def read_plant(path: str | Path) -> Plant:
    """Read a plant folder, or its plant.toml.

    Parameters
    ----------
    path
        The folder or the file.

    Raises
    ------
    BadConfig
        Something in it is wrong; the text lists every mistake with its line.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "plant.toml").write_text('[plant]\\nname = "works"\\nzone = "Europe/Rome"\\n')
    ...     read_plant(folder).zone
    'Europe/Rome'
    """
    file = toml_of(path)
    found, wrong = _read(file)
    wrong = [m for m in wrong if not m.warning]
    if wrong or found is None:
        count = "a mistake" if len(wrong) == 1 else f"{len(wrong)} mistakes"
        raise BadConfig("\n".join([f"{file} has {count}.", *map(str, wrong)]))
    return build(found.file)


def check(path: str | Path) -> list[Mistake]:
    """Every mistake and every warning of a plant folder or its plant.toml, in the order of lines."""
    return _read(toml_of(path))[1]


def check_text(text: str) -> list[Mistake]:
    """As `check`, of a text that is not yet in a file.

    >>> [m.line for m in check_text('[plant]\\nname = "works"\\nzone = "Mars"\\n') if not m.warning]
    [3]
    """
    return _of_text(text)[1]


def schema() -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of plant.toml, for editors; dates and times are texts in it.

    >>> schema()["required"]
    ['plant']
    """
    made = PlantFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "andon:plant.toml"} | made


def toml_of(path: str | Path) -> Path:
    """The plant.toml of a folder, or the file itself."""
    given = Path(path)
    return given / FILE if given.is_dir() else given


def _read(file: Path) -> tuple[Draft | None, list[Mistake]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadConfig(f"There is no {file}. Make a plant with `andon init {file.parent}`.") from None
    except UnicodeDecodeError as wrong:
        return None, [
            Mistake(FILE, 1, f"The file is not UTF-8 ({wrong.reason} at byte {wrong.start}). Save it as UTF-8.")
        ]
    return _of_text(text, file.name)


def _of_text(text: str, name: str = FILE) -> tuple[Draft | None, list[Mistake]]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return None, [_of_syntax(str(wrong), text, name)]
    found = draft(raw)
    return found, mistakes(meaning(found), name, places(text))


def _of_syntax(said: str, text: str, file: str) -> Mistake:
    """What tomllib complained about, with its line."""
    where = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    line = int(where[1]) if where and where[1] else text.count("\n") + 1
    column = f" at column {where[2]}" if where and where[2] else ""
    return Mistake(
        file, line, f"This is no TOML{column}: {said[: where.start()] if where else said}. Nothing after it was read."
    )
